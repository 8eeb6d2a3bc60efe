//! A proof that holds, as it is shown.
use crate::audit::{Approval, Cosigned, Proven, Shown, SignedCheckpoint};
use crate::cli::out;
use crate::domain::citation::Reference;
use crate::scrutiny::{Redacted, Traced};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io;

/// A proof that holds.
pub(super) struct Checked {
    /// What it is said to be about, and what it is then; `None` where it is about one event.
    pub(super) about: Option<(Reference, Traced)>,
    pub(super) events: Vec<Proven>,
    pub(super) approval: Approval,
    pub(super) checkpoint: SignedCheckpoint,
}

impl Checked {
    pub(super) fn traced(&self) -> Option<&Traced> {
        self.about.as_ref().map(|(_, traced)| traced)
    }

    fn is_whole(&self) -> bool {
        self.traced().is_none_or(Traced::is_whole)
    }
}

pub(super) fn print(checked: &Checked) -> io::Result<()> {
    for it in &checked.events {
        event(it)?;
        if checked.about.is_none() {
            data(&it.exhibit.data)?;
        }
    }
    let head = checked.checkpoint.unverified().head;
    out::line(format_args!("signed by {} for {} events", checked.approval.log.name(), head.size))?;
    for Cosigned { witness, at_s } in &checked.approval.cosigned {
        let at = i64::try_from(*at_s).ok().and_then(|it| Timestamp::from_second(it).ok());
        let at = at.map(|it| it.to_string()).unwrap_or_default();
        out::line(format_args!("witnessed by {witness} at {at}"))?;
    }
    if let Some((subject, traced)) = &checked.about {
        about(subject, traced)?;
    }
    match checked.is_whole() {
        true => out::line(out::good(format_args!("✔ verified: {} events", checked.events.len()))),
        false => out::line(out::odd("! incomplete")),
    }
}

fn event(Proven { leaf, .. }: &Proven) -> io::Result<()> {
    let at = Timestamp::from_microsecond(leaf.recorded_at_us).map(|it| it.to_string()).unwrap_or_default();
    let said = format!("{} {}@{}", out::strong(&leaf.kind), leaf.stream, leaf.revision);
    out::line(format_args!("{} {said}", out::good("✔")))?;
    out::line(out::faint(format_args!("  index {}, recorded {at}, event {}", leaf.index, leaf.id)))
}

fn data(data: &Shown) -> io::Result<()> {
    match data {
        Shown::Whole(data) => out::line(format_args!("  {}", String::from_utf8_lossy(data))),
        Shown::Left(data) => {
            out::line("  it was redacted; what is left of it is the word of whoever made the proof:")?;
            out::line(format_args!("  {}", String::from_utf8_lossy(data)))
        }
        Shown::Withheld => out::line("  its data is withheld"),
    }
}

fn about(subject: &Reference, traced: &Traced) -> io::Result<()> {
    for it in &traced.redacted {
        let under = it.covered_by.as_ref().map(|by| format!(" under event {}", by.index)).unwrap_or_default();
        out::line(format_args!("index {}: {}@{} was redacted{under}", it.index, it.stream, it.revision))?;
    }
    for it in &traced.open {
        out::line(format_args!("{} {it} is cited and is not in the proof", out::odd("!")))?;
    }
    for it in &traced.unread {
        out::line(format_args!("{} what {it} cites cannot be told", out::odd("!")))?;
    }
    for it in &traced.apart {
        out::line(format_args!("{} nothing that is shown leads to {it}", out::odd("!")))?;
    }
    out::line(format_args!("subject {} up to revision {}", out::strong(subject), traced.until))?;
    out::line(out::faint(format_args!(
        "that nothing came after revision {} is the word of whoever made the proof",
        traced.until
    )))
}

pub(super) fn document(checked: &Checked) -> Value {
    let mut document = json!({
        "outcome": if checked.is_whole() { "verified" } else { "incomplete" },
        "log": checked.approval.log.name(),
        "size": checked.checkpoint.unverified().head.size,
        "witnesses": checked.approval.cosigned.iter().map(cosigned).collect::<Vec<_>>(),
        "events": checked.events.iter().map(event_document).collect::<Vec<_>>(),
    });
    if let (Some((subject, traced)), Some(document)) = (&checked.about, document.as_object_mut()) {
        let names = |all: &[Reference]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let redacted: Vec<Value> = traced.redacted.iter().map(redacted).collect();
        document.extend([
            ("subject".to_owned(), json!(subject.to_string())),
            ("until".to_owned(), json!(traced.until)),
            ("open".to_owned(), json!(names(&traced.open))),
            ("unread".to_owned(), json!(names(&traced.unread))),
            ("apart".to_owned(), json!(names(&traced.apart))),
            ("redacted".to_owned(), json!(redacted)),
        ]);
    }
    document
}

fn cosigned(it: &Cosigned) -> Value {
    json!({"witness": it.witness, "at_s": it.at_s})
}

fn redacted(it: &Redacted) -> Value {
    let approved = it.covered_by.as_ref().map(|by| json!({"index": by.index, "id": by.event}));
    json!({"index": it.index, "id": it.event, "stream": it.stream, "revision": it.revision, "approved": approved})
}

fn event_document(Proven { leaf, exhibit }: &Proven) -> Value {
    let text = |it: &Shown| it.bytes().map(|it| String::from_utf8_lossy(it).into_owned());
    let is_left = |it: &Shown| matches!(it, Shown::Left(_));
    json!({
        "index": leaf.index,
        "id": leaf.id,
        "stream": *leaf.stream,
        "revision": leaf.revision,
        "type": *leaf.kind,
        "recorded_at": Timestamp::from_microsecond(leaf.recorded_at_us).map(|it| it.to_string()).ok(),
        "data": text(&exhibit.data),
        "meta": text(&exhibit.meta),
        "redacted": is_left(&exhibit.data) || is_left(&exhibit.meta),
    })
}

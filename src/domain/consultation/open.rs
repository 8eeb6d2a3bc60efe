//! Opening: under which law, by which rule, on which text, with which roster, and until when.
use super::state::Run;
use super::{Event, Rejection, Subject, SubjectAsked};
use crate::domain::charter::{Forum, ForumName, Method, Rule};
use crate::domain::citation::{Citation, Reference};
use crate::domain::fact::{AdoptionFact, Cited, EditionFact, MeetingFact, TextFact};
use crate::domain::id::ConsultationId;
use crate::domain::meeting::roster::seated;
use crate::domain::meeting::{Seat, SeatAsked};
use crate::domain::text::Symbol;
use crate::domain::{Given, Timestamp};
use jiff::SignedDuration;

/// The shortest silence where a forum's law says nothing: General Assembly decision 74/544.
const SILENCE_HOURS: u32 = 72;

/// What a caller asks for.
pub(super) struct Asked {
    pub(super) charter: Reference,
    pub(super) forum: ForumName,
    pub(super) method: Option<Method>,
    pub(super) subject: SubjectAsked,
    pub(super) previous: Option<Reference>,
    pub(super) meeting: Option<Reference>,
    pub(super) roster: Vec<SeatAsked>,
    pub(super) deadline: Option<Timestamp>,
}

/// What a consultation is opened on, once all of it is checked.
pub(super) struct Grounds {
    charter: Citation,
    forum: Forum,
    rule: Rule,
    subject: Subject,
    previous: Option<Citation>,
    meeting: Option<Citation>,
    roster: Vec<Seat>,
    deadline: Option<Timestamp>,
}

pub(super) fn opened(consultation: ConsultationId, grounds: Grounds) -> Event {
    let Grounds { charter, forum, rule, subject, previous, meeting, roster, deadline } = grounds;
    Event::ConsultationOpened {
        consultation,
        charter,
        forum,
        rule,
        subject,
        previous,
        meeting,
        roster,
        deadline,
    }
}

pub(super) fn grounds(asked: Asked, given: &Given) -> Result<Grounds, Rejection> {
    let Asked { charter, forum, method, subject, previous, meeting, roster, deadline } = asked;
    let edition = given.cited::<EditionFact>(&charter)?;
    let (subject, previous) = match subject {
        SubjectAsked::Recommendation(text) => {
            let text = given.cited::<TextFact>(&text)?;
            governs(&edition, &text.fact)?;
            let previous = forwarded(&text.fact, &forum, previous.as_ref(), given)?;
            (recommendation(text)?, previous)
        }
        SubjectAsked::Document { symbol, title, digest } => {
            latest(&edition.fact)?;
            let subject = Subject::Document { symbol, title, digest };
            let previous = adopted_before(&subject, previous.as_ref(), given)?;
            (subject, previous)
        }
    };
    let forum = forum_of(&edition.fact, forum)?;
    let rule = rule(&forum, method)?;
    let (meeting, roster) = entitlement(&edition.citation, &forum, rule, meeting, roster, given)?;
    let deadline = silence(rule, &forum, deadline, given.at)?;
    Ok(Grounds { charter: edition.citation, forum, rule, subject, previous, meeting, roster, deadline })
}

/// A recommendation is governed by the edition it was drafted under, even when there is a later one.
fn governs(edition: &Cited<EditionFact>, text: &TextFact) -> Result<(), Rejection> {
    if edition.citation == text.charter {
        return Ok(());
    }
    Err(Rejection::AnotherEdition { wanted: text.charter.to_string() })
}

fn latest(edition: &EditionFact) -> Result<(), Rejection> {
    if edition.retired {
        return Err(Rejection::CharterRetired);
    }
    if edition.outdated {
        return Err(Rejection::EditionOutdated { edition: edition.edition });
    }
    Ok(())
}

fn forum_of(edition: &EditionFact, forum: ForumName) -> Result<Forum, Rejection> {
    match edition.law.forum(&forum) {
        Some(found) => Ok(found.clone()),
        None => {
            Err(Rejection::NoSuchForum { forum, known: names(edition.law.forums.iter().map(|it| &it.name)) })
        }
    }
}

/// The text as what is decided on, if it is the latest of a recommendation that stands.
fn recommendation(text: Cited<TextFact>) -> Result<Subject, Rejection> {
    let Cited { citation, fact } = text;
    if fact.withdrawn {
        return Err(Rejection::TextWithdrawn);
    }
    if !fact.current {
        return Err(Rejection::TextNotCurrent);
    }
    Ok(Subject::Recommendation { recommendation: fact.recommendation, text: citation, digest: fact.digest })
}

/// A recommendation goes from forum to forum as one text, without brackets.
fn forwarded(
    text: &TextFact,
    forum: &ForumName,
    previous: Option<&Reference>,
    given: &Given,
) -> Result<Option<Citation>, Rejection> {
    let Some(at) = text.forums.iter().position(|it| it == forum) else {
        return Err(Rejection::ForumNotOnTheWay { forum: forum.clone(), forums: names(&text.forums) });
    };
    let before = at.checked_sub(1).and_then(|it| text.forums.get(it));
    let (before, previous) = match (before, previous) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(Rejection::PreviousOfFirstForum { forum: forum.clone() }),
        (Some(before), None) => {
            return Err(Rejection::PreviousMissing { forum: forum.clone(), before: before.clone() });
        }
        (Some(before), Some(previous)) => (before, given.cited::<AdoptionFact>(previous)?),
    };
    if previous.fact.recommendation != Some(text.recommendation) {
        return Err(Rejection::PreviousOnAnotherRecommendation);
    }
    if previous.fact.forum != *before {
        let (wanted, found) = (before.clone(), previous.fact.forum);
        return Err(Rejection::PreviousOfAnotherForum { wanted, found });
    }
    if previous.fact.digest != text.digest {
        return Err(Rejection::PreviousOnAnotherText);
    }
    if !text.brackets.is_empty() {
        return Err(Rejection::Bracketed { paragraphs: names(&text.brackets) });
    }
    Ok(Some(previous.citation))
}

/// A document has no prescribed way; where a decision before this one is cited, it must bind the same text.
fn adopted_before(
    subject: &Subject,
    previous: Option<&Reference>,
    given: &Given,
) -> Result<Option<Citation>, Rejection> {
    let Some(previous) = previous else {
        return Ok(None);
    };
    let previous = given.cited::<AdoptionFact>(previous)?;
    if previous.fact.digest != *subject.digest() {
        return Err(Rejection::PreviousOnAnotherText);
    }
    Ok(Some(previous.citation))
}

/// The rule that was asked for, or the forum's usual one.
fn rule(forum: &Forum, method: Option<Method>) -> Result<Rule, Rejection> {
    let usual =
        *forum.rules.first().ok_or_else(|| Rejection::ForumWithoutRule { forum: forum.name.clone() })?;
    let Some(method) = method else {
        return Ok(usual);
    };
    let found = forum.rules.iter().find(|it| it.method() == method).copied();
    found.ok_or_else(|| {
        let known: Vec<_> = forum.rules.iter().map(|it| it.method().to_string()).collect();
        Rejection::MethodNotAllowed { forum: forum.name.clone(), method, known: known.join(", ") }
    })
}

/// Who is entitled: whoever the meeting's roster names, or the roster that was sent.
fn entitlement(
    charter: &Citation,
    forum: &Forum,
    rule: Rule,
    meeting: Option<Reference>,
    roster: Vec<SeatAsked>,
    given: &Given,
) -> Result<(Option<Citation>, Vec<Seat>), Rejection> {
    let Some(meeting) = meeting else {
        return match rule {
            Rule::Consensus | Rule::Majority(_) => Err(Rejection::MeetingMissing),
            Rule::Silence | Rule::Unanimity => Ok((None, seated(roster, forum.standing, given)?)),
        };
    };
    let Cited { citation, fact } = given.cited::<MeetingFact>(&meeting)?;
    if fact.forum != forum.name || fact.charter.stream != charter.stream {
        let (wanted, found) = (forum.name.clone(), fact.forum);
        return Err(Rejection::MeetingOfAnotherForum { wanted, found });
    }
    if !fact.open {
        return Err(Rejection::MeetingNotInSession);
    }
    if !roster.is_empty() {
        return Err(Rejection::RosterGivenTwice);
    }
    Ok((Some(citation), fact.roster))
}

/// When silence ends: exactly the shortest time is enough. Nothing but silence has an end.
fn silence(
    rule: Rule,
    forum: &Forum,
    deadline: Option<Timestamp>,
    at: Timestamp,
) -> Result<Option<Timestamp>, Rejection> {
    if rule != Rule::Silence {
        return if deadline.is_some() { Err(Rejection::DeadlineNotAllowed) } else { Ok(None) };
    }
    let hours = forum.silence_min_hours.unwrap_or(SILENCE_HOURS);
    let earliest = at.checked_add(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MAX);
    match deadline {
        None => Err(Rejection::DeadlineMissing { earliest }),
        Some(deadline) if deadline < earliest => Err(Rejection::SilenceTooShort { hours, earliest }),
        Some(deadline) => Ok(Some(deadline)),
    }
}

/// Another text of the same matter: silence starts anew, and what was said on the old one falls.
pub(super) fn reopen(
    run: &Run,
    subject: SubjectAsked,
    deadline: Option<Timestamp>,
    given: &Given,
) -> Result<Vec<Event>, Rejection> {
    let subject = match subject {
        SubjectAsked::Recommendation(text) => recommendation(given.cited::<TextFact>(&text)?)?,
        SubjectAsked::Document { symbol, title, digest } => Subject::Document { symbol, title, digest },
    };
    if !same_matter(&run.subject, &subject) {
        return Err(Rejection::AnotherSubject);
    }
    if let Some(declared) = run.vote.as_ref().and_then(|it| it.declared) {
        return Err(Rejection::TallyAlreadyDeclared { declared });
    }
    if let Some(end) = run.silent().filter(|it| given.at >= *it) {
        return Err(Rejection::SilenceOver { deadline: end });
    }
    if run.subject.digest() == subject.digest() {
        let same = deadline.is_none() || deadline == run.deadline;
        return if same { Ok(Vec::new()) } else { Err(Rejection::SameText) };
    }
    if run.previous.is_some() {
        return Err(Rejection::BoundByPrevious);
    }
    let deadline = silence(run.rule, &run.forum, deadline, given.at)?;
    Ok(vec![Event::TextRevised { subject, deadline }])
}

fn same_matter(old: &Subject, new: &Subject) -> bool {
    match (old, new) {
        (
            Subject::Recommendation { recommendation: old, .. },
            Subject::Recommendation { recommendation, .. },
        ) => old == recommendation,
        (Subject::Document { symbol: old, .. }, Subject::Document { symbol, .. }) => {
            unrevised(old) == unrevised(symbol)
        }
        (Subject::Recommendation { .. }, Subject::Document { .. })
        | (Subject::Document { .. }, Subject::Recommendation { .. }) => false,
    }
}

/// The symbol of the first version: the UN prints a revision of `L.6` as `L.6/Rev.1`.
fn unrevised(symbol: &Symbol) -> &str {
    symbol.as_str().split_once("/Rev.").map_or(symbol.as_str(), |(first, _)| first)
}

fn names<'a>(slugs: impl IntoIterator<Item = &'a ForumName>) -> String {
    slugs.into_iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ")
}

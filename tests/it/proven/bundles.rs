//! The proof of a trace is of that trace: whoever leaves something out of it, puts something in, or says that it is about
//! something else, is found out by a policy alone.
use super::story;
use crate::program::{Run, pactline};
use pactline::audit::{Bundle, Exhibit, Leaf, ProofPart, Shown};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// The proof of a project, and a policy to check it by.
struct Desk {
    dir: TempDir,
    policy: PathBuf,
    bundle: Bundle,
}

fn desk() -> Desk {
    let (_dir, data) = story();
    desk_on(&data)
}

fn desk_on(data: &std::path::Path) -> Desk {
    let dir = tempfile::tempdir().unwrap();
    let (policy, proof) = (dir.path().join("policy"), dir.path().join("proof"));
    let made = pactline(data, &["audit", "prove", "UNINFO-115677", "--out", proof.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.err);
    fs::copy(data.join("audit/policy"), &policy).unwrap();
    let bundle = Bundle::parse(&fs::read(proof).unwrap()).unwrap();
    Desk { dir, policy, bundle }
}

impl Desk {
    fn check(&self, bundle: &Bundle, more: &[&str]) -> Run {
        let proof = self.dir.path().join("changed");
        fs::write(&proof, bundle.to_string()).unwrap();
        let (proof, policy) = (proof.to_str().unwrap(), self.policy.to_str().unwrap());
        let nowhere = self.dir.path().join("nowhere");
        pactline(&nowhere, &[more, &["audit", "check", proof, "--policy", policy]].concat())
    }

    /// Code and words of what is said of the proof with these parts only.
    fn only(&self, keep: impl Fn(&ProofPart) -> bool) -> (i32, String) {
        let parts = self.bundle.parts.iter().filter(|it| keep(it)).cloned().collect();
        let run = self.check(&Bundle { parts, ..self.bundle.clone() }, &[]);
        (run.code, run.err)
    }

    fn about(&self, subject: &str) -> (i32, String) {
        let run = self.check(&Bundle { subject: subject.into(), ..self.bundle.clone() }, &[]);
        (run.code, run.err)
    }

    fn stream(&self) -> String {
        self.bundle.subject.split('@').next().unwrap().into()
    }

    fn is_own(&self, part: &ProofPart) -> bool {
        *leaf(part).stream == self.stream()
    }

    fn newest(&self) -> u64 {
        self.bundle.parts.iter().filter(|it| self.is_own(it)).map(|it| leaf(it).revision).max().unwrap()
    }

    /// The first event of that type.
    fn first(&self, kind: &str) -> Leaf {
        self.bundle.parts.iter().map(leaf).find(|it| &*it.kind == kind).unwrap()
    }
}

fn exhibit(part: &ProofPart) -> Exhibit {
    Exhibit::decode(part.extra.as_ref().unwrap()).unwrap()
}

fn leaf(part: &ProofPart) -> Leaf {
    Leaf::decode(&exhibit(part).leaf).unwrap()
}

#[test]
fn what_a_server_made_is_the_whole_stream_of_the_subject_and_says_how_far_it_goes() {
    let desk = desk();
    let run = desk.check(&desk.bundle, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let own: Vec<u64> = desk
        .bundle
        .parts
        .iter()
        .map(leaf)
        .filter(|it| *it.stream == desk.stream())
        .map(|it| it.revision)
        .collect();
    assert_eq!(own, (0..own.len() as u64).collect::<Vec<_>>());
    let until = desk.newest();
    assert!(
        run.out.contains(&format!("subject {} up to revision {until}", desk.bundle.subject)),
        "{}",
        run.out
    );
    assert!(
        run.out.contains(&format!("nothing came after revision {until} is the word of whoever made")),
        "{}",
        run.out
    );
    let said: Value = serde_json::from_str(&desk.check(&desk.bundle, &["--json"]).out).unwrap();
    assert_eq!((&said["until"], &said["subject"]), (&until.into(), &desk.bundle.subject.as_str().into()));
}

#[test]
fn another_subject_is_refused_by_name() {
    let desk = desk();
    let partner = format!("{}@0", desk.first("PartnerAdmitted").stream);
    let (code, said) = desk.about(&partner);
    assert!(code == 6 && said.contains(&format!("which nothing that {partner} rests on leads to")), "{said}");
    let nobody = "project-64d9d2d7-0000-5000-8000-000000000000@0";
    let (code, said) = desk.about(nobody);
    assert!(
        code == 6 && said.contains(&format!("{nobody}, which it is said to be about, is not in it")),
        "{said}"
    );
    let later = format!("{}@{}", desk.stream(), desk.newest() + 1);
    let (code, said) = desk.about(&later);
    assert!(code == 6 && said.contains(&format!("{later}, which it is said")), "{said}");
    assert_eq!(desk.about("my favourite project").0, 2, "no subject at all");
}

#[test]
fn a_subject_that_is_left_out_is_missed() {
    let desk = desk();
    let (code, said) = desk.only(|it| !desk.is_own(it));
    assert!(code == 6 && said.contains(&format!("{}, which it is said", desk.bundle.subject)), "{said}");
    let (code, said) = desk.only(|it| &*leaf(it).kind != "ProjectProposed");
    assert!(code == 6 && said.contains("event 0 is not in its place"), "{said}");
    let (code, said) = desk.only(|it| &*leaf(it).kind == "PartnerAdmitted");
    assert!(code == 6 && said.contains("is not in it"), "{said}");
    assert_eq!(desk.only(|_| false).0, 6, "nothing is no trace of anything");
}

#[test]
fn a_gap_in_what_happened_to_the_subject_is_missed_and_its_end_is_told() {
    let desk = desk();
    let until = desk.newest();
    assert!(until >= 2, "the story has more to tell of it");
    for gap in 0..until {
        let (code, said) = desk.only(|it| !desk.is_own(it) || leaf(it).revision != gap);
        assert!(code == 6 && said.contains(&format!("event {gap} is not in its place")), "{gap}: {said}");
    }
    let parts: Vec<_> = desk
        .bundle
        .parts
        .iter()
        .filter(|it| !desk.is_own(it) || leaf(it).revision < until)
        .cloned()
        .collect();
    let cut = desk.check(&Bundle { parts, ..desk.bundle.clone() }, &[]);
    assert!(!cut.out.contains(&format!("up to revision {until}")), "{}", cut.out);
}

#[test]
fn whatever_is_left_out_of_what_it_rests_on_is_missed() {
    let desk = desk();
    let others: Vec<u64> = desk
        .bundle
        .parts
        .iter()
        .filter(|it| !desk.is_own(it) && &*leaf(it).kind != "ProvisionsLinked")
        .map(|it| it.index)
        .collect();
    assert!(others.len() > 20, "{}", others.len());
    for left_out in others.iter().step_by(5) {
        let name = leaf(desk.bundle.parts.iter().find(|it| it.index == *left_out).unwrap());
        let (code, said) = desk.only(|it| it.index != *left_out);
        let named = said.contains(&format!("{}@{}", name.stream, name.revision));
        assert!(code == 7 && named && said.contains("not in the proof"), "{name:?}: {said}");
    }
    let (code, said) = desk.only(|it| desk.is_own(it));
    assert!(code == 7 && said.contains("not in the proof"), "{said}");
}

#[test]
fn an_event_of_something_else_is_refused_by_name() {
    let (_dir, data) = story();
    let desk = desk_on(&data);
    let other = desk.dir.path().join("other");
    let log = rusqlite::Connection::open(data.join("log.db")).unwrap();
    let sql = "SELECT name FROM streams WHERE name LIKE 'project-%' AND name != ?1 ORDER BY id";
    let stranger: String = log.query_row(sql, [desk.stream()], |it| it.get(0)).unwrap();
    let made = pactline(&data, &["audit", "prove", &stranger, "--out", other.to_str().unwrap()]);
    assert_eq!(made.code, 0, "{}", made.err);
    let other = Bundle::parse(&fs::read(other).unwrap()).unwrap();
    assert_eq!(other.checkpoint, desk.bundle.checkpoint, "nothing was recorded meanwhile");
    let foreign = other.parts.iter().find(|it| *leaf(it).stream == stranger).unwrap().clone();
    let parts = [desk.bundle.parts.clone(), vec![foreign]].concat();
    let run = desk.check(&Bundle::new(&desk.bundle.subject, parts, desk.bundle.checkpoint.clone()), &[]);
    assert_eq!(run.code, 6, "{}", run.err);
    assert!(run.err.contains(&format!("it has {stranger}@0, which nothing that")), "{}", run.err);
    assert_eq!(desk.check(&other, &[]).code, 0, "at its own place it is welcome");
}

#[test]
fn what_an_event_without_its_data_rests_on_cannot_be_told() {
    let desk = desk();
    let withhold = |part: &ProofPart| {
        let exhibit = Exhibit { data: Shown::Withheld, ..exhibit(part) };
        ProofPart { extra: Some(exhibit.encode()), ..part.clone() }
    };
    for alone in [true, false] {
        let parts = desk.bundle.parts.iter().filter(|it| !alone || desk.is_own(it));
        let parts =
            parts.map(|it| if leaf(it).revision == 0 && desk.is_own(it) { withhold(it) } else { it.clone() });
        let run = desk.check(&Bundle { parts: parts.collect(), ..desk.bundle.clone() }, &[]);
        assert_eq!(run.code, 7, "{}", run.err);
        assert!(
            run.err.contains(&format!("what {} rests on cannot be told", desk.bundle.subject)),
            "{}",
            run.err
        );
    }
}

#[test]
fn a_trace_of_which_something_was_redacted_holds_with_what_approved_that_and_not_without() {
    let (_dir, data) = story();
    let place = desk_on(&data).bundle.subject;
    let ask = |who: &str, arguments: &[&str]| {
        let run = pactline(&data, &[&["--actor", who], arguments].concat());
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
        run.out
    };
    let why = ["--field", "/data/title", "--reason", "a name", "--basis", "GDPR Art. 17"];
    let asked = ask("ana", &[&["redact", "request", &place], &why[..]].concat());
    ask("bo", &["redact", "approve", asked.split(' ').next().unwrap()]);
    let desk = desk_on(&data);
    let run = desk.check(&desk.bundle, &[]);
    assert_eq!(run.code, 0, "{}", run.err);
    let approval = desk.first("RedactionApproved");
    let said = format!("{place} was redacted under event {}", approval.index);
    assert!(run.out.contains(&said), "{said}: {}", run.out);
    let (code, said) = desk.only(|it| leaf(it) != approval);
    assert!(code == 7 && said.contains("nothing in the proof approves that"), "{said}");
    // What is left is no more than what was approved.
    let changed = desk.bundle.parts.iter().map(|part| match exhibit(part) {
        it if leaf(part).revision == 0 && desk.is_own(part) => {
            let Shown::Left(left) = &it.data else { panic!("{it:?}") };
            let left = String::from_utf8(left.to_vec()).unwrap().replacen("[redacted]", "[embellished]", 1);
            ProofPart {
                extra: Some(Exhibit { data: Shown::Left(left.into()), ..it }.encode()),
                ..part.clone()
            }
        }
        _ => part.clone(),
    });
    let run = desk.check(&Bundle { parts: changed.collect(), ..desk.bundle.clone() }, &[]);
    assert!(
        run.code == 7 && run.err.contains("nothing in the proof approves that"),
        "{} {}",
        run.code,
        run.err
    );
}

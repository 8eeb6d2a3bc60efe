//! Recommendations: their text, what it serves, and what became of it.
use crate::given::{Given, given};
use crate::pact::*;
use pactline::domain::citation::{Citation, Reference, StreamName, Uncitable};
use pactline::domain::fact::{Fact, ParagraphFact, ProjectFact, ProvisionFact, TextFact};
use pactline::domain::id::{MandateId, ProjectId, ProvisionId, RecommendationId};
use pactline::domain::recommendation::{Command, Event, FollowUp, Recommendation, Rejection};
use pactline::domain::text::Digest;
use pactline::domain::{Decider, Timestamp};
use std::collections::BTreeSet;
use strum::VariantNames;

fn id() -> RecommendationId {
    RecommendationId::of("one")
}

fn provision(key: &str) -> Citation {
    event("mandate", key, 3)
}

fn in_force(key: &str) -> ProvisionFact {
    ProvisionFact {
        mandate: MandateId::of(key),
        provision: ProvisionId::of(key),
        symbol: symbol(key),
        superseded_at: None,
        retained_for: BTreeSet::new(),
    }
}

fn draft(pillar: &str, provisions: &[&str]) -> Command {
    Command::DraftRecommendation {
        recommendation: id(),
        title: name("On precursors"),
        text: prose("Exchange what is known."),
        pillar: slug(pillar),
        provisions: provisions.iter().map(|it| provision(it).reference()).collect(),
        charter: charter().reference(),
    }
}

fn drafted() -> Event {
    Event::RecommendationDrafted {
        recommendation: id(),
        title: name("On precursors"),
        text: prose("Exchange what is known."),
        digest: Digest::of(b"Exchange what is known."),
        pillar: slug("precursors"),
        provisions: vec![provision("S-30/1")],
        charter: charter(),
        forums: vec![slug("expert-group"), slug("policy-group")],
    }
}

fn revise(text: &str, provisions: &[&str]) -> Command {
    let provisions = provisions.iter().map(|it| provision(it).reference()).collect();
    Command::ReviseText { text: prose(text), provisions }
}

fn revised(text: &str) -> Event {
    let digest = Digest::of(text.as_bytes());
    Event::TextRevised { text: prose(text), digest, provisions: vec![provision("S-30/1")], endorsed: None }
}

fn bracketed(paragraph: &str) -> Event {
    Event::ParagraphBracketed { paragraph: slug(paragraph), reason: prose("too soon") }
}

fn agreed(paragraph: &str) -> Event {
    Event::ParagraphAgreed { paragraph: slug(paragraph) }
}

fn withdrawn() -> Event {
    Event::RecommendationWithdrawn { reason: prose("overtaken"), endorsed: None }
}

fn story(past: impl IntoIterator<Item = Event>) -> Given<Recommendation> {
    let start = given(past).citing(charter(), edition());
    let start = start.citing(provision("S-30/1"), in_force("S-30/1"));
    start.citing(provision("54/7"), in_force("54/7"))
}

fn superseded(retained_for: RecommendationId) -> ProvisionFact {
    let stream = StreamName::new("recommendation", retained_for.0);
    let superseded_at = Some(Timestamp::UNIX_EPOCH);
    ProvisionFact { superseded_at, retained_for: [stream].into(), ..in_force("S-30/1") }
}

#[test]
fn a_draft_carries_its_digest_and_the_forums_it_must_pass() {
    story([]).when(draft("precursors", &["S-30/1"])).then([drafted()]);
}

#[test]
fn a_recommendation_is_drafted_once() {
    let again = draft("precursors", &["S-30/1"]);
    story([drafted()]).when(again).then_rejected(Rejection::AlreadyDrafted);
}

#[test]
fn no_draft_starts_under_a_retired_or_outdated_charter() {
    let command = || draft("precursors", &["S-30/1"]);
    story([]).citing(charter(), retired()).when(command()).then_rejected(Rejection::CharterRetired);
    let outdated = story([]).citing(charter(), outdated());
    outdated.when(command()).then_rejected(Rejection::EditionOutdated { edition: 2 });
}

#[test]
fn the_pillar_is_one_of_the_charters() {
    let known = "precursors, financial-flows".to_owned();
    let refused = Rejection::NoSuchPillar { pillar: slug("demand"), known };
    story([]).when(draft("demand", &["S-30/1"])).then_rejected(refused);
}

#[test]
fn a_text_serves_at_least_one_provision_and_none_twice() {
    story([]).when(draft("precursors", &[])).then_rejected(Rejection::NoProvision);
    story([drafted()]).when(revise("Other.", &[])).then_rejected(Rejection::NoProvision);
    let twice = Rejection::ProvisionTwice { symbol: symbol("S-30/1") };
    story([]).when(draft("precursors", &["S-30/1", "S-30/1"])).then_rejected(twice);
}

#[test]
fn a_superseded_provision_serves_only_those_for_whom_it_was_retained() {
    let refused = || Rejection::ProvisionSuperseded { symbol: symbol("S-30/1") };
    let command = || draft("precursors", &["S-30/1"]);
    let story = |past: Vec<Event>, id| story(past).citing(provision("S-30/1"), superseded(id));
    let other = RecommendationId::of("two");
    story(vec![], other).when(command()).then_rejected(refused());
    story(vec![drafted()], other).when(revise("Other.", &["S-30/1"])).then_rejected(refused());
    story(vec![], id()).when(command()).then([drafted()]);
    story(vec![drafted()], id()).when(revise("Other.", &["S-30/1"])).then([revised("Other.")]);
}

#[test]
fn a_provision_that_nobody_defined_cannot_be_cited() {
    let reference: Reference = provision("56/3").reference();
    let refused = Rejection::Uncitable(Uncitable::Missing { reference });
    story([]).when(draft("precursors", &["56/3"])).then_rejected(refused);
}

#[test]
fn a_revision_to_the_same_text_yields_nothing() {
    let same = "Exchange what is known.";
    story([drafted()]).when(revise(same, &["S-30/1"])).then_nothing();
    let other = revise(same, &["54/7"]);
    story([drafted()]).when(other).then_rejected(Rejection::SameTextOtherProvisions);
}

#[test]
fn what_is_bracketed_or_agreed_already_is_not_said_again() {
    let bracket = || Command::BracketParagraph { paragraph: slug("1"), reason: prose("too soon") };
    let agree = || Command::AgreeParagraph { paragraph: slug("1") };
    story([drafted()]).when(bracket()).then([bracketed("1")]);
    story([drafted(), bracketed("1")]).when(bracket()).then_nothing();
    story([drafted(), bracketed("1")]).when(agree()).then([agreed("1")]);
    story([drafted(), agreed("1")]).when(agree()).then_nothing();
    story([drafted(), agreed("1")]).when(bracket()).then([bracketed("1")]);
}

fn later() -> [Command; 5] {
    [
        revise("Other.", &["S-30/1"]),
        Command::BracketParagraph { paragraph: slug("1"), reason: prose("too soon") },
        Command::AgreeParagraph { paragraph: slug("1") },
        Command::WithdrawRecommendation { reason: prose("overtaken") },
        Command::ReportFollowUp { follow_up: FollowUp::TakenUp, report: prose("begun"), project: None },
    ]
}

#[test]
fn nothing_happens_before_the_draft_or_after_the_withdrawal() {
    let withdraw = Command::WithdrawRecommendation { reason: prose("overtaken") };
    story([drafted()]).when(withdraw).then([withdrawn()]);
    for command in later() {
        story([]).when(command.clone()).then_rejected(Rejection::NotDrafted);
        story([drafted(), withdrawn()]).when(command).then_rejected(Rejection::RecommendationWithdrawn);
    }
}

#[test]
fn a_follow_up_may_name_the_project_that_took_it_up() {
    let project = event("project", "lab", 0);
    let fact = ProjectFact { project: ProjectId::of("lab"), over: false };
    let report = Command::ReportFollowUp {
        follow_up: FollowUp::TakenUp,
        report: prose("begun"),
        project: Some(project.reference()),
    };
    let reported = Event::FollowUpReported {
        follow_up: FollowUp::TakenUp,
        report: prose("begun"),
        project: Some(project.clone()),
        endorsed: None,
    };
    let story = |past: Vec<Event>| story(past).citing(project.clone(), fact.clone());
    story(vec![drafted()]).when(report.clone()).then([reported.clone()]);
    story(vec![drafted(), reported]).when(report).then_nothing();
}

fn fact(past: Vec<Event>, event: &Event) -> Option<Fact> {
    story(past).state().attest(event, Timestamp::UNIX_EPOCH)
}

#[test]
fn a_text_stands_for_whether_it_is_the_latest() {
    let text = TextFact {
        recommendation: id(),
        digest: Digest::of(b"Exchange what is known."),
        charter: charter(),
        forums: vec![slug("expert-group"), slug("policy-group")],
        pillar: slug("precursors"),
        current: true,
        withdrawn: false,
        brackets: [slug("2")].into(),
    };
    let past = vec![drafted(), bracketed("1"), bracketed("2"), agreed("1")];
    assert_eq!(fact(past, &drafted()), Some(text.clone().into()));
    let gone = TextFact { current: false, withdrawn: true, brackets: BTreeSet::new(), ..text.clone() };
    let past = vec![drafted(), bracketed("2"), revised("Other."), withdrawn()];
    assert_eq!(fact(past.clone(), &drafted()), Some(gone.clone().into()), "brackets fell with the text");
    let latest = TextFact { current: true, digest: Digest::of(b"Other."), ..gone };
    assert_eq!(fact(past, &revised("Other.")), Some(latest.into()));
    assert_eq!(fact(vec![drafted(), withdrawn()], &withdrawn()), None);
}

#[test]
fn the_same_words_on_another_basis_are_another_text() {
    let current = |past| match fact(past, &drafted()) {
        Some(Fact::Text(text)) => text.current,
        other => panic!("{other:?}"),
    };
    let back = |provisions| Event::TextRevised {
        text: prose("Exchange what is known."),
        digest: Digest::of(b"Exchange what is known."),
        provisions,
        endorsed: None,
    };
    assert!(current(vec![drafted(), revised("Other."), back(vec![provision("S-30/1")])]));
    assert!(!current(vec![drafted(), revised("Other."), back(vec![provision("54/7")])]));
}

#[test]
fn an_agreed_paragraph_stands_for_whether_it_still_is() {
    let still = |past| match fact(past, &agreed("1")) {
        Some(Fact::Paragraph(ParagraphFact { recommendation, paragraph, agreed })) => {
            assert_eq!((recommendation, paragraph), (id(), slug("1")));
            agreed
        }
        other => panic!("{other:?}"),
    };
    assert!(still(vec![drafted(), agreed("1")]));
    assert!(!still(vec![drafted(), agreed("1"), bracketed("1")]));
    assert!(!still(vec![drafted(), agreed("1"), revised("Other.")]));
}

#[test]
fn every_refusal_of_a_recommendation_has_its_story() {
    assert_eq!(unprovoked("Rejection", Rejection::VARIANTS, "recommendation.rs"), Vec::<String>::new());
}

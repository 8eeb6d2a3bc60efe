//! A recommendation goes from forum to forum as one text.
use super::*;
use pactline::domain::citation::Reference;
use pactline::domain::fact::AdoptionFact;

fn before() -> Citation {
    event("consultation", "zero", 5)
}

fn adoption() -> AdoptionFact {
    AdoptionFact {
        consultation: ConsultationId::of("zero"),
        forum: slug("expert-group"),
        charter: charter(),
        text: Some(text(1)),
        recommendation: Some(recommendation()),
        digest: text_fact(1).digest,
    }
}

fn open(forum: &str, subject: SubjectAsked, previous: Option<Reference>) -> Command {
    Command::OpenConsultation {
        consultation: id(),
        charter: charter().reference(),
        forum: slug(forum),
        method: None,
        subject,
        previous,
        meeting: None,
        roster: roster_asked(),
        deadline: Some(hour(72)),
    }
}

fn forward() -> Command {
    open("policy-group", subject_asked(1), Some(before().reference()))
}

fn opened(subject: Subject) -> Event {
    Event::ConsultationOpened {
        consultation: id(),
        charter: charter(),
        forum: policy_group(),
        rule: Rule::Silence,
        subject,
        previous: Some(before()),
        meeting: None,
        roster: roster(),
        deadline: Some(hour(72)),
    }
}

fn adopted(adoption: AdoptionFact) -> Given<Consultation> {
    story([]).citing(before(), adoption)
}

#[test]
fn the_second_forum_decides_on_what_the_first_adopted() {
    adopted(adoption()).when(forward()).then([opened(subject(1))]);
    let alone = open("policy-group", subject_asked(1), None);
    let (forum, before) = (slug("policy-group"), slug("expert-group"));
    adopted(adoption()).when(alone).then_rejected(Rejection::PreviousMissing { forum, before });
}

#[test]
fn the_decision_before_is_of_the_forum_before_on_this_text_of_this_recommendation() {
    let other = AdoptionFact { recommendation: None, ..adoption() };
    adopted(other).when(forward()).then_rejected(Rejection::PreviousOnAnotherRecommendation);
    let (wanted, found) = (slug("expert-group"), slug("commission"));
    let other = AdoptionFact { forum: found.clone(), ..adoption() };
    adopted(other).when(forward()).then_rejected(Rejection::PreviousOfAnotherForum { wanted, found });
    let other = AdoptionFact { digest: text_fact(2).digest, ..adoption() };
    adopted(other).when(forward()).then_rejected(Rejection::PreviousOnAnotherText);
}

#[test]
fn brackets_stay_in_the_first_forum() {
    let bracketed = || TextFact { brackets: [slug("2"), slug("3")].into(), ..text_fact(1) };
    let refused = Rejection::Bracketed { paragraphs: "2, 3".to_owned() };
    adopted(adoption()).citing(text(1), bracketed()).when(forward()).then_rejected(refused);
    let first = open("expert-group", subject_asked(1), None);
    assert_eq!(story([]).citing(text(1), bracketed()).when(first).events().len(), 1);
}

#[test]
fn the_first_forum_has_none_before_it() {
    let command = open("expert-group", subject_asked(1), Some(before().reference()));
    let refused = Rejection::PreviousOfFirstForum { forum: slug("expert-group") };
    adopted(adoption()).when(command).then_rejected(refused);
}

#[test]
fn a_recommendation_goes_through_its_own_forums_only() {
    let forums = "expert-group, policy-group".to_owned();
    let refused = Rejection::ForumNotOnTheWay { forum: slug("commission"), forums };
    story([]).when(open("commission", subject_asked(1), None)).then_rejected(refused);
}

#[test]
fn only_the_latest_text_of_a_recommendation_that_stands_is_decided_on() {
    let first = || open("expert-group", subject_asked(1), None);
    let old = TextFact { current: false, ..text_fact(1) };
    story([]).citing(text(1), old).when(first()).then_rejected(Rejection::TextNotCurrent);
    let withdrawn = TextFact { withdrawn: true, ..text_fact(1) };
    story([]).citing(text(1), withdrawn).when(first()).then_rejected(Rejection::TextWithdrawn);
}

#[test]
fn a_document_may_follow_a_decision_on_the_same_text_only() {
    let command = || open("policy-group", document_asked("L.6", "words"), Some(before().reference()));
    let same = AdoptionFact { digest: Digest::of(b"words"), text: None, recommendation: None, ..adoption() };
    adopted(same).when(command()).then([opened(document("L.6", "words"))]);
    adopted(adoption()).when(command()).then_rejected(Rejection::PreviousOnAnotherText);
}

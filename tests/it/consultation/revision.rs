//! A revised text starts anew: what was said on the old one binds nobody.
use super::*;

#[test]
fn a_revised_text_starts_a_new_silence_of_at_least_the_shortest_length() {
    let at = hour(10);
    let next = hour(58);
    story([silence()]).at(at).when(revise(2, Some(next))).then([revised(2, Some(next))]);
    let short = Rejection::SilenceTooShort { hours: 48, earliest: next };
    story([silence()]).at(at).when(revise(2, Some(just_before(next)))).then_rejected(short);
    let none = Rejection::DeadlineMissing { earliest: next };
    story([silence()]).at(at).when(revise(2, None)).then_rejected(none);
    let refused = Rejection::DeadlineNotAllowed;
    story([unanimity()]).at(at).when(revise(2, Some(next))).then_rejected(refused);
}

#[test]
fn objections_and_the_old_deadline_fall_with_the_old_text() {
    let next = hour(58);
    let past = || [silence(), objected("iran"), took("france", reserve()), revised(2, Some(next))];
    let running = Rejection::SilenceNotOver { deadline: next };
    story(past()).at(deadline()).when(Command::CloseConsultation).then_rejected(running);
    let (rule, previous, meeting, reservations) = (Rule::Silence, None, None, Vec::new());
    let reached = Event::ConsensusReached { rule, subject: subject(2), previous, meeting, reservations };
    story(past()).at(next).when(Command::CloseConsultation).then([reached]);
}

#[test]
fn votes_fall_with_the_old_text() {
    let (party, majority) = (party("iran"), two_thirds());
    let requested = Event::VoteRequested { party, majority, present: 3, of: 3 };
    let past = [consensus(), requested, voted("iran", Vote::No), revised(2, None)];
    story(past).when(cast("iran", Vote::Yes)).then_rejected(Rejection::VoteNotOpen);
}

#[test]
fn a_text_is_revised_only_before_the_silence_ends() {
    let refused = Rejection::SilenceOver { deadline: deadline() };
    story([silence()]).at(deadline()).when(revise(2, Some(hour(99)))).then_rejected(refused);
    let next = Some(hour(99));
    story([silence()]).at(just_before(deadline())).when(revise(2, next)).then([revised(2, next)]);
}

#[test]
fn the_same_text_again_changes_nothing() {
    story([silence()]).when(revise(1, None)).then_nothing();
    story([silence()]).when(revise(1, Some(deadline()))).then_nothing();
    story([silence()]).when(revise(1, Some(hour(99)))).then_rejected(Rejection::SameText);
}

#[test]
fn a_revision_is_of_the_same_matter_and_the_latest_text() {
    let other = TextFact { recommendation: RecommendationId::of("two"), ..text_fact(2) };
    let refused = Rejection::AnotherSubject;
    story([unanimity()]).citing(text(2), other).when(revise(2, None)).then_rejected(refused);
    let paper = Command::ReviseText { subject: document_asked("L.6", "words"), deadline: None };
    story([unanimity()]).when(paper).then_rejected(Rejection::AnotherSubject);
    let old = TextFact { current: false, ..text_fact(2) };
    let refused = Rejection::TextNotCurrent;
    story([unanimity()]).citing(text(2), old).when(revise(2, None)).then_rejected(refused);
    let withdrawn = TextFact { withdrawn: true, ..text_fact(2) };
    let refused = Rejection::TextWithdrawn;
    story([unanimity()]).citing(text(2), withdrawn).when(revise(2, None)).then_rejected(refused);
}

#[test]
fn a_document_is_revised_under_its_symbol_or_a_revision_of_it() {
    let opened = || [unanimity(), Event::TextRevised { subject: document("L.6", "one"), deadline: None }];
    let revise = |symbol| Command::ReviseText { subject: document_asked(symbol, "two"), deadline: None };
    for symbol in ["L.6", "L.6/Rev.1"] {
        let revised = Event::TextRevised { subject: document(symbol, "two"), deadline: None };
        story(opened()).when(revise(symbol)).then([revised]);
    }
    for symbol in ["L.7", "L.66"] {
        story(opened()).when(revise(symbol)).then_rejected(Rejection::AnotherSubject);
    }
}

#[test]
fn a_text_that_the_forum_before_adopted_is_not_revised_here() {
    let mut opened = silence();
    if let Event::ConsultationOpened { previous, .. } = &mut opened {
        *previous = Some(event("consultation", "zero", 5));
    }
    story([opened]).when(revise(2, Some(hour(99)))).then_rejected(Rejection::BoundByPrevious);
}

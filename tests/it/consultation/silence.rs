//! Silence: adopted at the deadline unless a member objected in time.
use super::*;

const CLOSE: Command = Command::CloseConsultation;

fn reached() -> Event {
    reached_in(Rule::Silence, None, Vec::new())
}

fn objections(who: &str) -> Event {
    failed(NoConsensus::Objections(vec![party(who)]))
}

#[test]
fn silence_adopts_at_the_very_instant_of_the_deadline_and_not_before() {
    story([silence()]).at(deadline()).when(CLOSE).then([reached()]);
    story([silence()]).at(just_after(deadline())).when(CLOSE).then([reached()]);
    let refused = Rejection::SilenceNotOver { deadline: deadline() };
    story([silence()]).at(just_before(deadline())).when(CLOSE).then_rejected(refused);
}

#[test]
fn an_objection_at_the_very_instant_of_the_deadline_counts() {
    story([silence()]).at(deadline()).when(object("iran")).then([objected("iran")]);
    story([silence(), objected("iran")]).at(deadline()).when(CLOSE).then([objections("iran")]);
}

#[test]
fn an_objection_one_microsecond_after_the_deadline_is_only_a_statement() {
    let late = just_after(deadline());
    story([silence()]).at(late).when(object("iran")).then([stated("iran")]);
    story([silence(), stated("iran")]).at(late).when(CLOSE).then([reached()]);
}

#[test]
fn an_objection_after_the_close_is_only_a_statement() {
    story([silence(), reached()]).at(deadline()).when(object("iran")).then([stated("iran")]);
}

#[test]
fn a_broken_silence_may_be_closed_early() {
    story([silence(), objected("iran")]).at(hour(1)).when(CLOSE).then([objections("iran")]);
}

#[test]
fn a_lifted_objection_does_not_break_the_silence() {
    let past = || [silence(), objected("iran"), lifted("iran")];
    let refused = Rejection::SilenceNotOver { deadline: deadline() };
    story(past()).at(hour(1)).when(CLOSE).then_rejected(refused);
    story(past()).at(deadline()).when(CLOSE).then([reached()]);
}

#[test]
fn what_was_unlifted_at_the_deadline_stays_unlifted() {
    let past = || [silence(), objected("iran")];
    story(past()).at(deadline()).when(lift("iran")).then([lifted("iran")]);
    let refused = Rejection::SilenceOver { deadline: deadline() };
    story(past()).at(just_after(deadline())).when(lift("iran")).then_rejected(refused);
}

#[test]
fn positions_end_with_the_silence() {
    let take = || take("iran", Position::Agree);
    story([silence()]).at(deadline()).when(take()).then([took("iran", Position::Agree)]);
    let refused = Rejection::SilenceOver { deadline: deadline() };
    story([silence()]).at(just_after(deadline())).when(take()).then_rejected(refused);
}

#[test]
fn silence_is_extended_only_before_its_end_and_only_to_a_later_time() {
    let extended = Event::DeadlineExtended { deadline: hour(72) };
    story([silence()]).at(just_before(deadline())).when(extend(hour(72))).then([extended.clone()]);
    let over = || Rejection::SilenceOver { deadline: deadline() };
    story([silence()]).at(deadline()).when(extend(hour(72))).then_rejected(over());
    story([silence()]).when(extend(deadline())).then_nothing();
    let earlier = Rejection::DeadlineNotLater { deadline: deadline() };
    story([silence()]).when(extend(just_before(deadline()))).then_rejected(earlier);
    let running = Rejection::SilenceNotOver { deadline: hour(72) };
    story([silence(), extended.clone()]).at(deadline()).when(CLOSE).then_rejected(running);
    story([silence(), extended]).at(hour(72)).when(object("iran")).then([objected("iran")]);
}

#[test]
fn there_is_nothing_to_extend_where_silence_does_not_decide() {
    story([unanimity()]).when(extend(hour(72))).then_rejected(Rejection::DeadlineNotAllowed);
}

#[test]
fn a_reservation_does_not_block_and_is_recorded() {
    let past = [silence(), took("iran", reserve())];
    let reached = reached_in(Rule::Silence, None, vec![reservation("iran")]);
    story(past).at(deadline()).when(CLOSE).then([reached]);
}

#[test]
fn more_reservations_than_the_ceiling_prevent_consensus() {
    let past = [silence(), took("iran", reserve()), took("france", reserve())];
    let because = NoConsensus::TooManyReservations { found: 2, max: 1 };
    story(past).at(deadline()).when(CLOSE).then([failed(because)]);
}

#[test]
fn a_text_that_is_gone_at_the_close_is_not_adopted() {
    let old = TextFact { current: false, ..text_fact(1) };
    let withdrawn = TextFact { withdrawn: true, ..text_fact(1) };
    for gone in [old, withdrawn] {
        let story = story([silence()]).citing(text(1), gone).at(deadline());
        story.when(CLOSE).then([failed(NoConsensus::TextGone)]);
    }
}

#[test]
fn an_adoption_stands_for_its_forum_and_its_text() {
    use pactline::domain::Decider;
    use pactline::domain::fact::AdoptionFact;
    let adoption = AdoptionFact {
        consultation: id(),
        forum: slug("expert-group"),
        charter: charter(),
        text: Some(text(1)),
        recommendation: Some(recommendation()),
        digest: text_fact(1).digest,
    };
    let story = story([silence(), reached()]);
    assert_eq!(story.state().attest(&reached(), deadline()), Some(adoption.into()));
    assert_eq!(story.state().attest(&objections("iran"), deadline()), None);
    assert_eq!(story.state().attest(&silence(), deadline()), None);
}

//! Who may speak, and what a position, an objection and a condition are worth.
use super::*;
use pactline::domain::citation::Uncitable;
use pactline::domain::fact::ParagraphFact;

fn agreed(n: u64) -> Citation {
    event("recommendation", "one", 10 + n)
}

fn paragraph(n: &str) -> ParagraphFact {
    ParagraphFact { recommendation: recommendation(), paragraph: slug(n), agreed: true }
}

fn acts(who: &str) -> [Command; 5] {
    let correct = Command::CorrectVote { party: party(who), vote: Vote::Yes };
    [take(who, Position::Agree), object(who), request(who), cast(who, Vote::Yes), correct]
}

#[test]
fn observers_and_parties_outside_the_roster_have_no_standing() {
    for who in ["interpol", "peru"] {
        for act in acts(who).into_iter().chain([lift(who)]) {
            story([silence()]).when(act).then_rejected(Rejection::NoStanding { party: party(who) });
        }
    }
}

#[test]
fn a_partner_that_left_or_became_an_observer_since_has_no_say() {
    for now in [None, observer()] {
        for act in acts("iran") {
            let story = story([silence()]).citing(admission("iran"), partner("iran", now));
            story.when(act).then_rejected(Rejection::MemberNoLonger { name: name("iran") });
        }
    }
}

#[test]
fn a_partner_that_left_may_still_lift_its_objection() {
    let story = story([silence(), objected("iran")]).citing(admission("iran"), partner("iran", None));
    story.when(lift("iran")).then([lifted("iran")]);
}

#[test]
fn an_admission_that_cannot_be_found_gives_no_standing() {
    let start = given_at::<Consultation>(start(), [silence()]);
    let why = Uncitable::Missing { reference: admission("iran").reference() };
    start.when(object("iran")).then_rejected(Rejection::Uncitable(why));
}

#[test]
fn everybody_may_make_a_statement_at_any_time() {
    let statement = |who| Command::RecordStatement { party: party(who), statement: prose("not now") };
    let closed = reached_in(Rule::Silence, None, Vec::new());
    story([silence()]).when(statement("interpol")).then([stated("interpol")]);
    story([silence(), closed]).when(statement("peru")).then([stated("peru")]);
    story([]).when(statement("iran")).then_rejected(Rejection::NotOpened);
}

#[test]
fn the_latest_position_holds_and_the_same_again_changes_nothing() {
    let past = || [silence(), took("iran", Position::Abstain)];
    story(past()).when(take("iran", Position::Abstain)).then_nothing();
    story(past()).when(take("iran", reserve())).then([took("iran", reserve())]);
    story([silence(), objected("iran")]).when(object("iran")).then_nothing();
}

#[test]
fn who_objects_lifts_the_objection_before_taking_a_position() {
    let refused = Rejection::ObjectionStands { name: name("iran") };
    let past = [silence(), objected("iran")];
    story(past).when(take("iran", Position::Agree)).then_rejected(refused);
}

#[test]
fn only_an_objection_can_be_lifted() {
    story([silence()]).when(lift("iran")).then_rejected(Rejection::NotObjecting { name: name("iran") });
}

#[test]
fn an_objection_to_a_document_has_no_conditions() {
    let Event::ConsultationOpened { consultation, charter, forum, rule, roster, deadline, .. } = silence()
    else {
        panic!("opened");
    };
    let opened = Event::ConsultationOpened {
        consultation,
        charter,
        forum,
        rule,
        subject: document("L.6", "words"),
        previous: None,
        meeting: None,
        roster,
        deadline,
    };
    let conditional_on = vec![slug("3")];
    let object = Command::Object { party: party("iran"), reason: prose("not now"), conditional_on };
    story([opened]).when(object).then_rejected(Rejection::ConditionsOnDocument);
}

#[test]
fn a_package_deal_lifts_only_when_each_paragraph_is_agreed() {
    let lift = |agreed: Vec<Citation>| {
        let agreed = agreed.iter().map(Citation::reference).collect();
        Command::LiftObjection { party: party("iran"), agreed }
    };
    let conditional_on = vec![slug("3"), slug("4")];
    let object = Event::ObjectionRaised { party: party("iran"), reason: prose("not now"), conditional_on };
    let story = || {
        let past = story([silence(), object.clone()]);
        past.citing(agreed(3), paragraph("3")).citing(agreed(4), paragraph("4"))
    };
    let both = vec![agreed(3), agreed(4)];
    let lifted = Event::ObjectionLifted { party: party("iran"), agreed: both.clone() };
    story().when(lift(both.clone())).then([lifted]);
    let refused = Rejection::ConditionNotMet { paragraph: slug("4") };
    story().when(lift(vec![agreed(3)])).then_rejected(refused);
    let fallen = story().citing(agreed(4), ParagraphFact { agreed: false, ..paragraph("4") });
    let refused = Rejection::ParagraphNotAgreed { paragraph: slug("4") };
    fallen.when(lift(both.clone())).then_rejected(refused);
    let other = ParagraphFact { recommendation: RecommendationId::of("two"), ..paragraph("4") };
    let refused = Rejection::ParagraphOfAnotherRecommendation { paragraph: slug("4") };
    story().citing(agreed(4), other).when(lift(both)).then_rejected(refused);
}

#[test]
fn an_objection_may_change_its_conditions() {
    let object =
        Command::Object { party: party("iran"), reason: prose("not now"), conditional_on: vec![slug("3")] };
    story([silence(), objected("iran")]).when(object).then([objected_until("iran", "3")]);
}

#[test]
fn nothing_happens_before_it_opens_or_after_it_is_closed() {
    let closed = || [silence(), reached_in(Rule::Silence, None, Vec::new())];
    let correct = Command::CorrectVote { party: party("iran"), vote: Vote::Yes };
    let declare = Command::DeclareTally { declared: tally(0, 0, 0) };
    let others = [take("iran", reserve()), lift("iran"), revise(2, None), extend(hour(99)), correct, declare];
    let votes = [request("iran"), cast("iran", Vote::Yes), Command::CloseConsultation];
    for command in others.into_iter().chain(votes) {
        story([]).when(command.clone()).then_rejected(Rejection::NotOpened);
        story(closed()).when(command).then_rejected(Rejection::ConsultationClosed);
    }
    story([]).when(object("iran")).then_rejected(Rejection::NotOpened);
}

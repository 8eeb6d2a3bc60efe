//! What is late: handed on, once, to whoever has to see to it.
use super::*;

#[test]
fn an_escalation_hands_it_to_another_role() {
    task([]).asked(escalate("coordinator")).then_nothing();
    held().asked(escalate("chair")).then([escalated("chair")]);
    task([escalated("chair")]).asked(escalate("chair")).then_nothing();
}

#[test]
fn who_holds_an_escalated_task_may_finish_it() {
    let past = || held().and_at(minute(5), [escalated("chair")]);
    past()
        .asked(claim("chair:1", MINUTE))
        .then_rejected(Rejection::HeldByAnother { holder: person("anna"), until: minute(10) });
    let longer = Event::LeaseExtended { worker: person("anna"), until: minute(15) };
    past().asked(extend("anna", 10 * MINUTE)).then([longer]);
    past().asked(complete("anna")).then([completed("anna")]);
    let after = past().at(minute(10)).asked(claim("chair:1", MINUTE));
    after.then([expired("anna", minute(10), 1), claimed("chair:1", minute(11))]);
}

#[test]
fn what_is_overdue_is_escalated_once_and_not_before_it_is_due() {
    let before = minute(5) - jiff::SignedDuration::from_millis(1);
    due().at(before).asked(Command::EscalateOverdue).then_nothing();
    due().at(minute(5)).asked(Command::EscalateOverdue).then([overdue()]);
    due().and_at(minute(5), [overdue()]).asked(Command::EscalateOverdue).then_nothing();
    let handed_on = due().and_at(minute(5), [overdue(), escalated("donor")]);
    handed_on.at(minute(6)).asked(Command::EscalateOverdue).then_nothing();
    let early = due().and_at(minute(1), [escalated("chair"), escalated("donor")]);
    early.at(minute(5)).asked(Command::EscalateOverdue).then([overdue()]);
}

#[test]
fn what_nobody_has_to_see_to_is_not_escalated() {
    for over in [completed("anna"), cancelled(), escalated("chair")] {
        due().and_at(minute(1), [over]).at(minute(5)).asked(Command::EscalateOverdue).then_nothing();
    }
    task([]).at(minute(5)).asked(Command::EscalateOverdue).then_nothing();
}

#[test]
fn work_is_overdue_whoever_has_it_and_whatever_became_of_it() {
    let incident = [failed("anna", 3, None), Event::IncidentRaised { attempts: 3 }];
    let pasts =
        [vec![claimed("anna", minute(10))], vec![failed("anna", 1, Some(minute(9)))], incident.into()];
    for past in pasts {
        due().and_at(minute(4), past).at(minute(5)).asked(Command::EscalateOverdue).then([overdue()]);
    }
}

//! Tasks: one holder at a time, and nothing from somebody whose time is up.
use crate::given::{Given, When, given_at, person};
use pactline::domain::citation::StreamName;
use pactline::domain::fact::{Fact, TaskFact};
use pactline::domain::id::TaskId;
use pactline::domain::task::{Command, Event, LEASE_MS_MAX, LEASE_MS_MIN, Rejection, Task};
use pactline::domain::{Category, Decider, Rejection as _, Timestamp};
use uuid::Uuid;

mod late;

const MINUTE: u64 = 60_000;
const OVERDUE: &str = "not done by 1970-01-01T00:05:00Z";

/// Workers ask in their own names.
trait Asked {
    fn asked(self, command: Command) -> When<Task>;
}

impl Asked for Given<Task> {
    fn asked(self, command: Command) -> When<Task> {
        let by = command.worker().cloned();
        let given = match by {
            Some(worker) => self.by(worker.as_str()),
            None => self,
        };
        given.when(command)
    }
}

fn minute(n: i64) -> Timestamp {
    Timestamp::from_second(n * 60).unwrap()
}
fn id() -> TaskId {
    TaskId(Uuid::from_u128(1))
}
fn subject() -> StreamName {
    StreamName::new("project", Uuid::from_u128(2))
}
fn open(attempts_max: u32, backoff_ms: u64) -> Command {
    Command::OpenTask {
        task: id(),
        kind: "duplication-check".parse().unwrap(),
        title: "Look".parse().unwrap(),
        subject: subject(),
        role: "coordinator".parse().unwrap(),
        due_at: None,
        attempts_max,
        backoff_ms,
        escalate_to: None,
    }
}
fn opened(attempts_max: u32, backoff_ms: u64) -> Event {
    Event::TaskOpened {
        task: id(),
        kind: "duplication-check".parse().unwrap(),
        title: "Look".parse().unwrap(),
        subject: subject(),
        role: "coordinator".parse().unwrap(),
        due_at: None,
        attempts_max,
        backoff_ms,
        escalate_to: None,
    }
}
fn claim(worker: &str, lease_ms: u64) -> Command {
    Command::ClaimTask { worker: person(worker), lease_ms }
}
fn claimed(worker: &str, until: Timestamp) -> Event {
    Event::TaskClaimed { worker: person(worker), until }
}
fn extend(worker: &str, lease_ms: u64) -> Command {
    Command::ExtendLease { worker: person(worker), lease_ms }
}
fn complete(worker: &str) -> Command {
    Command::CompleteTask { worker: person(worker), outcome: "none found".parse().unwrap() }
}
fn completed(worker: &str) -> Event {
    Event::TaskCompleted { worker: person(worker), outcome: "none found".parse().unwrap() }
}
fn fail(worker: &str) -> Command {
    Command::FailTask { worker: person(worker), reason: "no answer".parse().unwrap() }
}
fn failed(worker: &str, attempt: u32, retry_at: Option<Timestamp>) -> Event {
    Event::TaskFailed { worker: person(worker), attempt, reason: "no answer".parse().unwrap(), retry_at }
}
fn expire(worker: &str, until: Timestamp) -> Command {
    Command::ExpireLease { worker: person(worker), until }
}
fn expired(worker: &str, until: Timestamp, attempt: u32) -> Event {
    Event::LeaseExpired { worker: person(worker), until, attempt }
}
fn resolve() -> Command {
    Command::ResolveIncident { resolution: "called them".parse().unwrap() }
}
fn resolved() -> Event {
    Event::IncidentResolved { resolution: "called them".parse().unwrap() }
}
fn escalate(to: &str) -> Command {
    Command::EscalateTask { to: to.parse().unwrap(), reason: "late".parse().unwrap() }
}
fn escalated(to: &str) -> Event {
    Event::TaskEscalated { to: to.parse().unwrap(), reason: "late".parse().unwrap() }
}
fn cancel() -> Command {
    Command::CancelTask { reason: "moot".parse().unwrap() }
}
fn cancelled() -> Event {
    Event::TaskCancelled { reason: "moot".parse().unwrap() }
}
/// Opened in the first minute: three attempts, a minute's wait after the first.
fn task(more: impl IntoIterator<Item = Event>) -> Given<Task> {
    given_at(minute(0), [opened(3, MINUTE)]).and_at(minute(0), more)
}
/// Held by `anna` until the tenth minute.
fn held() -> Given<Task> {
    task([claimed("anna", minute(10))])
}
/// Tried twice without success, and held by `anna` until the tenth minute.
fn held_at_last() -> Given<Task> {
    task([failed("boris", 2, Some(minute(0))), claimed("anna", minute(10))])
}
/// Due in the fifth minute, and the chair's when it is late.
fn due() -> Given<Task> {
    let Event::TaskOpened { task, kind, title, subject, role, attempts_max, backoff_ms, .. } = opened(3, 0)
    else {
        unreachable!()
    };
    let (due_at, escalate_to) = (Some(minute(5)), Some("chair".parse().unwrap()));
    let due =
        Event::TaskOpened { task, kind, title, subject, role, due_at, attempts_max, backoff_ms, escalate_to };
    given_at(minute(0), [due])
}
fn overdue() -> Event {
    Event::TaskEscalated { to: "chair".parse().unwrap(), reason: OVERDUE.parse().unwrap() }
}
fn incident() -> Given<Task> {
    task([failed("anna", 3, None), Event::IncidentRaised { attempts: 3 }])
}
/// Every command that somebody asks: the engine asks the others.
fn every_command() -> [Command; 7] {
    let (short, done) = (LEASE_MS_MIN, complete("anna"));
    [claim("anna", short), extend("anna", short), done, fail("anna"), resolve(), escalate("chair"), cancel()]
}
fn every_timer() -> [Command; 2] {
    [expire("anna", minute(10)), Command::EscalateOverdue]
}

#[test]
fn a_task_is_opened_once_and_may_be_tried() {
    let fresh = || given_at::<Task>(minute(0), []);
    fresh().asked(open(1, 0)).then([opened(1, 0)]);
    fresh().asked(open(0, 0)).then_rejected(Rejection::NoAttempts);
    task([]).asked(open(1, 0)).then_rejected(Rejection::AlreadyOpened);
    assert_eq!(Rejection::AlreadyOpened.category(), Category::AlreadyExists);
    for command in every_command().into_iter().chain(every_timer()) {
        fresh().asked(command).then_rejected(Rejection::NotOpened);
    }
}

#[test]
fn a_live_lease_keeps_others_out_until_the_instant_it_ends() {
    task([]).asked(claim("anna", 10 * MINUTE)).then([claimed("anna", minute(10))]);
    let refusal = Rejection::HeldByAnother { holder: person("anna"), until: minute(10) };
    let before = minute(10) - jiff::SignedDuration::from_millis(1);
    held().at(before).asked(claim("boris", MINUTE)).then_rejected(refusal);
    let after = held().at(minute(10)).asked(claim("boris", MINUTE));
    after.then([expired("anna", minute(10), 1), claimed("boris", minute(11))]);
}

#[test]
fn a_live_claim_of_ones_own_is_not_claimed_again() {
    held().at(minute(9)).asked(claim("anna", 10 * MINUTE)).then_nothing();
    let after = held().at(minute(10)).asked(claim("anna", MINUTE));
    after.then([expired("anna", minute(10), 1), claimed("anna", minute(11))]);
}

#[test]
fn a_lease_lasts_from_a_second_to_thirty_days() {
    for lease_ms in [LEASE_MS_MIN, LEASE_MS_MAX] {
        assert_eq!(task([]).asked(claim("anna", lease_ms)).events().len(), 1);
    }
    for lease_ms in [0, LEASE_MS_MIN - 1, LEASE_MS_MAX + 1, u64::MAX] {
        let refusal = || Rejection::LeaseOutOfBounds { lease_ms };
        task([]).asked(claim("anna", lease_ms)).then_rejected(refusal());
        held().asked(extend("anna", lease_ms)).then_rejected(refusal());
    }
}

#[test]
fn the_holder_extends_the_lease_and_never_shortens_it() {
    let longer = Event::LeaseExtended { worker: person("anna"), until: minute(15) };
    held().at(minute(5)).asked(extend("anna", 10 * MINUTE)).then([longer.clone()]);
    held().at(minute(5)).asked(extend("anna", 5 * MINUTE)).then_nothing();
    let refusal = Rejection::LeaseWouldShrink { until: minute(10) };
    held().at(minute(5)).asked(extend("anna", 4 * MINUTE)).then_rejected(refusal);
    let past = held().and_at(minute(5), [longer]).at(minute(14));
    past.asked(complete("anna")).then([completed("anna")]);
}

#[test]
fn only_the_holder_can_say_how_it_went() {
    let refusal = || Rejection::NotTheHolder { holder: person("anna"), worker: person("boris") };
    for command in [extend("boris", MINUTE), complete("boris"), fail("boris")] {
        held().asked(command.clone()).then_rejected(refusal());
        task([]).asked(command).then_rejected(Rejection::NotClaimed);
    }
    assert_eq!(refusal().category(), Category::Forbidden);
}

#[test]
fn a_completion_at_the_instant_the_lease_ends_is_late() {
    let before = minute(10) - jiff::SignedDuration::from_millis(1);
    held().at(before).asked(complete("anna")).then([completed("anna")]);
    for command in [complete("anna"), fail("anna"), extend("anna", MINUTE)] {
        held().at(minute(10)).asked(command).then_rejected(Rejection::LeaseExpired { until: minute(10) });
    }
}

#[test]
fn nobody_asks_in_another_ones_name() {
    let refusal = || Rejection::NotTheWorker { worker: person("anna"), by: person("boris") };
    task([]).by("boris").when(claim("anna", MINUTE)).then_rejected(refusal());
    for command in [extend("anna", 20 * MINUTE), complete("anna"), fail("anna")] {
        held().by("boris").when(command).then_rejected(refusal());
    }
}

#[test]
fn a_late_worker_is_told_so_however_fast_the_timer_is() {
    let lapsed = || held().and_at(minute(10), [expired("anna", minute(10), 1)]).at(minute(11));
    for command in [complete("anna"), fail("anna"), extend("anna", MINUTE)] {
        let refusal = || Rejection::LeaseExpired { until: minute(10) };
        held().at(minute(11)).asked(command.clone()).then_rejected(refusal());
        lapsed().asked(command).then_rejected(refusal());
    }
    lapsed().asked(complete("boris")).then_rejected(Rejection::NotClaimed);
    let taken = lapsed().and_at(minute(11), [claimed("boris", minute(20))]);
    let refusal = Rejection::NotTheHolder { holder: person("boris"), worker: person("anna") };
    taken.asked(complete("anna")).then_rejected(refusal);
}

#[test]
fn a_lease_expires_once_and_not_before_its_end() {
    let before = minute(10) - jiff::SignedDuration::from_millis(1);
    held().at(before).asked(expire("anna", minute(10))).then_nothing();
    held().at(minute(10)).asked(expire("anna", minute(10))).then([expired("anna", minute(10), 1)]);
    let lapsed = held().and_at(minute(10), [expired("anna", minute(10), 1)]);
    lapsed.asked(expire("anna", minute(10))).then_nothing();
}

#[test]
fn nothing_expires_but_the_lease_that_is_meant() {
    let longer = Event::LeaseExtended { worker: person("anna"), until: minute(15) };
    let others = [
        held().and_at(minute(5), [longer]),
        held().and_at(minute(10), [expired("anna", minute(10), 1), claimed("boris", minute(10))]),
        held().and_at(minute(5), [failed("anna", 1, Some(minute(6)))]),
        held().and_at(minute(5), [completed("anna")]),
        held().and_at(minute(5), [cancelled()]),
        incident(),
        task([]),
    ];
    for other in others {
        other.at(minute(20)).asked(expire("anna", minute(10))).then_nothing();
    }
    held().at(minute(20)).asked(expire("boris", minute(10))).then_nothing();
}

#[test]
fn a_lease_that_ended_was_an_attempt() {
    let lapsed = || held().and_at(minute(10), [expired("anna", minute(10), 1)]);
    lapsed().asked(claim("boris", MINUTE)).then([claimed("boris", minute(11))]);
    lapsed().and_at(minute(10), [claimed("boris", minute(11))]).asked(fail("boris")).then([failed(
        "boris",
        2,
        Some(minute(12)),
    )]);
}

#[test]
fn a_task_that_kills_its_workers_ends_as_an_incident() {
    let ended = [expired("anna", minute(10), 3), Event::IncidentRaised { attempts: 3 }];
    held_at_last().at(minute(10)).asked(expire("anna", minute(10))).then(ended.clone());
    let refusal = Rejection::AttemptsUsedUp { until: minute(10) };
    held_at_last().at(minute(10)).asked(claim("boris", MINUTE)).then_rejected(refusal);
    let raised = held_at_last().and_at(minute(10), ended);
    raised.asked(claim("boris", MINUTE)).then_rejected(Rejection::IncidentOpen);
}

#[test]
fn a_task_with_one_attempt_is_never_started_twice_unseen() {
    let once = || given_at::<Task>(minute(0), [opened(1, 0), claimed("anna", minute(10))]).at(minute(10));
    let ended = [expired("anna", minute(10), 1), Event::IncidentRaised { attempts: 1 }];
    once().asked(expire("anna", minute(10))).then(ended);
    once().asked(claim("anna", MINUTE)).then_rejected(Rejection::AttemptsUsedUp { until: minute(10) });
}

#[test]
fn every_failure_doubles_the_wait() {
    held().asked(fail("anna")).then([failed("anna", 1, Some(minute(1)))]);
    task([failed("anna", 1, Some(minute(1))), claimed("anna", minute(10))])
        .at(minute(2))
        .asked(fail("anna"))
        .then([failed("anna", 2, Some(minute(4)))]);
    let past = || task([failed("anna", 1, Some(minute(1)))]);
    let before = minute(1) - jiff::SignedDuration::from_millis(1);
    past()
        .at(before)
        .asked(claim("boris", MINUTE))
        .then_rejected(Rejection::TooEarly { retry_at: minute(1) });
    past().at(minute(1)).asked(claim("boris", MINUTE)).then([claimed("boris", minute(2))]);
}

#[test]
fn a_wait_beyond_the_end_of_time_ends_there() {
    let past = |failures| {
        let failed = failed("anna", failures, Some(minute(0)));
        given_at::<Task>(minute(0), [opened(u32::MAX, u64::MAX), failed, claimed("anna", minute(1))])
    };
    for failures in [1, 63, 64, 1_000] {
        past(failures).asked(fail("anna")).then([failed("anna", failures + 1, Some(Timestamp::MAX))]);
    }
}

#[test]
fn after_the_last_attempt_a_person_must_look() {
    task([failed("anna", 2, Some(minute(0))), claimed("anna", minute(10))])
        .asked(fail("anna"))
        .then([failed("anna", 3, None), Event::IncidentRaised { attempts: 3 }]);
    for command in [claim("boris", MINUTE), complete("anna"), fail("anna"), extend("anna", MINUTE)] {
        incident().asked(command).then_rejected(Rejection::IncidentOpen);
    }
    incident().asked(resolve()).then([resolved()]);
    held().asked(resolve()).then_rejected(Rejection::NoIncident);
}

#[test]
fn a_resolved_incident_brings_fresh_attempts() {
    incident()
        .and_at(minute(1), [resolved(), claimed("boris", minute(10))])
        .asked(fail("boris"))
        .then([failed("boris", 1, Some(minute(2)))]);
}

#[test]
fn nothing_happens_to_a_task_that_is_over() {
    for command in every_command() {
        task([completed("anna")]).asked(command.clone()).then_rejected(Rejection::AlreadyCompleted);
        if command != cancel() {
            task([cancelled()]).asked(command).then_rejected(Rejection::AlreadyCancelled);
        }
    }
    for command in every_timer() {
        task([completed("anna")]).at(minute(20)).asked(command.clone()).then_nothing();
        task([cancelled()]).at(minute(20)).asked(command).then_nothing();
    }
    task([cancelled()]).asked(cancel()).then_nothing();
    held().asked(cancel()).then([cancelled()]);
}

#[test]
fn only_a_completion_can_be_cited() {
    let given = task([claimed("anna", minute(1)), completed("anna")]);
    let (kind, role) = ("duplication-check".parse().unwrap(), "coordinator".parse().unwrap());
    let fact = TaskFact { task: id(), kind, subject: subject(), role, worker: person("anna") };
    assert_eq!(given.state().attest(&completed("anna"), minute(0)), Some(Fact::Task(fact)));
    for event in [opened(3, MINUTE), claimed("anna", minute(1)), cancelled(), escalated("chair")] {
        assert_eq!(given.state().attest(&event, minute(0)), None);
    }
}

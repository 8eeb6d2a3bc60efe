//! Lists: what they let through at an instant, by the rules and not by the hour at which rows were written.
use super::*;
use pactline::views::Token;
use pactline::views::worklist::{Status, Wanted, find};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

const ROLES: [&str; 2] = ["coordinator", "chair"];
const KINDS: [&str; 3] = ["duplication-check", "follow-up", "report"];
const WORKERS: [&str; 3] = ["anna", "boris", "svc:1"];
const TASKS: u128 = 12;

/// Something that may happen to a task. Leases and waits end between seconds: each reading of the clock is a
/// microsecond later than the one before.
fn anything() -> impl Strategy<Value = (u128, i64, Command)> {
    let command = (0..10_u8, 0..3_usize, 1..40_u64).prop_map(|(what, who, seconds)| match what {
        0..=3 => claim(WORKERS[who], seconds * 1000 + 500),
        4 => Command::ExtendLease { worker: person(WORKERS[who]), lease_ms: seconds * 1000 + 500 },
        5 => complete(WORKERS[who]),
        6 | 7 => fail(WORKERS[who]),
        8 => escalate(ROLES[who % 2]),
        _ => Command::ResolveIncident { resolution: "looked".parse().unwrap() },
    });
    (0..TASKS, 0..8_i64, command)
}

/// Tasks at the second 0, with and without due dates, of two attempts and a wait of five seconds and a half.
async fn opened(office: &Office) {
    for n in 0..TASKS {
        let (role, kind) = (ROLES[n as usize % 2], KINDS[n as usize % 3]);
        let Command::OpenTask { task, kind, title, subject, role, .. } = open(n, role, kind) else {
            panic!("not opened")
        };
        let due_at = (n % 4 > 0).then(|| second(100 - (n as i64 * 37) % 90));
        let escalate_to = None;
        let (attempts_max, backoff_ms) = (2, 5500);
        let open = Command::OpenTask {
            task,
            kind,
            title,
            subject,
            role,
            due_at,
            attempts_max,
            backoff_ms,
            escalate_to,
        };
        office.ask(n, open).await.unwrap();
    }
}

/// Runs `check` on an office in which random things happened, and the second in which it is then.
fn in_random_offices(check: impl AsyncFn(&Office, i64) -> Result<(), TestCaseError>) {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let stories = proptest::collection::vec(anything(), 0..60);
    let checked = runner.run(&stories, |story| {
        runtime.block_on(async {
            let hour = Hour::default();
            let office = Office::at(&hour);
            opened(&office).await;
            let mut second = 1;
            for (n, later, command) in story {
                second += later;
                hour.set(second);
                // What the rules refuse does not happen.
                drop(office.ask(n, command).await);
            }
            check(&office, second).await
        })
    });
    checked.unwrap();
}

#[test]
fn what_is_called_open_can_be_claimed_and_nothing_else_can() {
    in_random_offices(async |office, second| {
        for n in 0..TASKS {
            let meta = CommandMeta { by: person("zoe"), ..office.meta() };
            let claimed = office.engine.validate::<Task>(id(n), claim("zoe", 1000), meta).await;
            let found = office.get(n, super::second(second)).await.unwrap();
            prop_assert_eq!(found.status == Status::Open, claimed.is_ok(), "{:?} {:?}", found, claimed);
        }
        Ok(())
    });
}

#[test]
fn a_filter_lets_through_what_it_says_and_all_of_it() {
    in_random_offices(async |office, second| {
        for at in [second - 7, second, second + 9, second + 60].map(super::second) {
            let mut all = Vec::new();
            for n in 0..TASKS {
                all.extend(office.get(n, at).await);
            }
            all.sort_by_key(|it| (it.due_at.unwrap_or(Timestamp::MAX), it.id));
            for filter in filters(at) {
                let lets = all.iter().filter(|it| is_let_through(&filter, it)).cloned().collect::<Vec<_>>();
                let found = office.list(filter.clone(), all_at(at)).await;
                prop_assert_eq!(found.tasks, lets, "{:?}", filter);
            }
        }
        Ok(())
    });
}

/// One of each kind of filter, and some of several kinds.
fn filters(at: Timestamp) -> Vec<Filter> {
    use Status::*;
    let some = |it: &str| Some(it.to_owned());
    let any = Filter::default;
    let subject = some(StreamName::new("project", id(3)).as_str());
    let mut filters = vec![
        any(),
        Filter { role: some("chair"), ..any() },
        Filter { kind: some("report"), ..any() },
        Filter { worker: some("anna"), ..any() },
        Filter { subject, ..any() },
        Filter { due_until: Some(at), ..any() },
        Filter { role: some("chair"), kind: some("report"), ..any() },
        Filter { role: some("chair"), due_until: Some(at), statuses: vec![Open, Claimed], ..any() },
        Filter { worker: some("boris"), statuses: vec![Claimed, Completed], ..any() },
        Filter { role: some("nobody"), ..any() },
    ];
    let statuses = [Open, Claimed, Resting, Incident, Completed, Cancelled];
    filters.extend(statuses.map(|it| Filter { statuses: vec![it], ..any() }));
    filters
}

fn is_let_through(filter: &Filter, it: &worklist::Task) -> bool {
    let is = |wanted: &Option<String>, it: &str| wanted.as_ref().is_none_or(|wanted| wanted == it);
    let live = !matches!(it.status, Status::Completed | Status::Cancelled);
    let wanted = if filter.statuses.is_empty() { live } else { filter.statuses.contains(&it.status) };
    wanted
        && is(&filter.role, &it.role)
        && is(&filter.kind, &it.kind)
        && is(&filter.worker, it.worker.as_deref().unwrap_or_default())
        && is(&filter.subject, &it.subject)
        && filter.due_until.is_none_or(|until| it.due_at.is_some_and(|it| it <= until))
}

#[test]
fn a_worker_is_shown_what_is_open_and_when_there_will_be_more() {
    in_random_offices(async |office, second| {
        let wanted = Wanted { role: Some("chair".into()), kinds: vec!["report".into(), "follow-up".into()] };
        let at = super::second(second);
        office.get(0, at).await.unwrap();
        let mine: Vec<Uuid> = (0..TASKS).map(id).collect();
        let found = find(&office.views, wanted.clone(), ("anna".into(), mine), at, 100).await.unwrap().found;
        let mut open = Vec::new();
        let (mut held, mut next) = (Vec::new(), None);
        for n in 0..TASKS {
            let it = office.get(n, at).await.unwrap();
            if it.status == Status::Claimed && it.worker.as_deref() == Some("anna") {
                held.push((it.id, it.leased_until.unwrap()));
            }
            if !wanted.takes(&it.role, &it.kind) {
                continue;
            }
            let lasts = it.status == Status::Claimed && it.attempts + 1 < it.attempts_max;
            let turns = it.retry_at.or(it.leased_until.filter(|_| lasts));
            next = next.into_iter().chain(turns).min();
            open.extend(Some(it).filter(|it| it.status == Status::Open));
        }
        open.sort_by_key(|it| (it.due_at.unwrap_or(Timestamp::MAX), it.id));
        prop_assert_eq!((found.free, found.next), (open, next));
        prop_assert_eq!(found.held.into_iter().collect::<Vec<_>>(), held);
        Ok(())
    });
}

#[tokio::test]
async fn a_task_that_ran_out_of_time_for_the_last_time_is_an_incident_before_and_after_it_is_on_record() {
    let hour = Hour::default();
    let office = Office::at(&hour);
    office.ask(1, open(1, "chair", "report")).await.unwrap();
    for n in 0..3_i64 {
        hour.set(n * 10);
        office.ask(1, claim("anna", 5000)).await.unwrap();
    }
    let status = async |at| office.get(1, at).await.unwrap().status;
    let until = office.until(1).await;
    let before = until - Duration::from_micros(1);
    assert_eq!((status(before).await, status(until).await), (Status::Claimed, Status::Incident));
    hour.set(30);
    let lapse = Command::ExpireLease { worker: person("anna"), until };
    office.ask(1, lapse).await.unwrap();
    let it = office.get(1, second(30)).await.unwrap();
    assert_eq!((it.status, it.attempts), (Status::Incident, 3));
    assert_eq!(it.failure.unwrap(), format!("anna had it until {until} and was not done"));
}

#[tokio::test]
async fn pages_show_what_stays_on_the_list_exactly_once_while_it_changes() {
    let hour = Hour::default();
    let office = Office::at(&hour);
    // Three of each due date, and many without one: pages end within all of them.
    for n in 0..30 {
        let opening = open(n, "chair", "report");
        let opening = if n < 15 { due(opening, second(100 - n as i64 / 3)) } else { opening };
        office.ask(n, opening).await.unwrap();
    }
    let (mut shown, mut after) = (Vec::new(), None);
    for n in 0.. {
        let filter = Filter { role: Some("chair".into()), ..Filter::default() };
        let which = Which { at: second(0), size: 4, after };
        let page = office.list(filter, which).await;
        shown.extend(page.tasks.into_iter().map(|it| it.id));
        let Some((key, id)) = page.end else { break };
        after = Some(Token::new(&"question", None, key, id));
        // Claimed and failed tasks keep their places; new ones come at the end of those due when they are.
        office.ask(n, claim("anna", 5000)).await.unwrap();
        office.ask(29 - n, claim("boris", 5000)).await.unwrap();
        office.ask(29 - n, fail("boris")).await.unwrap();
    }
    assert_eq!(shown.len(), 30);
    let mut once = shown.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), 30);
}

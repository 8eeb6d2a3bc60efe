//! Pages of lists: together they are the list, each entry once, whatever happens between two pages.
use super::{begun, caught_up, head, log_of};
use pactline::views::register::recommendation::Recommendation;
use pactline::views::register::{Facets, List, Order, Snapshot, list};
use pactline::views::timeline::{Axis, Filter, Which, timeline};
use pactline::views::{Ask, BadPage, Token, Views};

const QUESTION: &str = "all recommendations";

async fn page(
    views: &Views,
    order: Order,
    size: usize,
    token: Option<String>,
) -> (Vec<String>, Option<String>) {
    let after = token.map(|it| Token::read(&it, &QUESTION).unwrap());
    let through = |_: &Snapshot<'_>| Ok(|facets: &Facets| facets.has("pillar", "supply"));
    let ask = Ask::NOW;
    let answer = list::<Recommendation, _>(views, &ask, List { order, size, after }, through).await.unwrap();
    let titles = answer.found.entries.into_iter().map(|it| it.title).collect();
    let position = answer.position;
    let end = answer.found.end.map(|(key, id)| Token::new(&QUESTION, position, key, id).written());
    (titles, end)
}

#[tokio::test]
async fn pages_walk_everything_exactly_once_also_while_it_changes() {
    let dir = tempfile::tempdir().unwrap();
    let (mut world, provision) = begun().await;
    for n in 1..=23 {
        world.draft(n, &[&provision]).await;
    }
    let views = caught_up(dir.path(), &log_of(&world)).await;
    let numbers = (1..=23).map(|n| format!("Recommendation {n}"));
    for (order, expected) in [
        (Order::Up(0), numbers.clone().collect::<Vec<_>>()),
        (Order::Down(0), numbers.clone().rev().collect()),
        (Order::Up(1), numbers.clone().collect()),
    ] {
        let (mut walked, mut token) = page(&views, order, 5, None).await;
        while let Some(next) = token {
            // In the middle of the list that is being walked.
            let n = 100 + head(&log_of(&world)).await.unwrap().0;
            world.draft(n.into(), &[&provision]).await;
            views.wait("register-1", head(&log_of(&world)).await, super::SOON).await.unwrap();
            let (more, end) = page(&views, order, 5, Some(next)).await;
            assert!(more.len() <= 5);
            walked.extend(more);
            token = end;
        }
        let started_with: Vec<_> = walked.iter().filter(|it| expected.contains(it)).cloned().collect();
        assert_eq!(started_with, expected);
        walked.sort();
        let count = walked.len();
        walked.dedup();
        assert_eq!(walked.len(), count, "an entry came twice");
    }
}

#[tokio::test]
async fn a_last_page_that_is_full_has_no_next() {
    let dir = tempfile::tempdir().unwrap();
    let (mut world, provision) = begun().await;
    for n in 1..=4 {
        world.draft(n, &[&provision]).await;
    }
    let views = caught_up(dir.path(), &log_of(&world)).await;
    let (first, token) = page(&views, Order::Up(0), 2, None).await;
    let (second, end) = page(&views, Order::Up(0), 2, token).await;
    assert_eq!((first.len(), second.len(), end), (2, 2, None));
}

#[test]
fn a_token_is_good_for_its_own_question_only() {
    let token = Token::new(&QUESTION, None, "key".into(), "id".into()).written();
    assert!(Token::read(&token, &QUESTION).is_ok());
    assert_eq!(Token::read(&token, &"another"), Err(BadPage));
    for bad in ["", "zz", "00", "ä", &token[1..], &token[2..]] {
        assert_eq!(Token::read(bad, &QUESTION), Err(BadPage), "{bad}");
    }
}

#[tokio::test]
async fn the_timeline_walks_every_event_exactly_once_on_either_axis() {
    let dir = tempfile::tempdir().unwrap();
    let world = super::story().await;
    let log = log_of(&world);
    let views = caught_up(dir.path(), &log).await;
    for axis in [Axis::Recorded, Axis::Effective] {
        let (mut walked, mut after) = (Vec::new(), None);
        loop {
            let which = Which { axis, size: 7, after, ..Which::default() };
            let answer = timeline(&views, &Ask::NOW, Filter::default(), which).await.unwrap();
            walked.extend(answer.found.entries.into_iter().map(|it| it.record.position.0));
            let Some((key, id)) = answer.found.end else { break };
            after = Some(Token::new(&axis, answer.position, key, id));
        }
        let latest_first: Vec<u64> = (1..=head(&log).await.unwrap().0).rev().collect();
        assert_eq!(walked, latest_first, "{axis:?}");
    }
}

#[tokio::test]
async fn the_timeline_lets_through_what_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let world = super::story().await;
    let views = caught_up(dir.path(), &log_of(&world)).await;
    let found = async |filter: Filter| {
        let which = Which { size: 100, ..Which::default() };
        let answer = timeline(&views, &Ask::NOW, filter, which).await.unwrap();
        answer.found.entries.into_iter().map(|it| it.record.kind.to_string()).collect::<Vec<_>>()
    };
    let words = |it: &[&str]| it.iter().map(|it| it.to_string()).collect::<Vec<_>>();
    let types = words(&["PrioritySet", "FundsCommitted"]);
    assert_eq!(found(Filter { types: types.clone(), ..Filter::default() }).await.len(), 4);
    let kinds = words(&["priority"]);
    assert_eq!(found(Filter { types, kinds, ..Filter::default() }).await, ["PrioritySet", "PrioritySet"]);
    let nobody = Filter { actor: Some("nobody".into()), ..Filter::default() };
    assert_eq!(found(nobody).await, Vec::<String>::new());
    let stream = crate::trace::world::proposal(102).stream.to_string();
    let project = found(Filter { stream: Some(stream), ..Filter::default() }).await;
    assert_eq!(project, ["StageEntered", "ProjectProposed"]);
}

//! Faults beside others, and faults of laws that were not read from a text.
use super::faults::{CASES, Case};
use super::{PARIS_PACT, paris_pact};
use pactline::domain::charter::{Law, check_text, faults};

/// `text` with a word too many in every table, and titles and quorums that cannot be read.
fn littered(text: &str) -> String {
    let changes = [
        ("]]\n", "]]\ncolour = \"red\"\n"),
        ("{ kind = ", "{ colour = \"red\", kind = "),
        ("{ role = ", "{ colour = \"red\", role = "),
        ("{ share = ", "{ colour = \"red\", share = "),
        ("\ntitle = ", "\ntitle = 7 # "),
        ("\nquorum = ", "\nquorum = 7 # "),
    ];
    changes.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn no_fault_is_hidden_by_another_piece_that_cannot_be_read() {
    for Case(from, to, path, _, word) in CASES.iter().filter(|it| !it.2.ends_with("quorum")) {
        let found = check_text(&littered(&PARIS_PACT.replacen(from, to, 1))).map(|_| ()).unwrap_err();
        assert!(found.len() > 20, "{found:#?}");
        let mut there = found.iter().filter(|it| it.path.as_deref() == Some(*path));
        assert!(there.any(|it| it.message.contains(word)), "{path}, {from} -> {to}: {found:#?}");
    }
}

/// The paths of the faults of the shipped law after `change`.
fn after(change: impl FnOnce(&mut Law)) -> Vec<String> {
    let mut law = paris_pact();
    change(&mut law);
    faults(&law).into_iter().map(|it| it.path).collect()
}

#[test]
fn what_must_be_filled_is_found_empty() {
    assert_eq!(after(|law| law.pillars.clear()), ["pillars"]);
    assert!(after(|law| law.roles.clear()).contains(&"roles".to_owned()));
    assert!(after(|law| law.forums.clear()).contains(&"forums".to_owned()));
    assert_eq!(after(|law| law.projects.stages.clear()), ["projects.stages"]);
    assert_eq!(after(|law| law.recommendations.forums.clear()), ["recommendations.forums"]);
    assert!(after(|law| law.forums[0].rules.clear()).contains(&"forums[0].rules".to_owned()));
}

#[test]
fn a_forum_and_a_task_are_named_once() {
    assert_eq!(after(|law| law.forums.push(law.forums[0].clone())), ["forums[3].name"]);
    let twice = after(|law| {
        let order = law.projects.stages[1].tasks[0].clone();
        law.projects.stages[1].tasks.push(order);
    });
    assert_eq!(twice, ["projects.stages[1].tasks[1].kind"]);
}

#[test]
fn reservations_belong_to_a_silence_or_a_consensus() {
    let ceiling = |law: &mut Law| law.forums[0].reservations_max = Some(3);
    assert_eq!(after(ceiling), [""; 0]);
    let votes_only = after(|law| {
        law.forums[2].reservations_max = Some(3);
        law.forums[2].fallback = None;
        law.forums[2].rules.remove(0);
    });
    assert_eq!(votes_only, ["forums[2].reservations_max"]);
}

#[test]
fn a_vote_that_somebody_may_ask_for_needs_a_quorum() {
    let quorum = after(|law| {
        law.forums[0].fallback = law.forums[2].fallback;
        law.forums[0].rules.remove(0);
        law.forums[0].quorum = None;
    });
    assert_eq!(quorum, ["forums[0].quorum"]);
}

//! Where a charter may ask for signatures.
use pactline::domain::charter::faults;

#[test]
fn members_that_are_only_listed_cannot_be_asked_to_sign() {
    let mut law = crate::pact::law();
    let before = faults(&law).len();
    law.forums.iter_mut().for_each(|it| it.signed = true);
    let found = faults(&law);
    let new: Vec<&str> =
        found.iter().map(|it| it.path.as_str()).filter(|it| it.ends_with("signed")).collect();
    assert_eq!((new, found.len()), (vec!["forums[2].signed"], before + 1));
}

#[test]
fn a_charter_that_asks_for_nothing_is_stored_as_it_always_was() {
    let stored = serde_json::to_string(&crate::pact::law()).unwrap();
    assert!(!stored.contains("signed"), "{stored}");
}

//! A partner's keys: two persons for a beginning, one for an end.
use super::world::{at, public};
use crate::given::given;
use pactline::domain::decision::PublicKey;
use pactline::domain::partner::{Command, Event, Partner, Party, Rejection};
use pactline::domain::{Category, Rejection as _};

const FROM: &str = "1969-01-01T00:00:00Z";
const UNTIL: &str = "2030-01-01T00:00:00Z";

fn admitted() -> Event {
    Event::PartnerAdmitted { party: Party::Country("AUT".parse().unwrap()), name: "Austria".parse().unwrap() }
}

fn propose(n: u8, from: &str, until: &str) -> Command {
    Command::ProposeKey { key: public(n), valid_from: at(from), valid_until: at(until) }
}

fn proposed(n: u8, by: &str) -> Event {
    let proposer = by.parse().unwrap();
    let (valid_from, valid_until) = (at(FROM), at(UNTIL));
    Event::KeyProposed { key_id: public(n).id(), key: public(n), valid_from, valid_until, proposer }
}

fn confirm(n: u8) -> Command {
    Command::ConfirmKey { key_id: public(n).id() }
}

fn confirmed(n: u8, by: &str) -> Event {
    Event::KeyConfirmed { key_id: public(n).id(), confirmer: by.parse().unwrap() }
}

fn revoke(n: u8) -> Command {
    Command::RevokeKey { key_id: public(n).id(), reason: "lost".parse().unwrap() }
}

fn revoked(n: u8) -> Event {
    Event::KeyRevoked { key_id: public(n).id(), reason: "lost".parse().unwrap() }
}

#[test]
fn one_person_puts_a_key_forward_and_another_confirms_it() {
    let seated = || given::<Partner>([admitted()]);
    seated().by("ana").when(propose(1, FROM, UNTIL)).then([proposed(1, "ana")]);
    let waiting = || given::<Partner>([admitted(), proposed(1, "ana")]);
    waiting().by("ana").when(confirm(1)).then_rejected(Rejection::ProposerCannotConfirm);
    waiting().by("bo").when(confirm(1)).then([confirmed(1, "bo")]);
    let twice = given::<Partner>([admitted(), proposed(1, "ana"), confirmed(1, "bo")]);
    twice.by("cleo").when(confirm(1)).then_nothing();
    assert_eq!(Rejection::ProposerCannotConfirm.category(), Category::Forbidden);
}

#[test]
fn a_key_is_put_forward_once_for_ever() {
    let key_id = public(1).id();
    let past = [admitted(), proposed(1, "ana"), revoked(1)];
    given::<Partner>(past.clone())
        .when(propose(1, FROM, UNTIL))
        .then_rejected(Rejection::KeyTwice { key_id: key_id.clone() });
    given::<Partner>(past).by("bo").when(confirm(1)).then_rejected(Rejection::KeyRevokedBefore { key_id });
}

#[test]
fn one_person_is_enough_to_revoke_a_key() {
    let past = [admitted(), proposed(1, "ana"), confirmed(1, "bo")];
    given::<Partner>(past.clone()).by("ana").when(revoke(1)).then([revoked(1)]);
    given::<Partner>(past.into_iter().chain([revoked(1)])).when(revoke(1)).then_nothing();
    for command in [revoke(1), confirm(1)] {
        let none = Rejection::NoSuchKey { key_id: public(1).id() };
        given::<Partner>([admitted()]).when(command).then_rejected(none);
    }
}

#[test]
fn a_key_that_could_never_count_is_refused() {
    for (from, until) in [(UNTIL, FROM), (UNTIL, UNTIL), ("1960-01-01T00:00:00Z", FROM)] {
        let (valid_from, valid_until) = (at(from), at(until));
        let never = Rejection::KeyNeverValid { valid_from, valid_until };
        given::<Partner>([admitted()]).when(propose(1, from, until)).then_rejected(never);
    }
    given::<Partner>([]).when(propose(1, FROM, UNTIL)).then_rejected(Rejection::NotAPartner);
}

#[test]
fn what_is_no_key_cannot_be_put_forward() {
    let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    for text in ["", "key", zeros, "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "O2onvM62pC1ajm"] {
        assert!(text.parse::<PublicKey>().is_err(), "{text}");
    }
    assert_eq!(public(1).to_string().parse::<PublicKey>().unwrap(), public(1));
}

//! Partners: admitted, observing, renamed, withdrawn, and the roles they hold.
use crate::given::{Given, given};
use pactline::domain::fact::{Capacity, Fact, PartnerFact};
use pactline::domain::partner::{Command, Event, Partner, Party, Rejection};
use pactline::domain::{Category, Decider, Rejection as _, Timestamp};
use std::collections::BTreeSet;

fn austria() -> Party {
    Party::Country("AUT".parse().unwrap())
}
fn admitted() -> Event {
    Event::PartnerAdmitted { party: austria(), name: "Austria".parse().unwrap() }
}
fn seated() -> Event {
    Event::ObserverStatusGranted { party: austria(), name: "Austria".parse().unwrap() }
}
fn withdrawn() -> Event {
    Event::PartnerWithdrawn { reason: "note verbale".parse().unwrap() }
}
fn donor() -> Event {
    Event::RoleGranted { role: "donor".parse().unwrap() }
}
fn admit() -> Command {
    Command::AdmitPartner { party: austria(), name: "Austria".parse().unwrap() }
}
fn seat() -> Command {
    Command::GrantObserverStatus { party: austria(), name: "Austria".parse().unwrap() }
}
fn partner(past: impl IntoIterator<Item = Event>) -> Given<Partner> {
    given(past)
}

#[test]
fn a_party_is_admitted_once() {
    partner([]).when(admit()).then([admitted()]);
    partner([admitted()]).when(admit()).then_rejected(Rejection::AlreadyMember { party: austria() });
}

#[test]
fn an_observer_becomes_a_member_and_a_former_partner_becomes_one_again() {
    partner([seated()]).when(admit()).then([admitted()]);
    partner([admitted(), withdrawn()]).when(admit()).then([admitted()]);
}

#[test]
fn nobody_takes_a_second_seat() {
    partner([]).when(seat()).then([seated()]);
    for past in [admitted(), seated()] {
        partner([past]).when(seat()).then_rejected(Rejection::AlreadySeated { party: austria() });
    }
}

#[test]
fn only_a_partner_is_renamed_withdraws_or_holds_roles() {
    let role = || "donor".parse().unwrap();
    for command in [
        Command::RenamePartner { name: "Austria".parse().unwrap() },
        Command::WithdrawPartner { reason: "left".parse().unwrap() },
        Command::GrantRole { role: role() },
        Command::RevokeRole { role: role() },
    ] {
        partner([]).when(command.clone()).then_rejected(Rejection::NotAPartner);
        partner([admitted(), withdrawn()]).when(command).then_rejected(Rejection::NotAPartner);
    }
    assert_eq!(Rejection::NotAPartner.category(), Category::NotFound);
    assert_eq!(Rejection::NotAPartner.reason(), "NOT_A_PARTNER");
}

#[test]
fn a_name_it_has_already_is_no_news() {
    partner([admitted()]).when(Command::RenamePartner { name: "Austria".parse().unwrap() }).then_nothing();
    partner([admitted()])
        .when(Command::RenamePartner { name: "Republic of Austria".parse().unwrap() })
        .then([Event::PartnerRenamed { name: "Republic of Austria".parse().unwrap() }]);
}

#[test]
fn members_hold_roles_and_observers_do_not() {
    let grant = || Command::GrantRole { role: "donor".parse().unwrap() };
    let revoke = || Command::RevokeRole { role: "donor".parse().unwrap() };
    partner([admitted()]).when(grant()).then([donor()]);
    partner([admitted(), donor()]).when(grant()).then_nothing();
    partner([seated()]).when(grant()).then_rejected(Rejection::ObserversHoldNoRoles);
    partner([admitted(), donor()])
        .when(revoke())
        .then([Event::RoleRevoked { role: "donor".parse().unwrap() }]);
    partner([admitted()]).when(revoke()).then_nothing();
}

#[test]
fn roles_end_with_the_membership() {
    let given = partner([admitted(), donor(), withdrawn(), admitted()]);
    let fact = given.state().attest(&admitted(), Timestamp::UNIX_EPOCH);
    let expected =
        PartnerFact { id: austria().id(), capacity: Some(Capacity::Member), roles: BTreeSet::new() };
    assert_eq!(fact, Some(Fact::Partner(expected)));
}

#[test]
fn only_an_admission_or_an_observer_status_can_be_cited() {
    let given = partner([admitted(), donor()]);
    assert!(given.state().attest(&seated(), Timestamp::UNIX_EPOCH).is_some());
    assert_eq!(given.state().attest(&donor(), Timestamp::UNIX_EPOCH), None);
    assert_eq!(given.state().attest(&withdrawn(), Timestamp::UNIX_EPOCH), None);
}

#[test]
fn an_organization_is_the_same_in_any_case() {
    let id = |acronym: &str| Party::Organization(acronym.parse().unwrap()).id();
    assert_eq!(id("unodc"), id("UNODC"));
    assert_ne!(id("UNODC"), id("INCB"));
}

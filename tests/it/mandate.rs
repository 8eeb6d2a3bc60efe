//! Mandates: what was adopted stays as it was, and newer texts stand in the place of older ones.
use crate::given::{Given, given_at};
use pactline::domain::citation::{Citation, StreamName, Uncitable};
use pactline::domain::fact::{Fact, MandateFact, ProvisionFact};
use pactline::domain::id::{MandateId, ProvisionId};
use pactline::domain::mandate::{
    Command, Event, Force, Instrument, Mandate, Rejection, Relation, mandate_id,
};
use pactline::domain::text::Digest;
use pactline::domain::{Category, Decider, Rejection as _, Timestamp};
use std::collections::BTreeSet;
use uuid::Uuid;

fn day(day: i64) -> Timestamp {
    Timestamp::from_second(day * 86_400).unwrap()
}
fn provision(n: u128) -> ProvisionId {
    ProvisionId(Uuid::from_u128(n))
}
fn recorded(symbol: &str, adopted_on: &str) -> Event {
    Event::MandateRecorded {
        symbol: symbol.parse().unwrap(),
        title: "Paris Pact initiative".parse().unwrap(),
        instrument: Instrument::Resolution,
        organ: None,
        adopted_on: adopted_on.parse().unwrap(),
    }
}
fn version(digest: Option<Digest>) -> Event {
    Event::TextVersionRecorded { version: "en".parse().unwrap(), digest }
}
fn defined(n: u128, locator: &str) -> Event {
    Event::ProvisionDefined {
        provision: provision(n),
        version: "en".parse().unwrap(),
        locator: locator.parse().unwrap(),
        subject: "cooperation".parse().unwrap(),
        force: Force::Operative,
    }
}
fn define(n: u128, version: &str, locator: &str) -> Command {
    Command::DefineProvision {
        provision: provision(n),
        version: version.parse().unwrap(),
        locator: locator.parse().unwrap(),
        subject: "cooperation".parse().unwrap(),
        force: Force::Operative,
    }
}
fn citation(id: MandateId, revision: u64) -> Citation {
    Citation { event_id: Uuid::from_u128(7), stream: StreamName::new("mandate", id.0), revision }
}
fn id(symbol: &str) -> MandateId {
    mandate_id(&symbol.parse().unwrap())
}
fn other(symbol: &str, adopted_on: &str) -> (Citation, MandateFact) {
    let (symbol, adopted_on) = (symbol.parse().unwrap(), adopted_on.parse().unwrap());
    let id = mandate_id(&symbol);
    (citation(id, 0), MandateFact { id, symbol, adopted_on, superseded_at: None })
}
fn provision_of(symbol: &str, n: u128) -> (Citation, ProvisionFact) {
    let (symbol, provision) = (symbol.parse().unwrap(), provision(n));
    let mandate = mandate_id(&symbol);
    let retained_for = BTreeSet::new();
    let fact = ProvisionFact { mandate, provision, symbol, superseded_at: None, retained_for };
    (citation(mandate, 2), fact)
}
fn superseded(by: &Citation, symbol: &str) -> Event {
    Event::MandateSuperseded { by: by.clone(), symbol: symbol.parse().unwrap() }
}
fn retain(citing: &StreamName) -> Command {
    Command::RetainCitation {
        citing: citing.clone(),
        reason: "the project ends this year".parse().unwrap(),
        decided_by: "Coordinator".parse().unwrap(),
    }
}
fn retained(citing: &StreamName) -> Event {
    Event::CitationRetained {
        citing: citing.clone(),
        reason: "the project ends this year".parse().unwrap(),
        decided_by: "Coordinator".parse().unwrap(),
    }
}
/// Recorded on the first day.
fn mandate(more: impl IntoIterator<Item = Event>) -> Given<Mandate> {
    given_at(day(1), [recorded("CND 54/7", "2011-03")]).and_at(day(1), more)
}
fn unrecorded() -> Given<Mandate> {
    given_at(day(1), [])
}

#[test]
fn an_instrument_is_recorded_once() {
    let record = || Command::RecordMandate {
        symbol: "CND 54/7".parse().unwrap(),
        title: "Paris Pact initiative".parse().unwrap(),
        instrument: Instrument::Resolution,
        organ: None,
        adopted_on: "2011-03".parse().unwrap(),
    };
    unrecorded().when(record()).then([recorded("CND 54/7", "2011-03")]);
    let refusal = Rejection::AlreadyRecorded { symbol: "CND 54/7".parse().unwrap() };
    assert_eq!(refusal.category(), Category::AlreadyExists);
    mandate([]).when(record()).then_rejected(refusal);
}

#[test]
fn a_symbol_is_the_same_however_it_was_typed() {
    assert_eq!(id("A/RES/S-30/1"), id("a/res/s-30/1"));
    assert_eq!(id("CND  54/7"), id("Cnd 54/7"));
    assert_ne!(id("CND 54/7"), id("CND 56/3"));
}

#[test]
fn nothing_is_asked_of_a_mandate_that_is_not_on_record() {
    let (to, _) = provision_of("CND 56/3", 2);
    let (by, _) = other("CND 56/3", "2013-03");
    for command in [
        Command::RecordTextVersion { version: "en".parse().unwrap(), digest: None },
        define(1, "en", "para. 1"),
        Command::LinkProvisions {
            provision: provision(1),
            relation: Relation::Reaffirms,
            to: to.reference(),
        },
        Command::SupersedeMandate { by: by.reference() },
        retain(&by.stream),
    ] {
        unrecorded().when(command).then_rejected(Rejection::NotRecorded);
    }
    assert_eq!(Rejection::NotRecorded.category(), Category::NotFound);
}

#[test]
fn the_digest_of_a_version_may_come_later_and_never_changes() {
    let (known, given) = (Digest::of(b"adopted"), Digest::of(b"altered"));
    let record = |digest| Command::RecordTextVersion { version: "en".parse().unwrap(), digest };
    mandate([]).when(record(None)).then([version(None)]);
    mandate([version(None)]).when(record(None)).then_nothing();
    mandate([version(None)]).when(record(Some(known.clone()))).then([version(Some(known.clone()))]);
    mandate([version(Some(known.clone()))]).when(record(None)).then_nothing();
    mandate([version(Some(known.clone()))]).when(record(Some(known.clone()))).then_nothing();
    let refusal = Rejection::DigestDiffers {
        version: "en".parse().unwrap(),
        known: known.clone(),
        given: given.clone(),
    };
    mandate([version(Some(known))]).when(record(Some(given))).then_rejected(refusal);
}

#[test]
fn a_provision_is_a_part_of_a_recorded_version() {
    mandate([version(None)]).when(define(1, "en", "para. 1")).then([defined(1, "para. 1")]);
    let refusal = Rejection::NoSuchVersion { version: "fr".parse().unwrap() };
    mandate([version(None)]).when(define(1, "fr", "para. 1")).then_rejected(refusal);
}

#[test]
fn a_place_in_a_version_holds_one_provision_in_any_spelling() {
    let refusal =
        Rejection::LocatorTaken { version: "en".parse().unwrap(), locator: "PARA.  1".parse().unwrap() };
    mandate([version(None), defined(1, "para. 1")]).when(define(2, "en", "PARA.  1")).then_rejected(refusal);
    let french = Event::TextVersionRecorded { version: "fr".parse().unwrap(), digest: None };
    let events =
        mandate([version(None), defined(1, "para. 1"), french]).when(define(2, "fr", "para. 1")).events();
    assert_eq!(events.len(), 1, "another version has places of its own");
}

#[test]
fn a_provision_has_one_place() {
    mandate([version(None), defined(1, "para. 1")])
        .when(define(1, "en", "para. 2"))
        .then_rejected(Rejection::ProvisionTaken { provision: provision(1) });
}

#[test]
fn provisions_are_linked_once() {
    let (to, fact) = provision_of("CND 56/3", 2);
    let linked =
        Event::ProvisionsLinked { provision: provision(1), relation: Relation::Reaffirms, to: to.clone() };
    let link = |n, to: &Citation| Command::LinkProvisions {
        provision: provision(n),
        relation: Relation::Reaffirms,
        to: to.reference(),
    };
    let past = || mandate([version(None), defined(1, "para. 1")]);
    past().citing(to.clone(), fact.clone()).when(link(1, &to)).then([linked.clone()]);
    past().and_at(day(2), [linked]).citing(to.clone(), fact.clone()).when(link(1, &to)).then_nothing();
    past()
        .citing(to.clone(), fact)
        .when(link(9, &to))
        .then_rejected(Rejection::NoSuchProvision { provision: provision(9) });
    let (own, itself) = provision_of("CND 54/7", 1);
    past().citing(own.clone(), itself).when(link(1, &own)).then_rejected(Rejection::LinkedToItself);
    let missing = Uncitable::Missing { reference: to.reference() };
    past().when(link(1, &to)).then_rejected(missing.into());
}

#[test]
fn only_an_instrument_adopted_later_supersedes() {
    for (adopted_on, later) in
        [("2011-03-25", true), ("2011-04", true), ("2012", true), ("2011-03", false), ("2011", false)]
    {
        let (by, fact) = other("CND 56/3", adopted_on);
        let theirs = fact.adopted_on;
        let asked = mandate([]).citing(by.clone(), fact);
        let asked = asked.when(Command::SupersedeMandate { by: by.reference() });
        if later {
            asked.then([superseded(&by, "CND 56/3")]);
        } else {
            asked.then_rejected(Rejection::NotLater { own: "2011-03".parse().unwrap(), theirs });
        }
    }
}

#[test]
fn a_circle_of_supersessions_cannot_be_closed() {
    let (older, fact) = other("CND 54/7", "2011-03");
    let newer = given_at::<Mandate>(day(1), [recorded("CND 56/3", "2013-03")]);
    let refusal = Rejection::NotLater { own: "2013-03".parse().unwrap(), theirs: "2011-03".parse().unwrap() };
    assert!(refusal.to_string().contains("2013-03") && refusal.to_string().contains("2011-03"));
    newer
        .citing(older.clone(), fact)
        .when(Command::SupersedeMandate { by: older.reference() })
        .then_rejected(refusal);
}

#[test]
fn a_mandate_has_one_successor_and_it_is_another_mandate() {
    let (by, fact) = other("CND 56/3", "2013-03");
    let (third, third_fact) = other("CND 61/1", "2018-03");
    let past = || mandate([superseded(&by, "CND 56/3")]);
    past().citing(by.clone(), fact).when(Command::SupersedeMandate { by: by.reference() }).then_nothing();
    past()
        .citing(third.clone(), third_fact)
        .when(Command::SupersedeMandate { by: third.reference() })
        .then_rejected(Rejection::AlreadySuperseded { by: "CND 56/3".parse().unwrap() });
    let (own, itself) = other("cnd 54/7", "2011-03");
    mandate([])
        .citing(own.clone(), itself)
        .when(Command::SupersedeMandate { by: own.reference() })
        .then_rejected(Rejection::SupersededByItself);
}

#[test]
fn a_provision_supersedes_no_mandate() {
    let (by, fact) = provision_of("CND 56/3", 2);
    let refusal = mandate([])
        .citing(by.clone(), fact)
        .when(Command::SupersedeMandate { by: by.reference() })
        .rejection();
    assert_eq!(refusal.reason(), "CITED_EVENT_OF_WRONG_KIND");
}

#[test]
fn only_a_superseded_text_needs_a_decision_to_be_cited() {
    let (by, _) = other("CND 56/3", "2013-03");
    let project = StreamName::new("project", Uuid::from_u128(3));
    mandate([]).when(retain(&project)).then_rejected(Rejection::NotSuperseded);
    mandate([superseded(&by, "CND 56/3")]).when(retain(&project)).then([retained(&project)]);
    mandate([superseded(&by, "CND 56/3"), retained(&project)]).when(retain(&project)).then_nothing();
}

#[test]
fn what_a_provision_stands_for_depends_on_the_day() {
    let (by, _) = other("CND 56/3", "2013-03");
    let project = StreamName::new("project", Uuid::from_u128(3));
    let given = mandate([version(None), defined(1, "para. 1")])
        .and_at(day(5), [superseded(&by, "CND 56/3")])
        .and_at(day(7), [retained(&project)]);
    let on = |at| match given.state().attest(&defined(1, "para. 1"), at) {
        Some(Fact::Provision(fact)) => (fact.superseded_at, fact.retained_for.len()),
        other => panic!("{other:?}"),
    };
    assert_eq!(on(day(4)), (None, 0));
    assert_eq!(on(day(5)), (Some(day(5)), 0));
    assert_eq!(on(day(7)), (Some(day(5)), 1));
    let record = recorded("CND 54/7", "2011-03");
    let (_, mut fact) = other("CND 54/7", "2011-03");
    assert_eq!(given.state().attest(&record, day(4)), Some(Fact::Mandate(fact.clone())));
    fact.superseded_at = Some(day(5));
    assert_eq!(given.state().attest(&record, day(5)), Some(Fact::Mandate(fact)));
    assert_eq!(given.state().attest(&version(None), day(9)), None);
}

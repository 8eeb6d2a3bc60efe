//! What a project rests on.
use super::world::*;
use pactline::domain::citation::{Citation, Uncitable};
use pactline::domain::fact::*;
use pactline::domain::id::MandateId;
use pactline::domain::project::*;
use uuid::Uuid;

fn cite(provision: &Citation) -> Command {
    let provision = provision.reference();
    Command::CiteProvision { provision, reason: why(), decided_by: text("the chair") }
}

fn cited(provision: Citation, whole_document: bool) -> Event {
    Event::ProvisionCited { provision, whole_document, reason: why(), decided_by: text("the chair") }
}

#[test]
fn a_live_priority_is_cited_once() {
    let (citation, fact) = priority(1, true);
    let command = Command::CitePriority { priority: citation.reference() };
    let event = Event::PriorityCited { priority: citation.clone() };
    project([]).citing(citation.clone(), fact.clone()).when(command.clone()).then([event.clone()]);
    let twice = Rejection::AlreadyCited { citation: citation.clone() };
    project([event]).citing(citation, fact).when(command).then_rejected(twice);
}

#[test]
fn a_retired_priority_is_not_cited() {
    let (citation, fact) = priority(1, false);
    let command = Command::CitePriority { priority: citation.reference() };
    let rejection = Rejection::PriorityRetired { citation: citation.clone() };
    project([]).citing(citation, fact).when(command).then_rejected(rejection);
}

#[test]
fn a_priority_of_another_pipeline_is_no_mandate() {
    let (citation, fact) = priority(1, true);
    let other = PriorityFact { charter: event("charter", 101, 0), ..fact };
    let command = Command::CitePriority { priority: citation.reference() };
    let charter = event("charter", 100, 0).stream;
    let rejection = Rejection::PriorityOfAnotherCharter { citation: citation.clone(), charter };
    project([]).citing(citation, other).when(command).then_rejected(rejection);
}

#[test]
fn a_provision_is_cited_while_it_is_in_force() {
    let (citation, fact) = provision(None);
    let past = || project([]).at(day(10));
    past().citing(citation.clone(), fact).when(cite(&citation)).then([cited(citation.clone(), false)]);
    let later = provision(Some(day(11))).1;
    past().citing(citation.clone(), later).when(cite(&citation)).then([cited(citation.clone(), false)]);
    let rejection = Rejection::ProvisionSuperseded { citation: citation.clone() };
    let now = provision(Some(day(10))).1;
    past().citing(citation.clone(), now).when(cite(&citation)).then_rejected(rejection);
}

#[test]
fn a_superseded_provision_is_cited_where_it_was_retained() {
    let (citation, mut fact) = provision(Some(day(0)));
    fact.retained_for.insert(own_stream());
    project([]).citing(citation.clone(), fact).when(cite(&citation)).then([cited(citation, false)]);
}

#[test]
fn a_document_is_cited_as_a_whole_and_marked_as_that() {
    let citation = event("mandate", 400, 0);
    let fact = |superseded_at| MandateFact {
        id: MandateId(Uuid::from_u128(400)),
        symbol: text("A/RES/S-30/1"),
        adopted_on: "2016-04".parse().unwrap(),
        superseded_at,
    };
    let ask = |it| project([]).citing(citation.clone(), fact(it)).when(cite(&citation));
    ask(None).then([cited(citation.clone(), true)]);
    ask(Some(day(0))).then_rejected(Rejection::ProvisionSuperseded { citation: citation.clone() });
}

#[test]
fn a_priority_is_not_a_provision() {
    let (citation, fact) = priority(1, true);
    let rejection = project([]).citing(citation.clone(), fact).when(cite(&citation)).rejection();
    assert!(matches!(rejection, Rejection::Uncitable(Uncitable::WrongKind { .. })));
}

#[test]
fn only_what_is_cited_is_revoked_and_only_once() {
    let (citation, _) = priority(1, true);
    let revoke = Command::RevokeCitation { cited: citation.reference(), reason: why() };
    let revoked = Event::CitationRevoked { cited: citation.clone(), reason: why() };
    let event = Event::PriorityCited { priority: citation.clone() };
    project([event.clone()]).when(revoke.clone()).then([revoked.clone()]);
    let rejection = Rejection::NotCited { cited: citation.reference() };
    project([]).when(revoke.clone()).then_rejected(rejection.clone());
    project([event, revoked]).when(revoke).then_rejected(rejection);
}

#[test]
fn what_was_revoked_can_be_cited_again() {
    let (citation, fact) = priority(1, true);
    let event = Event::PriorityCited { priority: citation.clone() };
    let revoked = Event::CitationRevoked { cited: citation.clone(), reason: why() };
    let command = Command::CitePriority { priority: citation.reference() };
    project([event.clone(), revoked]).citing(citation, fact).when(command).then([event]);
}

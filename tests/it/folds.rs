//! What holds for every history, in any order: a fold never fails, and it does not matter where it was paused.
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::id::{ProvisionId, TaskId};
use pactline::domain::{Decider, Timestamp, charter, evidence, mandate, partner, redaction, task};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;
use uuid::Uuid;

type History<E> = Vec<(E, i64)>;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// Any history of the events in `samples`, in any order and with any times.
fn history<E: DeserializeOwned + Clone + Debug + 'static>(
    samples: Vec<Value>,
) -> impl Strategy<Value = History<E>> {
    let events: Vec<E> = samples.into_iter().map(|it| serde_json::from_value(it).unwrap()).collect();
    vec((select(events), 0..100_i64), 0..24)
}

fn fold<D: Decider>(mut state: D, history: &[(D::Event, i64)]) -> D {
    history.iter().for_each(|(event, second)| state.evolve(event, at(*second)));
    state
}

/// Folds in one go and in two, and asks what every event stands for at every stop.
fn check<D: Decider + PartialEq + Debug>(
    history: &[(D::Event, i64)],
    pause: usize,
) -> Result<(), TestCaseError> {
    let (before, after) = history.split_at(pause.min(history.len()));
    let whole = fold(D::default(), history);
    prop_assert_eq!(&fold(fold(D::default(), before), after), &whole);
    for (event, second) in history {
        whole.attest(event, at(*second));
        D::default().attest(event, at(*second));
    }
    Ok(())
}

fn citation() -> Value {
    let stream = StreamName::new("mandate", Uuid::from_u128(5));
    serde_json::to_value(Citation { event_id: Uuid::from_u128(4), stream, revision: 2 }).unwrap()
}

fn of_mandate() -> Vec<Value> {
    let provision = ProvisionId(Uuid::from_u128(1));
    let project = StreamName::new("project", Uuid::from_u128(2));
    let defined = json!({"provision": provision, "version": "en", "locator": "para. 1", "subject": "x", "force": "operative"});
    vec![
        json!({"MandateRecorded": {"symbol": "CND 54/7", "title": "x", "instrument": "resolution", "adopted_on": "2011-03"}}),
        json!({"TextVersionRecorded": {"version": "en"}}),
        json!({"ProvisionDefined": defined}),
        json!({"ProvisionsLinked": {"provision": provision, "relation": "reaffirms", "to": citation()}}),
        json!({"MandateSuperseded": {"by": citation(), "symbol": "CND 56/3"}}),
        json!({"CitationRetained": {"citing": project, "reason": "x", "decided_by": "x"}}),
    ]
}

fn of_partner() -> Vec<Value> {
    vec![
        json!({"PartnerAdmitted": {"party": {"country": "AUT"}, "name": "Austria"}}),
        json!({"ObserverStatusGranted": {"party": {"country": "AUT"}, "name": "Austria"}}),
        json!({"PartnerRenamed": {"name": "x"}}),
        json!({"PartnerWithdrawn": {"reason": "x"}}),
        json!({"RoleGranted": {"role": "donor"}}),
        json!({"RoleRevoked": {"role": "donor"}}),
        json!({"KeyProposed": key()}),
        json!({"KeyConfirmed": {"key_id": key()["key_id"], "confirmer": "bo"}}),
        json!({"KeyRevoked": {"key_id": key()["key_id"], "reason": "x"}}),
    ]
}

fn key() -> Value {
    let public = crate::signing::public(1);
    let (from, until) = ("2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
    json!({"key_id": public.id(), "key": public, "valid_from": from, "valid_until": until, "proposer": "ana"})
}

fn of_redaction() -> Vec<Value> {
    let (event, digest) = (citation(), "a".repeat(64));
    let wiped = json!({"original": digest, "remaining": digest, "salted": true});
    let asked = json!({"event": event, "fields": ["/data/reason"], "reason": "x", "legal_basis": "x", "requester": "ana"});
    let agreed = json!({"event": event, "fields": ["/data/reason"], "data": wiped, "legal_basis": "x", "requester": "ana",
        "approver": "bo"});
    vec![
        json!({"RedactionRequested": asked}),
        json!({"RedactionApproved": agreed}),
        json!({"RedactionDeclined": {"reason": "x"}}),
        json!({"RedactionCarriedOut": {"event": event}}),
    ]
}

fn of_evidence() -> Vec<Value> {
    let digest = "a".repeat(64);
    let period = json!({"from": "2020-01-01", "until": "2020-12-31"});
    let submitted =
        json!({"kind": "x", "title": "x", "source": {"symbol": "x"}, "digest": digest, "period": period});
    vec![json!({"EvidenceSubmitted": submitted}), json!({"EvidenceWithdrawn": {"reason": "x"}})]
}

fn of_charter() -> Vec<Value> {
    let law = charter::parse(include_str!("../../charters/paris-pact.toml")).unwrap();
    let digest = "a".repeat(64);
    let edition =
        |edition: u32| json!({"CharterPublished": {"edition": edition, "law": law, "digest": digest}});
    vec![edition(1), edition(2), edition(u32::MAX), json!({"CharterRetired": {"reason": "x"}})]
}

fn of_task() -> Vec<Value> {
    let subject = StreamName::new("project", Uuid::from_u128(2));
    let id = TaskId(Uuid::from_u128(3));
    let opened = json!({"task": id, "kind": "x", "title": "x", "subject": subject, "role": "chair", "attempts_max": 2, "backoff_ms": 1});
    let late = json!({"task": id, "kind": "x", "title": "x", "subject": subject, "role": "chair", "due_at": at(5), "attempts_max": 2, "backoff_ms": 1, "escalate_to": "donor"});
    let until = |second| json!({"worker": "anna", "until": at(second)});
    let failed = |attempt: u32| json!({"worker": "anna", "attempt": attempt, "reason": "x"});
    vec![
        json!({"TaskOpened": opened}),
        json!({"TaskOpened": late}),
        json!({"TaskClaimed": until(10)}),
        json!({"LeaseExtended": until(20)}),
        json!({"TaskCompleted": {"worker": "anna", "outcome": "x"}}),
        json!({"TaskFailed": failed(1)}),
        json!({"TaskFailed": failed(u32::MAX)}),
        json!({"LeaseExpired": {"worker": "anna", "until": at(10), "attempt": 1}}),
        json!({"IncidentRaised": {"attempts": 2}}),
        json!({"IncidentResolved": {"resolution": "x"}}),
        json!({"TaskEscalated": {"to": "donor", "reason": "x"}}),
        json!({"TaskCancelled": {"reason": "x"}}),
    ]
}

proptest! {
    #[test]
    fn a_mandate_can_be_folded_in_parts(history in history(of_mandate()), pause in 0..24_usize) {
        check::<mandate::Mandate>(&history, pause)?;
    }
    #[test]
    fn a_partner_can_be_folded_in_parts(history in history(of_partner()), pause in 0..24_usize) {
        check::<partner::Partner>(&history, pause)?;
    }
    #[test]
    fn evidence_can_be_folded_in_parts(history in history(of_evidence()), pause in 0..24_usize) {
        check::<evidence::Evidence>(&history, pause)?;
    }
    #[test]
    fn a_charter_can_be_folded_in_parts(history in history(of_charter()), pause in 0..24_usize) {
        check::<charter::Charter>(&history, pause)?;
    }
    #[test]
    fn a_redaction_can_be_folded_in_parts(history in history(of_redaction()), pause in 0..24_usize) {
        check::<redaction::Redaction>(&history, pause)?;
    }
    #[test]
    fn a_task_can_be_folded_in_parts(history in history(of_task()), pause in 0..24_usize) {
        check::<task::Task>(&history, pause)?;
    }
}

#[test]
fn there_is_a_sample_of_every_event() {
    use strum::VariantNames;
    let named = |samples: Vec<Value>, names: &[&str]| {
        let text = serde_json::to_string(&samples).unwrap();
        names.iter().for_each(|it| assert!(text.contains(&format!("{{\"{it}\":")), "{it}"));
    };
    named(of_mandate(), mandate::Event::VARIANTS);
    named(of_partner(), partner::Event::VARIANTS);
    named(of_evidence(), evidence::Event::VARIANTS);
    named(of_charter(), charter::Event::VARIANTS);
    named(of_task(), task::Event::VARIANTS);
    named(of_redaction(), redaction::Event::VARIANTS);
}

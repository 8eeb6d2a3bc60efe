//! Requests to commands: all that is wrong is named at once, nothing panics, and retries mean the same.
use pactline::api::convert::{Ask, Asked, ITEMS_MAX, Violations, read};
use pactline::api::proto as pb;
use pactline::domain::mandate::mandate_id;
use pactline::domain::project;
use pactline::engine::{CommandMeta, Effective};
use proptest::prelude::*;
use prost::Message;
use uuid::Uuid;

const COMMAND: Uuid = Uuid::from_u128(0x0199_aaaa_0000_7000_8000_0000_0000_0001);
const ID: &str = "6f1d5c5e-4b0b-5a7e-9a51-70616374706c";

/// What a request asks when ana sends it.
fn asked<R: Asked>(request: R) -> Result<(Ask<R::Decider>, CommandMeta), Violations> {
    read(request, "person:ana".parse().unwrap(), || COMMAND).map(|it| (it.ask, it.meta))
}

/// The fields at fault, in the order in which they are named.
fn at_fault<R: Asked>(request: R) -> Vec<String> {
    match asked(request) {
        Ok(_) => Vec::new(),
        Err(violations) => violations.0.into_iter().map(|it| it.field).collect(),
    }
}

fn reference(kind: &str) -> Option<pb::EventReference> {
    Some(pb::EventReference { stream: format!("{kind}-{ID}"), revision: 0, event_id: String::new() })
}

fn period() -> Option<pb::Period> {
    Some(pb::Period { from: "2024-01-01".into(), until: "2027-12-31".into() })
}

fn usd(minor: i64) -> Option<pb::Money> {
    Some(pb::Money { currency: "USD".into(), minor })
}

fn proposal() -> pb::ProposeProjectRequest {
    pb::ProposeProjectRequest {
        code: Some("GLO/K31".into()),
        title: "Precursor control along the northern route".into(),
        charter: reference("charter"),
        priorities: vec![reference("priority").unwrap()],
        countries: vec!["AFG".into(), "TJ".into()],
        period: period(),
        budget: usd(120_000_000),
        sectors: vec![pb::Sector { code: "16063".into(), percent: 100 }],
        ..Default::default()
    }
}

fn priority() -> pb::SetPriorityRequest {
    pb::SetPriorityRequest {
        list: "ministerial".into(),
        charter: reference("charter"),
        set_by: reference("partner"),
        title: "Northern route".into(),
        adoption: reference("consultation"),
        text: reference("recommendation"),
        scope: Some(pb::Scope {
            pillar: "precursors".into(),
            routes: vec!["northern".into()],
            countries: vec!["TJK".into()],
            period: period(),
        }),
        rank: 1,
        ..Default::default()
    }
}

#[test]
fn every_fault_of_a_request_is_named_at_once() {
    let context = pb::CommandContext {
        request_id: "first try".into(),
        on_behalf_of: "Austria".into(),
        effective_at: Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 }),
        source: Some(pb::Source { sha256: Some("F00".into()), ..Default::default() }),
        correlation_id: "x".into(),
        causation_id: "y".into(),
        ..Default::default()
    };
    let request = pb::SetPriorityRequest {
        context: Some(context),
        list_id: "z".into(),
        priority_id: "1".into(),
        list: "No Slug".into(),
        charter: Some(pb::EventReference { stream: "charter".into(), revision: 1, event_id: "e".into() }),
        scope: Some(pb::Scope {
            pillar: String::new(),
            routes: vec!["northern".into(), "Southern Route".into()],
            countries: vec!["XXX".into(), "AFG".into(), "YYY".into()],
            period: Some(pb::Period { from: "2024-02-30".into(), until: "tomorrow".into() }),
        }),
        needs: Some(pb::Money { currency: "XYZ".into(), minor: 1 }),
        ..Default::default()
    };
    let expected = [
        "context.request_id",
        "context.on_behalf_of",
        "context.effective_at.seconds",
        "context.source.symbol",
        "context.source.sha256",
        "context.correlation_id",
        "context.causation_id",
        "priority_id",
        "list",
        "charter.stream",
        "charter.event_id",
        "set_by",
        "title",
        "adoption",
        "text",
        "scope.pillar",
        "scope.routes[1]",
        "scope.countries[0]",
        "scope.countries[2]",
        "scope.period.from",
        "scope.period.until",
        "rank",
        "needs.currency",
        "list_id",
    ];
    assert_eq!(at_fault(request), expected);
}

#[test]
fn a_fault_deep_inside_a_list_is_named_by_its_path() {
    let seat = |partner| pb::Seat { party_id: ID.into(), name: "Austria".into(), capacity: 1, partner };
    let lost = Some(pb::EventReference { stream: "nowhere".into(), ..Default::default() });
    let request = pb::ConveneMeetingRequest {
        title: "17th Policy Consultative Group Meeting".into(),
        forum: "policy-group".into(),
        charter: reference("charter"),
        roster: vec![seat(None), seat(lost)],
        days: period(),
        ..Default::default()
    };
    let violations = asked(request).err().unwrap();
    assert_eq!(violations.0.len(), 1);
    let reason = violations.of("roster[1].partner.stream").unwrap();
    assert!(reason.contains("mandate-6f1d5c5e"), "{reason}");
}

#[test]
fn an_unspecified_or_unknown_value_of_an_enumeration_is_refused_where_one_is_needed() {
    let vote = |vote| pb::CastVoteRequest {
        consultation_id: ID.into(),
        party_id: ID.into(),
        vote,
        ..Default::default()
    };
    assert_eq!(at_fault(vote(pb::Vote::Unspecified.into())), ["vote"]);
    assert_eq!(at_fault(vote(77)), ["vote"]);
    assert_eq!(at_fault(vote(-1)), ["vote"]);
    assert!(at_fault(vote(pb::Vote::No.into())).is_empty());
}

#[test]
fn a_retry_without_ids_makes_the_same_things() {
    let send = |request_id: u128| {
        let context =
            pb::CommandContext { request_id: Uuid::from_u128(request_id).to_string(), ..Default::default() };
        let (ask, meta) = asked(pb::ProposeProjectRequest { context: Some(context), ..proposal() }).unwrap();
        let project::Command::ProposeProject { project, .. } = ask.command else { panic!("another command") };
        assert_eq!(project.0, ask.id, "the stream is the project's");
        assert_eq!(meta.command_id, Uuid::from_u128(request_id));
        ask.id
    };
    assert_eq!(send(7), send(7));
    assert_ne!(send(7), send(8));
}

#[test]
fn an_id_derived_from_a_name_may_be_stated_but_not_made_up() {
    let record = |mandate_id: String| pb::RecordMandateRequest {
        mandate_id,
        symbol: "A/RES/S-30/1".into(),
        title: "Our joint commitment".into(),
        instrument: pb::Instrument::Declaration.into(),
        adopted_on: "2016-04-19".into(),
        ..Default::default()
    };
    let belongs = mandate_id(&"A/RES/S-30/1".parse().unwrap());
    assert_eq!(asked(record(String::new())).unwrap().0.id, belongs.0);
    assert_eq!(asked(record(belongs.to_string())).unwrap().0.id, belongs.0);
    let violations = asked(record(ID.into())).err().unwrap();
    assert!(violations.of("mandate_id").unwrap().contains(&belongs.to_string()), "{violations}");
}

#[test]
fn the_same_list_is_found_again_for_the_same_charter_name_and_period() {
    let first = asked(priority()).unwrap().0.id;
    let mut other = priority();
    other.title = "Southern route".into();
    assert_eq!(asked(other.clone()).unwrap().0.id, first);
    other.list = "technical".into();
    assert_ne!(asked(other).unwrap().0.id, first);
}

#[test]
fn every_fault_of_a_charters_text_is_named_with_its_place() {
    let request = pb::PublishCharterRequest { toml: "name = \ntitle = [".into(), ..Default::default() };
    let violations = asked(request).err().unwrap();
    assert!(violations.0.len() >= 2, "{violations}");
    assert!(violations.0.iter().all(|it| it.field == "toml" && it.reason.starts_with("line ")));
}

#[test]
fn an_effective_time_needs_its_source_document() {
    let at = Some(prost_types::Timestamp { seconds: 1_329_350_400, nanos: 0 });
    let context = pb::CommandContext { effective_at: at, ..Default::default() };
    let mut request = pb::ProposeProjectRequest { context: Some(context), ..proposal() };
    assert_eq!(at_fault(request.clone()), ["context.source"]);
    let source = pb::Source { symbol: "E/CN.7/2012/3".into(), ..Default::default() };
    request.context.as_mut().unwrap().source = Some(source);
    let (_, meta) = asked(request).unwrap();
    assert_eq!(meta.effective, Effective::At("2012-02-16T00:00:00Z".parse().unwrap()));
}

#[test]
fn negative_money_is_only_taken_as_an_imported_fact() {
    let pledge = |minor, origin| pb::PledgeFundsRequest {
        project_id: ID.into(),
        donor: Some(pb::Donor { name: "Norway".into(), partner: None }),
        movement: Some(pb::Movement {
            amount: usd(minor),
            value_date: "2024-03-01".into(),
            origin,
            ..Default::default()
        }),
        ..Default::default()
    };
    let uninfo = || Some(pb::Origin { source: "uninfo".into(), external_id: "4711".into() });
    assert_eq!(at_fault(pledge(-500, None)), ["movement.amount.minor"]);
    assert!(at_fault(pledge(-500, uninfo())).is_empty());
    assert_eq!(at_fault(pledge(0, uninfo())), ["movement.amount.minor"]);
    assert_eq!(at_fault(pledge(i64::MIN, uninfo())), ["movement.amount.minor"]);
}

#[test]
fn a_list_beyond_measure_is_refused_as_a_whole() {
    let mut request = proposal();
    request.countries = vec!["nowhere".into(); ITEMS_MAX + 1];
    assert_eq!(at_fault(request), ["countries"]);
}

#[test]
fn days_are_written_in_one_way_only() {
    for day in ["20240301", "2024-3-1", "2024-03-01T00:00:00Z", "1066-10-14", "0000000000", ""] {
        let mut request = proposal();
        request.period = Some(pb::Period { from: day.into(), until: "2027-12-31".into() });
        assert_eq!(at_fault(request), ["period.from"], "{day:?}");
    }
}

/// Whatever `bytes` mean as an `R`, reading it answers; and says something where it refuses.
fn survives<R: Asked + Message + Default>(bytes: &[u8]) {
    let Ok(request) = R::decode(bytes) else { return };
    if let Err(violations) = asked(request) {
        assert!(!violations.0.is_empty());
        assert!(violations.0.iter().all(|it| !it.reason.is_empty()), "{violations}");
    }
}

/// All services' largest requests, read from the same bytes.
fn all_survive(bytes: &[u8]) {
    survives::<pb::AdmitPartnerRequest>(bytes);
    survives::<pb::RecordMandateRequest>(bytes);
    survives::<pb::LinkProvisionsRequest>(bytes);
    survives::<pb::SubmitEvidenceRequest>(bytes);
    survives::<pb::PublishCharterRequest>(bytes);
    survives::<pb::ConveneMeetingRequest>(bytes);
    survives::<pb::DraftRecommendationRequest>(bytes);
    survives::<pb::OpenConsultationRequest>(bytes);
    survives::<pb::TakePositionRequest>(bytes);
    survives::<pb::SetPriorityRequest>(bytes);
    survives::<pb::ProposeProjectRequest>(bytes);
    survives::<pb::CommitFundsRequest>(bytes);
    survives::<pb::ReviseScopeRequest>(bytes);
    survives::<pb::ReportResultRequest>(bytes);
    survives::<pb::OpenTaskRequest>(bytes);
}

proptest! {
    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        all_survive(&bytes);
    }

    #[test]
    fn no_damage_to_a_good_request_makes_reading_panic(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let context = pb::CommandContext {
            request_id: ID.into(),
            effective_at: Some(prost_types::Timestamp { seconds: 1_329_350_400, nanos: 5 }),
            source: Some(pb::Source { symbol: "E/CN.7/2012/3".into(), ..Default::default() }),
            ..Default::default()
        };
        let project = pb::ProposeProjectRequest { context: Some(context.clone()), ..proposal() };
        let priority = pb::SetPriorityRequest { context: Some(context), ..priority() };
        for mut bytes in [project.encode_to_vec(), priority.encode_to_vec()] {
            for (at, byte) in &damage {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            all_survive(&bytes);
        }
    }

    #[test]
    fn no_moment_makes_reading_panic(seconds in any::<i64>(), nanos in any::<i32>()) {
        let deadline = Some(prost_types::Timestamp { seconds, nanos });
        let request = pb::ExtendDeadlineRequest { consultation_id: ID.into(), deadline, ..Default::default() };
        let named = at_fault(request);
        prop_assert!(named.iter().all(|it| it.starts_with("deadline.")));
    }
}

/// The id of the stream that a request is about is the one it names.
#[test]
fn a_command_goes_to_the_stream_that_its_request_names() {
    let request = pb::EstablishQuorumRequest { meeting_id: ID.into(), ..Default::default() };
    let (ask, _) = asked(request).unwrap();
    assert_eq!(ask.id.to_string(), ID);
    assert_eq!(at_fault(pb::EstablishQuorumRequest::default()), ["meeting_id"]);
    let zeros = pb::EstablishQuorumRequest { meeting_id: Uuid::nil().to_string(), ..Default::default() };
    assert_eq!(at_fault(zeros), ["meeting_id"]);
}

//! The services that change things, as a caller sees them.
use pactline::api::Commands;
use pactline::api::caller::ACTOR;
use pactline::api::proto as pb;
use pactline::api::proto::partner_service_server::PartnerService;
use pactline::api::status;
use pactline::clock::Clock;
use pactline::engine::Engine;
use pactline::log::{Error, MemoryLog};
use pactline::views::Views;
use std::sync::Arc;
use std::time::Duration;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

fn commands() -> Commands {
    let clock = Clock::system();
    let log = MemoryLog::new({
        let clock = clock.clone();
        move || clock.now()
    });
    let log = Arc::new(log);
    // No view is needed here, so there is no file either.
    let views = Views::open_these(&std::env::temp_dir(), log.clone(), Vec::new(), Duration::ZERO).unwrap();
    Commands::new(Engine::new(log, clock, 100), views, None)
}

fn by_ana<R>(request: R) -> Request<R> {
    let mut request = Request::new(request);
    request.metadata_mut().insert(ACTOR, "person:ana".parse().unwrap());
    request
}

fn admit(context: pb::CommandContext) -> pb::AdmitPartnerRequest {
    pb::AdmitPartnerRequest {
        context: Some(context),
        party: Some(pb::Party { party: Some(pb::party::Party::Country("AUT".into())) }),
        name: "Austria".into(),
        ..Default::default()
    }
}

fn under(request_id: &str) -> pb::CommandContext {
    pb::CommandContext { request_id: request_id.into(), ..Default::default() }
}

const FIRST: &str = "0199aaaa-0000-7000-8000-000000000001";

async fn admitted(commands: &Commands, context: pb::CommandContext) -> Result<pb::Recorded, Status> {
    let response = commands.admit_partner(by_ana(admit(context))).await?;
    Ok(response.into_inner().recorded.unwrap())
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn an_answer_says_where_the_event_is_so_that_it_can_be_cited() {
    let recorded = admitted(&commands(), under(FIRST)).await.unwrap();
    assert_eq!(recorded.stream, format!("partner-{}", recorded.id));
    assert_eq!(recorded.revision, Some(0));
    assert!(recorded.position.is_some() && recorded.recorded_at.is_some());
    let events: Vec<(&str, u64)> = recorded.events.iter().map(|it| (&*it.r#type, it.revision)).collect();
    assert_eq!(events, [("PartnerAdmitted", 0)]);
    assert!(!recorded.replayed && !recorded.unchanged && !recorded.validated_only);
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer() {
    let commands = commands();
    let first = admitted(&commands, under(FIRST)).await.unwrap();
    let again = admitted(&commands, under(FIRST)).await.unwrap();
    assert!(again.replayed);
    assert_eq!(pb::Recorded { replayed: false, ..again }, first);
}

#[tokio::test]
async fn validating_records_nothing() {
    let commands = commands();
    let context = pb::CommandContext { validate_only: true, ..Default::default() };
    let foreseen = admitted(&commands, context).await.unwrap();
    assert!(foreseen.validated_only);
    assert_eq!((foreseen.events.len(), foreseen.position, foreseen.revision), (1, None, None));
    assert_eq!(foreseen.events[0].event_id, "");
    assert_eq!(admitted(&commands, under(FIRST)).await.unwrap().revision, Some(0));
}

#[tokio::test]
async fn what_holds_already_is_not_recorded_again() {
    let commands = commands();
    let id = admitted(&commands, under(FIRST)).await.unwrap().id;
    let rename = pb::RenamePartnerRequest { partner_id: id, name: "Austria".into(), ..Default::default() };
    let recorded = commands.rename_partner(by_ana(rename)).await.unwrap().into_inner().recorded.unwrap();
    assert!(recorded.unchanged);
    assert_eq!((recorded.revision, recorded.position), (Some(0), None));
}

#[tokio::test]
async fn a_caller_must_say_who_they_are() {
    let status = commands().admit_partner(Request::new(admit(under(FIRST)))).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::Unauthenticated, "ACTOR_MISSING".into()));
    assert!(status.message().contains("pactline-actor"), "{}", status.message());
    let mut request = Request::new(admit(under(FIRST)));
    request.metadata_mut().insert(ACTOR, "Ana Maria".parse().unwrap());
    let status = commands().admit_partner(request).await.unwrap_err();
    assert_eq!(reason(&status), "ACTOR_UNREADABLE");
}

#[tokio::test]
async fn nobody_calls_under_a_mail_address_which_events_would_carry_for_ever() {
    let calling = |actor: &'static str| async move {
        let mut request = Request::new(admit(under(FIRST)));
        request.metadata_mut().insert(ACTOR, actor.parse().unwrap());
        commands().admit_partner(request).await
    };
    for address in ["ada@example.org", "mailto:ada.l@mail.example.org"] {
        let status = calling(address).await.unwrap_err();
        assert_eq!(reason(&status), "ACTOR_UNREADABLE");
        assert!(status.message().contains("opaque id such as person:4711"), "{}", status.message());
    }
    for id in ["4711@austria", "svc:importer@1.2.0"] {
        calling(id).await.unwrap();
    }
}

#[tokio::test]
async fn a_malformed_request_names_its_fields() {
    let request = pb::AdmitPartnerRequest { context: Some(under("x")), ..Default::default() };
    let status = commands().admit_partner(by_ana(request)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::InvalidArgument, "MALFORMED_REQUEST".into()));
    let named = status.get_details_bad_request().unwrap().field_violations;
    let named: Vec<&str> = named.iter().map(|it| it.field.as_str()).collect();
    assert_eq!(named, ["context.request_id", "party", "name"]);
}

#[tokio::test]
async fn a_request_at_fault_everywhere_still_fits_into_a_header() {
    let roster = vec![pb::Seat::default(); 5_000];
    let request = pb::ConveneMeetingRequest { roster, ..Default::default() };
    let service: &dyn pb::meeting_service_server::MeetingService = &commands();
    let status = service.convene_meeting(by_ana(request)).await.unwrap_err();
    assert!(status.details().len() < 6_000, "{} bytes of details", status.details().len());
    assert!(status.message().len() < 1_100, "{} bytes of message", status.message().len());
    let named = status.get_details_bad_request().unwrap().field_violations;
    assert!(named.last().unwrap().description.ends_with("more are not listed"));
}

#[tokio::test]
async fn a_refusal_of_the_rules_says_why_to_programs_too() {
    let commands = commands();
    admitted(&commands, under(FIRST)).await.unwrap();
    let status = admitted(&commands, under("")).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::AlreadyExists, "ALREADY_MEMBER".into()));
    assert_eq!(status.get_details_error_info().unwrap().domain, "pactline");
    let unknown = pb::RenamePartnerRequest {
        partner_id: "6f1d5c5e-4b0b-5a7e-9a51-70616374706c".into(),
        name: "Nowhere".into(),
        ..Default::default()
    };
    let status = commands.rename_partner(by_ana(unknown)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::NotFound, "NOT_A_PARTNER".into()));
}

#[tokio::test]
async fn an_old_picture_of_the_stream_is_refused_with_the_true_one() {
    let commands = commands();
    let id = admitted(&commands, under(FIRST)).await.unwrap().id;
    let context = pb::CommandContext { expected_revision: Some(7), ..Default::default() };
    let rename =
        pb::RenamePartnerRequest { context: Some(context), partner_id: id, name: "Österreich".into() };
    let status = commands.rename_partner(by_ana(rename)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::Aborted, "WRONG_REVISION".into()));
    let figures = status.get_details_error_info().unwrap().metadata;
    assert_eq!((&*figures["expected_revision"], &*figures["found_revision"]), ("7", "0"));
}

#[tokio::test]
async fn nothing_in_a_live_stream_is_backdated() {
    let commands = commands();
    let id = admitted(&commands, under(FIRST)).await.unwrap().id;
    let context = pb::CommandContext {
        effective_at: Some(prost_types::Timestamp { seconds: 1_329_350_400, nanos: 0 }),
        source: Some(pb::Source { symbol: "E/CN.7/2012/3".into(), ..Default::default() }),
        ..Default::default()
    };
    let rename =
        pb::RenamePartnerRequest { context: Some(context), partner_id: id, name: "Austria II".into() };
    let status = commands.rename_partner(by_ana(rename)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::FailedPrecondition, "LIVE_STREAM".into()));
}

#[test]
fn a_log_out_of_reach_says_when_to_try_again_and_a_corrupt_one_does_not() {
    let away = status::broken(&Error::Unavailable("disk full".into()));
    assert_eq!((away.code(), reason(&away)), (Code::Unavailable, "LOG_UNAVAILABLE".into()));
    assert!(away.get_details_retry_info().unwrap().retry_delay.is_some());
    let corrupt = status::broken(&Error::Corrupt("revision 3 is missing".into()));
    assert_eq!((corrupt.code(), reason(&corrupt)), (Code::DataLoss, "LOG_CORRUPT".into()));
    assert!(corrupt.get_details_retry_info().is_none());
}

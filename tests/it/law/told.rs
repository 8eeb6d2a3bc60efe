//! What people are told when something is not there, or breaks off: by the names that they typed, and what to do next.
use super::PACT;
use super::office::Office;
use crate::program::pactline;
use futures::stream::{self, BoxStream, StreamExt};
use pactline::api::proto as pb;
use pb::migration_service_server::{MigrationService, MigrationServiceServer};
use tempfile::TempDir;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status};
use tonic_types::StatusExt;

/// A folder with a project that `pat` proposed under the only edition of a charter.
async fn folder() -> TempDir {
    let office = Office::open().await;
    let charter = office.publish("secretary", PACT).await;
    office.propose("pat", "Aral", &charter, None).await;
    office.close().await
}

#[tokio::test]
async fn a_charter_or_an_edition_that_is_not_there_is_told_by_its_name() {
    let dir = folder().await;
    let ask = |arguments: &[&str]| {
        pactline(dir.path(), &[&["--actor", "chair", "charter", "migrate"], arguments].concat())
    };
    for more in [&["--dry-run"][..], &["--reason", "decided"][..]] {
        let unknown = ask(&[&["nosuch"], more].concat());
        let message = "error: there is no charter nosuch\nhint: pactline list charters shows what there is\n";
        assert_eq!((unknown.code, unknown.err.as_str()), (1, message));
        let edition = ask(&[&["small-pact", "--to", "9"], more].concat());
        let message = "error: small-pact has no edition 9: its latest is 1 [NO_SUCH_EDITION]\n\
                       hint: pactline charter show small-pact --edition N shows an edition\n";
        assert_eq!((edition.code, edition.err.as_str()), (1, message));
    }
}

#[tokio::test]
async fn a_stage_that_was_never_there_is_not_renamed_and_each_fault_is_told_once() {
    let dir = folder().await;
    let ask = |renames: &[&str]| {
        let place = ["--actor", "chair", "charter", "migrate", "small-pact", "--dry-run"];
        pactline(dir.path(), &[&place, renames].concat())
    };
    let one = ask(&["--rename", "foo=design"]);
    let message = "error: renames.from: the charter never had a stage foo: take one of delivery, design [MALFORMED_REQUEST]\n";
    assert_eq!((one.code, one.err.as_str()), (2, message));
    let two = ask(&["--rename", "foo=planning"]);
    let message = "error: this can never be right [MALFORMED_REQUEST]\n  \
                   renames.from: the charter never had a stage foo: take one of delivery, design\n  \
                   renames.to: the edition does not have a stage planning: take one of delivery, design\n";
    assert_eq!((two.code, two.err.as_str()), (2, message));
    assert_eq!(ask(&["--rename", "design=delivery"]).code, 0);
}

/// A server that dies of the second project.
struct Dying;

#[tonic::async_trait]
impl MigrationService for Dying {
    async fn plan_migration(
        &self,
        _: Request<pb::PlanMigrationRequest>,
    ) -> Result<Response<pb::PlanMigrationResponse>, Status> {
        Err(Status::unimplemented("nobody plans here"))
    }

    type MigrateStream = BoxStream<'static, Result<pb::MigrateResponse, Status>>;

    async fn migrate(&self, _: Request<pb::MigrateRequest>) -> Result<Response<Self::MigrateStream>, Status> {
        let project = Some(pb::ProjectMigration { possible: true, ..Default::default() });
        let moved = pb::MigrateResponse { done: 1, total: 2, project, ..Default::default() };
        let cut = Err(Status::unknown("error reading a body from connection"));
        Ok(Response::new(stream::iter([Ok(moved), cut]).boxed()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_is_cut_off_is_sent_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let dying = tonic::transport::Server::builder().add_service(MigrationServiceServer::new(Dying));
    let serving = tokio::spawn(dying.serve_with_incoming(TcpListenerStream::new(listener)));
    let dir = tempfile::tempdir().unwrap();
    let place = ["--server", &server, "charter", "migrate", "small-pact", "--reason", "decided"];
    let run = pactline(dir.path(), &place);
    let message = "error: the migration was cut off after 1 project: error reading a body from connection\n\
                   hint: send it again: what was migrated stays, and is not migrated twice\n";
    assert_eq!((run.code, run.err.as_str()), (4, message));
    serving.abort();
}

#[tokio::test]
async fn a_refusal_that_is_too_long_ends_between_two_reasons_and_says_how_many_are_left() {
    let office = Office::open().await;
    let wide: String =
        (0..60).map(|n| format!("    {{ document_attached = {{ kind = \"d{n}\" }} }},\n")).collect();
    let charter =
        office.publish("secretary", &PACT.replacen("gate = [\n", &format!("gate = [\n{wide}"), 1)).await;
    let project = office.propose("pat", "Aral", &charter, None).await;
    let refused = office.pass("chair", &project, "design").await.unwrap_err();
    let (message, left) = refused.message().rsplit_once("; and ").unwrap();
    let told = message.split("; ").count();
    assert!(message.len() <= 1_000 && told > 5, "{message}");
    assert_eq!(left, format!("{} more", 66 - told));
    let last = message.rsplit("; ").next().unwrap();
    let whole = refused.get_details_precondition_failure().unwrap().violations;
    assert!(whole.iter().any(|it| it.description == last), "{last}");
    office.close().await;
}

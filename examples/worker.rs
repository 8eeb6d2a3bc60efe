//! An internal service that is a worker: it looks for projects that do the same. `work` is all that a worker is.
//!
//! `cargo run --example worker -- http://127.0.0.1:7311 svc:duplicates`, beside `pactline serve` and as often as you
//! like, each under a name of its own. End it whenever you like: what it had in hand goes to another one.
use pactline::api::caller::CallingAs;
use pactline::api::proto::register_service_client::RegisterServiceClient;
use pactline::api::proto::task_service_client::TaskServiceClient;
use pactline::api::proto::worklist_service_client::WorklistServiceClient;
use pactline::api::proto::*;
use tonic::transport::Channel;

/// Why a worker ends.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Does the work of `kind` as `name`, one task at a time, until the server stops. `how` says what came of a task, or
/// why nothing did; it has `lease_ms` milliseconds for each.
pub async fn work(
    server: &Channel,
    (name, kind): (&str, &str),
    lease_ms: u64,
    how: impl AsyncFn(&WorklistTask) -> Result<String, String>,
) -> Result<(), Failure> {
    let me = CallingAs(name.parse()?);
    let mut tasks = TaskServiceClient::with_interceptor(server.clone(), me.clone());
    let mut worklist = WorklistServiceClient::with_interceptor(server.clone(), me);
    let wanted = StreamTasksRequest { kinds: vec![kind.into()], lease_ms, ..Default::default() };
    let mut stream = worklist.stream_tasks(wanted).await?.into_inner();
    while let Some(task) = stream.message().await?.and_then(|it| it.task) {
        // What is told is about this lease: not about a later one, if this one ended meanwhile.
        let context = Some(CommandContext { expected_revision: Some(task.revision), ..Default::default() });
        let (task_id, worker) = (task.task_id.clone(), name.into());
        let told = match how(&task).await {
            Ok(outcome) => {
                tasks.complete_task(CompleteTaskRequest { context, task_id, worker, outcome }).await.map(drop)
            }
            Err(reason) => {
                tasks.fail_task(FailTaskRequest { context, task_id, worker, reason }).await.map(drop)
            }
        };
        // Refused is what came too late: the task is somebody else's by now.
        told.unwrap_or_else(|refused| eprintln!("{}: {}", task.task_id, refused.message()));
    }
    Ok(())
}

/// Which other projects are in the countries of the one that `task` is about.
async fn look_for_the_same(server: &Channel, task: &WorklistTask) -> Result<String, String> {
    let mut register = RegisterServiceClient::new(server.clone());
    let project_id = task.subject.strip_prefix("project-").ok_or("this is not about a project")?.to_owned();
    let asked = register.get_project(GetProjectRequest { query: None, project_id }).await;
    let project = asked.map_err(|err| err.message().to_owned())?.into_inner().project.unwrap_or_default();
    let mut others = Vec::new();
    for country in &project.countries {
        let list = ListProjectsRequest { country: country.clone(), ..Default::default() };
        let listed = register.list_projects(list).await.map_err(|err| err.message().to_owned())?;
        others.extend(
            listed.into_inner().projects.into_iter().filter(|it| it.project_id != project.project_id),
        );
    }
    let mut titles: Vec<String> = others.into_iter().map(|it| it.title).collect();
    titles.sort();
    titles.dedup();
    let places = project.countries.join(", ");
    match titles.len() {
        0 => Ok(format!("no other project in {places}")),
        _ => Ok(format!("to be compared with what is in {places} too: {}", titles.join("; "))),
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(url), Some(name)) = (arguments.next(), arguments.next()) else {
        return Err("usage: worker URL NAME, such as worker http://127.0.0.1:7311 svc:duplicates".into());
    };
    let server = Channel::from_shared(url)?.connect().await?;
    let look = async |task: &WorklistTask| look_for_the_same(&server, task).await;
    work(&server, (&name, "duplication-check"), 60_000, look).await
}

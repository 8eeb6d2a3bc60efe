//! What can be done about one task, by the one who acts.
use super::{document, print, subject};
use crate::api::proto::get_trace_request::Subject;
use crate::api::proto::task_service_client::TaskServiceClient;
use crate::api::proto::worklist_service_client::WorklistServiceClient;
use crate::api::proto::{
    CancelTaskRequest, ClaimTaskRequest, CompleteTaskRequest, EscalateTaskRequest, ExtendLeaseRequest,
    FailTaskRequest, OpenTaskRequest, QueryContext, Recorded, ResolveIncidentRequest,
    WorklistServiceGetTaskRequest,
};
use crate::cli::failure::Failure;
use crate::cli::place::{Caller, Place, UNNAMED};
use crate::cli::{out, trace};
use clap::{Args, Subcommand};
use jiff::SignedDuration;

/// What to do. Who acts (--actor) is who takes it.
#[derive(Debug, Subcommand)]
pub(super) enum Act {
    /// Open a task that the law ordered and nobody can do any more, or any other
    Open {
        /// What it is about: a stream, an id, a symbol, a project's code, such as UNINFO-115677
        subject: String,
        /// Of which kind, such as `check`
        #[arg(long, value_name = "KIND")]
        kind: String,
        /// Who may do it
        #[arg(long, value_name = "ROLE")]
        role: String,
        /// What is to be done
        title: String,
        /// How often it may be tried
        #[arg(long, default_value_t = 3, value_name = "N")]
        attempts: u32,
    },
    /// Take a task for a while
    Claim {
        #[command(flatten)]
        task: Task,
        /// For how long, such as `30m` or `48h`
        #[arg(long = "for", default_value = "8h", value_name = "TIME", value_parser = lease_ms)]
        lease_ms: u64,
    },
    /// Keep a task for longer
    Extend {
        #[command(flatten)]
        task: Task,
        /// For how long from now, such as `30m` or `48h`
        #[arg(long = "for", default_value = "8h", value_name = "TIME", value_parser = lease_ms)]
        lease_ms: u64,
    },
    /// Say that a task is done
    Complete {
        #[command(flatten)]
        task: Task,
        /// What came of it
        outcome: String,
    },
    /// Say that an attempt did not work
    Fail {
        #[command(flatten)]
        task: Task,
        /// Why
        reason: String,
    },
    /// Let a task be tried again after its last attempt came to nothing
    Resolve {
        #[command(flatten)]
        task: Task,
        /// What was done about it
        resolution: String,
    },
    /// Hand a task to another role
    Escalate {
        #[command(flatten)]
        task: Task,
        /// To which role
        role: String,
        /// Why
        reason: String,
    },
    /// Call a task off
    Cancel {
        #[command(flatten)]
        task: Task,
        /// Why
        reason: String,
    },
}

/// Which task.
#[derive(Debug, Args)]
pub(super) struct Task {
    /// The task's id, or its stream
    task: String,
}

fn lease_ms(text: &str) -> Result<u64, String> {
    let time: SignedDuration = text.parse().map_err(|_| "say a time such as 30m or 48h".to_owned())?;
    u64::try_from(time.as_millis()).map_err(|_| "a lease ends after now".to_owned())
}

impl Task {
    fn id(self) -> String {
        self.task.strip_prefix("task-").map_or(self.task.clone(), str::to_owned)
    }
}

impl Act {
    /// Does it, and shows how the task then stands.
    pub(super) async fn run(self, caller: Caller, place: &Place) -> Result<(), Failure> {
        let unnamed = matches!(self, Act::Claim { .. }) && place.actor == UNNAMED && !place.json;
        let act = self.about_a_stream(&caller).await?;
        let recorded = act.ask(TaskServiceClient::new(caller.clone()), place.actor.clone()).await?;
        if unnamed {
            out::hint(format_args!("it is taken as {UNNAMED}: --actor NAME says who you are"));
        }
        let Recorded { id: task_id, position: after, .. } = recorded.unwrap_or_default();
        let request = WorklistServiceGetTaskRequest { after, task_id, judged_at: None };
        let answer = WorklistServiceClient::new(caller.clone()).get_task(request).await?.into_inner();
        let Some(mut task) = answer.task else { return Ok(()) };
        match place.json {
            true => Ok(out::json(&document(&task)?)?),
            false => {
                let subjects = subject::titles(caller, std::slice::from_mut(&mut task)).await?;
                Ok(print(&[task], &subjects, answer.judged_at, false)?)
            }
        }
    }

    /// The same, where what a new task is about may be called as people call it.
    async fn about_a_stream(mut self, caller: &Caller) -> Result<Self, Failure> {
        if let Act::Open { subject, .. } = &mut self {
            *subject = match trace::subject(caller, subject, &QueryContext::default()).await? {
                Subject::Stream(stream) => stream,
                Subject::Event(event) => event.stream,
            };
        }
        Ok(self)
    }

    async fn ask(
        self,
        mut tasks: TaskServiceClient<Caller>,
        worker: String,
    ) -> Result<Option<Recorded>, Failure> {
        let context = None;
        Ok(match self {
            Act::Open { subject, kind, role, title, attempts: attempts_max } => {
                let request =
                    OpenTaskRequest { subject, kind, role, title, attempts_max, ..Default::default() };
                tasks.open_task(request).await?.into_inner().recorded
            }
            Act::Claim { task, lease_ms } => {
                let request = ClaimTaskRequest { context, task_id: task.id(), worker, lease_ms };
                tasks.claim_task(request).await?.into_inner().recorded
            }
            Act::Extend { task, lease_ms } => {
                let request = ExtendLeaseRequest { context, task_id: task.id(), worker, lease_ms };
                tasks.extend_lease(request).await?.into_inner().recorded
            }
            Act::Complete { task, outcome } => {
                let request = CompleteTaskRequest { context, task_id: task.id(), worker, outcome };
                tasks.complete_task(request).await?.into_inner().recorded
            }
            Act::Fail { task, reason } => {
                let request = FailTaskRequest { context, task_id: task.id(), worker, reason };
                tasks.fail_task(request).await?.into_inner().recorded
            }
            Act::Resolve { task, resolution } => {
                let request = ResolveIncidentRequest { context, task_id: task.id(), resolution };
                tasks.resolve_incident(request).await?.into_inner().recorded
            }
            Act::Escalate { task, role: to_role, reason } => {
                let request = EscalateTaskRequest { context, task_id: task.id(), to_role, reason };
                tasks.escalate_task(request).await?.into_inner().recorded
            }
            Act::Cancel { task, reason } => {
                let request = CancelTaskRequest { context, task_id: task.id(), reason };
                tasks.cancel_task(request).await?.into_inner().recorded
            }
        })
    }
}

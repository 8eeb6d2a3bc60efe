//! `pactline worklist`: who has to do what by when, and what can be done about a task.
use super::failure::Failure;
use super::place::{Caller, Place};
use super::{json, moment, out};
use crate::api::proto::worklist_service_client::WorklistServiceClient;
use crate::api::proto::{
    Page, WorklistServiceListTasksRequest, WorklistServiceListTasksResponse, WorklistStatus, WorklistTask,
};
use act::Act;
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::io;
use subject::Titles;

mod act;
mod subject;

/// Which tasks, or what to do with one.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Worklist {
    #[command(subcommand)]
    act: Option<Act>,
    #[command(flatten)]
    list: List,
}

/// Which tasks; whatever is still to be done when nothing is said.
#[derive(Debug, Args)]
struct List {
    /// Only for this role
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Only claimed, or done, by this person or service
    #[arg(long, value_name = "NAME")]
    worker: Option<String>,
    /// Only of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only about this stream, such as `project-6f1d…`
    #[arg(long, value_name = "STREAM")]
    subject: Option<String>,
    /// Only in this status; may be repeated
    #[arg(long = "status", value_name = "STATUS")]
    statuses: Vec<Standing>,
    /// Only what is overdue
    #[arg(long)]
    overdue: bool,
    /// Only what is due by then: a day (`2026-03-01`, its end in UTC) or a moment
    #[arg(long, value_name = "WHEN")]
    due: Option<String>,
    /// At most how many to list
    #[arg(short = 'n', long, default_value_t = 50, value_name = "N")]
    limit: usize,
}

/// How a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Standing {
    /// It waits for somebody
    Open,
    /// Somebody has it
    Claimed,
    /// It failed and may be tried again later
    Resting,
    /// No attempt is left: a person must look
    Incident,
    /// It is done
    Completed,
    /// It was called off
    Cancelled,
}

impl From<Standing> for WorklistStatus {
    fn from(it: Standing) -> Self {
        match it {
            Standing::Open => WorklistStatus::Open,
            Standing::Claimed => WorklistStatus::Claimed,
            Standing::Resting => WorklistStatus::Resting,
            Standing::Incident => WorklistStatus::Incident,
            Standing::Completed => WorklistStatus::Completed,
            Standing::Cancelled => WorklistStatus::Cancelled,
        }
    }
}

impl Worklist {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect().await?;
        let caller = connection.channel.clone();
        let shown = match self.act {
            Some(act) => act.run(caller, place).await,
            None => self.list.run(caller, place, connection.head).await,
        };
        connection.close().await?;
        shown
    }
}

impl List {
    async fn run(self, caller: Caller, place: &Place, head: Option<u64>) -> Result<(), Failure> {
        let limit = self.limit;
        let (mut request, mut tasks) = (self.request(head)?, Vec::new());
        let mut worklist = WorklistServiceClient::new(caller.clone());
        let (more, judged_at) = loop {
            let answer = worklist.list_tasks(request.clone()).await?.into_inner();
            let WorklistServiceListTasksResponse { tasks: some, next_page_token: token, judged_at, .. } =
                answer;
            tasks.extend(some);
            if token.is_empty() || tasks.len() >= limit {
                break (!token.is_empty() || tasks.len() > limit, judged_at);
            }
            let size = page_size(limit - tasks.len());
            (request.page, request.judged_at) = (Some(Page { size, token }), judged_at);
        };
        tasks.truncate(limit);
        if place.json {
            return tasks.iter().try_for_each(|it| document(it).and_then(|it| Ok(out::json(&it)?)));
        }
        let subjects = subject::titles(caller, &mut tasks).await?;
        Ok(print(&tasks, &subjects, judged_at, more)?)
    }

    fn request(self, head: Option<u64>) -> Result<WorklistServiceListTasksRequest, Failure> {
        let due = self.due.as_deref().map(|it| {
            moment::moment(it).ok_or_else(|| {
                Failure::usage(format!("{it:?} is no day or moment"))
                    .hint("try 2026-03-01 or 2026-03-01T12:00:00Z")
            })
        });
        Ok(WorklistServiceListTasksRequest {
            after: head,
            page: Some(Page { size: page_size(self.limit), token: String::new() }),
            role: self.role.unwrap_or_default(),
            worker: self.worker.unwrap_or_default(),
            kind: self.kind.unwrap_or_default(),
            subject: self.subject.unwrap_or_default(),
            statuses: self.statuses.into_iter().map(|it| WorklistStatus::from(it).into()).collect(),
            overdue: self.overdue,
            due_until: due.transpose()?,
            ..WorklistServiceListTasksRequest::default()
        })
    }
}

fn page_size(wanted: usize) -> u32 {
    u32::try_from(wanted.clamp(1, 1000)).unwrap_or(1000)
}

fn document(task: &WorklistTask) -> Result<serde_json::Value, Failure> {
    json::of("WorklistTask", task)
}

/// The widest that a role is shown.
const ROLE_MAX: usize = 18;

fn print(
    tasks: &[WorklistTask],
    subjects: &Titles,
    judged_at: Option<prost_types::Timestamp>,
    more: bool,
) -> io::Result<()> {
    let now = judged_at.and_then(|it| Timestamp::new(it.seconds, it.nanos).ok()).unwrap_or_default();
    if !tasks.is_empty() {
        let heading = format!("{:10}  {:12}  {:9}  {:ROLE_MAX$}  task", "due", "", "status", "role");
        out::line(out::strong(heading))?;
    }
    tasks.iter().try_for_each(|it| row(it, subjects, now))?;
    let late = tasks.iter().filter(|it| it.overdue).count();
    let late = if late > 0 { format!(", {late} overdue") } else { String::new() };
    let more = if more { "; there are more: -n shows them" } else { "" };
    let many = if tasks.len() == 1 { "task" } else { "tasks" };
    out::line(out::faint(format_args!("{} {many}{late}{more}", tasks.len())))
}

/// What is to be done by when, what it is about, and how to call it.
fn row(task: &WorklistTask, subjects: &Titles, now: Timestamp) -> io::Result<()> {
    let due = match &task.due_at {
        Some(at) => moment::day(Some(at)),
        None => "-".into(),
    };
    let status = task.status().as_str_name().trim_start_matches("WORKLIST_STATUS_").to_lowercase();
    let late = if task.overdue { format!("late {}", span(task, now)) } else { String::new() };
    let painted = if task.overdue { out::bad(format_args!("{late:12}")) } else { format!("{late:12}") };
    let status = match task.status() {
        WorklistStatus::Incident => out::odd(format_args!("{status:9}")),
        _ => format!("{status:9}"),
    };
    let role = cut(&task.role, ROLE_MAX);
    let room = out::columns().saturating_sub(10 + 2 + 12 + 2 + 9 + 2 + ROLE_MAX + 2);
    out::line(format_args!("{due:10}  {painted}  {status}  {role:ROLE_MAX$}  {}", cut(&task.title, room)))?;
    let room = out::columns().saturating_sub(12);
    let subject = subjects.get(&task.subject).unwrap_or(&task.subject);
    out::line(format_args!("{:12}{}", "", cut(subject, room)))?;
    let about = cut(&format!("{}, {}", task.task_id, about(task)), room);
    out::line(format_args!("{:12}{}", "", out::faint(about)))
}

/// Its kind, and what became of it.
fn about(task: &WorklistTask) -> String {
    let shown = |at: &Option<prost_types::Timestamp>| {
        let text = moment::shown(at.as_ref());
        text.get(..16).unwrap_or(&text).replace('T', " ")
    };
    let mut words = vec![task.kind.clone()];
    words.extend(match task.status() {
        WorklistStatus::Claimed => {
            Some(format!("{} has it until {}", task.worker, shown(&task.leased_until)))
        }
        WorklistStatus::Completed => Some(format!("done by {}", task.worker)),
        WorklistStatus::Resting => Some(format!("again at {}", shown(&task.retry_at))),
        WorklistStatus::Unspecified
        | WorklistStatus::Open
        | WorklistStatus::Incident
        | WorklistStatus::Cancelled => None,
    });
    if task.opened_for_role != task.role {
        words.push(format!("escalated from {}", task.opened_for_role));
    }
    if !task.failure.is_empty() {
        words.push(format!("tried {} of {} times: {}", task.attempts, task.attempts_max, task.failure));
    }
    words.join(", ")
}

/// For how long it has been late, in the largest unit that fits.
fn span(task: &WorklistTask, now: Timestamp) -> String {
    let due = task.due_at.as_ref().map_or(0, |it| it.seconds);
    match now.as_second().saturating_sub(due) {
        seconds if seconds < 3600 => format!("{} min", seconds / 60),
        seconds if seconds < 86_400 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// `text` on one line and within `room` columns.
fn cut(text: &str, room: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() > room {
        true => line.chars().take(room.saturating_sub(1)).chain(['…']).collect(),
        false => line,
    }
}

//! Questions to the worklist: a page of it, or one task.
use super::row::{COLUMNS, Status, Task};
use super::{NAME, Standing, micros};
use crate::domain::Timestamp;
use crate::log::Position;
use crate::views::{Answered, Ask, Token, ViewError, Views};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use strum::VariantArray;
use uuid::Uuid;

/// What is let through; what is empty lets everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// For this role.
    pub role: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// In the hands of this worker.
    pub worker: Option<String>,
    /// About this stream.
    pub subject: Option<String>,
    /// In one of these; where there is none, what is still to be done.
    pub statuses: Vec<Status>,
    /// Due at or before this moment.
    pub due_until: Option<Timestamp>,
}

/// Which page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Which {
    /// At which instant leases, waits and lateness are judged.
    pub at: Timestamp,
    /// How many at the most.
    pub size: usize,
    /// Where the page before ended.
    pub after: Option<Token>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The tasks, those due first in front.
    pub tasks: Vec<Task>,
    /// The key and the id that the page ends with, when more follows.
    pub end: Option<(String, String)>,
}

/// A page of the worklist in the order of due dates, then of opening. Neither ever changes, so pages show every task
/// that is on the list throughout exactly once, whatever happens between them.
pub async fn list(
    views: &Views,
    ask: &Ask,
    filter: Filter,
    which: Which,
) -> Result<Answered<Page>, ViewError> {
    ask.wait(views, NAME).await?;
    let question = move |connection: &Connection, position: Option<Position>| {
        Ok(Answered { found: page(connection, &filter, &which)?, position })
    };
    views.ask(NAME, question).await
}

/// The task with this id, judged at `at`.
pub async fn get(
    views: &Views,
    ask: &Ask,
    id: Uuid,
    at: Timestamp,
) -> Result<Answered<Option<Task>>, ViewError> {
    ask.wait(views, NAME).await?;
    let question = move |connection: &Connection, position: Option<Position>| {
        let sql = format!("SELECT {COLUMNS} FROM task WHERE id = ?1");
        let mut query = connection.prepare_cached(&sql)?;
        let found = query.query_row(params![id.as_bytes()], |row| Task::read(row, at)).optional()?;
        Ok(Answered { found, position })
    };
    views.ask(NAME, question).await
}

fn page(connection: &Connection, filter: &Filter, which: &Which) -> Result<Page, ViewError> {
    let statuses = filter.possible();
    if statuses.is_empty() {
        return Ok(Page { tasks: Vec::new(), end: None });
    }
    let (sql, values) = select(filter, &statuses, which);
    let mut query = connection.prepare_cached(&sql)?;
    let rows = query.query_map(params_from_iter(values), |row| Task::read(row, which.at))?;
    let mut tasks: Vec<Task> = rows.collect::<Result<_, _>>()?;
    let more = tasks.len() > which.size;
    tasks.truncate(which.size);
    let last = tasks.last().filter(|_| more);
    let end = last.map(|it| (it.due.to_string(), it.n.to_string()));
    Ok(Page { tasks, end })
}

/// One statement that merges the lanes: each is walked along one index in its order and ends after a page, so that
/// the length of the worklist does not matter.
fn select(filter: &Filter, statuses: &[Status], which: &Which) -> (String, Vec<Value>) {
    let mut values = vec![
        Value::Integer(micros(which.at)),
        Value::Integer(i64::try_from(which.size).unwrap_or(i64::MAX).saturating_add(1)),
    ];
    let mut conditions = String::new();
    let mut and = |condition: &str, more: &[Value]| {
        conditions.push_str(" AND ");
        conditions.push_str(condition);
        for value in more {
            values.push(value.clone());
            conditions = conditions.replacen('$', &format!("?{}", values.len()), 1);
        }
    };
    for (column, wanted) in filter.columns() {
        if let Some(wanted) = wanted {
            and(&format!("{column} = $"), &[Value::Text(wanted.clone())]);
        }
    }
    if let Some(until) = filter.due_until {
        and("due <= $", &[Value::Integer(until.as_microsecond())]);
    }
    if let Some(after) = &which.after {
        let number = |text: &str| Value::Integer(text.parse().unwrap_or_default());
        and("(due, n) > ($, $)", &[number(&after.key), number(&after.id)]);
    }
    let index = filter.columns().iter().find(|(_, it)| it.is_some()).map_or("due", |(column, _)| *column);
    let lane = |it: &Lane| {
        let standing = it.standing as i64;
        // What turned and is not on record as turned is little: by its due date it would have to be looked for among
        // all that will turn some day.
        let (index, when) = match (it.turned, index) {
            (None, _) => (index.to_owned(), String::new()),
            (Some(Turned::NotYet), _) => (index.to_owned(), " AND turns > ?1".into()),
            (Some(Turned::To { free }), "subject") => {
                (index.to_owned(), format!(" AND turns <= ?1 AND frees = {}", i32::from(free)))
            }
            (Some(Turned::To { free }), _) => {
                (format!("{index}_turns"), format!(" AND turns <= ?1 AND frees = {}", i32::from(free)))
            }
        };
        format!(
            "SELECT * FROM (SELECT n, due FROM task INDEXED BY task_{index}
             WHERE standing = {standing}{when}{conditions} ORDER BY due, n LIMIT ?2)"
        )
    };
    let lanes = lanes(statuses).iter().map(lane).collect::<Vec<_>>().join(" UNION ALL ");
    let page = format!("SELECT n, due FROM ({lanes}) ORDER BY due, n LIMIT ?2");
    let sql = format!(
        "SELECT {COLUMNS} FROM task WHERE n IN (SELECT n FROM ({page})) AND ?1 IS NOT NULL ORDER BY due, n"
    );
    (sql, values)
}

impl Filter {
    /// The statuses that what is let through can have. In a worker's hands is only what is claimed or was done.
    fn possible(&self) -> Vec<Status> {
        let wanted = match self.statuses.as_slice() {
            [] => &[Status::Open, Status::Claimed, Status::Resting, Status::Incident],
            some => some,
        };
        let in_hand = |it: &Status| matches!(it, Status::Claimed | Status::Completed);
        wanted.iter().copied().filter(|it| self.worker.is_none() || in_hand(it)).collect()
    }

    /// The columns that it may name, the most selective first: that one's index is walked.
    fn columns(&self) -> [(&'static str, &Option<String>); 4] {
        [("subject", &self.subject), ("worker", &self.worker), ("kind", &self.kind), ("role", &self.role)]
    }
}

/// Rows that stand so, by their events and at the instant.
struct Lane {
    standing: Standing,
    /// `None` where the instant does not matter.
    turned: Option<Turned>,
}

/// What became of a row by itself.
#[derive(Clone, Copy)]
enum Turned {
    NotYet,
    /// It is free again, or an incident.
    To {
        free: bool,
    },
}

/// What must be merged to find the rows in one of `statuses`; no two lanes share a row.
fn lanes(statuses: &[Status]) -> Vec<Lane> {
    let all = |standing| Lane { standing, turned: None };
    let when = |standing, turned| Lane { standing, turned: Some(turned) };
    let live = [Status::Open, Status::Claimed, Status::Resting, Status::Incident];
    let mut lanes = Vec::new();
    let whole = live.iter().all(|it| statuses.contains(it));
    if whole {
        lanes.extend([Standing::Open, Standing::Held, Standing::Resting, Standing::Incident].map(all));
    }
    let single = |it: &Status| statuses.contains(it) && !(whole && live.contains(it));
    for status in Status::VARIANTS.iter().filter(|it| single(it)) {
        match status {
            Status::Open => {
                lanes.push(all(Standing::Open));
                lanes.push(when(Standing::Held, Turned::To { free: true }));
                lanes.push(when(Standing::Resting, Turned::To { free: true }));
            }
            Status::Claimed => lanes.push(when(Standing::Held, Turned::NotYet)),
            Status::Resting => lanes.push(when(Standing::Resting, Turned::NotYet)),
            Status::Incident => {
                lanes.push(all(Standing::Incident));
                lanes.push(when(Standing::Held, Turned::To { free: false }));
            }
            Status::Completed => lanes.push(all(Standing::Completed)),
            Status::Cancelled => lanes.push(all(Standing::Cancelled)),
        }
    }
    lanes
}

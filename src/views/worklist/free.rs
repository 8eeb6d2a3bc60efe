//! What a worker may claim at an instant, what it still holds, and when that changes by itself.
use super::row::{COLUMNS, Task, moment};
use super::{NAME, Standing, micros};
use crate::domain::Timestamp;
use crate::log::Position;
use crate::views::{Answered, ViewError, Views};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a worker is there for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Work for this role.
    pub role: Option<String>,
    /// Work of these kinds; of any where there is none.
    pub kinds: Vec<String>,
}

/// What there is for a worker at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What may be claimed, those due first in front.
    pub free: Vec<Task>,
    /// Until when the worker still holds each of those asked about; what it holds no more is missing.
    pub held: BTreeMap<Uuid, Timestamp>,
    /// When the next of the others becomes free by itself.
    pub next: Option<Timestamp>,
}

impl Wanted {
    /// Whether a task is of those.
    pub fn takes(&self, role: &str, kind: &str) -> bool {
        self.role.as_ref().is_none_or(|it| it == role)
            && (self.kinds.is_empty() || self.kinds.iter().any(|it| it == kind))
    }

    /// The columns and values whose indexes lead there, and the condition besides.
    fn lanes(&self) -> Vec<(&'static str, Vec<Value>)> {
        let role = self.role.clone().map(Value::Text);
        let by_role = || (" INDEXED BY task_role$ WHERE role = ?3", Vec::from_iter(role.clone()));
        let by_kind = |kind: &String| match role.clone() {
            Some(role) => (
                " INDEXED BY task_kind$ WHERE kind = ?3 AND role = ?4",
                vec![Value::Text(kind.clone()), role],
            ),
            None => (" INDEXED BY task_kind$ WHERE kind = ?3", vec![Value::Text(kind.clone())]),
        };
        if self.kinds.is_empty() { vec![by_role()] } else { self.kinds.iter().map(by_kind).collect() }
    }
}

/// At most `size` tasks that may be claimed at `at`, and which of `mine` the worker still holds. Does not wait for the
/// view: see [`Views::wait`].
pub async fn find(
    views: &Views,
    wanted: Wanted,
    (worker, mine): (String, Vec<Uuid>),
    at: Timestamp,
    size: usize,
) -> Result<Answered<Found>, ViewError> {
    let question = move |connection: &Connection, position: Option<Position>| {
        let (free, next) = free(connection, &wanted, at, size)?;
        let held = held(connection, &worker, mine, at)?;
        Ok(Answered { found: Found { free, held, next }, position })
    };
    views.ask(NAME, question).await
}

/// What never was anybody's comes in the order of due dates, what becomes free again in the order in which it does;
/// the first of both are merged by due date.
fn free(
    connection: &Connection,
    wanted: &Wanted,
    at: Timestamp,
    size: usize,
) -> Result<(Vec<Task>, Option<Timestamp>), ViewError> {
    let (mut tasks, mut next) = (Vec::new(), None::<i64>);
    let limit = Value::Integer(i64::try_from(size).unwrap_or(i64::MAX));
    for (lane, named) in wanted.lanes() {
        let values = [vec![Value::Integer(micros(at)), limit.clone()], named].concat();
        let (fresh, turned) = (lane.replace('$', ""), lane.replace('$', "_turns"));
        let open = Standing::Open as i64;
        for rest in [
            format!("{fresh} AND standing = {open} AND ?1 NOT NULL ORDER BY due, n LIMIT ?2"),
            format!("{turned} AND frees = 1 AND turns <= ?1 ORDER BY turns LIMIT ?2"),
        ] {
            let sql = format!("SELECT {COLUMNS} FROM task{rest}");
            let mut query = connection.prepare_cached(&sql)?;
            let rows = query.query_map(params_from_iter(&values), |row| Task::read(row, at))?;
            for row in rows {
                tasks.push(row?);
            }
        }
        let sql = format!(
            "SELECT turns FROM task{turned} AND frees = 1 AND turns > ?1 AND ?2 NOT NULL ORDER BY turns LIMIT 1"
        );
        let mut query = connection.prepare_cached(&sql)?;
        let turns: Option<i64> = query.query_row(params_from_iter(&values), |row| row.get(0)).optional()?;
        next = next.into_iter().chain(turns).min();
    }
    tasks.sort_by_key(|it: &Task| (it.due, it.n));
    tasks.truncate(size);
    Ok((tasks, next.map(moment)))
}

fn held(
    connection: &Connection,
    worker: &str,
    mine: Vec<Uuid>,
    at: Timestamp,
) -> Result<BTreeMap<Uuid, Timestamp>, ViewError> {
    let mut query = connection.prepare_cached(
        "SELECT turns FROM task WHERE id = ?1 AND standing = ?2 AND worker = ?3 AND turns > ?4",
    )?;
    let mut held = BTreeMap::new();
    for id in mine {
        let bound = params![id.as_bytes(), Standing::Held as i64, worker, micros(at)];
        let until: Option<i64> = query.query_row(bound, |row| row.get(0)).optional()?;
        held.extend(until.map(|it| (id, moment(it))));
    }
    Ok(held)
}

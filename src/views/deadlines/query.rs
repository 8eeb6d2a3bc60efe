//! Questions to the deadlines: what is due, and when something is due next.
use super::rows::read;
use super::{Deadline, NAME};
use crate::domain::Timestamp;
use crate::domain::citation::StreamName;
use crate::views::{ViewError, Views};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

/// A deadline's place among those that are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    due: i64,
    stream: String,
    kind: String,
    thing: String,
}

/// Up to `most` of what is due at `now`, the longest due first, after `after` where that is given; and the place
/// of the last of them.
///
/// Cost: a walk along an index.
pub async fn due(
    views: &Views,
    now: Timestamp,
    after: Option<Place>,
    most: usize,
) -> Result<(Vec<Deadline>, Option<Place>), ViewError> {
    let read = move |db: &Connection, _| page(db, now.as_microsecond(), after.as_ref(), most);
    views.ask(NAME, read).await
}

/// When the first of what is not due at `now` falls due; `None` when nothing does.
pub async fn next(views: &Views, now: Timestamp) -> Result<Option<Timestamp>, ViewError> {
    let read = move |db: &Connection, _| {
        let sql = "SELECT min(due) FROM deadlines INDEXED BY deadlines_due WHERE resting = 0 AND due > ?1";
        let due: Option<i64> = db.prepare_cached(sql)?.query_row([now.as_microsecond()], |row| row.get(0))?;
        Ok(due.map(moment))
    };
    views.ask(NAME, read).await
}

fn page(
    db: &Connection,
    now: i64,
    after: Option<&Place>,
    most: usize,
) -> Result<(Vec<Deadline>, Option<Place>), ViewError> {
    let begin = Place { due: i64::MIN, stream: String::new(), kind: String::new(), thing: String::new() };
    let after = after.unwrap_or(&begin);
    let mut select = db.prepare_cached(
        "SELECT due, stream, kind, thing, origin, what FROM deadlines INDEXED BY deadlines_due
         WHERE resting = 0 AND due <= ?1 AND (due, stream, kind, thing) > (?2, ?3, ?4, ?5)
         ORDER BY due, stream, kind, thing LIMIT ?6",
    )?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut rows = select.query(params![now, after.due, after.stream, after.kind, after.thing, most])?;
    let (mut found, mut last) = (Vec::new(), None);
    while let Some(row) = rows.next()? {
        found.push(deadline(row)?);
        last = Some(Place { due: row.get(0)?, stream: row.get(1)?, kind: row.get(2)?, thing: row.get(3)? });
    }
    Ok((found, last))
}

fn deadline(row: &Row<'_>) -> Result<Deadline, ViewError> {
    let damaged = |err: &dyn std::fmt::Display| ViewError::Damaged(err.to_string());
    let stream = StreamName::try_from(row.get::<_, String>(1)?).map_err(|err| damaged(&err))?;
    let origin = Uuid::from_slice(&row.get::<_, Vec<u8>>(4)?).map_err(|err| damaged(&err))?;
    let (due_at, what) = (moment(row.get(0)?), read(&row.get::<_, String>(5)?)?);
    Ok(Deadline { stream, what, due_at, origin })
}

fn moment(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
}

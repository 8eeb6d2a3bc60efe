//! Writes the view's rows: one statement each, all of one event.
use super::Seen;
use super::ViewError;
use crate::domain::Edge;
use crate::domain::citation::Citation;
use crate::domain::id::TransactionId;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

pub(super) type Result<T> = std::result::Result<T, ViewError>;

/// An event's rows.
pub(super) struct Rows<'a> {
    tx: &'a Connection,
    seen: &'a Seen,
    revision: i64,
}

/// When an event counts: its position, and when it was recorded and took effect, in microseconds.
struct Times {
    position: i64,
    recorded: i64,
    effective: i64,
}

/// What an event is called in a trace.
#[derive(Default)]
pub(super) struct Label {
    pub(super) title: String,
    pub(super) details: Vec<String>,
    pub(super) decider: String,
    pub(super) thing: Option<Uuid>,
}

/// What became of an earlier event of the same stream, or what an event brings with it.
pub(super) struct Change<'a> {
    pub(super) what: &'static str,
    pub(super) who: &'a str,
    pub(super) reason: &'a str,
}

impl<'a> Rows<'a> {
    pub(super) fn new(tx: &'a Connection, seen: &'a Seen) -> Self {
        Self { tx, seen, revision: number(seen.record.revision) }
    }

    /// The event's revision.
    pub(super) fn revision(&self) -> i64 {
        self.revision
    }

    fn times(&self) -> Result<Times> {
        Ok(Times {
            position: number(self.seen.record.position.0),
            recorded: self.seen.record.recorded_at.as_microsecond(),
            effective: self.seen.meta()?.effective_at.as_microsecond(),
        })
    }

    /// Keeps the event as a possible step.
    pub(super) fn event(&self, label: &Label) -> Result<()> {
        let at = self.times()?;
        let record = &self.seen.record;
        let source = self.seen.meta()?.source.as_ref().map(serde_json::to_string).transpose();
        let source = source.map_err(|err| ViewError::Store(err.to_string()))?;
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?;
        let lines: Vec<String> = label.details.iter().map(|it| in_a_line(it)).collect();
        insert.execute(params![
            &*record.stream,
            self.revision,
            record.id.as_bytes(),
            &*record.kind,
            in_a_line(&label.title),
            lines.join("\n"),
            label.decider,
            self.seen.meta()?.actor.as_str(),
            source,
            label.thing.as_ref().map(|it| it.as_bytes().as_slice()),
            at.position,
            at.recorded,
            at.effective,
        ])?;
        Ok(())
    }

    /// Says that `node` rests on `to`; `n` is the citation's place in the event.
    pub(super) fn edge(&self, chain: bool, node: i64, n: usize, (role, to): (Edge, &Citation)) -> Result<()> {
        let at = self.times()?;
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO edges VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL, NULL, NULL)",
        )?;
        insert.execute(params![
            &*self.seen.record.stream,
            chain,
            node,
            self.revision,
            number(n as u64),
            self.seen.record.id.as_bytes(),
            role.to_string(),
            to.stream.as_str(),
            number(to.revision),
            at.position,
            at.recorded,
            at.effective,
        ])?;
        Ok(())
    }

    /// Ends the stream's citations of `cited` that go on.
    pub(super) fn revoke(&self, cited: &Citation) -> Result<()> {
        let at = self.times()?;
        let mut update = self.tx.prepare_cached(
            "UPDATE edges SET until_position = ?4, until_recorded = ?5, until_effective = ?6
             WHERE stream = ?1 AND chain = 1 AND node = 0 AND to_stream = ?2 AND to_revision = ?3
               AND until_position IS NULL",
        )?;
        let stream = &*self.seen.record.stream;
        let (to, to_revision) = (cited.stream.as_str(), number(cited.revision));
        update.execute(params![stream, to, to_revision, at.position, at.recorded, at.effective])?;
        Ok(())
    }

    /// Money was committed under a stage of the same project.
    pub(super) fn commitment(&self, money: TransactionId, value_date: &str, under: &Citation) -> Result<()> {
        let at = self.times()?;
        let mut insert = self.tx.prepare_cached(
            "INSERT INTO commitments VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, NULL, NULL)",
        )?;
        insert.execute(params![
            &*self.seen.record.stream,
            money.0.as_bytes(),
            self.revision,
            self.seen.record.id.as_bytes(),
            number(under.revision),
            value_date,
            at.position,
            at.recorded,
            at.effective,
        ])?;
        Ok(())
    }

    /// A transaction never was; nothing happens when it was no commitment.
    pub(super) fn reverse(&self, money: TransactionId) -> Result<()> {
        let at = self.times()?;
        let mut update = self.tx.prepare_cached(
            "UPDATE commitments SET until_position = ?3, until_recorded = ?4, until_effective = ?5
             WHERE stream = ?1 AND money = ?2",
        )?;
        let stream = &*self.seen.record.stream;
        update.execute(params![stream, money.0.as_bytes(), at.position, at.recorded, at.effective])?;
        Ok(())
    }

    /// Something became of `node`; `n` is its place among the changes of the event.
    pub(super) fn change(&self, node: i64, n: usize, change: &Change<'_>) -> Result<()> {
        let at = self.times()?;
        let mut insert = self
            .tx
            .prepare_cached("INSERT INTO changes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
        insert.execute(params![
            &*self.seen.record.stream,
            node,
            self.revision,
            number(n as u64),
            self.seen.record.id.as_bytes(),
            change.what,
            change.who,
            in_a_line(change.reason),
            at.position,
            at.recorded,
            at.effective,
        ])?;
        Ok(())
    }

    /// The revision of the event of this stream that begins `thing`.
    pub(super) fn begun(&self, thing: Uuid) -> Result<Option<i64>> {
        let mut select =
            self.tx.prepare_cached("SELECT max(revision) FROM events WHERE stream = ?1 AND thing = ?2")?;
        select
            .query_row(params![&*self.seen.record.stream, thing.as_bytes()], |row| row.get(0))
            .map_err(ViewError::from)
    }

    /// The title of this stream's first event; empty when it has none yet.
    pub(super) fn first_title(&self) -> Result<String> {
        self.title_of(&self.seen.record.stream, 0)
    }

    /// The title of an event; empty when there is none.
    pub(super) fn title_of(&self, stream: &str, revision: u64) -> Result<String> {
        let mut select =
            self.tx.prepare_cached("SELECT title FROM events WHERE stream = ?1 AND revision = ?2")?;
        let title = select.query_row(params![stream, number(revision)], |row| row.get(0)).optional()?;
        Ok(title.unwrap_or_default())
    }
}

/// SQLite's integers have a sign; no count of ours gets near it.
pub(super) fn number(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}

fn in_a_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

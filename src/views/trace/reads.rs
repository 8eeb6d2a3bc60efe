//! Reads the view's rows as they stood at some moment: every statement starts from one stream and its index.
use super::Node;
use super::rows::{Result, number};
use crate::domain::Edge;
use crate::domain::Timestamp;
use crate::domain::citation::{Citation, StreamName};
use crate::views::{AsOf, ViewError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

/// The names of projects' streams are between these two.
const PROJECTS: (&str, &str) = ("project-", "project.");

/// The rows as they stood at some moment.
pub(super) struct Reads<'a> {
    db: &'a Connection,
    time: &'static str,
    at: i64,
}

/// A citation that held.
pub(super) struct EdgeRow {
    pub(super) role: Edge,
    /// The event that carries it.
    pub(super) by: Citation,
    pub(super) to_stream: StreamName,
    pub(super) to_revision: u64,
}

/// What had become of a node.
pub(super) struct ChangeRow {
    pub(super) what: String,
    pub(super) who: String,
    pub(super) reason: String,
    pub(super) by: Citation,
}

/// Money that was committed before a moment.
pub(super) struct Early {
    pub(super) by: Citation,
    pub(super) value_date: String,
}

impl<'a> Reads<'a> {
    pub(super) fn new(db: &'a Connection, as_of: AsOf) -> Self {
        let (time, at) = match as_of {
            AsOf::Now => ("position", i64::MAX),
            AsOf::Position(position) => ("position", number(position.0)),
            AsOf::RecordedAt(at) => ("recorded", at.as_microsecond()),
            AsOf::EffectiveAt(at) => ("effective", at.as_microsecond()),
        };
        Self { db, time, at }
    }

    /// `sql` with `{t}` for the time that is asked by, and `{live}` for "had not ended".
    fn sql(&self, sql: &str) -> String {
        let time = self.time;
        let live = format!("{time} <= ?1 AND (until_{time} IS NULL OR until_{time} > ?1)");
        sql.replace("{live}", &live).replace("{t}", time)
    }

    /// The event, when it counted already.
    pub(super) fn node(&self, stream: &StreamName, revision: u64) -> Result<Option<Node>> {
        let sql = self.sql(
            "SELECT event_id, type, title, details, decider, actor, source, recorded, effective FROM events
             WHERE stream = ?2 AND revision = ?3 AND {t} <= ?1",
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows = select.query(params![self.at, stream.as_str(), number(revision)])?;
        rows.next()?.map(|row| node(row, stream, revision)).transpose()
    }

    /// The revisions of the stream's events that can be a step and counted already, of one type or of any.
    pub(super) fn revisions(&self, stream: &StreamName, kind: Option<&str>) -> Result<Vec<u64>> {
        let sql = self.sql(
            "SELECT revision FROM events
             WHERE stream = ?2 AND {t} <= ?1 AND (?3 IS NULL OR type = ?3) ORDER BY revision",
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let found = select.query_map(params![self.at, stream.as_str(), kind], |row| count(row, 0))?;
        found.map(|it| it.map_err(ViewError::from)).collect()
    }

    /// What the node rests on, in the order in which it was said.
    pub(super) fn edges(
        &self,
        (stream, node): (&StreamName, u64),
        chain: bool,
        most: usize,
    ) -> Result<Vec<EdgeRow>> {
        let sql = self.sql(
            "SELECT revision, event_id, role, to_stream, to_revision FROM edges
             WHERE stream = ?2 AND chain = ?3 AND node = ?4 AND {live} ORDER BY revision, n LIMIT ?5",
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let mut rows =
            select.query(params![self.at, stream.as_str(), chain, number(node), number(most as u64)])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(EdgeRow {
                role: role(row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?)?,
                by: citation(stream.clone(), count(row, 0)?, row.get(1)?),
                to_stream: name(row.get(3)?)?,
                to_revision: count(row, 4)?,
            });
        }
        Ok(found)
    }

    /// The commitments of a project, as the citations of stages that they are.
    pub(super) fn stages_paid(&self, stream: &StreamName, most: usize) -> Result<Vec<EdgeRow>> {
        let sql = self.sql(
            "SELECT revision, event_id, to_revision FROM commitments WHERE stream = ?2 AND {live} LIMIT ?3",
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let rows = select.query_map(params![self.at, stream.as_str(), number(most as u64)], |row| {
            let by = citation(stream.clone(), count(row, 0)?, row.get(1)?);
            Ok(EdgeRow { role: Edge::Stage, by, to_stream: stream.clone(), to_revision: count(row, 2)? })
        })?;
        rows.map(|it| it.map_err(ViewError::from)).collect()
    }

    /// The project's first money whose value date is before `date`, or that took effect before `moment`.
    pub(super) fn committed_before(
        &self,
        stream: &StreamName,
        date: &str,
        moment: Timestamp,
    ) -> Result<Option<Early>> {
        let sql = self.sql(
            "SELECT revision, event_id, value_date FROM commitments
             WHERE stream = ?2 AND (value_date < ?3 OR effective < ?4) AND {live}
             ORDER BY value_date, effective LIMIT 1",
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let params = params![self.at, stream.as_str(), date, moment.as_microsecond()];
        let early = select.query_row(params, |row| {
            Ok(Early { by: citation(stream.clone(), count(row, 0)?, row.get(1)?), value_date: row.get(2)? })
        });
        Ok(early.optional()?)
    }

    /// What had become of the node.
    pub(super) fn changes(&self, stream: &StreamName, node: u64) -> Result<Vec<ChangeRow>> {
        let sql = self.sql(
            "SELECT revision, event_id, what, who, reason FROM changes
             WHERE stream = ?2 AND node = ?3 AND {t} <= ?1 ORDER BY revision, n",
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let rows = select.query_map(params![self.at, stream.as_str(), number(node)], |row| {
            Ok(ChangeRow {
                by: citation(stream.clone(), count(row, 0)?, row.get(1)?),
                what: row.get(2)?,
                who: row.get(3)?,
                reason: row.get(4)?,
            })
        })?;
        rows.map(|it| it.map_err(ViewError::from)).collect()
    }

    /// The nodes that rested on an event and are not projects: there are few of them.
    pub(super) fn resting(&self, to: (&StreamName, u64)) -> Result<Vec<(StreamName, u64)>> {
        let mut found = self.upward(to, ("", PROJECTS.0), i64::MAX)?;
        found.extend(self.upward(to, (PROJECTS.1, "~"), i64::MAX)?);
        Ok(found)
    }

    /// The projects that rested on an event, by name, between two names where given, and at most so many.
    pub(super) fn projects(
        &self,
        to: (&StreamName, u64),
        (after, before): (Option<&StreamName>, Option<&StreamName>),
        most: usize,
    ) -> Result<Vec<(StreamName, u64)>> {
        let after = after.map_or("", StreamName::as_str).max(PROJECTS.0);
        let before = before.map_or(PROJECTS.1, StreamName::as_str).min(PROJECTS.1);
        self.upward(to, (after, before), number(most as u64))
    }

    /// Those between two names, the ends not included: a walk along the index, which is in their order.
    fn upward(
        &self,
        (stream, revision): (&StreamName, u64),
        (after, before): (&str, &str),
        most: i64,
    ) -> Result<Vec<(StreamName, u64)>> {
        let sql = self.sql(
            "SELECT stream, node FROM edges INDEXED BY edges_up
             WHERE to_stream = ?2 AND to_revision = ?3 AND chain = 1 AND stream > ?4 AND stream < ?5
               AND {live} ORDER BY stream LIMIT ?6",
        );
        let mut select = self.db.prepare_cached(&sql)?;
        let params = params![self.at, stream.as_str(), number(revision), after, before, most];
        let rows = select.query_map(params, |row| Ok((row.get::<_, String>(0)?, count(row, 1)?)))?;
        rows.map(|it| it.map_err(ViewError::from).and_then(|(stream, node)| Ok((name(stream)?, node))))
            .collect()
    }
}

fn node(row: &Row<'_>, stream: &StreamName, revision: u64) -> Result<Node> {
    let details: String = row.get(3)?;
    let source: Option<String> = row.get(6)?;
    let source = source.map(|it| serde_json::from_str(&it)).transpose();
    Ok(Node {
        event: citation(stream.clone(), revision, row.get(0)?),
        kind: row.get(1)?,
        title: row.get(2)?,
        details: details.lines().map(str::to_owned).collect(),
        decider: row.get(4)?,
        actor: row.get(5)?,
        source: source.map_err(|err| ViewError::Store(err.to_string()))?,
        recorded_at: moment(row.get(7)?)?,
        effective_at: moment(row.get(8)?)?,
    })
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let it: i64 = row.get(column)?;
    u64::try_from(it).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, it))
}

fn citation(stream: StreamName, revision: u64, event_id: [u8; 16]) -> Citation {
    Citation { event_id: Uuid::from_bytes(event_id), stream, revision }
}

fn name(stream: String) -> Result<StreamName> {
    StreamName::try_from(stream).map_err(|err| ViewError::Store(err.to_string()))
}

fn role(text: &str) -> Result<Edge> {
    text.parse().map_err(|_| ViewError::Store(format!("there is no edge called {text}")))
}

fn moment(microseconds: i64) -> Result<Timestamp> {
    Timestamp::from_microsecond(microseconds).map_err(|err| ViewError::Store(err.to_string()))
}

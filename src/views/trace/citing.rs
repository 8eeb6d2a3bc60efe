//! Which projects cite an event by themselves, and what exactly each cites.
use super::rows::Result;
use crate::domain::citation::{Reference, StreamName};
use crate::views::ViewError;
use rusqlite::{Connection, params};
use uuid::Uuid;

/// Each citation that a project makes now of an event of `cited`: of the one that began `thing` only, where that is
/// given, and by the project `by` only, where that is given.
///
/// Cost: a walk along the index of what is cited.
pub fn citing(
    db: &Connection,
    cited: &StreamName,
    thing: Option<Uuid>,
    by: Option<&StreamName>,
) -> Result<Vec<(StreamName, Reference)>> {
    let mut select = db.prepare_cached(
        "SELECT stream, to_revision FROM edges INDEXED BY edges_up
         WHERE to_stream = ?1 AND chain = 1 AND until_position IS NULL
           AND stream >= ?2 AND stream < ?3
           AND (?4 IS NULL OR to_revision IN (SELECT revision FROM events WHERE stream = ?1 AND thing = ?4))
         ORDER BY to_revision, stream",
    )?;
    let (from, until) =
        by.map_or(("project-".to_owned(), "project.".to_owned()), |it| (it.to_string(), format!("{it}.")));
    let thing = thing.map(|it| it.as_bytes().to_vec());
    let mut rows = select.query(params![cited.as_str(), from, until, thing])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let name = StreamName::try_from(row.get::<_, String>(0)?);
        let project = name.map_err(|err| ViewError::Damaged(err.to_string()))?;
        let revision = row.get::<_, i64>(1)?.unsigned_abs();
        found.push((project, Reference::new(cited.clone(), revision)));
    }
    Ok(found)
}

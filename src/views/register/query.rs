//! Questions to the register: one entry, or a page of a list, as of any moment.
use super::entry::{Entry, Facets, Scene};
use super::{NAME, known_from, shelf};
use crate::log::{Log, Position, Record};
use crate::views::{Answered, AsOf, Ask, Horizon, Seen, Token, ViewError, Views, integer};
use futures::TryStreamExt;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use uuid::Uuid;

/// In which order a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By the nth of [`Entry::ORDERS`], from the first to the last.
    Up(usize),
    /// By the nth of [`Entry::ORDERS`], from the last to the first.
    Down(usize),
}

/// Which page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// In which order.
    pub order: Order,
    /// How many at the most.
    pub size: usize,
    /// Where the page before ended.
    pub after: Option<Token>,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<E> {
    /// The entries, in the order asked for.
    pub entries: Vec<E>,
    /// The key and the id that the page ends with, when more follows.
    pub end: Option<(String, String)>,
}

/// What a filter may look up.
pub struct Snapshot<'a> {
    pub(super) connection: &'a Connection,
    pub(super) horizon: Horizon,
}

/// An entry on its way to the answer: as it is now, and the events of other streams in it.
struct Found<E> {
    id: Uuid,
    now: E,
    elsewhere: Vec<(String, u64)>,
}

/// The entry with this id as of then; `None` when there was none.
pub async fn get<E: Entry>(views: &Views, ask: &Ask, id: Uuid) -> Result<Answered<Option<E>>, ViewError> {
    ask.wait(views, NAME).await?;
    let as_of = ask.as_of;
    let question = move |connection: &Connection, position: Option<Position>| {
        let found = find::<E>(connection, id)?;
        Ok((found.into_iter().collect(), Horizon::new(as_of, position)))
    };
    let (found, horizon) = views.ask(NAME, question).await?;
    let mut entries = as_of_then(views, found, horizon).await?;
    Ok(Answered { found: entries.pop().flatten(), position: horizon.position })
}

/// A page of the entries that the filter lets through. `filter` makes it, and may look things up as of then.
pub async fn list<E, F>(
    views: &Views,
    ask: &Ask,
    list: List,
    filter: impl FnOnce(&Snapshot<'_>) -> Result<F, ViewError> + Send + 'static,
) -> Result<Answered<Listed<E>>, ViewError>
where
    E: Entry,
    F: Fn(&Facets) -> bool,
{
    ask.wait(views, NAME).await?;
    let as_of = pinned(ask.as_of, list.after.as_ref());
    let question = move |connection: &Connection, position: Option<Position>| {
        let horizon = Horizon::new(as_of, position);
        let snapshot = Snapshot { connection, horizon };
        let filter = filter(&snapshot)?;
        let (ids, end) = page::<E>(&snapshot, &list, filter)?;
        let found = ids.into_iter().map(|id| find::<E>(connection, id)).collect::<Result<Vec<_>, _>>()?;
        Ok((found.into_iter().flatten().collect(), end, horizon))
    };
    let (found, end, horizon) = views.ask(NAME, question).await?;
    let entries = as_of_then::<E>(views, found, horizon).await?.into_iter().flatten().collect();
    Ok(Answered { found: Listed { entries, end }, position: horizon.position })
}

/// Later pages are of the same moment as the first.
fn pinned(as_of: AsOf, after: Option<&Token>) -> AsOf {
    match (as_of, after.and_then(|it| it.position)) {
        (AsOf::Now, Some(position)) => AsOf::Position(Position(position)),
        (as_of, _) => as_of,
    }
}

fn find<E: Entry>(connection: &Connection, id: Uuid) -> Result<Option<Found<E>>, ViewError> {
    let Some(now) = shelf::load::<E>(connection, id)? else { return Ok(None) };
    let mut query = connection.prepare_cached(
        "SELECT stream, revision FROM elsewhere WHERE kind = ?1 AND id = ?2 ORDER BY position",
    )?;
    let rows = query.query_map(params![E::KIND, id.as_bytes()], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
    })?;
    Ok(Some(Found { id, now, elsewhere: rows.collect::<Result<_, _>>()? }))
}

/// The entries as of then: as they are when nothing happened since, folded from the log otherwise.
async fn as_of_then<E: Entry>(
    views: &Views,
    found: Vec<Found<E>>,
    horizon: Horizon,
) -> Result<Vec<Option<E>>, ViewError> {
    let mut then = Vec::with_capacity(found.len());
    for it in found {
        let last = &it.now.place().last;
        if horizon.takes_at(Position(last.position), last.recorded_at, last.effective_at) {
            then.push(Some(it.now));
            continue;
        }
        let records = history(&**views.log(), &it).await?;
        let fold = move |connection: &Connection, _| fold::<E>(connection, it.id, records, horizon);
        then.push(views.ask(NAME, fold).await?);
    }
    Ok(then)
}

/// Every event that may concern the entry, in the order of the log.
async fn history<E: Entry>(log: &dyn Log, found: &Found<E>) -> Result<Vec<Record>, ViewError> {
    let mut records: Vec<Record> = log.read_stream(&found.now.place().stream, 0).try_concat().await?;
    for (stream, revision) in &found.elsewhere {
        let chunk = log.read_stream(stream, *revision).try_next().await?;
        records.extend(chunk.into_iter().flatten().take(1));
    }
    records.sort_by_key(|it| it.position);
    Ok(records)
}

fn fold<E: Entry>(
    connection: &Connection,
    id: Uuid,
    records: Vec<Record>,
    horizon: Horizon,
) -> Result<Option<E>, ViewError> {
    let mut entry = E::default();
    for seen in records.into_iter().map(Seen::new) {
        let mut scene = Scene::of(&seen)?;
        let concerned = E::concerned(scene.event, scene.stream) == Some(id);
        if concerned && horizon.takes(scene.record, scene.meta) {
            scene.known = known_from(connection, &scene)?;
            entry.place_mut().move_to(&scene);
            entry.take(&scene);
        }
    }
    Ok(Some(entry).filter(|it| it.place().is_taken()))
}

type Page = (Vec<Uuid>, Option<(String, String)>);

/// The ids on the page, and what it ends with when more follows.
fn page<E: Entry>(
    snapshot: &Snapshot<'_>,
    list: &List,
    filter: impl Fn(&Facets) -> bool,
) -> Result<Page, ViewError> {
    let (mut ids, mut end) = (Vec::new(), None);
    let more = snapshot.walk::<E>(Some(list), |id, key, facets| {
        if !filter(&facets) {
            return true;
        }
        if ids.len() == list.size {
            return false;
        }
        ids.push(id);
        end = Some((key, id.to_string()));
        true
    })?;
    Ok((ids, end.filter(|_| more)))
}

impl Snapshot<'_> {
    /// Shows `visit` the id and the facets of each entry of a kind as of then.
    pub fn each<E: Entry>(&self, mut visit: impl FnMut(Uuid, Facets)) -> Result<(), ViewError> {
        let goes_on = |id, _, facets| {
            visit(id, facets);
            true
        };
        self.walk::<E>(None, goes_on).map(|_| ())
    }

    /// Shows `visit` every facets that the entries of a kind ever had.
    pub(super) fn ever<E: Entry>(&self, mut visit: impl FnMut(Facets)) -> Result<(), ViewError> {
        let mut query = self.connection.prepare_cached("SELECT facets FROM listing WHERE kind = ?1")?;
        let mut rows = query.query([E::KIND])?;
        while let Some(row) = rows.next()? {
            visit(Facets::read(row.get(0)?));
        }
        Ok(())
    }

    /// Shows `visit` each entry until it has enough; whether it had.
    fn walk<E: Entry>(
        &self,
        list: Option<&List>,
        mut visit: impl FnMut(Uuid, String, Facets) -> bool,
    ) -> Result<bool, ViewError> {
        let (sql, values) = select(E::KIND, self.horizon, list);
        let mut query = self.connection.prepare_cached(&sql)?;
        let mut rows = query.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let id: [u8; 16] = row.get(0)?;
            if !visit(Uuid::from_bytes(id), row.get(1)?, Facets::read(row.get(2)?)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The listings of a kind as of then, after the end of the page before.
fn select(kind: i64, horizon: Horizon, list: Option<&List>) -> (String, Vec<Value>) {
    let (axis, at) = match horizon.as_of {
        AsOf::Now => (None, integer(horizon.position.unwrap_or(Position(0)))),
        AsOf::Position(at) => (Some("position"), integer(at)),
        AsOf::RecordedAt(at) => (Some("recorded"), at.as_microsecond()),
        AsOf::EffectiveAt(at) => (Some("effective"), at.as_microsecond()),
    };
    let (column, direction, beyond) = match list.map(|it| it.order) {
        None => (1, "ASC", ">"),
        Some(Order::Up(nth)) => (nth.saturating_add(1), "ASC", ">"),
        Some(Order::Down(nth)) => (nth.saturating_add(1), "DESC", "<"),
    };
    let mut sql = format!("SELECT id, key{column}, facets FROM listing WHERE kind = ?1");
    let mut values = vec![Value::Integer(kind)];
    match axis {
        None => sql.push_str(" AND until_position = 9223372036854775807"),
        Some(axis) => {
            sql.push_str(&format!(" AND from_{axis} <= ?2 AND until_{axis} > ?2"));
            values.push(Value::Integer(at));
        }
    }
    if let Some(after) = list.and_then(|it| it.after.as_ref()) {
        let (key, id) = (values.len() + 1, values.len() + 2);
        sql.push_str(&format!(" AND (key{column}, id) {beyond} (?{key}, ?{id})"));
        values.push(Value::Text(after.key.clone()));
        values.push(Value::Blob(Uuid::try_parse(&after.id).unwrap_or_default().as_bytes().to_vec()));
    }
    sql.push_str(&format!(" ORDER BY key{column} {direction}, id {direction}"));
    (sql, values)
}

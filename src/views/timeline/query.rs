//! Questions to the timeline: a page of what happened, straight from the log.
use super::{NAME, number_of, what};
use crate::codec::{self, KINDS, Meta};
use crate::domain::Timestamp;
use crate::domain::citation::StreamName;
use crate::log::{Error, Log, Position, Record};
use crate::views::{Answered, AsOf, Ask, Horizon, Token, ViewError, Views, integer};
use futures::{StreamExt, TryStreamExt};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::HashMap;
use std::time::Duration;

/// Which of the two times of an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Axis {
    /// When it was recorded.
    #[default]
    Recorded,
    /// When it took effect.
    Effective,
}

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The latest first.
    #[default]
    LatestFirst,
    /// The oldest first.
    OldestFirst,
}

/// What is let through; what is empty lets everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this stream.
    pub stream: Option<String>,
    /// By this actor.
    pub actor: Option<String>,
    /// Of these types.
    pub types: Vec<String>,
    /// Of these kinds of stream.
    pub kinds: Vec<String>,
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// Which page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// Which time the order and the filter are about.
    pub axis: Axis,
    /// In which order.
    pub order: Order,
    /// How many at the most.
    pub size: usize,
    /// Where the page before ended.
    pub after: Option<Token>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The event as it is stored.
    pub record: Record,
    /// Who asked, when.
    pub meta: Meta,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePage {
    /// What happened, in the order asked for.
    pub entries: Vec<Entry>,
    /// The key and the position that the page ends with, when more follows.
    pub end: Option<(String, String)>,
}

/// Where an event is.
struct Place {
    position: Position,
    stream: String,
    revision: u64,
    key: i64,
}

/// A page of what happened.
pub async fn timeline(
    views: &Views,
    ask: &Ask,
    filter: Filter,
    which: Which,
) -> Result<Answered<TimelinePage>, ViewError> {
    ask.wait(views, NAME).await?;
    let pinned = which.after.as_ref().and_then(|it| it.position).map(Position);
    let (as_of, size) = (ask.as_of, which.size);
    let question = move |connection: &Connection, position: Option<Position>| {
        let mut horizon = Horizon::new(as_of, position);
        horizon.position = pinned.map_or(horizon.position, |it| horizon.position.min(Some(it)));
        Ok((places(connection, horizon, &filter, &which)?, horizon))
    };
    let (mut places, horizon) = views.ask(NAME, question).await?;
    let more = places.len() > size;
    places.truncate(size);
    let last = places.last().filter(|_| more);
    let end = last.map(|it| (it.key.to_string(), it.position.to_string()));
    let entries = fetch(&**views.log(), &places).await?;
    Ok(Answered { found: TimelinePage { entries, end }, position: horizon.position })
}

/// The streams that have an event which `filter` lets through, the latest such event first, each once. Takes `after`
/// into account, and waits for that no longer than `longest`.
pub async fn streams_with(
    views: &Views,
    filter: Filter,
    after: Option<Position>,
    longest: Duration,
) -> Result<Vec<StreamName>, ViewError> {
    views.wait(NAME, after, longest).await?;
    let found = views.ask(NAME, move |connection: &Connection, position| {
        let which = Which { size: usize::MAX, ..Which::default() };
        places(connection, Horizon::new(AsOf::Now, position), &filter, &which)
    });
    let mut streams = Vec::new();
    for place in found.await? {
        match place.stream.parse::<StreamName>() {
            Ok(stream) if !streams.contains(&stream) => streams.push(stream),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(streams)
}

/// The places on the page, and one more when more follows.
fn places(
    connection: &Connection,
    horizon: Horizon,
    filter: &Filter,
    which: &Which,
) -> Result<Vec<Place>, ViewError> {
    let Some(select) = select(connection, horizon, filter, which)? else { return Ok(Vec::new()) };
    let (sql, values) = select.finish(which);
    let mut query = connection.prepare_cached(&sql)?;
    let rows = query.query_map(params_from_iter(values), |row| {
        Ok(Place {
            position: Position(row.get::<_, i64>(0)?.unsigned_abs()),
            stream: row.get(1)?,
            revision: row.get::<_, i64>(2)?.unsigned_abs(),
            key: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A query in the making.
struct Select {
    conditions: Vec<String>,
    values: Vec<Value>,
    axis: &'static str,
}

impl Select {
    fn with(&mut self, condition: &str, value: i64) {
        self.conditions.push(condition.into());
        self.values.push(Value::Integer(value));
    }

    fn finish(mut self, which: &Which) -> (String, Vec<Value>) {
        let axis = self.axis;
        let (direction, beyond) = match which.order {
            Order::LatestFirst => ("DESC", "<"),
            Order::OldestFirst => ("ASC", ">"),
        };
        if let Some(after) = &which.after {
            self.conditions.push(format!("({axis}, position) {beyond} (?, ?)"));
            let number = |text: &str| Value::Integer(text.parse().unwrap_or_default());
            self.values.extend([number(&after.key), number(&after.id)]);
        }
        self.values.push(Value::Integer(i64::try_from(which.size).unwrap_or(i64::MAX).saturating_add(1)));
        let sql = format!(
            "SELECT position, (SELECT text FROM name WHERE id = stream), revision, {axis} FROM event
             WHERE {} ORDER BY {axis} {direction}, position {direction} LIMIT ?",
            self.conditions.join(" AND ")
        );
        (sql, self.values)
    }
}

/// The filter as conditions; `None` when it names something that no event has.
fn select(
    connection: &Connection,
    horizon: Horizon,
    filter: &Filter,
    which: &Which,
) -> Result<Option<Select>, ViewError> {
    let axis = match which.axis {
        Axis::Recorded => "recorded",
        Axis::Effective => "effective",
    };
    let mut select = Select { conditions: Vec::new(), values: Vec::new(), axis };
    select.with("position <= ?", integer(horizon.position.unwrap_or(Position(0))));
    match horizon.as_of {
        AsOf::Now | AsOf::Position(_) => {}
        AsOf::RecordedAt(at) => select.with("recorded <= ?", at.as_microsecond()),
        AsOf::EffectiveAt(at) => select.with("effective <= ?", at.as_microsecond()),
    }
    if let Some(from) = filter.from {
        select.with(&format!("{axis} >= ?"), from.as_microsecond());
    }
    if let Some(until) = filter.until {
        select.with(&format!("{axis} < ?"), until.as_microsecond());
    }
    for (column, name) in [("stream", &filter.stream), ("actor", &filter.actor)] {
        let Some(name) = name else { continue };
        let Some(number) = number_of(connection, name)? else { return Ok(None) };
        select.with(&format!("{column} = ?"), number);
    }
    if !filter.types.is_empty() || !filter.kinds.is_empty() {
        let numbers = whats(connection, filter)?;
        select.conditions.push(format!("what IN ({})", numbers.join(", ")));
    }
    Ok(Some(select))
}

/// The numbers of the types that the filter lets through.
fn whats(connection: &Connection, filter: &Filter) -> Result<Vec<String>, ViewError> {
    let mut numbers = Vec::new();
    let wanted = |among: &[String], it: &str| among.is_empty() || among.iter().any(|one| one == it);
    for (kind, types) in KINDS.iter().filter(|(kind, _)| wanted(&filter.kinds, kind)) {
        for name in types.iter().filter(|it| wanted(&filter.types, it)) {
            numbers.extend(number_of(connection, &what(kind, name))?.map(|it| it.to_string()));
        }
    }
    Ok(numbers)
}

/// The events at `places`, from the log: in one go where they are close together.
async fn fetch(log: &dyn Log, places: &[Place]) -> Result<Vec<Entry>, ViewError> {
    let first = places.iter().map(|it| it.position.0).min().unwrap_or_default();
    let last = places.iter().map(|it| it.position.0).max().unwrap_or_default();
    let mut found: HashMap<u64, Record> = HashMap::new();
    if last.saturating_sub(first) < 4 * places.len() as u64 {
        let mut chunks = log.read_all(Some(Position(first.saturating_sub(1))));
        while let Some(chunk) = chunks.next().await {
            let chunk = match chunk {
                // What is damaged may be none of these: each of the others is looked for by itself.
                Err(Error::Corrupt(_)) => break,
                chunk => chunk?,
            };
            let beyond = chunk.last().is_some_and(|it| it.position.0 >= last);
            found.extend(chunk.into_iter().map(|it| (it.position.0, it)));
            if beyond {
                break;
            }
        }
    }
    let mut entries = Vec::with_capacity(places.len());
    for place in places {
        let record = match found.remove(&place.position.0) {
            Some(record) => record,
            None => one(log, place).await?,
        };
        let meta = codec::decode_meta(&record)?;
        entries.push(Entry { record, meta });
    }
    Ok(entries)
}

async fn one(log: &dyn Log, place: &Place) -> Result<Record, ViewError> {
    let chunk = log.read_stream(&place.stream, place.revision).try_next().await?;
    let record = chunk.into_iter().flatten().next();
    let gone = || ViewError::Contradiction(format!("{}@{} is not in the log", place.stream, place.revision));
    record.filter(|it| it.position == place.position).ok_or_else(gone)
}

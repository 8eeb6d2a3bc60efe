//! `pactline show`: one thing, whatever it is called: a stream, an id, a symbol, a country or a code.
use super::call::{self, Rpc};
use super::failure::Failure;
use super::kind::{THINGS, Thing};
use super::moment::Moment;
use super::place::{Caller, Place};
use super::{json, out, table};
use crate::api::proto::QueryContext;
use crate::domain::charter::charter_id;
use crate::domain::citation::StreamName;
use crate::domain::mandate::mandate_id;
use crate::domain::partner::Party;
use crate::domain::scope::Country;
use clap::Args;
use prost_reflect::{DynamicMessage, Value};
use uuid::Uuid;

/// How many spaces are between a field's name and what it says.
const GAP: usize = 2;

/// What to show.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// A stream (`project-6f1d…`), an id, a mandate's symbol, a partner's ISO code or acronym, a charter's
    /// name, or a project's code
    thing: String,
    #[command(flatten)]
    moment: Moment,
}

impl Show {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect().await?;
        let found = match self.moment.context(connection.head) {
            Ok(context) => find(&connection.channel, &self.thing, &context).await,
            Err(failure) => Err(failure),
        };
        connection.close().await?;
        let (_, message) = found?;
        if place.json {
            return Ok(out::json(&json::object(&message))?);
        }
        Ok(print(&message)?)
    }
}

fn print(message: &DynamicMessage) -> std::io::Result<()> {
    let fields: Vec<_> = message.fields().collect();
    let width = fields.iter().map(|(field, _)| field.name().len()).max().unwrap_or(0);
    let beside = |name: &str, words: &str| {
        let lines = out::wrapped(words, out::columns().saturating_sub(width + GAP));
        lines.iter().enumerate().try_for_each(|(n, line)| {
            let name = if n == 0 { name } else { "" };
            out::line(format_args!("{}  {line}", out::faint(format_args!("{name:width$}"))))
        })
    };
    for (field, value) in fields {
        let name = field.name().replace('_', " ");
        match value {
            Value::List(items) if items.iter().any(|it| matches!(it, Value::Message(_))) => {
                beside(&name, &items.len().to_string())?;
                items.iter().try_for_each(|it| beside("", &format!("- {}", table::words(&field, it))))?;
            }
            value => beside(&name, &table::words(&field, value))?,
        }
    }
    Ok(())
}

/// The thing called `name`, and what it is.
pub(super) async fn find(
    caller: &Caller,
    name: &str,
    context: &QueryContext,
) -> Result<(Thing, DynamicMessage), Failure> {
    for (thing, id) in readings(name) {
        match get(caller, thing, id, context).await {
            Ok(found) => return Ok((thing, found)),
            Err(failure) if failure.is_no() => {}
            Err(failure) => return Err(failure),
        }
    }
    match with_code(caller, name, context).await? {
        Some(project) => Ok((Thing::Projects, project)),
        None => Err(Failure::no(format!("there is nothing called {name:?}"))
            .hint("pactline list projects shows what there is; so do the other kinds")),
    }
}

/// What `name` may mean: the ids it stands for.
fn readings(name: &str) -> Vec<(Thing, Uuid)> {
    if let Ok(id) = Uuid::try_parse(name) {
        return THINGS.iter().map(|thing| (*thing, id)).collect();
    }
    if let Ok(stream) = name.parse::<StreamName>()
        && let Some(thing) = Thing::of_stream(stream.kind())
    {
        return vec![(thing, stream.id())];
    }
    let country = name.to_uppercase().parse::<Country>().ok().map(|it| Party::Country(it).id());
    let organization = name.parse().ok().map(|it| Party::Organization(it).id());
    let mandate = name.parse().ok().map(|it| (Thing::Mandates, mandate_id(&it).0));
    let charter = name.parse().ok().map(|it| (Thing::Charters, charter_id(&it).0));
    let partners = [country, organization].into_iter().flatten().map(|it| (Thing::Partners, it.0));
    partners.chain(mandate).chain(charter).collect()
}

async fn get(
    caller: &Caller,
    thing: Thing,
    id: Uuid,
    context: &QueryContext,
) -> Result<DynamicMessage, Failure> {
    let asked = thing.asked();
    let rpc = Rpc::register(&format!("Get{}", asked.one))?;
    let mut request = rpc.request();
    call::put(&mut request, "query", context)?;
    call::fill(&mut request, &format!("{}_id", asked.field), &id.to_string())?;
    match rpc.call(caller, &request).await?.take_field_by_name(asked.field) {
        Some(Value::Message(found)) => Ok(found),
        _ => Err(Failure::no(format!("there is no {} {id}", asked.field))),
    }
}

/// The project that others know under `code`.
async fn with_code(
    caller: &Caller,
    code: &str,
    context: &QueryContext,
) -> Result<Option<DynamicMessage>, Failure> {
    let found = super::list::all_of(caller, Thing::Projects, context).await?;
    let wanted = letters(code);
    Ok(found.into_iter().find(|it| !wanted.is_empty() && letters(&table::cell(it, "code")) == wanted))
}

/// A code without what people put between its parts: `UNINFO 152275` is `uninfo-152275` too.
fn letters(code: &str) -> String {
    code.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

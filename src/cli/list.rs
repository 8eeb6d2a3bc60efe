//! `pactline list`: what there is of a kind, all pages of it.
use super::call::{self, Rpc};
use super::failure::Failure;
use super::kind::{Asked, Thing};
use super::moment::Moment;
use super::place::{Caller, Place};
use super::{json, out, table};
use crate::api::proto::{Page, QueryContext};
use clap::Args;
use prost_reflect::{DynamicMessage, Value};

/// What to list.
#[derive(Debug, Args)]
pub(super) struct List {
    /// The kind of thing
    kind: Thing,
    /// Only those where this holds, such as `status=approved`, `country=SN` or `text=treatment`; a field that
    /// the kind does not have says which there are
    #[arg(short, long = "where", value_name = "FIELD=VALUE")]
    filters: Vec<String>,
    /// The order, such as `title` or `proposed_at desc`
    #[arg(long, value_name = "FIELD")]
    order: Option<String>,
    /// How many to ask for at a time, at most 1000
    #[arg(long, default_value_t = 1000, value_name = "N")]
    page_size: u32,
    /// At most how many to list
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    moment: Moment,
}

impl List {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect().await?;
        let found = self.found(&connection.channel, connection.head).await;
        connection.close().await?;
        let (asked, found) = (self.kind.asked(), found?);
        if place.json {
            found.iter().try_for_each(|it| out::json(&json::object(it)))?;
            return Ok(());
        }
        let row = |it: &DynamicMessage| {
            asked.columns.iter().map(|path| table::cut(&table::cell(it, path))).collect::<Vec<_>>()
        };
        table::print(asked.columns, &found.iter().map(row).collect::<Vec<_>>())?;
        Ok(out::line(out::faint(format_args!("{} {}", found.len(), asked.fields)))?)
    }

    async fn found(&self, caller: &Caller, head: Option<u64>) -> Result<Vec<DynamicMessage>, Failure> {
        let asked = self.kind.asked();
        let rpc = Rpc::register(&format!("List{}", asked.many))?;
        let mut request = rpc.request();
        call::put(&mut request, "query", &self.moment.context(head)?)?;
        for filter in &self.filters {
            let (field, value) = filter.split_once('=').ok_or_else(|| {
                Failure::usage(format!("{filter:?} is no filter")).hint("say FIELD=VALUE, such as text=route")
            })?;
            call::fill(&mut request, field, value)?;
        }
        if let Some(order) = &self.order {
            call::fill(&mut request, "order_by", order)?;
        }
        all(caller, &rpc, &asked, request, self.page_size, self.limit).await
    }
}

/// Everything of a kind.
pub(super) async fn all_of(
    caller: &Caller,
    thing: Thing,
    context: &QueryContext,
) -> Result<Vec<DynamicMessage>, Failure> {
    let asked = thing.asked();
    let rpc = Rpc::register(&format!("List{}", asked.many))?;
    let mut request = rpc.request();
    call::put(&mut request, "query", context)?;
    all(caller, &rpc, &asked, request, 1000, None).await
}

/// Every page until the last, or until there are enough.
async fn all(
    caller: &Caller,
    rpc: &Rpc,
    asked: &Asked,
    mut request: DynamicMessage,
    size: u32,
    limit: Option<usize>,
) -> Result<Vec<DynamicMessage>, Failure> {
    let limit = limit.unwrap_or(usize::MAX);
    let (mut found, mut token) = (Vec::new(), String::new());
    loop {
        call::put(&mut request, "page", &Page { size, token })?;
        let mut answer = rpc.call(caller, &request).await?;
        if let Some(Value::List(items)) = answer.take_field_by_name(asked.fields) {
            found.extend(items.into_iter().filter_map(|it| match it {
                Value::Message(it) => Some(it),
                _ => None,
            }));
        }
        found.truncate(limit);
        token = match answer.take_field_by_name("next_page_token") {
            Some(Value::String(token)) if !token.is_empty() && found.len() < limit => token,
            _ => return Ok(found),
        };
    }
}

//! `pactline history`: what happened, event by event.
use super::failure::Failure;
use super::place::{Caller, Place};
use super::{moment, out, people};
use crate::api::proto::cloud_event::Data;
use crate::api::proto::cloud_event::cloud_event_attribute_value::Attr;
use crate::api::proto::history_service_client::HistoryServiceClient;
use crate::api::proto::{CloudEvent, EventFilter, Page, ReadAllRequest, SubscribeRequest};
use clap::Args;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Which events.
#[derive(Debug, Args)]
pub(super) struct History {
    /// Only this stream, as `{kind}-{uuid}`
    stream: Option<String>,
    /// Go on with what comes, until interrupted
    #[arg(short, long)]
    follow: bool,
    /// Only this type of event, such as PrioritySet; may be repeated
    #[arg(long = "type", value_name = "TYPE")]
    types: Vec<String>,
    /// Only streams of this kind, such as `project`; may be repeated
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,
    /// Only what comes after this place in the log
    #[arg(long, value_name = "POSITION")]
    after: Option<u64>,
}

impl History {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect().await?;
        let caller = connection.channel.clone();
        let shown = match self.follow {
            true => self.follow(caller, place).await,
            false => self.read(caller, place).await,
        };
        connection.close().await?;
        shown
    }

    fn filter(&self) -> EventFilter {
        let streams = self.stream.iter().cloned().collect();
        EventFilter { kinds: self.kinds.clone(), types: self.types.clone(), streams }
    }

    async fn read(&self, caller: Caller, place: &Place) -> Result<(), Failure> {
        let names = people::names(caller.clone()).await?;
        let mut history = HistoryServiceClient::new(caller).max_decoding_message_size(usize::MAX);
        let mut token = String::new();
        loop {
            let page = Some(Page { size: 1000, token });
            let request = ReadAllRequest { after: self.after, filter: Some(self.filter()), page };
            let answer = history.read_all(request).await?.into_inner();
            answer.events.iter().try_for_each(|it| show(it, place, &names))?;
            token = answer.next_page_token;
            if token.is_empty() {
                return Ok(());
            }
        }
    }

    async fn follow(&self, caller: Caller, place: &Place) -> Result<(), Failure> {
        let names = people::names(caller.clone()).await?;
        let mut history = HistoryServiceClient::new(caller).max_decoding_message_size(usize::MAX);
        let request = SubscribeRequest { after: self.after, filter: Some(self.filter()) };
        let mut events = history.subscribe(request).await?.into_inner();
        while let Some(next) = events.message().await? {
            next.event.iter().try_for_each(|it| show(it, place, &names))?;
        }
        Ok(())
    }
}

fn show(event: &CloudEvent, place: &Place, names: &HashMap<String, String>) -> Result<(), Failure> {
    if place.json {
        return Ok(out::line(document(event)?)?);
    }
    let of = |name: &str| attribute(event, name);
    let at = of("effectiveat").chars().take(19).collect::<String>();
    let stream = format!("{}@{}", of("stream"), of("revision"));
    let name = event.r#type.rsplit('.').next().unwrap_or_default();
    let actor = of("actor");
    let who = names.get(&actor).unwrap_or(&actor);
    let line = format!("{:>8}  {at:19}  {:28}  {stream}  {who}", of("position"), out::strong(name));
    Ok(out::line(line)?)
}

/// An attribute as text; empty where there is none.
fn attribute(event: &CloudEvent, name: &str) -> String {
    match event.attributes.get(name).and_then(|it| it.attr.as_ref()) {
        Some(Attr::CeString(it) | Attr::CeUri(it) | Attr::CeUriRef(it)) => it.clone(),
        Some(Attr::CeTimestamp(it)) => moment::shown(Some(it)),
        Some(Attr::CeInteger(it)) => it.to_string(),
        Some(Attr::CeBoolean(it)) => it.to_string(),
        Some(Attr::CeBytes(it)) => String::from_utf8_lossy(it).into_owned(),
        None => String::new(),
    }
}

/// The JSON format of CloudEvents, the data as it is stored.
fn document(event: &CloudEvent) -> Result<String, Failure> {
    let mut attributes = Map::new();
    for (name, value) in [
        ("specversion", &event.spec_version),
        ("id", &event.id),
        ("source", &event.source),
        ("type", &event.r#type),
    ] {
        attributes.insert(name.into(), json!(value));
    }
    let mut names: Vec<&String> = event.attributes.keys().collect();
    names.sort();
    for name in names {
        attributes.insert(name.clone(), json!(attribute(event, name)));
    }
    let data = match &event.data {
        Some(Data::BinaryData(bytes)) => std::str::from_utf8(bytes).unwrap_or("null"),
        Some(Data::TextData(text)) => text,
        Some(Data::ProtoData(_)) | None => "null",
    };
    let odd = |err: serde_json::Error| Failure::unavailable(format!("an event's data is no JSON: {err}"));
    let data = RawValue::from_string(data.to_owned()).map_err(odd)?;
    let head = Value::Object(attributes).to_string();
    Ok(format!("{},\"data\":{}}}", head.strip_suffix('}').unwrap_or(&head), data.get()))
}

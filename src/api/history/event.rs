//! A record as a CloudEvent: the stored bytes as they are, and what readers want to know without parsing them.
use super::super::proto as pb;
use super::super::proto::cloud_event::Data;
use super::super::proto::cloud_event::cloud_event_attribute_value::Attr;
use super::super::trace::moment;
use crate::codec::{Meta, decode_meta};
use crate::log::Record;
use std::collections::HashMap;

type Attributes = HashMap<String, pb::cloud_event::CloudEventAttributeValue>;

/// The record, with its data and metadata byte by byte. Metadata that this release cannot read is only there
/// as bytes: whoever audits a record wants to see it all the more.
pub(super) fn cloud_event(record: &Record) -> pb::CloudEvent {
    let (kind, id) = record.stream.split_once('-').unwrap_or(("", &record.stream));
    let mut attributes = HashMap::new();
    stored(&mut attributes, record);
    if let Ok(meta) = decode_meta(record) {
        known(&mut attributes, meta);
    }
    pb::CloudEvent {
        id: record.id.to_string(),
        source: format!("/pactline/{kind}/{id}"),
        spec_version: "1.0".into(),
        r#type: format!("pactline.{}", record.kind),
        attributes,
        data: Some(Data::BinaryData(record.data.clone())),
    }
}

fn stored(attributes: &mut Attributes, record: &Record) {
    let recorded_at = moment(record.recorded_at);
    set(attributes, "subject", Attr::CeString(format!("{}@{}", record.stream, record.revision)));
    set(attributes, "time", Attr::CeTimestamp(recorded_at));
    set(attributes, "datacontenttype", Attr::CeString("application/json".into()));
    set(attributes, "stream", Attr::CeString(record.stream.to_string()));
    set(attributes, "revision", Attr::CeString(record.revision.to_string()));
    set(attributes, "position", Attr::CeString(record.position.to_string()));
    set(attributes, "recordedat", Attr::CeTimestamp(recorded_at));
    set(attributes, "metadata", Attr::CeBytes(record.meta.clone()));
}

fn known(attributes: &mut Attributes, meta: Meta) {
    set(attributes, "commandid", Attr::CeString(meta.command_id.to_string()));
    set(attributes, "actor", Attr::CeString(meta.actor.into()));
    set(attributes, "effectiveat", Attr::CeTimestamp(moment(meta.effective_at)));
    let (symbol, locator, sha256) = match meta.source {
        Some(it) => (Some(it.symbol.into()), it.locator.map(String::from), it.sha256.map(String::from)),
        None => (None, None, None),
    };
    let optional = [
        ("onbehalfof", meta.on_behalf_of.map(|it| it.to_string())),
        ("correlationid", meta.correlation_id.map(|it| it.to_string())),
        ("causationid", meta.causation_id.map(|it| it.to_string())),
        ("sourcesymbol", symbol),
        ("sourcelocator", locator),
        ("sourcesha256", sha256),
    ];
    for (name, text) in optional {
        if let Some(text) = text {
            set(attributes, name, Attr::CeString(text));
        }
    }
}

fn set(attributes: &mut Attributes, name: &str, attr: Attr) {
    attributes.insert(name.into(), pb::cloud_event::CloudEventAttributeValue { attr: Some(attr) });
}

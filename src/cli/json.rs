//! Messages as JSON: fields by their names in the .proto files, enums as their names, moments as RFC 3339.
use super::failure::Failure;
use crate::api::proto::DESCRIPTORS;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, ReflectMessage, Value};
use serde_json::{Map, Value as Json, json};

/// A message as an object of its fields. Only what can be absent, and is, is left out: 0 and "" are answers.
pub(super) fn object(message: &DynamicMessage) -> Json {
    if message.descriptor().full_name() == "google.protobuf.Timestamp" {
        return moment(message);
    }
    let descriptor = message.descriptor();
    let there = descriptor.fields().filter(|it| !it.supports_presence() || message.has_field(it));
    let fields = there.map(|it| (it.name().to_owned(), value(&it, &message.get_field(&it))));
    Json::Object(fields.collect::<Map<_, _>>())
}

/// One of our messages, called `name` in the .proto files, as an object of its fields.
pub(super) fn of(name: &str, message: &impl Message) -> Result<Json, Failure> {
    let odd = || Failure::unavailable(format!("this program cannot show a {name} as JSON"));
    let pool = DescriptorPool::decode(DESCRIPTORS).map_err(|_| odd())?;
    let descriptor = pool.get_message_by_name(&format!("pactline.v1.{name}")).ok_or_else(odd)?;
    let message =
        DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice()).map_err(|_| odd())?;
    Ok(object(&message))
}

fn value(field: &FieldDescriptor, value: &Value) -> Json {
    match value {
        Value::List(items) => items.iter().map(|it| one(&field.kind(), it)).collect(),
        Value::Map(entries) => {
            let kind = match field.kind() {
                Kind::Message(entry) => entry.map_entry_value_field().kind(),
                other => other,
            };
            let entries = entries.iter().map(|(key, it)| (key_text(key), one(&kind, it)));
            Json::Object(entries.collect())
        }
        single => one(&field.kind(), single),
    }
}

fn one(kind: &Kind, value: &Value) -> Json {
    match value {
        Value::Bool(it) => json!(it),
        Value::I32(it) => json!(it),
        Value::I64(it) => json!(it),
        Value::U32(it) => json!(it),
        Value::U64(it) => json!(it),
        Value::F32(it) => json!(it),
        Value::F64(it) => json!(it),
        Value::String(it) => json!(it),
        Value::Bytes(it) => json!(String::from_utf8_lossy(it)),
        Value::EnumNumber(it) => {
            let name = kind.as_enum().and_then(|kind| kind.get_value(*it));
            name.map_or(json!(it), |name| json!(name.name()))
        }
        Value::Message(it) => object(it),
        Value::List(_) | Value::Map(_) => Json::Null,
    }
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(it) => it.to_string(),
        MapKey::I32(it) => it.to_string(),
        MapKey::I64(it) => it.to_string(),
        MapKey::U32(it) => it.to_string(),
        MapKey::U64(it) => it.to_string(),
        MapKey::String(it) => it.clone(),
    }
}

fn moment(message: &DynamicMessage) -> Json {
    let moment: Option<prost_types::Timestamp> = message.transcode_to().ok();
    json!(super::moment::shown(moment.as_ref()))
}

//! Calls by name: the descriptors say what a request can hold and what an answer holds.
use super::failure::Failure;
use super::place::Caller;
use crate::api::proto::DESCRIPTORS;
use prost::Message;
use prost::bytes::{Buf, BufMut, Bytes};
use prost_reflect::{DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, Value};
use std::str::FromStr;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::{Request, Status};

/// One rpc of the register.
pub(super) struct Rpc {
    path: PathAndQuery,
    input: prost_reflect::MessageDescriptor,
    output: prost_reflect::MessageDescriptor,
}

impl Rpc {
    /// The register's rpc called `name`.
    pub(super) fn register(name: &str) -> Result<Self, Failure> {
        let service = "pactline.v1.RegisterService";
        let unknown = || Failure::unavailable(format!("this program's descriptors have no {service}.{name}"));
        let pool = DescriptorPool::decode(DESCRIPTORS).map_err(|_| unknown())?;
        let register = pool.get_service_by_name(service).ok_or_else(unknown)?;
        let method = register.methods().find(|it| it.name() == name).ok_or_else(unknown)?;
        let path = PathAndQuery::from_str(&format!("/{service}/{name}")).map_err(|_| unknown())?;
        Ok(Self { path, input: method.input(), output: method.output() })
    }

    /// An empty request.
    pub(super) fn request(&self) -> DynamicMessage {
        DynamicMessage::new(self.input.clone())
    }

    /// Calls it.
    pub(super) async fn call(
        &self,
        caller: &Caller,
        request: &DynamicMessage,
    ) -> Result<DynamicMessage, Failure> {
        let mut grpc = Grpc::new(caller.clone());
        grpc.ready().await.map_err(|err| Failure::unavailable(format!("the server is gone: {err}")))?;
        let sent = Request::new(Bytes::from(request.encode_to_vec()));
        let answer = grpc.unary(sent, self.path.clone(), AsBytes).await?.into_inner();
        DynamicMessage::decode(self.output.clone(), answer)
            .map_err(|err| Failure::unavailable(format!("the answer cannot be read: {err}")))
    }
}

/// Sets a message field of `request` from a message of ours of the same type.
pub(super) fn put(request: &mut DynamicMessage, field: &str, message: &impl Message) -> Result<(), Failure> {
    let odd = || Failure::unavailable(format!("requests of this kind have no {field}"));
    let descriptor = request.descriptor_for(field).ok_or_else(odd)?;
    let Kind::Message(kind) = descriptor.kind() else { return Err(odd()) };
    let mut value = DynamicMessage::new(kind);
    value.transcode_from(message).map_err(|_| odd())?;
    request.try_set_field(&descriptor, Value::Message(value)).map_err(|_| odd())
}

/// Sets a plain field of `request` from text, as its type reads it.
pub(super) fn fill(request: &mut DynamicMessage, field: &str, text: &str) -> Result<(), Failure> {
    let descriptor = request.descriptor_for(field).filter(is_plain).ok_or_else(|| {
        Failure::usage(format!("nothing can be filtered by {field:?}"))
            .hint(format!("try one of {}", filters(request).join(", ")))
    })?;
    let value = read(&descriptor.kind(), text).map_err(|why| Failure::usage(why).about(field))?;
    request
        .try_set_field(&descriptor, value)
        .map_err(|err| Failure::usage(format!("cannot be set: {err}")).about(field))
}

/// The fields that one can filter by.
fn filters(request: &DynamicMessage) -> Vec<String> {
    let descriptor = prost_reflect::ReflectMessage::descriptor(request);
    let plain = descriptor.fields().filter(|it| is_plain(it) && it.name() != "order_by");
    plain.map(|it| it.name().to_owned()).collect()
}

fn is_plain(field: &FieldDescriptor) -> bool {
    !field.is_list() && matches!(field.kind(), Kind::String | Kind::Bool | Kind::Enum(_))
}

fn read(kind: &Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Bool => match text {
            "true" | "yes" => Ok(Value::Bool(true)),
            "false" | "no" => Ok(Value::Bool(false)),
            other => Err(format!("{other:?} is neither yes nor no")),
        },
        Kind::Enum(kind) => {
            let values = enum_words(kind);
            let wanted = text.replace(['-', ' '], "_").to_ascii_lowercase();
            let found = values.iter().find(|(word, _)| *word == wanted);
            found.map(|(_, number)| Value::EnumNumber(*number)).ok_or_else(|| {
                let words: Vec<&str> = values.iter().skip(1).map(|(word, _)| word.as_str()).collect();
                format!("{text:?} is none of {}", words.join(", "))
            })
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// An enum's values without what they all begin with: `approved`, not `PROJECT_STATUS_APPROVED`.
fn enum_words(kind: &EnumDescriptor) -> Vec<(String, i32)> {
    kind.values().map(|it| (enum_word(kind, it.name()), it.number())).collect()
}

/// One value's word.
pub(super) fn enum_word(kind: &EnumDescriptor, name: &str) -> String {
    let first = kind.default_value();
    let prefix = first.name().strip_suffix("UNSPECIFIED").unwrap_or_default();
    name.strip_prefix(prefix).unwrap_or(name).to_ascii_lowercase()
}

/// Finding a field of a message by name.
trait Fields {
    fn descriptor_for(&self, field: &str) -> Option<FieldDescriptor>;
}

impl Fields for DynamicMessage {
    fn descriptor_for(&self, field: &str) -> Option<FieldDescriptor> {
        prost_reflect::ReflectMessage::descriptor(self).get_field_by_name(field)
    }
}

/// Messages as their bytes: who calls knows what they are.
#[derive(Clone, Copy)]
struct AsBytes;

impl Codec for AsBytes {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length)))
    }
}

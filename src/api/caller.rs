//! Who calls.
use super::status;
use crate::domain::text::PersonId;
use tonic::metadata::{Ascii, MetadataMap, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

/// The header that says who calls, as an opaque person id. pactline records it and does not prove it: that is
/// for the gateway in front, which must set it and must not let callers set it.
pub const ACTOR: &str = "pactline-actor";

/// Who calls, or that the call does not say so.
pub fn actor(metadata: &MetadataMap) -> Result<PersonId, Status> {
    let missing = || {
        let message = format!("say who calls: set the header {ACTOR} to a person id such as person:4711");
        status::unauthenticated("ACTOR_MISSING", &message)
    };
    let header = metadata.get(ACTOR).ok_or_else(missing)?;
    let unreadable =
        |why: String| status::unauthenticated("ACTOR_UNREADABLE", &format!("the header {ACTOR} {why}"));
    let text = header.to_str().map_err(|_| unreadable("must be ASCII".into()))?;
    let actor: PersonId = text.parse().map_err(|err| unreadable(format!("{err}")))?;
    match actor.is_address() {
        // Events would carry it for ever, and nothing could erase it.
        true => Err(unreadable(
            "must be an opaque id such as person:4711, not a mail address: pactline people add says who it is".into(),
        )),
        false => Ok(actor),
    }
}

/// Has a client's calls say who makes them: `SomeServiceClient::with_interceptor(channel, CallingAs("svc:1".parse()?))`.
#[derive(Debug, Clone)]
pub struct CallingAs(pub MetadataValue<Ascii>);

impl Interceptor for CallingAs {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert(ACTOR, self.0.clone());
        Ok(request)
    }
}

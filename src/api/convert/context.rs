//! What every command carries besides what it asks.
use super::shared::source;
use super::{Ask, Asked, Form, Violations};
use crate::api::proto as pb;
use crate::audit::Under;
use crate::domain::Decider;
use crate::domain::text::PersonId;
use crate::engine::{CommandMeta, Effective};
use uuid::Uuid;

/// Whether a command is to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// It is.
    Record,
    /// The caller only wants to know what would be.
    Validate,
}

/// What must hold of its events before a command is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// They are on disk.
    Durable,
    /// They are under a signature.
    Until(Under),
}

/// A request for a command, read.
pub struct Call<D: Decider> {
    /// What is asked.
    pub ask: Ask<D>,
    /// For whom, under which id.
    pub meta: CommandMeta,
    /// Whether it is to be recorded.
    pub manner: Manner,
    /// What is waited for.
    pub wait: Wait,
}

/// What `request` asks, for whom, and in which manner; or everything that is wrong with it and its context.
/// `fresh` makes the command's id where the caller gives none.
pub fn read<R: Asked>(
    mut request: R,
    by: PersonId,
    fresh: impl FnOnce() -> Uuid,
) -> Result<Call<R::Decider>, Violations> {
    let context = request.take_context().unwrap_or_default();
    // An id that cannot be read is a violation below; until then any id will do.
    let command_id = match context.request_id.as_str() {
        "" => fresh(),
        given => Uuid::try_parse(given).unwrap_or_default(),
    };
    let mut form = Form::new(command_id);
    let manner = if context.validate_only { Manner::Validate } else { Manner::Record };
    let (wait, meta) =
        form.within("context", |form| (wait(form, context.wait_for), meta(form, context, command_id, by)));
    let ask = request.read(&mut form);
    form.done(ask.zip(meta).zip(wait)).map(|((ask, meta), wait)| Call { ask, meta, manner, wait })
}

/// What a caller wants to be waited for.
pub(in crate::api) fn wait(form: &mut Form, wait_for: i32) -> Option<Wait> {
    match pb::WaitFor::try_from(wait_for) {
        Ok(pb::WaitFor::Unspecified | pb::WaitFor::Durable) => Some(Wait::Durable),
        Ok(pb::WaitFor::Sealed) => Some(Wait::Until(Under::Signature)),
        Ok(pb::WaitFor::Witnessed) => Some(Wait::Until(Under::Quorum)),
        Err(_) => form.refuse("wait_for", "must be DURABLE, SEALED or WITNESSED"),
    }
}

fn meta(form: &mut Form, it: pb::CommandContext, command_id: Uuid, by: PersonId) -> Option<CommandMeta> {
    let stated = it.request_id.is_empty() || form.existing("request_id", it.request_id).is_some();
    let on_behalf_of = form.text_or_none("on_behalf_of", it.on_behalf_of);
    let effective_at = form.optional_moment("effective_at", it.effective_at);
    if effective_at.flatten().is_some() && it.source.is_none() {
        form.refuse::<()>("source", "must name the document that effective_at is taken from");
    }
    let source = form.optional_part("source", it.source, source);
    let correlation_id = optional_id(form, "correlation_id", it.correlation_id);
    let causation_id = optional_id(form, "causation_id", it.causation_id);
    if !stated {
        return None;
    }
    Some(CommandMeta {
        command_id,
        by,
        on_behalf_of: on_behalf_of?,
        effective: effective_at?.map_or(Effective::Now, Effective::At),
        not_before: None,
        source: source?,
        expected_revision: it.expected_revision,
        correlation_id: correlation_id?,
        causation_id: causation_id?,
        sealed: None,
    })
}

fn optional_id(form: &mut Form, field: &str, id: String) -> Option<Option<Uuid>> {
    if id.is_empty() { Some(None) } else { form.existing(field, id).map(Some) }
}

//! Requests about redactions.
use super::shared::reference;
use super::{Ask, Asked, Form};
use crate::api::proto as pb;
use crate::domain::redaction::{Command, Found, Redaction, redaction_id};

asked! {
    Redaction by redaction_id;
    DeclineRedaction = DeclineRedactionRequest { reason: text }
}

impl Asked for pb::RequestRedactionRequest {
    type Decider = Redaction;
    fn take_context(&mut self) -> Option<pb::CommandContext> {
        self.context.take()
    }
    fn read(self, form: &mut Form) -> Option<Ask<Redaction>> {
        let event = form.part("event", self.event, reference);
        let id = form.derived("redaction_id", self.redaction_id, event.as_ref().map(|it| redaction_id(it).0));
        let fields = form.texts("fields", self.fields);
        let (reason, basis) = (form.text("reason", self.reason), form.text("legal_basis", self.legal_basis));
        let (event, fields, reason, legal_basis) = (event?, fields?, reason?, basis?);
        Some(Ask { id: id?, command: Command::RequestRedaction { event, fields, reason, legal_basis } })
    }
}

/// What there is to be wiped is looked up in the log, not asked for.
impl Asked for pb::ApproveRedactionRequest {
    type Decider = Redaction;
    fn take_context(&mut self) -> Option<pb::CommandContext> {
        self.context.take()
    }
    fn read(self, form: &mut Form) -> Option<Ask<Redaction>> {
        let id = form.existing("redaction_id", self.redaction_id)?;
        Some(Ask { id, command: Command::ApproveRedaction { found: Found::default() } })
    }
}

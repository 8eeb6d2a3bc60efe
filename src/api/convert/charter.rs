//! Requests about charters.
use super::{Ask, Asked, Form};
use crate::api::proto as pb;
use crate::domain::charter::{Charter, Command, Law, charter_id, check_text};
use crate::domain::text::Digest;

/// The longest charter, in bytes.
pub(in crate::api) const TOML_MAX: usize = 1024 * 1024;

asked! {
    Charter by charter_id;
    RetireCharter = RetireCharterRequest { reason: text }
}

impl Asked for pb::PublishCharterRequest {
    type Decider = Charter;
    fn take_context(&mut self) -> Option<pb::CommandContext> {
        self.context.take()
    }
    fn read(self, form: &mut Form) -> Option<Ask<Charter>> {
        let law = law(form, &self.toml);
        let id = form.derived("charter_id", self.charter_id, law.as_ref().map(|it| charter_id(&it.name).0));
        let digest = Digest::of(self.toml.as_bytes());
        Some(Ask { id: id?, command: Command::PublishCharter { law: law?, digest } })
    }
}

/// Every fault of the text is a violation of its own, with its place.
fn law(form: &mut Form, toml: &str) -> Option<Law> {
    if toml.len() > TOML_MAX {
        return form.refuse("toml", format!("must have at most {TOML_MAX} bytes and has {}", toml.len()));
    }
    match check_text(toml) {
        Ok(law) => Some(law),
        Err(faults) => {
            faults.iter().for_each(|it| {
                form.refuse::<()>("toml", it);
            });
            None
        }
    }
}

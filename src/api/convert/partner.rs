//! Requests about partners.
use super::{Ask, Asked, Form};
use crate::api::proto as pb;
use crate::domain::partner::{Command, Partner, Party};

asked! {
    Partner by partner_id;
    RenamePartner = RenamePartnerRequest { name: text }
    WithdrawPartner = WithdrawPartnerRequest { reason: text }
    GrantRole = GrantRoleRequest { role: text }
    RevokeRole = RevokeRoleRequest { role: text }
    ProposeKey = ProposeKeyRequest { key: text, valid_from: moment, valid_until: moment }
    ConfirmKey = ConfirmKeyRequest { key_id: text }
    RevokeKey = RevokeKeyRequest { key_id: text, reason: text }
}

impl Asked for pb::AdmitPartnerRequest {
    type Decider = Partner;
    fn take_context(&mut self) -> Option<pb::CommandContext> {
        self.context.take()
    }
    fn read(self, form: &mut Form) -> Option<Ask<Partner>> {
        let party = form.part("party", self.party, party);
        let id = form.derived("partner_id", self.partner_id, party.as_ref().map(|it| it.id().0));
        let name = form.text("name", self.name);
        Some(Ask { id: id?, command: Command::AdmitPartner { party: party?, name: name? } })
    }
}

impl Asked for pb::GrantObserverStatusRequest {
    type Decider = Partner;
    fn take_context(&mut self) -> Option<pb::CommandContext> {
        self.context.take()
    }
    fn read(self, form: &mut Form) -> Option<Ask<Partner>> {
        let party = form.part("party", self.party, party);
        let id = form.derived("partner_id", self.partner_id, party.as_ref().map(|it| it.id().0));
        let name = form.text("name", self.name);
        Some(Ask { id: id?, command: Command::GrantObserverStatus { party: party?, name: name? } })
    }
}

fn party(form: &mut Form, it: pb::Party) -> Option<Party> {
    match it.party {
        Some(pb::party::Party::Country(code)) => form.text("country", code).map(Party::Country),
        Some(pb::party::Party::Organization(acronym)) => {
            form.text("organization", acronym).map(Party::Organization)
        }
        None => form.refuse("", "must be a country or an organization"),
    }
}

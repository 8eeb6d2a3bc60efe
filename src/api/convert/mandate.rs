//! Requests about mandates.
use super::shared::reference;
use super::{Ask, Asked, Form};
use crate::api::proto as pb;
use crate::domain::id::ProvisionId;
use crate::domain::mandate::{Command, Force, Instrument, Mandate, Relation, mandate_id};

asked! {
    Mandate by mandate_id;
    RecordTextVersion = RecordTextVersionRequest { version: text, digest: optional_text }
    DefineProvision = DefineProvisionRequest {
        provision <- provision_id: fresh(ProvisionId::of),
        version: text, locator: text, subject: text, force: choice(force),
    }
    LinkProvisions = LinkProvisionsRequest {
        provision <- provision_id: text, relation: choice(relation), to: part(reference),
    }
    SupersedeMandate = SupersedeMandateRequest { by: part(reference) }
    RetainCitation = RetainCitationRequest { citing: text, reason: text, decided_by: text }
}

impl Asked for pb::RecordMandateRequest {
    type Decider = Mandate;
    fn take_context(&mut self) -> Option<pb::CommandContext> {
        self.context.take()
    }
    fn read(self, form: &mut Form) -> Option<Ask<Mandate>> {
        let symbol = form.text("symbol", self.symbol);
        let id = form.derived("mandate_id", self.mandate_id, symbol.as_ref().map(|it| mandate_id(it).0));
        let title = form.text("title", self.title);
        let instrument = form.choice("instrument", self.instrument, instrument);
        let organ = form.optional_text("organ", self.organ);
        let adopted_on = form.text("adopted_on", self.adopted_on);
        let command = Command::RecordMandate {
            symbol: symbol?,
            title: title?,
            instrument: instrument?,
            organ: organ?,
            adopted_on: adopted_on?,
        };
        Some(Ask { id: id?, command })
    }
}

fn instrument(it: pb::Instrument) -> Option<Instrument> {
    match it {
        pb::Instrument::Unspecified => None,
        pb::Instrument::Convention => Some(Instrument::Convention),
        pb::Instrument::Declaration => Some(Instrument::Declaration),
        pb::Instrument::Statement => Some(Instrument::Statement),
        pb::Instrument::Resolution => Some(Instrument::Resolution),
        pb::Instrument::Decision => Some(Instrument::Decision),
        pb::Instrument::Agenda => Some(Instrument::Agenda),
    }
}

fn force(it: pb::Force) -> Option<Force> {
    match it {
        pb::Force::Unspecified => None,
        pb::Force::Operative => Some(Force::Operative),
        pb::Force::Preambular => Some(Force::Preambular),
    }
}

fn relation(it: pb::Relation) -> Option<Relation> {
    match it {
        pb::Relation::Unspecified => None,
        pb::Relation::Implements => Some(Relation::Implements),
        pb::Relation::Reaffirms => Some(Relation::Reaffirms),
        pb::Relation::AlignsWith => Some(Relation::AlignsWith),
    }
}

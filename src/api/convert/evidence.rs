//! Requests about evidence.
use super::shared::{period, quantity, source};
use super::{Ask, Asked, Form};
use crate::api::proto as pb;
use crate::domain::evidence::{Command, Evidence, Flow, Measure, evidence_id};

asked! {
    Evidence by evidence_id;
    WithdrawEvidence = WithdrawEvidenceRequest { reason: text }
}

impl Asked for pb::SubmitEvidenceRequest {
    type Decider = Evidence;
    fn take_context(&mut self) -> Option<pb::CommandContext> {
        self.context.take()
    }
    fn read(self, form: &mut Form) -> Option<Ask<Evidence>> {
        let digest = form.text("digest", self.digest);
        let id = form.derived("evidence_id", self.evidence_id, digest.as_ref().map(|it| evidence_id(it).0));
        let kind = form.text("kind", self.kind);
        let title = form.text("title", self.title);
        let source = form.part("source", self.source, source);
        let period = form.part("period", self.period, period);
        let places = form.texts("places", self.places);
        let measures = form.each("measures", self.measures, measure);
        let flow = form.optional_part("flow", self.flow, flow);
        let command = Command::SubmitEvidence {
            kind: kind?,
            title: title?,
            source: source?,
            digest: digest?,
            period: period?,
            places: places?,
            measures: measures?,
            flow: flow?,
        };
        Some(Ask { id: id?, command })
    }
}

fn measure(form: &mut Form, it: pb::Measure) -> Option<Measure> {
    let name = form.text("name", it.name);
    let quantity = form.part("quantity", it.quantity, quantity);
    Some(Measure { name: name?, quantity: quantity? })
}

fn flow(form: &mut Form, it: pb::Flow) -> Option<Flow> {
    let from = form.text("from_country", it.from_country);
    let to = form.text("to_country", it.to_country);
    let route = form.text("route", it.route);
    let substance = form.text("substance", it.substance);
    let quantity = form.part("quantity", it.quantity, quantity);
    Some(Flow { from: from?, to: to?, route: route?, substance: substance?, quantity: quantity? })
}

//! The instruments, the versions of their texts, and the provisions that are cited.
use super::facts::{Force, Kind, Mandate, Supersession};
use super::{Failed, Story, World, cast, event, label, then, together};
use crate::api::proto::*;
use crate::exchange::desk::{When, first_moment, source, wire};
use std::collections::BTreeMap;

/// What can be cited of the mandates, by the key of the file.
pub(super) struct Mandates {
    /// Stream id and MandateRecorded, by key such as `C88`.
    records: BTreeMap<String, (String, EventReference)>,
    /// ProvisionDefined, by key and locator, such as `C88 art. 12`.
    provisions: BTreeMap<String, EventReference>,
}

impl Mandates {
    pub(super) fn provision(&self, named: &str) -> Result<EventReference, Failed> {
        let missing =
            || Failed::format("examples/paris-pact", format!("{named} is not among the provisions"));
        self.provisions.get(named).cloned().ok_or_else(missing)
    }

    fn record(&self, key: &str) -> Result<&(String, EventReference), Failed> {
        let missing = || Failed::format("examples/paris-pact", format!("{key} is not among the mandates"));
        self.records.get(key).ok_or_else(missing)
    }
}

pub(super) async fn record(story: &Story<'_>) -> Result<Mandates, Failed> {
    let all = story.facts.mandates.mandates.iter().map(|it| one(story, it));
    let mut mandates = Mandates { records: BTreeMap::new(), provisions: BTreeMap::new() };
    for (key, record, provisions) in together(all).await? {
        mandates.records.insert(key, record);
        mandates.provisions.extend(provisions);
    }
    Ok(mandates)
}

type Named = (String, (String, EventReference), Vec<(String, EventReference)>);

async fn one(story: &Story<'_>, it: &Mandate) -> Result<Named, Failed> {
    let when = then(adopted(&it.adopted_on)?, &it.source);
    let label = label(&format!("mandate/{}", it.key));
    let request = RecordMandateRequest {
        symbol: it.symbol.clone(),
        title: it.title.clone(),
        instrument: instrument(it.kind).into(),
        organ: it.organ.clone(),
        adopted_on: it.adopted_on.clone(),
        ..RecordMandateRequest::default()
    };
    let recorded = story.desk.ask(cast::REGISTRAR, &label, &when, request).await?;
    let mandate_id = recorded.id.clone();
    let request = RecordTextVersionRequest {
        mandate_id: mandate_id.clone(),
        version: it.version.clone(),
        ..RecordTextVersionRequest::default()
    };
    story.desk.ask(cast::REGISTRAR, &format!("{label}/version"), &when, request).await?;
    let mut provisions = Vec::new();
    for provision in &it.provisions {
        let request = define(it, &mandate_id, provision);
        let label = format!("{label}/{}", provision.locator);
        let when = looked_up(it, provision.checked, &provision.locator)?;
        let defined = story.desk.ask(cast::REGISTRAR, &label, &when, request).await?;
        let named = format!("{} {}", it.key, provision.locator);
        provisions.push((named, event(&defined, "ProvisionDefined")?));
    }
    Ok((it.key.clone(), (mandate_id, event(&recorded, "MandateRecorded")?), provisions))
}

fn define(it: &Mandate, mandate_id: &str, provision: &super::facts::Provision) -> DefineProvisionRequest {
    DefineProvisionRequest {
        mandate_id: mandate_id.to_owned(),
        version: it.version.clone(),
        locator: provision.locator.clone(),
        subject: provision.about.clone(),
        force: force(provision.force).into(),
        ..DefineProvisionRequest::default()
    }
}

/// The provision's source says whether its locator was compared with the text.
fn looked_up(it: &Mandate, checked: bool, locator: &str) -> Result<When, Failed> {
    let how = if checked { locator.to_owned() } else { format!("{locator} (not compared with the text)") };
    Ok(When::Then(wire(adopted(&it.adopted_on)?), source(&it.source, Some(&how))))
}

/// Newer texts take the place of older ones.
pub(super) async fn supersede(world: &World<'_>) -> Result<(), Failed> {
    let all = world.facts().mandates.supersessions.iter().map(|it| superseded(world, it));
    together(all).await.map(|_| ())
}

async fn superseded(world: &World<'_>, it: &Supersession) -> Result<(), Failed> {
    let (older, _) = world.mandates.record(&it.older)?;
    let (_, newer) = world.mandates.record(&it.newer)?;
    let request = SupersedeMandateRequest {
        mandate_id: older.clone(),
        by: Some(newer.clone()),
        ..SupersedeMandateRequest::default()
    };
    let when = then(adopted(&it.since)?, &it.source);
    let label = label(&format!("supersession/{}", it.older));
    world.desk().ask(cast::REGISTRAR, &label, &when, request).await.map(|_| ())
}

/// The first moment of what is known of a date.
fn adopted(on: &str) -> Result<jiff::Timestamp, Failed> {
    let day = match on.len() {
        4 => format!("{on}-01-01"),
        7 => format!("{on}-01"),
        _ => on.to_owned(),
    };
    first_moment(&day).map_err(|err| Failed::format("examples/paris-pact/mandates.toml", err))
}

fn instrument(kind: Kind) -> Instrument {
    match kind {
        Kind::Convention => Instrument::Convention,
        Kind::Declaration => Instrument::Declaration,
        Kind::Statement => Instrument::Statement,
        Kind::Resolution => Instrument::Resolution,
        Kind::Agenda => Instrument::Agenda,
    }
}

fn force(force: Force) -> crate::api::proto::Force {
    match force {
        Force::Operative => crate::api::proto::Force::Operative,
        Force::Preambular => crate::api::proto::Force::Preambular,
    }
}

//! The list of priorities: what the policy group endorsed, ranked by the coordinator.
use super::decisions::Adopted;
use super::{Failed, World, cast, event, label, period, then, usd};
use crate::api::proto::*;
use crate::domain::id::PriorityId;
use std::collections::BTreeMap;

/// The PrioritySet of each recommendation, by its key.
pub(super) type Priorities = BTreeMap<String, EventReference>;

/// One list is one stream, so its priorities are set one after another, in the order of the file.
pub(super) async fn set(world: &World<'_>, adopted: &[Adopted<'_>]) -> Result<Priorities, Failed> {
    let facts = &world.facts().recommendations;
    let coordinator = world.partners.of("UNODC")?.admission.clone();
    let mut priorities = Priorities::new();
    for (rank, it) in (1..).zip(adopted) {
        let name = format!("priority/{}", it.facts.key);
        let request = SetPriorityRequest {
            priority_id: PriorityId::of(&super::key(&name)).to_string(),
            list: facts.list.clone(),
            charter: Some(world.charter.clone()),
            set_by: Some(coordinator.clone()),
            title: it.facts.title.clone(),
            adoption: Some(it.adoption.clone()),
            text: Some(it.text.clone()),
            scope: Some(scope(world, it)),
            rank,
            needs: needs(world, it),
            ..SetPriorityRequest::default()
        };
        let when = then(facts.set_at, &facts.source);
        let recorded = world.desk().ask(cast::COORDINATOR, &label(&name), &when, request).await?;
        priorities.insert(it.facts.key.clone(), event(&recorded, "PrioritySet")?);
    }
    Ok(priorities)
}

fn scope(world: &World<'_>, it: &Adopted<'_>) -> Scope {
    let facts = &world.facts().recommendations;
    Scope {
        pillar: it.facts.pillar.clone(),
        routes: it.facts.routes.clone(),
        countries: Vec::new(),
        period: Some(period(&facts.list_from, &facts.list_until)),
    }
}

/// What the projects that answer it require.
fn needs(world: &World<'_>, it: &Adopted<'_>) -> Option<Money> {
    let projects = world.facts().projects.projects.iter();
    let answering = projects.filter(|project| project.answers.as_ref() == Some(&it.facts.key));
    Some(answering.map(|it| it.required).sum::<i64>()).filter(|it| *it > 0).map(usd)
}

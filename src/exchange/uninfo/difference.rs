//! A row about a project that is there already: what it says anew is brought in, and nothing is turned back.
use super::ground::Ground;
use super::row::Row;
use super::{label, project, received, rejected, spent, usd};
use crate::api::proto::register_service_client::RegisterServiceClient;
use crate::api::proto::*;
use crate::exchange::desk::{Desk, Failed, When, is_new};
use crate::exchange::report::Came;

/// The row changed since it was imported. Ids of commands are of this content, so that bringing it in again
/// records nothing.
pub(super) async fn bring(desk: &Desk, ground: &Ground<'_>, row: &Row) -> Result<Came, Failed> {
    let known = get(desk, ground, row).await?;
    if let Some(reason) = unrevisable(&known, row) {
        return Ok(Came::Rejected(rejected(row, reason)));
    }
    let mut new = false;
    if let Some(budget) = changed_budget(&known, row) {
        let request = ReviseBudgetRequest {
            project_id: known.project_id.clone(),
            budget: Some(budget),
            reason: "the source states another amount".to_owned(),
            ..ReviseBudgetRequest::default()
        };
        new |= is_new(&desk.ask(ground.by, &label(row, "budget"), &When::Now, request).await?);
    }
    if elsewhere(&known, row) {
        let request = ReviseScopeRequest {
            project_id: known.project_id.clone(),
            countries: row.countries.clone(),
            period: Some(super::period(row)),
            sectors: known.sectors.clone(),
            reason: "the source states other countries or days".to_owned(),
            ..ReviseScopeRequest::default()
        };
        new |= is_new(&desk.ask(ground.by, &label(row, "scope"), &When::Now, request).await?);
    }
    let (available, out) = moved(&known, row);
    for recorded in [
        received(desk, ground, row, &When::Now, available).await?,
        spent(desk, ground, row, &When::Now, out).await?,
    ] {
        new |= recorded.is_some_and(|it| is_new(&it));
    }
    Ok(if new { Came::Recorded } else { Came::Unchanged })
}

/// The row was imported as it is, `last` being the last event it caused. Where the project has gone on since, and
/// says other things than the row now, the row is an old one: nothing is turned back to it.
pub(super) async fn since(
    desk: &Desk,
    ground: &Ground<'_>,
    row: &Row,
    last: Option<u64>,
) -> Result<Came, Failed> {
    let known = get(desk, ground, row).await?;
    let gone_on = known.entry.as_ref().map(|it| it.revision) > last;
    let differs = changed_budget(&known, row).is_some()
        || elsewhere(&known, row)
        || unrevisable(&known, row).is_some()
        || moved(&known, row) != (0, 0);
    if gone_on && differs {
        let reason = "this very row was imported before, and the project was changed since: what is on record \
                      is newer; change it there";
        return Ok(Came::Rejected(rejected(row, reason.to_owned())));
    }
    Ok(Came::Unchanged)
}

async fn get(desk: &Desk, ground: &Ground<'_>, row: &Row) -> Result<Project, Failed> {
    let what = || format!("reading the project of the row {}", row.external_id);
    let request = GetProjectRequest { query: Some(ground.query), project_id: project(row).to_string() };
    let answer = RegisterServiceClient::new(desk.channel()).get_project(request).await;
    let answer = answer.map_err(|status| Failed::Call { what: what(), status: Box::new(status) })?;
    answer.into_inner().project.ok_or_else(|| Failed::Answer { what: what(), lacks: "the project" })
}

/// What the row says anew and no command can write.
fn unrevisable(known: &Project, row: &Row) -> Option<String> {
    let stays = "which cannot be revised: propose a new project, or leave it as it was";
    if known.title != row.title {
        return Some(format!("the name changed from {:?}, {stays}", known.title));
    }
    if known.code != row.code {
        return Some(format!("the code changed from {:?}, {stays}", known.code.as_deref().unwrap_or("none")));
    }
    if known.summary != row.summary {
        return Some(format!("the description changed, {stays}"));
    }
    if row.money.required == 0 && known.budget.is_some() {
        return Some("nothing is required any more: cancel the project, a budget is never zero".to_owned());
    }
    None
}

fn changed_budget(known: &Project, row: &Row) -> Option<Money> {
    let budget = Some(row.money.required).filter(|it| *it > 0).map(usd)?;
    (known.budget.as_ref() != Some(&budget)).then_some(budget)
}

fn elsewhere(known: &Project, row: &Row) -> bool {
    let mut countries = known.countries.clone();
    countries.sort();
    countries != row.countries || known.period.as_ref() != Some(&super::period(row))
}

/// How much more, in whole dollars, is available and spent than what is on record; less is negative.
fn moved(known: &Project, row: &Row) -> (i64, i64) {
    let line = known.funding.iter().find(|it| it.currency == "USD").cloned().unwrap_or_default();
    let more = |units: i64, minor: i64| units.saturating_sub(minor / 100);
    (more(row.money.available, line.received_minor), more(row.money.spent, line.spent_minor))
}

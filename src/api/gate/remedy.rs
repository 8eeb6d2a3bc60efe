//! Who could bring about what a gate still asks for: the law says which role, the register who holds it.
use super::Ground;
use super::finished::{finished, now};
use crate::api::proto as pb;
use crate::api::query;
use crate::api::register::shown::number;
use crate::api::trace::moment;
use crate::domain::charter::{Requirement, RoleName};
use crate::domain::project::{Able, Bar, Finding, Sight, Somebody, able};
use crate::domain::text::Slug;
use crate::views::Views;
use crate::views::register::partner::Partner;
use crate::views::register::task::{Status as Stand, Task};
use crate::views::register::{Facets, List, Order, list};
use tonic::Status;

/// The most holders of one role that are listed.
const HOLDERS_MAX: usize = 1_000;

/// Who could do something about a finding that does not hold.
pub(super) async fn of(views: &Views, ground: &Ground, finding: &Finding) -> Result<pb::GateRemedy, Status> {
    let done = finished(&ground.tasks);
    let sight = Sight { facts: &ground.facts, tasks: &done, at: ground.at };
    let mut able = able(&ground.project, &finding.requirement, &sight);
    let task = waited_for(ground, &finding.requirement, able.role.as_ref());
    if let (Requirement::TaskDone { kind }, None) = (&finding.requirement, task) {
        able.how = format!("do another task of the kind {kind}, once it is opened: pactline worklist open");
    }
    let role = task.and_then(|it| it.role.parse().ok()).or(able.role.clone());
    let holders = match &role {
        Some(role) => holders(views, role).await?,
        None => Vec::new(),
    };
    let holders: Vec<pb::RoleHolder> = holders.iter().map(|it| holder(it, &able)).collect();
    let free = holders.iter().filter(|it| it.bar() == pb::Bar::Unspecified).count();
    Ok(pb::GateRemedy {
        role: role.map(String::from).unwrap_or_default(),
        more: number(able.more),
        able: number(free),
        anybody: able.anybody,
        how: able.how.clone(),
        holders,
        barred: able.barred.iter().filter_map(barred).collect(),
        only: able.only.into_iter().map(String::from).collect(),
        at: able.at.map(moment),
        task_id: task.map(|it| it.id.to_string()).unwrap_or_default(),
    })
}

/// The task about the project that the requirement waits for: still to be done, and rather in the role that the law
/// asks for than in another, which it may have been escalated to.
fn waited_for<'a>(
    ground: &'a Ground,
    requirement: &Requirement,
    role: Option<&RoleName>,
) -> Option<&'a Task> {
    let Requirement::TaskDone { kind } = requirement else { return None };
    let over = |it: &Task| matches!(it.status, Stand::Cancelled | Stand::Completed);
    let waits = |it: &&Task| it.kind == Slug::as_str(kind) && !over(it);
    let in_role = |it: &&Task| role.is_some_and(|role| it.role == role.as_str());
    let mut waiting = ground.tasks.iter().filter(waits);
    waiting.clone().find(in_role).or_else(|| waiting.next())
}

/// The members that hold a role, by name.
async fn holders(views: &Views, role: &RoleName) -> Result<Vec<Partner>, Status> {
    let ask = now(views, None).await?;
    let page = List { order: Order::Up(0), size: HOLDERS_MAX, after: None };
    let role = role.to_string();
    let holds = move |facets: &Facets| facets.has("role", &role) && facets.has("capacity", "member");
    let found = list::<Partner, _>(views, &ask, page, move |_| Ok(holds)).await;
    Ok(found.map_err(|err| query::unanswered(&err))?.found.entries)
}

fn holder(it: &Partner, able: &Able) -> pb::RoleHolder {
    let is = |who: &Somebody| matches!(who, Somebody::Partner(partner) if partner.0 == it.id);
    let bar = able.barred.iter().find(|(who, _)| is(who)).map(|(_, bar)| shown(*bar));
    let bar = bar.unwrap_or_default().into();
    pb::RoleHolder { partner_id: it.id.to_string(), name: it.name.clone(), bar }
}

fn barred((who, bar): &(Somebody, Bar)) -> Option<pb::BarredPerson> {
    match who {
        Somebody::Person(person) => {
            Some(pb::BarredPerson { person: person.to_string(), bar: shown(*bar).into() })
        }
        Somebody::Partner(_) => None,
    }
}

fn shown(bar: Bar) -> pb::Bar {
    match bar {
        Bar::Proposer => pb::Bar::Proposer,
        Bar::ProposingPartner => pb::Bar::ProposingPartner,
        Bar::Approved => pb::Bar::Approved,
        Bar::SpokeForAnother => pb::Bar::SpokeForAnother,
        Bar::Reporter => pb::Bar::Reporter,
    }
}

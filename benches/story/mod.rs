//! What happens to projects after they were proposed, for the measurements that need long histories.
use crate::history::{Fallible, History, project_id, text, usd};
use futures::future::try_join_all;
use pactline::domain::Date;
use pactline::domain::evidence::Quantity;
use pactline::domain::id::{IndicatorId, TransactionId};
use pactline::domain::project::{self, DonorAsked, Movement, Project};
use pactline::domain::scope::Period;
use pactline::domain::text::{Digest, Source};

/// How many events one project has: two of its proposal, eight of what follows.
const EVENTS_PER_PROJECT: u64 = 10;
/// How many projects are written at the same time.
const AT_ONCE: u64 = 500;

/// As many projects, with all that happens to them, as come to `events`.
pub(crate) async fn write(history: &History, events: u64) -> Fallible<()> {
    let projects = events / EVENTS_PER_PROJECT;
    history.proposals(0, projects).await?;
    for first in (0..projects).step_by(AT_ONCE as usize) {
        let block = first..projects.min(first + AT_ONCE);
        try_join_all(block.map(|n| carry_on(history, n))).await?;
    }
    Ok(())
}

async fn carry_on(history: &History, n: u64) -> Fallible<()> {
    for command in story(n)? {
        history.now::<Project>(project_id(n).0, command).await?;
    }
    Ok(())
}

fn movement(key: &str) -> Fallible<Movement> {
    let (transaction, amount) = (TransactionId::of(key), usd(12_345)?);
    Ok(Movement { transaction, amount, value_date: Date::constant(2024, 6, 1), origin: None })
}

fn donor() -> Fallible<DonorAsked> {
    Ok(DonorAsked { name: text("Norway")?, partner: None })
}

/// What happens to the `n`th project after it was proposed: eight events.
pub(crate) fn story(n: u64) -> Fallible<Vec<project::Command>> {
    use project::Command::*;
    let key = |what: &str| format!("{n}/{what}");
    let (pledge, commitment) = (TransactionId::of(&key("pledge")), TransactionId::of(&key("commitment")));
    let concept = Source {
        symbol: text(format!("CN/{n}"))?,
        locator: None,
        sha256: Some(Digest::of(&n.to_be_bytes())),
    };
    Ok(vec![
        AttachDocument { kind: text("concept-note")?, document: concept },
        DefineIndicator {
            indicator: IndicatorId::of(&key("indicator")),
            title: text("Joint operations in a year")?,
            baseline: Quantity { thousandths: 0, unit: text("operations")? },
            provision: None,
        },
        SetTarget {
            indicator: IndicatorId::of(&key("indicator")),
            period: Period::new(Date::constant(2024, 1, 1), Date::constant(2024, 12, 31))?,
            value: Quantity { thousandths: 12_000, unit: text("operations")? },
        },
        PledgeFunds { donor: donor()?, movement: movement(&key("pledge"))? },
        CommitFunds { donor: donor()?, pledge: Some(pledge), movement: movement(&key("commitment"))? },
        ReceiveFunds { donor: donor()?, commitment: Some(commitment), movement: movement(&key("receipt"))? },
        DisburseFunds { to: text("UNODC")?, movement: movement(&key("disbursement"))? },
        RecordExpenditure { purpose: text("Vehicles and radios")?, movement: movement(&key("expense"))? },
    ])
}

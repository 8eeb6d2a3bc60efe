//! Interventions of the UN Cooperation Framework system (UNINFO), one JSON object a line, as projects.
//!
//! A row becomes a project whose history begins on the intervention's first day, proposed with what is required as
//! its budget; what is available as money received, and what is spent as expenditure. UNINFO says neither who
//! gave nor when, so the donor is recorded as not stated and the first day counts as the day of the money.
//!
//! Importing is idempotent on (source, id, content): the ids of the commands are derived from the bytes of the
//! row. A row whose content changed since is brought in as revisions and further movements; what no command can
//! revise, such as a title, is rejected.
mod difference;
mod ground;
mod row;

use super::desk::{Desk, Failed, When, is_new, source};
use super::report::{Came, Line, Rejected, Report, sums};
use crate::api::proto::*;
use crate::domain::Timestamp;
use crate::domain::id::ProjectId;
use futures::StreamExt;
use ground::Ground;
use row::Row;
use std::collections::BTreeMap;
use std::path::Path;
use tonic::transport::Channel;

/// Whose data it is.
pub const SOURCE: &str = "uninfo";
/// Who gave, where the file does not say.
const DONOR: &str = "not stated by the source";
const IN_FLIGHT_MAX: usize = 64;

/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The file.
    pub path: &'a Path,
    /// The name of the charter that the projects are put under.
    pub charter: &'a str,
    /// Who imports: an opaque id.
    pub by: &'a str,
    /// No project begins after this.
    pub now: Timestamp,
    /// Where the rejected rows go, one JSON object a line.
    pub rejected_to: Option<&'a Path>,
}

/// Imports a file. Rows that are refused are counted and said why; only a file that cannot be read or a server
/// that cannot be reached is an error. `progress` is told how many rows are done, of how many.
pub async fn import(
    channel: Channel,
    asked: Asked<'_>,
    progress: impl Fn(u64, u64),
) -> Result<Report, Failed> {
    let desk = Desk::new(channel);
    let shown = asked.path.display().to_string();
    let bytes = std::fs::read(asked.path).map_err(|err| Failed::File { path: shown.clone(), err })?;
    let (rows, unmapped) = rows(&bytes);
    let mut report = Report { read: (rows.len() + unmapped.len()) as u64, ..Report::default() };
    report.rejected = unmapped;
    (report.totals, report.partner_countries) = (Some(Default::default()), Some(Default::default()));
    if !rows.is_empty() {
        bring_all(&desk, &asked, &rows, &mut report, progress).await?;
    }
    report.rejected.sort_by_key(|it| it.line);
    if let Some(path) = asked.rejected_to {
        report.write_rejected(path)?;
    }
    Ok(report)
}

async fn bring_all(
    desk: &Desk,
    asked: &Asked<'_>,
    rows: &[Row],
    report: &mut Report,
    progress: impl Fn(u64, u64),
) -> Result<(), Failed> {
    let ground = &Ground::read(desk, asked).await?;
    let coming = rows.iter().map(|row| async move { (row, bring(desk, ground, row).await) });
    let mut coming = futures::stream::iter(coming).buffer_unordered(IN_FLIGHT_MAX);
    let (mut mapped, mut done) = (Vec::new(), report.rejected.len() as u64);
    progress(done, report.read);
    while let Some((row, came)) = coming.next().await {
        let came = came?;
        if !matches!(came, Came::Rejected(_)) {
            mapped.push(row);
        }
        report.count(came);
        done += 1;
        progress(done, report.read);
    }
    let lines = mapped.iter().map(|row| Line { countries: &row.countries, money: row.money });
    let (totals, inside) = sums(lines, &ground.partners);
    (report.totals, report.partner_countries) = (Some(totals), Some(inside));
    Ok(())
}

/// The rows that can be mapped, and those that cannot. An id counts once: a second row of the same id would be
/// a second truth about the same intervention.
fn rows(bytes: &[u8]) -> (Vec<Row>, Vec<Rejected>) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for (line, bytes) in (1..).zip(bytes.split(|it| *it == b'\n')) {
        let bytes = bytes.trim_ascii();
        if bytes.is_empty() {
            continue;
        }
        match row::read(line, bytes) {
            Err((external_id, reason)) => rejected.push(Rejected { line, external_id, reason }),
            Ok(row) => match seen.get(&row.external_id) {
                Some(before) => {
                    let reason = format!("the id {} is in line {before} already", row.external_id);
                    rejected.push(Rejected { line, external_id: Some(row.external_id), reason });
                }
                None => {
                    seen.insert(row.external_id.clone(), line);
                    rows.push(row);
                }
            },
        }
    }
    (rows, rejected)
}

/// Brings one row in. What the rules refuse is a rejected row.
async fn bring(desk: &Desk, ground: &Ground<'_>, row: &Row) -> Result<Came, Failed> {
    match first(desk, ground, row).await {
        Err(refused) if refused.is_refusal() => Ok(Came::Rejected(rejected(row, refused.to_string()))),
        came => came,
    }
}

async fn first(desk: &Desk, ground: &Ground<'_>, row: &Row) -> Result<Came, Failed> {
    let when = ground.when(row);
    let proposed = desk.ask(ground.by, &label(row, "propose"), &when, proposal(ground, row)).await;
    let proposed = match proposed {
        Err(refused) if refused.is_there() => {
            return difference::bring(desk, ground, row).await;
        }
        proposed => proposed?,
    };
    let (mut new, mut last) = (is_new(&proposed), proposed.revision);
    // An import that was cut short is finished now: the project may have gone on past its first day.
    let when = if new { when } else { When::Now };
    let moved = [
        received(desk, ground, row, &when, row.money.available).await?,
        spent(desk, ground, row, &when, row.money.spent).await?,
    ];
    for recorded in moved.into_iter().flatten() {
        new |= is_new(&recorded);
        last = last.max(recorded.revision);
    }
    if new { Ok(Came::Recorded) } else { difference::since(desk, ground, row, last).await }
}

fn proposal(ground: &Ground<'_>, row: &Row) -> ProposeProjectRequest {
    ProposeProjectRequest {
        project_id: project(row).to_string(),
        code: row.code.clone(),
        title: row.title.clone(),
        summary: row.summary.clone(),
        charter: Some(ground.charter.clone()),
        countries: row.countries.clone(),
        period: Some(period(row)),
        budget: Some(row.money.required).filter(|it| *it > 0).map(usd),
        origin: Some(origin(row)),
        ..ProposeProjectRequest::default()
    }
}

/// Money that came in: `units` whole dollars; negative where the file took some back.
async fn received(
    desk: &Desk,
    ground: &Ground<'_>,
    row: &Row,
    when: &When,
    units: i64,
) -> Result<Option<Recorded>, Failed> {
    let Some(label) = (units != 0).then(|| label(row, "receive")) else {
        return Ok(None);
    };
    let request = ReceiveFundsRequest {
        project_id: project(row).to_string(),
        donor: Some(Donor { name: DONOR.to_owned(), partner: None }),
        movement: Some(movement(row, &label, units)),
        ..ReceiveFundsRequest::default()
    };
    desk.ask(ground.by, &label, when, request).await.map(Some)
}

/// Money that was spent, as [`received`].
async fn spent(
    desk: &Desk,
    ground: &Ground<'_>,
    row: &Row,
    when: &When,
    units: i64,
) -> Result<Option<Recorded>, Failed> {
    let Some(label) = (units != 0).then(|| label(row, "spend")) else {
        return Ok(None);
    };
    let request = RecordExpenditureRequest {
        project_id: project(row).to_string(),
        purpose: "expenditure as reported to UNINFO".to_owned(),
        movement: Some(movement(row, &label, units)),
        ..RecordExpenditureRequest::default()
    };
    desk.ask(ground.by, &label, when, request).await.map(Some)
}

fn movement(row: &Row, label: &str, units: i64) -> Movement {
    Movement {
        transaction_id: super::desk::id(label).to_string(),
        amount: Some(usd(units)),
        value_date: row.period.from().to_string(),
        origin: Some(origin(row)),
    }
}

fn label(row: &Row, what: &str) -> String {
    format!("{SOURCE}/{}/{}/{what}", row.external_id, row.digest)
}

fn project(row: &Row) -> ProjectId {
    ProjectId::of(&format!("{SOURCE}/{}", row.external_id))
}

fn origin(row: &Row) -> Origin {
    Origin { source: SOURCE.to_owned(), external_id: row.external_id.clone() }
}

fn period(row: &Row) -> crate::api::proto::Period {
    crate::api::proto::Period { from: row.period.from().to_string(), until: row.period.until().to_string() }
}

/// Whole dollars; the row was checked for what does not fit.
fn usd(units: i64) -> Money {
    Money { currency: "USD".to_owned(), minor: units.saturating_mul(100) }
}

fn rejected(row: &Row, reason: String) -> Rejected {
    Rejected { line: row.line, external_id: Some(row.external_id.clone()), reason }
}

fn document(row: &Row) -> Source {
    Source {
        sha256: Some(row.digest.to_string()),
        ..source("UNINFO", Some(&format!("id {}", row.external_id)))
    }
}

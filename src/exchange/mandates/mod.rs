//! The mandates that a programme budget cites, as CSV: one row a citation, one record a mandate.
//!
//! The header is `subprogramme,organ,symbol_as_cited,canonical,title,url,source`. A mandate that several
//! subprogrammes cite is recorded once, by its first row; the others count as unchanged. So does a mandate that
//! was on record before, whoever recorded it.
mod adopted;
mod row;

use super::desk::{Desk, Failed, When, is_new};
use super::report::{Came, Rejected, Report};
use crate::domain::id::MandateId;
use futures::StreamExt;
use row::Row;
use std::collections::BTreeMap;
use std::path::Path;
use tonic::transport::Channel;

const IN_FLIGHT_MAX: usize = 64;

/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The file.
    pub path: &'a Path,
    /// Who imports: an opaque id.
    pub by: &'a str,
    /// Where the rejected rows go, one JSON object a line.
    pub rejected_to: Option<&'a Path>,
}

/// Imports a file. Rows that are refused are counted and said why. `progress` is told how many rows are done, of
/// how many.
pub async fn import(
    channel: Channel,
    asked: Asked<'_>,
    progress: impl Fn(u64, u64),
) -> Result<Report, Failed> {
    let desk = Desk::new(channel);
    let (rows, unmapped) = read(asked.path)?;
    let mut report = Report { read: (rows.len() + unmapped.len()) as u64, ..Report::default() };
    report.rejected = unmapped;
    let mut by_symbol: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    rows.iter().for_each(|it| by_symbol.entry(&it.symbol).or_default().push(it));
    let coming = by_symbol.into_values().map(|rows| async { bring(&desk, asked.by, rows).await });
    let mut coming = futures::stream::iter(coming).buffer_unordered(IN_FLIGHT_MAX);
    let mut done = report.rejected.len() as u64;
    progress(done, report.read);
    while let Some(came) = coming.next().await {
        for came in came? {
            report.count(came);
            done += 1;
        }
        progress(done, report.read);
    }
    report.rejected.sort_by_key(|it| it.line);
    if let Some(path) = asked.rejected_to {
        report.write_rejected(path)?;
    }
    Ok(report)
}

/// The rows that can be mapped, and those that cannot.
fn read(path: &Path) -> Result<(Vec<Row>, Vec<Rejected>), Failed> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|err| Failed::File { path: shown.clone(), err })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader.byte_headers().map_err(|err| Failed::format(&shown, err))?.clone();
    if !header.is_empty() && header.iter().ne(row::HEADER.iter().map(|it| it.as_bytes())) {
        return Err(Failed::format(&shown, format!("the header must be {}", row::HEADER.join(","))));
    }
    let (mut rows, mut rejected) = (Vec::new(), Vec::new());
    for record in reader.byte_records() {
        let record = record.map_err(|err| Failed::format(&shown, err))?;
        let line = record.position().map_or(0, |it| it.line());
        match row::read(line, &record) {
            Ok(row) => rows.push(row),
            Err((external_id, reason)) => rejected.push(Rejected { line, external_id, reason }),
        }
    }
    Ok((rows, rejected))
}

/// Brings in one mandate, which all of `rows` cite.
async fn bring(desk: &Desk, by: &str, rows: Vec<&Row>) -> Result<Vec<Came>, Failed> {
    let Some(first) = rows.first() else {
        return Ok(Vec::new());
    };
    let label = format!("mandates/{}", MandateId::of(&first.symbol));
    let when = When::Then(first.effective_at, first.document.clone());
    let recorded = match desk.ask(by, &label, &when, first.request()).await {
        Ok(recorded) => is_new(&recorded),
        Err(there) if there.is_there() => false,
        Err(refused) if refused.is_refusal() => return Ok(all_rejected(&rows, &refused.to_string())),
        Err(broken) => return Err(broken),
    };
    let of = |n: usize| if recorded && n == 0 { Came::Recorded } else { Came::Unchanged };
    Ok((0..rows.len()).map(of).collect())
}

fn all_rejected(rows: &[&Row], reason: &str) -> Vec<Came> {
    let rejected = |row: &&Row| {
        let (external_id, reason) = (Some(row.symbol.clone()), reason.to_owned());
        Came::Rejected(Rejected { line: row.line, external_id, reason })
    };
    rows.iter().map(rejected).collect()
}

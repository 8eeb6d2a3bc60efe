//! `pactline import uninfo|mandates`: rows of a file become commands; those that are refused are counted and kept.
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::place::Place;
use crate::clock::Clock;
use crate::exchange::{Failed, PartnerCountries, Report, Totals, mandates, uninfo};
use clap::Args;
use indicatif::ProgressBar;
use std::io;
use std::path::PathBuf;

/// How many refused rows are shown; the file of them has all.
const SHOWN_MAX: usize = 10;

/// The file of interventions.
#[derive(Debug, Args)]
pub(crate) struct Uninfo {
    /// The file
    file: PathBuf,
    /// The charter that the projects are put under
    #[arg(long, default_value = "paris-pact", value_name = "NAME")]
    charter: String,
    /// Write the rows that are refused to this file, a JSON object a line
    #[arg(long, value_name = "FILE")]
    rejected_to: Option<PathBuf>,
}

/// The list of mandates.
#[derive(Debug, Args)]
pub(crate) struct Mandates {
    /// The file
    file: PathBuf,
    /// Write the rows that are refused to this file, a JSON object a line
    #[arg(long, value_name = "FILE")]
    rejected_to: Option<PathBuf>,
}

impl Uninfo {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect_or_begin().await?;
        let asked = uninfo::Asked {
            path: &self.file,
            charter: &self.charter,
            by: &place.actor,
            now: Clock::system().now(),
            rejected_to: self.rejected_to.as_deref(),
        };
        let bar = out::progress(0, "importing");
        let imported = uninfo::import(connection.plain.clone(), asked, counting(&bar)).await;
        connection.close().await?;
        finish(&bar, imported, place)
    }
}

impl Mandates {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = place.connect_or_begin().await?;
        let rejected_to = self.rejected_to.as_deref();
        let asked = mandates::Asked { path: &self.file, by: &place.actor, rejected_to };
        let bar = out::progress(0, "importing");
        let imported = mandates::import(connection.plain.clone(), asked, counting(&bar)).await;
        connection.close().await?;
        finish(&bar, imported, place)
    }
}

fn counting(bar: &ProgressBar) -> impl Fn(u64, u64) {
    let bar = bar.clone();
    move |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    }
}

/// Says what came of it; refused rows are an answer of no.
fn finish(bar: &ProgressBar, imported: Result<Report, Failed>, place: &Place) -> Result<(), Failure> {
    bar.finish_and_clear();
    let report = imported?;
    match place.json {
        true => out::line(serde_json::to_string(&report).map_err(io::Error::from)?)?,
        false => print(&report)?,
    }
    match report.rejected.len() {
        0 => Ok(()),
        refused => Err(Failure::no(format!("{refused} of {} rows were refused", report.read))
            .hint("--rejected-to FILE keeps them with their reasons; mend them and import again")),
    }
}

fn print(report: &Report) -> io::Result<()> {
    let Report { read, recorded, unchanged, rejected, totals, partner_countries } = report;
    out::line(format_args!(
        "{read} rows: {recorded} recorded, {unchanged} unchanged, {} refused",
        rejected.len()
    ))?;
    for it in rejected.iter().take(SHOWN_MAX) {
        let id = it.external_id.as_deref().unwrap_or("-");
        out::line(format_args!("  line {} ({id}): {}", it.line, it.reason))?;
    }
    if let Some(Totals { required, available, spent }) = totals {
        out::line(format_args!("required USD {required}, available USD {available}, spent USD {spent}"))?;
    }
    match partner_countries {
        Some(it) => print_partners(it),
        None => Ok(()),
    }
}

fn print_partners(it: &PartnerCountries) -> io::Result<()> {
    out::line(format_args!("in {} partner countries: {} projects", it.countries, it.projects))?;
    out::line(format_args!(
        "  required USD {}, available USD {}, spent USD {}",
        it.required, it.available, it.spent
    ))?;
    out::line(format_args!(
        "  {} with nothing available ({} of them need money), {} with less than required",
        it.nothing_available, it.nothing_available_needing_money, it.underfunded
    ))
}

//! What came of an import: every row counted once, as recorded, unchanged or rejected.
use super::desk::Failed;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::Path;

/// What came of an import. `recorded + unchanged + rejected` is `read`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows in the file; blank lines are none.
    pub read: u64,
    /// Rows that caused events.
    pub recorded: u64,
    /// Rows whose content was on record already.
    pub unchanged: u64,
    /// Rows that are not on record, each with its reason. As JSON only their number: they go to a file of their own.
    #[serde(serialize_with = "how_many")]
    pub rejected: Vec<Rejected>,
    /// Sums over the rows that were not rejected; for money only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
    /// The same over those in countries that are partners; for money only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner_countries: Option<PartnerCountries>,
}

impl Report {
    /// Counts a row.
    pub(super) fn count(&mut self, came: Came) {
        match came {
            Came::Recorded => self.recorded += 1,
            Came::Unchanged => self.unchanged += 1,
            Came::Rejected(rejected) => self.rejected.push(rejected),
        }
    }

    /// Writes the rejected rows to `path`, one JSON object a line, in the order of the file.
    pub(super) fn write_rejected(&mut self, path: &Path) -> Result<(), Failed> {
        self.rejected.sort_by_key(|it| it.line);
        let lines: Result<Vec<String>, _> = self.rejected.iter().map(serde_json::to_string).collect();
        let shown = path.display().to_string();
        let mut text = lines.map_err(|err| Failed::format(&shown, err))?.join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        std::fs::write(path, text).map_err(|err| Failed::File { path: shown, err })
    }
}

/// What came of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Came {
    /// It caused events.
    Recorded,
    /// It was there.
    Unchanged,
    /// It was refused.
    Rejected(Rejected),
}

fn how_many<S: serde::Serializer>(rejected: &[Rejected], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(rejected.len() as u64)
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Its line in the file, from one.
    pub line: u64,
    /// Its id in the file, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Why, and what to do.
    pub reason: String,
}

/// Sums in whole US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Needed.
    pub required: i64,
    /// There.
    pub available: i64,
    /// Spent.
    pub spent: i64,
}

/// Sums over the rows that name a country that is a partner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PartnerCountries {
    /// How many rows.
    pub projects: u64,
    /// In how many partner countries.
    pub countries: u64,
    /// Needed, in whole US dollars.
    pub required: i64,
    /// There, in whole US dollars.
    pub available: i64,
    /// Spent, in whole US dollars.
    pub spent: i64,
    /// Rows with nothing available.
    pub nothing_available: u64,
    /// Those of them that need money.
    pub nothing_available_needing_money: u64,
    /// Rows with less available than required.
    pub underfunded: u64,
}

/// The money of one row, in whole US dollars, and where it is.
pub(super) struct Line<'a> {
    pub(super) countries: &'a [String],
    pub(super) money: Totals,
}

/// Adds up `lines`. `partners` are the alpha-3 codes of the countries that are partners.
pub(super) fn sums<'a>(
    lines: impl Iterator<Item = Line<'a>>,
    partners: &BTreeSet<String>,
) -> (Totals, PartnerCountries) {
    let (mut all, mut inside, mut countries) =
        (Totals::default(), PartnerCountries::default(), BTreeSet::new());
    for Line { countries: named, money } in lines {
        let Totals { required, available, spent } = money;
        all.required = all.required.saturating_add(required);
        all.available = all.available.saturating_add(available);
        all.spent = all.spent.saturating_add(spent);
        let known: Vec<&String> = named.iter().filter(|it| partners.contains(*it)).collect();
        if known.is_empty() {
            continue;
        }
        countries.extend(known);
        inside.projects += 1;
        inside.required = inside.required.saturating_add(required);
        inside.available = inside.available.saturating_add(available);
        inside.spent = inside.spent.saturating_add(spent);
        inside.nothing_available += u64::from(available == 0);
        inside.nothing_available_needing_money += u64::from(available == 0 && required > 0);
        inside.underfunded += u64::from(available < required);
    }
    inside.countries = countries.len() as u64;
    (all, inside)
}

//! One row of a UNINFO file, read strictly: what is not understood is not guessed.
use crate::domain::Date;
use crate::domain::money::Currency;
use crate::domain::money::Money;
use crate::domain::scope::Country;
use crate::domain::scope::Period;
use crate::domain::text::Digest;
use crate::exchange::report::Totals;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::str::FromStr;

/// A row that can be mapped.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Its line in the file, from one.
    pub(super) line: u64,
    /// Its id in UNINFO.
    pub(super) external_id: String,
    /// SHA-256 of its bytes.
    pub(super) digest: Digest,
    pub(super) code: Option<String>,
    pub(super) title: String,
    pub(super) summary: Option<String>,
    /// As alpha-3 codes, sorted, each once.
    pub(super) countries: Vec<String>,
    pub(super) period: Period,
    /// In whole US dollars.
    pub(super) money: Totals,
}

/// Why a row cannot be mapped, and its id if it could be read.
pub(super) type Unmapped = (Option<String>, String);

pub(super) fn read(line: u64, bytes: &[u8]) -> Result<Row, Unmapped> {
    let text = std::str::from_utf8(bytes).map_err(|err| {
        let at = err.valid_up_to() + 1;
        (None, format!("the line is not UTF-8 at byte {at}: save the file as UTF-8"))
    })?;
    let value: Value = serde_json::from_str(text).map_err(|err| (None, format!("not JSON: {err}")))?;
    let Value::Object(mut fields) = value else {
        return Err((None, "not a JSON object: write one object a line".to_owned()));
    };
    let id: u64 = field(&mut fields, "id").map_err(|why| (None, why))?;
    let external_id = id.to_string();
    mapped(line, external_id.clone(), Digest::of(bytes), fields).map_err(|why| (Some(external_id), why))
}

fn mapped(
    line: u64,
    external_id: String,
    digest: Digest,
    mut fields: Map<String, Value>,
) -> Result<Row, String> {
    let it = &mut fields;
    let countries: Vec<String> = field(it, "countries")?;
    let (start, end): (String, String) = (field(it, "start")?, field(it, "end")?);
    let money = Totals {
        required: amount(it, "required")?,
        available: amount(it, "available")?,
        spent: amount(it, "spent")?,
    };
    let (title, code): (String, Option<String>) = (field(it, "name")?, field(it, "code")?);
    let (description, outcome): (Option<String>, Option<String>) =
        (field(it, "description")?, field(it, "outcome")?);
    for unused in ["workspace_id", "workspace", "agency", "sdg"] {
        field::<Value>(it, unused)?;
    }
    if let Some(unknown) = fields.keys().next() {
        return Err(format!("the field {unknown:?} is not known: nothing is dropped unread"));
    }
    let period = Period::new(date("start", &start)?, date("end", &end)?)
        .map_err(|why| format!("start {start}, end {end}: {why}"))?;
    let summary = said(description).or_else(|| said(outcome));
    let countries = known(&countries)?;
    let title = title.trim().to_owned();
    Ok(Row { line, external_id, digest, code: said(code), title, summary, countries, period, money })
}

fn field<T: DeserializeOwned>(fields: &mut Map<String, Value>, name: &str) -> Result<T, String> {
    let value = fields.remove(name).ok_or_else(|| format!("the field {name:?} is missing"))?;
    serde_json::from_value(value).map_err(|err| format!("{name}: {err}"))
}

/// Whole US dollars: zero or more, and not absurd.
fn amount(fields: &mut Map<String, Value>, name: &str) -> Result<i64, String> {
    let units: i64 = field(fields, name)?;
    let usd = Currency::from_str("USD").map_err(|err| err.to_string())?;
    match Money::whole(usd, units) {
        Ok(_) => Ok(units),
        Err(why) => Err(format!("{name} {units}: {why}")),
    }
}

fn date(name: &str, text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("{name} {text:?} is not a date such as 2023-07-01"))
}

fn known(codes: &[String]) -> Result<Vec<String>, String> {
    let parsed = codes.iter().map(|it| it.parse::<Country>());
    let countries: Result<std::collections::BTreeSet<Country>, _> = parsed.collect();
    let countries = countries.map_err(|err| format!("countries: {err}"))?;
    Ok(countries.iter().map(|it| it.code().to_owned()).collect())
}

/// The text, where there is one.
fn said(text: Option<String>) -> Option<String> {
    text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}

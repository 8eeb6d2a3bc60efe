//! One citation: by whom, of what.
use super::adopted;
use crate::api::proto::*;
use crate::exchange::desk::{first_moment, source, wire};
use csv::ByteRecord;

/// The columns, in this order.
pub(super) const HEADER: [&str; 7] =
    ["subprogramme", "organ", "symbol_as_cited", "canonical", "title", "url", "source"];
/// The longest symbol, in characters.
const SYMBOL_MAX: usize = 120;

/// A row that can be mapped.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) line: u64,
    /// The instrument's symbol; one without goes by its title.
    pub(super) symbol: String,
    pub(super) effective_at: prost_types::Timestamp,
    pub(super) document: Source,
    title: String,
    organ: Option<String>,
    instrument: Instrument,
    year: i16,
}

impl Row {
    pub(super) fn request(&self) -> RecordMandateRequest {
        RecordMandateRequest {
            symbol: self.symbol.clone(),
            title: self.title.clone(),
            instrument: self.instrument.into(),
            organ: self.organ.clone(),
            adopted_on: self.year.to_string(),
            ..RecordMandateRequest::default()
        }
    }
}

/// Reads a row; what keeps it from being mapped otherwise, and its symbol where it has one.
pub(super) fn read(line: u64, record: &ByteRecord) -> Result<Row, (Option<String>, String)> {
    if record.len() != HEADER.len() {
        let found = record.len();
        return Err((None, format!("{found} columns, and there should be {}", HEADER.len())));
    }
    let mut columns = Vec::with_capacity(HEADER.len());
    for (name, bytes) in HEADER.iter().zip(record) {
        let text = std::str::from_utf8(bytes);
        columns
            .push(text.map_err(|_| (None, format!("{name} is not UTF-8: save the file as UTF-8")))?.trim());
    }
    let [subprogramme, group, cited, canonical, title, _, document] = columns.as_slice() else {
        return Err((None, "columns are missing".to_owned()));
    };
    let symbol = symbol(group, canonical, title);
    if symbol.is_empty() {
        return Err((None, "neither a symbol nor a title".to_owned()));
    }
    if document.is_empty() {
        return Err((Some(symbol), "source is empty: say which document cites it".to_owned()));
    }
    let failed = |why: String| (Some(symbol.clone()), why);
    let year = adopted::year(&symbol, title).map_err(failed)?;
    let effective_at = first_day(year).ok_or_else(|| failed(format!("the year {year} has no first day")))?;
    let title = if title.is_empty() { &symbol } else { *title }.to_owned();
    Ok(Row {
        line,
        instrument: instrument(group, cited, &title),
        organ: organ(group),
        document: source(document, Some(subprogramme).filter(|it| !it.is_empty()).copied()),
        symbol,
        effective_at,
        title,
        year,
    })
}

/// Conferences of parties print bare numbers (`5/1`), which without their conference would be anybody's.
fn symbol(group: &str, canonical: &str, title: &str) -> String {
    let bare = canonical.starts_with(|it: char| it.is_ascii_digit());
    let whole = match group {
        _ if canonical.is_empty() => title.to_owned(),
        _ if bare && group.contains("Convention against Corruption") => {
            format!("CAC/COSP resolution {canonical}")
        }
        _ if bare && group.contains("Transnational Organized Crime") => {
            format!("CTOC/COP resolution {canonical}")
        }
        _ => canonical.to_owned(),
    };
    whole.chars().take(SYMBOL_MAX).collect::<String>().trim_end().to_owned()
}

fn instrument(group: &str, cited: &str, title: &str) -> Instrument {
    if group.starts_with("Conventions") {
        return Instrument::Convention;
    }
    if group.contains("statements and declarations") {
        let statement = title.contains("Statement");
        return if statement { Instrument::Statement } else { Instrument::Declaration };
    }
    if cited.starts_with("Decision") { Instrument::Decision } else { Instrument::Resolution }
}

/// The organ: what the group is called, without the kinds of text.
fn organ(group: &str) -> Option<String> {
    let kinds = [" resolutions and decisions", " statements and declarations", " resolutions", " decisions"];
    if group.is_empty() || group.starts_with("Conventions") {
        return None;
    }
    let organ = kinds.iter().find_map(|it| group.strip_suffix(it)).unwrap_or(group);
    Some(organ.to_owned())
}

fn first_day(year: i16) -> Option<prost_types::Timestamp> {
    first_moment(&format!("{year:04}-01-01")).ok().map(wire)
}

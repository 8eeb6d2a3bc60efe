//! Aligned tables, and the few words that a cell has room for.
use super::{call, moment, out};
use jiff::Timestamp;
use prost_reflect::{DynamicMessage, FieldDescriptor, ReflectMessage, Value};
use std::io;

/// The widest that a cell is shown in a table.
const CELL_MAX: usize = 64;
/// The narrowest that a cell is made to fit a page.
const CELL_MIN: usize = 12;
/// What things are called: copied from here, as ids are, so these cells stay whole.
const NAMES: [&str; 2] = ["code", "symbol"];
/// How many spaces are between two columns.
const GAP: usize = 2;

/// Writes rows under their headings.
pub(super) fn print(headings: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    laid_out(headings, rows, out::columns()).into_iter().try_for_each(out::line)
}

/// Each column as wide as it must be and all of them no wider than the page. Where that has no room for an id beside the
/// rest, the id has a line of its own.
fn laid_out(headings: &[&str], rows: &[Vec<String>], page: usize) -> Vec<String> {
    let widths = fitted(headings, rows, page);
    let below = match headings.split_last() {
        Some((id, others)) if id.ends_with("_id") && wide(&widths) > page => Some(others),
        _ => None,
    };
    let beside = below.unwrap_or(headings);
    let widths = below.map_or(widths, |it| fitted(it, rows, page));
    let heading: Vec<String> = beside.iter().map(|it| it.replace('_', " ")).collect();
    let mut lines = vec![out::strong(aligned(&heading, &widths))];
    for row in rows {
        let (cells, id) = row.split_at(beside.len().min(row.len()));
        lines.push(aligned(cells, &widths));
        lines.extend(id.iter().map(|it| out::faint(format_args!("{:GAP$}{it}", ""))));
    }
    lines
}

fn wide(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

/// How wide each column is: where `room` does not do, the widest give way first. Ids and names stay whole.
fn fitted(headings: &[&str], rows: &[Vec<String>], room: usize) -> Vec<usize> {
    let width = |n: usize| {
        let cells = rows.iter().filter_map(|row| row.get(n)).map(|cell| length(cell));
        cells.chain(headings.get(n).map(|it| length(it))).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..headings.len()).map(width).collect();
    while wide(&widths) > room {
        let gives = |(heading, width): &(&&str, &mut usize)| {
            !heading.ends_with("id") && !NAMES.contains(heading) && **width > CELL_MIN
        };
        let widest = headings.iter().zip(&mut widths).filter(gives).max_by_key(|(_, width)| **width);
        let Some((_, width)) = widest else { break };
        *width -= 1;
    }
    widths
}

fn aligned(cells: &[String], widths: &[usize]) -> String {
    let padded = cells.iter().zip(widths).map(|(cell, width)| {
        let cell = shortened(cell, *width);
        let room = width.saturating_sub(length(&cell));
        format!("{cell}{}", " ".repeat(room))
    });
    padded.collect::<Vec<_>>().join(&" ".repeat(GAP)).trim_end().to_owned()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// A text cut to what a cell has room for, on one line.
pub(super) fn cut(text: &str) -> String {
    shortened(&text.split_whitespace().collect::<Vec<_>>().join(" "), CELL_MAX)
}

/// At most `room` letters of `text`, the last of them a sign that there was more.
fn shortened(text: &str, room: usize) -> String {
    match text.char_indices().nth(room) {
        None => text.to_owned(),
        Some(_) => {
            let kept: String = text.chars().take(room.saturating_sub(1)).collect();
            format!("{}…", kept.trim_end())
        }
    }
}

/// What is at `path` in a message, in a few words; empty where there is nothing.
pub(super) fn cell(message: &DynamicMessage, path: &str) -> String {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let Some(field) = message.descriptor().get_field_by_name(name) else { return String::new() };
    let is_there = message.has_field(&field) || matches!(field.kind(), prost_reflect::Kind::Uint32);
    match (&*message.get_field(&field), rest) {
        (_, _) if !is_there => String::new(),
        (Value::Message(inner), rest) if !rest.is_empty() => cell(inner, rest),
        (value, _) => words(&field, value),
    }
}

/// A value in a few words.
pub(super) fn words(field: &FieldDescriptor, value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".into(),
        Value::Bool(false) => "no".into(),
        Value::I32(it) => it.to_string(),
        Value::I64(it) => it.to_string(),
        Value::U32(it) => it.to_string(),
        Value::U64(it) => it.to_string(),
        Value::F32(it) => it.to_string(),
        Value::F64(it) => it.to_string(),
        Value::String(it) => it.clone(),
        Value::Bytes(it) => format!("{} bytes", it.len()),
        Value::EnumNumber(it) => {
            let kind = field.kind();
            let word =
                kind.as_enum().and_then(|kind| Some(call::enum_word(kind, kind.get_value(*it)?.name())));
            word.unwrap_or_else(|| it.to_string()).replace('_', " ")
        }
        Value::Message(it) => message_words(it),
        Value::List(items) => items.iter().map(|it| words(field, it)).collect::<Vec<_>>().join(", "),
        Value::Map(entries) => format!("{} entries", entries.len()),
    }
}

fn message_words(message: &DynamicMessage) -> String {
    let text = |name: &str| message.get_field_by_name(name).map(|it| plain(&it)).unwrap_or_default();
    match message.descriptor().name() {
        "Timestamp" => moment_words(message),
        "Period" => format!("{}/{}", text("from"), text("until")),
        "Money" => money(&text("currency"), text("minor").parse().unwrap_or_default()),
        "EventReference" => format!("{}@{}", text("stream"), text("revision")),
        "Sector" => text("code"),
        "FundingLine" => funding(message, &text("currency")),
        _ => {
            let inner = message.fields().map(|(field, it)| format!("{} {}", field.name(), words(&field, it)));
            inner.collect::<Vec<_>>().join(", ")
        }
    }
}

/// What was pledged, committed and so on, in one currency.
fn funding(message: &DynamicMessage, currency: &str) -> String {
    let amounts = message.fields().filter_map(|(field, value)| {
        let kind = field.name().strip_suffix("_minor")?;
        Some(format!("{kind} {}", money(currency, value.as_i64()?)))
    });
    amounts.collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(it) => it.clone(),
        Value::U64(it) => it.to_string(),
        Value::I64(it) => it.to_string(),
        _ => String::new(),
    }
}

/// Midnight is a day: what documents say rarely has an hour.
fn moment_words(message: &DynamicMessage) -> String {
    let at: prost_types::Timestamp = message.transcode_to().unwrap_or_default();
    match at.seconds % 86_400 {
        0 => moment::day(Some(&at)),
        _ => Timestamp::from_second(at.seconds).map(|it| it.to_string()).unwrap_or_default(),
    }
}

/// An amount with its currency's minor units behind a point and its thousands apart.
pub(super) fn money(currency: &str, minor: i64) -> String {
    let digits = iso_currency::Currency::from_code(currency).and_then(|it| it.exponent()).unwrap_or(0);
    let unit = 10_u64.saturating_pow(digits.into());
    let (whole, rest) = (minor.unsigned_abs() / unit, minor.unsigned_abs() % unit);
    let sign = if minor < 0 { "-" } else { "" };
    let whole = grouped(whole);
    match rest {
        0 => format!("{currency} {sign}{whole}"),
        rest => format!("{currency} {sign}{whole}.{rest:0width$}", width = usize::from(digits)),
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_shown_with_the_minor_units_of_its_currency() {
        assert_eq!(money("USD", 123_456_789), "USD 1\u{202f}234\u{202f}567.89");
        assert_eq!(money("JPY", -500), "JPY -500");
        assert_eq!(money("EUR", 100_000), "EUR 1\u{202f}000");
        assert_eq!(money("EUR", 5), "EUR 0.05");
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        assert_eq!(cut("two\nlines"), "two lines");
        assert_eq!(cut(&"é".repeat(80)).chars().count(), CELL_MAX);
    }

    #[test]
    fn a_table_fits_the_page_at_the_expense_of_its_widest_texts_and_never_of_ids() {
        let rows = [vec!["approved".to_owned(), "t".repeat(60), "s".repeat(50), "i".repeat(36)]];
        let headings = ["status", "title", "scope", "project_id"];
        let widths = fitted(&headings, &rows, 100);
        assert_eq!(widths, [8, 25, 25, 36], "94 columns of text, and three gaps of two");
        assert_eq!(fitted(&headings, &rows, 200), [8, 60, 50, 36], "there is room for everything");
        assert_eq!(aligned(&rows[0], &widths).chars().count(), 100);
        assert_eq!(laid_out(&headings, &rows, 100).len(), 2);
    }

    #[test]
    fn an_id_that_has_no_room_beside_the_rest_is_below_it_and_a_code_is_never_cut() {
        let rows = [vec!["UNINFO 115677".to_owned(), "t".repeat(60), "s".repeat(50), "i".repeat(36)]];
        let lines = laid_out(&["code", "title", "scope", "project_id"], &rows, 72);
        let [_, row, id] = lines.as_slice() else { panic!("{lines:?}") };
        assert!(row.starts_with("UNINFO 115677  ttt") && row.chars().count() == 72, "{row}");
        assert!(id.contains(&"i".repeat(36)), "{id}");
    }
}

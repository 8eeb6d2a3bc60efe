//! When an instrument was adopted, as far as its symbol or title says.

/// The year, or why it cannot be known from `symbol` and `title`.
///
/// A resolution of the General Assembly carries the number of its session, and the session opened in 1945 plus
/// that number: a text of a resumed session was adopted in the year after, which the symbol does not say. The
/// Commission on Narcotic Drugs has met once a year since its fortieth session in 1997, the Commission on Crime
/// Prevention and Criminal Justice since its first in 1992.
pub(super) fn year(symbol: &str, title: &str) -> Result<i16, String> {
    let parts: Vec<&str> = symbol.split(['/', ' ']).collect();
    let found = match parts.as_slice() {
        ["A", "RES", session, ..] if session.starts_with("S-") => special(session),
        ["A", "RES", _, roman, ..] if roman.starts_with('(') => unroman(roman).map(|it| 1945 + it),
        ["A", "RES" | "DEC", session, ..] => number(session).map(|it| 1945 + it),
        ["E", "RES" | "DEC", year, ..] => number(year),
        ["S", "RES", _, year, ..] => number(year),
        ["CND", "RES" | "DEC", session, ..] => number(session).filter(|it| *it >= 40).map(|it| 1957 + it),
        ["CCPCJ", "RES" | "DEC", session, ..] => number(session).map(|it| 1991 + it),
        ["CAC", "COSP", _, of, ..] => session_of(of, COSP),
        ["CTOC", "COP", _, of, ..] => session_of(of, COP),
        _ => named(title),
    };
    found.filter(|it| (1900..=2200).contains(it)).ok_or_else(|| {
        format!("when it was adopted cannot be told from {symbol:?} or its title: record it by hand, with its date")
    })
}

/// Years of the sessions of the Conference of the States Parties to the Convention against Corruption.
const COSP: &[i16] = &[2006, 2008, 2009, 2011, 2013, 2015, 2017, 2019, 2021, 2023, 2025];
/// Years of the sessions of the Conference of the Parties to the Convention against Transnational Organized Crime.
const COP: &[i16] = &[2004, 2005, 2006, 2008, 2010, 2012, 2014, 2016, 2018, 2020, 2022, 2024];

fn session_of(session: &str, years: &[i16]) -> Option<i16> {
    let session = usize::try_from(number(session)?).ok()?;
    years.get(session.checked_sub(1)?).copied()
}

/// The special sessions of the General Assembly that dealt with drugs, AIDS and corruption.
fn special(session: &str) -> Option<i16> {
    match session {
        "S-17" => Some(1990),
        "S-20" => Some(1998),
        "S-26" => Some(2001),
        "S-30" => Some(2016),
        "S-32" => Some(2021),
        _ => None,
    }
}

fn number(text: &str) -> Option<i16> {
    text.trim_matches(['(', ')']).parse().ok()
}

/// `(XIV)` is 14.
fn unroman(text: &str) -> Option<i16> {
    let (mut sum, mut last) = (0, i16::MAX);
    for letter in text.trim_matches(['(', ')']).chars() {
        let value = match letter {
            'I' => 1,
            'V' => 5,
            'X' => 10,
            'L' => 50,
            'C' => 100,
            _ => return None,
        };
        sum += if value > last { value - 2 * last } else { value };
        last = value;
    }
    Some(sum).filter(|it| *it > 0)
}

/// The first year that a title names: `Convention on Psychotropic Substances of 1971`.
fn named(title: &str) -> Option<i16> {
    let words = title.split(|it: char| !it.is_ascii_digit());
    words.filter(|it| it.len() == 4).filter_map(number).find(|it| (1900..=2100).contains(it))
}

#[cfg(test)]
mod tests {
    //! Every kind of symbol that UN organs print.
    use super::year;

    #[test]
    fn a_symbol_tells_when_it_was_adopted() {
        let cases = [
            ("A/RES/71/211", 2016),
            ("A/RES/S-30/1", 2016),
            ("A/RES/1395 (XIV)", 1959),
            ("A/RES/834 (IX)", 1954),
            ("E/RES/1973/1775 (LIV)", 1973),
            ("E/DEC/2009/250", 2009),
            ("S/RES/1373 (2001)", 2001),
            ("CND/RES/54/7", 2011),
            ("CCPCJ/RES/33/1", 2024),
            ("CAC/COSP resolution 10/1", 2023),
            ("CTOC/COP resolution 5/2", 2010),
        ];
        for (symbol, wanted) in cases {
            assert_eq!(year(symbol, ""), Ok(wanted), "{symbol}");
        }
    }

    #[test]
    fn a_title_without_a_year_tells_nothing() {
        assert_eq!(year("Convention", "Convention on Psychotropic Substances of 1971"), Ok(1971));
        assert!(year("Convention", "United Nations Convention against Corruption").is_err());
        assert!(year("A/RES/S-99/1", "").is_err());
    }
}

//! Words with rules: what is taken, what is refused, and that what was taken survives being stored.
use pactline::domain::charter::Fraction;
use pactline::domain::citation::{BadReference, Reference, StreamName};
use pactline::domain::id::ProjectId;
use pactline::domain::money::{BadMoney, Currency, MINOR_MAX, Money, grouped};
use pactline::domain::scope::{BadPeriod, Country, PartialDate, Period};
use pactline::domain::text::{BadText, Digest, PersonId, Slug, Text, counted};
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::{Debug, Display};

type Short = Text<5>;

#[test]
fn a_text_is_trimmed_and_bounded_in_characters() {
    let text = |it: &str| Short::try_from(it).map(|it| it.as_str().to_owned());
    assert_eq!(text("  a b "), Ok("a b".to_owned()));
    assert_eq!(text("äöüßé"), Ok("äöüßé".to_owned()));
    assert_eq!(text(" \n\t"), Err(BadText::Empty));
    assert_eq!(text("abcdef"), Err(BadText::TooLong { max: 5, found: 6 }));
    assert_eq!(text("a\u{0}"), Err(BadText::Control { at: 2 }));
    assert!(text("a\nb\tc").is_ok());
}

#[test]
fn a_slug_is_lower_case_with_inner_hyphens() {
    for good in ["a", "0", "expert-group", "a--b", &"a".repeat(64)] {
        assert!(good.parse::<Slug>().is_ok(), "{good}");
    }
    for bad in ["", "-a", "a-", "-", "A", "a b", "a_b", "ä", &"a".repeat(65)] {
        assert!(bad.parse::<Slug>().is_err(), "{bad}");
    }
}

#[test]
fn one_is_told_apart_from_many() {
    assert_eq!([0, 1, 2, 11].map(|it| counted(it, "day")), ["0 days", "1 day", "2 days", "11 days"]);
}

#[test]
fn a_person_is_an_opaque_id() {
    assert!("person:4711@x.org".parse::<PersonId>().is_ok());
    for bad in ["", "Anna Example", "ä", &"a".repeat(129)] {
        assert!(bad.parse::<PersonId>().is_err(), "{bad}");
    }
}

#[test]
fn a_digest_is_a_sha_256_in_lower_case() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(Digest::of(b"").as_str(), empty);
    assert!(empty.parse::<Digest>().is_ok());
    assert!(empty.to_uppercase().parse::<Digest>().is_err());
    assert!(empty[1..].parse::<Digest>().is_err());
}

#[test]
fn a_country_is_one_of_iso_3166() {
    let code = |it: &str| it.parse::<Country>().map(|it| it.code().to_owned());
    assert_eq!(code("AFG").unwrap(), "AFG");
    assert_eq!(code("AF").unwrap(), "AFG");
    for bad in ["", "A", "afg", "XXX", "Afghanistan", "ÄF"] {
        assert!(code(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_currency_is_one_of_iso_4217_with_minor_units() {
    let exponent = |it: &str| it.parse::<Currency>().map(|it| it.exponent());
    assert_eq!(exponent("USD"), Ok(2));
    assert_eq!(exponent("JPY"), Ok(0));
    assert_eq!(exponent("KWD"), Ok(3));
    for bad in ["", "usd", "XAU", "ZZZ", "US Dollar"] {
        assert_eq!(exponent(bad), Err(BadMoney::NoSuchCurrency(bad.to_owned())));
    }
}

#[test]
fn money_is_printed_with_the_digits_of_its_currency() {
    let print = |code: &str, minor| Money { currency: code.parse().unwrap(), minor }.to_string();
    assert_eq!(print("USD", 123_450), "USD 1,234.50");
    assert_eq!(print("USD", 5), "USD 0.05");
    assert_eq!(print("USD", -5), "USD -0.05");
    assert_eq!(print("JPY", 1_234_567), "JPY 1,234,567");
    assert_eq!(print("KWD", 1_001), "KWD 1.001");
    assert_eq!(print("USD", i64::MIN), "USD -92,233,720,368,547,758.08");
    assert_eq!(grouped(0), "0");
    assert_eq!(grouped(999), "999");
    assert_eq!(grouped(1_000), "1,000");
}

#[test]
fn an_amount_is_more_than_zero_and_not_absurd() {
    let usd: Currency = "USD".parse().unwrap();
    assert_eq!(Money::positive(usd, 0), Err(BadMoney::NotPositive));
    assert_eq!(Money::positive(usd, MINOR_MAX), Err(BadMoney::Absurd));
    assert_eq!(Money::positive(usd, MINOR_MAX - 1).map(|it| it.minor), Ok(MINOR_MAX - 1));
    assert_eq!(Money::whole(usd, 12).map(|it| it.minor), Ok(1_200));
    assert_eq!(Money::whole(usd, i64::MAX), Err(BadMoney::Absurd));
    assert_eq!(Money::whole(usd, -1), Err(BadMoney::NotPositive));
}

#[test]
fn a_period_does_not_end_before_it_begins() {
    let period = |from: &str, until: &str| Period::new(from.parse().unwrap(), until.parse().unwrap());
    let year = period("2020-01-01", "2020-12-31").unwrap();
    assert!(period("2020-01-01", "2020-01-01").is_ok());
    assert_eq!(period("2020-01-02", "2020-01-01"), Err(BadPeriod::Backwards));
    assert_eq!(period("1899-12-31", "2020-01-01"), Err(BadPeriod::Absurd));
    assert!(year.overlaps(&period("2020-12-31", "2021-01-01").unwrap()));
    assert!(!year.overlaps(&period("2021-01-01", "2021-01-02").unwrap()));
    assert_eq!(year.to_string(), "2020-01-01 to 2020-12-31");
    assert!(serde_json::from_str::<Period>(r#"{"from":"2020-01-02","until":"2020-01-01"}"#).is_err());
}

#[test]
fn a_partial_date_is_before_what_is_known_better() {
    let date = |it: &str| it.parse::<PartialDate>().unwrap();
    assert!(date("2011-12-31") < date("2012"));
    assert!(date("2012") < date("2012-01"));
    assert!(date("2012-01") < date("2012-01-01"));
    assert!(date("2012-01-31") < date("2012-02"));
    for bad in ["", "12", "2012-13", "2012-02-30", "1899", "2012/02", "20120216", "２０"] {
        assert!(bad.parse::<PartialDate>().is_err(), "{bad}");
    }
}

#[test]
fn a_stream_is_named_by_kind_and_id() {
    let id = ProjectId::of("x");
    let name: StreamName = format!("project-{id}").parse().unwrap();
    assert_eq!((name.kind(), name.id()), ("project", id.0));
    let reference: Reference = format!("{name}@3").parse().unwrap();
    assert_eq!(reference, Reference::new(name.clone(), 3));
    for bad in ["", "project", "-", &format!("-{id}"), &format!("Project-{id}"), "project-x"] {
        assert_eq!(bad.parse::<StreamName>(), Err(BadReference::Stream), "{bad}");
    }
    for bad in ["project", "project@", &format!("{name}@-1"), &format!("{name}@x")] {
        assert!(bad.parse::<Reference>().is_err(), "{bad}");
    }
}

/// Whatever `text` is, it is refused or it is taken; what is taken survives being stored and printed.
fn check<T>(text: &str) -> Result<(), TestCaseError>
where
    T: TryFrom<String> + Display + Debug + PartialEq + Serialize + DeserializeOwned,
    <T as TryFrom<String>>::Error: Display,
{
    match T::try_from(text.to_owned()) {
        Ok(word) => {
            let stored = serde_json::to_string(&word).unwrap();
            prop_assert_eq!(&serde_json::from_str::<T>(&stored).unwrap(), &word);
            prop_assert_eq!(&T::try_from(word.to_string()).map_err(|_| "printed and refused"), &Ok(word));
        }
        Err(why) => prop_assert!(!why.to_string().is_empty()),
    }
    Ok(())
}

fn check_all(text: &str) -> Result<(), TestCaseError> {
    check::<Short>(text)?;
    check::<Slug>(text)?;
    check::<PersonId>(text)?;
    check::<Digest>(text)?;
    check::<Country>(text)?;
    check::<Currency>(text)?;
    check::<PartialDate>(text)?;
    check::<StreamName>(text)?;
    check::<Fraction>(text)
}

proptest! {
    #[test]
    fn no_text_makes_a_word_panic(text in any::<String>()) {
        check_all(&text)?;
        let _refused_or_taken = text.parse::<Reference>();
    }

    #[test]
    fn words_that_are_nearly_right_are_refused_or_survive(
        text in "[A-Z]{2,3}|[a-z0-9-]{0,66}|[0-9]{4}(-[0-9]{2}){0,2}|[0-9]{1,3}/[0-9]{1,3}|[0-9a-f]{64}|\
                 [a-z]{1,3}-[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ) {
        check_all(&text)?;
    }

    #[test]
    fn every_amount_is_printed_and_stored(minor in any::<i64>(), code in "USD|JPY|KWD|EUR") {
        let money = Money { currency: code.parse().unwrap(), minor };
        prop_assert!(money.to_string().starts_with(&code));
        let stored = serde_json::to_string(&money).unwrap();
        prop_assert_eq!(serde_json::from_str::<Money>(&stored).unwrap(), money);
    }
}

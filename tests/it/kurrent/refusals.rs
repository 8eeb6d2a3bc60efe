//! What is not the server that was meant: said in one line, and nothing is written.
use super::double::database::{Proposed, Want};
use super::double::{Call, Double, Fault, Settings};
use super::quick;
use bytes::Bytes;
use pactline::log::{Error, KurrentLimits, KurrentLog, KurrentSettings};
use std::path::PathBuf;
use uuid::Uuid;

const LOGIN: &str = "Basic cGFjdGxpbmU6cEBzcy93b3Jk";

fn settings(url: &str) -> KurrentSettings {
    KurrentSettings { url: url.into(), ca: None, credentials: None }
}

async fn refusal(settings: &KurrentSettings) -> Error {
    let limits = KurrentLimits { call_ms: 500, patience_ms: 1_000, ..quick() };
    match KurrentLog::open_within(settings, limits, crate::log::clock).await {
        Ok(_) => panic!("{} was opened", settings.url),
        Err(err) => err,
    }
}

fn guarded() -> Double {
    Double::of(1, Settings { authorization: Some(LOGIN), ..Settings::default() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_listens() {
    let err = refusal(&settings("esdb://127.0.0.1:1?tls=false")).await;
    assert!(matches!(&err, Error::Unavailable(why) if why.starts_with("esdb://127.0.0.1:1: ")), "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_said_to_be_one_and_not_shown() {
    let double = guarded();
    for login in ["", "pactline:wrong@"] {
        let url = double.url().replace("esdb://", &format!("esdb://{login}"));
        let err = refusal(&settings(&url)).await.to_string();
        assert!(err.contains("check user and password") && !err.contains("wrong"), "{err}");
    }
    assert!(double.database().written().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_comes_from_the_url_or_from_a_file() {
    let double = guarded();
    let url = double.url().replace("esdb://", "esdb://pactline:p%40ss%2Fword@");
    KurrentLog::open_within(&settings(&url), quick(), crate::log::clock).await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "pactline:p@ss/word\n").unwrap();
    let settings = KurrentSettings { credentials: Some(file.path().into()), ..settings(&double.url()) };
    KurrentLog::open_within(&settings, quick(), crate::log::clock).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_are_not_what_they_should_be_are_named() {
    let empty = tempfile::NamedTempFile::new().unwrap();
    let nowhere = Some(PathBuf::from("/nowhere/file"));
    let url = settings("esdb://127.0.0.1:1");
    let says_so = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(says_so.path(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let cut = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(cut.path(), "-----BEGIN CERTIFICATE-----\nAAAA\n").unwrap();
    let wrong = [
        (KurrentSettings { ca: Some(says_so.path().into()), ..url.clone() }, "certificate 1 is none"),
        (KurrentSettings { ca: Some(cut.path().into()), ..url.clone() }, "no PEM"),
        (KurrentSettings { ca: nowhere.clone(), ..url.clone() }, "/nowhere/file"),
        (KurrentSettings { ca: Some(empty.path().into()), ..url.clone() }, "holds no certificate"),
        (KurrentSettings { credentials: nowhere, ..url.clone() }, "/nowhere/file"),
        (KurrentSettings { credentials: Some(empty.path().into()), ..url }, "user:password"),
    ];
    for (settings, why) in wrong {
        let err = refusal(&settings).await;
        assert!(matches!(&err, Error::Unacceptable(it) if it.contains(why)), "{err}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_product_is_not_taken_for_it() {
    let double = Double::start();
    double.goes_wrong(|call| if call == Call::Features { Fault::Unimplemented } else { Fault::None });
    let err = refusal(&settings(&double.url())).await;
    assert!(matches!(&err, Error::Unacceptable(why) if why.contains("another product")), "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_too_old_is_told_its_age() {
    for version in ["22.10.5", "5.0.11", "23.6.0"] {
        let double = Double::of(1, Settings { version, ..Settings::default() });
        let err = refusal(&settings(&double.url())).await.to_string();
        assert!(err.contains(version) && err.contains("23.10"), "{err}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_somebody_else_are_named() {
    let double = Double::start();
    let foreign = Proposed {
        id: Uuid::from_u128(1),
        kind: "OrderPlaced".into(),
        content_type: "application/json".into(),
        data: Bytes::from_static(b"{}"),
        meta: Bytes::from_static(br#"{"$correlationId":"1"}"#),
    };
    double.database().append("order-1", Want::Any, vec![foreign]).unwrap();
    let err = refusal(&settings(&double.url())).await;
    let says = matches!(&err, Error::Corrupt(why) if why.contains("order-1@0 (OrderPlaced) was not written by pactline"));
    assert!(says, "{err}");
    assert_eq!(double.database().written().len(), 1);
}

//! The same rules, put to a server that is none of ours, where one is named.
use pactline::clock::{Clock, fresh_id};
use pactline::log::conformance::{Verdict, rules};
use pactline::log::{KurrentLog, KurrentSettings, Log};
use std::io::Write;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_server_keeps_every_rule_where_one_is_named() {
    let Ok(url) = std::env::var("PACTLINE_KURRENT_URL") else {
        // Past the harness, which keeps to itself what a test that passes prints.
        writeln!(std::io::stderr(), "PACTLINE_KURRENT_URL is not set: no real server was asked").unwrap();
        return;
    };
    let clock = Clock::system();
    let settings = KurrentSettings { url, ca: None, credentials: None };
    let log: Arc<dyn Log> = Arc::new(KurrentLog::open(&settings, move || clock.now()).await.unwrap());
    let run = fresh_id().as_u64_pair().0;
    for rule in rules() {
        let verdict = rule.check(log.clone(), run).await;
        assert!(!matches!(verdict, Verdict::Broken(_)), "{}: {verdict:?}", rule.sentence());
    }
    log.close().await.unwrap();
}

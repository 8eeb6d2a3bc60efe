//! `pactline log conformance`: whether a log does what pactline needs, rule by rule.
use super::failure::{Exit, Failure};
use super::out;
use super::place::Place;
use crate::clock::fresh_id;
use crate::log::Log;
use crate::log::conformance::{Rule, Verdict, rules};
use clap::{Args, Subcommand};
use serde_json::json;
use std::sync::Arc;

/// What to ask.
#[derive(Debug, Args)]
pub(super) struct LogVerb {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Put every rule that a log must keep to this one. Appends some 20,000 events to streams of its own, which stay
    /// there; views pass over them
    Conformance,
}

impl LogVerb {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        match self.what {
            What::Conformance => conformance(place).await,
        }
    }
}

async fn conformance(place: &Place) -> Result<(), Failure> {
    let log = place.log_or_begin().await?;
    let broken = check_all(&log, place).await;
    log.close().await?;
    match broken? {
        0 => Ok(()),
        broken => Err(Failure::new(Exit::No, format!("{broken} of {} rules are broken", rules().len()))
            .hint("do not let pactline use this log")),
    }
}

/// How many rules are broken.
async fn check_all(log: &Arc<dyn Log>, place: &Place) -> Result<usize, Failure> {
    let run = fresh_id().as_u64_pair().0;
    let mut broken = 0;
    for rule in rules() {
        let verdict = rule.check(log.clone(), run).await;
        broken += usize::from(matches!(verdict, Verdict::Broken(_)));
        match place.json {
            true => out::json(&document(&rule, &verdict))?,
            false => out::line(sentence(&rule, &verdict))?,
        }
    }
    Ok(broken)
}

fn sentence(rule: &Rule, verdict: &Verdict) -> String {
    let rule = rule.sentence();
    match verdict {
        Verdict::Kept => format!("{}          {rule}", out::good("kept")),
        Verdict::NotPromised => format!("{}  {rule}", out::faint("not promised")),
        Verdict::Broken(how) => format!("{}        {rule}\n              {how}", out::bad("broken")),
    }
}

fn document(rule: &Rule, verdict: &Verdict) -> serde_json::Value {
    let (verdict, how) = match verdict {
        Verdict::Kept => ("kept", None),
        Verdict::NotPromised => ("not promised", None),
        Verdict::Broken(how) => ("broken", Some(how)),
    };
    json!({"rule": rule.name, "verdict": verdict, "how": how})
}

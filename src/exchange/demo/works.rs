//! The work around a project: tasks, reviews, results. All of it is illustration, and says so where it is words.
use super::facts::Stage;
use super::projects::Run;
use super::{Failed, cast, key, period, quantity};
use crate::api::proto::*;
use crate::domain::id::{IndicatorId, ResultId};
use crate::reactions::order_task;
use std::time::Duration;
use tonic::Code;

const LEASE_MS: u64 = 24 * 60 * 60 * 1000;
/// How often, and how long apart in milliseconds, it is looked whether the charter's work is there to be done.
const LOOKS: u64 = 400;
const LOOK_AGAIN_MS: u64 = 25;

/// Somebody does what the charter orders in a stage that `entry` began: its first order.
pub(super) async fn ordered(run: &Run<'_>, entry: &EventReference, worker: &str) -> Result<(), Failed> {
    let entry_id =
        entry.event_id.parse().map_err(|_| Failed::format(&entry.event_id, "not an event's id"))?;
    let task_id = order_task(entry_id, 0).to_string();
    let stage = &entry.revision;
    claimed(run, &task_id, &format!("task/{stage}/claim"), worker).await?;
    let request = CompleteTaskRequest {
        task_id,
        worker: worker.to_owned(),
        outcome: "Illustration: done.".to_owned(),
        ..CompleteTaskRequest::default()
    };
    run.ask(worker, &format!("task/{stage}/complete"), request).await.map(|_| ())
}

/// The task is opened by itself, soon after the stage was entered.
async fn claimed(run: &Run<'_>, task_id: &str, label: &str, worker: &str) -> Result<(), Failed> {
    let request = || ClaimTaskRequest {
        task_id: task_id.to_owned(),
        worker: worker.to_owned(),
        lease_ms: LEASE_MS,
        ..ClaimTaskRequest::default()
    };
    for _ in 0..LOOKS {
        match run.ask(worker, label, request()).await {
            Err(failed) if failed.status().is_some_and(|it| it.code() == Code::NotFound) => {
                tokio::time::sleep(Duration::from_millis(LOOK_AGAIN_MS)).await;
            }
            claimed => return claimed.map(|_| ()),
        }
    }
    Err(Failed::format(label, "nobody opened the task: the server must run with reactions"))
}

/// An expert finds it good.
pub(super) async fn review(run: &Run<'_>, kind: &str) -> Result<(), Failed> {
    let request = RecordReviewRequest {
        project_id: run.id(),
        kind: kind.to_owned(),
        role: "expert".to_owned(),
        partner: Some(run.ground.world.partners.of(cast::REVIEWING)?.admission.clone()),
        verdict: ReviewVerdict::Passed.into(),
        comment: Some("Illustration: nobody's actual review.".to_owned()),
        ..RecordReviewRequest::default()
    };
    run.ask(cast::EXPERT, &format!("review/{kind}"), request).await.map(|_| ())
}

/// What is measured, aimed at, reached, and checked by somebody else.
pub(super) async fn results(run: &Run<'_>) -> Result<(), Failed> {
    let named = |what: &str| key(&format!("project/{}/{what}", run.it.uninfo));
    let indicator_id = IndicatorId::of(&named("indicator")).to_string();
    let result_id = ResultId::of(&named("result")).to_string();
    let days = Some(period(&run.it.from, &run.it.until));
    let request = DefineIndicatorRequest {
        project_id: run.id(),
        indicator_id: indicator_id.clone(),
        title: "Officials trained (illustration)".to_owned(),
        baseline: Some(quantity(0, "persons")),
        ..DefineIndicatorRequest::default()
    };
    run.ask(cast::PROPOSER, "indicator", request).await?;
    let request = SetTargetRequest {
        project_id: run.id(),
        indicator_id: indicator_id.clone(),
        period: days.clone(),
        value: Some(quantity(100, "persons")),
        ..SetTargetRequest::default()
    };
    run.ask(cast::PROPOSER, "target", request).await?;
    let request = ReportResultRequest {
        project_id: run.id(),
        result_id: result_id.clone(),
        indicator_id,
        period: days,
        value: Some(quantity(96, "persons")),
        ..ReportResultRequest::default()
    };
    run.ask(cast::REPORTER, "result", request).await?;
    let request = VerifyResultRequest {
        project_id: run.id(),
        result_id,
        verification: Verification::Confirmed.into(),
        comment: Some("Illustration: nobody's actual check.".to_owned()),
        ..VerifyResultRequest::default()
    };
    run.ask(cast::VERIFIER, "verify", request).await.map(|_| ())
}

/// What the survey found, as the project's result: a fact, with its evidence. The first measure is what was
/// found, the second what there was in the year before.
pub(super) async fn measured(run: &Run<'_>) -> Result<(), Failed> {
    let survey = &run.ground.world.facts().evidence;
    let [found, before, ..] = survey.measures.as_slice() else {
        return Ok(());
    };
    let named = |what: &str| key(&format!("project/{}/{what}", run.it.uninfo));
    let indicator_id = IndicatorId::of(&named("measured")).to_string();
    let request = DefineIndicatorRequest {
        project_id: run.id(),
        indicator_id: indicator_id.clone(),
        title: found.name.clone(),
        baseline: Some(quantity(before.amount, &before.unit)),
        ..DefineIndicatorRequest::default()
    };
    run.ask(cast::PROPOSER, "measured/indicator", request).await?;
    let request = ReportResultRequest {
        project_id: run.id(),
        result_id: ResultId::of(&named("measured")).to_string(),
        indicator_id,
        period: Some(period(&survey.from, &survey.until)),
        value: Some(quantity(found.amount, &found.unit)),
        evidence: Some(run.ground.evidence.clone()),
        ..ReportResultRequest::default()
    };
    run.ask(cast::REPORTER, "measured/result", request).await.map(|_| ())
}

/// The final report, an evaluation, what was learned: and it is done.
pub(super) async fn finish(run: &Run<'_>) -> Result<(), Failed> {
    run.attach("final-report").await?;
    let closure = run.pass(Stage::Implementation).await?;
    review(run, "evaluation").await?;
    ordered(run, &closure, cast::REPORTER).await?;
    let request = CompleteProjectRequest { project_id: run.id(), ..CompleteProjectRequest::default() };
    run.ask(cast::COORDINATOR, "complete", request).await.map(|_| ())
}

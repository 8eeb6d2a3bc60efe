//! The work around a project: tasks, reviews, results. All of it is illustration, and says so where it is words.
use super::facts::Stage;
use super::projects::Run;
use super::{Failed, cast, event, key, period, quantity};
use crate::api::proto::*;
use crate::domain::id::{IndicatorId, ResultId, TaskId};

const LEASE_MS: u64 = 24 * 60 * 60 * 1000;
const BACKOFF_MS: u64 = 60_000;

/// Somebody looked for projects that do the same. The TaskCompleted.
pub(super) async fn duplication_checked(run: &Run<'_>) -> Result<EventReference, Failed> {
    let title = "Look for projects that do the same";
    task(run, "duplication-check", title, "coordinator", cast::COORDINATOR).await
}

async fn task(
    run: &Run<'_>,
    kind: &str,
    title: &str,
    role: &str,
    worker: &str,
) -> Result<EventReference, Failed> {
    let task_id = TaskId::of(&key(&format!("task/{}/{kind}", run.it.uninfo))).to_string();
    let what = |verb: &str| format!("task/{kind}/{verb}");
    let request = OpenTaskRequest {
        task_id: task_id.clone(),
        kind: kind.to_owned(),
        title: title.to_owned(),
        subject: format!("project-{}", run.id()),
        role: role.to_owned(),
        attempts_max: 3,
        backoff_ms: BACKOFF_MS,
        ..OpenTaskRequest::default()
    };
    run.ask(cast::COORDINATOR, &what("open"), request).await?;
    let request = ClaimTaskRequest {
        task_id: task_id.clone(),
        worker: worker.to_owned(),
        lease_ms: LEASE_MS,
        ..ClaimTaskRequest::default()
    };
    run.ask(worker, &what("claim"), request).await?;
    let request = CompleteTaskRequest {
        task_id,
        worker: worker.to_owned(),
        outcome: "Illustration: done.".to_owned(),
        ..CompleteTaskRequest::default()
    };
    event(&run.ask(worker, &what("complete"), request).await?, "TaskCompleted")
}

/// An expert finds it good.
pub(super) async fn review(run: &Run<'_>, kind: &str) -> Result<(), Failed> {
    let request = RecordReviewRequest {
        project_id: run.id(),
        kind: kind.to_owned(),
        role: "expert".to_owned(),
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
    run.pass(Stage::Implementation, Vec::new()).await?;
    review(run, "evaluation").await?;
    let title = "Report to the expert working group what was learned";
    let learned = task(run, "lessons-learned", title, "implementer", cast::REPORTER).await?;
    let request = CompleteProjectRequest {
        project_id: run.id(),
        tasks: vec![learned],
        ..CompleteProjectRequest::default()
    };
    run.ask(cast::COORDINATOR, "complete", request).await.map(|_| ())
}

//! Editions and migration: what runs stays under its law until somebody moves it, foreseeably, and back again.
use super::PACT;
use super::office::Office;
use crate::program::{on_a_page, pactline};
use futures::TryStreamExt;
use pactline::api::proto as pb;
use pactline::domain::charter::charter_id;
use pactline::domain::text::Slug;
use pactline::log::{EmbeddedLog, Log};
use std::path::Path;
use tonic::Code;

/// The second edition: design is called drafting, its gate asks for less and for more, and there is other work.
fn second() -> String {
    let text = PACT.replacen(
        "name = \"design\"\ntitle = \"Design\"\ndeadline_days = 30",
        "name = \"drafting\"\ntitle = \"Drafting\"\ndeadline_days = 90",
        1,
    );
    let text = text.replacen(
        "    \"no_open_objection\",\n",
        "    { document_attached = { kind = \"budget\" } },\n",
        1,
    );
    text.replacen(
        "tasks = [{ kind = \"check\"",
        "tasks = [{ kind = \"costing\", title = \"Cost it\", role = \"donor\" }, { kind = \"check\"",
        1,
    )
}

fn charter() -> String {
    charter_id(&Slug::try_from("small-pact").unwrap()).to_string()
}

fn renames() -> Vec<pb::StageRename> {
    vec![pb::StageRename { from: "design".to_owned(), to: "drafting".to_owned() }]
}

/// An office with three projects that `pat` proposed under the first edition, and the second edition after that.
async fn begun() -> (Office, Vec<String>) {
    let office = Office::open().await;
    let first = office.publish("secretary", PACT).await;
    let mut projects = Vec::new();
    for title in ["Aral", "Balkhash", "Caspian"] {
        projects.push(office.propose("pat", title, &first, None).await);
    }
    office.publish("secretary", &second()).await;
    (office, projects)
}

async fn plan(office: &Office, by: &str, renames: Vec<pb::StageRename>) -> pb::PlanMigrationResponse {
    let request = pb::PlanMigrationRequest { charter_id: charter(), renames, ..Default::default() };
    office.migrations(by).plan_migration(request).await.unwrap().into_inner()
}

async fn migrate(
    office: &Office,
    by: &str,
    edition: u32,
    renames: Vec<pb::StageRename>,
) -> Vec<pb::MigrateResponse> {
    let reason = "the chair decided so".to_owned();
    let request =
        pb::MigrateRequest { charter_id: charter(), edition, renames, reason, ..Default::default() };
    let answers = office.migrations(by).migrate(request).await.unwrap().into_inner();
    answers.try_collect().await.unwrap()
}

fn moved(answers: &[pb::MigrateResponse]) -> usize {
    answers.iter().filter(|it| it.amended.is_some()).count()
}

/// The types of the project's events in the folder's log.
async fn types(dir: &Path, project: &str) -> Vec<String> {
    let log = EmbeddedLog::open(dir, || jiff::Timestamp::UNIX_EPOCH).unwrap();
    let chunks: Vec<_> = log.read_stream(&format!("project-{project}"), 0).try_collect().await.unwrap();
    let types = chunks.into_iter().flatten().map(|it| it.kind.to_string()).collect();
    log.close().await.unwrap();
    types
}

#[tokio::test]
async fn a_new_edition_leaves_what_runs_under_the_old_one() {
    let (office, projects) = begun().await;
    let gate = office.explain(&projects[0]).await.gate.unwrap();
    assert_eq!((gate.stage.as_str(), gate.findings.len()), ("design", 7));
    assert_eq!(gate.charter.unwrap().revision, 0);
    office.attach("pat", &projects[0], "plan").await;
    let gate = office.explain(&projects[0]).await.gate.unwrap();
    assert_eq!((gate.stage.as_str(), gate.findings.len()), ("design", 7));
    office.close().await;
}

#[tokio::test]
async fn a_plan_says_what_becomes_of_stage_deadline_gate_and_tasks_and_records_nothing() {
    let (office, projects) = begun().await;
    let planned = plan(&office, "chair", renames()).await;
    assert_eq!((planned.edition, planned.to.as_ref().unwrap().revision), (2, 1));
    assert_eq!(planned.projects.len(), 3);
    let it = &planned.projects[0];
    assert_eq!((it.title.as_str(), it.from_edition), ("Aral", 1));
    assert_eq!((it.stage_before.as_str(), it.stage_after.as_str()), ("design", "drafting"));
    assert!(it.possible, "{it:?}");
    let days = it.due_after.unwrap().seconds - it.due_before.unwrap().seconds;
    assert_eq!(days / 86_400, 60);
    let change = |wanted: pb::Change| {
        let gate = it.gate.iter().filter(move |it| it.change() == wanted).map(|it| it.requirement.clone());
        gate.collect::<Vec<_>>()
    };
    assert_eq!(change(pb::Change::Added), ["a document of the kind budget is attached"]);
    assert_eq!(change(pb::Change::Dropped), ["no objection of a reviewer is open"]);
    assert_eq!(change(pb::Change::Kept).len(), 6);
    let tasks: Vec<_> = it.tasks.iter().map(|it| (it.kind.as_str(), it.change())).collect();
    assert_eq!(tasks, [("costing", pb::Change::Added), ("check", pb::Change::Kept)]);
    let dir = office.close().await;
    assert_eq!(types(dir.path(), &projects[0]).await, ["ProjectProposed", "StageEntered"]);
}

/// The second edition with other ends, reports and work, and a task that somebody made.
#[tokio::test]
async fn a_plan_tells_what_else_the_law_says_otherwise_and_leaves_other_work_alone() {
    let office = Office::open().await;
    let first = office.publish("secretary", PACT).await;
    let project = office.propose("pat", "Aral", &first, None).await;
    office.open_task(&project, "translate", "donor").await;
    office.open_task(&project, "translate", "donor").await;
    let text = second().replacen("on_expiry = { escalate = \"chair\" }", "on_expiry = \"suspend\"", 1);
    let text = text.replacen("role = \"coordinator\"", "role = \"donor\"", 1);
    let text = text.replacen("gate = [", "report = { every_days = 30, role = \"donor\" }\ngate = [", 1);
    office.publish("secretary", &text).await;
    let planned = plan(&office, "chair", renames()).await;
    let it = &planned.projects[0];
    let consequences = (it.consequence_before.as_str(), it.consequence_after.as_str());
    assert_eq!(consequences, ("chair has to see to it", "it is suspended"));
    assert_eq!((it.report_before.as_str(), it.report_after.as_str()), ("", "every 30 days by donor"));
    let of = |kind: &str| it.tasks.iter().filter(|it| it.kind == kind).cloned().collect::<Vec<_>>();
    let check = &of("check")[0];
    let difference = "for donor instead of coordinator";
    assert_eq!((check.change(), check.difference.as_str()), (pb::Change::Altered, difference));
    let others = of("translate");
    assert_eq!(others.len(), 2, "each task, and not only the first of its kind");
    assert!(others.iter().all(|it| it.change() == pb::Change::Untouched && !it.task_id.is_empty()));
    assert_ne!(others[0].task_id, others[1].task_id);
    let dir = office.close().await;
    let args =
        ["--actor", "chair", "charter", "migrate", "small-pact", "--dry-run", "--rename", "design=drafting"];
    let shown = pactline(dir.path(), &args);
    for words in [
        "late      chair has to see to it → it is suspended",
        "reports   none → every 30 days by donor",
        "~ check, for donor instead of coordinator",
        "= translate, as it is",
    ] {
        assert!(shown.out.contains(words), "{words}\n{}", shown.out);
    }
}

#[tokio::test]
async fn what_cannot_be_moved_says_why() {
    let (office, _) = begun().await;
    let reasons = |it: pb::PlanMigrationResponse| {
        let mut reasons: Vec<String> = it.projects.into_iter().map(|it| it.reason).collect();
        reasons.dedup();
        reasons
    };
    assert_eq!(reasons(plan(&office, "chair", vec![]).await), ["NO_SUCH_STAGE"]);
    assert_eq!(reasons(plan(&office, "pat", renames()).await), ["IS_PROPOSER"]);
    assert_eq!(reasons(plan(&office, "secretary", renames()).await), ["IS_PUBLISHER"]);
    assert_eq!(reasons(plan(&office, "chair", renames()).await), [""]);
    let answers = migrate(&office, "pat", 0, renames()).await;
    assert_eq!((answers.len(), moved(&answers)), (4, 0));
    assert_eq!(answers[1].project.as_ref().unwrap().reason, "IS_PROPOSER");
    office.close().await;
}

#[tokio::test]
async fn projects_are_moved_one_by_one_and_a_second_run_records_nothing_more() {
    let (office, projects) = begun().await;
    let since = office.explain(&projects[1]).await.gate.unwrap().since;
    let request = pb::MigrateRequest {
        charter_id: charter(),
        renames: renames(),
        reason: "the chair decided so".to_owned(),
        project_ids: vec![projects[1].clone()],
        ..Default::default()
    };
    let mut cut_short = office.migrations("chair").migrate(request).await.unwrap().into_inner();
    let first = cut_short.message().await.unwrap().unwrap();
    assert_eq!((first.done, first.total, first.project), (0, 1, None));
    assert_eq!(moved(&[cut_short.message().await.unwrap().unwrap()]), 1);
    drop(cut_short);
    let answers = migrate(&office, "chair", 0, renames()).await;
    let counts: Vec<(u64, u64)> = answers.iter().map(|it| (it.done, it.total)).collect();
    assert_eq!((counts, moved(&answers)), (vec![(0, 2), (1, 2), (2, 2)], 2));
    let again = migrate(&office, "chair", 0, renames()).await;
    assert_eq!((again.len(), moved(&again)), (1, 0));
    let gate = office.explain(&projects[1]).await.gate.unwrap();
    assert_eq!((gate.stage.as_str(), gate.since), ("drafting", since));
    assert_eq!(gate.charter.unwrap().revision, 1);
    let dir = office.close().await;
    for project in &projects {
        assert_eq!(types(dir.path(), project).await, ["ProjectProposed", "StageEntered", "LawAmended"]);
    }
}

#[tokio::test]
async fn a_migration_is_undone_by_migrating_back() {
    let (office, projects) = begun().await;
    let before = office.explain(&projects[0]).await.gate.unwrap();
    assert_eq!(moved(&migrate(&office, "chair", 0, renames()).await), 3);
    let back = vec![pb::StageRename { from: "drafting".to_owned(), to: "design".to_owned() }];
    assert_eq!(moved(&migrate(&office, "chair", 1, back).await), 3);
    let after = office.explain(&projects[0]).await.gate.unwrap();
    let law =
        |it: &pb::Gate| (it.stage.clone(), it.charter.clone(), it.since, it.due_at, it.findings.clone());
    assert_eq!(law(&after), law(&before));
    office.close().await;
}

#[tokio::test]
async fn the_same_migration_sent_twice_moves_no_project_a_second_time() {
    let (office, projects) = begun().await;
    let request_id = "0199aaaa-0000-7000-8000-000000000009".to_owned();
    let ask = |edition: u32, request_id: &str, renames: Vec<pb::StageRename>| {
        let (request_id, reason) = (request_id.to_owned(), "the chair decided so".to_owned());
        let request = pb::MigrateRequest {
            request_id,
            charter_id: charter(),
            edition,
            renames,
            reason,
            project_ids: vec![],
        };
        let mut service = office.migrations("chair");
        async move {
            let answers = service.migrate(request).await.unwrap().into_inner();
            moved(&answers.try_collect::<Vec<_>>().await.unwrap())
        }
    };
    assert_eq!(ask(2, &request_id, renames()).await, 3);
    let back = vec![pb::StageRename { from: "drafting".to_owned(), to: "design".to_owned() }];
    assert_eq!(ask(1, "", back).await, 3);
    assert_eq!(ask(2, &request_id, renames()).await, 0);
    let dir = office.close().await;
    assert_eq!(types(dir.path(), &projects[0]).await.len(), 4);
}

#[tokio::test]
async fn what_is_over_is_left_alone_and_an_edition_that_is_not_there_is_not_found() {
    let (office, projects) = begun().await;
    let request = pb::CancelProjectRequest {
        project_id: projects[2].clone(),
        reason: "nobody wants it".to_owned(),
        ..Default::default()
    };
    office.projects("chair").cancel_project(request).await.unwrap();
    let titles: Vec<String> =
        plan(&office, "chair", renames()).await.projects.into_iter().map(|it| it.title).collect();
    assert_eq!(titles, ["Aral", "Balkhash"]);
    let request = pb::PlanMigrationRequest { charter_id: charter(), edition: 9, ..Default::default() };
    let refused = office.migrations("chair").plan_migration(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let request = pb::MigrateRequest { charter_id: "nine".to_owned(), ..Default::default() };
    let refused = office.migrations("chair").migrate(request).await.map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    office.close().await;
}

#[tokio::test]
async fn the_program_plans_and_migrates() {
    let (office, _) = begun().await;
    let dir = office.close().await;
    let ask = |actor: &str, more: &[&str]| {
        pactline(dir.path(), &[&["--actor", actor, "charter", "migrate", "small-pact"], more].concat())
    };
    let stuck = ask("chair", &["--dry-run"]);
    assert_eq!(stuck.code, 1, "{}", stuck.err);
    assert!(stuck.out.contains("the edition has no stage design"), "{}", stuck.out);
    let planned = ask("chair", &["--dry-run", "--rename", "design=drafting"]);
    assert_eq!(planned.code, 0, "{}", planned.err);
    for words in [
        "design → drafting  edition 1 → 2",
        "+ a document of the kind budget is attached",
        "- no objection of a reviewer is open",
        "+ costing",
        "3 open projects are not under edition 2; nothing was recorded",
    ] {
        assert!(planned.out.contains(words), "{words}\n{}", planned.out);
    }
    for columns in [60, 80, 110] {
        let place = ["--actor", "chair", "charter", "migrate", "small-pact", "--dry-run"];
        on_a_page(columns, dir.path(), &place).within(columns);
        let renamed = [&place[..], &["--rename", "design=drafting"]].concat();
        on_a_page(columns, dir.path(), &renamed).within(columns);
    }
    let why = ["--rename", "design=drafting", "--reason", "decided in the chair's office"];
    assert_eq!(ask("pat", &why).code, 1);
    let done = ask("chair", &why);
    assert_eq!((done.code, done.out.as_str()), (0, "✔ 3 of 3 projects were moved\n"), "{}", done.err);
    assert_eq!(ask("chair", &why).out, "every open project is under that edition already\n");
    assert_eq!(ask("chair", &[]).code, 2);
    assert_eq!(ask("chair", &["--dry-run", "--rename", "design"]).code, 2);
}

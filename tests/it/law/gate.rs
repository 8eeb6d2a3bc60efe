//! A gate explained: what holds and by which events, what does not, and who could bring it about.
use super::PACT;
use super::office::{Office, party_id};
use crate::program::{on_a_page, pactline};
use pactline::api::proto as pb;
use std::collections::BTreeMap;
use tonic::Code;
use tonic_types::StatusExt;

/// An office with a project of partner AFG, which is a donor as NOR and CHE are.
async fn begun() -> (Office, String, BTreeMap<&'static str, pb::EventReference>) {
    let office = Office::open().await;
    let charter = office.publish("secretary", PACT).await;
    let mut admissions = BTreeMap::new();
    for iso in ["AFG", "NOR", "CHE"] {
        admissions.insert(iso, office.partner(iso, &["donor"]).await);
    }
    let project = office.propose("pat", "Border posts", &charter, Some(&admissions["AFG"])).await;
    (office, project, admissions)
}

fn of<'a>(gate: &'a pb::Gate, kind: &str) -> &'a pb::GateFinding {
    gate.findings.iter().find(|it| it.kind == kind).unwrap()
}

/// The types of the events that a finding rests on.
fn types(it: &pb::GateFinding) -> Vec<&str> {
    it.rests_on.iter().map(|it| it.r#type.as_str()).collect()
}

#[tokio::test]
async fn a_gate_that_nothing_opens_yet_says_so_seven_times_and_who_could() {
    let (office, project, _) = begun().await;
    let told = office.explain(&project).await;
    let gate = told.gate.unwrap();
    assert_eq!((gate.stage.as_str(), gate.next.as_str(), gate.open), ("design", "delivery", false));
    assert_eq!((gate.consequence.as_str(), gate.escalate_to.as_str()), ("chair has to see to it", "chair"));
    assert_eq!((gate.due_at.unwrap().seconds - gate.since.unwrap().seconds) / 86_400, 30);
    assert!(!gate.overdue && !gate.expired);
    assert_eq!(gate.entry.as_ref().unwrap().revision, 1);
    let holds: Vec<&str> = gate.findings.iter().filter(|it| it.holds).map(|it| it.kind.as_str()).collect();
    assert_eq!((gate.findings.len(), holds), (7, vec!["no_open_objection"]));
    let remedy = of(&gate, "approvals").remedy.clone().unwrap();
    assert_eq!((remedy.role.as_str(), remedy.more, remedy.able), ("donor", 2, 2));
    assert_eq!(remedy.how, "approve it once a live priority is cited, or a provision by exception");
    let bars: BTreeMap<&str, pb::Bar> = remedy.holders.iter().map(|it| (&*it.partner_id, it.bar())).collect();
    assert_eq!(bars[&*party_id("AFG")], pb::Bar::ProposingPartner);
    assert_eq!(bars[&*party_id("NOR")], pb::Bar::Unspecified);
    assert_eq!(remedy.barred, [pb::BarredPerson { person: "pat".into(), bar: pb::Bar::Proposer.into() }]);
    for (kind, how) in [
        ("cites_provision_in_force", "cite a provision in force, or decide to retain one that is not"),
        ("document_attached", "attach a document of the kind plan"),
        ("funded", "record what a donor, a partner or not, commits: USD 500.00 more"),
    ] {
        let remedy = of(&gate, kind).remedy.clone().unwrap();
        assert_eq!((remedy.anybody, remedy.how.as_str()), (true, how));
    }
    let by_role = |it: &&pb::GateFinding| it.remedy.as_ref().is_some_and(|it| !it.role.is_empty());
    assert_eq!(gate.findings.iter().filter(by_role).count(), 3);
    let nobody = of(&gate, "review_passed").remedy.clone().unwrap();
    assert_eq!((nobody.role.as_str(), nobody.holders.len(), nobody.able), ("expert", 0, 0));
    office.close().await;
}

#[tokio::test]
async fn what_holds_cites_its_events_and_tasks_need_not_be_named() {
    let (office, project, admissions) = begun().await;
    let provision = office.provision("A/RES/1", "para. 2").await;
    office.cite(&project, &provision).await;
    office.attach("pat", &project, "plan").await;
    let as_expert = ("technical", "expert");
    let reason = |refused: tonic::Status| refused.get_details_error_info().unwrap().reason;
    let stranger = office.review("eva", &project, as_expert, None).await.unwrap_err();
    assert_eq!(reason(stranger), "NO_PARTNER_NAMED");
    let donor = office.review("eva", &project, as_expert, Some(&admissions["NOR"])).await.unwrap_err();
    assert_eq!(reason(donor), "ROLE_NOT_HELD");
    let expert = office.partner("FRA", &["expert"]).await;
    let emperor = office.review("eva", &project, ("technical", "emperor"), Some(&expert)).await.unwrap_err();
    assert_eq!(reason(emperor), "NO_SUCH_ROLE");
    office.review("eva", &project, as_expert, Some(&expert)).await.unwrap();
    office.approve("ann", &project, "donor", &admissions["NOR"]).await.unwrap();
    let twice = office.approve("ann", &project, "donor", &admissions["CHE"]).await.unwrap_err();
    assert_eq!(twice.get_details_error_info().unwrap().reason, "SPOKE_FOR_ANOTHER");
    let own = office.approve("pat", &project, "donor", &admissions["CHE"]).await.unwrap_err();
    assert_eq!(own.get_details_error_info().unwrap().reason, "IS_PROPOSER");
    let gate = office.explain(&project).await.gate.unwrap();
    let remedy = of(&gate, "approvals").remedy.clone().unwrap();
    assert_eq!((remedy.more, remedy.able, remedy.how.as_str()), (1, 1, ""));
    assert!(remedy.barred.iter().any(|it| it.person == "ann" && it.bar() == pb::Bar::SpokeForAnother));
    office.approve("bo", &project, "donor", &admissions["CHE"]).await.unwrap();
    office.commit(&project, 60_000).await;
    let of_task = |gate: pb::Gate| of(&gate, "task_done").clone();
    office.make_work("zoe", &project, "check", "donor").await;
    let found = of_task(office.explain(&project).await.gate.unwrap());
    let because = "the check task was done as donor, and the law asks coordinator";
    assert_eq!((found.holds, found.because.as_str()), (false, because));
    office.make_work("pat", &project, "check", "coordinator").await;
    assert!(!of_task(office.explain(&project).await.gate.unwrap()).holds, "nobody checks their own proposal");
    office.work("cora", &project, "check").await;
    let gate = office.explain(&project).await.gate.unwrap();
    assert!(gate.open, "{gate:#?}");
    assert_eq!(types(of(&gate, "cites_provision_in_force")), ["ProvisionCited", "ProvisionDefined"]);
    assert_eq!(types(of(&gate, "document_attached")), ["DocumentAttached"]);
    assert_eq!(types(of(&gate, "review_passed")), ["ReviewRecorded"]);
    assert_eq!(types(of(&gate, "approvals")), ["ProjectApproved", "ProjectApproved"]);
    assert_eq!(types(of(&gate, "funded")), ["FundsCommitted"]);
    assert_eq!(types(of(&gate, "task_done")), ["TaskCompleted"]);
    let evidence = gate.findings.iter().flat_map(|it| &it.rests_on);
    assert!(evidence.clone().all(|it| !it.event.as_ref().unwrap().event_id.is_empty()));
    assert!(
        evidence.clone().any(|it| it.actor == "eva" && it.sentence == "A technical review came to: passed")
    );
    office.pass("chair", &project, "design").await.unwrap();
    let gate = office.explain(&project).await.gate.unwrap();
    assert_eq!((gate.stage.as_str(), gate.next.as_str()), ("delivery", ""));
    office.close().await;
}

#[tokio::test]
async fn a_task_that_was_done_in_vain_says_that_another_must_be_opened() {
    let (office, project, _) = begun().await;
    office.work("pat", &project, "check").await;
    let found = of(&office.explain(&project).await.gate.unwrap(), "task_done").clone();
    assert_eq!(found.because, "the check task was done by whoever proposed the project");
    let remedy = found.remedy.unwrap();
    let how = "do another task of the kind check, once it is opened: pactline worklist open";
    assert_eq!((remedy.task_id.as_str(), remedy.how.as_str()), ("", how));
    office.make_work("cora", &project, "check", "coordinator").await;
    assert!(of(&office.explain(&project).await.gate.unwrap(), "task_done").holds);
    office.close().await;
}

#[tokio::test]
async fn a_refusal_lists_all_that_is_missing_in_words_and_as_data() {
    let (office, project, _) = begun().await;
    let refused = office.pass("chair", &project, "design").await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(refused.get_details_error_info().unwrap().reason, "GATE_CLOSED");
    let unmet = refused.get_details_precondition_failure().unwrap().violations;
    let kinds: Vec<&str> = unmet.iter().map(|it| it.r#type.as_str()).collect();
    let expected = [
        "cites_provision_in_force",
        "document_attached",
        "review_passed",
        "approvals",
        "funded",
        "task_done",
    ];
    assert_eq!(kinds, expected);
    assert!(unmet.iter().all(|it| !it.subject.is_empty() && refused.message().contains(&it.description)));
    office.close().await;
}

#[tokio::test]
async fn a_task_that_the_law_ordered_is_shown_with_who_may_do_it() {
    let (office, project, _) = begun().await;
    let task = loop {
        let told = office.explain(&project).await;
        let remedy = of(told.gate.as_ref().unwrap(), "task_done").remedy.clone().unwrap();
        assert_eq!(remedy.role, "coordinator");
        if !remedy.task_id.is_empty() {
            break remedy.task_id;
        }
    };
    let taken = pb::ClaimTaskRequest {
        task_id: task,
        worker: "coordinator".to_owned(),
        lease_ms: 60_000,
        ..Default::default()
    };
    office.tasks("coordinator").claim_task(taken).await.unwrap();
    office.close().await;
}

#[tokio::test]
async fn a_project_that_nobody_proposed_is_not_found() {
    let office = Office::open().await;
    let ask = |project_id: &str| {
        let request = pb::ExplainGateRequest { after: None, project_id: project_id.to_owned() };
        let mut gates = office.gates("anyone");
        async move { gates.explain_gate(request).await.unwrap_err().code() }
    };
    assert_eq!(ask("6f1d5c5e-4b0b-5a7e-9a51-70616374706c").await, Code::NotFound);
    assert_eq!(ask("nine").await, Code::InvalidArgument);
    office.close().await;
}

#[tokio::test]
async fn the_program_says_where_a_project_stands_and_who_could_move_it() {
    let (office, project, _) = begun().await;
    let kept = office.close().await;
    let dir = kept.path();
    let run = pactline(dir, &["explain", &project]);
    assert_eq!(run.code, 0, "{}", run.err);
    for words in [
        "Border posts",
        "in Design since",
        "then chair has to see to it",
        "1 of 7 hold, delivery is next",
        "✘ a review (technical) as expert passed",
        "nobody who holds the role expert could do it: grant it to somebody",
        "2 more are asked for; donor could approve it once a live priority is cited",
        ": The CHE, The NOR",
        "→ anybody could attach a document of the kind plan",
        "→ anybody could record what a donor, a partner or not, commits: USD 500.00 more",
        "not The AFG, which the project was proposed for; not pat, who proposed the project",
    ] {
        assert!(run.out.contains(words), "{words}\n{}", run.out);
    }
    for columns in [60, 80, 100, 110] {
        on_a_page(columns, dir, &["explain", &project]).within(columns);
        on_a_page(columns, dir, &["explain", &project, "--events"]).within(columns);
    }
    let run = pactline(dir, &["--json", "explain", &project]);
    let told: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(told["gate"]["stage"], "design");
    assert_eq!(told["gate"]["findings"][3]["remedy"]["able"], 2);
    assert_eq!(pactline(dir, &["explain", "AFG"]).code, 1);
}

#[tokio::test]
async fn every_fault_of_a_charter_is_told_however_many_there_are() {
    let office = Office::open().await;
    let stage =
        |n: usize| format!("[[projects.stages]]\nname = \"s{n}\"\ntitle = \"S\"\ndeadline_days = 0\n");
    let toml = format!("{PACT}{}", (0..60).map(stage).collect::<String>());
    let publish = pb::PublishCharterRequest { toml: toml.clone(), ..Default::default() };
    let refused = office.charters("secretary").publish_charter(publish).await.unwrap_err();
    let told = refused.get_details_bad_request().unwrap().field_violations;
    assert!(told.last().unwrap().description.ends_with("more are not listed: CheckCharter lists them all"));
    let check = pb::CheckCharterRequest { toml };
    let all = office.charters("secretary").check_charter(check).await.unwrap().into_inner();
    assert_eq!((all.sound, all.faults.len()), (false, 60));
    let last = all.faults.last().unwrap();
    assert_eq!(last.path, "projects.stages[61].deadline_days");
    let sound = pb::CheckCharterRequest { toml: PACT.to_owned() };
    assert!(office.charters("secretary").check_charter(sound).await.unwrap().into_inner().sound);
    let wide: String =
        (0..60).map(|n| format!("    {{ document_attached = {{ kind = \"d{n}\" }} }},\n")).collect();
    let many = PACT.replacen("gate = [\n", &format!("gate = [\n{wide}"), 1);
    let charter = office.publish("secretary", &many).await;
    let project = office.propose("pat", "Border posts", &charter, None).await;
    let refused = office.pass("chair", &project, "design").await.unwrap_err();
    let told = refused.get_details_precondition_failure().unwrap().violations;
    assert!(told.last().unwrap().description.ends_with("more are not listed: ExplainGate lists them all"));
    assert_eq!(office.explain(&project).await.gate.unwrap().findings.len(), 67);
    office.close().await;
}

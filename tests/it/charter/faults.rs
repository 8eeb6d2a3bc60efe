//! Every way in which a charter can make no sense, and where it is found.
use super::PARIS_PACT;
use pactline::domain::charter::check_text;

/// In the shipped charter, `from` becomes `to`: that must be one fault, at `path`, in the line that then begins
/// with `line`, and its message must say `word`.
pub(super) struct Case(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
);

const POLICY_QUORUM: &str = "quorum = \"1/3\"\nsilence_min_hours = 72\n\n# Not";
const CND_RULES: &str = "rules = [\"consensus\", { majority = { share = \"1/2\", strict = true } }]";
const FALLBACK: &str = "fallback = { share = \"1/2\", strict = true }";
const TASK_END: &str = "role = \"coordinator\", due_days = 30, escalate_to = \"chair\" },";
const REPORT: &str = "{ every_days = 180, role = \"implementer\" }";
const FUNDED: &str = "{ funded = { percent = 80, basis = \"committed\" } },";

pub(super) const CASES: &[Case] = &[
    Case("\"chair\", \"co", "\"chair\", \"chair\", \"co", "roles[1]", "roles", "twice"),
    Case("\"precursors\",", "\"precursors\", \"precursors\",", "pillars[3]", "pillars", "twice"),
    Case("\"northern\",", "\"northern\", \"northern\",", "routes[2]", "routes", "twice"),
    Case("name = \"funding\"", "name = \"appraisal\"", "projects.stages[2].name", "name", "twice"),
    Case("set_by = \"coordinator\"", "set_by = \"mayor\"", "priorities.set_by", "set_by", "no role mayor"),
    Case(
        "escalate_to = \"chair\"\n",
        "escalate_to = \"mayor\"\n",
        "recommendations.escalate_to",
        "escalate_to",
        "no role mayor",
    ),
    Case(
        "{ escalate = \"chair\" }",
        "{ escalate = \"mayor\" }",
        "projects.stages[1].on_expiry",
        "on_expiry",
        "no role mayor",
    ),
    Case(
        "role = \"recipient\", count",
        "role = \"mayor\", count",
        "projects.stages[1].gate[2].role",
        "{ approvals",
        "no role mayor",
    ),
    Case(
        "\"technical\", role = \"expert\"",
        "\"technical\", role = \"mayor\"",
        "projects.stages[1].gate[0].role",
        "{ review_passed",
        "no role mayor",
    ),
    Case(
        TASK_END,
        "role = \"mayor\", due_days = 30, escalate_to = \"chair\" },",
        "projects.stages[1].tasks[0].role",
        "{ kind",
        "no role mayor",
    ),
    Case(
        TASK_END,
        "role = \"coordinator\", due_days = 30, escalate_to = \"mayor\" },",
        "projects.stages[1].tasks[0].escalate_to",
        "{ kind",
        "no role mayor",
    ),
    Case(
        TASK_END,
        "role = \"coordinator\", escalate_to = \"chair\" },",
        "projects.stages[1].tasks[0].escalate_to",
        "{ kind",
        "without a deadline",
    ),
    Case(
        TASK_END,
        "role = \"coordinator\", due_days = 30, escalate_to = \"coordinator\" },",
        "projects.stages[1].tasks[0].escalate_to",
        "{ kind",
        "has the task already",
    ),
    Case("steward = \"coordinator\"", "steward = \"mayor\"", "projects.steward", "steward", "no role mayor"),
    Case("review_days = 365", "review_days = 0", "priorities.review_days", "review_days", "at least 1 day"),
    Case(
        REPORT,
        "{ every_days = 180, role = \"mayor\" }",
        "projects.stages[3].report.role",
        "report",
        "mayor",
    ),
    Case(
        REPORT,
        "{ every_days = 0, role = \"implementer\" }",
        "projects.stages[3].report.every_days",
        "report",
        "at least 1 day",
    ),
    Case(
        REPORT,
        "{ every_days = 1461, role = \"implementer\" }",
        "projects.stages[3].report.every_days",
        "report",
        "ask more often",
    ),
    Case(
        "forums = [\"expert-working-group\"",
        "forums = [\"senate\"",
        "recommendations.forums[0]",
        "forums",
        "no forum senate",
    ),
    Case(
        "forums = [\"expert-working-group\"",
        "forums = [\"policy-consultative-group\"",
        "recommendations.forums[1]",
        "forums",
        "twice",
    ),
    Case(
        "basis = \"policy-consultative-group\"",
        "basis = \"expert-working-group\"",
        "priorities.basis",
        "basis",
        "must be policy-consultative-group",
    ),
    Case(CND_RULES, "rules = [\"consensus\", \"consensus\"]", "forums[2].rules[1]", "rules", "twice"),
    Case(
        "silence_min_hours = 72\n\n# Meets",
        "\n# Meets",
        "forums[0].silence_min_hours",
        "[[forums]]",
        "72 hours",
    ),
    Case(
        "silence_min_hours = 72",
        "silence_min_hours = 0",
        "forums[0].silence_min_hours",
        "silence_min_hours",
        "at least 1 hour",
    ),
    Case(
        "quorum = \"1/2\"",
        "quorum = \"1/2\"\nsilence_min_hours = 72",
        "forums[2].silence_min_hours",
        "silence_min_hours",
        "no rule silence",
    ),
    Case(
        POLICY_QUORUM,
        "silence_min_hours = 72\n\n# Not",
        "forums[1].quorum",
        "[[forums]]",
        "consensus in the room needs one",
    ),
    Case(
        CND_RULES,
        "rules = [\"consensus\", { majority = { share = \"1/3\" } }]",
        "forums[2].rules[1]",
        "rules",
        "less than half",
    ),
    Case(
        CND_RULES,
        "rules = [\"consensus\", { majority = { share = \"1/2\" } }]",
        "forums[2].rules[1]",
        "rules",
        "lets a tie pass",
    ),
    Case(
        FALLBACK,
        "fallback = { share = \"3/3\", strict = true }",
        "forums[2].fallback",
        "fallback",
        "can never be reached",
    ),
    Case(
        "rules = [\"consensus\", { maj",
        "rules = [\"unanimity\", { maj",
        "forums[2].fallback",
        "fallback",
        "of no use",
    ),
    Case(
        "take_up_days = 365\nescalate_to = \"chair\"",
        "take_up_days = 365",
        "recommendations.take_up_days",
        "take_up_days",
        "without a consequence",
    ),
    Case("take_up_days = 365\n", "", "recommendations.escalate_to", "escalate_to", "without a deadline"),
    Case(
        "take_up_days = 365",
        "take_up_days = 0",
        "recommendations.take_up_days",
        "take_up_days",
        "at least 1 day",
    ),
    Case(
        "on_expiry = \"cancel\"\n",
        "",
        "projects.stages[0].deadline_days",
        "deadline_days",
        "without a consequence",
    ),
    Case("deadline_days = 90\n", "", "projects.stages[1].on_expiry", "on_expiry", "without a deadline"),
    Case(
        "deadline_days = 90\n",
        "deadline_days = 0\n",
        "projects.stages[1].deadline_days",
        "deadline_days",
        "at least 1 day",
    ),
    Case(
        TASK_END,
        "role = \"coordinator\", due_days = 30 },",
        "projects.stages[1].tasks[0].due_days",
        "{ kind",
        "is a deadline without a consequence: add escalate_to",
    ),
    Case(
        TASK_END,
        "role = \"coordinator\", due_days = 0, escalate_to = \"chair\" },",
        "projects.stages[1].tasks[0].due_days",
        "{ kind",
        "at least 1 day",
    ),
    Case(
        "\"recipient\", count = 1",
        "\"recipient\", count = 0",
        "projects.stages[1].gate[2].count",
        "{ approvals",
        "at least 1",
    ),
    Case(
        "{ percent = 80,",
        "{ percent = 0,",
        "projects.stages[2].gate[0].percent",
        "{ funded",
        "from 1 to 100",
    ),
    Case(
        "{ percent = 80,",
        "{ percent = 101,",
        "projects.stages[2].gate[0].percent",
        "{ funded",
        "from 1 to 100",
    ),
    Case(
        "indicators = 1,",
        "indicators = 0,",
        "projects.stages[3].gate[0].indicators",
        "{ results_reported",
        "at least 1",
    ),
    Case(
        "task_done = { kind = \"duplication-check\"",
        "task_done = { kind = \"lessons-learned\"",
        "projects.stages[1].gate[1].kind",
        "{ task_done",
        "no stage up to this one",
    ),
    Case(
        "\"no_open_objection\",",
        "\"no_open_objection\",\n    \"no_open_objection\",",
        "projects.stages[1].gate[4]",
        "\"no_open_objection\"",
        "twice",
    ),
    Case(
        FUNDED,
        "{ date_reached = { days = 0 } },",
        "projects.stages[2].gate[0].days",
        "{ date_reached",
        "at least 1",
    ),
    Case(
        FUNDED,
        "{ date_reached = { days = 366 } },",
        "projects.stages[2].gate[0].days",
        "{ date_reached",
        "may take 365: every project would be late before its gate can open",
    ),
    Case(
        "{ percent = 80, basis",
        "{ percent = 101, basis",
        "projects.stages[2].gate[0].percent",
        "{ funded",
        "implementation, closure can never be reached",
    ),
    Case(
        "name = \"funding\"",
        "name = \"appraisal\"",
        "projects.stages[2].name",
        "name",
        "a cycle: the second leads back to the first, and implementation, closure can never be reached",
    ),
    Case(
        "forums = [\"expert-working-group\"",
        "forums = [\"policy-consultative-group\"",
        "recommendations.forums[1]",
        "forums",
        "is a cycle",
    ),
    Case(
        "task_done = { kind = \"lessons-learned\"",
        "task_done = { kind = \"lessons-forgotten\"",
        "projects.stages[4].gate[1].kind",
        "{ task_done",
        "no project can be completed",
    ),
    Case(
        "task_done = { kind = \"duplication-check\"",
        "task_done = { kind = \"lessons-learned\"",
        "projects.stages[1].gate[1].kind",
        "{ task_done",
        "only closure, which comes after this gate, a cycle",
    ),
    Case(
        TASK_END,
        "role = \"coordinator\", due_days = 91, escalate_to = \"chair\" },",
        "projects.stages[1].tasks[0].due_days",
        "{ kind",
        "in a stage that may take 90",
    ),
    Case(
        "    \"cites_live_priority\",",
        "    \"cites_live_priority\",\n    { date_reached = { days = 180 } },",
        "projects.stages[0].gate[1].days",
        "{ date_reached",
        "is cancelled then",
    ),
    Case(
        "{ approvals = { role = \"donor\", count = 1 } },",
        "{ approvals = { role = \"donor\", count = 1 } },\n    { approvals = { role = \"donor\", count = 2 } },",
        "projects.stages[2].gate[2]",
        "{ approvals",
        "twice",
    ),
    Case(
        "threshold_percent = 80",
        "threshold_percent = 0",
        "projects.funding.threshold_percent",
        "threshold_percent",
        "from 1 to 100",
    ),
    Case(
        "threshold_percent = 80",
        "threshold_percent = 101",
        "projects.funding.threshold_percent",
        "threshold_percent",
        "from 1 to 100",
    ),
];

#[test]
fn every_fault_is_found_alone_and_in_its_place() {
    for Case(from, to, path, line, word) in CASES {
        assert_eq!(PARIS_PACT.matches(from).count().min(1), 1, "the shipped charter has no {from}");
        let text = PARIS_PACT.replacen(from, to, 1);
        let found = check_text(&text).map(|_| ()).unwrap_err();
        let [fault] = &found[..] else { panic!("{from} -> {to}: {found:#?}") };
        assert_eq!(fault.path.as_deref(), Some(*path), "{fault}");
        assert!(fault.message.contains(word), "{word}: {fault}");
        let there = text.lines().nth(fault.line - 1).unwrap().trim_start();
        assert!(there.starts_with(line), "{path}: {fault}, and there is: {there}");
    }
}

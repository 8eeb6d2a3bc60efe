//! The law of a pipeline, told to a real server: gates explained, editions and migration, another pipeline.
mod gate;
mod migration;
mod office;
mod told;

/// A pipeline of two stages whose first gate asks for something of everybody.
const PACT: &str = r#"
name = "small-pact"
title = "A small pact"
roles = ["chair", "donor", "expert", "coordinator"]
pillars = ["supply"]
[[forums]]
name = "group"
title = "The group"
standing = "partners"
rules = ["unanimity"]
[recommendations]
forums = ["group"]
[priorities]
set_by = "chair"
basis = "group"
[projects.funding]
threshold_percent = 80
basis = "committed"
[[projects.stages]]
name = "design"
title = "Design"
deadline_days = 30
on_expiry = { escalate = "chair" }
tasks = [{ kind = "check", title = "Check it", role = "coordinator", due_days = 10, escalate_to = "chair" }]
gate = [
    "cites_provision_in_force",
    { document_attached = { kind = "plan" } },
    { review_passed = { kind = "technical", role = "expert" } },
    { approvals = { role = "donor", count = 2 } },
    { funded = { percent = 50, basis = "committed" } },
    { task_done = { kind = "check" } },
    "no_open_objection",
]
[[projects.stages]]
name = "delivery"
title = "Delivery"
gate = [{ document_attached = { kind = "report" } }]
"#;

//! Requests about tasks.
use crate::domain::id::TaskId;
use crate::domain::task::{Command, Task};

asked! {
    Task by task_id;
    OpenTask = OpenTaskRequest opens task: TaskId {
        kind: text, title: text, subject: text, role: text, due_at: optional_moment,
        attempts_max: ordinal, backoff_ms: millis,
    }
    ClaimTask = ClaimTaskRequest { worker: text, lease_ms: millis }
    ExtendLease = ExtendLeaseRequest { worker: text, lease_ms: millis }
    CompleteTask = CompleteTaskRequest { worker: text, outcome: text }
    FailTask = FailTaskRequest { worker: text, reason: text }
    ResolveIncident = ResolveIncidentRequest { resolution: text }
    EscalateTask = EscalateTaskRequest { to <- to_role: text, reason: text }
    CancelTask = CancelTaskRequest { reason: text }
}

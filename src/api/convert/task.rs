//! Requests about tasks.
use crate::domain::id::TaskId;
use crate::domain::task::{Command, Task};

asked! {
    Task by task_id;
    OpenTask = OpenTaskRequest opens task: TaskId {
        kind: text, title: text, subject: text, role: text, due_at: optional_moment,
        attempts_max: ordinal, backoff_ms: millis, escalate_to <- escalate_to_role: text_or_none,
    }
    ClaimTask = ClaimTaskRequest { worker: text, lease_ms: millis }
    ExtendLease = ExtendLeaseRequest { worker: text, lease_ms: millis }
    CompleteTask = CompleteTaskRequest { worker: text, outcome: text }
    FailTask = FailTaskRequest { worker: text, reason: text }
    ExpireLease = ExpireLeaseRequest { worker: text, until: moment }
    ResolveIncident = ResolveIncidentRequest { resolution: text }
    EscalateTask = EscalateTaskRequest { to <- to_role: text, reason: text }
    EscalateOverdue = EscalateOverdueRequest {}
    CancelTask = CancelTaskRequest { reason: text }
}

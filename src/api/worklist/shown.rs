//! A task of the worklist as a message.
use crate::api::proto as pb;
use crate::api::trace::moment;
use crate::views::worklist::{Status, Task};

pub(super) fn shown(it: Task) -> pb::WorklistTask {
    pb::WorklistTask {
        task_id: it.id.to_string(),
        kind: it.kind,
        title: it.title,
        subject: it.subject,
        role: it.role,
        status: status(it.status).into(),
        worker: it.worker.unwrap_or_default(),
        leased_until: it.leased_until.map(moment),
        retry_at: it.retry_at.map(moment),
        due_at: it.due_at.map(moment),
        overdue: it.overdue,
        opened_at: Some(moment(it.opened_at)),
        attempts: it.attempts,
        attempts_max: it.attempts_max,
        failure: it.failure.unwrap_or_default(),
        opened_for_role: it.opened_for,
        escalate_to_role: it.escalate_to.unwrap_or_default(),
        revision: it.revision,
    }
}

fn status(it: Status) -> pb::WorklistStatus {
    match it {
        Status::Open => pb::WorklistStatus::Open,
        Status::Claimed => pb::WorklistStatus::Claimed,
        Status::Resting => pb::WorklistStatus::Resting,
        Status::Incident => pb::WorklistStatus::Incident,
        Status::Completed => pb::WorklistStatus::Completed,
        Status::Cancelled => pb::WorklistStatus::Cancelled,
    }
}

//! The deadlines of a task: when it should be done, and when the lease of whoever has it ends.
use super::What;
use super::rows::{Rows, not_before};
use crate::domain::charter::RoleName;
use crate::domain::task::Event;
use crate::views::ViewError;

pub(super) fn take(rows: &Rows<'_>, event: &Event) -> Result<(), ViewError> {
    match event {
        Event::TaskOpened { due_at: Some(due_at), escalate_to: Some(to), role, .. } => {
            rows.put(*due_at, "", &What::Overdue { to: to.clone() })?;
            if role == to { rows.rest("overdue", true) } else { Ok(()) }
        }
        Event::TaskClaimed { worker, until } | Event::LeaseExtended { worker, until } => {
            rows.put(*until, "", &What::Lease { worker: worker.clone(), until: *until })
        }
        Event::TaskFailed { .. } | Event::LeaseExpired { .. } => rows.drop("lease", ""),
        Event::TaskCompleted { .. } | Event::TaskCancelled { .. } => {
            rows.drop("lease", "")?;
            rows.drop("overdue", "")
        }
        Event::TaskEscalated { to, .. } => escalated(rows, to),
        Event::TaskOpened { .. } | Event::IncidentRaised { .. } | Event::IncidentResolved { .. } => Ok(()),
    }
}

/// Escalation for being late happens once. A task that is where it would go anyway has nowhere to go, unless it
/// is moved away again.
fn escalated(rows: &Rows<'_>, to: &RoleName) -> Result<(), ViewError> {
    let Some((due, What::Overdue { to: in_the_end })) = rows.pending("overdue")? else {
        return Ok(());
    };
    let (there, late) = (*to == in_the_end, not_before(rows.meta.effective_at) >= due);
    if there && late { rows.drop("overdue", "") } else { rows.rest("overdue", there) }
}

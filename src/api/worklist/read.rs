//! What a request to the worklist asks.
use crate::api::convert::Form;
use crate::api::proto as pb;
use crate::api::query;
use crate::domain::Timestamp;
use crate::domain::charter::RoleName;
use crate::domain::citation::StreamName;
use crate::domain::task::{LEASE_MS_MAX, LEASE_MS_MIN};
use crate::domain::text::{PersonId, Slug};
use crate::views::Token;
use crate::views::worklist::{Filter, Status, Wanted, Which};

/// The most tasks that one worker may have in hand.
const CAPACITY_MAX: u32 = 1000;
/// The most kinds that one worker may ask for.
const KINDS_MAX: usize = 100;
/// How long a task is claimed when nobody says, in milliseconds.
const LEASE_MS: u64 = 60_000;

/// A list as it is asked for.
pub(super) struct List {
    pub(super) filter: Filter,
    pub(super) which: Which,
    /// All that was asked but the page and the moment: what a token is good for.
    pub(super) question: String,
}

/// A stream as it is asked for.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) wanted: Wanted,
    pub(super) worker: PersonId,
    /// Who calls.
    pub(super) by: PersonId,
    pub(super) capacity: usize,
    pub(super) lease_ms: u64,
}

pub(super) fn list(
    form: &mut Form,
    mut request: pb::WorklistServiceListTasksRequest,
    at: impl FnOnce(Option<Timestamp>) -> Timestamp,
) -> Option<List> {
    let page = query::page(request.page.take());
    let judged_at = form.optional_moment("judged_at", request.judged_at.take());
    request.after = None;
    let question = format!("{request:?}");
    let after = match page.token.as_str() {
        "" => Some(None),
        token => form.noted("page.token", Token::read(token, &question)).map(Some),
    };
    let role = form.text_or_none::<RoleName>("role", request.role);
    let worker = form.text_or_none::<PersonId>("worker", request.worker);
    let kind = form.text_or_none::<Slug>("kind", request.kind);
    let subject = form.text_or_none::<StreamName>("subject", request.subject);
    let statuses = form.each("statuses", request.statuses, |form, it| form.choice("", it, status));
    let due_until = form.optional_moment("due_until", request.due_until);
    let at = at(judged_at?);
    let late = request.overdue.then_some(at);
    let filter = Filter {
        role: role?.map(|it| it.to_string()),
        kind: kind?.map(|it| it.to_string()),
        worker: worker?.map(|it| it.to_string()),
        subject: subject?.map(|it| it.to_string()),
        statuses: statuses?,
        due_until: due_until?.into_iter().chain(late).min(),
    };
    let which = Which { at, size: page.size, after: after? };
    Some(List { filter, which, question })
}

fn status(it: pb::WorklistStatus) -> Option<Status> {
    match it {
        pb::WorklistStatus::Unspecified => None,
        pb::WorklistStatus::Open => Some(Status::Open),
        pb::WorklistStatus::Claimed => Some(Status::Claimed),
        pb::WorklistStatus::Resting => Some(Status::Resting),
        pb::WorklistStatus::Incident => Some(Status::Incident),
        pb::WorklistStatus::Completed => Some(Status::Completed),
        pb::WorklistStatus::Cancelled => Some(Status::Cancelled),
    }
}

pub(super) fn stream(form: &mut Form, it: pb::StreamTasksRequest, by: PersonId) -> Option<Stream> {
    let role = form.text_or_none::<RoleName>("role", it.role);
    let many = it.kinds.len();
    let kinds = form.texts::<Slug, Vec<_>>("kinds", it.kinds);
    let worker = form.text_or_none::<PersonId>("worker", it.worker);
    if many > KINDS_MAX {
        form.refuse::<()>("kinds", format!("must be at most {KINDS_MAX} and are {many}"));
    }
    let capacity = match it.capacity {
        0 => Some(1),
        1..=CAPACITY_MAX => usize::try_from(it.capacity).ok(),
        more => form.refuse("capacity", format!("must be from 1 to {CAPACITY_MAX}, not {more}")),
    };
    let lease_ms = match it.lease_ms {
        0 => Some(LEASE_MS),
        LEASE_MS_MIN..=LEASE_MS_MAX => Some(it.lease_ms),
        other => form.refuse(
            "lease_ms",
            format!("must be from {LEASE_MS_MIN} to {LEASE_MS_MAX} milliseconds, not {other}"),
        ),
    };
    let mut kinds: Vec<String> = kinds?.iter().map(Slug::to_string).collect();
    kinds.sort();
    kinds.dedup();
    let wanted = Wanted { role: role?.map(|it| it.to_string()), kinds };
    if wanted.role.is_none() && wanted.kinds.is_empty() {
        return form.refuse("role", "must be given where there are no kinds: say which work is wanted");
    }
    let worker = worker?.unwrap_or_else(|| by.clone());
    Some(Stream { wanted, worker, by, capacity: capacity?, lease_ms: lease_ms? })
}

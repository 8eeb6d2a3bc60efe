//! What every query has in common: as of when, after what, which page, and why there is no answer.
use super::convert::{Form, Violations};
use super::proto as pb;
use super::proto::query_context::AsOf as Wire;
use super::status;
use crate::log::Position;
use crate::views::{AsOf, Ask, ViewError, Views};
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};
use uuid::Uuid;

/// How long a query waits for a view at most; a shorter deadline of the call ends it sooner.
pub(super) const WAIT_MAX: Duration = Duration::from_secs(10);
/// How long to wait before asking again a view that is not there yet.
const RETRY: Duration = Duration::from_millis(200);
const PAGE_USUAL: usize = 50;
const PAGE_MAX: usize = 1000;

/// As of when, and after what.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    after: Option<Position>,
    pub(super) as_of: AsOf,
}

impl Moment {
    /// The same for a view's own questions, which wait by themselves.
    pub(super) fn ask(&self) -> Ask {
        Ask { as_of: self.as_of, after: self.after, longest: WAIT_MAX }
    }

    /// Waits until `view` can answer.
    pub(super) async fn wait(&self, views: &Views, view: &str) -> Result<(), Status> {
        views.wait(view, self.after, WAIT_MAX).await.map_err(|err| unanswered(&err))
    }

    /// What an answer takes into account whose snapshot is at `position`.
    pub(super) fn answered(&self, position: Option<Position>) -> Option<pb::AsOf> {
        let (position, past) = match self.as_of {
            AsOf::Now => (position, false),
            AsOf::Position(asked) if Some(asked) < position => (Some(asked), true),
            AsOf::Position(_) => (position, false),
            AsOf::RecordedAt(_) | AsOf::EffectiveAt(_) => (position, true),
        };
        Some(pb::AsOf { position: position.map(|it| it.0), past })
    }
}

/// Which page: at most how many, after what.
pub(super) struct Page {
    pub(super) size: usize,
    pub(super) token: String,
}

/// Reads a request that records nothing; every field at fault is named.
pub(super) fn read<T>(read: impl FnOnce(&mut Form) -> Option<T>) -> Result<T, Status> {
    let mut form = Form::new(Uuid::nil());
    let found = read(&mut form);
    form.done(found).map_err(|it: Violations| status::malformed(&it))
}

pub(super) fn moment(form: &mut Form, context: Option<pb::QueryContext>) -> Option<Moment> {
    let context = context.unwrap_or_default();
    let as_of = form.within("query", |form| match context.as_of {
        None => Some(AsOf::Now),
        Some(Wire::Position(position)) => Some(AsOf::Position(Position(position))),
        Some(Wire::RecordedAt(at)) => form.moment("recorded_at", Some(at)).map(AsOf::RecordedAt),
        Some(Wire::EffectiveAt(at)) => form.moment("effective_at", Some(at)).map(AsOf::EffectiveAt),
    });
    Some(Moment { after: context.after.map(Position), as_of: as_of? })
}

pub(super) fn page(page: Option<pb::Page>) -> Page {
    let pb::Page { size, token } = page.unwrap_or_default();
    let size = match usize::try_from(size) {
        Ok(0) => PAGE_USUAL,
        Ok(size) => size.min(PAGE_MAX),
        Err(_) => PAGE_MAX,
    };
    Page { size, token }
}

/// A page's token that is a number; `None` for the first page.
pub(super) fn counted(form: &mut Form, token: &str) -> Option<Option<u64>> {
    if token.is_empty() {
        return Some(None);
    }
    match token.parse() {
        Ok(it) => Some(Some(it)),
        Err(_) => form.refuse("page.token", "must be empty or the next_page_token of the page before"),
    }
}

/// There is nothing like that on record, at least not as of then.
pub(super) fn not_on_record(what: &str) -> Status {
    let details = ErrorDetails::with_error_info("NOT_ON_RECORD", status::DOMAIN, HashMap::new());
    Status::with_error_details(Code::NotFound, format!("{what} is not on record as of then"), details)
}

/// A view that cannot answer.
pub(super) fn unanswered(err: &ViewError) -> Status {
    let (code, reason, retry) = match err {
        ViewError::Log(err) => return status::broken(err),
        ViewError::Behind { .. } => (Code::Unavailable, "VIEW_BEHIND", Some(RETRY)),
        ViewError::Building { .. } => (Code::Unavailable, "VIEW_BUILDING", Some(RETRY)),
        ViewError::Stopped { .. } => (Code::Unavailable, "VIEW_STOPPED", None),
        ViewError::Store(_) | ViewError::NoSuchView(_) => (Code::Internal, "VIEW_UNUSABLE", None),
        ViewError::Damaged(_) | ViewError::Unreadable(_) | ViewError::Contradiction(_) => {
            (Code::DataLoss, "VIEW_DAMAGED", None)
        }
    };
    if retry.is_none() {
        tracing::error!(error = %err, "a view cannot answer");
    }
    let mut details = ErrorDetails::with_error_info(reason, status::DOMAIN, HashMap::new());
    if let Some(retry) = retry {
        details.set_retry_info(Some(retry));
    }
    Status::with_error_details(code, err.to_string(), details)
}

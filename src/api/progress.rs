//! How the server is: where the log is, and how far each view got.
use super::proto as pb;
use super::status;
use super::trace::moment;
use crate::audit::{Notary, SKEW_MAX_US, State as NotaryState, StepBack, Verdict};
use crate::domain::Timestamp;
use crate::log::Position;
use crate::reactions::Progress as Reacted;
use crate::views::{State, Status as Reached, Views};
use tokio::sync::watch;
use tonic::{Request, Response, Status};

/// Says how the server is.
#[derive(Clone)]
pub struct Progress {
    views: Views,
    backend: &'static str,
    reactions: Option<watch::Receiver<Reacted>>,
    started_at: Timestamp,
    notary: Option<Notary>,
}

impl Progress {
    /// Watches `views` and their log, which `backend` keeps, since `started_at`; and `reactions`
    /// and `notary`, where there are any.
    pub fn new(
        views: Views,
        backend: &'static str,
        reactions: Option<watch::Receiver<Reacted>>,
        started_at: Timestamp,
        notary: Option<Notary>,
    ) -> Self {
        Self { views, backend, reactions, started_at, notary }
    }
}

#[tonic::async_trait]
impl pb::status_service_server::StatusService for Progress {
    async fn get_status(
        &self,
        _request: Request<pb::GetStatusRequest>,
    ) -> Result<Response<pb::GetStatusResponse>, Status> {
        // These are asked first: they cannot be ahead of a head that was read later.
        let reactions = self.reactions.as_ref().map(|it| it.borrow().clone());
        let views = self.views.status();
        let head = self.views.log().head().await.map_err(|err| status::broken(&err))?;
        Ok(Response::new(pb::GetStatusResponse {
            version: env!("CARGO_PKG_VERSION").into(),
            backend: self.backend.into(),
            head: head.map(|it| it.0),
            views: views.into_iter().map(|it| reached(it, head)).collect(),
            started_at: Some(moment(self.started_at)),
            reactions: reactions.map(|it| reacted(it, head)),
            record: self.notary.as_ref().map(|it| signed(it.state())),
        }))
    }
}

fn signed(it: NotaryState) -> pb::RecordStatus {
    let (verdict, refused) = match it.verdict {
        Verdict::Comparing => (pb::RecordVerdict::Comparing, None),
        Verdict::Sound => (pb::RecordVerdict::Sound, None),
        Verdict::Differs(why) => (pb::RecordVerdict::Differs, Some(why)),
        Verdict::Unknown(why) => (pb::RecordVerdict::Unknown, Some(why)),
    };
    let step = |it: StepBack| pb::StepBack { by_us: it.by_us, index: it.index, bound_us: SKEW_MAX_US };
    pb::RecordStatus {
        verdict: verdict.into(),
        error: refused.or(it.stopped).map(|it| it.to_string()).unwrap_or_default(),
        sealed_size: it.sealed,
        witnessed_size: it.witnessed,
        step_back: it.step_back.map(step),
    }
}

fn reacted(it: Reacted, head: Option<Position>) -> pb::ReactionsStatus {
    let places = |it: Option<Position>| it.map_or(0, |it| it.0);
    let lag = places(head).saturating_sub(places(it.position));
    pb::ReactionsStatus { position: it.position.map(|it| it.0), lag, error: it.trouble.unwrap_or_default() }
}

fn reached(it: Reached, head: Option<Position>) -> pb::ViewStatus {
    let places = |it: Option<Position>| it.map_or(0, |it| it.0);
    let error = match it.state {
        State::Building | State::Following => String::new(),
        State::Failed { at, error } => match at {
            Some(at) => format!("at {at}: {error}"),
            None => error,
        },
        State::Stopped => "it was stopped".into(),
    };
    let lag = places(head).saturating_sub(places(it.position));
    pb::ViewStatus { view: it.view.into(), position: it.position.map(|it| it.0), lag, error }
}

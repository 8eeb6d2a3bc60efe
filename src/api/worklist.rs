//! The worklist as callers see it: lists for those who look, a stream of claimed tasks for those who wait.
use super::caller;
use super::convert::Form;
use super::proto as pb;
use super::trace::moment;
use super::{query, status};
use crate::domain::Timestamp;
use crate::domain::task::Rejection;
use crate::engine::Engine;
use crate::log::{Log, Position};
use crate::views::worklist::{Page, get, list};
use crate::views::{Answered, Ask, Token, Views};
use feed::Feed;
use futures::StreamExt;
use futures::stream::BoxStream;
use offers::Offers;
use shown::shown;
use std::sync::Arc;
use tonic::{Request, Response, Status};

mod feed;
mod offers;
mod read;
mod shown;

/// Answers questions about the worklist, and feeds workers.
#[derive(Clone)]
pub struct Worklist {
    engine: Engine,
    views: Views,
    log: Arc<dyn Log>,
    offers: Arc<Offers>,
}

impl Worklist {
    /// Answers from `views`, claims through `engine`, and is woken by `log`.
    pub fn new(engine: Engine, views: Views, log: Arc<dyn Log>) -> Self {
        Self { engine, views, log, offers: Arc::default() }
    }

    /// The instant asked for, or now.
    fn at(&self, asked: Option<Timestamp>) -> Timestamp {
        asked.unwrap_or_else(|| self.engine.clock().now())
    }
}

fn ask(after: Option<u64>) -> Ask {
    Ask { after: after.map(Position), longest: query::WAIT_MAX, ..Ask::NOW }
}

#[tonic::async_trait]
impl pb::worklist_service_server::WorklistService for Worklist {
    async fn list_tasks(
        &self,
        request: Request<pb::WorklistServiceListTasksRequest>,
    ) -> Result<Response<pb::WorklistServiceListTasksResponse>, Status> {
        let request = request.into_inner();
        let after = request.after;
        let read::List { filter, which, question } =
            query::read(|form| read::list(form, request, |asked| self.at(asked)))?;
        let at = which.at;
        let answer = list(&self.views, &ask(after), filter, which).await;
        let Answered { found: Page { tasks, end }, position } =
            answer.map_err(|err| query::unanswered(&err))?;
        let token = end.map(|(key, id)| Token::new(&question, None, key, id).written());
        Ok(Response::new(pb::WorklistServiceListTasksResponse {
            tasks: tasks.into_iter().map(shown).collect(),
            next_page_token: token.unwrap_or_default(),
            position: position.map(|it| it.0),
            judged_at: Some(moment(at)),
        }))
    }

    async fn get_task(
        &self,
        request: Request<pb::WorklistServiceGetTaskRequest>,
    ) -> Result<Response<pb::WorklistServiceGetTaskResponse>, Status> {
        let request = request.into_inner();
        let (id, at) = query::read(|form: &mut Form| {
            let id = form.existing("task_id", request.task_id);
            let at = form.optional_moment("judged_at", request.judged_at);
            Some((id?, at?))
        })?;
        let at = self.at(at);
        let answer = get(&self.views, &ask(request.after), id, at).await;
        let Answered { found, position } = answer.map_err(|err| query::unanswered(&err))?;
        let task = found.ok_or_else(|| query::not_on_record(&format!("the task {id}")))?;
        Ok(Response::new(pb::WorklistServiceGetTaskResponse {
            task: Some(shown(task)),
            position: position.map(|it| it.0),
            judged_at: Some(moment(at)),
        }))
    }

    type StreamTasksStream = BoxStream<'static, Result<pb::StreamTasksResponse, Status>>;

    async fn stream_tasks(
        &self,
        request: Request<pb::StreamTasksRequest>,
    ) -> Result<Response<Self::StreamTasksStream>, Status> {
        let by = caller::actor(request.metadata())?;
        let asked = query::read(|form| read::stream(form, request.into_inner(), by))?;
        let read::Stream { worker, by, .. } = &asked;
        if worker != by {
            // No claim would ever succeed, and the stream would keep tasks from others for nothing.
            let (worker, by) = (worker.clone(), by.clone());
            return Err(status::rejected(&Rejection::NotTheWorker { worker, by }));
        }
        Ok(Response::new(Feed::new(self.clone(), asked).tasks().boxed()))
    }
}

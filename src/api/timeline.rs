//! The timeline as callers see it: who did what when, in sentences.
use super::convert::Form;
use super::proto as pb;
use super::query::{self, Moment};
use super::trace::{moment, source};
use crate::codec;
use crate::domain::citation::StreamName;
use crate::domain::text::PersonId;
use crate::people::People;
use crate::views::timeline::{Axis, Entry, Filter, Order, Which, sentence, timeline};
use crate::views::{Token, Views};
use tonic::{Request, Response, Status};

/// Answers questions about the timeline.
#[derive(Clone)]
pub struct TimelineQueries {
    views: Views,
    people: People,
}

impl TimelineQueries {
    /// Answers from `views`, with the names of `people`.
    pub fn new(views: Views, people: People) -> Self {
        Self { views, people }
    }
}

/// What a request asks.
struct Asked {
    moment: Moment,
    filter: Filter,
    which: Which,
    /// All of it but the page: what a token is good for.
    question: String,
}

#[tonic::async_trait]
impl pb::timeline_service_server::TimelineService for TimelineQueries {
    async fn list_timeline(
        &self,
        request: Request<pb::ListTimelineRequest>,
    ) -> Result<Response<pb::ListTimelineResponse>, Status> {
        let asked = query::read(|form| read(form, request.into_inner()))?;
        let Asked { moment, filter, which, question } = asked;
        let answer = timeline(&self.views, &moment.ask(), filter, which).await;
        let answer = answer.map_err(|err| query::unanswered(&err))?;
        let position = answer.position;
        let token = answer.found.end.map(|(key, id)| Token::new(&question, position, key, id).written());
        Ok(Response::new(pb::ListTimelineResponse {
            entries: answer.found.entries.into_iter().map(|it| entry(it, &self.people)).collect(),
            next_page_token: token.unwrap_or_default(),
            as_of: moment.answered(position),
        }))
    }
}

fn read(form: &mut Form, mut request: pb::ListTimelineRequest) -> Option<Asked> {
    let (context, page) = (request.query.take(), query::page(request.page.take()));
    let question = format!("{request:?} {:?}", context.map(|it| it.as_of));
    let moment = query::moment(form, context);
    let stream = form.text_or_none::<StreamName>("stream", request.stream);
    let actor = form.text_or_none::<PersonId>("actor", request.actor);
    let from = form.optional_moment("from", request.from);
    let until = form.optional_moment("until", request.until);
    let axis = form.optional_choice("axis", request.axis, |it| match it {
        pb::TimeAxis::Unspecified | pb::TimeAxis::Recorded => Some(Axis::Recorded),
        pb::TimeAxis::Effective => Some(Axis::Effective),
    });
    let order = form.optional_choice("order", request.order, |it| match it {
        pb::TimelineOrder::Unspecified | pb::TimelineOrder::LatestFirst => Some(Order::LatestFirst),
        pb::TimelineOrder::OldestFirst => Some(Order::OldestFirst),
    });
    let after = match page.token.as_str() {
        "" => Some(None),
        token => form.noted("page.token", Token::read(token, &question)).map(Some),
    };
    let filter = Filter {
        stream: stream?.map(String::from),
        actor: actor?.map(String::from),
        types: request.types,
        kinds: request.kinds,
        from: from?,
        until: until?,
    };
    let (axis, order) = (axis?.unwrap_or_default(), order?.unwrap_or_default());
    let which = Which { axis, order, size: page.size, after: after? };
    Some(Asked { moment: moment?, filter, which, question })
}

fn entry(it: Entry, people: &People) -> pb::TimelineEntry {
    let Entry { record, meta } = it;
    let kind = record.stream.split_once('-').map_or("", |(kind, _)| kind);
    // An event of a newer release is on record too, only not in words.
    let summary = codec::decode_any(&record).map(|it| sentence(&it)).unwrap_or_default();
    pb::TimelineEntry {
        reference: Some(pb::EventReference {
            stream: record.stream.to_string(),
            revision: record.revision,
            event_id: record.id.to_string(),
        }),
        position: record.position.0,
        r#type: record.kind.to_string(),
        kind: kind.to_owned(),
        summary,
        actor_name: people.called(meta.actor.as_str()),
        actor: meta.actor.into(),
        on_behalf_of: meta.on_behalf_of.map(|it| it.to_string()).unwrap_or_default(),
        effective_at: Some(moment(meta.effective_at)),
        recorded_at: Some(moment(record.recorded_at)),
        source: meta.source.map(source),
    }
}

//! The register as callers see it: one entry, or a page of a list, as of any moment.
use super::proto as pb;
use super::query::{self, Moment};
use crate::log::Position;
use crate::people::People;
use crate::views::register::{Answers, List, Listed, Order, answers, get, list, mandate};
use crate::views::register::{
    charter, consultations, evidence, meeting, partner, priority, project, recommendation, task,
};
use crate::views::{AsOf, Token, Views};
use filter::{Filter, Listing};
use shown::Shown;
use tonic::{Request, Response, Status};
use uuid::Uuid;

mod filter;
mod filters;
mod pipeline;
pub(super) mod shown;

/// Answers questions about the register.
#[derive(Clone)]
pub struct RegisterQueries {
    views: Views,
    people: People,
}

impl RegisterQueries {
    /// Answers from `views`, with the names of `people`.
    pub fn new(views: Views, people: People) -> Self {
        Self { views, people }
    }

    async fn one<E: Shown>(&self, moment: Moment, id: Uuid) -> Result<(E::Wire, Option<pb::AsOf>), Status> {
        let answer = get::<E>(&self.views, &moment.ask(), id).await;
        let answer = answer.map_err(|err| query::unanswered(&err))?;
        let missing = || query::not_on_record(&format!("the {} {id}", E::NAME));
        let found = answer.found.ok_or_else(missing)?;
        let counted = self.counted::<E>(moment, answer.position).await?;
        Ok((E::named(found.shown(&counted), &self.people), moment.answered(answer.position)))
    }

    async fn page<E: Shown>(
        &self,
        listing: Listing,
    ) -> Result<(Vec<E::Wire>, String, Option<pb::AsOf>), Status> {
        let Listing { moment, list: which, question, filter } = listing;
        let ask = moment.ask();
        let asked = list::<E, _>(&self.views, &ask, which, move |snapshot| filter.made(snapshot));
        let answer = asked.await.map_err(|err| query::unanswered(&err))?;
        let position = answer.position;
        let Listed { entries, end } = answer.found;
        let counted = self.counted::<E>(moment, position).await?;
        let token = end.map(|(key, id)| Token::new(&question, position, key, id).written());
        let shown = entries.into_iter().map(|it| E::named(it.shown(&counted), &self.people)).collect();
        Ok((shown, token.unwrap_or_default(), moment.answered(position)))
    }

    /// What live projects answer at the moment that an answer is of, where its entries show that.
    async fn counted<E: Shown>(&self, moment: Moment, at: Option<Position>) -> Result<Answers, Status> {
        if !E::COUNTED {
            return Ok(Answers::default());
        }
        let as_of = match (moment.as_of, at) {
            (AsOf::Now, Some(at)) => AsOf::Position(at),
            (as_of, _) => as_of,
        };
        let answer = answers(&self.views, &moment.ask().as_of(as_of)).await;
        Ok(answer.map_err(|err| query::unanswered(&err))?.found)
    }

    /// The provisions of an instrument, in the order of its text.
    async fn provisions(&self, moment: Moment, mandate: Uuid) -> Result<Vec<pb::Provision>, Status> {
        let (mut provisions, mut after) = (Vec::new(), None);
        loop {
            let list = List { order: Order::Up(0), size: crate::views::PAGE_MAX, after };
            let filter = Filter::default().has("mandate", mandate.to_string());
            let listing = Listing { moment, list, question: String::new(), filter };
            let (more, token, _) = self.page::<mandate::Provision>(listing).await?;
            provisions.extend(more);
            match Token::read(&token, &String::new()) {
                Ok(next) => after = Some(next),
                Err(_) => return Ok(provisions),
            }
        }
    }
}

macro_rules! register {
    ($($get:ident($asked:ident) -> $got:ident by $id:ident { $one:ident: $entry:ty }
       $list:ident($listed:ident) -> $page:ident { $many:ident })*) => {
        #[tonic::async_trait]
        impl pb::register_service_server::RegisterService for RegisterQueries {
            $(
            async fn $get(&self, request: Request<pb::$asked>) -> Result<Response<pb::$got>, Status> {
                let request = request.into_inner();
                let (moment, id) = query::read(|form| {
                    let moment = query::moment(form, request.query);
                    let id = form.existing(stringify!($id), request.$id);
                    Some((moment?, id?))
                })?;
                let (found, as_of) = self.one::<$entry>(moment, id).await?;
                let found = found.completed(self, moment, id).await?;
                Ok(Response::new(pb::$got { $one: Some(found), as_of }))
            }

            async fn $list(&self, request: Request<pb::$listed>) -> Result<Response<pb::$page>, Status> {
                let listing = query::read(|form| filter::read(form, request.into_inner()))?;
                let ($many, next_page_token, as_of) = self.page::<$entry>(listing).await?;
                Ok(Response::new(pb::$page { $many, next_page_token, as_of }))
            }
            )*
        }
    };
}

register! {
    get_partner(GetPartnerRequest) -> GetPartnerResponse by partner_id { partner: partner::Partner }
    list_partners(ListPartnersRequest) -> ListPartnersResponse { partners }
    get_mandate(GetMandateRequest) -> GetMandateResponse by mandate_id { mandate: mandate::Mandate }
    list_mandates(ListMandatesRequest) -> ListMandatesResponse { mandates }
    get_provision(GetProvisionRequest) -> GetProvisionResponse by provision_id {
        provision: mandate::Provision
    }
    list_provisions(ListProvisionsRequest) -> ListProvisionsResponse { provisions }
    get_evidence(GetEvidenceRequest) -> GetEvidenceResponse by evidence_id { evidence: evidence::Evidence }
    list_evidence(ListEvidenceRequest) -> ListEvidenceResponse { evidence }
    get_charter(GetCharterRequest) -> GetCharterResponse by charter_id { charter: charter::Charter }
    list_charters(ListChartersRequest) -> ListChartersResponse { charters }
    get_meeting(GetMeetingRequest) -> GetMeetingResponse by meeting_id { meeting: meeting::Meeting }
    list_meetings(ListMeetingsRequest) -> ListMeetingsResponse { meetings }
    get_recommendation(GetRecommendationRequest) -> GetRecommendationResponse by recommendation_id {
        recommendation: recommendation::Recommendation
    }
    list_recommendations(ListRecommendationsRequest) -> ListRecommendationsResponse { recommendations }
    get_consultation(GetConsultationRequest) -> GetConsultationResponse by consultation_id {
        consultation: consultations::Consultation
    }
    list_consultations(ListConsultationsRequest) -> ListConsultationsResponse { consultations }
    get_priority(GetPriorityRequest) -> GetPriorityResponse by priority_id { priority: priority::Priority }
    list_priorities(ListPrioritiesRequest) -> ListPrioritiesResponse { priorities }
    get_project(GetProjectRequest) -> GetProjectResponse by project_id { project: project::Project }
    list_projects(ListProjectsRequest) -> ListProjectsResponse { projects }
    get_task(GetTaskRequest) -> GetTaskResponse by task_id { task: task::Task }
    list_tasks(ListTasksRequest) -> ListTasksResponse { tasks }
}

/// A message that shows more where it is asked for by its id.
trait Completed: Sized {
    async fn completed(self, queries: &RegisterQueries, moment: Moment, id: Uuid) -> Result<Self, Status>;
}

impl Completed for pb::Mandate {
    async fn completed(self, queries: &RegisterQueries, moment: Moment, id: Uuid) -> Result<Self, Status> {
        Ok(Self { provisions: queries.provisions(moment, id).await?, ..self })
    }
}

macro_rules! complete_as_they_are {
    ($($message:ident)*) => {$(
        impl Completed for pb::$message {
            async fn completed(self, _: &RegisterQueries, _: Moment, _: Uuid) -> Result<Self, Status> {
                Ok(self)
            }
        }
    )*};
}

complete_as_they_are! {
    Partner Provision Evidence Charter Meeting Recommendation Consultation Priority Project Task
}

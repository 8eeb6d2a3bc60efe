//! What each request for a list asks for.
use super::filter::{Asks, Filter, Lookup};
use crate::api::convert::Form;
use crate::api::proto as pb;
use crate::domain::citation::StreamName;
use crate::domain::scope::Country;
use crate::views::register::{
    charter, consultations, evidence, mandate, meeting, partner, priority, project, recommendation, task,
};

macro_rules! asks {
    ($($request:ident lists $entry:ty, |$it:ident, $form:ident| $filter:block)*) => {$(
        impl Asks for pb::$request {
            type Entry = $entry;
            fn take(&mut self) -> (Option<pb::QueryContext>, Option<pb::Page>, String) {
                (self.query.take(), self.page.take(), std::mem::take(&mut self.order_by))
            }
            fn filter(self, $form: &mut Form) -> Option<Filter> {
                let $it = self;
                $filter
            }
        }
    )*};
}

asks! {
    ListPartnersRequest lists partner::Partner, |it, form| {
        let capacity = form.optional_choice("capacity", it.capacity, capacity);
        let country = country(form, it.country);
        let filter = Filter::default().has("capacity", capacity?.unwrap_or_default());
        let filter = filter.has("role", it.role).has("country", country?).text(it.text);
        Some(if it.with_withdrawn { filter } else { filter.present("capacity") })
    }
    ListMandatesRequest lists mandate::Mandate, |it, form| {
        let instrument = form.optional_choice("instrument", it.instrument, instrument);
        let supersession = form.optional_choice("supersession", it.supersession, Some);
        let filter = Filter::default().has("instrument", instrument?.unwrap_or_default()).text(it.text);
        Some(match supersession?.unwrap_or_default() {
            pb::SupersessionFilter::Unspecified => filter,
            pb::SupersessionFilter::Superseded => filter.present("superseded"),
            pb::SupersessionFilter::InForce => filter.absent("superseded"),
        })
    }
    ListProvisionsRequest lists mandate::Provision, |it, form| {
        let mandate = id(form, "mandate_id", it.mandate_id);
        let answer = form.optional_choice("answer", it.answer, Some);
        let served = named(it.pillar).map(Lookup::ServedOn);
        let answer = match answer?.unwrap_or_default() {
            pb::AnswerFilter::Unspecified => None,
            pb::AnswerFilter::Answered => Some(Lookup::Answered),
            pb::AnswerFilter::Unanswered => Some(Lookup::Unanswered),
        };
        Some(Filter::default().has("mandate", mandate?).text(it.text).lookup(served).lookup(answer))
    }
    ListEvidenceRequest lists evidence::Evidence, |it, form| {
        let country = country(form, it.country);
        let filter = Filter::default().has("kind", it.kind).has("country", country?);
        Some(filter.has("route", it.route).text(it.text))
    }
    ListChartersRequest lists charter::Charter, |it, _form| {
        Some(Filter::default().text(it.text))
    }
    ListMeetingsRequest lists meeting::Meeting, |it, form| {
        let status = form.optional_choice("status", it.status, |it| match it {
            pb::MeetingStatus::Unspecified => None,
            pb::MeetingStatus::Convened => Some(meeting::Status::Convened),
            pb::MeetingStatus::Open => Some(meeting::Status::Open),
            pb::MeetingStatus::Closed => Some(meeting::Status::Closed),
        });
        Some(Filter::default().has("forum", it.forum).has("status", worded(status?)).text(it.text))
    }
    ListRecommendationsRequest lists recommendation::Recommendation, |it, form| {
        use recommendation::Status;
        let status = form.optional_choice("status", it.status, |it| match it {
            pb::RecommendationStatus::Unspecified => None,
            pb::RecommendationStatus::Draft => Some(Status::Draft),
            pb::RecommendationStatus::Adopted => Some(Status::Adopted),
            pb::RecommendationStatus::Endorsed => Some(Status::Endorsed),
            pb::RecommendationStatus::Withdrawn => Some(Status::Withdrawn),
        });
        let follow_up = form.optional_choice("follow_up", it.follow_up, Some);
        let filter = Filter::default().has("pillar", it.pillar).has("status", worded(status?)).text(it.text);
        Some(match follow_up?.unwrap_or_default() {
            pb::FollowUpFilter::Unspecified => filter,
            pb::FollowUpFilter::Reported => filter.present("follow_up"),
            pb::FollowUpFilter::None => filter.absent("follow_up"),
        })
    }
    ListConsultationsRequest lists consultations::Consultation, |it, form| {
        use consultations::Status;
        let status = form.optional_choice("status", it.status, |it| match it {
            pb::ConsultationStatus::Unspecified => None,
            pb::ConsultationStatus::Open => Some(Status::Open),
            pb::ConsultationStatus::Consensus => Some(Status::Consensus),
            pb::ConsultationStatus::Vote => Some(Status::Vote),
            pb::ConsultationStatus::NotAdopted => Some(Status::NotAdopted),
        });
        let recommendation = id(form, "recommendation_id", it.recommendation_id);
        let meeting = id(form, "meeting_id", it.meeting_id);
        let filter = Filter::default().has("forum", it.forum).has("status", worded(status?));
        Some(filter.has("recommendation", recommendation?).has("meeting", meeting?).text(it.text))
    }
    ListPrioritiesRequest lists priority::Priority, |it, form| {
        let list = id(form, "list_id", it.list_id);
        let country = country(form, it.country);
        let filter = Filter::default().has("list", list?).has("pillar", it.pillar).has("route", it.route);
        let filter = filter.has_or_all("country", country?).text(it.text);
        Some(if it.with_retired { filter } else { filter.absent("retired") })
    }
    ListProjectsRequest lists project::Project, |it, form| {
        use project::Status;
        let status = form.optional_choice("status", it.status, |it| match it {
            pb::ProjectStatus::Unspecified => None,
            pb::ProjectStatus::Proposed => Some(Status::Proposed),
            pb::ProjectStatus::Approved => Some(Status::Approved),
            pb::ProjectStatus::Suspended => Some(Status::Suspended),
            pb::ProjectStatus::Completed => Some(Status::Completed),
            pb::ProjectStatus::Cancelled => Some(Status::Cancelled),
            pb::ProjectStatus::Rejected => Some(Status::Rejected),
        });
        let country = country(form, it.country);
        let priority = id(form, "priority_id", it.priority_id);
        let charter = id(form, "charter_id", it.charter_id);
        let filter = Filter::default().has("status", worded(status?)).has("stage", it.stage);
        let filter = filter.has("donor", it.donor).has("charter", charter?);
        let filter = filter.has_or_all("country", country?).text(it.text);
        let filter = filter.lookup(named(it.pillar).map(Lookup::AnswersOn));
        Some(filter.lookup(named(priority?).map(Lookup::Answers)))
    }
    ListTasksRequest lists task::Task, |it, form| {
        let status = form.optional_choice("status", it.status, |it| match it {
            pb::TaskStatus::Unspecified => None,
            pb::TaskStatus::Open => Some(task::Status::Open),
            pb::TaskStatus::Claimed => Some(task::Status::Claimed),
            pb::TaskStatus::Completed => Some(task::Status::Completed),
            pb::TaskStatus::Incident => Some(task::Status::Incident),
            pb::TaskStatus::Cancelled => Some(task::Status::Cancelled),
        });
        let subject = form.text_or_none::<StreamName>("subject", it.subject);
        let filter = Filter::default().has("role", it.role).has("status", worded(status?));
        Some(filter.has("subject", worded(subject?)).has("worker", it.worker))
    }
}

fn capacity(it: pb::Capacity) -> Option<&'static str> {
    match it {
        pb::Capacity::Unspecified => None,
        pb::Capacity::Member => Some("member"),
        pb::Capacity::Observer => Some("observer"),
    }
}

fn instrument(it: pb::Instrument) -> Option<&'static str> {
    match it {
        pb::Instrument::Unspecified => None,
        pb::Instrument::Convention => Some("convention"),
        pb::Instrument::Declaration => Some("declaration"),
        pb::Instrument::Statement => Some("statement"),
        pb::Instrument::Resolution => Some("resolution"),
        pb::Instrument::Decision => Some("decision"),
        pb::Instrument::Agenda => Some("agenda"),
    }
}

/// A country's alpha-3 code; empty for any.
fn country(form: &mut Form, code: String) -> Option<String> {
    form.text_or_none::<Country>("country", code).map(worded)
}

/// An id; empty for any.
fn id(form: &mut Form, field: &str, id: String) -> Option<String> {
    if id.is_empty() { Some(id) } else { form.existing(field, id).map(|it| it.to_string()) }
}

fn worded<T: ToString>(it: Option<T>) -> String {
    it.map(|it| it.to_string()).unwrap_or_default()
}

fn named(it: String) -> Option<String> {
    Some(it).filter(|it| !it.is_empty())
}

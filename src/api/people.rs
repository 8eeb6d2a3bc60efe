//! The names of people, as callers record, erase and ask for them.
use super::caller;
use super::proto as pb;
use super::query;
use super::status;
use crate::domain::text::PersonId;
use crate::people::{People, Person};
use tonic::{Request, Response, Status};

/// Answers every call about people.
#[derive(Clone)]
pub struct PeopleCalls {
    people: People,
}

impl PeopleCalls {
    /// Calls about `people`.
    pub fn new(people: People) -> Self {
        Self { people }
    }
}

#[tonic::async_trait]
impl pb::people_service_server::PeopleService for PeopleCalls {
    async fn record_person(
        &self,
        request: Request<pb::RecordPersonRequest>,
    ) -> Result<Response<pb::RecordPersonResponse>, Status> {
        caller::actor(request.metadata())?;
        let person = query::read(|form| {
            form.part("person", request.into_inner().person, |form, it| {
                let (id, name) = (form.text("person_id", it.person_id), form.text("name", it.name));
                Some(Person { id: id?, name: name? })
            })
        })?;
        self.people.record(person.clone()).map_err(|err| status::unkept(&err))?;
        Ok(Response::new(pb::RecordPersonResponse { person: Some(shown(person)) }))
    }

    async fn erase_person(
        &self,
        request: Request<pb::ErasePersonRequest>,
    ) -> Result<Response<pb::ErasePersonResponse>, Status> {
        let by = caller::actor(request.metadata())?;
        let id = query::read(|form| form.text::<PersonId>("person_id", request.into_inner().person_id))?;
        if !self.people.erase(&id).map_err(|err| status::unkept(&err))? {
            return Err(status::nobody(&id));
        }
        tracing::info!(%by, person = %id, "a person's name was erased");
        Ok(Response::new(pb::ErasePersonResponse {}))
    }

    async fn get_person(
        &self,
        request: Request<pb::GetPersonRequest>,
    ) -> Result<Response<pb::GetPersonResponse>, Status> {
        let id = query::read(|form| form.text::<PersonId>("person_id", request.into_inner().person_id))?;
        let name = self.people.name(&id).ok_or_else(|| status::nobody(&id))?;
        Ok(Response::new(pb::GetPersonResponse { person: Some(shown(Person { id, name })) }))
    }

    async fn list_people(
        &self,
        request: Request<pb::ListPeopleRequest>,
    ) -> Result<Response<pb::ListPeopleResponse>, Status> {
        let page = query::page(request.into_inner().page);
        let after = query::read(|form| form.text_or_none::<PersonId>("page.token", page.token))?;
        let mut people = self.people.page(after.as_ref(), page.size + 1);
        let more = people.len() > page.size;
        people.truncate(page.size);
        let next = people.last().filter(|_| more).map(|it| it.id.to_string());
        Ok(Response::new(pb::ListPeopleResponse {
            people: people.into_iter().map(shown).collect(),
            next_page_token: next.unwrap_or_default(),
        }))
    }
}

fn shown(it: Person) -> pb::Person {
    pb::Person { person_id: it.id.into(), name: it.name.into() }
}

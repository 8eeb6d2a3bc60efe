//! `pactline people`: names for the opaque ids that events have, kept outside the log and erased for good.
use super::failure::Failure;
use super::place::{Caller, Place};
use super::{out, table};
use crate::api::proto::people_service_client::PeopleServiceClient;
use crate::api::proto::{ErasePersonRequest, ListPeopleRequest, Page, Person, RecordPersonRequest};
use clap::{Args, Subcommand};
use serde_json::json;
use std::collections::HashMap;

/// What to do.
#[derive(Debug, Args)]
pub(super) struct People {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Take note of what a person is called
    Add {
        /// The id that events have, such as `person:4711`; it must say nothing about the person
        id: String,
        /// What the person is called
        name: String,
    },
    /// Show everybody whose name is known
    List,
    /// Forget what a person is called, for good; the record stays as it is
    Erase {
        /// The id that events have
        id: String,
    },
}

impl People {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let connection = match self.what {
            What::Add { .. } => place.connect_or_begin().await?,
            What::List | What::Erase { .. } => place.connect().await?,
        };
        let done = self.what.run(connection.channel.clone(), place).await;
        connection.close().await?;
        done
    }
}

impl What {
    async fn run(self, caller: Caller, place: &Place) -> Result<(), Failure> {
        let mut people = PeopleServiceClient::new(caller.clone());
        let told = match self {
            What::Add { id, name } => {
                let person = Some(Person { person_id: id.clone(), name: name.clone() });
                people.record_person(RecordPersonRequest { person }).await?;
                (json!({"person_id": id, "name": name}), format!("{id} is called {name}"))
            }
            What::Erase { id } => {
                people.erase_person(ErasePersonRequest { person_id: id.clone() }).await?;
                (json!({"erased": id}), format!("{id} has no name any more"))
            }
            What::List => return list(everybody(caller).await?, place),
        };
        if place.json { Ok(out::json(&told.0)?) } else { Ok(out::line(told.1)?) }
    }
}

fn list(people: Vec<Person>, place: &Place) -> Result<(), Failure> {
    if place.json {
        let one = |it: &Person| out::json(&json!({"person_id": it.person_id, "name": it.name}));
        return Ok(people.iter().try_for_each(one)?);
    }
    if people.is_empty() {
        return Ok(out::line("nobody's name is known: pactline people add ID NAME")?);
    }
    let rows: Vec<Vec<String>> =
        people.into_iter().map(|it| vec![it.person_id, table::cut(&it.name)]).collect();
    Ok(table::print(&["person_id", "name"], &rows)?)
}

/// Everybody whose name is known.
async fn everybody(caller: Caller) -> Result<Vec<Person>, Failure> {
    let mut calls = PeopleServiceClient::new(caller);
    let (mut people, mut token) = (Vec::new(), String::new());
    loop {
        let page = Some(Page { size: 1000, token });
        let answer = calls.list_people(ListPeopleRequest { page }).await?.into_inner();
        people.extend(answer.people);
        token = answer.next_page_token;
        if token.is_empty() {
            return Ok(people);
        }
    }
}

/// Names by id, for a verb that shows who acted.
pub(super) async fn names(caller: Caller) -> Result<HashMap<String, String>, Failure> {
    Ok(everybody(caller).await?.into_iter().map(|it| (it.person_id, it.name)).collect())
}

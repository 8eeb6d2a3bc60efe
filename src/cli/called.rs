//! Ids in the titles of tasks, as people call what they stand for: titles on record name nothing that may be wiped.
use super::failure::Failure;
use super::place::Caller;
use crate::api::proto::cloud_event::Data;
use crate::api::proto::history_service_client::HistoryServiceClient;
use crate::api::proto::register_service_client::RegisterServiceClient;
use crate::api::proto::{GetMandateRequest, GetPriorityRequest, Page, ReadStreamRequest};
use crate::domain::citation::{Reference, StreamName};
use serde_json::Value;
use std::collections::BTreeMap;
use tonic::{Code, Response, Status};

/// Names by what they stand for, each asked for once.
pub(super) struct Called {
    caller: Caller,
    known: BTreeMap<String, Option<String>>,
}

impl Called {
    pub(super) fn new(caller: Caller) -> Self {
        Self { caller, known: BTreeMap::new() }
    }

    /// `title` with a name in place of each id that has one.
    pub(super) async fn told(&mut self, title: &str) -> Result<String, Failure> {
        let mut told = title.to_owned();
        for word in title.split_whitespace().map(|it| it.trim_end_matches([':', ',', '.'])) {
            if let Some(name) = self.name(word).await? {
                told = told.replacen(word, &name, 1);
            }
        }
        Ok(told)
    }

    /// What the list of priorities with this stream is called.
    pub(super) async fn list(&mut self, stream: &str) -> Result<Option<String>, Failure> {
        let Ok(stream) = stream.parse::<StreamName>() else { return Ok(None) };
        let first = self.event(&Reference::new(stream, 0)).await?;
        Ok(first.and_then(|it| Some(format!("the list {} of priorities", it.get("list")?.as_str()?))))
    }

    async fn name(&mut self, word: &str) -> Result<Option<String>, Failure> {
        if let Some(known) = self.known.get(word) {
            return Ok(known.clone());
        }
        let name = match (word.parse::<Reference>(), uuid::Uuid::parse_str(word)) {
            (Ok(it), _) => self.cited(&it).await?,
            (Err(_), Ok(_)) => self.priority(word).await?,
            (Err(_), Err(_)) => return Ok(None),
        };
        self.known.insert(word.to_owned(), name.clone());
        Ok(name)
    }

    /// A priority by its title; a mandate or a part of it by its symbol.
    async fn cited(&mut self, it: &Reference) -> Result<Option<String>, Failure> {
        let Some(event) = self.event(it).await? else { return Ok(None) };
        let said = |key: &str| Some(event.get(key)?.as_str()?.to_owned());
        match it.stream.kind() {
            "mandate" => {
                let symbol = self.symbol(it.stream.id().to_string()).await?;
                let place = said("locator").map(|it| format!(", {it}")).unwrap_or_default();
                Ok(symbol.map(|it| format!("{it}{place}")))
            }
            _ => Ok(said("title").map(quoted)),
        }
    }

    async fn priority(&mut self, id: &str) -> Result<Option<String>, Failure> {
        let request = GetPriorityRequest { query: None, priority_id: id.to_owned() };
        let found = known(RegisterServiceClient::new(self.caller.clone()).get_priority(request).await)?;
        Ok(found.and_then(|it| it.priority).map(|it| quoted(it.title)))
    }

    async fn symbol(&mut self, mandate_id: String) -> Result<Option<String>, Failure> {
        let request = GetMandateRequest { query: None, mandate_id };
        let found = known(RegisterServiceClient::new(self.caller.clone()).get_mandate(request).await)?;
        Ok(found.and_then(|it| it.mandate).map(|it| it.symbol))
    }

    /// What the event says.
    async fn event(&mut self, it: &Reference) -> Result<Option<Value>, Failure> {
        let page = Some(Page { size: 1, token: String::new() });
        let request = ReadStreamRequest { stream: it.stream.to_string(), from_revision: it.revision, page };
        let history = HistoryServiceClient::new(self.caller.clone());
        let answer = known(history.max_decoding_message_size(usize::MAX).read_stream(request).await)?;
        let event = answer.and_then(|it| it.events.into_iter().next()).and_then(|it| it.data);
        Ok(match event {
            Some(Data::BinaryData(data)) => serde_json::from_slice(&data).ok(),
            Some(Data::TextData(_) | Data::ProtoData(_)) | None => None,
        })
    }
}

fn quoted(title: impl std::fmt::Display) -> String {
    format!("“{title}”")
}

/// An answer, where there is something to answer about: anybody may write an id that is none.
pub(super) fn known<T>(answer: Result<Response<T>, Status>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer.into_inner())),
        Err(status) if matches!(status.code(), Code::NotFound | Code::InvalidArgument) => Ok(None),
        Err(status) => Err(status.into()),
    }
}

//! Where a charter is: in a file, or published, in one of its editions.
use super::check;
use crate::api::proto::cloud_event::Data;
use crate::api::proto::history_service_client::HistoryServiceClient;
use crate::api::proto::{CloudEvent, Page, ReadStreamRequest};
use crate::cli::failure::{Exit, Failure};
use crate::cli::place::{Caller, Place};
use crate::domain::charter::{Event, Law, charter_id, check_text};
use crate::domain::citation::StreamName;
use crate::domain::text::Slug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A law, and what it was read from.
pub(super) struct Source {
    pub(super) law: Arc<Law>,
    /// In which edition; `None` for a text that was not published from here.
    pub(super) edition: Option<u32>,
}

/// What is in a charter's file.
pub(super) fn text(file: &Path) -> Result<String, Failure> {
    let unread = |err: std::io::Error| Failure::usage(format!("{}: {err}", file.display()));
    let bytes = std::fs::read(file).map_err(unread)?;
    String::from_utf8(bytes).map_err(|err| {
        let line =
            err.as_bytes().iter().take(err.utf8_error().valid_up_to()).filter(|it| **it == b'\n').count();
        Failure::no(format!("{}: line {} is not UTF-8, which TOML must be", file.display(), line + 1))
    })
}

/// The law in a file or under a name.
pub(super) async fn find(name: &str, edition: Option<u32>, place: &Place) -> Result<Source, Failure> {
    let file = PathBuf::from(name);
    if file.is_file() || name.contains(['/', '.']) {
        return in_file(&file, edition);
    }
    let connection = place.connect().await?;
    let found = published(&connection.channel, name, edition).await;
    connection.close().await?;
    found
}

fn in_file(file: &Path, edition: Option<u32>) -> Result<Source, Failure> {
    if edition.is_some() {
        return Err(
            Failure::usage("a file has no editions").hint("name the charter instead, such as paris-pact")
        );
    }
    let text = text(file)?;
    match check_text(&text) {
        Ok(law) => Ok(Source { law: Arc::new(law), edition: None }),
        Err(faults) => {
            let hint = format!("pactline charter check {} says where", file.display());
            Err(check::refused(Exit::Usage, file, &faults).hint(hint))
        }
    }
}

async fn published(caller: &Caller, name: &str, edition: Option<u32>) -> Result<Source, Failure> {
    let slug: Slug =
        name.parse().map_err(|err| Failure::usage(format!("{name:?} is no charter's name: it {err}")))?;
    let stream = StreamName::new("charter", charter_id(&slug).0);
    let mut history = HistoryServiceClient::new(caller.clone()).max_decoding_message_size(usize::MAX);
    let (mut found, mut token) = (None, String::new());
    loop {
        let page = Some(Page { size: 1000, token });
        let request = ReadStreamRequest { stream: stream.to_string(), from_revision: 0, page };
        let answer = history.read_stream(request).await?.into_inner();
        for event in answer.events {
            found = law_of(&event)?.filter(|it| edition.is_none() || it.edition == edition).or(found);
        }
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let which = edition.map(|it| format!(" in edition {it}")).unwrap_or_default();
    found.ok_or_else(|| {
        Failure::no(format!("there is no charter {name}{which}"))
            .hint("pactline list charters shows what there is")
    })
}

/// The law that an event published, if it published one.
fn law_of(event: &CloudEvent) -> Result<Option<Source>, Failure> {
    let (Some(Data::BinaryData(data)), Some(name)) = (&event.data, event.r#type.rsplit('.').next()) else {
        return Ok(None);
    };
    let odd = |err: serde_json::Error| Failure::unavailable(format!("the edition cannot be read: {err}"));
    let data: serde_json::Value = serde_json::from_slice(data).map_err(odd)?;
    match serde_json::from_value(serde_json::json!({ name: data })).map_err(odd)? {
        Event::CharterPublished { edition, law, .. } => Ok(Some(Source { law, edition: Some(edition) })),
        Event::CharterRetired { .. } => Ok(None),
    }
}

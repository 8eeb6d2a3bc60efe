//! `pactline charter publish`: a text becomes the next edition, or every fault of it is shown.
use super::{check, source};
use crate::api::proto::PublishCharterRequest;
use crate::api::proto::charter_service_client::CharterServiceClient;
use crate::cli::failure::{Exit, Failure};
use crate::cli::out;
use crate::cli::place::Place;
use crate::domain::charter::check_text;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Which text.
#[derive(Debug, Args)]
pub(super) struct Publish {
    /// The file
    file: PathBuf,
}

impl Publish {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let toml = source::text(&self.file)?;
        let name = match check_text(&toml) {
            Ok(law) => law.name,
            Err(faults) => {
                faults
                    .iter()
                    .filter(|_| !place.json)
                    .try_for_each(|it| check::show(&self.file, &toml, it))?;
                return Err(check::refused(Exit::Usage, &self.file, &faults));
            }
        };
        let connection = place.connect_or_begin().await?;
        let request = PublishCharterRequest { context: None, charter_id: String::new(), toml };
        let answer = CharterServiceClient::new(connection.channel.clone()).publish_charter(request).await;
        connection.close().await?;
        let recorded = answer?.into_inner().recorded.unwrap_or_default();
        if place.json {
            let unchanged = recorded.unchanged;
            let document = json!({"charter": name, "stream": recorded.stream, "unchanged": unchanged});
            return Ok(out::json(&document)?);
        }
        let place = recorded.revision.map(|it| format!("{}@{it}", recorded.stream)).unwrap_or_default();
        match recorded.unchanged {
            true => out::line(format_args!("{name} says the same already, {place}"))?,
            false => out::line(format_args!("{} {name} is published, {place}", out::good("✔")))?,
        }
        Ok(())
    }
}

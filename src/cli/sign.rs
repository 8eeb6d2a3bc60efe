//! `pactline sign`: decisions that a partner signs, on a machine that needs no network, and anybody sends.
use super::failure::Failure;
use super::keys::partner::{party, public, read};
use super::out;
use super::place::{Caller, Place};
use super::recorded;
use crate::api::proto::decision_service_client::DecisionServiceClient;
use crate::api::proto::{Recorded, SendDecisionRequest};
use crate::domain::Timestamp;
use crate::domain::citation::StreamName;
use crate::domain::decision::{Act, Decision, Envelope, Origin, PAYLOAD_TYPE, pae};
use crate::domain::text::Digest;
use clap::{Args, Subcommand};
use ed25519_dalek::Signer;
use std::io::Read;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What to do.
#[derive(Debug, Args)]
pub(super) struct Sign {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Sign a decision and write its envelope; needs neither folder nor server
    Decision(Box<Deciding>),
    /// Send a decision that was signed
    Send {
        /// The file with the envelope; standard input when none is named
        file: Option<PathBuf>,
    },
}

/// What is decided. The log is named by `--origin`.
#[derive(Debug, Args)]
struct Deciding {
    /// The act as JSON, such as `{"CastVote":{"vote":"yes"}}` or `{"TakePosition":{"position":"agree"}}`
    act: String,
    /// The file with the secret key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The stream that it is about, such as `consultation-6f1d…`
    #[arg(long)]
    stream: StreamName,
    /// The partner that decides: its ISO code, acronym or id
    #[arg(long, value_name = "PARTNER")]
    party: String,
    /// In a consultation, SHA-256 of the text that is decided on
    #[arg(long, value_name = "SHA-256")]
    text: Option<Digest>,
    /// The revision that the stream's last event must have
    #[arg(long, value_name = "N")]
    revision: Option<u64>,
    /// Until when it may be sent
    #[arg(long, value_name = "TIME")]
    until: Timestamp,
    /// The command's id; a new one when none is named
    #[arg(long, value_name = "UUID")]
    request_id: Option<Uuid>,
}

impl Sign {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        match self.what {
            What::Decision(it) => Ok(out::line(it.signed(place)?)?),
            What::Send { file } => {
                let envelope = text(file.as_deref())?;
                let connection = place.connect_to_add().await?;
                let sent = send(connection.channel.clone(), envelope).await;
                connection.close().await?;
                recorded::show(sent?, place)
            }
        }
    }
}

async fn send(caller: Caller, envelope: String) -> Result<Recorded, Failure> {
    let request = SendDecisionRequest { envelope, validate_only: false, wait_for: 0 };
    let sent = DecisionServiceClient::new(caller).send_decision(request).await?;
    Ok(sent.into_inner().recorded.unwrap_or_default())
}

impl Deciding {
    /// The envelope.
    fn signed(self, place: &Place) -> Result<String, Failure> {
        let origin = place.origin.clone().ok_or_else(|| {
            Failure::usage("for which log? a decision counts on one alone")
                .hint("say --origin NAME, as the server does")
        })?;
        let origin =
            Origin::try_from(origin).map_err(|err| Failure::usage(err.to_string()).about("--origin"))?;
        let act: Act = serde_json::from_str(&self.act)
            .map_err(|err| Failure::usage(format!("the act cannot be read: {err}")))?;
        let decision = Decision {
            origin,
            stream: self.stream,
            expected_revision: self.revision,
            text: self.text,
            request_id: self.request_id.unwrap_or_else(crate::clock::fresh_id),
            expires_at: self.until,
            party: party(&self.party)?,
            act,
        };
        let payload = decision.payload().map_err(|err| Failure::usage(err.to_string()))?;
        let key = read(&self.key)?;
        let signature = key.sign(&pae(PAYLOAD_TYPE, &payload)).to_bytes();
        let key_id = public(&key)?.id().into();
        Ok(Envelope { payload_type: PAYLOAD_TYPE.into(), payload, key_id, signature }.written())
    }
}

fn text(file: Option<&Path>) -> Result<String, Failure> {
    match file {
        Some(path) => std::fs::read_to_string(path).map_err(|err| Failure::from(err).about(path.display())),
        None => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            Ok(text)
        }
    }
}

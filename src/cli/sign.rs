//! `pactline sign`: a partner's keys, and decisions signed with them, on a machine that needs no network.
use super::failure::Failure;
use super::place::{Caller, Place};
use super::{moment, out};
use crate::api::proto::decision_service_client::DecisionServiceClient;
use crate::api::proto::partner_service_client::PartnerServiceClient;
use crate::api::proto::{ConfirmKeyRequest, ProposeKeyRequest, RevokeKeyRequest, SendDecisionRequest};
use crate::domain::Timestamp;
use crate::domain::citation::StreamName;
use crate::domain::decision::{Act, Decision, Envelope, Origin, PAYLOAD_TYPE, PublicKey, pae};
use crate::domain::id::PartnerId;
use crate::domain::partner::Party;
use crate::domain::scope::Country;
use crate::domain::text::Digest;
use clap::{Args, Subcommand};
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{Read, Write};
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
    /// Make a key; needs neither folder nor server
    Key {
        /// The file for the secret key, PKCS#8 in PEM; must not be there yet
        file: PathBuf,
    },
    /// Sign a decision and write its envelope; needs neither folder nor server
    Decision(Box<Deciding>),
    /// Send a decision that was signed
    Send {
        /// The file with the envelope; standard input when none is named
        file: Option<PathBuf>,
    },
    /// Put a partner's key forward
    Propose {
        /// The partner: its ISO code, acronym or id
        partner: String,
        /// The public key, as `sign key` shows it
        key: PublicKey,
        /// From when on it counts
        #[arg(long, value_name = "TIME")]
        from: Timestamp,
        /// Until when, at the latest
        #[arg(long, value_name = "TIME")]
        until: Timestamp,
    },
    /// Confirm a key that somebody else put forward
    Confirm {
        /// The partner: its ISO code, acronym or id
        partner: String,
        /// The key's id, as `sign key` shows it
        key_id: Digest,
    },
    /// End a key at once
    Revoke {
        /// The partner: its ISO code, acronym or id
        partner: String,
        /// The key's id, as `sign key` shows it
        key_id: Digest,
        /// Why
        #[arg(long)]
        reason: String,
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
            What::Key { file } => make(&file, place),
            What::Decision(it) => Ok(out::line(it.signed(place)?)?),
            online => {
                let connection = place.connect_to_add().await?;
                let done = online.call(connection.channel.clone(), place).await;
                connection.close().await?;
                done
            }
        }
    }
}

impl What {
    async fn call(self, caller: Caller, place: &Place) -> Result<(), Failure> {
        let mut partners = PartnerServiceClient::new(caller.clone());
        let context = None;
        let recorded = match self {
            What::Propose { partner, key, from, until } => {
                let (valid_from, valid_until) = (Some(moment::wire(from)), Some(moment::wire(until)));
                let (partner_id, key) = (party(&partner)?.to_string(), key.to_string());
                let request = ProposeKeyRequest { context, partner_id, key, valid_from, valid_until };
                partners.propose_key(request).await?.into_inner().recorded
            }
            What::Confirm { partner, key_id } => {
                let (partner_id, key_id) = (party(&partner)?.to_string(), key_id.into());
                partners
                    .confirm_key(ConfirmKeyRequest { context, partner_id, key_id })
                    .await?
                    .into_inner()
                    .recorded
            }
            What::Revoke { partner, key_id, reason } => {
                let (partner_id, key_id) = (party(&partner)?.to_string(), key_id.into());
                let request = RevokeKeyRequest { context, partner_id, key_id, reason };
                partners.revoke_key(request).await?.into_inner().recorded
            }
            What::Send { file } => {
                let request = SendDecisionRequest {
                    envelope: text(file.as_deref())?,
                    validate_only: false,
                    wait_for: 0,
                };
                DecisionServiceClient::new(caller).send_decision(request).await?.into_inner().recorded
            }
            What::Key { .. } | What::Decision(_) => None,
        };
        let recorded = recorded.unwrap_or_default();
        let events: Vec<String> = recorded
            .events
            .iter()
            .map(|it| format!("{} {}@{}", it.r#type, recorded.stream, it.revision))
            .collect();
        if place.json {
            return Ok(out::json(&json!({"events": events, "replayed": recorded.replayed}))?);
        }
        if events.is_empty() {
            return Ok(out::line("it held already: nothing is recorded")?);
        }
        let again = if recorded.replayed { " (recorded before)" } else { "" };
        Ok(events.iter().try_for_each(|it| out::line(format_args!("{it}{again}")))?)
    }
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

/// Makes a key; shows what others may know of it.
fn make(file: &Path, place: &Place) -> Result<(), Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|err| Failure::unavailable(format!("no randomness: {err}")))?;
    let key = SigningKey::from_bytes(&seed);
    let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|err| Failure::unavailable(err.to_string()))?;
    let about = |err: std::io::Error| Failure::from(err).about(file.display());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(file).map_err(about)?;
    written.write_all(pem.as_bytes()).and_then(|()| written.sync_all()).map_err(about)?;
    let public = public(&key)?;
    if place.json {
        return Ok(out::json(&json!({"key": public.to_string(), "key_id": public.id().to_string()}))?);
    }
    out::line(format_args!("public key  {public}"))?;
    out::line(format_args!("key id      {}", public.id()))?;
    Ok(out::line(format_args!("the secret key is in {}: keep it where the record is not", file.display()))?)
}

fn read(file: &Path) -> Result<SigningKey, Failure> {
    let pem = std::fs::read_to_string(file).map_err(|err| Failure::from(err).about(file.display()))?;
    SigningKey::from_pkcs8_pem(&pem).map_err(|err| {
        Failure::usage(format!("is no Ed25519 key in PEM: {err}"))
            .about(file.display())
            .hint("make one: pactline sign key FILE, or openssl genpkey -algorithm ed25519")
    })
}

fn public(key: &SigningKey) -> Result<PublicKey, Failure> {
    PublicKey::from_bytes(key.verifying_key().as_bytes()).map_err(|err| Failure::usage(err.to_string()))
}

/// The partner called so.
fn party(name: &str) -> Result<PartnerId, Failure> {
    if let Ok(id) = name.parse::<PartnerId>() {
        return Ok(id);
    }
    let country = name.to_uppercase().parse::<Country>().ok().map(Party::Country);
    let organization = || name.parse().ok().map(Party::Organization);
    let party = country.or_else(organization);
    party
        .map(|it| it.id())
        .ok_or_else(|| Failure::usage(format!("{name:?} is no partner's code, acronym or id")))
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

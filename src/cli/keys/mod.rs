//! `pactline keys`: makes the keys that sign, and registers those of partners.
use super::failure::Failure;
use super::moment;
use super::out;
use super::place::{Caller, Place};
use super::recorded;
use crate::api::proto::partner_service_client::PartnerServiceClient;
use crate::api::proto::{ConfirmKeyRequest, ProposeKeyRequest, RevokeKeyRequest};
use crate::audit::{KeyKind, keys};
use crate::domain::Timestamp;
use crate::domain::decision::PublicKey;
use crate::domain::text::Digest;
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;

pub(super) mod partner;

/// What to do with keys.
#[derive(Debug, Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key in a new file that only its owner can read, and print the key that others check with
    Generate(Generate),
    /// Put a partner's key forward; it counts once another person confirms it
    Propose(Propose),
    /// Confirm a partner's key that another person put forward
    Confirm {
        /// The partner: its ISO code, acronym or id
        partner: String,
        /// The key's id, as `keys generate --partner` shows it
        key_id: Digest,
    },
    /// End a partner's key at once; what was signed before stands
    Revoke {
        /// The partner: its ISO code, acronym or id
        partner: String,
        /// The key's id, as `keys generate --partner` shows it
        key_id: Digest,
        /// Why
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
struct Generate {
    /// The file to make, which must not be there yet
    file: PathBuf,
    /// The name of the log or witness, such as `pacts.example.org/paris`: what is signed is signed under it
    #[arg(long, required_unless_present = "partner")]
    name: Option<String>,
    /// For a witness, which signs for other people's logs
    #[arg(long)]
    witness: bool,
    /// For a partner, which signs its decisions: PKCS#8 in PEM, as other tools make and read it too
    #[arg(long, conflicts_with_all = ["name", "witness"])]
    partner: bool,
}

#[derive(Debug, Args)]
struct Propose {
    /// The partner: its ISO code, acronym or id
    partner: String,
    /// The public key, as `keys generate --partner` shows it
    key: PublicKey,
    /// From when on it counts
    #[arg(long, value_name = "TIME")]
    from: Timestamp,
    /// Until when, at the latest
    #[arg(long, value_name = "TIME")]
    until: Timestamp,
}

impl Keys {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let asked = match self.what {
            What::Generate(it) => return it.run(place),
            asked => asked,
        };
        let connection = place.connect_to_add().await?;
        let done = asked.register(connection.channel.clone(), place).await;
        connection.close().await?;
        done
    }
}

impl Generate {
    fn run(self, place: &Place) -> Result<(), Failure> {
        let Some(name) = self.name else { return partner::make(&self.file, place) };
        let kind = if self.witness { KeyKind::Witness } else { KeyKind::Log };
        let key = keys::generate(&name, kind);
        let key = key.map_err(|err| Failure::usage(err.to_string()).about("--name"))?;
        keys::write(&self.file, &key).map_err(|err| Failure::from(err).about(self.file.display()))?;
        if place.json {
            let file = self.file.display().to_string();
            return Ok(out::json(&json!({"file": file, "key": key.verifier().to_string(), "name": name}))?);
        }
        Ok(out::line(key.verifier())?)
    }
}

impl What {
    async fn register(self, caller: Caller, place: &Place) -> Result<(), Failure> {
        let mut partners = PartnerServiceClient::new(caller);
        let (context, id) = (None, |name: &str| Ok::<_, Failure>(partner::party(name)?.to_string()));
        let recorded = match self {
            What::Generate(it) => return it.run(place),
            What::Propose(Propose { partner, key, from, until }) => {
                let (valid_from, valid_until) = (Some(moment::wire(from)), Some(moment::wire(until)));
                let (partner_id, key) = (id(&partner)?, key.to_string());
                let request = ProposeKeyRequest { context, partner_id, key, valid_from, valid_until };
                partners.propose_key(request).await?.into_inner().recorded
            }
            What::Confirm { partner, key_id } => {
                let (partner_id, key_id) = (id(&partner)?, key_id.into());
                let request = ConfirmKeyRequest { context, partner_id, key_id };
                partners.confirm_key(request).await?.into_inner().recorded
            }
            What::Revoke { partner, key_id, reason } => {
                let (partner_id, key_id) = (id(&partner)?, key_id.into());
                let request = RevokeKeyRequest { context, partner_id, key_id, reason };
                partners.revoke_key(request).await?.into_inner().recorded
            }
        };
        recorded::show(recorded.unwrap_or_default(), place)
    }
}

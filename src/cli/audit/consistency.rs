//! `pactline audit consistency`: whether one checkpoint goes on where another ended, so that nothing between them was
//! changed or lost.
use super::fetch;
use super::found::read_policy;
use crate::api::proto::ProveConsistencyRequest;
use crate::api::proto::audit_service_client::AuditServiceClient;
use crate::audit::{Consistency, Cosigned, Hash, Inconsistent, Policy, Refusal, SignedCheckpoint};
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::cli::place::{Caller, Place};
use clap::Args;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Which two.
#[derive(Debug, Args)]
pub(super) struct Between {
    /// A checkpoint that was kept
    old: PathBuf,
    /// Another one; the newest that the server, or the data folder, signs for when none is named
    new: Option<PathBuf>,
    /// The keys and witnesses that you trust, as c2sp.org/tlog-policy says; get them from elsewhere than the record
    #[arg(long, env = "PACTLINE_POLICY", value_name = "FILE")]
    policy: PathBuf,
    /// Also write the proof into a new file, for `audit check` elsewhere
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Between {
    pub(super) async fn run(self, place: &Place) -> Result<(), Failure> {
        let policy = read_policy(&self.policy)?;
        let old = read(&self.old)?;
        let new = self.new.as_deref().map(read).transpose()?;
        // A forgery is told before anybody is asked about it.
        let given = new.iter().chain([&old]);
        given.into_iter().try_for_each(|it| signed(it, &policy).map(drop))?;
        let connection = place.connect_to_proofs().await?;
        let found = prove(&connection.channel, old, new).await;
        connection.close().await?;
        let proof = found.map_err(Failure::or_tampered)?;
        if let Some(path) = &self.out {
            let written =
                fs::File::create_new(path).and_then(|mut it| it.write_all(proof.to_string().as_bytes()));
            written.map_err(|err| Failure::from(err).about(path.display()))?;
        }
        tell(&proof, &policy, place)
    }
}

fn read(path: &Path) -> Result<SignedCheckpoint, Failure> {
    let bytes = fs::read(path).map_err(|err| Failure::from(err).about(path.display()))?;
    SignedCheckpoint::parse(&bytes)
        .map_err(|err| Failure::usage(format!("is no checkpoint: {err}")).about(path.display()))
}

/// The two in the order of their sizes, with what the record shows between them.
async fn prove(
    caller: &Caller,
    old: SignedCheckpoint,
    new: Option<SignedCheckpoint>,
) -> Result<Consistency, Failure> {
    let mut audit = AuditServiceClient::new(caller.clone()).max_decoding_message_size(usize::MAX);
    let new = match new {
        Some(new) => new,
        None => newest(&mut audit).await?,
    };
    let size = |it: &SignedCheckpoint| it.unverified().head.size;
    let (old, new) = if size(&old) > size(&new) { (new, old) } else { (old, new) };
    let mut proof = Consistency { old, new, hashes: Vec::new() };
    let (from_size, to_size) = (size(&proof.old), size(&proof.new));
    // Of as many events, and of none, the roots say it all.
    if from_size > 0 && from_size < to_size && proof.old.unverified().origin == proof.new.unverified().origin
    {
        let request = ProveConsistencyRequest { from_size, to_size: Some(to_size) };
        let answer = audit.prove_consistency(request).await.map_err(|err| behind(err, to_size))?.into_inner();
        let hash = |it: &Vec<u8>| it.as_slice().try_into().ok().map(Hash);
        let hashes: Option<_> = answer.hashes.iter().map(hash).collect();
        proof.hashes =
            hashes.ok_or_else(|| Failure::unavailable("the server's proof has no hashes in it"))?;
    }
    Ok(proof)
}

async fn newest(audit: &mut AuditServiceClient<Caller>) -> Result<SignedCheckpoint, Failure> {
    let signed = fetch::newest(audit).await?;
    let read = SignedCheckpoint::parse(signed.checkpoint.as_bytes());
    read.map_err(|err| Failure::unavailable(format!("the server's checkpoint: {err}")))
}

/// A record that holds less than it signed for cannot show anything about that.
fn behind(err: tonic::Status, wanted: u64) -> Failure {
    match err.code() {
        tonic::Code::InvalidArgument => Failure::tampered(format!(
            "this record holds fewer than the {wanted} events that its log signed for: it is an old copy, or was cut"
        )),
        _ => err.into(),
    }
}

/// Who signed it, and, where too few witnesses did, which not.
fn signed(
    checkpoint: &SignedCheckpoint,
    policy: &Policy,
) -> Result<(Vec<Cosigned>, Option<String>), Failure> {
    let size = checkpoint.unverified().head.size;
    match policy.check(checkpoint) {
        Ok(approval) => Ok((approval.cosigned, None)),
        Err(err @ Refusal::NoQuorum { .. }) => Ok((Vec::new(), Some(format!("of {size} events: {err}")))),
        Err(err) => Err(Failure::tampered(format!("the checkpoint of {size} events: {err}"))
            .hint("it is not to be believed; the policy must name the log that you mean")),
    }
}

/// Says what two checkpoints and their proof come to.
pub(super) fn tell(proof: &Consistency, policy: &Policy, place: &Place) -> Result<(), Failure> {
    let (old, new) = (signed(&proof.old, policy)?, signed(&proof.new, policy)?);
    let found = proof.check();
    let unwitnessed: Vec<&String> = [&old, &new].into_iter().filter_map(|(_, why)| why.as_ref()).collect();
    let outcome = match (&found, unwitnessed.is_empty()) {
        (Err(_), _) => "forked",
        (Ok(()), true) => "consistent",
        (Ok(()), false) => "incomplete",
    };
    match place.json {
        true => out::json(&document(outcome, proof, [&old.0, &new.0]))?,
        false => print(outcome, proof, [&old.0, &new.0])?,
    }
    match (found, unwitnessed.first()) {
        (Err(err), _) => Err(forked(&err)),
        (Ok(()), Some(why)) => {
            Err(Failure::incomplete(format!("one goes on where the other ended, and {why}")))
        }
        (Ok(()), None) => Ok(()),
    }
}

fn forked(err: &Inconsistent) -> Failure {
    let failure = Failure::tampered(err.to_string());
    match err {
        Inconsistent::OtherLog { .. } => Failure::usage(err.to_string()),
        Inconsistent::TwoHistories(..) => {
            failure.hint("keep both checkpoints: together they are the evidence")
        }
        Inconsistent::NotShown { .. } => {
            failure.hint("keep both checkpoints; ask for the proof where the later one comes from")
        }
    }
}

fn print(outcome: &str, proof: &Consistency, signers: [&Vec<Cosigned>; 2]) -> std::io::Result<()> {
    for (it, cosigned) in [&proof.old, &proof.new].into_iter().zip(signers) {
        let it = it.unverified();
        out::line(format_args!("{} signed for {} events, root {}", it.origin, it.head.size, it.head.root))?;
        for witness in cosigned {
            out::line(out::faint(format_args!("  witnessed by {}", witness.witness)))?;
        }
    }
    let (from, to) = (proof.old.unverified().head.size, proof.new.unverified().head.size);
    match outcome {
        "consistent" => out::line(out::good(format_args!(
            "✔ consistent: the first {from} of the {to} events are those that were signed for"
        ))),
        "forked" => out::line(out::bad(format_args!("✘ forked: {from} and {to} events"))),
        _ => out::line(out::odd(format_args!("! incomplete: {from} and {to} events"))),
    }
}

fn document(outcome: &str, proof: &Consistency, signers: [&Vec<Cosigned>; 2]) -> Value {
    let one = |it: &SignedCheckpoint, cosigned: &Vec<Cosigned>| {
        let head = it.unverified().head;
        let cosigned: Vec<Value> =
            cosigned.iter().map(|it| json!({"witness": it.witness, "at_s": it.at_s})).collect();
        json!({"size": head.size, "root": head.root.to_string(), "checkpoint": it.to_string(), "witnesses": cosigned})
    };
    let hashes: Vec<String> = proof.hashes.iter().map(ToString::to_string).collect();
    json!({
        "outcome": outcome,
        "log": proof.old.unverified().origin,
        "old": one(&proof.old, signers[0]),
        "new": one(&proof.new, signers[1]),
        "hashes": hashes,
    })
}

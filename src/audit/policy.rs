//! Whom to believe: the logs, the witnesses, and how many of them it takes. c2sp.org/tlog-policy.
use super::checkpoint::{CheckpointError, SignedCheckpoint};
use super::cosignature::cosigned_at;
use super::key::{KeyError, KeyKind, VerifierKey};
use super::note::NoteError;
use std::collections::{BTreeMap, BTreeSet};

/// The most that a policy may measure, in bytes.
pub const POLICY_BYTES_MAX: usize = 256 * 1024;

/// Which checkpoints to believe: those signed by one of the logs and cosigned by a quorum of the witnesses.
#[derive(Debug, Clone)]
pub struct Policy {
    logs: Vec<KnownLog>,
    witnesses: Vec<Witness>,
    /// Each after the groups that are its members.
    groups: Vec<Group>,
    /// `None` where no cosignature is asked for.
    quorum: Option<Member>,
}

/// A log that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLog {
    /// Its key, with the log's origin as its name.
    pub key: VerifierKey,
    /// Where it is found.
    pub url: Option<String>,
}

/// A witness that may count towards the quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What the policy calls it.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// Where it takes checkpoints.
    pub url: Option<String>,
}

#[derive(Debug, Clone)]
struct Group {
    name: String,
    threshold: usize,
    members: Vec<Member>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Witness(usize),
    Group(usize),
}

/// What is wrong with a policy, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the policy: {fault}")]
pub struct PolicyError {
    /// Which line, from 1; one after the last where something is absent.
    pub line: usize,
    /// What is wrong with it.
    pub fault: PolicyFault,
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// The whole of it is over the limit.
    #[error("the policy is over {POLICY_BYTES_MAX} bytes")]
    TooLarge,
    /// A control character other than tab and newline.
    #[error("it has a control character, and only tabs are allowed")]
    Control,
    /// Not one of the four kinds of line, or not with the words that belong to it.
    #[error(
        "must be one of: log VKEY [URL] | witness NAME VKEY [URL] | group NAME all|any|K NAME... | quorum NAME|none"
    )]
    Form,
    /// A key that cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A witness's key for a log, or the other way round.
    #[error("the key is a {found} key, and a {needed} key is needed")]
    Role {
        /// What the key is for.
        found: KeyKind,
        /// What it should be for.
        needed: KeyKind,
    },
    /// The same public key twice.
    #[error("another line has the same public key")]
    SameKey,
    /// The same name twice, or the name `none`.
    #[error("the name {0} is taken")]
    SameName(String),
    /// A name that no line before it defines.
    #[error("no line before this one defines {0}")]
    Unknown(String),
    /// A name that is in two groups, or twice in one.
    #[error("{0} is a member of a group already")]
    MemberTwice(String),
    /// A threshold that cannot be met or asks for nothing.
    #[error("the number must be from 1 to the {0} members")]
    Threshold(usize),
    /// Two quorum lines.
    #[error("a second quorum line: there must be exactly one")]
    SecondQuorum,
    /// No quorum line.
    #[error("there is no quorum line: say `quorum none` if no witness is asked for")]
    NoQuorum,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Of a log that the policy does not name.
    #[error("the checkpoint is of the log {found}, and the policy knows {}", known.join(", "))]
    UnknownLog {
        /// Whose it says that it is.
        found: String,
        /// The origins that the policy names.
        known: Vec<String>,
    },
    /// The log's signature is absent or forged.
    #[error(transparent)]
    Log(#[from] CheckpointError),
    /// A witness's signature is forged.
    #[error("witness {witness}: {fault}")]
    Witness {
        /// Which one.
        witness: String,
        /// What is wrong.
        fault: NoteError,
    },
    /// Too few witnesses.
    #[error(
        "the quorum {quorum} is not met: cosigned by {}; not by {}", listed(.cosigned), listed(.absent)
    )]
    NoQuorum {
        /// The witness or group that the policy asks for.
        quorum: String,
        /// Who did.
        cosigned: Vec<String>,
        /// Who did not.
        absent: Vec<String>,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "nobody".into() } else { names.join(", ") }
}

/// Why a checkpoint is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The log's key that signed it.
    pub log: VerifierKey,
    /// Who cosigned it, in the order of the policy.
    pub cosigned: Vec<Cosigned>,
}

/// A witness that cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// What the policy calls it.
    pub witness: String,
    /// When, in seconds since the Unix epoch.
    pub at_s: u64,
}

impl Policy {
    /// The policy in `bytes`.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        let mut read = Reading::default();
        if bytes.len() > POLICY_BYTES_MAX {
            return Err(PolicyError { line: 1, fault: PolicyFault::TooLarge });
        }
        let mut line = 0;
        for text in bytes.split(|it| *it == b'\n') {
            line += 1;
            read.line(text).map_err(|fault| PolicyError { line, fault })?;
        }
        let Reading { logs, witnesses, groups, quorum, .. } = read;
        let quorum = quorum.ok_or(PolicyError { line, fault: PolicyFault::NoQuorum })?;
        Ok(Self { logs, witnesses, groups, quorum })
    }

    /// The logs that are believed.
    pub fn logs(&self) -> &[KnownLog] {
        &self.logs
    }

    /// The witnesses that may count.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether any witness must have signed.
    pub fn asks_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Whether `checkpoint` is signed by one of the logs and cosigned as the quorum asks. A forged signature in the
    /// name of a known key refuses the whole.
    pub fn check(&self, checkpoint: &SignedCheckpoint) -> Result<Approval, Refusal> {
        let log = self.signer(checkpoint)?;
        let (mut cosigned, mut absent, mut counts) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (it, at) in self.witnesses.iter().zip(0..) {
            match cosigned_at(checkpoint, &it.key) {
                Ok(at_s) => {
                    counts.insert(Member::Witness(at));
                    cosigned.push(Cosigned { witness: it.name.clone(), at_s });
                }
                Err(NoteError::NotSigned { .. }) => absent.push(it.name.clone()),
                Err(fault) => return Err(Refusal::Witness { witness: it.name.clone(), fault }),
            }
        }
        self.count_groups(&mut counts);
        match self.quorum {
            Some(quorum) if !counts.contains(&quorum) => Err(Refusal::NoQuorum {
                quorum: self.name(quorum),
                cosigned: cosigned.into_iter().map(|it| it.witness).collect(),
                absent,
            }),
            _ => Ok(Approval { log, cosigned }),
        }
    }

    /// Whether the quorum can be met though none of the witnesses whose names are `lost` ever signs.
    pub fn can_be_met_without(&self, lost: impl Fn(&str) -> bool) -> bool {
        let left = self.witnesses.iter().zip(0..).filter(|(it, _)| !lost(&it.name));
        let mut counts = left.map(|(_, at)| Member::Witness(at)).collect();
        self.count_groups(&mut counts);
        self.quorum.is_none_or(|it| counts.contains(&it))
    }

    /// Adds the groups that those who count are enough for. A group's members stand before it, so one pass decides all.
    fn count_groups(&self, counts: &mut BTreeSet<Member>) {
        for (group, at) in self.groups.iter().zip(0..) {
            if group.members.iter().filter(|it| counts.contains(it)).count() >= group.threshold {
                counts.insert(Member::Group(at));
            }
        }
    }

    fn signer(&self, checkpoint: &SignedCheckpoint) -> Result<VerifierKey, Refusal> {
        let found = &checkpoint.unverified().origin;
        let mut refusal = None;
        for it in self.logs.iter().filter(|it| it.key.name() == found) {
            match checkpoint.verify(&it.key) {
                Ok(_) => return Ok(it.key.clone()),
                Err(fault) => refusal = Some(Refusal::Log(fault)),
            }
        }
        let known = || self.logs.iter().map(|it| it.key.name().to_owned()).collect();
        Err(refusal.unwrap_or_else(|| Refusal::UnknownLog { found: found.clone(), known: known() }))
    }

    fn name(&self, member: Member) -> String {
        let name = match member {
            Member::Witness(at) => self.witnesses.get(at).map(|it| &it.name),
            Member::Group(at) => self.groups.get(at).map(|it| &it.name),
        };
        name.cloned().unwrap_or_default()
    }
}

/// A policy of which some lines were read.
#[derive(Default)]
struct Reading {
    logs: Vec<KnownLog>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Option<Option<Member>>,
    /// By name, which is bytes and not text: witnesses and groups share their names.
    named: BTreeMap<Vec<u8>, Member>,
    in_groups: BTreeSet<Member>,
}

impl Reading {
    fn line(&mut self, line: &[u8]) -> Result<(), PolicyFault> {
        if line.iter().any(|it| (*it < b' ' && *it != b'\t') || *it == 0x7f) {
            return Err(PolicyFault::Control);
        }
        let words = line.split(|it| matches!(it, b' ' | b'\t')).filter(|it| !it.is_empty());
        let words: Vec<&[u8]> = words.collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] => self.log(key, None),
            [b"log", key, url] => self.log(key, Some(shown(url))),
            [b"witness", name, key] => self.witness(name, key, None),
            [b"witness", name, key, url] => self.witness(name, key, Some(shown(url))),
            [b"group", name, threshold, members @ ..] => self.group(name, threshold, members),
            [b"quorum", name] => self.asked(name),
            _ => Err(PolicyFault::Form),
        }
    }

    fn log(&mut self, key: &[u8], url: Option<String>) -> Result<(), PolicyFault> {
        let key = read_key(key, KeyKind::Log)?;
        if self.logs.iter().any(|it| it.key.public() == key.public()) {
            return Err(PolicyFault::SameKey);
        }
        self.logs.push(KnownLog { key, url });
        Ok(())
    }

    fn witness(&mut self, name: &[u8], key: &[u8], url: Option<String>) -> Result<(), PolicyFault> {
        let key = read_key(key, KeyKind::Witness)?;
        if self.witnesses.iter().any(|it| it.key.public() == key.public()) {
            return Err(PolicyFault::SameKey);
        }
        self.define(name, Member::Witness(self.witnesses.len()))?;
        self.witnesses.push(Witness { name: shown(name), key, url });
        Ok(())
    }

    fn group(&mut self, name: &[u8], threshold: &[u8], members: &[&[u8]]) -> Result<(), PolicyFault> {
        let count = members.len();
        let threshold = match threshold {
            _ if members.is_empty() => return Err(PolicyFault::Form),
            b"all" => count,
            b"any" => 1,
            digits if digits.iter().all(u8::is_ascii_digit) => {
                let number = std::str::from_utf8(digits).ok().and_then(|it| it.parse().ok());
                number.filter(|it| (1..=count).contains(it)).ok_or(PolicyFault::Threshold(count))?
            }
            _ => return Err(PolicyFault::Form),
        };
        let members = members.iter().map(|it| self.member(it)).collect::<Result<_, _>>()?;
        self.define(name, Member::Group(self.groups.len()))?;
        self.groups.push(Group { name: shown(name), threshold, members });
        Ok(())
    }

    fn member(&mut self, name: &[u8]) -> Result<Member, PolicyFault> {
        let member = self.defined(name)?;
        match self.in_groups.insert(member) {
            true => Ok(member),
            false => Err(PolicyFault::MemberTwice(shown(name))),
        }
    }

    fn asked(&mut self, name: &[u8]) -> Result<(), PolicyFault> {
        if self.quorum.is_some() {
            return Err(PolicyFault::SecondQuorum);
        }
        let member = if name == b"none" { None } else { Some(self.defined(name)?) };
        self.quorum = Some(member);
        Ok(())
    }

    fn defined(&self, name: &[u8]) -> Result<Member, PolicyFault> {
        self.named.get(name).copied().ok_or_else(|| PolicyFault::Unknown(shown(name)))
    }

    fn define(&mut self, name: &[u8], member: Member) -> Result<(), PolicyFault> {
        if name == b"none" || self.named.contains_key(name) {
            return Err(PolicyFault::SameName(shown(name)));
        }
        self.named.insert(name.to_vec(), member);
        Ok(())
    }
}

fn read_key(text: &[u8], needed: KeyKind) -> Result<VerifierKey, PolicyFault> {
    let key: VerifierKey = std::str::from_utf8(text).map_err(|_| KeyError::Form)?.parse()?;
    match key.kind() {
        found if found == needed => Ok(key),
        found => Err(PolicyFault::Role { found, needed }),
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

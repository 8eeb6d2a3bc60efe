//! What can be asked, what can happen, and the rules between. Pure: no I/O, no clock, no randomness, no async.
//!
//! One module per kind of stream, each with the same five files: `mod.rs` says which types belong together,
//! `command.rs` what can be asked, `event.rs` what can happen (THE STORAGE FORMAT), `state.rs` just enough
//! memory of the past, `decide.rs` the rules. The other files are words they share.

pub mod charter;
pub mod citation;
pub mod consultation;
pub mod decision;
pub mod evidence;
pub mod fact;
pub mod id;
pub mod mandate;
pub mod meeting;
pub mod money;
pub mod partner;
pub mod priority;
pub mod project;
pub mod recommendation;
pub mod redaction;
pub mod scope;
pub mod task;
pub mod text;

pub use decision::{Unvouched, Vouched};
pub use jiff::Timestamp;
pub use jiff::civil::Date;

use citation::{Citation, Reference, Uncitable};
use fact::{Citable, Cited, Fact, Facts};
use id::PartnerId;
use jiff::SignedDuration;
use serde::{Serialize, de::DeserializeOwned};
use text::PersonId;

/// The rules of one kind of stream. `Self` is the folded state; `Default` is "nothing happened yet".
pub trait Decider: Default + Send + Sync + 'static {
    /// Stream-name prefix: the stream is `{KIND}-{id}`. Never change it once events exist.
    const KIND: &'static str;
    /// What can be asked.
    type Command: Clone + Send + Sync + 'static;
    /// What can happen. Stored for ever: add variants, never repurpose them.
    type Event: Rests + Serialize + DeserializeOwned + Clone + Send + Sync + 'static;
    /// Why something asked for was refused.
    type Rejection: Rejection;

    /// The events of other streams that deciding `command` depends on. The engine looks them up and hands
    /// what they stand for to `decide` as [`Given::facts`].
    fn cites(&self, command: &Self::Command) -> Vec<Reference> {
        let _ = command;
        Vec::new()
    }

    /// Answers a command with the events it causes: none when what is asked for already holds.
    /// Cannot mutate, cannot wait, cannot look anything up.
    fn decide(&self, command: Self::Command, given: &Given) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// Takes one fact into account; `at` is when it took effect. Cannot fail: what happened, happened.
    fn evolve(&mut self, event: &Self::Event, at: Timestamp);

    /// What a citation of `event`, an event of this stream, stands for at `at`; `None` when the event is of
    /// a type that nothing may rest on.
    fn attest(&self, event: &Self::Event, at: Timestamp) -> Option<Fact> {
        let _ = (event, at);
        None
    }
}

/// What an event rests on: the citations it carries, each under the name of the edge it is in a trace.
pub trait Rests {
    /// Every citation in the event, in a fixed order.
    fn rests_on(&self) -> Vec<(Edge, &Citation)>;
}

/// The kinds of edge that a trace is made of.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Edge {
    /// Anything -> the charter edition that governs it.
    Charter,
    /// A meeting's or consultation's roster entry -> the admission that gave standing.
    Partner,
    /// A consultation -> the meeting it was held in.
    Meeting,
    /// A consultation or its outcome -> the text it decided on.
    Text,
    /// A consultation -> the decision of the forum before it.
    Previous,
    /// A priority -> the decision that adopted its recommendation.
    Adoption,
    /// A project -> a priority it answers.
    Priority,
    /// A recommendation or project -> a numbered provision it serves.
    Provision,
    /// A project -> a document without a provision: a partial trace.
    Document,
    /// A provision -> a provision it implements, reaffirms or aligns with.
    Link,
    /// A superseded mandate -> the newer one.
    Supersession,
    /// A follow-up report -> the project that took the recommendation up.
    FollowUp,
    /// A project -> its parent.
    Parent,
    /// Money -> the project stage it was committed under.
    Stage,
    /// Anything -> the evidence or the finished task it relies on.
    Evidence,
}

/// What a decision may know besides the stream's own past.
#[derive(Debug, Clone)]
pub struct Given {
    /// When what is asked takes effect: the server's clock on a live stream, the recorder's word on a
    /// historical one.
    pub at: Timestamp,
    /// Who asks: an opaque person id, never a name.
    pub by: PersonId,
    /// For whom, when a person speaks for a partner.
    pub on_behalf_of: Option<PartnerId>,
    /// What vouches for it besides the word of whoever sends it.
    pub vouched: Vouched,
    /// The events cited by the command, and what they stand for now.
    pub facts: Facts,
}

impl Given {
    /// The cited event as a `T`, or why it cannot be cited as one.
    pub fn cited<T: Citable>(&self, reference: &Reference) -> Result<Cited<T>, Uncitable> {
        self.facts.cited(reference)
    }

    /// All of `references` as `T`s; the first that cannot be cited is the answer.
    pub fn all_cited<T: Citable>(&self, references: &[Reference]) -> Result<Vec<Cited<T>>, Uncitable> {
        references.iter().map(|it| self.facts.cited(it)).collect()
    }
}

/// `days` times 24 hours after `since`, or the end of time.
pub fn after(since: Timestamp, days: u32) -> Timestamp {
    since.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

/// The first of the instants that come round every `days` days from `due_at` on and lie after `now`.
pub(crate) fn next_after(due_at: Timestamp, days: u32, now: Timestamp) -> Timestamp {
    let round = i64::from(days.max(1)) * 24 * 60 * 60;
    let behind = now.as_second().saturating_sub(due_at.as_second()).max(0);
    let rounds = (behind / round).saturating_add(1);
    let next = due_at.checked_add(SignedDuration::from_secs(rounds.saturating_mul(round)));
    let next = next.unwrap_or(Timestamp::MAX);
    if next > now { next } else { after(next, days) }
}

/// Why the rules said no. Its variants' names are the machine-readable reasons.
pub trait Rejection: std::error::Error + Send + Sync + Clone + PartialEq + 'static {
    /// The reason for programs, in SCREAMING_SNAKE_CASE; stable.
    fn reason(&self) -> &'static str;
    /// How a caller should take it.
    fn category(&self) -> Category;
    /// What would have to be so first, one by one, where that is why.
    fn unmet(&self) -> Vec<Unmet> {
        Vec::new()
    }
}

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// Of which kind, for programs; a word of a closed list.
    pub kind: &'static str,
    /// What would have to be so.
    pub subject: String,
    /// What is there instead.
    pub description: String,
}

/// How a caller should take a rejection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// There is nothing under this id.
    NotFound,
    /// It was there before.
    AlreadyExists,
    /// The caller may not do this, whatever they send.
    Forbidden,
    /// What was sent can never be right.
    Invalid,
    /// The rules refuse it as things stand.
    Precondition,
}

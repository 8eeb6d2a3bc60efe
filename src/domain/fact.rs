//! What the events of one stream may assume about the events of another: the closed list of citable facts.
use super::Timestamp;
use super::charter::{ForumName, Law, RoleName};
use super::citation::{Citation, Reference, Uncitable};
use super::id::*;
use super::meeting::Seat;
use super::scope::{PartialDate, Scope};
use super::text::{Digest, PersonId, Slug, Symbol};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A fact of another stream, as it stands when a command is decided, and the event it rests in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited<T> {
    /// The event, exactly.
    pub citation: Citation,
    /// What it stands for.
    pub fact: T,
}

/// What the engine found for the references of one command.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    found: BTreeMap<(super::citation::StreamName, u64), (Citation, Option<Fact>)>,
}

impl Facts {
    /// Adds what a citation stands for; `None` when nothing may rest on that event.
    pub fn insert(&mut self, citation: Citation, fact: Option<Fact>) {
        self.found.insert((citation.stream.clone(), citation.revision), (citation, fact));
    }

    /// The event behind `reference`, whatever it is, or that it is not there.
    pub fn there(&self, reference: &Reference) -> Result<Citation, Uncitable> {
        let key = (reference.stream.clone(), reference.revision);
        let missing = || Uncitable::Missing { reference: reference.clone() };
        let (citation, _) = self.found.get(&key).ok_or_else(missing)?;
        if reference.event_id.is_some_and(|it| it != citation.event_id) {
            return Err(Uncitable::AnotherEvent { reference: reference.clone() });
        }
        Ok(citation.clone())
    }

    /// The event behind `reference` as a `T`, or why it cannot be cited as one.
    pub fn cited<T: Citable>(&self, reference: &Reference) -> Result<Cited<T>, Uncitable> {
        let citation = self.there(reference)?;
        let fact =
            self.found.get(&(reference.stream.clone(), reference.revision)).and_then(|(_, it)| it.as_ref());
        let found = fact.map_or("not an event that can be cited", Fact::describe);
        let wrong = || Uncitable::WrongKind { reference: reference.clone(), wanted: T::NAME, found };
        let fact = fact.cloned().and_then(T::from_fact).ok_or_else(wrong)?;
        Ok(Cited { citation, fact })
    }
}

/// A fact that a rule can ask for by its type.
pub trait Citable: Sized {
    /// What it is called in a message, with its article.
    const NAME: &'static str;
    /// The fact as this type, when it is of it.
    fn from_fact(fact: Fact) -> Option<Self>;
}

macro_rules! facts {
    ($($variant:ident($type:ident) = $name:literal;)*) => {
        /// Every kind of fact that can be cited.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Fact {
            $(#[doc = concat!("It is ", $name, ".")] $variant($type),)*
        }
        impl Fact {
            /// What it is called in a message, with its article.
            pub fn describe(&self) -> &'static str {
                match self { $(Fact::$variant(_) => $name,)* }
            }
        }
        $(impl Citable for $type {
            const NAME: &'static str = $name;
            fn from_fact(fact: Fact) -> Option<Self> {
                match fact { Fact::$variant(it) => Some(it), _ => None }
            }
        }
        impl From<$type> for Fact {
            fn from(fact: $type) -> Fact {
                Fact::$variant(fact)
            }
        })*
    };
}

facts! {
    Partner(PartnerFact) = "a partner's admission";
    Mandate(MandateFact) = "a recorded mandate";
    Provision(ProvisionFact) = "a provision";
    Edition(EditionFact) = "a charter's edition";
    Meeting(MeetingFact) = "a convened meeting";
    Text(TextFact) = "a recommendation's text";
    Paragraph(ParagraphFact) = "an agreed paragraph";
    Adoption(AdoptionFact) = "a decision that adopts a text";
    Priority(PriorityFact) = "a priority";
    Project(ProjectFact) = "a proposed project";
    Stage(StageFact) = "a project's entry into a stage";
    Evidence(EvidenceFact) = "submitted evidence";
    Task(TaskFact) = "a completed task";
}

/// In which capacity a party takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// With the right to take a position.
    Member,
    /// With a seat, and no say.
    Observer,
}

/// Cited by PartnerAdmitted or ObserverStatusGranted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerFact {
    /// Which partner.
    pub id: PartnerId,
    /// Its capacity now; `None` once withdrawn.
    pub capacity: Option<Capacity>,
    /// The roles it holds now.
    pub roles: BTreeSet<RoleName>,
}

/// Cited by MandateRecorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandateFact {
    /// Which mandate.
    pub id: MandateId,
    /// Its symbol.
    pub symbol: Symbol,
    /// When it was adopted, as exactly as it is known.
    pub adopted_on: PartialDate,
    /// Since when a newer text stands in its place.
    pub superseded_at: Option<Timestamp>,
}

/// Cited by ProvisionDefined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisionFact {
    /// Of which mandate.
    pub mandate: MandateId,
    /// Which provision.
    pub provision: ProvisionId,
    /// The mandate's symbol.
    pub symbol: Symbol,
    /// Since when the mandate is superseded; `None` while it is in force.
    pub superseded_at: Option<Timestamp>,
    /// The streams for which somebody decided to keep citing the superseded text.
    pub retained_for: BTreeSet<super::citation::StreamName>,
}

/// Cited by CharterPublished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionFact {
    /// Which charter.
    pub charter: CharterId,
    /// Which edition, from one.
    pub edition: u32,
    /// What it says.
    pub law: Arc<Law>,
    /// When it was published.
    pub since: Timestamp,
    /// Whether nothing new may start under it: the charter is retired.
    pub retired: bool,
    /// Whether a later edition was published.
    pub outdated: bool,
    /// Who published it, where that is on record.
    pub publisher: Option<PersonId>,
}

/// Cited by MeetingConvened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingFact {
    /// Which meeting.
    pub id: MeetingId,
    /// Of which forum.
    pub forum: ForumName,
    /// Under which charter.
    pub charter: Citation,
    /// Who was entitled when it was convened.
    pub roster: Vec<Seat>,
    /// Which members of the roster are there.
    pub present: BTreeSet<PartnerId>,
    /// Whether it is in session.
    pub open: bool,
    /// Whether quorum was established.
    pub quorate: bool,
}

/// Cited by RecommendationDrafted or TextRevised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFact {
    /// Of which recommendation.
    pub recommendation: RecommendationId,
    /// Of this very text.
    pub digest: Digest,
    /// Under which charter.
    pub charter: Citation,
    /// The forums that must adopt it, in order.
    pub forums: Vec<ForumName>,
    /// On which pillar.
    pub pillar: Slug,
    /// Whether it is the latest text.
    pub current: bool,
    /// Whether the recommendation was withdrawn.
    pub withdrawn: bool,
    /// Paragraphs still in brackets.
    pub brackets: BTreeSet<Slug>,
}

/// Cited by ParagraphAgreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParagraphFact {
    /// Of which recommendation.
    pub recommendation: RecommendationId,
    /// Which paragraph.
    pub paragraph: Slug,
    /// Whether it is still agreed: neither bracketed again nor lost in a revision.
    pub agreed: bool,
}

/// Cited by ConsensusReached or AdoptedByVote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdoptionFact {
    /// Which consultation.
    pub consultation: ConsultationId,
    /// Of which forum.
    pub forum: ForumName,
    /// Under which charter.
    pub charter: Citation,
    /// The recommendation's text that was adopted; `None` for a document.
    pub text: Option<Citation>,
    /// Which recommendation it was.
    pub recommendation: Option<RecommendationId>,
    /// Of the adopted text.
    pub digest: Digest,
}

/// Cited by PrioritySet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriorityFact {
    /// On which list.
    pub list: ListId,
    /// Which priority.
    pub priority: PriorityId,
    /// What it is about now.
    pub scope: Scope,
    /// Whether it was not retired.
    pub live: bool,
    /// The charter it was set under.
    pub charter: Citation,
    /// The recommendation it answers.
    pub recommendation: RecommendationId,
    /// The decision that adopted that.
    pub adoption: Citation,
}

/// Cited by ProjectProposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectFact {
    /// Which project.
    pub project: ProjectId,
    /// Whether it is over: completed, cancelled or rejected.
    pub over: bool,
}

/// Cited by StageEntered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageFact {
    /// Of which project.
    pub project: ProjectId,
    /// Which stage.
    pub stage: Slug,
}

/// Cited by EvidenceSubmitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFact {
    /// Which evidence.
    pub evidence: EvidenceId,
    /// Whether it was withdrawn.
    pub withdrawn: bool,
}

/// Cited by TaskCompleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFact {
    /// Which task.
    pub task: TaskId,
    /// Of which kind.
    pub kind: Slug,
    /// About which stream.
    pub subject: super::citation::StreamName,
    /// For which role it was opened, whoever it was escalated to.
    pub role: RoleName,
    /// Who did it.
    pub worker: PersonId,
}

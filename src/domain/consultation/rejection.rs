//! Why a consultation refuses, and what to do about it.
use super::Tally;
use crate::domain::charter::{ForumName, Method};
use crate::domain::citation::Uncitable;
use crate::domain::id::PartnerId;
use crate::domain::meeting::BadRoster;
use crate::domain::text::{Name, Slug, counted};
use crate::domain::{Category, Timestamp, Unvouched};

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// It has been opened before.
    #[error("the consultation is open already: open another one under another id")]
    AlreadyOpened,
    /// Nobody opened it.
    #[error("there is no such consultation: open it first, or check its id")]
    NotOpened,
    /// It is decided.
    #[error("the consultation is closed, which is final: record a statement, or open another one")]
    ConsultationClosed,
    /// Nothing new may start under a retired charter.
    #[error("the charter is retired: consult under a charter that is not")]
    CharterRetired,
    /// New consultations on documents follow the latest edition.
    #[error("edition {edition} of the charter is not the latest: cite the latest edition")]
    EditionOutdated {
        /// Which one was cited.
        edition: u32,
    },
    /// A recommendation keeps the law it was drafted under.
    #[error("the recommendation was drafted under another edition: cite {wanted}")]
    AnotherEdition {
        /// The edition that governs it.
        wanted: String,
    },
    /// A body that the charter does not know.
    #[error("the charter has no forum {forum}: it has {known}")]
    NoSuchForum {
        /// Which one was asked for.
        forum: ForumName,
        /// Those it has, in the charter's order.
        known: String,
    },
    /// A body that recommendations do not pass.
    #[error("recommendations do not go through {forum}: they go through {forums}")]
    ForumNotOnTheWay {
        /// Which one was asked for.
        forum: ForumName,
        /// Those they go through, in order.
        forums: String,
    },
    /// It was taken back.
    #[error("the recommendation is withdrawn: draft another one")]
    TextWithdrawn,
    /// A newer text took its place.
    #[error("the recommendation has a newer text: cite the event that holds its latest one")]
    TextNotCurrent,
    /// A later forum decides on what the one before adopted.
    #[error("{before} decides before {forum}: cite the event with which it adopted the text")]
    PreviousMissing {
        /// Which one was asked for.
        forum: ForumName,
        /// The one before it.
        before: ForumName,
    },
    /// There is nothing before the first forum.
    #[error("{forum} is the first forum: leave the previous decision out")]
    PreviousOfFirstForum {
        /// The first.
        forum: ForumName,
    },
    /// The decision is about something else.
    #[error("the previous decision is on another recommendation: cite one on this recommendation")]
    PreviousOnAnotherRecommendation,
    /// The decision is of a forum that is not the one before.
    #[error("the previous decision is of {found}: cite the one of {wanted}")]
    PreviousOfAnotherForum {
        /// The one before.
        wanted: ForumName,
        /// Whose decision was cited.
        found: ForumName,
    },
    /// The decision binds another text.
    #[error("the previous decision binds another text: have that forum adopt the current text first")]
    PreviousOnAnotherText,
    /// Something is not agreed yet.
    #[error("paragraphs are in brackets: agree on {paragraphs} before the text is forwarded")]
    Bracketed {
        /// Which.
        paragraphs: String,
    },
    /// The charter gives the forum no way to decide.
    #[error("the charter has no decision rule for {forum}: publish an edition that has one")]
    ForumWithoutRule {
        /// Which.
        forum: ForumName,
    },
    /// Not a rule of this forum.
    #[error("{forum} does not decide by {method}: it decides by {known}")]
    MethodNotAllowed {
        /// Which forum.
        forum: ForumName,
        /// How it was to decide.
        method: Method,
        /// How it does.
        known: String,
    },
    /// It can be done in a room only.
    #[error("this is decided in a meeting: cite the MeetingConvened of one that is open")]
    MeetingMissing,
    /// A meeting of another body.
    #[error("the meeting is of {found}: cite one of {wanted} under the same charter")]
    MeetingOfAnotherForum {
        /// Which forum decides.
        wanted: ForumName,
        /// Which one meets.
        found: ForumName,
    },
    /// It has not begun, or is over.
    #[error("the meeting is not in session: open it, or decide in one that is")]
    MeetingNotInSession,
    /// Votes are of members present and voting: rule 58 of the ECOSOC functional commissions.
    #[error("{name} is not in the room: record its attendance in the meeting first")]
    NotPresent {
        /// Who.
        name: Name,
    },
    /// Whoever speaks for one party says nothing for another.
    #[error("this was sent on behalf of {on_behalf_of}, and {party} is to speak: name one and the same")]
    SpeaksForAnother {
        /// In whose name it would be.
        party: PartnerId,
        /// For whom it was sent.
        on_behalf_of: PartnerId,
    },
    /// Nobody found that enough members are there.
    #[error("the meeting has no quorum: establish it before the gavel falls")]
    QuorumNotEstablished,
    /// Too few members.
    #[error("no quorum: {present} of {of} members are there and {needed} are needed")]
    NoQuorum {
        /// Members there.
        present: u32,
        /// Members of the roster.
        of: u32,
        /// Members needed.
        needed: u32,
    },
    /// One roster, from one place.
    #[error("the meeting has a roster: leave the other one out")]
    RosterGivenTwice,
    /// Silence must end.
    #[error("silence needs a deadline: it may end at {earliest} or later")]
    DeadlineMissing {
        /// When it may end at the earliest.
        earliest: Timestamp,
    },
    /// Only silence has one.
    #[error("there is a deadline only where silence decides: leave it out")]
    DeadlineNotAllowed,
    /// Shorter than the forum's law allows.
    #[error("silence lasts at least {}: it may end at {earliest} or later", counted(hours, "hour"))]
    SilenceTooShort {
        /// The least number of hours.
        hours: u32,
        /// When it may end at the earliest.
        earliest: Timestamp,
    },
    /// It can be closed when it is over, or once somebody broke it.
    #[error("silence lasts until {deadline} and nobody objects: close it then")]
    SilenceNotOver {
        /// When it ends.
        deadline: Timestamp,
    },
    /// It is decided by silence, and only closing is left.
    #[error("silence was over at {deadline}: close the consultation, and open another one if need be")]
    SilenceOver {
        /// When it ended.
        deadline: Timestamp,
    },
    /// Extensions extend.
    #[error("silence lasts until {deadline} already: name a later time")]
    DeadlineNotLater {
        /// When it ends.
        deadline: Timestamp,
    },
    /// Not a member of the roster.
    #[error("{party} is no member of the roster and has no say here: record a statement instead")]
    NoStanding {
        /// Who.
        party: PartnerId,
    },
    /// It was a member when the roster was drawn up.
    #[error("{name} is a member no longer and has no say any more: record a statement instead")]
    MemberNoLonger {
        /// Who.
        name: Name,
    },
    /// An objection is more than a position.
    #[error("{name} objects: lift the objection before taking a position")]
    ObjectionStands {
        /// Who.
        name: Name,
    },
    /// There is nothing to lift.
    #[error("{name} has no objection to lift")]
    NotObjecting {
        /// Who.
        name: Name,
    },
    /// Only recommendations have paragraphs that can be agreed.
    #[error("paragraphs are agreed on in recommendations only: object to the document without conditions")]
    ConditionsOnDocument,
    /// A package deal holds until all of it is agreed.
    #[error("the objection stands until paragraph {paragraph} is agreed: cite its ParagraphAgreed")]
    ConditionNotMet {
        /// The first that is missing.
        paragraph: Slug,
    },
    /// It was agreed once.
    #[error("paragraph {paragraph} is agreed no longer: agree on it again, and cite that")]
    ParagraphNotAgreed {
        /// Which.
        paragraph: Slug,
    },
    /// It is agreed somewhere else.
    #[error("paragraph {paragraph} is of another recommendation: cite one of this recommendation")]
    ParagraphOfAnotherRecommendation {
        /// Which.
        paragraph: Slug,
    },
    /// One consultation, one matter.
    #[error("that is another matter: revise with a text of the same, or open another consultation")]
    AnotherSubject,
    /// Nothing was revised.
    #[error("the text is the one there is: extend the deadline instead")]
    SameText,
    /// What a forum adopted is decided on as it is.
    #[error("the forum before adopted this very text: have it adopt the new one first")]
    BoundByPrevious,
    /// The members vote on it.
    #[error("the decision is taken by vote: cast a vote instead")]
    VotingBegan,
    /// The forum's law keeps it to consensus.
    #[error("{forum} does not vote: its charter has no fallback")]
    NoFallback {
        /// Which.
        forum: ForumName,
    },
    /// Nobody asked for a vote.
    #[error("no vote is open: request one first")]
    VoteNotOpen,
    /// One member, one vote.
    #[error("{name} has voted: correct the vote instead")]
    AlreadyVoted {
        /// Who.
        name: Name,
    },
    /// There is nothing to correct.
    #[error("{name} has not voted: cast a vote first")]
    NotVoted {
        /// Who.
        name: Name,
    },
    /// A vote is over when the chair says so.
    #[error("the chair has declared no tally: declare it first")]
    TallyNotDeclared,
    /// What the chair declared stands.
    #[error("the tally is declared ({} yes, {} no, {} abstaining): close the consultation", .declared.yes, .declared.no, .declared.abstain)]
    TallyAlreadyDeclared {
        /// What the chair said.
        declared: Tally,
    },
    /// Nobody, or somebody else, signed it.
    #[error(transparent)]
    Unvouched(#[from] Unvouched),
    /// The roster cannot be as it was sent.
    #[error(transparent)]
    Roster(#[from] BadRoster),
    /// Something that is named cannot be cited.
    #[error(transparent)]
    Uncitable(#[from] Uncitable),
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        match self {
            Rejection::Roster(why) => why.reason(),
            Rejection::Unvouched(why) => why.reason(),
            Rejection::Uncitable(why) => why.reason(),
            other => other.into(),
        }
    }
    fn category(&self) -> Category {
        match self {
            Rejection::AlreadyOpened => Category::AlreadyExists,
            Rejection::NotOpened => Category::NotFound,
            Rejection::NoStanding { .. }
            | Rejection::MemberNoLonger { .. }
            | Rejection::SpeaksForAnother { .. } => Category::Forbidden,
            Rejection::RosterGivenTwice | Rejection::ConditionsOnDocument => Category::Invalid,
            Rejection::Roster(why) => why.category(),
            _ => Category::Precondition,
        }
    }
}

//! The rules of meetings.
use super::roster::{admissions, members_of, seated};
use super::state::Session;
use super::{Attendee, BadRoster, Command, Event, Meeting, Seat, SeatAsked};
use crate::domain::charter::{ForumName, Fraction};
use crate::domain::citation::{Citation, Reference, Uncitable};
use crate::domain::fact::{Capacity, Cited, EditionFact};
use crate::domain::id::PartnerId;
use crate::domain::{Category, Given};
use std::collections::BTreeSet;

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Rejection {
    /// It has been called before.
    #[error("the meeting is convened already: postpone it, or convene another one under another id")]
    AlreadyConvened,
    /// Nobody called it.
    #[error("there is no such meeting: convene it first, or check its id")]
    NotConvened,
    /// Nothing new may start under a retired charter.
    #[error("the charter is retired: convene the meeting under a charter that is not")]
    CharterRetired,
    /// New meetings follow the latest edition.
    #[error("edition {edition} of the charter is not the latest: cite the latest edition")]
    EditionOutdated {
        /// Which one was cited.
        edition: u32,
    },
    /// A body that the charter does not know.
    #[error("the charter has no forum {forum}: it has {known}")]
    NoSuchForum {
        /// Which one was asked for.
        forum: ForumName,
        /// Those it has, in the charter's order.
        known: String,
    },
    /// It began, and cannot be moved or begun again.
    #[error("the meeting began already: close it, and convene another one")]
    AlreadyOpen,
    /// It has not begun.
    #[error("the meeting is not open: open it first")]
    NotOpen,
    /// It is over.
    #[error("the meeting is closed, which is final: convene another one")]
    MeetingClosed,
    /// Members are those of the roster.
    #[error("{party} is no member of the roster: record it as an observer")]
    NotAMember {
        /// Who.
        party: PartnerId,
    },
    /// Nobody sits twice.
    #[error("{party} is on the list twice: list every party once")]
    AttendeeTwice {
        /// Who.
        party: PartnerId,
    },
    /// Too few members.
    #[error(
        "no quorum: {present} of {of} members are there and {needed} are needed; record who else is there"
    )]
    NoQuorum {
        /// Members there.
        present: u32,
        /// Members of the roster.
        of: u32,
        /// Members needed.
        needed: u32,
    },
    /// The roster cannot be as it was sent.
    #[error(transparent)]
    Roster(#[from] BadRoster),
    /// The edition cannot be cited.
    #[error(transparent)]
    Uncitable(#[from] Uncitable),
}

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        match self {
            Rejection::Roster(why) => why.reason(),
            Rejection::Uncitable(why) => why.reason(),
            other => other.into(),
        }
    }
    fn category(&self) -> Category {
        match self {
            Rejection::AlreadyConvened => Category::AlreadyExists,
            Rejection::NotConvened => Category::NotFound,
            Rejection::AttendeeTwice { .. } => Category::Invalid,
            Rejection::Roster(why) => why.category(),
            Rejection::CharterRetired
            | Rejection::EditionOutdated { .. }
            | Rejection::NoSuchForum { .. }
            | Rejection::AlreadyOpen
            | Rejection::NotOpen
            | Rejection::MeetingClosed
            | Rejection::NotAMember { .. }
            | Rejection::NoQuorum { .. }
            | Rejection::Uncitable(_) => Category::Precondition,
        }
    }
}

pub(super) fn cites(_meeting: &Meeting, command: &Command) -> Vec<Reference> {
    match command {
        Command::ConveneMeeting { charter, roster, .. } => {
            [charter.clone()].into_iter().chain(admissions(roster)).collect()
        }
        Command::PostponeMeeting { .. }
        | Command::OpenMeeting
        | Command::RecordAttendance { .. }
        | Command::EstablishQuorum
        | Command::CloseMeeting => Vec::new(),
    }
}

pub(super) fn decide(meeting: &Meeting, command: Command, given: &Given) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::ConveneMeeting { meeting: id, title, forum, charter, roster, days, place } => {
            let Grounds { charter, quorum, roster } = grounds(meeting, &forum, &charter, roster, given)?;
            Ok(vec![Event::MeetingConvened {
                meeting: id,
                title,
                forum,
                charter,
                quorum,
                roster,
                days,
                place,
            }])
        }
        Command::PostponeMeeting { days, reason } => {
            not_begun(meeting)?;
            let same = meeting.days == Some(days);
            Ok(if same { Vec::new() } else { vec![Event::MeetingPostponed { days, reason }] })
        }
        Command::OpenMeeting => {
            not_begun(meeting)?;
            Ok(vec![Event::MeetingOpened {}])
        }
        Command::RecordAttendance { attendees } => attend(meeting, attendees),
        Command::EstablishQuorum => quorum(meeting),
        Command::CloseMeeting => {
            in_session(meeting)?;
            Ok(vec![Event::MeetingClosed {}])
        }
    }
}

/// What a meeting is convened on.
struct Grounds {
    charter: Citation,
    quorum: Option<Fraction>,
    roster: Vec<Seat>,
}

fn grounds(
    meeting: &Meeting,
    forum: &ForumName,
    charter: &Reference,
    roster: Vec<SeatAsked>,
    given: &Given,
) -> Result<Grounds, Rejection> {
    if meeting.session != Session::Unheard {
        return Err(Rejection::AlreadyConvened);
    }
    let Cited { citation: charter, fact: edition } = given.cited::<EditionFact>(charter)?;
    if edition.retired {
        return Err(Rejection::CharterRetired);
    }
    if edition.outdated {
        return Err(Rejection::EditionOutdated { edition: edition.edition });
    }
    let Some(body) = edition.law.forum(forum) else {
        let known: Vec<_> = edition.law.forums.iter().map(|it| it.name.as_str()).collect();
        return Err(Rejection::NoSuchForum { forum: forum.clone(), known: known.join(", ") });
    };
    let roster = seated(roster, body.standing, given)?;
    Ok(Grounds { charter, quorum: body.quorum, roster })
}

fn attend(meeting: &Meeting, attendees: Vec<Attendee>) -> Result<Vec<Event>, Rejection> {
    in_session(meeting)?;
    let members = members_of(&meeting.roster);
    let mut known = BTreeSet::new();
    for Attendee { party, capacity } in &attendees {
        if !known.insert(*party) {
            return Err(Rejection::AttendeeTwice { party: *party });
        }
        if *capacity == Capacity::Member && !members.contains(party) {
            return Err(Rejection::NotAMember { party: *party });
        }
    }
    let same = meeting.attendees == attendees;
    Ok(if same { Vec::new() } else { vec![Event::AttendanceRecorded { attendees }] })
}

fn quorum(meeting: &Meeting) -> Result<Vec<Event>, Rejection> {
    in_session(meeting)?;
    let (present, of, needed) = meeting.count();
    if present < needed {
        return Err(Rejection::NoQuorum { present, of, needed });
    }
    let same = meeting.found == Some((present, of, needed));
    Ok(if same { Vec::new() } else { vec![Event::QuorumEstablished { present, of, needed }] })
}

fn not_begun(meeting: &Meeting) -> Result<(), Rejection> {
    match meeting.session {
        Session::Unheard => Err(Rejection::NotConvened),
        Session::Convened => Ok(()),
        Session::Open => Err(Rejection::AlreadyOpen),
        Session::Closed => Err(Rejection::MeetingClosed),
    }
}

fn in_session(meeting: &Meeting) -> Result<(), Rejection> {
    match meeting.session {
        Session::Unheard => Err(Rejection::NotConvened),
        Session::Convened => Err(Rejection::NotOpen),
        Session::Open => Ok(()),
        Session::Closed => Err(Rejection::MeetingClosed),
    }
}

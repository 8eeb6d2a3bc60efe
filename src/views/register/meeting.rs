//! Meetings, as the register shows them.
use super::entry::{Entry, Facets, Listing, Place, Scene, text_key};
use crate::codec::AnyEvent;
use crate::domain::Decider;
use crate::domain::charter::{ForumName, Fraction};
use crate::domain::citation::Citation;
use crate::domain::fact::Capacity;
use crate::domain::meeting::{Attendee, Event, Seat};
use crate::domain::scope::Period;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How far a meeting got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// It is called.
    #[default]
    Convened,
    /// It is in session.
    Open,
    /// It is over.
    Closed,
}

/// A meeting of a forum.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its id.
    pub id: Uuid,
    /// What it is called.
    pub title: String,
    /// Of which forum.
    pub forum: Option<ForumName>,
    /// When.
    pub days: Option<Period>,
    /// Where; absent when it is held online.
    pub location: Option<String>,
    /// How far it got.
    pub status: Status,
    /// Who is entitled.
    pub roster: Vec<Seat>,
    /// Who is there.
    pub attendees: Vec<Attendee>,
    /// How many must be there; `None` where one is enough.
    pub quorum: Option<Fraction>,
    /// Whether quorum was established and the members are still there.
    pub quorate: bool,
    /// The charter's edition.
    pub charter: Option<Citation>,
    /// Its place on record.
    pub place: Place,
}

impl Meeting {
    /// Those who left may have taken the quorum with them.
    fn attend(&mut self, attendees: &[Attendee]) {
        self.attendees = attendees.to_vec();
        let member = |it: &&Seat| it.capacity == Capacity::Member;
        let members = self.roster.iter().filter(member).count() as u64;
        let there = |it: &&Seat| {
            let sits = |who: &Attendee| who.party == it.party && who.capacity == Capacity::Member;
            self.attendees.iter().any(sits)
        };
        let present = self.roster.iter().filter(member).filter(there).count() as u64;
        self.quorate &= present >= self.quorum.map_or(1, |it| it.ceil_of(members));
    }
}

impl Entry for Meeting {
    const KIND: i64 = 6;
    const NAME: &'static str = <crate::domain::meeting::Meeting as Decider>::KIND;
    const ORDERS: &'static [&'static str] = &["days", "title"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        matches!(event, AnyEvent::Meeting(_)).then_some(stream)
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Meeting(event) = scene.event else { return };
        self.id = scene.stream;
        match event {
            Event::MeetingConvened { title, forum, charter, quorum, roster, days, place, .. } => {
                (self.title, self.forum) = (title.to_string(), Some(forum.clone()));
                (self.charter, self.quorum) = (Some(charter.clone()), *quorum);
                (self.roster, self.days) = (roster.clone(), Some(*days));
                self.location = place.as_ref().map(ToString::to_string);
            }
            Event::MeetingPostponed { days, .. } => self.days = Some(*days),
            Event::MeetingOpened {} => self.status = Status::Open,
            Event::AttendanceRecorded { attendees } => self.attend(attendees),
            Event::QuorumEstablished { .. } => self.quorate = true,
            Event::MeetingClosed {} => self.status = Status::Closed,
        }
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn place_mut(&mut self) -> &mut Place {
        &mut self.place
    }

    fn listing(&self) -> Listing {
        let facets = Facets::default()
            .with_all("forum", &self.forum)
            .with("status", self.status)
            .with_words(&self.title);
        let days = self.days.map(|it| format!("{} {}", it.from(), it.until())).unwrap_or_default();
        Listing { keys: [days, text_key(&self.title), String::new()], facets }
    }
}

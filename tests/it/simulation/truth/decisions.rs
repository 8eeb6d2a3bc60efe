//! Meetings, and the decision rules computed anew from what was said.
use super::{Judge, Past};
use pactline::codec::AnyEvent;
use pactline::domain::Timestamp;
use pactline::domain::charter::{Forum, Rule};
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::consultation::{Event, NoConsensus, Position, Subject, Tally, Vote};
use pactline::domain::fact::Capacity;
use pactline::domain::id::PartnerId;
use pactline::domain::meeting::{self, Seat};
use std::collections::{BTreeMap, BTreeSet};

/// A consultation so far.
struct Held<'a> {
    forum: &'a Forum,
    rule: Rule,
    subject: &'a Subject,
    meeting: Option<&'a Citation>,
    roster: &'a [Seat],
    deadline: Option<Timestamp>,
    positions: BTreeMap<PartnerId, &'a Position>,
    objections: BTreeSet<PartnerId>,
    votes: Option<BTreeMap<PartnerId, Vote>>,
    declared: Option<Tally>,
}

impl Held<'_> {
    fn members(&self) -> Vec<PartnerId> {
        self.roster.iter().filter(|it| it.capacity == Capacity::Member).map(|it| it.party).collect()
    }

    fn silence(&self) -> Option<Timestamp> {
        self.deadline.filter(|_| self.rule == Rule::Silence && self.votes.is_none())
    }

    fn tally(&self) -> Tally {
        let votes = self.votes.iter().flat_map(BTreeMap::values);
        let of = |which: Vote| votes.clone().filter(|it| **it == which).count() as u32;
        Tally { yes: of(Vote::Yes), no: of(Vote::No), abstain: of(Vote::Abstain) }
    }

    fn reserved(&self) -> usize {
        self.positions.values().filter(|it| matches!(it, Position::Reserve { .. })).count()
    }

    fn missing(&self) -> Vec<PartnerId> {
        let yes = |it: &PartnerId| {
            matches!(self.positions.get(it), Some(Position::Agree | Position::Reserve { .. }))
        };
        let mut missing = self.members();
        missing.retain(|it| !yes(it) || self.objections.contains(it));
        missing
    }

    fn too_many(&self) -> bool {
        self.forum.reservations_max.is_some_and(|max| self.reserved() > max as usize)
    }
}

/// What a meeting was at some moment.
#[derive(Default)]
struct Room {
    open: bool,
    quorate: bool,
    present: BTreeSet<PartnerId>,
}

impl Judge<'_> {
    pub(super) fn meeting(&mut self, stream: &StreamName) {
        use meeting::Event;
        let mut roster: BTreeSet<PartnerId> = BTreeSet::new();
        let (mut convened, mut open, mut closed) = (false, false, false);
        for past in self.of(stream) {
            let AnyEvent::Meeting(event) = &past.event else { continue };
            self.must(!closed, "nothing follows the end of a meeting", past);
            match event {
                Event::MeetingConvened { charter, roster: seats, .. } => {
                    let lawful = self.once(past, |it| self.in_force(charter, past.at(), it));
                    self.must(lawful && !convened, "a meeting is convened once, by the latest law", past);
                    self.must(self.seated(past, seats), "every seat was rightly held", past);
                    convened = true;
                    let members = seats.iter().filter(|it| it.capacity == Capacity::Member);
                    roster = members.map(|it| it.party).collect();
                }
                Event::MeetingPostponed { .. } => self.must(convened && !open, "what began stays", past),
                Event::MeetingOpened {} => {
                    self.must(convened && !open, "a meeting begins once", past);
                    open = true;
                }
                Event::AttendanceRecorded { attendees } => {
                    let member = |it: &&meeting::Attendee| it.capacity == Capacity::Member;
                    let known = attendees.iter().filter(member).all(|it| roster.contains(&it.party));
                    self.must(open && known, "who attends as a member is on the roster", past);
                }
                Event::QuorumEstablished { present, of, needed } => {
                    let right = present >= needed && *of as usize == roster.len();
                    self.must(open && right, "quorum is of the roster", past);
                }
                Event::MeetingClosed {} => {
                    self.must(open, "what is open closes", past);
                    closed = true;
                }
            }
        }
    }

    /// Whether every seat's partner had, at some moment, that capacity.
    fn seated(&self, past: &Past, seats: &[Seat]) -> bool {
        seats.iter().all(|seat| {
            let partner = seat.partner.as_ref().expect("standing is for partners");
            partner.stream.id() == seat.party.0
                && self.once(past, |it| self.standing(&partner.stream, it).0 == Some(seat.capacity))
        })
    }

    fn room(&self, meeting: &Citation, position: u64) -> Room {
        let mut room = Room::default();
        let (mut members, mut quorum, mut found) = (BTreeSet::new(), None, false);
        let needed = |quorum: Option<pactline::domain::charter::Fraction>, of: usize| {
            quorum.map_or(1, |it| (of as u64 * it.parts()).div_ceil(it.of()) as usize)
        };
        for past in self.of(&meeting.stream).into_iter().filter(|it| it.position <= position) {
            let AnyEvent::Meeting(event) = &past.event else { continue };
            match event {
                meeting::Event::MeetingConvened { roster, quorum: share, .. } => {
                    quorum = *share;
                    let of = roster.iter().filter(|it| it.capacity == Capacity::Member);
                    members = of.map(|it| it.party).collect();
                }
                meeting::Event::MeetingOpened {} => room.open = true,
                meeting::Event::AttendanceRecorded { attendees } => {
                    let there = attendees.iter().filter(|it| it.capacity == Capacity::Member);
                    room.present = there.map(|it| it.party).collect();
                    found &= room.present.len() >= needed(quorum, members.len());
                }
                meeting::Event::QuorumEstablished { .. } => found = true,
                meeting::Event::MeetingClosed {} => room.open = false,
                meeting::Event::MeetingPostponed { .. } => {}
            }
        }
        room.quorate = found;
        room
    }

    pub(super) fn consultation(&mut self, stream: &StreamName) {
        let of = self.of(stream);
        let Some(AnyEvent::Consultation(Event::ConsultationOpened {
            forum,
            rule,
            subject,
            meeting,
            roster,
            deadline,
            ..
        })) = of.first().map(|it| &it.event)
        else {
            return self.broken.push(format!("{stream} does not begin with its opening"));
        };
        let mut held = Held {
            forum,
            rule: *rule,
            subject,
            meeting: meeting.as_ref(),
            roster,
            deadline: *deadline,
            positions: BTreeMap::new(),
            objections: BTreeSet::new(),
            votes: None,
            declared: None,
        };
        if meeting.is_none() {
            self.must(self.seated(of[0], roster), "every seat was rightly held", of[0]);
        }
        let mut closed = false;
        for past in of.iter().skip(1) {
            let AnyEvent::Consultation(event) = &past.event else { continue };
            let statement = matches!(event, Event::StatementRecorded { .. });
            self.must(!closed || statement, "after the close there are only statements", past);
            closed |= self.said(&mut held, event, past);
        }
    }

    /// Takes an event in; whether it closes the consultation.
    fn said<'b>(&mut self, held: &mut Held<'b>, event: &'b Event, past: &Past) -> bool {
        let in_time = held.silence().is_none_or(|it| past.at() <= it);
        match event {
            Event::PositionTaken { party, position } => {
                self.must(in_time && self.speaks(held, *party, past), "members speak in time", past);
                held.positions.insert(*party, position);
            }
            Event::ObjectionRaised { party, .. } => {
                self.must(in_time && self.speaks(held, *party, past), "members object in time", past);
                held.positions.remove(party);
                held.objections.insert(*party);
            }
            Event::ObjectionLifted { party, .. } => {
                self.must(in_time && held.objections.remove(party), "an objection is lifted in time", past);
            }
            Event::TextRevised { subject, deadline } => {
                self.must(held.silence().is_none_or(|it| past.at() < it), "a text is revised in time", past);
                (held.subject, held.deadline) = (subject, *deadline);
                held.positions.clear();
                held.objections.clear();
                held.votes = None;
            }
            Event::DeadlineExtended { deadline } => {
                let right = held.silence().is_some_and(|it| past.at() < it && it < *deadline);
                self.must(right, "silence is extended before its end", past);
                held.deadline = Some(*deadline);
            }
            Event::VoteRequested { party, .. } => {
                let allowed = held.forum.fallback.is_some() || matches!(held.rule, Rule::Majority(_));
                let right = in_time && allowed && held.votes.is_none() && self.speaks(held, *party, past);
                self.must(right, "a member asks for a vote, once, where there can be one", past);
                held.votes = Some(BTreeMap::new());
            }
            Event::VoteCast { party, vote } => {
                let speaks = self.speaks(held, *party, past) && held.declared.is_none();
                let there = held.meeting.is_none_or(|meeting| {
                    let present = |it| Some(self.room(meeting, it)).filter(|it| it.open).map(|it| it.present);
                    self.once(past, |it| present(it).is_some_and(|it| it.contains(party)))
                });
                let first = held.votes.as_mut().is_some_and(|it| it.insert(*party, *vote).is_none());
                self.must(first && speaks && there, "a member who is there has one vote", past);
            }
            Event::VoteCorrected { party, vote } => {
                let before = held.votes.as_mut().and_then(|it| it.insert(*party, *vote));
                let right = before.is_some() && held.declared.is_none();
                self.must(right, "a vote is corrected before the tally is declared", past);
            }
            Event::TallyDeclared { declared } => {
                self.must(*declared == held.tally(), "a tally is what the names add up to", past);
                self.must(held.declared.replace(*declared).is_none(), "a tally is declared once", past);
            }
            Event::TallyDisputed { declared, recorded } => {
                let right = declared != recorded && *recorded == held.tally();
                self.must(right, "a tally is disputed where the names say otherwise", past);
                self.must(held.declared.replace(*declared).is_none(), "a tally is declared once", past);
            }
            Event::ConsensusReached { reservations, .. } => {
                self.must(self.agreed(held, past), "consensus follows from what was said", past);
                self.must(reservations.len() == held.reserved(), "every reservation is shown", past);
                return true;
            }
            Event::AdoptedByVote { recorded, .. } => {
                let right = *recorded == held.tally() && held.declared.is_some() && passes(held);
                self.must(right, "a vote that passed adopts", past);
                return true;
            }
            Event::ConsensusNotReached { because, .. } => {
                self.must(self.failed(held, because, past), "what failed did fail", past);
                return true;
            }
            Event::StatementRecorded { .. } => {}
            Event::ConsultationOpened { .. } => self.must(false, "a consultation is opened once", past),
        }
        false
    }

    /// Whether a party was a member of the roster, and a member still.
    fn speaks(&self, held: &Held<'_>, party: PartnerId, past: &Past) -> bool {
        let seat = held.roster.iter().find(|it| it.party == party && it.capacity == Capacity::Member);
        let admission = seat.and_then(|it| it.partner.as_ref());
        admission.is_some_and(|it| self.once(past, |at| self.is_member(&it.stream, at)))
    }

    fn text_stood(&self, held: &Held<'_>, position: u64) -> bool {
        held.subject.text().is_none_or(|it| self.is_current(it, position))
    }

    fn agreed(&self, held: &Held<'_>, past: &Past) -> bool {
        let by_rule = match held.rule {
            Rule::Silence => held.objections.is_empty() && held.deadline.is_some_and(|it| past.at() >= it),
            Rule::Unanimity => held.missing().is_empty(),
            Rule::Consensus => self.once(past, |it| {
                let room = held.meeting.map(|meeting| self.room(meeting, it)).unwrap_or_default();
                room.open && room.quorate && held.objections.is_disjoint(&room.present)
            }),
            Rule::Majority(_) => false,
        };
        let stood = self.once(past, |it| self.text_stood(held, it));
        by_rule && stood && held.votes.is_none() && !held.too_many()
    }

    fn failed(&self, held: &Held<'_>, because: &NoConsensus, past: &Past) -> bool {
        match because {
            NoConsensus::Objections(by) => {
                let by: BTreeSet<PartnerId> = by.iter().copied().collect();
                !by.is_empty() && by.is_subset(&held.objections) && held.votes.is_none()
            }
            NoConsensus::TooManyReservations { found, .. } => {
                held.too_many() && *found as usize == held.reserved()
            }
            NoConsensus::NotUnanimous(missing) => {
                let mut expected = held.missing();
                expected.sort();
                held.rule == Rule::Unanimity && !missing.is_empty() && *missing == expected
            }
            NoConsensus::VoteFailed { recorded, .. } => {
                *recorded == held.tally() && held.declared.is_some() && !passes(held)
            }
            NoConsensus::TextGone => self.once(past, |it| !self.text_stood(held, it)),
            NoConsensus::MeetingOver => {
                let over = |meeting, it| !self.room(meeting, it).open;
                let by_room =
                    matches!(held.rule, Rule::Consensus | Rule::Majority(_)) && held.votes.is_none();
                by_room && held.meeting.is_some_and(|meeting| self.once(past, |it| over(meeting, it)))
            }
        }
    }
}

/// In whole numbers: yes of those that said yes or no.
fn passes(held: &Held<'_>) -> bool {
    let Tally { yes, no, .. } = held.tally();
    let majority = match held.rule {
        Rule::Majority(majority) => Some(majority),
        Rule::Silence | Rule::Consensus | Rule::Unanimity => held.forum.fallback,
    };
    majority.is_some_and(|it| {
        let (have, need) = (u64::from(yes) * it.share.of(), u64::from(yes + no) * it.share.parts());
        yes + no > 0 && if it.strict { have > need } else { have >= need }
    })
}

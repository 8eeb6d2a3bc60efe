//! Commands about consultations: opening them, speaking and voting in them, closing them.
use super::*;
use pactline::domain::charter::Method;
use pactline::domain::citation::Citation;
use pactline::domain::consultation::{self, Command::*, Event, Position, SubjectAsked, Vote, count};
use pactline::domain::id::ConsultationId;
use pactline::domain::{meeting, recommendation};

/// What a generator sees of a consultation.
#[derive(Default)]
struct Sight {
    members: Vec<PartnerId>,
    recommendation: Option<Uuid>,
    meeting: bool,
    /// Whether a vote was asked for and is not counted.
    voting: bool,
    votes: BTreeMap<PartnerId, Vote>,
}

impl Scene<'_> {
    pub(super) fn consultation(&mut self) -> Ask {
        if self.known.ids("consultation").is_empty() || self.chance.percent(20) {
            return self.open();
        }
        let id = self.some("consultation");
        let sight = self.sight(id);
        let party = self.member(&sight.members);
        let vote = self.ballot();
        let command = match self.chance.below(40) {
            0..6 => TakePosition { party, position: self.position() },
            6..9 => {
                let conditional_on = if self.chance.percent(40) { vec![slug("1")] } else { Vec::new() };
                Object { party, reason: why(), conditional_on }
            }
            9..11 => LiftObjection { party, agreed: self.agreed(&sight) },
            11..14 => ReviseText { subject: self.again(&sight), deadline: Some(self.soon()) },
            14..16 => ExtendDeadline { deadline: self.soon() },
            16..20 => RequestVote { party },
            20..26 => CastVote { party, vote },
            26..28 => CorrectVote { party, vote },
            28..31 => {
                let mut declared = count(sight.votes.values());
                declared.abstain += u32::from(self.chance.percent(20));
                DeclareTally { declared }
            }
            31..38 => CloseConsultation,
            _ => RecordStatement { party, statement: why() },
        };
        Ask::Consultation(id, command)
    }

    /// What brings a text nearer to a priority: what is over is closed, votes are counted, what a forum adopted goes to the
    /// next one, and from the last one to the list.
    pub(super) fn onward(&mut self) -> Ask {
        let living = self.known.living("consultation").iter().copied();
        let over: Vec<Uuid> = living.filter(|it| self.is_over(*it)).collect();
        if let Some(id) = self.chance.one(&over) {
            return Ask::Consultation(id, CloseConsultation);
        }
        let living = self.known.living("consultation").iter().copied();
        let voting: Vec<Uuid> = living.filter(|it| self.sight(*it).voting).collect();
        if let Some(id) = self.chance.one(&voting).filter(|_| self.chance.percent(50)) {
            return self.vote(id);
        }
        if self.chance.percent(50) { self.open() } else { self.set_next() }
    }

    /// A member that has not voted does, one that has thinks better of it, or the votes are counted.
    fn vote(&mut self, id: Uuid) -> Ask {
        let Sight { mut members, votes, .. } = self.sight(id);
        let voted: Vec<PartnerId> = votes.keys().copied().collect();
        if let Some(party) = self.chance.one(&voted).filter(|_| self.chance.percent(30)) {
            return Ask::Consultation(id, CorrectVote { party, vote: self.ballot() });
        }
        members.retain(|it| !votes.contains_key(it));
        let command = match self.chance.one(&members).filter(|_| self.chance.percent(75)) {
            Some(party) => CastVote { party, vote: self.ballot() },
            None => DeclareTally { declared: count(votes.values()) },
        };
        Ask::Consultation(id, command)
    }

    fn ballot(&mut self) -> Vote {
        [Vote::Yes, Vote::Yes, Vote::No, Vote::Abstain][self.chance.below(4) as usize]
    }

    /// Whether its silence has ended, or its votes are counted.
    fn is_over(&self, id: Uuid) -> bool {
        let about = self.known.about("consultation", id);
        let counted = |it: &Event| matches!(it, Event::TallyDeclared { .. });
        if about.last().is_some_and(|it| matches!(&it.event, AnyEvent::Consultation(it) if counted(it))) {
            return true;
        }
        let ends = about.into_iter().rev().find_map(|it| match &it.event {
            AnyEvent::Consultation(
                Event::ConsultationOpened { deadline: Some(deadline), .. }
                | Event::TextRevised { deadline: Some(deadline), .. }
                | Event::DeadlineExtended { deadline },
            ) => Some(*deadline),
            _ => None,
        });
        ends.is_some_and(|it| it <= self.now)
    }

    fn sight(&self, id: Uuid) -> Sight {
        let mut sight = Sight::default();
        for past in self.known.about("consultation", id) {
            match &past.event {
                AnyEvent::Consultation(Event::ConsultationOpened { roster, subject, meeting, .. }) => {
                    sight.members = roster.iter().map(|it| it.party).collect();
                    sight.recommendation = subject.recommendation().map(|it| it.0);
                    sight.meeting = meeting.is_some();
                }
                AnyEvent::Consultation(
                    Event::VoteCast { party, vote } | Event::VoteCorrected { party, vote },
                ) => {
                    sight.votes.insert(*party, *vote);
                }
                AnyEvent::Consultation(Event::VoteRequested { .. }) => sight.voting = true,
                AnyEvent::Consultation(Event::TallyDeclared { .. } | Event::TallyDisputed { .. }) => {
                    sight.voting = false;
                }
                _ => {}
            }
        }
        sight
    }

    fn open(&mut self) -> Ask {
        let id = self.new_id("consultation");
        let latest = self.latest_text();
        let drafted = latest.as_ref().and_then(|it| governing(self.known, it));
        let before = latest.as_ref().and_then(|it| self.before(it));
        let forum = match self.chance.percent(if before.is_some() { 75 } else { 5 }) {
            true => "policy",
            false => "experts",
        };
        let previous = before.filter(|_| forum == "policy");
        let document = self.chance.percent(10) || latest.is_none();
        let subject = match latest {
            Some(text) if !document => {
                SubjectAsked::Recommendation(self.known.perhaps_wrong(self.chance, Some(text)))
            }
            _ => self.document(),
        };
        let method = self.method();
        let in_room = matches!(method, Some(Method::Consensus | Method::Majority)) || self.chance.percent(10);
        let meeting = if in_room { self.room(forum) } else { None };
        let silent = matches!(method, None | Some(Method::Silence));
        let open = consultation::Command::OpenConsultation {
            consultation: ConsultationId(id),
            charter: match drafted {
                Some(drafted) if !document => self.known.perhaps_wrong(self.chance, Some(drafted)),
                _ => self.cite(As::Edition),
            },
            forum: slug(forum),
            method,
            subject,
            previous: if document { None } else { previous },
            roster: if meeting.is_some() { Vec::new() } else { self.roster() },
            meeting,
            deadline: silent.then(|| self.soon()),
        };
        Ask::Consultation(id, open)
    }

    fn method(&mut self) -> Option<Method> {
        match self.chance.below(8) {
            0..3 => None,
            3..6 => Some(Method::Consensus),
            6 => Some(Method::Unanimity),
            _ => Some(Method::Majority),
        }
    }

    fn document(&mut self) -> SubjectAsked {
        SubjectAsked::Document { symbol: word("L.6"), title: word("A draft"), digest: self.digest(2) }
    }

    /// The latest text of some recommendation.
    fn latest_text(&mut self) -> Option<Reference> {
        let id = self.some("recommendation");
        let texts = self.known.citable(As::Text);
        texts.iter().rfind(|it| it.stream.id() == id).map(|it| it.reference())
    }

    /// A decision on this recommendation.
    fn before(&mut self, text: &Reference) -> Option<Reference> {
        let decided = self.known.citable(As::Adoption).into_iter().filter(|it| match &it.event {
            AnyEvent::Consultation(Event::ConsensusReached { subject, .. })
            | AnyEvent::Consultation(Event::AdoptedByVote { subject, .. }) => {
                subject.text().is_some_and(|it| it.stream == text.stream)
            }
            _ => false,
        });
        let decided: Vec<_> = decided.map(|it| it.reference()).collect();
        self.chance.one(&decided)
    }

    /// A meeting of this forum.
    fn room(&mut self, wanted: &str) -> Option<Reference> {
        let rooms = self.known.citable(As::Meeting).into_iter().filter(|it| match &it.event {
            AnyEvent::Meeting(meeting::Event::MeetingConvened { forum, .. }) => forum.as_str() == wanted,
            _ => false,
        });
        let rooms: Vec<_> = rooms.map(|it| it.reference()).collect();
        let right = self.chance.one(&rooms);
        Some(self.known.perhaps_wrong(self.chance, right))
    }

    fn position(&mut self) -> Position {
        match self.chance.below(5) {
            0 => Position::Abstain,
            1 => Position::Reserve { paragraphs: vec![slug("1")], statement: why() },
            _ => Position::Agree,
        }
    }

    fn agreed(&mut self, sight: &Sight) -> Vec<Reference> {
        let of = |it: &&&super::super::known::Past| Some(it.stream.id()) == sight.recommendation;
        let agreed: Vec<_> =
            self.known.citable(As::Paragraph).iter().filter(of).map(|it| it.reference()).collect();
        let some = self.chance.one(&agreed).filter(|_| self.chance.percent(70));
        some.into_iter().collect()
    }

    /// Another text of the same matter.
    fn again(&mut self, sight: &Sight) -> SubjectAsked {
        let texts = self.known.citable(As::Text);
        let latest = texts.iter().rfind(|it| Some(it.stream.id()) == sight.recommendation);
        match latest {
            Some(text) => SubjectAsked::Recommendation(text.reference()),
            None => self.document(),
        }
    }
}

/// The edition that a text was drafted under.
fn governing(known: &Known, text: &Reference) -> Option<Reference> {
    known.find(&text.stream, 0).and_then(|it| match &it.event {
        AnyEvent::Recommendation(recommendation::Event::RecommendationDrafted { charter, .. }) => {
            Some(Citation::reference(charter))
        }
        _ => None,
    })
}

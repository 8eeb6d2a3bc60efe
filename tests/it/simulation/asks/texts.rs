//! Commands about recommendations, and about priorities made of them.
use super::*;
use pactline::domain::citation::StreamName;
use pactline::domain::consultation;
use pactline::domain::id::{PriorityId, RecommendationId};
use pactline::domain::money::Money;
use pactline::domain::priority::{self, list_id};
use pactline::domain::recommendation::{self, FollowUp};
use pactline::domain::scope::Scope;

impl Scene<'_> {
    pub(super) fn recommendation(&mut self) -> Ask {
        use recommendation::Command::*;
        if self.known.ids("recommendation").is_empty() || self.chance.percent(30) {
            return self.draft();
        }
        let paragraph = slug(["1", "2"][self.chance.below(2) as usize]);
        let id = self.some("recommendation");
        let command = match self.chance.below(20) {
            0..3 => ReviseText { text: self.wording(), provisions: self.provisions() },
            3..5 => BracketParagraph { paragraph, reason: why() },
            5..13 => AgreeParagraph { paragraph },
            13..15 => EndorseRecommendation { adoption: self.adoption() },
            15 => AnswerRecommendation { priority: self.cite(As::Priority) },
            16 if self.chance.percent(40) => WithdrawRecommendation { reason: why() },
            _ => {
                let follow_up = [FollowUp::TakenUp, FollowUp::Implemented][self.chance.below(2) as usize];
                ReportFollowUp { follow_up, report: why(), project: self.perhaps(50, As::Proposal) }
            }
        };
        Ask::Recommendation(id, command)
    }

    fn draft(&mut self) -> Ask {
        let id = self.new_id("recommendation");
        let draft = recommendation::Command::DraftRecommendation {
            recommendation: RecommendationId(id),
            title: word("A recommendation"),
            text: self.wording(),
            pillar: self.pillar(),
            provisions: self.provisions(),
            charter: self.cite(As::Edition),
        };
        Ask::Recommendation(id, draft)
    }

    fn wording(&mut self) -> Prose {
        word(&format!("Do the {}th thing.", self.chance.below(4)))
    }

    fn pillar(&mut self) -> Slug {
        slug(["supply", "demand", "nowhere"][self.chance.below(21) as usize / 10])
    }

    fn provisions(&mut self) -> Vec<Reference> {
        (0..self.chance.between(1, 2)).map(|_| self.cite(As::Provision)).collect()
    }

    pub(super) fn priority(&mut self) -> Ask {
        use priority::Command::*;
        let lists = self.known.ids("priority");
        let priority = PriorityId(Uuid::from_u128(1 + u128::from(self.chance.below(20))));
        let rank = self.chance.below(5) as u32;
        let Some(list) = self.chance.one(lists).filter(|_| self.chance.percent(55)) else {
            return self.set(priority, rank);
        };
        let set = self.known.about("priority", list).into_iter().filter_map(|it| match &it.event {
            AnyEvent::Priority(priority::Event::PrioritySet { priority, .. }) => Some(*priority),
            _ => None,
        });
        let set: Vec<_> = set.collect();
        let priority = self.chance.one(&set).unwrap_or(priority);
        let command = match self.chance.below(10) {
            0..4 => RerankPriority { priority, rank },
            4..7 => {
                let (scope, needs) = (self.scope(), self.needs());
                RevisePriority { priority, scope, needs, reason: why() }
            }
            7 => RetirePriority { priority, reason: why() },
            8 => ExpectReview { priority, due_at: self.review(list, priority) },
            _ => return self.set(priority, rank),
        };
        Ask::Priority(list, command)
    }

    /// When a priority is to be looked at, as far as the record says.
    fn review(&mut self, list: Uuid, wanted: PriorityId) -> Timestamp {
        let said = self.known.about("priority", list).into_iter().rev().find_map(|it| match &it.event {
            AnyEvent::Priority(priority::Event::PrioritySet { priority, review_at, .. }) => {
                review_at.filter(|_| *priority == wanted)
            }
            AnyEvent::Priority(priority::Event::ReviewFellDue { priority, next_at, .. }) => {
                Some(*next_at).filter(|_| *priority == wanted)
            }
            _ => None,
        });
        said.unwrap_or(self.now)
    }

    /// A new one, on a place that is perhaps free.
    pub(super) fn set_next(&mut self) -> Ask {
        let (priority, rank) = (PriorityId(self.chance.id()), self.chance.between(1, 9) as u32);
        self.set(priority, rank)
    }

    /// On the ground of a decision that is on record, with the text and the charter that belong to it, mostly.
    fn set(&mut self, priority: PriorityId, rank: u32) -> Ask {
        let adoption = self.adoption();
        let decided = self.known.find(&adoption.stream, adoption.revision).and_then(|it| match &it.event {
            AnyEvent::Consultation(consultation::Event::ConsensusReached { subject, .. })
            | AnyEvent::Consultation(consultation::Event::AdoptedByVote { subject, .. }) => subject.text(),
            _ => None,
        });
        let opened = self.known.find(&adoption.stream, 0).and_then(|it| match &it.event {
            AnyEvent::Consultation(consultation::Event::ConsultationOpened { charter, .. }) => Some(charter),
            _ => None,
        });
        let text = self.known.perhaps_wrong(self.chance, decided.map(|it| it.reference()));
        let charter = self.known.perhaps_wrong(self.chance, opened.map(|it| it.reference()));
        let (list, scope) = (slug("list"), self.scope());
        let id = list_id(&StreamName::new("charter", charter.stream.id()), &list, &scope.period).0;
        let set = priority::Command::SetPriority {
            priority,
            list,
            charter,
            set_by: self.in_role("coordinator"),
            title: word("A priority"),
            adoption,
            text,
            scope,
            rank,
            needs: self.needs(),
        };
        Ask::Priority(id, set)
    }

    /// A decision of the forum that the charter asks for, mostly.
    fn adoption(&mut self) -> Reference {
        let by = |it: &&&super::super::known::Past| match self.known.find(&it.stream, 0).map(|it| &it.event) {
            Some(AnyEvent::Consultation(consultation::Event::ConsultationOpened { forum, .. })) => {
                forum.name.as_str() == "policy"
            }
            _ => false,
        };
        let adopted: Vec<_> =
            self.known.citable(As::Adoption).iter().filter(by).map(|it| it.reference()).collect();
        match self.chance.one(&adopted) {
            Some(right) if self.chance.percent(90) => self.known.perhaps_wrong(self.chance, Some(right)),
            _ => self.cite(As::Adoption),
        }
    }

    fn scope(&mut self) -> Scope {
        let pillar = self.pillar();
        Scope { pillar, routes: [slug("north")].into(), countries: Default::default(), period: year(2026) }
    }

    fn needs(&mut self) -> Option<Money> {
        let minor = self.chance.below(1000) as i64;
        self.chance.percent(50).then(|| Money { currency: "USD".parse().unwrap(), minor })
    }

    /// The admission of a partner that was given this role at some time, mostly.
    pub(super) fn in_role(&mut self, role: &str) -> Reference {
        let given = self.known.all.iter().filter(|it| match &it.event {
            AnyEvent::Partner(partner::Event::RoleGranted { role: given }) => given.as_str() == role,
            _ => false,
        });
        let partners: Vec<_> = given.map(|it| Reference::new(it.stream.clone(), 0)).collect();
        let right = self.chance.one(&partners);
        self.known.perhaps_wrong(self.chance, right)
    }
}

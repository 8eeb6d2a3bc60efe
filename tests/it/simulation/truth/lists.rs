//! Lists of priorities: ranks, and the decisions that priorities rest on.
use super::Judge;
use pactline::codec::AnyEvent;
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::consultation;
use pactline::domain::priority::Event;
use std::collections::BTreeMap;

impl Judge<'_> {
    pub(super) fn list(&mut self, stream: &StreamName) {
        let (mut ranks, mut reviews) = (BTreeMap::new(), BTreeMap::new());
        let (mut set, mut period, mut law) = (BTreeMap::new(), None, None);
        for past in self.of(stream) {
            let AnyEvent::Priority(event) = &past.event else { continue };
            match event {
                Event::PrioritySet {
                    priority,
                    charter,
                    set_by,
                    adoption,
                    recommendation,
                    scope,
                    rank,
                    ..
                } => {
                    self.must(set.insert(*priority, ()).is_none(), "a priority is set once", past);
                    ranks.insert(*priority, *rank);
                    let one = *period.get_or_insert(scope.period) == scope.period
                        && *law.get_or_insert(charter.stream.clone()) == charter.stream;
                    self.must(one, "a list has one charter and one period", past);
                    let entitled = self.once(past, |it| {
                        let (_, roles) = self.standing(&set_by.stream, it);
                        self.is_member(&set_by.stream, it)
                            && roles.iter().any(|it| it.as_str() == "coordinator")
                    });
                    self.must(entitled, "who sets priorities held the role", past);
                    let (forum, under, text) = self.adopted(adoption).expect("an adoption");
                    self.must(forum == "policy" && under == *charter, "the right forum adopted it", past);
                    let text = text.expect("a recommendation");
                    let stands = self.once(past, |it| self.is_current(&text, it));
                    let same = text.stream.id() == recommendation.0;
                    self.must(stands && same, "the text that was adopted stood", past);
                }
                Event::PriorityReranked { priority, rank } => {
                    self.must(ranks.contains_key(priority), "what is on the list moves", past);
                    ranks.insert(*priority, *rank);
                }
                Event::PriorityRevised { priority, scope, .. } => {
                    let right = ranks.contains_key(priority) && period == Some(scope.period);
                    self.must(right, "what is on the list changes, within its period", past);
                }
                Event::ReviewFellDue { priority, next_at, .. } => {
                    let before = reviews.insert(*priority, *next_at);
                    let right = ranks.contains_key(priority) && before.is_none_or(|it| it <= past.at());
                    self.must(right && *next_at > past.at(), "a review falls due once in its time", past);
                }
                Event::PriorityRetired { priority, .. } => {
                    self.must(ranks.remove(priority).is_some(), "a priority is retired once", past);
                }
            }
            let mut places: Vec<u32> = ranks.values().copied().collect();
            places.sort_unstable();
            let unique = places.windows(2).all(|it| it[0] < it[1]) && places.first() != Some(&0);
            self.must(unique, "no two live priorities have one rank", past);
        }
    }

    /// Of an adoption: the forum, the charter, the text.
    pub(super) fn adopted(&self, adoption: &Citation) -> Option<(String, Citation, Option<Citation>)> {
        use consultation::Event;
        let opened = self.known.find(&adoption.stream, 0)?;
        let AnyEvent::Consultation(Event::ConsultationOpened { forum, charter, .. }) = &opened.event else {
            return None;
        };
        let decided = self.known.find(&adoption.stream, adoption.revision)?;
        let AnyEvent::Consultation(
            Event::ConsensusReached { subject, .. } | Event::AdoptedByVote { subject, .. },
        ) = &decided.event
        else {
            return None;
        };
        Some((forum.name.to_string(), charter.clone(), subject.text().cloned()))
    }

    /// Whether a priority was on its list when `position` was the last.
    pub(super) fn is_live(&self, priority: &Citation, position: u64) -> bool {
        let of = self.of(&priority.stream);
        let Some(AnyEvent::Priority(Event::PrioritySet { priority: id, .. })) =
            of.get(priority.revision as usize).map(|it| &it.event)
        else {
            return false;
        };
        let gone = |past: &super::Past| match &past.event {
            AnyEvent::Priority(Event::PriorityRetired { priority, .. }) => {
                priority == id && past.position <= position
            }
            _ => false,
        };
        !of.iter().any(|it| gone(it))
    }
}

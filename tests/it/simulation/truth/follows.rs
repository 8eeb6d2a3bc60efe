//! What follows by itself, judged once all is quiet: everything that must, each once, and nothing that need not.
use super::{Judge, Past};
use pactline::codec::AnyEvent;
use pactline::domain::charter::Consequence;
use pactline::domain::citation::{Citation, Reference, StreamName};
use pactline::domain::id::caused;
use pactline::domain::text::PersonId;
use pactline::domain::{consultation, priority, project, recommendation, task};
use std::collections::BTreeMap;
use uuid::Uuid;

const REACTIONS: [&str; 7] = ["endorsement", "take-up", "orders", "reminders", "citations", "gate", "settle"];
const DEADLINES: [&str; 6] = ["silence", "stage", "report", "review", "overdue", "lease"];
/// What is to be done in a stage and not after it.
const OF_A_STAGE: [&str; 3] = ["pass-gate", "late-stage", "report"];

impl<'a> Judge<'a> {
    pub(super) fn follows(&mut self) {
        let mut opened: BTreeMap<Uuid, usize> = BTreeMap::new();
        for past in self.by_itself() {
            let cause = past.meta.causation_id.and_then(|id| self.known.all.iter().find(|it| it.id == id));
            let right = cause.is_some_and(|it| it.position < past.position && !it.meta.historical);
            self.must(right, "what follows names what it follows from, which happened live", past);
            if past.position > self.world.before as u64 {
                self.must(self.is_derived(past), "what follows has an id that its cause gives it", past);
            }
            if past.revision == 0 && past.stream.kind() == "task" {
                *opened.entry(past.meta.causation_id.unwrap_or_default()).or_default() += 1;
                self.called_off(past);
            }
        }
        for past in self.known.all.iter().filter(|it| !it.meta.historical) {
            let opens = opened.get(&past.id).copied().unwrap_or_default();
            let right = match self.flagged(past) {
                Some((first, cited)) => self.tasks_about(first, cited) == 1 && opens <= 1,
                None => opens == tasks(&past.event),
            };
            self.must(right, "what is to be done is put up, once", past);
            self.consequence(past);
        }
    }

    fn by_itself(&self) -> Vec<&'a Past> {
        let known = self.known;
        known.all.iter().filter(|it| it.meta.actor == PersonId::program()).map(|it| &**it).collect()
    }

    fn is_derived(&self, past: &Past) -> bool {
        let Some(cause) = past.meta.causation_id else { return false };
        let is = |id: Uuid| id == past.meta.command_id;
        if DEADLINES.iter().any(|it| is(caused(cause, it, 0))) {
            return true;
        }
        let flagged = self.known.all.iter().filter_map(|it| match &it.event {
            AnyEvent::Project(project::Event::CitationFlagged { cited, .. }) => {
                Some(format!("{}/{}", it.stream, Reference::new(cited.stream.clone(), cited.revision)))
            }
            _ => None,
        });
        let mut keys: Vec<String> = flagged.collect();
        keys.push(past.stream.to_string());
        let mut asked = REACTIONS.iter().flat_map(|it| (0..8).map(move |n| caused(cause, it, n)));
        asked.any(|id| is(id) || keys.iter().any(|it| is(caused(id, it, 0))))
    }

    /// A project and what it cites, when that is flagged: to retain or replace it is to be done once, however often it
    /// is flagged.
    fn flagged(&self, past: &'a Past) -> Option<(&'a StreamName, &'a Citation)> {
        match &past.event {
            AnyEvent::Project(project::Event::CitationFlagged { cited, steward: Some(_), .. }) => {
                Some((&past.stream, cited))
            }
            _ => None,
        }
    }

    /// How many tasks there are because a project cites this.
    fn tasks_about(&self, of: &StreamName, cited: &Citation) -> usize {
        let flags: Vec<Uuid> =
            self.of(of).iter().filter(|it| self.flags(it, cited)).map(|it| it.id).collect();
        let for_it = |it: &&&Past| {
            it.revision == 0
                && it.stream.kind() == "task"
                && it.meta.causation_id.is_some_and(|id| flags.contains(&id))
        };
        self.by_itself().iter().filter(for_it).count()
    }

    fn flags(&self, past: &Past, what: &Citation) -> bool {
        matches!(&past.event, AnyEvent::Project(project::Event::CitationFlagged { cited, .. }) if cited == what)
    }

    /// A task that nobody opened is not to be done any more once it does not matter.
    fn called_off(&mut self, opened: &Past) {
        let AnyEvent::Task(task::Event::TaskOpened { kind, subject, .. }) = &opened.event else { return };
        let about = self.of(subject);
        let Some(cause) = about.iter().find(|it| Some(it.id) == opened.meta.causation_id) else { return };
        let later = about.iter().filter(|it| it.revision > cause.revision && !it.meta.historical);
        let settled = later.clone().any(|it| match &it.event {
            AnyEvent::Project(it) => ends(it, kind.as_str()),
            AnyEvent::Recommendation(it) => answers(it, cause),
            _ => false,
        });
        let over = self.of(&opened.stream).iter().any(|it| {
            matches!(
                &it.event,
                AnyEvent::Task(task::Event::TaskCompleted { .. } | task::Event::TaskCancelled { .. })
            )
        });
        self.must(over || !settled, "what does not matter any more is called off", opened);
    }

    /// What must be on record because of an event that is the last word on its matter.
    fn consequence(&mut self, past: &Past) {
        match &past.event {
            AnyEvent::Consultation(
                consultation::Event::ConsensusReached { subject, .. }
                | consultation::Event::AdoptedByVote { subject, .. },
            ) => {
                let Some(text) = subject.text() else { return };
                let policy = self.adopted(&citation(past)).is_some_and(|it| it.0 == "policy");
                let of = self.of(&text.stream);
                let revised = of.iter().any(|it| it.position > past.position && is_revised(it));
                if policy && !revised && self.is_current(text, u64::MAX) {
                    let endorsed = of.iter().any(|it| is_endorsed(it));
                    self.must(endorsed, "what the last forum adopted is endorsed", past);
                }
            }
            AnyEvent::Priority(priority::Event::PrioritySet { adoption, recommendation, .. }) => {
                let of = self.of(&StreamName::new("recommendation", recommendation.0));
                let answered = of.iter().any(|it| {
                    matches!(&it.event, AnyEvent::Recommendation(recommendation::Event::RecommendationAnswered {
                        adoption: it, ..
                    }) if it == adoption)
                });
                self.must(answered, "a priority answers its recommendation", past);
            }
            AnyEvent::Project(project::Event::PriorityCited { priority }) => self.cited(past, priority),
            AnyEvent::Project(project::Event::ProjectProposed { priorities, .. }) => {
                priorities.iter().for_each(|it| self.cited(past, it));
            }
            _ => {}
        }
    }

    /// A project that goes on and cites what is gone is flagged.
    fn cited(&mut self, past: &Past, priority: &Citation) {
        let of = self.of(&past.stream);
        let later = || of.iter().filter(|it| it.revision > past.revision);
        let revoked = later().any(|it| {
            matches!(&it.event, AnyEvent::Project(project::Event::CitationRevoked { cited, .. }) if cited == priority)
        });
        let over = later().any(|it| matches!(&it.event, AnyEvent::Project(it) if ends(it, "any")));
        let told = self.of(&priority.stream).iter().any(|it| it.meta.historical);
        if !revoked && !over && !told && !self.is_live(priority, u64::MAX) {
            let flagged = later().any(|it| self.flags(it, priority));
            self.must(flagged, "who cites what is gone is told", past);
        }
    }
}

/// How many tasks follow from an event, citations apart.
fn tasks(event: &AnyEvent) -> usize {
    match event {
        AnyEvent::Project(
            project::Event::StageEntered { orders, .. } | project::Event::LawAmended { orders, .. },
        ) => orders.len(),
        AnyEvent::Project(project::Event::GateExamined { missing, steward: Some(_), .. }) => {
            usize::from(missing.is_empty())
        }
        AnyEvent::Project(
            project::Event::ReportFellDue { .. }
            | project::Event::StageExpired { consequence: Consequence::Escalate(_), .. },
        )
        | AnyEvent::Priority(priority::Event::ReviewFellDue { .. })
        | AnyEvent::Recommendation(recommendation::Event::RecommendationEndorsed {
            take_up: Some(_), ..
        }) => 1,
        _ => 0,
    }
}

/// Whether an event of a project ends work of this kind that follows from an earlier one.
fn ends(event: &project::Event, kind: &str) -> bool {
    match event {
        project::Event::ProjectCompleted { .. }
        | project::Event::ProjectCancelled { .. }
        | project::Event::ProjectRejected { .. } => true,
        project::Event::StageEntered { left: Some(_), .. } => OF_A_STAGE.contains(&kind),
        _ => false,
    }
}

/// Whether an event of a recommendation says what becomes of what `endorsed` it.
fn answers(event: &recommendation::Event, endorsed: &Past) -> bool {
    use recommendation::Event;
    let AnyEvent::Recommendation(Event::RecommendationEndorsed { adoption, .. }) = &endorsed.event else {
        return false;
    };
    match event {
        Event::RecommendationAnswered { adoption: it, .. } => it == adoption,
        Event::RecommendationWithdrawn { endorsed, .. } | Event::TextRevised { endorsed, .. } => {
            endorsed.as_ref() == Some(adoption)
        }
        Event::FollowUpReported { follow_up, endorsed, .. } => {
            *follow_up != recommendation::FollowUp::NotTakenUp && endorsed.as_ref() == Some(adoption)
        }
        _ => false,
    }
}

fn is_revised(past: &Past) -> bool {
    matches!(&past.event, AnyEvent::Recommendation(recommendation::Event::TextRevised { .. }))
}

fn is_endorsed(past: &Past) -> bool {
    matches!(&past.event, AnyEvent::Recommendation(recommendation::Event::RecommendationEndorsed { .. }))
}

fn citation(past: &Past) -> Citation {
    Citation { event_id: past.id, stream: past.stream.clone(), revision: past.revision }
}

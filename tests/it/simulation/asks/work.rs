//! Commands about tasks.
use super::*;
use pactline::domain::id::TaskId;
use pactline::domain::task::{self, Command::*};

impl Scene<'_> {
    pub(super) fn task(&mut self) -> Ask {
        if self.known.ids("task").is_empty() || self.chance.percent(15) {
            return self.open_task();
        }
        let id = self.some("task");
        let worker = self.holder(id);
        let lease_ms = if self.chance.percent(3) {
            self.chance.number()
        } else {
            self.chance.between(1_000, 30_000_000)
        };
        let command = match self.chance.below(20) {
            0..7 => ClaimTask { worker: person(self.chance.below(3)), lease_ms },
            7..9 => ExtendLease { worker, lease_ms },
            9..12 => CompleteTask { worker, outcome: why() },
            12..15 => FailTask { worker, reason: why() },
            15..17 => ResolveIncident { resolution: why() },
            17 => self.over(id),
            18..19 => EscalateTask { to: slug(ROLES[self.chance.below(4) as usize]), reason: why() },
            19 if self.chance.percent(70) => ClaimTask { worker, lease_ms },
            _ => CancelTask { reason: why() },
        };
        Ask::Task(id, command)
    }

    fn open_task(&mut self) -> Ask {
        let id = self.new_id("task");
        let open = OpenTask {
            task: TaskId(id),
            kind: slug(["check", "other"][self.chance.below(4) as usize / 3]),
            title: word("A task"),
            subject: self.cite(As::Proposal).stream,
            role: slug("expert"),
            due_at: self.chance.percent(50).then(|| self.soon()),
            attempts_max: self.chance.below(4) as u32,
            backoff_ms: self.chance.below(5_000),
            escalate_to: self.chance.percent(50).then(|| slug("coordinator")),
        };
        Ask::Task(id, open)
    }

    /// What a timer would ask: that a lease ended, or that the work is overdue.
    fn over(&mut self, id: Uuid) -> task::Command {
        let lease = self.known.about("task", id).into_iter().rev().find_map(|it| match &it.event {
            AnyEvent::Task(
                task::Event::TaskClaimed { worker, until } | task::Event::LeaseExtended { worker, until },
            ) => Some((worker.clone(), *until)),
            _ => None,
        });
        match lease {
            Some((worker, until)) if self.chance.percent(60) => ExpireLease { worker, until },
            _ => EscalateOverdue,
        }
    }

    /// Whoever had it last, mostly.
    fn holder(&mut self, id: Uuid) -> PersonId {
        let last = self.known.about("task", id).into_iter().rev().find_map(|it| match &it.event {
            AnyEvent::Task(task::Event::TaskClaimed { worker, .. }) => Some(worker.clone()),
            _ => None,
        });
        last.filter(|_| !self.chance.percent(10)).unwrap_or_else(|| person(self.chance.below(3)))
    }
}

//! Work for people and services, as the register shows it.
use super::entry::{Entry, Facets, Listing, Place, Scene, time_key};
use crate::codec::AnyEvent;
use crate::domain::Timestamp;
use crate::domain::charter::RoleName;
use crate::domain::citation::StreamName;
use crate::domain::task::Event;
use crate::domain::text::PersonId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How far work got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// It waits for somebody.
    #[default]
    Open,
    /// Somebody has it.
    Claimed,
    /// It is done.
    Completed,
    /// The last attempt failed; somebody must look.
    Incident,
    /// It was called off.
    Cancelled,
}

/// Work for a person or a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// Of which kind.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// The stream it is about.
    pub subject: Option<StreamName>,
    /// Who may do it.
    pub role: String,
    /// How far it got.
    pub status: Status,
    /// Who has it, or had it last when it is done.
    pub worker: Option<PersonId>,
    /// Until when the worker has it.
    pub leased_until: Option<Timestamp>,
    /// How often it was tried without success: it failed, or the lease ended.
    pub attempts: u32,
    /// How often it may be tried.
    pub attempts_max: u32,
    /// When it should be done.
    pub due_at: Option<Timestamp>,
    /// Who has to see to it when it is not done by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_to: Option<RoleName>,
    /// When it was opened.
    pub opened_at: Option<Timestamp>,
    /// Its place on record.
    pub place: Place,
}

impl Task {
    fn open(&mut self, event: &Event, scene: &Scene<'_>) {
        let Event::TaskOpened { task, kind, title, subject, role, due_at, attempts_max, escalate_to, .. } =
            event
        else {
            return;
        };
        (self.id, self.kind, self.title) = (task.0, kind.to_string(), title.to_string());
        (self.subject, self.role) = (Some(subject.clone()), role.to_string());
        (self.due_at, self.attempts_max) = (*due_at, *attempts_max);
        self.escalate_to = escalate_to.clone();
        self.opened_at = Some(scene.at());
    }

    fn release(&mut self, status: Status) {
        (self.status, self.worker, self.leased_until) = (status, None, None);
    }
}

impl Entry for Task {
    const KIND: i64 = 11;
    const NAME: &'static str = "task";
    const ORDERS: &'static [&'static str] = &["due_at", "opened_at"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        matches!(event, AnyEvent::Task(_)).then_some(stream)
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Task(event) = scene.event else { return };
        match event {
            Event::TaskOpened { .. } => self.open(event, scene),
            Event::TaskClaimed { worker, until } | Event::LeaseExtended { worker, until } => {
                self.status = Status::Claimed;
                (self.worker, self.leased_until) = (Some(worker.clone()), Some(*until));
            }
            Event::TaskCompleted { worker, .. } => {
                self.release(Status::Completed);
                self.worker = Some(worker.clone());
            }
            Event::TaskFailed { attempt, retry_at, .. } => {
                self.attempts = *attempt;
                self.release(if retry_at.is_some() { Status::Open } else { Status::Incident });
            }
            Event::LeaseExpired { attempt, .. } => {
                self.attempts = *attempt;
                self.release(Status::Open);
            }
            Event::IncidentRaised { .. } => self.release(Status::Incident),
            Event::IncidentResolved { .. } => {
                self.attempts = 0;
                self.release(Status::Open);
            }
            Event::TaskEscalated { to, .. } => self.role = to.to_string(),
            Event::TaskCancelled { .. } => self.release(Status::Cancelled),
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
            .with("role", &self.role)
            .with("status", self.status)
            .with_all("subject", &self.subject)
            .with_all("worker", &self.worker)
            .with_words(&self.title);
        // What is due at no time comes last.
        let due = self.due_at.map_or_else(|| "~".into(), time_key);
        let opened = self.opened_at.map(time_key).unwrap_or_default();
        Listing { keys: [due, opened, String::new()], facets }
    }
}

//! The register: what holds, now or at an earlier moment, kind by kind.
//!
//! An entry as it is now is one document. What lists are filtered and ordered by is kept in versions, each
//! with the span it held on three axes: positions, recorded times, effective times. An entry as it was is
//! folded from its events again, so the past is never stored twice.
use super::{Seen, View, ViewError};
use crate::codec::AnyEvent;
use crate::domain;
use rusqlite::Connection;
use shelf::Shelf;
use uuid::Uuid;

mod answers;
pub mod charter;
pub mod consultations;
mod entry;
pub mod evidence;
pub mod mandate;
pub mod meeting;
pub mod partner;
pub mod priority;
pub mod project;
mod query;
pub mod recommendation;
mod shelf;
pub mod task;

pub use answers::{Answers, answers};
pub use entry::{Entry, Facets, Known, Last, Listing, Place, Scene};
pub use query::{List, Listed, Order, Snapshot, get, list};

/// The name of the register and its version.
pub const NAME: &str = "register-1";

const SCHEMA: &str = "
CREATE TABLE entry (kind INTEGER NOT NULL, id BLOB NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (kind, id));
CREATE TABLE listing (
    kind INTEGER NOT NULL, id BLOB NOT NULL,
    from_position INTEGER NOT NULL, until_position INTEGER NOT NULL,
    from_recorded INTEGER NOT NULL, until_recorded INTEGER NOT NULL,
    from_effective INTEGER NOT NULL, until_effective INTEGER NOT NULL,
    key1 TEXT NOT NULL, key2 TEXT NOT NULL, key3 TEXT NOT NULL, facets TEXT NOT NULL,
    PRIMARY KEY (kind, id, from_position)
) WITHOUT ROWID;
CREATE TABLE elsewhere (
    kind INTEGER NOT NULL, id BLOB NOT NULL, position INTEGER NOT NULL,
    stream TEXT NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (kind, id, position)
) WITHOUT ROWID;
";

const INDEXES: &str = "
CREATE INDEX listing_1 ON listing (kind, key1, id) WHERE until_position = 9223372036854775807;
CREATE INDEX listing_2 ON listing (kind, key2, id) WHERE until_position = 9223372036854775807;
CREATE INDEX listing_3 ON listing (kind, key3, id) WHERE until_position = 9223372036854775807;
";

/// The view.
#[derive(Default)]
pub(super) struct Register {
    partners: Shelf<partner::Partner>,
    mandates: Shelf<mandate::Mandate>,
    provisions: Shelf<mandate::Provision>,
    evidence: Shelf<evidence::Evidence>,
    charters: Shelf<charter::Charter>,
    meetings: Shelf<meeting::Meeting>,
    recommendations: Shelf<recommendation::Recommendation>,
    consultations: Shelf<consultations::Consultation>,
    priorities: Shelf<priority::Priority>,
    projects: Shelf<project::Project>,
    tasks: Shelf<task::Task>,
}

impl View for Register {
    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> &'static str {
        SCHEMA
    }

    fn indexes(&self) -> &'static str {
        INDEXES
    }

    fn apply(&mut self, tx: &Connection, event: &Seen) -> Result<(), ViewError> {
        let mut scene = Scene::of(event)?;
        scene.known = self.known(tx, &scene)?;
        self.partners.take(tx, &scene)?;
        self.mandates.take(tx, &scene)?;
        self.provisions.take(tx, &scene)?;
        self.evidence.take(tx, &scene)?;
        self.charters.take(tx, &scene)?;
        self.meetings.take(tx, &scene)?;
        self.recommendations.take(tx, &scene)?;
        self.consultations.take(tx, &scene)?;
        self.priorities.take(tx, &scene)?;
        self.projects.take(tx, &scene)?;
        self.tasks.take(tx, &scene)
    }

    fn settle(&mut self, tx: &Connection) -> Result<(), ViewError> {
        self.partners.settle(tx)?;
        self.mandates.settle(tx)?;
        self.provisions.settle(tx)?;
        self.evidence.settle(tx)?;
        self.charters.settle(tx)?;
        self.meetings.settle(tx)?;
        self.recommendations.settle(tx)?;
        self.consultations.settle(tx)?;
        self.priorities.settle(tx)?;
        self.projects.settle(tx)?;
        self.tasks.settle(tx)
    }

    fn forget(&mut self) {
        self.partners.forget();
        self.mandates.forget();
        self.provisions.forget();
        self.evidence.forget();
        self.charters.forget();
        self.meetings.forget();
        self.recommendations.forget();
        self.consultations.forget();
        self.priorities.forget();
        self.projects.forget();
        self.tasks.forget();
    }
}

impl Register {
    /// What `event` does not say itself.
    fn known(&mut self, tx: &Connection, scene: &Scene<'_>) -> Result<Known, ViewError> {
        let mut known = Known::default();
        match wanted(scene) {
            Wanted::Nothing => {}
            Wanted::Title(id) => {
                known.subject_title = self.recommendations.find(tx, id)?.map(|it| it.title.clone());
            }
            Wanted::Symbol(id) => known.symbol = self.mandates.find(tx, id)?.map(|it| it.symbol.clone()),
            Wanted::Forum(id) => {
                known.forum = self.consultations.find(tx, id)?.and_then(|it| it.forum.clone());
            }
        }
        Ok(known)
    }
}

/// What must be looked up to take an event into account.
enum Wanted {
    Nothing,
    /// Of this recommendation.
    Title(Uuid),
    /// Of this mandate.
    Symbol(Uuid),
    /// Of this consultation.
    Forum(Uuid),
}

fn wanted(scene: &Scene<'_>) -> Wanted {
    if let AnyEvent::Mandate(domain::mandate::Event::ProvisionDefined { .. }) = scene.event {
        return Wanted::Symbol(scene.stream);
    }
    let AnyEvent::Consultation(event) = scene.event else { return Wanted::Nothing };
    if recommendation::adopted(event).is_some() {
        return Wanted::Forum(scene.stream);
    }
    if let domain::consultation::Event::ConsultationOpened { subject, .. } = event {
        return subject.recommendation().map_or(Wanted::Nothing, |it| Wanted::Title(it.0));
    }
    Wanted::Nothing
}

/// The same from the file.
fn known_from(tx: &Connection, scene: &Scene<'_>) -> Result<Known, ViewError> {
    let mut known = Known::default();
    match wanted(scene) {
        Wanted::Nothing => {}
        Wanted::Title(id) => {
            let found = shelf::load::<recommendation::Recommendation>(tx, id)?;
            known.subject_title = found.map(|it| it.title);
        }
        Wanted::Symbol(id) => known.symbol = shelf::load::<mandate::Mandate>(tx, id)?.map(|it| it.symbol),
        Wanted::Forum(id) => {
            known.forum = shelf::load::<consultations::Consultation>(tx, id)?.and_then(|it| it.forum);
        }
    }
    Ok(known)
}

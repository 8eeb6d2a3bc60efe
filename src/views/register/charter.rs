//! Charters, as the register shows them.
use super::entry::{Entry, Facets, Listing, Place, Scene, text_key};
use crate::codec::AnyEvent;
use crate::domain::charter::Event;
use crate::domain::citation::Citation;
use crate::domain::text::Digest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The law of a pipeline, in its latest edition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charter {
    /// Its id.
    pub id: Uuid,
    /// What it is called in commands.
    pub name: String,
    /// What it is called in print.
    pub title: String,
    /// Which edition is the latest, from one.
    pub edition: u32,
    /// SHA-256 of that edition's text.
    pub digest: Option<Digest>,
    /// Whether nothing new may start under it.
    pub retired: bool,
    /// The CharterPublished of each edition, oldest first.
    pub editions: Vec<Citation>,
    /// The roles that partners may hold.
    pub roles: Vec<String>,
    /// The subjects that recommendations and priorities are sorted by.
    pub pillars: Vec<String>,
    /// The routes that a scope may name.
    pub routes: Vec<String>,
    /// The forums, by name.
    pub forums: Vec<String>,
    /// The stages that a project goes through, in order.
    pub stages: Vec<String>,
    /// Its place on record.
    pub place: Place,
}

impl Entry for Charter {
    const KIND: i64 = 5;
    const NAME: &'static str = "charter";
    const ORDERS: &'static [&'static str] = &["name"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        matches!(event, AnyEvent::Charter(_)).then_some(stream)
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Charter(event) = scene.event else { return };
        self.id = scene.stream;
        match event {
            Event::CharterPublished { edition, law, digest, .. } => {
                let words = |it: &[crate::domain::text::Slug]| it.iter().map(ToString::to_string).collect();
                (self.name, self.title) = (law.name.to_string(), law.title.to_string());
                (self.edition, self.digest) = (*edition, Some(digest.clone()));
                self.editions.push(scene.citation());
                (self.roles, self.pillars) = (words(&law.roles), words(&law.pillars));
                self.routes = words(&law.routes);
                self.forums = law.forums.iter().map(|it| it.name.to_string()).collect();
                self.stages = law.projects.stages.iter().map(|it| it.name.to_string()).collect();
            }
            Event::CharterRetired { .. } => self.retired = true,
        }
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn place_mut(&mut self) -> &mut Place {
        &mut self.place
    }

    fn listing(&self) -> Listing {
        let facets = Facets::default().with_words(&self.name).with_words(&self.title);
        Listing { keys: [text_key(&self.name), String::new(), String::new()], facets }
    }
}

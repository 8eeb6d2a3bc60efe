//! Priorities, as the register shows them.
use super::entry::{Entry, Facets, Listing, Place, Scene, text_key};
use crate::codec::AnyEvent;
use crate::domain::citation::Citation;
use crate::domain::money::Money;
use crate::domain::priority::Event;
use crate::domain::scope::Scope;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A priority on a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priority {
    /// Its id.
    pub id: Uuid,
    /// On which list.
    pub list_id: Uuid,
    /// What the list is called.
    pub list: String,
    /// What it is called.
    pub title: String,
    /// Its place, from one.
    pub rank: u32,
    /// What it is about.
    pub scope: Option<Scope>,
    /// What it would take, where that is known.
    pub needs: Option<Money>,
    /// Whether it is off the list.
    pub retired: bool,
    /// Its PrioritySet: what to cite.
    pub reference: Option<Citation>,
    /// The decision that adopted its recommendation.
    pub adoption: Option<Citation>,
    /// Which recommendation.
    pub recommendation: Uuid,
    /// The charter's edition.
    pub charter: Option<Citation>,
    /// Its place on record.
    pub place: Place,
}

impl Priority {
    fn set(&mut self, event: &Event, scene: &Scene<'_>) {
        let Event::PrioritySet {
            priority,
            list,
            charter,
            title,
            adoption,
            recommendation,
            scope,
            rank,
            needs,
            ..
        } = event
        else {
            return;
        };
        (self.id, self.list_id, self.list) = (priority.0, scene.stream, list.to_string());
        (self.title, self.rank, self.needs) = (title.to_string(), *rank, *needs);
        (self.scope, self.charter) = (Some(scope.clone()), Some(charter.clone()));
        (self.adoption, self.recommendation) = (Some(adoption.clone()), recommendation.0);
        self.reference = Some(scene.citation());
    }
}

impl Entry for Priority {
    const KIND: i64 = 9;
    const NAME: &'static str = "priority";
    const ORDERS: &'static [&'static str] = &["rank", "title"];

    fn concerned(event: &AnyEvent, _stream: Uuid) -> Option<Uuid> {
        let AnyEvent::Priority(event) = event else { return None };
        match event {
            Event::PrioritySet { priority, .. }
            | Event::PriorityReranked { priority, .. }
            | Event::PriorityRevised { priority, .. }
            | Event::ReviewFellDue { priority, .. }
            | Event::PriorityRetired { priority, .. } => Some(priority.0),
        }
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Priority(event) = scene.event else { return };
        match event {
            Event::PrioritySet { .. } => self.set(event, scene),
            Event::PriorityReranked { rank, .. } => self.rank = *rank,
            Event::PriorityRevised { scope, needs, .. } => {
                (self.scope, self.needs) = (Some(scope.clone()), *needs);
            }
            Event::PriorityRetired { .. } => self.retired = true,
            Event::ReviewFellDue { .. } => {}
        }
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn place_mut(&mut self) -> &mut Place {
        &mut self.place
    }

    fn listing(&self) -> Listing {
        let scope = self.scope.as_ref();
        let facets = Facets::default()
            .with("list", self.list_id)
            .with_all("pillar", scope.map(|it| &it.pillar))
            .with_all("country", scope.iter().flat_map(|it| &it.countries))
            .with_all("route", scope.iter().flat_map(|it| &it.routes))
            .with_all("retired", self.retired.then_some("yes"))
            .with_all("event", self.reference.as_ref().map(|it| it.event_id))
            .with_all("adoption", self.adoption.as_ref().map(|it| it.event_id))
            .with_words(&self.title);
        Listing { keys: [format!("{:010}", self.rank), text_key(&self.title), String::new()], facets }
    }
}

//! Evidence, as the register shows it.
use super::entry::{Entry, Facets, Listing, Place, Scene, text_key};
use crate::codec::AnyEvent;
use crate::domain::evidence::{Event, Flow, Measure};
use crate::domain::scope::{Country, Period};
use crate::domain::text::{Digest, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Something known about the problem.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its id.
    pub id: Uuid,
    /// What kind it is.
    pub kind: String,
    /// What it is called.
    pub title: String,
    /// Where it comes from.
    pub source: Option<Source>,
    /// SHA-256 of the document.
    pub digest: Option<Digest>,
    /// Which days it speaks of.
    pub period: Option<Period>,
    /// Which countries it speaks of.
    pub places: BTreeSet<Country>,
    /// What was measured.
    pub measures: Vec<Measure>,
    /// What moved from where to where, if anything.
    pub flow: Option<Flow>,
    /// Whether it should not be relied on any more.
    pub withdrawn: bool,
    /// Its place on record.
    pub place: Place,
}

impl Entry for Evidence {
    const KIND: i64 = 4;
    const NAME: &'static str = "evidence";
    const ORDERS: &'static [&'static str] = &["title", "period"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        matches!(event, AnyEvent::Evidence(_)).then_some(stream)
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Evidence(event) = scene.event else { return };
        self.id = scene.stream;
        match event {
            Event::EvidenceSubmitted { kind, title, source, digest, period, places, measures, flow } => {
                (self.kind, self.title) = (kind.to_string(), title.to_string());
                (self.source, self.digest) = (Some(source.clone()), Some(digest.clone()));
                (self.period, self.places) = (Some(*period), places.clone());
                (self.measures, self.flow) = (measures.clone(), flow.clone());
            }
            Event::EvidenceWithdrawn { .. } => self.withdrawn = true,
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
            .with("kind", &self.kind)
            .with_all("country", &self.places)
            .with_all("country", self.flow.iter().flat_map(|it| [it.from, it.to]))
            .with_all("route", self.flow.as_ref().map(|it| &it.route))
            .with_words(&self.title);
        let period = self.period.map(|it| format!("{} {}", it.from(), it.until())).unwrap_or_default();
        Listing { keys: [text_key(&self.title), period, String::new()], facets }
    }
}

//! Instruments and their numbered provisions, as the register shows them.
use super::entry::{Entry, Facets, Listing, Place, Scene, text_key};
use crate::codec::AnyEvent;
use crate::domain::citation::Citation;
use crate::domain::mandate::{Event, Force, Instrument, Relation};
use crate::domain::scope::PartialDate;
use crate::domain::text::Digest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An instrument that mandates action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mandate {
    /// Its id.
    pub id: Uuid,
    /// Its symbol.
    pub symbol: String,
    /// Its title.
    pub title: String,
    /// What kind of instrument it is.
    pub instrument: Option<Instrument>,
    /// Who adopted it, where that is known.
    pub organ: Option<String>,
    /// When it was adopted, as exactly as it is known.
    pub adopted_on: Option<PartialDate>,
    /// The versions of its text.
    pub versions: Vec<(String, Option<Digest>)>,
    /// The newer instrument's MandateRecorded, where one stands in its place.
    pub superseded_by: Option<Citation>,
    /// Its place on record.
    pub place: Place,
}

impl Entry for Mandate {
    const KIND: i64 = 2;
    const NAME: &'static str = "mandate";
    const ORDERS: &'static [&'static str] = &["symbol", "adopted_on"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        matches!(event, AnyEvent::Mandate(_)).then_some(stream)
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Mandate(event) = scene.event else { return };
        self.id = scene.stream;
        match event {
            Event::MandateRecorded { symbol, title, instrument, organ, adopted_on } => {
                (self.symbol, self.title) = (symbol.to_string(), title.to_string());
                self.instrument = Some(*instrument);
                self.organ = organ.as_ref().map(ToString::to_string);
                self.adopted_on = Some(*adopted_on);
            }
            Event::TextVersionRecorded { version, digest } => {
                self.versions.push((version.to_string(), digest.clone()));
            }
            Event::MandateSuperseded { by, .. } => self.superseded_by = Some(by.clone()),
            Event::ProvisionDefined { .. }
            | Event::ProvisionsLinked { .. }
            | Event::CitationRetained { .. } => {}
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
            .with_all("instrument", self.instrument)
            .with_all("superseded", self.superseded_by.as_ref().map(|_| "yes"))
            .with_words(&self.symbol)
            .with_words(&self.title);
        let adopted = self.adopted_on.map(|it| it.to_string()).unwrap_or_default();
        Listing { keys: [text_key(&self.symbol), adopted, String::new()], facets }
    }
}

/// A numbered part of an instrument's text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provision {
    /// Its id.
    pub id: Uuid,
    /// Of which instrument.
    pub mandate: Uuid,
    /// The instrument's symbol.
    pub symbol: String,
    /// Of which version of its text.
    pub version: String,
    /// Where in it.
    pub locator: String,
    /// What it is about.
    pub subject: String,
    /// Whether it asks for something.
    pub force: Option<Force>,
    /// Its ProvisionDefined: what to cite.
    pub reference: Option<Citation>,
    /// How it stands to others, each by its ProvisionDefined.
    pub links: Vec<(Relation, Citation)>,
    /// Its place on record.
    pub place: Place,
}

impl Entry for Provision {
    const KIND: i64 = 3;
    const NAME: &'static str = "provision";
    const ORDERS: &'static [&'static str] = &["locator", "symbol"];

    fn concerned(event: &AnyEvent, _stream: Uuid) -> Option<Uuid> {
        let AnyEvent::Mandate(event) = event else { return None };
        match event {
            Event::ProvisionDefined { provision, .. } | Event::ProvisionsLinked { provision, .. } => {
                Some(provision.0)
            }
            Event::MandateRecorded { .. }
            | Event::TextVersionRecorded { .. }
            | Event::MandateSuperseded { .. }
            | Event::CitationRetained { .. } => None,
        }
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Mandate(event) = scene.event else { return };
        match event {
            Event::ProvisionDefined { provision, version, locator, subject, force } => {
                (self.id, self.mandate) = (provision.0, scene.stream);
                (self.version, self.locator) = (version.to_string(), locator.to_string());
                (self.subject, self.force) = (subject.to_string(), Some(*force));
                self.symbol = scene.known.symbol.clone().unwrap_or_default();
                self.reference = Some(scene.citation());
            }
            Event::ProvisionsLinked { relation, to, .. } => self.links.push((*relation, to.clone())),
            Event::MandateRecorded { .. }
            | Event::TextVersionRecorded { .. }
            | Event::MandateSuperseded { .. }
            | Event::CitationRetained { .. } => {}
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
            .with("mandate", self.mandate)
            .with_all("event", self.reference.as_ref().map(|it| it.event_id))
            .with_words(&self.locator)
            .with_words(&self.subject);
        let symbol = format!("{} {}", text_key(&self.symbol), text_key(&self.locator));
        Listing { keys: [text_key(&self.locator), symbol, String::new()], facets }
    }
}

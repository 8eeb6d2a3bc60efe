//! Technical assistance projects, as the register shows them.
use super::entry::{Entry, Facets, Listing, Place, Scene, text_key, time_key};
use crate::codec::AnyEvent;
use crate::domain::Timestamp;
use crate::domain::citation::Citation;
use crate::domain::money::Money;
use crate::domain::project::{Donor, Event, Ledger, Origin, Sector};
use crate::domain::scope::{Country, Period};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Whether a project runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// It is put forward.
    #[default]
    Proposed,
    /// It is approved and runs.
    Approved,
    /// It rests.
    Suspended,
    /// It ended as it should.
    Completed,
    /// It ended early.
    Cancelled,
    /// It was turned down.
    Rejected,
}

/// A technical assistance project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: Uuid,
    /// What it is called in lists.
    pub code: Option<String>,
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub summary: Option<String>,
    /// How it ended, if it did.
    pub end: Option<Status>,
    /// Whether it rests.
    pub suspended: bool,
    /// In which stage it is.
    pub stage: String,
    /// The priorities it answers.
    pub priorities: Vec<Citation>,
    /// The provisions and documents it cites without a priority between.
    pub provisions: Vec<Citation>,
    /// Where; none means everywhere.
    pub countries: BTreeSet<Country>,
    /// When.
    pub period: Option<Period>,
    /// What it takes, where that is known.
    pub budget: Option<Money>,
    /// Its money, movement by movement.
    pub ledger: Ledger,
    /// Who gives, by name.
    pub donors: BTreeSet<String>,
    /// Whether the charter's threshold was crossed.
    pub funded: bool,
    /// Whether more went out than was there at some time.
    pub overspent: bool,
    /// In which sectors.
    pub sectors: Vec<Sector>,
    /// The charter's edition.
    pub charter: Option<Citation>,
    /// The project it is part of.
    pub parent: Option<Citation>,
    /// Where it was imported from.
    pub origin: Option<Origin>,
    /// When it was proposed.
    pub proposed_at: Option<Timestamp>,
    /// When the last approval was given.
    pub approved_at: Option<Timestamp>,
    /// Its place on record.
    pub place: Place,
}

impl Project {
    /// Whether it runs.
    pub fn status(&self) -> Status {
        match (self.end, self.suspended, self.approved_at) {
            (Some(end), ..) => end,
            (None, true, _) => Status::Suspended,
            (None, false, Some(_)) => Status::Approved,
            (None, false, None) => Status::Proposed,
        }
    }

    fn propose(&mut self, event: &Event, scene: &Scene<'_>) {
        let Event::ProjectProposed { project, code, title, summary, charter, priorities, .. } = event else {
            return;
        };
        (self.id, self.title) = (project.0, title.to_string());
        self.code = code.as_ref().map(ToString::to_string);
        self.summary = summary.as_ref().map(ToString::to_string);
        (self.charter, self.priorities) = (Some(charter.clone()), priorities.clone());
        self.proposed_at = Some(scene.at());
        if let Event::ProjectProposed { countries, period, budget, sectors, parent, origin, .. } = event {
            (self.countries, self.period) = (countries.clone(), Some(*period));
            (self.budget, self.sectors) = (*budget, sectors.clone());
            (self.parent, self.origin) = (parent.clone(), origin.clone());
        }
    }

    fn receive(&mut self, donor: &Donor) {
        if !self.donors.contains(donor.name.as_str()) {
            self.donors.insert(donor.name.to_string());
        }
    }
}

impl Entry for Project {
    const KIND: i64 = 10;
    const NAME: &'static str = "project";
    const ORDERS: &'static [&'static str] = &["title", "code", "proposed_at"];

    fn concerned(event: &AnyEvent, stream: Uuid) -> Option<Uuid> {
        matches!(event, AnyEvent::Project(_)).then_some(stream)
    }

    fn keeps_listing(&self, event: &AnyEvent) -> bool {
        let AnyEvent::Project(event) = event else { return true };
        match event {
            Event::FundsPledged { donor, .. }
            | Event::FundsCommitted { donor, .. }
            | Event::FundsReceived { donor, .. } => self.donors.contains(donor.name.as_str()),
            Event::ProjectFunded { .. }
            | Event::FundsReduced { .. }
            | Event::FundsWithdrawn { .. }
            | Event::FundsDisbursed { .. }
            | Event::ExpenditureRecorded { .. }
            | Event::TransactionReversed { .. }
            | Event::BudgetRevised { .. }
            | Event::ReviewRecorded { .. }
            | Event::DocumentAttached { .. }
            | Event::IndicatorDefined { .. }
            | Event::TargetSet { .. }
            | Event::ResultReported { .. }
            | Event::ResultVerified { .. }
            | Event::StageExpired { .. }
            | Event::ReportFellDue { .. }
            | Event::CitationFlagged { .. }
            | Event::GateExamined { .. } => true,
            Event::ProjectProposed { .. }
            | Event::PriorityCited { .. }
            | Event::ProvisionCited { .. }
            | Event::CitationRevoked { .. }
            | Event::ProjectApproved { .. }
            | Event::ProjectRejected { .. }
            | Event::ProjectCompleted { .. }
            | Event::ProjectCancelled { .. }
            | Event::StageEntered { .. }
            | Event::ProjectSuspended { .. }
            | Event::ProjectResumed { .. }
            | Event::ScopeRevised { .. }
            | Event::LawAmended { .. } => false,
        }
    }

    fn take(&mut self, scene: &Scene<'_>) {
        let AnyEvent::Project(event) = scene.event else { return };
        self.ledger.apply(event);
        match event {
            Event::ProjectProposed { .. } => self.propose(event, scene),
            Event::PriorityCited { priority } => self.priorities.push(priority.clone()),
            Event::ProvisionCited { provision, .. } => self.provisions.push(provision.clone()),
            Event::CitationRevoked { cited, .. } => {
                self.priorities.retain(|it| it != cited);
                self.provisions.retain(|it| it != cited);
            }
            Event::ProjectApproved { .. } => self.approved_at = Some(scene.at()),
            Event::ProjectRejected { .. } => self.end = Some(Status::Rejected),
            Event::ProjectCompleted { .. } => self.end = Some(Status::Completed),
            Event::ProjectCancelled { .. } => self.end = Some(Status::Cancelled),
            Event::ProjectFunded { .. } => self.funded = true,
            Event::StageEntered { stage, .. } => self.stage = stage.to_string(),
            Event::ProjectSuspended { .. } => self.suspended = true,
            Event::ProjectResumed { .. } => self.suspended = false,
            Event::BudgetRevised { budget, .. } => self.budget = Some(*budget),
            Event::ScopeRevised { countries, period, sectors, .. } => {
                (self.countries, self.period) = (countries.clone(), Some(*period));
                self.sectors = sectors.clone();
            }
            Event::LawAmended { charter, stage, .. } => {
                (self.charter, self.stage) = (Some(charter.clone()), stage.to_string());
            }
            Event::FundsPledged { donor, .. }
            | Event::FundsCommitted { donor, .. }
            | Event::FundsReceived { donor, .. } => self.receive(donor),
            Event::FundsDisbursed { beyond_available, .. }
            | Event::ExpenditureRecorded { beyond_available, .. } => {
                self.overspent |= beyond_available.is_some();
            }
            Event::FundsReduced { .. }
            | Event::FundsWithdrawn { .. }
            | Event::TransactionReversed { .. }
            | Event::ReviewRecorded { .. }
            | Event::DocumentAttached { .. }
            | Event::IndicatorDefined { .. }
            | Event::TargetSet { .. }
            | Event::ResultReported { .. }
            | Event::ResultVerified { .. }
            | Event::StageExpired { .. }
            | Event::ReportFellDue { .. }
            | Event::CitationFlagged { .. }
            | Event::GateExamined { .. } => {}
        }
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn place_mut(&mut self) -> &mut Place {
        &mut self.place
    }

    fn listing(&self) -> Listing {
        let live = self.end.is_none().then_some("yes");
        let facets = Facets::default()
            .with("status", self.status())
            .with("stage", &self.stage)
            .with_all("country", &self.countries)
            .with_all("donor", &self.donors)
            .with_all("charter", self.charter.as_ref().map(|it| it.stream.id()))
            .with_all("priority", self.priorities.iter().map(|it| it.event_id))
            .with_all("provision", self.provisions.iter().map(|it| it.event_id))
            .with_all("live", live)
            .with_all("words", self.code.as_ref().map(|it| it.to_lowercase()))
            .with_words(&self.title);
        let code = self.code.as_deref().map(text_key).unwrap_or_default();
        let proposed = self.proposed_at.map(time_key).unwrap_or_default();
        Listing { keys: [text_key(&self.title), code, proposed], facets }
    }
}

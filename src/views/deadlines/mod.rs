//! What falls due when: a row for each deadline that is pending, gone or moved as the events say.
//!
//! Only what happens live sets a deadline: a stream that tells of the past asks nobody to do anything now.
use super::{Seen, View, ViewError};
use crate::codec::AnyEvent;
use crate::domain::Timestamp;
use crate::domain::charter::{RoleName, StageName};
use crate::domain::citation::StreamName;
use crate::domain::id::PriorityId;
use crate::domain::text::PersonId;
use crate::domain::{consultation, priority, project};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod query;
mod rows;
mod task;

pub use query::{Place, due, next};

use rows::Rows;

/// The name of the view and its version.
pub const NAME: &str = "deadlines-1";

const SCHEMA: &str = "
CREATE TABLE deadlines (
    stream TEXT NOT NULL, kind TEXT NOT NULL, thing TEXT NOT NULL, due INTEGER NOT NULL,
    origin BLOB NOT NULL, what TEXT NOT NULL, resting INTEGER NOT NULL,
    PRIMARY KEY (stream, kind, thing)
) WITHOUT ROWID;
";

/// What falls due, with what the command needs that is asked then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum What {
    /// A silence ends: the consultation is to be closed.
    Silence {},
    /// The time for a stage is up.
    Stage {
        /// Which.
        stage: StageName,
    },
    /// It is time to report.
    Report {
        /// In which stage.
        stage: StageName,
        /// For which time.
        term: u32,
    },
    /// It is time to look at a priority again.
    Review {
        /// Which.
        priority: PriorityId,
        /// When exactly.
        due_at: Timestamp,
    },
    /// A task should be done.
    Overdue {
        /// Who has to see to it otherwise.
        to: RoleName,
    },
    /// A lease ends.
    Lease {
        /// Whose.
        worker: PersonId,
        /// When exactly.
        until: Timestamp,
    },
}

impl What {
    /// The kind of deadline, for programs.
    pub fn kind(&self) -> &'static str {
        self.into()
    }
}

/// Something that falls due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// In which stream.
    pub stream: StreamName,
    /// What.
    pub what: What,
    /// When, to the microsecond, never early.
    pub due_at: Timestamp,
    /// The event that set it.
    pub origin: Uuid,
}

/// The view.
pub(super) struct Deadlines;

impl View for Deadlines {
    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> &'static str {
        SCHEMA
    }

    fn indexes(&self) -> &'static str {
        "CREATE INDEX deadlines_due ON deadlines (due, stream, kind, thing) WHERE resting = 0;"
    }

    fn apply(&mut self, tx: &Connection, event: &Seen) -> Result<(), ViewError> {
        match event.record.stream.split_once('-').map_or("", |(kind, _)| kind) {
            "consultation" | "priority" | "project" | "task" => {}
            _ => return Ok(()),
        }
        let rows = Rows { tx, record: &event.record, meta: event.meta()? };
        match event.event()? {
            AnyEvent::Consultation(it) => consultation(&rows, it),
            AnyEvent::Priority(it) => priority(&rows, it),
            AnyEvent::Project(it) => project(&rows, it),
            AnyEvent::Task(it) => task::take(&rows, it),
            AnyEvent::Partner(_)
            | AnyEvent::Mandate(_)
            | AnyEvent::Evidence(_)
            | AnyEvent::Charter(_)
            | AnyEvent::Meeting(_)
            | AnyEvent::Recommendation(_)
            | AnyEvent::Redaction(_) => Ok(()),
        }
    }
}

fn consultation(rows: &Rows<'_>, event: &consultation::Event) -> Result<(), ViewError> {
    use consultation::Event as It;
    match event {
        It::ConsultationOpened { deadline, .. } | It::TextRevised { deadline, .. } => {
            rows.put_or_drop(*deadline, &What::Silence {})
        }
        It::DeadlineExtended { deadline } => rows.put(*deadline, "", &What::Silence {}),
        It::VoteRequested { .. }
        | It::ConsensusReached { .. }
        | It::AdoptedByVote { .. }
        | It::ConsensusNotReached { .. } => rows.drop("silence", ""),
        It::PositionTaken { .. }
        | It::ObjectionRaised { .. }
        | It::ObjectionLifted { .. }
        | It::VoteCast { .. }
        | It::VoteCorrected { .. }
        | It::TallyDeclared { .. }
        | It::TallyDisputed { .. }
        | It::StatementRecorded { .. } => Ok(()),
    }
}

fn priority(rows: &Rows<'_>, event: &priority::Event) -> Result<(), ViewError> {
    use priority::Event as It;
    let review = |priority: &PriorityId, due_at: Option<Timestamp>| match due_at {
        Some(due_at) => {
            rows.put(due_at, &priority.to_string(), &What::Review { priority: *priority, due_at })
        }
        None => rows.drop("review", &priority.to_string()),
    };
    match event {
        It::PrioritySet { priority, review_at, .. } | It::PriorityRevised { priority, review_at, .. } => {
            review(priority, *review_at)
        }
        It::ReviewFellDue { priority, next_at, .. } => review(priority, Some(*next_at)),
        It::PriorityRetired { priority, .. } => review(priority, None),
        It::PriorityReranked { .. } => Ok(()),
    }
}

fn project(rows: &Rows<'_>, event: &project::Event) -> Result<(), ViewError> {
    use project::Event as It;
    match event {
        It::StageEntered { stage, due_at, report_at, .. } => {
            rows.drop("stage", "")?;
            stage_begins(rows, stage, *due_at, *report_at)
        }
        It::LawAmended { stage, due_at, report_at, since, .. } => {
            // Where a stage goes on with the end that it had, what came of that end is not to come again.
            let end = rows.pending("stage")?.map(|it| it.0);
            if since.is_none() || end != due_at.map(rows::not_before) {
                rows.drop("stage", "")?;
            }
            stage_begins(rows, stage, *due_at, *report_at)
        }
        It::StageExpired { .. } => rows.rest("stage", true),
        It::ReportFellDue { stage, term, next_at, .. } => {
            let (stage, term) = (stage.clone(), term.saturating_add(1));
            rows.put(*next_at, "", &What::Report { stage, term })
        }
        It::ProjectSuspended { .. } => rows.rest("report", true),
        It::ProjectResumed { .. } => rows.rest("report", false),
        It::ProjectRejected { .. } | It::ProjectCompleted { .. } | It::ProjectCancelled { .. } => {
            rows.drop("stage", "")?;
            rows.drop("report", "")
        }
        It::ProjectProposed { .. }
        | It::PriorityCited { .. }
        | It::ProvisionCited { .. }
        | It::CitationRevoked { .. }
        | It::ReviewRecorded { .. }
        | It::DocumentAttached { .. }
        | It::ProjectApproved { .. }
        | It::FundsPledged { .. }
        | It::FundsCommitted { .. }
        | It::FundsReceived { .. }
        | It::ProjectFunded { .. }
        | It::FundsReduced { .. }
        | It::FundsWithdrawn { .. }
        | It::FundsDisbursed { .. }
        | It::ExpenditureRecorded { .. }
        | It::TransactionReversed { .. }
        | It::BudgetRevised { .. }
        | It::ScopeRevised { .. }
        | It::IndicatorDefined { .. }
        | It::TargetSet { .. }
        | It::ResultReported { .. }
        | It::ResultVerified { .. }
        | It::CitationFlagged { .. }
        | It::GateExamined { .. } => Ok(()),
    }
}

fn stage_begins(
    rows: &Rows<'_>,
    stage: &StageName,
    due_at: Option<Timestamp>,
    report_at: Option<Timestamp>,
) -> Result<(), ViewError> {
    rows.put_or_drop(due_at, &What::Stage { stage: stage.clone() })?;
    rows.put_or_drop(report_at, &What::Report { stage: stage.clone(), term: 1 })
}

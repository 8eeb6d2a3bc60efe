//! What happened, in a sentence.
use crate::codec::AnyEvent;
use crate::domain::{
    charter, consultation, evidence, mandate, meeting, partner, priority, project, recommendation, redaction,
    task,
};

/// The event as a sentence that a person understands who knows which stream it is in.
pub fn sentence(event: &AnyEvent) -> String {
    match event {
        AnyEvent::Partner(it) => of_partner(it),
        AnyEvent::Mandate(it) => of_mandate(it),
        AnyEvent::Evidence(it) => of_evidence(it),
        AnyEvent::Charter(it) => of_charter(it),
        AnyEvent::Meeting(it) => of_meeting(it),
        AnyEvent::Recommendation(it) => of_recommendation(it),
        AnyEvent::Consultation(it) => of_consultation(it),
        AnyEvent::Priority(it) => of_priority(it),
        AnyEvent::Project(it) => of_project(it),
        AnyEvent::Task(it) => of_task(it),
        AnyEvent::Redaction(it) => of_redaction(it),
    }
}

fn of_partner(event: &partner::Event) -> String {
    use partner::Event as It;
    match event {
        It::PartnerAdmitted { name, .. } => format!("{name} was admitted"),
        It::ObserverStatusGranted { name, .. } => format!("{name} became an observer"),
        It::PartnerRenamed { name } => format!("The partner is now called {name}"),
        It::PartnerWithdrawn { reason } => format!("The partner left: {reason}"),
        It::RoleGranted { role } => format!("The partner got the role {role}"),
        It::RoleRevoked { role } => format!("The partner lost the role {role}"),
        It::KeyProposed { key_id, .. } => format!("A key was put forward: {key_id}"),
        It::KeyConfirmed { key_id, .. } => format!("A key was confirmed: {key_id}"),
        It::KeyRevoked { key_id, reason } => format!("A key was revoked: {key_id}: {reason}"),
    }
}

fn of_mandate(event: &mandate::Event) -> String {
    use mandate::Event as It;
    match event {
        It::MandateRecorded { symbol, title, .. } => format!("{symbol} was put on record: {title}"),
        It::TextVersionRecorded { version, .. } => format!("The text {version} was put on record"),
        It::ProvisionDefined { locator, subject, .. } => format!("{locator} was defined: {subject}"),
        It::ProvisionsLinked { relation, to, .. } => format!("A provision {} {to}", worded(relation)),
        It::MandateSuperseded { symbol, .. } => format!("{symbol} stands in its place"),
        It::CitationRetained { citing, decided_by, .. } => {
            format!("{decided_by} decided that {citing} keeps citing it")
        }
    }
}

fn worded(it: &mandate::Relation) -> &'static str {
    match it {
        mandate::Relation::Implements => "implements",
        mandate::Relation::Reaffirms => "reaffirms",
        mandate::Relation::AlignsWith => "aligns with",
    }
}

fn of_evidence(event: &evidence::Event) -> String {
    use evidence::Event as It;
    match event {
        It::EvidenceSubmitted { title, .. } => format!("Evidence was submitted: {title}"),
        It::EvidenceWithdrawn { reason } => format!("The evidence was withdrawn: {reason}"),
    }
}

fn of_charter(event: &charter::Event) -> String {
    use charter::Event as It;
    match event {
        It::CharterPublished { edition, law, .. } => {
            format!("Edition {edition} of {} was published", law.title)
        }
        It::CharterRetired { reason } => format!("The charter was retired: {reason}"),
    }
}

fn of_meeting(event: &meeting::Event) -> String {
    use meeting::Event as It;
    match event {
        It::MeetingConvened { title, days, .. } => format!("{title} was called for {days}"),
        It::MeetingPostponed { days, reason } => format!("The meeting was moved to {days}: {reason}"),
        It::MeetingOpened {} => "The meeting was opened".into(),
        It::AttendanceRecorded { attendees } => format!("{} are there", attendees.len()),
        It::QuorumEstablished { present, of, needed } => {
            format!("There is a quorum: {present} of {of} are there and {needed} are needed")
        }
        It::MeetingClosed {} => "The meeting was closed".into(),
    }
}

fn of_recommendation(event: &recommendation::Event) -> String {
    use recommendation::Event as It;
    match event {
        It::RecommendationDrafted { title, .. } => format!("{title} was drafted"),
        It::TextRevised { .. } => "The text was revised".into(),
        It::ParagraphBracketed { paragraph, reason } => format!("{paragraph} is not agreed: {reason}"),
        It::ParagraphAgreed { paragraph } => format!("{paragraph} is agreed"),
        It::RecommendationWithdrawn { reason, .. } => format!("The recommendation was withdrawn: {reason}"),
        It::FollowUpReported { report, .. } => format!("This became of it: {report}"),
        It::RecommendationEndorsed { .. } => "Every forum adopted it: it is ready for a priority".into(),
        It::RecommendationAnswered { priority, .. } => format!("The priority {priority} answers it"),
    }
}

fn of_consultation(event: &consultation::Event) -> String {
    use consultation::Event as It;
    match event {
        It::ConsultationOpened { forum, roster, .. } => {
            format!("A text was put before {} with {} seats", forum.title, roster.len())
        }
        It::PositionTaken { .. } => "A member took a position".into(),
        It::ObjectionRaised { reason, .. } => format!("A member objected: {reason}"),
        It::ObjectionLifted { .. } => "A member took its objection back".into(),
        It::TextRevised { .. } => "Another text is before the forum".into(),
        It::DeadlineExtended { deadline } => format!("Silence now ends at {deadline}"),
        It::VoteRequested { present, of, .. } => format!("A vote was asked for; {present} of {of} are there"),
        It::VoteCast { vote, .. } => format!("A member voted {vote}"),
        It::VoteCorrected { vote, .. } => format!("A member corrected its vote to {vote}"),
        It::TallyDeclared { declared } => format!("The chair declared {}", figures(declared)),
        It::TallyDisputed { declared, recorded } => {
            format!("The chair declared {}, and the names add up to {}", figures(declared), figures(recorded))
        }
        It::ConsensusReached { .. } => "The text was adopted without a vote".into(),
        It::AdoptedByVote { recorded, .. } => format!("The text was adopted by {}", figures(recorded)),
        It::ConsensusNotReached { .. } => "The text was not adopted".into(),
        It::StatementRecorded { statement, .. } => format!("A party said: {statement}"),
    }
}

fn figures(it: &consultation::Tally) -> String {
    format!("{} to {} with {} abstaining", it.yes, it.no, it.abstain)
}

fn of_priority(event: &priority::Event) -> String {
    use priority::Event as It;
    match event {
        It::PrioritySet { title, rank, .. } => format!("{title} was set at rank {rank}"),
        It::PriorityReranked { rank, .. } => format!("A priority moved to rank {rank}"),
        It::PriorityRevised { reason, .. } => format!("A priority was revised: {reason}"),
        It::ReviewFellDue { role, .. } => format!("{role} has to look at a priority again"),
        It::PriorityRetired { reason, .. } => format!("A priority was taken off the list: {reason}"),
    }
}

fn of_project(event: &project::Event) -> String {
    use project::Event as It;
    match event {
        It::ProjectProposed { title, .. } => format!("{title} was proposed"),
        It::PriorityCited { priority } => format!("The project answers {priority}"),
        It::ProvisionCited { provision, decided_by, .. } => {
            format!("The project cites {provision}, as {decided_by} allowed")
        }
        It::CitationRevoked { cited, reason } => format!("The project cites {cited} no longer: {reason}"),
        It::ReviewRecorded { kind, verdict, .. } => format!("A {kind} review came to: {verdict}"),
        It::DocumentAttached { kind, document } => format!("The {kind} {} was attached", document.symbol),
        It::ProjectApproved { role, .. } => format!("A partner approved the project as {role}"),
        It::ProjectRejected { reason } => format!("The project was turned down: {reason}"),
        It::StageEntered { stage, .. } => format!("The project entered the stage {stage}"),
        It::ProjectSuspended { reason } => format!("The project rests: {reason}"),
        It::ProjectResumed { reason } => format!("The project goes on: {reason}"),
        It::ProjectCompleted { .. } => "The project was completed".into(),
        It::ProjectCancelled { reason } => format!("The project was cancelled: {reason}"),
        It::ScopeRevised { reason, .. } => format!("The project's scope was revised: {reason}"),
        It::IndicatorDefined { title, .. } => format!("Success is measured by: {title}"),
        It::TargetSet { value, period, .. } => format!("{value} are aimed at in {period}"),
        It::ResultReported { value, period, .. } => format!("{value} were reported for {period}"),
        It::ResultVerified { verification, .. } => format!("A result was {verification}"),
        It::LawAmended { charter, reason, .. } => format!("{charter} governs the project now: {reason}"),
        It::StageExpired { stage, .. } => format!("The time of the stage {stage} is up"),
        It::ReportFellDue { role, .. } => format!("{role} has to report"),
        It::CitationFlagged { cited, because: project::Flaw::PriorityRetired, .. } => {
            format!("The priority {cited} that the project answers is off its list")
        }
        It::CitationFlagged { cited, because: project::Flaw::TextSuperseded, .. } => {
            format!("A newer text stands in the place of {cited}, which the project cites")
        }
        It::GateExamined { stage, missing, .. } if missing.is_empty() => {
            format!("The gate of the stage {stage} is open")
        }
        It::GateExamined { stage, missing, .. } => {
            format!(
                "The gate of the stage {stage} stays shut: {} of its requirements do not hold",
                missing.len()
            )
        }
        It::FundsPledged { .. }
        | It::FundsCommitted { .. }
        | It::FundsReceived { .. }
        | It::ProjectFunded { .. }
        | It::FundsReduced { .. }
        | It::FundsWithdrawn { .. }
        | It::FundsDisbursed { .. }
        | It::ExpenditureRecorded { .. }
        | It::TransactionReversed { .. }
        | It::BudgetRevised { .. } => of_money(event).unwrap_or_default(),
    }
}

fn of_money(event: &project::Event) -> Option<String> {
    use project::Event as It;
    Some(match event {
        It::FundsPledged { donor, movement } => format!("{} pledged {}", donor.name, movement.amount),
        It::FundsCommitted { donor, movement, .. } => format!("{} committed {}", donor.name, movement.amount),
        It::FundsReceived { donor, movement, .. } => {
            format!("{} came in from {}", movement.amount, donor.name)
        }
        It::ProjectFunded { funded, budget, .. } => format!("The project is funded: {funded} of {budget}"),
        It::FundsReduced { by, reason, .. } => format!("{by} less will come: {reason}"),
        It::FundsWithdrawn { reason, .. } => format!("Funds were withdrawn: {reason}"),
        It::FundsDisbursed { to, movement, .. } => format!("{} was passed on to {to}", movement.amount),
        It::ExpenditureRecorded { purpose, movement, .. } => {
            format!("{} was spent on {purpose}", movement.amount)
        }
        It::TransactionReversed { amount, reason, .. } => {
            format!("A transaction was undone, which comes to {amount}: {reason}")
        }
        It::BudgetRevised { budget, reason } => format!("The budget is now {budget}: {reason}"),
        It::ProjectProposed { .. }
        | It::PriorityCited { .. }
        | It::ProvisionCited { .. }
        | It::CitationRevoked { .. }
        | It::ReviewRecorded { .. }
        | It::DocumentAttached { .. }
        | It::ProjectApproved { .. }
        | It::ProjectRejected { .. }
        | It::StageEntered { .. }
        | It::ProjectSuspended { .. }
        | It::ProjectResumed { .. }
        | It::ProjectCompleted { .. }
        | It::ProjectCancelled { .. }
        | It::ScopeRevised { .. }
        | It::IndicatorDefined { .. }
        | It::TargetSet { .. }
        | It::ResultReported { .. }
        | It::ResultVerified { .. }
        | It::LawAmended { .. }
        | It::StageExpired { .. }
        | It::ReportFellDue { .. }
        | It::CitationFlagged { .. }
        | It::GateExamined { .. } => return None,
    })
}

fn of_task(event: &task::Event) -> String {
    use task::Event as It;
    match event {
        It::TaskOpened { title, role, .. } => format!("There is work for {role}: {title}"),
        It::TaskClaimed { worker, until } => format!("{worker} has it until {until}"),
        It::LeaseExtended { worker, until } => format!("{worker} keeps it until {until}"),
        It::TaskCompleted { outcome, .. } => format!("The work is done: {outcome}"),
        It::TaskFailed { attempt, reason, .. } => format!("Attempt {attempt} did not work: {reason}"),
        It::LeaseExpired { worker, until, .. } => format!("{worker} had it until {until} and was not done"),
        It::IncidentRaised { attempts } => format!("A person must look after {attempts} attempts"),
        It::IncidentResolved { resolution } => format!("The incident was resolved: {resolution}"),
        It::TaskEscalated { to, reason } => format!("{to} has to see to it: {reason}"),
        It::TaskCancelled { reason } => format!("The work was called off: {reason}"),
    }
}

fn of_redaction(event: &redaction::Event) -> String {
    use redaction::Event as It;
    match event {
        It::RedactionRequested { event, legal_basis, reason, .. } => {
            format!("Texts were asked to be wiped from {} ({legal_basis}): {reason}", event.reference())
        }
        It::RedactionApproved { event, legal_basis, .. } => {
            format!("It was approved to wipe texts from {} ({legal_basis})", event.reference())
        }
        It::RedactionDeclined { reason } => format!("It was declined to wipe anything: {reason}"),
        It::RedactionCarriedOut { event } => format!("The texts were wiped from {}", event.reference()),
    }
}

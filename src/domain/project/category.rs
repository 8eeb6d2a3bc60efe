//! How a caller should take a project's refusal, and what would have to be so first.
use super::{Missing, Rejection};
use crate::domain::charter::RequirementKind;
use crate::domain::{Category, Unmet};

impl crate::domain::Rejection for Rejection {
    fn reason(&self) -> &'static str {
        match self {
            Rejection::Uncitable(uncitable) => uncitable.reason(),
            Rejection::Unvouched(unvouched) => unvouched.reason(),
            other => other.into(),
        }
    }

    fn category(&self) -> Category {
        category(self)
    }

    fn unmet(&self) -> Vec<Unmet> {
        match self {
            Rejection::GateClosed { missing, .. } => missing.iter().map(unmet).collect(),
            _ => Vec::new(),
        }
    }
}

fn unmet(it: &Missing) -> Unmet {
    let kind = RequirementKind::from(&it.requirement).into();
    Unmet { kind, subject: it.requirement.to_string(), description: it.because.clone() }
}

fn category(rejection: &Rejection) -> Category {
    match rejection {
        Rejection::NotProposed
        | Rejection::NoSuchTransaction { .. }
        | Rejection::NoSuchIndicator { .. }
        | Rejection::NoSuchResult { .. } => Category::NotFound,
        Rejection::AlreadyProposed { .. }
        | Rejection::AlreadyCited { .. }
        | Rejection::TransactionTwice { .. }
        | Rejection::IndicatorTwice { .. }
        | Rejection::ResultTwice { .. } => Category::AlreadyExists,
        Rejection::NotAMember { .. }
        | Rejection::RoleNotHeld { .. }
        | Rejection::IsProposer
        | Rejection::IsPublisher
        | Rejection::SpokeForAnother { .. }
        | Rejection::ActsForAnother { .. }
        | Rejection::IsProposingPartner
        | Rejection::IsReporter => Category::Forbidden,
        Rejection::AnotherCharter { .. }
        | Rejection::NoSuchStage { .. }
        | Rejection::NoSuchRole { .. }
        | Rejection::NoPartnerNamed { .. }
        | Rejection::SectorsDoNotSum { .. }
        | Rejection::SectorTwice { .. }
        | Rejection::SectorEmpty { .. }
        | Rejection::OwnParent
        | Rejection::BadAmount(_)
        | Rejection::NegativeWithoutOrigin
        | Rejection::BadValueDate { .. }
        | Rejection::WrongTransaction { .. }
        | Rejection::AnotherDonor { .. }
        | Rejection::AnotherCurrency { .. }
        | Rejection::ForeignTask { .. }
        | Rejection::AnotherUnit { .. } => Category::Invalid,
        Rejection::Uncitable(_)
        | Rejection::Over { .. }
        | Rejection::Unvouched(_)
        | Rejection::Suspended
        | Rejection::CharterRetired
        | Rejection::EditionOutdated { .. }
        | Rejection::SameEdition { .. }
        | Rejection::NoStages
        | Rejection::ParentOver { .. }
        | Rejection::NotCited { .. }
        | Rejection::PriorityRetired { .. }
        | Rejection::PriorityOfAnotherCharter { .. }
        | Rejection::ProvisionSuperseded { .. }
        | Rejection::NoBasis
        | Rejection::NothingLeft { .. }
        | Rejection::BeyondWhatIsLeft { .. }
        | Rejection::LeavesNothing { .. }
        | Rejection::AlreadyReversed { .. }
        | Rejection::StageNotCurrent { .. }
        | Rejection::LastStage { .. }
        | Rejection::NotInLastStage { .. }
        | Rejection::GateClosed { .. }
        | Rejection::EvidenceWithdrawn { .. }
        | Rejection::AlreadyVerified { .. } => Category::Precondition,
    }
}

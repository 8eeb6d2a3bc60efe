//! What a law says, in the words of those who live under it.
use super::{Consequence, Forum, FundingBasis, Method, Requirement, Rule};
use crate::domain::text::counted;
use std::fmt;

impl fmt::Display for Requirement {
    /// As a sentence without its end: `a review (technical) as expert passed`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReviewPassed { kind, role } => write!(f, "a review ({kind}) as {role} passed"),
            Self::Approvals { role, count: 1 } => write!(f, "a partner approved as {role}"),
            Self::Approvals { role, count } => write!(f, "{count} partners approved as {role}"),
            Self::CitesLivePriority => f.write_str("a live priority is cited"),
            Self::CitesProvisionInForce => f.write_str("a provision in force is cited"),
            Self::Funded { percent, basis: FundingBasis::Committed } => {
                write!(f, "{percent} % of the budget is committed")
            }
            Self::Funded { percent, basis: FundingBasis::Received } => {
                write!(f, "{percent} % of the budget has come in")
            }
            Self::DocumentAttached { kind } => write!(f, "a document of the kind {kind} is attached"),
            Self::ResultsReported { indicators: 1, verified } => {
                write!(f, "an indicator has a {}result", verified_or_not(*verified))
            }
            Self::ResultsReported { indicators, verified } => {
                write!(f, "{indicators} indicators have a {}result", verified_or_not(*verified))
            }
            Self::DateReached { days: 1 } => f.write_str("1 day in the stage is over"),
            Self::DateReached { days } => write!(f, "{days} days in the stage are over"),
            Self::NoOpenObjection => f.write_str("no objection of a reviewer is open"),
            Self::TaskDone { kind } => write!(f, "the task {kind} is done"),
        }
    }
}

fn verified_or_not(verified: bool) -> &'static str {
    if verified { "verified " } else { "" }
}

impl fmt::Display for Consequence {
    /// What comes of it: `it is suspended`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Escalate(role) => write!(f, "{role} has to see to it"),
            Self::Suspend => f.write_str("it is suspended"),
            Self::Cancel => f.write_str("it is cancelled"),
        }
    }
}

impl Forum {
    /// How it decides, rule by rule: `consensus with 1/3 of the roster there`.
    pub fn decides(&self) -> Vec<String> {
        self.rules.iter().map(|it| self.decides_by(it)).collect()
    }

    fn decides_by(&self, rule: &Rule) -> String {
        let quorum = self.quorum.map(|it| format!(" with {it} of the roster there")).unwrap_or_default();
        match (rule, self.silence_min_hours) {
            (Rule::Silence, Some(hours)) => format!("silence of {} or more", counted(hours, "hour")),
            (Rule::Silence | Rule::Unanimity, _) => rule.method().to_string(),
            (Rule::Consensus, _) => format!("{}{quorum}", Method::Consensus),
            (Rule::Majority(it), _) => {
                let strictly = if it.strict { "more than" } else { "at least" };
                format!("{strictly} {} of the votes{quorum}", it.share)
            }
        }
    }
}

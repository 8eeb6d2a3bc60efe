//! What a charter's text may say, key by key: the shapes of `law.rs` as people write them.
use super::{At, Fields, StandIn, choice, count, flag, word};
use crate::domain::charter::{
    Consequence, Forum, Fraction, Funding, FundingBasis, Law, Majority, Method, PriorityLaw, ProjectLaw,
    RecommendationLaw, Reporting, Requirement, RequirementKind, Rule, Stage, Standing, TaskOrder,
};
use crate::domain::text::{Slug, Text};

pub(in crate::domain::charter) fn law(it: &mut Fields<'_, '_>) -> Law {
    Law {
        name: it.required("name", word),
        title: it.required("title", word),
        roles: it.required("roles", words),
        pillars: it.required("pillars", words),
        routes: it.optional("routes", words).unwrap_or_default(),
        forums: it.required("forums", |at| at.items(|at| at.table(forum))),
        recommendations: it.required("recommendations", |at| at.table(recommendations)),
        priorities: it.required("priorities", |at| at.table(priorities)),
        projects: it.required("projects", |at| at.table(projects)),
    }
}

fn words(at: At<'_, '_>) -> Option<Vec<Slug>> {
    at.items(word)
}

fn forum(it: &mut Fields<'_, '_>) -> Forum {
    Forum {
        name: it.required("name", word),
        title: it.required("title", word),
        standing: it.required("standing", choice),
        rules: it.required("rules", |at| at.items(rule)),
        quorum: it.optional("quorum", fraction),
        silence_min_hours: it.optional("silence_min_hours", count),
        fallback: it.optional("fallback", |at| at.table(majority)),
        reservations_max: it.optional("reservations_max", count),
        signed: it.optional("signed", flag).unwrap_or_default(),
    }
}

fn fraction(at: At<'_, '_>) -> Option<Fraction> {
    at.by(|text| Fraction::try_from(text.to_owned()))
}

fn majority(it: &mut Fields<'_, '_>) -> Majority {
    Majority {
        share: it.required("share", fraction),
        strict: it.optional("strict", flag).unwrap_or_default(),
    }
}

fn rule(at: At<'_, '_>) -> Option<Rule> {
    let (named, inside) = at.tagged()?;
    let plain = |rule| match &inside {
        Err(_) => Ok(rule),
        Ok(_) => Err(format!("takes nothing inside: write \"{named}\"")),
    };
    let found = match named.parse() {
        Ok(Method::Silence) => plain(Rule::Silence),
        Ok(Method::Consensus) => plain(Rule::Consensus),
        Ok(Method::Unanimity) => plain(Rule::Unanimity),
        Ok(Method::Majority) => match inside {
            Ok(at) => return at.table(majority).map(Rule::Majority),
            Err(at) => {
                let shape = "needs its share: write { majority = { share = \"1/2\", strict = true } }";
                return at.refuse(shape);
            }
        },
        Err(_) => Err(unknown::<Method>("rule", named)),
    };
    match (found, inside) {
        (Ok(rule), _) => Some(rule),
        (Err(message), Ok(at) | Err(at)) => at.refuse(message),
    }
}

fn unknown<T: strum::VariantNames>(what: &str, word: &str) -> String {
    format!("there is no {what} {word}: take one of {}", T::VARIANTS.join(", "))
}

fn recommendations(it: &mut Fields<'_, '_>) -> RecommendationLaw {
    RecommendationLaw {
        forums: it.required("forums", words),
        take_up_days: it.optional("take_up_days", count),
        escalate_to: it.optional("escalate_to", word),
    }
}

fn priorities(it: &mut Fields<'_, '_>) -> PriorityLaw {
    PriorityLaw {
        set_by: it.required("set_by", word),
        basis: it.required("basis", word),
        review_days: it.optional("review_days", count),
        escalate_to: it.optional("escalate_to", word),
    }
}

fn projects(it: &mut Fields<'_, '_>) -> ProjectLaw {
    ProjectLaw {
        stages: it.required("stages", |at| at.items(|at| at.table(stage))),
        funding: it.required("funding", |at| at.table(funding)),
        steward: it.optional("steward", word),
    }
}

fn funding(it: &mut Fields<'_, '_>) -> Funding {
    Funding {
        threshold_percent: it.required("threshold_percent", count),
        basis: it.required("basis", choice),
        signed: it.optional("signed", flag).unwrap_or_default(),
    }
}

fn stage(it: &mut Fields<'_, '_>) -> Stage {
    Stage {
        name: it.required("name", word),
        title: it.required("title", word),
        gate: it.optional("gate", |at| at.items(requirement)).unwrap_or_default(),
        deadline_days: it.optional("deadline_days", count),
        on_expiry: it.optional("on_expiry", consequence),
        tasks: it.optional("tasks", |at| at.items(|at| at.table(task))).unwrap_or_default(),
        report: it.optional("report", |at| at.table(reporting)),
    }
}

fn reporting(it: &mut Fields<'_, '_>) -> Reporting {
    Reporting {
        every_days: it.required("every_days", count),
        role: it.required("role", word),
        escalate_to: it.optional("escalate_to", word),
    }
}

fn consequence(at: At<'_, '_>) -> Option<Consequence> {
    let shape = "must be \"suspend\", \"cancel\" or { escalate = ROLE }";
    match at.tagged()? {
        ("suspend", Err(_)) => Some(Consequence::Suspend),
        ("cancel", Err(_)) => Some(Consequence::Cancel),
        ("escalate", Ok(at)) => word(at).map(Consequence::Escalate),
        (_, Ok(at) | Err(at)) => at.refuse(shape),
    }
}

fn task(it: &mut Fields<'_, '_>) -> TaskOrder {
    TaskOrder {
        kind: it.required("kind", word),
        title: it.required("title", word),
        role: it.required("role", word),
        due_days: it.optional("due_days", count),
        escalate_to: it.optional("escalate_to", word),
    }
}

fn requirement(at: At<'_, '_>) -> Option<Requirement> {
    use RequirementKind as Kind;
    let (named, inside) = at.tagged()?;
    let kind = match (named.parse::<Kind>(), &inside) {
        (Ok(kind), _) => kind,
        (Err(_), _) => {
            let (Ok(at) | Err(at)) = inside;
            return at.refuse(unknown::<Kind>("requirement", named));
        }
    };
    let plain = match kind {
        Kind::CitesLivePriority => Requirement::CitesLivePriority,
        Kind::CitesProvisionInForce => Requirement::CitesProvisionInForce,
        Kind::NoOpenObjection => Requirement::NoOpenObjection,
        Kind::ReviewPassed
        | Kind::Approvals
        | Kind::Funded
        | Kind::DocumentAttached
        | Kind::ResultsReported
        | Kind::DateReached
        | Kind::TaskDone => {
            return match inside {
                Ok(at) => at.table(|it| detailed(kind, it)),
                Err(at) => at.refuse(format!("{named} needs to say more: write {}", shape(kind))),
            };
        }
    };
    match inside {
        Err(_) => Some(plain),
        Ok(at) => at.refuse(format!("takes nothing inside: write \"{named}\"")),
    }
}

fn detailed(kind: RequirementKind, it: &mut Fields<'_, '_>) -> Requirement {
    use RequirementKind as Kind;
    match kind {
        Kind::ReviewPassed => {
            Requirement::ReviewPassed { kind: it.required("kind", word), role: it.required("role", word) }
        }
        Kind::Approvals => {
            Requirement::Approvals { role: it.required("role", word), count: it.required("count", count) }
        }
        Kind::Funded => Requirement::Funded {
            percent: it.required("percent", count),
            basis: it.required("basis", choice),
        },
        Kind::DocumentAttached => Requirement::DocumentAttached { kind: it.required("kind", word) },
        Kind::ResultsReported => Requirement::ResultsReported {
            indicators: it.required("indicators", count),
            verified: it.optional("verified", flag).unwrap_or_default(),
        },
        Kind::DateReached => Requirement::DateReached { days: it.required("days", count) },
        Kind::TaskDone => Requirement::TaskDone { kind: it.required("kind", word) },
        Kind::CitesLivePriority => Requirement::CitesLivePriority,
        Kind::CitesProvisionInForce => Requirement::CitesProvisionInForce,
        Kind::NoOpenObjection => Requirement::NoOpenObjection,
    }
}

/// How a requirement is written.
fn shape(kind: RequirementKind) -> &'static str {
    use RequirementKind as Kind;
    match kind {
        Kind::ReviewPassed => "{ review_passed = { kind = \"technical\", role = ROLE } }",
        Kind::Approvals => "{ approvals = { role = ROLE, count = 1 } }",
        Kind::CitesLivePriority => "\"cites_live_priority\"",
        Kind::CitesProvisionInForce => "\"cites_provision_in_force\"",
        Kind::Funded => "{ funded = { percent = 80, basis = \"committed\" } }",
        Kind::DocumentAttached => "{ document_attached = { kind = \"concept-note\" } }",
        Kind::ResultsReported => "{ results_reported = { indicators = 1, verified = true } }",
        Kind::DateReached => "{ date_reached = { days = 30 } }",
        Kind::NoOpenObjection => "\"no_open_objection\"",
        Kind::TaskDone => "{ task_done = { kind = KIND } }",
    }
}

impl StandIn for Slug {
    fn stand_in(nth: usize) -> Self {
        Slug::numbered(nth)
    }
}

impl<const MAX: usize> StandIn for Text<MAX> {
    fn stand_in(nth: usize) -> Self {
        Text::numbered(nth)
    }
}

macro_rules! stand_ins {
    ($($type:ty = |$nth:ident| $stand_in:expr;)*) => {$(
        impl StandIn for $type {
            fn stand_in($nth: usize) -> Self {
                $stand_in
            }
        }
    )*};
}

stand_ins! {
    u8 = |_nth| 1;
    u16 = |_nth| 1;
    u32 = |_nth| 1;
    Standing = |_nth| Standing::Partners;
    FundingBasis = |_nth| FundingBasis::Committed;
    Fraction = |_nth| Fraction::WHOLE;
    Rule = |_nth| Rule::Unanimity;
    Requirement = |nth| Requirement::DocumentAttached { kind: Slug::numbered(nth) };
    Funding = |_nth| Funding { threshold_percent: 1, basis: FundingBasis::Committed, signed: false };
    RecommendationLaw = |_nth| RecommendationLaw { forums: Vec::new(), take_up_days: None, escalate_to: None };
    PriorityLaw = |nth| PriorityLaw {
        set_by: Slug::numbered(nth),
        basis: Slug::numbered(nth),
        review_days: None,
        escalate_to: None,
    };
    ProjectLaw = |nth| ProjectLaw { stages: Vec::new(), funding: Funding::stand_in(nth), steward: None };
    Reporting = |nth| Reporting { every_days: 1, role: Slug::numbered(nth), escalate_to: None };
    Forum = |nth| Forum {
        name: Slug::numbered(nth),
        title: Text::numbered(nth),
        standing: Standing::Partners,
        rules: Vec::new(),
        quorum: None,
        silence_min_hours: None,
        fallback: None,
        reservations_max: None,
        signed: false,
    };
    Stage = |nth| Stage {
        name: Slug::numbered(nth),
        title: Text::numbered(nth),
        gate: Vec::new(),
        deadline_days: None,
        on_expiry: None,
        tasks: Vec::new(),
        report: None,
    };
    TaskOrder = |nth| TaskOrder {
        kind: Slug::numbered(nth),
        title: Text::numbered(nth),
        role: Slug::numbered(nth),
        due_days: None,
        escalate_to: None,
    };
}

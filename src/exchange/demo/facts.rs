//! The facts that the demonstration is made of: the files of examples/paris-pact, as they are in the repository.
use crate::exchange::desk::Failed;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The law of the pipeline.
pub(super) const CHARTER: &str = include_str!("../../../charters/paris-pact.toml");
/// The roll call; its digest stands for the text that is not at hand.
pub(super) const COMMISSION: &str = include_str!("../../../examples/paris-pact/commission.toml");
/// The survey's figures; the digest of this file is the evidence's.
pub(super) const EVIDENCE: &str = include_str!("../../../examples/paris-pact/evidence.toml");

/// All of them.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) partners: Partners,
    pub(super) mandates: Mandates,
    pub(super) meetings: Meetings,
    pub(super) recommendations: Recommendations,
    pub(super) commission: Commission,
    pub(super) evidence: Evidence,
    pub(super) projects: Projects,
}

impl Facts {
    pub(super) fn read() -> Result<Self, Failed> {
        Ok(Self {
            partners: parsed("partners", include_str!("../../../examples/paris-pact/partners.toml"))?,
            mandates: parsed("mandates", include_str!("../../../examples/paris-pact/mandates.toml"))?,
            meetings: parsed("meetings", include_str!("../../../examples/paris-pact/meetings.toml"))?,
            recommendations: parsed(
                "recommendations",
                include_str!("../../../examples/paris-pact/recommendations.toml"),
            )?,
            commission: parsed("commission", COMMISSION)?,
            evidence: parsed("evidence", EVIDENCE)?,
            projects: parsed("projects", include_str!("../../../examples/paris-pact/projects.toml"))?,
        })
    }
}

fn parsed<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Failed> {
    toml::from_str(text).map_err(|err| Failed::format(&format!("examples/paris-pact/{name}.toml"), err))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Partners {
    pub(super) source: String,
    pub(super) admitted_on: String,
    pub(super) roles_source: String,
    pub(super) countries: Vec<Party>,
    pub(super) organizations: Vec<Party>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Party {
    pub(super) code: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) roles: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mandates {
    pub(super) mandates: Vec<Mandate>,
    pub(super) supersessions: Vec<Supersession>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mandate {
    pub(super) key: String,
    pub(super) symbol: String,
    pub(super) title: String,
    pub(super) kind: Kind,
    pub(super) organ: Option<String>,
    pub(super) adopted_on: String,
    pub(super) version: String,
    pub(super) source: String,
    #[serde(default)]
    pub(super) provisions: Vec<Provision>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Convention,
    Declaration,
    Statement,
    Resolution,
    Agenda,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provision {
    pub(super) locator: String,
    pub(super) about: String,
    pub(super) checked: bool,
    #[serde(default)]
    pub(super) force: Force,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Force {
    #[default]
    Operative,
    Preambular,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Supersession {
    pub(super) older: String,
    pub(super) newer: String,
    pub(super) source: String,
    pub(super) since: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Meetings {
    pub(super) expert_working_group: Meeting,
    pub(super) policy_consultative_group: Meeting,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Meeting {
    pub(super) title: String,
    pub(super) source: String,
    pub(super) place: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) opens_at: jiff::Timestamp,
    pub(super) closes_at: jiff::Timestamp,
    pub(super) countries: usize,
    pub(super) organizations: usize,
    pub(super) certain: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recommendations {
    pub(super) source: String,
    pub(super) drafted_at: jiff::Timestamp,
    pub(super) list: String,
    pub(super) list_from: String,
    pub(super) list_until: String,
    pub(super) set_at: jiff::Timestamp,
    pub(super) silent_from: jiff::Timestamp,
    pub(super) silent_until: jiff::Timestamp,
    pub(super) recommendations: Vec<Recommendation>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recommendation {
    pub(super) key: String,
    pub(super) title: String,
    pub(super) pillar: String,
    pub(super) routes: Vec<String>,
    pub(super) text: String,
    pub(super) provisions: Vec<String>,
    pub(super) way: Way,
    pub(super) conflict: Option<Conflict>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Way {
    Meeting,
    Silence,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conflict {
    pub(super) kind: Dissent,
    pub(super) party: String,
    pub(super) paragraph: String,
    pub(super) words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Dissent {
    Objection,
    Reservation,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Commission {
    pub(super) source: String,
    pub(super) symbol: String,
    pub(super) title: String,
    pub(super) meeting: String,
    pub(super) place: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) opened_at: jiff::Timestamp,
    pub(super) voted_at: jiff::Timestamp,
    pub(super) requested_by: String,
    pub(super) declared: Declared,
    pub(super) yes: Vec<Party>,
    pub(super) no: Vec<Party>,
    pub(super) abstain: Vec<Party>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declared {
    pub(super) yes: u32,
    pub(super) no: u32,
    pub(super) abstain: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Evidence {
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) source: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) places: Vec<String>,
    pub(super) measures: Vec<Measure>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measure {
    pub(super) name: String,
    pub(super) amount: i64,
    pub(super) unit: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Projects {
    pub(super) source: String,
    pub(super) donor: String,
    pub(super) approving_donor: String,
    pub(super) projects: Vec<Project>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) uninfo: u32,
    pub(super) country: String,
    pub(super) title: String,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) required: i64,
    pub(super) available: i64,
    pub(super) spent: i64,
    pub(super) answers: Option<String>,
    pub(super) reaches: Stage,
    pub(super) told_as: Option<ToldAs>,
    /// The kind of evidence that says what came of it.
    pub(super) measured_by: Option<String>,
}

/// The charter's stages, in its order, and the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Stage {
    Proposal,
    Appraisal,
    Funding,
    Implementation,
    Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ToldAs {
    Complete,
    Contested,
    Stale,
    Broken,
}

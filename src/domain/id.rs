//! Identity of everything that has a stream or is named inside one: typed UUIDs.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::{Uuid, uuid};

/// The namespace of ids derived from natural keys. Never change it: streams are found through it.
const NAMESPACE: Uuid = uuid!("6f1d5c5e-4b0b-5a7e-9a51-70616374706c");

macro_rules! ids {
    ($($(#[doc = $doc:literal])* $name:ident = $kind:literal;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The id that belongs to a natural key: the same key always gives the same id, which is how
            /// a key is kept unique across streams.
            pub fn of(key: &str) -> Self {
                Self(Uuid::new_v5(&NAMESPACE, format!(concat!($kind, ":{}"), key).as_bytes()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::try_parse(text).map(Self).map_err(|_| BadId)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// A country or organization; derived from its ISO 3166 code or its acronym.
    PartnerId = "partner";
    /// An instrument: a convention, declaration, resolution; derived from its symbol.
    MandateId = "mandate";
    /// A numbered part of an instrument's text.
    ProvisionId = "provision";
    /// A piece of evidence; derived from its digest.
    EvidenceId = "evidence";
    /// The law of a pipeline; derived from its name.
    CharterId = "charter";
    /// A meeting of a forum.
    MeetingId = "meeting";
    /// A recommendation.
    RecommendationId = "recommendation";
    /// One decision being taken by one forum on one text.
    ConsultationId = "consultation";
    /// A ranked list of priorities: one per charter, list name and period.
    ListId = "list";
    /// A priority on a list.
    PriorityId = "priority";
    /// A technical assistance project.
    ProjectId = "project";
    /// Work for a person or a service.
    TaskId = "task";
    /// What is wiped from one event; derived from its place.
    RedactionId = "redaction";
    /// One movement of money.
    TransactionId = "transaction";
    /// An indicator of a project's results.
    IndicatorId = "indicator";
    /// One reported result.
    ResultId = "result";
}

/// The id of the `nth` thing that `what` made of the event: whoever derives it gets the same one, so that doing it
/// twice is doing it once. Never change it: what was done is recognised by it.
pub fn caused(event_id: Uuid, what: &str, nth: u64) -> Uuid {
    Uuid::new_v5(&event_id, format!("{what}/{nth}").as_bytes())
}

/// The text is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID; ids look like 6f1d5c5e-4b0b-5a7e-9a51-70616374706c")]
pub struct BadId;

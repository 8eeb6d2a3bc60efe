//! An event of either side: as it was signed, or as it is found.
use super::align::Known;
use super::fault::Named;
use crate::audit::leaf::Leaf;
use uuid::Uuid;

/// What is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// Its index as it was signed, or its place among what is found.
    pub(super) place: u64,
    /// What is committed to of it; `None` when that cannot be told.
    pub(super) leaf: Option<Leaf>,
    /// Why it cannot be read.
    pub(super) unreadable: Option<String>,
}

impl Event {
    pub(super) fn named(&self) -> Option<Named> {
        self.leaf.as_ref().map(|it| Named {
            id: it.id,
            stream: it.stream.to_string(),
            revision: it.revision,
            kind: it.kind.to_string(),
        })
    }

    /// In what the other, of the same id, is another.
    pub(super) fn differs_in(&self, other: &Self) -> Vec<&'static str> {
        let (Some(one), Some(other)) = (&self.leaf, &other.leaf) else {
            return vec!["what it was cannot be told"];
        };
        let parts = [
            ("its id", one.id != other.id),
            ("its stream", one.stream != other.stream),
            ("its revision", one.revision != other.revision),
            ("its type", one.kind != other.kind),
            ("when it was recorded", one.recorded_at_us != other.recorded_at_us),
            ("its data", one.data_sha256 != other.data_sha256),
            ("its metadata", one.meta_sha256 != other.meta_sha256),
        ];
        parts.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect()
    }
}

impl Known for Event {
    fn id(&self) -> Option<Uuid> {
        self.leaf.as_ref().map(|it| it.id)
    }

    fn says(&self, other: &Self) -> bool {
        match (&self.leaf, &other.leaf) {
            (Some(_), Some(_)) => self.differs_in(other).is_empty(),
            // What was signed cannot be told any more: the roots decide.
            (None, Some(_)) => true,
            (Some(_) | None, None) => other.unreadable.is_none(),
        }
    }
}

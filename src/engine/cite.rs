//! Looks up what a command cites: the event, exactly, and what it stands for now.
use super::Engine;
use crate::domain::Decider;
use crate::domain::Timestamp;
use crate::domain::charter::Charter;
use crate::domain::citation::{Citation, Reference};
use crate::domain::consultation::Consultation;
use crate::domain::evidence::Evidence;
use crate::domain::fact::{Fact, Facts};
use crate::domain::mandate::Mandate;
use crate::domain::meeting::Meeting;
use crate::domain::partner::Partner;
use crate::domain::priority::PriorityList;
use crate::domain::project::Project;
use crate::domain::recommendation::Recommendation;
use crate::domain::redaction::Redaction;
use crate::domain::task::Task;
use crate::log::Error;
use futures::TryStreamExt;
use uuid::Uuid;

impl Engine {
    /// What every one of `references` stands for at `at`. An event that is not there is left out; the rules
    /// say so where they ask for it.
    pub async fn facts(&self, references: &[Reference], at: Timestamp) -> Result<Facts, Error> {
        let mut facts = Facts::default();
        for reference in references {
            if let Some((event_id, fact)) = self.stands_for(reference, at).await? {
                let (stream, revision) = (reference.stream.clone(), reference.revision);
                facts.insert(Citation { event_id, stream, revision }, fact);
            }
        }
        Ok(facts)
    }

    async fn stands_for(
        &self,
        reference: &Reference,
        at: Timestamp,
    ) -> Result<Option<(Uuid, Option<Fact>)>, Error> {
        match reference.stream.kind() {
            Partner::KIND => self.attested::<Partner>(reference, at).await,
            Mandate::KIND => self.attested::<Mandate>(reference, at).await,
            Evidence::KIND => self.attested::<Evidence>(reference, at).await,
            Charter::KIND => self.attested::<Charter>(reference, at).await,
            Meeting::KIND => self.attested::<Meeting>(reference, at).await,
            Recommendation::KIND => self.attested::<Recommendation>(reference, at).await,
            Consultation::KIND => self.attested::<Consultation>(reference, at).await,
            PriorityList::KIND => self.attested::<PriorityList>(reference, at).await,
            Project::KIND => self.attested::<Project>(reference, at).await,
            Task::KIND => self.attested::<Task>(reference, at).await,
            Redaction::KIND => self.attested::<Redaction>(reference, at).await,
            _ => Ok(None),
        }
    }

    async fn attested<D: Decider>(
        &self,
        reference: &Reference,
        at: Timestamp,
    ) -> Result<Option<(Uuid, Option<Fact>)>, Error> {
        let remembered = self.memory.of::<D>(&reference.stream);
        let known = |remembered: &super::Remembered<D>| {
            let past = remembered.past();
            let (id, event) = past.citable.get(&reference.revision)?;
            Some((*id, past.state.attest(event, at)))
        };
        if !self.may_be_behind(&remembered)
            && let Some(found) = known(&remembered)
        {
            return Ok(Some(found));
        }
        self.catch_up(&reference.stream, &remembered).await?;
        match known(&remembered) {
            Some(found) => Ok(Some(found)),
            None => self.exists(reference).await,
        }
    }

    /// The event may be there and be one that nothing can rest on.
    async fn exists(&self, reference: &Reference) -> Result<Option<(Uuid, Option<Fact>)>, Error> {
        let mut chunks = self.log.read_stream(reference.stream.as_str(), reference.revision);
        let first = chunks.try_next().await?.and_then(|it| it.into_iter().next());
        Ok(first.map(|it| (it.id, None)))
    }
}

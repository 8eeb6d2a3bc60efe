//! Which live projects answer which priorities and provisions.
use super::NAME;
use super::consultations::Consultation;
use super::entry::Facets;
use super::priority::Priority;
use super::project::Project;
use super::query::Snapshot;
use super::recommendation::Recommendation;
use crate::views::{Answered, Ask, Horizon, ViewError, Views};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The live projects by what they answer; priorities by their PrioritySet, provisions by their
/// ProvisionDefined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    priorities: HashMap<String, BTreeSet<Uuid>>,
    provisions: HashMap<String, BTreeSet<Uuid>>,
}

/// The answers as of then.
pub async fn answers(views: &Views, ask: &Ask) -> Result<Answered<Answers>, ViewError> {
    ask.wait(views, NAME).await?;
    let as_of = ask.as_of;
    let found = views.ask(NAME, move |connection, position| {
        let horizon = Horizon::new(as_of, position);
        let found = Snapshot { connection, horizon }.answers()?;
        Ok(Answered { found, position: horizon.position })
    });
    found.await
}

impl Answers {
    /// How many live projects answer the priority with this PrioritySet.
    pub fn of_priority(&self, event: Uuid) -> usize {
        self.priorities.get(&event.to_string()).map_or(0, BTreeSet::len)
    }

    /// The ids of the ProvisionDefined of all provisions on which live projects rest.
    pub fn provisions(&self) -> impl Iterator<Item = &str> {
        self.provisions.keys().map(String::as_str)
    }

    /// How many live projects rest on the provision with this ProvisionDefined, directly or through a
    /// priority.
    pub fn of_provision(&self, event: Uuid) -> usize {
        self.provisions.get(&event.to_string()).map_or(0, BTreeSet::len)
    }
}

impl Snapshot<'_> {
    /// The answers as of then: from projects through priorities, decisions and the texts they adopted to the
    /// provisions that those serve.
    pub fn answers(&self) -> Result<Answers, ViewError> {
        let mut answers = Answers::default();
        self.each::<Project>(|id, facets| {
            if facets.has("live", "yes") {
                add(&mut answers.priorities, &facets, "priority", id);
                add(&mut answers.provisions, &facets, "provision", id);
            }
        })?;
        let provisions = self.provisions_by_text()?;
        let mut texts: HashMap<String, String> = HashMap::new();
        self.each::<Consultation>(|_, facets| {
            let pair = facets.of("adopted").next().zip(facets.of("text").next());
            texts.extend(pair.map(|(adopted, text)| (adopted.to_owned(), text.to_owned())));
        })?;
        self.each::<Priority>(|_, facets| {
            let projects = facets.of("event").next().and_then(|it| answers.priorities.get(it));
            let text = facets.of("adoption").next().and_then(|it| texts.get(it));
            let served = text.and_then(|it| provisions.get(it));
            for provision in served.into_iter().flatten() {
                let by = answers.provisions.entry(provision.clone()).or_default();
                by.extend(projects.into_iter().flatten());
            }
        })?;
        answers.provisions.retain(|_, by| !by.is_empty());
        Ok(answers)
    }

    /// The provisions that each text serves; also texts that were revised since, for decisions bind a text.
    fn provisions_by_text(&self) -> Result<HashMap<String, BTreeSet<String>>, ViewError> {
        let mut by_text: HashMap<String, BTreeSet<String>> = HashMap::new();
        self.ever::<Recommendation>(|facets| {
            for text in facets.of("text") {
                let served = facets.of("provision").map(str::to_owned);
                by_text.entry(text.to_owned()).or_default().extend(served);
            }
        })?;
        Ok(by_text)
    }

    /// The ids of the provisions' events that the recommendations on `pillar` serve.
    pub fn provisions_on(&self, pillar: &str) -> Result<BTreeSet<String>, ViewError> {
        let mut served = BTreeSet::new();
        self.each::<Recommendation>(|_, facets| {
            if facets.has("pillar", pillar) {
                served.extend(facets.of("provision").map(str::to_owned));
            }
        })?;
        Ok(served)
    }

    /// The ids of the events of the priorities that the filter lets through.
    pub fn priorities(&self, filter: impl Fn(Uuid, &Facets) -> bool) -> Result<BTreeSet<String>, ViewError> {
        let mut events = BTreeSet::new();
        self.each::<Priority>(|id, facets| {
            if filter(id, &facets) {
                events.extend(facets.of("event").map(str::to_owned));
            }
        })?;
        Ok(events)
    }
}

fn add(to: &mut HashMap<String, BTreeSet<Uuid>>, facets: &Facets, name: &str, project: Uuid) {
    for event in facets.of(name) {
        to.entry(event.to_owned()).or_default().insert(project);
    }
}

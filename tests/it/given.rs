//! given(events).when(command).then(events): a rule and its example in one line each.
use pactline::domain::citation::{Citation, Reference};
use pactline::domain::fact::{Fact, Facts};
use pactline::domain::id::PartnerId;
use pactline::domain::text::PersonId;
use pactline::domain::{self, Decider, Timestamp};
use std::fmt::Debug;

/// A stream in which `past` happened at the epoch, in a command asked by `tester` at the same time.
pub fn given<D: Decider>(past: impl IntoIterator<Item = D::Event>) -> Given<D> {
    given_at(Timestamp::UNIX_EPOCH, past)
}

/// A stream in which `past` took effect at `at`. What is asked next is asked at the same time, unless
/// [`Given::at`] says otherwise.
pub fn given_at<D: Decider>(at: Timestamp, past: impl IntoIterator<Item = D::Event>) -> Given<D> {
    let by = person("tester");
    let given = Given { state: D::default(), at, by, on_behalf_of: None, found: Vec::new() };
    given.and_at(at, past)
}

/// The person called `id`.
pub fn person(id: &str) -> PersonId {
    PersonId::try_from(id.to_owned()).unwrap()
}

/// A past, and what the next command may know.
pub struct Given<D> {
    state: D,
    at: Timestamp,
    by: PersonId,
    on_behalf_of: Option<PartnerId>,
    found: Vec<(Citation, Option<Fact>)>,
}

impl<D: Decider> Given<D> {
    /// Then `more` took effect at `at`.
    pub fn and_at(mut self, at: Timestamp, more: impl IntoIterator<Item = D::Event>) -> Self {
        more.into_iter().for_each(|event| self.state.evolve(&event, at));
        self.at = at;
        self
    }

    /// The next command is asked at `at`.
    pub fn at(self, at: Timestamp) -> Self {
        Self { at, ..self }
    }

    /// The next command is asked by `id`.
    pub fn by(self, id: &str) -> Self {
        Self { by: person(id), ..self }
    }

    /// The next command is asked on behalf of `partner`.
    pub fn on_behalf_of(self, partner: PartnerId) -> Self {
        Self { on_behalf_of: Some(partner), ..self }
    }

    /// There is an event `citation` that stands for `fact`.
    pub fn citing(mut self, citation: Citation, fact: impl Into<Fact>) -> Self {
        self.found.push((citation, Some(fact.into())));
        self
    }

    /// There is an event `citation` that nothing may rest on.
    pub fn citing_nothing(mut self, citation: Citation) -> Self {
        self.found.push((citation, None));
        self
    }

    /// What was remembered of the past.
    pub fn state(&self) -> &D {
        &self.state
    }

    /// Asks. As in the engine, `decide` gets to know the events that the command cites, and no others.
    pub fn when(self, command: D::Command) -> When<D> {
        let cited = self.state.cites(&command);
        let is = |it: &Citation, reference: &Reference| {
            it.stream == reference.stream && it.revision == reference.revision
        };
        let mut facts = Facts::default();
        for (citation, fact) in self.found {
            if cited.iter().any(|it| is(&citation, it)) {
                facts.insert(citation, fact);
            }
        }
        let given = domain::Given { at: self.at, by: self.by, on_behalf_of: self.on_behalf_of, facts };
        When { result: self.state.decide(command, &given) }
    }
}

/// An answer.
pub struct When<D: Decider> {
    result: Result<Vec<D::Event>, D::Rejection>,
}

impl<D: Decider> When<D>
where
    D::Event: PartialEq + Debug,
{
    /// It must be exactly these events, in this order, and they must survive being stored.
    #[track_caller]
    pub fn then(self, expected: impl IntoIterator<Item = D::Event>) {
        let expected: Vec<D::Event> = expected.into_iter().collect();
        assert_eq!(self.result, Ok(expected.clone()));
        let stored = serde_json::to_string(&expected).unwrap();
        assert_eq!(serde_json::from_str::<Vec<D::Event>>(&stored).unwrap(), expected, "stored as {stored}");
    }

    /// It must be that what was asked for already holds.
    #[track_caller]
    pub fn then_nothing(self) {
        self.then([]);
    }

    /// It must be this refusal.
    #[track_caller]
    pub fn then_rejected(self, expected: D::Rejection) {
        assert_eq!(self.result, Err(expected));
    }

    /// The events, for a test that looks at a part of them.
    #[track_caller]
    pub fn events(self) -> Vec<D::Event> {
        self.result.unwrap()
    }

    /// The refusal, for a test that looks at a part of it.
    #[track_caller]
    pub fn rejection(self) -> D::Rejection {
        self.result.unwrap_err()
    }
}

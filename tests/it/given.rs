//! given(events).when(command).then(events): a rule and its example in one line each.
use pactline::domain::citation::{Citation, Reference};
use pactline::domain::fact::{Fact, Facts};
use pactline::domain::id::PartnerId;
use pactline::domain::text::PersonId;
use pactline::domain::{self, Decider, Timestamp, Vouched};
use std::fmt::Debug;

/// A stream in which `past` happened at the epoch, in a command asked by `tester` at the same time.
pub(crate) fn given<D: Decider>(past: impl IntoIterator<Item = D::Event>) -> Given<D> {
    given_at(Timestamp::UNIX_EPOCH, past)
}

/// A stream in which `past` took effect at `at`. What is asked next is asked at the same time, unless
/// [`Given::at`] says otherwise.
pub(crate) fn given_at<D: Decider>(at: Timestamp, past: impl IntoIterator<Item = D::Event>) -> Given<D> {
    let by = person("tester");
    let vouched = Vouched::Word;
    let given = Given { state: D::default(), at, by, on_behalf_of: None, vouched, found: Vec::new() };
    given.and_at(at, past)
}

/// The person called `id`.
pub(crate) fn person(id: &str) -> PersonId {
    PersonId::try_from(id.to_owned()).unwrap()
}

/// A past, and what the next command may know.
pub(crate) struct Given<D> {
    state: D,
    at: Timestamp,
    by: PersonId,
    on_behalf_of: Option<PartnerId>,
    vouched: Vouched,
    found: Vec<(Citation, Option<Fact>)>,
}

impl<D: Decider> Given<D> {
    /// Then `more` took effect at `at`.
    pub(crate) fn and_at(mut self, at: Timestamp, more: impl IntoIterator<Item = D::Event>) -> Self {
        more.into_iter().for_each(|event| self.state.evolve(&event, at));
        self.at = at;
        self
    }

    /// The next command is asked at `at`.
    pub(crate) fn at(self, at: Timestamp) -> Self {
        Self { at, ..self }
    }

    /// The next command is asked by `id`.
    pub(crate) fn by(self, id: &str) -> Self {
        Self { by: person(id), ..self }
    }

    /// The next command is asked on behalf of `partner`.
    pub(crate) fn on_behalf_of(self, partner: PartnerId) -> Self {
        Self { on_behalf_of: Some(partner), ..self }
    }

    /// This vouches for the next command.
    pub(crate) fn vouched(self, vouched: Vouched) -> Self {
        Self { vouched, ..self }
    }

    /// There is an event `citation` that stands for `fact`.
    pub(crate) fn citing(mut self, citation: Citation, fact: impl Into<Fact>) -> Self {
        self.found.push((citation, Some(fact.into())));
        self
    }

    /// There is an event `citation` that nothing may rest on.
    pub(crate) fn citing_nothing(mut self, citation: Citation) -> Self {
        self.found.push((citation, None));
        self
    }

    /// What was remembered of the past.
    pub(crate) fn state(&self) -> &D {
        &self.state
    }

    /// Asks. As in the engine, `decide` gets to know the events that the command cites, and no others.
    pub(crate) fn when(mut self, command: D::Command) -> When<D> {
        let cited = self.state.cites(&command);
        let is = |it: &Citation, reference: &Reference| {
            it.stream == reference.stream && it.revision == reference.revision
        };
        let mut facts = Facts::default();
        for (citation, fact) in std::mem::take(&mut self.found) {
            if cited.iter().any(|it| is(&citation, it)) {
                facts.insert(citation, fact);
            }
        }
        let Self { state, at, by, on_behalf_of, vouched, .. } = self;
        let given = domain::Given { at, by, on_behalf_of, vouched, facts };
        When { result: state.decide(command, &given) }
    }
}

/// An answer.
pub(crate) struct When<D: Decider> {
    result: Result<Vec<D::Event>, D::Rejection>,
}

impl<D: Decider> When<D>
where
    D::Event: PartialEq + Debug,
{
    /// It must be exactly these events, in this order, and they must survive being stored.
    #[track_caller]
    pub(crate) fn then(self, expected: impl IntoIterator<Item = D::Event>) {
        let expected: Vec<D::Event> = expected.into_iter().collect();
        assert_eq!(self.result, Ok(expected.clone()));
        let stored = serde_json::to_string(&expected).unwrap();
        assert_eq!(serde_json::from_str::<Vec<D::Event>>(&stored).unwrap(), expected, "stored as {stored}");
    }

    /// It must be that what was asked for already holds.
    #[track_caller]
    pub(crate) fn then_nothing(self) {
        self.then([]);
    }

    /// It must be this refusal.
    #[track_caller]
    pub(crate) fn then_rejected(self, expected: D::Rejection) {
        assert_eq!(self.result, Err(expected));
    }

    /// The events, for a test that looks at a part of them.
    #[track_caller]
    pub(crate) fn events(self) -> Vec<D::Event> {
        self.result.unwrap()
    }

    /// The refusal, for a test that looks at a part of it.
    #[track_caller]
    pub(crate) fn rejection(self) -> D::Rejection {
        self.result.unwrap_err()
    }
}

/// A show of hands: just enough of a decider to see what it is given.
mod show_of_hands {
    use super::{given, given_at};
    use pactline::domain::citation::{Citation, Reference, StreamName, Uncitable};
    use pactline::domain::fact::{Capacity, PartnerFact};
    use pactline::domain::id::PartnerId;
    use pactline::domain::{Category, Decider, Edge, Given, Rejection, Rests, Timestamp};
    use serde::{Deserialize, Serialize};
    use uuid::Uuid;

    #[derive(Default)]
    struct Hands(Vec<(String, Timestamp)>);

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    enum Event {
        Raised { by: String, at: Timestamp, standing: Citation, partner: Option<PartnerId> },
    }

    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Cites {
        Standing,
        Nothing,
    }

    #[derive(Debug, Clone, PartialEq, thiserror::Error)]
    enum Refused {
        #[error("raised since {0}")]
        Raised(Timestamp),
        #[error(transparent)]
        Uncitable(#[from] Uncitable),
    }

    impl Rests for Event {
        fn rests_on(&self) -> Vec<(Edge, &Citation)> {
            let Event::Raised { standing, .. } = self;
            vec![(Edge::Partner, standing)]
        }
    }

    impl Rejection for Refused {
        fn reason(&self) -> &'static str {
            "REFUSED"
        }
        fn category(&self) -> Category {
            Category::Precondition
        }
    }

    impl Decider for Hands {
        const KIND: &'static str = "hands";
        type Command = Cites;
        type Event = Event;
        type Rejection = Refused;

        fn cites(&self, command: &Cites) -> Vec<Reference> {
            match command {
                Cites::Standing => vec![standing().reference()],
                Cites::Nothing => vec![],
            }
        }
        fn decide(&self, _: Cites, given: &Given) -> Result<Vec<Event>, Refused> {
            if let Some((_, since)) = self.0.iter().find(|(by, _)| by == given.by.as_str()) {
                return Err(Refused::Raised(*since));
            }
            let standing = given.cited::<PartnerFact>(&standing().reference())?.citation;
            let partner = given.on_behalf_of;
            Ok(vec![Event::Raised { by: given.by.as_str().into(), at: given.at, standing, partner }])
        }
        fn evolve(&mut self, event: &Event, at: Timestamp) {
            let Event::Raised { by, .. } = event;
            self.0.push((by.clone(), at));
        }
    }

    fn standing() -> Citation {
        let stream = StreamName::new("partner", Uuid::from_u128(1));
        Citation { event_id: Uuid::from_u128(2), stream, revision: 0 }
    }

    fn member() -> PartnerFact {
        let id = PartnerId::of("FRA");
        PartnerFact { id, capacity: Some(Capacity::Member), roles: Default::default() }
    }

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).unwrap()
    }

    fn raised(by: &str, at: Timestamp, partner: Option<PartnerId>) -> Event {
        Event::Raised { by: by.into(), at, standing: standing(), partner }
    }

    #[test]
    fn a_command_is_asked_by_whom_and_when_the_test_says() {
        let now = given::<Hands>([]).at(second(7)).by("ana").on_behalf_of(PartnerId::of("FRA"));
        let event = raised("ana", second(7), Some(PartnerId::of("FRA")));
        now.citing(standing(), member()).when(Cites::Standing).then([event]);
    }

    #[test]
    fn a_part_of_an_answer_can_be_looked_at() {
        let events = given::<Hands>([]).citing(standing(), member()).when(Cites::Standing).events();
        assert_eq!(events.iter().map(Rests::rests_on).collect::<Vec<_>>(), [[(Edge::Partner, &standing())]]);
    }

    #[test]
    fn what_happened_is_folded_when_it_happened() {
        let ana = [raised("ana", second(1), None)];
        let both = given_at::<Hands>(second(1), ana).and_at(second(3), [raised("bo", second(3), None)]);
        assert_eq!(both.state().0, [("ana".into(), second(1)), ("bo".into(), second(3))]);
        both.by("bo").when(Cites::Nothing).then_rejected(Refused::Raised(second(3)));
    }

    #[test]
    fn only_what_a_command_cites_is_looked_up() {
        let missing = Refused::Uncitable(Uncitable::Missing { reference: standing().reference() });
        given::<Hands>([]).citing(standing(), member()).when(Cites::Nothing).then_rejected(missing);
    }

    #[test]
    fn an_event_that_nothing_may_rest_on_is_told_from_one_that_is_missing() {
        let rejection = given::<Hands>([]).citing_nothing(standing()).when(Cites::Standing).rejection();
        assert!(matches!(rejection, Refused::Uncitable(Uncitable::WrongKind { .. })), "{rejection}");
    }

    #[test]
    #[should_panic(expected = "assertion")]
    fn another_answer_fails_the_test() {
        given::<Hands>([]).citing(standing(), member()).when(Cites::Standing).then_nothing();
    }
}

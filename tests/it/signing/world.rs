//! A log with a consultation that asks for signatures, a partner with a key, and what it signs.
use crate::given::person;
use crate::pact::{expert_group, name, simple_majority, symbol};
use ed25519_dalek::{Signer, SigningKey};
use pactline::clock::Clock;
use pactline::codec::{self, Meta};
use pactline::domain::Timestamp;
use pactline::domain::charter::{Forum, Rule};
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::consultation::{Consultation, Event, Subject, Vote};
use pactline::domain::decision::{Act, Concern, Decision, Envelope, PAYLOAD_TYPE, PublicKey, Sealed, pae};
use pactline::domain::fact::Capacity;
use pactline::domain::id::{ConsultationId, PartnerId};
use pactline::domain::meeting::Seat;
use pactline::domain::partner::{Command, Partner, Party};
use pactline::domain::text::Digest;
use pactline::engine::{CommandMeta, Engine, ExecuteError, Outcome};
use pactline::log::{Expected, Log, MemoryLog, NewRecord};
use std::sync::Arc;
use uuid::Uuid;

pub const ORIGIN: &str = "record.example.org/pact";

/// The secret key of the `n`th delegate.
pub fn secret(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

pub fn public(n: u8) -> PublicKey {
    PublicKey::from_bytes(secret(n).verifying_key().as_bytes()).unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn austria() -> PartnerId {
    Party::Country("AUT".parse().unwrap()).id()
}

pub fn consultation() -> ConsultationId {
    ConsultationId::of("one")
}

pub fn stream() -> StreamName {
    StreamName::new("consultation", consultation().0)
}

pub fn text() -> Digest {
    Digest::of(b"the text")
}

/// Austria votes yes.
pub fn decision(request: u128) -> Decision {
    Decision {
        origin: ORIGIN.try_into().unwrap(),
        stream: stream(),
        expected_revision: None,
        text: Some(text()),
        request_id: Uuid::from_u128(request),
        expires_at: at("2999-01-01T00:00:00Z"),
        party: austria(),
        act: Act::CastVote { vote: Vote::Yes },
    }
}

/// What the `n`th delegate signs.
pub fn envelope(decision: &Decision, n: u8) -> Envelope {
    let payload = decision.payload().unwrap();
    let signature = secret(n).sign(&pae(PAYLOAD_TYPE, &payload)).to_bytes();
    Envelope { payload_type: PAYLOAD_TYPE.into(), payload, key_id: public(n).id().into(), signature }
}

pub fn sealed(decision: &Decision, n: u8) -> Arc<Sealed> {
    Arc::new(Sealed::open(&envelope(decision, n).written()).unwrap())
}

/// A log, and who writes to it.
pub struct World {
    pub log: Arc<dyn Log>,
    pub engine: Engine,
}

impl World {
    /// The vote is open in a forum whose members sign; Austria is a member and has confirmed the first delegate's key.
    pub async fn begun() -> Self {
        let world = Self::without_key().await;
        world.propose(1, "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z").await;
        world.key(Command::ConfirmKey { key_id: public(1).id() }, "bo").await;
        world
    }

    pub async fn without_key() -> Self {
        let clock = Clock::system();
        Self::over(Arc::new(MemoryLog::new(move || clock.now()))).await
    }

    /// Austria is a member and the vote is open, in this log.
    pub async fn over(log: Arc<dyn Log>) -> Self {
        let engine = Engine::new(log.clone(), Clock::system(), 64).called(Some(ORIGIN.try_into().unwrap()));
        let world = Self { log, engine };
        let party = Party::Country("AUT".parse().unwrap());
        world.key(Command::AdmitPartner { party, name: name("Austria") }, "ana").await;
        world.open().await;
        world
    }

    pub async fn propose(&self, n: u8, from: &str, until: &str) {
        let (valid_from, valid_until) = (at(from), at(until));
        self.key(Command::ProposeKey { key: public(n), valid_from, valid_until }, "ana").await;
    }

    /// Something about Austria, asked by `by`.
    pub async fn key(&self, command: Command, by: &str) -> Outcome {
        let meta = CommandMeta::now(Clock::system().salt(), person(by));
        self.engine.execute::<Partner>(austria().0, command, meta).await.unwrap()
    }

    async fn open(&self) {
        let opened = Event::ConsultationOpened {
            consultation: consultation(),
            charter: charter(),
            forum: Forum { signed: true, ..expert_group() },
            rule: Rule::Majority(simple_majority()),
            subject: Subject::Document { symbol: symbol("L.6"), title: name("A draft"), digest: text() },
            previous: None,
            meeting: None,
            roster: vec![seat()],
            deadline: None,
        };
        let requested =
            Event::VoteRequested { party: austria(), majority: simple_majority(), present: 1, of: 1 };
        // Asked before the forum's law asked for signatures: what a scrutiny must notice is told apart by its index.
        self.append(&[opened, requested]).await;
    }

    async fn append(&self, events: &[Event]) {
        let meta = Meta {
            command_id: Uuid::from_u128(1),
            effective_at: Clock::system().now(),
            historical: false,
            actor: person("chair"),
            on_behalf_of: None,
            source: None,
            correlation_id: None,
            causation_id: None,
            envelope: None,
        };
        let meta = serde_json::to_vec(&meta).unwrap();
        let record = |(n, event): (u128, &Event)| {
            let (kind, data) = codec::encode(event).unwrap();
            NewRecord {
                id: Uuid::from_u128(900 + n),
                kind,
                data,
                meta: meta.clone().into(),
                recorded_at: None,
            }
        };
        let records = (0..).zip(events).map(record).collect();
        self.log.append(stream().as_str(), Expected::NoStream, records).await.unwrap();
    }

    /// Sends what was signed, as the one who holds the pen.
    pub async fn send(&self, sealed: Arc<Sealed>) -> Result<Outcome, String> {
        let meta = CommandMeta::sealed(sealed.clone(), person("clerk"));
        let decision = sealed.decision();
        let Concern::Consultation(command) = decision.act.concern(decision.party) else {
            panic!("no consultation")
        };
        let sent = self.engine.execute::<Consultation>(decision.stream.id(), command, meta).await;
        sent.map_err(|err| match err {
            ExecuteError::Refused(pactline::engine::Refusal::Unsealed(why)) => why.reason().to_owned(),
            ExecuteError::Rejected(why) => pactline::domain::Rejection::reason(&why).to_owned(),
            other => other.to_string(),
        })
    }

    pub async fn events(&self) -> Vec<pactline::log::Record> {
        crate::log::all(self.log.read_all(None)).await
    }
}

fn charter() -> Citation {
    Citation {
        event_id: Uuid::from_u128(5),
        stream: StreamName::new("charter", Uuid::from_u128(5)),
        revision: 0,
    }
}

fn seat() -> Seat {
    Seat { party: austria(), name: name("Austria"), capacity: Capacity::Member, partner: None }
}

//! The past is recorded from documents, as far back as nobody asked for signatures.
use super::world::*;
use crate::given::person;
use crate::pact::{expert_group, law, name, simple_majority, symbol};
use pactline::codec::{self, Meta};
use pactline::domain::charter::{self, Forum, Law, Rule};
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::consultation::{Event, Subject, Vote};
use pactline::domain::text::Source;
use pactline::log::{Position, Record};
use pactline::scrutiny::SignedDecisions;
use std::sync::Arc;
use uuid::Uuid;

const PUBLISHED: &str = "2020-01-01T00:00:00Z";

fn charter_stream() -> StreamName {
    StreamName::new("charter", Uuid::from_u128(5))
}

fn record<E: serde::Serialize>(stream: &StreamName, revision: u64, event: &E, effective_at: &str) -> Record {
    let (kind, data) = codec::encode(event).unwrap();
    let id = Uuid::new_v5(&stream.id(), &revision.to_be_bytes());
    let meta = Meta {
        command_id: id,
        effective_at: at(effective_at),
        historical: true,
        actor: person("clerk"),
        on_behalf_of: None,
        source: Some(Source { symbol: "X/1".try_into().unwrap(), locator: None, sha256: None }),
        correlation_id: None,
        causation_id: None,
        envelope: None,
    };
    let meta = serde_json::to_vec(&meta).unwrap().into();
    let recorded_at = at("2024-01-01T00:00:00Z");
    let stream = stream.as_str().into();
    Record { position: Position(revision), stream, revision, id, kind, data, meta, recorded_at }
}

/// A charter whose experts sign, and a consultation under it that opened and was voted in then, as documents say. What
/// is wrong with the vote.
fn voted(opened: &str, copied: Forum, voted: &str) -> Option<String> {
    let forums = vec![Forum { signed: true, ..expert_group() }];
    let published = charter::Event::CharterPublished {
        edition: 1,
        law: Arc::new(Law { forums, ..law() }),
        digest: text(),
        publisher: None,
    };
    let published = record(&charter_stream(), 0, &published, PUBLISHED);
    let opening = Event::ConsultationOpened {
        consultation: consultation(),
        charter: Citation { event_id: published.id, stream: charter_stream(), revision: 0 },
        forum: copied,
        rule: Rule::Majority(simple_majority()),
        subject: Subject::Document { symbol: symbol("L.6"), title: name("A draft"), digest: text() },
        previous: None,
        meeting: None,
        roster: Vec::new(),
        deadline: None,
    };
    let vote = Event::VoteCast { party: austria(), vote: Vote::No };
    let records = [published, record(&stream(), 0, &opening, opened), record(&stream(), 1, &vote, voted)];
    let mut decisions = SignedDecisions::new(Vec::new());
    let found: Vec<_> = (0..).zip(&records).filter_map(|(index, it)| decisions.take(index, it)).collect();
    assert!(found.iter().all(|it| it.index == 2), "{found:?}");
    found.into_iter().next().map(|it| it.why)
}

#[test]
fn a_vote_on_a_historical_stream_is_unsigned_only_where_it_is_older_than_the_law() {
    let signing = || Forum { signed: true, ..expert_group() };
    let (before, after) = ("2019-12-31T00:00:00Z", "2020-01-02T00:00:00Z");
    assert_eq!(voted(before, signing(), before), None);
    let missing = Some("the charter asks for a signature, and there is none".to_owned());
    assert_eq!(voted(before, signing(), PUBLISHED), missing);
    assert_eq!(voted(after, signing(), after), missing);
    assert_eq!(voted(after, signing(), before), missing, "what comes later on a stream is not older");
    assert_eq!(
        voted(after, expert_group(), after),
        missing,
        "whatever the stream says that the charter says"
    );
}

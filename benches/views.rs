//! How fast views are made from the log, and how far they are behind it. `cargo bench --bench views`.
#![allow(missing_docs)]
use bytes::Bytes;
use jiff::Timestamp;
use pactline::codec::{self, Meta};
use pactline::domain::citation::{Citation, StreamName};
use pactline::domain::consultation;
use pactline::domain::id::{PartnerId, TransactionId};
use pactline::domain::money::Money;
use pactline::domain::project::{self, Donor, Movement};
use pactline::log::{Expected, Log, MemoryLog, NewRecord, Position};
use pactline::views::{Views, all, rebuild};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const PROJECTS: u128 = 20_000;
const CONSULTATIONS: u128 = 5_000;
const SEATS: u128 = 20;
const LONG: Duration = Duration::from_secs(600);

#[tokio::main]
async fn main() -> Result<()> {
    let start = Instant::now();
    let log: Arc<dyn Log> = Arc::new(MemoryLog::new(move || Timestamp::UNIX_EPOCH + start.elapsed()));
    let mut writer = Writer { log: log.clone(), next: 0 };
    for n in 0..PROJECTS {
        writer.project(n).await?;
    }
    for n in 0..CONSULTATIONS {
        writer.consultation(n).await?;
    }
    let events = log.head().await?.map_or(0, |it| it.0);
    println!("{events} events");
    let dir = tempfile::tempdir()?;
    for view in all() {
        let (name, into) = (view.name(), dir.path().join(view.name()));
        let start = Instant::now();
        rebuild(view, log.clone(), &into, None).await?;
        let bytes = std::fs::metadata(&into)?.len() / events.max(1);
        println!("{name:<14} alone {:>10.0} events/s, {bytes} bytes an event", rate(events, start));
    }
    let start = Instant::now();
    let views = Views::open(&dir.path().join("views"), log.clone())?;
    wait(&views, events).await?;
    println!("all views at once    {:>10.0} events/s", rate(events, start));
    lag(&views, &mut writer).await?;
    views.stop().await;
    Ok(())
}

fn rate(events: u64, since: Instant) -> f64 {
    events as f64 / since.elapsed().as_secs_f64()
}

async fn wait(views: &Views, position: u64) -> Result<()> {
    for it in views.status() {
        views.wait(it.view, Some(Position(position)), LONG).await?;
    }
    Ok(())
}

/// From an event's append until all views show it.
async fn lag(views: &Views, writer: &mut Writer) -> Result<()> {
    let mut lags = Vec::new();
    for n in 0..300 {
        writer.open(PROJECTS + n).await?;
        let head = writer.log.head().await?.map_or(0, |it| it.0);
        let start = Instant::now();
        wait(views, head).await?;
        lags.push(start.elapsed());
    }
    lags.sort();
    println!("live, until all views show it: p50 {:?}, p99 {:?}", lags[150], lags[297]);
    Ok(())
}

struct Writer {
    log: Arc<dyn Log>,
    next: u128,
}

impl Writer {
    async fn append<E: Serialize>(&mut self, stream: &StreamName, events: Vec<E>, at: u64) -> Result<()> {
        let meta = Meta {
            command_id: Uuid::from_u128(self.next),
            effective_at: Timestamp::UNIX_EPOCH,
            historical: false,
            actor: format!("person:{}", self.next % 100).parse()?,
            on_behalf_of: None,
            source: None,
            correlation_id: None,
            causation_id: None,
            envelope: None,
        };
        let meta = Bytes::from(serde_json::to_vec(&meta)?);
        let mut records = Vec::new();
        for event in events {
            self.next += 1;
            let (kind, data) = codec::encode(&event)?;
            let id = Uuid::from_u128(self.next);
            records.push(NewRecord { id, kind, data, meta: meta.clone(), recorded_at: None });
        }
        let expected = at.checked_sub(1).map_or(Expected::NoStream, Expected::Revision);
        self.log.append(stream.as_str(), expected, records).await?;
        Ok(())
    }

    async fn open(&mut self, n: u128) -> Result<StreamName> {
        let stream = StreamName::new("project", Uuid::from_u128(n));
        let citation = json!(cited("charter", 1));
        let proposed = json!({"ProjectProposed": {
            "project": Uuid::from_u128(n), "title": format!("Support to the border post {n}"),
            "charter": citation, "priorities": [cited("priority", n)], "countries": ["AFG", "TJK"],
            "period": {"from": "2020-01-01", "until": "2022-12-31"}, "proposer": "person:1",
            "budget": {"currency": "USD", "minor": 100_000_000},
            "law": {"stages": [{"name": "design", "title": "Design"}],
                    "funding": {"threshold_percent": 80, "basis": "committed"}},
        }});
        let proposed: project::Event = serde_json::from_value(proposed)?;
        let entered: project::Event = serde_json::from_value(json!({"StageEntered": {"stage": "design"}}))?;
        self.append(&stream, vec![proposed, entered], 0).await?;
        Ok(stream)
    }

    async fn project(&mut self, n: u128) -> Result<()> {
        let stream = self.open(n).await?;
        let mut events = Vec::new();
        for m in 0..10 {
            let movement = Movement {
                transaction: TransactionId(Uuid::from_u128(n * 100 + m)),
                amount: Money { currency: "USD".parse()?, minor: 1000 },
                value_date: "2021-01-01".parse()?,
                origin: None,
            };
            let donor = Donor { name: format!("Donor {}", m % 4).parse()?, partner: None };
            events.push(match m % 2 {
                0 => project::Event::FundsPledged { donor, movement },
                _ => project::Event::FundsReceived { donor, commitment: None, movement },
            });
        }
        self.append(&stream, events, 2).await
    }

    async fn consultation(&mut self, n: u128) -> Result<()> {
        let stream = StreamName::new("consultation", Uuid::from_u128(n));
        let seat = |it: u128| {
            json!({"party": Uuid::from_u128(it), "name": format!("Member {it}"), "capacity": "member",
                   "partner": cited("partner", it)})
        };
        let subject = json!({"document": {"symbol": "E/CN.7/2025/L.6", "title": "A draft",
                             "digest": "0".repeat(64)}});
        let opened = json!({"ConsultationOpened": {
            "consultation": Uuid::from_u128(n), "charter": cited("charter", 1), "rule": "consensus",
            "forum": {"name": "policy", "title": "Policy Group", "standing": "partners", "rules": ["consensus"]},
            "subject": subject, "roster": (0..SEATS).map(seat).collect::<Vec<_>>(),
        }});
        let mut events: Vec<consultation::Event> = vec![serde_json::from_value(opened)?];
        for it in 0..SEATS {
            let party = PartnerId(Uuid::from_u128(it));
            events
                .push(consultation::Event::PositionTaken { party, position: consultation::Position::Agree });
        }
        let reached = json!({"ConsensusReached": {"rule": "consensus", "subject": subject,
                             "reservations": []}});
        events.push(serde_json::from_value(reached)?);
        self.append(&stream, events, 0).await
    }
}

fn cited(kind: &str, n: u128) -> Citation {
    let id = Uuid::from_u128(n);
    Citation { event_id: id, stream: StreamName::new(kind, id), revision: 0 }
}

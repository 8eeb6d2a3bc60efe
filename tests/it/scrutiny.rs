//! What a scrutiny of the record says of events that were redacted.
use crate::log::all;
use crate::redaction::{ask, engine, left, meta};
use pactline::clock::Clock;
use pactline::domain::redaction::redaction_id;
use pactline::log::{Log, MemoryLog, Record};
use pactline::scrutiny::{Redacted, Redactions};
use std::sync::Arc;

/// France left for a reason that says too much, of which the data and the metadata were redacted, one after the other.
async fn redacted_twice() -> Vec<Record> {
    let clock = Clock::system();
    let log: Arc<dyn Log> = Arc::new(MemoryLog::new(move || clock.now()));
    let engine = engine(log.clone());
    let event = left(&engine).await;
    for (n, field) in [(10, "/data/reason"), (20, "/meta/source/symbol")] {
        engine.request_redaction(ask(&event, field), meta(n, "ana")).await.unwrap();
        engine.approve_redaction(redaction_id(&event), meta(n + 1, "bo")).await.unwrap();
    }
    all(log.read_all(None)).await
}

fn scrutinised(records: &[Record]) -> Vec<Redacted> {
    let mut redactions = Redactions::default();
    (0..).zip(records).for_each(|(index, it)| redactions.take(index, it));
    redactions.finish()
}

#[tokio::test]
async fn an_event_of_which_two_approvals_wiped_a_part_each_is_explained_by_both() {
    let records = redacted_twice().await;
    let found = scrutinised(&records);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].covered_by.as_ref().unwrap().event, records[6].id, "the last one");
}

#[tokio::test]
async fn where_one_of_two_approvals_is_not_there_the_event_was_altered() {
    let records = redacted_twice().await;
    for approval in [3, 6] {
        let mut records = records.clone();
        assert_eq!(&*records.remove(approval).kind, "RedactionApproved");
        let found = scrutinised(&records);
        assert_eq!((found.len(), &found[0].covered_by), (1, &None), "without {approval}");
    }
}

//! What one who redacts can rely on.
use super::ground::{Broken, Ground, must, numbers};
use crate::log::{EVENT_BYTES_MAX, Error, Expected, Payload, Place, Record};
use bytes::Bytes;
use uuid::Uuid;

pub(super) async fn a_redacted_event_has_another_payload_and_nothing_else_changes(
    ground: Ground,
) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1, 2, 3]).await?;
    ground.append("a-2", Expected::NoStream, &[4]).await?;
    let before = ground.read_all().await?;
    for again in ["first", "second"] {
        let [first, second, rest @ ..] = &before[..] else {
            return Err("what was appended is not there".into());
        };
        ground.log.redact(&place(second), other()).await?;
        let Payload { data, meta } = other();
        let wiped = Record { data, meta, ..second.clone() };
        let expected: Vec<Record> = [first, &wiped].into_iter().chain(rest).cloned().collect();
        let found = ground.read_all().await?;
        must!(found == expected, "after the {again} redaction: {found:?}, not {expected:?}");
    }
    // The same append again is still the same append.
    let stream = ground.stream("a-1");
    let again = ground.log.append(&stream, Expected::Revision(0), ground.events(&[2, 3])).await?;
    must!(again.revision == 2, "appended again, it is at {again:?}");
    ground.append("a-1", Expected::Revision(2), &[5]).await?;
    let found = numbers(&ground.read("a-1", 0).await?);
    must!(found == [1, 2, 3, 5], "the stream then holds {found:?}");
    Ok(())
}

pub(super) async fn what_is_not_there_cannot_be_redacted(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1, 2]).await?;
    let before = ground.read_all().await?;
    let there = before.first().map(place).ok_or("what was appended is not there")?;
    let nowhere = [
        Place { revision: 1, ..there.clone() },
        Place { stream: ground.stream("a-2").into(), ..there.clone() },
        Place { id: Uuid::nil(), ..there.clone() },
    ];
    for place in nowhere {
        let answer = ground.log.redact(&place, other()).await;
        must!(matches!(answer, Err(Error::Unacceptable(_))), "{place:?} was redacted: {answer:?}");
    }
    let large = Payload { data: vec![b'x'; EVENT_BYTES_MAX].into(), ..other() };
    let answer = ground.log.redact(&there, large).await;
    must!(matches!(answer, Err(Error::Unacceptable(_))), "a payload over the limit was taken: {answer:?}");
    must!(ground.read_all().await? == before, "something changed");
    ground.append("a-1", Expected::Revision(1), &[3]).await
}

fn place(record: &Record) -> Place {
    Place { stream: record.stream.clone(), revision: record.revision, id: record.id }
}

fn other() -> Payload {
    Payload { data: Bytes::from_static(br#"{"left":"over"}"#), meta: Bytes::from_static(br#"{"who":"-"}"#) }
}

//! What a reader can rely on.
use super::ground::{Broken, Ground, expected_at, must, numbers};
use crate::log::{Expected, Position, Record};
use futures::{StreamExt, TryStreamExt};

pub(super) async fn a_stream_never_written_is_empty(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1]).await?;
    let found = ground.read("a-2", 0).await?;
    must!(found.is_empty(), "{found:?}");
    Ok(())
}

pub(super) async fn a_stream_is_read_from_a_revision_on(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1, 2, 3]).await?;
    for (from, wanted) in [(1, &[2, 3][..]), (3, &[]), (u64::MAX, &[])] {
        let found = numbers(&ground.read("a-1", from).await?);
        must!(found == wanted, "from {from}: {found:?}");
    }
    Ok(())
}

pub(super) async fn names_that_begin_alike_are_different_streams(ground: Ground) -> Result<(), Broken> {
    let names = ["a-1", "a-11", "A-1", "a-1 ", "a"];
    for (name, n) in names.iter().zip(1..) {
        ground.append(name, Expected::NoStream, &[n]).await?;
    }
    for (name, n) in names.iter().zip(1..) {
        let found = numbers(&ground.read(name, 0).await?);
        must!(found == [n], "in {name:?}: {found:?}");
    }
    Ok(())
}

pub(super) async fn ten_thousand_events_of_one_stream_are_read_in_order(
    ground: Ground,
) -> Result<(), Broken> {
    for hundred in 0..100 {
        let first = hundred * 100;
        ground.append("a-1", expected_at(first), &(first..first + 100).collect::<Vec<_>>()).await?;
    }
    let chunks: Vec<Vec<Record>> = ground.log.read_stream(&ground.stream("a-1"), 0).try_collect().await?;
    must!(chunks.len() > 1, "all of it in one chunk");
    must!(chunks.iter().all(|it| !it.is_empty()), "an empty chunk");
    let found = chunks.concat();
    must!(found.iter().map(|it| it.revision).eq(0..10_000), "the revisions are not 0 to 9999");
    must!(numbers(&found).into_iter().eq(0..10_000), "the events are not those that were appended, in order");
    let end = numbers(&ground.read("a-1", 9_998).await?);
    must!(end == [9_998, 9_999], "from 9998: {end:?}");
    Ok(())
}

pub(super) async fn everything_is_read_up_to_the_head_and_ends(ground: Ground) -> Result<(), Broken> {
    for n in 0..3000 {
        ground.append(&format!("a-{}", n % 7), expected_at(n / 7), &[n]).await?;
    }
    let mut reading = ground.log.read_all(ground.start);
    let mut found = reading.next().await.transpose()?.unwrap_or_default();
    ground.append("later-1", Expected::NoStream, &[9_999]).await?;
    while let Some(chunk) = reading.next().await.transpose()? {
        found.extend(chunk);
    }
    let found = ground.own(found);
    must!(numbers(&found).into_iter().eq(0..3000), "{} events, or others", found.len());
    let grows = found.is_sorted_by(|a, b| a.position < b.position && a.recorded_at < b.recorded_at);
    must!(grows, "position or time does not grow");
    let after = found.get(1234).map(|it| it.position);
    let rest = ground.read_after(after).await?;
    must!(
        numbers(&rest).into_iter().eq((1235..3000).chain([9_999])),
        "after {after:?}: {} events",
        rest.len()
    );
    let beyond = ground.read_after(Some(Position(u64::MAX))).await?;
    must!(beyond.is_empty(), "beyond the end: {beyond:?}");
    Ok(())
}

pub(super) async fn an_event_is_found_at_its_position(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1, 2]).await?;
    ground.append("a-2", Expected::NoStream, &[3]).await?;
    for record in ground.read_all().await? {
        let found = ground.log.event_at(record.position).await?;
        must!(found.as_ref() == Some(&record), "at {}: {found:?}", record.position);
    }
    let beyond = ground.log.event_at(Position(u64::MAX)).await?;
    must!(beyond.is_none(), "beyond the end: {beyond:?}");
    Ok(())
}

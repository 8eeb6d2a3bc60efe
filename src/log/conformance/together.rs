//! What several can rely on who use the log at the same time.
use super::ground::{Broken, Ground, expected_at, must, numbers};
use crate::log::{Error, Expected, Position, Record};
use futures::future::{join_all, try_join_all};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long nothing must come for it to count as waiting.
const QUIET: Duration = Duration::from_millis(50);
/// How long a follower may take to be up to date.
const CATCH_UP_MAX: Duration = Duration::from_secs(60);

pub(super) async fn appends_take_effect_in_the_order_they_were_first_polled(
    ground: Ground,
) -> Result<(), Broken> {
    try_join_all((0..500).map(|n| {
        let ground = &ground;
        async move { ground.append("a-1", expected_at(n), &[n]).await }
    }))
    .await?;
    must!(numbers(&ground.read("a-1", 0).await?).into_iter().eq(0..500), "another order");
    Ok(())
}

pub(super) async fn a_refused_append_does_not_disturb_its_neighbours(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1]).await?;
    let asked: [(&str, Expected, &[u64]); 6] = [
        ("a-1", Expected::Revision(0), &[2]),
        ("a-1", Expected::Revision(0), &[3]),
        ("a-2", Expected::NoStream, &[4, 4]),
        ("a-2", Expected::NoStream, &[5]),
        ("a-1", Expected::Revision(0), &[2]),
        ("a-1", Expected::Revision(1), &[6]),
    ];
    let streams = asked.map(|(name, ..)| ground.stream(name));
    let appends = asked.iter().zip(&streams);
    let answers =
        join_all(appends.map(|((_, at, ids), stream)| ground.log.append(stream, *at, ground.events(ids))))
            .await;
    let as_they_should = matches!(
        answers.as_slice(),
        [
            Ok(_),
            Err(Error::Conflict { found: Some(1 | 2), .. }),
            Err(Error::Unacceptable(_)),
            Ok(_),
            Ok(_),
            Ok(_)
        ]
    );
    must!(as_they_should, "{answers:?}");
    let found = numbers(&ground.read_all().await?);
    let in_order: Vec<_> = found.iter().filter(|it| **it != 5).collect();
    must!(found.contains(&5) && in_order == [&1, &2, &6], "{found:?}");
    Ok(())
}

pub(super) async fn writers_of_one_stream_take_turns(ground: Ground) -> Result<(), Broken> {
    let writers = (0..8).map(|writer| {
        let ground = ground.clone();
        tokio::spawn(async move {
            for n in 0..25 {
                let mut expected = Expected::NoStream;
                let event = ground.event(writer * 100 + n);
                while let Err(err) =
                    ground.log.append(&ground.stream("a-1"), expected, vec![event.clone()]).await
                {
                    let Error::Conflict { found: Some(found), .. } = err else { return Err(err.to_string()) };
                    expected = Expected::Revision(found);
                }
            }
            Ok(())
        })
    });
    ended(writers.collect()).await?;
    let found = ground.read("a-1", 0).await?;
    must!(found.iter().map(|it| it.revision).eq(0..200), "{} events, or gaps", found.len());
    for writer in 0..8 {
        let own = numbers(&found).into_iter().filter(|it| it / 100 == writer);
        must!(own.eq(writer * 100..writer * 100 + 25), "those of writer {writer} are in another order");
    }
    Ok(())
}

pub(super) async fn writers_of_many_streams_do_not_mix(ground: Ground) -> Result<(), Broken> {
    write_from_many(&ground, 16, 40).await?;
    let found = ground.read_all().await?;
    must!(found.len() == 16 * 40 * 2, "{} events", found.len());
    let grows = found.is_sorted_by(|a, b| a.position < b.position && a.recorded_at < b.recorded_at);
    must!(grows, "position or time does not grow");
    for writer in 0..16 {
        let stream = ground.read(&format!("a-{writer}"), 0).await?;
        must!(stream.iter().map(|it| it.revision).eq(0..80), "a-{writer} has gaps");
        must!(numbers(&stream).into_iter().eq((0..80).map(|it| writer * 1000 + it)), "a-{writer} has others");
    }
    Ok(())
}

pub(super) async fn following_waits_for_what_is_appended_later(ground: Ground) -> Result<(), Broken> {
    ground.append("a-1", Expected::NoStream, &[1, 2]).await?;
    let first = ground.read("a-1", 0).await?.first().map(|it| it.position);
    let mut records = ground.log.follow(first);
    let found = numbers(&ground.next(&mut records).await?);
    must!(found == [2], "{found:?}");
    let early = timeout(QUIET, ground.next(&mut records)).await;
    must!(early.is_err(), "{early:?} before anything was appended");
    ground.append("a-2", Expected::NoStream, &[3]).await?;
    let found = numbers(&ground.next(&mut records).await?);
    must!(found == [3], "{found:?}");
    Ok(())
}

pub(super) async fn following_has_no_gap_and_no_repetition_while_writers_run(
    ground: Ground,
) -> Result<(), Broken> {
    let writing = tokio::spawn({
        let ground = ground.clone();
        async move { write_from_many(&ground, 12, 100).await }
    });
    let (started, mut starts) = mpsc::channel(6);
    let followers: Vec<_> =
        (0..6).map(|n| tokio::spawn(follow_to_the_end(ground.clone(), n, started.clone()))).collect();
    ended(vec![writing]).await?;
    for _ in 0..6 {
        starts.recv().await;
    }
    ground.append("end-1", Expected::NoStream, &[1 << 40]).await?;
    for follower in followers {
        let followed = timeout(CATCH_UP_MAX, follower).await.map_err(|_| "a follower never saw the end")?;
        let (after, found) = followed.map_err(|err| err.to_string())??;
        must!(found == ground.read_after(after).await?, "a follower from {after:?} saw something else");
    }
    let all = ground.read_all().await?.len();
    must!(all == 12 * 100 * 2 + 1, "{all} events");
    Ok(())
}

/// Two follow from the beginning, the others from wherever the writers have come to.
async fn follow_to_the_end(
    ground: Ground,
    n: u64,
    started: mpsc::Sender<()>,
) -> Result<(Option<Position>, Vec<Record>), Broken> {
    tokio::time::sleep(Duration::from_millis(n * 3)).await;
    let after = if n < 2 { ground.start } else { ground.log.head().await? };
    let (mut found, mut records) = (Vec::new(), ground.log.follow(after));
    started.send(()).await.map_err(|err| err.to_string())?;
    let end = ground.stream("end-1");
    while found.last().is_none_or(|it: &Record| *it.stream != *end) {
        found.extend(ground.next(&mut records).await?);
    }
    Ok((after, found))
}

async fn write_from_many(ground: &Ground, writers: u64, times: u64) -> Result<(), Broken> {
    let writers = (0..writers).map(|writer| {
        let ground = ground.clone();
        tokio::spawn(async move {
            for n in 0..times {
                let first = writer * 1000 + n * 2;
                ground.append(&format!("a-{writer}"), expected_at(n * 2), &[first, first + 1]).await?;
            }
            Ok(())
        })
    });
    ended(writers.collect()).await
}

async fn ended(tasks: Vec<JoinHandle<Result<(), Broken>>>) -> Result<(), Broken> {
    for task in tasks {
        task.await.map_err(|err| err.to_string())??;
    }
    Ok(())
}

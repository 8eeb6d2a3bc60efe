//! What the embedded log promises beyond the contract: it survives, it refuses, and it never repairs.
use crate::log::{all, append, clock, event, events, expected_at, ids};
use futures::StreamExt;
use pactline::log::{EmbeddedLog, Error, Expected, Limits, Log};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::{TempDir, tempdir};

/// Tells the test binary, started once more, to append to the log in this folder until it is killed.
const APPEND_UNTIL_KILLED: &str = "PACTLINE_TEST_APPEND_UNTIL_KILLED";

fn open(dir: &TempDir) -> Arc<dyn Log> {
    Arc::new(EmbeddedLog::open(dir.path(), clock).unwrap())
}

fn refused(dir: &Path) -> Error {
    EmbeddedLog::open(dir, clock).err().expect("it was opened")
}

#[tokio::test]
async fn what_was_appended_is_there_when_it_is_opened_again() {
    let dir = tempdir().unwrap();
    let log = open(&dir);
    append(&log, "a-1", Expected::NoStream, &[1, 2]).await;
    let before = all(log.read_all(None)).await;
    drop(log);
    let log = open(&dir);
    assert_eq!(all(log.read_all(None)).await, before);
    assert_eq!(log.head().await.unwrap(), Some(before[1].position));
    let err = log.append("a-1", Expected::Revision(0), events(&[3])).await.unwrap_err();
    assert!(matches!(err, Error::Conflict { found: Some(1), .. }), "{err}");
    append(&log, "a-1", Expected::Revision(1), &[3]).await;
    let after = all(log.read_all(None)).await;
    assert_eq!(ids(&after), [1, 2, 3]);
    assert!(after[2].position > after[1].position && after[2].recorded_at > after[1].recorded_at);
}

#[tokio::test]
async fn a_second_opener_is_told_who_was_first() {
    let dir = tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path(), clock).unwrap();
    let err = refused(dir.path());
    assert!(matches!(err, Error::Unavailable(_)), "{err}");
    assert!(err.to_string().contains(&format!("process {}", std::process::id())), "{err}");
    log.close().await.unwrap();
    EmbeddedLog::open(dir.path(), clock).unwrap();
}

#[tokio::test]
async fn a_closed_log_has_written_what_was_asked_and_takes_nothing_more() {
    let dir = tempdir().unwrap();
    let log = EmbeddedLog::open(dir.path(), clock).unwrap();
    let mut follower = log.follow(None);
    let appends = (0..50).map(|n| log.append("a-1", expected_at(n), events(&[n.into()])));
    let (appended, closed) = tokio::join!(futures::future::join_all(appends), log.close());
    closed.unwrap();
    assert!(appended.iter().all(Result::is_ok), "{appended:?}");
    let err = log.append("a-2", Expected::NoStream, events(&[99])).await.unwrap_err();
    assert!(matches!(err, Error::Unavailable(_)), "{err}");
    assert!(log.read_all(None).next().await.unwrap().is_err());
    while let Some(Ok(_)) = follower.next().await {}
    let wal = std::fs::metadata(dir.path().join("log.db-wal")).map_or(0, |it| it.len());
    assert_eq!(wal, 0, "the main file alone is the log");
    assert_eq!(all(open(&dir).read_all(None)).await.len(), 50);
}

#[test]
fn what_is_no_log_is_refused_and_left_as_it_is() {
    let other = tempdir().unwrap();
    let sqlite = other.path().join("other.db");
    rusqlite::Connection::open(&sqlite).unwrap().execute_batch("CREATE TABLE events (position)").unwrap();
    let text = b"Minutes of the meeting of 3 March. ".repeat(9);
    for content in [std::fs::read(sqlite).unwrap(), text, vec![], b"SQLite format 3\0".to_vec()] {
        let dir = tempdir().unwrap();
        let path = dir.path().join("log.db");
        std::fs::write(&path, &content).unwrap();
        let err = refused(dir.path());
        assert!(matches!(err, Error::Corrupt(_)), "{err}");
        assert_eq!(std::fs::read(&path).unwrap(), content, "{err}");
    }
}

#[tokio::test]
async fn a_log_of_a_newer_release_is_refused_by_its_number() {
    let dir = filled(10).await;
    let path = dir.path().join("log.db");
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 7).unwrap();
    let content = std::fs::read(&path).unwrap();
    let err = refused(dir.path());
    assert!(matches!(err, Error::Corrupt(_)) && err.to_string().contains("format 7"), "{err}");
    assert_eq!(std::fs::read(&path).unwrap(), content);
}

#[tokio::test]
async fn a_log_with_other_tables_takes_nothing() {
    let dir = filled(10).await;
    let sqlite = rusqlite::Connection::open(dir.path().join("log.db")).unwrap();
    sqlite.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    drop(sqlite);
    let log = open(&dir);
    assert_eq!(all(log.read_all(None)).await.len(), 10);
    assert!(refusing(&*log).await.contains("its tables are not those of a log"));
}

#[tokio::test]
async fn a_damaged_log_is_read_as_far_as_it_goes_and_takes_nothing() {
    let gone = [
        ("DELETE FROM events WHERE position = 200", "there is no event at position 200"),
        ("DELETE FROM events WHERE stream = 3", "all events are lost of a-2"),
        ("DELETE FROM events WHERE position > 3", "revision 0 of a-2, and all events are lost of a-3"),
        ("DELETE FROM events", "it has no events, and all events are lost of a-0"),
        ("DELETE FROM streams WHERE id = 7", "some are of streams without a name"),
        ("UPDATE events SET revision = revision + 1 WHERE position = 399", "a-6 has 57 events"),
        ("DELETE FROM kinds", "the last event is of an unknown kind"),
    ];
    for (sql, told) in gone {
        let dir = filled(400).await;
        let path = dir.path().join("log.db");
        let sqlite = rusqlite::Connection::open(&path).unwrap();
        sqlite.execute_batch(sql).unwrap();
        let left = before_the_first_gap(&sqlite);
        drop(sqlite);
        let before = std::fs::read(&path).unwrap();
        let log = open(&dir);
        let said = refusing(&*log).await;
        assert!(said.contains(told) && said.contains("restore it from a backup"), "{sql}: {said}");
        let (readable, ended) = read_on(&*log).await;
        let named = !sql.contains("FROM streams") && !sql.contains("FROM kinds");
        assert!(!named || readable == left, "{sql}: {readable} of {left}");
        let gap = sql.contains("= 200") || sql.contains("stream = 3");
        assert!(!named || ended.is_some() == gap, "{sql}: {ended:?}");
        log.close().await.unwrap();
        assert!(std::fs::read(&path).unwrap() == before, "it was changed by {sql}");
    }
}

/// How many events there are before one that is gone.
fn before_the_first_gap(sqlite: &rusqlite::Connection) -> usize {
    let mut there = sqlite.prepare("SELECT position FROM events ORDER BY position").unwrap();
    let there = there.query_map([], |it| it.get::<_, i64>(0)).unwrap().zip(1..);
    there.take_while(|(position, expected)| position.as_ref().unwrap() == expected).count()
}

/// How many events can be read one after the other, and why no more.
async fn read_on(log: &dyn Log) -> (usize, Option<Error>) {
    let (mut read, mut chunks) = (0, log.read_all(None));
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(chunk) => read += chunk.len(),
            Err(err) => return (read, Some(err)),
        }
    }
    (read, None)
}

#[tokio::test]
async fn an_event_that_is_gone_is_damage_to_whoever_reads_over_it_and_to_nobody_else() {
    let dir = filled(400).await;
    let sqlite = rusqlite::Connection::open(dir.path().join("log.db")).unwrap();
    let gone = "SELECT name, revision FROM events JOIN streams ON id = stream WHERE position = 200";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, u64::from(row.get::<_, u32>(1)?)));
    let (stream, revision) = sqlite.query_row(gone, [], row).unwrap();
    sqlite.execute_batch("DELETE FROM events WHERE position = 200").unwrap();
    drop(sqlite);
    let log = open(&dir);
    let (read, why) = read_on(&*log).await;
    assert_eq!(read, 199);
    assert!(matches!(&why, Some(Error::Corrupt(it)) if it.contains("no event at position 200")), "{why:?}");
    let after = log.read_stream(&stream, revision + 1);
    assert!(all(after).await.iter().all(|it| *it.stream == *stream && it.revision > revision));
    let mut of_stream = log.read_stream(&stream, 0);
    assert_eq!(of_stream.next().await.unwrap().unwrap().len() as u64, revision);
    let why = of_stream.next().await.unwrap().unwrap_err().to_string();
    assert!(why.contains(&format!("{stream} has no revision {revision}")), "{why}");
}

/// What a damaged log says that takes nothing.
async fn refusing(log: &dyn Log) -> String {
    let damage = log.damage().expect("it is taken for a good one");
    let err = log.append("b-1", Expected::NoStream, events(&[99_999])).await.unwrap_err();
    assert!(matches!(err, Error::Corrupt(_)) && err.to_string().contains(&*damage), "{err}");
    err.to_string()
}

#[tokio::test]
async fn a_journal_without_its_log_is_not_begun_anew() {
    let dir = tempdir().unwrap();
    std::fs::write(dir.path().join("log.db-wal"), b"events of a lost log").unwrap();
    let err = refused(dir.path());
    assert!(matches!(err, Error::Corrupt(_)), "{err}");
    assert!(!dir.path().join("log.db").exists());
}

#[tokio::test]
async fn a_cut_or_overwritten_log_is_never_opened_as_a_good_one() {
    let good = filled(400).await;
    let content = std::fs::read(good.path().join("log.db")).unwrap();
    let cuts = [100, 4096, content.len() / 2, content.len() - 4096, content.len() - 1];
    let cut = cuts.map(|len| content[..len].to_vec());
    let overwritten = (1..content.len() / 4096).map(|page| {
        let mut damaged = content.clone();
        damaged[page * 4096..page * 4096 + 512].fill(0xA5);
        damaged
    });
    for damaged in cut.into_iter().chain(overwritten) {
        let dir = tempdir().unwrap();
        let path = dir.path().join("log.db");
        std::fs::write(&path, &damaged).unwrap();
        let said = match EmbeddedLog::open(dir.path(), clock) {
            Ok(log) => refusing(&log).await,
            Err(err) => {
                assert!(matches!(err, Error::Corrupt(_)), "{err}");
                err.to_string()
            }
        };
        assert!(std::fs::read(&path).unwrap() == damaged, "it was changed: {said}");
    }
}

#[tokio::test]
async fn damage_found_late_is_reported_where_it_is_read() {
    let dir = tempdir().unwrap();
    let log = open(&dir);
    let large = |id| pactline::log::NewRecord { data: vec![b'x'; 1 << 20].into(), ..event(id) };
    for n in 0..24 {
        log.append("a-1", expected_at(n), vec![large(n.into())]).await.unwrap();
    }
    drop(log);
    let path = dir.path().join("log.db");
    let mut content = std::fs::read(&path).unwrap();
    let middle = content.len() / 2 / 4096 * 4096;
    // The first bytes of an overflow page say which page is next.
    content[middle..middle + 4].fill(0xA5);
    std::fs::write(&path, &content).unwrap();
    let log = open(&dir);
    let chunks: Vec<_> = log.read_all(None).collect().await;
    let err = chunks.last().unwrap().as_ref().unwrap_err();
    assert!(matches!(err, Error::Corrupt(_)), "{err}");
    let follower: Vec<_> = log.follow(None).collect().await;
    assert!(follower.last().unwrap().is_err(), "after damage nothing may follow");
}

#[tokio::test]
async fn after_a_write_that_failed_nothing_more_is_written() {
    let dir = tempdir().unwrap();
    let limits = Limits { pages_max: Some(100) };
    let log = EmbeddedLog::open_within(dir.path(), limits, clock).unwrap();
    log.append("a-1", Expected::NoStream, events(&[1])).await.unwrap();
    let mut large = events(&[2, 3]);
    large[1].data = vec![b'x'; 1 << 20].into();
    let (fails, beside) = (log.append("a-1", Expected::Revision(0), large), events(&[4]));
    let (fails, beside) = tokio::join!(fails, log.append("a-2", Expected::NoStream, beside));
    let later = log.append("a-3", Expected::NoStream, events(&[5])).await;
    for answer in [fails, beside, later, log.close().await.map(|()| unreachable!())] {
        let err = answer.unwrap_err();
        assert!(matches!(err, Error::Unavailable(_)) && err.to_string().contains("full"), "{err}");
    }
    drop(log);
    let log = open(&dir);
    assert_eq!(ids(&all(log.read_all(None)).await), [1]);
    append(&log, "a-1", Expected::Revision(0), &[2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_halfway_through_does_not_hold_up_the_writer() {
    let dir = filled(3000).await;
    let log = open(&dir);
    let mut halfway: Vec<_> = (0..30).map(|_| log.read_all(None)).collect();
    for reading in &mut halfway {
        assert_eq!(reading.next().await.unwrap().unwrap().len(), 1000);
    }
    let start = Instant::now();
    for n in 0..20 {
        append(&log, "b-1", expected_at(n), &[100_000 + u128::from(n)]).await;
    }
    assert!(start.elapsed() < Duration::from_secs(4), "a busy timeout was waited for");
    for reading in halfway {
        assert_eq!(all(reading).await.len(), 2000);
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let dir = tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    for round in 1..=4 {
        let before = acknowledged.len();
        let program = std::env::current_exe().unwrap();
        let mut child = Command::new(program)
            .args(["--exact", "embedded::append_until_killed", "--nocapture"])
            .env(APPEND_UNTIL_KILLED, dir.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acks = || lines.next()?.unwrap().strip_prefix("acknowledged ")?.parse::<u128>().ok();
        let mut ack = None;
        while acknowledged.len() < before + 40 * round {
            ack = acks().or(ack);
            acknowledged.extend(ack);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        acknowledged.extend(std::iter::from_fn(acks));
        let found: BTreeSet<u128> = ids(&all(open(&dir).read_all(None)).await).into_iter().collect();
        assert!(found.is_superset(&acknowledged), "lost {:?}", acknowledged.difference(&found));
    }
}

/// No test but the child of one, unless it is told to be: five writers append and print what they were
/// answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn append_until_killed() {
    let Some(dir) = std::env::var_os(APPEND_UNTIL_KILLED) else { return };
    let log: Arc<dyn Log> = Arc::new(EmbeddedLog::open(Path::new(&dir), clock).unwrap());
    let start = log.head().await.unwrap().map_or(0, |it| u128::from(it.0));
    let writers = (1..=5u128).map(|writer| {
        let log = log.clone();
        tokio::spawn(async move {
            for n in 0.. {
                let id = writer << 100 | start << 50 | u128::from(n);
                append(&log, &format!("a-{writer}-{start}"), expected_at(n), &[id]).await;
                println!("\nacknowledged {id}");
            }
        })
    });
    futures::future::join_all(writers).await;
}

/// A closed log of `count` events in seven streams.
async fn filled(count: u32) -> TempDir {
    let dir = tempdir().unwrap();
    let log = open(&dir);
    let appends = (0..count).map(|n| {
        let (stream, records) = (format!("a-{}", n % 7), events(&[n.into()]));
        let log = log.clone();
        async move { log.append(&stream, expected_at(n / 7), records).await.unwrap() }
    });
    futures::future::join_all(appends).await;
    dir
}

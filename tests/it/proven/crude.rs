//! A log's file that was edited, cut or damaged behind the server's back: what is left of it is served, what is gone is
//! named, and nothing is written to it.
use super::refused::refusal;
use super::{admit, connect, event_at, meddle, story, verify};
use crate::program::{self, pactline};
use pactline::api::proto::status_service_client::StatusServiceClient;
use pactline::api::proto::{GetStatusRequest, ViewStatus, WaitFor};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// The size of a page of the log's file.
const PAGE: usize = 4096;

/// One number that the log's file says.
fn number(data: &Path, sql: &str) -> i64 {
    Connection::open(data.join("log.db")).unwrap().query_row(sql, [], |it| it.get(0)).unwrap()
}

/// Meddles, and expects that the refusal says all of `wanted`.
async fn refused(sql: &str, wanted: impl FnOnce(&Path) -> Vec<String>) {
    let (_dir, data) = story();
    let wanted = wanted(&data);
    meddle(&data, &[sql]);
    let said = refusal(&data).await;
    assert!(wanted.iter().all(|it| said.contains(it)), "{sql}\n{wanted:#?}\n{said}");
    assert!(said.contains("bring back the newest whole copy of the folder"), "{said}");
    assert_eq!(verify(&data, &[]).0, 6, "{sql}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_of_ten_lost_events_is_named_and_how_many_are_left() {
    let (_dir, data) = story();
    let last = number(&data, "SELECT max(position) FROM events");
    refused(&format!("DELETE FROM events WHERE position > {}", last - 10), |data| {
        let (place, id) = event_at(data, last - 9);
        let index = format!("index {}: {place}", last - 10);
        vec![format!("the log has {}", last - 10), index, id, "is missing (and 9 more)".into()]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_cut_out_of_the_middle_is_named_and_its_successors_are_not_blamed() {
    refused("DELETE FROM events WHERE position = 40", |data| {
        let (place, id) = event_at(data, 40);
        let gap = "log.db is damaged: ".to_owned();
        vec![gap, format!("index 39: {place}"), id, "is missing. ".into()]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_lost_all_its_events_is_named_with_each_of_them() {
    let of = "SELECT stream FROM events WHERE position = 40";
    refused(&format!("DELETE FROM events WHERE stream = ({of})"), |data| {
        let first = number(data, &format!("SELECT min(position) FROM events WHERE stream = ({of})"));
        let events = number(data, &format!("SELECT count(*) FROM events WHERE stream = ({of})"));
        let place = event_at(data, first).0;
        let (stream, _) = place.split_once('@').unwrap();
        let index = format!("index {}: {place}", first - 1);
        let more = if events == 1 { String::new() } else { format!("is missing (and {} more)", events - 1) };
        vec![format!("all events are lost of {stream};"), index, more]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_streams_that_are_gone_to_the_last_event_are_named_and_where_the_log_ends() {
    let (_dir, data) = story();
    let newest = "(SELECT max(id) FROM streams)";
    let first = number(&data, &format!("SELECT min(position) FROM events WHERE stream = {newest}"));
    refused(&format!("DELETE FROM events WHERE position >= {first}"), |data| {
        let (end, lost) = (event_at(data, first - 1).0, event_at(data, first).0);
        let ((stream, revision), (lost, _)) = (end.split_once('@').unwrap(), lost.split_once('@').unwrap());
        let ends = format!("its last event is at position {}, revision {revision} of {stream}", first - 1);
        vec![ends, format!("all events are lost of {lost}"), format!("index {}", first - 1)]
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_events_that_exchanged_what_they_say_are_both_altered() {
    let swap = "CREATE TEMP TABLE was AS SELECT position, data FROM events WHERE position IN (30, 45); \
                UPDATE events SET data = (SELECT data FROM was WHERE was.position = 75 - events.position) \
                WHERE position IN (30, 45)";
    refused(swap, |data| {
        let (place, id) = event_at(data, 30);
        vec![format!("index 29: {place}"), id, "was altered: its data (and 1 more)".into()]
    })
    .await;
}

/// Puts zeros in the place of the page that has the event at position 100: the file as it was.
fn zero_a_page(data: &Path) -> Vec<u8> {
    let path = data.join("log.db");
    let whole = fs::read(&path).unwrap();
    let sql = "SELECT data FROM events WHERE position = 100";
    let text: Vec<u8> = Connection::open(&path).unwrap().query_row(sql, [], |it| it.get(0)).unwrap();
    let at = whole.windows(text.len()).position(|it| it == text).unwrap() / PAGE * PAGE;
    let mut damaged = whole.clone();
    damaged[at..at + PAGE].fill(0);
    fs::write(&path, damaged).unwrap();
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_zeros_is_told_by_the_events_that_were_on_it() {
    let (_dir, data) = story();
    let whole = zero_a_page(&data);
    let said = refusal(&data).await;
    let wanted = ["log.db is damaged: ", "index ", "cannot be read: ", "malformed"];
    assert!(wanted.iter().all(|it| said.contains(it)), "{said}");
    fs::write(data.join("log.db"), whole).unwrap();
    let served = program::serve(&data, &[]);
    admit(&connect(&served).await, "UNODC-2", WaitFor::Sealed).await.unwrap();
    served.end("TERM");
    assert_eq!(verify(&data, &[]).0, 0, "as it was, it is written to again");
}

#[tokio::test(flavor = "multi_thread")]
async fn views_show_what_comes_before_a_page_of_zeros() {
    let (_dir, data) = story();
    zero_a_page(&data);
    fs::remove_dir_all(data.join("views")).unwrap();
    let served = program::serve(&data, &[]);
    let mut asked = StatusServiceClient::new(connect(&served).await);
    loop {
        let status = asked.get_status(GetStatusRequest {}).await.unwrap().into_inner();
        if status.views.iter().all(|it| !it.error.is_empty()) {
            let before = |it: &ViewStatus| it.position.is_some_and(|it| (1..100).contains(&it));
            let shown = |it: &ViewStatus| before(it) && it.error.contains("malformed");
            assert!(status.views.iter().all(shown), "{:?}", status.views);
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    served.end("TERM");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_log_that_is_cut_in_half_what_is_left_is_served() {
    let (_dir, data) = story();
    let path = data.join("log.db");
    let whole = fs::read(&path).unwrap();
    let half = &whole[..whole.len() / 2 / PAGE * PAGE];
    fs::write(&path, half).unwrap();
    let said = refusal(&data).await;
    let cut = format!("it is cut short: {} of {} bytes are there", half.len(), whole.len());
    assert!(said.contains(&cut) && said.contains("index "), "{said}");
    assert_eq!(verify(&data, &[]).0, 6);
    assert!(fs::read(&path).unwrap() == half, "it is left as it is");
}

#[test]
fn a_log_of_which_nothing_can_be_read_is_not_served() {
    let (_dir, data) = story();
    let whole = fs::read(data.join("log.db")).unwrap();
    for (left, told) in [
        (whole[..PAGE].to_vec(), "none of it can be read"),
        ([&[0; PAGE], &whole[PAGE..]].concat(), "is not a pactline log"),
    ] {
        fs::write(data.join("log.db"), left).unwrap();
        let run = pactline(&data, &["serve", "--listen", "127.0.0.1:0"]);
        assert!(run.code == 5 && run.err.contains(told), "{} {}", run.code, run.err);
    }
}

#[test]
fn an_export_of_a_damaged_record_has_what_can_be_read_and_says_that_it_is_not_all() {
    fn shorten(data: &Path) {
        meddle(data, &["DELETE FROM events WHERE position > 90"]);
    }
    fn zero(data: &Path) {
        zero_a_page(data);
    }
    // An event that is under no signature must not take the place of the one that is gone.
    fn cut_out(data: &Path) {
        let last = number(data, "SELECT max(position) FROM events");
        meddle(data, &["DELETE FROM events WHERE position = 90"]);
        let columns = "stream, revision + 1, kind, recorded_at, zeroblob(16), data, meta FROM events";
        meddle(
            data,
            &[&format!("INSERT INTO events SELECT {} + 1, {columns} WHERE position = {last}", last)],
        );
    }
    let damages =
        [(shorten as fn(&Path), "the others are gone"), (zero, "malformed"), (cut_out, "position 90")];
    for (damage, told) in damages {
        let (dir, data) = story();
        let signed = number(&data, "SELECT max(position) FROM events");
        damage(&data);
        let export = dir.path().join("export");
        let made = pactline(&data, &["audit", "export", export.to_str().unwrap()]);
        let events = fs::read_to_string(export.join("events.jsonl")).unwrap().lines().count();
        let wanted = format!("{events} of {signed} events are in {}: ", export.display());
        assert!(made.code == 5 && made.err.contains(&wanted) && made.err.contains(told), "{}", made.err);
        assert!((80..=99).contains(&events), "{events} were exported");
        assert!(export.join("checkpoint").exists() && export.join("policy").exists());
        assert_ne!(pactline(&data, &["audit", "verify", export.to_str().unwrap()]).code, 0);
    }
}

#[test]
fn of_a_damaged_log_neither_a_copy_nor_a_replay_passes_for_the_whole() {
    let of = "SELECT stream FROM events WHERE position = 40";
    for (sql, told) in [
        (
            "DELETE FROM events WHERE position = 40",
            "39 events were written: the log is corrupt: there is no event at position 40",
        ),
        ("DELETE FROM events WHERE position > 90", "90 events were written, and more may be lost"),
        (
            &format!("DELETE FROM events WHERE stream = ({of})"),
            "events were written: the log is corrupt: there is no event at",
        ),
    ] {
        let (dir, data) = story();
        meddle(&data, &[sql]);
        let copy = dir.path().join("copy.jsonl");
        let made = pactline(&data, &["export", copy.to_str().unwrap()]);
        assert!(made.code == 5 && made.err.contains(told), "{} {}", made.code, made.err);
        let written = fs::read_to_string(copy).unwrap().lines().count();
        assert!(made.err.contains(&format!("{written} events were written")), "{}", made.err);
        let replayed = pactline(&data, &["replay"]);
        assert!(replayed.code == 5 && replayed.err.contains("log.db is damaged"), "{}", replayed.err);
    }
}

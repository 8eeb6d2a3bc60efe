//! Names of people: joined where an answer shows who acted, in no event, and gone without a trace once erased.
use crate::program::pactline;
use crate::redacting::found;
use pactline::domain::text::PersonId;
use pactline::people::{People, Person};
use std::fs;
use std::path::Path;
use tempfile::{TempDir, tempdir};

/// An event by a person, as an exported log has it.
const EXPORTED: &str = concat!(
    r#"{"id":"00000000-0000-5000-8000-000000000001","stream":"partner-00000000-0000-5000-8000-000000000001","revision":0,"#,
    r#""type":"PartnerRenamed","recorded_at":"2026-01-01T00:00:00.000001Z","data":"{\"name\":\"France\"}","#,
    r#""meta":"{\"command_id\":\"00000000-0000-5000-8000-000000000002\",\"effective_at\":\"2026-01-01T00:00:00Z\",\"actor\":\"person:4711\"}"}"#,
    "\n",
);
const NAME: &str = "Zéphyrine Quintessa Ploughwright";

/// Nobody.
pub(crate) fn nobody() -> People {
    People::open(tempdir().unwrap().path()).unwrap()
}

fn person(n: usize) -> Person {
    Person { id: id(n), name: format!("Zéphyrine Quintessa {n:04}").try_into().unwrap() }
}

fn id(n: usize) -> PersonId {
    format!("person:{n:04}").try_into().unwrap()
}

#[test]
fn a_name_is_known_until_it_is_erased() {
    let dir = tempdir().unwrap();
    let people = People::open(dir.path()).unwrap();
    assert_eq!((people.name(&id(1)), people.called("person:0001")), (None, String::new()));
    people.record(person(1)).unwrap();
    people.record(Person { name: "Ada".try_into().unwrap(), ..person(2) }).unwrap();
    people.record(person(2)).unwrap();
    assert_eq!(people.page(None, 9), [person(1), person(2)]);
    assert_eq!(people.page(Some(&id(1)), 1), [person(2)]);
    assert!(people.erase(&id(1)).unwrap());
    assert!(!people.erase(&id(1)).unwrap());
    drop(people);
    let again = People::open(dir.path()).unwrap();
    assert_eq!((again.called("person:0001"), again.page(None, 9)), (String::new(), vec![person(2)]));
}

#[test]
fn an_erased_name_is_in_no_file() {
    let dir = tempdir().unwrap();
    let people = People::open(dir.path()).unwrap();
    (0..400).for_each(|n| people.record(person(n)).unwrap());
    people.record(Person { id: id(7), name: "Ada".try_into().unwrap() }).unwrap();
    assert!(!found(dir.path(), person(7).name.as_str()), "another name took its place");
    for n in (0..400_usize).filter(|n| n.is_multiple_of(3)) {
        people.erase(&id(n)).unwrap();
        assert!(!found(dir.path(), person(n).name.as_str()), "{n}");
        assert!(!found(dir.path(), id(n).as_str()), "{n}");
    }
    assert!(found(dir.path(), person(1).name.as_str()));
}

#[test]
fn a_file_that_is_something_else_is_refused() {
    let dir = tempdir().unwrap();
    fs::write(dir.path().join("people.db"), "no database at all, and long enough to look like one").unwrap();
    assert!(People::open(dir.path()).is_err());
    let other = TempDir::new().unwrap();
    let file = rusqlite::Connection::open(other.path().join("people.db")).unwrap();
    file.execute_batch("CREATE TABLE mine (it)").unwrap();
    let err = People::open(other.path()).err().unwrap();
    assert!(err.to_string().contains("something else"), "{err}");
}

#[cfg(unix)]
#[test]
fn only_the_one_who_runs_it_may_read_the_names() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempdir().unwrap();
    drop(People::open(dir.path()).unwrap());
    let mode = fs::metadata(dir.path().join("people.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[test]
fn names_are_shown_with_the_record_and_are_not_in_it() {
    let dir = tempdir().unwrap();
    let data = dir.path().join("data");
    let run = |arguments: &[&str]| {
        let run = pactline(&data, arguments);
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.err);
        run.out
    };
    let file = dir.path().join("log.jsonl");
    fs::write(&file, EXPORTED).unwrap();
    run(&["import", "log", file.to_str().unwrap()]);
    assert!(run(&["history"]).ends_with("person:4711\n"));
    run(&["people", "add", "person:4711", NAME]);
    assert!(run(&["people", "list"]).contains(NAME));
    assert!(run(&["history"]).ends_with(&format!("{NAME}\n")));
    assert_eq!(run(&["export"]), EXPORTED, "the record knows the id only");
    assert!(!Path::new(&data).read_dir().unwrap().any(|it| {
        let path = it.unwrap().path();
        path.file_name().unwrap() != "people.db" && path.is_file() && {
            let bytes = fs::read(&path).unwrap();
            memchr::memmem::find(&bytes, NAME.as_bytes()).is_some()
        }
    }));
    run(&["people", "erase", "person:4711"]);
    assert!(run(&["history"]).ends_with("person:4711\n"));
    assert!(!found(&data, NAME));
    assert_eq!(pactline(&data, &["people", "erase", "person:4711"]).code, 1);
}

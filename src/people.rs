//! The names of people, outside the log: kept in a file of their own, erased row by row, joined where an answer shows
//! who did something.
//!
//! Ground state, and no view: nothing else knows these names, and deleting the file loses them. The log knows people
//! by opaque ids only, so that erasing a row here leaves the record whole and a person unnamed.
use crate::domain::text::{Name, PersonId};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// "pacp": says that a SQLite file is ours and has people in it.
const APPLICATION_ID: i32 = 0x7061_6370;

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT, WITHOUT ROWID";

/// A person that events name by an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// As events have it.
    pub id: PersonId,
    /// What the person is called.
    pub name: Name,
}

/// The file of names cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the names of people cannot be {doing}: {because}")]
pub struct PeopleError {
    doing: &'static str,
    because: String,
}

/// Everybody whose name is known. Clones are the same people.
#[derive(Clone)]
pub struct People(Arc<Inner>);

struct Inner {
    file: Mutex<Connection>,
    /// What the file says; answers are joined from here.
    known: RwLock<BTreeMap<PersonId, Name>>,
}

impl People {
    /// The people of the folder `dir`: those in its `people.db`, which begins empty.
    pub fn open(dir: &Path) -> Result<Self, PeopleError> {
        let file = connect(&dir.join("people.db"))?;
        let known = read(&file).map_err(failed("read"))?;
        Ok(Self(Arc::new(Inner { file: Mutex::new(file), known: RwLock::new(known) })))
    }

    /// Takes note of a person, or of another name of one. Durable once it returns.
    pub fn record(&self, person: Person) -> Result<(), PeopleError> {
        let file = self.file();
        let sql = "INSERT INTO people (id, name) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET name = ?2";
        file.execute(sql, params![person.id.as_str(), person.name.as_str()]).map_err(failed("written"))?;
        self.0.known.write().unwrap_or_else(PoisonError::into_inner).insert(person.id, person.name);
        Ok(())
    }

    /// Forgets a person; whether there was one. Once it returns, the name is not in the file any more.
    pub fn erase(&self, id: &PersonId) -> Result<bool, PeopleError> {
        let file = self.file();
        let erased =
            file.execute("DELETE FROM people WHERE id = ?1", [id.as_str()]).map_err(failed("erased"))?;
        self.0.known.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        Ok(erased > 0)
    }

    /// What a person is called; `None` for those who are not known, or erased.
    pub fn name(&self, id: &PersonId) -> Option<Name> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// What the person of this id is called, for an answer: empty for whom nobody knows.
    pub fn called(&self, id: &str) -> String {
        let name = id.parse().ok().and_then(|it| self.name(&it));
        name.map(String::from).unwrap_or_default()
    }

    /// At most `size` people in the order of their ids, after `after`.
    pub fn page(&self, after: Option<&PersonId>, size: usize) -> Vec<Person> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        let beyond = known.iter().filter(|(id, _)| after.is_none_or(|after| *id > after));
        beyond.take(size).map(|(id, name)| Person { id: id.clone(), name: name.clone() }).collect()
    }

    /// Whoever writes keeps the map in step while it has this.
    fn file(&self) -> MutexGuard<'_, Connection> {
        self.0.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(path: &Path) -> Result<Connection, PeopleError> {
    only_ours(path).map_err(failed("opened"))?;
    let file = Connection::open(path).map_err(failed("opened"))?;
    let foreign = || failed("opened")(format!("{} is something else", path.display()));
    match set_up(&file) {
        Ok(true) => Ok(file),
        Ok(false) => Err(foreign()),
        Err(err) => Err(failed("opened")(format!("{}: {err}", path.display()))),
    }
}

/// Whether the file is ours, made ready to be written so that nothing stays of what is deleted: freed bytes are
/// zeroed, and the journal is a file that is gone after each change.
fn set_up(file: &Connection) -> rusqlite::Result<bool> {
    file.busy_timeout(Duration::from_secs(5))?;
    file.pragma_update(None, "secure_delete", true)?;
    file.pragma_update(None, "journal_mode", "DELETE")?;
    file.pragma_update(None, "synchronous", "EXTRA")?;
    let id: i32 = file.query_row("PRAGMA application_id", [], |it| it.get(0))?;
    let tables: i64 = file.query_row("SELECT count(*) FROM sqlite_schema", [], |it| it.get(0))?;
    if id != APPLICATION_ID && tables > 0 {
        return Ok(false);
    }
    file.pragma_update(None, "application_id", APPLICATION_ID)?;
    file.execute_batch(TABLE)?;
    Ok(true)
}

/// A file that only the one who runs this program may read, made where there is none.
fn only_ours(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn read(file: &Connection) -> rusqlite::Result<BTreeMap<PersonId, Name>> {
    let mut query = file.prepare("SELECT id, name FROM people")?;
    let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    let mut known = BTreeMap::new();
    for row in rows {
        // What no call could have written is nobody.
        if let (Ok(id), Ok(name)) = row.map(|(id, name)| (PersonId::try_from(id), Name::try_from(name)))? {
            known.insert(id, name);
        }
    }
    Ok(known)
}

fn failed<E: std::fmt::Display>(doing: &'static str) -> impl Fn(E) -> PeopleError {
    move |err| PeopleError { doing, because: err.to_string() }
}

//! The entries of one kind: the ones at hand in memory, all of them in the file.
use super::entry::{Entry, Facets, Listing, Scene};
use crate::views::{ViewError, integer};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::collections::hash_map;
use uuid::Uuid;

/// The upper end of what still holds.
pub(super) const OPEN: i64 = i64::MAX;
/// How many entries of one kind are kept at hand.
const AT_HAND: usize = 20_000;

/// The entries of one kind that were asked for lately.
pub(super) struct Shelf<E> {
    held: HashMap<Uuid, Held<E>>,
    /// Those that the file does not have yet as they are.
    changed: Vec<Uuid>,
}

struct Held<E> {
    entry: E,
    listed: Option<Listing>,
    changed: bool,
}

impl<E> Default for Shelf<E> {
    fn default() -> Self {
        Self { held: HashMap::new(), changed: Vec::new() }
    }
}

impl<E: Entry> Shelf<E> {
    /// Takes an event into account, when it concerns an entry of this kind.
    pub(super) fn take(&mut self, tx: &Connection, scene: &Scene<'_>) -> Result<(), ViewError> {
        let Some(id) = E::concerned(scene.event, scene.stream) else { return Ok(()) };
        let held = self.held(tx, id)?;
        if held.entry.place().is_elsewhere(scene) {
            note_elsewhere::<E>(tx, id, scene)?;
        }
        held.entry.place_mut().move_to(scene);
        held.entry.take(scene);
        let news = !std::mem::replace(&mut held.changed, true);
        let listing = held.entry.listing();
        if held.listed.as_ref() != Some(&listing) {
            list::<E>(tx, id, held, &listing, scene)?;
            held.listed = Some(listing);
        }
        if news {
            self.changed.push(id);
        }
        Ok(())
    }

    /// The entry with this id, if there is one.
    pub(super) fn find(&mut self, tx: &Connection, id: Uuid) -> Result<Option<&E>, ViewError> {
        let held = self.held(tx, id)?;
        Ok(Some(&held.entry).filter(|it| it.place().is_taken()))
    }

    /// Writes what changed.
    pub(super) fn settle(&mut self, tx: &Connection) -> Result<(), ViewError> {
        let mut upsert = tx.prepare_cached(
            "INSERT INTO entry (kind, id, doc) VALUES (?1, ?2, ?3)
             ON CONFLICT (kind, id) DO UPDATE SET doc = excluded.doc",
        )?;
        // In their order in the file, which costs it less.
        self.changed.sort_unstable();
        for id in self.changed.drain(..) {
            let Some(held) = self.held.get_mut(&id) else { continue };
            let doc = serde_json::to_vec(&held.entry);
            let doc = doc.map_err(|err| ViewError::Contradiction(err.to_string()))?;
            upsert.execute(params![E::KIND, id.as_bytes(), doc])?;
            held.changed = false;
        }
        if self.held.len() > AT_HAND {
            self.held.clear();
        }
        Ok(())
    }

    /// Drops what is at hand.
    pub(super) fn forget(&mut self) {
        self.held.clear();
        self.changed.clear();
    }

    fn held(&mut self, tx: &Connection, id: Uuid) -> Result<&mut Held<E>, ViewError> {
        match self.held.entry(id) {
            hash_map::Entry::Occupied(held) => Ok(held.into_mut()),
            hash_map::Entry::Vacant(place) => {
                let found = load::<E>(tx, id)?;
                let listed = found.as_ref().map(E::listing);
                Ok(place.insert(Held { entry: found.unwrap_or_default(), listed, changed: false }))
            }
        }
    }
}

/// The entry as it is in the file.
pub(super) fn load<E: Entry>(tx: &Connection, id: Uuid) -> Result<Option<E>, ViewError> {
    let mut query = tx.prepare_cached("SELECT doc FROM entry WHERE kind = ?1 AND id = ?2")?;
    let doc = query.query_row(params![E::KIND, id.as_bytes()], |row| row.get::<_, Vec<u8>>(0)).optional()?;
    doc.map(|it| read::<E>(&it)).transpose()
}

/// The entry in a row.
pub(super) fn read<E: Entry>(doc: &[u8]) -> Result<E, ViewError> {
    serde_json::from_slice(doc)
        .map_err(|err| ViewError::Damaged(format!("a {} cannot be read: {err}", E::NAME)))
}

/// Remembers an event of another stream that the entry takes into account, so that its past can be told.
fn note_elsewhere<E: Entry>(tx: &Connection, id: Uuid, scene: &Scene<'_>) -> Result<(), ViewError> {
    let mut insert = tx.prepare_cached(
        "INSERT INTO elsewhere (kind, id, position, stream, revision) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    let record = scene.record;
    let revision = i64::try_from(record.revision).unwrap_or(OPEN);
    insert.execute(params![E::KIND, id.as_bytes(), integer(record.position), &*record.stream, revision])?;
    Ok(())
}

/// Ends what the entry was listed under and lists it anew, from this event on.
fn list<E: Entry>(
    tx: &Connection,
    id: Uuid,
    held: &Held<E>,
    listing: &Listing,
    scene: &Scene<'_>,
) -> Result<(), ViewError> {
    let position = integer(scene.record.position);
    let recorded = scene.record.recorded_at.as_microsecond();
    // Never before the last, so that the versions of one entry follow each other on every axis.
    let effective = held.entry.place().last.effective_at.as_microsecond();
    if held.listed.is_some() {
        let mut end = tx.prepare_cached(
            "UPDATE listing SET until_position = ?3, until_recorded = ?4, until_effective = ?5
             WHERE kind = ?1 AND id = ?2 AND until_position = 9223372036854775807",
        )?;
        end.execute(params![E::KIND, id.as_bytes(), position, recorded, effective])?;
    }
    let mut begin = tx.prepare_cached(
        "INSERT INTO listing (kind, id, from_position, until_position, from_recorded, until_recorded,
                              from_effective, until_effective, key1, key2, key3, facets)
         VALUES (?1, ?2, ?3, ?7, ?4, ?7, ?5, ?7, ?8, ?9, ?10, ?6)",
    )?;
    let [key1, key2, key3] = &listing.keys;
    let facets = Facets::stored(&listing.facets);
    let id = id.as_bytes();
    begin.execute(params![E::KIND, id, position, recorded, effective, facets, OPEN, key1, key2, key3])?;
    Ok(())
}

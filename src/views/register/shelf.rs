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
    listed: Option<Listed>,
    /// What it was listed under before, and until when, where the file does not know yet.
    ended: Vec<(Listed, Moment)>,
    changed: bool,
}

/// What an entry is listed under.
struct Listed {
    listing: Listing,
    /// Since when; `None` where the file has it.
    from: Option<Moment>,
}

/// A place on the three axes.
#[derive(Clone, Copy)]
struct Moment {
    position: i64,
    recorded: i64,
    effective: i64,
}

impl Moment {
    /// Of what still holds.
    const OPEN: Self = Self { position: OPEN, recorded: OPEN, effective: OPEN };
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
        let kept = held.listed.is_some() && held.entry.keeps_listing(scene.event);
        held.entry.place_mut().move_to(scene);
        held.entry.take(scene);
        let news = !std::mem::replace(&mut held.changed, true);
        if kept {
            debug_assert!(
                held.is_listed_under(&held.entry.listing()),
                "{} changed its listing",
                scene.record.kind
            );
        } else {
            held.list(scene);
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
        // In their order in the file, which costs it much less.
        self.changed.sort_unstable();
        for id in self.changed.drain(..) {
            let Some(held) = self.held.get_mut(&id) else { continue };
            let doc = serde_json::to_vec(&held.entry);
            let doc = doc.map_err(|err| ViewError::Contradiction(err.to_string()))?;
            upsert.execute(params![E::KIND, id.as_bytes(), doc])?;
            for (mut before, until) in held.ended.drain(..) {
                write::<E>(tx, id, &mut before, until)?;
            }
            if let Some(unwritten) = held.listed.as_mut().filter(|it| it.from.is_some()) {
                write::<E>(tx, id, unwritten, Moment::OPEN)?;
            }
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
                let listed = found.as_ref().map(|it| Listed { listing: it.listing(), from: None });
                let (entry, ended) = (found.unwrap_or_default(), Vec::new());
                Ok(place.insert(Held { entry, listed, ended, changed: false }))
            }
        }
    }
}

impl<E: Entry> Held<E> {
    fn is_listed_under(&self, listing: &Listing) -> bool {
        self.listed.as_ref().is_some_and(|it| it.listing == *listing)
    }

    /// Lists it anew from the event on that it just took into account, where that changes anything.
    fn list(&mut self, scene: &Scene<'_>) {
        let listing = self.entry.listing();
        if self.is_listed_under(&listing) {
            return;
        }
        let from = Moment {
            position: integer(scene.record.position),
            recorded: scene.record.recorded_at.as_microsecond(),
            // Never before the last, so that the versions of one entry follow each other on every axis.
            effective: self.entry.place().last.effective_at.as_microsecond(),
        };
        let before = self.listed.replace(Listed { listing, from: Some(from) });
        self.ended.extend(before.map(|it| (it, from)));
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

/// Writes what an entry is listed under until `until`: as a new version, or as the end of one that the file has.
fn write<E: Entry>(tx: &Connection, id: Uuid, listed: &mut Listed, until: Moment) -> Result<(), ViewError> {
    let Moment { position, recorded, effective } = until;
    let Some(from) = listed.from.take() else {
        let mut end = tx.prepare_cached(
            "UPDATE listing SET until_position = ?3, until_recorded = ?4, until_effective = ?5
             WHERE kind = ?1 AND id = ?2 AND until_position = 9223372036854775807",
        )?;
        end.execute(params![E::KIND, id.as_bytes(), position, recorded, effective])?;
        return Ok(());
    };
    let mut insert = tx.prepare_cached(
        "INSERT INTO listing (kind, id, until_position, until_recorded, until_effective, from_position,
                              from_recorded, from_effective, key1, key2, key3, facets)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    let [key1, key2, key3] = &listed.listing.keys;
    insert.execute(params![
        E::KIND,
        id.as_bytes(),
        position,
        recorded,
        effective,
        from.position,
        from.recorded,
        from.effective,
        key1,
        key2,
        key3,
        Facets::stored(&listed.listing.facets),
    ])?;
    Ok(())
}

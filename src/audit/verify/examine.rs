//! The examination itself: event by event, block by block, root by root.
use super::align::Aligner;
use super::borne::{self, Borne};
use super::event::Event;
use super::fault::{Fault, Kind};
use super::kept::{self, Kept};
use super::{Measure, Report, Signed, signed};
use crate::audit::hash::Hash;
use crate::audit::leaf::Leaf;
use crate::audit::notary::{
    CHECKPOINT, CHECKPOINTS, Edge, PLACES, Piece, is_begun_checkpoint, journal_records,
};
use crate::audit::policy::Policy;
use crate::audit::skew::Skew;
use crate::audit::tiles::{TiledTree, WIDTH};
use crate::log::{Record, Salvaged};
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// How many events are compared together: as many as a tile has.
const BLOCK: usize = WIDTH as usize;

/// An examination under way. Feed it every event in the order of the log.
pub struct Examination {
    tree: PathBuf,
    places: Option<File>,
    signed: Vec<Signed>,
    quorum_wanted: bool,
    /// Whether it is a copy, which may be older than what was signed since.
    is_copy: bool,
    /// The tree of what is found, and whether something of that cannot be hashed.
    found: Edge,
    broken: bool,
    /// How many of `signed` were reached, and those for which the events do not give the root that was signed, but this.
    reached: usize,
    unlike: Vec<(usize, Hash)>,
    /// The unfinished pieces of the tree as it was when it was last signed.
    last: Vec<Piece>,
    /// The tree of what was kept, once that is another; how many of `signed` it reached, and whether it gives their
    /// roots.
    sealed: Option<TiledTree>,
    sealed_reached: usize,
    sealed_like: bool,
    /// The events since the last full block, and the tree before them.
    block: Vec<Event>,
    hashes: Vec<Option<Hash>>,
    positions: Vec<u8>,
    before: TiledTree,
    differs: bool,
    aligner: Aligner<Event>,
    borne: Borne,
    skew: Skew,
    /// Files that are not what the events say, and files that are not there.
    files: Vec<String>,
    lost: Vec<String>,
    faults: Vec<Fault>,
    gaps: Vec<String>,
}

impl Examination {
    /// Begins one.
    pub fn new(measure: &Measure) -> Self {
        let (mut faults, mut gaps) = (Vec::new(), Vec::new());
        // Read before the list: a server that runs may go on meanwhile, and what it publishes is on the list by then.
        let published = fs::read(measure.tree.join(CHECKPOINT)).ok();
        let bytes = fs::read(measure.tree.join(CHECKPOINTS)).unwrap_or_default();
        let (notes, whole) = journal_records(&bytes);
        match bytes.get(whole..).unwrap_or_default() {
            [] => {}
            rest if is_begun_checkpoint(rest) => gaps.push(format!("the end of {CHECKPOINTS} is cut off")),
            _ => faults.push(Fault::general(
                Kind::File,
                format!("from byte {whole} on, {CHECKPOINTS} holds something else than checkpoints"),
            )),
        }
        // It is on the list before it is published: one that is not there is a list that lost its end.
        let unlisted = published.map(|it| String::from_utf8_lossy(&it).into_owned());
        let unlisted = unlisted.filter(|it| !notes.contains(&it.as_str()));
        let own: Vec<&str> = notes.iter().copied().chain(unlisted.as_deref()).collect();
        let (keys, policy) = (&measure.keys, measure.policy.as_ref());
        let signed = signed::read_all(&own, &measure.kept, keys, policy, &mut faults);
        if signed.is_empty() && faults.is_empty() {
            gaps.push("nothing was ever signed".into());
        }
        if unlisted.is_some() {
            faults.push(Fault::general(
                Kind::File,
                format!("{CHECKPOINT} is not on the list of {CHECKPOINTS}"),
            ));
        }
        Self {
            tree: measure.tree.clone(),
            places: File::open(measure.tree.join(PLACES)).ok(),
            signed,
            quorum_wanted: measure.policy.as_ref().is_some_and(Policy::asks_witnesses),
            is_copy: false,
            found: Edge::default(),
            broken: false,
            reached: 0,
            unlike: Vec::new(),
            last: Vec::new(),
            sealed: None,
            sealed_reached: 0,
            sealed_like: true,
            block: Vec::with_capacity(BLOCK),
            hashes: Vec::with_capacity(BLOCK),
            positions: Vec::with_capacity(8 * BLOCK),
            before: TiledTree::new(),
            differs: false,
            aligner: Aligner::new(),
            borne: Borne::by(&measure.keys),
            skew: Skew::default(),
            files: Vec::new(),
            lost: Vec::new(),
            faults,
            gaps,
        }
    }

    /// The same of a copy, for which it is no fault to be older than a checkpoint that somebody kept.
    pub fn of_a_copy(self) -> Self {
        Self { is_copy: true, ..self }
    }

    /// How many events were signed for, at the most.
    pub fn size(&self) -> u64 {
        self.signed.last().map_or(0, |it| it.head.size)
    }

    /// Notes something that was found wrong elsewhere.
    pub fn note(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Takes the next of what is found.
    pub fn take(&mut self, found: &Salvaged) {
        let place = self.found.size();
        if self.block.is_empty() {
            self.before = self.found.tree().clone();
        }
        let position = match found {
            Salvaged::Event(record) => {
                self.event(place, record);
                record.position.0
            }
            Salvaged::Unreadable { position, why } => {
                self.unreadable(place, why.clone());
                *position
            }
        };
        self.positions.extend(position.to_be_bytes());
        self.reach();
        if self.block.len() == BLOCK {
            self.close_block();
        }
    }

    fn event(&mut self, place: u64, record: &Record) {
        self.faults.extend(self.borne.take(place, record));
        self.skew.take(place, record);
        let leaf = Leaf::of(place, record);
        let bytes = match leaf.encode() {
            Ok(bytes) => bytes,
            Err(err) => return self.unreadable(place, err.to_string()),
        };
        let (hash, full) = self.found.push(&bytes);
        full.iter().for_each(|it| self.compare_file(it));
        self.hashes.push(Some(hash));
        self.block.push(Event { place, leaf: Some(leaf), unreadable: None });
    }

    fn unreadable(&mut self, place: u64, why: String) {
        (self.broken, self.differs) = (true, true);
        self.found.push(&[]);
        self.hashes.push(None);
        self.block.push(Event { place, leaf: None, unreadable: Some(why) });
    }

    /// Compares the roots that were signed for as many events as are found so far.
    fn reach(&mut self) {
        while let Some(signed) = self.signed.get(self.reached).filter(|it| it.head.size <= self.found.size())
        {
            if self.broken || (signed.head.size == self.found.size() && signed.head != self.found.head()) {
                self.unlike.push((self.reached, self.found.head().root));
                self.differs = true;
            }
            self.reached += 1;
            if self.signed.get(self.reached).is_none_or(|it| it.kept) {
                self.last = self.found.partial();
            }
        }
    }

    fn compare_file(&mut self, piece: &Piece) {
        let (files, lost) = (&mut self.files, &mut self.lost);
        let name = piece.path.to_string();
        match fs::read(self.tree.join(&name)) {
            Ok(kept) if kept == piece.bytes => return,
            // What a crash leaves of a file is its beginning.
            Ok(kept) if piece.bytes.starts_with(&kept) => lost.push(name),
            Ok(_) => files.push(name),
            Err(_) => lost.push(name),
        }
        self.differs = true;
    }

    fn compare_places(&mut self) {
        let positions = std::mem::take(&mut self.positions);
        let first = self.found.size() - self.block.len() as u64;
        // What is signed is in the file; what came later may not be yet.
        let within = usize::try_from(self.size().saturating_sub(first) * 8).unwrap_or(usize::MAX);
        let expected = positions.get(..within.min(positions.len())).unwrap_or_default();
        let Some(file) = &self.places else { return };
        let mut kept = vec![0; expected.len()];
        let read = read_at(file, &mut kept, first * 8);
        if !expected.starts_with(kept.get(..read).unwrap_or_default()) {
            self.files.push(PLACES.into());
        } else if read < expected.len() {
            self.lost.push(PLACES.into());
        }
    }

    /// Lays what was kept of the block beside it, where there is any difference.
    fn close_block(&mut self) {
        self.compare_places();
        let (block, hashes) = (std::mem::take(&mut self.block), std::mem::take(&mut self.hashes));
        if !std::mem::take(&mut self.differs) && self.sealed.is_none() && self.aligner.is_together() {
            return;
        }
        let first = block.first().map_or(self.found.size(), |it| it.place);
        let kept = kept::block(&self.tree, first / u64::from(WIDTH), self.signed_from(first), &hashes);
        let mut found = block.into_iter();
        for (place, it) in (first..).zip(kept) {
            self.seal(place, &it);
            let sealed = Event { place, leaf: it.leaf, unreadable: None };
            self.aligner.take(Some(sealed), found.next());
        }
        found.for_each(|it| self.aligner.take(None, Some(it)));
    }

    /// Takes what was kept of an event into the tree of what was kept, and compares that tree's root.
    fn seal(&mut self, place: u64, kept: &Kept) {
        let before = &self.before;
        let tree = self.sealed.get_or_insert_with(|| before.clone());
        match kept.hash {
            Some(hash) => drop(tree.append(hash)),
            None => self.sealed_like = false,
        }
        while let Some(signed) = self.signed.get(self.sealed_reached).filter(|it| it.head.size <= place + 1) {
            self.sealed_like &= signed.head.size < place + 1 || signed.head == tree.head();
            self.sealed_reached += 1;
        }
    }

    /// Everything that was found: call it after the last event.
    pub fn finish(mut self) -> Report {
        if self.signed.first().is_some_and(|it| it.head.size == 0) && self.found.size() == 0 {
            self.reach();
        }
        for piece in std::mem::take(&mut self.last) {
            self.compare_partial(&piece);
        }
        let events = self.found.size();
        self.leave_to_later_copies(events);
        self.differs |= events < self.size();
        self.close_block();
        self.keep_on(events);
        let sound = !self.broken && self.unlike.is_empty() && events >= self.size();
        let size = self.size();
        let (edits, _) = self.aligner.finish();
        if sound {
            self.files.dedup();
            let why = |it: &String| {
                format!(
                    "{it} is not what the events give; delete the folder's audit/tile and \
                                             audit/places, and the next start makes them again"
                )
            };
            self.faults.extend(self.files.iter().map(|it| Fault::general(Kind::File, why(it))));
        } else if let (true, Some(forks)) = (edits.is_empty(), signed::forks(&self.signed, &self.unlike)) {
            self.faults.extend(forks);
        } else {
            let unlike = self.unlike.first().and_then(|(n, _)| self.signed.get(*n)).map(|it| it.head.size);
            self.faults.extend(edits.iter().map(Fault::from_edit));
            self.faults.extend(unexplained(unlike, edits.is_empty(), self.sealed_like));
            self.gaps.extend(self.lost.iter().map(|it| format!("{it} is missing or cut short")));
        }
        let unsigned = events.saturating_sub(size);
        if unsigned > 0 && !self.signed.is_empty() {
            self.gaps.push(format!("the last {unsigned} events are under no signature yet"));
        }
        let witnessed = self.signed.iter().rev().find(|it| it.witnessed).map(|it| it.head.size);
        if self.quorum_wanted && witnessed != Some(size) {
            let until = witnessed.map_or("none".into(), |it| format!("only the first {it}"));
            self.gaps.push(format!("of {size} events, a quorum of witnesses has signed for {until}"));
        }
        let (decisions, redacted, altered) = self.borne.finish();
        self.faults.extend(altered);
        self.gaps.extend(borne::unbound(&redacted));
        self.lost.dedup();
        Report {
            events,
            checkpoints: self.signed.len(),
            newest: self.signed.last().cloned(),
            witnessed,
            unsigned,
            decisions,
            redacted,
            step_back: self.skew.largest(),
            faults: self.faults,
            gaps: self.gaps,
            lost: self.lost,
        }
    }

    /// What was signed after a copy was made, whose own checkpoints it has all the events of, says nothing against it.
    fn leave_to_later_copies(&mut self, events: u64) {
        let own = self.signed.iter().rev().find(|it| !it.kept);
        if !self.is_copy || own.is_none_or(|it| it.head.size > events) {
            return;
        }
        while let Some(later) = self.signed.pop_if(|it| it.kept && it.head.size > events) {
            self.gaps.push(format!(
                "this copy has {events} events and is older than the checkpoint of {}: make a newer one",
                later.head.size
            ));
        }
    }

    /// How many events of the block that begins at `first` were signed for.
    fn signed_from(&self, first: u64) -> u16 {
        u16::try_from(self.size().saturating_sub(first)).unwrap_or(WIDTH).min(WIDTH)
    }

    /// What was kept of events beyond all that are found.
    fn keep_on(&mut self, events: u64) {
        let mut first = events.next_multiple_of(WIDTH.into());
        while first < self.size() {
            let kept = kept::block(&self.tree, first / u64::from(WIDTH), self.signed_from(first), &[]);
            for (place, it) in (first..).zip(kept) {
                self.seal(place, &it);
                self.aligner.take(Some(Event { place, leaf: it.leaf, unreadable: None }), None);
            }
            first += u64::from(WIDTH);
        }
    }

    /// An unfinished piece may have grown since: then its beginning counts.
    fn compare_partial(&mut self, piece: &Piece) {
        match fs::read(self.tree.join(piece.path.full().to_string())).ok() {
            Some(full) if full.starts_with(&piece.bytes) => {}
            Some(_) | None => self.compare_file(piece),
        }
    }
}

/// As much as is there of what was asked for: how many bytes.
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> usize {
    let mut read = 0;
    while let Some(rest) = bytes.get_mut(read..).filter(|it| !it.is_empty()) {
        match file.read_at(rest, at + read as u64) {
            Ok(0) | Err(_) => break,
            Ok(more) => read += more,
        }
    }
    read
}

/// What no event explains.
fn unexplained(unlike: Option<u64>, nothing_differs: bool, sealed_like: bool) -> Option<Fault> {
    let size = unlike?;
    if !nothing_differs && sealed_like {
        return None;
    }
    let too = if sealed_like {
        ""
    } else {
        ", and neither do the leaves that were kept: they were changed too, or are lost"
    };
    Some(Fault::general(
        Kind::Checkpoint,
        format!("the first {size} events do not give the root that was signed for them{too}"),
    ))
}

//! The log's own file as what is found: each event, and what SQLite says of the rest.
use super::{Examination, Fault, Kind};
use crate::log::Salvage;
use std::path::Path;

impl Examination {
    /// Takes everything that is in the log's file in `dir`, whether or not it can be opened as a log; `seen` hears how
    /// many events came at a time.
    pub fn take_log(&mut self, dir: &Path, mut seen: impl FnMut(u64)) {
        let mut salvage = match Salvage::open(dir, self.size()) {
            Ok(it) => it,
            Err(err) => {
                return self.note(Fault::general(Kind::File, format!("the log cannot be read: {err}")));
            }
        };
        loop {
            let some = salvage.read();
            if some.is_empty() {
                break;
            }
            some.iter().for_each(|it| self.take(it));
            seen(some.len() as u64);
        }
        for why in salvage.faults() {
            self.note(Fault::general(Kind::File, format!("log.db: {why}")));
        }
    }
}

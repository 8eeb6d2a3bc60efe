//! Before anything is written or signed: is the log what was signed?
use super::Sealed;
use super::disk::{Disk, TREE};
use super::edge::Edge;
use super::journal::{CHECKPOINTS, changed};
use super::keeper::{CHECKPOINT, Keeper, Mode, PLACES};
use super::run::{AGAIN_AFTER, Halt, REMEDY, Task};
use crate::audit::verify::{Examination, Measure, Report, Signed, read_signed};
use crate::log::{Error, Record, Salvaged};
use crate::scrutiny::Redactions;
use futures::StreamExt;
use std::sync::Arc;

/// A log that is what was signed, and its tree as far as that goes.
pub(super) struct Compared<D> {
    pub(super) keeper: Keeper<D>,
    pub(super) sealed: Option<Arc<Sealed>>,
    pub(super) witnessed: Option<Arc<Sealed>>,
}

/// Compares the log with every checkpoint that was signed, and the files of the tree with the log.
pub(super) async fn compare<D: Disk + Clone>(
    task: &mut Task<D>,
    notes: &[String],
) -> Result<Compared<D>, Halt> {
    published(task, notes)?;
    let signed = signed(task, notes)?;
    if task.log.damage().is_some() {
        return Err(differs(task, 0, signed.last().map_or(0, |it| it.head.size)).await);
    }
    let found = pass_again(task, &signed, Mode::Compare).await?;
    if !found.keeper.damaged {
        return Ok(found);
    }
    tracing::warn!("files of the tree are damaged or missing; they are made again from the log");
    task.disk.remove(TREE)?;
    task.disk.remove(PLACES)?;
    pass_again(task, &signed, Mode::Write).await
}

/// What is published was put on the list of what was signed before anybody saw it: one that is ours and is not there
/// tells of a list that lost its end, and of a record that may have lost it too. One that is not ours is made again.
fn published<D: Disk>(task: &Task<D>, notes: &[String]) -> Result<(), Halt> {
    let found = task.disk.read(CHECKPOINT)?.and_then(|it| String::from_utf8(it).ok());
    let Some(found) = found.filter(|it| !notes.contains(it)) else { return Ok(()) };
    match read_signed(&found, Some(&task.settings.keys), None) {
        Ok(it) => Err(changed(format!(
            "{CHECKPOINT} is signed for {} events, and {CHECKPOINTS} does not have it: its end is lost",
            it.head.size
        ))),
        Err(why) => {
            tracing::warn!(why, "the published checkpoint is none that was signed: it is made again");
            Ok(())
        }
    }
}

/// All that was signed, in the order of the sizes. Whatever is in the file without our signature did not get there by
/// our doing.
fn signed<D>(task: &Task<D>, notes: &[String]) -> Result<Vec<Signed>, Halt> {
    let settings = &task.settings;
    let read = |(n, note): (usize, &String)| {
        // The signatures of all but the last are for `pactline audit verify`: there may be very many.
        let keys = (n + 1 == notes.len()).then_some(&settings.keys[..]);
        let signed = read_signed(note, keys, settings.policy.as_ref());
        signed.map_err(|why| changed(format!("number {} of {CHECKPOINTS}: {why}", n + 1)))
    };
    let mut signed: Vec<Signed> = notes.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    signed.sort_by_key(|it| it.head.size);
    Ok(signed)
}

async fn pass_again<D: Disk + Clone>(
    task: &mut Task<D>,
    signed: &[Signed],
    mode: Mode,
) -> Result<Compared<D>, Halt> {
    loop {
        match pass(task, signed, mode).await {
            Err(Halt::Unread(err)) => {
                tracing::warn!(%err, "the log cannot be read; asking again");
                task.pause(AGAIN_AFTER).await?;
            }
            ended => return ended,
        }
    }
}

/// Reads the log as far as it was signed for.
async fn pass<D: Disk + Clone>(
    task: &mut Task<D>,
    signed: &[Signed],
    mode: Mode,
) -> Result<Compared<D>, Halt> {
    let mut reach = Reach { signed, reached: 0, sealed: None, witnessed: None };
    let mut keeper = Keeper::new(task.disk.clone(), mode);
    let mut redactions = Redactions::default();
    let size = signed.last().map_or(0, |it| it.head.size);
    let mut records = task.log.read_all(None);
    let mut as_signed = reach.compare(&keeper.edge, None);
    while keeper.edge.size() < size && as_signed {
        let chunk = tokio::select! {
            biased;
            _ = task.stop.wait_for(|it| *it) => return Err(Halt::Stopped),
            chunk = records.next() => chunk,
        };
        let chunk = match chunk {
            Some(Err(Error::Corrupt(_))) | None => break,
            Some(chunk) => chunk?,
        };
        for record in &chunk {
            redactions.take(keeper.edge.size(), record);
            keeper.take(record)?;
            as_signed = as_signed && reach.compare(&keeper.edge, Some(record));
            if keeper.edge.size() == size {
                break;
            }
        }
        keeper.place()?;
    }
    if keeper.edge.size() < size || !as_signed || !approved(task, redactions, &keeper).await? {
        return Err(differs(task, keeper.edge.size(), size).await);
    }
    keeper.begin()?;
    Ok(Compared { keeper, sealed: reach.sealed, witnessed: reach.witnessed })
}

/// Whether something on record approves whatever says that it was redacted: its leaf is what it was, so that the roots
/// do not tell. The approval may be under no signature yet.
async fn approved<D: Disk + Clone>(
    task: &mut Task<D>,
    mut redactions: Redactions,
    keeper: &Keeper<D>,
) -> Result<bool, Halt> {
    let (mut index, mut records) = (keeper.edge.size(), task.log.read_all(keeper.last));
    while redactions.is_open() {
        let chunk = tokio::select! {
            biased;
            _ = task.stop.wait_for(|it| *it) => return Err(Halt::Stopped),
            chunk = records.next() => chunk,
        };
        let Some(chunk) = chunk else { return Ok(false) };
        for record in &chunk? {
            redactions.take(index, record);
            index += 1;
        }
    }
    Ok(true)
}

/// How far the signed sizes were reached, and the newest states.
struct Reach<'a> {
    signed: &'a [Signed],
    reached: usize,
    sealed: Option<Arc<Sealed>>,
    witnessed: Option<Arc<Sealed>>,
}

impl Reach<'_> {
    /// Whether the tree gives the roots that were signed for its size.
    fn compare(&mut self, edge: &Edge, last: Option<&Record>) -> bool {
        let head = match self.signed.get(self.reached) {
            Some(next) if next.head.size == edge.size() => edge.head(),
            Some(_) | None => return true,
        };
        while let Some(signed) = self.signed.get(self.reached).filter(|it| it.head.size == edge.size()) {
            if signed.head != head {
                return false;
            }
            let later = self.signed.get(self.reached + 1..).unwrap_or_default();
            let newest = later.iter().all(|it| it.head.size == signed.head.size);
            if newest || (signed.witnessed && !later.iter().any(|it| it.witnessed)) {
                self.keep(signed, edge, last);
            }
            self.reached += 1;
        }
        true
    }

    fn keep(&mut self, signed: &Signed, edge: &Edge, last: Option<&Record>) {
        let Signed { head, note, witnessed, .. } = signed.clone();
        let position = last.map(|it| it.position);
        let sealed = Arc::new(Sealed { head, position, note, edge: edge.partial().into() });
        if witnessed {
            self.witnessed = Some(sealed.clone());
        }
        self.sealed = Some(sealed);
    }
}

/// Says where the log differs from what was signed.
async fn differs<D: Disk + Clone>(task: &mut Task<D>, reached: u64, size: u64) -> Halt {
    let report = match examined(task).await {
        Ok(report) => report,
        Err(halt) => return halt,
    };
    let damage = task.log.damage().map(|how| format!("{how}; ")).unwrap_or_default();
    let shorter = match report.events < size {
        true => format!("{size} events were signed for and the log has {}; ", report.events),
        false => String::new(),
    };
    let first = report.faults.first().map_or_else(
        || match (damage.is_empty(), size) {
            (true, _) => format!("the first {reached} events do not give the root that was signed"),
            (false, 0) => "nothing was signed, so that nothing shows which events are missing".into(),
            (false, _) => format!("the {} events that can be read are what was signed", report.events),
        },
        ToString::to_string,
    );
    let more = match report.faults.len() {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    Halt::Differs(format!("the record is not what was signed: {damage}{shorter}{first}{more}. {REMEDY}"))
}

/// Examines the log event by event, past damage where it can be read past that.
async fn examined<D: Disk + Clone>(task: &mut Task<D>) -> Result<Report, Halt> {
    let measure =
        Measure { tree: task.dir.clone(), keys: task.settings.keys.clone(), policy: None, kept: Vec::new() };
    let mut examination = Examination::new(&measure);
    if let Some(mut salvage) = task.log.salvage(examination.size())? {
        loop {
            let some = salvage.read();
            if *task.stop.borrow() {
                return Err(Halt::Stopped);
            }
            if some.is_empty() {
                return Ok(examination.finish());
            }
            some.iter().for_each(|it| examination.take(it));
        }
    }
    let mut records = task.log.read_all(None);
    loop {
        let chunk = tokio::select! {
            biased;
            _ = task.stop.wait_for(|it| *it) => return Err(Halt::Stopped),
            chunk = records.next() => chunk,
        };
        match chunk {
            None => return Ok(examination.finish()),
            Some(chunk) => chunk?.into_iter().for_each(|it| examination.take(&Salvaged::Event(it))),
        }
    }
}

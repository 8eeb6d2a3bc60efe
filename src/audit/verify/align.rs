//! Which events are not what or where they were: two sequences laid side by side, as they are read.
//!
//! Cost: while both say the same, one comparison per event. Around a difference, up to [`WINDOW`] events of each side
//! are held to find out where the two go on together.
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;

/// How far ahead is looked for the place where both sides go on together.
const WINDOW: usize = 4096;

/// An event of one side.
pub(super) trait Known {
    /// Its id; `None` when that cannot be told, and then it stands for whatever is beside it.
    fn id(&self) -> Option<Uuid>;
    /// Whether the other says the same, wherever it is.
    fn says(&self, other: &Self) -> bool;
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Edit<T> {
    /// The event is there, and says something else.
    Altered { sealed: T, found: T },
    /// Two events have taken each other's places.
    Swapped { first: T, second: T },
    /// The event is there, at another place.
    Moved { sealed: T, found: T },
    /// The event is not there.
    Missing(T),
    /// There is an event that was never sealed, before others that were.
    Inserted(T),
}

/// Lays what was sealed beside what is found.
pub(super) struct Aligner<T> {
    sealed: Side<T>,
    found: Side<T>,
    edits: Vec<Edit<T>>,
    /// How many events were found after all that was sealed.
    beyond: u64,
}

impl<T: Known + Clone> Aligner<T> {
    pub(super) fn new() -> Self {
        Self { sealed: Side::new(), found: Side::new(), edits: Vec::new(), beyond: 0 }
    }

    /// Whether both sides are together and nothing is held.
    pub(super) fn is_together(&self) -> bool {
        self.sealed.events.is_empty() && self.found.events.is_empty() && self.edits.is_empty()
    }

    /// The next of both sides; `None` where a side has ended.
    pub(super) fn take(&mut self, sealed: Option<T>, found: Option<T>) {
        if let (Some(sealed), Some(found)) = (&sealed, &found)
            && self.sealed.events.is_empty()
            && self.found.events.is_empty()
            && sealed.says(found)
        {
            return;
        }
        let ended = sealed.is_none();
        sealed.into_iter().for_each(|it| self.sealed.push(it));
        found.into_iter().for_each(|it| self.found.push(it));
        self.settle(ended);
    }

    /// All differences in the order of the log, and how many events were found after all that was sealed.
    pub(super) fn finish(mut self) -> (Vec<Edit<T>>, u64) {
        self.settle(true);
        while let Some(it) = self.sealed.pop() {
            self.edits.push(Edit::Missing(it));
        }
        (moved(self.edits), self.beyond)
    }

    /// Takes from the front what can be decided; `ended` says that no more was sealed.
    fn settle(&mut self, ended: bool) {
        loop {
            let (sealed, found) = match (self.sealed.events.front(), self.found.events.front()) {
                (Some(sealed), Some(found)) => (sealed, found),
                (None, Some(_)) if ended => {
                    self.found.pop();
                    self.beyond += 1;
                    continue;
                }
                (Some(_) | None, None) | (None, Some(_)) => return,
            };
            let beside = sealed.id().is_none() || found.id().is_none() || sealed.id() == found.id();
            let step = match beside {
                true => Step::Both,
                false => self.step(ended),
            };
            match step {
                Step::Both => self.both(),
                Step::Swap(away) => self.swap(away),
                Step::Sealed => self.missing(),
                Step::Found => self.inserted(),
                Step::Neither => {
                    self.missing();
                    self.inserted();
                }
                Step::Wait => return,
            }
        }
    }

    /// The fronts are two events: which of them has no counterpart, by where the other side has it.
    fn step(&self, ended: bool) -> Step {
        let place =
            |of: &Side<T>, on: &Side<T>| of.events.front().and_then(Known::id).and_then(|it| on.place(it));
        match (place(&self.sealed, &self.found), place(&self.found, &self.sealed)) {
            (Some(one), Some(other)) if one == other => Step::Swap(one),
            (Some(one), Some(other)) if one < other => Step::Found,
            (Some(_), None) => Step::Found,
            (Some(_) | None, Some(_)) => Step::Sealed,
            (None, None) if ended || self.sealed.events.len() >= WINDOW => Step::Neither,
            (None, None) => Step::Wait,
        }
    }

    fn both(&mut self) {
        if let (Some(sealed), Some(found)) = (self.sealed.pop(), self.found.pop())
            && !sealed.says(&found)
        {
            self.edits.push(Edit::Altered { sealed, found });
        }
    }

    fn swap(&mut self, away: usize) {
        if let (Some(first), Some(second)) = (self.sealed.events.front(), self.sealed.events.get(away)) {
            self.edits.push(Edit::Swapped { first: first.clone(), second: second.clone() });
        }
        self.found.exchange(away);
    }

    fn missing(&mut self) {
        self.edits.extend(self.sealed.pop().map(Edit::Missing));
    }

    fn inserted(&mut self) {
        self.edits.extend(self.found.pop().map(Edit::Inserted));
    }
}

enum Step {
    Both,
    Swap(usize),
    Sealed,
    Found,
    Neither,
    Wait,
}

/// Events of one side that are not decided yet.
struct Side<T> {
    events: VecDeque<T>,
    /// Where each is, counted from the first that was ever here.
    places: HashMap<Uuid, u64>,
    popped: u64,
}

impl<T: Known> Side<T> {
    fn new() -> Self {
        Self { events: VecDeque::new(), places: HashMap::new(), popped: 0 }
    }

    fn push(&mut self, event: T) {
        let place = self.popped + self.events.len() as u64;
        if let Some(id) = event.id() {
            self.places.entry(id).or_insert(place);
        }
        self.events.push_back(event);
    }

    fn pop(&mut self) -> Option<T> {
        let event = self.events.pop_front()?;
        if let Some(id) = event.id()
            && self.places.get(&id) == Some(&self.popped)
        {
            self.places.remove(&id);
        }
        self.popped += 1;
        Some(event)
    }

    /// How far from the front an event is.
    fn place(&self, id: Uuid) -> Option<usize> {
        self.places.get(&id).and_then(|it| usize::try_from(it.checked_sub(self.popped)?).ok())
    }

    /// Lets the front and another change places.
    fn exchange(&mut self, away: usize) {
        self.events.swap(0, away);
        for at in [0, away] {
            if let Some(id) = self.events.get(at).and_then(Known::id) {
                self.places.insert(id, self.popped + at as u64);
            }
        }
    }
}

/// What is missing at one place and too many at another was moved.
fn moved<T: Known + Clone>(edits: Vec<Edit<T>>) -> Vec<Edit<T>> {
    let id = |it: &Edit<T>| match it {
        Edit::Inserted(it) => it.id(),
        Edit::Altered { .. } | Edit::Swapped { .. } | Edit::Moved { .. } | Edit::Missing(_) => None,
    };
    let mut inserted: HashMap<Uuid, T> = HashMap::new();
    for it in &edits {
        if let (Some(id), Edit::Inserted(event)) = (id(it), it) {
            inserted.insert(id, event.clone());
        }
    }
    let (mut told, mut elsewhere) = (Vec::new(), Vec::new());
    for it in edits {
        match it {
            Edit::Missing(sealed) => match sealed.id().and_then(|it| inserted.remove(&it)) {
                Some(found) => {
                    elsewhere.extend(sealed.id());
                    told.push(Edit::Moved { sealed, found });
                }
                None => told.push(Edit::Missing(sealed)),
            },
            other => told.push(other),
        }
    }
    told.retain(|it| id(it).is_none_or(|id| !elsewhere.contains(&id)));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Letter(char, u8);

    impl Known for Letter {
        fn id(&self) -> Option<Uuid> {
            (self.0 != '?').then(|| Uuid::from_u128(self.0 as u128))
        }
        fn says(&self, other: &Self) -> bool {
            self.0 == '?' || self == other
        }
    }

    /// The differences as text; a capital letter is the small one with something else in it.
    fn edits(sealed: &str, found: &str) -> (Vec<String>, u64) {
        let letters = |text: &str| -> Vec<Letter> {
            text.chars()
                .map(|it| Letter(it.to_ascii_lowercase(), u8::from(it.is_ascii_uppercase())))
                .collect()
        };
        let (sealed, found) = (letters(sealed), letters(found));
        let mut aligner = Aligner::new();
        for n in 0..sealed.len().max(found.len()) {
            aligner.take(sealed.get(n).cloned(), found.get(n).cloned());
        }
        let (edits, beyond) = aligner.finish();
        let told = edits.iter().map(|it| match it {
            Edit::Altered { found, .. } => format!("altered {}", found.0),
            Edit::Swapped { first, second } => format!("swapped {} {}", first.0, second.0),
            Edit::Moved { sealed, .. } => format!("moved {}", sealed.0),
            Edit::Missing(it) => format!("missing {}", it.0),
            Edit::Inserted(it) => format!("inserted {}", it.0),
        });
        (told.collect(), beyond)
    }

    #[test]
    fn each_difference_is_named_and_nothing_else() {
        let stories: &[(&str, &str, &[&str], u64)] = &[
            ("abcdef", "abcdef", &[], 0),
            ("abcdef", "abCdef", &["altered c"], 0),
            ("abcdef", "abdef", &["missing c"], 0),
            ("abcdef", "abxcdef", &["inserted x"], 0),
            ("abcdef", "acbdef", &["swapped b c"], 0),
            ("abcdef", "ebcdaf", &["swapped a e"], 0),
            ("abcdef", "acdebf", &["moved b"], 0),
            ("abcdef", "abxdef", &["missing c", "inserted x"], 0),
            ("abcdef", "abc", &["missing d", "missing e", "missing f"], 0),
            ("abcdef", "abcdefghi", &[], 3),
            ("abcdef", "xabcdefghi", &["inserted x"], 3),
            (
                "abcdef",
                "",
                &["missing a", "missing b", "missing c", "missing d", "missing e", "missing f"],
                0,
            ),
            ("abcdef", "bcdeF", &["missing a", "altered f"], 0),
            ("ab?def", "abXdef", &[], 0),
        ];
        for (sealed, found, told, beyond) in stories {
            let expected = (told.iter().map(|it| (*it).to_owned()).collect(), *beyond);
            assert_eq!(edits(sealed, found), expected, "{sealed} {found}");
        }
    }
}

//! Chance that can be had again: the same seed, the same choices.
use uuid::Uuid;

/// A stream of numbers that a seed fixes (splitmix64: Steele, Lea, Flood, 2014).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        // Mixed, for the numbers of a seed and the next one would else be the same ones, one later.
        Self(Self(seed).number())
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A chance of its own, so that what is drawn from it changes nothing here.
    pub fn apart(&mut self) -> Self {
        Self(self.number())
    }

    /// From nothing up to, and without, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number() % end.max(1)
    }

    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `items`, when there are any.
    pub fn of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        match items.len() {
            0 => None,
            len => items.get(self.below(len as u64) as usize),
        }
    }

    /// The same, cloned.
    pub fn one<T: Clone>(&mut self, items: &[T]) -> Option<T> {
        self.of(items).cloned()
    }

    pub fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.number(), self.number())
    }
}

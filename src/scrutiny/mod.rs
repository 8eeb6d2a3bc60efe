//! What the record itself must bear out, event by event in its order: that a wiped text was approved to be wiped, and
//! that what a partner is said to have decided is what it signed.
//!
//! Pure: whoever has the records can check them, on any machine, with no key and no server.
mod redacted;
mod signed;
mod trace;

pub use crate::codec::Bond;
pub use redacted::{Covering, Redacted, Redactions};
pub use signed::{Counts, Fault, SignedDecisions};
pub use trace::{Traced, Unlike, needs, trace};

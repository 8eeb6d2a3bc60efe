//! What goes wrong, and when.
use super::{Shared, locked};

/// What a client asks of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Which methods there are.
    Features,
    /// Who is in the cluster.
    Gossip,
    /// One append.
    Append,
    /// A stream or $all, once.
    Read,
    /// A stream or $all, for as long as the client stays.
    Subscribe,
}

/// How a node fails a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not at all.
    None,
    /// It is unavailable, and does nothing.
    Unavailable,
    /// It does what was asked, and is unavailable before it can say so.
    LostAnswer,
    /// It is unavailable, and does what was asked 20 ms later.
    LateCommit,
    /// It does what was asked, and says that the deadline was exceeded.
    DeadlineAfterCommit,
    /// It says nothing more.
    Hang,
    /// The answer ends, in good order, before it is complete.
    EndsEarly,
    /// Every event of a read comes twice.
    Twice,
    /// Another node leads, it says, and names one.
    NotLeader {
        /// The port where the leader is said to be.
        port: u16,
    },
    /// It does not let the caller do that.
    Denied,
    /// It knows nothing of the method.
    Unimplemented,
}

/// Says what goes wrong with each call.
pub type Plan = Box<dyn FnMut(Call) -> Fault + Send>;

impl Shared {
    /// What goes wrong with this call.
    pub(super) fn fault(&self, call: Call) -> Fault {
        locked(&self.plan)(call)
    }
}

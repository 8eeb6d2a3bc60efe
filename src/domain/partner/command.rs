//! What can be asked of a partner.
use crate::domain::Timestamp;
use crate::domain::charter::RoleName;
use crate::domain::decision::PublicKey;
use crate::domain::text::{Digest, Name, Prose};

use super::Party;

/// A request; it may be refused.
#[derive(Debug, Clone, PartialEq, Eq, strum::VariantNames)]
pub enum Command {
    /// Admit a party as a member; an observer becomes one, a former partner becomes one again.
    AdmitPartner {
        /// Who; the stream's id is derived from it.
        party: Party,
        /// Its name at admission.
        name: Name,
    },
    /// Give a party a seat without a say.
    GrantObserverStatus {
        /// Who; the stream's id is derived from it.
        party: Party,
        /// Its name.
        name: Name,
    },
    /// Take note of a new name. Identity stays.
    RenamePartner {
        /// The new name.
        name: Name,
    },
    /// Record that the party left.
    WithdrawPartner {
        /// Why, or under which document.
        reason: Prose,
    },
    /// Let the partner act in a role.
    GrantRole {
        /// Which role.
        role: RoleName,
    },
    /// End a role.
    RevokeRole {
        /// Which role.
        role: RoleName,
    },
    /// Put a key forward that the partner signs its decisions with.
    ProposeKey {
        /// The key.
        key: PublicKey,
        /// From when on its signatures count.
        valid_from: Timestamp,
        /// Until when, at the latest.
        valid_until: Timestamp,
    },
    /// Confirm a key that somebody else put forward: it counts from now on.
    ConfirmKey {
        /// Which: SHA-256 of its bytes.
        key_id: Digest,
    },
    /// End a key at once; one person is enough.
    RevokeKey {
        /// Which: SHA-256 of its bytes.
        key_id: Digest,
        /// Why.
        reason: Prose,
    },
}

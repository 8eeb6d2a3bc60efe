//! Who acts: opaque ids, different ones where the rules ask that nobody judges what they put forward themselves.

/// Keeps the registers of parties and mandates.
pub(super) const REGISTRAR: &str = "person:registrar";
/// Serves the meetings.
pub(super) const SECRETARIAT: &str = "person:secretariat";
/// Writes up evidence.
pub(super) const ANALYST: &str = "person:analyst";
/// Sets priorities, for the coordinator.
pub(super) const COORDINATOR: &str = "person:coordinator";
/// Puts projects forward.
pub(super) const PROPOSER: &str = "person:proposer";
/// Reviews and evaluates.
pub(super) const EXPERT: &str = "person:expert";
/// The party that reviews and evaluates.
pub(super) const REVIEWING: &str = "WHO";
/// Keeps the accounts.
pub(super) const TREASURER: &str = "person:treasurer";
/// Reports results.
pub(super) const REPORTER: &str = "person:reporter";
/// Checks them.
pub(super) const VERIFIER: &str = "person:verifier";

/// Speaks for a party.
pub(super) fn delegate(code: &str) -> String {
    format!("delegate:{code}")
}

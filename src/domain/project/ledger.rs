//! Pledged, committed, received, disbursed, spent: each unit of money once.

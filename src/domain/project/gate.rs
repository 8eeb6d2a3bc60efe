//! What a gate may ask, and when it is satisfied.

//! The decision rules: silence, consensus, unanimity, majority. Integers only.

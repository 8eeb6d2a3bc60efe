//! What pactline promises, one file per part, in one binary.
mod tidy;

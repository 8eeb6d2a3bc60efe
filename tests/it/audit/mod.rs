//! Anyone can check what the log says, without the log.
mod crashing;
mod crowd;
mod flips;
mod gathered;
mod grown;
mod hostile;
mod leaf;
mod merkle;
mod note;
mod oracles;
mod policy;
mod proof;
mod skew;
mod sqlite_pages;
mod tiles;

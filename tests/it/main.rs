//! What pactline promises, one file per part, in one binary.
mod charter;
mod evidence;
mod folds;
mod given;
mod mandate;
mod partner;
mod task;
mod tidy;
mod words;

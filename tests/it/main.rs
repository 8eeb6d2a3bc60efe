//! What pactline promises, one file per part, in one binary.
mod charter;
mod consultation;
mod embedded;
mod evidence;
mod folds;
mod given;
mod log;
mod mandate;
mod meeting;
mod pact;
mod partner;
mod priority;
mod project;
mod recommendation;
mod task;
mod tidy;
mod words;

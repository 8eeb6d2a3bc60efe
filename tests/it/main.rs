//! What pactline promises, one file per part, in one binary.
mod charter;
mod consultation;
mod evidence;
mod folds;
mod given;
mod mandate;
mod meeting;
mod pact;
mod partner;
mod recommendation;
mod task;
mod tidy;
mod words;

//! What a log must do, said once: run against every backend by the tests, and by `pactline log conformance` against
//! a server that nobody here has seen.
//!
//! The rules work in streams of their own and look at nothing else, so they can be run against a log in use. What
//! they append stays there, like everything; views pass over it.
use super::{Ids, Log, Promises, Writers};
use futures::future::BoxFuture;
use ground::Ground;
use std::sync::Arc;

mod appending;
mod ground;
mod reading;
mod together;
mod wiping;

/// The kind of the rules' streams.
const KIND: &str = "conformance-";

/// Whether a stream is one of the rules'.
pub fn owns(stream: &str) -> bool {
    stream.starts_with(KIND)
}

/// Something that a log must do.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The rule, as a sentence with underscores.
    pub name: &'static str,
    check: fn(Ground) -> BoxFuture<'static, Result<(), String>>,
    /// Which backends it is asked of: those that promise no less.
    asked: Promises,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The log keeps it.
    Kept,
    /// It does not: how that showed.
    Broken(String),
    /// It never said that it would.
    NotPromised,
}

macro_rules! rules {
    ($asked:expr; $($module:ident::$rule:ident,)*) => {
        [$(Rule { name: stringify!($rule), check: |it| Box::pin($module::$rule(it)), asked: $asked },)*]
    };
}

/// All of them, in the order in which they are best read.
pub fn rules() -> Vec<Rule> {
    let little = Promises { ids: Ids::UniqueWhereAppended, writers: Writers::Many, wipes: false };
    let all = rules![little;
        reading::a_stream_never_written_is_empty,
        appending::an_append_is_read_back_in_order_and_byte_by_byte,
        appending::an_append_answers_where_its_last_event_is,
        reading::a_stream_is_read_from_a_revision_on,
        reading::names_that_begin_alike_are_different_streams,
        appending::a_stale_writer_gets_a_conflict_and_writes_nothing,
        appending::an_append_of_nothing_is_refused,
        appending::an_event_over_the_limit_is_refused_with_all_of_its_append,
        appending::an_event_of_a_mebibyte_comes_back_whole,
        appending::an_append_repeated_changes_nothing_and_answers_the_same,
        appending::a_part_of_what_is_there_is_unacceptable,
        reading::ten_thousand_events_of_one_stream_are_read_in_order,
        reading::everything_is_read_up_to_the_head_and_ends,
        reading::an_event_is_found_at_its_position,
        appending::an_imported_event_keeps_its_time_while_time_goes_on,
        together::appends_take_effect_in_the_order_they_were_first_polled,
        together::a_refused_append_does_not_disturb_its_neighbours,
        together::writers_of_one_stream_take_turns,
        together::writers_of_many_streams_do_not_mix,
        together::following_waits_for_what_is_appended_later,
        together::following_has_no_gap_and_no_repetition_while_writers_run,
    ];
    let unique = Promises { ids: Ids::UniqueInTheLog, ..little };
    let unique = rules![unique; appending::an_id_is_used_once_in_the_whole_log,];
    let wipes = Promises { wipes: true, ..little };
    let wipes = rules![wipes;
        wiping::a_redacted_event_has_another_payload_and_nothing_else_changes,
        wiping::what_is_not_there_cannot_be_redacted,
    ];
    all.into_iter().chain(unique).chain(wipes).collect()
}

impl Rule {
    /// Puts the rule to `log`. `run` sets the streams of one run apart from those of others: it is never used twice.
    pub async fn check(&self, log: Arc<dyn Log>, run: u64) -> Verdict {
        if !log.promises().cover(self.asked) {
            return Verdict::NotPromised;
        }
        let number = rules().iter().position(|it| it.name == self.name).unwrap_or_default() as u64;
        let checked = async { (self.check)(Ground::new(log, run, number).await?).await };
        match checked.await {
            Ok(()) => Verdict::Kept,
            Err(how) => Verdict::Broken(how),
        }
    }

    /// The rule as a sentence.
    pub fn sentence(&self) -> String {
        self.name.replace('_', " ")
    }
}

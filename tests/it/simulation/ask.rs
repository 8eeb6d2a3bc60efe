//! A command to any kind of stream, and what was answered.
use super::known::Known;
use pactline::codec::AnyEvent;
use pactline::domain::citation::StreamName;
use pactline::domain::{
    Decider, Rejection, charter, consultation, evidence, mandate, meeting, partner, priority, project,
    recommendation, task,
};
use pactline::engine::{CommandMeta, Engine, ExecuteError, Outcome, Refusal};
use pactline::log::Error;
use std::pin::Pin;
use uuid::Uuid;

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Done(Outcome),
    /// The rules said no: their reason.
    No(&'static str),
    /// The engine said no: its reason.
    Refused(&'static str),
    /// The line was down; whether it was recorded is unknown.
    Unknown,
    /// Others kept winning the race; it was not recorded.
    Beaten,
}

pub type Asking = Pin<Box<dyn Future<Output = Answer>>>;

macro_rules! kinds {
    ($($variant:ident = $module:ident::$decider:ident;)*) => {
        /// A command and the id of the thing it is about.
        #[derive(Debug, Clone)]
        pub enum Ask {
            $($variant(Uuid, $module::Command),)*
        }

        impl Ask {
            pub fn stream(&self) -> StreamName {
                match self { $(Ask::$variant(id, _) => StreamName::new($module::$decider::KIND, *id),)* }
            }

            /// Puts it to an engine.
            pub fn put(self, engine: Engine, meta: CommandMeta) -> Asking {
                match self {
                    $(Ask::$variant(id, command) => {
                        Box::pin(execute::<$module::$decider>(engine, id, command, meta))
                    })*
                }
            }
        }

        /// Whether what `engine` remembers of every stream in which something happened since the first `n`
        /// events is what its events, or the first of them, add up to. The stream where it is not.
        pub async fn misremembered(engine: &Engine, known: &Known, n: usize) -> Option<StreamName> {
            for stream in known.touched(n) {
                let right = match stream.kind() {
                    $(<$module::$decider>::KIND => {
                        let mut sum = <$module::$decider>::default();
                        let seen = engine.load::<$module::$decider, _>(stream.id(), Clone::clone).await.unwrap();
                        let mut right = seen == sum;
                        for past in known.of(stream) {
                            if let AnyEvent::$variant(event) = &past.event {
                                sum.evolve(event, past.at());
                                right |= seen == sum;
                            }
                        }
                        right
                    })*
                    _ => false,
                };
                if !right {
                    return Some(stream.clone());
                }
            }
            None
        }
    };
}

kinds! {
    Partner = partner::Partner;
    Mandate = mandate::Mandate;
    Evidence = evidence::Evidence;
    Charter = charter::Charter;
    Meeting = meeting::Meeting;
    Recommendation = recommendation::Recommendation;
    Consultation = consultation::Consultation;
    Priority = priority::PriorityList;
    Project = project::Project;
    Task = task::Task;
}

async fn execute<D: Decider>(engine: Engine, id: Uuid, command: D::Command, meta: CommandMeta) -> Answer {
    match engine.execute::<D>(id, command, meta).await {
        Ok(outcome) => Answer::Done(outcome),
        Err(ExecuteError::Rejected(why)) => Answer::No(why.reason()),
        Err(ExecuteError::Refused(why)) => Answer::Refused(reason(&why)),
        Err(ExecuteError::Log(Error::Conflict { .. })) => Answer::Beaten,
        Err(ExecuteError::Log(Error::Unavailable(_))) => Answer::Unknown,
        Err(ExecuteError::Log(err)) => panic!("no fault of the line explains this: {err}"),
    }
}

fn reason(refusal: &Refusal) -> &'static str {
    refusal.into()
}

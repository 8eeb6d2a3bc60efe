//! The supervisor: there is one client that works, or one is being made.
//!
//! The client crate never recovers from a failed first connection, from a leader that is dead, or from one that
//! moved to a dead node; a new client works at once. So whoever finds a client broken says so, and gets the next.
use super::Limits;
use super::client::{Client, Fault};
use super::settings::Target;
use crate::log::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long to wait before a client is made again, at first and at the most.
const AGAIN_AFTER: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// The clients that work, and which they are: 1, 2, 3 ...
#[derive(Clone)]
pub(super) struct Linked {
    /// For reads.
    pub(super) client: Arc<Client>,
    /// For the session of appends: on a connection of its own, where no read's request waits for the answer to an
    /// append, or the other way round, because Nagle's algorithm is on.
    pub(super) writing: Arc<Client>,
    pub(super) number: u64,
}

/// Where the client is found.
#[derive(Clone)]
pub(super) struct Link {
    shared: Arc<Shared>,
}

struct Shared {
    target: Target,
    runtime: Handle,
    limits: Limits,
    current: watch::Sender<Result<Linked, String>>,
    /// The highest number of a client that was found broken.
    broken: watch::Sender<u64>,
}

impl Link {
    /// Connects, or says at once why that fails; from then on the supervisor keeps it so.
    pub(super) async fn connect(target: Target, runtime: &Handle, limits: Limits) -> Result<Self, Error> {
        let first = try_to_connect(&target, limits).await.map_err(|fault| tell(&target, fault))?;
        let linked = first.numbered(1);
        let current = watch::Sender::new(Ok(linked));
        let broken = watch::Sender::new(0);
        let shared = Arc::new(Shared { target, runtime: runtime.clone(), limits, current, broken });
        runtime.spawn(supervise(shared.clone()));
        Ok(Self { shared })
    }

    /// The client; waits for one for up to `longest`.
    pub(super) async fn client(&self, longest: Duration) -> Result<Linked, Error> {
        let mut current = self.shared.current.subscribe();
        let found = timeout(longest, current.wait_for(Result::is_ok)).await;
        if let Ok(Ok(linked)) = found.as_ref().map(|it| it.as_ref().map(|it| (**it).clone()))
            && let Ok(linked) = linked
        {
            return Ok(linked);
        }
        let why = self.shared.current.borrow().as_ref().err().cloned().unwrap_or_default();
        Err(Error::Unavailable(format!("{}: {why}", self.shared.target)))
    }

    /// Says that a client is of no more use.
    pub(super) fn give_up(&self, number: u64) {
        self.shared.broken.send_if_modified(|it| std::mem::replace(it, number.max(*it)) < number);
    }

    /// What a fault means to those who use the log.
    pub(super) fn told(&self, fault: Fault) -> Error {
        tell(&self.shared.target, fault)
    }

    pub(super) fn limits(&self) -> Limits {
        self.shared.limits
    }

    pub(super) fn runtime(&self) -> &Handle {
        &self.shared.runtime
    }
}

/// Replaces a client that was found broken, for as long as the log is open: its runtime ends with it.
async fn supervise(shared: Arc<Shared>) {
    let mut broken = shared.broken.subscribe();
    let mut number = 1;
    while broken.wait_for(|it| *it >= number).await.is_ok() {
        tracing::warn!(target = %shared.target, "the connection to the log broke; it is made anew");
        drop(shared.current.send_replace(Err("the connection broke".into())));
        let mut wait = AGAIN_AFTER.0;
        let client = loop {
            match try_to_connect(&shared.target, shared.limits).await {
                Ok(client) => break client,
                Err(fault) => {
                    let why = tell(&shared.target, fault).to_string();
                    tracing::debug!(why, "no connection to the log yet");
                    drop(shared.current.send_replace(Err(why)));
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(AGAIN_AFTER.1);
        };
        number += 1;
        drop(shared.current.send_replace(Ok(client.numbered(number))));
    }
}

/// Clients of a server that answered.
async fn try_to_connect(target: &Target, limits: Limits) -> Result<Pair, Fault> {
    let client = Client::new(target, limits)?;
    let (major, minor, patch) = client.version().await?;
    let needed = super::OLDEST;
    if (major, minor, patch) == (0, 0, 0) {
        return Err(Fault::Refused(
            "it does not say which KurrentDB it is: it is another product, or older than 21.6".into(),
        ));
    }
    if (major, minor) < needed {
        let (year, month) = needed;
        return Err(Fault::Refused(format!(
            "it is KurrentDB {major}.{minor}.{patch}; the oldest that is supported is {year}.{month}"
        )));
    }
    let writing = Client::new(target, limits)?;
    // Asked as well, so that its connection is there and does not wait for acknowledgements: a session after a conflict
    // would, 40 ms each.
    writing.version().await?;
    Ok(Pair { client, writing })
}

/// Two clients of the same server.
struct Pair {
    client: Client,
    writing: Client,
}

impl Pair {
    fn numbered(self, number: u64) -> Linked {
        Linked { client: Arc::new(self.client), writing: Arc::new(self.writing), number }
    }
}

fn tell(target: &Target, fault: Fault) -> Error {
    match fault {
        Fault::Denied => Error::Unavailable(format!(
            "{target} denies it: check user and password, and that the user may read $all and write (README, KurrentDB)"
        )),
        Fault::Deleted => Error::Corrupt(format!("{target}: a stream of the log was deleted for good")),
        Fault::Refused(why) => Error::Unacceptable(format!("{target}: {why}")),
        Fault::Broken(why) => Error::Unavailable(format!("{target}: {why}")),
        Fault::Conflict | Fault::Missing | Fault::SessionOver => {
            Error::Unavailable(format!("{target}: the session is over"))
        }
    }
}

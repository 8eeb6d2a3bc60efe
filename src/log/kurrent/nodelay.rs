//! TCP_NODELAY for connections that the client crate opens and shows to nobody.
//!
//! The crate sends a request in two parts and leaves Nagle's algorithm on, so that the second waits for the server to
//! acknowledge the first, which takes 40 ms: measured, 44 ms a read (EventStore-Client-Rust #232; the remedy, #233, was
//! never released). The option belongs to the socket, not to whoever opened it, so it is set here from outside. Goes
//! when the crate does it.
use nix::sys::socket::{SockaddrStorage, getpeername, setsockopt, sockopt::TcpNoDelay};
use std::fs;
use std::os::fd::RawFd;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Where the system lists what a process has open.
const OPEN: &str = "/proc/self/fd";
/// An answer that took this long may have waited for an acknowledgement.
const SUSPICIOUS: Duration = Duration::from_millis(30);
/// How often to look at most: a server that is slow for other reasons is not worth more.
const AT_MOST_EVERY: Duration = Duration::from_secs(1);

/// When was looked last.
#[derive(Default)]
pub(super) struct NoDelay(Mutex<Option<Instant>>);

impl NoDelay {
    /// After an answer that took `took`: the crate may have opened a connection since.
    pub(super) fn after(&self, took: Duration) {
        if took < SUSPICIOUS {
            return;
        }
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|it| it.elapsed() >= AT_MOST_EVERY) {
            *last = Some(Instant::now());
            set_for_all();
        }
    }
}

/// Sets it on every TCP connection of this process: those of ours have it already. A descriptor that is no connection,
/// or is closed meanwhile, is passed over, and one that became another connection does not suffer from it.
pub(super) fn set_for_all() {
    let Ok(open) = fs::read_dir(OPEN) else {
        return tracing::debug!("{OPEN} cannot be listed: reads from the log's server may take 44 ms each");
    };
    let numbers = open.filter_map(|it| it.ok()?.file_name().to_str()?.parse().ok());
    for fd in numbers.collect::<Vec<RawFd>>() {
        if getpeername::<SockaddrStorage>(fd).is_ok() {
            // Sockets of other kinds do not know the option.
            setsockopt(fd, TcpNoDelay, &true).ok();
        }
    }
}

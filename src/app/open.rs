//! Where the log is: in the folder, or on a server.
use crate::clock::Clock;
use crate::config::LogPlace;
use crate::log::{EmbeddedLog, Error, FolderLock, Log};
use std::path::Path;
use std::sync::Arc;

/// A log, whichever it is.
#[derive(Clone)]
pub struct OpenLog {
    /// The log.
    pub log: Arc<dyn Log>,
    /// What keeps it.
    pub backend: &'static str,
}

/// Opens the log of the folder `data`, or the one that `place` names; `clock` says when events are recorded.
///
/// [`Error::Unacceptable`]: what is said in `place` cannot be meant. The others are those of the log.
pub async fn open_log(data: &Path, place: &LogPlace, clock: &Clock) -> Result<OpenLog, Error> {
    let clock = clock.clone();
    let Some(url) = &place.url else {
        let log = Arc::new(EmbeddedLog::open(data, move || clock.now())?);
        return Ok(OpenLog { log, backend: "embedded" });
    };
    let log = open_server(url, place, clock).await?;
    Ok(OpenLog { log, backend: "kurrentdb" })
}

/// Keeps the folder of the views for this process. A log that is in the folder does so itself.
pub fn lock_views(data: &Path, place: &LogPlace) -> Result<Option<FolderLock>, Error> {
    place.url.as_ref().map(|_| FolderLock::take(data)).transpose()
}

#[cfg(feature = "kurrent")]
async fn open_server(url: &str, place: &LogPlace, clock: Clock) -> Result<Arc<dyn Log>, Error> {
    let LogPlace { ca, credentials, .. } = place.clone();
    let settings = crate::log::KurrentSettings { url: url.to_owned(), ca, credentials };
    Ok(Arc::new(crate::log::KurrentLog::open(&settings, move || clock.now()).await?))
}

#[cfg(not(feature = "kurrent"))]
async fn open_server(_: &str, _: &LogPlace, _: Clock) -> Result<Arc<dyn Log>, Error> {
    Err(Error::Unacceptable(
        "this program was built without KurrentDB: build it with --features kurrent".into(),
    ))
}

//! A log whose events come one at a time, so that each is signed for, and a folder that waits for no disk over it.
use async_trait::async_trait;
use futures::{StreamExt, stream};
use pactline::audit::{Disk, Folder};
use pactline::log::{
    Appended, EmbeddedLog, Error, Expected, Log, NewRecord, Payload, Place, Position, Promises, Record,
    Records,
};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// The log, whose followers see as much of it as is wanted.
pub(crate) struct OneByOne(pub(crate) Arc<EmbeddedLog>, pub(crate) watch::Receiver<u64>);

#[async_trait]
impl Log for OneByOne {
    async fn append(&self, to: &str, expected: Expected, records: Vec<NewRecord>) -> Result<Appended, Error> {
        self.0.append(to, expected, records).await
    }

    fn read_stream(&self, stream: &str, from: u64) -> Records {
        self.0.read_stream(stream, from)
    }

    fn read_all(&self, after: Option<Position>) -> Records {
        self.0.read_all(after)
    }

    fn follow(&self, after: Option<Position>) -> Records {
        let each = |chunk: Result<Vec<Record>, Error>| match chunk {
            Ok(chunk) => chunk.into_iter().map(|it| Ok(vec![it])).collect(),
            Err(err) => vec![Err(err)],
        };
        let wanted = self.1.clone();
        let once_wanted = move |chunk: Result<Vec<Record>, Error>| {
            let mut wanted = wanted.clone();
            async move {
                let last = chunk.as_ref().ok().and_then(|it| it.last()).map_or(0, |it| it.position.0);
                // Whoever wants is gone at the end.
                wanted.wait_for(|it| *it >= last).await.ok();
                chunk
            }
        };
        self.0.follow(after).flat_map(move |it| stream::iter(each(it))).then(once_wanted).boxed()
    }

    async fn redact(&self, place: &Place, payload: Payload) -> Result<(), Error> {
        self.0.redact(place, payload).await
    }

    async fn head(&self) -> Result<Option<Position>, Error> {
        self.0.head().await
    }

    async fn event_at(&self, position: Position) -> Result<Option<Record>, Error> {
        self.0.event_at(position).await
    }

    fn promises(&self) -> Promises {
        self.0.promises()
    }
}

/// The folder.
#[derive(Clone)]
pub(crate) struct Unflushed(pub(crate) Folder, pub(crate) PathBuf);

impl Disk for Unflushed {
    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.write(name, bytes)
    }

    fn replace(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.replace(name, bytes)
    }

    fn write_at(&mut self, name: &str, at: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_at(name, at, bytes)
    }

    fn append_durably(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().append(true).create(true).open(self.1.join(name))?.write_all(bytes)
    }

    fn cut(&mut self, name: &str, length: u64) -> io::Result<()> {
        self.0.cut(name, length)
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }

    fn partials(&self) -> io::Result<Vec<String>> {
        self.0.partials()
    }

    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.read(name)
    }

    fn holds(&self, name: &str, at: u64, bytes: &[u8]) -> io::Result<bool> {
        self.0.holds(name, at, bytes)
    }
}

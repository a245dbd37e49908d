//! Descriptors that are memory.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::cancel::Cancel;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Memory that gathers what is written to it.
#[derive(Debug, Default)]
pub struct Sink {
    content: Mutex<Content>,
    closed: Condvar,
    /// What a write has beyond this many bytes is dropped, as Bun does with what a typed array does not hold; a write
    /// to a full one fails.
    limit: Option<usize>,
    /// Where it also goes.
    also: Option<Arc<File>>,
}

#[derive(Debug, Default)]
struct Content {
    bytes: Vec<u8>,
    at: usize,
    holders: usize,
    /// Who waits for there to be no holder.
    waiting: usize,
}

impl Sink {
    /// Gathers without limit.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Gathers, and writes to a file what it gathers.
    #[must_use]
    pub fn also(file: Arc<File>) -> Arc<Self> {
        Arc::new(Self { also: Some(file), ..Self::default() })
    }

    /// Gathers the first `limit` bytes.
    #[must_use]
    pub fn limited(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit: Some(limit), ..Self::default() })
    }

    /// A holder that writes; [`Self::wait`] waits for all of them to be dropped.
    #[must_use]
    pub fn hold(self: &Arc<Self>) -> Arc<Held> {
        lock(&self.content).holders += 1;
        Arc::new(Held(Arc::clone(self)))
    }

    /// Writing begins anew, over what is there.
    pub(crate) fn restart(&self) {
        lock(&self.content).at = 0;
    }

    /// Waits until nobody holds it or the script is cancelled.
    pub(crate) fn wait(&self, cancel: &Cancel) {
        let mut content = lock(&self.content);
        content.waiting += 1;
        while content.holders > 0 && !cancel.is_cancelled() {
            let time = Duration::from_millis(200);
            content = self.closed.wait_timeout(content, time).unwrap_or_else(PoisonError::into_inner).0;
        }
        content.waiting -= 1;
    }

    /// Takes what was gathered.
    #[must_use]
    pub fn take(&self) -> Vec<u8> {
        let mut content = lock(&self.content);
        content.at = 0;
        std::mem::take(&mut content.bytes)
    }
}

/// A writer of a [`Sink`].
#[derive(Debug)]
pub struct Held(Arc<Sink>);

impl Held {
    /// Writes all of it.
    ///
    /// # Errors
    /// `StorageFull`; the system's, when the sink also writes to a file.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let sink = &self.0;
        {
            let mut content = lock(&sink.content);
            if sink.limit.is_some_and(|limit| content.at >= limit) && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            let room = sink.limit.map_or(usize::MAX, |limit| limit.saturating_sub(content.at));
            let kept = &bytes[..bytes.len().min(room)];
            let Content { bytes: gathered, at, .. } = &mut *content;
            let over = kept.len().min(gathered.len() - *at);
            gathered[*at..*at + over].copy_from_slice(&kept[..over]);
            gathered.extend_from_slice(&kept[over..]);
            *at += kept.len();
        }
        let Some(file) = &sink.also else { return Ok(()) };
        let mut rest = bytes;
        while !rest.is_empty() {
            match file.as_ref().write(rest) {
                Ok(count) => rest = &rest[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => super::platform::writable(file).map(drop)?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(crate) fn sink(&self) -> &Arc<Sink> {
        &self.0
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut content = lock(&self.0.content);
        content.holders -= 1;
        // To wake nobody is a call of the system, too.
        if content.holders == 0 && content.waiting > 0 {
            self.0.closed.notify_all();
        }
    }
}

/// Memory that is read.
#[derive(Debug)]
pub struct Source {
    kind: Kind,
    at: Mutex<usize>,
}

#[derive(Debug)]
enum Kind {
    Bytes(Arc<[u8]>),
    Feed(Arc<Feed>),
}

impl Source {
    /// Reads bytes, from the first.
    #[must_use]
    pub fn bytes(bytes: Arc<[u8]>) -> Arc<Self> {
        Arc::new(Self { kind: Kind::Bytes(bytes), at: Mutex::new(0) })
    }

    /// Reads what comes.
    #[must_use]
    pub fn feed(feed: Arc<Feed>) -> Arc<Self> {
        Arc::new(Self { kind: Kind::Feed(feed), at: Mutex::new(0) })
    }

    /// Takes up to a buffer full; 0 at the end. Waits for bytes that are yet to come.
    pub(crate) fn read(&self, buffer: &mut [u8], cancel: &Cancel) -> io::Result<usize> {
        match &self.kind {
            Kind::Bytes(bytes) => {
                let mut at = lock(&self.at);
                let count = buffer.len().min(bytes.len() - *at);
                buffer[..count].copy_from_slice(&bytes[*at..*at + count]);
                *at += count;
                Ok(count)
            }
            Kind::Feed(feed) => feed.read(buffer, cancel),
        }
    }
}

/// Bytes that come in pieces: a `ReadableStream`.
pub struct Feed {
    queue: Mutex<Queue>,
    changed: Condvar,
    /// Told when a reader waits.
    hungry: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Queue {
    pieces: VecDeque<Vec<u8>>,
    /// Bytes of the first piece that are read.
    at: usize,
    ended: bool,
    asked: bool,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Feed")
    }
}

impl Feed {
    /// Makes one that is empty; `hungry` asks for a piece.
    #[must_use]
    pub fn new(hungry: Box<dyn Fn() + Send + Sync>) -> Arc<Self> {
        Arc::new(Self { queue: Mutex::default(), changed: Condvar::new(), hungry })
    }

    /// Gives the piece that was asked for.
    pub fn give(&self, piece: Vec<u8>) {
        let mut queue = lock(&self.queue);
        queue.asked = false;
        if !piece.is_empty() {
            queue.pieces.push_back(piece);
        }
        self.changed.notify_all();
    }

    /// Nothing more comes.
    pub fn end(&self) {
        lock(&self.queue).ended = true;
        self.changed.notify_all();
    }

    fn read(&self, buffer: &mut [u8], cancel: &Cancel) -> io::Result<usize> {
        let mut queue = lock(&self.queue);
        loop {
            if let Some(piece) = queue.pieces.front() {
                let rest = &piece[queue.at..];
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                let done = count == rest.len();
                queue.at = if done { 0 } else { queue.at + count };
                if done {
                    queue.pieces.pop_front();
                }
                return Ok(count);
            }
            if queue.ended || cancel.is_cancelled() {
                return Ok(0);
            }
            if !queue.asked {
                queue.asked = true;
                (self.hungry)();
            }
            let time = Duration::from_millis(200);
            queue = self.changed.wait_timeout(queue, time).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

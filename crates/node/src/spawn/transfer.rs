//! The host's end of a pipe, and what goes through it.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use rustix::io::Errno;

use super::{Event, platform};

/// What a pipe holds. A child that has filled one is likely to do so again, and waits each time.
pub(super) const FULL: usize = 64 * 1024;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Waiting,
    More,
    Done,
}

/// The host's end of a pipe.
#[expect(clippy::struct_excessive_bools, reason = "each is so or not, in any combination")]
#[derive(Debug)]
pub(super) struct Pipe {
    end: OwnedFd,
    pub(super) output: bool,
    /// Whether the poll tells of it.
    pub(super) told: bool,
    /// What an output's pipe holds; without end once it was given as much as it can get.
    room: usize,
    /// Whether an output is not to be read for now.
    pub(super) paused: bool,
    /// Whether an input is to be closed when everything is written.
    pub(super) closing: bool,
    waiting: Vec<u8>,
    written: usize,
}

impl Pipe {
    /// What one turn takes from a pipe.
    const ROUND: usize = 1024 * 1024;

    pub(super) fn output(end: OwnedFd, paused: bool) -> Self {
        Self { end, output: true, told: true, room: FULL, paused, closing: false, waiting: Vec::new(), written: 0 }
    }

    pub(super) fn input(end: OwnedFd) -> Self {
        Self { output: false, ..Self::output(end, false) }
    }

    pub(super) fn end(&self) -> RawFd {
        self.end.as_raw_fd()
    }

    /// Whether bytes wait for the reader.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether it is to be read, or has something to write.
    pub(super) fn is_under_way(&self) -> bool {
        if self.output { !self.paused } else { self.is_waiting() }
    }

    /// Reads what is there.
    pub(super) fn drain(&mut self, id: usize, events: &mut Vec<Event>) -> Outcome {
        if self.paused {
            return Outcome::Waiting;
        }
        let (mut bytes, mut failure) = (Vec::new(), 0);
        let outcome = loop {
            match read_some(self.end.as_fd(), &mut bytes) {
                Ok(0) => break Outcome::Done,
                Ok(count) => {
                    if count >= self.room {
                        self.room = usize::MAX;
                        platform::widen(&self.end);
                    }
                    if bytes.len() >= Self::ROUND {
                        break Outcome::More;
                    }
                }
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break Outcome::Waiting,
                Err(error) => {
                    failure = error.raw_os_error();
                    break Outcome::Done;
                }
            }
        };
        if !bytes.is_empty() {
            events.push(Event::Data(id, bytes));
        }
        if outcome == Outcome::Done {
            events.push(Event::End(id, failure));
        }
        outcome
    }

    /// Writes bytes after those that wait; gives 0 when all are gone, the number of an error, or nothing when the reader
    /// has to read first.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Option<i32> {
        let mut written = 0;
        let answer = if self.is_waiting() { None } else { write_some(&self.end, bytes, &mut written) };
        if answer.is_none() {
            self.waiting.extend_from_slice(&bytes[written..]);
        }
        answer
    }

    /// Goes on with what waits, when the reader may have read.
    pub(super) fn resume(&mut self, id: usize, events: &mut Vec<Event>) -> Outcome {
        if !self.is_waiting() {
            return Outcome::Waiting;
        }
        let Some(errno) = write_some(&self.end, &self.waiting, &mut self.written) else { return Outcome::Waiting };
        (self.waiting, self.written) = (Vec::new(), 0);
        events.push(Event::Written(id, errno));
        if errno != 0 || self.closing { Outcome::Done } else { Outcome::Waiting }
    }
}

/// Writes from `written` on, as [`Pipe::write`] answers.
fn write_some(end: &OwnedFd, bytes: &[u8], written: &mut usize) -> Option<i32> {
    while *written < bytes.len() {
        match rustix::io::write(end, &bytes[*written..]) {
            Ok(count) => *written += count,
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => return None,
            Err(error) => return Some(error.raw_os_error()),
        }
    }
    Some(0)
}

/// Appends what one read gives.
pub(super) fn read_some(from: BorrowedFd<'_>, to: &mut Vec<u8>) -> Result<usize, Errno> {
    to.reserve(FULL);
    rustix::io::read(from, rustix::buffer::spare_capacity(to))
}

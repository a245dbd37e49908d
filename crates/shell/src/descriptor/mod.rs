//! What the numbers of `2>&1` stand for.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::cancel::Cancel;
use crate::stream::{Input, MaybeHandle, Output};

mod memory;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

pub use memory::{Feed, Held, Sink, Source};
pub use platform::host;
pub(crate) use platform::{NO_FORMAT, is_executable, pump, send_signal, user_home};

/// An open descriptor of a shell. Clones share it, as descriptors of a forked process do.
#[derive(Debug, Clone)]
pub enum Descriptor {
    /// Nothing: reads end at once, what is written is gone.
    Null,
    /// A file, a pipe, a terminal.
    File(Arc<File>),
    /// Memory that gathers what is written.
    Sink(Arc<Held>),
    /// Memory that is read.
    Source(Arc<Source>),
}

impl Descriptor {
    /// A pipe: what is read from, what is written to.
    ///
    /// # Errors
    /// The system's, when there are too many descriptors.
    pub(crate) fn pipe() -> io::Result<(Self, Self)> {
        let (reader, writer) = platform::pipe()?;
        Ok((Self::File(Arc::new(reader)), Self::File(Arc::new(writer))))
    }

    /// A number, and a path that opens it, in this process and in a child that gets it under that number.
    pub(crate) fn path(&self) -> Option<(u32, String)> {
        match self {
            Self::File(file) => platform::path(file),
            _ => None,
        }
    }

    /// Reads or writes through it for as long as the script is not cancelled.
    pub(crate) fn stream<'a>(&'a self, cancel: &'a Cancel) -> Stream<'a> {
        Stream { descriptor: self, cancel }
    }

    /// Writes all of it; what nobody reads is lost.
    pub(crate) fn say(&self, text: &[u8], cancel: &Cancel) {
        let _ = self.stream(cancel).write_all(text);
    }
}

/// A descriptor in use.
pub(crate) struct Stream<'a> {
    descriptor: &'a Descriptor,
    cancel: &'a Cancel,
}

impl Stream<'_> {
    fn ended(&self) -> io::Result<()> {
        if self.cancel.is_cancelled() { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.descriptor {
            Descriptor::Null => Ok(0),
            Descriptor::Sink(_) => Err(io::Error::from_raw_os_error(platform::BAD_DESCRIPTOR)),
            Descriptor::Source(source) => source.read(buffer, self.cancel),
            Descriptor::File(file) => loop {
                while !platform::readable(file)? {
                    if self.cancel.is_cancelled() {
                        return Ok(0);
                    }
                }
                match file.as_ref().read(buffer) {
                    Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
                    result => return result,
                }
            },
        }
    }
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.ended()?;
        match self.descriptor {
            Descriptor::Null => Ok(bytes.len()),
            Descriptor::Source(_) => Err(io::Error::from_raw_os_error(platform::BAD_DESCRIPTOR)),
            Descriptor::Sink(sink) => sink.write(bytes).map(|()| bytes.len()),
            Descriptor::File(file) => loop {
                match file.as_ref().write(bytes) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // A pipe that Node made non-blocking is full.
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        platform::writable(file)?;
                        self.ended()?;
                    }
                    result => return result,
                }
            },
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Input for Stream<'_> {
    fn handle(&self) -> MaybeHandle<'_> {
        match self.descriptor {
            Descriptor::File(file) => Some(file.as_ref().into()),
            _ => None,
        }
    }
}

impl Output for Stream<'_> {
    fn handle(&self) -> MaybeHandle<'_> {
        match self.descriptor {
            Descriptor::File(file) => Some(file.as_ref().into()),
            _ => None,
        }
    }
}

/// The descriptors of a shell, by number.
#[derive(Debug, Clone, Default)]
pub struct Table {
    open: Vec<Option<Descriptor>>,
}

impl Table {
    /// One of standard input, output and error.
    #[must_use]
    pub fn new(input: Descriptor, output: Descriptor, error: Descriptor) -> Self {
        Self { open: vec![Some(input), Some(output), Some(error)] }
    }

    /// The descriptor of that number, if it is open.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&Descriptor> {
        self.open.get(number as usize)?.as_ref()
    }

    /// The same; one that is closed is nothing.
    pub(crate) fn or_null(&self, number: u32) -> Descriptor {
        self.get(number).cloned().unwrap_or(Descriptor::Null)
    }

    /// Opens or closes a number.
    pub fn set(&mut self, number: u32, descriptor: Option<Descriptor>) {
        let index = number as usize;
        if self.open.len() <= index {
            self.open.resize(index + 1, None);
        }
        self.open[index] = descriptor;
    }

    /// All that are open.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Descriptor)> {
        (0..).zip(&self.open).filter_map(|(number, descriptor)| Some((number, descriptor.as_ref()?)))
    }
}

//! How programs are started: the shell is given it, so that the process has one way to do so.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bstr::BString;

/// A program to start.
#[derive(Debug)]
pub struct Start<'a> {
    /// The executable.
    pub program: &'a Path,
    /// `argv`
    pub arguments: &'a [BString],
    /// `NAME=value`
    pub environment: Vec<BString>,
    /// The working directory.
    pub directory: &'a Path,
    /// The open descriptors; all others are closed.
    pub descriptors: &'a [(u32, Arc<File>)],
}

/// Starts programs.
pub trait Spawner: Send + Sync {
    /// Starts one.
    ///
    /// # Errors
    /// The system's.
    fn start(&self, start: &Start<'_>) -> io::Result<Arc<dyn Child>>;
}

/// A program that was started. It is reaped by [`Child::wait`].
pub trait Child: Send + Sync {
    /// Its process number.
    fn id(&self) -> u32;
    /// Waits for its end.
    ///
    /// # Errors
    /// The system's.
    fn wait(&self) -> io::Result<Exit>;
    /// Sends it a signal, unless it has ended.
    fn kill(&self, signal: i32);
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// With an exit code.
    Code(u8),
    /// By a signal.
    Signal(u8),
}

impl Exit {
    /// The exit code as shells give it: 128 and the signal.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Self::Code(code) => code,
            Self::Signal(signal) => signal.wrapping_add(128),
        }
    }
}

//! Files as memory (`Bun.mmap`).

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "windows.rs")]
mod platform;

use std::io;
use std::path::PathBuf;

use dx_fault::Fault;
use thiserror::Error;

pub use platform::Mapping;

/// Which part of a file to map, and how.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Where it starts, in bytes.
    pub offset: usize,
    /// Its size in bytes; `None` to the end of the file. Cut to the file's.
    pub size: Option<usize>,
    /// Whether changes go to the file.
    pub shared: bool,
    /// Whether they go through `MAP_SYNC`.
    pub sync: bool,
}

/// Why a file could not be mapped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The file could not be opened.
    #[error("open: {0}")]
    Open(io::Error, PathBuf),
    /// The system refused the mapping, or the range is empty.
    #[error("mmap: {0}")]
    Map(io::Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Open(error, path) => Self::file(&error, "open", Some(&path)),
            Error::Map(error) => Self::file(&error, "mmap", None),
        }
    }
}

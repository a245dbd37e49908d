//! `Bun.file` and `Bun.write`: whole-file reads, writes and copies.
//!
//! Source: <https://bun.com/docs/runtime/file-io>.

mod copy;
mod read;
mod text;
mod write;

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "windows.rs")]
mod platform;

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use dx_fault::Fault;
use thiserror::Error;

pub use copy::{Pour, copy};
pub use read::{Cached, INLINE, Range, fresh_bytes, read, read_cached, read_chunk_cached, read_text, read_utf8};
pub use text::{Text, decode, decode_utf8};
pub use write::{Unfinished, Written, write, write_now};

/// What a `BunFile` refers to.
#[derive(Debug, Clone)]
pub enum Target {
    /// A path, opened by the operation.
    Path(PathBuf),
    /// A descriptor of the host's, which stays open.
    Descriptor(i32),
}

impl Target {
    /// The path, if it is one.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            // Bun names no path for the empty one.
            Self::Path(path) if path.as_os_str().is_empty() => None,
            Self::Path(path) => Some(path),
            Self::Descriptor(_) => None,
        }
    }
}

/// Why an operation on a file failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A system call failed.
    #[error("{syscall}: {error}")]
    System {
        /// What the system said.
        error: io::Error,
        /// The call, as Node names it.
        syscall: &'static str,
        /// The file concerned.
        path: Option<PathBuf>,
    },
    /// A directory was given where a file is read.
    #[error("Directories cannot be read like files")]
    Directory {
        /// The directory.
        path: Option<PathBuf>,
    },
    /// The source of a copy is a directory.
    #[error("That doesn't work on folders")]
    Folder {
        /// The directory.
        path: Option<PathBuf>,
    },
    /// The text has more characters than a JavaScript string can have.
    #[error("Cannot create a string longer than 0x{most:x} characters")]
    TooLong {
        /// How many it can have.
        most: usize,
    },
    /// The content is larger than a JavaScript value can be.
    #[error("File is too large to be held in memory")]
    TooLarge,
}

impl Error {
    fn system(error: io::Error, syscall: &'static str, target: &Target) -> Self {
        Self::System { error, syscall, path: target.path().map(Path::to_path_buf) }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        match error {
            Error::System { error, syscall, path } => Self::file(&error, syscall, path.as_deref()),
            Error::Directory { path } => directory(said, "read", path.as_deref()),
            Error::Folder { path } => directory(said, "fstat", path.as_deref()),
            Error::TooLong { .. } => Self::new(dx_fault::Class::Error, "ERR_STRING_TOO_LONG", said),
            Error::TooLarge => Self::new(dx_fault::Class::RangeError, "ERR_FS_FILE_TOO_LARGE", said),
        }
    }
}

/// Bun words these two itself, with the facts of `EISDIR`.
fn directory(message: String, syscall: &'static str, path: Option<&Path>) -> Fault {
    let mut fault = Fault::named("EISDIR", syscall, path);
    fault.message = message;
    fault
}

/// An open file: ours, closed when dropped, or a borrowed descriptor, left open.
enum Handle {
    Owned(File),
    Borrowed(platform::Borrowed),
}

impl Deref for Handle {
    type Target = File;

    fn deref(&self) -> &File {
        match self {
            Self::Owned(file) => file,
            Self::Borrowed(file) => file,
        }
    }
}

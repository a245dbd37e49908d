//! Child processes: started with `posix_spawn`, reaped and read on the loop of who started them.
//!
//! Source: <https://bun.com/docs/runtime/child-process>, `posix_spawn(3)`, `pidfd_open(2)`.

mod attended;
mod child;
mod pipes;
mod reactor;
mod start;
mod sync;
mod transfer;

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "macos.rs")]
mod platform;

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;

use dx_fault::Fault;
use thiserror::Error;

pub use attended::Attended;
pub use child::{Exit, Usage};
pub use pipes::{Pipes, Slot};
pub use reactor::{Child, Event, Reactor};
pub use start::block;
pub use sync::{Output, SyncOptions, run};

/// What one descriptor of the child is.
#[derive(Debug)]
pub enum Stdio {
    /// `/dev/null`
    Null,
    /// Nothing.
    Closed,
    /// A descriptor of the host's.
    Descriptor(i32),
    /// A descriptor that was made for the child.
    Owned(OwnedFd),
}

/// A control group that the child joins: its directory, or a descriptor of it.
#[derive(Debug)]
pub enum ControlGroup {
    /// The directory's path.
    Path(String),
    /// An open descriptor of the directory.
    Descriptor(i32),
}

/// What to start, and how.
#[derive(Debug, Default)]
pub struct Command {
    /// The executable's path.
    pub program: CString,
    /// `argv`, with `argv[0]`.
    pub arguments: Vec<CString>,
    /// `NAME=value`; `None` for the host's environment.
    pub environment: Option<Vec<CString>>,
    /// The working directory; `None` for the host's.
    pub directory: Option<CString>,
    /// The descriptors from 0 on.
    pub stdio: Vec<Stdio>,
    /// Whether the child leads a session of its own.
    pub detached: bool,
    /// Where the terminal is that the child has instead of its first three descriptors; it leads a session of its own.
    pub terminal: Option<CString>,
    /// The user to become.
    pub user: Option<u32>,
    /// The group to become.
    pub group: Option<u32>,
    /// The control group to join.
    pub control_group: Option<ControlGroup>,
}

/// Why a process could not be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused.
    #[error("{syscall}: {error}")]
    System {
        /// What it said.
        error: io::Error,
        /// The call.
        syscall: &'static str,
        /// The file concerned.
        path: Option<String>,
    },
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::System { error, syscall, path } => Self::file(&error, syscall, path.as_deref().map(AsRef::as_ref)),
        }
    }
}

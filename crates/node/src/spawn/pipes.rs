//! The pipes between the host and a child.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::{Error, Stdio, platform};

/// What is asked for one descriptor of the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Nothing: `/dev/null`.
    Null,
    /// A descriptor of the host's.
    Descriptor(i32),
    /// A pipe that the child writes to.
    Output,
    /// A pipe that the child reads from.
    Input,
    /// A pair of sockets; the host's end is handed out.
    Socket,
}

/// The host's ends, by slot.
#[derive(Debug, Default)]
pub struct Pipes {
    /// The child's ends, for `Command::stdio`.
    pub child: Vec<Stdio>,
    /// The host's ends; `None` where there is none.
    pub host: Vec<Option<OwnedFd>>,
}

impl Pipes {
    /// Makes the pipes that the slots ask for. The host's ends do not block.
    ///
    /// # Errors
    /// `System` with `pipe` or `socketpair`, `EMFILE` when descriptors have run out.
    pub fn open(slots: &[Slot]) -> Result<Self, Error> {
        let mut pipes = Self::default();
        for slot in slots {
            let (child, host) = match slot {
                Slot::Null => (Stdio::Null, None),
                Slot::Descriptor(descriptor) => (Stdio::Descriptor(*descriptor), None),
                Slot::Output => {
                    let (read, write) = pipe()?;
                    unblock(&read).map_err(|error| fail(error, "fcntl"))?;
                    (Stdio::Owned(write), Some(read))
                }
                Slot::Input => {
                    let (read, write) = pipe()?;
                    unblock(&write).map_err(|error| fail(error, "fcntl"))?;
                    (Stdio::Owned(read), Some(write))
                }
                Slot::Socket => {
                    let (ours, theirs) = sockets()?;
                    (Stdio::Owned(theirs), Some(ours))
                }
            };
            pipes.child.push(child);
            pipes.host.push(host);
        }
        Ok(pipes)
    }

    /// The numbers of the host's ends, -1 where there is none.
    #[must_use]
    pub fn numbers(&self) -> Vec<i32> {
        self.host.iter().map(|end| end.as_ref().map_or(-1, AsRawFd::as_raw_fd)).collect()
    }
}

fn pipe() -> Result<(OwnedFd, OwnedFd), Error> {
    platform::pipe().map_err(|error| fail(error, "pipe"))
}

fn sockets() -> Result<(OwnedFd, OwnedFd), Error> {
    platform::sockets().map_err(|error| fail(error, "socketpair"))
}

fn unblock(descriptor: &OwnedFd) -> io::Result<()> {
    fcntl_setfl(descriptor, fcntl_getfl(descriptor)? | OFlags::NONBLOCK)?;
    Ok(())
}

fn fail(error: io::Error, syscall: &'static str) -> Error {
    Error::System { error, syscall, path: None }
}

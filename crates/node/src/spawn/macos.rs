//! What processes need of Unix systems that are not Linux.

use std::io;
use std::os::fd::OwnedFd;

use rustix::io::{FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

use super::Command;
use super::start::Plan;

/// Bytes in which the system counts a resident size.
pub(super) const RESIDENT_UNIT: f64 = 1.0;
/// Makes a terminal that of the caller's session.
pub(super) const SET_TERMINAL: libc::c_ulong = libc::TIOCSCTTY as libc::c_ulong;

/// The greatest number of a signal.
pub(super) fn last_signal() -> libc::c_int {
    libc::SIGUSR2
}

/// There is no descriptor that tells of a child's end: children are looked at now and then.
pub(super) fn watch(_pid: i32) -> Option<OwnedFd> {
    None
}

/// Children start through `fork` here: `posix_spawn` cannot change the directory or take a terminal.
pub(super) fn spawn(_command: &Command, _plan: &Plan) -> Option<io::Result<i32>> {
    None
}

/// The ends of a pipe, to read and to write. A child that another thread starts at this moment inherits them, since
/// they cannot be made without that.
pub(super) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    uninherited(rustix::pipe::pipe()?)
}

/// Pipes grow by themselves here.
pub(super) fn widen(_pipe: &OwnedFd) {}

/// A pair of sockets; as `pipe`.
pub(super) fn sockets() -> io::Result<(OwnedFd, OwnedFd)> {
    uninherited(socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::empty(), None)?)
}

fn uninherited(ends: (OwnedFd, OwnedFd)) -> io::Result<(OwnedFd, OwnedFd)> {
    fcntl_setfd(&ends.0, FdFlags::CLOEXEC)?;
    fcntl_setfd(&ends.1, FdFlags::CLOEXEC)?;
    Ok(ends)
}

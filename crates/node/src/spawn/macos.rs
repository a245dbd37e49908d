//! What processes need of Unix systems that are not Linux.

use std::io;
use std::os::fd::OwnedFd;

use super::Command;
use super::start::Plan;

/// Bytes in which the system counts a resident size.
pub(super) const RESIDENT_UNIT: f64 = 1.0;
/// Makes a terminal that of the caller's session.
pub(super) const SET_TERMINAL: libc::c_ulong = libc::TIOCSCTTY as libc::c_ulong;

/// There is no descriptor that tells of a child's end: children are looked at now and then.
pub(super) fn watch(_pid: i32) -> Option<OwnedFd> {
    None
}

/// Children start through `fork` here: `posix_spawn` cannot change the directory or take a terminal.
pub(super) fn spawn(_command: &Command, _plan: &Plan) -> Option<io::Result<i32>> {
    None
}

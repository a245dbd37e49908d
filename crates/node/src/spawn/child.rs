//! A running child: waiting for its end, sending it signals.
#![expect(unsafe_code, reason = "wait4 and kill")]

use std::io;
use std::mem::MaybeUninit;

use super::platform;

/// How a child ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exit {
    /// Its exit code, -1 when a signal ended it.
    pub code: i32,
    /// The signal that ended it, 0 when none did.
    pub signal: i32,
    /// What it used.
    pub usage: Usage,
}

/// What a child used, as getrusage(2) counts it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// Microseconds in user mode.
    pub user: f64,
    /// Microseconds in the kernel.
    pub system: f64,
    /// The largest resident size, in bytes.
    pub resident: f64,
    /// Voluntary and involuntary context switches, blocks read and written, messages sent and
    /// received, signals, swaps, shared memory.
    pub counts: [f64; 9],
}

/// Reaps a child that has ended; `None` while it runs.
///
/// # Errors
/// `ECHILD` when another part of the host has reaped it.
pub(super) fn reap(pid: i32, wait: bool) -> io::Result<Option<Exit>> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    loop {
        let options = if wait { 0 } else { libc::WNOHANG };
        // SAFETY: both pointers are to locals that outlive the call.
        let result = unsafe { libc::wait4(pid, &raw mut status, options, usage.as_mut_ptr()) };
        if result == 0 {
            return Ok(None);
        }
        if result > 0 {
            break;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    // SAFETY: zeroed above, which is a valid rusage, and filled by wait4.
    let usage = unsafe { usage.assume_init() };
    let signal = if libc::WIFSIGNALED(status) { libc::WTERMSIG(status) } else { 0 };
    let code = if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { -1 };
    Ok(Some(Exit { code, signal, usage: counted(&usage) }))
}

#[expect(clippy::cast_precision_loss, reason = "counters stay far below 2^53")]
fn counted(usage: &libc::rusage) -> Usage {
    let micros = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
    Usage {
        user: micros(usage.ru_utime),
        system: micros(usage.ru_stime),
        resident: usage.ru_maxrss as f64 * platform::RESIDENT_UNIT,
        counts: [
            usage.ru_nvcsw,
            usage.ru_nivcsw,
            usage.ru_inblock,
            usage.ru_oublock,
            usage.ru_msgsnd,
            usage.ru_msgrcv,
            usage.ru_nsignals,
            usage.ru_nswap,
            usage.ru_ixrss,
        ]
        .map(|count| count as f64),
    }
}

/// Waits until a child has ended, and leaves it to be reaped.
///
/// # Errors
/// `ECHILD` when another part of the host has reaped it.
pub(super) fn await_end(pid: i32) -> io::Result<()> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let Some(pid) = Pid::from_raw(pid) else { return Err(io::ErrorKind::InvalidInput.into()) };
    loop {
        match waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => return Ok(()),
        }
    }
}

/// Sends a signal to a child that has not been reaped.
///
/// # Errors
/// `ESRCH`, `EPERM`, `EINVAL`
pub(super) fn signal(pid: i32, signal: i32) -> io::Result<()> {
    // SAFETY: takes two numbers.
    if unsafe { libc::kill(pid, signal) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

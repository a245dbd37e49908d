//! What processes need of Linux.
//!
//! A child is started as `posix_spawn` does it: it borrows the host's memory, and the thread that started it waits,
//! until it runs its program. The stack that it needs until then is kept for the next one; `posix_spawn` maps a new one
//! for each, which is a third of what a start costs.
#![expect(unsafe_code, reason = "clone, and what runs between it and exec")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{OwnedFd, RawFd};
use std::ptr;
use std::sync::{Mutex, PoisonError};

use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::Command;
use super::start::{Plan, prepare, take_terminal};

/// Bytes in which the system counts a resident size.
pub(super) const RESIDENT_UNIT: f64 = 1024.0;
/// Makes a terminal that of the caller's session.
pub(super) const SET_TERMINAL: libc::Ioctl = libc::TIOCSCTTY;

/// The greatest number of a signal.
pub(super) fn last_signal() -> c_int {
    libc::SIGRTMAX()
}

/// A descriptor that becomes readable when the child ends.
pub(super) fn watch(pid: i32) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()
}

/// The ends of a pipe, to read and to write, which no child inherits.
pub(super) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(pipe_with(PipeFlags::CLOEXEC)?)
}

/// Gives a pipe the room of a megabyte, as far as its user may have it: whoever writes much then waits a fourth as often.
pub(super) fn widen(pipe: &OwnedFd) {
    let _ = fcntl_setpipe_size(pipe, 1024 * 1024); // one that is no pipe, or above the user's share, stays as it is
}

/// A pair of sockets, which no child inherits.
pub(super) fn sockets() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?)
}

/// What the child does before it runs its program; everything it points to was made by the host, which waits.
struct Start<'host> {
    program: &'host CStr,
    arguments: &'host [*const c_char],
    environment: *const *const c_char,
    directory: Option<&'host CStr>,
    terminal: Option<&'host CStr>,
    moves: &'host [(RawFd, RawFd)],
    leads: bool,
    /// Why it could not run; 0 while nothing went wrong.
    errno: c_int,
}

/// Starts a child that borrows the host's memory until it runs its program.
#[expect(clippy::unnecessary_wraps, reason = "other systems have no such way")]
pub(super) fn spawn(command: &Command, plan: &Plan) -> Option<io::Result<i32>> {
    let arguments = pointers(&command.arguments);
    let environment = command.environment.as_deref().map(pointers);
    let mut start = Start {
        program: &command.program,
        arguments: &arguments,
        environment: environment.as_ref().map_or_else(host_environment, Vec::as_ptr),
        directory: command.directory.as_deref(),
        terminal: command.terminal.as_deref(),
        moves: &plan.moves,
        leads: command.detached || command.terminal.is_some(),
        errno: 0,
    };
    Some(clone(&mut start))
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

fn host_environment() -> *const *const c_char {
    unsafe extern "C" {
        static environ: *const *const c_char;
    }
    // SAFETY: the host's environment; JavaScript changes it on the threads that also spawn.
    unsafe { environ }
}

/// 64 KB, aligned as a stack has to be. Some hundred bytes of it are used.
type Stack = Box<[MaybeUninit<u128>]>;
const STACK: usize = 4096;

/// As many as threads have started children at the same time.
static STACKS: Mutex<Vec<Stack>> = Mutex::new(Vec::new());

fn stacks() -> std::sync::MutexGuard<'static, Vec<Stack>> {
    STACKS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn clone(start: &mut Start<'_>) -> io::Result<i32> {
    let kept = stacks().pop();
    let mut stack = kept.unwrap_or_else(|| Box::new_uninit_slice(STACK));
    let signals = block_signals();
    // SAFETY: the pointer is one past the end of the stack, which grows down from there and is aligned to 16 bytes.
    // The stack and `start` outlive the child's use of them: with CLONE_VFORK the call returns when the child runs its
    // program or has ended. `child` takes what `start` is.
    let pid = unsafe {
        libc::clone(
            child,
            stack.as_mut_ptr().add(STACK).cast(),
            libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD,
            ptr::from_mut(start).cast(),
        )
    };
    let failed = io::Error::last_os_error();
    set_signals(&signals);
    stacks().push(stack);
    if pid < 0 {
        return Err(failed);
    }
    // SAFETY: a valid reference; read anew, since the child has written through the pointer it was made of.
    let errno = unsafe { ptr::from_ref(&start.errno).read_volatile() };
    if errno == 0 {
        return Ok(pid);
    }
    // It has ended; nobody else knows its number yet.
    let _ = super::child::reap(pid, true);
    Err(io::Error::from_raw_os_error(errno))
}

/// A signal that came while the child has the host's handlers would run them in the host's memory.
fn block_signals() -> libc::sigset_t {
    let (mut all, mut before) = (MaybeUninit::<libc::sigset_t>::uninit(), MaybeUninit::<libc::sigset_t>::zeroed());
    // SAFETY: the call initialises the set.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    // SAFETY: `all` was initialised above; `before` is written.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) };
    // SAFETY: zeroed, which is a valid set, and written by the call.
    unsafe { before.assume_init() }
}

fn set_signals(signals: &libc::sigset_t) {
    // SAFETY: a valid set; the former one is not asked for.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, signals, ptr::null_mut()) };
}

/// Runs in the child, in the host's memory: it takes no lock, allocates nothing and never returns.
extern "C" fn child(start: *mut c_void) -> c_int {
    // SAFETY: `clone` hands over a `Start` that nobody else uses meanwhile: its thread waits.
    let start = unsafe { &mut *start.cast::<Start<'_>>() };
    let failed = become_program(start).err().and_then(|error| error.raw_os_error());
    // SAFETY: a valid reference; volatile, since the host reads it after a call that it knows nothing of.
    unsafe { ptr::from_mut(&mut start.errno).write_volatile(failed.unwrap_or(libc::EIO)) };
    // SAFETY: ends the child alone, without running what the host has registered for its own end.
    unsafe { libc::_exit(127) }
}

/// Comes back only when it failed.
fn become_program(start: &Start<'_>) -> io::Result<()> {
    prepare(start.moves, start.leads, None)?;
    if let Some(directory) = start.directory {
        // SAFETY: the path ends in NUL.
        if unsafe { libc::chdir(directory.as_ptr()) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    start.terminal.map_or(Ok(()), take_terminal)?;
    let mut none = MaybeUninit::<libc::sigset_t>::uninit();
    // SAFETY: the call initialises the set.
    unsafe { libc::sigemptyset(none.as_mut_ptr()) };
    // SAFETY: initialised just now.
    set_signals(unsafe { none.assume_init_ref() });
    // SAFETY: every text ends in NUL, both lists in a null pointer.
    unsafe { libc::execve(start.program.as_ptr(), start.arguments.as_ptr(), start.environment) };
    Err(io::Error::last_os_error())
}

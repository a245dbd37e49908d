//! What processes need of Linux.
#![expect(unsafe_code, reason = "posix_spawn")]

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::Command;
use super::start::Plan;

/// Bytes in which the system counts a resident size.
pub(super) const RESIDENT_UNIT: f64 = 1024.0;
/// Makes a terminal that of the caller's session.
pub(super) const SET_TERMINAL: libc::Ioctl = libc::TIOCSCTTY;

/// A descriptor that becomes readable when the child ends.
pub(super) fn watch(pid: i32) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid)?, PidfdFlags::empty()).ok()
}

/// Starts a child with `posix_spawn`, which shares the host's memory with it until it runs its program.
pub(super) fn spawn(command: &Command, plan: &Plan) -> Option<io::Result<i32>> {
    Some(posix_spawn(command, plan))
}

fn posix_spawn(command: &Command, plan: &Plan) -> io::Result<i32> {
    unsafe extern "C" {
        static environ: *const *mut libc::c_char;
    }
    let mut actions = Actions::new()?;
    for &(source, target) in &plan.moves {
        // SAFETY: `actions` was initialised; the call copies its arguments.
        ok(unsafe { libc::posix_spawn_file_actions_adddup2(&raw mut actions.0, source, target) })?;
    }
    if let Some(directory) = &command.directory {
        // SAFETY: as above; `directory` ends in NUL and is copied.
        ok(unsafe { libc::posix_spawn_file_actions_addchdir_np(&raw mut actions.0, directory.as_ptr()) })?;
    }
    if let Some(terminal) = &command.terminal {
        // Opened by the leader of a session, it becomes that session's terminal.
        // SAFETY: as above; `terminal` ends in NUL and is copied.
        ok(unsafe {
            libc::posix_spawn_file_actions_addopen(&raw mut actions.0, 0, terminal.as_ptr(), libc::O_RDWR, 0)
        })?;
        for target in 1..=2 {
            // SAFETY: as above.
            ok(unsafe { libc::posix_spawn_file_actions_adddup2(&raw mut actions.0, 0, target) })?;
        }
    }
    let attributes = Attributes::new(command.detached || command.terminal.is_some())?;
    let arguments = pointers(&command.arguments);
    let environment = command.environment.as_deref().map(pointers);
    let environment = match &environment {
        Some(own) => own.as_ptr(),
        // SAFETY: the host's environment; JavaScript changes it on the threads that also spawn.
        None => unsafe { environ },
    };
    let mut pid = 0;
    // SAFETY: every pointer was made above and outlives the call; both lists end in a null pointer.
    ok(unsafe {
        libc::posix_spawn(
            &raw mut pid,
            command.program.as_ptr(),
            &raw const actions.0,
            &raw const attributes.0,
            arguments.as_ptr(),
            environment,
        )
    })?;
    Ok(pid)
}

fn pointers(strings: &[CString]) -> Vec<*mut libc::c_char> {
    strings.iter().map(|string| string.as_ptr().cast_mut()).chain([std::ptr::null_mut()]).collect()
}

fn ok(code: libc::c_int) -> io::Result<()> {
    if code == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(code)) }
}

struct Actions(libc::posix_spawn_file_actions_t);

impl Actions {
    fn new() -> io::Result<Self> {
        let mut actions = std::mem::MaybeUninit::uninit();
        // SAFETY: the call initialises what it is given.
        ok(unsafe { libc::posix_spawn_file_actions_init(actions.as_mut_ptr()) })?;
        // SAFETY: it succeeded.
        Ok(Self(unsafe { actions.assume_init() }))
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`, destroyed once.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.0) };
    }
}

struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    /// The child starts with no signal blocked and SIGPIPE deadly, whatever the host does with them.
    fn new(detached: bool) -> io::Result<Self> {
        /// `POSIX_SPAWN_SETSID` of <spawn.h>.
        const SETSID: i32 = 0x80;
        let mut attributes = std::mem::MaybeUninit::uninit();
        // SAFETY: the call initialises what it is given.
        ok(unsafe { libc::posix_spawnattr_init(attributes.as_mut_ptr()) })?;
        // SAFETY: it succeeded.
        let mut attributes = Self(unsafe { attributes.assume_init() });
        let mut set = std::mem::MaybeUninit::uninit();
        // SAFETY: the call initialises the set.
        unsafe { libc::sigemptyset(set.as_mut_ptr()) };
        // SAFETY: initialised just now.
        let mut set: libc::sigset_t = unsafe { set.assume_init() };
        // SAFETY: both were initialised above; the call copies the set.
        ok(unsafe { libc::posix_spawnattr_setsigmask(&raw mut attributes.0, &raw const set) })?;
        // SAFETY: the set was initialised.
        unsafe { libc::sigaddset(&raw mut set, libc::SIGPIPE) };
        // SAFETY: both were initialised above; the call copies the set.
        ok(unsafe { libc::posix_spawnattr_setsigdefault(&raw mut attributes.0, &raw const set) })?;
        let flags = libc::POSIX_SPAWN_SETSIGMASK | libc::POSIX_SPAWN_SETSIGDEF | if detached { SETSID } else { 0 };
        let flags = libc::c_short::try_from(flags).unwrap_or_default();
        // SAFETY: initialised above.
        ok(unsafe { libc::posix_spawnattr_setflags(&raw mut attributes.0, flags) })?;
        Ok(attributes)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`, destroyed once.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.0) };
    }
}

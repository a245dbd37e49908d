//! Starting a process.
//!
//! The platform's own way shares the host's memory with the child until it runs its program, so that the size of the
//! host does not matter. Another user or a control group takes the way through `fork`.
#![expect(unsafe_code, reason = "what runs between fork and exec")]

use std::ffi::CString;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;
use std::sync::OnceLock;

use super::{Command, ControlGroup, Error, Slot, Stdio, platform};

/// Starts the process; gives its number.
///
/// # Errors
/// `System` with `posix_spawn` and the program's path; with `open` and the directory's path for a control group.
pub(super) fn start(command: &Command) -> Result<i32, Error> {
    let fail = |error| Error::System {
        error,
        syscall: "posix_spawn",
        path: Some(command.program.to_string_lossy().into_owned()).filter(|path| !path.is_empty()),
    };
    let plan = Plan::new(&command.stdio).map_err(fail)?;
    let ordinary = command.user.is_none() && command.group.is_none() && command.control_group.is_none();
    if ordinary && let Some(started) = platform::spawn(command, &plan) {
        return started.map_err(fail);
    }
    let group = command.control_group.as_ref().map(open_group).transpose()?;
    fork(command, &plan, group).map_err(fail)
}

/// Makes the host's descriptors among `slots` ones that block, for a child that expects that of its standard streams.
///
/// # Errors
/// `System` with `fcntl` for one that is not open.
pub fn block(slots: &[Slot]) -> Result<(), Error> {
    for slot in slots {
        let Slot::Descriptor(descriptor) = *slot else { continue };
        // SAFETY: F_GETFL takes no pointer and works on any number.
        let flags = unsafe { libc::fcntl(descriptor, libc::F_GETFL) };
        let failed = flags < 0
            || (flags & libc::O_NONBLOCK != 0
                // SAFETY: as above, with a number.
                && unsafe { libc::fcntl(descriptor, libc::F_SETFL, flags & !libc::O_NONBLOCK) } < 0);
        if failed {
            return Err(Error::System { error: io::Error::last_os_error(), syscall: "fcntl", path: None });
        }
    }
    Ok(())
}

/// Which descriptor of the host becomes which of the child, safe to be done in order.
pub(super) struct Plan {
    /// From, to.
    pub(super) moves: Vec<(RawFd, RawFd)>,
    /// What was moved out of the way, until the child runs.
    held: Vec<OwnedFd>,
}

impl Plan {
    /// A descriptor that lies where a target goes is moved out of the way first.
    fn new(stdio: &[Stdio]) -> io::Result<Self> {
        let count = RawFd::try_from(stdio.len()).unwrap_or(RawFd::MAX);
        let mut plan = Self { moves: Vec::with_capacity(stdio.len()), held: Vec::new() };
        for (target, stdio) in (0..).zip(stdio) {
            let source = match stdio {
                Stdio::Null => null()?,
                Stdio::Closed => continue,
                Stdio::Descriptor(descriptor) => *descriptor,
                Stdio::Owned(descriptor) => descriptor.as_raw_fd(),
            };
            if source >= count || source == target {
                check_open(source)?;
                plan.moves.push((source, target));
                continue;
            }
            // SAFETY: F_DUPFD_CLOEXEC takes no pointer.
            let moved = unsafe { libc::fcntl(source, libc::F_DUPFD_CLOEXEC, count) };
            if moved < 0 {
                return Err(io::Error::last_os_error());
            }
            plan.moves.push((moved, target));
            // SAFETY: fcntl has just made this descriptor, nobody else knows it.
            plan.held.push(unsafe { OwnedFd::from_raw_fd(moved) });
        }
        Ok(plan)
    }
}

fn check_open(descriptor: RawFd) -> io::Result<()> {
    // SAFETY: F_GETFD takes no pointer and works on any number.
    if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// `/dev/null`, opened once.
fn null() -> io::Result<RawFd> {
    static NULL: OnceLock<OwnedFd> = OnceLock::new();
    if let Some(open) = NULL.get() {
        return Ok(open.as_raw_fd());
    }
    let open = std::fs::OpenOptions::new().read(true).write(true).open("/dev/null")?;
    Ok(NULL.get_or_init(|| open.into()).as_raw_fd())
}

/// Opens the file through which a process joins a control group.
fn open_group(group: &ControlGroup) -> Result<OwnedFd, Error> {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let flags = OFlags::WRONLY | OFlags::CLOEXEC;
    let (opened, path) = match group {
        ControlGroup::Path(path) => {
            let directory = openat(CWD, path.as_str(), OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty());
            (
                directory.and_then(|directory| openat(&directory, "cgroup.procs", flags, Mode::empty())),
                Some(path.clone()),
            )
        }
        ControlGroup::Descriptor(descriptor) => {
            let (number, path) = (*descriptor, None);
            if let Err(error) = check_open(number) {
                return Err(Error::System { error, syscall: "open", path });
            }
            // SAFETY: the descriptor is open and the host keeps it so during the call.
            let directory = unsafe { BorrowedFd::borrow_raw(number) };
            (openat(directory, "cgroup.procs", flags, Mode::empty()), path)
        }
    };
    opened.map_err(|error| Error::System { error: error.into(), syscall: "open", path })
}

/// The way through `fork`, for what `posix_spawn` cannot do.
fn fork(command: &Command, plan: &Plan, group: Option<OwnedFd>) -> io::Result<i32> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::process::CommandExt;

    let text = |string: &CString| OsStr::from_bytes(string.as_bytes()).to_owned();
    let mut child = std::process::Command::new(text(&command.program));
    if let Some((first, rest)) = command.arguments.split_first() {
        child.arg0(text(first)).args(rest.iter().map(text));
    }
    if let Some(environment) = &command.environment {
        child.env_clear();
        for pair in environment {
            let bytes = pair.as_bytes();
            let split = bytes.iter().position(|&byte| byte == b'=').unwrap_or(bytes.len());
            child
                .env(OsStr::from_bytes(&bytes[..split]), OsStr::from_bytes(bytes.get(split + 1..).unwrap_or_default()));
        }
    }
    if let Some(directory) = &command.directory {
        child.current_dir(text(directory));
    }
    if let Some(user) = command.user {
        child.uid(user);
    }
    if let Some(id) = command.group {
        child.gid(id);
    }
    let (moves, detached) = (plan.moves.clone(), command.detached || command.terminal.is_some());
    let terminal = command.terminal.clone();
    let prepare = move || {
        prepare(&moves, detached, group.as_ref())?;
        terminal.as_deref().map_or(Ok(()), take_terminal)
    };
    // SAFETY: `prepare` only makes system calls that are safe after fork and allocates nothing.
    unsafe { child.pre_exec(prepare) };
    let child = child.spawn()?;
    i32::try_from(child.id()).map_err(io::Error::other)
}

/// Makes a terminal that of the child's session; runs between fork and exec.
pub(super) fn take_terminal(path: &std::ffi::CStr) -> io::Result<()> {
    // SAFETY: the path ends in NUL.
    let terminal = unsafe { libc::open(path.as_ptr(), libc::O_RDWR) };
    // SAFETY: takes a descriptor and a number.
    if terminal < 0 || unsafe { libc::ioctl(terminal, platform::SET_TERMINAL, 0) } < 0 {
        return Err(io::Error::last_os_error());
    }
    for target in 0..=2 {
        // SAFETY: takes two numbers.
        if unsafe { libc::dup2(terminal, target) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    // SAFETY: opened above; the copies stay.
    if terminal > 2 && unsafe { libc::close(terminal) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Runs in the child between fork and exec.
pub(super) fn prepare(moves: &[(RawFd, RawFd)], detached: bool, group: Option<&OwnedFd>) -> io::Result<()> {
    forget_signals();
    if let Some(group) = group {
        // SAFETY: writes one byte of a constant to an open descriptor; "0" stands for the writer itself.
        if unsafe { libc::write(group.as_raw_fd(), c"0".as_ptr().cast(), 1) } < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    // SAFETY: takes no arguments.
    if detached && unsafe { libc::setsid() } < 0 {
        return Err(io::Error::last_os_error());
    }
    for &(source, target) in moves {
        let done = if source == target {
            // SAFETY: F_SETFD takes no pointer: the descriptor is to outlive exec.
            unsafe { libc::fcntl(source, libc::F_SETFD, 0) }
        } else {
            // SAFETY: takes two numbers.
            unsafe { libc::dup2(source, target) }
        };
        if done < 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

/// The host's handlers must not run in the child. What the host ignores is not ignored there either, although `exec`
/// would hand that on: Node ignores SIGPIPE and SIGXFSZ for itself.
fn forget_signals() {
    for signal in 1..=platform::last_signal() {
        let mut action = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: writes to the record; a number that is no signal is refused.
        if unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } < 0 {
            continue;
        }
        // SAFETY: zeroed, which is a valid record, and written by the call.
        let action = unsafe { action.assume_init_mut() };
        if action.sa_sigaction != libc::SIG_DFL {
            action.sa_sigaction = libc::SIG_DFL;
            // SAFETY: a valid record without a handler.
            unsafe { libc::sigaction(signal, action, ptr::null_mut()) };
        }
    }
}

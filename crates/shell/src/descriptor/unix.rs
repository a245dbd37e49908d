//! Descriptors of Unix.

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{Held, Source};
use crate::cancel::Cancel;

pub(crate) const BAD_DESCRIPTOR: i32 = libc::EBADF;
/// A file that is no program of a format that the system knows.
pub(crate) const NO_FORMAT: i32 = libc::ENOEXEC;

/// How long a wait goes on before it looks whether the script was cancelled.
const GLANCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
const SIZE: usize = 64 * 1024;

/// A pipe whose ends children do not inherit.
pub(crate) fn pipe() -> io::Result<(File, File)> {
    let (reader, writer) = io::pipe()?;
    Ok((OwnedFd::from(reader).into(), OwnedFd::from(writer).into()))
}

/// Standard input, output or error of the host.
///
/// # Errors
/// `EBADF` when the host has closed it.
pub fn host(number: usize) -> io::Result<Arc<File>> {
    static HOST: [OnceLock<Arc<File>>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];
    if let Some(file) = HOST[number].get() {
        return Ok(Arc::clone(file));
    }
    let own = match number {
        0 => io::stdin().as_fd().try_clone_to_owned(),
        1 => io::stdout().as_fd().try_clone_to_owned(),
        _ => io::stderr().as_fd().try_clone_to_owned(),
    };
    let file = Arc::new(File::from(own?));
    Ok(Arc::clone(HOST[number].get_or_init(|| file)))
}

/// Waits a while for something to read; tells whether there is (or an end, or an error).
pub(crate) fn readable(file: &File) -> io::Result<bool> {
    ready(file, PollFlags::IN)
}

/// Waits a while for room to write.
pub(crate) fn writable(file: &File) -> io::Result<bool> {
    ready(file, PollFlags::OUT)
}

fn ready(file: &File, flags: PollFlags) -> io::Result<bool> {
    match poll(&mut [PollFd::new(file, flags)], Some(&GLANCE)) {
        Ok(count) => Ok(count > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn path(file: &File) -> Option<(u32, String)> {
    let number = u32::try_from(file.as_raw_fd()).ok()?;
    Some((number, format!("/dev/fd/{number}")))
}

pub(crate) fn is_executable(path: &Path) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// The home of a user, from the password file.
pub(crate) fn user_home(name: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    let name = CString::new(name).ok()?;
    let users = std::fs::read("/etc/passwd").ok()?;
    users.split(|&byte| byte == b'\n').find_map(|line| {
        let fields: Vec<_> = line.split(|&byte| byte == b':').collect();
        (fields.first() == Some(&name.as_bytes()))
            .then(|| fields.get(5).map(|home| std::ffi::OsString::from_vec(home.to_vec()).into()))?
    })
}

/// Sends a process a signal.
pub(crate) fn send_signal(id: u32, signal: i32) -> Result<(), String> {
    use rustix::process::{Pid, Signal, kill_process, test_kill_process};
    let Some(pid) = i32::try_from(id).ok().and_then(Pid::from_raw) else { return Err("No such process".to_owned()) };
    let sent = match Signal::from_named_raw(signal) {
        None if signal == 0 => test_kill_process(pid),
        None => Err(rustix::io::Errno::INVAL),
        Some(signal) => kill_process(pid, signal),
    };
    sent.map_err(|error| crate::utility::reason(&error.into()))
}

/// Carries bytes between memory and the pipes of a child until the child's outputs are closed.
pub(crate) fn pump(mut outputs: Vec<(File, Arc<Held>)>, input: Option<(File, Arc<Source>)>, cancel: &Cancel) {
    // Feeding is a thread of its own: its source may block, and the child may not read.
    std::thread::scope(|scope| {
        if let Some((mut file, source)) = input {
            let started = std::thread::Builder::new().name("dx-shell feed".to_owned()).spawn_scoped(scope, move || {
                let mut buffer = vec![0; SIZE];
                while let Ok(count @ 1..) = source.read(&mut buffer, cancel) {
                    if file.write_all(&buffer[..count]).is_err() {
                        break; // the child does not want more
                    }
                }
            });
            // Without a thread the child reads nothing: its input is closed.
            drop(started);
        }
        let mut buffer = vec![0; SIZE];
        while !outputs.is_empty() && !(cancel.is_cancelled()) {
            if outputs.len() > 1 {
                let mut polled: Vec<_> = outputs.iter().map(|(file, _)| PollFd::new(file, PollFlags::IN)).collect();
                if poll(&mut polled, Some(&GLANCE)).is_err() {
                    continue;
                }
                let ready: Vec<_> = polled.iter().map(|polled| !polled.revents().is_empty()).collect();
                let mut ready = ready.into_iter();
                outputs.retain_mut(|(file, sink)| !ready.next().unwrap_or(false) || carry(file, sink, &mut buffer));
            } else {
                outputs.retain_mut(|(file, sink)| match readable(file) {
                    Ok(true) => carry(file, sink, &mut buffer),
                    Ok(false) => true,
                    Err(_) => false,
                });
            }
        }
    });
}

/// Carries one read; `false` at the end.
fn carry(file: &mut File, sink: &Held, buffer: &mut [u8]) -> bool {
    match file.read(buffer) {
        Ok(0) => false,
        Ok(count) => match sink.write(&buffer[..count]) {
            // A program does not know of the memory that it fills: what is beyond it is dropped.
            Ok(()) => true,
            Err(error) => error.kind() == io::ErrorKind::StorageFull,
        },
        Err(error) => error.kind() == io::ErrorKind::Interrupted,
    }
}

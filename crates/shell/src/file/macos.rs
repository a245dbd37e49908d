//! Directories of macOS.

use std::{ffi::CStr, io, os::fd::BorrowedFd};

use rustix::fs::{Dir, FileType, Mode};

use super::{Kind, unix::kind};

/// Calls with each name of an open directory that was not read yet, but `.` and `..`.
pub(super) fn each(directory: BorrowedFd<'_>, mut entry: impl FnMut(&CStr, Kind)) -> io::Result<()> {
    let mut directory = Dir::read_from(directory)?;
    while let Some(next) = directory.read() {
        let next = next?;
        let name = next.file_name();
        if name != c"." && name != c".." {
            entry(name, kind(next.file_type()));
        }
    }
    Ok(())
}

/// The major and minor number of a device.
#[expect(clippy::cast_possible_truncation, reason = "the system's own numbers have 32 bits")]
pub(super) fn numbers(device: u64) -> (u32, u32) {
    (rustix::fs::major(device as rustix::fs::Dev), rustix::fs::minor(device as rustix::fs::Dev))
}

/// Special files in a tree are not copied: the call for it came with version 13 only.
pub(super) fn make_node<D>(_: BorrowedFd<'_>, _: &CStr, _: FileType, _: Mode, _: D) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes a named pipe.
#[expect(unsafe_code, reason = "rustix does not have it on this system")]
pub(super) fn make_fifo(path: &CStr, mode: Mode) -> io::Result<()> {
    // SAFETY: `path` ends with NUL, as its type says, and the call keeps nothing of it.
    let made = unsafe { libc::mkfifo(path.as_ptr(), mode.bits()) };
    if made == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

//! Directories of Linux.

use std::{ffi::CStr, io, mem::MaybeUninit, os::fd::BorrowedFd};

use rustix::fs::{CWD, FileType, Mode, RawDir};

use super::{Kind, unix::kind};

/// What one call reads of a directory, into memory that the stack has anyway.
const SIZE: usize = 16 * 1024;

/// Calls with each name of an open directory that was not read yet, but `.` and `..`.
pub(super) fn each(directory: BorrowedFd<'_>, mut entry: impl FnMut(&CStr, Kind)) -> io::Result<()> {
    let mut buffer = [const { MaybeUninit::<u8>::uninit() }; SIZE];
    let mut entries = RawDir::new(directory, &mut buffer);
    while let Some(next) = entries.next() {
        let next = next?;
        let name = next.file_name();
        if name != c"." && name != c".." {
            entry(name, kind(next.file_type()));
        }
    }
    Ok(())
}

/// The major and minor number of a device.
pub(super) fn numbers(device: u64) -> (u32, u32) {
    (rustix::fs::major(device), rustix::fs::minor(device))
}

/// Makes a device file, a socket's or a pipe's in a directory.
pub(super) fn make_node(
    directory: BorrowedFd<'_>,
    name: &CStr,
    kind: FileType,
    mode: Mode,
    device: u64,
) -> io::Result<()> {
    Ok(rustix::fs::mknodat(directory, name, kind, mode, device)?)
}

/// Makes a named pipe.
pub(super) fn make_fifo(path: &CStr, mode: Mode) -> io::Result<()> {
    Ok(rustix::fs::mkfifoat(CWD, path, mode)?)
}

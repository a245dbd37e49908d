//! Directories of Linux.

use std::{ffi::CStr, io, os::fd::BorrowedFd};

use rustix::fs::RawDir;

use super::{Kind, unix::kind};

/// What one call reads of a directory.
const SIZE: usize = 64 * 1024;

/// Calls with each name of an open directory that was not read yet, but `.` and `..`.
pub(super) fn each(directory: BorrowedFd<'_>, mut entry: impl FnMut(&CStr, Kind)) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(SIZE);
    let mut entries = RawDir::new(directory, buffer.spare_capacity_mut());
    while let Some(next) = entries.next() {
        let next = next?;
        let name = next.file_name();
        if name != c"." && name != c".." {
            entry(name, kind(next.file_type()));
        }
    }
    Ok(())
}

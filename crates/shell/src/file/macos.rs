//! Directories of macOS.

use std::{ffi::CStr, io, os::fd::BorrowedFd};

use rustix::fs::Dir;

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

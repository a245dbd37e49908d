//! What Linux's pipes can do beyond POSIX.

use std::{fs::File, io, os::fd::BorrowedFd};

use rustix::pipe::{SpliceFlags, fcntl_getpipe_size, fcntl_setpipe_size, splice};

/// Moves bytes of a file, from its own place on, into a pipe, which takes the pages that hold them.
pub(super) fn move_into(pipe: BorrowedFd<'_>, file: &File, most: usize) -> io::Result<usize> {
    Ok(splice(file, None, pipe, None, most, SpliceFlags::empty())?)
}

/// Gives a pipe more room. It may be no pipe, or the user may have too many such: then all stays as it is.
pub(super) fn widen(pipe: BorrowedFd<'_>, size: usize) {
    if fcntl_getpipe_size(pipe).is_ok_and(|now| now < size) {
        let _ = fcntl_setpipe_size(pipe, size);
    }
}

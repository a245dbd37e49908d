//! What files need of Linux beyond what all of Unix has.

use std::fs::File;
use std::io;
use std::path::Path;

use rustix::fs::{SeekFrom, copy_file_range, seek};
use rustix::io::{Errno, ReadWriteFlags, preadv2};

/// Reads at an offset only what the page cache holds; `None` when the disk would be waited for.
pub(in crate::file) fn read_cached_at(file: &File, bytes: &mut [u8], offset: u64) -> Option<io::Result<usize>> {
    let wanted = &mut [io::IoSliceMut::new(bytes)];
    match preadv2(file, wanted, offset, ReadWriteFlags::NOWAIT) {
        Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS) => None,
        result => Some(result.map_err(io::Error::from)),
    }
}

/// Copies a part of a file in the kernel; `None` when these two files cannot be copied so.
pub(in crate::file) fn copy_in_kernel(
    from: &File,
    from_at: &mut u64,
    to: &File,
    to_at: &mut u64,
    length: u64,
) -> Option<io::Result<u64>> {
    let step = usize::try_from(length.min(1 << 30)).unwrap_or(1 << 30);
    loop {
        match copy_file_range(from, Some(from_at), to, Some(to_at), step) {
            Err(Errno::INTR) => {}
            Err(
                Errno::XDEV | Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM | Errno::BADF | Errno::IO,
            ) => return None,
            result => return Some(result.map(|copied| copied as u64).map_err(io::Error::from)),
        }
    }
}

/// Whole files are copied like parts of them: the kernel shares their blocks where the file system can.
pub(in crate::file) fn copy_whole(_from: &Path, _to: &Path) -> Option<u64> {
    None
}

/// The next part of a file at or after `at` that holds data: (start, end). `None` past the last.
pub(in crate::file) fn next_data(file: &File, at: u64, end: u64) -> Option<(u64, u64)> {
    match seek(file, SeekFrom::Data(at)) {
        Ok(start) => Some((start, seek(file, SeekFrom::Hole(start)).unwrap_or(end).min(end))),
        Err(Errno::NXIO) => None,
        Err(_) => Some((at, end)),
    }
}

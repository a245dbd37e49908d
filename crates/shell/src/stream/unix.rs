//! Descriptors.

pub(super) use std::os::fd::{AsFd as AsBorrowed, BorrowedFd as Borrowed};

use std::fs::File;

use rustix::fs::{FileType, fstat, tell};

/// The descriptor of a file.
pub(super) fn borrow(file: &File) -> Borrowed<'_> {
    file.as_fd()
}

/// How many bytes of the input are not read yet, when both are one regular file.
pub(super) fn left_of_output(input: Borrowed<'_>, output: Borrowed<'_>) -> Option<u64> {
    let (read, written) = (fstat(input).ok()?, fstat(output).ok()?);
    let is_one = (read.st_dev, read.st_ino) == (written.st_dev, written.st_ino);
    let is_file = FileType::from_raw_mode(read.st_mode).is_file();
    let size = u64::try_from(read.st_size).unwrap_or(0);
    (is_one && is_file).then(|| size.saturating_sub(tell(input).unwrap_or(0)))
}

impl AsBorrowed for super::Handle<'_> {
    fn as_fd(&self) -> Borrowed<'_> {
        self.0
    }
}

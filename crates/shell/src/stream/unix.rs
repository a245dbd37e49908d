//! Descriptors.

pub(super) use std::os::fd::{AsFd as AsBorrowed, BorrowedFd as Borrowed};

use std::fs::File;

/// The descriptor of a file.
pub(super) fn borrow(file: &File) -> Borrowed<'_> {
    file.as_fd()
}

impl AsBorrowed for super::Handle<'_> {
    fn as_fd(&self) -> Borrowed<'_> {
        self.0
    }
}

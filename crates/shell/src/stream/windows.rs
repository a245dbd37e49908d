//! Handles.

pub(super) use std::os::windows::io::{AsHandle as AsBorrowed, BorrowedHandle as Borrowed};

use std::fs::File;

/// The handle of a file.
pub(super) fn borrow(file: &File) -> Borrowed<'_> {
    file.as_handle()
}

/// The standard library does not tell whether two handles are of one file.
pub(super) fn left_of_output(_input: Borrowed<'_>, _output: Borrowed<'_>) -> Option<u64> {
    None
}

impl AsBorrowed for super::Handle<'_> {
    fn as_handle(&self) -> Borrowed<'_> {
        self.0
    }
}

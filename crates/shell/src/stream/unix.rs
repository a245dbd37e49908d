//! Descriptors.

use std::{
    fs::File,
    os::fd::{AsFd, BorrowedFd},
};

/// An open descriptor.
#[derive(Debug, Clone, Copy)]
pub struct Handle<'a>(BorrowedFd<'a>);

/// A descriptor, where there is one.
pub type MaybeHandle<'a> = Option<Handle<'a>>;

impl<'a> From<BorrowedFd<'a>> for Handle<'a> {
    fn from(fd: BorrowedFd<'a>) -> Self {
        Self(fd)
    }
}

impl<'a> From<&'a File> for Handle<'a> {
    fn from(file: &'a File) -> Self {
        Self(file.as_fd())
    }
}

impl AsFd for Handle<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0
    }
}

//! Handles.

use std::{
    fs::File,
    os::windows::io::{AsHandle, BorrowedHandle},
};

/// An open handle.
#[derive(Debug, Clone, Copy)]
pub struct Handle<'a>(BorrowedHandle<'a>);

/// A handle, where there is one.
pub type MaybeHandle<'a> = Option<Handle<'a>>;

impl<'a> From<BorrowedHandle<'a>> for Handle<'a> {
    fn from(handle: BorrowedHandle<'a>) -> Self {
        Self(handle)
    }
}

impl<'a> From<&'a File> for Handle<'a> {
    fn from(file: &'a File) -> Self {
        Self(file.as_handle())
    }
}

impl AsHandle for Handle<'_> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0
    }
}

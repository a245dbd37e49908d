//! Pipes of systems that can do no more with them than read and write.

use std::{fs::File, io};

use super::platform::Borrowed;

pub(super) fn move_into(_pipe: Borrowed<'_>, _file: &File, _most: usize) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(super) fn widen(_pipe: Borrowed<'_>, _size: usize) {}

//! What unpacking needs of Windows, and of what is not Unix.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// Files have no such rights here.
pub(super) fn set_mode(_options: &mut OpenOptions, _mode: u32) {}

/// Links are left out: to make one needs a right that few have.
pub(super) fn link(_target: &str, _path: &Path) -> io::Result<bool> {
    Ok(false)
}

/// The error of a file where a directory was wanted.
pub(super) fn not_a_directory() -> io::Error {
    io::ErrorKind::NotADirectory.into()
}

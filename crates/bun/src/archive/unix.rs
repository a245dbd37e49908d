//! What unpacking needs of Unix.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::Path;

/// A new file gets the rights of the archive's, without those that would change who runs it.
pub(super) fn set_mode(options: &mut OpenOptions, mode: u32) {
    options.mode(mode & 0o777);
}

/// Makes a link; `true`.
pub(super) fn link(target: &str, path: &Path) -> io::Result<bool> {
    symlink(target, path).map(|()| true)
}

/// The error of a file where a directory was wanted.
pub(super) fn not_a_directory() -> io::Error {
    io::Error::from_raw_os_error(libc::ENOTDIR)
}

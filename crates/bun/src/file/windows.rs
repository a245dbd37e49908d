//! What files need of a system without Unix's calls.

use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Deref;
use std::os::windows::fs::FileExt;
use std::path::Path;

/// `ERROR_INVALID_HANDLE`, which libuv names `EBADF`: errors of this system are no numbers of C.
const INVALID_HANDLE: i32 = 6;

/// A descriptor of the host's. Descriptor numbers belong to the C runtime that the host links, so
/// none can be borrowed here; the face serves them through `node:fs`.
pub(super) enum Borrowed {}

impl Deref for Borrowed {
    type Target = File;

    fn deref(&self) -> &File {
        match *self {}
    }
}

pub(super) fn borrow(_descriptor: i32) -> io::Result<Borrowed> {
    Err(io::Error::from_raw_os_error(INVALID_HANDLE))
}

pub(super) fn open_read(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub(super) fn open_source(path: &Path) -> io::Result<File> {
    File::open(path)
}

pub(super) fn wait_readable(_file: &File, error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) }
}

pub(super) fn wait_writable(_file: &File, error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) }
}

pub(super) fn open_write(path: &Path, _mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(path)
}

/// `open_write`; `None` for what is no file: a write to it may wait for another program.
pub(super) fn open_write_now(path: &Path, mode: u32) -> io::Result<Option<File>> {
    if path.metadata().is_ok_and(|there| !there.is_file() && !there.is_dir()) {
        return Ok(None);
    }
    open_write(path, mode).map(Some)
}

pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    file.seek_write(bytes, offset)
}

pub(super) fn read_cached_at(_file: &File, _bytes: &mut [u8], _offset: u64) -> Option<io::Result<usize>> {
    None
}

pub(super) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    file.seek_read(bytes, offset)
}

pub(super) fn same_file(_one: &File, _other: &File) -> io::Result<bool> {
    Ok(false)
}

pub(super) fn copy_in_kernel(
    _from: &File,
    _from_at: &mut u64,
    _to: &File,
    _to_at: &mut u64,
    _length: u64,
) -> Option<io::Result<u64>> {
    None
}

/// `CopyFileEx`; `None` when it did not work.
pub(super) fn copy_whole(from: &Path, to: &Path) -> Option<u64> {
    std::fs::copy(from, to).ok()
}

pub(super) fn next_data(_file: &File, at: u64, end: u64) -> Option<(u64, u64)> {
    Some((at, end))
}

pub(super) fn is_stream(file: &File) -> io::Result<bool> {
    let kind = file.metadata()?.file_type();
    Ok(!kind.is_file() && !kind.is_dir())
}

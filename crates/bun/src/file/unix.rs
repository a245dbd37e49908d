//! What files need of Unix.
#![expect(unsafe_code, reason = "a descriptor that the host owns is used without closing it")]

use std::fs::{File, OpenOptions};
use std::io;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::os::fd::FromRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

pub(super) use kernel::{copy_in_kernel, copy_whole, next_data, read_cached_at};

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "macos.rs")]
mod kernel;

/// The host's descriptor as a `File` that is never closed here.
pub(super) struct Borrowed(ManuallyDrop<File>);

impl Deref for Borrowed {
    type Target = File;

    fn deref(&self) -> &File {
        &self.0
    }
}

/// Borrows a descriptor of the host's for one operation.
///
/// # Errors
/// `EBADF` when it is not open.
pub(super) fn borrow(descriptor: i32) -> io::Result<Borrowed> {
    if descriptor < 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: F_GETFD takes no pointer and works on any number.
    if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is open (checked above) and `ManuallyDrop` leaves it to its owner. A host that
    // closes it during the operation gets EBADF or another file's bytes, as with any use of a descriptor number.
    Ok(Borrowed(ManuallyDrop::new(unsafe { File::from_raw_fd(descriptor) })))
}

/// Opens for reading without waiting for the writer of a FIFO.
pub(super) fn open_read(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

/// Opens for reading, waiting for the writer of a FIFO.
pub(super) fn open_source(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_NOCTTY).open(path)
}

/// After a read that failed: waits for data if there was none, passes an interruption by.
pub(super) fn wait_readable(file: &File, error: io::Error) -> io::Result<()> {
    wait(file, error, PollFlags::IN)
}

/// After a write that failed: waits for room if there was none, passes an interruption by.
pub(super) fn wait_writable(file: &File, error: io::Error) -> io::Result<()> {
    wait(file, error, PollFlags::OUT)
}

fn wait(file: &File, error: io::Error, what: PollFlags) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::Interrupted => Ok(()),
        io::ErrorKind::WouldBlock => match poll(&mut [PollFd::new(file, what)], None) {
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        },
        _ => Err(error),
    }
}

/// Opens for writing, creating the file. It is not emptied here: ext4 forces the data of a file that
/// was emptied and closed to the disk, which costs fifty times the write. Whoever writes cuts it afterwards.
pub(super) fn open_write(path: &Path, mode: u32) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).mode(mode).custom_flags(libc::O_NOCTTY).open(path)
}

/// `open_write` without waiting for the reader of a FIFO or for who holds a lease; `None` where that would be needed.
pub(super) fn open_write_now(path: &Path, mode: u32) -> io::Result<Option<File>> {
    let flags = libc::O_NOCTTY | libc::O_NONBLOCK;
    match OpenOptions::new().write(true).create(true).truncate(false).mode(mode).custom_flags(flags).open(path) {
        // A socket has no reader to wait for either: the one who waits finds that.
        Err(error) if matches!(error.raw_os_error(), Some(libc::ENXIO | libc::EWOULDBLOCK)) => Ok(None),
        result => result.map(Some),
    }
}

/// Writes at an offset.
pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
    file.write_at(bytes, offset)
}

/// Reads at an offset, past interruptions.
pub(super) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(bytes, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// Whether two open files are the same one.
pub(super) fn same_file(one: &File, other: &File) -> io::Result<bool> {
    let (one, other) = (rustix::fs::fstat(one)?, rustix::fs::fstat(other)?);
    Ok(one.st_dev == other.st_dev && one.st_ino == other.st_ino)
}

/// The error of a directory where a file was wanted.
/// Whether the file is a character device, FIFO or socket: no size, no end known beforehand.
pub(super) fn is_stream(file: &File) -> io::Result<bool> {
    let kind = file.metadata()?.file_type();
    Ok(!kind.is_file() && !kind.is_dir())
}

#[cfg(test)]
mod tests {
    use super::super::read_chunk_cached;
    use super::*;

    #[test]
    fn a_chunk_ends_with_the_file() {
        let path = std::env::temp_dir().join(format!("dx-chunk-{}", std::process::id()));
        std::fs::write(&path, b"hello").unwrap();
        let file = open_read(&path).unwrap();
        let chunk = |offset, size| {
            let descriptor = std::os::fd::AsRawFd::as_raw_fd(&file);
            read_chunk_cached(descriptor, offset, size).unwrap().map(|block| block.to_vec())
        };
        // A file system that cannot tell what is cached gives nothing.
        if let Some(first) = chunk(0, 3) {
            assert_eq!(first, b"hel");
            assert_eq!(chunk(3, 3).unwrap(), b"lo");
            assert_eq!(chunk(5, 3).unwrap(), b"");
        }
        std::fs::remove_file(&path).unwrap();
    }
}

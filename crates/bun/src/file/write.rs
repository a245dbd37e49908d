//! Writing a whole file.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::path::Path;

use super::{Error, Target, platform};

/// Replaces the content of a file by `bytes`, creating the file (and with `create_path` the
/// directories above it). A descriptor is written where it stands.
///
/// # Errors
/// `System` with `open`, `mkdir` or `write`; the file then holds the part of the bytes that was written.
pub fn write(target: &Target, bytes: &[u8], mode: u32, create_path: bool) -> Result<u64, Error> {
    match target {
        Target::Path(path) => {
            let file = create(path, target, mode, create_path)?;
            write_all(&file, bytes)
                .inspect_err(|_| cut_here(&file))
                .and_then(|()| cut(&file, bytes.len() as u64))
                .map_err(|error| Error::system(error, "write", target))?;
        }
        Target::Descriptor(descriptor) => {
            let fail = |error| Error::system(error, "write", target);
            let file = platform::borrow(*descriptor).map_err(fail)?;
            write_all(&file, bytes).map_err(fail)?;
        }
    }
    Ok(bytes.len() as u64)
}

/// Cuts off what a regular file held beyond `length`.
pub(super) fn cut(file: &File, length: u64) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() > length { file.set_len(length) } else { Ok(()) }
}

/// Cuts a file where a failed write left off, so that nothing of its old content stays behind the
/// new. The failure of the write is the one to tell, so one of the cut is not.
pub(super) fn cut_here(mut file: &File) {
    if let Ok(written) = file.stream_position() {
        let _ = cut(file, written);
    }
}

/// Opens a file for writing at its start.
pub(super) fn create(path: &Path, target: &Target, mode: u32, create_path: bool) -> Result<File, Error> {
    match platform::open_write(path, mode) {
        Err(error) if create_path && error.kind() == io::ErrorKind::NotFound => {
            match path.parent().map(fs::create_dir_all) {
                Some(Ok(())) => platform::open_write(path, mode),
                Some(Err(failed)) if failed.kind() != io::ErrorKind::NotFound => {
                    return Err(Error::system(failed, "mkdir", target));
                }
                _ => Err(error),
            }
        }
        result => result,
    }
    .map_err(|error| Error::system(error, "open", target))
}

/// Replaces the content of a regular file here and now. `None` when the write might wait for
/// another program: the path leads to a FIFO, a device or a socket.
///
/// # Errors
/// As `write`.
pub fn write_now(target: &Target, bytes: &[u8], mode: u32, create_path: bool) -> Result<Option<u64>, Error> {
    let Target::Path(path) = target else { return write(target, bytes, mode, create_path).map(Some) };
    let before = path.metadata().ok();
    if before.as_ref().is_some_and(|before| !before.is_file() && !before.is_dir()) {
        return Ok(None);
    }
    let file = create(path, target, mode, create_path)?;
    let written = write_all(&file, bytes).inspect_err(|_| cut_here(&file));
    // What was shorter before needs no cutting, and no second look.
    let longer = before.is_some_and(|before| before.is_file() && before.len() > bytes.len() as u64);
    let done = if longer { written.and_then(|()| file.set_len(bytes.len() as u64)) } else { written };
    done.map_err(|error| Error::system(error, "write", target))?;
    Ok(Some(bytes.len() as u64))
}

/// Writes everything; a full pipe is waited for.
pub(super) fn write_all(mut file: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) => platform::wait_writable(file, error)?,
        }
    }
    Ok(())
}

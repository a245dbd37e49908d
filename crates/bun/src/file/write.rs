//! Writing a whole file.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
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

/// Cuts off what a regular file held beyond `length`. To nothing in any case: that shows in the file's times.
pub(super) fn cut(file: &File, length: u64) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_file() && (metadata.len() > length || length == 0) { file.set_len(length) } else { Ok(()) }
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
    create_with(path, target, create_path, |path| platform::open_write(path, mode))
}

fn create_with<T>(
    path: &Path,
    target: &Target,
    create_path: bool,
    open: impl Fn(&Path) -> io::Result<T>,
) -> Result<T, Error> {
    match open(path) {
        Err(error) if create_path && error.kind() == io::ErrorKind::NotFound => {
            match path.parent().map(fs::create_dir_all) {
                Some(Ok(())) => open(path),
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

/// What `write_now` did.
#[derive(Debug)]
pub enum Written {
    /// Everything: so many bytes.
    Whole(u64),
    /// What needed no waiting; `finish` does the rest.
    Part(Unfinished),
    /// Nothing: opening the file means waiting for another program.
    Nothing,
}

/// A write to a pipe, socket or terminal that has taken a part of the bytes.
#[derive(Debug)]
pub struct Unfinished {
    file: File,
    written: usize,
}

impl Unfinished {
    /// Writes the rest of the same bytes, waiting for room.
    ///
    /// # Errors
    /// `System` with `write`.
    pub fn finish(self, target: &Target, bytes: &[u8]) -> Result<u64, Error> {
        write_all(&self.file, &bytes[self.written..]).map_err(|error| Error::system(error, "write", target))?;
        Ok(bytes.len() as u64)
    }
}

/// Replaces the content of a file here and now, as far as that means waiting for no other program.
///
/// # Errors
/// As `write`.
pub fn write_now(target: &Target, bytes: &[u8], mode: u32, create_path: bool) -> Result<Written, Error> {
    // A full pipe is waited for, as in real Bun: what is written after it, not awaited, has to come after it.
    let Target::Path(path) = target else { return write(target, bytes, mode, create_path).map(Written::Whole) };
    let open = |path: &Path| platform::open_write_now(path, mode);
    let Some(file) = create_with(path, target, create_path, open)? else { return Ok(Written::Nothing) };
    let fail = |error| Error::system(error, "write", target);
    // The end is one look at what is there: how long a file is, and whether this is one.
    let Ok(before) = (&file).seek(SeekFrom::End(0)) else {
        let (written, result) = write_until(bytes, |rest, _| (&file).write(rest));
        return match result {
            Ok(()) => Ok(Written::Whole(bytes.len() as u64)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Written::Part(Unfinished { file, written })),
            Err(error) => Err(fail(error)),
        };
    };
    let (written, result) = write_until(bytes, |rest, at| platform::write_at(&file, rest, at as u64));
    let length = written as u64;
    // What was shorter before needs no cutting; a write of nothing shows in the file's times all the same.
    let cut = if before > length || length == 0 { cut(&file, length) } else { Ok(()) };
    result.and(cut).map_err(fail)?;
    Ok(Written::Whole(length))
}

/// Writes everything, past interruptions: how much was written, and what went wrong.
fn write_until(bytes: &[u8], mut write: impl FnMut(&[u8], usize) -> io::Result<usize>) -> (usize, io::Result<()>) {
    let mut done = 0;
    while done < bytes.len() {
        match write(&bytes[done..], done) {
            Ok(0) => return (done, Err(io::ErrorKind::WriteZero.into())),
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (done, Err(error)),
        }
    }
    (done, Ok(()))
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

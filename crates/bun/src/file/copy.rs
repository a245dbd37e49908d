//! Copying a file, or a part of it, to another.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::write::{create, cut, cut_here, write_all};
use super::{Error, Handle, Range, Target, platform};
use crate::memory::Block;

const STEP: usize = 256 * 1024;

/// Copies `from` to `to`: in the kernel where it can (`copy_file_range`), holes kept as holes.
/// Gives the number of bytes of the copy.
///
/// A file copied to itself is left as it is.
///
/// # Errors
/// `System` with the failed call; `Folder` when `from` is a directory.
pub fn copy(from: &Target, range: Range, to: &Target, mode: u32, create_path: bool) -> Result<u64, Error> {
    let source = open_source(from)?;
    let metadata = source.metadata().map_err(|error| Error::system(error, "fstat", from))?;
    if metadata.is_dir() {
        return Err(Error::Folder { path: from.path().map(Into::into) });
    }
    let size = metadata.len();
    let start = range.offset.min(size);
    let end = range.length.map_or(size, |length| start.saturating_add(length).min(size));
    if let Target::Path(path) = to
        && let Ok(present) = platform::open_read(path)
        && platform::same_file(&source, &present).unwrap_or(false)
        && metadata.is_file()
    {
        return Ok(end - start);
    }
    if let (Target::Path(whole), Target::Path(path), 0, None) = (from, to, range.offset, range.length)
        && metadata.is_file()
        && size > 0
        && let Some(copied) = platform::copy_whole(whole, path)
    {
        return Ok(copied);
    }
    let sink = match to {
        Target::Path(path) => Handle::Owned(create(path, to, mode, create_path)?),
        Target::Descriptor(descriptor) => {
            Handle::Borrowed(platform::borrow(*descriptor).map_err(|error| Error::system(error, "write", to))?)
        }
    };
    let regular = metadata.is_file() && size > 0 && matches!(from, Target::Path(_));
    let fresh = matches!(to, Target::Path(_)) && sink.metadata().is_ok_and(|metadata| metadata.is_file());
    let copied = if regular && fresh {
        copy_data(&source, &sink, start, end)
    } else {
        let poured = pour(&source, &sink, range, from);
        match &poured {
            Ok(copied) if fresh => cut(&sink, *copied).and(poured),
            Err(_) if fresh => {
                cut_here(&sink);
                poured
            }
            _ => poured,
        }
    };
    copied.map_err(|error| Error::system(error, "write", if from.path().is_some() { from } else { to }))
}

fn open_source(from: &Target) -> Result<Handle, Error> {
    match from {
        Target::Path(path) => {
            platform::open_source(path).map(Handle::Owned).map_err(|error| Error::system(error, "open", from))
        }
        Target::Descriptor(descriptor) => {
            platform::borrow(*descriptor).map(Handle::Borrowed).map_err(|error| Error::system(error, "fstat", from))
        }
    }
}

/// Copies the parts that hold data; the file's length covers a hole at its end.
fn copy_data(source: &File, sink: &File, start: u64, end: u64) -> io::Result<u64> {
    let sparse = !matches!(platform::next_data(source, start, end), Some((data, hole)) if data == start && hole >= end);
    if sparse {
        // What the destination held must not show through the holes.
        sink.set_len(0)?;
    }
    let mut at = start;
    while at < end {
        let Some((data, hole)) = platform::next_data(source, at, end) else { break };
        if data >= end {
            break;
        }
        at = copy_part(source, sink, data, hole.min(end), start)?;
        if at < hole.min(end) {
            // The source was cut short meanwhile.
            cut(sink, at - start)?;
            return Ok(at - start);
        }
    }
    sink.set_len(end - start)?;
    Ok(end - start)
}

/// Copies one part to the place that it has in the copy; gives where it got to.
fn copy_part(source: &File, sink: &File, start: u64, end: u64, origin: u64) -> io::Result<u64> {
    let (mut from, mut to) = (start, start - origin);
    while from < end {
        let rest = end - from;
        match platform::copy_in_kernel(source, &mut from, sink, &mut to, rest) {
            Some(Ok(0)) => return Ok(from),
            Some(Ok(_)) => {}
            Some(Err(error)) => return cut(sink, to).and(Err(error)),
            None => return copy_by_hand(source, sink, from, end, origin).inspect_err(|_| cut_here(sink)),
        }
    }
    Ok(from)
}

fn copy_by_hand(source: &File, mut sink: &File, start: u64, end: u64, origin: u64) -> io::Result<u64> {
    let mut block = Block::take(STEP)?;
    sink.seek(SeekFrom::Start(start - origin))?;
    let mut at = start;
    while at < end {
        let step = usize::try_from(end - at).unwrap_or(STEP).min(STEP);
        match platform::read_at(source, &mut block[..step], at)? {
            0 => break,
            count => {
                sink.write_all(&block[..count])?;
                at += count as u64;
            }
        }
    }
    Ok(at)
}

/// Reads on until the source ends, writing as it goes: pipes, devices, descriptors.
fn pour(source: &File, sink: &File, range: Range, from: &Target) -> io::Result<u64> {
    let mut source = source;
    let seekable = !platform::is_stream(source)?;
    if range.offset > 0 || (seekable && from.path().is_some()) {
        source.seek(SeekFrom::Start(range.offset))?;
    }
    let mut block = Block::take(STEP)?;
    let (mut copied, limit) = (0, range.length.unwrap_or(u64::MAX));
    while copied < limit {
        let step = usize::try_from(limit - copied).unwrap_or(STEP).min(STEP);
        match source.read(&mut block[..step]) {
            Ok(0) => break,
            Ok(count) => {
                write_all(sink, &block[..count])?;
                copied += count as u64;
            }
            Err(error) => platform::wait_readable(source, error)?,
        }
    }
    Ok(copied)
}

/// Two open regular files, one of which is copied to the other piece by piece.
///
/// They are held by descriptors of its own, so that their owner may close them meanwhile.
#[derive(Debug)]
pub struct Pour {
    source: File,
    sink: File,
}

impl Pour {
    /// Takes hold of both. `None` when one is no regular file.
    ///
    /// # Errors
    /// `System` with `fstat` or `dup`.
    pub fn new(source: i32, sink: i32) -> Result<Option<Self>, Error> {
        let own = |descriptor| {
            let fail = |error, syscall| Error::system(error, syscall, &Target::Descriptor(descriptor));
            let file = platform::borrow(descriptor).map_err(|error| fail(error, "fstat"))?;
            let regular = file.metadata().map_err(|error| fail(error, "fstat"))?.is_file();
            if regular { file.try_clone().map(Some).map_err(|error| fail(error, "dup")) } else { Ok(None) }
        };
        let (Some(source), Some(sink)) = (own(source)?, own(sink)?) else { return Ok(None) };
        Ok(Some(Self { source, sink }))
    }

    /// Copies up to `length` bytes from one place to another; `None` stands for where the descriptor is, which then
    /// moves on. Gives how many were copied: fewer when something failed after them, 0 at the end of the source, or
    /// where it does not say what it holds.
    ///
    /// # Errors
    /// `System` with `read` or `write` when nothing was copied.
    pub fn copy(&self, from: Option<u64>, to: Option<u64>, length: u64) -> Result<u64, Error> {
        let fail = |error, syscall| Error::System { error, syscall, path: None };
        let mut source = &self.source;
        let start = from.map_or_else(|| source.stream_position(), Ok).map_err(|error| fail(error, "read"))?;
        let copied = self.copy_from(start, to, length).map_err(|error| fail(error, "write"))?;
        if from.is_none() {
            source.seek(SeekFrom::Start(start + copied)).map_err(|error| fail(error, "read"))?;
        }
        Ok(copied)
    }

    fn copy_from(&self, start: u64, to: Option<u64>, length: u64) -> io::Result<u64> {
        let mut sink = &self.sink;
        let place = to.map_or_else(|| sink.stream_position(), Ok)?;
        let (mut from_at, mut to_at) = (start, place);
        while from_at < start + length {
            let rest = start + length - from_at;
            match platform::copy_in_kernel(&self.source, &mut from_at, sink, &mut to_at, rest) {
                Some(Ok(copied)) if copied > 0 => {}
                Some(Err(error)) if from_at == start => return Err(error),
                // A sink that is appended to, for one.
                None if from_at == start => return self.copy_by_hand(start, to, length),
                _ => break,
            }
        }
        if to.is_none() {
            sink.seek(SeekFrom::Start(to_at))?;
        }
        Ok(from_at - start)
    }

    fn copy_by_hand(&self, start: u64, to: Option<u64>, length: u64) -> io::Result<u64> {
        let mut block = Block::take(STEP)?;
        let mut sink = &self.sink;
        if let Some(to) = to {
            sink.seek(SeekFrom::Start(to))?;
        }
        let mut copied = 0;
        while copied < length {
            let step = usize::try_from(length - copied).unwrap_or(STEP).min(STEP);
            let count = platform::read_at(&self.source, &mut block[..step], start + copied)?;
            let mut written = 0;
            while written < count {
                match sink.write(&block[written..count]) {
                    Ok(more) if more > 0 => written += more,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if copied + written as u64 == 0 => return Err(error),
                    _ => return Ok(copied + written as u64),
                }
            }
            copied += count as u64;
            if count == 0 {
                break;
            }
        }
        Ok(copied)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::{self, OpenOptions};
    use std::os::fd::AsRawFd;

    #[test]
    fn pieces_go_where_they_are_told_to() {
        let path = |name| std::env::temp_dir().join(format!("dx-pour-{name}-{}", std::process::id()));
        fs::write(path("source"), b"0123456789").unwrap();
        fs::write(path("sink"), b"abc").unwrap();
        let source = File::open(path("source")).unwrap();
        let pour = |sink: &File| Pour::new(source.as_raw_fd(), sink.as_raw_fd()).unwrap().unwrap();
        let open =
            |append: bool| OpenOptions::new().read(true).write(!append).append(append).open(path("sink")).unwrap();
        let content = || fs::read(path("sink")).unwrap();
        let sink = open(false);
        assert_eq!(pour(&sink).copy(Some(2), Some(1), 3).unwrap(), 3);
        assert_eq!(content(), b"a234");
        // From where both stand.
        assert_eq!(pour(&sink).copy(None, None, 2).unwrap(), 2);
        assert_eq!(pour(&sink).copy(None, None, 1).unwrap(), 1);
        assert_eq!(content(), b"0124");
        assert_eq!(pour(&open(true)).copy(None, None, 100).unwrap(), 7);
        assert_eq!(content(), b"01243456789");
        assert_eq!(pour(&sink).copy(None, None, 100).unwrap(), 0);
        assert!(pour(&File::open(path("sink")).unwrap()).copy(Some(0), Some(0), 1).is_err());
        assert!(Pour::new(File::open("/dev/null").unwrap().as_raw_fd(), sink.as_raw_fd()).unwrap().is_none());
        assert!(Pour::new(-1, sink.as_raw_fd()).is_err());
        fs::remove_file(path("source")).unwrap();
        fs::remove_file(path("sink")).unwrap();
    }
}

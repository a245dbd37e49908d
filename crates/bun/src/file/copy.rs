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

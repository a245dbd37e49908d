//! Reading a file into memory of the caller's own.

use std::fs::Metadata;
use std::io::{self, Read};

use super::text::{Text, decode};
use super::{Error, Handle, Target, platform};
use crate::memory::Block;

/// Reads up to this size are served on the calling thread when the page cache holds the file: the
/// copy then costs less than handing it to another thread.
pub const INLINE: usize = 1024 * 1024;
/// Reads up to this size go into the caller's scratch memory, for what is made of them is a copy.
const SCRATCH: usize = 64 * 1024;
/// One system call reads this much at most: less than the processor's second cache.
const PIECE: usize = 512 * 1024;
/// The largest content taken from a file whose size is not known beforehand.
const UNSIZED_LIMIT: usize = 1 << 32;
const UNSIZED_STEP: usize = 256 * 1024;

/// The part of a file that a slice covers.
#[derive(Debug, Clone, Copy, Default)]
pub struct Range {
    /// Where it starts, in bytes.
    pub offset: u64,
    /// How many bytes it has at most; `None` to the end of the file.
    pub length: Option<u64>,
}

/// Reads a file, or the part of it, into a block.
///
/// The block is a snapshot: it does not change when the file does. A file that shrinks meanwhile
/// gives what was there.
///
/// # Errors
/// `System` with `open`, `fstat` or `read`; `Directory`; `TooLarge` when an endless file is read whole.
pub fn read(target: &Target, range: Range) -> Result<Block, Error> {
    read_seen(target, range, &mut |_| {})
}

/// Reads a file, or the part of it, as text.
///
/// Whether it is ASCII is looked at piece by piece, while a piece is still in the processor's cache.
///
/// # Errors
/// As `read`.
pub fn read_text(target: &Target, range: Range) -> Result<Text, Error> {
    let mut ascii = true;
    let block = read_seen(target, range, &mut |piece| ascii = ascii && piece.is_ascii())?;
    Ok(if ascii { Text::OneByte(block, 0) } else { decode(block) })
}

/// Reads into a block; `see` is shown every piece once it is there, in order.
fn read_seen(target: &Target, range: Range, see: &mut dyn FnMut(&[u8])) -> Result<Block, Error> {
    let (file, metadata) = open(target)?;
    let fail = |error| Error::system(error, "read", target);
    if sized(&metadata) {
        let size = part(metadata.len(), range)?;
        let mut block = Block::take(size).map_err(fail)?;
        let read = match target {
            Target::Descriptor(_) if range.offset == 0 => fill_from_position(&file, &mut block).inspect(|&count| {
                see(&block[..count]);
            }),
            _ => fill(&file, &mut block, range.offset, see),
        };
        block.truncate(read.map_err(fail)?);
        return Ok(block);
    }
    let file = match target {
        Target::Path(path) if platform::is_stream(&file).map_err(fail)? => {
            Handle::Owned(platform::open_source(path).map_err(fail)?)
        }
        _ => file,
    };
    let content = read_unsized(&file, range).map_err(fail)?.ok_or(Error::TooLarge)?;
    let mut block = Block::take(content.len()).map_err(fail)?;
    block.copy_from_slice(&content);
    see(&block);
    Ok(block)
}

/// What `read_cached` read.
#[derive(Debug)]
pub enum Cached {
    /// A small content: the first bytes of the scratch memory.
    Scratch(usize),
    /// A larger one.
    Block(Block),
}

/// Reads a small file if that needs no waiting: a regular file of at most `INLINE` bytes whose
/// pages are in the cache. `None` when it must be read elsewhere.
///
/// # Errors
/// As `read`.
pub fn read_cached(target: &Target, range: Range, scratch: &mut Vec<u8>) -> Result<Option<Cached>, Error> {
    let Target::Path(path) = target else { return Ok(None) };
    // Looking comes before opening: a FIFO that is opened and closed again kills its writer.
    let Ok(metadata) = path.metadata() else { return open(target).map(|_| None) };
    if !sized(&metadata) {
        return Ok(None);
    }
    let size = part(metadata.len(), range)?;
    if size > INLINE {
        return Ok(None);
    }
    let fail = |error, syscall| Error::system(error, syscall, target);
    let file = platform::open_read(path).map_err(|error| fail(error, "open"))?;
    if size > SCRATCH {
        let mut block = Block::take(size).map_err(|error| fail(error, "read"))?;
        let read = fill_cached(&file, &mut block, range.offset).transpose().map_err(|error| fail(error, "read"))?;
        return Ok(read.map(|count| {
            block.truncate(count);
            Cached::Block(block)
        }));
    }
    if scratch.len() < size {
        scratch.resize(size, 0);
    }
    let read = fill_cached(&file, &mut scratch[..size], range.offset).transpose();
    Ok(read.map_err(|error| fail(error, "read"))?.map(Cached::Scratch))
}

/// Fills `bytes` with what the page cache holds; `None` when it does not hold everything.
fn fill_cached(file: &std::fs::File, bytes: &mut [u8], offset: u64) -> Option<io::Result<usize>> {
    let mut done = 0;
    while done < bytes.len() {
        match platform::read_cached_at(file, &mut bytes[done..], offset + done as u64)? {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) => return Some(Err(error)),
        }
    }
    Some(Ok(done))
}

fn open(target: &Target) -> Result<(Handle, Metadata), Error> {
    let file = match target {
        Target::Path(path) => {
            Handle::Owned(platform::open_read(path).map_err(|error| Error::system(error, "open", target))?)
        }
        Target::Descriptor(descriptor) => {
            Handle::Borrowed(platform::borrow(*descriptor).map_err(|error| Error::system(error, "fstat", target))?)
        }
    };
    let metadata = file.metadata().map_err(|error| Error::system(error, "fstat", target))?;
    if metadata.is_dir() {
        return Err(Error::Directory { path: target.path().map(Into::into) });
    }
    Ok((file, metadata))
}

/// Files of /proc and /sys say that they are empty; they are read until they end.
fn sized(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.len() > 0
}

/// How many bytes of a file of `size` bytes the range covers.
fn part(size: u64, range: Range) -> Result<usize, Error> {
    let rest = size.saturating_sub(range.offset);
    usize::try_from(range.length.map_or(rest, |length| length.min(rest))).map_err(|_| Error::TooLarge)
}

fn fill(file: &Handle, bytes: &mut [u8], offset: u64, see: &mut dyn FnMut(&[u8])) -> io::Result<usize> {
    let mut done = 0;
    while done < bytes.len() {
        let end = bytes.len().min(done + PIECE);
        match platform::read_at(file, &mut bytes[done..end], offset + done as u64)? {
            0 => break,
            count => {
                see(&bytes[done..done + count]);
                done += count;
            }
        }
    }
    Ok(done)
}

/// A descriptor is read from where it stands, as Bun does.
fn fill_from_position(file: &Handle, bytes: &mut [u8]) -> io::Result<usize> {
    let mut file: &std::fs::File = file;
    let mut done = 0;
    while done < bytes.len() {
        match file.read(&mut bytes[done..]) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

fn read_unsized(file: &Handle, range: Range) -> io::Result<Option<Vec<u8>>> {
    let file: &std::fs::File = file;
    let limit = range.length.map_or(UNSIZED_LIMIT as u64, |length| length.min(UNSIZED_LIMIT as u64));
    let wanted = range.offset.saturating_add(limit);
    let mut content = Vec::new();
    while (content.len() as u64) < wanted {
        let step = usize::try_from(wanted - content.len() as u64).unwrap_or(UNSIZED_STEP).min(UNSIZED_STEP);
        let before = content.len();
        match file.take(step as u64).read_to_end(&mut content) {
            Ok(0) => break,
            Err(error) if content.len() == before => platform::wait_readable(file, error)?,
            _ => {}
        }
    }
    if range.length.is_none() && content.len() >= UNSIZED_LIMIT {
        return Ok(None);
    }
    content.drain(..content.len().min(usize::try_from(range.offset).unwrap_or(usize::MAX)));
    Ok(Some(content))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn sample(name: &str, content: &[u8]) -> Target {
        let path = std::env::temp_dir().join(format!("dx-read-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Target::Path(path)
    }

    #[test]
    fn a_range_is_cut_to_the_file() {
        let target = sample("range", b"hello");
        let part = |offset, length| read(&target, Range { offset, length }).unwrap().to_vec();
        assert_eq!(part(0, None), b"hello");
        assert_eq!(part(1, Some(2)), b"el");
        assert_eq!(part(3, Some(99)), b"lo");
        assert_eq!(part(99, None), b"");
    }

    #[test]
    fn a_cached_file_is_read_here_and_a_large_one_is_not() {
        let mut scratch = Vec::new();
        let target = sample("cached", b"hello");
        if let Some(Cached::Scratch(size)) = read_cached(&target, Range::default(), &mut scratch).unwrap() {
            assert_eq!(&scratch[..size], b"hello");
        }
        let middle = sample("middle", &vec![7; SCRATCH + 1]);
        if let Some(Cached::Block(block)) = read_cached(&middle, Range::default(), &mut scratch).unwrap() {
            assert_eq!(&block[..], &vec![7; SCRATCH + 1][..]);
        }
        let large = sample("large", &vec![0; INLINE + 1]);
        assert!(read_cached(&large, Range::default(), &mut scratch).unwrap().is_none());
    }

    #[test]
    fn what_is_missing_or_a_directory_says_so() {
        let missing = Target::Path(PathBuf::from("/no/such/file"));
        assert!(matches!(read(&missing, Range::default()), Err(Error::System { syscall: "open", .. })));
        let directory = Target::Path(std::env::temp_dir());
        assert!(matches!(read(&directory, Range::default()), Err(Error::Directory { .. })));
    }
}

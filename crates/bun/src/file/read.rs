//! Reading a file into memory of the caller's own.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use super::text::{Text, decode, decode_utf8};
use super::{Error, Handle, Target, platform};
use crate::memory::{self, Block};

/// Reads up to this size are served on the calling thread when the page cache holds the file: the
/// copy then costs less than handing it to another thread.
pub const INLINE: usize = 1024 * 1024;
/// Reads up to this size go into the caller's scratch memory, for what is made of them is a copy.
const SCRATCH: usize = 64 * 1024;
const PAGE: u64 = 4096;
/// One system call reads this much at most: less than the processor's second cache.
const PIECE: usize = 512 * 1024;
/// A thread of its own reads this much at least, when several read a large file.
const SHARE: usize = 8 * 1024 * 1024;
/// More threads gain nothing: they wait for the same memory.
const READERS: usize = 4;
/// The largest content taken from a file whose size is not known beforehand.
const UNSIZED_LIMIT: usize = 1 << 32;
/// Three bytes for each unit of the longest string, and more.
const MOST_TEXT: u64 = 1 << 31;
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
    read_seen(target, range, &|_| {})
}

/// Reads a file, or the part of it, as text.
///
/// Whether it is ASCII is looked at piece by piece, while a piece is still in the processor's cache.
///
/// # Errors
/// As `read`.
pub fn read_text(target: &Target, range: Range) -> Result<Text, Error> {
    read_decoded(target, range, decode)
}

/// Reads a file as text in which a byte order mark is a character like any other. What comes after `MOST_TEXT` bytes is
/// left: these are more text than JavaScript can hold already.
///
/// # Errors
/// As `read`.
pub fn read_utf8(target: &Target) -> Result<Text, Error> {
    read_decoded(target, Range { offset: 0, length: Some(MOST_TEXT) }, decode_utf8)
}

fn read_decoded(target: &Target, range: Range, decode: fn(Block) -> Text) -> Result<Text, Error> {
    let look = Look::new();
    let block = read_seen(target, range, &|piece| look.at(piece))?;
    Ok(if look.saw_ascii() { Text::OneByte(block, 0) } else { decode(block) })
}

/// Whether all pieces of a text were ASCII.
struct Look(AtomicBool);

impl Look {
    fn new() -> Self {
        Self(AtomicBool::new(true))
    }

    fn at(&self, piece: &[u8]) {
        if self.saw_ascii() && !piece.is_ascii() {
            self.0.store(false, Ordering::Relaxed);
        }
    }

    fn saw_ascii(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What is shown every piece once it is there, in no particular order.
type See<'see> = &'see (dyn Fn(&[u8]) + Sync);

/// Reads into a block.
fn read_seen(target: &Target, range: Range, see: See<'_>) -> Result<Block, Error> {
    let (file, metadata) = open(target)?;
    let fail = |error| Error::system(error, "read", target);
    if sized(&metadata) {
        let size = part(metadata.len(), range)?;
        let mut block = Block::take(size).map_err(fail)?;
        let read = match target {
            Target::Descriptor(_) if range.offset == 0 => fill_from_position(&file, &mut block).inspect(|&count| {
                see(&block[..count]);
            }),
            _ if block.is_recycled() => fill_together(&file, &mut block, range.offset, see),
            // Fresh memory comes from one place: two threads that touch it get in each other's way.
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
    /// A larger one that was asked for as text.
    Text(Text),
}

/// Reads a small file if that needs no waiting: a regular file of at most `INLINE` bytes whose
/// pages are in the cache. `None` when it must be read elsewhere.
///
/// # Errors
/// As `read`.
pub fn read_cached(target: &Target, range: Range, text: bool, scratch: &mut Vec<u8>) -> Result<Option<Cached>, Error> {
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
        // Another file may have taken the name since it was looked at.
        if file.metadata().map_err(|error| fail(error, "fstat"))?.len() != metadata.len() {
            return Ok(None);
        }
        let mut block = Block::take(size).map_err(|error| fail(error, "read"))?;
        let look = Look::new();
        let see: See<'_> = if text { &|piece| look.at(piece) } else { &|_| {} };
        let read = fill_cached(&file, &mut block, size, range.offset, see).transpose();
        return Ok(read.map_err(|error| fail(error, "read"))?.map(|count| {
            block.truncate(count);
            match text {
                false => Cached::Block(block),
                true if look.saw_ascii() => Cached::Text(Text::OneByte(block, 0)),
                true => Cached::Text(decode(block)),
            }
        }));
    }
    // A byte more than the file had, where the end of the file is the end of what is wanted: one that is longer has taken
    // its name since.
    let room = size + usize::from(range.length.is_none_or(|length| length > size as u64));
    if scratch.len() < room {
        scratch.resize(room, 0);
    }
    let read = fill_cached(&file, &mut scratch[..room], size, range.offset, &|_| {}).transpose();
    let read = read.map_err(|error| fail(error, "read"))?;
    Ok(read.filter(|&count| count <= size).map(Cached::Scratch))
}

/// Fills `bytes`, of which so many are expected to be there, with what the page cache holds; `None` when it does not hold
/// everything.
fn fill_cached(file: &File, bytes: &mut [u8], expected: usize, offset: u64, see: See<'_>) -> Option<io::Result<usize>> {
    let mut done = 0;
    while done < bytes.len() {
        let end = bytes.len().min(done + PIECE);
        match platform::read_cached_at(file, &mut bytes[done..end], offset + done as u64)? {
            Ok(0) => break,
            Ok(count) => {
                see(&bytes[done..done + count]);
                done += count;
                // What is not in the cache begins with a page: where it does not, a read that was short has met the end.
                if done == expected && done < end && !(offset + done as u64).is_multiple_of(PAGE) {
                    break;
                }
            }
            Err(error) => return Some(Err(error)),
        }
    }
    Some(Ok(done))
}

/// Reads the next chunk of an open regular file if that needs no waiting, up to `size` bytes; an empty one at the end
/// of the file. `None` when it must be read elsewhere.
///
/// # Errors
/// `System` with `read`.
pub fn read_chunk_cached(descriptor: i32, offset: u64, size: usize) -> Result<Option<Block>, Error> {
    let target = Target::Descriptor(descriptor);
    let fail = |error| Error::system(error, "read", &target);
    let file = platform::borrow(descriptor).map_err(fail)?;
    let mut block = Block::take(size).map_err(fail)?;
    let Some(read) = platform::read_cached_at(&file, &mut block, offset) else { return Ok(None) };
    block.truncate(read.map_err(fail)?);
    Ok(Some(block))
}

/// How many bytes of memory a read would be the first to touch: all of them, or none where a block is recycled for it.
/// Nothing where that is not known beforehand.
#[must_use]
pub fn fresh_bytes(target: &Target, range: Range) -> usize {
    let metadata = match target {
        Target::Path(path) => path.metadata().ok(),
        Target::Descriptor(descriptor) => platform::borrow(*descriptor).and_then(|file| file.metadata()).ok(),
    };
    metadata
        .filter(sized)
        .and_then(|metadata| part(metadata.len(), range).ok())
        .filter(|&size| !memory::is_kept(size))
        .unwrap_or(0)
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

/// Fills `bytes` with several threads where there is enough to share: one processor cannot copy as fast as memory gives.
fn fill_together(file: &File, bytes: &mut [u8], offset: u64, see: See<'_>) -> io::Result<usize> {
    let readers = (bytes.len() / SHARE).min(processors()).min(READERS);
    if readers < 2 {
        return fill(file, bytes, offset, see);
    }
    let share = bytes.len().div_ceil(readers).next_multiple_of(PIECE);
    let mut shares = bytes.chunks_mut(share).zip((offset..).step_by(share));
    std::thread::scope(|scope| {
        let first = shares.next();
        let others: Vec<_> = shares
            .map(|(bytes, offset)| {
                let wanted = bytes.len();
                (wanted, scope.spawn(move || fill(file, bytes, offset, see)))
            })
            .collect();
        let mut wanted = first.as_ref().map_or(0, |(bytes, _)| bytes.len());
        let mut done = first.map_or(Ok(0), |(bytes, offset)| fill(file, bytes, offset, see))?;
        for (size, other) in others {
            let read = other.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload))?;
            // A file that was cut off meanwhile ends where the first share fell short.
            if done == wanted {
                done += read;
            }
            wanted += size;
        }
        Ok(done)
    })
}

fn processors() -> usize {
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn fill(file: &File, bytes: &mut [u8], offset: u64, see: See<'_>) -> io::Result<usize> {
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
    let mut file: &File = file;
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
    let file: &File = file;
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
        if let Some(Cached::Scratch(size)) = read_cached(&target, Range::default(), false, &mut scratch).unwrap() {
            assert_eq!(&scratch[..size], b"hello");
        }
        let middle = sample("middle", &vec![7; SCRATCH + 1]);
        if let Some(Cached::Block(block)) = read_cached(&middle, Range::default(), false, &mut scratch).unwrap() {
            assert_eq!(&block[..], &vec![7; SCRATCH + 1][..]);
        }
        let large = sample("large", &vec![0; INLINE + 1]);
        assert!(read_cached(&large, Range::default(), false, &mut scratch).unwrap().is_none());
    }

    #[test]
    fn several_threads_read_what_one_reads() {
        let content: Vec<u8> = (0..3 * SHARE + 12_345).map(|index| u8::try_from(index / 7 % 251).unwrap()).collect();
        let target = sample("together", &content);
        let Target::Path(path) = &target else { return };
        let file = File::open(path).unwrap();
        let mut bytes = vec![0; content.len()];
        assert_eq!(fill_together(&file, &mut bytes, 0, &|_| {}).unwrap(), content.len());
        assert!(bytes == content);
        let mut past = vec![0; content.len() + SHARE];
        assert_eq!(fill_together(&file, &mut past, 100, &|_| {}).unwrap(), content.len() - 100);
        assert!(past[..content.len() - 100] == content[100..]);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_is_missing_or_a_directory_says_so() {
        let missing = Target::Path(PathBuf::from("/no/such/file"));
        assert!(matches!(read(&missing, Range::default()), Err(Error::System { syscall: "open", .. })));
        let directory = Target::Path(std::env::temp_dir());
        assert!(matches!(read(&directory, Range::default()), Err(Error::Directory { .. })));
    }
}

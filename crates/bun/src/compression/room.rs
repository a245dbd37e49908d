//! Memory that results are written to before their length is known.

use std::cell::RefCell;
use std::ops::Deref;

use super::Error;
use crate::memory::Block;

/// The memory that [`made`] lends.
const KEPT: usize = 64 * 1024;

thread_local! {
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where a result is.
#[derive(Debug)]
pub enum Output {
    /// At the start of the memory that the caller lent: so many bytes.
    Lent(usize),
    /// In a recycled block, as it may not have fitted.
    Large(Block),
}

/// What was compressed or decompressed, in memory of its own.
#[derive(Debug)]
pub enum Made {
    /// Memory of just that size.
    Small(Vec<u8>),
    /// A recycled block.
    Large(Block),
}

impl Deref for Made {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Small(bytes) => bytes,
            Self::Large(block) => block,
        }
    }
}

/// Runs `work` with memory of this thread; gives what it made.
///
/// # Errors
/// Those of `work`.
pub fn made(work: impl FnOnce(&mut [u8]) -> Result<Output, Error>) -> Result<Made, Error> {
    ROOM.with_borrow_mut(|room| {
        room.resize(KEPT, 0);
        Ok(match work(room)? {
            Output::Lent(length) => Made::Small(room[..length].to_vec()),
            Output::Large(block) => Made::Large(block),
        })
    })
}

/// A block of the pool.
pub(super) fn block(size: usize) -> Result<Block, Error> {
    Block::take(size).map_err(|_| Error::Memory)
}

/// Lets `write` fill memory of `size` bytes, lent if that is enough, and say how many it wrote; gives these alone.
///
/// # Errors
/// Those of `write`; [`Error::Memory`].
pub(super) fn filled(
    size: usize,
    lent: &mut [u8],
    write: impl FnOnce(&mut [u8]) -> Result<usize, Error>,
) -> Result<Output, Error> {
    if let Some(room) = lent.get_mut(..size) {
        return write(room).map(Output::Lent);
    }
    let mut room = block(size)?;
    let length = write(&mut room)?;
    if length > size / 4 * 3 {
        room.truncate(length);
        return Ok(Output::Large(room));
    }
    exact(&[&room[..length]], lent)
}

/// One after the other, in memory of just their size.
///
/// # Errors
/// [`Error::Memory`].
pub(super) fn exact(parts: &[&[u8]], lent: &mut [u8]) -> Result<Output, Error> {
    let length = parts.iter().map(|part| part.len()).sum();
    if let Some(room) = lent.get_mut(..length) {
        join(parts, room);
        return Ok(Output::Lent(length));
    }
    let mut out = block(length)?;
    join(parts, &mut out);
    Ok(Output::Large(out))
}

fn join(parts: &[&[u8]], mut into: &mut [u8]) {
    for part in parts {
        let (place, rest) = into.split_at_mut(part.len());
        place.copy_from_slice(part);
        into = rest;
    }
}

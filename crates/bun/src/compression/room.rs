//! Memory that results are written to before their length is known.

use std::cell::RefCell;
use std::ops::Deref;

use super::Error;
use crate::memory::Block;

/// Up to this size the memory stays with the thread; above it comes from the pool that reads of files use.
const KEPT: usize = 64 * 1024;

thread_local! {
    static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What was compressed or decompressed.
#[derive(Debug)]
pub enum Output {
    /// Memory of its own, of just that size.
    Small(Vec<u8>),
    /// A recycled block.
    Large(Block),
}

impl Deref for Output {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Small(bytes) => bytes,
            Self::Large(block) => block,
        }
    }
}

/// A block of the pool.
pub(super) fn block(size: usize) -> Result<Block, Error> {
    Block::take(size).map_err(|_| Error::Memory)
}

/// Lets `write` fill memory of `size` bytes and say how many it wrote; gives these alone.
///
/// # Errors
/// Those of `write`; [`Error::Memory`].
pub(super) fn filled(size: usize, write: impl FnOnce(&mut [u8]) -> Result<usize, Error>) -> Result<Output, Error> {
    if size <= KEPT {
        return ROOM.with_borrow_mut(|room| {
            room.resize(KEPT, 0);
            let length = write(&mut room[..size])?;
            Ok(Output::Small(room[..length].to_vec()))
        });
    }
    let mut room = block(size)?;
    let length = write(&mut room)?;
    if length > size / 4 * 3 {
        room.truncate(length);
        return Ok(Output::Large(room));
    }
    exact(&[&room[..length]])
}

/// One after the other, in memory of just their size.
///
/// # Errors
/// [`Error::Memory`].
pub(super) fn exact(parts: &[&[u8]]) -> Result<Output, Error> {
    let length = parts.iter().map(|part| part.len()).sum();
    if length <= KEPT {
        return Ok(Output::Small(parts.concat()));
    }
    let mut out = block(length)?;
    let mut at = 0;
    for part in parts {
        out[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    Ok(Output::Large(out))
}

//! Memory that results are written to before their length is known.

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::ops::Deref;

use super::{Error, pieces};
use crate::memory::Block;

/// Large results are copied in steps of this.
const STEP: usize = 512 * 1024;
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
    /// In memory of the pool, as it may not have fitted.
    Large(Large),
}

/// What was made in memory of the pool: so many bytes at the start of each stretch of a block.
#[derive(Debug)]
pub struct Large {
    pub(super) room: Block,
    pub(super) stride: usize,
    pub(super) lengths: Vec<usize>,
}

impl Large {
    /// All of a block.
    fn whole(room: Block) -> Self {
        Self { stride: room.len().max(1), lengths: vec![room.len()], room }
    }

    /// How many bytes it has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.lengths.iter().sum()
    }

    fn parts(&self) -> impl Iterator<Item = &[u8]> + Send {
        self.room.chunks(self.stride).zip(&self.lengths).map(|(stretch, &length)| &stretch[..length])
    }

    /// Copies it to memory of just its length, which is fresh as a rule: to touch that takes longer than to copy, and on
    /// all processors half as long.
    pub fn copy_to(&self, place: &mut [MaybeUninit<u8>]) {
        let threads = pieces::threads().min(place.len() / STEP);
        let mut rest = place;
        let steps = self.parts().flat_map(|part| part.chunks(STEP)).map_while(|step| {
            let (place, after) = std::mem::take(&mut rest).split_at_mut_checked(step.len())?;
            rest = after;
            Some((step, place))
        });
        pieces::share(threads, steps, |(step, place)| {
            place.write_copy_of_slice(step);
        });
    }

    /// The same as one block of about its length.
    fn joined(self) -> Result<Block, Error> {
        if let [length] = self.lengths[..]
            && length > self.room.len() / 4 * 3
        {
            let Self { mut room, .. } = self;
            room.truncate(length);
            return Ok(room);
        }
        let mut whole = block(self.length())?;
        let mut rest = &mut whole[..];
        for part in self.parts() {
            let (place, after) = rest.split_at_mut(part.len());
            place.copy_from_slice(part);
            rest = after;
        }
        Ok(whole)
    }
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
            Output::Large(large) => Made::Large(large.joined()?),
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
    if length <= lent.len() {
        return exact(&room[..length], lent);
    }
    Ok(Output::Large(Large { stride: room.len(), lengths: vec![length], room }))
}

/// The same bytes in memory of just their size.
///
/// # Errors
/// [`Error::Memory`].
pub(super) fn exact(bytes: &[u8], lent: &mut [u8]) -> Result<Output, Error> {
    if let Some(room) = lent.get_mut(..bytes.len()) {
        room.copy_from_slice(bytes);
        return Ok(Output::Lent(bytes.len()));
    }
    let mut out = block(bytes.len())?;
    out.copy_from_slice(bytes);
    Ok(Output::Large(Large::whole(out)))
}

/// What was made in pieces.
///
/// # Errors
/// [`Error::Memory`].
pub(super) fn pieced(large: Large, lent: &mut [u8]) -> Result<Output, Error> {
    if large.length() > lent.len() { Ok(Output::Large(large)) } else { exact(&large.joined()?, lent) }
}

//! The memory that Argon2 works in: recycled, in huge pages where the system has them.
//!
//! The first touch of 64 MB of fresh pages costs as much as a third of the work in them.
#![expect(unsafe_code, reason = "bytes are seen as the blocks of Argon2")]

use argon2::Block;

use super::Error;
use crate::memory;

const _: () = assert!(size_of::<Block>() == Block::SIZE, "a block is its 1024 bytes, nothing beside");

/// Some blocks of Argon2; they are zeroed before anyone else gets the memory.
pub(super) struct Workspace {
    memory: memory::Block,
}

impl Workspace {
    pub(super) fn new(blocks: usize) -> Result<Self, Error> {
        let size = blocks.checked_mul(Block::SIZE).ok_or(Error::OutOfMemory)?;
        Ok(Self { memory: memory::Block::take(size).map_err(|_| Error::OutOfMemory)? })
    }
}

impl AsMut<[Block]> for Workspace {
    fn as_mut(&mut self) -> &mut [Block] {
        // SAFETY: `Block` is 1024 bytes of integers (its size is asserted above), for which any bytes are a value, and
        // writing one leaves bytes; a mapping begins at a page, so nothing is cut off for alignment.
        let (_, blocks, _) = unsafe { self.memory.align_to_mut::<Block>() };
        blocks
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // No dead store: the mapping stays, and its next owner could read it.
        self.memory.fill(0);
    }
}

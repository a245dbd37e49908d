//! Memory for what a read returns: anonymous mappings, recycled when JavaScript drops them.
//!
//! The cost of a large read is the first touch of fresh pages, so a block goes back to a pool
//! when its owner drops it and the next read of about that size takes it, pages and all.

use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use memmap2::{MmapMut, MmapOptions};

/// Blocks are sized in steps of this, so that sizes a little apart share blocks.
const STEP: usize = 64 * 1024;
/// A huge page; blocks this large ask for them.
const HUGE: usize = 2 * 1024 * 1024;
/// What the pool keeps at most; what comes back beyond it is unmapped.
const KEPT: usize = 128 * 1024 * 1024;

static POOL: Mutex<Pool> = Mutex::new(Pool { blocks: Vec::new(), bytes: 0 });

struct Pool {
    blocks: Vec<MmapMut>,
    bytes: usize,
}

impl Pool {
    /// Takes the smallest kept block that holds `size` and wastes at most a quarter.
    fn take(&mut self, size: usize) -> Option<MmapMut> {
        let (index, _) = self
            .blocks
            .iter()
            .enumerate()
            .filter(|(_, block)| block.len() >= size && block.len() <= size + size / 4)
            .min_by_key(|(_, block)| block.len())?;
        let block = self.blocks.swap_remove(index);
        self.bytes -= block.len();
        Some(block)
    }

    /// Keeps a block; the oldest ones make room for it.
    fn keep(&mut self, block: MmapMut) {
        if block.len() > KEPT {
            return;
        }
        while self.bytes + block.len() > KEPT {
            let oldest = self.blocks.remove(0);
            self.bytes -= oldest.len();
        }
        self.bytes += block.len();
        self.blocks.push(block);
    }
}

/// Bytes of the owner's own, at a stable address, that return to the pool when dropped.
///
/// A recycled block holds what its last owner left in it: whoever takes one overwrites it and
/// shortens it to what was written before handing it on.
#[derive(Debug)]
pub struct Block {
    map: Option<MmapMut>,
    length: usize,
}

impl Block {
    /// Takes a block of `size` bytes, recycled when the pool has one.
    ///
    /// # Errors
    /// The system's, when it has no memory of that size.
    pub fn take(size: usize) -> io::Result<Self> {
        let rounded = size.max(1).next_multiple_of(if size < HUGE { STEP } else { HUGE });
        let kept = POOL.lock().unwrap_or_else(PoisonError::into_inner).take(rounded);
        let map = match kept {
            Some(map) => map,
            None => fresh(rounded)?,
        };
        Ok(Self { map: Some(map), length: size })
    }

    /// Shortens the block to its first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }
}

fn fresh(size: usize) -> io::Result<MmapMut> {
    let map = MmapOptions::new().len(size).map_anon()?;
    #[cfg(target_os = "linux")]
    if size >= HUGE {
        // A kernel without huge pages serves small ones.
        let _ = map.advise(memmap2::Advice::HugePage);
    }
    Ok(map)
}

impl Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.map.as_ref().map_or(&[], |map| &map[..self.length])
    }
}

impl DerefMut for Block {
    fn deref_mut(&mut self) -> &mut [u8] {
        self.map.as_mut().map_or(&mut [], |map| &mut map[..self.length])
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        if let Some(map) = self.map.take() {
            POOL.lock().unwrap_or_else(PoisonError::into_inner).keep(map);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_block_is_taken_again() {
        let size = 7 * HUGE;
        let mut first = Block::take(size).unwrap();
        first[0] = 1;
        let address = first.as_ptr();
        drop(first);
        let second = Block::take(size - 10).unwrap();
        assert_eq!(second.as_ptr(), address);
        assert_eq!(second.len(), size - 10);
    }

    #[test]
    fn the_pool_stays_within_its_limit() {
        let blocks: Vec<_> = (0..40).map(|_| Block::take(8 * 1024 * 1024).unwrap()).collect();
        drop(blocks);
        assert!(POOL.lock().unwrap().bytes <= KEPT);
    }

    #[test]
    fn an_empty_block_is_empty() {
        assert!(Block::take(0).unwrap().is_empty());
    }
}

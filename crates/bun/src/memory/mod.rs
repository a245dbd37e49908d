//! Memory for what a read returns: anonymous mappings, recycled when JavaScript drops them.
//!
//! The cost of a large read is the first touch of fresh pages, so a block goes back to a pool
//! when its owner drops it and the next read of about that size takes it, pages and all. JavaScript
//! drops blocks by the dozen, whenever it collects garbage, so the pool takes in what a burst of
//! reads leaves and gives it back to the system once nobody has asked for it for a while.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "other.rs")]
mod platform;

use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use memmap2::{MmapMut, MmapOptions};

/// Blocks are sized in steps of this, so that sizes a little apart share blocks.
const STEP: usize = 64 * 1024;
/// A huge page; blocks this large ask for them.
const HUGE: usize = 2 * 1024 * 1024;
/// What the pool keeps at most, on a machine with 16 GB or more: a sixteenth of the memory.
const MOST: usize = 1024 * 1024 * 1024;
const LEAST: usize = 64 * 1024 * 1024;
const PART: usize = 16;
/// How long a block is kept that nobody takes.
const PATIENCE: Duration = Duration::from_secs(2);

static POOL: Mutex<Pool> = Mutex::new(Pool { blocks: Vec::new(), bytes: 0, watched: false });

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Kept {
    map: MmapMut,
    since: Instant,
}

struct Pool {
    /// The oldest come first.
    blocks: Vec<Kept>,
    bytes: usize,
    /// Whether the thread that gives blocks back to the system runs.
    watched: bool,
}

impl Pool {
    fn take(&mut self, size: usize) -> Option<MmapMut> {
        let index = self.find(size)?;
        let Kept { map, .. } = self.blocks.remove(index);
        self.bytes -= map.len();
        Some(map)
    }

    /// The smallest kept block that holds `size` and wastes at most a quarter, of those the
    /// youngest: its pages may still be in the processor's caches.
    fn find(&self, size: usize) -> Option<usize> {
        self.blocks
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, kept)| kept.map.len() >= size && kept.map.len() <= size + size / 4)
            .min_by_key(|(_, kept)| kept.map.len())
            .map(|(index, _)| index)
    }

    /// Keeps a block; gives back the oldest ones, which make room for it.
    fn keep(&mut self, map: MmapMut, limit: usize) -> Vec<Kept> {
        let size = map.len();
        let since = Instant::now();
        if size > limit {
            return vec![Kept { map, since }];
        }
        let mut count = 0;
        while self.bytes + size > limit && count < self.blocks.len() {
            self.bytes -= self.blocks[count].map.len();
            count += 1;
        }
        let gone = self.blocks.drain(..count).collect();
        self.bytes += size;
        self.blocks.push(Kept { map, since });
        gone
    }

    /// Gives back what nobody has taken for a while.
    fn expired(&mut self) -> Vec<Kept> {
        let count = self.blocks.iter().take_while(|kept| kept.since.elapsed() >= PATIENCE).count();
        let gone: Vec<_> = self.blocks.drain(..count).collect();
        self.bytes -= gone.iter().map(|kept| kept.map.len()).sum::<usize>();
        gone
    }
}

/// Whether a block of `size` bytes would be a recycled one.
#[must_use]
pub fn is_kept(size: usize) -> bool {
    pool().find(rounded(size)).is_some()
}

fn rounded(size: usize) -> usize {
    size.max(1).next_multiple_of(if size < HUGE { STEP } else { HUGE })
}

/// What the pool keeps at most on this machine.
#[must_use]
pub fn limit() -> usize {
    static LIMIT: OnceLock<usize> = OnceLock::new();
    *LIMIT.get_or_init(|| platform::memory().map_or(LEAST, |all| (all / PART).clamp(LEAST, MOST)))
}

/// Gives kept blocks back to the system when their time is over; ends when there are none.
fn watch() {
    loop {
        std::thread::sleep(PATIENCE / 2);
        let mut pool = pool();
        let gone = pool.expired();
        if pool.blocks.is_empty() {
            pool.watched = false;
            drop(pool);
            return drop(gone);
        }
        drop(pool);
        drop(gone);
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
    recycled: bool,
}

impl Block {
    /// Takes a block of `size` bytes, recycled when the pool has one.
    ///
    /// # Errors
    /// The system's, when it has no memory of that size.
    pub fn take(size: usize) -> io::Result<Self> {
        let rounded = rounded(size);
        let kept = pool().take(rounded);
        let recycled = kept.is_some();
        let map = match kept {
            Some(map) => map,
            None => fresh(rounded)?,
        };
        Ok(Self { map: Some(map), length: size, recycled })
    }

    /// Whether its pages were used before: writing to it touches no fresh memory.
    #[must_use]
    pub fn is_recycled(&self) -> bool {
        self.recycled
    }

    /// Shortens the block to its first `length` bytes.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }
}

fn fresh(size: usize) -> io::Result<MmapMut> {
    let map = MmapOptions::new().len(size).map_anon()?;
    if size >= HUGE {
        platform::ask_for_huge_pages(&map);
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
        let Some(map) = self.map.take() else { return };
        let mut pool = pool();
        let gone = pool.keep(map, limit());
        let start = !pool.watched && !pool.blocks.is_empty();
        pool.watched |= start;
        drop(pool);
        drop(gone); // unmapping takes time: not under the lock
        if start && std::thread::Builder::new().name("dx-memory".to_owned()).spawn(watch).is_err() {
            self::pool().watched = false; // the next block tries again
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
        assert!(is_kept(size - 10));
        let second = Block::take(size - 10).unwrap();
        assert_eq!(second.as_ptr(), address);
        assert_eq!(second.len(), size - 10);
    }

    #[test]
    fn the_pool_stays_within_its_limit() {
        let blocks: Vec<_> = (0..40).map(|_| Block::take(8 * 1024 * 1024).unwrap()).collect();
        drop(blocks);
        assert!(pool().bytes <= limit());
    }

    #[test]
    fn what_is_not_taken_for_a_while_goes_back() {
        let mut pool = Pool { blocks: Vec::new(), bytes: 0, watched: true };
        pool.keep(fresh(HUGE).unwrap(), LEAST);
        assert!(pool.expired().is_empty());
        pool.blocks[0].since = Instant::now().checked_sub(PATIENCE).unwrap();
        assert_eq!(pool.expired().len(), 1);
        assert_eq!(pool.bytes, 0);
    }

    #[test]
    fn an_empty_block_is_empty() {
        assert!(Block::take(0).unwrap().is_empty());
    }
}

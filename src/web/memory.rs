//! Memory for large bodies: that of large files, where it is built in.

use dx_web::Memory;

/// What the engine takes memory from.
#[cfg(not(feature = "bun-core"))]
pub(super) fn for_bodies() -> Box<dyn Memory> {
    Box::new(dx_web::Allocator)
}

/// What the engine takes memory from.
#[cfg(feature = "bun-core")]
pub(super) fn for_bodies() -> Box<dyn Memory> {
    Box::new(recycled::Blocks)
}

#[cfg(feature = "bun-core")]
mod recycled {
    use dx_bun::memory::Block;
    use dx_web::{Memory, Room};

    /// The pool of blocks.
    pub(super) struct Blocks;

    #[derive(Debug)]
    struct Recycled(Block);

    impl Memory for Blocks {
        fn take(&self, size: usize) -> Option<Box<dyn Room>> {
            Some(Box::new(Recycled(Block::take(size).ok()?)))
        }
    }

    impl Room for Recycled {
        fn bytes(&self) -> &[u8] {
            &self.0
        }

        fn bytes_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }
    }
}

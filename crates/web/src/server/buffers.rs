//! Memory for bytes on their way out, which connections borrow while they have some.

/// So many buffers are kept, up to this size.
const LARGE: usize = 64;
const LARGEST: usize = 512 * 1024;
/// A message to many connections takes one for each: so many are kept if they are small.
const SMALL: usize = 4096;
const SMALL_SIZE: usize = 1024;
/// One of so many goes back at each tick.
const SHARE: usize = 64;

/// Empty buffers, those that were used last on top.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    small: Vec<Vec<u8>>,
    large: Vec<Vec<u8>>,
}

impl Buffers {
    /// An empty buffer, with room for about so many bytes if there is one.
    pub(super) fn lend(&mut self, expected: usize) -> Vec<u8> {
        // What is gathered bit by bit may become large all the same.
        let small = if expected <= SMALL_SIZE { self.small.pop() } else { None };
        small.or_else(|| self.large.pop()).unwrap_or_default()
    }

    /// As `lend`, for what may be kept for long: never a large one.
    pub(super) fn lend_small(&mut self) -> Vec<u8> {
        self.small.pop().unwrap_or_default()
    }

    /// Takes an empty buffer back.
    pub(super) fn take_back(&mut self, buffer: Vec<u8>) {
        let capacity = buffer.capacity();
        let (list, most) = if capacity <= SMALL_SIZE { (&mut self.small, SMALL) } else { (&mut self.large, LARGE) };
        if list.len() < most && (1..=LARGEST).contains(&capacity) {
            list.push(buffer);
        }
    }

    /// To be called once a second: what many connections needed at once goes back, those that were not used for longest
    /// first.
    pub(super) fn tick(&mut self) {
        for list in [&mut self.small, &mut self.large] {
            let gone = list.len().div_ceil(SHARE);
            list.drain(..gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ones_do_not_keep_large_ones_out() {
        let mut buffers = Buffers::default();
        for _ in 0..2 * SMALL {
            buffers.take_back(Vec::with_capacity(100));
        }
        for _ in 0..2 * LARGE {
            buffers.take_back(Vec::with_capacity(100_000));
        }
        assert_eq!((buffers.small.len(), buffers.large.len()), (SMALL, LARGE));
        assert!(buffers.lend(50_000).capacity() >= 50_000);
        assert!(buffers.lend(SMALL_SIZE).capacity() <= SMALL_SIZE);
        buffers.take_back(Vec::new());
        buffers.take_back(Vec::with_capacity(2 * LARGEST));
        assert_eq!((buffers.small.len(), buffers.large.len()), (SMALL - 1, LARGE - 1));
    }

    #[test]
    fn what_is_not_needed_goes_back() {
        let mut buffers = Buffers::default();
        buffers.take_back(Vec::with_capacity(100));
        buffers.take_back(Vec::with_capacity(100_000));
        buffers.tick();
        assert_eq!((buffers.small.len(), buffers.large.len()), (0, 0));
        assert_eq!(buffers.lend(100).capacity(), 0);
    }
}

//! What has come of the body of a request.

use std::fmt;
use std::io;
use std::task::Poll;

use bytes::Bytes;

/// Bodies from this length on lie in memory that the host recycles.
const LARGE: usize = 96 * 1024;
/// Memory for all of a body is asked for when the part of one in so many is there.
const MORE_TO_COME: usize = 16;
/// What is left of a body that was taken in part is given back above this.
const KEPT: usize = 256 * 1024;

/// Memory for large bodies: fresh pages cost more than what is done with them, so a host recycles it.
pub trait Memory {
    /// So many bytes, whatever they hold. `None`: there are none.
    fn take(&self, size: usize) -> Option<Box<dyn Room>>;
}

/// Bytes of the owner's own, which go back when they are dropped, on any thread.
pub trait Room: Send + fmt::Debug {
    /// The bytes.
    fn bytes(&self) -> &[u8];
    /// The same, to be written.
    fn bytes_mut(&mut self) -> &mut [u8];
}

/// Memory of the allocator's, for a host that recycles none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allocator;

impl Memory for Allocator {
    fn take(&self, size: usize) -> Option<Box<dyn Room>> {
        Some(Box::new(vec![0_u8; size]))
    }
}

impl Room for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self
    }
}

/// Memory that has bytes up to a length.
#[derive(Debug)]
struct Filled {
    room: Box<dyn Room>,
    length: usize,
}

impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        &self.room.bytes()[..self.length]
    }
}

/// The bytes that have come and were not taken.
#[derive(Debug)]
pub(crate) struct Received {
    small: Vec<u8>,
    /// All of them, of a large body whose length is known.
    large: Option<Filled>,
    /// They are ASCII; looked at while they are in the processor's caches.
    ascii: bool,
    /// So many at the end were read here before hyper has counted them.
    ahead: usize,
}

impl Default for Received {
    fn default() -> Self {
        Self { small: Vec::new(), large: None, ascii: true, ahead: 0 }
    }
}

impl Received {
    pub(crate) fn len(&self) -> usize {
        self.large.as_ref().map_or(self.small.len(), |filled| filled.length)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds what hyper has counted. Memory is asked for in steps that what has come justifies; of a body whose length is
    /// known, the last of them is just large enough.
    pub(crate) fn add(&mut self, chunk: &[u8], whole: Option<usize>, memory: &dyn Memory) {
        let known = chunk.len().min(self.ahead);
        self.ahead -= known;
        let chunk = &chunk[known..];
        if chunk.is_empty() {
            return;
        }
        self.ascii = self.ascii && chunk.is_ascii();
        let (length, more) = (self.len(), chunk.len());
        let justified = (length + more).saturating_mul(MORE_TO_COME);
        if let Some(whole) = whole.filter(|whole| self.large.is_none() && (LARGE..=justified).contains(whole))
            && whole >= length + more
            && let Some(mut room) = memory.take(whole)
        {
            room.bytes_mut()[..length].copy_from_slice(&self.small);
            self.small = Vec::new();
            self.large = Some(Filled { room, length });
        }
        if let Some(Filled { room, length }) = &mut self.large {
            if let Some(place) = room.bytes_mut().get_mut(*length..*length + more) {
                place.copy_from_slice(chunk);
                *length += more;
                return;
            }
            self.small = self.take_all(); // more than was promised
        }
        if self.small.capacity() - length < more
            && let Some(whole) = whole
        {
            self.small.reserve_exact(whole.saturating_sub(length).max(more).min(justified));
        }
        self.small.extend_from_slice(chunk);
    }

    /// Reads so many bytes at most to where they stay, if there is a place for them; `seen` gets them.
    pub(crate) fn read_ahead(
        &mut self,
        most: usize,
        read: impl FnOnce(&mut [u8]) -> Poll<io::Result<usize>>,
        seen: impl FnOnce(&[u8]),
    ) -> Option<Poll<io::Result<usize>>> {
        let Filled { room, length } = self.large.as_mut()?;
        let free = &mut room.bytes_mut()[*length..];
        let most = most.min(free.len());
        if most == 0 {
            return None;
        }
        let read = read(&mut free[..most]);
        if let Poll::Ready(Ok(count)) = read {
            let bytes = &free[..count];
            self.ascii = self.ascii && bytes.is_ascii();
            seen(bytes);
            *length += count;
            self.ahead += count;
        }
        Some(read)
    }

    /// All of it, if it is ASCII: a text without a copy.
    pub(crate) fn take_ascii(&mut self) -> Option<Bytes> {
        if !self.ascii {
            return None;
        }
        Some(match self.large.take() {
            Some(filled) => Bytes::from_owner(filled),
            None => Bytes::from(std::mem::take(&mut self.small)),
        })
    }

    /// All of it.
    pub(crate) fn take_all(&mut self) -> Vec<u8> {
        match self.large.take() {
            Some(filled) => filled.as_ref().to_vec(),
            None => std::mem::take(&mut self.small),
        }
    }

    /// Moves the first of them to the start of `into`; gives their number.
    pub(crate) fn take(&mut self, into: &mut [u8]) -> usize {
        if let Some(filled) = self.large.take() {
            let bytes = filled.as_ref();
            let length = bytes.len().min(into.len());
            into[..length].copy_from_slice(&bytes[..length]);
            self.small.extend_from_slice(&bytes[length..]);
            return length;
        }
        let length = self.small.len().min(into.len());
        into[..length].copy_from_slice(&self.small[..length]);
        self.small.drain(..length);
        if self.small.is_empty() && self.small.capacity() > KEPT {
            self.small = Vec::new();
        }
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds a body in pieces; `ahead` of each are read before hyper has them.
    fn received(body: &[u8], piece: usize, ahead: bool) -> Received {
        let mut received = Received::default();
        for chunk in body.chunks(piece) {
            let mut given = Vec::new();
            if ahead {
                let read = |place: &mut [u8]| {
                    let count = chunk.len().min(place.len());
                    place[..count].copy_from_slice(&chunk[..count]);
                    Poll::Ready(Ok(count))
                };
                let _ = received.read_ahead(chunk.len(), read, |bytes| given.extend_from_slice(bytes));
            }
            assert!(given.is_empty() || given == chunk);
            // hyper may give it back in other pieces.
            for part in chunk.chunks(piece.div_ceil(2)) {
                received.add(part, Some(body.len()), &Allocator);
            }
        }
        received
    }

    #[test]
    fn a_body_is_what_came_whatever_way_it_came() {
        for size in [0, 1, 1000, LARGE - 1, LARGE, 1_000_001] {
            let body: Vec<u8> = (0..size).map(|at| u8::try_from(at % 100).unwrap()).collect();
            for piece in [1_000, 65_536] {
                for ahead in [false, true] {
                    assert_eq!(received(&body, piece, ahead).take_ascii().unwrap(), body);
                    assert_eq!(received(&body, piece, ahead).take_all(), body);
                    let mut received = received(&body, piece, ahead);
                    let (mut first, mut rest) = (vec![0; size / 3], vec![0; size]);
                    assert_eq!(received.take(&mut first), first.len());
                    assert_eq!(received.take(&mut rest), size - first.len());
                    assert_eq!([&first[..], &rest[..size - first.len()]].concat(), body);
                    assert!(received.is_empty());
                }
            }
        }
    }

    #[test]
    fn one_byte_of_many_makes_no_ascii() {
        let mut body = vec![b'a'; 3 * LARGE];
        for at in [0, 2 * LARGE, 3 * LARGE - 1] {
            body[at] = 0x80;
            for ahead in [false, true] {
                assert_eq!(received(&body, 10_000, ahead).take_ascii(), None);
            }
            body[at] = b'a';
        }
    }

    #[test]
    fn a_promise_of_much_gets_no_memory_for_all_of_it() {
        struct Watched;
        impl Memory for Watched {
            fn take(&self, size: usize) -> Option<Box<dyn Room>> {
                panic!("{size}");
            }
        }
        let mut received = Received::default();
        received.add(&[0; 1000], Some(1 << 40), &Watched);
        assert!(received.small.capacity() <= 1000 * MORE_TO_COME);
        // A body of unknown length has no last step.
        received.add(&vec![0; LARGE], None, &Watched);
        assert_eq!(received.len(), 1000 + LARGE);
    }

    #[test]
    fn nothing_is_read_ahead_of_a_body_without_a_place() {
        let mut received = Received::default();
        received.add(b"short", Some(LARGE * 100), &Allocator);
        assert!(received.read_ahead(10, |_| panic!(), |_| panic!()).is_none());
    }
}

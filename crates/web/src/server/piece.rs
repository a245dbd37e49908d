//! What hyper is given of a body: bytes, or a stretch of a file that it never sees.

use std::io::IoSlice;
use std::rc::Rc;

use bytes::{Buf, Bytes};

use super::engine::Core;

/// The longest stretch of a file that is sent in one system call: more than a socket has room for, so that one call fills
/// it.
pub(crate) const STRETCH: usize = 8 * 1024 * 1024;

/// Memory that stands for bytes of a file: hyper counts it and hands its address on to
/// [`Link::gather`](super::link::Link), which knows it by that address and sends the file's bytes instead. Nothing
/// reads or writes it, so the system never gives it pages.
#[derive(Debug, Clone)]
pub(crate) struct Nowhere(Rc<Box<[u8]>>);

impl Nowhere {
    pub(crate) fn new() -> Self {
        Self(Rc::new(vec![0; STRETCH].into_boxed_slice()))
    }

    /// Whether a slice stands for bytes of a file.
    pub(crate) fn holds(&self, slice: &[u8]) -> bool {
        self.0.as_ptr_range().contains(&slice.as_ptr())
    }
}

/// Bytes in memory that the engine lends, which goes back when they are written.
pub(crate) struct Lent {
    bytes: Vec<u8>,
    written: usize,
    core: Rc<Core>,
}

impl std::fmt::Debug for Lent {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lent").field("left", &self.left().len()).finish_non_exhaustive()
    }
}

impl Lent {
    fn left(&self) -> &[u8] {
        &self.bytes[self.written..]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.bytes.clear();
        self.core.buffers.borrow_mut().take_back(std::mem::take(&mut self.bytes));
    }
}

/// A piece of a body.
#[derive(Debug)]
pub(crate) enum Piece {
    Bytes(Bytes),
    Lent(Lent),
    /// So many bytes of the file that the connection is sending.
    File(usize, Nowhere),
}

impl From<Bytes> for Piece {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl Piece {
    /// What was written to memory of the engine's.
    pub(crate) fn lent(bytes: Vec<u8>, core: &Rc<Core>) -> Self {
        Self::Lent(Lent { bytes, written: 0, core: Rc::clone(core) })
    }
}

impl Buf for Piece {
    fn remaining(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Lent(lent) => lent.left().len(),
            Self::File(left, _) => *left,
        }
    }

    fn chunk(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Lent(lent) => lent.left(),
            Self::File(left, nowhere) => &nowhere.0[..(*left).min(STRETCH)],
        }
    }

    fn chunks_vectored<'data>(&'data self, slices: &mut [IoSlice<'data>]) -> usize {
        match slices.first_mut() {
            Some(first) if self.has_remaining() => {
                *first = IoSlice::new(self.chunk());
                1
            }
            _ => 0,
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Self::Bytes(bytes) => bytes.advance(count),
            Self::Lent(lent) => lent.written = lent.bytes.len().min(lent.written + count),
            Self::File(left, _) => *left = left.saturating_sub(count),
        }
    }

    fn copy_to_bytes(&mut self, length: usize) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.copy_to_bytes(length),
            Self::Lent(lent) if lent.written == 0 && lent.bytes.len() == length => {
                Bytes::from(std::mem::take(&mut lent.bytes))
            }
            Self::Lent(lent) => {
                let bytes = Bytes::copy_from_slice(&lent.left()[..length]);
                lent.written += length;
                bytes
            }
            Self::File(..) => Bytes::new(), // given to HTTP/1 only, which copies nothing
        }
    }
}

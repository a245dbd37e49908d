//! Deflate of large input, in pieces on all processors, spliced into one stream.
//!
//! libdeflate ends each piece with a block that says that it is the last. That mark is taken away, and an empty stored
//! block brings the piece to the end of a byte (RFC 1951, section 3.2.4), so that the next one can follow. Matches do
//! not reach over the start of a piece, which costs half a per cent.
//!
//! The encoder for level 1 ends its pieces so by itself.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use crc32fast::Hasher;

use super::deflate::{Encoder, TRAILER, with_compressor};
use super::room::{Large, block};
use super::{Error, last_block, quick};
use crate::memory::Block;

const PIECE: usize = 512 * 1024;
/// What an empty stored block may need behind a piece: the rest of a byte, its header and its length.
const SEAM: usize = 8;
const MOST_THREADS: usize = 16;

/// How many threads work on one input.
pub(super) fn threads() -> usize {
    static COUNT: OnceLock<usize> = OnceLock::new();
    *COUNT.get_or_init(|| thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS))
}

/// Does something with all items, on so many threads.
pub(super) fn share<T: Send>(threads: usize, items: impl Iterator<Item = T> + Send, work: impl Fn(T) + Sync) {
    if threads < 2 {
        return items.for_each(work);
    }
    let items = Mutex::new(items);
    let run = || {
        loop {
            let next = items.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(item) = next else { return };
            work(item);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // What cannot be started is not needed: this thread takes what is left.
            let _ = thread::Builder::new().name("dx-compress".to_owned()).spawn_scoped(scope, run);
        }
        run();
    });
}

/// One stream of deflate, not yet in one place.
pub(super) struct Packed {
    room: Block,
    stride: usize,
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Default)]
struct Piece {
    /// How many bytes were made of it; 0 when it is not done.
    length: usize,
    checksum: u32,
    /// The bytes that went in.
    from: usize,
}

impl Packed {
    /// The CRC-32 of the whole input.
    pub(super) fn checksum(&self) -> u32 {
        let mut whole = Hasher::new();
        for piece in &self.pieces {
            whole.combine(&Hasher::new_with_initial_len(piece.checksum, piece.from as u64));
        }
        whole.finalize()
    }

    /// Appends gzip's trailer.
    pub(super) fn end_with(&mut self, trailer: &[u8; TRAILER]) {
        let last = (self.pieces.len() - 1) * self.stride;
        if let Some(piece) = self.pieces.last_mut() {
            self.room[last + piece.length..][..TRAILER].copy_from_slice(trailer);
            piece.length += TRAILER;
        }
    }

    pub(super) fn into_large(self) -> Large {
        let lengths = self.pieces.iter().map(|piece| piece.length).collect();
        Large { room: self.room, stride: self.stride, lengths }
    }
}

/// Compresses in pieces, behind what stands before them; `None` when the input or the machine is too small for it.
///
/// # Errors
/// [`Error::Memory`].
pub(super) fn deflate(bytes: &[u8], level: i32, encoder: Encoder, before: &[u8]) -> Result<Option<Packed>, Error> {
    let count = bytes.len().div_ceil(PIECE);
    let threads = threads().min(count);
    if bytes.len() < 2 * PIECE || threads < 2 {
        return Ok(None);
    }
    let quick = encoder.is_quick(level);
    let bound = if quick {
        quick::bound(PIECE)
    } else {
        with_compressor(level, |compressor| compressor.deflate_compress_bound(PIECE))?
    };
    let stride = before.len() + bound + SEAM + TRAILER;
    let mut room = block(stride * count)?;
    let mut pieces = vec![Piece::default(); count];
    let work = bytes.chunks(PIECE).zip(room.chunks_mut(stride)).zip(&mut pieces).enumerate();
    share(threads, work, |(at, ((bytes, room), piece))| {
        let before = if at == 0 { before } else { &[] };
        let (start, room) = room.split_at_mut(before.len());
        start.copy_from_slice(before);
        if let Some(length) = pack(bytes, level, quick, room, at + 1 == count) {
            *piece = Piece { length: before.len() + length, checksum: crc32fast::hash(bytes), from: bytes.len() };
        }
    });
    let done = pieces.iter().all(|piece| piece.length > 0);
    Ok(done.then_some(Packed { room, stride, pieces }))
}

/// Compresses one piece; gives the bytes that it took.
fn pack(bytes: &[u8], level: i32, quick: bool, room: &mut [u8], last: bool) -> Option<usize> {
    if quick {
        return Some(quick::deflate(bytes, room, last));
    }
    let written = with_compressor(level, |compressor| compressor.deflate_compress(bytes, room)).ok()?.ok()?;
    if last { Some(written) } else { open(room, written) }
}

/// Takes the end off a stream, so that another can follow; gives its new length.
fn open(room: &mut [u8], written: usize) -> Option<usize> {
    let last_block::Place { start, end } = last_block::find(&room[..written])?;
    room[start / 8] &= !(1 << (start % 8));
    // Three zero bits say: not the last block, stored; the rest of the byte is not used.
    let at = (end + 3).div_ceil(8);
    if end % 8 != 0 {
        room[end / 8] &= (1 << (end % 8)) - 1;
    }
    room.get_mut(end.div_ceil(8)..at)?.fill(0);
    room.get_mut(at..at + 4)?.copy_from_slice(&[0, 0, 0xFF, 0xFF]);
    Some(at + 4)
}

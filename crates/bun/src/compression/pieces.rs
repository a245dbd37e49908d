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

use super::deflate::{Encoder, with_compressor};
use super::room::block;
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

/// One stream of raw deflate, not yet in one place.
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
    pub(super) fn parts(&self) -> Vec<&[u8]> {
        self.room.chunks(self.stride).zip(&self.pieces).map(|(room, piece)| &room[..piece.length]).collect()
    }

    /// The CRC-32 of the whole input.
    pub(super) fn checksum(&self) -> u32 {
        let mut whole = Hasher::new();
        for piece in &self.pieces {
            whole.combine(&Hasher::new_with_initial_len(piece.checksum, piece.from as u64));
        }
        whole.finalize()
    }
}

/// Compresses in pieces; `None` when the input or the machine is too small for it.
///
/// # Errors
/// [`Error::Memory`].
pub(super) fn deflate(bytes: &[u8], level: i32, encoder: Encoder) -> Result<Option<Packed>, Error> {
    let count = bytes.len().div_ceil(PIECE);
    let threads = threads().min(count);
    if bytes.len() < 2 * PIECE || threads < 2 {
        return Ok(None);
    }
    let quick = encoder.is_quick(level);
    let stride = if quick {
        quick::bound(PIECE)
    } else {
        with_compressor(level, |compressor| compressor.deflate_compress_bound(PIECE))?
    } + SEAM;
    let mut room = block(stride * count)?;
    let mut pieces = vec![Piece::default(); count];
    let work = Mutex::new(bytes.chunks(PIECE).zip(room.chunks_mut(stride)).zip(&mut pieces).enumerate());
    let run = || {
        loop {
            let next = work.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((at, ((bytes, room), piece))) = next else { return };
            if let Some(length) = pack(bytes, level, quick, room, at + 1 == count) {
                *piece = Piece { length, checksum: crc32fast::hash(bytes), from: bytes.len() };
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // What cannot be started is not needed: this thread takes what is left.
            let _ = thread::Builder::new().name("dx-deflate".to_owned()).spawn_scoped(scope, run);
        }
        run();
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

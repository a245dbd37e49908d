//! Deflate at level 1: for those who want it fast.
//!
//! One look for a match at each place, the fixed code, one pass: three quarters of the time that zlib-ng takes at its
//! level 1, zlib-rs half as long again, libdeflate twice as long, and the size is about zlib-ng's. Blocks that
//! would grow are stored.
//!
//! Source: RFC 1951.

use std::cell::RefCell;

use super::symbols::{
    Bits, Code, DISTANCES, END, FIXED_DISTANCES, MOST_MATCH, MOST_STORED, distance_symbol, fixed_lengths, length_symbol,
};

/// Of the hashes of large input; short input has a table as small as itself, as clearing it takes time.
const HASH_BITS: u32 = 15;
const LEAST_HASH_BITS: u32 = 8;
/// What a match has at least.
const MATCH: usize = 4;
const WINDOW: usize = 32 * 1024;
/// After so many places without a match (a power of two) one more is passed over each time.
const PATIENCE: u32 = 6;
/// Places closer to the end are not looked at, so that eight bytes can be read there.
const TAIL: usize = 16;
/// Distances up to here have an entry of their own, larger ones one for each 128.
const NEAR: usize = 256;
const FAR_STEP: u32 = 7;

thread_local! {
    static QUICK: RefCell<Box<Quick>> = RefCell::new(Box::new(Quick::new()));
}

/// Bits and how many there are.
#[derive(Clone, Copy, Default)]
struct Piece {
    bits: u32,
    count: u32,
}

struct Quick {
    /// The last place of each hash.
    places: Box<[u32; 1 << HASH_BITS]>,
    literals: [Piece; 256],
    /// Codes of lengths with the bits that follow them, by length.
    lengths: [Piece; MOST_MATCH + 1],
    /// Codes of distances, and how many bits follow them.
    distances: [(Piece, u32); 2 * NEAR],
    end: Piece,
}

impl Quick {
    #[expect(clippy::cast_possible_truncation, reason = "lengths and distances fit")]
    #[expect(clippy::large_stack_arrays, reason = "on its way to the heap, once a thread")]
    fn new() -> Self {
        let (code, far) = (Code::new(fixed_lengths()), Code::<DISTANCES>::new(FIXED_DISTANCES));
        let piece = |symbol: usize| Piece { bits: code.bits[symbol].into(), count: code.lengths[symbol].into() };
        let mut lengths = [Piece::default(); MOST_MATCH + 1];
        for (length, whole) in lengths.iter_mut().enumerate().skip(3) {
            let (symbol, extra, rest) = length_symbol(length as u16);
            let Piece { bits, count } = piece(symbol);
            *whole = Piece { bits: bits | rest << count, count: count + extra };
        }
        let mut distances = [(Piece::default(), 0); 2 * NEAR];
        for (at, entry) in distances.iter_mut().enumerate() {
            let least = if at < NEAR { at } else { (at - NEAR) << FAR_STEP };
            let (symbol, extra, _) = distance_symbol(least as u16 + 1);
            *entry = (Piece { bits: far.bits[symbol].into(), count: far.lengths[symbol].into() }, extra);
        }
        let mut literals = [Piece::default(); 256];
        for (byte, literal) in literals.iter_mut().enumerate() {
            *literal = piece(byte);
        }
        Self { places: Box::new([0; 1 << HASH_BITS]), literals, lengths, distances, end: piece(END) }
    }
}

/// The most bytes that come of so many, with what is tried before a block is stored.
pub(super) fn bound(length: usize) -> usize {
    length + (length / MOST_STORED + 1) * 5 + MOST_STORED / 8 + 64
}

/// Compresses into a whole stream, or with `last` unset into the start of one that ends with a byte; gives its length.
/// `out` has [`bound`] bytes.
pub(super) fn deflate(bytes: &[u8], out: &mut [u8], last: bool) -> usize {
    QUICK.with_borrow_mut(|quick| {
        let hash_bits = bytes.len().max(1).ilog2().clamp(LEAST_HASH_BITS, HASH_BITS);
        quick.places[..1 << hash_bits].fill(0);
        let mut bits = Bits::new(out);
        let mut start = 0;
        loop {
            let end = bytes.len().min(start + MOST_STORED);
            let is_last = last && end == bytes.len();
            let before = bits.mark();
            let size = bits.size();
            bits.put(0b010 | u32::from(is_last), 3);
            quick.block(&bytes[..end], start, u64::BITS - hash_bits, &mut bits);
            if bits.size() - size > (end - start + 5) * 8 {
                bits.back(before);
                bits.store(&bytes[start..end], is_last);
            }
            start = end;
            if start == bytes.len() {
                break;
            }
        }
        if !last {
            bits.store(&[], false);
        }
        bits.end()
    })
}

impl Quick {
    /// Writes what begins at `start`; what comes before it may be repeated.
    #[expect(clippy::cast_possible_truncation, reason = "input is cut in pieces of far less than 4 GB")]
    fn block(&mut self, bytes: &[u8], start: usize, shift: u32, bits: &mut Bits) {
        let last = bytes.len().saturating_sub(TAIL);
        let (mut at, mut written, mut missed) = (start, start, 0_usize);
        while at < last {
            let here = eight(bytes, at);
            let place = std::mem::replace(&mut self.places[hash(here, shift)], at as u32) as usize;
            if place < at && at - place <= WINDOW && eight(bytes, place) as u32 == here as u32 {
                self.put_literals(&bytes[written..at], bits);
                let length = MATCH + same(bytes, place + MATCH, at + MATCH, MOST_MATCH - MATCH);
                self.put_match(length, at - place, bits);
                at += length;
                written = at;
                missed = 0;
                if at < last {
                    self.places[hash(eight(bytes, at - 2), shift)] = at as u32 - 2;
                }
            } else {
                missed += 1;
                at += 1 + (missed >> PATIENCE);
            }
        }
        self.put_literals(&bytes[written..], bits);
        bits.put(self.end.bits, self.end.count);
    }

    #[inline]
    fn put_literals(&self, literals: &[u8], bits: &mut Bits) {
        let fours = literals.chunks_exact(4);
        let rest = fours.remainder();
        for four in fours {
            for &byte in four {
                let Piece { bits: code, count } = self.literals[usize::from(byte)];
                bits.hold(code, count);
            }
            bits.flush();
        }
        for &byte in rest {
            let Piece { bits: code, count } = self.literals[usize::from(byte)];
            bits.hold(code, count);
        }
        bits.flush();
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the distance is at most 32768")]
    fn put_match(&self, length: usize, distance: usize, bits: &mut Bits) {
        let whole = self.lengths[length];
        let least = distance as u32 - 1;
        let entry = if distance <= NEAR { distance - 1 } else { NEAR + (least >> FAR_STEP) as usize };
        let (code, extra) = self.distances[entry];
        bits.hold(whole.bits, whole.count);
        bits.hold(code.bits | (least & ((1 << extra) - 1)) << code.count, code.count + extra);
        bits.flush();
    }
}

#[inline]
fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// Of the first four bytes.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "it is masked")]
fn hash(eight: u64, shift: u32) -> usize {
    // The mask changes nothing; it shows that the place is in the table.
    ((eight << 32).wrapping_mul(0x9E37_79B1_85EB_CA87) >> shift) as usize & ((1 << HASH_BITS) - 1)
}

/// How many bytes are the same from two places on, at most so many.
#[inline]
fn same(bytes: &[u8], earlier: usize, later: usize, most: usize) -> usize {
    let most = most.min(bytes.len() - later);
    let mut length = 0;
    while length + 8 <= most {
        let different = eight(bytes, earlier + length) ^ eight(bytes, later + length);
        if different != 0 {
            return length + different.trailing_zeros() as usize / 8;
        }
        length += 8;
    }
    while length < most && bytes[earlier + length] == bytes[later + length] {
        length += 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compression::{Wrapping, inflate, made};

    fn packed(bytes: &[u8]) -> usize {
        let mut out = vec![0; bound(bytes.len())];
        let length = deflate(bytes, &mut out, true);
        let back = made(|lent| inflate(&out[..length], Wrapping::Raw, usize::MAX, lent)).expect("inflates");
        assert!(*back == *bytes, "{} bytes", bytes.len());
        // In two pieces that follow each other.
        let (first, second) = bytes.split_at(bytes.len() / 3);
        let mut both = vec![0; bound(first.len()) + bound(second.len())];
        let begun = deflate(first, &mut both, false);
        let all = begun + deflate(second, &mut both[begun..], true);
        let back = made(|lent| inflate(&both[..all], Wrapping::Raw, usize::MAX, lent)).expect("inflates");
        assert!(*back == *bytes, "{} bytes in two", bytes.len());
        length
    }

    fn noise(length: usize, seed: u64) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_le_bytes()[7]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn everything_comes_back() {
        for length in (0..100).chain([1000, 32_767, 32_768, 32_769, 65_534, 65_535, 65_536, 70_000, 131_070, 300_000]) {
            let noise = noise(length, length as u64 + 1);
            assert!(packed(&noise) <= length + 5 * (length / MOST_STORED + 1), "{length}");
            packed(&noise.iter().map(|byte| byte % 4).collect::<Vec<_>>());
            packed(&noise.iter().map(|byte| b'a' + byte / 250).collect::<Vec<_>>());
            packed(&vec![7; length]);
        }
    }

    #[test]
    fn every_distance_and_length() {
        let seed = noise(40_000, 5);
        for distance in [4, 5, 255, 256, 257, 258, 383, 384, 385, 1000, 4096, 4097, 32_767, 32_768, 32_769] {
            for length in [4, 5, 7, 8, 9, 100, 257, 258, 259, 600] {
                let mut bytes = seed[..distance].to_vec();
                for at in 0..length {
                    bytes.push(bytes[at]);
                }
                bytes.extend_from_slice(&seed[39_000..39_050]);
                packed(&bytes);
            }
        }
    }
}

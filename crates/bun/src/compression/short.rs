//! Deflate of short input.
//!
//! What a compressor for large input clears before it begins (libdeflate 192 KB of tables, zlib-rs 128 KB) takes longer
//! than compressing a kilobyte. The tables here are as small as the input.
//!
//! Source: RFC 1951.

use std::cell::RefCell;

use super::symbols::{
    Bits, Code, DISTANCES, END, FIXED_DISTANCES, Header, LEAST_MATCH, LITERALS, MOST_BITS, MOST_MATCH, distance_symbol,
    fixed_lengths, length_symbol, lengths_of, size,
};

/// The longest input. No code of fewer than 2,584 symbols is longer than 15 bits (Fibonacci), so that none is shortened.
pub(super) const MOST: usize = 2048;

const HASH_BITS: u32 = 10;
/// How many earlier places are tried for a match.
const DEPTH: usize = 32;
/// A match of this length is taken without a look at the next place.
const GOOD: usize = 64;

thread_local! {
    static ENCODER: RefCell<Box<Encoder>> = RefCell::default();
}

/// A literal, or with a length a repetition of what came so far before.
#[derive(Clone, Copy)]
struct Token {
    /// The literal or the distance.
    value: u16,
    length: u16,
}

struct Encoder {
    /// The last place of each hash, plus one.
    heads: [u16; 1 << HASH_BITS],
    /// The one before that of each place.
    earlier: [u16; MOST],
    tokens: Vec<Token>,
    literals: [u16; LITERALS],
    distances: [u16; DISTANCES],
    /// Bits that follow the codes.
    extra: usize,
    fixed_literals: Code<288>,
    fixed_distances: Code<DISTANCES>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self {
            heads: [0; 1 << HASH_BITS],
            earlier: [0; MOST],
            tokens: Vec::with_capacity(MOST),
            literals: [0; LITERALS],
            distances: [0; DISTANCES],
            extra: 0,
            fixed_literals: Code::new(fixed_lengths()),
            fixed_distances: Code::new(FIXED_DISTANCES),
        }
    }
}

/// The most bytes that come of so many, with what the writer needs beside them.
pub(super) fn bound(length: usize) -> usize {
    length + 16
}

/// Compresses at most [`MOST`] bytes into a stream of one block; gives its length. `out` has [`bound`] bytes.
pub(super) fn deflate(bytes: &[u8], out: &mut [u8]) -> usize {
    ENCODER.with_borrow_mut(|encoder| {
        encoder.parse(bytes);
        encoder.write(bytes, out)
    })
}

impl Encoder {
    /// Cuts the input in literals and matches; a match that is shorter than the one a byte later gives way to it.
    fn parse(&mut self, bytes: &[u8]) {
        self.heads.fill(0);
        self.tokens.clear();
        self.literals.fill(0);
        self.distances.fill(0);
        self.extra = 0;
        self.literals[END] = 1;
        // The match at the byte before, which is not written yet.
        let (mut held, mut held_length, mut held_distance) = (false, 0, 0);
        let mut at = 0;
        while at < bytes.len() {
            let candidate = self.enter(bytes, at);
            let (length, distance) =
                if held_length < GOOD { self.longest(bytes, at, candidate, held_length) } else { (0, 0) };
            if held_length >= LEAST_MATCH && length <= held_length {
                self.repeat(held_length, held_distance);
                let end = at - 1 + held_length;
                for within in at + 1..end {
                    self.enter(bytes, within);
                }
                at = end;
                (held, held_length) = (false, 0);
            } else {
                if held {
                    self.literal(bytes[at - 1]);
                }
                (held, held_length, held_distance) = (true, length, distance);
                at += 1;
            }
        }
        if held {
            self.literal(bytes[at - 1]);
        }
    }

    /// Notes a place; gives the last one of the same hash, plus one.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "places are below `MOST`")]
    fn enter(&mut self, bytes: &[u8], at: usize) -> u16 {
        let Some(&[first, second, third]) = bytes[at..].first_chunk::<LEAST_MATCH>() else { return 0 };
        let hash = u32::from_le_bytes([first, second, third, 0]).wrapping_mul(0x9E37_79B1) >> (32 - HASH_BITS);
        let head = &mut self.heads[hash as usize];
        let last = std::mem::replace(head, at as u16 + 1);
        self.earlier[at] = last;
        last
    }

    /// The longest match of a place that is longer than `least`, or nothing.
    #[inline]
    fn longest(&self, bytes: &[u8], at: usize, mut candidate: u16, least: usize) -> (usize, usize) {
        let here = &bytes[at..bytes.len().min(at + MOST_MATCH)];
        let mut best = least.max(LEAST_MATCH - 1);
        let mut distance = 0;
        for _ in 0..DEPTH {
            if candidate == 0 || best >= here.len() {
                break;
            }
            let place = usize::from(candidate - 1);
            let there = &bytes[place..place + here.len()];
            if there[best] == here[best] {
                let length = common(there, here);
                if length > best {
                    (best, distance) = (length, at - place);
                }
            }
            candidate = self.earlier[place];
        }
        if distance == 0 { (0, 0) } else { (best, distance) }
    }

    #[inline]
    fn literal(&mut self, byte: u8) {
        self.literals[usize::from(byte)] += 1;
        self.tokens.push(Token { value: u16::from(byte), length: 0 });
    }

    #[expect(clippy::cast_possible_truncation, reason = "distances are below `MOST`, lengths below 259")]
    fn repeat(&mut self, length: usize, distance: usize) {
        let (length_code, length_bits, _) = length_symbol(length as u16);
        let (distance_code, distance_bits, _) = distance_symbol(distance as u16);
        self.literals[length_code] += 1;
        self.distances[distance_code] += 1;
        self.extra += (length_bits + distance_bits) as usize;
        self.tokens.push(Token { value: distance as u16, length: length as u16 });
    }

    /// Writes the block in the shortest of the three forms.
    fn write(&self, bytes: &[u8], out: &mut [u8]) -> usize {
        let literals = lengths_of::<LITERALS>(&self.literals, MOST_BITS);
        let distances = lengths_of::<DISTANCES>(&self.distances, MOST_BITS);
        let header = Header::of(&literals, &distances);
        let dynamic = header.size() + size(&self.literals, &literals) + size(&self.distances, &distances);
        let fixed = size(&self.literals, &self.fixed_literals.lengths) + size(&self.distances, &FIXED_DISTANCES);
        let stored = (bytes.len() + 5) * 8; // with the rest of the first byte
        let mut bits = Bits::new(out);
        if stored < 3 + fixed.min(dynamic) + self.extra {
            bits.store(bytes, true);
        } else if fixed <= dynamic {
            bits.put(0b011, 3);
            self.put_tokens(&mut bits, &self.fixed_literals, &self.fixed_distances);
        } else {
            bits.put(0b101, 3);
            header.put(&mut bits);
            self.put_tokens(&mut bits, &Code::new(literals), &Code::new(distances));
        }
        bits.end()
    }

    fn put_tokens<const N: usize>(&self, bits: &mut Bits, literals: &Code<N>, distances: &Code<DISTANCES>) {
        for &Token { value, length } in &self.tokens {
            if length == 0 {
                literals.put(bits, usize::from(value));
                continue;
            }
            let (code, count, rest) = length_symbol(length);
            literals.put(bits, code);
            bits.put(rest, count);
            let (code, count, rest) = distance_symbol(value);
            distances.put(bits, code);
            bits.put(rest, count);
        }
        literals.put(bits, END);
    }
}

/// How many bytes are the same at the start of both; the second is not the longer one.
#[inline]
fn common(one: &[u8], other: &[u8]) -> usize {
    let mut at = 0;
    while let (Some(left), Some(right)) = (one[at..].first_chunk::<8>(), other[at..].first_chunk::<8>()) {
        let different = u64::from_le_bytes(*left) ^ u64::from_le_bytes(*right);
        if different != 0 {
            return at + different.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + one[at..].iter().zip(&other[at..]).take_while(|(left, right)| left == right).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compression::{Wrapping, inflate, made};

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![0; bound(bytes.len())];
        let length = deflate(bytes, &mut out);
        out.truncate(length);
        let back = made(|lent| inflate(&out, Wrapping::Raw, MOST, lent)).expect("inflates");
        assert!(*back == *bytes, "{} bytes", bytes.len());
        out
    }

    /// Bytes with so many different ones, and repetitions.
    fn input(length: usize, kinds: u32, seed: u32) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        let mut bytes: Vec<u8> = Vec::new();
        while bytes.len() < length {
            let (run, from) = (next() as usize % 40, next() as usize);
            if bytes.len() > 50 && from % 3 == 0 {
                let start = from % (bytes.len() - 40);
                bytes.extend_from_within(start..start + run);
            } else {
                bytes.extend((0..=run).map(|_| (next() % kinds).to_le_bytes()[0]));
            }
        }
        bytes.truncate(length);
        bytes
    }

    #[test]
    fn everything_comes_back() {
        for length in (0..200).chain([255, 256, 257, 258, 259, 260, 1000, 1023, 1024, 2000, 2047, 2048]) {
            for kinds in [1, 2, 3, 20, 64, 256] {
                let out = packed(&input(length, kinds, 1 + u32::try_from(length).unwrap() * 7 + kinds));
                assert!(out.len() <= length + 5, "{length} {kinds}");
            }
            packed(&vec![b'a'; length]);
        }
    }

    #[test]
    fn skewed_counts_make_long_codes() {
        let (mut one, mut other) = (1, 1);
        let mut bytes = Vec::new();
        for symbol in 0..14_u8 {
            bytes.extend(std::iter::repeat_n(symbol.wrapping_mul(37), one));
            (one, other) = (other, one + other);
        }
        // In an order that has no matches to speak of.
        let length = bytes.len();
        let bytes: Vec<u8> = (0..length).map(|at| bytes[at * 611 % length]).collect();
        packed(&bytes[..bytes.len().min(MOST)]);
    }

    #[test]
    fn the_shortest_form_is_taken() {
        assert_eq!(packed(b""), [3, 0]);
        assert_eq!(packed(b"hello"), [0xCB, 0x48, 0xCD, 0xC9, 0xC9, 7, 0]);
        let mut state = 1_u64;
        let noise: Vec<u8> = (0..1000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 56) as u8
            })
            .collect();
        assert_eq!(packed(&noise).len(), noise.len() + 5);
        let text = b"All work and no play makes a dull file, number 17. ".repeat(20);
        assert!(packed(&text).len() < 75, "{}", packed(&text).len());
    }
}

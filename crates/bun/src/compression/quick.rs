//! Deflate at level 1: for those who want it fast.
//!
//! One look for a match at each place: three quarters of the time that zlib-ng takes at its level 1, zlib-rs half as long
//! again, libdeflate twice as long. What compresses well has the fixed code, and the size is about zlib-ng's. What does
//! not (few of all bytes, as in base64, or noise) is looked at once more, and gets a code of its own where that is
//! shorter; blocks that would grow are stored.
//!
//! Source: RFC 1951.

use std::cell::RefCell;

use super::symbols::{
    Bits, Code, DISTANCES, END, FIXED_DISTANCES, Header, LITERALS, MOST_BITS, MOST_MATCH, MOST_STORED, Mark,
    distance_symbol, fixed_lengths, length_symbol, lengths_of, size,
};

/// Of the hashes of large input; short input has a table as small as itself, as clearing it takes time.
const HASH_BITS: u32 = 15;
const LEAST_HASH_BITS: u32 = 8;
/// What a match has at least: four bytes are hardly shorter than their literals, and make one more branch that cannot be
/// foretold, which is what takes the time.
const MATCH: usize = 5;
const WINDOW: usize = 32 * 1024;
/// After so many places without a match (a power of two) one more is passed over each time.
const PATIENCE: u32 = 6;
/// Places closer to the end are not looked at, so that eight bytes can be read there.
const TAIL: usize = 16;
/// A code of its own takes as long as some kilobytes to make.
const WORTH: usize = 8192;
/// So many bytes tell how the rest is.
const LOOK: usize = 4096;
/// About how many bits a match takes in the fixed code.
const MATCH_BITS: usize = 24;
/// The codes of a length and a distance, without what follows them, in a code that has more literals.
const MATCH_CODES: u32 = 12;
/// A longer match is shorter than its literals in any code.
const DOUBTFUL: usize = 16;
/// Four literals are written at once, behind seven bits at most.
const MOST_LITERAL_BITS: usize = 14;
/// Places are counted anew after so many bytes, so that they have 32 bits: no match reaches over that.
const REACH: usize = MOST_STORED << 14;

thread_local! {
    static QUICK: RefCell<Box<Quick>> = RefCell::new(Box::new(Quick::new()));
}

/// Bits and how many there are.
#[derive(Clone, Copy, Default)]
struct Piece {
    bits: u32,
    count: u32,
}

/// So many literals, then a repetition.
#[derive(Clone, Copy)]
struct Sequence {
    literals: u16,
    length: u16,
    /// The distance less one.
    back: u16,
}

/// What a literal, a length or a distance is written as.
struct Codes {
    literals: [Piece; 256],
    /// Codes of lengths with the bits that follow them, by length.
    lengths: [Piece; MOST_MATCH + 1],
    /// Codes of distances by symbol; there is room for what five bits can say.
    distances: [Piece; 32],
    end: Piece,
}

impl Codes {
    #[expect(clippy::cast_possible_truncation, reason = "lengths and distances fit")]
    fn new<const N: usize>(code: &Code<N>, far: &Code<DISTANCES>) -> Self {
        let piece = |symbol: usize| Piece { bits: code.bits[symbol].into(), count: code.lengths[symbol].into() };
        let mut lengths = [Piece::default(); MOST_MATCH + 1];
        for (length, whole) in lengths.iter_mut().enumerate().skip(3) {
            let (symbol, extra, rest) = length_symbol(length as u16);
            let Piece { bits, count } = piece(symbol);
            *whole = Piece { bits: bits | rest << count, count: count + extra };
        }
        let mut distances = [Piece::default(); 32];
        for (symbol, piece) in distances.iter_mut().take(DISTANCES).enumerate() {
            *piece = Piece { bits: far.bits[symbol].into(), count: far.lengths[symbol].into() };
        }
        let mut literals = [Piece::default(); 256];
        for (byte, literal) in literals.iter_mut().enumerate() {
            *literal = piece(byte);
        }
        Self { literals, lengths, distances, end: piece(END) }
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
    fn put_match(&self, length: usize, back: u32, bits: &mut Bits) {
        let whole = self.lengths[length];
        // As `distance_symbol`, without a branch.
        let extra = (back | 2).ilog2() - 1;
        let symbol = 2 * extra + (back >> extra);
        let code = self.distances[symbol as usize % 32];
        bits.hold(whole.bits, whole.count);
        bits.hold(code.bits | (back & ((1 << extra) - 1)) << code.count, code.count + extra);
        bits.flush();
    }

    /// Writes a block without its header.
    fn put(&self, bytes: &[u8], sequences: &[Sequence], bits: &mut Bits) {
        let mut at = 0;
        for &Sequence { literals, length, back } in sequences {
            let end = at + usize::from(literals);
            self.put_literals(&bytes[at..end], bits);
            self.put_match(usize::from(length), u32::from(back), bits);
            at = end + usize::from(length);
        }
        self.put_literals(&bytes[at..], bits);
        bits.put(self.end.bits, self.end.count);
    }
}

struct Quick {
    /// The last place of each hash.
    places: Box<[u32; 1 << HASH_BITS]>,
    /// What was found in the block.
    sequences: Vec<Sequence>,
    /// The fixed code has left the last block long: the next one waits for what is found in it.
    long: bool,
    fixed: Codes,
}

/// The most bytes that come of so many, with what is tried before a block is stored.
pub(super) fn bound(length: usize) -> usize {
    length + (length / MOST_STORED + 1) * 5 + MOST_STORED / 8 + 64
}

/// Compresses into a whole stream, or with `last` unset into the start of one that ends with a byte; gives its length.
/// `out` has [`bound`] bytes.
pub(super) fn deflate(bytes: &[u8], out: &mut [u8], last: bool) -> usize {
    deflate_within(REACH, bytes, out, last)
}

/// As [`deflate`], with places that are counted anew after `reach` bytes, a multiple of [`MOST_STORED`].
fn deflate_within(reach: usize, bytes: &[u8], out: &mut [u8], last: bool) -> usize {
    QUICK.with_borrow_mut(|quick| {
        let mut bits = Bits::new(out);
        let (mut start, mut base) = (0, 0);
        let hash_bits = bytes.len().max(1).ilog2().clamp(LEAST_HASH_BITS, HASH_BITS);
        quick.places[..1 << hash_bits].fill(0);
        quick.look_ahead(bytes, u64::BITS - hash_bits, &mut bits);
        loop {
            if start - base >= reach {
                base = start;
                quick.places[..1 << hash_bits].fill(0);
            }
            let end = bytes.len().min(start + MOST_STORED);
            let is_last = last && end == bytes.len();
            quick.block(&bytes[base..end], start - base, u64::BITS - hash_bits, is_last, &mut bits);
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
    #[expect(clippy::large_stack_arrays, reason = "on its way to the heap, once a thread")]
    fn new() -> Self {
        let fixed = Codes::new(&Code::new(fixed_lengths()), &Code::new(FIXED_DISTANCES));
        Self {
            places: Box::new([0; 1 << HASH_BITS]),
            sequences: Vec::with_capacity(MOST_STORED / MATCH + 1),
            long: false,
            fixed,
        }
    }

    /// Tells from the first kilobytes how the first block will be, so that it need not be written in vain.
    fn look_ahead(&mut self, bytes: &[u8], shift: u32, bits: &mut Bits) {
        self.long = false;
        if bytes.len() >= WORTH {
            let start = &bytes[..LOOK];
            let (matches, repeated) = self.find::<false>(start, 0, shift, bits);
            self.long = is_long(start.len(), matches, repeated);
        }
    }

    /// Writes a block that begins at `start`; what comes before it may be repeated.
    fn block(&mut self, bytes: &[u8], start: usize, shift: u32, is_last: bool, bits: &mut Bits) {
        let block = &bytes[start..];
        let (before, size) = (bits.mark(), bits.size());
        let writes = !self.long;
        let (matches, repeated) = if writes {
            bits.put(0b010 | u32::from(is_last), 3);
            self.find::<true>(bytes, start, shift, bits)
        } else {
            self.find::<false>(bytes, start, shift, bits)
        };
        self.long = block.len() >= WORTH && is_long(block.len(), matches, repeated);
        if self.long {
            let written = writes.then(|| bits.size() - size);
            if writes {
                // Of what is before the block less is found again: its places are those of the block now.
                self.find::<false>(bytes, start, shift, bits);
            }
            self.write_shortest(block, is_last, (before, written), bits);
            return;
        }
        if !writes {
            bits.put(0b010 | u32::from(is_last), 3);
            self.fixed.put(block, &self.sequences, bits);
        }
        if bits.size() - size > (block.len() + 5) * 8 {
            bits.back(before);
            bits.store(block, is_last);
        }
    }

    /// Finds what repeats of a block that begins at `start`, and keeps that or writes all with the fixed code at once.
    /// Gives how often something repeats, and how many bytes.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "places are below `REACH`, what is in a block below 65536")]
    fn find<const WRITES: bool>(&mut self, bytes: &[u8], start: usize, shift: u32, bits: &mut Bits) -> (usize, usize) {
        self.sequences.clear();
        let (mut matches, mut repeated) = (0, 0);
        let last = bytes.len().saturating_sub(TAIL);
        let (mut at, mut written, mut missed) = (start, start, 0_usize);
        while at < last {
            let here = eight(bytes, at);
            let place = std::mem::replace(&mut self.places[hash(here, shift)], at as u32) as usize;
            if place < at && at - place <= WINDOW && (eight(bytes, place) ^ here) << (64 - 8 * MATCH) == 0 {
                let length = MATCH + same(bytes, place + MATCH, at + MATCH, MOST_MATCH - MATCH);
                let back = at - place - 1;
                if WRITES {
                    self.fixed.put_literals(&bytes[written..at], bits);
                    self.fixed.put_match(length, back as u32, bits);
                } else {
                    let literals = (at - written) as u16;
                    self.sequences.push(Sequence { literals, length: length as u16, back: back as u16 });
                }
                matches += 1;
                repeated += length;
                at += length;
                written = at;
                missed = 0;
                if at < last {
                    self.places[hash(eight(bytes, at - 2), shift)] = at as u32 - 2;
                }
            } else {
                missed += 1;
                // Where little repeats every other place is enough.
                at += if WRITES { 1 + (missed >> PATIENCE) } else { 2 };
            }
        }
        if WRITES {
            self.fixed.put_literals(&bytes[written..], bits);
            bits.put(self.fixed.end.bits, self.fixed.end.count);
        }
        (matches, repeated)
    }

    /// Writes the block in the shortest of the three forms; from `before` on it may be written with the fixed code, in so
    /// many bits.
    #[inline(never)]
    fn write_shortest(
        &mut self,
        bytes: &[u8],
        is_last: bool,
        (before, written): (Mark, Option<usize>),
        bits: &mut Bits,
    ) {
        let mut literals = count(bytes);
        let mut distances = [0; DISTANCES];
        let mut lengths = lengths_of(&literals, MOST_LITERAL_BITS);
        let extra = self.prefer_literals(bytes, &lengths, &mut literals, &mut distances);
        if !self.sequences.is_empty() {
            lengths = lengths_of(&literals, MOST_LITERAL_BITS);
        }
        let far = lengths_of(&distances, MOST_BITS);
        let header = Header::of(&lengths, &far);
        let dynamic = 3 + header.size() + size(&literals, &lengths) + size(&distances, &far) + extra;
        let anew = 3 + size(&literals, &fixed_lengths()) + size(&distances, &FIXED_DISTANCES) + extra;
        let fixed = written.unwrap_or(anew);
        let stored = (bytes.len() + 5) * 8; // with the rest of the first byte
        if stored <= fixed.min(dynamic) {
            bits.back(before);
            bits.store(bytes, is_last);
        } else if fixed <= dynamic {
            if written.is_none() {
                bits.put(0b010 | u32::from(is_last), 3);
                self.fixed.put(bytes, &self.sequences, bits);
            }
        } else {
            bits.back(before);
            bits.put(0b100 | u32::from(is_last), 3);
            header.put(bits);
            Codes::new(&Code::new(lengths), &Code::new(far)).put(bytes, &self.sequences, bits);
        }
    }

    /// Makes literals of matches that are longer than these would be, in a code with such lengths, and counts the symbols
    /// of the rest; gives how many bits follow them.
    fn prefer_literals(
        &mut self,
        bytes: &[u8],
        lengths: &[u8; LITERALS],
        literals: &mut [u16; LITERALS],
        distances: &mut [u16; DISTANCES],
    ) -> usize {
        let (mut at, mut run, mut bits) = (0, 0, 0);
        self.sequences.retain_mut(|sequence| {
            let Sequence { literals: before, length, back } = *sequence;
            let start = at + usize::from(before);
            at = start + usize::from(length);
            let repeated = &bytes[start..at];
            let (far, far_extra, _) = distance_symbol(back + 1);
            let (near, extra, _) = length_symbol(length);
            let doubtful = repeated.len() < DOUBTFUL;
            let plain = |byte: &u8| u32::from(lengths[usize::from(*byte)]);
            if doubtful && repeated.iter().map(plain).sum::<u32>() <= MATCH_CODES + far_extra + extra {
                run += before + length;
                return false;
            }
            for &byte in repeated {
                literals[usize::from(byte)] -= 1;
            }
            literals[near] += 1;
            distances[far] += 1;
            bits += (far_extra + extra) as usize;
            sequence.literals = before + std::mem::take(&mut run);
            true
        });
        bits
    }
}

/// Whether the fixed code leaves so many bytes longer than two thirds, about, when so many of them repeat others.
fn is_long(length: usize, matches: usize, repeated: usize) -> bool {
    ((length - repeated) * 8 + matches * MATCH_BITS) * 3 > length * 8 * 2
}

/// How many there are of each symbol when nothing repeats.
fn count(bytes: &[u8]) -> [u16; LITERALS] {
    // Equal bytes in a row would wait for each other.
    let mut parts = [[0_u16; 256]; 4];
    let fours = bytes.chunks_exact(4);
    for &byte in fours.remainder() {
        parts[0][usize::from(byte)] += 1;
    }
    for four in fours {
        for (part, &byte) in parts.iter_mut().zip(four) {
            part[usize::from(byte)] += 1;
        }
    }
    let mut counts = [0; LITERALS];
    for (byte, count) in counts.iter_mut().enumerate().take(256) {
        *count = parts.iter().map(|part| part[byte]).sum();
    }
    counts[END] = 1;
    counts
}

#[inline]
fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |chunk| u64::from_le_bytes(*chunk))
}

/// Of the bytes that a match has at least.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "it is masked")]
fn hash(eight: u64, shift: u32) -> usize {
    // The mask changes nothing; it shows that the place is in the table.
    ((eight << (64 - 8 * MATCH)).wrapping_mul(0x9E37_79B1_85EB_CA87) >> shift) as usize & ((1 << HASH_BITS) - 1)
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
    fn few_of_all_bytes_get_a_code_of_their_own() {
        let noise = noise(200_000, 9);
        let digits =
            |kinds: &[u8]| noise.iter().map(|&byte| kinds[usize::from(byte) % kinds.len()]).collect::<Vec<_>>();
        // Four bits a digit, six a character of base64.
        let hex = packed(&digits(b"0123456789abcdef"));
        assert!(hex < 104_000, "{hex}");
        let base64 = packed(&digits(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"));
        assert!(base64 < 152_000, "{base64}");
        // A code that would be longer than is allowed.
        let (mut one, mut other, mut bytes) = (1, 1, Vec::new());
        for symbol in 0..23_u8 {
            bytes.extend(std::iter::repeat_n(symbol.wrapping_mul(37), one));
            (one, other) = (other, one + other);
        }
        bytes.truncate(MOST_STORED);
        let length = bytes.len();
        packed(&(0..length).map(|at| bytes[at * 31_607 % length]).collect::<Vec<_>>());
    }

    #[test]
    fn what_cannot_be_compressed_fits_its_bound() {
        for length in [0, 1, WORTH - 1, WORTH, 65_534, MOST_STORED + WORTH - 1, 65_535, 65_536, 131_070, 524_288] {
            // Nine bits each in the fixed code.
            let noise: Vec<u8> = noise(length, 3).iter().map(|byte| 144 + byte % 112).collect();
            for last in [false, true] {
                let mut out = vec![0; bound(length)];
                assert!(deflate(&noise, &mut out, last) <= length + (length / MOST_STORED + 1) * 5 + 5, "{length}");
            }
        }
    }

    #[test]
    fn places_that_are_counted_anew() {
        let bytes = noise(1000, 4).repeat(300);
        let mut out = vec![0; bound(bytes.len())];
        for reach in [1, 2, 4] {
            let length = deflate_within(reach * MOST_STORED, &bytes, &mut out, true);
            assert!(length < 12_000, "{length}");
            let back = made(|lent| inflate(&out[..length], Wrapping::Raw, usize::MAX, lent)).expect("inflates");
            assert!(*back == *bytes, "{reach}");
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

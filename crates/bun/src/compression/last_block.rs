//! Where the last block of a deflate stream begins.
//!
//! Only the blocks' own codes say where they end, so every symbol is read, but nothing is decoded: a lookup gives how
//! many bits a symbol and its extra bits take.
//!
//! Source: RFC 1951, section 3.2.

/// Positions in bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The first bit of the last block: its mark of being the last.
    pub(super) start: usize,
    /// Behind the last bit of the stream.
    pub(super) end: usize,
}

/// Codes up to this length are looked up at once, longer ones are searched for.
const FAST: usize = 11;
const LONGEST: usize = 15;
const END: usize = 256;
/// The kinds of a symbol, above the bits that it takes.
const LITERAL: u16 = 0;
const MATCH: u16 = 1 << 8;
const STOP: u16 = 2 << 8;
const BITS: u16 = 0xFF;
/// A literal, a length and a distance take no more than this, and a load gives no less.
const LOADED: u32 = 57;
const PAIR: u32 = 15 + 5 + 15 + 13;

const LENGTH_EXTRA: [u8; 29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Finds the last block; `None` when the bytes are no whole stream.
pub(super) fn find(bytes: &[u8]) -> Option<Place> {
    let mut bits = Bits { bytes, at: 0 };
    let mut codes = Codes::default();
    loop {
        let start = bits.at;
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => bits.skip_stored()?,
            1 => {
                codes.fixed()?;
                bits.skip_symbols(&codes)?;
            }
            2 => {
                codes.read(&mut bits)?;
                bits.skip_symbols(&codes)?;
            }
            _ => return None,
        }
        if last {
            return Some(Place { start, end: bits.at });
        }
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// At least `LOADED` bits from here on; zeros behind the end.
    fn peek(&self) -> u64 {
        let byte = self.at / 8;
        let loaded = if let Some(bytes) = self.bytes.get(byte..).and_then(<[u8]>::first_chunk::<8>) {
            u64::from_le_bytes(*bytes)
        } else {
            let rest = self.bytes.get(byte..).unwrap_or_default();
            let mut bytes = [0; 8];
            bytes[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(bytes)
        };
        loaded >> (self.at % 8)
    }

    fn forward(&mut self, count: usize) -> Option<()> {
        self.at += count;
        (self.at <= self.bytes.len() * 8).then_some(())
    }

    fn take(&mut self, count: u32) -> Option<usize> {
        let value = self.peek() & ((1 << count) - 1);
        self.forward(count as usize)?;
        usize::try_from(value).ok()
    }

    fn skip_stored(&mut self) -> Option<()> {
        self.at = self.at.next_multiple_of(8);
        let length = self.take(16)?;
        let _complement = self.take(16)?;
        self.forward(length * 8)
    }

    fn skip_symbols(&mut self, codes: &Codes) -> Option<()> {
        loop {
            let mut bits = self.peek();
            let mut used = 0;
            while used <= LOADED - PAIR {
                let symbol = codes.literals.lookup(bits)?;
                let taken = u32::from(symbol & BITS);
                bits >>= taken;
                used += taken;
                match symbol & !BITS {
                    LITERAL => {}
                    MATCH => {
                        let taken = u32::from(codes.distances.lookup(bits)? & BITS);
                        bits >>= taken;
                        used += taken;
                    }
                    _ => return self.forward(used as usize),
                }
            }
            self.forward(used as usize)?;
        }
    }
}

/// The two codes of a block.
#[derive(Default)]
struct Codes {
    literals: Code,
    distances: Code,
}

impl Codes {
    /// RFC 1951, section 3.2.6
    fn fixed(&mut self) -> Option<()> {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.literals.build(&lengths, literal)?;
        self.distances.build(&[5; 30], distance)
    }

    /// RFC 1951, section 3.2.7
    fn read(&mut self, bits: &mut Bits) -> Option<()> {
        let literals = bits.take(5)? + 257;
        let distances = bits.take(5)? + 1;
        let count = bits.take(4)? + 4;
        let mut lengths = [0_u8; 19];
        for &symbol in &ORDER[..count] {
            lengths[symbol] = u8::try_from(bits.take(3)?).ok()?;
        }
        let mut code = Code::default();
        code.build(&lengths, plain)?;
        let mut lengths = [0_u8; 320];
        let mut at = 0;
        while at < literals + distances {
            let (symbol, taken) = code.symbol(bits.peek())?;
            bits.forward(taken)?;
            let (value, times) = match symbol {
                16 => (*lengths.get(at.checked_sub(1)?)?, 3 + bits.take(2)?),
                17 => (0, 3 + bits.take(3)?),
                18 => (0, 11 + bits.take(7)?),
                length => (u8::try_from(length).ok()?, 1),
            };
            lengths.get_mut(at..at + times)?.fill(value);
            at += times;
        }
        self.literals.build(&lengths[..literals], literal)?;
        self.distances.build(&lengths[literals..literals + distances], distance)
    }
}

/// The kind of a symbol and its extra bits.
fn literal(symbol: usize) -> u16 {
    match symbol.checked_sub(END + 1) {
        None if symbol == END => STOP,
        None => LITERAL,
        Some(length) => MATCH | u16::from(LENGTH_EXTRA.get(length).copied().unwrap_or(0)),
    }
}

fn distance(symbol: usize) -> u16 {
    u16::try_from((symbol / 2).saturating_sub(1)).unwrap_or(0)
}

fn plain(_: usize) -> u16 {
    0
}

/// A canonical Huffman code.
struct Code {
    /// By the next `FAST` bits: the bits that the symbol takes with its extra ones, and its kind; 0 for longer codes.
    fast: Vec<u16>,
    /// How many codes there are of each length.
    counts: [u16; LONGEST + 1],
    /// Symbols in the order of their codes, with their kinds and extra bits.
    sorted: Vec<(u16, u16)>,
}

impl Default for Code {
    fn default() -> Self {
        Self { fast: vec![0; 1 << FAST], counts: [0; LONGEST + 1], sorted: Vec::new() }
    }
}

impl Code {
    /// Builds it from the lengths of its symbols; `None` when they are no code.
    fn build(&mut self, lengths: &[u8], kind: fn(usize) -> u16) -> Option<()> {
        self.counts = [0; LONGEST + 1];
        for &length in lengths {
            *self.counts.get_mut(usize::from(length))? += 1;
        }
        self.counts[0] = 0;
        let (mut offsets, mut codes) = ([0_usize; LONGEST + 2], [0_usize; LONGEST + 2]);
        for length in 1..=LONGEST {
            offsets[length + 1] = offsets[length] + usize::from(self.counts[length]);
            codes[length + 1] = (codes[length] + usize::from(self.counts[length])) << 1;
        }
        self.sorted.clear();
        self.sorted.resize(offsets[LONGEST + 1], (0, 0));
        self.fast.fill(0);
        for (symbol, &length) in lengths.iter().enumerate().filter(|&(_, &length)| length > 0) {
            let length = usize::from(length);
            let kind = kind(symbol);
            *self.sorted.get_mut(offsets[length])? = (u16::try_from(symbol).ok()?, kind);
            offsets[length] += 1;
            let code = codes[length];
            codes[length] += 1;
            if length <= FAST {
                // Codes stand in the stream with their highest bit first.
                let reversed = code.reverse_bits() >> (usize::BITS as usize - length);
                let entry = kind + u16::try_from(length).ok()?;
                self.fast.get_mut(reversed..)?.iter_mut().step_by(1 << length).for_each(|place| *place = entry);
            }
        }
        Some(())
    }

    /// What the next symbol is and takes.
    fn lookup(&self, bits: u64) -> Option<u16> {
        let index = usize::try_from(bits & ((1 << FAST) - 1)).ok()?;
        match self.fast[index] {
            0 => {
                let (place, length) = self.search(bits)?;
                Some(self.sorted[place].1 + u16::try_from(length).ok()?)
            }
            entry => Some(entry),
        }
    }

    /// The next symbol and the length of its code.
    fn symbol(&self, bits: u64) -> Option<(u16, usize)> {
        let (place, length) = self.search(bits)?;
        Some((self.sorted[place].0, length))
    }

    /// The place of a symbol in the order of codes, bit by bit.
    fn search(&self, mut bits: u64) -> Option<(usize, usize)> {
        let (mut code, mut first, mut place) = (0_usize, 0_usize, 0_usize);
        for length in 1..=LONGEST {
            code |= usize::try_from(bits & 1).ok()?;
            bits >>= 1;
            let count = usize::from(self.counts[length]);
            if code < first + count {
                return Some((place + code.checked_sub(first)?, length));
            }
            place += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use libdeflater::{CompressionLvl, Compressor};

    use super::*;

    fn packed(bytes: &[u8], level: i32) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::new(level).unwrap());
        let mut out = vec![0; compressor.deflate_compress_bound(bytes.len())];
        let length = compressor.deflate_compress(bytes, &mut out).unwrap();
        out.truncate(length);
        out
    }

    #[test]
    fn the_end_is_that_of_the_stream() {
        let mut state = 3_u32;
        let bytes: Vec<u8> = (0..400_000_u32)
            .map(|at| {
                state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                if at % 5000 < 2500 { b'a' + (state >> 28) as u8 } else { (state >> 24) as u8 }
            })
            .collect();
        for length in [0, 1, 30, 3000, 100_000, 400_000] {
            for level in [0, 1, 6, 12] {
                let packed = packed(&bytes[..length], level);
                let place = find(&packed).expect("a stream");
                assert_eq!(place.end.div_ceil(8), packed.len(), "{length} {level}");
                assert_eq!(packed[place.start / 8] >> (place.start % 8) & 1, 1, "{length} {level}");
            }
        }
    }

    #[test]
    fn what_is_no_stream_has_no_end() {
        let packed = packed(&[b'a'; 3000], 6);
        for length in 0..packed.len() {
            assert_eq!(find(&packed[..length]), None, "{length}");
        }
        assert_eq!(find(&[0b111]), None);
    }
}

//! What deflate's encoders share: its symbols, its fixed code, and how bits are written (RFC 1951).

/// The symbol of the end of a block.
pub(super) const END: usize = 256;
pub(super) const LITERALS: usize = 286;
pub(super) const DISTANCES: usize = 30;
pub(super) const MOST_BITS: usize = 15;
pub(super) const LEAST_MATCH: usize = 3;
pub(super) const MOST_MATCH: usize = 258;
/// The most bytes of a stored block.
pub(super) const MOST_STORED: usize = 65_535;
const LENGTH_BASE: [u16; 29] =
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA: [u8; 29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
/// The place in `LENGTH_BASE` of a length less three.
const LENGTH_PLACE: [u8; 256] = length_places();

const fn length_places() -> [u8; 256] {
    let mut places = [0; 256];
    let (mut length, mut place) = (0, 0_u8);
    while length < places.len() {
        while (place as usize) < LENGTH_BASE.len() - 1 && LENGTH_BASE[place as usize + 1] as usize <= length + 3 {
            place += 1;
        }
        places[length] = place;
        length += 1;
    }
    places
}

/// The symbol of a length of 3 to 258, how many bits follow it, and these.
#[inline]
pub(super) fn length_symbol(length: u16) -> (usize, u32, u32) {
    let place = usize::from(LENGTH_PLACE[usize::from(length) - LEAST_MATCH]);
    (END + 1 + place, u32::from(LENGTH_EXTRA[place]), u32::from(length - LENGTH_BASE[place]))
}

/// The symbol of a distance of 1 to 32768, how many bits follow it, and these.
#[inline]
pub(super) fn distance_symbol(distance: u16) -> (usize, u32, u32) {
    let least = u32::from(distance) - 1;
    if least < 4 {
        return (least as usize, 0, 0);
    }
    let extra = least.ilog2() - 1;
    let high = least >> extra; // 2 or 3
    (2 * extra as usize + high as usize, extra, least - (high << extra))
}

/// A Huffman code (section 3.2.2).
pub(super) struct Code<const N: usize> {
    pub(super) lengths: [u8; N],
    pub(super) bits: [u16; N],
}

impl<const N: usize> Code<N> {
    /// The code with these lengths.
    pub(super) fn new(lengths: [u8; N]) -> Self {
        let mut counts = [0_u16; MOST_BITS + 1];
        for &length in &lengths {
            counts[usize::from(length)] += 1;
        }
        counts[0] = 0;
        let mut next = [0_u16; MOST_BITS + 1];
        for length in 1..=MOST_BITS {
            next[length] = (next[length - 1] + counts[length - 1]) << 1;
        }
        let mut bits = [0; N];
        for (bits, &length) in bits.iter_mut().zip(&lengths) {
            if length > 0 {
                let code = &mut next[usize::from(length)];
                *bits = code.reverse_bits() >> (16 - length);
                *code += 1;
            }
        }
        Self { lengths, bits }
    }

    #[inline]
    pub(super) fn put(&self, bits: &mut Bits, symbol: usize) {
        bits.put(u32::from(self.bits[symbol]), u32::from(self.lengths[symbol]));
    }
}

/// The lengths of the fixed code of literals and lengths (section 3.2.6).
pub(super) fn fixed_lengths() -> [u8; 288] {
    let mut lengths = [8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    lengths
}

/// The lengths of the fixed code of distances.
pub(super) const FIXED_DISTANCES: [u8; DISTANCES] = [5; DISTANCES];

/// Writes bits, the lowest first.
pub(super) struct Bits<'out> {
    pub(super) out: &'out mut [u8],
    pub(super) at: usize,
    held: u64,
    count: u32,
}

/// A place among bits.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    at: usize,
    held: u64,
    count: u32,
}

impl<'out> Bits<'out> {
    pub(super) fn new(out: &'out mut [u8]) -> Self {
        Self { out, at: 0, held: 0, count: 0 }
    }

    /// Writes up to 32 bits; there is room for eight bytes.
    #[inline]
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        self.hold(bits, count);
        self.flush();
    }

    /// Keeps bits for [`Self::flush`], which leaves seven at most; 64 fit.
    #[inline]
    pub(super) fn hold(&mut self, bits: u32, count: u32) {
        self.held |= u64::from(bits) << self.count;
        self.count += count;
    }

    #[inline]
    pub(super) fn flush(&mut self) {
        self.out[self.at..self.at + 8].copy_from_slice(&self.held.to_le_bytes());
        let bytes = self.count / 8;
        self.at += bytes as usize;
        self.held >>= bytes * 8;
        self.count %= 8;
    }

    /// Fills the last byte.
    pub(super) fn align(&mut self) {
        self.count = self.count.next_multiple_of(8);
        self.flush();
    }

    /// How many bits were written.
    pub(super) fn size(&self) -> usize {
        self.at * 8 + self.count as usize
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { at: self.at, held: self.held, count: self.count }
    }

    /// Forgets what was written since.
    pub(super) fn back(&mut self, Mark { at, held, count }: Mark) {
        (self.at, self.held, self.count) = (at, held, count);
    }

    /// Writes a stored block of at most [`MOST_STORED`] bytes.
    #[expect(clippy::cast_possible_truncation, reason = "the length fits 16 bits")]
    pub(super) fn store(&mut self, bytes: &[u8], last: bool) {
        let length = bytes.len() as u16;
        self.put(u32::from(last), 3);
        self.align();
        self.put(u32::from(length) | u32::from(!length) << 16, 32);
        self.out[self.at..self.at + bytes.len()].copy_from_slice(bytes);
        self.at += bytes.len();
    }

    /// Fills the last byte; gives the length of all.
    pub(super) fn end(mut self) -> usize {
        self.align();
        self.at
    }
}

//! What deflate's encoders share: its symbols, its fixed code, how others are made and told, and how bits are written
//! (RFC 1951).

/// The symbol of the end of a block.
pub(super) const END: usize = 256;
pub(super) const LITERALS: usize = 286;
pub(super) const DISTANCES: usize = 30;
pub(super) const MOST_BITS: usize = 15;
pub(super) const LEAST_MATCH: usize = 3;
pub(super) const MOST_MATCH: usize = 258;
/// The most bytes of a stored block.
pub(super) const MOST_STORED: usize = 65_535;
const LENGTH_CODES: usize = 19;
const MOST_LENGTH_BITS: usize = 7;
/// The order in which the lengths of the codes for lengths come (section 3.2.7).
const LENGTH_ORDER: [usize; LENGTH_CODES] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
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

/// The bits of all codes.
pub(super) fn size(counts: &[u16], lengths: &[u8]) -> usize {
    counts.iter().zip(lengths).map(|(&count, &length)| usize::from(count) * usize::from(length)).sum()
}

/// The codes of a block, as it says them (section 3.2.7).
pub(super) struct Header {
    /// Symbols of the code for lengths, with the bits that follow them.
    symbols: [(u8, u8); LITERALS + DISTANCES],
    count: usize,
    literals: usize,
    distances: usize,
    code: Code<LENGTH_CODES>,
    /// How many of `LENGTH_ORDER` are written.
    codes: usize,
    counts: [u16; LENGTH_CODES],
}

impl Header {
    pub(super) fn of(literals: &[u8; LITERALS], distances: &[u8; DISTANCES]) -> Self {
        let used = |lengths: &[u8], least: usize| {
            lengths.iter().rposition(|&length| length > 0).map_or(least, |last| least.max(last + 1))
        };
        let (literal_count, distance_count) = (used(literals, END + 1), used(distances, 1));
        let mut all = [0; LITERALS + DISTANCES];
        all[..literal_count].copy_from_slice(&literals[..literal_count]);
        all[literal_count..literal_count + distance_count].copy_from_slice(&distances[..distance_count]);
        let (mut symbols, mut count, mut counts) = ([(0, 0); LITERALS + DISTANCES], 0, [0; LENGTH_CODES]);
        let mut add = |symbol: u8, rest: usize| {
            counts[usize::from(symbol)] += 1;
            symbols[count] = (symbol, u8::try_from(rest).unwrap_or(0));
            count += 1;
        };
        let mut left = &all[..literal_count + distance_count];
        while let Some(&length) = left.first() {
            let mut run = left.iter().take_while(|&&other| other == length).count();
            left = &left[run..];
            if length > 0 {
                add(length, 0);
                run -= 1;
            }
            while run > 0 {
                let (taken, symbol, rest) = match (length, run) {
                    (0, 11..) => (run.min(138), 18, run.min(138) - 11),
                    (0, 3..) => (run, 17, run - 3),
                    (1.., 3..) => (run.min(6), 16, run.min(6) - 3),
                    (same, _) => (1, same, 0),
                };
                add(symbol, rest);
                run -= taken;
            }
        }
        let lengths = lengths_of::<LENGTH_CODES>(&counts, MOST_LENGTH_BITS);
        let codes = LENGTH_ORDER.iter().rposition(|&symbol| lengths[symbol] > 0).map_or(4, |last| 4.max(last + 1));
        let code = Code::new(lengths);
        Self { symbols, count, literals: literal_count, distances: distance_count, code, codes, counts }
    }

    pub(super) fn size(&self) -> usize {
        let extra =
            usize::from(self.counts[16]) * 2 + usize::from(self.counts[17]) * 3 + usize::from(self.counts[18]) * 7;
        14 + 3 * self.codes + size(&self.counts, &self.code.lengths) + extra
    }

    #[expect(clippy::cast_possible_truncation, reason = "the counts of symbols fit their five bits")]
    pub(super) fn put(&self, bits: &mut Bits) {
        bits.put((self.literals - (END + 1)) as u32, 5);
        bits.put((self.distances - 1) as u32, 5);
        bits.put((self.codes - 4) as u32, 4);
        for &symbol in &LENGTH_ORDER[..self.codes] {
            bits.put(u32::from(self.code.lengths[symbol]), 3);
        }
        for &(symbol, rest) in &self.symbols[..self.count] {
            self.code.put(bits, usize::from(symbol));
            match symbol {
                16 => bits.put(u32::from(rest), 2),
                17 => bits.put(u32::from(rest), 3),
                18 => bits.put(u32::from(rest), 7),
                _ => {}
            }
        }
    }
}

/// The lengths of the shortest code for so many of each symbol, none longer than `most`.
///
/// Source: A. Moffat, J. Katajainen, "In-place calculation of minimum-redundancy codes" (1995).
#[expect(clippy::cast_possible_truncation, reason = "symbols and depths are below 300")]
pub(super) fn lengths_of<const N: usize>(counts: &[u16; N], most: usize) -> [u8; N] {
    let mut lengths = [0; N];
    let (mut leaves, mut count) = ([0_u32; N], 0);
    for (symbol, &times) in (0_u32..).zip(counts) {
        if times > 0 {
            leaves[count] = u32::from(times) << 16 | symbol;
            count += 1;
        }
    }
    let leaves = &mut leaves[..count];
    leaves.sort_unstable();
    let symbol = |leaf: u32| (leaf & 0xFFFF) as usize;
    if count < 2 {
        if let Some(&leaf) = leaves.first() {
            lengths[symbol(leaf)] = 1;
        }
        return lengths;
    }
    let mut depths = [0_usize; MOST_BITS + 20];
    let mut nodes = [0_u32; N];
    for (node, leaf) in nodes.iter_mut().zip(&*leaves) {
        *node = leaf >> 16;
    }
    // Joins the two lightest nodes over and over; a node that was joined keeps the place of its parent.
    let (mut root, mut leaf) = (0, 0);
    for next in 0..count - 1 {
        let mut weight = 0;
        for _ in 0..2 {
            if leaf >= count || (root < next && nodes[root] < nodes[leaf]) {
                weight += std::mem::replace(&mut nodes[root], next as u32);
                root += 1;
            } else {
                weight += nodes[leaf];
                leaf += 1;
            }
        }
        nodes[next] = weight;
    }
    // From parents to depths.
    nodes[count - 2] = 0;
    for next in (0..count - 2).rev() {
        nodes[next] = nodes[nodes[next] as usize] + 1;
    }
    // From the depths of inner nodes to how many leaves each depth has.
    let (mut free, mut inner) = (1_usize, count - 1);
    let mut left = count;
    let mut depth = 0;
    while left > 0 {
        let mut used = 0;
        while inner > 0 && nodes[inner - 1] as usize == depth {
            used += 1;
            inner -= 1;
        }
        let here = (free - used).min(left);
        depths[depth.min(most)] += here;
        left -= here;
        free = 2 * used;
        depth += 1;
    }
    shorten(&mut depths, most);
    let mut rest = leaves.iter().rev();
    for (length, &count) in depths.iter().enumerate().take(most + 1) {
        for leaf in rest.by_ref().take(count) {
            lengths[symbol(*leaf)] = length as u8;
        }
    }
    lengths
}

/// Makes a code of what was cut off at its longest length: leaves of there go under shorter ones.
fn shorten(depths: &mut [usize], most: usize) {
    let mut total: usize = (1..=most).map(|length| depths[length] << (most - length)).sum();
    while total > 1 << most {
        depths[most] -= 1;
        if let Some(length) = (1..most).rev().find(|&length| depths[length] > 0) {
            depths[length] -= 1;
            depths[length + 1] += 2;
        }
        total -= 1;
    }
}

/// A place among bits.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    at: usize,
    held: u64,
    count: u32,
}

/// Writes bits, the lowest first.
pub(super) struct Bits<'out> {
    pub(super) out: &'out mut [u8],
    pub(super) at: usize,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_limited() {
        let mut counts = [0; LENGTH_CODES];
        let (mut one, mut other) = (1, 1);
        for count in &mut counts {
            *count = one;
            (one, other) = (other, one + other);
        }
        let lengths = lengths_of(&counts, MOST_LENGTH_BITS);
        let kraft: usize = lengths.iter().map(|&length| 1 << (MOST_LENGTH_BITS - usize::from(length))).sum();
        assert_eq!(kraft, 1 << MOST_LENGTH_BITS);
        assert!(lengths.iter().all(|&length| (1..=7).contains(&length)));
    }
}

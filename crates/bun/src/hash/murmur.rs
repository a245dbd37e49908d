//! `MurmurHash2`, `MurmurHash64A`, `MurmurHash3_x86_32` (Austin Appleby, `SMHasher`).

use super::{read32, read64};

/// `MurmurHash2`, 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "the reference implementation truncates the length")]
pub(super) fn hash2(bytes: &[u8], seed: u32) -> u32 {
    const M: u32 = 0x5BD1_E995;
    let mut state = seed ^ bytes.len() as u32;
    let blocks = bytes.chunks_exact(4);
    let tail = blocks.remainder();
    for block in blocks {
        let mut word = read32(block, 0).wrapping_mul(M);
        word = (word ^ (word >> 24)).wrapping_mul(M);
        state = state.wrapping_mul(M) ^ word;
    }
    if !tail.is_empty() {
        for (at, &byte) in tail.iter().enumerate() {
            state ^= u32::from(byte) << (8 * at);
        }
        state = state.wrapping_mul(M);
    }
    state = (state ^ (state >> 13)).wrapping_mul(M);
    state ^ (state >> 15)
}

/// `MurmurHash64A`.
pub(super) fn hash64a(bytes: &[u8], seed: u64) -> u64 {
    const M: u64 = 0xC6A4_A793_5BD1_E995;
    let mut state = seed ^ (bytes.len() as u64).wrapping_mul(M);
    let blocks = bytes.chunks_exact(8);
    let tail = blocks.remainder();
    for block in blocks {
        let mut word = read64(block, 0).wrapping_mul(M);
        word = (word ^ (word >> 47)).wrapping_mul(M);
        state = (state ^ word).wrapping_mul(M);
    }
    if !tail.is_empty() {
        for (at, &byte) in tail.iter().enumerate() {
            state ^= u64::from(byte) << (8 * at);
        }
        state = state.wrapping_mul(M);
    }
    state = (state ^ (state >> 47)).wrapping_mul(M);
    state ^ (state >> 47)
}

/// `MurmurHash3_x86_32`.
#[expect(clippy::cast_possible_truncation, reason = "the reference implementation truncates the length")]
pub(super) fn hash3(bytes: &[u8], seed: u32) -> u32 {
    let mut state = seed;
    let scramble = |word: u32| word.wrapping_mul(0xCC9E_2D51).rotate_left(15).wrapping_mul(0x1B87_3593);
    let blocks = bytes.chunks_exact(4);
    let tail = blocks.remainder();
    for block in blocks {
        state = (state ^ scramble(read32(block, 0))).rotate_left(13).wrapping_mul(5).wrapping_add(0xE654_6B64);
    }
    if !tail.is_empty() {
        let mut word = 0;
        for (at, &byte) in tail.iter().enumerate() {
            word |= u32::from(byte) << (8 * at);
        }
        state ^= scramble(word);
    }
    finish(state ^ bytes.len() as u32)
}

/// The avalanche at the end of `MurmurHash3` and `CityHash32`.
pub(super) fn finish(mut state: u32) -> u32 {
    state = (state ^ (state >> 16)).wrapping_mul(0x85EB_CA6B);
    state = (state ^ (state >> 13)).wrapping_mul(0xC2B2_AE35);
    state ^ (state >> 16)
}

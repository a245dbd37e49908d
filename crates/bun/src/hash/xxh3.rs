//! XXH3 of long input, 64 bits, with AVX-512 or AVX2, whichever the processor has. `twox-hash` does the rest: it keeps the
//! sums in memory, and takes a fifth longer.
//!
//! Source: <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>, section XXH3.

#![expect(unsafe_code, reason = "calls what needs a feature of the processor")]
#![expect(clippy::cast_ptr_alignment, reason = "what is read and written there need not be aligned")]

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi64, _mm256_loadu_si256, _mm256_mul_epu32, _mm256_set1_epi64x, _mm256_setzero_si256,
    _mm256_shuffle_epi32, _mm256_slli_epi64, _mm256_srli_epi64, _mm256_storeu_si256, _mm256_xor_si256,
    _mm512_add_epi64, _mm512_loadu_si512, _mm512_mul_epu32, _mm512_set1_epi64, _mm512_setzero_si512,
    _mm512_shuffle_epi32, _mm512_slli_epi64, _mm512_srli_epi64, _mm512_storeu_si512, _mm512_xor_si512,
};

use super::mix;

/// The secret without a seed.
const SECRET: [u8; 192] = [
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d,
    0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0,
    0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21, 0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0,
    0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b,
    0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac,
    0xd8, 0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51,
    0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34,
    0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb, 0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49,
    0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8,
    0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b,
    0x40, 0x7e,
];
const STRIPE: usize = 64;
/// Stripes that have a piece of the secret each, one eight bytes behind the other.
const STRIPES: usize = (SECRET.len() - STRIPE) / 8;
const BLOCK: usize = STRIPE * STRIPES;
/// Shorter input is left to others.
pub(super) const LEAST: usize = BLOCK;

const PRIME32_1: u64 = 0x9E37_79B1;
const PRIME64_1: u64 = 0x9E37_79B1_85EB_CA87;
const START: [u64; 8] = [
    0xC2B2_AE3D,
    PRIME64_1,
    0xC2B2_AE3D_27D4_EB4F,
    0x1656_67B1_9E37_79F9,
    0x85EB_CA77_C2B2_AE63,
    0x85EB_CA77,
    0x27D4_EB2F_1656_67C5,
    PRIME32_1,
];

/// The hash of at least [`LEAST`] bytes; `None` on a processor for which this is not made.
pub(super) fn hash(bytes: &[u8], seed: u64) -> Option<u64> {
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the processor has it.
        return Some(unsafe { with_avx512(bytes, seed) });
    }
    // SAFETY: the processor has it.
    is_x86_feature_detected!("avx2").then(|| unsafe { with_avx2(bytes, seed) })
}

#[target_feature(enable = "avx512f")]
fn with_avx512(bytes: &[u8], seed: u64) -> u64 {
    // SAFETY: this function has the feature.
    unsafe { long::<Avx512>(bytes, seed) }
}

#[target_feature(enable = "avx2")]
fn with_avx2(bytes: &[u8], seed: u64) -> u64 {
    // SAFETY: this function has the feature.
    unsafe { long::<Avx2>(bytes, seed) }
}

/// # Safety
/// The processor has the features of the lanes.
#[inline(always)]
#[expect(clippy::inline_always, reason = "so that it is compiled for the features of its caller")]
unsafe fn long<L: Lanes>(bytes: &[u8], seed: u64) -> u64 {
    let mut secret = SECRET;
    for pair in secret.as_chunks_mut::<16>().0 {
        let (first, second) = (word(pair, 0).wrapping_add(seed), word(pair, 8).wrapping_sub(seed));
        pair[..8].copy_from_slice(&first.to_le_bytes());
        pair[8..].copy_from_slice(&second.to_le_bytes());
    }
    // SAFETY: the caller vouches.
    let mut sums = unsafe { L::load(&START) };
    let blocks = (bytes.len() - 1) / BLOCK;
    let (whole, rest) = bytes.split_at(blocks * BLOCK);
    for block in whole.as_chunks::<BLOCK>().0 {
        for (at, stripe) in block.as_chunks::<STRIPE>().0.iter().enumerate() {
            // SAFETY: the caller vouches.
            sums = unsafe { sums.add(stripe, piece(&secret, at * 8)) };
        }
        // SAFETY: the caller vouches.
        sums = unsafe { sums.scramble(piece(&secret, SECRET.len() - STRIPE)) };
    }
    let stripes = (rest.len() - 1) / STRIPE;
    for (at, stripe) in rest.as_chunks::<STRIPE>().0.iter().take(stripes).enumerate() {
        // SAFETY: the caller vouches.
        sums = unsafe { sums.add(stripe, piece(&secret, at * 8)) };
    }
    let last = piece(bytes, bytes.len() - STRIPE);
    // SAFETY: the caller vouches.
    let sums = unsafe { sums.add(last, piece(&secret, SECRET.len() - STRIPE - 7)).store() };
    let mut hash = (bytes.len() as u64).wrapping_mul(PRIME64_1);
    for (at, pair) in sums.as_chunks::<2>().0.iter().enumerate() {
        let key = 11 + 16 * at;
        hash = hash.wrapping_add(mix(pair[0] ^ word(&secret, key), pair[1] ^ word(&secret, key + 8)));
    }
    hash ^= hash >> 37;
    hash = hash.wrapping_mul(0x1656_6791_9E37_79F9);
    hash ^ hash >> 32
}

/// Eight sums in the processor's registers, each in two parts, which do not wait for each other.
trait Lanes: Copy {
    /// # Safety
    /// The processor has the features of these lanes.
    unsafe fn load(sums: &[u64; 8]) -> Self;

    /// Adds a stripe.
    ///
    /// # Safety
    /// As for `load`.
    unsafe fn add(self, stripe: &[u8; STRIPE], secret: &[u8; STRIPE]) -> Self;

    /// Mixes the sums at the end of a block.
    ///
    /// # Safety
    /// As for `load`.
    unsafe fn scramble(self, secret: &[u8; STRIPE]) -> Self;

    /// # Safety
    /// As for `load`.
    unsafe fn store(self) -> [u64; 8];
}

#[derive(Clone, Copy)]
struct Avx512(__m512i, __m512i);

impl Lanes for Avx512 {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `long`")]
    unsafe fn load(sums: &[u64; 8]) -> Self {
        // SAFETY: the caller vouches for the feature; the reference is valid for 64 bytes.
        unsafe { Self(_mm512_loadu_si512(sums.as_ptr().cast()), _mm512_setzero_si512()) }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `long`")]
    unsafe fn add(self, stripe: &[u8; STRIPE], secret: &[u8; STRIPE]) -> Self {
        // SAFETY: the caller vouches for the feature; the references are valid for 64 bytes.
        unsafe {
            let value = _mm512_loadu_si512(stripe.as_ptr().cast());
            let keyed = _mm512_xor_si512(value, _mm512_loadu_si512(secret.as_ptr().cast()));
            let product = _mm512_mul_epu32(keyed, _mm512_srli_epi64::<32>(keyed));
            let swapped = _mm512_shuffle_epi32::<0b01_00_11_10>(value);
            Self(_mm512_add_epi64(self.0, product), _mm512_add_epi64(self.1, swapped))
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `long`")]
    unsafe fn scramble(self, secret: &[u8; STRIPE]) -> Self {
        // SAFETY: as in `add`.
        unsafe {
            let sums = _mm512_add_epi64(self.0, self.1);
            let mixed = _mm512_xor_si512(sums, _mm512_srli_epi64::<47>(sums));
            let keyed = _mm512_xor_si512(mixed, _mm512_loadu_si512(secret.as_ptr().cast()));
            let prime = _mm512_set1_epi64(PRIME32_1.cast_signed());
            let high = _mm512_mul_epu32(_mm512_srli_epi64::<32>(keyed), prime);
            Self(
                _mm512_add_epi64(_mm512_mul_epu32(keyed, prime), _mm512_slli_epi64::<32>(high)),
                _mm512_setzero_si512(),
            )
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `long`")]
    unsafe fn store(self) -> [u64; 8] {
        let mut sums = [0; 8];
        // SAFETY: as in `load`.
        unsafe { _mm512_storeu_si512(sums.as_mut_ptr().cast(), _mm512_add_epi64(self.0, self.1)) };
        sums
    }
}

#[derive(Clone, Copy)]
struct Avx2([__m256i; 2], [__m256i; 2]);

impl Lanes for Avx2 {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `long`")]
    unsafe fn load(sums: &[u64; 8]) -> Self {
        let halves = sums.as_ptr().cast::<__m256i>();
        // SAFETY: the caller vouches for the feature; the reference is valid for both halves of 32 bytes.
        unsafe { Self([_mm256_loadu_si256(halves), _mm256_loadu_si256(halves.add(1))], [_mm256_setzero_si256(); 2]) }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `long`")]
    unsafe fn add(self, stripe: &[u8; STRIPE], secret: &[u8; STRIPE]) -> Self {
        let (stripe, secret) = (stripe.as_ptr().cast::<__m256i>(), secret.as_ptr().cast::<__m256i>());
        let Self(mut products, mut values) = self;
        for at in 0..2 {
            // SAFETY: the caller vouches for the feature; both references are valid for two halves of 32 bytes.
            unsafe {
                let value = _mm256_loadu_si256(stripe.add(at));
                let keyed = _mm256_xor_si256(value, _mm256_loadu_si256(secret.add(at)));
                let product = _mm256_mul_epu32(keyed, _mm256_srli_epi64::<32>(keyed));
                let swapped = _mm256_shuffle_epi32::<0b01_00_11_10>(value);
                products[at] = _mm256_add_epi64(products[at], product);
                values[at] = _mm256_add_epi64(values[at], swapped);
            }
        }
        Self(products, values)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `long`")]
    unsafe fn scramble(self, secret: &[u8; STRIPE]) -> Self {
        let secret = secret.as_ptr().cast::<__m256i>();
        let Self(mut sums, values) = self;
        for (at, sum) in sums.iter_mut().enumerate() {
            // SAFETY: as in `add`.
            unsafe {
                *sum = _mm256_add_epi64(*sum, values[at]);
                let mixed = _mm256_xor_si256(*sum, _mm256_srli_epi64::<47>(*sum));
                let keyed = _mm256_xor_si256(mixed, _mm256_loadu_si256(secret.add(at)));
                let prime = _mm256_set1_epi64x(PRIME32_1.cast_signed());
                let high = _mm256_mul_epu32(_mm256_srli_epi64::<32>(keyed), prime);
                *sum = _mm256_add_epi64(_mm256_mul_epu32(keyed, prime), _mm256_slli_epi64::<32>(high));
            }
        }
        // SAFETY: as in `add`.
        Self(sums, [unsafe { _mm256_setzero_si256() }; 2])
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as `long`")]
    unsafe fn store(self) -> [u64; 8] {
        let mut sums = [0; 8];
        let halves = sums.as_mut_ptr().cast::<__m256i>();
        for at in 0..2 {
            // SAFETY: as in `load`.
            unsafe { _mm256_storeu_si256(halves.add(at), _mm256_add_epi64(self.0[at], self.1[at])) };
        }
        sums
    }
}

/// As many bytes as a stripe has.
#[inline]
fn piece(bytes: &[u8], at: usize) -> &[u8; STRIPE] {
    bytes[at..].first_chunk().unwrap_or(&[0; STRIPE])
}

#[inline]
fn word(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word))
}

#[cfg(test)]
mod tests {
    use twox_hash::XxHash3_64;

    use super::*;

    #[test]
    fn is_what_others_make() {
        let bytes: Vec<u8> = (0..200_000_u32).map(|at| (at.wrapping_mul(0x9E37_79B1) >> 24) as u8).collect();
        for length in (LEAST..3 * LEAST + 130).chain([65_535, 65_536, 200_000]) {
            for seed in [0, 7, u64::from(u32::MAX), u64::MAX] {
                let expected = XxHash3_64::oneshot_with_seed(seed, &bytes[..length]);
                if is_x86_feature_detected!("avx512f") {
                    // SAFETY: the processor has it.
                    assert_eq!(unsafe { with_avx512(&bytes[..length], seed) }, expected, "{length} {seed}");
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has it.
                    assert_eq!(unsafe { with_avx2(&bytes[..length], seed) }, expected, "{length} {seed}");
                }
            }
        }
    }
}

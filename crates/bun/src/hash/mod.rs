//! `Bun.hash`: hashes that are fast and not for security.
//!
//! Source: <https://bun.com/docs/runtime/hashing#bun-hash>. The checks against Bun for all lengths
//! up to 300 are in `__test__/bun/hash.test.ts`.

mod city;
mod murmur;
mod rapidhash;
mod wyhash;
#[cfg(target_arch = "x86_64")]
mod xxh3;

use twox_hash::{XxHash3_64, XxHash32, XxHash64};

/// An algorithm; the number is its place in the table of `lib/bun/hash.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Algorithm {
    /// Wyhash as in Zig's standard library.
    Wyhash,
    /// Adler-32 (RFC 1950).
    Adler32,
    /// CRC-32 (RFC 1952); the seed is the CRC so far.
    Crc32,
    /// `CityHash32` (Google, version 1.1).
    CityHash32,
    /// `CityHash64WithSeed` (Google, version 1.1).
    CityHash64,
    /// xxHash, 32 bits.
    XxHash32,
    /// xxHash, 64 bits.
    XxHash64,
    /// XXH3, 64 bits.
    XxHash3,
    /// `MurmurHash2`, 32 bits.
    Murmur32v2,
    /// `MurmurHash3_x86_32`.
    Murmur32v3,
    /// `MurmurHash64A`.
    Murmur64v2,
    /// rapidhash, version 1.
    Rapidhash,
}

/// All algorithms in the order of their numbers.
pub const ALGORITHMS: [Algorithm; 12] = [
    Algorithm::Wyhash,
    Algorithm::Adler32,
    Algorithm::Crc32,
    Algorithm::CityHash32,
    Algorithm::CityHash64,
    Algorithm::XxHash32,
    Algorithm::XxHash64,
    Algorithm::XxHash3,
    Algorithm::Murmur32v2,
    Algorithm::Murmur32v3,
    Algorithm::Murmur64v2,
    Algorithm::Rapidhash,
];

/// A hash, which JavaScript sees as number or bigint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// A number.
    Bits32(u32),
    /// A bigint.
    Bits64(u64),
}

/// Hashes bytes. Algorithms whose seed has 32 bits take the low half; Adler-32 and `CityHash32` take none.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "Bun truncates the seed too")]
pub fn hash(algorithm: Algorithm, bytes: &[u8], seed: u64) -> Hash {
    let low = seed as u32;
    match algorithm {
        Algorithm::Wyhash => Hash::Bits64(wyhash::hash(bytes, seed)),
        Algorithm::Adler32 => Hash::Bits32(simd_adler32::adler32(&bytes)),
        Algorithm::Crc32 => Hash::Bits32(crc32(bytes, low)),
        Algorithm::CityHash32 => Hash::Bits32(city::hash32(bytes)),
        Algorithm::CityHash64 => Hash::Bits64(city::hash64(bytes, seed)),
        Algorithm::XxHash32 => Hash::Bits32(XxHash32::oneshot(low, bytes)),
        Algorithm::XxHash64 => Hash::Bits64(XxHash64::oneshot(seed, bytes)),
        Algorithm::XxHash3 => Hash::Bits64(xxh3(bytes, low.into())),
        Algorithm::Murmur32v2 => Hash::Bits32(murmur::hash2(bytes, low)),
        Algorithm::Murmur32v3 => Hash::Bits32(murmur::hash3(bytes, low)),
        Algorithm::Murmur64v2 => Hash::Bits64(murmur::hash64a(bytes, seed)),
        Algorithm::Rapidhash => Hash::Bits64(rapidhash::hash(bytes, seed)),
    }
}

fn xxh3(bytes: &[u8], seed: u64) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if bytes.len() >= xxh3::LEAST
        && let Some(hash) = xxh3::hash(bytes, seed)
    {
        return hash;
    }
    XxHash3_64::oneshot_with_seed(seed, bytes)
}

fn crc32(bytes: &[u8], so_far: u32) -> u32 {
    let mut hasher = crc32fast::Hasher::new_with_initial(so_far);
    hasher.update(bytes);
    hasher.finalize()
}

/// Reads eight bytes, little-endian.
#[inline]
fn read64(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

/// Reads four bytes, little-endian.
#[inline]
fn read32(bytes: &[u8], at: usize) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(word)
}

/// The two halves of a product of 128 bits.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "takes the halves apart")]
fn multiply(a: u64, b: u64) -> (u64, u64) {
    let product = u128::from(a) * u128::from(b);
    (product as u64, (product >> 64) as u64)
}

/// Folds a product of 128 bits.
#[inline]
fn mix(a: u64, b: u64) -> u64 {
    let (low, high) = multiply(a, b);
    low ^ high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_vectors() {
        let digits = b"123456789";
        assert_eq!(hash(Algorithm::Crc32, digits, 0), Hash::Bits32(0xCBF4_3926));
        assert_eq!(hash(Algorithm::Adler32, b"Wikipedia", 0), Hash::Bits32(0x11E6_0398));
        assert_eq!(hash(Algorithm::XxHash32, b"", 0), Hash::Bits32(0x02CC_5D05));
        assert_eq!(hash(Algorithm::XxHash64, b"", 0), Hash::Bits64(0xEF46_DB37_51D8_E999));
        assert_eq!(hash(Algorithm::XxHash3, b"", 0), Hash::Bits64(0x2D06_8005_38D3_94C2));
        assert_eq!(hash(Algorithm::Murmur32v3, b"hello", 0), Hash::Bits32(0x248B_FA47));
    }

    #[test]
    fn values_of_bun() {
        assert_eq!(hash(Algorithm::Wyhash, b"hello", 0), Hash::Bits64(1_019_145_960_556_548_909));
        assert_eq!(hash(Algorithm::CityHash64, b"", 0), Hash::Bits64(0));
        assert_eq!(hash(Algorithm::CityHash32, b"hello", 0), Hash::Bits32(2_039_911_270));
        assert_eq!(hash(Algorithm::Murmur32v2, b"hello", 0), Hash::Bits32(3_848_350_155));
        assert_eq!(hash(Algorithm::Murmur64v2, b"hello", 0), Hash::Bits64(2_191_231_550_387_646_743));
        assert_eq!(hash(Algorithm::Rapidhash, b"hello", 0), Hash::Bits64(9_166_712_279_701_818_032));
    }

    #[test]
    fn a_crc_goes_on_from_its_seed() {
        let Hash::Bits32(first) = hash(Algorithm::Crc32, b"1234", 0) else { unreachable!() };
        assert_eq!(hash(Algorithm::Crc32, b"56789", first.into()), Hash::Bits32(0xCBF4_3926));
    }
}

//! `Bun.CryptoHasher`, `Bun.SHA256` and so on: cryptographic digests and HMAC.
//!
//! Source: FIPS 180-4, FIPS 202, RFC 1320, RFC 1321, RFC 7693, RFC 2104. The crates are `RustCrypto`'s,
//! which take the CPU's SHA instructions where they are; MD5 is ours.

mod md5;

use blake2::{Blake2b, Blake2b512, Blake2s256};
use digest::consts::U32;
use digest::{Digest, ExtendableOutput, Update};
use md4::Md4;
use ripemd::Ripemd160;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256};
use sha3::{Sha3_224, Sha3_256, Sha3_384, Sha3_512, Shake128, Shake256};
use zeroize::Zeroizing;

use self::md5::Md5;

/// The longest digest, in bytes.
pub const LONGEST: usize = 64;

/// An algorithm; the number is its place in the table of `lib/bun/crypto-algorithms.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the names say it all")]
pub enum Algorithm {
    Blake2b256,
    Blake2b512,
    Blake2s256,
    Md4,
    Md5,
    Ripemd160,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha512_224,
    Sha512_256,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
    Shake128,
    Shake256,
}

/// All algorithms in the order of their numbers.
pub const ALGORITHMS: [Algorithm; 19] = [
    Algorithm::Blake2b256,
    Algorithm::Blake2b512,
    Algorithm::Blake2s256,
    Algorithm::Md4,
    Algorithm::Md5,
    Algorithm::Ripemd160,
    Algorithm::Sha1,
    Algorithm::Sha224,
    Algorithm::Sha256,
    Algorithm::Sha384,
    Algorithm::Sha512,
    Algorithm::Sha512_224,
    Algorithm::Sha512_256,
    Algorithm::Sha3_224,
    Algorithm::Sha3_256,
    Algorithm::Sha3_384,
    Algorithm::Sha3_512,
    Algorithm::Shake128,
    Algorithm::Shake256,
];

impl Algorithm {
    /// The block of HMAC in bytes.
    fn block(self) -> usize {
        match self {
            Self::Blake2s256 | Self::Md4 | Self::Md5 | Self::Ripemd160 | Self::Sha1 | Self::Sha224 | Self::Sha256 => 64,
            Self::Sha3_224 => 144,
            Self::Sha3_256 | Self::Shake256 => 136,
            Self::Sha3_384 => 104,
            Self::Sha3_512 => 72,
            Self::Shake128 => 168,
            _ => 128,
        }
    }
}

/// A digest of fixed length, whatever its type.
trait Fixed: Send {
    fn take(&mut self, bytes: &[u8]);
    fn end(self: Box<Self>, out: &mut [u8; LONGEST]) -> usize;
    fn copy(&self) -> Box<dyn Fixed>;
}

impl<D: Digest + Clone + Send + 'static> Fixed for D {
    fn take(&mut self, bytes: &[u8]) {
        Digest::update(self, bytes);
    }

    fn end(self: Box<Self>, out: &mut [u8; LONGEST]) -> usize {
        put(&self.finalize(), out)
    }

    fn copy(&self) -> Box<dyn Fixed> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Fixed> {
    fn clone(&self) -> Self {
        self.as_ref().copy()
    }
}

/// A digest under way.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Fixed(Box<dyn Fixed>),
    Shake128(Shake128),
    Shake256(Shake256),
}

impl Hasher {
    /// Starts a digest.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Blake2b256 => State::Fixed(Box::<Blake2b<U32>>::default()),
            Algorithm::Blake2b512 => State::Fixed(Box::<Blake2b512>::default()),
            Algorithm::Blake2s256 => State::Fixed(Box::<Blake2s256>::default()),
            Algorithm::Md4 => State::Fixed(Box::<Md4>::default()),
            Algorithm::Md5 => State::Fixed(Box::<Md5>::default()),
            Algorithm::Ripemd160 => State::Fixed(Box::<Ripemd160>::default()),
            Algorithm::Sha1 => State::Fixed(Box::<Sha1>::default()),
            Algorithm::Sha224 => State::Fixed(Box::<Sha224>::default()),
            Algorithm::Sha256 => State::Fixed(Box::<Sha256>::default()),
            Algorithm::Sha384 => State::Fixed(Box::<Sha384>::default()),
            Algorithm::Sha512 => State::Fixed(Box::<Sha512>::default()),
            Algorithm::Sha512_224 => State::Fixed(Box::<Sha512_224>::default()),
            Algorithm::Sha512_256 => State::Fixed(Box::<Sha512_256>::default()),
            Algorithm::Sha3_224 => State::Fixed(Box::<Sha3_224>::default()),
            Algorithm::Sha3_256 => State::Fixed(Box::<Sha3_256>::default()),
            Algorithm::Sha3_384 => State::Fixed(Box::<Sha3_384>::default()),
            Algorithm::Sha3_512 => State::Fixed(Box::<Sha3_512>::default()),
            Algorithm::Shake128 => State::Shake128(Shake128::default()),
            Algorithm::Shake256 => State::Shake256(Shake256::default()),
        })
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Fixed(state) => state.take(bytes),
            State::Shake128(state) => state.update(bytes),
            State::Shake256(state) => state.update(bytes),
        }
    }

    /// Writes the digest to the start of a buffer; gives its length.
    #[must_use]
    pub fn finish(self, out: &mut [u8; LONGEST]) -> usize {
        match self.0 {
            State::Fixed(state) => state.end(out),
            State::Shake128(state) => {
                state.finalize_xof_into(&mut out[..16]);
                16
            }
            State::Shake256(state) => {
                state.finalize_xof_into(&mut out[..32]);
                32
            }
        }
    }
}

/// An HMAC under way (RFC 2104).
#[derive(Clone)]
pub struct Hmac {
    inner: Hasher,
    outer: Hasher,
}

impl Hmac {
    /// Starts an HMAC.
    #[must_use]
    pub fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        let mut block = Zeroizing::new(vec![0_u8; algorithm.block()]);
        if key.len() > block.len() {
            let mut digest = [0; LONGEST];
            let length = one_shot(algorithm, key, &mut digest);
            block[..length].copy_from_slice(&digest[..length]);
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let start = |block: &[u8]| {
            let mut hasher = Hasher::new(algorithm);
            hasher.update(block);
            hasher
        };
        block.iter_mut().for_each(|byte| *byte ^= 0x36);
        let inner = start(&block);
        block.iter_mut().for_each(|byte| *byte ^= 0x36 ^ 0x5C);
        Self { inner, outer: start(&block) }
    }

    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    /// Writes the code to the start of a buffer; gives its length.
    #[must_use]
    pub fn finish(mut self, out: &mut [u8; LONGEST]) -> usize {
        let length = self.inner.finish(out);
        self.outer.update(&out[..length]);
        self.outer.finish(out)
    }
}

/// Digests bytes at once, without an allocation for the common algorithms.
pub fn one_shot(algorithm: Algorithm, bytes: &[u8], out: &mut [u8; LONGEST]) -> usize {
    match algorithm {
        Algorithm::Sha256 => put(&Sha256::digest(bytes), out),
        Algorithm::Sha1 => put(&Sha1::digest(bytes), out),
        Algorithm::Sha512 => put(&Sha512::digest(bytes), out),
        Algorithm::Sha512_256 => put(&Sha512_256::digest(bytes), out),
        Algorithm::Sha384 => put(&Sha384::digest(bytes), out),
        Algorithm::Md5 => put(&Md5::digest(bytes), out),
        other => {
            let mut hasher = Hasher::new(other);
            hasher.update(bytes);
            hasher.finish(out)
        }
    }
}

/// The HMAC of bytes at once, without an allocation for the common algorithms.
pub fn hmac(algorithm: Algorithm, key: &[u8], bytes: &[u8], out: &mut [u8; LONGEST]) -> usize {
    match algorithm {
        Algorithm::Sha256 => hmac_with::<Sha256, 64>(key, bytes, out),
        Algorithm::Sha1 => hmac_with::<Sha1, 64>(key, bytes, out),
        Algorithm::Sha512 => hmac_with::<Sha512, 128>(key, bytes, out),
        Algorithm::Sha384 => hmac_with::<Sha384, 128>(key, bytes, out),
        Algorithm::Md5 => hmac_with::<Md5, 64>(key, bytes, out),
        other => {
            let mut hmac = Hmac::new(other, key);
            hmac.update(bytes);
            hmac.finish(out)
        }
    }
}

fn hmac_with<D: Digest, const BLOCK: usize>(key: &[u8], bytes: &[u8], out: &mut [u8; LONGEST]) -> usize {
    let mut block = Zeroizing::new([0_u8; BLOCK]);
    if key.len() > BLOCK {
        let digest = D::digest(key);
        block[..digest.len()].copy_from_slice(&digest);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    block.iter_mut().for_each(|byte| *byte ^= 0x36);
    let inner = D::new().chain_update(&block[..]).chain_update(bytes).finalize();
    block.iter_mut().for_each(|byte| *byte ^= 0x36 ^ 0x5C);
    put(&D::new().chain_update(&block[..]).chain_update(&inner).finalize(), out)
}

fn put(digest: &[u8], out: &mut [u8; LONGEST]) -> usize {
    out[..digest.len()].copy_from_slice(digest);
    digest.len()
}

#[cfg(test)]
mod tests {
    use super::{hmac as hmac_of, *};

    fn hex(algorithm: Algorithm, bytes: &[u8]) -> String {
        let mut out = [0; LONGEST];
        let length = one_shot(algorithm, bytes, &mut out);
        let mut again = [0; LONGEST];
        let mut hasher = Hasher::new(algorithm);
        for byte in bytes {
            hasher.update(&[*byte]);
        }
        assert_eq!(hasher.finish(&mut again), length);
        assert_eq!(out, again);
        let mut text = String::new();
        for byte in &out[..length] {
            text += &format!("{byte:02x}");
        }
        text
    }

    #[test]
    fn published_vectors_of_abc() {
        let vectors = [
            (Algorithm::Md4, "a448017aaf21d8525fc10ae87aa6729d"),
            (Algorithm::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Algorithm::Ripemd160, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
            (Algorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Algorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Algorithm::Sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            (Algorithm::Blake2s256, "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"),
            (Algorithm::Blake2b256, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
            (Algorithm::Shake128, "5881092dd818bf5cf8a3ddb793fbcba7"),
        ];
        for (algorithm, expected) in vectors {
            assert_eq!(hex(algorithm, b"abc"), expected, "{algorithm:?}");
        }
    }

    #[test]
    fn hmac_of_rfc_4231() {
        let mut hmac = Hmac::new(Algorithm::Sha256, b"Jefe");
        hmac.update(b"what do ya want ");
        hmac.update(b"for nothing?");
        let mut out = [0; LONGEST];
        assert_eq!(hmac.finish(&mut out), 32);
        assert_eq!(out[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        let mut whole = [0; LONGEST];
        assert_eq!(hmac_of(Algorithm::Sha256, b"Jefe", b"what do ya want for nothing?", &mut whole), 32);
        assert_eq!(whole, out);
        for algorithm in ALGORITHMS {
            for length in [0, 1, 63, 64, 65, 127, 128, 129, 200] {
                let (key, mut parts, mut expected) = (vec![7; length], [0; LONGEST], [0; LONGEST]);
                let mut hmac = Hmac::new(algorithm, &key);
                hmac.update(b"abc");
                assert_eq!(hmac_of(algorithm, &key, b"abc", &mut parts), hmac.finish(&mut expected));
                assert_eq!(parts, expected, "{algorithm:?} {length}");
            }
        }
        let mut long = Hmac::new(Algorithm::Sha256, &[0xaa; 131]);
        long.update(b"Test Using Larger Than Block-Size Key - Hash Key First");
        let _ = long.finish(&mut out);
        assert_eq!(out[..4], [0x60, 0xe4, 0x31, 0x59]);
    }
}

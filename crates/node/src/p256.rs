//! ECDSA with SHA-256 and Diffie-Hellman on the curve P-256 (FIPS 186-5, SP 800-56A).

use std::fmt;

use graviola::hashing::Sha256;
use graviola::key_agreement::p256;
use graviola::signing::ecdsa::{P256, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

/// Bytes of a private key: its number, the first byte the highest.
pub const SCALAR: usize = 32;
/// Bytes of a public key: 4 and both coordinates.
pub const POINT: usize = 65;
/// Bytes of a signature: both numbers.
pub const SIGNATURE: usize = 64;

/// A private key. Erased when dropped.
pub struct PrivateKey(SigningKey<P256>);

impl PrivateKey {
    /// `None` when the number is none of the curve's, or the processor lacks instructions that this needs.
    #[must_use]
    pub fn new(scalar: &[u8; SCALAR]) -> Option<Self> {
        if !graviola::util::is_cpu_supported() {
            return None;
        }
        let private_key = p256::StaticPrivateKey::from_bytes(scalar).ok()?;
        Some(Self(SigningKey { private_key }))
    }

    /// The public key that belongs to it.
    #[must_use]
    pub fn public(&self) -> [u8; POINT] {
        self.0.private_key.public_key_uncompressed()
    }

    /// Signs; every signature of the same data is another one. `None` when the system gives no random bytes.
    #[must_use]
    pub fn sign(&self, data: &[u8]) -> Option<[u8; SIGNATURE]> {
        let mut signature = [0; SIGNATURE];
        self.0.sign::<Sha256>(&[data], &mut signature).ok()?;
        Some(signature)
    }

    /// What both sides know afterwards: the first coordinate. `None` when the other's key is no point of the curve.
    #[must_use]
    pub fn agree(&self, peer: &[u8; POINT]) -> Option<Zeroizing<[u8; SCALAR]>> {
        let peer = p256::PublicKey::from_x962_uncompressed(peer).ok()?;
        self.0.private_key.diffie_hellman(&peer).ok().map(|secret| Zeroizing::new(secret.0))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PrivateKey").finish_non_exhaustive()
    }
}

/// A public key.
pub struct PublicKey(VerifyingKey<P256>);

impl PublicKey {
    /// `None` when the bytes stand for no point of the curve, or the processor lacks instructions that this needs.
    #[must_use]
    pub fn new(point: &[u8; POINT]) -> Option<Self> {
        if !graviola::util::is_cpu_supported() {
            return None;
        }
        VerifyingKey::from_x962_uncompressed(point).ok().map(Self)
    }

    /// Whether a signature is that of the data.
    #[must_use]
    pub fn verify(&self, data: &[u8], signature: &[u8; SIGNATURE]) -> bool {
        self.0.verify::<Sha256>(&[data], signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PublicKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        std::array::from_fn(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap())
    }

    /// RFC 6979, A.2.5, with SHA-256.
    #[test]
    fn the_rfcs_signature() {
        let private =
            PrivateKey::new(&bytes("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")).unwrap();
        let public = PublicKey::new(&bytes(
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        ))
        .unwrap();
        let mut signature = bytes(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        );
        assert!(public.verify(b"sample", &signature));
        assert!(!public.verify(b"other", &signature));
        assert!(PublicKey::new(&private.public()).unwrap().verify(b"sample", &signature));
        signature[63] ^= 1;
        assert!(!public.verify(b"sample", &signature));
        let [first, second] = [private.sign(b"sample").unwrap(), private.sign(b"sample").unwrap()];
        assert!(public.verify(b"sample", &first) && public.verify(b"sample", &second) && first != second);
    }

    /// RFC 5903, 8.1.
    #[test]
    fn the_rfcs_agreement() {
        let private =
            PrivateKey::new(&bytes("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433")).unwrap();
        let mut peer = bytes(
            "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
        );
        let secret = bytes("d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
        assert_eq!(private.agree(&peer).as_deref(), Some(&secret));
        peer[64] ^= 1;
        assert_eq!(private.agree(&peer).as_deref(), None, "not on the curve");
    }

    #[test]
    fn numbers_that_are_no_keys() {
        let order = bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
        assert!(PrivateKey::new(&[0; SCALAR]).is_none());
        assert!(PrivateKey::new(&order).is_none());
        assert!(PublicKey::new(&[4; POINT]).is_none());
    }
}

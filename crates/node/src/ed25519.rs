//! Ed25519 signatures (RFC 8032).

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use graviola::signing::eddsa::Ed25519SigningKey;

/// Bytes of a key.
pub const KEY: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE: usize = 64;

/// A private key with the public one that belongs to it. Erased when dropped.
pub struct PrivateKey(Engine);

/// Both give the same bytes.
enum Engine {
    /// Takes half as long, on processors that have what it needs.
    Wide(Ed25519SigningKey),
    Portable(SigningKey),
}

impl PrivateKey {
    /// Takes the 32 secret bytes of which RFC 8032 derives everything else.
    #[must_use]
    pub fn new(seed: &[u8; KEY]) -> Self {
        let wide = graviola::util::is_cpu_supported().then(|| Ed25519SigningKey::from_bytes(seed).ok()).flatten();
        Self(wide.map_or_else(|| Engine::Portable(SigningKey::from_bytes(seed)), Engine::Wide))
    }

    /// The public key that belongs to it.
    #[must_use]
    pub fn public(&self) -> [u8; KEY] {
        match &self.0 {
            Engine::Wide(key) => key.public_key().as_bytes(),
            Engine::Portable(key) => key.verifying_key().to_bytes(),
        }
    }

    /// Signs; the same data gives the same signature.
    #[must_use]
    pub fn sign(&self, data: &[u8]) -> [u8; SIGNATURE] {
        match &self.0 {
            Engine::Wide(key) => key.sign(data),
            Engine::Portable(key) => key.sign(data).to_bytes(),
        }
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PrivateKey").finish_non_exhaustive()
    }
}

/// A public key.
#[derive(Debug)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// `None` when the bytes stand for no point.
    #[must_use]
    pub fn new(bytes: &[u8; KEY]) -> Option<Self> {
        VerifyingKey::from_bytes(bytes).ok().map(Self)
    }

    /// Whether a signature is that of the data, by the equation without the cofactor, as OpenSSL has it: what it takes is
    /// taken, and what it refuses refused.
    #[must_use]
    pub fn verify(&self, data: &[u8], signature: &[u8; SIGNATURE]) -> bool {
        self.0.verify(data, &Signature::from_bytes(signature)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        std::array::from_fn(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap())
    }

    /// RFC 8032, 7.1, tests 1 to 3.
    #[test]
    fn the_rfcs_signatures() {
        let vectors = [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
            ),
            (
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
            ),
        ];
        for (seed, public, data, signature) in vectors {
            let data: Vec<u8> =
                (0..data.len() / 2).map(|at| u8::from_str_radix(&data[2 * at..][..2], 16).unwrap()).collect();
            let mut signature = bytes(signature);
            let portable = PrivateKey(Engine::Portable(SigningKey::from_bytes(&bytes(seed))));
            for private in [PrivateKey::new(&bytes(seed)), portable] {
                assert_eq!(private.sign(&data), signature);
                assert_eq!(private.public(), bytes(public));
            }
            let public = PublicKey::new(&bytes(public)).unwrap();
            assert!(public.verify(&data, &signature));
            assert!(!public.verify(b"other", &signature));
            signature[63] |= 0x20;
            assert!(!public.verify(&data, &signature), "a scalar above the order");
        }
    }
}

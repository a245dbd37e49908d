//! Diffie-Hellman on Curve25519 (RFC 7748).

use std::fmt;

use graviola::key_agreement::x25519;
use zeroize::Zeroizing;

/// Bytes of a key, and of what two of them agree on.
pub const KEY: usize = 32;

/// A private key. Erased when dropped.
pub struct PrivateKey(x25519::StaticPrivateKey);

impl PrivateKey {
    /// `None` when the processor lacks instructions that this needs.
    #[must_use]
    pub fn new(bytes: &[u8; KEY]) -> Option<Self> {
        graviola::util::is_cpu_supported().then(|| Self(x25519::StaticPrivateKey::from_array(bytes)))
    }

    /// The public key that belongs to it.
    #[must_use]
    pub fn public(&self) -> [u8; KEY] {
        self.0.public_key().as_bytes()
    }

    /// What both sides know afterwards. `None` when the other's key is a point of small order.
    #[must_use]
    pub fn agree(&self, peer: &[u8; KEY]) -> Option<Zeroizing<[u8; KEY]>> {
        self.0.diffie_hellman(&x25519::PublicKey::from_array(peer)).ok().map(|secret| Zeroizing::new(secret.0))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PrivateKey").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> [u8; KEY] {
        std::array::from_fn(|index| u8::from_str_radix(&hex[2 * index..2 * index + 2], 16).unwrap())
    }

    /// RFC 7748, 5.2.
    #[test]
    fn the_rfcs_agreement() {
        let private =
            PrivateKey::new(&bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")).unwrap();
        let peer = bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
        let secret = bytes("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
        assert_eq!(private.agree(&peer).as_deref(), Some(&secret));
        let other = PrivateKey::new(&[7; KEY]).unwrap();
        assert_eq!(private.agree(&other.public()), other.agree(&private.public()));
        assert_eq!(private.agree(&[0; KEY]).as_deref(), None, "a point of small order");
    }
}

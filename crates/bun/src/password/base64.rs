//! Base64 without padding in the two alphabets of stored passwords.

/// An alphabet of 64 characters.
pub(super) struct Alphabet(&'static [u8; 64]);

/// RFC 4648, section 4: PHC strings.
pub(super) const STANDARD: Alphabet = Alphabet(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
/// crypt(3) of OpenBSD: bcrypt.
pub(super) const CRYPT: Alphabet = Alphabet(b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

impl Alphabet {
    pub(super) fn encode(&self, bytes: &[u8]) -> String {
        let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
        for chunk in bytes.chunks(3) {
            let mut group = [0; 3];
            group[..chunk.len()].copy_from_slice(chunk);
            let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
            for position in 0..=chunk.len() {
                let index = (bits >> (18 - 6 * position)) & 63;
                text.push(char::from(self.0[index as usize]));
            }
        }
        text
    }

    /// Decodes strictly: no padding, no foreign character, no stray bits at the end.
    pub(super) fn decode(&self, text: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
        for chunk in text.as_bytes().chunks(4) {
            let mut bits = 0_u32;
            for character in chunk {
                let index = self.0.iter().position(|candidate| candidate == character)?;
                bits = (bits << 6) | u32::try_from(index).ok()?;
            }
            bits <<= 6 * (4 - chunk.len());
            let [_, group @ ..] = bits.to_be_bytes();
            let kept = chunk.len().checked_sub(1).filter(|&kept| kept > 0)?;
            if group[kept..].iter().any(|&stray| stray != 0) {
                return None;
            }
            bytes.extend_from_slice(&group[..kept]);
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_decodes() {
        let bytes: Vec<u8> = (0..=255).collect();
        for length in 0..bytes.len() {
            for alphabet in [STANDARD, CRYPT] {
                assert_eq!(alphabet.decode(&alphabet.encode(&bytes[..length])).as_deref(), Some(&bytes[..length]));
            }
        }
    }

    #[test]
    fn foreign_characters_and_stray_bits_are_refused() {
        for text in ["a", "ab", "YWJj=", "YW Jj", "YWJj?"] {
            assert_eq!(STANDARD.decode(text), None, "{text}");
        }
    }
}

//! The form of signatures of ECDSA that most protocols use: two integers in DER (RFC 3279, 2.2.3).

/// Bytes of a number.
const NUMBER: usize = 32;
/// The longest form of a signature.
const MOST: usize = 2 + 2 * (3 + NUMBER);
const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;

/// A signature in DER.
#[derive(Debug)]
pub struct Encoded {
    bytes: [u8; MOST],
    length: usize,
}

impl Encoded {
    /// Writes the two numbers of a signature.
    #[must_use]
    pub fn new(signature: &[u8; 2 * NUMBER]) -> Self {
        let mut encoded = Self { bytes: [0; MOST], length: 2 };
        let (first, second) = signature.split_at(NUMBER);
        encoded.push(first);
        encoded.push(second);
        encoded.bytes[0] = SEQUENCE;
        encoded.bytes[1] = length_byte(encoded.length - 2);
        encoded
    }

    /// What was written.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn push(&mut self, number: &[u8]) {
        // One byte at least, and a 0 in front of what would be negative.
        let zeros = number.iter().take_while(|byte| **byte == 0).count().min(NUMBER - 1);
        let digits = &number[zeros..];
        let padding = usize::from(digits[0] >= 0x80);
        let at = self.length;
        self.bytes[at] = INTEGER;
        self.bytes[at + 1] = length_byte(padding + digits.len());
        self.length = at + 2 + padding + digits.len();
        self.bytes[self.length - digits.len()..self.length].copy_from_slice(digits);
    }
}

/// Lengths up to 127 are one byte.
fn length_byte(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

/// Reads the two numbers of a signature. `None` when this is not the one way in which DER writes two numbers of 32 bytes.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<[u8; 2 * NUMBER]> {
    let [SEQUENCE, length, content @ ..] = bytes else { return None };
    if usize::from(*length) != content.len() {
        return None;
    }
    let mut signature = [0; 2 * NUMBER];
    let (first, second) = signature.split_at_mut(NUMBER);
    let rest = read(read(content, first)?, second)?;
    rest.is_empty().then_some(signature)
}

/// Reads a number to the end of `to`; gives what follows it.
fn read<'a>(bytes: &'a [u8], to: &mut [u8]) -> Option<&'a [u8]> {
    let [INTEGER, length, rest @ ..] = bytes else { return None };
    let (number, rest) = rest.split_at_checked(usize::from(*length))?;
    let digits = match number {
        [0, digits @ ..] if digits.first().is_some_and(|byte| *byte >= 0x80) => digits,
        [0] | [1..0x80, ..] => number,
        _ => return None,
    };
    let start = to.len().checked_sub(digits.len())?;
    to[start..].copy_from_slice(digits);
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(first: &[u8], second: &[u8]) -> [u8; 2 * NUMBER] {
        let mut signature = [0; 2 * NUMBER];
        signature[NUMBER - first.len()..NUMBER].copy_from_slice(first);
        signature[2 * NUMBER - second.len()..].copy_from_slice(second);
        signature
    }

    #[test]
    fn numbers_of_all_lengths() {
        let digits: [[u8; NUMBER]; 3] = [[0x7f; NUMBER], [0x80; NUMBER], [1; NUMBER]];
        for first in digits.iter().flat_map(|digits| (0..=NUMBER).map(|length| &digits[..length])) {
            for second in digits.iter().flat_map(|digits| (0..=NUMBER).map(|length| &digits[..length])) {
                let signature = numbers(first, second);
                assert_eq!(decode(Encoded::new(&signature).bytes()), Some(signature));
            }
        }
        assert_eq!(Encoded::new(&numbers(&[], &[0x80])).bytes(), [0x30, 7, 2, 1, 0, 2, 2, 0, 0x80]);
    }

    #[test]
    fn nothing_but_the_one_form() {
        let whole = Encoded::new(&[0xff; 2 * NUMBER]);
        for length in 0..whole.bytes().len() {
            assert_eq!(decode(&whole.bytes()[..length]), None);
        }
        for odd in [
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0][..],   // more behind
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],    // a longer length
            &[0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1], // three numbers
            &[0x30, 7, 2, 2, 0, 1, 2, 1, 1],       // a zero too many
            &[0x30, 6, 2, 1, 0x80, 2, 1, 1],       // negative
            &[0x30, 5, 2, 0, 2, 1, 1],             // no byte
            &[0x31, 6, 2, 1, 1, 2, 1, 1],          // a set
            &[0x30, 6, 3, 1, 1, 2, 1, 1],          // bits
        ] {
            assert_eq!(decode(odd), None, "{odd:x?}");
        }
        let mut long = vec![0x30, 38, 2, 33];
        long.extend([1; NUMBER + 1]);
        long.extend([2, 1, 1]);
        assert_eq!(decode(&long), None, "33 bytes");
    }
}

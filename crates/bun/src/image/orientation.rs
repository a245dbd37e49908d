//! The orientation that cameras note in a JPEG.
//!
//! Source: Exif 2.32, 4.6.4 (tag 0x0112 of the first directory).

use super::{Picture, geometry};

/// How a picture has to be moved to stand as it was seen: a turn, then a mirror.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Orientation {
    turns: u8,
    flop: bool,
}

impl Orientation {
    fn numbered(number: u16) -> Self {
        let (turns, flop) = match number {
            2 => (0, true),
            3 => (2, false),
            4 => (2, true),
            5 => (1, true),
            6 => (1, false),
            7 => (3, true),
            8 => (3, false),
            _ => (0, false),
        };
        Self { turns, flop }
    }

    pub(super) fn swaps_sides(self) -> bool {
        self.turns % 2 == 1
    }

    pub(super) fn apply(self, picture: Picture) -> Picture {
        let picture = geometry::turned(picture, self.turns);
        if self.flop { geometry::flopped(picture) } else { picture }
    }
}

/// Reads the orientation of a JPEG; none that can be read is the usual one.
pub(super) fn of_jpeg(bytes: &[u8]) -> Orientation {
    exif(bytes).and_then(number).map_or_else(Orientation::default, Orientation::numbered)
}

/// Finds the TIFF structure of the first Exif segment before the pixels.
fn exif(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.get(2..)?;
    loop {
        let &[0xff, marker, ..] = rest else { return None };
        match marker {
            0xff => rest = &rest[1..],
            0x01 | 0xd0..=0xd8 => rest = rest.get(2..)?,
            0xd9 | 0xda => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
                let segment = rest.get(4..2 + length)?;
                if marker == 0xe1
                    && let Some(tiff) = segment.strip_prefix(b"Exif\0\0")
                {
                    return Some(tiff);
                }
                rest = rest.get(2 + length..)?;
            }
        }
    }
}

/// The type of a number of two bytes.
const SHORT: u16 = 3;

/// Looks for the tag in the first directory.
fn number(tiff: &[u8]) -> Option<u16> {
    let big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    let first: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = (if big { u32::from_be_bytes(first) } else { u32::from_le_bytes(first) }) as usize;
    let entries = usize::from(short(directory)?);
    let entry = (0..entries).map(|i| directory + 2 + 12 * i).find(|&at| short(at).is_none_or(|tag| tag == 0x0112))?;
    (short(entry + 2)? == SHORT).then(|| short(entry + 8)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(tiff: &[u8]) -> Vec<u8> {
        let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
        [&[0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xe1][..], &length, b"Exif\0\0", tiff, &[0xff, 0xda]].concat()
    }

    #[test]
    fn both_byte_orders_are_read() {
        let big = b"MM\0*\0\0\0\x08\0\x02\x01\x0f\0\x02\0\0\0\x01\0\0\0\0\x01\x12\0\x03\0\0\0\x01\0\x06\0\0";
        let little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x05\0\0\0";
        assert_eq!(of_jpeg(&jpeg(big)), Orientation { turns: 1, flop: false });
        assert_eq!(of_jpeg(&jpeg(little)), Orientation { turns: 1, flop: true });
    }

    #[test]
    fn what_is_damaged_is_no_orientation() {
        for tiff in [&b"MM\0*\0\0\0\x08\xff\xff"[..], b"MM\0*\xff\xff\xff\xf0", b"MM", b"", b"XX\0*\0\0\0\x08\0\0"] {
            assert_eq!(of_jpeg(&jpeg(tiff)), Orientation::default());
        }
        assert_eq!(of_jpeg(&[0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff]), Orientation::default());
    }

    #[test]
    fn a_transposed_picture_is_put_right() {
        let stored = Picture { width: 2, height: 1, rgba: vec![1, 1, 1, 1, 2, 2, 2, 2], icc: None };
        let seen = Orientation::numbered(5).apply(stored);
        assert_eq!((seen.width, seen.height, seen.rgba), (1, 2, vec![1, 1, 1, 1, 2, 2, 2, 2]));
    }
}

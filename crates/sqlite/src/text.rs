//! The text of many cells in one string, with positions in UTF-16 units.
//!
//! JavaScript gets all text of a batch as one string and cuts cells out of it. The string is
//! one-byte (Latin-1) until a character needs more; then what was collected is widened once.

use encoding_rs::mem::{convert_utf8_to_latin1_lossy, convert_utf8_to_utf16, convert_utf16_to_utf8, is_utf8_latin1};

use crate::known::Known;

/// Texts of up to so many bytes are copied in whole words, without a call.
const SHORT: usize = 32;
/// The first room for one-byte text.
const ROOM: usize = 8192;

/// The collected text.
#[derive(Debug, Default)]
pub struct Text {
    /// What was collected, and room behind it.
    narrow: Vec<u8>,
    /// How much of it was collected.
    used: usize,
    wide: Vec<u16>,
    is_wide: bool,
    /// Texts that need not be collected: JavaScript has them.
    known: Option<Known>,
}

/// What was collected, as JavaScript engines store it.
#[derive(Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// One byte a character, U+0000 to U+00FF.
    Latin1(&'a [u8]),
    /// UTF-16.
    Utf16(&'a [u16]),
}

impl Text {
    /// For pages whose reader keeps texts that come again: one such `Text` for one reader.
    #[must_use]
    pub fn with_known() -> Self {
        Self { known: Some(Known::default()), ..Self::default() }
    }

    #[inline]
    pub(crate) fn known(&mut self) -> Option<&mut Known> {
        self.known.as_mut()
    }

    /// Forgets what was collected, but for the memory.
    #[inline]
    pub fn clear(&mut self) {
        if let Some(known) = &mut self.known {
            known.begin_page();
        }
        self.used = 0;
        if self.is_wide {
            self.wide.clear();
            self.is_wide = false;
        }
    }

    /// Counts the UTF-16 units collected.
    #[must_use]
    #[inline]
    pub fn units(&self) -> usize {
        if self.is_wide { self.wide.len() } else { self.used }
    }

    /// Forgets what came after a length that [`Text::units`] gave.
    pub fn truncate(&mut self, units: usize) {
        self.used = self.used.min(units);
        self.wide.truncate(units);
    }

    /// Appends UTF-8; ill-formed parts become U+FFFD as the Encoding Standard's decoder has it.
    #[inline]
    pub fn push(&mut self, utf8: &[u8]) {
        if !self.is_wide
            && utf8.len() <= SHORT
            && let Some(place) = self.narrow.get_mut(self.used..self.used + utf8.len())
            && copy_ascii(utf8, place)
        {
            self.used += utf8.len();
        } else {
            self.push_any(utf8);
        }
    }

    #[inline(never)]
    fn push_any(&mut self, utf8: &[u8]) {
        if !self.is_wide && utf8.is_ascii() {
            let end = self.used + utf8.len();
            self.room(utf8.len())[..utf8.len()].copy_from_slice(utf8);
            self.used = end;
        } else if !self.is_wide && is_utf8_latin1(utf8) {
            self.used += convert_utf8_to_latin1_lossy(utf8, self.room(utf8.len()));
        } else {
            self.widen();
            let start = self.wide.len();
            self.wide.resize(start + utf8.len() + 1, 0); // as much as the conversion asks for
            let place = &mut self.wide[start..];
            let written = decode(utf8, place).unwrap_or_else(|| convert_utf8_to_utf16(utf8, place));
            self.wide.truncate(start + written);
        }
    }

    /// Room for at least so many bytes behind what was collected.
    fn room(&mut self, length: usize) -> &mut [u8] {
        let least = self.used + length + SHORT;
        if self.narrow.len() < least {
            self.narrow.resize(least.max(self.narrow.len() * 2).max(ROOM), 0);
        }
        &mut self.narrow[self.used..]
    }

    fn widen(&mut self) {
        if !self.is_wide {
            self.wide.extend(self.narrow[..self.used].iter().map(|&byte| u16::from(byte)));
            self.used = 0;
            self.is_wide = true;
        }
    }

    /// Gives what was collected.
    #[must_use]
    #[inline]
    pub fn run(&self) -> Run<'_> {
        if self.is_wide { Run::Utf16(&self.wide) } else { Run::Latin1(&self.narrow[..self.used]) }
    }
}

/// Writes UTF-16 as UTF-8, in which a lone surrogate becomes U+FFFD; gives the bytes written. Without room for three a unit
/// nothing is.
#[inline]
pub fn write_utf8(units: &[u16], place: &mut [u8]) -> usize {
    let Some(place) = place.get_mut(..units.len() * 3) else { return 0 };
    let mut all = 0;
    for (place, &unit) in place.iter_mut().zip(units) {
        [*place, _] = unit.to_le_bytes();
        all |= unit;
    }
    if all < 0x80 { units.len() } else { convert_utf16_to_utf8(units, place) }
}

/// Copies up to [`SHORT`] bytes to a place of the same length, the last ones of a length that is no whole number of words
/// together with some before them. Whether all are ASCII.
#[inline]
fn copy_ascii(from: &[u8], to: &mut [u8]) -> bool {
    const HIGH: u128 = 0x8080_8080_8080_8080_8080_8080_8080_8080;
    macro_rules! copy {
        ($word:ident, $bytes:literal, $high:expr) => {
            if let (Some(&first), Some(&last)) = (from.first_chunk::<$bytes>(), from.last_chunk::<$bytes>()) {
                if let Some(place) = to.first_chunk_mut::<$bytes>() {
                    *place = first;
                }
                if let Some(place) = to.last_chunk_mut::<$bytes>() {
                    *place = last;
                }
                return ($word::from_le_bytes(first) | $word::from_le_bytes(last)) & $high == 0;
            }
        };
    }
    copy!(u128, 16, HIGH);
    copy!(u64, 8, 0x8080_8080_8080_8080);
    copy!(u32, 4, 0x8080_8080);
    // Three bytes at most: a loop would be compiled for many.
    let mut all = 0;
    for at in [0, from.len() / 2, from.len().wrapping_sub(1)] {
        if let (Some(place), Some(&byte)) = (to.get_mut(at), from.get(at)) {
            *place = byte;
            all |= byte;
        }
    }
    all < 0x80
}

/// Decodes UTF-8 of scripts that mix one, two and three bytes a character, where a step for each is faster than looking
/// for runs. `None`: it is ill-formed; what was written counts for nothing.
fn decode(utf8: &[u8], place: &mut [u16]) -> Option<usize> {
    let (mut rest, mut written) = (utf8, 0);
    loop {
        let unit = match *rest {
            [] => return Some(written),
            [a @ ..0x80, ..] => {
                rest = &rest[1..];
                u16::from(a)
            }
            [a @ 0xc2..0xe0, b @ 0x80..0xc0, ..] => {
                rest = &rest[2..];
                (u16::from(a & 0x1f) << 6) | u16::from(b & 0x3f)
            }
            [a @ 0xe0..0xf0, b @ 0x80..0xc0, c @ 0x80..0xc0, ..] => {
                rest = &rest[3..];
                let unit = (u16::from(a) << 12) | (u16::from(b & 0x3f) << 6) | u16::from(c & 0x3f);
                if unit < 0x800 || unit & 0xf800 == 0xd800 {
                    return None;
                }
                unit
            }
            [a @ 0xf0..0xf5, b @ 0x80..0xc0, c @ 0x80..0xc0, d @ 0x80..0xc0, ..] => {
                rest = &rest[4..];
                let code =
                    [a & 7, b & 0x3f, c & 0x3f, d & 0x3f].iter().fold(0, |code, &bits| (code << 6) | u32::from(bits));
                let above = code.checked_sub(0x1_0000).filter(|above| *above < 0x10_0000)?;
                *place.get_mut(written)? = 0xd800 | u16::try_from(above >> 10).ok()?;
                written += 1;
                0xdc00 | u16::try_from(above & 0x3ff).ok()?
            }
            _ => return None,
        };
        *place.get_mut(written)? = unit;
        written += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_and_latin1_stay_one_byte() {
        let mut text = Text::default();
        text.push(b"ab");
        text.push("é".as_bytes());
        assert_eq!(text.run(), Run::Latin1(b"ab\xe9"));
        assert_eq!(text.units(), 3);
    }

    #[test]
    fn short_texts_of_every_length_and_with_a_wide_character_anywhere() {
        let letters: Vec<u8> = (b'a'..=b'z').chain(b'A'..=b'Z').collect();
        for length in 0..=letters.len() {
            let mut text = Text::default();
            text.push(b"before");
            text.push(&letters[..length]);
            text.push(b"after");
            assert_eq!(text.run(), Run::Latin1(&[b"before", &letters[..length], b"after"].concat()));
            for at in 0..length {
                let mut utf8 = letters[..length].to_vec();
                utf8.splice(at..at, "é".bytes());
                text.truncate(6);
                text.push(&utf8);
                let mut latin1 = [b"before", &letters[..length]].concat();
                latin1.insert(6 + at, 0xe9);
                assert_eq!(text.run(), Run::Latin1(&latin1));
            }
        }
    }

    #[test]
    fn utf16_becomes_utf8_where_there_is_room() {
        for text in ["", "plain", "naïve", "日本語", "a😀b"] {
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut place = vec![0; units.len() * 3];
            let written = write_utf8(&units, &mut place);
            assert_eq!(&place[..written], text.as_bytes());
            assert_eq!(write_utf8(&[units.as_slice(), &[0x61]].concat(), &mut place), 0);
        }
        let mut place = [0; 9];
        assert_eq!(write_utf8(&[0x61, 0xd800, 0x62], &mut place), 5);
        assert_eq!(&place[..5], "a\u{fffd}b".as_bytes());
    }

    #[test]
    fn there_is_always_room() {
        let mut text = Text::default();
        let mut all = Vec::new();
        for length in [3, 31, 5000, 1, 100_000, 32, 33] {
            let more = vec![b'x'; length];
            text.push(&more);
            all.extend_from_slice(&more);
            for _ in 0..300 {
                text.push(b"0123456789012345678901");
                all.extend_from_slice(b"0123456789012345678901");
            }
        }
        assert_eq!(text.run(), Run::Latin1(&all));
    }

    #[test]
    fn a_wide_character_widens_what_was_there() {
        let mut text = Text::default();
        text.push("é".as_bytes());
        text.push("😀x".as_bytes());
        assert_eq!(text.run(), Run::Utf16(&[0xe9, 0xd83d, 0xde00, 0x78]));
        text.truncate(1);
        text.push(b"!");
        assert_eq!(text.run(), Run::Utf16(&[0xe9, 0x21]));
        text.clear();
        assert_eq!(text.run(), Run::Latin1(b""));
    }

    #[test]
    fn every_character_is_decoded_as_by_the_standard_library() {
        let mut place = vec![0; 8];
        for character in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let (mut utf8, mut utf16) = ([0; 4], [0; 2]);
            let utf8 = character.encode_utf8(&mut utf8).as_bytes();
            let utf16 = character.encode_utf16(&mut utf16);
            assert_eq!(decode(utf8, &mut place), Some(utf16.len()));
            assert_eq!(place[..utf16.len()], *utf16);
        }
        for first in 0..=u8::MAX {
            for second in 0..=u8::MAX {
                for rest in [&[][..], &[0x80], &[0x80, 0x80], &[0xbf, 0xbf], &[0x41]] {
                    let utf8 = [&[first, second], rest].concat();
                    assert_eq!(decode(&utf8, &mut place).is_some(), std::str::from_utf8(&utf8).is_ok(), "{utf8:x?}");
                }
            }
        }
    }

    #[test]
    fn ill_formed_text_is_replaced_by_the_encoding_standards_rules() {
        let mut text = Text::default();
        text.push(b"a\xed\xa0\x80\xe2\x82A");
        assert_eq!(text.run(), Run::Utf16(&[0x61, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41]));
    }
}

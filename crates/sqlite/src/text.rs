//! The text of many cells in one string, with positions in UTF-16 units.
//!
//! JavaScript gets all text of a batch as one string and cuts cells out of it. The string is
//! one-byte (Latin-1) until a character needs more; then what was collected is widened once.

/// The collected text.
#[derive(Debug, Default)]
pub struct Text {
    narrow: Vec<u8>,
    wide: Vec<u16>,
    is_wide: bool,
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
    /// Forgets everything but the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.narrow.clear();
        if self.is_wide {
            self.wide.clear();
            self.is_wide = false;
        }
    }

    /// Counts the UTF-16 units collected.
    #[must_use]
    #[inline]
    pub fn units(&self) -> usize {
        if self.is_wide { self.wide.len() } else { self.narrow.len() }
    }

    /// Forgets what came after a length that [`Text::units`] gave.
    pub fn truncate(&mut self, units: usize) {
        self.narrow.truncate(units);
        self.wide.truncate(units);
    }

    /// Appends UTF-8; ill-formed parts become U+FFFD as the Encoding Standard's decoder has it.
    #[inline]
    pub fn push(&mut self, utf8: &[u8]) {
        if !self.is_wide && utf8.is_ascii() {
            self.narrow.extend_from_slice(utf8);
        } else {
            self.push_decoded(utf8);
        }
    }

    #[cold]
    fn push_decoded(&mut self, utf8: &[u8]) {
        for chunk in utf8.utf8_chunks() {
            self.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.widen();
                self.wide.push(0xfffd);
            }
        }
    }

    fn push_str(&mut self, text: &str) {
        // U+00FF is C3 BF: no byte above C3 means no character above U+00FF.
        if !self.is_wide && text.bytes().all(|byte| byte <= 0xc3) {
            self.narrow.extend(text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')));
            return;
        }
        self.widen();
        if text.is_ascii() {
            self.wide.extend(text.bytes().map(u16::from));
        } else {
            self.wide.reserve(text.len());
            for character in text.chars() {
                match u16::try_from(u32::from(character)) {
                    Ok(unit) => self.wide.push(unit),
                    Err(_) => self.wide.extend_from_slice(character.encode_utf16(&mut [0; 2])),
                }
            }
        }
    }

    fn widen(&mut self) {
        if !self.is_wide {
            self.wide.extend(self.narrow.iter().map(|&byte| u16::from(byte)));
            self.narrow.clear();
            self.is_wide = true;
        }
    }

    /// Gives what was collected.
    #[must_use]
    #[inline]
    pub fn run(&self) -> Run<'_> {
        if self.is_wide { Run::Utf16(&self.wide) } else { Run::Latin1(&self.narrow) }
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
    fn ill_formed_text_is_replaced_by_the_encoding_standards_rules() {
        let mut text = Text::default();
        text.push(b"a\xed\xa0\x80\xe2\x82A");
        assert_eq!(text.run(), Run::Utf16(&[0x61, 0xfffd, 0xfffd, 0xfffd, 0xfffd, 0x41]));
    }
}

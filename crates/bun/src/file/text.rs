//! Bytes of a file as the text JavaScript holds: one byte or two a character.

use encoding_rs::mem;

use crate::memory::Block;

/// Text in the form V8 stores it.
#[derive(Debug)]
pub enum Text {
    /// One byte a character (ISO 8859-1). The text starts at the given index of the block.
    OneByte(Block, usize),
    /// UTF-16.
    TwoByte(Vec<u16>),
}

/// Decodes UTF-8 as the Encoding Standard's "UTF-8 decode" does: a byte order mark is dropped,
/// malformed sequences become U+FFFD. Bun also takes UTF-16LE text that starts with its mark.
#[must_use]
pub fn decode(block: Block) -> Text {
    let start = if block.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 };
    if block.starts_with(&[0xFF, 0xFE]) {
        return Text::TwoByte(block[2..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect());
    }
    decode_from(block, start)
}

/// Decodes UTF-8 with a byte order mark as a character like any other, as `Buffer` does.
#[must_use]
pub fn decode_utf8(block: Block) -> Text {
    decode_from(block, 0)
}

fn decode_from(block: Block, start: usize) -> Text {
    let bytes = &block[start..];
    if bytes.is_ascii() {
        return Text::OneByte(block, start);
    }
    if mem::is_utf8_latin1(bytes)
        && let Ok(mut narrow) = Block::take(bytes.len())
    {
        let length = mem::convert_utf8_to_latin1_lossy(bytes, &mut narrow);
        narrow.truncate(length);
        return Text::OneByte(narrow, 0);
    }
    let mut wide = vec![0; bytes.len() + 1];
    let length = mem::convert_utf8_to_utf16(bytes, &mut wide);
    wide.truncate(length);
    Text::TwoByte(wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        let mut block = Block::take(bytes.len()).unwrap();
        block.copy_from_slice(bytes);
        match decode(block) {
            Text::OneByte(block, start) => block[start..].iter().map(|&byte| char::from(byte)).collect(),
            Text::TwoByte(wide) => String::from_utf16(&wide).unwrap(),
        }
    }

    #[test]
    fn every_width_is_decoded() {
        for sample in ["", "plain", "h\u{e9}llo", "\u{20ac} and \u{1f600}"] {
            assert_eq!(text(sample.as_bytes()), sample);
        }
    }

    #[test]
    fn marks_are_dropped() {
        assert_eq!(text(b"\xef\xbb\xbfhi"), "hi");
        assert_eq!(text(b"\xff\xfeh\0i\0"), "hi");
    }

    #[test]
    fn marks_can_be_kept() {
        let mut block = Block::take(5).unwrap();
        block.copy_from_slice(b"\xef\xbb\xbfhi");
        assert!(matches!(decode_utf8(block), Text::TwoByte(wide) if wide == [0xFEFF, 0x68, 0x69]));
    }

    #[test]
    fn malformed_sequences_are_replaced() {
        assert_eq!(text(b"a\xff\xe2\x82b"), "a\u{fffd}\u{fffd}b");
    }
}

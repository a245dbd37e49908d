//! Backslash escapes: `echo -e`, `printf`.

/// Where a text with escapes is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `echo -e` and `printf %b`: octal numbers start with 0, `\c` ends all output.
    Echo,
    /// The format of `printf`: octal numbers are one to three digits, `\"` is a quote.
    Format,
}

/// Appends `text` with its escapes resolved; returns whether `\c` ended it.
pub(crate) fn unescape(text: &[u8], dialect: Dialect, out: &mut Vec<u8>) -> bool {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((&letter, after)) = rest.split_first() else {
            out.push(b'\\');
            return false;
        };
        rest = after;
        match letter {
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'c' if dialect == Dialect::Echo => return true,
            b'e' | b'E' => out.push(0x1b),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'\\' => out.push(b'\\'),
            b'"' | b'\'' | b'?' if dialect == Dialect::Format => out.push(letter),
            b'0'..=b'7' => {
                let (digits, from) = match (dialect, letter) {
                    (Dialect::Echo, b'0') => (3, after),
                    _ => (3, &text[text.len() - after.len() - 1..]),
                };
                let (value, length) = digits_of(from, 8, digits);
                // More than a byte holds wraps, as in C.
                out.push((value & 0xff) as u8);
                rest = &from[length..];
            }
            b'x' => match digits_of(after, 16, 2) {
                (_, 0) => out.extend_from_slice(b"\\x"),
                (value, length) => {
                    out.push((value & 0xff) as u8);
                    rest = &after[length..];
                }
            },
            b'u' | b'U' => match digits_of(after, 16, if letter == b'u' { 4 } else { 8 }) {
                (_, 0) => out.extend_from_slice(&[b'\\', letter]),
                (value, length) => {
                    let letter = char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER);
                    out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = &after[length..];
                }
            },
            other => out.extend_from_slice(&[b'\\', other]),
        }
    }
    out.extend_from_slice(rest);
    false
}

fn digits_of(text: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let mut value: u32 = 0;
    let mut length = 0;
    while let Some(digit) = text.get(length).and_then(|byte| char::from(*byte).to_digit(radix))
        && length < most
    {
        value = value.wrapping_mul(radix).wrapping_add(digit);
        length += 1;
    }
    (value, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        for (text, dialect, expected, ended) in [
            (r"a\tb\\c", Dialect::Echo, "a\tb\\c", false),
            (r"\x41\x4g\x", Dialect::Echo, "A\u{4}g\\x", false),
            (r"\0101\01012", Dialect::Echo, "AA2", false),
            (r"\101\1012", Dialect::Format, "AA2", false),
            (r"\u00e9\U0001F600", Dialect::Echo, "é😀", false),
            (r"a\cb", Dialect::Echo, "a", true),
            (r"a\cb", Dialect::Format, "a\\cb", false),
            ("\\q\\", Dialect::Echo, "\\q\\", false),
        ] {
            let mut out = Vec::new();
            assert_eq!(unescape(text.as_bytes(), dialect, &mut out), ended, "{text}");
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
        }
    }
}

//! `tr`.

use std::io;

use bstr::{BStr, ByteSlice as _};

use super::{
    Context,
    input::BLOCK,
    options::{Options, Parsed},
    text::complain,
};

/// Replaces, deletes (`-d`) or squeezes (`-s`) bytes; `-c` takes all but the named ones.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/tr.html>; bytes, not characters, as in GNU's.
pub(super) fn tr(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "cCdst",
        long: &[("complement", 'c'), ("delete", 'd'), ("squeeze-repeats", 's'), ("truncate-set1", 't')],
        // `tr a -` has no options after the first set.
        stops: true,
    };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    let (delete, squeeze) = (parsed.has('d'), parsed.has('s'));
    let wanted = match (delete, squeeze) {
        (true, true) | (false, false) => 2..=2,
        (true, false) => 1..=1,
        (false, true) => 1..=2,
    };
    let operands = &parsed.operands;
    if !wanted.contains(&operands.len()) {
        let message = match operands.last() {
            None => "missing operand".to_owned(),
            Some(last) if operands.len() < *wanted.start() => format!("missing operand after '{last}'"),
            Some(_) => format!("extra operand '{}'", operands[*wanted.end()]),
        };
        complain(context.stderr, context.args, message)?;
        return Ok(1);
    }
    let map = match Map::new(operands, &parsed) {
        Ok(map) => map,
        Err(message) => {
            complain(context.stderr, context.args, message)?;
            return Ok(1);
        }
    };
    let mut buffer = vec![0; BLOCK];
    let mut last = None;
    while !context.cancel.is_cancelled() {
        let length = match context.stdin.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let kept = map.apply(&mut buffer[..length], &mut last);
        context.stdout.write_all(&buffer[..kept])?;
    }
    Ok(0)
}

struct Map {
    to: [u8; 256],
    deleted: [bool; 256],
    squeezed: [bool; 256],
    /// Whether each byte gives one byte.
    plain: bool,
    /// Whether bytes only become others.
    replaces: bool,
}

impl Map {
    fn new(operands: &[&BStr], parsed: &Parsed<'_>) -> Result<Self, String> {
        let (delete, squeeze) = (parsed.has('d'), parsed.has('s'));
        let mut first = expand(operands[0], None)?;
        if parsed.has('c') || parsed.has('C') {
            let mut named = [false; 256];
            for byte in &first {
                named[usize::from(*byte)] = true;
            }
            first = (0..=255).filter(|byte| !named[usize::from(*byte)]).collect();
        }
        let mut map = Self {
            to: std::array::from_fn(|index| u8::try_from(index).unwrap_or(0)),
            deleted: [false; 256],
            squeezed: [false; 256],
            plain: !delete && !squeeze,
            replaces: false,
        };
        let translate = operands.len() == 2 && !delete;
        let second = match operands.get(1) {
            Some(text) => expand(text, translate.then_some(first.len()))?,
            None => first.clone(),
        };
        if delete {
            for byte in &first {
                map.deleted[usize::from(*byte)] = true;
            }
        }
        if squeeze {
            for byte in &second {
                map.squeezed[usize::from(*byte)] = true;
            }
        }
        if translate {
            map.replaces = true;
            let Some(last) = second.last() else {
                return Err("when not truncating set1, string2 must be non-empty".to_owned());
            };
            if parsed.has('t') {
                first.truncate(second.len());
            }
            for (index, byte) in first.iter().enumerate() {
                map.to[usize::from(*byte)] = *second.get(index).unwrap_or(last);
            }
        }
        Ok(map)
    }

    /// Works in place and says how much is left.
    fn apply(&self, block: &mut [u8], last: &mut Option<u8>) -> usize {
        if self.plain {
            for byte in block.iter_mut() {
                *byte = self.to[usize::from(*byte)];
            }
            return block.len();
        }
        let mut kept = 0;
        for index in 0..block.len() {
            let byte = block[index];
            if self.deleted[usize::from(byte)] {
                continue;
            }
            let byte = if self.replaces { self.to[usize::from(byte)] } else { byte };
            if self.squeezed[usize::from(byte)] && *last == Some(byte) {
                continue;
            }
            *last = Some(byte);
            block[kept] = byte;
            kept += 1;
        }
        kept
    }
}

/// The bytes that a set names; `[x*]` fills up to `length`.
fn expand(set: &[u8], length: Option<usize>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut fill = None;
    let mut at = 0;
    while at < set.len() {
        let rest = &set[at..];
        if let Some(inner) = rest.strip_prefix(b"[:")
            && let Some(end) = inner.find(b":]")
        {
            let class = &inner[..end];
            let holds: fn(&u8) -> bool = match class {
                b"alnum" => u8::is_ascii_alphanumeric,
                b"alpha" => u8::is_ascii_alphabetic,
                b"blank" => |byte| b" \t".contains(byte),
                b"cntrl" => u8::is_ascii_control,
                b"digit" => u8::is_ascii_digit,
                b"graph" => u8::is_ascii_graphic,
                b"lower" => u8::is_ascii_lowercase,
                b"print" => |byte| byte.is_ascii_graphic() || *byte == b' ',
                b"punct" => u8::is_ascii_punctuation,
                b"space" => |byte| b" \t\n\x0b\x0c\r".contains(byte),
                b"upper" => u8::is_ascii_uppercase,
                b"xdigit" => u8::is_ascii_hexdigit,
                _ => return Err(format!("invalid character class '{}'", class.as_bstr())),
            };
            bytes.extend((0..=255_u8).filter(holds));
            at += end + 4;
            continue;
        }
        if rest.starts_with(b"[=") && rest.get(3..5) == Some(b"=]") {
            bytes.push(rest[2]);
            at += 5;
            continue;
        }
        if rest[0] == b'['
            && let Some((byte, taken)) = one(&rest[1..])
            && rest.get(1 + taken) == Some(&b'*')
            && let Some(end) = rest[2 + taken..].find_byte(b']')
        {
            let digits = &rest[2 + taken..2 + taken + end];
            if digits.iter().all(u8::is_ascii_digit) {
                let radix = if digits.starts_with(b"0") { 8 } else { 10 };
                let count = usize::from_str_radix(&digits.to_str_lossy(), radix).unwrap_or(0);
                if count == 0 {
                    fill = Some((bytes.len(), byte));
                } else {
                    bytes.resize(bytes.len() + count.min(1 << 16), byte);
                }
                at += 3 + taken + end;
                continue;
            }
        }
        let Some((start, taken)) = one(rest) else { break };
        if rest.get(taken) == Some(&b'-')
            && let Some((end, taken_by_end)) = one(&rest[taken + 1..])
        {
            if end < start {
                let range = &rest[..taken + 1 + taken_by_end];
                return Err(format!(
                    "range-endpoints of '{}' are in reverse collating sequence order",
                    range.as_bstr()
                ));
            }
            bytes.extend(start..=end);
            at += taken + 1 + taken_by_end;
        } else {
            bytes.push(start);
            at += taken;
        }
    }
    if let Some((position, byte)) = fill {
        let missing = length.unwrap_or(0).saturating_sub(bytes.len());
        bytes.splice(position..position, std::iter::repeat_n(byte, missing));
    }
    Ok(bytes)
}

/// One byte, escaped or not, and how long it is.
fn one(text: &[u8]) -> Option<(u8, usize)> {
    let (first, rest) = text.split_first()?;
    if *first != b'\\' {
        return Some((*first, 1));
    }
    let Some(letter) = rest.first() else { return Some((b'\\', 1)) };
    Some(match letter {
        b'a' => (7, 2),
        b'b' => (8, 2),
        b'f' => (12, 2),
        b'n' => (b'\n', 2),
        b'r' => (b'\r', 2),
        b't' => (b'\t', 2),
        b'v' => (11, 2),
        b'0'..=b'7' => {
            let mut value = 0_u16;
            let mut length = 0;
            while let Some(digit) = rest.get(length).filter(|byte| (b'0'..=b'7').contains(byte))
                && length < 3
                && value * 8 + u16::from(digit - b'0') < 256
            {
                value = value * 8 + u16::from(digit - b'0');
                length += 1;
            }
            (u8::try_from(value).unwrap_or(0), length + 1)
        }
        other => (*other, 2),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{run, run_words};

    #[test]
    fn sets() {
        for (words, input, expected) in [
            ("tr a-z A-Z", "abc z", "ABC Z"),
            ("tr abc xy", "aabbcc", "xxyyyy"),
            ("tr -d l", "hello", "heo"),
            ("tr -s l", "hello  ll", "helo  l"),
            ("tr -s a-z A-Z", "aabb", "AB"),
            ("tr -cd [:digit:]", "a1b2\n", "12"),
            ("tr -c [:alnum:] _", "a b", "a_b"),
            ("tr [:lower:] [:upper:]", "aé", "Aé"),
            ("tr \\n ,", "a\nb\n", "a,b,"),
            ("tr abcd [x*]", "abcd", "xxxx"),
            ("tr abcd 1[x*2]2", "abcd", "1xx2"),
            ("tr -d \\101", "ABA", "B"),
            ("tr -ds a b", "aabbcc", "bcc"),
            ("tr -t abc x", "abc", "xbc"),
            ("tr a -", "aba", "-b-"),
        ] {
            assert_eq!(run(words, input), (0, expected.to_owned(), String::new()), "{words}");
        }
        assert_eq!(run("tr", "").2, "tr: missing operand\n");
        assert_eq!(run("tr a", "").2, "tr: missing operand after 'a'\n");
        assert_eq!(run("tr z-a b", "").2, "tr: range-endpoints of 'z-a' are in reverse collating sequence order\n");
        assert_eq!(run("tr [:nonsense:] b", "").0, 1);
        assert_eq!(run_words(&["tr", "-s", " "], "a  b").1, "a b");
    }
}

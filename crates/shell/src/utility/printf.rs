//! `printf`.

use std::io;

use bstr::{BStr, BString, ByteSlice as _};

use super::{
    Context,
    escape::{Dialect, unescape},
    text::complain,
};
use crate::stream::Output;

/// Writes its arguments as the format says, over and over while there are arguments.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/printf.html>, with `%q` of bash.
pub(super) fn printf(context: &mut Context<'_>) -> io::Result<u8> {
    let mut words = context.args.get(1..).unwrap_or_default();
    if words.first().is_some_and(|word| word == "--") {
        words = &words[1..];
    }
    let Some((format, words)) = words.split_first() else {
        complain(context.stderr, context.args, "usage: printf [-v var] format [arguments]")?;
        return Ok(2);
    };
    if words.is_empty() && format.starts_with(b"-") && format.len() > 1 {
        complain(context.stderr, context.args, format_args!("{format}: invalid option"))?;
        return Ok(2);
    }
    let mut printer = Printer {
        args: context.args,
        stderr: context.stderr,
        out: Vec::with_capacity(format.len() * 2),
        words,
        used: 0,
        failed: false,
        ended: false,
    };
    loop {
        let before = printer.used;
        let fine = printer.once(format)?;
        if !fine || printer.ended || printer.used == before || printer.used >= words.len() {
            printer.failed |= !fine;
            break;
        }
        if context.cancel.is_cancelled() {
            break;
        }
        if printer.out.len() > 32 * 1024 {
            context.stdout.write_all(&printer.out)?;
            printer.out.clear();
        }
    }
    context.stdout.write_all(&printer.out)?;
    Ok(u8::from(printer.failed))
}

struct Printer<'a> {
    args: &'a [BString],
    stderr: &'a mut dyn Output,
    out: Vec<u8>,
    words: &'a [BString],
    used: usize,
    failed: bool,
    ended: bool,
}

impl<'a> Printer<'a> {
    /// Goes once through the format; returns whether it was whole.
    fn once(&mut self, format: &[u8]) -> io::Result<bool> {
        let mut rest = format;
        while let Some(at) = memchr::memchr(b'%', rest) {
            unescape(&rest[..at], Dialect::Format, &mut self.out);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(b"%") {
                self.out.push(b'%');
                rest = after;
                continue;
            }
            let Some((mut directive, length)) = Directive::parse(rest) else {
                let shown = rest.first().map_or_else(|| "%".to_owned(), |_| format!("%{}", rest.as_bstr()));
                complain(self.stderr, self.args, format_args!("`{shown}': missing format character"))?;
                return Ok(false);
            };
            rest = &rest[length..];
            if directive.width_given {
                let width = self.integer()?;
                directive.left |= width < 0;
                directive.width = usize::try_from(width.unsigned_abs()).unwrap_or(0).min(LONGEST);
            }
            if directive.precision_given {
                directive.precision = usize::try_from(self.integer()?).ok().map(|precision| precision.min(LONGEST));
            }
            if !self.convert(&directive)? {
                return Ok(false);
            }
            if self.ended {
                return Ok(true);
            }
        }
        unescape(rest, Dialect::Format, &mut self.out);
        Ok(true)
    }

    fn next(&mut self) -> Option<&'a BStr> {
        let word = self.words.get(self.used)?;
        self.used += 1;
        Some(word.as_bstr())
    }

    fn convert(&mut self, directive: &Directive) -> io::Result<bool> {
        match directive.conversion {
            b's' => {
                let word = self.next().unwrap_or_default();
                directive.text(word, &mut self.out);
            }
            b'b' => {
                let word = self.next().unwrap_or_default();
                let mut text = Vec::new();
                self.ended = unescape(word, Dialect::Echo, &mut text);
                directive.text(&text, &mut self.out);
            }
            b'q' => {
                let word = self.next().unwrap_or_default();
                directive.text(&quoted(word), &mut self.out);
            }
            b'c' => {
                let word = self.next().unwrap_or_default();
                directive.text(&word[..word.len().min(1)], &mut self.out);
            }
            b'd' | b'i' => {
                let value = self.integer()?;
                let text = directive.signed(value);
                self.out.extend_from_slice(&text);
            }
            b'u' | b'o' | b'x' | b'X' => {
                let value = self.integer()?;
                let text = directive.unsigned(value);
                self.out.extend_from_slice(&text);
            }
            b'e' | b'E' | b'f' | b'F' | b'g' | b'G' | b'a' | b'A' => {
                let value = self.float()?;
                let text = directive.float(value);
                self.out.extend_from_slice(&text);
            }
            other => {
                let message = format!("`{}': invalid format character", char::from(other));
                complain(self.stderr, self.args, message)?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn integer(&mut self) -> io::Result<i128> {
        let Some(word) = self.next() else { return Ok(0) };
        if let Some(letter) = word.strip_prefix(b"'").or_else(|| word.strip_prefix(b"\"")) {
            return Ok(letter.chars().next().map_or(0, |letter| i128::from(u32::from(letter))));
        }
        let (value, whole) = read_integer(word);
        if !whole {
            complain(self.stderr, self.args, format_args!("{word}: invalid number"))?;
            self.failed = true;
        }
        Ok(value)
    }

    fn float(&mut self) -> io::Result<f64> {
        let Some(word) = self.next() else { return Ok(0.0) };
        if let Some(letter) = word.strip_prefix(b"'").or_else(|| word.strip_prefix(b"\"")) {
            return Ok(letter.chars().next().map_or(0.0, |letter| f64::from(u32::from(letter))));
        }
        if let Some(value) = super::text::number(word.trim_start()) {
            return Ok(value);
        }
        let (value, whole) = read_integer(word);
        if !whole {
            complain(self.stderr, self.args, format_args!("{word}: invalid number"))?;
            self.failed = true;
        }
        #[expect(clippy::cast_precision_loss, reason = "a float was asked for")]
        Ok(value as f64)
    }
}

/// Reads an integer of C: decimal, `0x` or octal; what follows it makes it not whole.
fn read_integer(word: &[u8]) -> (i128, bool) {
    let text = word.trim_start();
    let (negative, text) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (radix, digits) = match text {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits),
        [b'0', digits @ ..] if !digits.is_empty() => (8, digits),
        digits => (10, digits),
    };
    let length = digits.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
    let value = digits[..length].iter().fold(0_i128, |value, byte| {
        let digit = char::from(*byte).to_digit(radix).unwrap_or(0);
        value.saturating_mul(i128::from(radix)).saturating_add(i128::from(digit))
    });
    let value = value.min(i128::from(u64::MAX));
    (if negative { -value } else { value }, length == digits.len() && (length > 0 || radix == 8))
}

/// What bash's `%q` gives: a word that reads as the text.
fn quoted(word: &BStr) -> Vec<u8> {
    if word.is_empty() {
        return b"''".to_vec();
    }
    let mut text = Vec::with_capacity(word.len() * 2);
    if word.iter().any(u8::is_ascii_control) {
        text.extend_from_slice(b"$'");
        for byte in word.iter() {
            match byte {
                b'\n' => text.extend_from_slice(b"\\n"),
                b'\t' => text.extend_from_slice(b"\\t"),
                b'\r' => text.extend_from_slice(b"\\r"),
                7 => text.extend_from_slice(b"\\a"),
                8 => text.extend_from_slice(b"\\b"),
                11 => text.extend_from_slice(b"\\v"),
                12 => text.extend_from_slice(b"\\f"),
                0x1b => text.extend_from_slice(b"\\E"),
                b'\\' | b'\'' => text.extend_from_slice(&[b'\\', *byte]),
                byte if byte.is_ascii_control() => text.extend_from_slice(format!("\\{byte:03o}").as_bytes()),
                byte => text.push(*byte),
            }
        }
        text.push(b'\'');
        return text;
    }
    for (index, byte) in word.iter().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"%+-./:=@_".contains(byte);
        if !(plain || (b"#~".contains(byte) && index > 0)) {
            text.push(b'\\');
        }
        text.push(*byte);
    }
    text
}

/// No field is padded beyond this.
const LONGEST: usize = 1 << 20;

/// One `%…` of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Directive {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    width_given: bool,
    precision: Option<usize>,
    precision_given: bool,
    /// The letter.
    pub(crate) conversion: u8,
}

impl Directive {
    /// Reads what follows `%`, and says how long it is.
    pub(crate) fn parse(text: &[u8]) -> Option<(Self, usize)> {
        let mut directive = Self::default();
        let mut at = 0;
        loop {
            match text.get(at)? {
                b'-' => directive.left = true,
                b'+' => directive.plus = true,
                b' ' => directive.space = true,
                b'0' => directive.zero = true,
                b'#' => directive.alternate = true,
                b'\'' => {}
                _ => break,
            }
            at += 1;
        }
        let digits = |at: &mut usize| {
            let mut value = 0_usize;
            while let Some(digit) = text.get(*at).filter(|byte| byte.is_ascii_digit()) {
                value = (value * 10 + usize::from(digit - b'0')).min(LONGEST);
                *at += 1;
            }
            value
        };
        if text.get(at) == Some(&b'*') {
            directive.width_given = true;
            at += 1;
        } else {
            directive.width = digits(&mut at);
        }
        if text.get(at) == Some(&b'.') {
            at += 1;
            if text.get(at) == Some(&b'*') {
                directive.precision_given = true;
                at += 1;
            } else {
                directive.precision = Some(digits(&mut at));
            }
        }
        while matches!(text.get(at), Some(b'l' | b'h' | b'j' | b'z' | b't' | b'L')) {
            at += 1;
        }
        directive.conversion = *text.get(at)?;
        Some((directive, at + 1))
    }

    fn text(&self, text: &[u8], out: &mut Vec<u8>) {
        let text = &text[..self.precision.unwrap_or(usize::MAX).min(text.len())];
        let fill = self.width.saturating_sub(text.len());
        if !self.left {
            out.resize(out.len() + fill, b' ');
        }
        out.extend_from_slice(text);
        if self.left {
            out.resize(out.len() + fill, b' ');
        }
    }

    fn padded(&self, sign: &str, digits: &str, zeros: bool) -> Vec<u8> {
        let fill = self.width.saturating_sub(sign.len() + digits.len());
        if self.left {
            format!("{sign}{digits}{}", " ".repeat(fill)).into_bytes()
        } else if self.zero && zeros {
            format!("{sign}{}{digits}", "0".repeat(fill)).into_bytes()
        } else {
            format!("{}{sign}{digits}", " ".repeat(fill)).into_bytes()
        }
    }

    fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            (false, false, false) => "",
        }
    }

    fn signed(&self, value: i128) -> Vec<u8> {
        let value = value.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        let digits = format!("{:0>width$}", value.unsigned_abs(), width = self.precision.unwrap_or(1));
        self.padded(self.sign(value < 0), &digits, self.precision.is_none())
    }

    fn unsigned(&self, value: i128) -> Vec<u8> {
        // A negative number shows as its two's complement, as in C.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the lower 64 bits are meant")]
        let value = if value < 0 { value.max(i128::from(i64::MIN)) as i64 as u64 } else { value as u64 };
        let width = self.precision.unwrap_or(1);
        let (prefix, digits) = match self.conversion {
            b'o' if self.alternate && value > 0 => ("", format!("0{value:0>width$o}")),
            b'o' => ("", format!("{value:0>width$o}")),
            b'x' => (if self.alternate && value > 0 { "0x" } else { "" }, format!("{value:0>width$x}")),
            b'X' => (if self.alternate && value > 0 { "0X" } else { "" }, format!("{value:0>width$X}")),
            _ => ("", format!("{value:0>width$}")),
        };
        self.padded(prefix, &digits, self.precision.is_none())
    }

    /// A number as `%e`, `%f` or `%g` show it.
    pub(crate) fn float(&self, value: f64) -> Vec<u8> {
        let sign = self.sign(value.is_sign_negative() && !value.is_nan());
        let size = value.abs();
        let upper = self.conversion.is_ascii_uppercase();
        if !size.is_finite() {
            let name = if size.is_nan() { "nan" } else { "inf" };
            return self.padded(sign, &if upper { name.to_uppercase() } else { name.to_owned() }, false);
        }
        let precision = self.precision.unwrap_or(6).min(400);
        let digits = match self.conversion.to_ascii_lowercase() {
            b'e' => exponential(size, precision),
            b'g' => general(size, precision.max(1), self.alternate),
            // `%a` is not worth its code: it shows as `%g` with all digits.
            b'a' => general(size, self.precision.unwrap_or(17).max(1), false),
            _ => format!("{size:.precision$}"),
        };
        let digits = if self.alternate && !digits.contains('.') && !digits.contains('e') {
            format!("{digits}.")
        } else {
            digits
        };
        self.padded(sign, &if upper { digits.to_uppercase() } else { digits }, true)
    }
}

fn exponential(size: f64, precision: usize) -> String {
    let text = format!("{size:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(("+", exponent), |digits| ("-", digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

fn general(size: f64, precision: usize, keep_zeros: bool) -> String {
    let text = format!("{size:.*e}", precision - 1);
    let exponent: i32 = text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let trimmed = |text: &str| {
        if keep_zeros || !text.contains('.') {
            text.to_owned()
        } else {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    };
    let most = i32::try_from(precision).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= most {
        let whole = exponential(size, precision - 1);
        let (mantissa, exponent) = whole.split_once('e').unwrap_or((&whole, "+00"));
        format!("{}e{exponent}", trimmed(mantissa))
    } else {
        let decimals = usize::try_from(most - 1 - exponent).unwrap_or(0);
        trimmed(&format!("{size:.decimals$}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::run_words;

    #[test]
    fn formats() {
        let cases: &[(&[&str], &str)] = &[
            (&["%s\\n", "a", "b"], "a\nb\n"),
            (&["%s-%s\\n", "a", "b", "c"], "a-b\nc-\n"),
            (&["%5s|%-5s|%.2s", "ab", "cd", "efg"], "   ab|cd   |ef"),
            (&["%d %i %u", "10", "-3", "7"], "10 -3 7"),
            (&["%05d|%+d|% d|%-5d|", "42", "42", "42", "42"], "00042|+42| 42|42   |"),
            (&["%x %X %#x %o %#o", "255", "255", "255", "8", "8"], "ff FF 0xff 10 010"),
            (&["%d %d", "0x1f", "010"], "31 8"),
            (&["%d", "'A"], "65"),
            (&["%f %.2f %e %g", "1.5", "2.345", "12345.678", "0.0001"], "1.500000 2.35 1.234568e+04 0.0001"),
            (&["%g %g %g", "1000000", "100000", "1e-5"], "1e+06 100000 1e-05"),
            (&["%5.1f|%-8.3e|%08.2f", "3.14159", "31415", "3.14159"], "  3.1|3.142e+04|00003.14"),
            (&["%b|", "a\\tb\\0101"], "a\tbA|"),
            (&["a%bc", "x\\cy"], "ax"),
            (&["%*d|%-*s|%.*f", "5", "1", "4", "ab", "2", "1.239"], "    1|ab  |1.24"),
            (&["%%|%c", "hello"], "%|h"),
            (&["\\x41\\101\\n"], "AA\n"),
            (&["%s"], ""),
            (&["%d"], "0"),
            (&["%q %q", "a b", "it's"], "a\\ b it\\'s"),
            (&["%x", "-1"], "ffffffffffffffff"),
            (&["%ld", "3"], "3"),
        ];
        for (words, expected) in cases {
            let words: Vec<&str> = std::iter::once("printf").chain(words.iter().copied()).collect();
            assert_eq!(run_words(&words, ""), (0, (*expected).to_owned(), String::new()), "{words:?}");
        }
    }

    #[test]
    fn what_is_wrong() {
        for (words, code, out, message) in [
            (&["printf", "%d\n", "abc"][..], 1, "0\n", "printf: abc: invalid number\n"),
            (&["printf", "%d\n", "3x"], 1, "3\n", "printf: 3x: invalid number\n"),
            (&["printf", "a%y"], 1, "a", "printf: `y': invalid format character\n"),
            (&["printf"], 2, "", "printf: usage: printf [-v var] format [arguments]\n"),
        ] {
            assert_eq!(run_words(words, ""), (code, out.to_owned(), message.to_owned()), "{words:?}");
        }
    }
}

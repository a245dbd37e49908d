//! `seq`.

use std::io;

use bstr::ByteSlice as _;

use super::{Context, output::Out, printf::Directive, text::complain};

const USAGE: &[u8] = b"usage: seq [-w] [-f format] [-s string] [-t string] [first [incr]] last\n";

/// Writes numbers from the first to the last, upwards or downwards. `-s` ends each but is no separator (so does BSD's,
/// and Bun's), `-t` ends all, `-w` pads with zeros, `-f` gives a format.
///
/// Source: <https://bun.com/docs/runtime/shell#builtin-commands>.
pub(super) fn seq(context: &mut Context<'_>) -> io::Result<u8> {
    let (mut separator, mut terminator, mut fixed, mut format) = (b"\n".as_bstr(), b"".as_bstr(), false, None);
    let mut words = context.args.iter().skip(1).map(|word| word.as_bstr()).peekable();
    while let Some(&word) = words.peek()
        && word.starts_with(b"-")
        && parse(word).is_none()
    {
        words.next();
        let (name, attached) = match word.strip_prefix(b"--") {
            Some(b"separator") => (b's', None),
            Some(b"terminator") => (b't', None),
            Some(b"format") => (b'f', None),
            Some(b"fixed-width" | b"equal-width") => (b'w', None),
            Some(_) => (b'?', None),
            None => (word.get(1).copied().unwrap_or(b'?'), Some(word[1..].get(1..).unwrap_or_default().as_bstr())),
        };
        if name == b'w' && attached.is_none_or(|rest| rest.is_empty()) {
            fixed = true;
            continue;
        }
        if !b"stf".contains(&name) {
            complain(context.stderr, context.args, "invalid argument")?;
            return Ok(1);
        }
        let Some(value) = attached.filter(|value| !value.is_empty()).or_else(|| words.next()) else {
            let message = format!("option requires an argument -- {}", char::from(name));
            complain(context.stderr, context.args, message)?;
            return Ok(1);
        };
        match name {
            b's' => separator = value,
            b't' => terminator = value,
            _ => format = Some(value),
        }
    }
    let operands: Vec<_> = words.take(3).collect();
    if operands.is_empty() {
        context.stderr.write_all(USAGE)?;
        return Ok(1);
    }
    let numbers: Option<Vec<Number>> = operands.iter().map(|operand| parse(operand)).collect();
    let format = format.map(|format| split_format(format));
    let (Some(numbers), None | Some(Some(_))) = (numbers, &format) else {
        complain(context.stderr, context.args, "invalid argument")?;
        return Ok(1);
    };
    let one = Number { scaled: 1, decimals: 0 };
    let (first, step, last) = match numbers[..] {
        [last] => (one, None, last),
        [first, last] => (first, None, last),
        [first, step, last, ..] => (first, Some(step), last),
        [] => return Ok(1),
    };
    let decimals = first.decimals.max(last.decimals).max(step.map_or(0, |step| step.decimals));
    let scaled = |number: Number| number.scaled.checked_mul(10_i128.pow(decimals - number.decimals));
    let direction = if scaled(first) <= scaled(last) { 1 } else { -1 };
    let step = step.map_or_else(|| scaled(Number { scaled: direction, decimals: 0 }), scaled);
    let (Some(first), Some(step), Some(last)) = (scaled(first), step, scaled(last)) else {
        complain(context.stderr, context.args, "invalid argument")?;
        return Ok(1);
    };
    let wrong = match step.signum() {
        0 => "zero increment",
        -1 if first < last => "needs positive increment",
        1 if first > last => "needs negative decrement",
        _ => "",
    };
    if !wrong.is_empty() {
        complain(context.stderr, context.args, wrong)?;
        return Ok(1);
    }
    let width = if fixed {
        let ends = [first, last.min(first + (last - first) / step * step).max(last)];
        ends.iter().map(|end| show(*end, decimals, true).len()).max().unwrap_or(0)
    } else {
        0
    };
    let mut out = Out::new(context.stdout);
    let mut value = first;
    let mut number = [0; 40];
    while if step > 0 { value <= last } else { value >= last } {
        if context.cancel.is_cancelled() {
            break;
        }
        if let Some(Some((before, directive, after))) = &format {
            out.put(before)?;
            out.put(&directive.float(as_float(value, decimals)))?;
            out.put(after)?;
        } else if decimals == 0 && width == 0 {
            out.put(integer(value, &mut number))?;
        } else {
            let text = show(value, decimals, fixed);
            let (sign, digits) = text.strip_prefix('-').map_or(("", &text[..]), |digits| ("-", digits));
            out.put(sign.as_bytes())?;
            for _ in text.len()..width {
                out.put(b"0")?;
            }
            out.put(digits.as_bytes())?;
        }
        out.put(separator)?;
        let Some(next) = value.checked_add(step) else { break };
        value = next;
    }
    out.put(terminator)?;
    out.flush()?;
    Ok(0)
}

/// A decimal number: `scaled` / 10^`decimals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Number {
    scaled: i128,
    decimals: u32,
}

/// Reads `-1`, `.5`, `1e3`, `2.50`.
fn parse(text: &[u8]) -> Option<Number> {
    let (negative, rest) = match text.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, text),
    };
    let (mantissa, exponent) = match rest.iter().position(|byte| byte.eq_ignore_ascii_case(&b'e')) {
        Some(at) => (&rest[..at], super::text::number::<i32>(&rest[at + 1..])?),
        None => (rest, 0),
    };
    let (mut scaled, mut decimals, mut digits, mut point) = (0_i128, 0_i32, 0, false);
    for byte in mantissa {
        match byte {
            b'.' if !point => point = true,
            b'0'..=b'9' => {
                scaled = scaled.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
                decimals += i32::from(point);
                digits += 1;
            }
            _ => return None,
        }
    }
    if digits == 0 || exponent.abs() > 30 || decimals > 18 {
        return None;
    }
    decimals -= exponent;
    while decimals > 0 && scaled % 10 == 0 {
        scaled /= 10;
        decimals -= 1;
    }
    if decimals < 0 {
        scaled = scaled.checked_mul(10_i128.checked_pow(decimals.unsigned_abs())?)?;
        decimals = 0;
    }
    if decimals > 18 {
        return None;
    }
    Some(Number { scaled: if negative { -scaled } else { scaled }, decimals: decimals.unsigned_abs() })
}

/// A number without needless zeros, or with all its decimals.
fn show(scaled: i128, decimals: u32, all: bool) -> String {
    let unit = 10_u128.pow(decimals);
    let size = scaled.unsigned_abs();
    let sign = if scaled < 0 { "-" } else { "" };
    if decimals == 0 {
        return format!("{sign}{size}");
    }
    let text = format!("{sign}{}.{:0>width$}", size / unit, size % unit, width = decimals as usize);
    if all { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

#[expect(clippy::cast_precision_loss, reason = "what a floating-point format is given")]
fn as_float(scaled: i128, decimals: u32) -> f64 {
    scaled as f64 / 10_f64.powi(decimals.cast_signed())
}

/// A format with one conversion of `%e`, `%f` or `%g`.
fn split_format(format: &[u8]) -> Option<(&[u8], Directive, &[u8])> {
    let at = format.find_byte(b'%')?;
    let (directive, length) = Directive::parse(&format[at + 1..])?;
    let after = &format[at + 1 + length..];
    (b"eEfFgG".contains(&directive.conversion) && !after.contains(&b'%')).then_some((&format[..at], directive, after))
}

/// The digits of a whole number, without an allocation.
fn integer(value: i128, buffer: &mut [u8; 40]) -> &[u8] {
    let mut at = buffer.len();
    let Ok(mut rest) = u64::try_from(value.unsigned_abs()) else {
        let text = value.to_string();
        buffer[..text.len()].copy_from_slice(text.as_bytes());
        return &buffer[..text.len()];
    };
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    &buffer[at..]
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn counts_as_bun_does() {
        for (words, expected) in [
            ("seq 3", "1\n2\n3\n"),
            ("seq 0", "1\n0\n"),
            ("seq -1", "1\n0\n-1\n"),
            ("seq 1 .5 3", "1\n1.5\n2\n2.5\n3\n"),
            ("seq 0.1 0.1 0.5", "0.1\n0.2\n0.3\n0.4\n0.5\n"),
            ("seq 10 -2.5 1", "10\n7.5\n5\n2.5\n"),
            ("seq -s , -t . 3", "1,2,3,."),
            ("seq -s, 3", "1,2,3,"),
            ("seq -w 8 10", "08\n09\n10\n"),
            ("seq -w -5 5 5", "-5\n00\n05\n"),
            ("seq -f %03g 2", "001\n002\n"),
            ("seq -f a%.1fb 2", "a1.0b\na2.0b\n"),
            ("seq 9007199254740993 9007199254740994", "9007199254740993\n9007199254740994\n"),
            ("seq 1e3 1e3", "1000\n"),
        ] {
            assert_eq!(run(words, ""), (0, expected.to_owned(), String::new()), "{words}");
        }
    }

    #[test]
    fn refuses_as_bun_does() {
        for (words, message) in [
            ("seq", "usage: seq [-w] [-f format] [-s string] [-t string] [first [incr]] last\n"),
            ("seq -w", "usage: seq [-w] [-f format] [-s string] [-t string] [first [incr]] last\n"),
            ("seq -s", "seq: option requires an argument -- s\n"),
            ("seq ab", "seq: invalid argument\n"),
            ("seq inf inf", "seq: invalid argument\n"),
            ("seq -x 3", "seq: invalid argument\n"),
            ("seq 4 0 7", "seq: zero increment\n"),
            ("seq 4 -2 7", "seq: needs positive increment\n"),
            ("seq 7 2 4", "seq: needs negative decrement\n"),
        ] {
            assert_eq!(run(words, ""), (1, String::new(), message.to_owned()), "{words}");
        }
    }
}

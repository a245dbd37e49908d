//! `uniq`.

use std::{
    fs::File,
    io::{self, Write as _},
};

use bstr::BStr;

use super::{
    Context,
    input::{Lines, bare, open},
    options::Options,
    output::Out,
    text::{complain, number, reason, resolve},
};
use crate::stream::Output;

/// Drops lines that are as the one before: `-c` counts them, `-d` shows only repeated ones, `-u` only others, `-i`
/// without regard to case, `-f` and `-s` from a field or a character on, `-w` only so many characters.
pub(super) fn uniq(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "cdDf:is:uw:z",
        long: &[
            ("count", 'c'),
            ("repeated", 'd'),
            ("skip-fields", 'f'),
            ("ignore-case", 'i'),
            ("skip-chars", 's'),
            ("unique", 'u'),
            ("check-chars", 'w'),
            ("zero-terminated", 'z'),
        ],
        stops: false,
    };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    let mut numbers = [0, 0, usize::MAX];
    for (value, letter) in numbers.iter_mut().zip(['f', 's', 'w']) {
        if let Some(text) = parsed.value(letter) {
            let Some(given) = number(text) else {
                complain(context.stderr, context.args, format_args!("{text}: invalid number"))?;
                return Ok(1);
            };
            *value = given;
        }
    }
    let [fields, characters, most] = numbers;
    if let Some(extra) = parsed.operands.get(2) {
        complain(context.stderr, context.args, format_args!("extra operand '{extra}'"))?;
        return Ok(1);
    }
    let input = parsed.operands.first().copied().unwrap_or(BStr::new("-"));
    let source = match open(context.stdin, context.cwd, input, context.cancel) {
        Ok(source) => source,
        Err(error) => {
            complain(context.stderr, context.args, format_args!("{input}: {}", reason(&error)))?;
            return Ok(1);
        }
    };
    let mut file;
    let stdout: &mut dyn Output = match parsed.operands.get(1).filter(|name| **name != "-") {
        None => context.stdout,
        Some(name) => match File::create(resolve(context.cwd, name)) {
            Ok(created) => {
                file = created;
                &mut file
            }
            Err(error) => {
                complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
                return Ok(1);
            }
        },
    };
    let terminator = if parsed.has('z') { 0 } else { b'\n' };
    let ignore_case = parsed.has('i');
    let same = |a: &[u8], b: &[u8]| {
        let (a, b) = (key(a, fields, characters, most), key(b, fields, characters, most));
        if ignore_case { a.eq_ignore_ascii_case(b) } else { a == b }
    };
    let (count, repeated, unique, every) = (parsed.has('c'), parsed.has('d'), parsed.has('u'), parsed.has('D'));
    let mut out = Out::new(stdout);
    let mut lines = Lines::terminated_by(source, terminator);
    let mut held: Vec<u8> = Vec::new();
    let mut times = 0_u64;
    let show = |out: &mut Out<'_>, line: &[u8], times: u64| -> io::Result<()> {
        if times == 0 || every || (repeated && times == 1) || (unique && times > 1) {
            return Ok(());
        }
        if count {
            write!(out, "{times:>7} ")?;
        }
        out.put(line)?;
        out.put(&[terminator])
    };
    let mut turns = 0_u32;
    while let Some(line) = lines.line()? {
        let line = bare(line, terminator);
        if times > 0 && same(&held, line) {
            if every {
                if times == 1 {
                    out.put(&held)?;
                    out.put(&[terminator])?;
                }
                out.put(line)?;
                out.put(&[terminator])?;
            }
            times += 1;
        } else {
            show(&mut out, &held, times)?;
            held.clear();
            held.extend_from_slice(line);
            times = 1;
        }
        turns = turns.wrapping_add(1);
        if turns.is_multiple_of(1024) && context.cancel.is_cancelled() {
            break;
        }
    }
    show(&mut out, &held, times)?;
    out.flush()?;
    Ok(0)
}

/// The part of a line that is compared.
fn key(line: &[u8], fields: usize, characters: usize, most: usize) -> &[u8] {
    let mut rest = line;
    for _ in 0..fields {
        if rest.is_empty() {
            break;
        }
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let field = rest[blanks..].iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
        rest = &rest[blanks + field..];
    }
    let rest = &rest[characters.min(rest.len())..];
    &rest[..most.min(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn repeated_lines() {
        let input = "a\na\nb\nA\nc\nc";
        for (words, expected) in [
            ("uniq", "a\nb\nA\nc\n"),
            ("uniq -c", "      2 a\n      1 b\n      1 A\n      2 c\n"),
            ("uniq -d", "a\nc\n"),
            ("uniq -u", "b\nA\n"),
            ("uniq -D", "a\na\nc\nc\n"),
        ] {
            assert_eq!(run(words, input), (0, expected.to_owned(), String::new()), "{words}");
        }
        assert_eq!(run("uniq -i", "a\nA\nb\n").1, "a\nb\n");
        assert_eq!(run("uniq -f1", "1 x\n2 x\n3 y\n").1, "1 x\n3 y\n");
        assert_eq!(run("uniq -s1", "1x\n2x\n3y\n").1, "1x\n3y\n");
        assert_eq!(run("uniq -w1", "ab\nac\nbc\n").1, "ab\nbc\n");
        assert_eq!(run("uniq", "").1, "");
        assert_eq!(run("uniq -f 18446744073709551615", "a\nb\n").1, "a\n");
    }
}

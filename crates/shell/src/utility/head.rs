//! `head` and `tail`.

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    time::Duration,
};

use bstr::{BStr, BString, ByteSlice as _};

use super::{
    Context,
    input::{BLOCK, Source, open},
    options::{Options, Parsed},
    text::{complain, count, reason, resolve, seconds},
};
use crate::stream::Output;

/// How much is asked for.
struct Amount {
    count: u64,
    /// Bytes, not lines.
    bytes: bool,
    /// Whether the number has the sign that means the other end.
    signed: bool,
}

/// Reads `-n` or `-c`; the first sign has a meaning, the other has none.
fn amount(context: &mut Context<'_>, parsed: &Parsed<'_>, [sign, other]: [&[u8]; 2]) -> io::Result<Option<Amount>> {
    let bytes = parsed.last_of(&['c', 'n']) == Some('c');
    let text = parsed.value(if bytes { 'c' } else { 'n' }).unwrap_or(BStr::new("10"));
    let (signed, digits) = match text.strip_prefix(sign) {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix(other).unwrap_or(text)),
    };
    let Some(count) = count(digits) else {
        let what = if bytes { "bytes" } else { "lines" };
        complain(context.stderr, context.args, format_args!("invalid number of {what}: '{text}'"))?;
        return Ok(None);
    };
    Ok(Some(Amount { count, bytes, signed }))
}

/// Writes the first lines, or bytes with `-c`, of each file; all but the last with a negative number.
pub(super) fn head(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "c:n:qvz",
        long: &[
            ("bytes", 'c'),
            ("lines", 'n'),
            ("quiet", 'q'),
            ("silent", 'q'),
            ("verbose", 'v'),
            ("zero-terminated", 'z'),
        ],
        stops: false,
    };
    let args = with_old_number(context.args, b"-");
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(1) };
    let Some(Amount { count, bytes, signed: all_but }) = amount(context, &parsed, [b"-", b"+"])? else {
        return Ok(1);
    };
    let terminator = if parsed.has('z') { 0 } else { b'\n' };
    each_file(context, &parsed, |source, stdout| match (all_but, bytes) {
        (false, false) => first_lines(source, count, terminator, stdout),
        (false, true) => first_bytes(source, count, stdout),
        (true, false) => all_but_last_lines(source, count, terminator, stdout),
        (true, true) => all_but_last_bytes(source, count, stdout),
    })
}

/// `-5` of old times becomes `-n 5`, `-5c` becomes `-c 5`; `+5` too, for `tail`.
fn with_old_number(args: &[BString], signs: &[u8]) -> Vec<BString> {
    let mut args = args.to_vec();
    if let Some(word) = args.get(1)
        && word.len() > 1
        && signs.contains(&word[0])
        && word[1].is_ascii_digit()
    {
        let end = word[1..].iter().take_while(|byte| byte.is_ascii_digit()).count() + 1;
        let mut number = BString::from(if word[0] == b'+' { "+" } else { "" });
        number.extend_from_slice(&word[1..end]);
        let mut replaced: Vec<BString> = Vec::new();
        let mut bytes = false;
        for letter in &word[end..] {
            match letter {
                b'c' => bytes = true,
                b'l' => {}
                letter => replaced.push(BString::from(vec![b'-', *letter])),
            }
        }
        replaced.push(if bytes { "-c".into() } else { "-n".into() });
        replaced.push(number);
        args.splice(1..2, replaced);
    }
    args
}

/// What comes of one source: the outer error is that of the output, the inner that of the source.
type Outcome = io::Result<io::Result<()>>;

fn each_file(
    context: &mut Context<'_>,
    parsed: &Parsed<'_>,
    mut work: impl FnMut(Source<'_>, &mut dyn Output) -> Outcome,
) -> io::Result<u8> {
    let dash = [b"-".as_bstr()];
    let names = if parsed.operands.is_empty() { &dash[..] } else { &parsed.operands };
    let headed = match parsed.last_of(&['q', 'v']) {
        Some('q') => false,
        Some(_) => true,
        None => names.len() > 1,
    };
    let (mut code, mut first) = (0, true);
    for name in names {
        let result = match open(context.stdin, context.cwd, name, context.cancel) {
            Err(error) => Err((error, "cannot open")),
            Ok(source) => {
                if headed {
                    let shown = if *name == "-" { b"standard input".as_bstr() } else { name };
                    let line = if first { "==> " } else { "\n==> " };
                    context.stdout.write_all(format!("{line}{shown} <==\n").as_bytes())?;
                    first = false;
                }
                work(source, context.stdout)?.map_err(|error| (error, "error reading"))
            }
        };
        if let Err((error, what)) = result {
            code = 1;
            let why = reason(&error);
            let message = match what {
                "cannot open" => format!("cannot open '{name}' for reading: {why}"),
                _ => format!("error reading '{name}': {why}"),
            };
            complain(context.stderr, context.args, message)?;
        }
    }
    Ok(code)
}

/// Reads blocks until `work` has enough of them; it says how much of a block was not used.
fn blocks(source: &mut Source<'_>, mut work: impl FnMut(&[u8]) -> io::Result<Option<usize>>) -> Outcome {
    let mut buffer = vec![0; BLOCK];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok(Ok(())),
            Ok(length) => {
                if let Some(unused) = work(&buffer[..length])? {
                    source.give_back(unused);
                    return Ok(Ok(()));
                }
            }
            Err(error) => return Ok(Err(error)),
        }
    }
}

fn first_lines(mut source: Source<'_>, lines: u64, terminator: u8, stdout: &mut dyn Output) -> Outcome {
    if lines == 0 {
        return Ok(Ok(()));
    }
    let mut left = lines;
    blocks(&mut source, |block| {
        for at in memchr::memchr_iter(terminator, block) {
            left -= 1;
            if left == 0 {
                stdout.write_all(&block[..=at])?;
                return Ok(Some(block.len() - at - 1));
            }
        }
        stdout.write_all(block)?;
        Ok(None)
    })
}

fn first_bytes(mut source: Source<'_>, bytes: u64, stdout: &mut dyn Output) -> Outcome {
    if bytes == 0 {
        return Ok(Ok(()));
    }
    let mut left = bytes;
    blocks(&mut source, |block| {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        stdout.write_all(&block[..length])?;
        left -= length as u64;
        Ok((left == 0).then_some(block.len() - length))
    })
}

fn all_but_last_bytes(mut source: Source<'_>, bytes: u64, stdout: &mut dyn Output) -> Outcome {
    let keep = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut held: Vec<u8> = Vec::new();
    blocks(&mut source, |block| {
        held.extend_from_slice(block);
        if held.len() > keep && held.len() - keep >= BLOCK / 2 {
            let ready = held.len() - keep;
            stdout.write_all(&held[..ready])?;
            held.drain(..ready);
        }
        Ok(None)
    })
    .and_then(|outcome| {
        stdout.write_all(&held[..held.len().saturating_sub(keep)])?;
        Ok(outcome)
    })
}

fn all_but_last_lines(mut source: Source<'_>, lines: u64, terminator: u8, stdout: &mut dyn Output) -> Outcome {
    let keep = usize::try_from(lines).unwrap_or(usize::MAX);
    let mut held: VecDeque<Vec<u8>> = VecDeque::new();
    let mut partial = Vec::new();
    blocks(&mut source, |block| {
        for line in block.split_inclusive(|byte| *byte == terminator) {
            partial.extend_from_slice(line);
            if line.ends_with(&[terminator]) {
                held.push_back(std::mem::take(&mut partial));
            }
            if held.len() > keep
                && let Some(line) = held.pop_front()
            {
                stdout.write_all(&line)?;
            }
        }
        Ok(None)
    })
    .and_then(|outcome| {
        if !partial.is_empty() {
            held.push_back(partial);
        }
        while held.len() > keep {
            stdout.write_all(&held.pop_front().unwrap_or_default())?;
        }
        Ok(outcome)
    })
}

/// Writes the last lines, or bytes with `-c`, of each file; from the first on that `+n` names. `-f` goes on as the last
/// file grows.
pub(super) fn tail(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "c:Ffn:qs:vz",
        long: &[
            ("bytes", 'c'),
            ("lines", 'n'),
            ("follow", 'f'),
            ("quiet", 'q'),
            ("silent", 'q'),
            ("sleep-interval", 's'),
            ("verbose", 'v'),
            ("zero-terminated", 'z'),
        ],
        stops: false,
    };
    let args = with_old_number(context.args, b"-+");
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(1) };
    let Some(Amount { count, bytes, signed: from }) = amount(context, &parsed, [b"+", b"-"])? else {
        return Ok(1);
    };
    let terminator = if parsed.has('z') { 0 } else { b'\n' };
    let code = each_file(context, &parsed, |source, stdout| match (from, bytes) {
        (true, _) => from_on(source, count.saturating_sub(1), (!bytes).then_some(terminator), stdout),
        (false, true) => last_bytes(source, count, stdout),
        (false, false) => last_lines(source, count, terminator, stdout),
    })?;
    let followed = parsed.operands.last().filter(|name| **name != "-");
    if (parsed.has('f') || parsed.has('F'))
        && let Some(name) = followed
    {
        let pause = parsed.value('s').and_then(|text| seconds(text)).unwrap_or(0.1).clamp(0.01, 3600.0);
        follow(context, name, Duration::from_secs_f64(pause), parsed.has('F'))?;
    }
    Ok(code)
}

fn from_on(mut source: Source<'_>, skip: u64, terminator: Option<u8>, stdout: &mut dyn Output) -> Outcome {
    let mut left = skip;
    blocks(&mut source, |block| {
        let mut rest = block;
        match terminator {
            None => {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(rest.len());
                left -= length as u64;
                rest = &rest[length..];
            }
            Some(terminator) => {
                while left > 0 && !rest.is_empty() {
                    match memchr::memchr(terminator, rest) {
                        Some(at) => {
                            left -= 1;
                            rest = &rest[at + 1..];
                        }
                        None => rest = &[],
                    }
                }
            }
        }
        stdout.write_all(rest)?;
        Ok(None)
    })
}

fn last_bytes(mut source: Source<'_>, bytes: u64, stdout: &mut dyn Output) -> Outcome {
    if let Source::File(file) = &mut source
        && let Ok(length) = file.seek(SeekFrom::End(0))
    {
        if let Err(error) = file.seek(SeekFrom::Start(length.saturating_sub(bytes))) {
            return Ok(Err(error));
        }
        return from_on(source, 0, None, stdout);
    }
    let keep = usize::try_from(bytes).unwrap_or(usize::MAX);
    let mut held = Vec::new();
    let outcome = blocks(&mut source, |block| {
        held.extend_from_slice(block);
        if held.len() > keep.saturating_mul(2).max(BLOCK) {
            held.drain(..held.len() - keep);
        }
        Ok(None)
    })?;
    stdout.write_all(&held[held.len().saturating_sub(keep)..])?;
    Ok(outcome)
}

/// Where the last lines of a text start, if it has as many.
fn start_of_last(text: &[u8], lines: u64, terminator: u8) -> Option<usize> {
    let body = text.strip_suffix(&[terminator]).unwrap_or(text);
    if lines == 0 {
        return Some(text.len());
    }
    let nth = usize::try_from(lines - 1).ok()?;
    memchr::memrchr_iter(terminator, body).nth(nth).map(|at| at + 1)
}

fn last_lines(mut source: Source<'_>, lines: u64, terminator: u8, stdout: &mut dyn Output) -> Outcome {
    if let Source::File(file) = &mut source
        && let Ok(length) = file.seek(SeekFrom::End(0))
        && length > 0
    {
        return match seek_lines(file, length, lines, terminator) {
            Ok(()) => from_on(source, 0, None, stdout),
            Err(error) => Ok(Err(error)),
        };
    }
    let mut held: Vec<u8> = Vec::new();
    let mut limit = 4 * BLOCK;
    let outcome = blocks(&mut source, |block| {
        held.extend_from_slice(block);
        if held.len() > limit {
            match start_of_last(&held, lines.saturating_add(1), terminator) {
                Some(start) if start > 0 => {
                    held.drain(..start);
                    limit = limit.max(2 * held.len());
                }
                _ => limit *= 2,
            }
        }
        Ok(None)
    })?;
    stdout.write_all(&held[start_of_last(&held, lines, terminator).unwrap_or(0)..])?;
    Ok(outcome)
}

/// Moves a file to where its last lines start, reading from the end.
fn seek_lines(file: &mut File, length: u64, lines: u64, terminator: u8) -> io::Result<()> {
    let mut end = length;
    let mut left = lines;
    let mut buffer = Vec::new();
    if left == 0 {
        return Ok(());
    }
    while end > 0 {
        let start = end.saturating_sub(64 * 1024);
        file.seek(SeekFrom::Start(start))?;
        buffer.clear();
        io::Read::by_ref(file).take(end - start).read_to_end(&mut buffer)?;
        let body = if end == length { buffer.strip_suffix(&[terminator]).unwrap_or(&buffer) } else { &buffer[..] };
        for at in memchr::memrchr_iter(terminator, body) {
            left -= 1;
            if left == 0 {
                file.seek(SeekFrom::Start(start + at as u64 + 1))?;
                return Ok(());
            }
        }
        end = start;
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

fn follow(context: &mut Context<'_>, name: &BStr, pause: Duration, reopen: bool) -> io::Result<()> {
    let path = resolve(context.cwd, name);
    let Ok(mut file) = File::open(&path) else { return Ok(()) };
    let mut at = file.seek(SeekFrom::End(0))?;
    let mut buffer = vec![0; BLOCK];
    loop {
        let length = file.metadata()?.len();
        if length < at {
            context.stderr.write_all(format!("tail: {name}: file truncated\n").as_bytes())?;
            at = 0;
            file.seek(SeekFrom::Start(0))?;
        }
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            at += read as u64;
            context.stdout.write_all(&buffer[..read])?;
        }
        if context.cancel.sleep(pause) {
            return Ok(());
        }
        if reopen
            && let Ok(metadata) = path.metadata()
            && metadata.len() < at
            && let Ok(other) = File::open(&path)
        {
            (file, at) = (other, 0);
        }
        // Nothing may come for long, and nobody may read any more: an empty write tells where the stream knows.
        context.stdout.flush()?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{run, run_in};

    #[test]
    fn head_and_tail() {
        let five = "1\n2\n3\n4\n5";
        for (words, expected) in [
            ("head -n 2", "1\n2\n"),
            ("head -2", "1\n2\n"),
            ("head -n9", "1\n2\n3\n4\n5"),
            ("head -n -2", "1\n2\n3\n"),
            ("head -c 3", "1\n2"),
            ("head -c -3", "1\n2\n3\n"),
            ("head -n 0", ""),
            ("tail -n 2", "4\n5"),
            ("tail -2", "4\n5"),
            ("tail -n +4", "4\n5"),
            ("tail +4", "4\n5"),
            ("tail -c 3", "4\n5"),
            ("tail -c +8", "\n5"),
            ("tail -n 0", ""),
            ("tail -n 99", "1\n2\n3\n4\n5"),
        ] {
            assert_eq!(run(words, five), (0, expected.to_owned(), String::new()), "{words}");
        }
        assert_eq!(run("head -n x", "").2, "head: invalid number of lines: 'x'\n");
        assert_eq!(run("tail nosuch", "").2, "tail: cannot open 'nosuch' for reading: No such file or directory\n");
    }

    fn numbers(range: std::ops::Range<u32>) -> String {
        range.fold(String::new(), |text, number| text + &format!("{number}\n"))
    }

    #[test]
    fn long_files_from_the_end() {
        let directory = std::env::temp_dir().join(format!("dx-shell-tail-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let text: String = numbers(0..50_000);
        std::fs::write(directory.join("long"), &text).unwrap();
        let expected: String = numbers(30_000..50_000);
        assert_eq!(run_in(&directory, &["tail", "-n", "20000", "long"], "").1, expected);
        assert_eq!(run_in(&directory, &["tail", "-n", "20000"], &text).1, expected);
        assert_eq!(run_in(&directory, &["head", "-n", "-49999", "long"], "").1, "0\n");
        let both = run_in(&directory, &["tail", "-n1", "long", "-"], "a\nb\n").1;
        assert_eq!(both, "==> long <==\n49999\n\n==> standard input <==\nb\n");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}

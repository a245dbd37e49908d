//! `xargs`.

use std::{
    io::{self, Read},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    thread,
};

use bstr::{BStr, BString, ByteSlice as _};

use super::{
    Context, Invocation,
    input::{Lines, Source, bare, open},
    options::Options,
    text::{complain, number, reason},
};

/// Bytes of words in one command, well below what any system takes.
const LONGEST: usize = 128 * 1024;

/// Runs a command with words of standard input: so many at once (`-n`), lines (`-L`), in place of a mark (`-I`), parted
/// by NUL (`-0`) or `-d`, several at a time (`-P`), not without words (`-r`).
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/xargs.html>.
pub(super) fn xargs(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "0a:d:E:I:L:n:P:prs:tx",
        long: &[
            ("null", '0'),
            ("arg-file", 'a'),
            ("delimiter", 'd'),
            ("replace", 'I'),
            ("max-lines", 'L'),
            ("max-args", 'n'),
            ("max-procs", 'P'),
            ("no-run-if-empty", 'r'),
            ("max-chars", 's'),
            ("verbose", 't'),
            ("exit", 'x'),
        ],
        stops: true,
    };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    if parsed.has('p') {
        complain(context.stderr, context.args, "-p is not supported: there is no terminal to ask")?;
        return Ok(1);
    }
    let mut numbers = [usize::MAX, 0, 1, LONGEST];
    for (value, letter) in numbers.iter_mut().zip(['n', 'L', 'P', 's']) {
        if let Some(text) = parsed.value(letter) {
            match number::<usize>(text) {
                Some(given) if given > 0 || letter == 'P' => *value = given,
                _ => {
                    let message = format!("invalid number \"{text}\" for -{letter} option");
                    complain(context.stderr, context.args, message)?;
                    return Ok(1);
                }
            }
        }
    }
    let [most, lines, processes, longest] = numbers;
    let mark = parsed.value('I');
    let delimiter = match (parsed.last_of(&['0', 'd']), parsed.value('d')) {
        (Some('0'), _) => Some(0),
        (Some(_), Some(text)) => Some(match &**text {
            b"\\n" => b'\n',
            b"\\t" => b'\t',
            b"\\0" => 0,
            text => text.first().copied().unwrap_or(0),
        }),
        _ => None,
    };
    let echo = [BString::from("echo")];
    let command: Vec<BString> = if parsed.operands.is_empty() {
        echo.to_vec()
    } else {
        parsed.operands.iter().map(|word| BString::from(*word)).collect()
    };
    let source = match open(context.stdin, context.cwd, parsed.value('a').unwrap_or(BStr::new("-")), context.cancel) {
        Ok(source) => source,
        Err(error) => {
            let name = parsed.value('a').unwrap_or_default();
            complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
            return Ok(1);
        }
    };
    let verbose = parsed.has('t');
    let mut words = Words::new(source, delimiter, mark.is_some(), parsed.value('E'));
    let mut batches =
        Batches { command: &command, mark, most, lines, longest, skip_empty: parsed.has('r'), any: false };
    let cancel = context.cancel;
    if processes == 1 {
        let mut code = 0;
        while let Some(batch) = batches.next(&mut words)? {
            if verbose {
                context.stderr.write_all(&line(&batch))?;
            }
            let invocation = Invocation { args: &batch, environment: None, cwd: None, inherits_stdin: false };
            match outcome(context.runner.run(invocation)?, &mut code) {
                Go::On => {}
                Go::Stop => break,
            }
            if cancel.is_cancelled() {
                break;
            }
        }
        if let Some(message) = words.wrong {
            complain(context.stderr, context.args, message)?;
            return Ok(1);
        }
        return Ok(code);
    }
    // The next batch is taken by whoever is free.
    let processes = if processes == 0 { 64 } else { processes.min(64) };
    let state = Mutex::new((&mut batches, &mut words, &mut *context.stderr, None::<io::Error>));
    let (code, stop) = (AtomicU8::new(0), AtomicBool::new(false));
    let runner = context.runner;
    let work = || {
        while !stop.load(Ordering::Relaxed) && !cancel.is_cancelled() {
            let batch = {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                let (batches, words, stderr, failure) = &mut *state;
                match batches.next(words) {
                    Ok(Some(batch)) => {
                        if verbose && let Err(error) = stderr.write_all(&line(&batch)) {
                            failure.get_or_insert(error);
                            return;
                        }
                        batch
                    }
                    Ok(None) => return,
                    Err(error) => {
                        failure.get_or_insert(error);
                        return;
                    }
                }
            };
            let result = runner.run(Invocation { args: &batch, environment: None, cwd: None, inherits_stdin: false });
            match result {
                Ok(result) => {
                    let mut settled = code.load(Ordering::Relaxed);
                    if outcome(result, &mut settled) == Go::Stop {
                        stop.store(true, Ordering::Relaxed);
                    }
                    code.fetch_max(settled, Ordering::Relaxed);
                }
                Err(error) => {
                    state.lock().unwrap_or_else(PoisonError::into_inner).3.get_or_insert(error);
                    stop.store(true, Ordering::Relaxed);
                }
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..processes {
            // Fewer threads do the same work.
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    if let Some(error) = state.into_inner().unwrap_or_else(PoisonError::into_inner).3 {
        return Err(error);
    }
    if let Some(message) = words.wrong {
        complain(context.stderr, context.args, message)?;
        return Ok(1);
    }
    Ok(code.into_inner())
}

#[derive(Debug, PartialEq, Eq)]
enum Go {
    On,
    Stop,
}

/// What the code of one command makes of that of `xargs`.
fn outcome(result: u8, code: &mut u8) -> Go {
    match result {
        0 => Go::On,
        255 => {
            *code = 124;
            Go::Stop
        }
        126 | 127 => {
            *code = result;
            Go::Stop
        }
        129.. => {
            *code = 125;
            Go::Stop
        }
        _ => {
            *code = (*code).max(123);
            Go::On
        }
    }
}

fn line(batch: &[BString]) -> Vec<u8> {
    let mut line = bstr::join(b" ", batch);
    line.push(b'\n');
    line
}

struct Batches<'a> {
    command: &'a [BString],
    mark: Option<&'a BStr>,
    most: usize,
    lines: usize,
    longest: usize,
    skip_empty: bool,
    any: bool,
}

impl Batches<'_> {
    /// The words of the next command.
    fn next<R: Read>(&mut self, words: &mut Words<'_, R>) -> io::Result<Option<Vec<BString>>> {
        if let Some(mark) = self.mark {
            let Some((word, _)) = words.next()? else { return Ok(None) };
            return Ok(Some(self.command.iter().map(|part| part.replace(&**mark, &*word).into()).collect()));
        }
        let mut batch = self.command.to_vec();
        let mut length: usize = batch.iter().map(|word| word.len() + 1).sum();
        let (mut count, mut lines) = (0, 0);
        while count < self.most {
            let Some((word, ends_line)) = words.next()? else { break };
            if length + word.len() + 1 > self.longest && count > 0 {
                words.back = Some((word, ends_line));
                break;
            }
            length += word.len() + 1;
            batch.push(word);
            count += 1;
            lines += usize::from(ends_line);
            if self.lines > 0 && lines == self.lines {
                break;
            }
        }
        // Without any word it runs once, unless that is not wanted.
        let first = !std::mem::replace(&mut self.any, true);
        let run = count > 0 || (first && !self.skip_empty && words.wrong.is_none());
        Ok(run.then_some(batch))
    }
}

/// The words of the input, each with whether it ends its line.
struct Words<'a, R> {
    lines: Lines<R>,
    delimiter: Option<u8>,
    whole_lines: bool,
    end: Option<&'a BStr>,
    ready: std::collections::VecDeque<(BString, bool)>,
    back: Option<(BString, bool)>,
    wrong: Option<String>,
    ended: bool,
}

impl<'a, 'b> Words<'a, Source<'b>> {
    fn new(source: Source<'b>, delimiter: Option<u8>, whole_lines: bool, end: Option<&'a BStr>) -> Self {
        Self {
            lines: Lines::terminated_by(source, delimiter.unwrap_or(b'\n')),
            delimiter,
            whole_lines,
            end,
            ready: std::collections::VecDeque::new(),
            back: None,
            wrong: None,
            ended: false,
        }
    }
}

impl<R: Read> Words<'_, R> {
    fn next(&mut self) -> io::Result<Option<(BString, bool)>> {
        if let Some(word) = self.back.take() {
            return Ok(Some(word));
        }
        loop {
            if let Some(word) = self.ready.pop_front() {
                if self.delimiter.is_none() && self.end.is_some_and(|end| word.0 == end) {
                    self.ended = true;
                    self.ready.clear();
                    return Ok(None);
                }
                return Ok(Some(word));
            }
            if self.ended || self.wrong.is_some() {
                return Ok(None);
            }
            let Some(line) = self.lines.line()? else {
                self.ended = true;
                return Ok(None);
            };
            if let Some(delimiter) = self.delimiter {
                return Ok(Some((BString::from(bare(line, delimiter)), true)));
            }
            let mut text = line.to_vec();
            // A line that ends with a blank or a backslash goes on.
            loop {
                let body = bare(&text, b'\n');
                let escaped = body.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
                if !escaped || body.len() == text.len() {
                    break;
                }
                let Some(more) = self.lines.line()? else { break };
                text.extend_from_slice(more);
            }
            if self.whole_lines {
                let start = text.iter().take_while(|byte| b" \t".contains(byte)).count();
                let mut words = Vec::new();
                // Quotes count, blanks inside do not part.
                match split(bare(&text[start..], b'\n'), true, &mut words) {
                    Ok(()) => {}
                    Err(message) => self.wrong = Some(message),
                }
                self.ready.extend(words.into_iter().map(|word| (word, true)));
            } else {
                let mut words = Vec::new();
                if let Err(message) = split(&text, false, &mut words) {
                    self.wrong = Some(message);
                }
                let last = words.len();
                self.ready.extend(words.into_iter().enumerate().map(|(index, word)| (word, index + 1 == last)));
            }
        }
    }
}

/// Parts a line at blanks, with quotes and backslashes.
fn split(line: &[u8], whole: bool, words: &mut Vec<BString>) -> Result<(), String> {
    let mut word: Option<Vec<u8>> = None;
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        at += 1;
        match byte {
            b' ' | b'\t' | b'\n' if !(whole && byte != b'\n') => words.extend(word.take().map(BString::from)),
            b'\'' | b'"' => {
                let Some(length) = memchr::memchr(byte, &line[at..]) else {
                    let kind = if byte == b'"' { "double" } else { "single" };
                    return Err(format!(
                        "unmatched {kind} quote; by default quotes are special to xargs unless you use the -0 option"
                    ));
                };
                word.get_or_insert_default().extend_from_slice(&line[at..at + length]);
                at += length + 1;
            }
            b'\\' => {
                if let Some(&next) = line.get(at) {
                    word.get_or_insert_default().push(next);
                    at += 1;
                }
            }
            byte => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word.map(BString::from));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{run, run_words};

    #[test]
    fn words() {
        for (words, input, expected) in [
            ("xargs", "a b\nc\n", "a b c\n"),
            ("xargs echo x", "a  b", "x a b\n"),
            ("xargs -n1 echo", "a b c", "a\nb\nc\n"),
            ("xargs -n2", "a b c", "a b\nc\n"),
            ("xargs -L1", "a b\nc\n", "a b\nc\n"),
            ("xargs -I{} echo <{}>", "a b\nc\n", "<a b>\n<c>\n"),
            ("xargs -0 -n1", "a b\0c\0", "a b\nc\n"),
            ("xargs -d , -n1", "a,b", "a\nb\n"),
            ("xargs", "'a b' \"c d\" e\\ f", "a b c d e f\n"),
            ("xargs -n1", "'a b' \"c d\" e\\ f", "a b\nc d\ne f\n"),
            ("xargs echo x", "", "x\n"),
            ("xargs -r echo x", "", ""),
            ("xargs -E END", "a END b", "a\n"),
            ("xargs -s 12 echo", "aa bb cc", "aa bb\ncc\n"),
        ] {
            let (code, out, err) = run(words, input);
            assert_eq!((code, &*out, &*err), (0, expected, ""), "{words}");
        }
        assert_eq!(run("xargs -t echo", "a").2, "echo a\n");
        assert_eq!(run("xargs false", "a").0, 123);
        assert_eq!(run("xargs nosuch", "a").0, 127);
        assert_eq!(run("xargs", "'a").0, 1);
        assert_eq!(run("xargs -n0", "a").2, "xargs: invalid number \"0\" for -n option\n");
        let input: String = (0..100).fold(String::new(), |text, number| text + &format!("{number}\n"));
        let out = run_words(&["xargs", "-P4", "-n1", "echo"], &input).1;
        let mut lines: Vec<&str> = out.lines().collect();
        lines.sort_unstable_by_key(|line| line.parse::<u32>().unwrap_or(0));
        assert_eq!(lines.join("\n") + "\n", input);
    }
}

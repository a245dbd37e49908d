//! `sort`.

use std::{
    cmp::Ordering,
    fs::File,
    io::{self, Read as _},
    num::NonZero,
    thread,
};

use bstr::{BStr, ByteSlice as _};

use super::{
    Context,
    input::{bare, open},
    options::{Options, Parsed},
    output::Out,
    text::{complain, number, reason, resolve, version},
};
use crate::{order::key, pile::work_through, stream::Output};

/// Sorts lines by their bytes: numbers with `-n`, `-g`, `-h`, versions with `-V`, months with `-M`, by the keys of `-k`
/// in the fields of `-t`; `-r` backwards, `-u` without equal ones, `-c` only checks, `-m` merges.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/sort.html>, as in the C locale.
pub(super) fn sort(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "bcCdfghik:mMno:rRsS:t:T:uVz",
        long: &[
            ("ignore-leading-blanks", 'b'),
            ("check", 'c'),
            ("dictionary-order", 'd'),
            ("ignore-case", 'f'),
            ("general-numeric-sort", 'g'),
            ("human-numeric-sort", 'h'),
            ("key", 'k'),
            ("merge", 'm'),
            ("month-sort", 'M'),
            ("numeric-sort", 'n'),
            ("output", 'o'),
            ("reverse", 'r'),
            ("stable", 's'),
            ("buffer-size", 'S'),
            ("field-separator", 't'),
            ("temporary-directory", 'T'),
            ("unique", 'u'),
            ("version-sort", 'V'),
            ("zero-terminated", 'z'),
            ("parallel:", '\u{1}'),
        ],
        stops: false,
    };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(2) };
    let rules = match Rules::new(&parsed) {
        Ok(rules) => rules,
        Err(message) => {
            complain(context.stderr, context.args, message)?;
            return Ok(2);
        }
    };
    let dash = [b"-".as_bstr()];
    let names = if parsed.operands.is_empty() { &dash[..] } else { &parsed.operands };
    let terminator = if parsed.has('z') { 0 } else { b'\n' };
    let mut text = Vec::new();
    for name in names {
        let result =
            open(context.stdin, context.cwd, name, context.cancel).and_then(|mut source| source.read_to_end(&mut text));
        if let Err(error) = result {
            let what = if error.kind() == io::ErrorKind::IsADirectory { "read failed" } else { "cannot read" };
            complain(context.stderr, context.args, format_args!("{what}: {name}: {}", reason(&error)))?;
            return Ok(2);
        }
        if !text.is_empty() && text.last() != Some(&terminator) {
            text.push(terminator);
        }
        if context.cancel.is_cancelled() {
            return Ok(2);
        }
    }
    let lines = Line::all(&text, terminator, &rules);
    if parsed.has('c') || parsed.has('C') {
        return check(context, &lines, &rules, names[0], parsed.has('C'));
    }
    let mut lines = lines;
    rules.arrange(&mut lines);
    if parsed.has('u') {
        lines.dedup_by(|b, a| rules.by_keys(a, b).is_eq());
    }
    let mut file;
    let stdout: &mut dyn Output = match parsed.value('o') {
        None => context.stdout,
        Some(name) => match File::create(resolve(context.cwd, name)) {
            Ok(created) => {
                file = created;
                &mut file
            }
            Err(error) => {
                complain(context.stderr, context.args, format_args!("open failed: {name}: {}", reason(&error)))?;
                return Ok(2);
            }
        },
    };
    let mut out = Out::new(stdout);
    for line in &lines {
        out.put(line.text)?;
        out.put(&[terminator])?;
    }
    io::Write::flush(&mut out)?;
    Ok(0)
}

fn check(context: &mut Context<'_>, lines: &[Line<'_>], rules: &Rules, name: &BStr, quiet: bool) -> io::Result<u8> {
    for (index, pair) in lines.windows(2).enumerate() {
        let order = rules.compare(&pair[0], &pair[1]);
        if order.is_gt() || (rules.unique && order.is_eq()) {
            if !quiet {
                let line = pair[1].text.as_bstr();
                let message = format!("{name}:{}: disorder: {line}", index + 2);
                complain(context.stderr, context.args, message)?;
            }
            return Ok(1);
        }
    }
    Ok(0)
}

/// From so many lines on several threads sort.
const PARALLEL: usize = 50_000;

/// How the text of a key is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum By {
    #[default]
    Bytes,
    Number,
    General,
    Human,
    Version,
    Month,
    /// By a hash: `-R`.
    Random,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Manner {
    by: By,
    reverse: bool,
    fold: bool,
    dictionary: bool,
    printable: bool,
    skip_blanks: bool,
    skip_blanks_at_end: bool,
}

impl Manner {
    fn letter(&mut self, letter: char) -> bool {
        match letter {
            'n' => self.by = By::Number,
            'g' => self.by = By::General,
            'h' => self.by = By::Human,
            'V' => self.by = By::Version,
            'M' => self.by = By::Month,
            'R' => self.by = By::Random,
            'r' => self.reverse = true,
            'f' => self.fold = true,
            'd' => self.dictionary = true,
            'i' => self.printable = true,
            'b' => self.skip_blanks = true,
            _ => return false,
        }
        true
    }
}

/// A part of a line: fields and characters count from one; no end is the end of the line.
#[derive(Debug, Clone, Copy)]
struct Key {
    start: (usize, usize),
    end: Option<(usize, usize)>,
    manner: Manner,
}

struct Rules {
    keys: Vec<Key>,
    /// What breaks ties between whole lines.
    reverse: bool,
    separator: Option<u8>,
    unique: bool,
    stable: bool,
    /// Whether the key is the whole line by its bytes.
    plain: bool,
    salt: std::hash::RandomState,
}

impl Rules {
    fn new(parsed: &Parsed<'_>) -> Result<Self, String> {
        let mut global = Manner::default();
        for (letter, _) in &parsed.options {
            global.letter(*letter);
        }
        let separator = match parsed.value('t').map(|text| &**text) {
            None => None,
            Some(b"\\0") => Some(0),
            Some([byte]) => Some(*byte),
            Some([]) => return Err("empty tab".to_owned()),
            Some(text) => return Err(format!("multi-character tab '{}'", text.as_bstr())),
        };
        let mut keys = Vec::new();
        for (_, text) in parsed.options.iter().filter(|(letter, _)| *letter == 'k') {
            keys.push(parse_key(text, global)?);
        }
        if keys.is_empty() {
            keys.push(Key { start: (1, 1), end: None, manner: global });
        }
        let plain =
            keys.len() == 1 && !parsed.has('k') && global == Manner { reverse: global.reverse, ..Manner::default() };
        Ok(Self {
            keys,
            reverse: global.reverse,
            separator,
            unique: parsed.has('u'),
            stable: parsed.has('s'),
            plain,
            salt: std::hash::RandomState::new(),
        })
    }

    fn arrange(&self, lines: &mut [Line<'_>]) {
        if self.plain {
            by_bytes(lines);
            if self.reverse {
                lines.reverse();
            }
            return;
        }
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(4);
        if lines.len() < PARALLEL || threads == 1 {
            return lines.sort_by(|a, b| self.compare(a, b));
        }
        let part = lines.len().div_ceil(threads);
        thread::scope(|scope| {
            let mut parts = lines.chunks_mut(part);
            let own = parts.next();
            for part in parts {
                // What no thread sorts is sorted below.
                let _ = thread::Builder::new().spawn_scoped(scope, || part.sort_by(|a, b| self.compare(a, b)));
            }
            if let Some(own) = own {
                own.sort_by(|a, b| self.compare(a, b));
            }
        });
        // Sorted runs are found and only merged.
        lines.sort_by(|a, b| self.compare(a, b));
    }

    fn compare(&self, a: &Line<'_>, b: &Line<'_>) -> Ordering {
        let order = self.by_keys(a, b);
        if order.is_ne() || self.stable || self.unique {
            return order;
        }
        let last = a.text.cmp(b.text);
        if self.reverse { last.reverse() } else { last }
    }

    fn by_keys(&self, a: &Line<'_>, b: &Line<'_>) -> Ordering {
        for (index, key) in self.keys.iter().enumerate() {
            let order = match (key.manner.by, index) {
                // Numbers of the first key are read once.
                (By::Number | By::General | By::Human, 0) => {
                    a.rank.cmp(&b.rank).then_with(|| a.value.total_cmp(&b.value))
                }
                _ => self.by_key(key, self.part(key, a.text), self.part(key, b.text)),
            };
            let order = if key.manner.reverse { order.reverse() } else { order };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }

    fn by_key(&self, key: &Key, a: &[u8], b: &[u8]) -> Ordering {
        let manner = key.manner;
        match manner.by {
            By::Number | By::General | By::Human => {
                let ((rank_a, value_a), (rank_b, value_b)) = (value(manner.by, a), value(manner.by, b));
                rank_a.cmp(&rank_b).then_with(|| value_a.total_cmp(&value_b))
            }
            By::Version => version(a, b),
            By::Month => month(a).cmp(&month(b)),
            By::Random => {
                use std::hash::BuildHasher as _;
                self.salt.hash_one(a).cmp(&self.salt.hash_one(b)).then_with(|| a.cmp(b))
            }
            By::Bytes if !(manner.fold || manner.dictionary || manner.printable) => a.cmp(b),
            By::Bytes => {
                let seen = |byte: &&u8| {
                    (!manner.dictionary || byte.is_ascii_alphanumeric() || b" \t".contains(byte))
                        && (!manner.printable || byte.is_ascii_graphic() || **byte == b' ')
                };
                let shown = |byte: &u8| if manner.fold { byte.to_ascii_uppercase() } else { *byte };
                a.iter().filter(seen).map(shown).cmp(b.iter().filter(seen).map(shown))
            }
        }
    }

    /// The part of a line that a key names.
    fn part<'a>(&self, key: &Key, line: &'a [u8]) -> &'a [u8] {
        let whole = key.start == (1, 1) && key.end.is_none();
        if whole && !key.manner.skip_blanks {
            return line;
        }
        let mut start = self.field(line, key.start.0);
        if key.manner.skip_blanks {
            start += blanks(&line[start..]);
        }
        start = (start + key.start.1 - 1).min(line.len());
        let end = match key.end {
            None => line.len(),
            Some((field, 0)) => self.end_of_field(line, field),
            Some((field, character)) => {
                let mut at = self.field(line, field);
                if key.manner.skip_blanks_at_end {
                    at += blanks(&line[at..]);
                }
                (at + character).min(line.len())
            }
        };
        &line[start..end.max(start)]
    }

    /// Where a field starts: after its separator, or with the blanks before it.
    fn field(&self, line: &[u8], field: usize) -> usize {
        let mut at = 0;
        for _ in 1..field {
            match self.separator {
                Some(separator) => match memchr::memchr(separator, &line[at..]) {
                    Some(found) => at += found + 1,
                    None => return line.len(),
                },
                None if at == line.len() => return at,
                None => {
                    at += blanks(&line[at..]);
                    at += line[at..].iter().take_while(|byte| !b" \t".contains(byte)).count();
                }
            }
        }
        at
    }

    fn end_of_field(&self, line: &[u8], field: usize) -> usize {
        let start = self.field(line, field);
        match self.separator {
            Some(separator) => memchr::memchr(separator, &line[start..]).map_or(line.len(), |at| start + at),
            None => {
                let start = start + blanks(&line[start..]);
                start + line[start..].iter().take_while(|byte| !b" \t".contains(byte)).count()
            }
        }
    }
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| b" \t\n".contains(byte)).count()
}

/// Reads `2,3n`, `1.2,1.5r`.
fn parse_key(text: &BStr, global: Manner) -> Result<Key, String> {
    let invalid = || format!("invalid field specification '{text}'");
    let mut manner = Manner::default();
    let mut any = false;
    let mut position = |text: &[u8], least: usize, end: bool| -> Result<(usize, usize), String> {
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let length = digits(text);
        let field = number::<usize>(&text[..length]).ok_or_else(invalid)?;
        let mut rest = &text[length..];
        let mut character = least;
        if let Some(after) = rest.strip_prefix(b".") {
            let length = digits(after);
            character = number(&after[..length]).ok_or_else(invalid)?;
            rest = &after[length..];
        }
        for letter in rest {
            any = true;
            if end && *letter == b'b' {
                manner.skip_blanks_at_end = true;
            } else if !manner.letter(char::from(*letter)) {
                return Err(invalid());
            }
        }
        if field == 0 || (character == 0 && !end) {
            return Err(invalid());
        }
        Ok((field, character))
    };
    let (start, end) = match text.find_byte(b',') {
        Some(at) => (position(&text[..at], 1, false)?, Some(position(&text[at + 1..], 0, true)?)),
        None => (position(text, 1, false)?, None),
    };
    Ok(Key { start, end, manner: if any { manner } else { global } })
}

struct Line<'a> {
    text: &'a [u8],
    /// Eight bytes of the line, while whole lines are sorted.
    key: u64,
    /// What the first key is worth, when it is a number.
    rank: i8,
    value: f64,
}

impl<'a> Line<'a> {
    fn all(text: &'a [u8], terminator: u8, rules: &Rules) -> Vec<Self> {
        let count = memchr::memchr_iter(terminator, text).count();
        let mut lines = Vec::with_capacity(count);
        let key = rules.keys[0];
        let numeric = matches!(key.manner.by, By::Number | By::General | By::Human);
        let mut start = 0;
        for end in memchr::memchr_iter(terminator, text) {
            let line = bare(&text[start..=end], terminator);
            let (rank, value) = if numeric { value(key.manner.by, rules.part(&key, line)) } else { (0, 0.0) };
            lines.push(Self { text: line, key: 0, rank, value });
            start = end + 1;
        }
        lines
    }
}

/// So few lines are compared as a whole.
const FEW: usize = 16;
/// So many are worth another thread's while.
const SHARED: usize = 8 * 1024;

/// Sorts whole lines by their bytes: by eight of them at a time, then those that are alike so far by the next eight.
fn by_bytes(lines: &mut [Line<'_>]) {
    work_through((lines, 0), |(lines, at), pile| {
        let mut waiting = vec![(lines, at)];
        while let Some((lines, at)) = waiting.pop() {
            for line in lines.iter_mut() {
                line.key = key(line.text, at);
            }
            lines.sort_unstable_by_key(|line| line.key);
            let next = at + 8;
            for run in lines.chunk_by_mut(|a, b| a.key == b.key) {
                let alike = longer(run, next);
                match alike.len() {
                    0 | 1 => {}
                    2..=FEW => alike.sort_unstable_by(|a, b| a.text[next..].cmp(&b.text[next..])),
                    SHARED.. => pile.extend([(alike, next)]),
                    _ => waiting.push((alike, next)),
                }
            }
        }
    });
}

/// Puts those of the lines that end up to `at`, and are alike up to there, before the others, which it gives.
fn longer<'l, 'a>(lines: &'l mut [Line<'a>], at: usize) -> &'l mut [Line<'a>] {
    if lines.iter().all(|line| line.text.len() > at) {
        return lines;
    }
    lines.sort_unstable_by_key(|line| line.text.len().min(at + 1));
    let ended = lines.partition_point(|line| line.text.len() <= at);
    &mut lines[ended..]
}

/// What a key is worth as a number; the rank comes first.
fn value(by: By, text: &[u8]) -> (i8, f64) {
    let text = &text[blanks(text)..];
    let sign = usize::from(text.first() == Some(&b'-') || (by == By::General && text.first() == Some(&b'+')));
    let mut end = sign;
    let mut point = false;
    while let Some(byte) = text.get(end) {
        match byte {
            b'0'..=b'9' => {}
            b'.' if !point => point = true,
            _ => break,
        }
        end += 1;
    }
    if by == By::General
        && let Some(b'e' | b'E') = text.get(end)
    {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        let digits = text[(end + 1 + sign).min(text.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits > 0 {
            end += 1 + sign + digits;
        }
    }
    let parsed: Option<f64> = number(&text[..end]);
    match by {
        // What is no number comes before all of them.
        By::General => parsed.map_or((-1, 0.0), |value| (0, value)),
        By::Human => {
            let value = parsed.unwrap_or(0.0);
            let unit =
                text.get(end).and_then(|unit| b"KMGTPEZY".iter().position(|known| unit.eq_ignore_ascii_case(known)));
            let rank = unit.map_or(0, |unit| i8::try_from(unit + 1).unwrap_or(0));
            if value == 0.0 { (0, 0.0) } else { (if value < 0.0 { -rank } else { rank }, value) }
        }
        _ => (0, parsed.map_or(0.0, |value| value + 0.0)),
    }
}

fn month(text: &[u8]) -> usize {
    const MONTHS: [&[u8]; 12] =
        [b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC"];
    let text = text[blanks(text)..].to_ascii_uppercase();
    MONTHS.iter().position(|month| text.starts_with(month)).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{run, run_words};

    #[test]
    fn many_lines() {
        let mut numbers: Vec<u64> = (0..120_000).map(|number: u64| number * 7_919 % 120_011).collect();
        let input = numbers.iter().fold(String::new(), |text, number| text + &format!("{number}\n"));
        numbers.sort_unstable();
        let expected = numbers.iter().fold(String::new(), |text, number| text + &format!("{number}\n"));
        assert!(run("sort -n", &input).1 == expected);
    }

    #[test]
    fn whole_lines_are_sorted_by_their_bytes() {
        // Of all lengths around a key, alike up to any place, with NUL and without, often the same, few and many.
        for (count, kinds, letters) in [(30, 30, 2), (3_000, 500, 2), (60_000, 20_000, 2), (60_000, 50, 3)] {
            let mut seed = 1_u64;
            let mut random = |below: u64| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) % below
            };
            let lines: Vec<String> = (0..kinds)
                .map(|_| {
                    (0..random(30)).map(|_| char::from(b"\0ab"[usize::try_from(random(letters)).unwrap()])).collect()
                })
                .collect();
            let mut picked: Vec<&str> = (0..count).map(|_| &*lines[usize::try_from(random(kinds)).unwrap()]).collect();
            let input = picked.join("\n") + "\n";
            picked.sort_unstable();
            assert!(run("sort", &input).1 == picked.join("\n") + "\n");
            picked.reverse();
            assert!(run("sort -r", &input).1 == picked.join("\n") + "\n");
            picked.dedup();
            assert!(run("sort -ru", &input).1 == picked.join("\n") + "\n");
        }
    }

    #[test]
    fn orders() {
        for (words, input, expected) in [
            ("sort", "b\na\nB\n", "B\na\nb\n"),
            ("sort -r", "a\nc\nb", "c\nb\na\n"),
            ("sort -n", "10\n9\n-1\nx\n2.5\n", "-1\nx\n2.5\n9\n10\n"),
            ("sort -nr", "1\n3\n2\n", "3\n2\n1\n"),
            ("sort -u", "b\na\nb\n", "a\nb\n"),
            ("sort -f", "b\nA\nc\n", "A\nb\nc\n"),
            ("sort -h", "2K\n1G\n100\n3M\n", "100\n2K\n3M\n1G\n"),
            ("sort -V", "a10\na2\na1\n", "a1\na2\na10\n"),
            ("sort -g", "1e3\n5\nx\n", "x\n5\n1e3\n"),
            ("sort -M", "mar\njan\nfeb\n", "jan\nfeb\nmar\n"),
            ("sort -k2", "a 2\nb 1\n", "b 1\na 2\n"),
            ("sort -k2,2n -k1,1r", "a 2\nb 10\nc 2\n", "c 2\na 2\nb 10\n"),
            ("sort -t: -k2,2", "x:b\ny:a\n", "y:a\nx:b\n"),
            ("sort -t: -k2.2,2.2", "x:ab\ny:aa\n", "y:aa\nx:ab\n"),
            ("sort -s -k1,1", "a 2\na 1\n", "a 2\na 1\n"),
            ("sort -k1,1", "a 2\na 1\n", "a 1\na 2\n"),
            ("sort -nu", "1\n01\n2\n", "1\n2\n"),
            ("sort -b", "  b\na\n", "a\n  b\n"),
            ("sort -k 18446744073709551615", "b\na\n", "a\nb\n"),
            ("sort", "", ""),
            ("sort", "\n\na", "\n\na\n"),
        ] {
            assert_eq!(run(words, input), (0, expected.to_owned(), String::new()), "{words}");
        }
        assert_eq!(run("sort -c", "a\nb\n").0, 0);
        assert_eq!(run("sort -c", "b\na\n").2, "sort: -:2: disorder: a\n");
        assert_eq!(run("sort -C", "b\na\n"), (1, String::new(), String::new()));
        assert_eq!(run("sort nosuch", "").2, "sort: cannot read: nosuch: No such file or directory\n");
        assert_eq!(run("sort -k0", "").0, 2);
        assert_eq!(run_words(&["sort", "-t", "ab"], "").2, "sort: multi-character tab 'ab'\n");
    }
}

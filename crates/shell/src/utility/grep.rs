//! `grep`.

use std::{
    io,
    path::{Path, PathBuf},
};

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};
use regex::bytes::Regex;

use super::{
    Context,
    input::{Lines, Source, bare, open, open_file},
    options::{Options, Parsed},
    output::Out,
    pattern::{Matching, Syntax, compile, glob},
    text::{complain, number, reason, resolve},
};
use crate::file::{self, Kind};

/// Writes the lines that match a pattern.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/grep.html>, with the flags of GNU's that scripts
/// use. Back-references are refused: expressions run in linear time.
pub(super) fn grep(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "A:B:C:EFGHILPRUVabcd:e:f:hilm:noqrsvwxyzZ",
        long: &[
            ("after-context", 'A'),
            ("before-context", 'B'),
            ("context", 'C'),
            ("extended-regexp", 'E'),
            ("fixed-strings", 'F'),
            ("basic-regexp", 'G'),
            ("with-filename", 'H'),
            ("files-without-match", 'L'),
            ("perl-regexp", 'P'),
            ("dereference-recursive", 'R'),
            ("text", 'a'),
            ("byte-offset", 'b'),
            ("count", 'c'),
            ("regexp", 'e'),
            ("file", 'f'),
            ("no-filename", 'h'),
            ("ignore-case", 'i'),
            ("files-with-matches", 'l'),
            ("max-count", 'm'),
            ("line-number", 'n'),
            ("only-matching", 'o'),
            ("quiet", 'q'),
            ("silent", 'q'),
            ("recursive", 'r'),
            ("no-messages", 's'),
            ("invert-match", 'v'),
            ("word-regexp", 'w'),
            ("line-regexp", 'x'),
            ("null", 'Z'),
            ("null-data", 'z'),
            ("line-buffered", '\u{1}'),
            ("include:", '\u{2}'),
            ("exclude:", '\u{3}'),
            ("exclude-dir:", '\u{4}'),
            ("color", '\u{5}'),
        ],
        stops: false,
    };
    // `-5` is `-C 5`; colours are for terminals.
    let args: Vec<BString> = context
        .args
        .iter()
        .filter(|word| !word.starts_with(b"--color") && !word.starts_with(b"--colour"))
        .map(|word| match word.strip_prefix(b"-") {
            Some(digits) if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
                BString::from(format!("-C{}", digits.as_bstr()))
            }
            _ => word.clone(),
        })
        .collect();
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(2) };
    let mut operands = &parsed.operands[..];
    let mut patterns: Vec<Vec<u8>> = Vec::new();
    for &(letter, value) in &parsed.options {
        match letter {
            'e' => patterns.extend(value.split(|byte| *byte == b'\n').map(<[u8]>::to_vec)),
            'f' => {
                let mut text = Vec::new();
                let read = open(context.stdin, context.cwd, value, context.cancel)
                    .and_then(|mut source| io::Read::read_to_end(&mut source, &mut text));
                if let Err(error) = read {
                    complain(context.stderr, context.args, format_args!("{value}: {}", reason(&error)))?;
                    return Ok(2);
                }
                patterns.extend(bstr::ByteSlice::lines(&text[..]).map(<[u8]>::to_vec));
            }
            _ => {}
        }
    }
    if !parsed.has('e') && !parsed.has('f') {
        let Some((first, rest)) = operands.split_first() else {
            context.stderr.write_all(b"usage: grep [option]... pattern [file]...\n")?;
            return Ok(2);
        };
        patterns.extend(first.split(|byte| *byte == b'\n').map(<[u8]>::to_vec));
        operands = rest;
    }
    let mut counts = [u64::MAX, 0, 0];
    for (count, letters) in counts.iter_mut().zip([&['m'][..], &['A', 'C'], &['B', 'C']]) {
        if let Some(letter) = parsed.last_of(letters) {
            let text = parsed.value(letter).unwrap_or_default();
            let Some(value) = number(text) else {
                let what = if letter == 'm' { "invalid max count" } else { "invalid context length argument" };
                complain(context.stderr, context.args, format_args!("{text}: {what}"))?;
                return Ok(2);
            };
            *count = value;
        }
    }
    let search = match Search::new(&patterns, &parsed, counts) {
        Ok(search) => search,
        Err(message) => {
            complain(context.stderr, context.args, message)?;
            return Ok(2);
        }
    };
    let recursive = parsed.has('r') || parsed.has('R');
    let dot = [b".".as_bstr()];
    let dash = [b"-".as_bstr()];
    let names = match (operands.is_empty(), recursive) {
        (true, true) => &dot[..],
        (true, false) => &dash[..],
        (false, _) => operands,
    };
    let prefixed = match parsed.last_of(&['h', 'H']) {
        Some('h') => false,
        Some(_) => true,
        None => names.len() > 1 || recursive,
    };
    let mut state = State { matched: false, failed: false };
    for name in names {
        let path = resolve(context.cwd, name);
        if *name != "-" && path.is_dir() {
            if recursive {
                // `.` itself is not part of what is shown.
                let shown = if operands.is_empty() { BString::default() } else { BString::from(*name) };
                let mut found = Vec::new();
                let filters = Filters::new(&parsed);
                collect(&path, &shown, parsed.has('R'), &filters, &mut found, &mut |shown, error| {
                    state.failed = true;
                    if parsed.has('s') {
                        return Ok(());
                    }
                    complain(context.stderr, context.args, format_args!("{shown}: {}", reason(error)))
                })?;
                for (path, shown) in found {
                    let shown = shown.as_bstr();
                    search_one(context, &search, &parsed, shown, Some(&path), prefixed, &mut state)?;
                    if context.cancel.is_cancelled() || (state.matched && search.quiet) {
                        break;
                    }
                }
                continue;
            }
            state.failed = true;
            if !parsed.has('s') {
                complain(context.stderr, context.args, format_args!("{name}: Is a directory"))?;
            }
            continue;
        }
        search_one(context, &search, &parsed, name, None, prefixed, &mut state)?;
        if context.cancel.is_cancelled() || (state.matched && search.quiet) {
            break;
        }
    }
    Ok(match state {
        State { matched: true, .. } if search.quiet => 0,
        State { failed: true, .. } => 2,
        State { matched, .. } => u8::from(!matched),
    })
}

struct State {
    matched: bool,
    failed: bool,
}

fn search_one(
    context: &mut Context<'_>,
    search: &Search,
    parsed: &Parsed<'_>,
    name: &BStr,
    path: Option<&Path>,
    named: bool,
    state: &mut State,
) -> io::Result<()> {
    let opened = match path {
        Some(path) => open_file(path, context.cancel),
        None => open(context.stdin, context.cwd, name, context.cancel),
    };
    let shown = if name == "-" { b"(standard input)".as_bstr() } else { name };
    let silent = search.quiet || search.list || search.list_without;
    let result = match opened {
        // Lines that were written would be found again.
        Ok(source) if !silent && source.left_of_output(context.stdout).is_some() => {
            Err(io::Error::other("input file is also the output"))
        }
        Ok(source) => {
            let mut out = Out::new(context.stdout);
            let result = search.source(source, &mut out, named.then_some(shown), shown)?;
            out.flush()?;
            result
        }
        Err(error) => Err(error),
    };
    match result {
        Ok(matched) => state.matched |= matched,
        Err(error) => {
            state.failed = true;
            if !parsed.has('s') {
                complain(context.stderr, context.args, format_args!("{shown}: {}", reason(&error)))?;
            }
        }
    }
    Ok(())
}

/// Which files of a tree are searched.
struct Filters {
    include: Vec<Regex>,
    exclude: Vec<Regex>,
    exclude_directories: Vec<Regex>,
}

impl Filters {
    fn new(parsed: &Parsed<'_>) -> Self {
        let all = |letter: char| {
            let given = parsed.options.iter().filter(move |(known, _)| *known == letter);
            given.filter_map(|(_, text)| glob(text, false).ok()).collect()
        };
        Self { include: all('\u{2}'), exclude: all('\u{3}'), exclude_directories: all('\u{4}') }
    }

    fn takes(&self, name: &[u8]) -> bool {
        (self.include.is_empty() || self.include.iter().any(|glob| glob.is_match(name)))
            && !self.exclude.iter().any(|glob| glob.is_match(name))
    }
}

/// The files of a tree, in the order of their names.
fn collect(
    path: &Path,
    shown: &BString,
    follow: bool,
    filters: &Filters,
    found: &mut Vec<(PathBuf, BString)>,
    failed: &mut dyn FnMut(&BStr, &io::Error) -> io::Result<()>,
) -> io::Result<()> {
    let mut listing = match file::list(path) {
        Ok(listing) => listing,
        Err(error) => return failed(shown.as_bstr(), &error),
    };
    listing.sort();
    for (name, kind) in listing.iter() {
        let inside = path.join(BStr::new(name).to_path_lossy());
        let mut below = shown.clone();
        if !below.is_empty() && !below.ends_with(b"/") {
            below.push(b'/');
        }
        below.push_str(name);
        let kind = match kind {
            Kind::Link if !follow => continue,
            Kind::Link | Kind::Unknown if inside.is_dir() => Kind::Directory,
            Kind::Link | Kind::Unknown => Kind::File,
            kind => kind,
        };
        match kind {
            Kind::Directory if !filters.exclude_directories.iter().any(|glob| glob.is_match(name)) => {
                collect(&inside, &below, follow, filters, found, failed)?;
            }
            Kind::File if filters.takes(name) => found.push((inside, below)),
            _ => {}
        }
    }
    Ok(())
}

struct Search {
    regex: Regex,
    /// The only pattern, when it is plain text: quicker than any expression.
    literal: Option<memchr::memmem::Finder<'static>>,
    invert: bool,
    count: bool,
    list: bool,
    list_without: bool,
    quiet: bool,
    only: bool,
    numbers: bool,
    offsets: bool,
    text: bool,
    skip_binary: bool,
    null: bool,
    flush: bool,
    most: u64,
    after: u64,
    before: usize,
    terminator: u8,
    gaps: bool,
}

impl Search {
    fn new(patterns: &[Vec<u8>], parsed: &Parsed<'_>, [most, after, before]: [u64; 3]) -> Result<Self, String> {
        let syntax = match parsed.last_of(&['E', 'F', 'G', 'P']) {
            Some('E') => Syntax::Extended,
            Some('F') => Syntax::Fixed,
            Some('P') => Syntax::Perl,
            _ => Syntax::Basic,
        };
        let matching = Matching {
            ignore_case: parsed.has('i') || parsed.has('y'),
            lines: true,
            word: parsed.has('w'),
            line: parsed.has('x'),
        };
        let regex = compile(patterns.iter().map(|pattern| &pattern[..]), syntax, matching)?;
        let plain = |pattern: &[u8]| {
            syntax == Syntax::Fixed
                || pattern.iter().all(|byte| byte.is_ascii_alphanumeric() || b" _-,:;/=@#%&<>\"'!~".contains(byte))
        };
        let literal = match patterns {
            [one] if !one.is_empty() && plain(one) && !matching.ignore_case && !matching.word && !matching.line => {
                Some(memchr::memmem::Finder::new(one).into_owned())
            }
            _ => None,
        };
        Ok(Self {
            regex,
            literal,
            invert: parsed.has('v'),
            count: parsed.has('c'),
            list: parsed.has('l'),
            list_without: parsed.has('L'),
            quiet: parsed.has('q'),
            only: parsed.has('o'),
            numbers: parsed.has('n'),
            offsets: parsed.has('b'),
            text: parsed.has('a'),
            skip_binary: parsed.has('I'),
            null: parsed.has('Z'),
            flush: parsed.has('\u{1}'),
            most,
            after,
            before: usize::try_from(before).unwrap_or(usize::MAX),
            terminator: if parsed.has('z') { 0 } else { b'\n' },
            gaps: after > 0 || before > 0,
        })
    }

    /// Where the next line that matches is in a block from `from` on.
    fn next(&self, block: &[u8], from: usize) -> Option<(usize, usize)> {
        let mut from = from;
        while from < block.len() {
            let at = match &self.literal {
                Some(finder) => from + finder.find(&block[from..])?,
                None => self.regex.find_at(block, from)?.start(),
            };
            // An empty match after the last line end is of no line.
            if at >= block.len() {
                return None;
            }
            let start = memchr::memrchr(self.terminator, &block[..at]).map_or(0, |end| end + 1);
            let end = memchr::memchr(self.terminator, &block[at..]).map_or(block.len(), |end| at + end + 1);
            let line = bare(&block[start..end], self.terminator);
            // What was found may reach over the line end.
            if self.literal.is_some() || self.regex.is_match(line) {
                return Some((start, end));
            }
            from = end;
        }
        None
    }

    /// The outer error is that of the output, the inner that of the source; says whether a line matched.
    fn source(
        &self,
        source: Source<'_>,
        out: &mut Out<'_>,
        prefix: Option<&BStr>,
        shown: &BStr,
    ) -> io::Result<io::Result<bool>> {
        let mut lines = Lines::terminated_by(source, self.terminator);
        let mut run = Run { count: 0, line: 0, offset: 0, trailing: 0, before: Vec::new(), shown: 0, binary: false };
        let silent = self.quiet || self.list || self.list_without;
        let mut first = true;
        let outcome = loop {
            let block = match lines.block() {
                Ok(Some(block)) => block,
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            };
            if std::mem::take(&mut first)
                && !self.text
                && self.terminator != 0
                && memchr::memchr(0, &block[..block.len().min(32 * 1024)]).is_some()
            {
                if self.skip_binary {
                    return Ok(Ok(false));
                }
                run.binary = true;
            }
            let hushed = silent || run.binary;
            let done = self.block(block, out, prefix, &mut run, hushed)?;
            if self.flush {
                out.flush()?;
            }
            if done {
                break Ok(());
            }
        };
        if run.binary && run.count > 0 && !silent && !self.count {
            out.put(b"grep: ")?;
            out.put(shown)?;
            out.line(b": binary file matches")?;
        }
        if self.count && !silent {
            if let Some(prefix) = prefix {
                self.name(prefix, b':', out)?;
            }
            out.line(run.count.to_string().as_bytes())?;
        }
        let listed = (self.list && run.count > 0) || (self.list_without && run.count == 0 && outcome.is_ok());
        if listed && !self.quiet {
            out.put(shown)?;
            out.put(if self.null { b"\0" } else { b"\n" })?;
        }
        let matched = if self.list_without { listed } else { run.count > 0 };
        Ok(outcome.map(|()| matched))
    }

    /// Works on some lines; says whether that was enough.
    fn block(
        &self,
        block: &[u8],
        out: &mut Out<'_>,
        prefix: Option<&BStr>,
        run: &mut Run,
        silent: bool,
    ) -> io::Result<bool> {
        let every = self.numbers || self.gaps || self.invert;
        if !every {
            // Only the lines that match are looked at, and those that follow one another are written at once.
            let whole = !(silent || self.count || self.only || self.offsets || prefix.is_some());
            let mut from = 0;
            let mut pending = 0..0;
            while let Some((start, end)) = self.next(block, from) {
                if run.count >= self.most {
                    break;
                }
                run.count += 1;
                if silent {
                    return Ok(true);
                }
                if whole && end < block.len() {
                    if start != pending.end {
                        out.put(&block[pending])?;
                        pending = start..end;
                    }
                    pending.end = end;
                } else if !self.count {
                    out.put(&block[std::mem::take(&mut pending)])?;
                    let offset = run.offset + start as u64;
                    self.show(&block[start..end], b':', 0, offset, prefix, out)?;
                }
                from = end;
            }
            out.put(&block[pending])?;
            run.offset += block.len() as u64;
            return Ok(run.count >= self.most);
        }
        let mut next = self.next(block, 0);
        let mut start = 0;
        while start < block.len() {
            // With numbers alone the lines between matches are only counted.
            if !self.gaps && !self.invert {
                let skipped = &block[start..next.map_or(block.len(), |(at, _)| at)];
                run.line += memchr::memchr_iter(self.terminator, skipped).count() as u64;
                start += skipped.len();
                if start >= block.len() {
                    break;
                }
            }
            let end = match next {
                Some((at, end)) if at == start => end,
                _ => memchr::memchr(self.terminator, &block[start..]).map_or(block.len(), |end| start + end + 1),
            };
            run.line += 1;
            let hit = next.is_some_and(|(at, _)| at == start);
            let line = &block[start..end];
            let offset = run.offset + start as u64;
            if hit != self.invert {
                if run.count >= self.most {
                    return Ok(true);
                }
                run.count += 1;
                if silent {
                    return Ok(true);
                }
                if !self.count {
                    self.with_context(line, offset, prefix, run, out)?;
                }
            } else if run.trailing > 0 && !self.count {
                run.trailing -= 1;
                run.shown = run.line;
                self.show_context(line, run.line, offset, prefix, out)?;
                if run.trailing == 0 && run.count >= self.most {
                    return Ok(true);
                }
            } else if self.before > 0 {
                if run.before.len() >= self.before {
                    run.before.remove(0);
                }
                run.before.push((line.to_vec(), run.line, offset));
            }
            if hit {
                next = self.next(block, end);
            }
            start = end;
        }
        run.offset += block.len() as u64;
        Ok(run.count >= self.most && run.trailing == 0)
    }

    fn with_context(
        &self,
        line: &[u8],
        offset: u64,
        prefix: Option<&BStr>,
        run: &mut Run,
        out: &mut Out<'_>,
    ) -> io::Result<()> {
        if self.gaps {
            let first = run.line - run.before.len() as u64;
            if run.shown > 0 && first > run.shown + 1 {
                out.line(b"--")?;
            }
            for (line, number, offset) in std::mem::take(&mut run.before) {
                self.show_context(&line, number, offset, prefix, out)?;
            }
        }
        self.show(line, b':', run.line, offset, prefix, out)?;
        run.trailing = self.after;
        run.shown = run.line;
        Ok(())
    }

    fn show_context(
        &self,
        line: &[u8],
        number: u64,
        offset: u64,
        prefix: Option<&BStr>,
        out: &mut Out<'_>,
    ) -> io::Result<()> {
        if self.only {
            return Ok(());
        }
        self.head(b'-', number, offset, prefix, out)?;
        self.whole(line, out)
    }

    fn show(
        &self,
        line: &[u8],
        mark: u8,
        number: u64,
        offset: u64,
        prefix: Option<&BStr>,
        out: &mut Out<'_>,
    ) -> io::Result<()> {
        if !self.only {
            self.head(mark, number, offset, prefix, out)?;
            return self.whole(line, out);
        }
        if self.invert {
            return Ok(());
        }
        let text = bare(line, self.terminator);
        for found in self.regex.find_iter(text).filter(|found| !found.is_empty()) {
            self.head(mark, number, offset + found.start() as u64, prefix, out)?;
            out.put(found.as_bytes())?;
            out.put(&[self.terminator])?;
        }
        Ok(())
    }

    fn whole(&self, line: &[u8], out: &mut Out<'_>) -> io::Result<()> {
        out.put(line)?;
        if line.last() != Some(&self.terminator) {
            out.put(&[self.terminator])?;
        }
        Ok(())
    }

    fn name(&self, prefix: &BStr, mark: u8, out: &mut Out<'_>) -> io::Result<()> {
        out.put(prefix)?;
        out.put(if self.null { b"\0".as_slice() } else { std::slice::from_ref(&mark) })
    }

    fn head(&self, mark: u8, number: u64, offset: u64, prefix: Option<&BStr>, out: &mut Out<'_>) -> io::Result<()> {
        if let Some(prefix) = prefix {
            self.name(prefix, mark, out)?;
        }
        if self.numbers {
            out.put(number.to_string().as_bytes())?;
            out.put(&[mark])?;
        }
        if self.offsets {
            out.put(offset.to_string().as_bytes())?;
            out.put(&[mark])?;
        }
        Ok(())
    }
}

struct Run {
    count: u64,
    line: u64,
    offset: u64,
    /// Lines after a match that are still to be shown.
    trailing: u64,
    before: Vec<(Vec<u8>, u64, u64)>,
    /// The number of the last line that was shown.
    shown: u64,
    binary: bool,
}

#[cfg(test)]
mod tests {
    use super::super::tests::{run, run_in, run_words};

    #[test]
    fn lines() {
        let input = "one\ntwo\nthree\nfour\n";
        for (words, code, expected) in [
            ("grep o", 0, "one\ntwo\nfour\n"),
            ("grep -v o", 0, "three\n"),
            ("grep -c o", 0, "3\n"),
            ("grep -n t", 0, "2:two\n3:three\n"),
            ("grep -nv o", 0, "3:three\n"),
            ("grep -i ONE", 0, "one\n"),
            ("grep -q one", 0, ""),
            ("grep -q nine", 1, ""),
            ("grep nine", 1, ""),
            ("grep -o [ot]", 0, "o\nt\no\nt\no\n"),
            ("grep -E ^(one|four)$", 0, "one\nfour\n"),
            ("grep -F t.o", 1, ""),
            ("grep -w on", 1, ""),
            ("grep -x one", 0, "one\n"),
            ("grep -x on", 1, ""),
            ("grep -e one -e two", 0, "one\ntwo\n"),
            ("grep -m1 o", 0, "one\n"),
            ("grep -A1 two", 0, "two\nthree\n"),
            ("grep -B1 two", 0, "one\ntwo\n"),
            ("grep -nC1 two", 0, "1-one\n2:two\n3-three\n"),
            ("grep -A1 -E one|four", 0, "one\ntwo\n--\nfour\n"),
            ("grep -H one", 0, "(standard input):one\n"),
            ("grep -l one", 0, "(standard input)\n"),
            ("grep -L nine", 0, "(standard input)\n"),
            ("grep -b two", 0, "4:two\n"),
            ("grep -cv o", 0, "1\n"),
            ("grep -E e$", 0, "one\nthree\n"),
            ("grep [^a]$", 0, "one\ntwo\nthree\nfour\n"),
            ("grep -P o\\b", 0, "two\n"),
        ] {
            assert_eq!(run(words, input), (code, expected.to_owned(), String::new()), "{words}");
        }
        assert_eq!(run_words(&["grep", ""], "a\n\nb").1, "a\n\nb\n");
        assert_eq!(run_words(&["grep", "^$"], "a\n\nb\n").1, "\n");
        assert_eq!(run_words(&["grep", "-c", "^$"], "a\n").1, "0\n");
        assert_eq!(run("grep -v x", "").0, 1);
        assert_eq!(run("grep a\\sb", "a\nb\n").0, 1);
        assert_eq!(run("grep [", "").0, 2);
        assert_eq!(run("grep a nosuch", "").2, "grep: nosuch: No such file or directory\n");
        assert_eq!(run("grep a", "a\0b\n").1, "grep: (standard input): binary file matches\n");
        assert_eq!(run("grep -a a", "a\0b\n").1, "a\0b\n");
    }

    #[test]
    fn trees() {
        let directory = std::env::temp_dir().join(format!("dx-shell-grep-{}", std::process::id()));
        std::fs::create_dir_all(directory.join("d/e")).unwrap();
        for (name, text) in [("d/a.txt", "hit\n"), ("d/e/b.js", "hit\nmiss\n"), ("d/c.txt", "miss\n")] {
            std::fs::write(directory.join(name), text).unwrap();
        }
        let run = |words: &str| run_in(&directory, &words.split(' ').collect::<Vec<_>>(), "");
        for (words, expected) in [
            ("grep -r hit d", "d/a.txt:hit\nd/e/b.js:hit\n"),
            ("grep -rl hit", "d/a.txt\nd/e/b.js\n"),
            ("grep -rh hit d", "hit\nhit\n"),
            ("grep -r --include=*.txt hit d", "d/a.txt:hit\n"),
            ("grep -r --exclude-dir=e hit d", "d/a.txt:hit\n"),
            ("grep -c hit d/a.txt d/c.txt", "d/a.txt:1\nd/c.txt:0\n"),
            ("grep -L hit d/a.txt d/c.txt", "d/c.txt\n"),
        ] {
            assert_eq!(run(words), (0, expected.to_owned(), String::new()), "{words}");
        }
        assert_eq!(run("grep hit d"), (2, String::new(), "grep: d: Is a directory\n".to_owned()));
        std::fs::remove_dir_all(&directory).unwrap();
    }
}

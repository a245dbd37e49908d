//! `cut`.

use std::io;

use bstr::{BStr, ByteSlice as _};

use super::{
    Context,
    input::{Lines, bare, open},
    options::Options,
    output::Out,
    text::{complain, number, reason},
};

/// Writes parts of each line: bytes (`-b`), characters (`-c`) or fields (`-f`, parted by `-d`, `-s` without lines that
/// have one).
pub(super) fn cut(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "b:c:d:f:nsz",
        long: &[
            ("bytes", 'b'),
            ("characters", 'c'),
            ("delimiter", 'd'),
            ("fields", 'f'),
            ("only-delimited", 's'),
            ("zero-terminated", 'z'),
            ("complement", '\u{1}'),
            ("output-delimiter:", '\u{2}'),
        ],
        stops: false,
    };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    let lists: Vec<(char, &BStr)> =
        parsed.options.iter().filter(|(letter, _)| matches!(letter, 'b' | 'c' | 'f')).copied().collect();
    let wrong = match lists.len() {
        0 => Some("you must specify a list of bytes, characters, or fields".to_owned()),
        1 => None,
        _ => Some("only one list may be specified".to_owned()),
    };
    let (by, list) = lists.first().copied().unwrap_or_default();
    let delimiter = parsed.value('d').unwrap_or(BStr::new("\t"));
    let ranges = ranges(list, by);
    let wrong = wrong.or_else(|| match &ranges {
        Err(message) => Some(message.clone()),
        Ok(_) if delimiter.chars().count() > 1 => Some("the delimiter must be a single character".to_owned()),
        Ok(_) if by != 'f' && parsed.has('d') => {
            Some("an input delimiter may be specified only when operating on fields".to_owned())
        }
        Ok(_) => None,
    });
    let (Ok(mut ranges), None) = (ranges, &wrong) else {
        complain(context.stderr, context.args, wrong.unwrap_or_default())?;
        return Ok(1);
    };
    if parsed.has('\u{1}') {
        ranges = complement(&ranges);
    }
    let separator = parsed.value('\u{2}');
    let cut = Cut {
        ranges,
        // An empty delimiter is NUL, as GNU has it.
        delimiter: if delimiter.is_empty() { b"\0" } else { delimiter },
        separator: separator.map(|text| &**text),
        only_delimited: parsed.has('s'),
    };
    let terminator = if parsed.has('z') { 0 } else { b'\n' };
    let dash = [b"-".as_bstr()];
    let names = if parsed.operands.is_empty() { &dash[..] } else { &parsed.operands };
    let mut code = 0;
    let mut out = Out::new(context.stdout);
    for name in names {
        let source = match open(context.stdin, context.cwd, name, context.cancel) {
            Ok(source) => source,
            Err(error) => {
                code = 1;
                complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
                continue;
            }
        };
        let mut lines = Lines::terminated_by(source, terminator);
        loop {
            let block = match lines.block() {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(error) => {
                    code = 1;
                    complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
                    break;
                }
            };
            let mut rest = block;
            while !rest.is_empty() {
                let end = memchr::memchr(terminator, rest).map_or(rest.len(), |at| at + 1);
                let line = bare(&rest[..end], terminator);
                let shown = match by {
                    'f' => cut.fields(line, &mut out)?,
                    'c' if !line.is_ascii() => cut.characters(line, &mut out)?,
                    _ => cut.bytes(line, &mut out)?,
                };
                if shown {
                    out.put(&[terminator])?;
                }
                rest = &rest[end..];
            }
            if context.cancel.is_cancelled() {
                break;
            }
        }
    }
    out.flush()?;
    Ok(code)
}

/// Both ends count, from one on.
type Range = (usize, usize);

fn ranges(list: &BStr, by: char) -> Result<Vec<Range>, String> {
    let mut ranges = Vec::new();
    for piece in list.split(|byte| b", ".contains(byte)) {
        let invalid = || format!("invalid range: '{}'", piece.as_bstr());
        let end = |text: &[u8], open: usize| {
            if text.is_empty() { Ok(open) } else { number::<usize>(text).ok_or_else(invalid) }
        };
        let (start, stop) = match piece.find_byte(b'-') {
            Some(at) if piece.len() > 1 => (end(&piece[..at], 1)?, end(&piece[at + 1..], usize::MAX)?),
            Some(_) => return Err("invalid range with no endpoint: -".to_owned()),
            None => {
                let only = number::<usize>(piece).ok_or_else(invalid)?;
                (only, only)
            }
        };
        if start == 0 {
            return Err(if by == 'f' {
                "fields are numbered from 1"
            } else {
                "byte/character positions are numbered from 1"
            }
            .to_owned());
        }
        if stop < start {
            return Err("invalid decreasing range".to_owned());
        }
        ranges.push((start, stop));
    }
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::new();
    for (start, last) in ranges {
        match merged.last_mut() {
            Some(before) if start <= before.1.saturating_add(1) && start <= before.1 => before.1 = before.1.max(last),
            _ => merged.push((start, last)),
        }
    }
    Ok(merged)
}

fn complement(ranges: &[Range]) -> Vec<Range> {
    let mut start = 1;
    let mut rest = Vec::new();
    for &(first, last) in ranges {
        if first > start {
            rest.push((start, first - 1));
        }
        start = last.saturating_add(1);
    }
    if start < usize::MAX {
        rest.push((start, usize::MAX));
    }
    rest
}

struct Cut<'a> {
    ranges: Vec<Range>,
    delimiter: &'a [u8],
    separator: Option<&'a [u8]>,
    only_delimited: bool,
}

impl Cut<'_> {
    fn bytes(&self, line: &[u8], out: &mut Out<'_>) -> io::Result<bool> {
        let mut first = true;
        for &(start, last) in &self.ranges {
            if start > line.len() {
                break;
            }
            if let (false, Some(separator)) = (first, self.separator) {
                out.put(separator)?;
            }
            out.put(&line[start - 1..last.min(line.len())])?;
            first = false;
        }
        Ok(true)
    }

    fn characters(&self, line: &[u8], out: &mut Out<'_>) -> io::Result<bool> {
        let ends: Vec<usize> = line.char_indices().map(|(_, end, _)| end).collect();
        let at = |count: usize| if count == 0 { 0 } else { ends[count.min(ends.len()) - 1] };
        let mut first = true;
        for &(start, last) in &self.ranges {
            if start > ends.len() {
                break;
            }
            if let (false, Some(separator)) = (first, self.separator) {
                out.put(separator)?;
            }
            out.put(&line[at(start - 1)..at(last)])?;
            first = false;
        }
        Ok(true)
    }

    fn fields(&self, line: &[u8], out: &mut Out<'_>) -> io::Result<bool> {
        let delimiter = self.delimiter;
        let mut marks = Marks::new(line, delimiter);
        let (mut at, mut field, mut end) = (0, 1, marks.next());
        if end.is_none() {
            if !self.only_delimited {
                out.put(line)?;
            }
            return Ok(!self.only_delimited);
        }
        let mut first = true;
        let separator = self.separator.unwrap_or(delimiter);
        for &(start, last) in &self.ranges {
            if field < start {
                // The mark before the first of the fields; `end` is the one after `field`.
                let stop = if start - field == 1 { end } else { marks.nth(start - field - 2) };
                let Some(stop) = stop.filter(|_| end.is_some()) else { return Ok(true) };
                at = stop + delimiter.len();
                field = start;
                end = marks.next();
            }
            // A run of fields is one piece of the line, unless the separator is another.
            let from = at;
            if self.separator.is_none() {
                if !first {
                    out.put(separator)?;
                }
                first = false;
                if last == usize::MAX {
                    out.put(&line[from..])?;
                    return Ok(true);
                }
                if field < last && end.is_some() {
                    end = marks.nth(last - field - 1);
                    field = last;
                }
                out.put(&line[from..end.unwrap_or(line.len())])?;
            } else {
                loop {
                    if !first {
                        out.put(separator)?;
                    }
                    first = false;
                    out.put(&line[at..end.unwrap_or(line.len())])?;
                    let Some(stop) = end.filter(|_| field < last) else { break };
                    at = stop + delimiter.len();
                    field += 1;
                    end = marks.next();
                }
            }
            let Some(stop) = end else { return Ok(true) };
            at = stop + delimiter.len();
            field += 1;
            end = marks.next();
        }
        Ok(true)
    }
}

/// Where the delimiter stands in a line. Fields are short: looking for each anew would cost more than the search.
struct Marks<'a> {
    line: &'a [u8],
    delimiter: &'a [u8],
    /// Where no look was taken yet.
    at: usize,
    /// Of the eight bytes before, those that are the delimiter: the highest bit of each.
    found: u64,
}

impl<'a> Marks<'a> {
    fn new(line: &'a [u8], delimiter: &'a [u8]) -> Self {
        Self { line, delimiter, at: 0, found: 0 }
    }
}

impl Iterator for Marks<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.nth(0)
    }

    fn nth(&mut self, mut count: usize) -> Option<usize> {
        let &[delimiter] = self.delimiter else {
            for _ in 0..count {
                self.next()?;
            }
            let found = self.at + self.line.get(self.at..)?.find(self.delimiter)?;
            self.at = found + self.delimiter.len();
            return Some(found);
        };
        // Words are counted and passed over: a look at each mark would be a branch that nobody foresees.
        loop {
            let here = (self.found >> 7).wrapping_mul(u64::from_ne_bytes([1; 8])) >> 56;
            let here = usize::try_from(here).unwrap_or(0);
            if count < here {
                break;
            }
            count -= here;
            let rest = self.line.get(self.at..).filter(|rest| !rest.is_empty())?;
            self.found = match rest.first_chunk() {
                Some(bytes) => equal(*bytes, delimiter),
                None => {
                    // What is beyond the line is no delimiter.
                    let mut bytes = [!delimiter; 8];
                    bytes.iter_mut().zip(rest).for_each(|(byte, of)| *byte = *of);
                    equal(bytes, delimiter)
                }
            };
            self.at += 8;
        }
        for _ in 0..count {
            self.found &= self.found - 1;
        }
        let place = self.found.trailing_zeros() as usize / 8;
        self.found &= self.found - 1;
        Some(self.at - 8 + place)
    }
}

/// The highest bit of each byte that is this one; the first byte is the lowest.
fn equal(bytes: [u8; 8], byte: u8) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    let differs = u64::from_le_bytes(bytes) ^ u64::from_ne_bytes([byte; 8]);
    // A byte that is not zero sets its highest bit, and carries nothing into the next.
    !(((differs & LOW) + LOW) | differs | LOW)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{run, run_words};
    use super::Marks;

    #[test]
    fn marks_are_where_the_delimiter_is() {
        for delimiter in [0, 1, b':', 0x7f, 0x80, 0xff] {
            for length in 0..40 {
                let other = [delimiter ^ 1, delimiter ^ 0x80, delimiter.wrapping_add(1), !delimiter];
                let line: Vec<u8> =
                    (0..length).map(|at| if at * 7 % 5 < 2 { delimiter } else { other[at % 4] }).collect();
                let expected: Vec<usize> = (0..length).filter(|&at| line[at] == delimiter).collect();
                let delimiter = [delimiter];
                assert_eq!(Marks::new(&line, &delimiter).collect::<Vec<_>>(), expected);
                for step in 1..12 {
                    let mut marks = Marks::new(&line, &delimiter);
                    let some: Vec<usize> = std::iter::from_fn(|| marks.nth(step - 1)).collect();
                    let every: Vec<usize> = expected.iter().copied().skip(step - 1).step_by(step).collect();
                    assert_eq!(some, every);
                }
            }
        }
        assert_eq!(Marks::new("aéébé".as_bytes(), "é".as_bytes()).collect::<Vec<_>>(), [1, 3, 6]);
        assert_eq!(Marks::new("aéébé".as_bytes(), "é".as_bytes()).nth(1), Some(3));
    }

    #[test]
    fn parts() {
        for (words, input, expected) in [
            ("cut -d: -f1", "a:b:c\nd\n", "a\nd\n"),
            ("cut -d: -f2 -s", "a:b:c\nd\n", "b\n"),
            ("cut -d: -f1,3", "a:b:c\n", "a:c\n"),
            ("cut -d: -f2-", "a:b:c\n", "b:c\n"),
            ("cut -d: -f-2", "a:b:c\n", "a:b\n"),
            ("cut -d: -f3,1", "a:b:c\n", "a:c\n"),
            ("cut -d: -f2-3,3-", "a:b:c:d\n", "b:c:d\n"),
            ("cut -d: -f9", "a:b\n", "\n"),
            ("cut -d: -f1,9", "a:b:c:d:e:f:g:h:i:j\na:b\n", "a:i\na\n"),
            ("cut -d: -f2-4,8", "a:b:c:d:e:f:g:h:i:j\na:b:c\n", "b:c:d:h\nb:c\n"),
            ("cut -d: -f3,4,6-", "a:b:c:d:e:f:g:h:i:j\n::::::\n", "c:d:f:g:h:i:j\n:::\n"),
            ("cut -d: --complement -f2", "a:b:c\n", "a:c\n"),
            ("cut -d: -f1,2 --output-delimiter=-", "a:b:c\n", "a-b\n"),
            ("cut -c2-3", "abcd\n", "bc\n"),
            ("cut -c2", "aéb\n", "é\n"),
            ("cut -b1,3", "abc\n", "ac\n"),
            ("cut -f1", "a\tb", "a\n"),
            ("cut -d: -f1", ":b\n", "\n"),
        ] {
            assert_eq!(run(words, input), (0, expected.to_owned(), String::new()), "{words}");
        }
        assert_eq!(run_words(&["cut", "-d", " ", "-f", "2"], "a b c\n").1, "b\n");
        for (words, message) in [
            ("cut", "cut: you must specify a list of bytes, characters, or fields\n"),
            ("cut -f0", "cut: fields are numbered from 1\n"),
            ("cut -f3-1", "cut: invalid decreasing range\n"),
            ("cut -d:: -f1", "cut: the delimiter must be a single character\n"),
        ] {
            assert_eq!(run(words, ""), (1, String::new(), message.to_owned()), "{words}");
        }
    }
}

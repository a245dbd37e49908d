//! `wc`.

use std::io::{self, Read as _, Write as _};

use bstr::{BStr, ByteSlice as _};

use super::{
    Context,
    input::{BLOCK, Source, open},
    options::Options,
    output::Out,
    text::{complain, reason},
};

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    lines: u64,
    words: u64,
    characters: u64,
    bytes: u64,
    longest: u64,
}

/// Counts lines, words and bytes (`-lwc`), characters (`-m`) and the longest line (`-L`).
pub(super) fn wc(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "clLmw",
        long: &[("bytes", 'c'), ("lines", 'l'), ("max-line-length", 'L'), ("chars", 'm'), ("words", 'w')],
        stops: false,
    };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    let all = parsed.options.is_empty();
    let has = |letter| parsed.has(letter) || (all && matches!(letter, 'l' | 'w' | 'c'));
    let columns = |counts: &Counts| {
        [('l', counts.lines), ('w', counts.words), ('m', counts.characters), ('c', counts.bytes), ('L', counts.longest)]
            .into_iter()
            .filter(|(letter, _)| has(*letter))
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
    };
    let work = Work { words: has('w'), characters: has('m'), longest: has('L'), lines: has('l') };
    let dash = [b"".as_bstr()];
    let names = if parsed.operands.is_empty() { &dash[..] } else { &parsed.operands };
    let (mut code, mut total, mut rows) = (0, Counts::default(), Vec::<(Vec<u64>, &BStr)>::new());
    for name in names {
        let opened = open(
            context.stdin,
            context.cwd,
            if name.is_empty() && parsed.operands.is_empty() { BStr::new("-") } else { name },
            context.cancel,
        );
        let counts = opened.and_then(|source| {
            // Only bytes of a file: its size says it.
            if let (Source::File(file), false, false) = (&source, work.any(), work.lines)
                && let Ok(metadata) = file.metadata()
                && metadata.is_file()
                && metadata.len() > 0
            {
                return Ok(Counts { bytes: metadata.len(), ..Counts::default() });
            }
            work.count(source)
        });
        match counts {
            Ok(counts) => {
                total.lines += counts.lines;
                total.words += counts.words;
                total.characters += counts.characters;
                total.bytes += counts.bytes;
                total.longest = total.longest.max(counts.longest);
                rows.push((columns(&counts), name));
            }
            Err(error) => {
                code = 1;
                complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
            }
        }
        if context.cancel.is_cancelled() {
            break;
        }
    }
    if names.len() > 1 {
        rows.push((columns(&total), b"total".as_bstr()));
    }
    // As wide as the sum of the sizes; seven for what has no size, one for a single number.
    let single = rows.iter().all(|(row, _)| row.len() == 1);
    let width = match () {
        () if single && names.len() == 1 => 1,
        () if parsed.operands.is_empty() || parsed.operands.contains(&BStr::new("-")) => 7,
        () => total.bytes.to_string().len(),
    };
    let mut out = Out::new(context.stdout);
    for (row, name) in rows {
        for (index, value) in row.iter().enumerate() {
            write!(out, "{}{value:>width$}", if index > 0 { " " } else { "" })?;
        }
        if !name.is_empty() {
            out.put(b" ")?;
            out.put(name)?;
        }
        out.put(b"\n")?;
    }
    out.flush()?;
    Ok(code)
}

#[expect(clippy::struct_excessive_bools, reason = "what is asked for")]
struct Work {
    words: bool,
    characters: bool,
    longest: bool,
    lines: bool,
}

impl Work {
    fn any(&self) -> bool {
        self.words || self.characters || self.longest
    }

    fn count(&self, mut source: Source<'_>) -> io::Result<Counts> {
        let mut counts = Counts::default();
        let mut buffer = vec![0; BLOCK];
        let (mut in_word, mut column) = (false, 0_u64);
        loop {
            let length = source.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            let block = &buffer[..length];
            counts.bytes += length as u64;
            if self.lines {
                counts.lines += memchr::memchr_iter(b'\n', block).count() as u64;
            }
            if self.words {
                counts.words += words(block, &mut in_word);
            }
            if self.characters {
                // Every byte that does not continue a character of UTF-8 starts one.
                counts.characters += block.iter().filter(|byte| **byte & 0xc0 != 0x80).count() as u64;
            }
            if self.longest {
                for byte in block {
                    match byte {
                        b'\n' | b'\r' | 12 => column = 0,
                        b'\t' => column = (column / 8 + 1) * 8,
                        0x80..=0xbf | 0..32 | 127 => {}
                        _ => column += 1,
                    }
                    counts.longest = counts.longest.max(column);
                }
            }
        }
        Ok(counts)
    }
}

const SPACE: [bool; 256] = {
    let mut table = [false; 256];
    let mut index = 0;
    while index < 6 {
        table[b" \t\n\x0b\x0c\r"[index] as usize] = true;
        index += 1;
    }
    table
};

/// Words that start in a block.
fn words(block: &[u8], in_word: &mut bool) -> u64 {
    let mut count = 0;
    let mut before = !*in_word;
    for byte in block {
        let space = SPACE[usize::from(*byte)];
        count += u64::from(before && !space);
        before = space;
    }
    *in_word = !before;
    count
}

#[cfg(test)]
mod tests {
    use super::super::tests::{run, run_in};

    #[test]
    fn counts() {
        for (words, input, expected) in [
            ("wc", "a b\nc\n", "      2       3       6\n"),
            ("wc -l", "a\nb", "1\n"),
            ("wc -w", " a  b\tc\n", "3\n"),
            ("wc -c", "abc", "3\n"),
            ("wc -m", "é€😀", "3\n"),
            ("wc -L", "ab\n\tc\n", "9\n"),
            ("wc -lw -", "a b\n", "      1       2 -\n"),
            ("wc -l", "", "0\n"),
        ] {
            assert_eq!(run(words, input), (0, expected.to_owned(), String::new()), "{words}");
        }
    }

    #[test]
    fn files() {
        let directory = std::env::temp_dir().join(format!("dx-shell-wc-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("a"), "one two\n").unwrap();
        std::fs::write(directory.join("b"), "three\n").unwrap();
        assert_eq!(run_in(&directory, &["wc", "a", "b"], "").1, " 1  2  8 a\n 1  1  6 b\n 2  3 14 total\n");
        assert_eq!(run_in(&directory, &["wc", "-c", "a"], "").1, "8 a\n");
        let (code, out, err) = run_in(&directory, &["wc", "-l", "a", "nosuch"], "");
        assert_eq!((code, &*out), (1, "1 a\n1 total\n"));
        assert_eq!(err, "wc: nosuch: No such file or directory\n");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}

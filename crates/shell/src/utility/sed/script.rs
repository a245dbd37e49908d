//! The script of `sed`, read once.

use std::ops::Range;

use bstr::{BString, ByteSlice as _};
use regex::bytes::{Captures, Match, Regex};

use super::super::{
    pattern::{Matching, Syntax, compile},
    text::number,
};

/// A place in the list of files that the script writes to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target(pub(super) usize);

pub(super) struct Script {
    pub(super) commands: Vec<Command>,
    pub(super) outputs: Vec<BString>,
}

pub(super) struct Command {
    pub(super) from: Option<Address>,
    pub(super) to: Option<Address>,
    pub(super) negated: bool,
    pub(super) action: Do,
}

pub(super) enum Address {
    /// Before the first line: `0,/re/`.
    Zero,
    Line(u64),
    /// `first~step`.
    Step(u64, u64),
    Last,
    Regex(Regex),
    /// `+n`, only as an end.
    Plus(u64),
    /// `~n`, only as an end.
    Multiple(u64),
}

pub(super) enum Do {
    /// `{`, with where its `}` is.
    Block(usize),
    Substitute(Box<Substitute>),
    Translate(Box<Translate>),
    Print,
    PrintFirst,
    Delete,
    DeleteFirst,
    Next,
    NextAppend,
    Hold(bool),
    Get(bool),
    Exchange,
    Append(BString),
    Insert(BString),
    Change(BString),
    Read(BString),
    Write(Target),
    Number,
    List,
    Quit(u8),
    QuitSilently(u8),
    Branch(usize),
    BranchIf(usize),
    BranchUnless(usize),
    Zap,
}

pub(super) struct Translate {
    pub(super) bytes: [u8; 256],
    pub(super) ascii_only: bool,
    pairs: Vec<(char, char)>,
}

impl Translate {
    pub(super) fn apply(&self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for (start, end, letter) in text.char_indices() {
            match self.pairs.iter().find(|(from, _)| *from == letter) {
                Some((_, to)) => out.extend_from_slice(to.encode_utf8(&mut [0; 4]).as_bytes()),
                None => out.extend_from_slice(&text[start..end]),
            }
        }
        out
    }
}

/// What a replacement is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(Vec<u8>),
    Group(usize),
    Case(Case),
}

/// `\U`, `\L`, `\E`, `\u`, `\l`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Upper,
    Lower,
    End,
    UpperOne,
    LowerOne,
}

pub(super) struct Substitute {
    regex: Regex,
    pieces: Vec<Piece>,
    /// Whether the replacement needs no more than the whole match.
    simple: bool,
    nth: usize,
    global: bool,
    pub(super) print: bool,
    pub(super) write: Option<Target>,
}

impl Substitute {
    /// Puts the text with replacements into `out`; returns whether there were any.
    pub(super) fn apply(&self, text: &[u8], out: &mut Vec<u8>) -> bool {
        if self.simple {
            return self.apply_simply(text, out);
        }
        let whole = |captures: &Captures<'_>| captures.get(0).map(|whole| whole.range()).unwrap_or_default();
        self.replace(self.regex.captures_iter(text), text, out, whole, |captures, out| self.replacement(captures, out))
    }

    fn apply_simply(&self, text: &[u8], out: &mut Vec<u8>) -> bool {
        self.replace(self.regex.find_iter(text), text, out, Match::range, |whole, out| {
            for piece in &self.pieces {
                match piece {
                    Piece::Text(literal) => out.extend_from_slice(literal),
                    _ => out.extend_from_slice(whole.as_bytes()),
                }
            }
        })
    }

    /// Puts what `write` makes of the matches that count in their place.
    fn replace<M>(
        &self,
        matches: impl Iterator<Item = M>,
        text: &[u8],
        out: &mut Vec<u8>,
        range: impl Fn(&M) -> Range<usize>,
        write: impl Fn(&M, &mut Vec<u8>),
    ) -> bool {
        let (mut copied, mut count, mut done) = (0, 0, false);
        let mut last_end = None;
        for found in matches {
            let range = range(&found);
            // An empty match right after another is none.
            if range.is_empty() && last_end == Some(range.start) {
                continue;
            }
            last_end = Some(range.end);
            count += 1;
            if count < self.nth {
                continue;
            }
            if !done {
                out.clear();
                done = true;
            }
            out.extend_from_slice(&text[copied..range.start]);
            write(&found, out);
            copied = range.end;
            if !self.global {
                break;
            }
        }
        if done {
            out.extend_from_slice(&text[copied..]);
        }
        done
    }

    fn replacement(&self, captures: &Captures<'_>, out: &mut Vec<u8>) {
        let (mut case, mut once) = (Case::End, None);
        for piece in &self.pieces {
            let text = match piece {
                Piece::Case(Case::UpperOne) => {
                    once = Some(Case::Upper);
                    continue;
                }
                Piece::Case(Case::LowerOne) => {
                    once = Some(Case::Lower);
                    continue;
                }
                Piece::Case(other) => {
                    (case, once) = (*other, None);
                    continue;
                }
                Piece::Text(text) => &text[..],
                Piece::Group(group) => captures.get(*group).map_or(&b""[..], |group| group.as_bytes()),
            };
            let mut shown = match case {
                Case::Upper => text.to_uppercase(),
                Case::Lower => text.to_lowercase(),
                _ => text.to_vec(),
            };
            if let Some(wanted) = once
                && let Some((_, end, letter)) = shown.char_indices().next()
            {
                let first = if wanted == Case::Upper {
                    letter.to_uppercase().to_string()
                } else {
                    letter.to_lowercase().to_string()
                };
                shown.splice(..end, first.into_bytes());
                once = None;
            }
            out.extend_from_slice(&shown);
        }
    }
}

type Failure = (usize, String);

/// Reads a script; a failure is told with its place, counted from one.
pub(super) fn parse(text: &[u8], extended: bool) -> Result<Script, Failure> {
    let mut parser = Parser {
        text,
        at: 0,
        extended,
        script: Script { commands: Vec::new(), outputs: Vec::new() },
        blocks: Vec::new(),
        labels: Vec::new(),
        jumps: Vec::new(),
        last: None,
    };
    parser.whole().map_err(|message| (parser.at, message))?;
    Ok(parser.script)
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    extended: bool,
    script: Script,
    blocks: Vec<usize>,
    labels: Vec<(Vec<u8>, usize)>,
    jumps: Vec<(Vec<u8>, usize)>,
    /// The last pattern, which an empty one stands for.
    last: Option<(Vec<u8>, Matching)>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn skip(&mut self, bytes: &[u8]) {
        while self.peek().is_some_and(|byte| bytes.contains(&byte)) {
            self.at += 1;
        }
    }

    fn whole(&mut self) -> Result<(), String> {
        loop {
            self.skip(b" \t\n;");
            let Some(byte) = self.peek() else { break };
            if byte == b'#' {
                self.rest_of_line();
                continue;
            }
            self.command()?;
        }
        if !self.blocks.is_empty() {
            return Err("unmatched `{'".to_owned());
        }
        let end = self.script.commands.len();
        for (label, index) in std::mem::take(&mut self.jumps) {
            let to = if label.is_empty() {
                end
            } else {
                let found = self.labels.iter().find(|(known, _)| *known == label);
                found.ok_or_else(|| format!("can't find label for jump to `{}'", label.as_bstr()))?.1
            };
            let action = &mut self.script.commands[index].action;
            *action = match action {
                Do::BranchIf(_) => Do::BranchIf(to),
                Do::BranchUnless(_) => Do::BranchUnless(to),
                _ => Do::Branch(to),
            };
        }
        Ok(())
    }

    fn rest_of_line(&mut self) -> Vec<u8> {
        let rest = &self.text[self.at..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_vec()
    }

    fn number(&mut self) -> Option<u64> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += length;
        number(&rest[..length])
    }

    fn address(&mut self, end: bool) -> Result<Option<Address>, String> {
        Ok(Some(match self.peek() {
            Some(b'0'..=b'9') => {
                let line = self.number().ok_or("invalid line number")?;
                if self.peek() == Some(b'~') && !end {
                    self.at += 1;
                    return Ok(Some(Address::Step(line, self.number().unwrap_or(0))));
                }
                if line == 0 && !end { Address::Zero } else { Address::Line(line) }
            }
            Some(b'$') => {
                self.at += 1;
                Address::Last
            }
            Some(b'+') if end => {
                self.at += 1;
                Address::Plus(self.number().ok_or("expected number after +/~")?)
            }
            Some(b'~') if end => {
                self.at += 1;
                Address::Multiple(self.number().ok_or("expected number after +/~")?)
            }
            Some(b'/' | b'\\') => {
                let delimiter = match self.next() {
                    Some(b'\\') => self.next().ok_or("unterminated address regex")?,
                    _ => b'/',
                };
                let pattern = self.delimited(delimiter, true).ok_or("unterminated address regex")?;
                let mut matching = Matching::default();
                while let Some(flag @ (b'I' | b'M')) = self.peek() {
                    self.at += 1;
                    if flag == b'I' { matching.ignore_case = true } else { matching.lines = true }
                }
                Address::Regex(self.regex(pattern, matching)?)
            }
            _ => return Ok(None),
        }))
    }

    fn regex(&mut self, pattern: Vec<u8>, matching: Matching) -> Result<Regex, String> {
        let (pattern, matching) = if pattern.is_empty() {
            self.last.clone().ok_or("no previous regular expression")?
        } else {
            (pattern, matching)
        };
        let syntax = if self.extended { Syntax::Extended } else { Syntax::Basic };
        let regex = compile([&pattern[..]], syntax, matching)?;
        self.last = Some((pattern, matching));
        Ok(regex)
    }

    /// The text up to a delimiter, which is no longer escaped in it.
    fn delimited(&mut self, delimiter: u8, pattern: bool) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let mut class = false;
        loop {
            let byte = self.next()?;
            match byte {
                b'\\' => {
                    let next = self.next()?;
                    if next == delimiter {
                        // Escaped, a delimiter that means something stands for itself.
                        if pattern && b"|+?(){}*.[]^$".contains(&next) && next != b'/' {
                            text.push(b'\\');
                        }
                        if !pattern && next == b'&' {
                            text.push(b'\\');
                        }
                        text.push(next);
                    } else if next == b'n' && pattern {
                        text.extend_from_slice(if class { b"\n" } else { b"\\n" });
                    } else {
                        text.extend_from_slice(&[b'\\', next]);
                    }
                }
                b'[' if pattern && !class => {
                    class = true;
                    text.push(byte);
                    // A bracket that comes first is part of the set.
                    if self.peek() == Some(b'^') {
                        self.at += 1;
                        text.push(b'^');
                    }
                    if self.peek() == Some(b']') {
                        self.at += 1;
                        text.push(b']');
                    }
                }
                b'[' if class && matches!(self.peek(), Some(b':' | b'.' | b'=')) => {
                    let rest = &self.text[self.at..];
                    let end = memchr::memmem::find(&rest[1..], &[rest[0], b']'])? + 3;
                    text.push(b'[');
                    text.extend_from_slice(&rest[..end]);
                    self.at += end;
                }
                b']' if class => {
                    class = false;
                    text.push(byte);
                }
                _ if byte == delimiter && !class => return Some(text),
                b'\n' if pattern && !class => return None,
                _ => text.push(byte),
            }
        }
    }

    fn command(&mut self) -> Result<(), String> {
        let from = self.address(false)?;
        let mut to = None;
        self.skip(b" \t");
        if from.is_some() && self.peek() == Some(b',') {
            self.at += 1;
            self.skip(b" \t");
            to = Some(self.address(true)?.ok_or("unexpected `,'")?);
        }
        if matches!((&from, &to), (Some(Address::Zero), to) if !matches!(to, Some(Address::Regex(_)))) {
            return Err("invalid usage of line address 0".to_owned());
        }
        self.skip(b" \t");
        let mut negated = false;
        while self.peek() == Some(b'!') {
            negated = true;
            self.at += 1;
            self.skip(b" \t!");
        }
        let Some(letter) = self.next() else { return Err("missing command".to_owned()) };
        let index = self.script.commands.len();
        let action = match letter {
            b'{' => {
                self.blocks.push(index);
                Do::Block(0)
            }
            b'}' => {
                if from.is_some() {
                    return Err("} doesn't want any addresses".to_owned());
                }
                let start = self.blocks.pop().ok_or("unexpected `}'")?;
                self.script.commands[start].action = Do::Block(index);
                self.end()?;
                return Ok(());
            }
            b':' => {
                self.skip(b" \t");
                let label = self.label();
                if label.is_empty() {
                    return Err("\":\" lacks a label".to_owned());
                }
                self.labels.push((label, index));
                return Ok(());
            }
            b's' => self.substitute()?,
            b'y' => self.translate()?,
            b'a' | b'i' | b'c' => {
                let text = self.text_argument()?;
                match letter {
                    b'a' => Do::Append(text),
                    b'i' => Do::Insert(text),
                    _ => Do::Change(text),
                }
            }
            b'r' => Do::Read(self.file_name()?),
            b'w' => {
                let name = self.file_name()?;
                Do::Write(self.target(name))
            }
            b'b' | b't' | b'T' => {
                self.skip(b" \t");
                let label = self.label();
                self.jumps.push((label, index));
                match letter {
                    b'b' => Do::Branch(0),
                    b't' => Do::BranchIf(0),
                    _ => Do::BranchUnless(0),
                }
            }
            b'q' | b'Q' => {
                self.skip(b" \t");
                let code = self.number().and_then(|code| u8::try_from(code).ok()).unwrap_or(0);
                if letter == b'q' { Do::Quit(code) } else { Do::QuitSilently(code) }
            }
            b'l' => {
                self.skip(b" \t");
                self.number();
                Do::List
            }
            b'p' => Do::Print,
            b'P' => Do::PrintFirst,
            b'd' => Do::Delete,
            b'D' => Do::DeleteFirst,
            b'n' => Do::Next,
            b'N' => Do::NextAppend,
            b'h' => Do::Hold(false),
            b'H' => Do::Hold(true),
            b'g' => Do::Get(false),
            b'G' => Do::Get(true),
            b'x' => Do::Exchange,
            b'=' => Do::Number,
            b'z' => Do::Zap,
            b'e' | b'F' | b'R' | b'v' | b'W' => {
                return Err(format!("command `{}' is not supported", char::from(letter)));
            }
            other => return Err(format!("unknown command: `{}'", char::from(other))),
        };
        self.script.commands.push(Command { from, to, negated, action });
        if !matches!(letter, b'{' | b'a' | b'i' | b'c' | b'r' | b'w' | b'b' | b't' | b'T') {
            self.end()?;
        }
        Ok(())
    }

    /// What may follow a command.
    fn end(&mut self) -> Result<(), String> {
        self.skip(b" \t");
        match self.peek() {
            None | Some(b';' | b'\n' | b'}' | b'#') => Ok(()),
            Some(_) => Err("extra characters after command".to_owned()),
        }
    }

    fn label(&mut self) -> Vec<u8> {
        let rest = &self.text[self.at..];
        let length = rest.iter().take_while(|byte| !b";\n}".contains(byte)).count();
        self.at += length;
        rest[..length].trim_end().to_vec()
    }

    fn file_name(&mut self) -> Result<BString, String> {
        self.skip(b" \t");
        let name = self.rest_of_line();
        if name.is_empty() { Err("missing filename in r/R/w/W commands".to_owned()) } else { Ok(name.into()) }
    }

    fn target(&mut self, name: BString) -> Target {
        let outputs = &mut self.script.outputs;
        if let Some(known) = outputs.iter().position(|known| *known == name) {
            return Target(known);
        }
        outputs.push(name);
        Target(outputs.len() - 1)
    }

    /// The text of `a`, `i` and `c`: after a backslash and a line end, or on the same line.
    fn text_argument(&mut self) -> Result<BString, String> {
        self.skip(b" \t");
        if self.peek() == Some(b'\\') {
            self.at += 1;
            self.skip(b" \t");
            if self.peek() == Some(b'\n') {
                self.at += 1;
            }
        }
        if self.peek().is_none() {
            return Err("expected \\ after `a', `c' or `i'".to_owned());
        }
        let mut text = Vec::new();
        while let Some(byte) = self.next() {
            match byte {
                b'\\' => match self.next() {
                    Some(b't') => text.push(b'\t'),
                    Some(next) => text.push(next),
                    None => {}
                },
                b'\n' => break,
                byte => text.push(byte),
            }
        }
        text.push(b'\n');
        Ok(text.into())
    }

    fn substitute(&mut self) -> Result<Do, String> {
        let unterminated = || "unterminated `s' command".to_owned();
        let delimiter = self.next().ok_or_else(unterminated)?;
        if delimiter == b'\n' || delimiter == b'\\' {
            return Err("delimiter character is not a single-byte character".to_owned());
        }
        let pattern = self.delimited(delimiter, true).ok_or_else(unterminated)?;
        let replacement = self.delimited(delimiter, false).ok_or_else(unterminated)?;
        let (mut matching, mut global, mut print, mut nth, mut write) = (Matching::default(), false, false, 1, None);
        loop {
            match self.peek() {
                Some(b'g') => global = true,
                Some(b'p') => print = true,
                Some(b'i' | b'I') => matching.ignore_case = true,
                Some(b'm' | b'M') => matching.lines = true,
                Some(b'1'..=b'9') => {
                    let count = self.number().ok_or("number option to `s' command may not be zero")?;
                    nth = usize::try_from(count).unwrap_or(usize::MAX);
                    continue;
                }
                Some(b'0') => return Err("number option to `s' command may not be zero".to_owned()),
                Some(b'w') => {
                    self.at += 1;
                    let name = self.file_name()?;
                    write = Some(self.target(name));
                    break;
                }
                Some(b'e') => return Err("flag `e' of `s' is not supported".to_owned()),
                None | Some(b';' | b'\n' | b'}' | b'#' | b' ' | b'\t') => break,
                Some(_) => return Err("unknown option to `s'".to_owned()),
            }
            self.at += 1;
        }
        let regex = self.regex(pattern, matching)?;
        let pieces = pieces(&replacement);
        let groups = regex.captures_len() - 1;
        for piece in &pieces {
            if let Piece::Group(group) = piece
                && *group > groups
            {
                return Err(format!("invalid reference \\{group} on `s' command's RHS"));
            }
        }
        let simple = pieces.iter().all(|piece| matches!(piece, Piece::Text(_) | Piece::Group(0)));
        Ok(Do::Substitute(Box::new(Substitute { regex, pieces, simple, nth, global, print, write })))
    }

    fn translate(&mut self) -> Result<Do, String> {
        let unterminated = || "unterminated `y' command".to_owned();
        let delimiter = self.next().ok_or_else(unterminated)?;
        let mut side = || {
            let text = self.delimited(delimiter, false).ok_or_else(unterminated)?;
            let mut letters = Vec::new();
            let mut chars = text.chars();
            while let Some(letter) = chars.next() {
                letters.push(match letter {
                    '\\' => match chars.next() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some(other) => other,
                        None => '\\',
                    },
                    letter => letter,
                });
            }
            Ok::<_, String>(letters)
        };
        let (from, to) = (side()?, side()?);
        if from.len() != to.len() {
            return Err("strings for `y' command are different lengths".to_owned());
        }
        let mut bytes: [u8; 256] = std::array::from_fn(|index| u8::try_from(index).unwrap_or(0));
        let pairs: Vec<(char, char)> = from.into_iter().zip(to).collect();
        let ascii_only = pairs.iter().all(|(from, to)| from.is_ascii() && to.is_ascii());
        for (from, to) in &pairs {
            if let (Ok(from), Ok(to)) = (u8::try_from(*from), u8::try_from(*to))
                && ascii_only
            {
                bytes[usize::from(from)] = to;
            }
        }
        Ok(Do::Translate(Box::new(Translate { bytes, ascii_only, pairs })))
    }
}

fn pieces(replacement: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = Vec::new();
    let mut bytes = replacement.iter().copied();
    let mut push = |text: &mut Vec<u8>, piece| {
        if !text.is_empty() {
            pieces.push(Piece::Text(std::mem::take(text)));
        }
        pieces.extend(piece);
    };
    while let Some(byte) = bytes.next() {
        match byte {
            b'&' => push(&mut text, Some(Piece::Group(0))),
            b'\\' => match bytes.next() {
                Some(digit @ b'0'..=b'9') => push(&mut text, Some(Piece::Group(usize::from(digit - b'0')))),
                Some(b'n') => text.push(b'\n'),
                Some(b't') => text.push(b'\t'),
                Some(b'r') => text.push(b'\r'),
                Some(b'f') => text.push(12),
                Some(b'v') => text.push(11),
                Some(b'a') => text.push(7),
                Some(b'U') => push(&mut text, Some(Piece::Case(Case::Upper))),
                Some(b'L') => push(&mut text, Some(Piece::Case(Case::Lower))),
                Some(b'E') => push(&mut text, Some(Piece::Case(Case::End))),
                Some(b'u') => push(&mut text, Some(Piece::Case(Case::UpperOne))),
                Some(b'l') => push(&mut text, Some(Piece::Case(Case::LowerOne))),
                Some(other) => text.push(other),
                None => text.push(b'\\'),
            },
            byte => text.push(byte),
        }
    }
    push(&mut text, None);
    pieces
}

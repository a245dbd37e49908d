//! Words: text, quotes, values and expansions.

use std::sync::Arc;

use bstr::BString;

use crate::ast::{Part, Word};
use crate::source::VALUE;

use super::cursor::Operator;
use super::{Parsed, Parser};

/// What text means where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Bare.
    Bare,
    /// Bare, in a pattern: `?(…)` and the like are part of it.
    Pattern,
    /// In double quotes.
    Double,
    /// In a here-document: as in double quotes, but that these mean themselves.
    Document,
    /// In arithmetic: as in double quotes, but that these are skipped.
    Arithmetic,
}

impl Mode {
    fn is_bare(self) -> bool {
        matches!(self, Self::Bare | Self::Pattern)
    }
}

impl Parser<'_> {
    /// The word at the cursor, which is not at the end of one.
    pub(super) fn word(&mut self) -> Parsed<Word> {
        let parts = self.parts_until(Mode::Bare, |parser| parser.cursor.at_word_end())?;
        Ok(Word { parts })
    }

    /// The same for a pattern of `case` or `[[`.
    pub(super) fn pattern_word(&mut self) -> Parsed<Word> {
        let parts = self.parts_until(Mode::Pattern, |parser| parser.cursor.at_word_end())?;
        Ok(Word { parts })
    }

    /// Parts up to what `ends` finds, or the end of the text.
    pub(super) fn parts_until(&mut self, mode: Mode, ends: impl Fn(&mut Self) -> bool) -> Parsed<Vec<Part>> {
        let mut parts = Vec::new();
        loop {
            if self.cursor.at_end() {
                return Ok(parts);
            }
            let plain = self.cursor.plain();
            if plain > 0 {
                push_run(&mut parts, self.cursor.rest(), plain);
                self.cursor.at += plain;
                continue;
            }
            // A joined line is nothing, wherever it stands.
            if self.cursor.starts_with(b"\\\n") {
                self.cursor.at += 2;
                continue;
            }
            if ends(self) {
                return Ok(parts);
            }
            self.part(mode, &mut parts)?;
        }
    }

    pub(super) fn part(&mut self, mode: Mode, parts: &mut Vec<Part>) -> Parsed<()> {
        let Some(unit) = self.cursor.peek() else { return Ok(()) };
        if unit >= VALUE {
            self.cursor.at += 1;
            parts.push(Part::Value((unit - VALUE) as usize));
            return Ok(());
        }
        match self.cursor.byte(0).unwrap_or_default() {
            b'\\' => self.escape(mode, parts),
            b'\'' if mode.is_bare() => {
                self.cursor.at += 1;
                self.single(parts)?;
            }
            b'"' if mode == Mode::Arithmetic => self.cursor.at += 1,
            b'"' if mode != Mode::Document => {
                self.cursor.at += 1;
                let inner = self.double()?;
                // Quotes in an operand that stands in double quotes itself change nothing.
                if mode == Mode::Double { parts.extend(inner) } else { parts.push(Part::Double(inner)) }
            }
            b'`' => {
                let part = self.nested(Self::backquoted)?;
                parts.push(part);
            }
            b'$' => self.dollar(mode, parts)?,
            b'<' | b'>' if mode.is_bare() && self.cursor.byte(1) == Some(b'(') => {
                let writes = self.cursor.byte(0) == Some(b'>');
                self.cursor.at += 2;
                let list = self.substituted()?;
                parts.push(Part::Process(writes, list));
            }
            byte @ (b'?' | b'*' | b'+' | b'@' | b'!') if mode == Mode::Pattern && self.cursor.byte(1) == Some(b'(') => {
                push_text(parts, byte);
                self.cursor.at += 1;
                self.nested(|parser| parser.pattern_group(parts))?;
            }
            byte => {
                self.cursor.at += 1;
                push_text(parts, byte);
            }
        }
        Ok(())
    }

    /// `(a|b)` of an extended pattern.
    fn pattern_group(&mut self, parts: &mut Vec<Part>) -> Parsed<()> {
        push_text(parts, b'(');
        self.cursor.at += 1;
        let inner = self.parts_until(Mode::Pattern, |parser| parser.cursor.byte(0) == Some(b')'))?;
        for part in inner {
            match (part, parts.last_mut()) {
                (Part::Text(text), Some(Part::Text(last))) => last.extend_from_slice(&text),
                (part, _) => parts.push(part),
            }
        }
        if !self.cursor.take(b')') {
            return Err(self.problem("Unclosed pattern"));
        }
        push_text(parts, b')');
        Ok(())
    }

    fn escape(&mut self, mode: Mode, parts: &mut Vec<Part>) {
        self.cursor.at += 1;
        let next = self.cursor.byte(0);
        let escapes = match (mode, next) {
            (_, None) => false, // at the end, or before a value, which needs no escaping
            (Mode::Bare | Mode::Pattern, _) => true,
            (Mode::Double, Some(byte)) => matches!(byte, b'$' | b'`' | b'"' | b'\\'),
            (Mode::Document | Mode::Arithmetic, Some(byte)) => matches!(byte, b'$' | b'`' | b'\\'),
        };
        let byte = if let (true, Some(next)) = (escapes, next) {
            self.cursor.at += 1;
            next
        } else {
            b'\\'
        };
        match parts.last_mut() {
            Some(Part::Quoted(last)) => last.push(byte),
            _ => parts.push(Part::Quoted(vec![byte].into())),
        }
    }

    /// After `'`.
    fn single(&mut self, parts: &mut Vec<Part>) -> Parsed<()> {
        let start = self.cursor.at - 1;
        let mut text = BString::default();
        let before = parts.len();
        loop {
            let Some(unit) = self.cursor.peek() else {
                self.cursor.at = start;
                return Err(self.problem("Unclosed single quote"));
            };
            self.cursor.at += 1;
            match u8::try_from(unit) {
                Ok(b'\'') => break,
                Ok(byte) => text.push(byte),
                // A value between single quotes is that value.
                Err(_) => {
                    if !text.is_empty() {
                        parts.push(Part::Quoted(std::mem::take(&mut text)));
                    }
                    parts.push(Part::Double(vec![Part::Value((unit - VALUE) as usize)]));
                }
            }
        }
        if !text.is_empty() || parts.len() == before {
            parts.push(Part::Quoted(text));
        }
        Ok(())
    }

    /// After `"`.
    fn double(&mut self) -> Parsed<Vec<Part>> {
        let start = self.cursor.at - 1;
        let parts =
            self.nested(|parser| parser.parts_until(Mode::Double, |parser| parser.cursor.byte(0) == Some(b'"')))?;
        if !self.cursor.take(b'"') {
            self.cursor.at = start;
            return Err(self.problem("Unclosed double quote"));
        }
        Ok(parts)
    }

    /// After `$(` and the like: commands and `)`.
    pub(super) fn substituted(&mut self) -> Parsed<Arc<crate::ast::List>> {
        let list = self.nested(Self::list)?;
        self.cursor.skip_blanks();
        if self.cursor.operator() != Some(Operator::Close) {
            let at_end = self.cursor.at_end();
            return Err(if at_end { self.problem("Unclosed command substitution") } else { self.unexpected() });
        }
        self.cursor.take_operator(Operator::Close);
        Ok(Arc::new(list))
    }

    /// A command substitution in backquotes: its text loses one level of backslashes, then is parsed.
    fn backquoted(&mut self) -> Parsed<Part> {
        let start = self.cursor.at;
        let line = self.line + self.cursor.line() - 1;
        self.cursor.at += 1;
        let mut text = Vec::new();
        // Where each unit stood, for messages.
        let mut places = Vec::new();
        loop {
            let Some(unit) = self.cursor.peek() else {
                self.cursor.at = start;
                return Err(self.problem("Unclosed command substitution"));
            };
            if unit == u32::from(b'`') {
                self.cursor.at += 1;
                break;
            }
            if unit == u32::from(b'\\') && matches!(self.cursor.byte(1), Some(b'`' | b'\\' | b'$')) {
                self.cursor.at += 1;
            }
            places.push(self.cursor.at);
            text.extend(self.cursor.peek());
            self.cursor.at += 1;
        }
        let mut inner = Parser::new(&text);
        inner.depth = self.depth;
        inner.line = line;
        let list = inner.script();
        self.redirected.append(&mut inner.redirected);
        let list = list.map_err(|problem| super::Problem {
            at: places.get(problem.at).copied().unwrap_or(self.cursor.at - 1),
            message: problem.message,
        })?;
        Ok(Part::Substitution(Arc::new(list)))
    }

    /// What begins with `$`.
    fn dollar(&mut self, mode: Mode, parts: &mut Vec<Part>) -> Parsed<()> {
        if self.cursor.starts_with(b"$((") {
            let mut ahead = self.cursor;
            ahead.at += 3;
            if ahead.closes_twice() {
                self.cursor = ahead;
                let word = self.arithmetic()?;
                parts.push(Part::Arithmetic(Box::new(word)));
                return Ok(());
            }
        }
        match self.cursor.byte(1) {
            Some(b'(') => {
                self.cursor.at += 2;
                let list = self.substituted()?;
                parts.push(Part::Substitution(list));
            }
            Some(b'{') => {
                let parameter = self.nested(|parser| parser.braced_parameter(mode))?;
                parts.push(parameter);
            }
            Some(b'\'') if mode.is_bare() => {
                self.cursor.at += 2;
                let text = self.ansi_quoted()?;
                parts.push(Part::Quoted(text));
            }
            _ => match self.bare_parameter() {
                Some(parameter) => parts.push(parameter),
                None => {
                    self.cursor.at += 1;
                    push_text(parts, b'$');
                }
            },
        }
        Ok(())
    }

    /// After `$'`.
    fn ansi_quoted(&mut self) -> Parsed<BString> {
        let start = self.cursor.at - 2;
        let mut text = BString::default();
        loop {
            let Some(unit) = self.cursor.peek() else {
                self.cursor.at = start;
                return Err(self.problem("Unclosed single quote"));
            };
            let Ok(byte) = u8::try_from(unit) else {
                return Err(self.problem("A value cannot stand in $'…'"));
            };
            self.cursor.at += 1;
            match byte {
                b'\'' => return Ok(text),
                b'\\' => self.ansi_escape(&mut text),
                byte => text.push(byte),
            }
        }
    }

    fn ansi_escape(&mut self, text: &mut BString) {
        let Some(byte) = self.cursor.byte(0) else {
            text.push(b'\\');
            return;
        };
        self.cursor.at += 1;
        let meant = match byte {
            b'a' => 7,
            b'b' => 8,
            b'e' | b'E' => 27,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 11,
            b'\\' | b'\'' | b'"' | b'?' => byte,
            b'0'..=b'7' => {
                self.cursor.at -= 1;
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "three octal digits: the lower byte counts, as in bash"
                )]
                let byte = self.digits(8, 3) as u8;
                byte
            }
            b'x' => {
                #[expect(clippy::cast_possible_truncation, reason = "two hexadecimal digits")]
                let byte = self.digits(16, 2) as u8;
                byte
            }
            b'u' | b'U' => {
                let code = self.digits(16, if byte == b'u' { 4 } else { 8 });
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                return;
            }
            other => {
                text.push(b'\\');
                other
            }
        };
        text.push(meant);
    }

    fn digits(&mut self, radix: u32, most: usize) -> u32 {
        let mut number: u32 = 0;
        for _ in 0..most {
            let Some(digit) = self.cursor.byte(0).and_then(|byte| char::from(byte).to_digit(radix)) else { break };
            number = number.wrapping_mul(radix).wrapping_add(digit);
            self.cursor.at += 1;
        }
        number
    }

    /// After `((` or `$((`: the expression and `))`.
    pub(super) fn arithmetic(&mut self) -> Parsed<Word> {
        self.nested(|parser| parser.arithmetic_until(b"))"))
    }

    /// The expression up to `end`, which is taken.
    pub(super) fn arithmetic_until(&mut self, end: &'static [u8]) -> Parsed<Word> {
        let word = self.arithmetic_parts(end)?;
        if !self.cursor.take_text(end) {
            return Err(self.problem("Unclosed arithmetic expression"));
        }
        Ok(word)
    }

    fn arithmetic_parts(&mut self, end: &'static [u8]) -> Parsed<Word> {
        let mut parts = Vec::new();
        let mut open = 0_u32;
        while !self.cursor.at_end() {
            if open == 0 && (self.cursor.starts_with(end) || self.cursor.byte(0) == Some(b')')) {
                break;
            }
            match self.cursor.byte(0) {
                Some(b'(') => open += 1,
                Some(b')') => open -= 1,
                _ => {}
            }
            self.part(Mode::Arithmetic, &mut parts)?;
        }
        let blank =
            parts.iter().all(|part| matches!(part, Part::Text(text) if text.iter().all(u8::is_ascii_whitespace)));
        Ok(Word {
            parts: if blank && end == b";" || blank && end == b"))" && parts.is_empty() { Vec::new() } else { parts },
        })
    }
}

/// Appends bytes that mean themselves.
fn push_run(parts: &mut Vec<Part>, units: &[u32], length: usize) {
    #[expect(clippy::cast_possible_truncation, reason = "plain units are bytes")]
    let bytes = units[..length].iter().map(|&unit| unit as u8);
    match parts.last_mut() {
        Some(Part::Text(last)) => last.extend(bytes),
        _ => parts.push(Part::Text(bytes.collect::<Vec<_>>().into())),
    }
}

pub(super) fn push_text(parts: &mut Vec<Part>, byte: u8) {
    match parts.last_mut() {
        Some(Part::Text(last)) => last.push(byte),
        _ => parts.push(Part::Text(vec![byte].into())),
    }
}

//! The place in the text where the parser is, and the operators that may stand there.

use crate::source::VALUE;

/// Words that mean something where a command begins.
const RESERVED: [&str; 19] = [
    "!", "{", "}", "[[", "]]", "if", "then", "elif", "else", "fi", "for", "in", "do", "done", "while", "until", "case",
    "esac", "function",
];

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Newline,
    And,
    Or,
    Background,
    Semicolon,
    CaseBreak,
    CaseFallThrough,
    CaseTestNext,
    Pipe,
    PipeBoth,
    Open,
    Close,
    Less,
    DoubleLess,
    DoubleLessDash,
    TripleLess,
    LessAnd,
    LessGreater,
    Greater,
    DoubleGreater,
    GreaterBar,
    GreaterAnd,
    AndGreater,
    AndDoubleGreater,
}

/// Longer ones first.
const OPERATORS: [(&[u8], Operator); 24] = [
    (b"\n", Operator::Newline),
    (b"&>>", Operator::AndDoubleGreater),
    (b"&>", Operator::AndGreater),
    (b"&&", Operator::And),
    (b"&", Operator::Background),
    (b"||", Operator::Or),
    (b"|&", Operator::PipeBoth),
    (b"|", Operator::Pipe),
    (b";;&", Operator::CaseTestNext),
    (b";;", Operator::CaseBreak),
    (b";&", Operator::CaseFallThrough),
    (b";", Operator::Semicolon),
    (b"(", Operator::Open),
    (b")", Operator::Close),
    (b"<<<", Operator::TripleLess),
    (b"<<-", Operator::DoubleLessDash),
    (b"<<", Operator::DoubleLess),
    (b"<&", Operator::LessAnd),
    (b"<>", Operator::LessGreater),
    (b"<", Operator::Less),
    (b">>", Operator::DoubleGreater),
    (b">&", Operator::GreaterAnd),
    (b">|", Operator::GreaterBar),
    (b">", Operator::Greater),
];

impl Operator {
    fn text(self) -> &'static [u8] {
        OPERATORS.iter().find(|(_, operator)| *operator == self).map_or(b"", |(text, _)| text)
    }

    /// What Bun calls it in messages.
    pub(super) fn bun_name(self) -> &'static str {
        match self {
            Self::Newline => "Newline",
            Self::And => "DoubleAmpersand",
            Self::Or => "DoublePipe",
            Self::Background => "Ampersand",
            Self::Semicolon => "Semicolon",
            Self::CaseBreak | Self::CaseFallThrough | Self::CaseTestNext => "DoubleSemicolon",
            Self::Pipe | Self::PipeBoth => "Pipe",
            Self::Open => "OpenParen",
            Self::Close => "CloseParen",
            _ => "Redirect",
        }
    }
}

/// Whether a unit is a byte that means itself in words, patterns, quotes and arithmetic.
fn is_plain(unit: u32) -> bool {
    // Without a branch, so that many are looked at together.
    let is = |byte: u8| unit == u32::from(byte);
    is_letter(unit)
        | is_digit(unit)
        | (unit.wrapping_sub(0x80) < VALUE - 0x80)
        | is(b'-')
        | is(b'.')
        | is(b'=')
        | is(b'!')
}

fn is_letter(unit: u32) -> bool {
    ((unit | 0x20).wrapping_sub(u32::from(b'a')) < 26) | (unit == u32::from(b'_'))
}

fn is_digit(unit: u32) -> bool {
    unit.wrapping_sub(u32::from(b'0')) < 10
}

/// The length of the variable name at the start of the units.
pub(super) fn name_length(units: &[u32]) -> usize {
    match units.first() {
        Some(&first) if is_letter(first) => leading(units, |unit| is_letter(unit) | is_digit(unit)),
        _ => 0,
    }
}

/// How many units from the start on are good: many at once, so that long words cost little.
fn leading(units: &[u32], is_good: impl Fn(u32) -> bool) -> usize {
    const MANY: usize = 32;
    let whole = units.chunks_exact(MANY).take_while(|many| many.iter().fold(true, |all, &unit| all & is_good(unit)));
    let start = whole.count() * MANY;
    start + units[start..].iter().take_while(|&&unit| is_good(unit)).count()
}

/// A place in the units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'s> {
    pub(super) units: &'s [u32],
    pub(super) at: usize,
    /// A place whose line is known, and that line, from 1.
    known: (usize, u32),
}

impl<'s> Cursor<'s> {
    pub(super) fn new(units: &'s [u32]) -> Self {
        Self { units, at: 0, known: (0, 1) }
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.units.len()
    }

    pub(super) fn peek(&self) -> Option<u32> {
        self.units.get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'s [u32] {
        &self.units[self.at.min(self.units.len())..]
    }

    /// The byte `ahead` of the cursor.
    pub(super) fn byte(&self, ahead: usize) -> Option<u8> {
        self.units.get(self.at + ahead).and_then(|&unit| u8::try_from(unit).ok())
    }

    /// The next units, which are bytes.
    pub(super) fn bytes(&self, length: usize) -> Vec<u8> {
        self.rest().iter().take(length).filter_map(|&unit| u8::try_from(unit).ok()).collect()
    }

    /// How many units from the cursor on are bytes that mean themselves wherever they stand and end nothing.
    pub(super) fn plain(&self) -> usize {
        let rest = self.rest();
        let length = leading(rest, is_plain);
        // `!(` may begin a part of a pattern.
        let ends_in_not = length > 0 && rest[length - 1] == u32::from(b'!');
        length - usize::from(ends_in_not && rest.get(length) == Some(&u32::from(b'(')))
    }

    /// Takes a byte.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.byte(0) == Some(byte);
        self.at += usize::from(there);
        there
    }

    pub(super) fn starts_with(&self, text: &[u8]) -> bool {
        let rest = self.rest();
        rest.len() >= text.len() && rest.iter().zip(text).all(|(&unit, &byte)| unit == u32::from(byte))
    }

    /// Takes text.
    pub(super) fn take_text(&mut self, text: &[u8]) -> bool {
        let there = self.starts_with(text);
        if there {
            self.at += text.len();
        }
        there
    }

    /// The line of the cursor, from 1.
    pub(super) fn line(&mut self) -> u32 {
        let (place, line) = if self.at >= self.known.0 { self.known } else { (0, 1) };
        let newlines = self.units[place..self.at].iter().filter(|&&unit| unit == u32::from(b'\n')).count();
        self.known = (self.at, line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX)));
        self.known.1
    }

    /// Whether the parentheses of the `((` before the cursor are closed by `))`: it is arithmetic then, and else a
    /// subshell in another.
    pub(super) fn closes_twice(&self) -> bool {
        let mut ahead = *self;
        let mut open = 0_u32;
        while let Some(unit) = ahead.peek() {
            ahead.at += 1;
            let quote = match u8::try_from(unit) {
                Ok(b'\\') => {
                    ahead.at += 1;
                    continue;
                }
                Ok(b'(') => {
                    open += 1;
                    continue;
                }
                Ok(b')') if open == 0 => return ahead.byte(0) == Some(b')'),
                Ok(b')') => {
                    open -= 1;
                    continue;
                }
                Ok(quote @ (b'\'' | b'"')) => quote,
                _ => continue,
            };
            while ahead.peek().is_some_and(|unit| unit != u32::from(quote)) {
                ahead.at += if quote == b'"' && ahead.byte(0) == Some(b'\\') { 2 } else { 1 };
            }
            ahead.at += 1;
        }
        false
    }

    /// Whether `]=` or `]+=` follows on this line.
    pub(super) fn assigns_element(&self) -> bool {
        let mut ahead = *self;
        while ahead.peek().is_some_and(|unit| unit != u32::from(b'\n')) {
            if ahead.starts_with(b"]=") || ahead.starts_with(b"]+=") {
                return true;
            }
            ahead.at += 1;
        }
        false
    }

    /// Skips spaces, tabs, joined lines and a comment. The cursor must not be inside a word.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte(0) {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\\') if self.byte(1) == Some(b'\n') => self.at += 2,
                Some(b'#') if !self.in_word() => {
                    while self.peek().is_some_and(|unit| unit != u32::from(b'\n')) {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Whether what stands before the cursor is part of a word.
    fn in_word(&self) -> bool {
        let Some(before) = self.at.checked_sub(1).and_then(|at| self.units.get(at)) else { return false };
        match u8::try_from(*before) {
            Err(_) => true,
            Ok(byte) => !is_delimiter(byte),
        }
    }

    /// The operator at the cursor.
    pub(super) fn operator(&self) -> Option<Operator> {
        if !is_delimiter(self.byte(0)?) {
            return None;
        }
        // A process substitution begins a word.
        if matches!(self.byte(0), Some(b'<' | b'>')) && self.byte(1) == Some(b'(') {
            return None;
        }
        OPERATORS.iter().find(|(text, _)| self.starts_with(text)).map(|&(_, operator)| operator)
    }

    /// Takes the operator, which stands here.
    pub(super) fn take_operator(&mut self, operator: Operator) {
        self.at += operator.text().len();
    }

    /// Whether no word begins or goes on at the cursor.
    pub(super) fn at_word_end(&self) -> bool {
        match self.peek() {
            None => true,
            Some(unit) if unit >= VALUE => false,
            Some(_) => matches!(self.byte(0), Some(b' ' | b'\t' | b'\r')) || self.operator().is_some(),
        }
    }

    /// The bare text up to the end of the word; empty when the word has quotes, values or expansions.
    pub(super) fn bare_word(&self) -> String {
        String::from_utf8(self.bytes(self.bare_length())).unwrap_or_default()
    }

    /// How long that is, in units.
    pub(super) fn bare_length(&self) -> usize {
        let mut ahead = *self;
        loop {
            ahead.at += ahead.plain();
            if ahead.at_word_end() {
                return ahead.at - self.at;
            }
            match ahead.byte(0) {
                None | Some(b'\\' | b'\'' | b'"' | b'$' | b'`' | b'<' | b'>') => return 0,
                Some(_) => ahead.at += 1,
            }
        }
    }

    /// The reserved word at the cursor.
    pub(super) fn reserved(&self) -> Option<&'static str> {
        const LONGEST: usize = 8;
        let mut ahead = *self;
        let mut length = 0;
        while !ahead.at_word_end() {
            length += 1;
            ahead.at += 1;
            if length > LONGEST {
                return None;
            }
        }
        RESERVED.into_iter().find(|word| word.len() == length && self.starts_with(word.as_bytes()))
    }

    /// Takes a reserved word.
    pub(super) fn take_reserved(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let there = self.reserved() == Some(word);
        if there {
            self.at += word.len();
        }
        there
    }
}

/// Whether a bare byte ends a word.
pub(super) fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')')
}

//! `$x` and `${x…}`.

use bstr::BString;

use crate::ast::{Name, Operation, Parameter, Part, Place, Word};
use crate::source::VALUE;

use super::word::Mode;
use super::{Parsed, Parser, name_length};

const SPECIAL: &[u8] = b"@*#?-$!";

impl Parser<'_> {
    /// `$x`, `$1`, `$?`, when the cursor is at one.
    pub(super) fn bare_parameter(&mut self) -> Option<Part> {
        let byte = self.cursor.byte(1)?;
        let name = if SPECIAL.contains(&byte) {
            self.cursor.at += 2;
            Name::Special(byte)
        } else if byte.is_ascii_digit() {
            self.cursor.at += 2;
            Name::Positional(usize::from(byte - b'0'))
        } else {
            let length = name_length(&self.cursor.rest()[1..]);
            if length == 0 {
                return None;
            }
            self.cursor.at += 1;
            let name = self.cursor.bytes(length);
            self.cursor.at += length;
            Name::Variable(name.into())
        };
        Some(Part::Parameter(Box::new(Parameter { name, operation: Operation::Get })))
    }

    fn name(&mut self) -> Parsed<Option<Name>> {
        let length = name_length(self.cursor.rest());
        if length == 0 {
            return Ok(self.numbered());
        }
        let name: BString = self.cursor.bytes(length).into();
        self.cursor.at += length;
        if self.cursor.byte(0) != Some(b'[') {
            return Ok(Some(Name::Variable(name)));
        }
        for all in [b'@', b'*'] {
            if self.cursor.take_text(&[b'[', all, b']']) {
                return Ok(Some(Name::All(name, all)));
            }
        }
        Ok(Some(match self.subscript()? {
            Some(subscript) => Name::Element(name, Box::new(subscript)),
            None => return Err(self.problem("Bad array subscript")),
        }))
    }

    /// `[…]` at the cursor; `None`, and the cursor where it was, when it is not closed.
    pub(super) fn subscript(&mut self) -> Parsed<Option<Word>> {
        let start = self.cursor;
        self.cursor.at += 1;
        let mut open = 0_u32;
        let mut parts = Vec::new();
        loop {
            match self.cursor.byte(0) {
                Some(b']') if open == 0 => break,
                Some(b'[') => open += 1,
                Some(b']') => open -= 1,
                None | Some(b'\n') if self.cursor.peek().is_none_or(|unit| unit < VALUE) => {
                    self.cursor = start;
                    return Ok(None);
                }
                _ => {}
            }
            self.part(Mode::Bare, &mut parts)?;
        }
        self.cursor.at += 1;
        Ok(Some(Word { parts }))
    }

    /// `${1}`, `${@}`
    fn numbered(&mut self) -> Option<Name> {
        let digits = self.cursor.rest().iter().take_while(|&&unit| (0x30..0x3a).contains(&unit)).count();
        if digits > 0 {
            let text = String::from_utf8(self.cursor.bytes(digits)).ok()?;
            self.cursor.at += digits;
            return text.parse().ok().map(Name::Positional);
        }
        let byte = self.cursor.byte(0).filter(|byte| SPECIAL.contains(byte))?;
        self.cursor.at += 1;
        Some(Name::Special(byte))
    }

    /// At `${`.
    pub(super) fn braced_parameter(&mut self, mode: Mode) -> Parsed<Part> {
        let start = self.cursor.at;
        self.cursor.at += 2;
        let bad = |parser: &mut Self| {
            parser.cursor.at = start;
            Err(parser.problem("Bad parameter expansion"))
        };
        // `${#}` and `${#-…}` are about `$#`; `${#x}` is a length.
        if self.cursor.byte(0) == Some(b'#')
            && !matches!(self.cursor.byte(1), Some(b'}' | b':' | b'=' | b'+' | b'%' | b'/'))
            && !(matches!(self.cursor.byte(1), Some(b'-' | b'?' | b'#')) && self.cursor.byte(2) != Some(b'}'))
        {
            self.cursor.at += 1;
            let Some(name) = self.name()? else { return bad(self) };
            if !self.cursor.take(b'}') {
                return bad(self);
            }
            return Ok(Part::Parameter(Box::new(Parameter { name, operation: Operation::Length })));
        }
        let indirect = self.cursor.byte(0) == Some(b'!') && self.cursor.byte(1) != Some(b'}');
        if indirect {
            self.cursor.at += 1;
        }
        let Some(name) = self.name()? else { return bad(self) };
        let operation = match (&name, indirect) {
            (_, false) => self.operation(mode)?,
            (Name::All(..), true) => Operation::Keys,
            (Name::Variable(_), true) if self.cursor.starts_with(b"@}") || self.cursor.starts_with(b"*}") => {
                let which = self.cursor.byte(0).unwrap_or_default();
                self.cursor.at += 1;
                Operation::Names(which)
            }
            (_, true) => Operation::Indirect,
        };
        if !self.cursor.take(b'}') {
            return bad(self);
        }
        Ok(Part::Parameter(Box::new(Parameter { name, operation })))
    }

    fn operation(&mut self, mode: Mode) -> Parsed<Operation> {
        if self.cursor.byte(0) == Some(b'}') {
            return Ok(Operation::Get);
        }
        let colon = self.cursor.byte(0) == Some(b':') && matches!(self.cursor.byte(1), Some(b'-' | b'=' | b'?' | b'+'));
        self.cursor.at += usize::from(colon);
        let Some(byte) = self.cursor.byte(0) else { return Ok(Operation::Get) };
        self.cursor.at += 1;
        let twice = |parser: &mut Self| parser.cursor.take(byte);
        // In double quotes a pattern is still a pattern: its quotes count.
        let pattern = Mode::Pattern;
        Ok(match byte {
            b'-' => Operation::Default(colon, self.operand(mode, b"}")?),
            b'=' => Operation::Assign(colon, self.operand(mode, b"}")?),
            b'?' => Operation::Error(colon, self.operand(mode, b"}")?),
            b'+' => Operation::Alternative(colon, self.operand(mode, b"}")?),
            b'#' => Operation::TrimStart(twice(self), self.operand(pattern, b"}")?),
            b'%' => Operation::TrimEnd(twice(self), self.operand(pattern, b"}")?),
            b'^' => Operation::Case(true, twice(self), self.operand(pattern, b"}")?),
            b',' => Operation::Case(false, twice(self), self.operand(pattern, b"}")?),
            b'@' => {
                let letter = self.cursor.byte(0).unwrap_or_default();
                self.cursor.at += 1;
                match letter {
                    b'Q' => Operation::Quote,
                    b'U' => Operation::Case(true, true, Word::default()),
                    b'L' => Operation::Case(false, true, Word::default()),
                    b'u' => Operation::Case(true, false, Word::default()),
                    _ => return Err(self.problem("Bad parameter expansion")),
                }
            }
            b'/' => {
                let place = match self.cursor.byte(0) {
                    Some(b'/') => Place::All,
                    Some(b'#') => Place::Start,
                    Some(b'%') => Place::End,
                    _ => Place::First,
                };
                self.cursor.at += usize::from(place != Place::First);
                let from = self.operand(pattern, b"/}")?;
                let to = if self.cursor.take(b'/') { self.operand(Mode::Bare, b"}")? } else { Word::default() };
                Operation::Replace(place, from, to)
            }
            b':' => {
                let offset = self.operand(Mode::Arithmetic, b":}")?;
                let length = if self.cursor.take(b':') { Some(self.operand(Mode::Arithmetic, b"}")?) } else { None };
                Operation::Slice(offset, length)
            }
            _ => {
                self.cursor.at -= 1;
                return Err(self.problem("Bad parameter expansion"));
            }
        })
    }

    /// A word up to one of the bytes; blanks are part of it.
    fn operand(&mut self, mode: Mode, ends: &'static [u8]) -> Parsed<Word> {
        let parts = self.parts_until(mode, |parser| parser.cursor.byte(0).is_some_and(|byte| ends.contains(&byte)))?;
        Ok(Word { parts })
    }
}

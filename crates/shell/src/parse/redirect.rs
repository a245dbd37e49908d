//! Redirections and here-documents.

use std::sync::{Arc, OnceLock};

use crate::ast::{Part, Redirect, RedirectKind, Word};

use super::cursor::Operator;
use super::word::Mode;
use super::{Parsed, Parser, Pending};

impl Parser<'_> {
    pub(super) fn redirects(&mut self) -> Parsed<Vec<Redirect>> {
        let mut redirects = Vec::new();
        loop {
            self.cursor.skip_blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(redirects),
            }
        }
    }

    /// The redirection at the cursor, if one stands here.
    pub(super) fn redirect(&mut self) -> Parsed<Option<Redirect>> {
        let digits = self.cursor.rest().iter().take_while(|&&unit| (0x30..0x3a).contains(&unit)).count();
        let mut ahead = self.cursor;
        ahead.at += digits;
        let Some(operator) = ahead.operator() else { return Ok(None) };
        let takes_number = !matches!(operator, Operator::AndGreater | Operator::AndDoubleGreater);
        if digits > 0 && !takes_number {
            return Ok(None);
        }
        let descriptor = if digits > 0 {
            let text = String::from_utf8_lossy(&self.cursor.bytes(digits)).into_owned();
            Some(
                text.parse()
                    .ok()
                    .filter(|&number: &u32| number < 1024)
                    .ok_or_else(|| self.problem(format!("Bad file descriptor: {text}")))?,
            )
        } else {
            None
        };
        let make: fn(Word) -> RedirectKind = match operator {
            Operator::Less => RedirectKind::Read,
            Operator::Greater | Operator::GreaterBar => RedirectKind::Write,
            Operator::DoubleGreater => RedirectKind::Append,
            Operator::LessGreater => RedirectKind::ReadWrite,
            Operator::AndGreater => |word| RedirectKind::Both(word, false),
            Operator::AndDoubleGreater => |word| RedirectKind::Both(word, true),
            Operator::LessAnd => |word| RedirectKind::Duplicate(word, true),
            Operator::GreaterAnd => |word| RedirectKind::Duplicate(word, false),
            Operator::TripleLess => RedirectKind::HereString,
            Operator::DoubleLess | Operator::DoubleLessDash => {
                self.cursor = ahead;
                self.cursor.take_operator(operator);
                return self.here_document(descriptor, operator == Operator::DoubleLessDash).map(Some);
            }
            _ => return Ok(None),
        };
        self.cursor = ahead;
        self.cursor.take_operator(operator);
        self.cursor.skip_blanks();
        if self.cursor.at_word_end() {
            return Err(self.problem("Redirection with no file"));
        }
        let word = self.word()?;
        if let [Part::Value(value)] = word.parts.as_slice()
            && !matches!(operator, Operator::TripleLess | Operator::LessAnd)
        {
            self.redirected.push((*value, operator == Operator::Less));
        }
        let kind = match make(word) {
            // `>& file` is `&> file`
            RedirectKind::Duplicate(word, false) if descriptor.is_none() && !is_descriptor(&word) => {
                RedirectKind::Both(word, false)
            }
            kind => kind,
        };
        Ok(Some(Redirect { descriptor, kind }))
    }

    fn here_document(&mut self, descriptor: Option<u32>, strip: bool) -> Parsed<Redirect> {
        self.cursor.skip_blanks();
        if self.cursor.at_word_end() {
            return Err(self.problem("Redirection with no file"));
        }
        let word = self.word()?;
        let mut delimiter = Vec::new();
        let mut quoted = false;
        for part in &word.parts {
            match part {
                Part::Text(text) => delimiter.extend(text.iter().map(|&byte| u32::from(byte))),
                Part::Quoted(text) => {
                    quoted = true;
                    delimiter.extend(text.iter().map(|&byte| u32::from(byte)));
                }
                Part::Double(parts) => {
                    quoted = true;
                    for part in parts {
                        let Part::Text(text) = part else {
                            return Err(self.problem("The delimiter of a here-document must be plain text"));
                        };
                        delimiter.extend(text.iter().map(|&byte| u32::from(byte)));
                    }
                }
                _ => return Err(self.problem("The delimiter of a here-document must be plain text")),
            }
        }
        let text = Arc::new(OnceLock::new());
        self.pending.push(Pending { delimiter, quoted, strip, text: Arc::clone(&text) });
        Ok(Redirect { descriptor, kind: RedirectKind::HereDocument(text) })
    }

    /// Reads the texts of the here-documents of the line that has just ended.
    pub(super) fn take_documents(&mut self) -> Parsed<()> {
        for pending in std::mem::take(&mut self.pending) {
            let text = self.document_text(&pending);
            let word = if pending.quoted {
                let mut parts = Vec::new();
                for unit in text {
                    match u8::try_from(unit) {
                        Ok(byte) => match parts.last_mut() {
                            Some(Part::Quoted(last)) => last.push(byte),
                            _ => parts.push(Part::Quoted(vec![byte].into())),
                        },
                        Err(_) => parts.push(Part::Value((unit - crate::source::VALUE) as usize)),
                    }
                }
                Word { parts: vec![Part::Double(parts)] }
            } else {
                let mut inner = Parser::new(&text);
                inner.depth = self.depth;
                let parts = inner.parts_until(Mode::Document, |_| false);
                self.redirected.append(&mut inner.redirected);
                let parts = parts.map_err(|problem| self.problem(problem.message))?;
                Word { parts: vec![Part::Double(parts)] }
            };
            let _ = pending.text.set(word); // set once: a pending document is taken out of the list
        }
        Ok(())
    }

    /// The lines up to the delimiter; what is missing at the end of the script is empty, as in bash.
    fn document_text(&mut self, pending: &Pending) -> Vec<u32> {
        const NEWLINE: u32 = b'\n' as u32;
        let mut text = Vec::new();
        while !self.cursor.at_end() {
            let rest = self.cursor.rest();
            let end = rest.iter().position(|&unit| unit == NEWLINE);
            let mut line = &rest[..end.unwrap_or(rest.len())];
            self.cursor.at += end.map_or(rest.len(), |end| end + 1);
            if pending.strip {
                let tabs = line.iter().take_while(|&&unit| unit == u32::from(b'\t')).count();
                line = &line[tabs..];
            }
            if line == pending.delimiter.as_slice() {
                return text;
            }
            text.extend_from_slice(line);
            if end.is_some() {
                text.push(NEWLINE);
            }
        }
        text
    }
}

fn is_descriptor(word: &Word) -> bool {
    match word.parts.as_slice() {
        [Part::Text(text)] => text == "-" || (!text.is_empty() && text.iter().all(u8::is_ascii_digit)) || is_move(text),
        [Part::Parameter(_)] => true,
        _ => false,
    }
}

/// `3-`
fn is_move(text: &[u8]) -> bool {
    text.strip_suffix(b"-").is_some_and(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit))
}

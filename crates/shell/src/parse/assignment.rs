//! `name=word`, `name[subscript]=word`, `name=(words)`.

use std::sync::Arc;

use bstr::BString;

use crate::ast::{Assigned, Assignment, Element, Part, Word};
use crate::builtin;

use super::cursor::Operator;
use super::{Parsed, Parser, brace, name_length};

impl Parser<'_> {
    /// The assignment at the cursor, when there is one.
    pub(super) fn assignment(&mut self) -> Parsed<Option<Assignment>> {
        let start = self.cursor;
        let length = name_length(self.cursor.rest());
        if length == 0 {
            return Ok(None);
        }
        let name: BString = self.cursor.bytes(length).into();
        self.cursor.at += length;
        let mut subscript = None;
        if self.cursor.byte(0) == Some(b'[') && self.cursor.assigns_element() {
            subscript = self.subscript()?;
        }
        let Some(append) = self.equals() else {
            self.cursor = start;
            return Ok(None);
        };
        let value = if self.cursor.byte(0) == Some(b'(') {
            if subscript.is_some() {
                return Err(self.problem("An element cannot be an array"));
            }
            Assigned::Array(self.nested(Self::elements)?)
        } else {
            Assigned::Word(self.value()?)
        };
        Ok(Some(Assignment { name, subscript, append, value }))
    }

    /// `name=(…)` as an argument of a command that declares.
    pub(super) fn declared_array(&mut self, words: &[Word]) -> Parsed<Option<Word>> {
        if !builtin::declares(words) {
            return Ok(None);
        }
        let mut ahead = self.cursor;
        ahead.at += name_length(ahead.rest());
        ahead.take(b'+');
        if !ahead.starts_with(b"=(") {
            return Ok(None);
        }
        let assignment = self.assignment()?;
        Ok(assignment.map(|assignment| Word { parts: vec![Part::Array(Arc::new(assignment))] }))
    }

    /// Takes `=` or `+=`; whether it appends.
    fn equals(&mut self) -> Option<bool> {
        if self.cursor.take_text(b"+=") {
            return Some(true);
        }
        self.cursor.take(b'=').then_some(false)
    }

    fn value(&mut self) -> Parsed<Word> {
        if self.cursor.at_word_end() { Ok(Word::default()) } else { self.word() }
    }

    /// At `(`.
    fn elements(&mut self) -> Parsed<Vec<Element>> {
        let start = self.cursor.at;
        self.cursor.at += 1;
        let mut elements = Vec::new();
        loop {
            self.newlines()?;
            if self.cursor.at_end() {
                self.cursor.at = start;
                return Err(self.problem("Unclosed array"));
            }
            if self.cursor.operator() == Some(Operator::Close) {
                self.cursor.take_operator(Operator::Close);
                return Ok(elements);
            }
            if self.cursor.at_word_end() {
                return Err(self.unexpected());
            }
            if self.cursor.byte(0) == Some(b'[') && self.cursor.assigns_element() {
                let before = self.cursor;
                if let Some(subscript) = self.subscript()?
                    && let Some(append) = self.equals()
                {
                    let value = self.value()?;
                    elements.push(Element { subscript: Some((subscript, append)), value });
                    continue;
                }
                self.cursor = before;
            }
            let mut words = Vec::new();
            let word = self.word()?;
            brace::expand(word, &mut words).map_err(|message| self.problem(message))?;
            elements.extend(words.into_iter().map(|value| Element { subscript: None, value }));
        }
    }
}

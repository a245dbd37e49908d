//! `[[ … ]]`.

use crate::ast::{Comparison, Condition};

use super::cursor::Operator;
use super::{Parsed, Parser};

const UNARY: &[u8] = b"abcdefghknoprstuvwxzGLNORS";

impl Parser<'_> {
    /// After `[[`.
    pub(super) fn condition(&mut self) -> Parsed<Condition> {
        let condition = self.either()?;
        self.newlines()?;
        if !self.cursor.take_reserved("]]") {
            return Err(self.problem("Expected \"]]\""));
        }
        Ok(condition)
    }

    fn either(&mut self) -> Parsed<Condition> {
        let mut condition = self.both()?;
        loop {
            self.newlines()?;
            if self.cursor.operator() != Some(Operator::Or) {
                return Ok(condition);
            }
            self.cursor.take_operator(Operator::Or);
            condition = Condition::Or(Box::new(condition), Box::new(self.both()?));
        }
    }

    fn both(&mut self) -> Parsed<Condition> {
        let mut condition = self.term()?;
        loop {
            self.newlines()?;
            if self.cursor.operator() != Some(Operator::And) {
                return Ok(condition);
            }
            self.cursor.take_operator(Operator::And);
            condition = Condition::And(Box::new(condition), Box::new(self.term()?));
        }
    }

    fn term(&mut self) -> Parsed<Condition> {
        self.nested(Self::term_inside)
    }

    fn term_inside(&mut self) -> Parsed<Condition> {
        self.newlines()?;
        if self.cursor.take_reserved("!") {
            return Ok(Condition::Not(Box::new(self.term()?)));
        }
        if self.cursor.operator() == Some(Operator::Open) {
            self.cursor.take_operator(Operator::Open);
            let condition = self.either()?;
            self.newlines()?;
            if self.cursor.operator() != Some(Operator::Close) {
                return Err(self.problem("Expected \")\""));
            }
            self.cursor.take_operator(Operator::Close);
            return Ok(condition);
        }
        if self.cursor.at_word_end() || self.cursor.reserved() == Some("]]") {
            return Err(self.problem("Expected a conditional expression operand"));
        }
        if let Some(letter) = self.unary_operator() {
            self.cursor.at += 2;
            self.cursor.skip_blanks();
            return Ok(Condition::Unary(letter, self.word()?));
        }
        let left = self.word()?;
        self.cursor.skip_blanks();
        let Some((comparison, length)) = self.comparison() else { return Ok(Condition::Word(left)) };
        self.cursor.at += length;
        self.cursor.skip_blanks();
        if self.cursor.at_word_end() && self.cursor.operator() != Some(Operator::Open) {
            return Err(self.problem("Expected a conditional expression operand"));
        }
        let right = match comparison {
            Comparison::Regex => self.regex_word()?,
            Comparison::Matches | Comparison::MatchesNot => self.pattern_word()?,
            _ => self.word()?,
        };
        Ok(Condition::Binary(comparison, left, right))
    }

    /// `-x`, when an operand follows.
    fn unary_operator(&mut self) -> Option<u8> {
        let word = self.cursor.bare_word();
        let &[b'-', letter] = word.as_bytes() else { return None };
        if !UNARY.contains(&letter) {
            return None;
        }
        let mut ahead = self.cursor;
        ahead.at += 2;
        ahead.skip_blanks();
        (!ahead.at_word_end() && ahead.reserved() != Some("]]")).then_some(letter)
    }

    fn comparison(&mut self) -> Option<(Comparison, usize)> {
        match self.cursor.operator() {
            Some(Operator::Less) => return Some((Comparison::Before, 1)),
            Some(Operator::Greater) => return Some((Comparison::After, 1)),
            Some(_) => return None,
            None => {}
        }
        let word = self.cursor.bare_word();
        let comparison = match word.as_str() {
            "=" | "==" => Comparison::Matches,
            "!=" => Comparison::MatchesNot,
            "=~" => Comparison::Regex,
            "-eq" => Comparison::Equal,
            "-ne" => Comparison::NotEqual,
            "-lt" => Comparison::Less,
            "-le" => Comparison::LessOrEqual,
            "-gt" => Comparison::Greater,
            "-ge" => Comparison::GreaterOrEqual,
            "-nt" => Comparison::Newer,
            "-ot" => Comparison::Older,
            "-ef" => Comparison::SameFile,
            _ => return None,
        };
        Some((comparison, word.len()))
    }

    /// The operand of `=~`: parentheses and bars are part of it.
    fn regex_word(&mut self) -> Parsed<crate::ast::Word> {
        let mut parts = Vec::new();
        let mut open = 0_u32;
        while !self.cursor.at_end() {
            match self.cursor.byte(0) {
                Some(b'(') => open += 1,
                Some(b')') if open > 0 => open -= 1,
                Some(b'|') if self.cursor.byte(1) != Some(b'|') => {}
                Some(b' ' | b'\t') if open > 0 => {}
                _ if self.cursor.at_word_end() => break,
                _ => {
                    let more = self.parts_until(super::word::Mode::Bare, |parser| {
                        parser.cursor.at_word_end() || parser.cursor.byte(0) == Some(b'|')
                    })?;
                    parts.extend(more);
                    continue;
                }
            }
            if let Some(byte) = self.cursor.byte(0) {
                super::word::push_text(&mut parts, byte);
            }
            self.cursor.at += 1;
        }
        Ok(crate::ast::Word { parts })
    }
}

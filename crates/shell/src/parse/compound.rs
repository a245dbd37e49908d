//! Commands that hold others.

use std::sync::Arc;

use crate::ast::{Arm, ArmEnd, Compound, List, Word};

use super::brace;
use super::cursor::Operator;
use super::{Parsed, Parser, name_length};

impl Parser<'_> {
    /// The compound command at the cursor, if one begins here.
    pub(super) fn compound(&mut self) -> Parsed<Option<Compound>> {
        self.cursor.skip_blanks();
        if self.cursor.operator() == Some(Operator::Open) {
            return self.parenthesised().map(Some);
        }
        let Some(word) = self.cursor.reserved() else { return Ok(None) };
        let rule: fn(&mut Self) -> Parsed<Compound> = match word {
            "{" => Self::group,
            "if" => Self::branches,
            "for" => Self::repetition,
            "while" => |parser| parser.condition_loop(false),
            "until" => |parser| parser.condition_loop(true),
            "case" => Self::case,
            "[[" => |parser| parser.condition().map(Compound::Condition),
            _ => return Ok(None),
        };
        self.cursor.at += word.len();
        rule(self).map(Some)
    }

    fn parenthesised(&mut self) -> Parsed<Compound> {
        self.cursor.take(b'(');
        if self.cursor.byte(0) == Some(b'(') {
            let mut ahead = self.cursor;
            ahead.at += 1;
            if ahead.closes_twice() {
                self.cursor = ahead;
                return self.arithmetic().map(Compound::Arithmetic);
            }
        }
        let list = self.list()?;
        if self.cursor.operator() != Some(Operator::Close) {
            let at_end = self.cursor.at_end();
            return Err(if at_end { self.problem("Unclosed subshell") } else { self.unexpected() });
        }
        self.cursor.take_operator(Operator::Close);
        Ok(Compound::Subshell(Arc::new(list)))
    }

    /// The commands before one of the words; there may be none, as in Bun.
    fn body(&mut self, ends: &[&str]) -> Parsed<List> {
        let list = self.list()?;
        self.cursor.skip_blanks();
        if !self.cursor.reserved().is_some_and(|word| ends.contains(&word)) {
            let names: Vec<_> = ends.iter().map(|end| format!("\"{end}\"")).collect();
            let names = match names.as_slice() {
                [one] => one.clone(),
                [first, second] => format!("{first} or {second}"),
                [before @ .., end] => format!("{}, or {end}", before.join(", ")),
                [] => String::new(),
            };
            let got = if self.cursor.at_end() {
                "Eof".to_owned()
            } else {
                self.cursor
                    .operator()
                    .map_or_else(|| self.cursor.bare_word(), |operator| operator.bun_name().to_owned())
            };
            return Err(self.problem(format!("Expected {names} but got: {got}")));
        }
        Ok(list)
    }

    fn group(&mut self) -> Parsed<Compound> {
        let list = self.body(&["}"])?;
        self.cursor.at += 1;
        Ok(Compound::Group(list))
    }

    fn branches(&mut self) -> Parsed<Compound> {
        let mut branches = Vec::new();
        loop {
            let condition = self.body(&["then"])?;
            self.cursor.at += "then".len();
            let body = self.body(&["else", "elif", "fi"])?;
            branches.push((condition, body));
            if self.cursor.take_reserved("elif") {
                continue;
            }
            let otherwise = if self.cursor.take_reserved("else") { Some(self.body(&["fi"])?) } else { None };
            self.cursor.at += "fi".len();
            return Ok(Compound::If(branches, otherwise));
        }
    }

    fn do_group(&mut self) -> Parsed<List> {
        self.newlines()?;
        if !self.cursor.take_reserved("do") {
            return Err(self.problem("Expected \"do\""));
        }
        let list = self.body(&["done"])?;
        self.cursor.at += "done".len();
        Ok(list)
    }

    fn condition_loop(&mut self, until: bool) -> Parsed<Compound> {
        let condition = self.body(&["do"])?;
        self.cursor.at += "do".len();
        let body = self.body(&["done"])?;
        self.cursor.at += "done".len();
        Ok(Compound::While(until, condition, body))
    }

    fn repetition(&mut self) -> Parsed<Compound> {
        self.cursor.skip_blanks();
        if self.cursor.starts_with(b"((") {
            return self.counting();
        }
        let length = name_length(self.cursor.rest());
        if length == 0 {
            return Err(self.problem("Expected the name of a variable after \"for\""));
        }
        let name = self.cursor.bytes(length);
        self.cursor.at += length;
        if !self.cursor.at_word_end() {
            return Err(self.problem("Expected the name of a variable after \"for\""));
        }
        self.cursor.skip_blanks();
        let mut words = None;
        let mut ended = self.cursor.operator() == Some(Operator::Semicolon);
        if ended {
            self.cursor.take_operator(Operator::Semicolon);
        }
        self.newlines()?;
        if !ended && self.cursor.take_reserved("in") {
            let mut list = Vec::new();
            loop {
                self.cursor.skip_blanks();
                if self.cursor.at_word_end() {
                    break;
                }
                let word = self.word()?;
                brace::expand(word, &mut list).map_err(|message| self.problem(message))?;
            }
            ended = match self.cursor.operator() {
                Some(Operator::Semicolon) => {
                    self.cursor.take_operator(Operator::Semicolon);
                    true
                }
                Some(Operator::Newline) => true,
                _ => false,
            };
            if !ended {
                return Err(self.unexpected());
            }
            words = Some(list);
        }
        let body = self.do_group()?;
        Ok(Compound::For(name.into(), words, body))
    }

    fn counting(&mut self) -> Parsed<Compound> {
        self.cursor.at += 2;
        let mut parts: [Option<Word>; 3] = [None, None, None];
        for (number, part) in parts.iter_mut().enumerate() {
            let ends: &[u8] = if number < 2 { b";" } else { b"))" };
            let word = self.arithmetic_until(ends)?;
            *part = (!word.parts.is_empty()).then_some(word);
        }
        self.cursor.skip_blanks();
        if self.cursor.operator() == Some(Operator::Semicolon) {
            self.cursor.take_operator(Operator::Semicolon);
        }
        let body = self.do_group()?;
        Ok(Compound::Count(parts, body))
    }

    fn case(&mut self) -> Parsed<Compound> {
        self.cursor.skip_blanks();
        if self.cursor.at_word_end() {
            return Err(self.unexpected());
        }
        let word = self.word()?;
        self.newlines()?;
        if !self.cursor.take_reserved("in") {
            return Err(self.problem("Expected \"in\""));
        }
        let mut arms = Vec::new();
        loop {
            self.newlines()?;
            if self.cursor.take_reserved("esac") {
                return Ok(Compound::Case(word, arms));
            }
            arms.push(self.arm()?);
            self.newlines()?;
            let Some(arm) = arms.last_mut() else { continue };
            match self.cursor.operator() {
                Some(end @ (Operator::CaseBreak | Operator::CaseFallThrough | Operator::CaseTestNext)) => {
                    self.cursor.take_operator(end);
                    arm.end = match end {
                        Operator::CaseFallThrough => ArmEnd::FallThrough,
                        Operator::CaseTestNext => ArmEnd::TestNext,
                        _ => ArmEnd::Break,
                    };
                }
                _ if self.cursor.reserved() == Some("esac") => {}
                _ => return Err(self.problem("Expected \";;\" or \"esac\"")),
            }
        }
    }

    fn arm(&mut self) -> Parsed<Arm> {
        if self.cursor.operator() == Some(Operator::Open) {
            self.cursor.take_operator(Operator::Open);
        }
        let mut patterns = Vec::new();
        loop {
            self.cursor.skip_blanks();
            if self.cursor.at_word_end() {
                return Err(self.problem("Expected a pattern"));
            }
            patterns.push(self.pattern_word()?);
            self.cursor.skip_blanks();
            match self.cursor.operator() {
                Some(Operator::Pipe) => self.cursor.take_operator(Operator::Pipe),
                Some(Operator::Close) => {
                    self.cursor.take_operator(Operator::Close);
                    break;
                }
                _ => return Err(self.problem("Expected \")\" after a pattern")),
            }
        }
        let body = self.list()?;
        Ok(Arm { patterns, body, end: ArmEnd::Break })
    }
}

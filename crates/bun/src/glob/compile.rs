//! A pattern as a small program.

use super::groups::{class_end, closings};

/// Groups deeper than this are taken literally.
const DEEPEST: usize = 64;

/// A compiled pattern.
#[derive(Debug, Clone)]
pub struct Pattern {
    pub(super) program: Vec<Step>,
    pub(super) negated: bool,
}

/// One step of a program. Steps run in order but for `Fork` and `Jump`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// This character.
    Char(char),
    /// Any character but the separator.
    NotSeparator,
    /// Any character.
    Any,
    /// One of these ranges, or none of them.
    Class { ranges: Vec<(char, char)>, negated: bool },
    /// A number of a range, in one of the spellings that the range has.
    Number { first: i64, last: i64, step: i64, width: usize },
    /// Goes on at either.
    Fork(usize, usize),
    /// Goes on there.
    Jump(usize),
    /// Fails when the program from there matches to the end.
    Not(usize),
    /// The path must end here.
    End,
}

impl Pattern {
    /// Compiles a pattern. Every text is a pattern.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let all: Vec<char> = text.chars().collect();
        let mut start = 0;
        while all.get(start) == Some(&'!') && all.get(start + 1) != Some(&'(') {
            start += 1;
        }
        let pattern = &all[start..];
        let closings = closings(pattern);
        let mut compiler = Compiler { pattern, closings, program: Vec::new() };
        compiler.sequence(0, pattern.len(), &Place { starts: true, ends: true, depth: 0 });
        compiler.program.push(Step::End);
        Self { program: compiler.program, negated: start % 2 == 1 }
    }
}

struct Compiler<'pattern> {
    pattern: &'pattern [char],
    closings: Vec<Option<usize>>,
    program: Vec<Step>,
}

/// Where a sequence stands: whether a path component may start before it and end after it.
struct Place {
    starts: bool,
    ends: bool,
    depth: usize,
}

impl Compiler<'_> {
    fn sequence(&mut self, from: usize, to: usize, place: &Place) {
        let mut at = from;
        while at < to {
            at = self.item(at, from, to, place);
        }
    }

    /// Compiles what stands at `at`; gives where the next item starts.
    fn item(&mut self, at: usize, from: usize, to: usize, place: &Place) -> usize {
        let starts = if at == from { place.starts } else { self.pattern[at - 1] == '/' };
        match self.pattern[at] {
            '?' | '*' | '+' | '@' | '!' if self.group_at('(', at + 1, to, place) => {
                self.extended(at, to, &Place { starts, ends: place.ends, depth: place.depth + 1 })
            }
            '*' => self.stars(at, to, starts, place),
            '?' => self.push(Step::NotSeparator, at + 1),
            '[' => self.class(at, to),
            '{' if self.group_at('{', at, to, place) => {
                let close = self.closings[at].unwrap_or(to);
                self.braces(
                    at,
                    close,
                    &Place { starts, ends: self.ends(close + 1, to, place), depth: place.depth + 1 },
                );
                close + 1
            }
            '\\' if at + 1 < to => self.push(Step::Char(escaped(self.pattern[at + 1])), at + 2),
            plain => self.push(Step::Char(plain), at + 1),
        }
    }

    fn push(&mut self, step: Step, next: usize) -> usize {
        self.program.push(step);
        next
    }

    /// Whether a group of this kind opens at `at` and closes before `to`.
    fn group_at(&self, opener: char, at: usize, to: usize, place: &Place) -> bool {
        place.depth < DEEPEST
            && at < to
            && self.pattern[at] == opener
            && self.closings[at].is_some_and(|close| close < to)
    }

    fn ends(&self, at: usize, to: usize, place: &Place) -> bool {
        if at >= to { place.ends } else { self.pattern[at] == '/' }
    }

    /// `*` within a component, `**` as one.
    fn stars(&mut self, at: usize, to: usize, starts: bool, place: &Place) -> usize {
        let mut end = at;
        while end < to && self.pattern[end] == '*' && !self.group_at('(', end + 1, to, place) {
            end += 1;
        }
        if end - at != 2 || !starts || !self.ends(end, to, place) {
            self.repeat(Step::NotSeparator);
            return end;
        }
        if end >= to {
            self.repeat(Step::Any);
            return end;
        }
        // Any number of components, each with its separator.
        let fork = self.program.len();
        self.program.push(Step::Fork(fork + 1, 0));
        self.repeat(Step::Any);
        self.program.push(Step::Char('/'));
        self.program[fork] = Step::Fork(self.program.len(), fork + 1);
        if end + 2 == to && self.pattern[end + 1] == '*' && place.ends {
            // A last `*` behind `**` stands for a name, not for nothing.
            self.program.push(Step::NotSeparator);
        }
        end + 1
    }

    fn repeat(&mut self, step: Step) {
        let fork = self.program.len();
        self.program.extend([Step::Fork(fork + 3, fork + 1), step, Step::Jump(fork)]);
    }

    fn class(&mut self, at: usize, to: usize) -> usize {
        let Some(close) = class_end(self.pattern, at).filter(|&close| close < to) else {
            return self.push(Step::Char('['), at + 1);
        };
        let mut index = at + 1;
        let negated = matches!(self.pattern[index], '!' | '^');
        index += usize::from(negated);
        let mut ranges = Vec::new();
        while index < close {
            let first = self.class_char(&mut index);
            if index + 1 < close && self.pattern[index] == '-' {
                index += 1;
                ranges.push((first, self.class_char(&mut index)));
            } else {
                ranges.push((first, first));
            }
        }
        self.push(Step::Class { ranges, negated }, close + 1)
    }

    fn class_char(&self, index: &mut usize) -> char {
        *index += 1;
        if self.pattern[*index - 1] == '\\' {
            *index += 1;
            return escaped(self.pattern[*index - 1]);
        }
        self.pattern[*index - 1]
    }

    fn braces(&mut self, open: usize, close: usize, place: &Place) {
        let parts = self.parts(open + 1, close, ',');
        if let [(from, to)] = parts[..]
            && let Some(step) = range(&self.pattern[from..to])
        {
            self.program.push(step);
            return;
        }
        self.alternatives(&parts, place);
    }

    /// `?(…)`, `*(…)`, `+(…)`, `@(…)`, `!(…)`
    fn extended(&mut self, at: usize, to: usize, place: &Place) -> usize {
        let close = self.closings[at + 1].unwrap_or(to);
        let parts = self.parts(at + 2, close, '|');
        let place = Place { ends: self.ends(close + 1, to, place), ..*place };
        let start = self.program.len();
        match self.pattern[at] {
            '?' => {
                self.program.push(Step::Fork(start + 1, 0));
                self.alternatives(&parts, &place);
                self.program[start] = Step::Fork(start + 1, self.program.len());
            }
            '*' => {
                self.program.push(Step::Fork(start + 1, 0));
                self.alternatives(&parts, &place);
                self.program.push(Step::Jump(start));
                self.program[start] = Step::Fork(start + 1, self.program.len());
            }
            '+' => {
                self.alternatives(&parts, &place);
                let end = self.program.len();
                self.program.push(Step::Fork(start, end + 1));
            }
            '!' => {
                // Not: one of the parts and then the rest. Else: anything within the component, then the rest.
                self.program.extend([Step::Not(start + 2), Step::Jump(0)]);
                self.alternatives(&parts, &place);
                let jump = self.program.len();
                self.program.push(Step::Jump(0));
                self.program[start + 1] = Step::Jump(jump + 1);
                self.repeat(Step::NotSeparator);
                self.program[jump] = Step::Jump(self.program.len());
            }
            _ => self.alternatives(&parts, &place),
        }
        close + 1
    }

    fn alternatives(&mut self, parts: &[(usize, usize)], place: &Place) {
        let mut ends = Vec::new();
        for (index, &(from, to)) in parts.iter().enumerate() {
            let fork = self.program.len();
            let last = index + 1 == parts.len();
            if !last {
                self.program.push(Step::Fork(fork + 1, 0));
            }
            self.sequence(from, to, place);
            if !last {
                ends.push(self.program.len());
                self.program.push(Step::Jump(0));
                self.program[fork] = Step::Fork(fork + 1, self.program.len());
            }
        }
        let end = self.program.len();
        for jump in ends {
            self.program[jump] = Step::Jump(end);
        }
    }

    /// Splits a group's content at its separators, not those of groups within.
    fn parts(&self, from: usize, to: usize, separator: char) -> Vec<(usize, usize)> {
        let mut parts = Vec::new();
        let (mut start, mut at) = (from, from);
        while at < to {
            match self.pattern[at] {
                '\\' => at += 1,
                '[' => at = class_end(self.pattern, at).filter(|&close| close < to).unwrap_or(at),
                '{' | '(' => at = self.closings[at].filter(|&close| close < to).unwrap_or(at),
                found if found == separator => {
                    parts.push((start, at));
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        parts.push((start, to));
        parts
    }
}

/// What a letter behind a backslash stands for.
pub(super) fn escaped(letter: char) -> char {
    match letter {
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        plain => plain,
    }
}

/// `1..3`, `01..10`, `1..9..2`, `a..e`
fn range(text: &[char]) -> Option<Step> {
    let text: String = text.iter().collect();
    let mut parts = text.split("..");
    let (first, last, step) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let step =
        step.map_or(Some(1), |step| step.parse::<i64>().ok().map(|step| step.checked_abs().unwrap_or(1).max(1)))?;
    if let (Ok(low), Ok(high)) = (first.parse::<i64>(), last.parse::<i64>()) {
        let padded =
            |text: &str| text.trim_start_matches('-').len() > 1 && text.trim_start_matches('-').starts_with('0');
        let width = if padded(first) || padded(last) { first.len().max(last.len()) } else { 0 };
        return Some(Step::Number { first: low, last: high, step, width });
    }
    let letter = |text: &str| {
        let mut letters = text.chars();
        letters.next().filter(|letter| letter.is_ascii_alphabetic() && letters.next().is_none())
    };
    let (first, last) = (u32::from(letter(first)?), u32::from(letter(last)?));
    let stride = usize::try_from(step).unwrap_or(usize::MAX);
    let codes: Vec<u32> = if first <= last {
        (first..=last).step_by(stride).collect()
    } else {
        (last..=first).rev().step_by(stride).collect()
    };
    let ranges = codes.into_iter().filter_map(char::from_u32).map(|letter| (letter, letter)).collect();
    Some(Step::Class { ranges, negated: false })
}

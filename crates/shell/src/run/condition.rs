//! `[[ … ]]`.

use std::cmp::Ordering;

use bstr::{BStr, BString, ByteSlice as _};

use crate::ast::{Comparison, Condition, Part, Word};
use crate::expand::matches;

use super::{Array, Shell, Stop};

impl Shell {
    pub(super) fn condition(&mut self, condition: &Condition) -> Result<bool, Stop> {
        Ok(match condition {
            Condition::Not(inner) => !self.condition(inner)?,
            Condition::And(left, right) => self.condition(left)? && self.condition(right)?,
            Condition::Or(left, right) => self.condition(left)? || self.condition(right)?,
            Condition::Word(word) => !self.text(word)?.is_empty(),
            Condition::Unary(letter, word) => {
                let text = self.text(word)?;
                self.unary(*letter, &text)?
            }
            Condition::Binary(comparison, left, right) => self.compare(*comparison, left, right)?,
        })
    }

    fn unary(&mut self, letter: u8, text: &BString) -> Result<bool, Stop> {
        Ok(match letter {
            b'n' => !text.is_empty(),
            b'z' => text.is_empty(),
            b'v' => match self.reference(text.as_bstr())? {
                Some((name, key)) => self.element(name, &key).is_some(),
                None => self.variable(text).is_some(),
            },
            b'o' => self.options.each().iter().any(|(_, name, on)| name.as_bytes() == text.as_slice() && **on),
            letter => self.test(&[&[b'-', letter], text]),
        })
    }

    /// Asks the utility `test`, which knows about files.
    fn test(&self, words: &[&[u8]]) -> bool {
        let Some(utility) = crate::utility::find(b"test") else { return false };
        let arguments: Vec<BString> =
            std::iter::once(&b"test"[..]).chain(words.iter().copied()).map(Into::into).collect();
        self.launcher().utility(utility, &arguments) == 0
    }

    fn compare(&mut self, comparison: Comparison, left: &Word, right: &Word) -> Result<bool, Stop> {
        let left = self.text(left)?;
        match comparison {
            Comparison::Matches | Comparison::MatchesNot => {
                let pattern = self.pattern(right)?;
                return Ok(matches(&pattern, &left) == (comparison == Comparison::Matches));
            }
            Comparison::Regex => return self.regex(&left, right),
            _ => {}
        }
        let right = self.text(right)?;
        let ordering: fn(Ordering) -> bool = match comparison {
            Comparison::Equal => Ordering::is_eq,
            Comparison::NotEqual => Ordering::is_ne,
            Comparison::Less => Ordering::is_lt,
            Comparison::LessOrEqual => Ordering::is_le,
            Comparison::Greater => Ordering::is_gt,
            Comparison::GreaterOrEqual => Ordering::is_ge,
            Comparison::Before => return Ok(left < right),
            Comparison::After => return Ok(left > right),
            Comparison::Newer => return Ok(self.test(&[&left, b"-nt", &right])),
            Comparison::Older => return Ok(self.test(&[&left, b"-ot", &right])),
            _ => return Ok(self.test(&[&left, b"-ef", &right])),
        };
        Ok(ordering(self.evaluate(&left)?.cmp(&self.evaluate(&right)?)))
    }

    /// `=~`: quoted text means itself.
    fn regex(&mut self, text: &[u8], word: &Word) -> Result<bool, Stop> {
        let mut pattern = String::new();
        for part in &word.parts {
            let is_bare = matches!(part, Part::Text(_) | Part::Parameter(_) | Part::Substitution(_));
            let text = match part {
                Part::Text(text) => text.clone(),
                part => self.text(&Word { parts: vec![part.clone()] })?,
            };
            let text = text.to_str_lossy();
            if is_bare { pattern.push_str(&text) } else { pattern.push_str(&regex::escape(&text)) }
        }
        match regex::bytes::RegexBuilder::new(&pattern).size_limit(1 << 20).build() {
            Ok(regex) => {
                let found = regex.captures(text);
                let group = |group: Option<regex::bytes::Match<'_>>| {
                    group.map(|group| BString::from(group.as_bytes())).unwrap_or_default()
                };
                let groups = found.iter().flat_map(|found| found.iter().map(group));
                self.variables.set_array(BStr::new("BASH_REMATCH"), Array::list(groups));
                Ok(found.is_some())
            }
            Err(_) => {
                self.complain(format_args!("invalid regular expression: {pattern}"));
                Err(Stop::Failed(2))
            }
        }
    }
}

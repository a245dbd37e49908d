//! One component of a pattern against one name.
//!
//! Most components are plain text around one star: those are compared, not run.

use super::Pattern;

/// The names that a component matches.
#[derive(Debug)]
pub(super) enum Names {
    /// Exactly this one.
    One(String),
    /// Those with this start and this end, which do not overlap.
    Around(String, String),
    /// Those that the pattern matches.
    Pattern(Pattern),
}

impl Names {
    /// Compiles a component.
    pub(super) fn new(part: &str) -> Self {
        const SPECIAL: &[char] = &['\\', '?', '[', ']', '{', '}', '(', ')', '!', '|', '+', '@'];
        if part.contains(SPECIAL) {
            return Self::Pattern(Pattern::new(part));
        }
        let mut pieces = part.split('*');
        match (pieces.next(), pieces.next(), pieces.next()) {
            (Some(name), None, _) => Self::One(name.to_owned()),
            (Some(start), Some(end), None) => Self::Around(start.to_owned(), end.to_owned()),
            _ => Self::Pattern(Pattern::new(part)),
        }
    }

    /// Whether the whole name matches.
    pub(super) fn matches(&self, name: &str) -> bool {
        match self {
            Self::One(one) => name == one,
            Self::Around(start, end) => {
                name.len() >= start.len() + end.len()
                    && name.starts_with(start.as_str())
                    && name.bytes().rev().zip(end.bytes().rev()).all(|(one, other)| one == other)
            }
            Self::Pattern(pattern) => pattern.matches(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_the_pattern_says() {
        let names = ["", "a", "ab", "aba", "a.ts", ".ts", "x.ts.ts", "\u{e9}.ts", "[a]"];
        for part in ["a", "*", "a*", "*a", "a*a", "*.ts", "**", "a**", "[ab]*", "\u{e9}*"] {
            let (own, pattern) = (Names::new(part), Pattern::new(part));
            for name in names {
                assert_eq!(own.matches(name), pattern.matches(name), "{part} and {name:?}");
            }
        }
    }
}

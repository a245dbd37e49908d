//! Text on its way to become arguments.

use bstr::BString;

use crate::ast::{Name, Operation, Part};

use super::pattern::{has_glob, push_escaped};

/// One argument to be.
#[derive(Debug, Default)]
pub(super) struct Field {
    /// Its text.
    pub(super) text: BString,
    /// The same as a pattern, when some of it may match other text.
    pub(super) pattern: Option<Vec<u8>>,
    /// Whether that is so because of the script's own text.
    pub(super) bare_glob: bool,
}

/// Arguments to be.
#[derive(Debug, Default)]
pub(super) struct Fields {
    done: Vec<Field>,
    current: Field,
    /// Whether the current one exists: it has text, or quotes.
    open: bool,
    /// Whether nothing is split.
    whole: bool,
    /// Whether a pattern is wanted, whatever it matches.
    patterns: bool,
}

impl Fields {
    /// Fields that are one.
    pub(super) fn whole() -> Self {
        Self { whole: true, ..Self::default() }
    }

    /// A pattern.
    pub(super) fn pattern() -> Self {
        Self {
            whole: true,
            patterns: true,
            current: Field { pattern: Some(Vec::new()), ..Field::default() },
            ..Self::default()
        }
    }

    /// The fields.
    pub(super) fn done(mut self) -> Vec<Field> {
        self.end();
        self.done
    }

    /// The text of the one field.
    pub(super) fn joined(self) -> BString {
        self.current.text
    }

    /// The pattern of the one field.
    pub(super) fn joined_pattern(self) -> Vec<u8> {
        self.current.pattern.unwrap_or_default()
    }

    fn end(&mut self) {
        if self.open {
            self.done.push(std::mem::take(&mut self.current));
            self.open = false;
        }
    }

    /// Text that means itself.
    pub(super) fn quoted(&mut self, text: &[u8]) {
        self.open = true;
        self.current.text.extend_from_slice(text);
        if let Some(pattern) = &mut self.current.pattern {
            push_escaped(pattern, text);
        }
    }

    /// Text that may be a pattern; `own` when it stands in the script itself.
    pub(super) fn bare(&mut self, text: &[u8], own: bool) {
        if text.is_empty() {
            return;
        }
        self.open = true;
        if self.current.pattern.is_none() && !self.whole && (has_glob(text) || text.contains(&b'[')) {
            let mut pattern = Vec::new();
            push_escaped(&mut pattern, &self.current.text);
            self.current.pattern = Some(pattern);
        }
        // `?` and `[` stand in addresses and messages; a star is meant.
        self.current.bare_glob |= own && text.contains(&b'*');
        self.current.text.extend_from_slice(text);
        if let Some(pattern) = &mut self.current.pattern {
            // A backslash from a variable is text, not an escape; so are the marks of extended patterns outside of
            // patterns.
            for &byte in text {
                if byte == b'\\' || (!self.patterns && matches!(byte, b'(' | b')' | b'|' | b'+' | b'@')) {
                    pattern.push(b'\\');
                }
                pattern.push(byte);
            }
        }
    }

    /// Quotes make a field, even an empty one, but for `"$@"` without parameters.
    pub(super) fn open_quotes(&mut self, parts: &[Part]) {
        let only_all = matches!(parts, [Part::Parameter(parameter)]
            if matches!(parameter.name, Name::Special(b'@') | Name::All(_, b'@'))
                && matches!(parameter.operation, Operation::Get | Operation::Slice(..) | Operation::Keys));
        if !only_all {
            self.open = true;
        }
    }

    /// Ends a field between two values of a list.
    pub(super) fn separate(&mut self, quoted: bool, joint: &[u8]) {
        if quoted || self.whole { self.quoted(joint) } else { self.end() }
    }

    /// Ends a field, also an empty one, between two of `"$@"`.
    pub(super) fn next(&mut self) {
        if self.whole {
            self.quoted(b" ");
        } else {
            self.open = true;
            self.end();
        }
    }

    /// Text that is split at the bytes of `ifs`.
    pub(super) fn split(&mut self, text: &[u8], ifs: &[u8]) {
        if self.whole {
            return self.bare(text, false);
        }
        if ifs.is_empty() {
            return self.bare(text, false);
        }
        let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\n') && ifs.contains(&byte);
        // Whether blanks have just ended a field: another separator after them is part of the same one.
        let mut blanks = false;
        let mut rest = text;
        while let Some(&byte) = rest.first() {
            if is_blank(byte) {
                blanks |= self.open;
                self.end();
                rest = &rest[1..];
            } else if ifs.contains(&byte) {
                if !std::mem::take(&mut blanks) {
                    self.open = true;
                    self.end();
                }
                rest = &rest[1..];
            } else {
                blanks = false;
                let length = rest.iter().position(|byte| ifs.contains(byte)).unwrap_or(rest.len());
                self.bare(&rest[..length], false);
                rest = &rest[length..];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str, ifs: &str) -> Vec<String> {
        let mut fields = Fields::default();
        fields.split(text.as_bytes(), ifs.as_bytes());
        fields.done().into_iter().map(|field| field.text.to_string()).collect()
    }

    #[test]
    fn text_is_split_as_posix_says() {
        assert_eq!(split("  a  b ", " \t\n"), ["a", "b"]);
        assert_eq!(split("a::b:", ":"), ["a", "", "b"]);
        assert_eq!(split(":a", ":"), ["", "a"]);
        assert_eq!(split("a : b", " :"), ["a", "b"]);
        assert_eq!(split(" : a", " :"), ["", "a"]);
        assert_eq!(split("a b", ""), ["a b"]);
        assert_eq!(split("", " "), [""; 0]);
    }
}

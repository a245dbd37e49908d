//! Arrays: by number, with gaps, or by name.
//!
//! Source: the GNU Bash manual, Arrays.

use std::collections::BTreeMap;

use bstr::{BString, ByteSlice as _};

/// The place of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// Its number; one below 0 counts from the end.
    Index(i64),
    /// Its name.
    Name(BString),
}

/// An array.
#[derive(Debug, Clone)]
pub(crate) enum Array {
    /// By number.
    Indexed(BTreeMap<u64, BString>),
    /// By name. Those of bash have no order; these have that of the names.
    Named(BTreeMap<BString, BString>),
}

impl Default for Array {
    fn default() -> Self {
        Self::Indexed(BTreeMap::new())
    }
}

impl Array {
    /// One without elements.
    pub(crate) fn empty(named: bool) -> Self {
        if named { Self::Named(BTreeMap::new()) } else { Self::default() }
    }

    /// One by number.
    pub(crate) fn list(values: impl IntoIterator<Item = BString>) -> Self {
        Self::Indexed((0..).zip(values).collect())
    }

    pub(crate) fn is_named(&self) -> bool {
        matches!(self, Self::Named(_))
    }

    /// The number that is meant; `None` when it is before the first.
    fn place(elements: &BTreeMap<u64, BString>, index: i64) -> Option<u64> {
        u64::try_from(index).ok().or_else(|| Self::end(elements).checked_sub(index.unsigned_abs()))
    }

    /// The number after the last.
    fn end(elements: &BTreeMap<u64, BString>) -> u64 {
        elements.last_key_value().map_or(0, |(last, _)| last.saturating_add(1))
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&BString> {
        match (self, key) {
            (Self::Indexed(elements), Key::Index(index)) => elements.get(&Self::place(elements, *index)?),
            (Self::Named(elements), Key::Name(name)) => elements.get(name),
            (Self::Named(elements), Key::Index(index)) => elements.get(&BString::from(index.to_string())),
            (Self::Indexed(_), Key::Name(_)) => None,
        }
    }

    /// The text that the whole stands for: that of element 0.
    pub(crate) fn text(&self) -> Option<&BString> {
        self.get(&Key::Index(0))
    }

    /// Sets an element; `false` when there is no such place.
    pub(crate) fn set(&mut self, key: Key, value: BString) -> bool {
        match (self, key) {
            (Self::Indexed(elements), Key::Index(index)) => match Self::place(elements, index) {
                Some(place) => {
                    elements.insert(place, value);
                }
                None => return false,
            },
            (Self::Named(elements), Key::Name(name)) => {
                elements.insert(name, value);
            }
            (Self::Named(elements), Key::Index(index)) => {
                elements.insert(index.to_string().into(), value);
            }
            (Self::Indexed(_), Key::Name(_)) => return false,
        }
        true
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        match (self, key) {
            (Self::Indexed(elements), Key::Index(index)) => {
                if let Some(place) = Self::place(elements, *index) {
                    elements.remove(&place);
                }
            }
            (Self::Named(elements), Key::Name(name)) => {
                elements.remove(name);
            }
            _ => {}
        }
    }

    /// Where the next element goes, in one by number.
    pub(crate) fn next(&self) -> i64 {
        match self {
            Self::Indexed(elements) => i64::try_from(Self::end(elements)).unwrap_or(i64::MAX),
            Self::Named(_) => 0,
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Indexed(elements) => elements.len(),
            Self::Named(elements) => elements.len(),
        }
    }

    pub(crate) fn values(&self) -> Vec<BString> {
        match self {
            Self::Indexed(elements) => elements.values().cloned().collect(),
            Self::Named(elements) => elements.values().cloned().collect(),
        }
    }

    pub(crate) fn keys(&self) -> Vec<BString> {
        match self {
            Self::Indexed(elements) => elements.keys().map(|index| index.to_string().into()).collect(),
            Self::Named(elements) => elements.keys().cloned().collect(),
        }
    }

    /// The values from a number on, which counts from the end when it is below 0: `${a[@]:from}`.
    pub(crate) fn values_from(&self, from: i64) -> Option<Vec<BString>> {
        match self {
            Self::Indexed(elements) => {
                let from = Self::place(elements, from)?;
                Some(elements.range(from..).map(|(_, value)| value.clone()).collect())
            }
            // As in bash, where it counts from 1.
            Self::Named(elements) => {
                let skipped = if from < 0 {
                    elements.len().checked_sub(usize::try_from(from.unsigned_abs()).ok()?)?
                } else {
                    usize::try_from(from.max(1) - 1).ok()?
                };
                Some(elements.values().skip(skipped).cloned().collect())
            }
        }
    }

    /// As `declare -p` shows it: `([0]="a" [1]="b")`.
    pub(crate) fn shown(&self) -> BString {
        let mut text = BString::from("(");
        for (at, (key, value)) in self.keys().iter().zip(self.values()).enumerate() {
            if at > 0 {
                text.push(b' ');
            }
            let plain = key.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
            text.push(b'[');
            text.extend_from_slice(&if plain { key.clone() } else { in_quotes(key) });
            text.extend_from_slice(b"]=");
            text.extend_from_slice(&in_quotes(&value));
        }
        // Bash has a blank there, too, when the keys are names.
        text.extend_from_slice(if self.is_named() && self.len() > 0 { b" )" } else { b")" });
        text
    }
}

/// The text in double quotes.
pub(crate) fn in_quotes(text: &[u8]) -> BString {
    let mut quoted = BString::from("\"");
    for byte in text.as_bytes() {
        if matches!(byte, b'"' | b'\\' | b'$' | b'`') {
            quoted.push(b'\\');
        }
        quoted.push(*byte);
    }
    quoted.push(b'"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_both_ends() {
        let mut array = Array::list(["a".into(), "b".into()]);
        assert!(array.set(Key::Index(5), "f".into()));
        assert_eq!(array.get(&Key::Index(-1)), Some(&"f".into()));
        assert_eq!(array.get(&Key::Index(-2)), None);
        assert!(!array.set(Key::Index(-7), "x".into()));
        assert_eq!(array.next(), 6);
        array.remove(&Key::Index(-1));
        assert_eq!(array.keys(), ["0", "1"]);
        assert_eq!(array.values_from(-1), Some(vec!["b".into()]));
        assert_eq!(array.shown(), "([0]=\"a\" [1]=\"b\")");
    }
}

//! Where a place in emitted code stands in the source.
//!
//! Maps are kept for the whole process: on older Node the hooks thread transpiles and the main
//! thread asks.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// A place, lines and columns counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column in UTF-16 units.
    pub column: u32,
}

enum Map {
    Text(Arc<str>),
    Decoded(Arc<[(Place, Place)]>),
}

static MAPS: LazyLock<Mutex<HashMap<String, Map>>> = LazyLock::new(Mutex::default);

/// Keeps the map of a file: the `mappings` of a source map with one source.
pub(crate) fn keep(path: &str, mappings: &str) {
    let mut maps = MAPS.lock().unwrap_or_else(PoisonError::into_inner);
    maps.insert(path.to_owned(), Map::Text(mappings.into()));
}

/// Gives the `mappings` of an emitted file, for coverage and debuggers.
#[must_use]
pub fn mappings_of(path: &str) -> Option<String> {
    match MAPS.lock().unwrap_or_else(PoisonError::into_inner).get(path)? {
        Map::Text(text) => Some(text.to_string()),
        Map::Decoded(pairs) => Some(encode(pairs)),
    }
}

/// Finds the place in the source of a place in emitted code.
#[must_use]
pub fn original_place(path: &str, emitted: Place) -> Option<Place> {
    let pairs = decoded(path)?;
    let after = pairs.partition_point(|(place, _)| *place <= emitted);
    let (place, original) = pairs.get(after.checked_sub(1)?)?;
    (place.line == emitted.line).then_some(*original)
}

fn decoded(path: &str) -> Option<Arc<[(Place, Place)]>> {
    let mut maps = MAPS.lock().unwrap_or_else(PoisonError::into_inner);
    let map = maps.get_mut(path)?;
    if let Map::Text(text) = map {
        *map = Map::Decoded(decode(text).into());
    }
    match map {
        Map::Decoded(pairs) => Some(Arc::clone(pairs)),
        Map::Text(_) => None,
    }
}

/// Decodes `mappings`. See <https://tc39.es/ecma426/#sec-mappings>.
fn decode(mappings: &str) -> Vec<(Place, Place)> {
    let mut pairs = Vec::new();
    let (mut source_line, mut source_column) = (0_i64, 0_i64);
    for (line, segments) in mappings.split(';').enumerate() {
        let mut column = 0_i64;
        for segment in segments.split(',').filter(|segment| !segment.is_empty()) {
            let fields = fields(segment);
            column += fields.first().copied().unwrap_or(0);
            if let [_, _, line_delta, column_delta, ..] = fields[..] {
                source_line += line_delta;
                source_column += column_delta;
                pairs.push((place(i64::try_from(line).unwrap_or(0), column), place(source_line, source_column)));
            }
        }
    }
    pairs
}

fn place(line: i64, column: i64) -> Place {
    Place { line: u32::try_from(line).unwrap_or(0), column: u32::try_from(column).unwrap_or(0) }
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn fields(segment: &str) -> Vec<i64> {
    let mut fields = Vec::with_capacity(5);
    let (mut value, mut shift) = (0_i64, 0_u32);
    for byte in segment.bytes() {
        let Some(digit) = DIGITS.iter().position(|candidate| *candidate == byte) else { continue };
        let digit = i64::try_from(digit).unwrap_or(0);
        value |= (digit & 31) << shift.min(58);
        if digit & 32 == 0 {
            fields.push(if value & 1 == 1 { -(value >> 1) } else { value >> 1 });
            (value, shift) = (0, 0);
        } else {
            shift += 5;
        }
    }
    fields
}

fn encode(pairs: &[(Place, Place)]) -> String {
    let mut out = String::new();
    let (mut line, mut column, mut source) = (0, 0_i64, (0_i64, 0_i64));
    let mut first = true;
    for (emitted, original) in pairs {
        while line < emitted.line {
            out.push(';');
            line += 1;
            column = 0;
            first = true;
        }
        if !first {
            out.push(',');
        }
        first = false;
        push(&mut out, i64::from(emitted.column) - column);
        push(&mut out, 0);
        push(&mut out, i64::from(original.line) - source.0);
        push(&mut out, i64::from(original.column) - source.1);
        column = i64::from(emitted.column);
        source = (i64::from(original.line), i64::from(original.column));
    }
    out
}

fn push(out: &mut String, value: i64) {
    let mut rest = if value < 0 { (-value << 1) | 1 } else { value << 1 };
    loop {
        let digit = usize::try_from(rest & 31).unwrap_or(0);
        rest >>= 5;
        out.push(char::from(DIGITS[if rest > 0 { digit | 32 } else { digit }]));
        if rest == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mappings_survive_decoding_and_encoding() {
        let mappings = "AAAA,SAASA;;AACT,CAAC";
        let pairs = decode(mappings);
        assert_eq!(pairs.len(), 4);
        assert_eq!(decode(&encode(&pairs)), pairs);
    }

    #[test]
    fn a_place_maps_to_the_nearest_before_it() {
        keep("/map-test.ts", ";AACA,IAAI");
        let find = |line, column| original_place("/map-test.ts", Place { line, column });
        assert_eq!(find(1, 6), Some(Place { line: 1, column: 4 }));
        assert_eq!(find(0, 0), None);
    }
}

//! The text of a script, with the places of the template's values.

/// A template: text with values between its parts.
///
/// A unit is a byte of text, or [`VALUE`] plus the number of a value. No byte can be taken for a value, nor a value
/// for a byte.
#[derive(Debug, Clone, Default)]
pub struct Source {
    units: Vec<u32>,
    values: usize,
}

/// The first unit that is a value.
pub(crate) const VALUE: u32 = 0x100;

impl Source {
    /// Makes the source of a template: value `n` stands between part `n` and part `n + 1`.
    #[must_use]
    pub fn new<T: AsRef<[u8]>>(parts: &[T]) -> Self {
        let mut units = Vec::with_capacity(parts.iter().map(|part| part.as_ref().len() + 1).sum());
        for (number, part) in (0_u32..).zip(parts) {
            if number > 0 {
                units.push(VALUE.saturating_add(number - 1));
            }
            units.extend(part.as_ref().iter().map(|&byte| u32::from(byte)));
        }
        Self { units, values: parts.len().saturating_sub(1) }
    }

    /// The units.
    pub(crate) fn units(&self) -> &[u32] {
        &self.units
    }

    /// How many values it has.
    #[must_use]
    pub fn values(&self) -> usize {
        self.values
    }
}

/// Line and column, from 1; a value counts as one column, a character of several bytes too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Position {
    line: u32,
    column: u32,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl Position {
    /// Where the next unit, which is this one, stands.
    pub(crate) fn past(&mut self, unit: u32) -> (u32, u32) {
        let here = (self.line, self.column);
        if unit == u32::from(b'\n') {
            self.line += 1;
            self.column = 1;
        } else if !(0x80..0xc0).contains(&unit) {
            self.column += 1;
        }
        here
    }
}

/// Line and column of a unit.
pub(crate) fn position(units: &[u32], at: usize) -> (u32, u32) {
    let before = &units[..at.min(units.len())];
    let newline = u32::from(b'\n');
    let start = before.iter().rposition(|&unit| unit == newline).map_or(0, |end| end + 1);
    let count = |units: &[u32], is: fn(u32) -> bool| units.iter().map(|&unit| u32::from(is(unit))).sum::<u32>();
    let lines = count(&before[..start], |unit| unit == u32::from(b'\n'));
    (1 + lines, 1 + count(&before[start..], |unit| !(0x80..0xc0).contains(&unit)))
}

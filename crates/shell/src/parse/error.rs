//! What is wrong with a script.

use thiserror::Error;

use crate::source::position;

/// A script that does not parse.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message} (line {line}, column {column})")]
pub struct SyntaxError {
    /// What is wrong; in Bun's words where Bun has some.
    pub message: String,
    /// The line in the template, from 1.
    pub line: u32,
    /// The column, from 1; a value counts as one.
    pub column: u32,
}

/// What is wrong at a unit.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) at: usize,
    pub(super) message: String,
}

impl Problem {
    pub(super) fn located(self, units: &[u32]) -> SyntaxError {
        let (line, column) = position(units, self.at);
        SyntaxError { message: self.message, line, column }
    }
}

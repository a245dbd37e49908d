//! A parser's complaint, with the place in the source that Bun's `BuildMessage` carries.

use oxc::diagnostics::OxcDiagnostic;

/// One error in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// The file.
    pub file: String,
    /// The line's text.
    pub line_text: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in UTF-16 units, counted from 1.
    pub column: u32,
    /// How many UTF-16 units are meant.
    pub length: u32,
    /// The offset in bytes from the start of the file.
    pub offset: u32,
}

/// Places the parser's diagnostics in the source.
pub(crate) fn place<'d>(
    diagnostics: impl IntoIterator<Item = &'d OxcDiagnostic>,
    source: &str,
    file: &str,
) -> Vec<Diagnostic> {
    diagnostics.into_iter().map(|diagnostic| one(diagnostic, source, file)).collect()
}

fn one(diagnostic: &OxcDiagnostic, source: &str, file: &str) -> Diagnostic {
    let label = diagnostic.labels.first();
    let start = label.map_or(0, oxc::diagnostics::LabeledSpan::offset);
    let end = label.map_or(start, |label| label.offset() + label.len());
    span(diagnostic.message.to_string(), source, file, start, end)
}

impl Diagnostic {
    /// Places a message at an offset in bytes.
    pub(crate) fn at(message: String, source: &str, file: &str, offset: u32) -> Self {
        span(message, source, file, offset, offset)
    }
}

fn span(message: String, source: &str, file: &str, start: u32, end: u32) -> Diagnostic {
    // What is missing at the end is told of the last character, as in Bun.
    let last = u32::try_from(source.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let offset = floor(source, start.min(last));
    let end = floor(source, end);
    let line_start = source[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line_end = source[offset..].find('\n').map_or(source.len(), |at| offset + at);
    let line = source[..line_start].bytes().filter(|byte| *byte == b'\n').count() + 1;
    Diagnostic {
        message,
        file: file.to_owned(),
        line_text: source[line_start..line_end].trim_end_matches('\r').to_owned(),
        line: small(line),
        column: small(units(&source[line_start..offset]) + 1),
        length: small(units(&source[offset..end.min(line_end).max(offset)])),
        offset: small(offset),
    }
}

fn floor(source: &str, offset: u32) -> usize {
    let mut offset = (offset as usize).min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

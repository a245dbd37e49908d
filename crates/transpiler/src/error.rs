//! What can go wrong between a specifier and runnable JavaScript.

use std::io;
use std::path::PathBuf;

use dx_fault::{Class, Fault, Prop};

use crate::Diagnostic;

/// A failure of the transpiler or the resolver.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The source does not parse.
    #[error("{}", .0.first().map_or("syntax error", |first| first.message.as_str()))]
    Syntax(Vec<Diagnostic>),
    /// A file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Syntax(diagnostics) => {
                let mut fault = Self::new(Class::BuildMessage, "", message);
                if let Some(first) = diagnostics.into_iter().next() {
                    fault = fault
                        .with("file", Prop::Text(first.file))
                        .with("lineText", Prop::Text(first.line_text))
                        .with("line", Prop::Number(f64::from(first.line)))
                        .with("column", Prop::Number(f64::from(first.column)))
                        .with("length", Prop::Number(f64::from(first.length)))
                        .with("offset", Prop::Number(f64::from(first.offset)));
                }
                fault
            }
            Error::Read { path, source } => Self::file(&source, "open", Some(&path)),
        }
    }
}

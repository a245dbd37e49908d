//! SQLite engine behind `bun:sqlite`: connections, statements, and rows packed for JavaScript.
//!
//! It knows nothing of JavaScript or Node-API. The hot path is [`Statement::fill`]: it steps a
//! statement and writes the rows into a page of 8-byte cells that a generated constructor reads
//! (`docs/sqlite.md` has the format and the measurements).

#![deny(unsafe_code)]

mod bind;
mod code;
mod connection;
mod error;
mod function;
mod hold;
mod journal;
mod known;
mod page;
mod pool;
mod row;
mod statement;
mod stop;
mod text;

pub use bind::{Binder, Value};
pub use connection::{Changes, Connection, Open, Prepare, Status, c_string};
pub use error::{Error, Report, Result};
pub use function::{Aggregate, Argument, FunctionFlags, Reply, RowChange, Scalar, UpdateCallback};
pub use known::KNOWN_TEXTS;
pub use page::{ColumnClass, Filled, PAGE_CELLS, Page, Sink, Tag};
pub use statement::{Statement, StorageClass, View};
pub use stop::StopCheck;
pub use text::{Run, Text, write_utf8};

//! What can go wrong, and how JavaScript sees it.

use dx_fault::{Class, Fault, Prop};

use crate::code;

/// The result of an engine call. The error is in a box: a result that is one or two words stays in registers, where a
/// tag beside it would go through memory, in other sizes than it is read in, at every step of every call.
pub type Result<T> = std::result::Result<T, Box<Error>>;

/// A failure of the engine. Messages of the variants without a SQLite code are Bun's.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// SQLite itself failed: `SQLiteError` with `code`, `errno`, `byteOffset`.
    #[error("{}", .0.message)]
    Sqlite(Report),
    /// A statement was used after `finalize()`.
    #[error("Statement has finalized")]
    Finalized,
    /// A statement that `close()` finalized was used, or a closed database was run.
    #[error("Database has closed")]
    Closed,
    /// A statement was prepared on a closed database.
    #[error("Cannot use a closed database")]
    PrepareClosed,
    /// A cold call on a closed database.
    #[error("Can't do this on a closed database")]
    CallClosed,
    /// The connection is in the middle of a statement: a user function or hook used it.
    #[error("This database connection is busy executing a query")]
    Busy,
    /// The SQL text holds no statement (`prepare`).
    #[error("Invalid SQL statement")]
    NoStatement,
    /// The SQL text holds no statement (`run`).
    #[error("Query contained no valid SQL statement; likely empty query.")]
    NothingToRun,
    /// The cursor of an iterator was taken by a newer run of its statement.
    #[error(
        "This iterator was invalidated: its statement was run again. Use db.prepare() to get a statement with a cursor of its own."
    )]
    CursorLost,
    /// The number of values differs from the number of parameters.
    #[error("SQLite query expected {expected} values, received {received}")]
    ParameterCount {
        /// Parameters of the statement.
        expected: u32,
        /// Values given.
        received: u32,
    },
    /// The values that were announced are not there.
    #[error("The values of the parameters could not be read")]
    NoValues,
    /// `columnTypes` of a statement that is not known to be free of side effects.
    #[error("columnTypes is not available for non-read-only statements (INSERT, UPDATE, DELETE, etc.)")]
    NotReadOnly,
    /// SQLite could not allocate, or `serialize` found no such schema.
    #[error("Out of memory")]
    OutOfMemory,
    /// A shared library that does not load (`loadExtension`).
    #[error("{0}")]
    Extension(Box<str>),
}

/// What SQLite says of a failure.
#[derive(Debug)]
pub struct Report {
    /// The extended result code (`sqlite3_extended_errcode`).
    pub code: i32,
    /// The text of `sqlite3_errmsg`.
    pub message: String,
    /// The byte offset of the offending token in the SQL, or -1.
    pub offset: i64,
}

impl Error {
    /// Makes the error of a bare result code, with SQLite's wording for it.
    pub(crate) fn bare(code: i32) -> Self {
        Self::Sqlite(Report { code, message: code::describe(code), offset: -1 })
    }
}

impl From<Box<Error>> for Fault {
    fn from(error: Box<Error>) -> Self {
        Self::from(*error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Sqlite(report) => Self::new(Class::SqliteError, code::name(report.code), message)
                .with("errno", Prop::Number(f64::from(report.code)))
                .with("byteOffset", Prop::Number(small(report.offset))),
            Error::PrepareClosed | Error::NoStatement => Self::new(Class::RangeError, "", message),
            Error::Busy => Self::new(Class::TypeError, "", message),
            _ => Self::new(Class::Error, "", message),
        }
    }
}

/// SQL texts end at 1,000,000,000 bytes, so an offset is exact as `f64`.
#[allow(clippy::cast_precision_loss, reason = "an offset into at most 1e9 bytes")]
fn small(offset: i64) -> f64 {
    offset as f64
}

//! Values that go into a statement.
#![expect(unsafe_code, reason = "calls SQLite's C API")]

use rusqlite::ffi;

/// A value to bind, or the result of a user function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// `NULL`
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double; NaN is stored as `NULL`.
    Real(f64),
    /// UTF-8.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
}

/// Binds a value; SQLite copies the bytes. Gives the result code.
///
/// # Safety
/// `statement` must be live.
#[inline]
pub(crate) unsafe fn bind(statement: *mut ffi::sqlite3_stmt, index: i32, value: Value<'_>) -> i32 {
    match value {
        // SAFETY: the caller vouches for the statement; SQLite checks the index.
        Value::Null => unsafe { ffi::sqlite3_bind_null(statement, index) },
        // SAFETY: as above.
        Value::Integer(number) => unsafe { ffi::sqlite3_bind_int64(statement, index, number) },
        // SAFETY: as above.
        Value::Real(number) => unsafe { ffi::sqlite3_bind_double(statement, index, number) },
        // SAFETY: as above; the bytes are copied before the call returns.
        Value::Text(utf8) => unsafe {
            ffi::sqlite3_bind_text64(
                statement,
                index,
                utf8.as_ptr().cast(),
                utf8.len() as u64,
                ffi::SQLITE_TRANSIENT(),
                UTF8,
            )
        },
        // A null pointer would bind NULL, and a `zeroblob` shows in the expanded SQL.
        // SAFETY: as above; no byte is read.
        Value::Blob([]) => unsafe {
            ffi::sqlite3_bind_blob64(statement, index, c"".as_ptr().cast(), 0, ffi::SQLITE_STATIC())
        },
        // SAFETY: as above; the bytes are copied before the call returns.
        Value::Blob(bytes) => unsafe {
            ffi::sqlite3_bind_blob64(
                statement,
                index,
                bytes.as_ptr().cast(),
                bytes.len() as u64,
                ffi::SQLITE_TRANSIENT(),
            )
        },
    }
}

/// `SQLITE_UTF8` as the byte that `sqlite3_bind_text64` and `sqlite3_result_text64` take.
pub(crate) const UTF8: u8 = 1;

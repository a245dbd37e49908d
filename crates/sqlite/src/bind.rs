//! Values that go into a statement.
#![expect(unsafe_code, reason = "calls SQLite's C API")]

use std::mem::MaybeUninit;
use std::slice;

use rusqlite::ffi;

use crate::error::{Error, Result};
use crate::statement::Statement;

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

/// Gives a statement new values. It is made by [`Statement::rebind`], which ended the statement's run.
#[derive(Debug)]
pub struct Binder<'a> {
    statement: &'a Statement,
    raw: *mut ffi::sqlite3_stmt,
    /// Bytes that the statement keeps until it is bound anew.
    kept: &'a [u8],
}

impl<'a> Binder<'a> {
    pub(crate) fn new(statement: &'a Statement, raw: *mut ffi::sqlite3_stmt, kept: &'a [u8]) -> Self {
        Self { statement, raw, kept }
    }

    /// Binds a value; SQLite copies the bytes. Parameters count from 0.
    ///
    /// # Errors
    /// [`crate::Error::Sqlite`] for a value above SQLite's length limit.
    #[inline]
    pub fn bind(&self, index: usize, value: Value<'_>) -> Result<()> {
        // SAFETY: the statement is live; nothing finalizes it while this borrows it.
        self.outcome(unsafe { bind(self.raw, position(index), value) })
    }

    /// Binds UTF-8 that is in the kept bytes, without a copy.
    ///
    /// # Errors
    /// As [`Binder::bind`].
    #[inline]
    pub fn bind_kept_text(&self, index: usize, start: usize, length: usize) -> Result<()> {
        let text = self.kept_bytes(start, length);
        // SAFETY: as in `bind`; the statement keeps the bytes as long as they are bound (`Statement::rebind`).
        self.outcome(unsafe {
            ffi::sqlite3_bind_text64(
                self.raw,
                position(index),
                text.as_ptr().cast(),
                text.len() as u64,
                ffi::SQLITE_STATIC(),
                UTF8,
            )
        })
    }

    /// Binds bytes that are in the kept bytes, without a copy.
    ///
    /// # Errors
    /// As [`Binder::bind`].
    #[inline]
    pub fn bind_kept_blob(&self, index: usize, start: usize, length: usize) -> Result<()> {
        let blob = self.kept_bytes(start, length);
        if blob.is_empty() {
            return self.bind(index, Value::Blob(&[]));
        }
        // SAFETY: as in `bind_kept_text`.
        self.outcome(unsafe {
            ffi::sqlite3_bind_blob64(
                self.raw,
                position(index),
                blob.as_ptr().cast(),
                blob.len() as u64,
                ffi::SQLITE_STATIC(),
            )
        })
    }

    /// Binds UTF-8 that `write` puts into memory of `capacity` bytes, which SQLite then owns; it gives the length.
    ///
    /// # Errors
    /// [`crate::Error::OutOfMemory`]; as [`Binder::bind`].
    pub fn bind_written_text(
        &self,
        index: usize,
        capacity: usize,
        write: impl FnOnce(&mut [MaybeUninit<u8>]) -> usize,
    ) -> Result<()> {
        // SAFETY: any size is allowed.
        let memory = unsafe { ffi::sqlite3_malloc64(capacity.max(1) as u64) }.cast::<MaybeUninit<u8>>();
        if memory.is_null() {
            return Err(Error::OutOfMemory);
        }
        // SAFETY: the memory has room for `capacity` bytes, and nobody else knows it.
        let length = write(unsafe { slice::from_raw_parts_mut(memory, capacity) }).min(capacity);
        // SAFETY: as in `bind`; SQLite frees the memory, also on failure.
        self.outcome(unsafe {
            ffi::sqlite3_bind_text64(
                self.raw,
                position(index),
                memory.cast(),
                length as u64,
                Some(ffi::sqlite3_free),
                UTF8,
            )
        })
    }

    #[inline]
    fn kept_bytes(&self, start: usize, length: usize) -> &'a [u8] {
        self.kept.get(start..).and_then(|rest| rest.get(..length)).unwrap_or_default()
    }

    #[inline]
    fn outcome(&self, code: i32) -> Result<()> {
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.statement.connection().last_error()) }
    }
}

#[inline]
fn position(index: usize) -> i32 {
    i32::try_from(index + 1).unwrap_or(i32::MAX)
}

/// Binds a value; SQLite copies the bytes. Gives the result code.
///
/// # Safety
/// `statement` must be live.
#[inline]
unsafe fn bind(statement: *mut ffi::sqlite3_stmt, index: i32, value: Value<'_>) -> i32 {
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

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

unsafe extern "C" {
    /// Binds the first `count` parameters of a statement that is reset (`sqlite/shim.c`).
    fn dx_bind(
        statement: *mut ffi::sqlite3_stmt,
        count: i32,
        kinds: *const i32,
        values: *const u64,
        kept: *const u8,
        length: u64,
    ) -> i32;
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

    /// Binds values as JavaScript packs them; text and blobs lie in the kept bytes, and are not copied again.
    ///
    /// Kinds: 0 `NULL`; 1 an int32, in the low half; 2 a double; 3 text and 6 a blob, start in the low half and length in
    /// the high one; 4 a 64-bit integer; 5 an integer, as a double. Any other kind, and bytes that are not there, are `NULL`.
    ///
    /// # Errors
    /// As [`Binder::bind`].
    #[inline]
    pub fn bind_packed(&self, kinds: &[i32], values: &[u64]) -> Result<()> {
        let count = kinds.len().min(values.len()).min(self.statement.parameters());
        let count = i32::try_from(count).unwrap_or_default();
        let (kept, length) = (self.kept.as_ptr(), self.kept.len() as u64);
        // SAFETY: the statement is live and reset, and has that many parameters; the slices have that many elements; the
        // statement keeps the bytes as long as they are bound (`Statement::rebind`).
        self.outcome(unsafe { dx_bind(self.raw, count, kinds.as_ptr(), values.as_ptr(), kept, length) })
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
            return Err(Error::OutOfMemory.into());
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
    fn outcome(&self, code: i32) -> Result<()> {
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.statement.connection().last_error().into()) }
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

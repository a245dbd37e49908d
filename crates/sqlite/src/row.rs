//! The cells of the row a statement stands on.
//!
//! SQLite's column API costs a call and a mutex test for each of type, value and length. The row is an array of
//! `sqlite3_value`; this module reads those structs directly (`sqlite/shim.c` finds it and checks their layout when SQLite
//! is compiled) and uses the API for values of an unusual kind.
#![expect(unsafe_code, reason = "reads SQLite's row through its C API and its value structs")]

use std::ffi::c_int;
use std::ptr;
use std::slice;

use rusqlite::ffi;

/// One value of the row; the bytes live until the statement is stepped or reset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell<'row> {
    /// `NULL`
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double; never NaN, SQLite makes that `NULL`.
    Real(f64),
    /// UTF-8, possibly ill-formed.
    Text(&'row [u8]),
    /// Bytes.
    Blob(&'row [u8]),
}

/// Reads the values of a row; each of the others tells whether a value is of the kind that it reads, for columns where it
/// probably is.
pub(crate) trait Cells<'row> {
    /// The value of a column, `NULL` where there is none.
    fn cell(&self, column: usize) -> Cell<'row>;

    /// A 64-bit integer.
    #[inline]
    fn integer(&self, column: usize) -> Option<i64> {
        if let Cell::Integer(value) = self.cell(column) { Some(value) } else { None }
    }

    /// A double.
    #[inline]
    fn real(&self, column: usize) -> Option<f64> {
        if let Cell::Real(value) = self.cell(column) { Some(value) } else { None }
    }

    /// UTF-8, possibly ill-formed.
    #[inline]
    fn text(&self, column: usize) -> Option<&'row [u8]> {
        if let Cell::Text(utf8) = self.cell(column) { Some(utf8) } else { None }
    }
}

/// `struct sqlite3_value`
#[repr(C)]
struct RawValue {
    /// `u.i` or the bits of `u.r`
    number: u64,
    bytes: *const u8,
    length: i32,
    flags: u16,
    encoding: u8,
    subtype: u8,
    database: *const u8,
    allocated: i32,
    temporary: u32,
    allocation: *const u8,
    destructor: *const u8,
}

impl RawValue {
    /// Which representation it has, if it has exactly one.
    #[inline]
    fn kind(&self) -> u16 {
        self.flags & (AFFINITY_MASK | ZERO_TAIL)
    }
}

unsafe extern "C" {
    /// `sqlite3_step` for a live statement, and what is asked of a row at once (`sqlite/shim.c`).
    fn dx_step(statement: *mut ffi::sqlite3_stmt, stepped: *mut Stepped) -> c_int;
    /// The values of the row that a live statement stands on.
    fn dx_row(statement: *mut ffi::sqlite3_stmt) -> *const RawValue;
}

/// What a step has come to.
#[repr(C)]
pub(crate) struct Stepped {
    /// The values of the row, null without one.
    values: *const RawValue,
    /// How often SQLite has compiled the statement anew.
    pub(crate) compiled: c_int,
    /// How many values a row has.
    pub(crate) columns: c_int,
}

/// Steps on; gives SQLite's result code.
///
/// # Safety
/// `statement` must be live, and no user function of its connection running.
#[inline]
pub(crate) unsafe fn step(statement: *mut ffi::sqlite3_stmt) -> (c_int, Stepped) {
    let mut stepped = Stepped { values: ptr::null(), compiled: 0, columns: 0 };
    // SAFETY: passed on from the caller; the place for the result is valid.
    let code = unsafe { dx_step(statement, &raw mut stepped) };
    (code, stepped)
}

// Flags of a value that has exactly one representation (`MEM_*` in vdbeInt.h).
const AFFINITY_MASK: u16 = 0x003f;
const ZERO_TAIL: u16 = 0x0400;
const NULL: u16 = 0x0001;
const TEXT: u16 = 0x0002;
const INTEGER: u16 = 0x0004;
const REAL: u16 = 0x0008;
const BLOB: u16 = 0x0010;
const UTF8: u8 = 1;

/// The row that a statement stands on.
pub(crate) struct Row {
    statement: *mut ffi::sqlite3_stmt,
    values: *const RawValue,
}

impl Row {
    /// Opens the row of a statement.
    ///
    /// # Safety
    /// `statement` must be live and its last step must have returned `SQLITE_ROW`. The row and
    /// every cell of it must be dropped before the statement is stepped, reset or finalized.
    #[inline]
    pub(crate) unsafe fn open(statement: *mut ffi::sqlite3_stmt) -> Self {
        // SAFETY: the caller vouches for the statement.
        let values = unsafe { dx_row(statement) };
        Self { statement, values }
    }

    /// The row that a step has come to.
    ///
    /// # Safety
    /// As for [`Row::open`]; `stepped` must be what that step gave.
    #[inline]
    pub(crate) unsafe fn of(statement: *mut ffi::sqlite3_stmt, stepped: &Stepped) -> Self {
        Self { statement, values: stepped.values }
    }

    /// The values of the row.
    ///
    /// # Safety
    /// The statement must have `count` columns.
    #[inline]
    pub(crate) unsafe fn values(&self, count: usize) -> Values<'_> {
        // SAFETY: the row is an array of this struct, which lives as long as the row.
        let values = if count == 0 { &[] } else { unsafe { slice::from_raw_parts(self.values, count) } };
        Values { row: self, values }
    }

    /// Reads a column through the documented API.
    ///
    /// # Safety
    /// As for [`Row::open`].
    #[cold]
    unsafe fn cell_by_api(&self, column: usize) -> Cell<'_> {
        let (statement, index) = (self.statement, i32::try_from(column).unwrap_or(i32::MAX));
        // SAFETY: the statement stands on a row (`open`), and any index is allowed here.
        match unsafe { ffi::sqlite3_column_type(statement, index) } {
            // SAFETY: as above.
            ffi::SQLITE_INTEGER => Cell::Integer(unsafe { ffi::sqlite3_column_int64(statement, index) }),
            // SAFETY: as above.
            ffi::SQLITE_FLOAT => Cell::Real(unsafe { ffi::sqlite3_column_double(statement, index) }),
            ffi::SQLITE_TEXT => {
                // SAFETY: as above; asking for the text first fixes the encoding that the length is for.
                let text = unsafe { ffi::sqlite3_column_text(statement, index) };
                // SAFETY: as above.
                let length = unsafe { ffi::sqlite3_column_bytes(statement, index) };
                // SAFETY: SQLite gives `length` bytes at `text`, or null.
                Cell::Text(unsafe { bytes(text, length) })
            }
            ffi::SQLITE_BLOB => {
                // SAFETY: as above.
                let blob = unsafe { ffi::sqlite3_column_blob(statement, index) };
                // SAFETY: as above.
                let length = unsafe { ffi::sqlite3_column_bytes(statement, index) };
                // SAFETY: SQLite gives `length` bytes at `blob`, or null when it is empty.
                Cell::Blob(unsafe { bytes(blob.cast(), length) })
            }
            _ => Cell::Null,
        }
    }
}

/// The values of a row.
pub(crate) struct Values<'row> {
    row: &'row Row,
    values: &'row [RawValue],
}

impl<'row> Cells<'row> for Values<'row> {
    #[inline]
    fn cell(&self, column: usize) -> Cell<'row> {
        let Some(value) = self.values.get(column) else { return Cell::Null };
        match value.kind() {
            NULL => return Cell::Null,
            INTEGER => return Cell::Integer(value.number.cast_signed()),
            REAL => return Cell::Real(f64::from_bits(value.number)),
            // SAFETY: a string value without a zero tail owns `length` bytes at `bytes`.
            TEXT if value.encoding == UTF8 => return Cell::Text(unsafe { bytes(value.bytes, value.length) }),
            // SAFETY: likewise for a blob.
            BLOB => return Cell::Blob(unsafe { bytes(value.bytes, value.length) }),
            _ => {}
        }
        // SAFETY: there is such a column.
        unsafe { self.row.cell_by_api(column) }
    }

    #[inline]
    fn integer(&self, column: usize) -> Option<i64> {
        let value = self.values.get(column)?;
        (value.kind() == INTEGER).then(|| value.number.cast_signed())
    }

    #[inline]
    fn real(&self, column: usize) -> Option<f64> {
        let value = self.values.get(column)?;
        (value.kind() == REAL).then(|| f64::from_bits(value.number))
    }

    #[inline]
    fn text(&self, column: usize) -> Option<&'row [u8]> {
        let value = self.values.get(column)?;
        // SAFETY: as in `cell`.
        (value.kind() == TEXT && value.encoding == UTF8).then(|| unsafe { bytes(value.bytes, value.length) })
    }
}

/// Borrows SQLite's bytes; null is no bytes.
///
/// # Safety
/// `start` must be null or point to `length` bytes that outlive `'row`.
#[inline]
unsafe fn bytes<'row>(start: *const u8, length: i32) -> &'row [u8] {
    match usize::try_from(length) {
        // SAFETY: the caller vouches for the range.
        Ok(length) if !start.is_null() => unsafe { slice::from_raw_parts(start, length) },
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_reads_as_through_the_api() {
        let (mut database, mut statement) = (ptr::null_mut(), ptr::null_mut());
        let sql = c"SELECT 7, -1.5, 'abc', x'0102', NULL, -5000000000, '', zeroblob(3), CAST(x'61' AS TEXT)";
        // SAFETY: valid pointers, text that ends with NUL, and a statement that was prepared just now.
        let stepped = unsafe {
            ffi::sqlite3_open(c":memory:".as_ptr(), &raw mut database);
            ffi::sqlite3_prepare_v2(database, sql.as_ptr(), -1, &raw mut statement, ptr::null_mut());
            ffi::sqlite3_step(statement)
        };
        assert_eq!(stepped, ffi::SQLITE_ROW);
        // SAFETY: the statement stands on a row of nine columns.
        let row = unsafe { Row::open(statement) };
        // SAFETY: as above.
        let values = unsafe { row.values(9) };
        for column in 0..9 {
            let cell = values.cell(column);
            // SAFETY: as above.
            assert_eq!(cell, unsafe { row.cell_by_api(column) }, "column {column}");
            assert_eq!(
                values.integer(column).map(Cell::Integer),
                Some(cell).filter(|cell| matches!(cell, Cell::Integer(_)))
            );
            assert_eq!(values.real(column).map(Cell::Real), Some(cell).filter(|cell| matches!(cell, Cell::Real(_))));
            assert_eq!(values.text(column).map(Cell::Text), Some(cell).filter(|cell| matches!(cell, Cell::Text(_))));
        }
        assert_eq!(values.cell(9), Cell::Null);
        // SAFETY: nothing reads the statement any more.
        unsafe {
            ffi::sqlite3_finalize(statement);
            ffi::sqlite3_close(database);
        }
    }
}

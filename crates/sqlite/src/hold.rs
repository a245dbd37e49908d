//! The read transaction that queries of a database in memory share.
//!
//! Each query begins a read transaction and ends it: the pager's lock, the first page, the way back. Of a private
//! database in memory nobody else sees that, so after a few queries in a row a statement of the connection's own stays
//! on its row and keeps the transaction open; SQLite then begins and ends nothing for the next ones. Whatever else the
//! connection is asked for ends it first: SQLite treats a running statement as a reason to refuse `DROP`, `VACUUM`
//! and others.
#![expect(unsafe_code, reason = "calls SQLite's C API")]

use std::cell::Cell;
use std::ffi::{CStr, c_int};
use std::ptr;

use rusqlite::ffi;

/// Queries in a row before the transaction is kept.
const FEW: u32 = 4;

unsafe extern "C" {
    /// Whether all databases of an open connection are its own and in memory (`sqlite/shim.c`).
    fn dx_is_private(database: *mut ffi::sqlite3) -> c_int;
}

/// A connection's transaction. It is never held longer than until the next thing that is no query.
#[derive(Debug, Default)]
pub(crate) struct Hold {
    statement: Cell<Option<ptr::NonNull<ffi::sqlite3_stmt>>>,
    queries: Cell<u32>,
}

impl Hold {
    /// Notes that a query is about to run.
    ///
    /// # Safety
    /// `database` must be open, and the same in all calls.
    #[inline]
    pub(crate) unsafe fn note_query(&self, database: *mut ffi::sqlite3) {
        let queries = self.queries.get();
        if queries < FEW {
            self.queries.set(queries + 1);
        } else if queries == FEW {
            self.queries.set(FEW + 1);
            // SAFETY: passed on from the caller.
            unsafe { self.begin(database) };
        }
    }

    /// Begins the transaction where that is of use: in a transaction of the program's there is one already.
    ///
    /// # Safety
    /// As for [`Hold::note_query`].
    #[cold]
    unsafe fn begin(&self, database: *mut ffi::sqlite3) {
        // SAFETY: the database is open.
        if unsafe { dx_is_private(database) } == 0 || unsafe { ffi::sqlite3_get_autocommit(database) } == 0 {
            return;
        }
        if self.statement.get().is_none() {
            let mut made = ptr::null_mut();
            let sql = c"SELECT 1 FROM sqlite_schema";
            // SAFETY: the database is open, the text ends with NUL, the place for the result is valid.
            unsafe { ffi::sqlite3_prepare_v2(database, sql.as_ptr(), -1, &raw mut made, ptr::null_mut()) };
            self.statement.set(ptr::NonNull::new(made));
        }
        if let Some(statement) = self.statement.get() {
            // SAFETY: it is live. Without a row (there is no table) it ends at once, and keeps nothing.
            unsafe { ffi::sqlite3_step(statement.as_ptr()) };
        }
    }

    /// Ends the transaction, if there is one: something else than a query comes.
    #[inline]
    pub(crate) fn release(&self) {
        if self.queries.get() > FEW {
            self.reset();
        }
        self.queries.set(0);
    }

    #[cold]
    fn reset(&self) {
        if let Some(statement) = self.statement.get() {
            // SAFETY: it is live.
            unsafe { ffi::sqlite3_reset(statement.as_ptr()) };
        }
    }

    /// Ends the transaction and lets go of the statement: the connection is about to close.
    pub(crate) fn finalize(&self) {
        self.queries.set(0);
        if let Some(statement) = self.statement.take() {
            // SAFETY: it is live, and forgotten.
            unsafe { ffi::sqlite3_finalize(statement.as_ptr()) };
        }
    }
}

/// Whether a statement that writes nothing and has columns is a query: `PRAGMA`, `EXPLAIN` and others want the database
/// for themselves.
pub(crate) fn is_query(sql: &CStr) -> bool {
    reads(sql.to_bytes().trim_ascii_start())
}

/// Whether a text begins as a query does.
pub(crate) fn reads(sql: &[u8]) -> bool {
    let words = [&b"select"[..], b"with", b"values"];
    words.iter().any(|word| sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)))
}

//! Compiled statements that nobody has any more, for the next one with the same text.
//!
//! Programs prepare the same text again and again (an ORM for each query, `db.run('BEGIN')`), and compiling it is most of
//! what a short query costs. A statement that is let go is kept here, reset and without values. It is as good as a new
//! one as long as nothing has changed that SQLite compiled into it: the schemas that its connection knows
//! (`dx_stamp`), what SQLite itself notes as expired (pragmas, functions, statistics), and functions defined since, which
//! clear the pool. A change by another connection is met as with any compiled statement: it is compiled anew when it runs.
#![expect(unsafe_code, reason = "calls SQLite's C API")]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::{CStr, c_int};

use rusqlite::ffi;

use crate::page::Shape;

/// Longer texts are not kept.
const LONGEST: usize = 1000;
/// What may lie in a pool, as estimated from the texts; a pool that is full is cleared.
const MOST: usize = 16 * 1024 * 1024;
/// The estimate: a statement, and what each byte of its text becomes.
const EACH: usize = 2048;
const EACH_BYTE: usize = 16;

unsafe extern "C" {
    /// Stands for the schemas of an open connection (`sqlite/shim.c`).
    fn dx_stamp(database: *mut ffi::sqlite3) -> u64;
    /// Whether nothing of what a live statement was compiled with has expired.
    fn dx_is_fresh(statement: *mut ffi::sqlite3_stmt) -> c_int;
}

/// What a statement was compiled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    flags: u32,
    stamp: u64,
}

impl Origin {
    /// Of a statement that an open connection compiles now.
    ///
    /// # Safety
    /// `database` must be open.
    pub(crate) unsafe fn now(database: *mut ffi::sqlite3, flags: u32) -> Self {
        // SAFETY: passed on from the caller.
        Self { flags, stamp: unsafe { dx_stamp(database) } }
    }
}

/// A statement of the pool.
#[derive(Debug)]
pub(crate) struct Idle {
    pub(crate) raw: *mut ffi::sqlite3_stmt,
    pub(crate) origin: Origin,
    pub(crate) shape: Shape,
}

/// A connection's pool.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: RefCell<HashMap<Box<[u8]>, Vec<Idle>>>,
    size: Cell<usize>,
}

impl Pool {
    /// Takes a statement with this text that was compiled as it would be now.
    pub(crate) fn take(&self, sql: &[u8], origin: Origin) -> Option<Idle> {
        if self.size.get() == 0 || sql.len() > LONGEST {
            return None;
        }
        let mut idle = self.idle.borrow_mut();
        let same = idle.get_mut(sql)?;
        while let Some(statement) = same.pop() {
            self.size.set(self.size.get() - weight(sql.len()));
            // SAFETY: statements in the pool are live.
            if statement.origin == origin && unsafe { dx_is_fresh(statement.raw) } != 0 {
                return Some(statement);
            }
            // SAFETY: as above; it is forgotten.
            unsafe { ffi::sqlite3_finalize(statement.raw) };
        }
        None
    }

    /// Keeps a statement, or finalizes it.
    ///
    /// # Safety
    /// The statement must be live, and nobody may use it afterwards; its connection is open.
    pub(crate) unsafe fn give(&self, statement: Idle) {
        let raw = statement.raw;
        // SAFETY: the statement is live; the code repeats the error of its last step, which was reported.
        unsafe { ffi::sqlite3_reset(raw) };
        // SAFETY: as above.
        unsafe { ffi::sqlite3_clear_bindings(raw) };
        // SAFETY: as above; the text ends with NUL.
        let sql = unsafe { CStr::from_ptr(ffi::sqlite3_sql(raw)) }.to_bytes();
        // SAFETY: as above.
        if !is_kept(sql) || unsafe { dx_is_fresh(raw) } == 0 {
            // SAFETY: as above.
            unsafe { ffi::sqlite3_finalize(raw) };
            return;
        }
        let weight = weight(sql.len());
        if self.size.get() + weight > MOST {
            self.clear();
        }
        self.size.set(self.size.get() + weight);
        let mut idle = self.idle.borrow_mut();
        match idle.get_mut(sql) {
            Some(same) => same.push(statement),
            None => {
                idle.insert(sql.into(), vec![statement]);
            }
        }
    }

    /// Finalizes all.
    pub(crate) fn clear(&self) {
        self.size.set(0);
        for Idle { raw, .. } in self.idle.take().into_values().flatten() {
            // SAFETY: statements in the pool are live; this one is forgotten.
            unsafe { ffi::sqlite3_finalize(raw) };
        }
    }
}

fn weight(length: usize) -> usize {
    EACH + length * EACH_BYTE
}

/// Whether statements with this text do nothing while they are compiled, as `PRAGMA` does.
fn is_kept(sql: &[u8]) -> bool {
    const WORDS: [&[u8]; 12] = [
        b"select",
        b"with",
        b"values",
        b"insert",
        b"replace",
        b"update",
        b"delete",
        b"begin",
        b"commit",
        b"rollback",
        b"savepoint",
        b"release",
    ];
    let starts = |word: &&[u8]| sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    sql.len() <= LONGEST && WORDS.iter().any(starts)
}

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
use std::ffi::{CStr, CString, c_int};

use rusqlite::ffi;

use crate::page::Shape;

/// Longer texts are not kept.
const LONGEST: usize = 1000;
/// What may lie in a pool, as estimated from the texts; a pool that is full is cleared.
const MOST: usize = 16 * 1024 * 1024;
/// The estimate: a statement, and what each byte of its text becomes.
const EACH: usize = 2048;
const EACH_BYTE: usize = 16;
/// A text and its columns.
const EACH_TEXT: usize = 256;

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

/// The statements with the same text.
#[derive(Debug, Default)]
struct Same {
    idle: Vec<Idle>,
    /// The columns that the last of them had: the next ones share them, and with them JavaScript's reader.
    last: Option<Columns>,
}

/// What a statement's columns were.
#[derive(Debug)]
struct Columns {
    origin: Origin,
    names: Vec<CString>,
    shape: Shape,
}

impl Columns {
    /// Of a statement; `None` when SQLite cannot name them.
    ///
    /// # Safety
    /// The statement must be live.
    unsafe fn of(statement: &Idle) -> Option<Self> {
        // SAFETY: passed on from the caller.
        let count = unsafe { ffi::sqlite3_column_count(statement.raw) };
        // SAFETY: as above; SQLite's name is copied before anything else is asked of the statement.
        let names = (0..count).map(|column| Some(unsafe { name(statement.raw, column) }?.to_owned()));
        Some(Self { origin: statement.origin, names: names.collect::<Option<_>>()?, shape: statement.shape.clone() })
    }

    /// Whether they are those of a statement too. The origin does not tell by itself: a database that was attached in the
    /// place of another one may have the same stamp, and names depend on pragmas.
    ///
    /// # Safety
    /// The statement must be live.
    unsafe fn are_of(&self, statement: *mut ffi::sqlite3_stmt, origin: Origin) -> bool {
        // SAFETY: passed on from the caller.
        let count = unsafe { ffi::sqlite3_column_count(statement) };
        // SAFETY: as above; the name is not kept.
        let same = |(column, known): (c_int, &CString)| unsafe { name(statement, column) } == Some(known);
        self.origin == origin
            && usize::try_from(count) == Ok(self.names.len())
            && self.shape.columns.len() == self.names.len()
            && (0..).zip(&self.names).all(same)
    }
}

/// The name of a column, until the next use of the statement.
///
/// # Safety
/// The statement must be live, and used only when the name is not any more.
unsafe fn name<'a>(statement: *mut ffi::sqlite3_stmt, column: c_int) -> Option<&'a CStr> {
    // SAFETY: passed on from the caller; any column may be asked for.
    let name = unsafe { ffi::sqlite3_column_name(statement, column) };
    // SAFETY: not null, it ends with NUL.
    (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) })
}

/// A connection's pool.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    texts: RefCell<HashMap<Box<[u8]>, Same>>,
    size: Cell<usize>,
}

impl Pool {
    /// Takes a statement with this text that was compiled as it would be now.
    pub(crate) fn take(&self, sql: &[u8], origin: Origin) -> Option<Idle> {
        if self.size.get() == 0 || sql.len() > LONGEST {
            return None;
        }
        let mut texts = self.texts.borrow_mut();
        let Same { idle, last } = texts.get_mut(sql)?;
        while let Some(mut statement) = idle.pop() {
            self.size.set(self.size.get() - weight(sql.len()));
            // SAFETY: statements in the pool are live.
            if statement.origin == origin && unsafe { dx_is_fresh(statement.raw) } != 0 {
                if let Some(columns) = last
                    && columns.shape.version != statement.shape.version
                    // SAFETY: as above.
                    && unsafe { columns.are_of(statement.raw, origin) }
                {
                    let compiled = statement.shape.compiled;
                    statement.shape = Shape { compiled, ..columns.shape.clone() };
                }
                return Some(statement);
            }
            // SAFETY: as above; it is forgotten.
            unsafe { ffi::sqlite3_finalize(statement.raw) };
        }
        None
    }

    /// The columns of a statement that is new, if one with this text had the same.
    ///
    /// # Safety
    /// The statement must be live.
    pub(crate) unsafe fn shape(&self, sql: &[u8], statement: *mut ffi::sqlite3_stmt, origin: Origin) -> Shape {
        if sql.len() > LONGEST {
            return Shape::default();
        }
        let texts = self.texts.borrow();
        let last = texts.get(sql).and_then(|same| same.last.as_ref());
        // SAFETY: passed on from the caller.
        let known = last.filter(|columns| unsafe { columns.are_of(statement, origin) });
        known.map_or_else(Shape::default, |columns| Shape { compiled: 0, ..columns.shape.clone() })
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
        let mut texts = self.texts.borrow_mut();
        if !texts.contains_key(sql) {
            // Stays when the statements of the text are taken, and counts until the pool is cleared.
            self.size.set(self.size.get() + EACH_TEXT + sql.len());
            texts.insert(sql.into(), Same::default());
        }
        if let Some(same) = texts.get_mut(sql) {
            let (origin, version) = (statement.origin, statement.shape.version);
            let is_new = |last: &Columns| last.origin != origin || last.shape.version != version;
            if version > 0 && same.last.as_ref().is_none_or(is_new) {
                // SAFETY: as above.
                same.last = unsafe { Columns::of(&statement) };
            }
            same.idle.push(statement);
        }
    }

    /// Finalizes all.
    pub(crate) fn clear(&self) {
        self.size.set(0);
        for Idle { raw, .. } in self.texts.take().into_values().flat_map(|same| same.idle) {
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

#[cfg(test)]
mod tests {
    use std::cell::Cell as Slot;
    use std::rc::Rc;

    use crate::page::{PAGE_CELLS, Page};
    use crate::text::Text;
    use crate::{Connection, Open, Prepare, Statement, Value};

    fn people() -> Rc<Connection> {
        let connection = Connection::open(&Open { path: c":memory:", flags: 6, wal: false }).unwrap();
        connection.run_all(b"create table people (id integer primary key, name text)", |_| Ok(())).unwrap();
        connection.run_all(b"insert into people (name) values ('Ada'), ('Grace')", |_| Ok(())).unwrap();
        connection
    }

    fn prepare(connection: &Rc<Connection>, sql: &str) -> Statement {
        connection.prepare(sql.as_bytes(), Prepare::default()).unwrap()
    }

    /// Reads all rows of a statement; gives their number.
    fn read(statement: &mut Statement) -> usize {
        let (memory, mut text) = (vec![Slot::new(0); PAGE_CELLS], Text::default());
        statement.begin().unwrap();
        let mut rows = 0;
        loop {
            let filled = statement.fill(&mut Page::new(&memory, &mut text), usize::MAX, &mut ()).unwrap();
            rows += filled.rows;
            if filled.done {
                return rows;
            }
        }
    }

    #[test]
    fn a_statement_with_a_text_from_before_shares_its_columns() {
        let connection = people();
        let sql = "select * from people where id >= ?";
        let mut first = prepare(&connection, sql);
        first.rebind(1, &[]).unwrap().bind(0, Value::Integer(1)).unwrap();
        assert_eq!(read(&mut first), 2);
        let version = first.version();
        first.finalize().unwrap();
        let mut again = prepare(&connection, sql);
        assert_eq!(read(&mut again), 0, "it has no values");
        assert_eq!(again.version(), version);
        let mut beside = prepare(&connection, sql);
        beside.rebind(1, &[]).unwrap().bind(0, Value::Integer(2)).unwrap();
        assert_eq!(read(&mut beside), 1);
        assert_eq!(beside.version(), version, "compiled anew, and its columns are known all the same");
        drop((again, beside));
        connection.run_all(b"alter table people add column age", |_| Ok(())).unwrap();
        let mut changed = prepare(&connection, sql);
        changed.rebind(1, &[]).unwrap().bind(0, Value::Integer(1)).unwrap();
        assert_eq!(read(&mut changed), 2);
        assert_ne!(changed.version(), version);
        assert_eq!(changed.classes().len(), 3);
    }

    #[test]
    fn a_database_in_the_place_of_another_has_its_own_columns() {
        let connection = Connection::open(&Open { path: c":memory:", flags: 6, wal: false }).unwrap();
        for (columns, count) in [("1 as a, 2 as b, 3 as c", 3), ("'only' as z", 1), ("7 as z, 8 as a", 2)] {
            let attach = format!("attach ':memory:' as x; create table x.q as select {columns}");
            connection.run_all(attach.as_bytes(), |_| Ok(())).unwrap();
            let mut statement = prepare(&connection, "select * from x.q");
            assert_eq!(read(&mut statement), 1);
            assert_eq!(statement.classes().len(), count);
            statement.finalize().unwrap();
            connection.run_all(b"detach x", |_| Ok(())).unwrap();
        }
    }

    #[test]
    fn integers_of_64_bits_are_other_columns() {
        let connection = people();
        let sql = "select id from people";
        let mut first = prepare(&connection, sql);
        read(&mut first);
        let version = first.version();
        drop(first);
        let mut big = connection.prepare(sql.as_bytes(), Prepare { big_integers: true, ..Prepare::default() }).unwrap();
        assert_eq!(read(&mut big), 2);
        assert_ne!(big.version(), version);
        assert!(big.big_integers());
    }

    #[test]
    fn a_pool_that_is_full_is_cleared() {
        let connection = people();
        for number in 0..20_000 {
            let mut statement = prepare(&connection, &format!("select {number} from people"));
            if number % 100 == 0 {
                assert_eq!(read(&mut statement), 2);
            }
        }
        connection.close().unwrap();
    }
}

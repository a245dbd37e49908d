//! Connections: opening, preparing, running, closing, and what belongs to the database as a whole.
#![expect(unsafe_code, reason = "calls SQLite's C API")]

use std::cell::{Cell, OnceCell, RefCell};
use std::ffi::{CStr, CString, c_int};
use std::ptr;
use std::rc::Rc;
use std::slice;

use rusqlite::ffi;
use slab::Slab;

use crate::error::{Error, Report, Result};
use crate::function::{self, Aggregate, FunctionFlags, Scalar, UpdateCallback, UpdateHook};
use crate::hold::Hold;
use crate::journal;
use crate::page::Shape;
use crate::pool::{Idle, Origin, Pool};
use crate::statement::{Handle, Statement};
use crate::stop::{self, Stop, StopCheck};

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Open<'a> {
    /// The file, `:memory:`, or empty for a temporary database.
    pub path: &'a CStr,
    /// `SQLITE_OPEN_*`
    pub flags: i32,
    /// Whether a database file that this call creates gets `journal_mode = WAL`.
    pub wal: bool,
}

/// How to compile a statement.
#[derive(Debug, Clone, Copy, Default)]
pub struct Prepare {
    /// `SQLITE_PREPARE_*`
    pub flags: u32,
    /// Whether integers are placed as 64-bit integers.
    pub big_integers: bool,
    /// Whether closing the database finalizes the statement in any case.
    pub owned: bool,
}

/// What a run changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct Changes {
    /// Rows that the statement itself inserted, updated or deleted.
    pub rows: i64,
    /// The rowid of the connection's last insert.
    pub last_rowid: i64,
}

/// The status code of `sqlite3_file_control`.
pub type Status = i32;

/// A database connection. After [`Connection::shut`] it closes with its last live statement; otherwise when the last
/// holder, `Database` or [`Statement`], lets go.
#[derive(Debug)]
pub struct Connection {
    raw: Cell<*mut ffi::sqlite3>,
    /// `close()` was called: no new statements.
    shut: Cell<bool>,
    /// User functions and hooks that are running.
    callbacks: Rc<Cell<u32>>,
    statements: RefCell<Slab<Rc<Handle>>>,
    hook: RefCell<Option<Box<UpdateHook>>>,
    stop: OnceCell<Box<Stop>>,
    hold: Hold,
    pool: Pool,
    /// The file is new, and gets its journal with the first statement that may write ([`Connection::set_wal`]).
    wal_is_due: Cell<bool>,
}

impl Connection {
    /// Opens a database.
    ///
    /// # Errors
    /// [`Error::Sqlite`]: `SQLITE_CANTOPEN`, `SQLITE_MISUSE` for flags that make no sense, …
    pub fn open(how: &Open<'_>) -> Result<Rc<Self>> {
        let wal_is_due = Cell::new(how.wal && creates_file(how));
        let mut raw = ptr::null_mut();
        // One thread uses a connection: its mutex would only cost.
        let threading = if how.flags & ffi::SQLITE_OPEN_FULLMUTEX == 0 { ffi::SQLITE_OPEN_NOMUTEX } else { 0 };
        // SAFETY: the path ends with NUL and `raw` is a place for the result.
        let code = unsafe { ffi::sqlite3_open_v2(how.path.as_ptr(), &raw mut raw, how.flags | threading, ptr::null()) };
        let connection = Rc::new(Self {
            raw: Cell::new(raw),
            shut: Cell::new(false),
            callbacks: Rc::new(Cell::new(0)),
            statements: RefCell::new(Slab::new()),
            hook: RefCell::new(None),
            stop: OnceCell::new(),
            hold: Hold::default(),
            pool: Pool::default(),
            wal_is_due,
        });
        if code != ffi::SQLITE_OK {
            // A connection that did not open is closed all the same when it is dropped.
            let error = if raw.is_null() { Error::bare(code) } else { connection.last_error() };
            return Err(error.into());
        }
        // SAFETY: the connection is open.
        unsafe { ffi::sqlite3_extended_result_codes(raw, 1) };
        // As in real Bun: SQL cannot write to the schema, or to tables that full-text search and R-Trees keep for themselves.
        // SAFETY: the connection is open; this option takes an int and a place for one, which may be null.
        unsafe { ffi::sqlite3_db_config(raw, ffi::SQLITE_DBCONFIG_DEFENSIVE, 1, ptr::null::<c_int>()) };
        Ok(connection)
    }

    /// Gives a file that is new the WAL before a statement is compiled that may write to it or look at the journal, and not
    /// when it is opened: what only an empty file can be told (`PRAGMA page_size`, `auto_vacuum`, `encoding`) comes first.
    #[cold]
    fn set_wal(self: &Rc<Self>, sql: &[u8]) {
        let Some(wants) = journal::wants_wal(sql) else { return };
        self.wal_is_due.set(false);
        if wants {
            // A file system without shared memory refuses; the database is as good without.
            let _ = self.run_all(b"PRAGMA journal_mode = WAL", |_| Ok(()));
        }
    }

    /// Makes a database in memory from the bytes of `serialize`.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`]; [`Error::Sqlite`]: `SQLITE_NOTADB` for other bytes.
    pub fn deserialize(bytes: &[u8], flags: i32, read_only: bool) -> Result<Rc<Self>> {
        let connection = Self::open(&Open { path: c":memory:", flags, wal: false })?;
        let size = bytes.len();
        // SAFETY: any size is allowed.
        let copy = unsafe { ffi::sqlite3_malloc64(size as u64) }.cast::<u8>();
        if copy.is_null() {
            return Err(Error::OutOfMemory.into());
        }
        // SAFETY: `copy` has room for `size` bytes and is new.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), copy, size) };
        // SAFETY: as above; its bytes were written just now.
        journal::forget_wal(unsafe { slice::from_raw_parts_mut(copy, size) });
        let mut options = ffi::SQLITE_DESERIALIZE_FREEONCLOSE | ffi::SQLITE_DESERIALIZE_RESIZEABLE;
        if read_only {
            options |= ffi::SQLITE_DESERIALIZE_READONLY;
        }
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        // SAFETY: the connection is open; SQLite owns `copy` from here on, also on failure (FREEONCLOSE).
        let code =
            unsafe { ffi::sqlite3_deserialize(connection.raw.get(), c"main".as_ptr(), copy, size, size, options) };
        if code == ffi::SQLITE_OK { Ok(connection) } else { Err(connection.last_error().into()) }
    }

    #[inline]
    pub(crate) fn is_busy(&self) -> bool {
        self.callbacks.get() > 0
    }

    /// The open C connection, unless it was closed or a user function is running on it.
    fn usable(&self, closed: Error) -> Result<*mut ffi::sqlite3> {
        if self.shut.get() || self.raw.get().is_null() {
            return Err(closed.into());
        }
        if self.is_busy() {
            return Err(Error::Busy.into());
        }
        self.hold.release();
        Ok(self.raw.get())
    }

    /// Notes what a statement is about to do: a query can share its read transaction with the next one.
    #[inline]
    pub(crate) fn note_run(&self, is_query: bool) {
        if is_query {
            // SAFETY: the connection is open while a statement of it is live.
            unsafe { self.hold.note_query(self.raw.get()) };
        } else {
            self.hold.release();
        }
    }

    /// Fails as any use of the connection would.
    ///
    /// # Errors
    /// [`Error::Closed`], [`Error::Busy`]
    pub fn check(&self) -> Result<()> {
        self.usable(Error::Closed).map(drop)
    }

    /// Makes the error of the last failed call.
    #[cold]
    pub(crate) fn last_error(&self) -> Error {
        let raw = self.raw.get();
        // SAFETY: the connection is open, or opened with an error, which is enough here.
        let code = unsafe { ffi::sqlite3_extended_errcode(raw) };
        // SAFETY: as above; the text is copied at once.
        let message = unsafe { CStr::from_ptr(ffi::sqlite3_errmsg(raw)) }.to_string_lossy().into_owned();
        // SAFETY: as above.
        let offset = i64::from(unsafe { ffi::sqlite3_error_offset(raw) });
        Error::Sqlite(Report { code, message, offset })
    }

    /// Compiles the first statement of a text.
    ///
    /// # Errors
    /// [`Error::Sqlite`] when it does not compile, [`Error::NoStatement`] when there is none,
    /// [`Error::PrepareClosed`], [`Error::Busy`].
    pub fn prepare(self: &Rc<Self>, sql: &[u8], how: Prepare) -> Result<Statement> {
        self.usable(Error::PrepareClosed)?;
        let (statement, _) = self.compile(sql, how)?;
        statement.ok_or_else(|| Error::NoStatement.into())
    }

    /// Compiles the first statement and counts the bytes of it.
    fn compile(self: &Rc<Self>, sql: &[u8], how: Prepare) -> Result<(Option<Statement>, usize)> {
        let Ok(length) = c_int::try_from(sql.len()) else { return Err(Error::bare(ffi::SQLITE_TOOBIG).into()) };
        if self.wal_is_due.get() {
            self.set_wal(sql);
        }
        // SAFETY: the connection is open.
        let origin = unsafe { Origin::now(self.raw.get(), how.flags) };
        if let Some(statement) = self.pool.take(sql, origin) {
            return Ok((Some(self.make_statement(statement, how)), sql.len()));
        }
        let (mut raw, mut tail) = (ptr::null_mut(), ptr::null());
        // SAFETY: the connection is open, the text has `length` bytes, the places for results are valid.
        let code = unsafe {
            ffi::sqlite3_prepare_v3(self.raw.get(), sql.as_ptr().cast(), length, how.flags, &raw mut raw, &raw mut tail)
        };
        if code != ffi::SQLITE_OK {
            return Err(self.last_error().into());
        }
        let consumed = (tail.addr()).saturating_sub(sql.as_ptr().addr()).min(sql.len());
        if raw.is_null() {
            return Ok((None, consumed));
        }
        // Compiling may have read the schema.
        // SAFETY: the connection is open.
        let origin = unsafe { Origin::now(self.raw.get(), how.flags) };
        // SAFETY: the statement was compiled just now.
        let shape = unsafe { self.pool.shape(&sql[..consumed], raw, origin) };
        Ok((Some(self.make_statement(Idle { raw, origin, shape }, how)), consumed))
    }

    fn make_statement(self: &Rc<Self>, Idle { raw, origin, shape }: Idle, how: Prepare) -> Statement {
        let handle = Handle::new(raw, origin, how.owned);
        let key = self.statements.borrow_mut().insert(Rc::clone(&handle));
        let is_known = shape.big == how.big_integers;
        let shape = if is_known { shape } else { Shape { big: how.big_integers, ..Shape::default() } };
        Statement::new(Rc::clone(self), handle, key, shape)
    }

    /// Takes a statement that nobody has any more: for the next one with its text, or to finalize it.
    pub(crate) fn let_go(&self, statement: Idle) {
        if self.shut.get() || self.is_busy() {
            // SAFETY: the statement is live, and forgotten.
            unsafe { ffi::sqlite3_finalize(statement.raw) };
        } else {
            // SAFETY: as above; the connection is open while it has a live statement.
            unsafe { self.pool.give(statement) };
        }
    }

    /// Runs every statement of a text in order; `bind` gives the first one its values.
    ///
    /// # Errors
    /// As [`Connection::prepare`] and [`Statement::run`]; offsets count from the start of the text.
    /// [`Error::NothingToRun`] when there is no statement at all.
    pub fn run_all(self: &Rc<Self>, sql: &[u8], bind: impl FnOnce(&mut Statement) -> Result<()>) -> Result<Changes> {
        self.usable(Error::Closed)?;
        // What follows a NUL is not SQL.
        let sql = sql.split(|&byte| byte == 0).next().unwrap_or_default();
        let (mut position, mut rows, mut bind) = (0, None, Some(bind));
        while position < sql.len() {
            let shift = |mut error: Box<Error>| {
                if let Error::Sqlite(report) = &mut *error
                    && report.offset >= 0
                {
                    report.offset += i64::try_from(position).unwrap_or_default();
                }
                error
            };
            let (statement, consumed) = self.compile(&sql[position..], Prepare::default()).map_err(shift)?;
            if let Some(mut statement) = statement {
                if let Some(bind) = bind.take() {
                    bind(&mut statement)?;
                    // Code that gave the values may have closed the database.
                    self.usable(Error::Closed)?;
                }
                *rows.get_or_insert(0) += statement.run().map_err(shift)?.rows;
            }
            if consumed == 0 {
                break;
            }
            position += consumed;
        }
        let rows = rows.ok_or(Error::NothingToRun)?;
        Ok(Changes { rows, last_rowid: self.last_rowid() })
    }

    /// The rowid of the last insert.
    fn last_rowid(&self) -> i64 {
        // SAFETY: the connection is open while anybody holds it.
        unsafe { ffi::sqlite3_last_insert_rowid(self.raw.get()) }
    }

    /// Whether a transaction is open.
    ///
    /// # Errors
    /// As [`Connection::check`].
    pub fn in_transaction(&self) -> Result<bool> {
        let raw = self.usable(Error::Closed)?;
        // SAFETY: the connection is open.
        Ok(unsafe { ffi::sqlite3_get_autocommit(raw) } == 0)
    }

    /// Lends the bytes of a schema as a database file would have them.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], also when there is no such schema; [`Error::CallClosed`], [`Error::Busy`].
    pub fn serialize<T>(&self, schema: &CStr, take: impl FnOnce(&[u8]) -> T) -> Result<T> {
        let raw = self.usable(Error::CallClosed)?;
        let mut size = 0;
        // SAFETY: the connection is open, the name ends with NUL.
        let bytes = unsafe { ffi::sqlite3_serialize(raw, schema.as_ptr(), &raw mut size, 0) };
        if bytes.is_null() {
            return Err(Error::OutOfMemory.into());
        }
        // SAFETY: SQLite gives `size` bytes for us alone, which live until they are freed below.
        let database = unsafe { slice::from_raw_parts_mut(bytes, usize::try_from(size).unwrap_or_default()) };
        journal::forget_wal(database);
        let taken = take(database);
        // SAFETY: from sqlite3_malloc, used no more.
        unsafe { ffi::sqlite3_free(bytes.cast()) };
        Ok(taken)
    }

    /// Loads an extension. Loading is allowed for this call only: SQL cannot.
    ///
    /// # Errors
    /// [`Error::Extension`] with the loader's message; [`Error::CallClosed`], [`Error::Busy`].
    pub fn load_extension(&self, path: &CStr, entry: Option<&CStr>) -> Result<()> {
        let raw = self.usable(Error::CallClosed)?;
        self.pool.clear(); // functions of the extension may be meant from now on
        let allow = |on: c_int| {
            // SAFETY: the connection is open; this option takes an int and a place for one, which may be null.
            unsafe { ffi::sqlite3_db_config(raw, ffi::SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, on, ptr::null::<c_int>()) }
        };
        allow(1);
        let mut message = ptr::null_mut();
        // SAFETY: the connection is open, the names end with NUL or are null.
        let code = unsafe {
            ffi::sqlite3_load_extension(raw, path.as_ptr(), entry.map_or(ptr::null(), CStr::as_ptr), &raw mut message)
        };
        allow(0);
        if code == ffi::SQLITE_OK {
            return Ok(());
        }
        let text = if message.is_null() {
            crate::code::describe(code)
        } else {
            // SAFETY: SQLite's string, copied before it is freed.
            unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned()
        };
        // SAFETY: from sqlite3_malloc, or null.
        unsafe { ffi::sqlite3_free(message.cast()) };
        Err(Error::Extension(text.into()).into())
    }

    /// Calls `sqlite3_file_control`; SQLite reads and writes `place`, which no operation goes beyond.
    ///
    /// # Errors
    /// [`Error::Sqlite`] when there is no such schema; [`Error::CallClosed`], [`Error::Busy`].
    pub fn file_control(&self, schema: Option<&CStr>, operation: i32, place: &mut [u64; 8]) -> Result<Status> {
        let raw = self.usable(Error::CallClosed)?;
        let name = schema.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: the connection is open and the place is writable.
        let status = unsafe { ffi::sqlite3_file_control(raw, name, operation, place.as_mut_ptr().cast()) };
        if status == ffi::SQLITE_ERROR { Err(self.last_error().into()) } else { Ok(status) }
    }

    /// Defines a scalar function.
    ///
    /// # Errors
    /// [`Error::Sqlite`]: `SQLITE_MISUSE` for a name of more than 255 bytes or more than 1,000 arguments,
    /// `SQLITE_BUSY` while a statement runs; [`Error::CallClosed`], [`Error::Busy`].
    pub fn define_scalar(&self, name: &CStr, arity: i32, flags: FunctionFlags, body: Box<dyn Scalar>) -> Result<()> {
        let raw = self.usable(Error::CallClosed)?;
        self.pool.clear();
        // SAFETY: the connection is open.
        let code = unsafe { function::define_scalar(raw, name, arity, flags, Rc::clone(&self.callbacks), body) };
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.error_of(code).into()) }
    }

    /// Defines an aggregate function; with an inverse it is a window function, too.
    ///
    /// # Errors
    /// As [`Connection::define_scalar`].
    pub fn define_aggregate(
        &self,
        name: &CStr,
        arity: i32,
        flags: FunctionFlags,
        is_window: bool,
        body: Box<dyn Aggregate>,
    ) -> Result<()> {
        let raw = self.usable(Error::CallClosed)?;
        self.pool.clear();
        let callbacks = Rc::clone(&self.callbacks);
        // SAFETY: the connection is open.
        let code = unsafe { function::define_aggregate(raw, name, arity, flags, is_window, callbacks, body) };
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.error_of(code).into()) }
    }

    /// SQLite reports misuse by its code only: the connection's last error is another one then.
    fn error_of(&self, code: i32) -> Error {
        if code == ffi::SQLITE_MISUSE { Error::bare(code) } else { self.last_error() }
    }

    /// Sets or removes what is called for each row that a statement changes.
    ///
    /// # Errors
    /// As [`Connection::check`].
    pub fn set_update_hook(&self, hook: Option<UpdateCallback>) -> Result<()> {
        let raw = self.usable(Error::Closed)?;
        let hook = hook.map(|body| Box::new(UpdateHook { callbacks: Rc::clone(&self.callbacks), body }));
        // SAFETY: the connection is open, and it keeps the box below until the next call or its end.
        unsafe { function::set_update_hook(raw, hook.as_deref()) };
        *self.hook.borrow_mut() = hook;
        Ok(())
    }

    /// Has every long run ask whether it has to stop; it then fails with `SQLITE_INTERRUPT`. Only the first call counts.
    ///
    /// # Errors
    /// [`Error::Closed`]; [`Error::Busy`].
    pub fn set_stop_check(&self, check: StopCheck) -> Result<()> {
        let raw = self.usable(Error::Closed)?;
        let check = self.stop.get_or_init(|| Box::new(Stop(check)));
        // SAFETY: the connection is open, and it keeps the box, which is never replaced, until its end.
        unsafe { stop::set(raw, check) };
        Ok(())
    }

    /// Shuts the connection: owned statements are finalized and none can be prepared any more. It closes now, or with
    /// its last live statement; in that case the database file gets what is in the WAL already now.
    ///
    /// # Errors
    /// [`Error::Sqlite`] when SQLite refuses to close; [`Error::Busy`] while a user function runs.
    pub fn shut(&self) -> Result<()> {
        if self.is_busy() {
            return Err(Error::Busy.into());
        }
        self.hold.release();
        self.pool.clear();
        let was_shut = self.shut.replace(true);
        self.finalize_statements(|handle| handle.owned);
        if !self.has_live_statement() {
            return self.close_now();
        }
        if !was_shut {
            self.checkpoint();
        }
        Ok(())
    }

    /// Finalizes every statement and closes at once.
    ///
    /// # Errors
    /// As [`Connection::shut`].
    pub fn close(&self) -> Result<()> {
        if self.is_busy() {
            return Err(Error::Busy.into());
        }
        self.shut.set(true);
        self.finalize_statements(|_| true);
        self.close_now()
    }

    fn finalize_statements(&self, which: impl Fn(&Handle) -> bool) {
        for (_, handle) in self.statements.borrow().iter().filter(|(_, handle)| which(handle)) {
            handle.finalize_by_close();
        }
    }

    fn has_live_statement(&self) -> bool {
        self.statements.borrow().iter().any(|(_, handle)| handle.is_live())
    }

    /// Closes a connection that was shut once no statement is live: the objects of finalized statements may stay in
    /// memory for long, and only the end of the last connection removes the files of a WAL.
    pub(crate) fn close_if_over(&self) {
        if self.shut.get() && !self.has_live_statement() {
            // Nobody is there to be told; dropping the connection tries again.
            let _ = self.close_now();
        }
    }

    /// Closes; no statement may be live. A second call does nothing.
    fn close_now(&self) -> Result<()> {
        let raw = self.raw.get();
        if raw.is_null() {
            return Ok(());
        }
        self.hold.finalize();
        self.pool.clear();
        // SAFETY: the connection is open. SQLite refuses when a statement is left.
        if unsafe { ffi::sqlite3_close(raw) } != ffi::SQLITE_OK {
            return Err(self.last_error().into());
        }
        self.raw.set(ptr::null_mut());
        Ok(())
    }

    /// Copies the WAL to the database file as far as that needs no waiting; with another journal nothing happens.
    fn checkpoint(&self) {
        let raw = self.raw.get();
        // SAFETY: the connection is open.
        let code = unsafe { run_checkpoint(raw) };
        if code & 0xff != ffi::SQLITE_LOCKED {
            return;
        }
        // A transaction of this connection, such as a cursor's, is open: another connection can copy all the same.
        // SAFETY: the connection is open; SQLite keeps the name meanwhile, null when there is no file.
        let path = unsafe { ffi::sqlite3_db_filename(raw, c"main".as_ptr()) };
        // SAFETY: not null, so it ends with NUL.
        if path.is_null() || unsafe { *path } == 0 {
            return;
        }
        let mut other = ptr::null_mut();
        // SAFETY: the path ends with NUL and `other` is a place for the result.
        let code = unsafe { ffi::sqlite3_open_v2(path, &raw mut other, ffi::SQLITE_OPEN_READWRITE, ptr::null()) };
        if code == ffi::SQLITE_OK {
            // SAFETY: it is open.
            unsafe { run_checkpoint(other) };
        }
        // SAFETY: opened above, also when that failed, or null; it has no statements.
        unsafe { ffi::sqlite3_close(other) };
    }

    /// Takes a dropped statement off the list.
    pub(crate) fn forget(&self, key: usize) {
        self.statements.borrow_mut().try_remove(key);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hold.finalize();
        self.pool.clear();
        // SAFETY: null is allowed; nobody holds the connection any more, so no statement is left.
        unsafe { ffi::sqlite3_close(self.raw.get()) };
    }
}

/// Runs a checkpoint that waits for nobody; gives the result code.
///
/// # Safety
/// `connection` must be open.
unsafe fn run_checkpoint(connection: *mut ffi::sqlite3) -> c_int {
    let sql = c"PRAGMA wal_checkpoint(PASSIVE)".as_ptr();
    // SAFETY: the caller vouches for the connection; the text ends with NUL and no row is asked for.
    unsafe { ffi::sqlite3_exec(connection, sql, None, ptr::null_mut(), ptr::null_mut()) }
}

/// Whether opening will create a database file: the path is a file's, and nothing is there.
fn creates_file(how: &Open<'_>) -> bool {
    let creating = ffi::SQLITE_OPEN_CREATE | ffi::SQLITE_OPEN_READWRITE;
    let name = how.path.to_bytes();
    if how.flags & creating != creating || how.flags & ffi::SQLITE_OPEN_MEMORY != 0 {
        return false;
    }
    if name.is_empty() || name == b":memory:" || (how.flags & ffi::SQLITE_OPEN_URI != 0 && name.starts_with(b"file:")) {
        return false;
    }
    let Ok(path) = how.path.to_str() else { return false };
    std::fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// Makes a C string of a name that the face has checked; what follows a NUL is dropped.
#[must_use]
pub fn c_string(text: &[u8]) -> CString {
    let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
    CString::new(&text[..end]).unwrap_or_default()
}

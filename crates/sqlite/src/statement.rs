//! Prepared statements.
#![expect(unsafe_code, reason = "calls SQLite's C API")]

use std::cell::Cell as Slot;
use std::ffi::{CStr, c_char, c_int};
use std::ptr;
use std::rc::Rc;

use rusqlite::ffi;

use crate::bind::Binder;
use crate::connection::{Changes, Connection};
use crate::error::{Error, Result};
use crate::hold;
use crate::page::{Column, ColumnClass, Filled, Page, Placed, Shape, Sink};
use crate::pool::{Idle, Origin};
use crate::row::{self, Cells, Row};

unsafe extern "C" {
    /// Runs a live statement that is reset to its end, and resets it; after a failing step it leaves that to the caller
    /// (`sqlite/shim.c`). Gives the code of the last step.
    fn dx_run(statement: *mut ffi::sqlite3_stmt, changes: *mut Changes) -> c_int;
}

/// The C statement, shared with the connection, which can finalize it when it closes.
#[derive(Debug)]
pub(crate) struct Handle {
    raw: Slot<*mut ffi::sqlite3_stmt>,
    origin: Origin,
    by_close: Slot<bool>,
    /// Whether `close()` finalizes it in any case: it came from the database's cache.
    pub(crate) owned: bool,
}

impl Handle {
    pub(crate) fn new(raw: *mut ffi::sqlite3_stmt, origin: Origin, owned: bool) -> Rc<Self> {
        Rc::new(Self { raw: Slot::new(raw), origin, by_close: Slot::new(false), owned })
    }

    pub(crate) fn is_live(&self) -> bool {
        !self.raw.get().is_null()
    }

    /// Finalizes once, since the database is closed; later calls find nothing.
    pub(crate) fn finalize_by_close(&self) {
        let raw = self.raw.replace(ptr::null_mut());
        if !raw.is_null() {
            self.by_close.set(true);
            // SAFETY: the pointer was live and is forgotten; an error of the last step was reported by that step.
            unsafe { ffi::sqlite3_finalize(raw) };
        }
    }

    /// Lets the statement go once; later calls find nothing.
    fn let_go(&self, connection: &Connection, shape: Shape) {
        let raw = self.raw.replace(ptr::null_mut());
        if !raw.is_null() {
            connection.let_go(Idle { raw, origin: self.origin, shape });
        }
    }
}

/// Where the statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    /// Reset.
    Idle,
    /// Stepped; the row it stands on was placed.
    Running,
    /// It stands on a row that was not placed yet.
    Pending,
    /// The last step returned `SQLITE_DONE`; reset is due.
    Done,
}

/// The type of a value of the first row (`columnTypes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageClass {
    /// `INTEGER`
    Integer,
    /// `FLOAT`
    Float,
    /// `TEXT`
    Text,
    /// `BLOB`
    Blob,
    /// `NULL`
    Null,
}

/// A prepared statement. It keeps its connection open.
#[derive(Debug)]
pub struct Statement {
    handle: Rc<Handle>,
    key: usize,
    connection: Rc<Connection>,
    cursor: Cursor,
    parameters: usize,
    /// Runs begun; an iterator compares it to know whether it still owns the cursor.
    runs: u32,
    /// Reads rows and does nothing else.
    is_query: bool,
    /// `EXPLAIN`, of which SQLite counts no runs, so real Bun does not notice a run that nothing has ended but its last row.
    is_explain: bool,
    shape: Shape,
    /// Bytes that bound values point to; never moved while they do.
    kept: Vec<u8>,
}

impl Statement {
    pub(crate) fn new(connection: Rc<Connection>, handle: Rc<Handle>, key: usize, shape: Shape) -> Self {
        // SAFETY: prepared just now by the connection.
        let parameters = unsafe { ffi::sqlite3_bind_parameter_count(handle.raw.get()) };
        let is_query = is_query(handle.raw.get());
        // SAFETY: as above.
        let is_explain = unsafe { ffi::sqlite3_stmt_isexplain(handle.raw.get()) } != 0;
        Self {
            handle,
            key,
            connection,
            cursor: Cursor::Idle,
            parameters: usize::try_from(parameters).unwrap_or_default(),
            runs: 0,
            is_query,
            is_explain,
            shape,
            kept: Vec::new(),
        }
    }

    /// The live C statement, unless a user function is running on the connection.
    #[inline]
    fn live(&self) -> Result<*mut ffi::sqlite3_stmt> {
        let raw = self.handle.raw.get();
        if raw.is_null() {
            return Err(self.gone().into());
        }
        if self.connection.is_busy() {
            return Err(Error::Busy.into());
        }
        Ok(raw)
    }

    /// Why there is no C statement.
    #[cold]
    fn gone(&self) -> Error {
        if self.handle.by_close.get() { Error::Closed } else { Error::Finalized }
    }

    /// The connection of the statement.
    #[must_use]
    #[inline]
    pub fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    /// Counts the parameters.
    #[must_use]
    #[inline]
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// Counts the runs begun.
    #[must_use]
    pub fn runs(&self) -> u32 {
        self.runs
    }

    /// Counts the changes of the columns and their classes; a reader generated for an older version is stale.
    #[must_use]
    #[inline]
    pub fn version(&self) -> u32 {
        self.shape.version
    }

    /// How the columns of the placed rows are written.
    #[must_use]
    pub fn classes(&self) -> Vec<ColumnClass> {
        self.shape.columns.iter().map(|column| column.class).collect()
    }

    /// Whether integers are placed as 64-bit integers.
    #[must_use]
    #[inline]
    pub fn big_integers(&self) -> bool {
        self.shape.big
    }

    /// Chooses whether integers are placed as 64-bit integers.
    pub fn set_big_integers(&mut self, enabled: bool) {
        if self.shape.big != enabled {
            self.shape.big = enabled;
            self.forget_classes();
        }
    }

    /// Whether the statement was finalized, by whomever.
    #[must_use]
    pub fn is_finalized(&self) -> bool {
        self.handle.raw.get().is_null()
    }

    /// Fails as any use of the statement would: finalized, closed, busy.
    ///
    /// # Errors
    /// [`Error::Finalized`], [`Error::Closed`], [`Error::Busy`]
    pub fn check(&self) -> Result<()> {
        self.live().map(drop)
    }

    /// Finalizes the statement; a second call does nothing.
    ///
    /// # Errors
    /// [`Error::Busy`] while a user function runs on the connection.
    pub fn finalize(&mut self) -> Result<()> {
        if !self.is_finalized() {
            self.live()?;
            self.handle.let_go(&self.connection, std::mem::take(&mut self.shape));
            self.connection.close_if_over();
        }
        Ok(())
    }

    /// Ends the current run and gives the parameters new values, `count` of them; the others become `NULL`. The text and
    /// blobs that are bound by position in `kept` lie in a copy of it.
    ///
    /// # Errors
    /// As [`Statement::check`].
    #[inline]
    pub fn rebind(&mut self, count: usize, kept: &[u8]) -> Result<Binder<'_>> {
        let raw = self.live()?;
        self.rewind(raw);
        // SQLite may still point into the bytes kept so far: they are overwritten, but stay allocated while it does.
        if count < self.parameters || kept.len() > self.kept.capacity() {
            // SAFETY: the statement is live.
            unsafe { ffi::sqlite3_clear_bindings(raw) };
        }
        self.kept.clear();
        self.kept.extend_from_slice(kept);
        Ok(Binder::new(self, raw, &self.kept))
    }

    /// Ends the current run, if any.
    ///
    /// # Errors
    /// As [`Statement::check`].
    #[inline]
    pub fn reset(&mut self) -> Result<()> {
        let raw = self.live()?;
        self.end(raw);
        Ok(())
    }

    /// Ends a run before its last row was asked for.
    #[inline]
    fn end(&mut self, raw: *mut ffi::sqlite3_stmt) {
        self.rewind(raw);
        if self.is_explain {
            self.count_run();
        }
    }

    #[inline]
    fn count_run(&mut self) {
        self.runs = self.runs.wrapping_add(1);
    }

    /// Ends a run at its end.
    #[inline]
    fn end_at_end(&mut self, raw: *mut ffi::sqlite3_stmt) {
        if self.is_explain {
            self.cursor = Cursor::Done;
        } else {
            self.rewind(raw);
        }
    }

    #[inline]
    fn rewind(&mut self, raw: *mut ffi::sqlite3_stmt) {
        if self.cursor != Cursor::Idle {
            self.cursor = Cursor::Idle;
            // SAFETY: the statement is live; the code repeats the last step's error, which was reported.
            unsafe { ffi::sqlite3_reset(raw) };
        }
    }

    /// Begins a run: an iterator of an earlier run has lost its cursor.
    ///
    /// # Errors
    /// As [`Statement::check`].
    #[inline]
    pub fn begin(&mut self) -> Result<()> {
        let raw = self.live()?;
        self.start(raw);
        Ok(())
    }

    #[inline]
    fn start(&mut self, raw: *mut ffi::sqlite3_stmt) {
        self.rewind(raw);
        self.connection.note_run(self.is_query);
        if !self.is_explain {
            self.count_run();
        }
    }

    /// Steps on; gives the row, if there is one.
    ///
    /// Sees to it that there is one of the shape's columns for each column: SQLite recompiles a statement when the schema
    /// has changed.
    #[inline]
    fn step(&mut self, raw: *mut ffi::sqlite3_stmt) -> Result<Option<Row>> {
        // SAFETY: the statement is live and no user function of its connection is running.
        let (code, stepped) = unsafe { row::step(raw) };
        match code {
            ffi::SQLITE_ROW => {
                if stepped.compiled != self.shape.compiled
                    || self.shape.version == 0
                    || usize::try_from(stepped.columns) != Ok(self.shape.columns.len())
                {
                    self.shape.compiled = stepped.compiled;
                    self.forget_classes();
                }
                self.cursor = Cursor::Pending;
                // SAFETY: the cursor is on this row; whoever gets it drops it before the next step.
                Ok(Some(unsafe { Row::of(raw, &stepped) }))
            }
            ffi::SQLITE_DONE => {
                self.cursor = Cursor::Done;
                Ok(None)
            }
            _ => Err(self.failed(raw).into()),
        }
    }

    /// Ends a run that has failed.
    #[cold]
    fn failed(&mut self, raw: *mut ffi::sqlite3_stmt) -> Error {
        let error = self.connection.last_error();
        self.cursor = Cursor::Running;
        self.rewind(raw);
        error
    }

    fn forget_classes(&mut self) {
        let count = self.column_count();
        self.shape.columns.clear();
        self.shape.columns.resize(count, Column::default());
        self.shape.change();
    }

    /// Steps the statement and places rows until the page is full, `limit` rows are placed, a
    /// class was widened, or the statement has ended. Ended means reset, too.
    ///
    /// # Errors
    /// [`Error::Sqlite`] when a step fails (the statement is reset); as [`Statement::check`].
    #[inline]
    pub fn fill<S: Sink>(&mut self, page: &mut Page<'_>, limit: usize, sink: &mut S) -> Result<Filled> {
        let raw = self.live()?;
        self.fill_from(raw, page, limit, sink)
    }

    /// Runs the statement to its first row and places it: [`Statement::begin`], [`Statement::fill`] and
    /// [`Statement::reset`] at once, for the query that programs run most.
    ///
    /// # Errors
    /// As [`Statement::fill`].
    #[inline]
    pub fn first<S: Sink>(&mut self, page: &mut Page<'_>, sink: &mut S) -> Result<Filled> {
        let raw = self.live()?;
        self.start(raw);
        let filled = self.first_from(raw, page, sink);
        self.end(raw);
        filled
    }

    #[inline]
    fn first_from<S: Sink>(
        &mut self,
        raw: *mut ffi::sqlite3_stmt,
        page: &mut Page<'_>,
        sink: &mut S,
    ) -> Result<Filled> {
        let Some(row) = self.step(raw)? else {
            self.end_at_end(raw);
            return Ok(Filled { rows: 0, done: true });
        };
        // SAFETY: there is one of the shape's columns for each column (`step`).
        let values = unsafe { row.values(self.shape.columns.len()) };
        // The first row has room in an empty page.
        while page.place(&mut self.shape.columns, self.shape.big, sink, &values) == Placed::Widened {
            self.shape.change();
        }
        Ok(Filled { rows: 1, done: false })
    }

    #[inline]
    fn fill_from<S: Sink>(
        &mut self,
        raw: *mut ffi::sqlite3_stmt,
        page: &mut Page<'_>,
        limit: usize,
        sink: &mut S,
    ) -> Result<Filled> {
        let mut rows = 0;
        while rows < limit {
            let row = match self.cursor {
                // SAFETY: the cursor is on a row; the row is dropped before the next step.
                Cursor::Pending => Some(unsafe { Row::open(raw) }),
                Cursor::Done => None,
                Cursor::Idle | Cursor::Running => self.step(raw)?,
            };
            let Some(row) = row else {
                self.end_at_end(raw);
                return Ok(Filled { rows, done: true });
            };
            // SAFETY: there is one of the shape's columns for each column (`step`).
            let values = unsafe { row.values(self.shape.columns.len()) };
            match page.place(&mut self.shape.columns, self.shape.big, sink, &values) {
                Placed::Row => {
                    rows += 1;
                    self.cursor = Cursor::Running;
                }
                Placed::Widened if rows == 0 => self.shape.change(),
                Placed::Widened | Placed::Full => break,
            }
        }
        Ok(Filled { rows, done: false })
    }

    /// Runs the statement to its end without reading rows, and resets it; tells what it changed.
    ///
    /// # Errors
    /// As [`Statement::fill`].
    #[inline]
    pub fn run(&mut self) -> Result<Changes> {
        let raw = self.live()?;
        self.start(raw);
        let mut changes = Changes::default();
        // SAFETY: the statement is live and no user function of its connection is running; the place for the result is valid.
        match unsafe { dx_run(raw, &raw mut changes) } {
            ffi::SQLITE_DONE => {
                if self.is_explain {
                    self.cursor = Cursor::Done;
                }
                Ok(changes)
            }
            _ => Err(self.failed(raw).into()),
        }
    }

    /// Steps to the next row and hands every value over as bytes (`raw()`); `None`: ended, and reset.
    ///
    /// Integers and doubles are their eight bytes, little-endian.
    ///
    /// # Errors
    /// As [`Statement::fill`].
    pub fn next_bytes(&mut self, mut value: impl FnMut(usize, Option<&[u8]>)) -> Result<bool> {
        use crate::row::Cell;
        let raw = self.live()?;
        let row = if self.cursor == Cursor::Done { None } else { self.step(raw)? };
        let Some(row) = row else {
            self.end_at_end(raw);
            return Ok(false);
        };
        self.cursor = Cursor::Running;
        // SAFETY: there is one of the shape's columns for each column (`step`).
        let values = unsafe { row.values(self.shape.columns.len()) };
        for column in 0..self.shape.columns.len() {
            match values.cell(column) {
                Cell::Null => value(column, None),
                Cell::Integer(number) => value(column, Some(&number.to_le_bytes())),
                Cell::Real(number) => value(column, Some(&number.to_le_bytes())),
                Cell::Text(bytes) | Cell::Blob(bytes) => value(column, Some(bytes)),
            }
        }
        Ok(true)
    }

    fn column_count(&self) -> usize {
        let raw = self.handle.raw.get();
        // SAFETY: null is allowed and has no columns.
        usize::try_from(unsafe { ffi::sqlite3_column_count(raw) }).unwrap_or_default()
    }

    /// Names the columns.
    ///
    /// # Errors
    /// As [`Statement::check`].
    pub fn column_names(&self) -> Result<Vec<String>> {
        let raw = self.live()?;
        // SAFETY: the statement is live and the index in range; the name is copied at once.
        Ok(self.each_column(|index| unsafe { owned(ffi::sqlite3_column_name(raw, index)) }.unwrap_or_default()))
    }

    /// Gives the declared type of each column, `None` for expressions.
    ///
    /// # Errors
    /// As [`Statement::check`].
    pub fn declared_types(&self) -> Result<Vec<Option<String>>> {
        let raw = self.live()?;
        // SAFETY: as in `column_names`.
        Ok(self.each_column(|index| unsafe { owned(ffi::sqlite3_column_decltype(raw, index)) }))
    }

    /// Runs the statement to its first row and gives the types there; all `NULL` without a row.
    ///
    /// # Errors
    /// [`Error::NotReadOnly`] for a statement that may write; as [`Statement::fill`].
    pub fn storage_classes(&mut self) -> Result<Vec<StorageClass>> {
        let raw = self.live()?;
        if !self.is_readonly()? {
            return Err(Error::NotReadOnly.into());
        }
        self.begin()?;
        let on_row = self.step(raw)?.is_some();
        let classes = self.each_column(|index| {
            if !on_row {
                return StorageClass::Null;
            }
            // SAFETY: the statement stands on a row and the index is in range.
            match unsafe { ffi::sqlite3_column_type(raw, index) } {
                ffi::SQLITE_INTEGER => StorageClass::Integer,
                ffi::SQLITE_FLOAT => StorageClass::Float,
                ffi::SQLITE_TEXT => StorageClass::Text,
                ffi::SQLITE_BLOB => StorageClass::Blob,
                _ => StorageClass::Null,
            }
        });
        self.end(raw);
        Ok(classes)
    }

    fn each_column<T>(&self, of: impl FnMut(i32) -> T) -> Vec<T> {
        (0..i32::try_from(self.column_count()).unwrap_or_default()).map(of).collect()
    }

    /// Names the parameters with their prefix; `None` for `?`.
    ///
    /// # Errors
    /// As [`Statement::check`].
    pub fn parameter_names(&self) -> Result<Vec<Option<String>>> {
        let raw = self.live()?;
        let count = i32::try_from(self.parameters).unwrap_or_default();
        // SAFETY: the statement is live; SQLite checks the index; the name is copied at once.
        Ok((1..=count).map(|index| unsafe { owned(ffi::sqlite3_bind_parameter_name(raw, index)) }).collect())
    }

    /// Whether the statement makes no direct change to the database.
    ///
    /// # Errors
    /// As [`Statement::check`].
    pub fn is_readonly(&self) -> Result<bool> {
        let raw = self.live()?;
        // SAFETY: the statement is live.
        Ok(unsafe { ffi::sqlite3_stmt_readonly(raw) } != 0)
    }

    /// Whether the statement has columns.
    ///
    /// # Errors
    /// As [`Statement::check`].
    pub fn is_reader(&self) -> Result<bool> {
        self.live()?;
        Ok(self.column_count() > 0)
    }

    /// What can be seen of the statement while it runs.
    #[must_use]
    pub fn view(&self) -> View {
        View(Rc::clone(&self.handle))
    }
}

/// A statement as a user function sees it that the statement itself has called.
#[derive(Debug)]
pub struct View(Rc<Handle>);

impl View {
    /// Whether the statement was finalized, by whomever.
    #[must_use]
    pub fn is_finalized(&self) -> bool {
        !self.0.is_live()
    }

    /// The SQL with the bound values in place; empty for a finalized statement.
    #[must_use]
    pub fn expanded_sql(&self) -> String {
        let raw = self.0.raw.get();
        if raw.is_null() {
            return String::new();
        }
        // SAFETY: the statement is live. A running user function does not matter: nothing is changed.
        let text = unsafe { ffi::sqlite3_expanded_sql(raw) };
        // SAFETY: SQLite's string or null, copied before it is freed.
        let sql = unsafe { owned(text) }.unwrap_or_default();
        // SAFETY: from sqlite3_malloc, or null.
        unsafe { ffi::sqlite3_free(text.cast()) };
        sql
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        self.handle.let_go(&self.connection, std::mem::take(&mut self.shape));
        self.connection.forget(self.key);
        self.connection.close_if_over();
    }
}

/// Whether a statement that was prepared just now reads rows and does nothing else.
fn is_query(raw: *mut ffi::sqlite3_stmt) -> bool {
    // SAFETY: the statement is live; SQLite keeps its text, or gives null.
    let sql = unsafe { ffi::sqlite3_sql(raw) };
    // SAFETY: as above.
    let reads = unsafe { ffi::sqlite3_stmt_readonly(raw) } != 0;
    // SAFETY: the text ends with NUL.
    reads && !sql.is_null() && hold::is_query(unsafe { CStr::from_ptr(sql) })
}

/// Copies a C string.
///
/// # Safety
/// `text` must be null or end with NUL.
unsafe fn owned(text: *const c_char) -> Option<String> {
    // SAFETY: the caller vouches for it.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

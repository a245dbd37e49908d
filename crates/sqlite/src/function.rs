//! SQL functions, aggregates and the update hook, called from inside a step.
//!
//! While one runs, the connection counts it in `callbacks`, and every use of the connection and
//! its statements fails with [`crate::Error::Busy`].
#![expect(unsafe_code, reason = "callbacks of SQLite's C API")]

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;
use std::slice;

use rusqlite::ffi;

use crate::bind::UTF8;

/// An argument of a function call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Argument<'a> {
    /// `NULL`
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// UTF-8, possibly ill-formed.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
}

/// What a function call gave.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// `NULL`
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// UTF-8.
    Text(Vec<u8>),
    /// Bytes.
    Blob(Vec<u8>),
    /// The function threw: the statement fails, and the caller knows the reason.
    Failed,
}

/// A scalar function.
pub trait Scalar {
    /// Computes the result.
    fn call(&self, arguments: &[Argument<'_>]) -> Reply;
}

/// An aggregate function. A group's accumulator has a number that the function chooses, above 0.
pub trait Aggregate {
    /// Starts a group; `None` when the function threw.
    fn start(&self) -> Option<u64>;
    /// Adds a row to a group, or takes it back (`inverse`); `false` when the function threw.
    fn step(&self, group: u64, arguments: &[Argument<'_>], inverse: bool) -> bool;
    /// Computes the result of a group as it stands.
    fn value(&self, group: u64) -> Reply;
    /// Forgets a group.
    fn end(&self, group: u64);
}

/// What the author of a function promises.
#[derive(Debug, Clone, Copy, Default)]
pub struct FunctionFlags {
    /// `SQLITE_DETERMINISTIC`
    pub deterministic: bool,
    /// `SQLITE_DIRECTONLY`
    pub direct_only: bool,
}

impl FunctionFlags {
    fn bits(self) -> c_int {
        ffi::SQLITE_UTF8
            | if self.deterministic { ffi::SQLITE_DETERMINISTIC } else { 0 }
            | if self.direct_only { ffi::SQLITE_DIRECTONLY } else { 0 }
    }
}

/// A row that a statement changed.
#[derive(Debug, Clone, Copy)]
pub struct RowChange<'a> {
    /// `SQLITE_INSERT`, `SQLITE_UPDATE` or `SQLITE_DELETE`.
    pub operation: i32,
    /// `main`, `temp` or the name of an attached database.
    pub schema: &'a [u8],
    /// The table.
    pub table: &'a [u8],
    /// The rowid after the change.
    pub rowid: i64,
}

/// What is called for each row that a statement changes.
pub type UpdateCallback = Box<dyn Fn(&RowChange<'_>)>;

/// The hook as SQLite gets it.
pub(crate) struct UpdateHook {
    pub(crate) callbacks: Rc<Cell<u32>>,
    pub(crate) body: UpdateCallback,
}

impl std::fmt::Debug for UpdateHook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("UpdateHook").finish_non_exhaustive()
    }
}

/// A function as SQLite gets it (`sqlite3_user_data`).
struct Definition<F: ?Sized> {
    callbacks: Rc<Cell<u32>>,
    body: Box<F>,
}

/// Counts a callback while it lives.
struct Running<'a>(&'a Cell<u32>);

impl<'a> Running<'a> {
    fn begin(callbacks: &'a Cell<u32>) -> Self {
        callbacks.set(callbacks.get() + 1);
        Self(callbacks)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Defines a scalar function; gives the result code.
///
/// # Safety
/// `database` must be open.
pub(crate) unsafe fn define_scalar(
    database: *mut ffi::sqlite3,
    name: &CStr,
    arity: i32,
    flags: FunctionFlags,
    callbacks: Rc<Cell<u32>>,
    body: Box<dyn Scalar>,
) -> c_int {
    let definition = Box::into_raw(Box::new(Definition { callbacks, body }));
    // SAFETY: the database is open; SQLite calls the destructor exactly once, also when this call fails.
    unsafe {
        ffi::sqlite3_create_function_v2(
            database,
            name.as_ptr(),
            arity,
            flags.bits(),
            definition.cast(),
            Some(call_scalar),
            None,
            None,
            Some(drop_definition::<dyn Scalar>),
        )
    }
}

/// Defines an aggregate or window function; gives the result code.
///
/// # Safety
/// `database` must be open.
pub(crate) unsafe fn define_aggregate(
    database: *mut ffi::sqlite3,
    name: &CStr,
    arity: i32,
    flags: FunctionFlags,
    is_window: bool,
    callbacks: Rc<Cell<u32>>,
    body: Box<dyn Aggregate>,
) -> c_int {
    let definition = Box::into_raw(Box::new(Definition { callbacks, body }));
    let (value, inverse): (Option<unsafe extern "C" fn(_)>, Option<unsafe extern "C" fn(_, _, _)>) =
        if is_window { (Some(aggregate_value), Some(aggregate_inverse)) } else { (None, None) };
    // SAFETY: as in `define_scalar`.
    unsafe {
        ffi::sqlite3_create_window_function(
            database,
            name.as_ptr(),
            arity,
            flags.bits(),
            definition.cast(),
            Some(aggregate_step),
            Some(aggregate_final),
            value,
            inverse,
            Some(drop_definition::<dyn Aggregate>),
        )
    }
}

/// Sets or removes the update hook.
///
/// # Safety
/// `database` must be open, and the hook must stay where it is until it is replaced or the database closed.
pub(crate) unsafe fn set_update_hook(database: *mut ffi::sqlite3, hook: Option<&UpdateHook>) {
    let callback = hook.map(|_| on_update as unsafe extern "C" fn(_, _, _, _, _));
    let data = hook.map_or(ptr::null_mut(), |hook| ptr::from_ref(hook).cast_mut().cast());
    // SAFETY: the caller vouches for both.
    unsafe { ffi::sqlite3_update_hook(database, callback, data) };
}

unsafe extern "C" fn drop_definition<F: ?Sized>(data: *mut c_void) {
    // SAFETY: made by `Box::into_raw` in the `define_*` of the same `F`; SQLite calls this once.
    drop(unsafe { Box::from_raw(data.cast::<Definition<F>>()) });
}

unsafe extern "C" fn call_scalar(
    context: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: SQLite passes the data of `define_scalar`, which lives as long as the function.
    let definition = unsafe { &*ffi::sqlite3_user_data(context).cast::<Definition<dyn Scalar>>() };
    let reply = contain(&definition.callbacks, || {
        // SAFETY: SQLite passes `count` values for the time of the call.
        definition.body.call(&unsafe { arguments(count, values) })
    });
    // SAFETY: the context is that of this call.
    unsafe { answer(context, reply.unwrap_or(Reply::Failed)) };
}

unsafe extern "C" fn aggregate_step(
    context: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: passed on from SQLite.
    unsafe { aggregate_row(context, count, values, false) };
}

unsafe extern "C" fn aggregate_inverse(
    context: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
) {
    // SAFETY: passed on from SQLite.
    unsafe { aggregate_row(context, count, values, true) };
}

unsafe fn aggregate_row(
    context: *mut ffi::sqlite3_context,
    count: c_int,
    values: *mut *mut ffi::sqlite3_value,
    inverse: bool,
) {
    // SAFETY: the context is that of this call.
    let (definition, group) = unsafe { aggregate_parts(context) };
    let done = contain(&definition.callbacks, || {
        let Some(group) = group_of(definition, group) else { return false };
        // SAFETY: SQLite passes `count` values for the time of the call.
        definition.body.step(group, &unsafe { arguments(count, values) }, inverse)
    });
    if done != Some(true) {
        // SAFETY: the context is that of this call.
        unsafe { answer(context, Reply::Failed) };
    }
}

unsafe extern "C" fn aggregate_value(context: *mut ffi::sqlite3_context) {
    // SAFETY: the context is that of this call.
    let (definition, group) = unsafe { aggregate_parts(context) };
    let reply = contain(&definition.callbacks, || {
        let Some(number) = group_of(definition, group) else { return Reply::Failed };
        // SAFETY: the slot of this group, as in `group_of`.
        unsafe { group.write(number | ANSWERED) };
        definition.body.value(number)
    });
    // SAFETY: the context is that of this call.
    unsafe { answer(context, reply.unwrap_or(Reply::Failed)) };
}

/// SQLite calls this also to clean up: after a failure, and when nobody wants more rows. A window has given its results by
/// then, and real Bun asks for no other one.
unsafe extern "C" fn aggregate_final(context: *mut ffi::sqlite3_context) {
    // SAFETY: the context is that of this call.
    let (definition, group) = unsafe { aggregate_parts(context) };
    let reply = contain(&definition.callbacks, || {
        let Some(number) = group_of(definition, group) else { return Reply::Failed };
        // SAFETY: the slot of this group, as in `group_of`.
        let is_answered = unsafe { group.read() } & ANSWERED != 0;
        let reply = if is_answered { Reply::Null } else { definition.body.value(number) };
        definition.body.end(number);
        reply
    });
    // SAFETY: the context is that of this call.
    unsafe { answer(context, reply.unwrap_or(Reply::Failed)) };
}

/// Set in the slot of a window's group that has given a result; numbers of groups are far below.
const ANSWERED: u64 = 1 << 63;
/// The slot of a group that could not begin: it is not tried again.
const NEVER: u64 = u64::MAX;

/// The number of the group under way, which begins with its first callback.
fn group_of(definition: &Definition<dyn Aggregate>, slot: *mut u64) -> Option<u64> {
    if slot.is_null() {
        return None;
    }
    // SAFETY: SQLite's aggregate context, eight bytes for this group alone, zeroed at first.
    match unsafe { slot.read() } {
        0 => {
            let started = definition.body.start();
            // SAFETY: as above.
            unsafe { slot.write(started.unwrap_or(NEVER)) };
            started
        }
        NEVER => None,
        known => Some(known & !ANSWERED),
    }
}

/// The definition and the group's slot of an aggregate's callback.
///
/// # Safety
/// `context` must be that of a callback of an aggregate that `define_aggregate` made.
unsafe fn aggregate_parts<'a>(context: *mut ffi::sqlite3_context) -> (&'a Definition<dyn Aggregate>, *mut u64) {
    // SAFETY: the caller vouches for the context; the definition lives as long as the function.
    let definition = unsafe { &*ffi::sqlite3_user_data(context).cast::<Definition<dyn Aggregate>>() };
    // SAFETY: as above.
    let slot = unsafe { ffi::sqlite3_aggregate_context(context, 8) };
    (definition, slot.cast())
}

unsafe extern "C" fn on_update(
    data: *mut c_void,
    operation: c_int,
    schema: *const c_char,
    table: *const c_char,
    rowid: ffi::sqlite3_int64,
) {
    // SAFETY: the hook that `set_update_hook` was given, which outlives its registration.
    let hook = unsafe { &*data.cast::<UpdateHook>() };
    // SAFETY: SQLite passes strings for the time of the call.
    let (schema, table) = unsafe { (CStr::from_ptr(schema).to_bytes(), CStr::from_ptr(table).to_bytes()) };
    contain(&hook.callbacks, || (hook.body)(&RowChange { operation, schema, table, rowid }));
}

/// Runs a callback; `None` when it panicked, which must not unwind into C.
fn contain<T>(callbacks: &Cell<u32>, body: impl FnOnce() -> T) -> Option<T> {
    let _running = Running::begin(callbacks);
    catch_unwind(AssertUnwindSafe(body)).ok()
}

/// Reads the arguments of a call.
///
/// # Safety
/// `values` must point to `count` values that outlive the result.
unsafe fn arguments<'a>(count: c_int, values: *mut *mut ffi::sqlite3_value) -> Vec<Argument<'a>> {
    let count = usize::try_from(count).unwrap_or_default();
    if count == 0 {
        return Vec::new();
    }
    // SAFETY: the caller vouches for the array.
    let values = unsafe { slice::from_raw_parts(values, count) };
    // SAFETY: each is a value of this call.
    values.iter().map(|&value| unsafe { argument(value) }).collect()
}

/// Reads one argument.
///
/// # Safety
/// `value` must be live and outlive the result.
unsafe fn argument<'a>(value: *mut ffi::sqlite3_value) -> Argument<'a> {
    // SAFETY: the caller vouches for the value.
    match unsafe { ffi::sqlite3_value_type(value) } {
        // SAFETY: as above.
        ffi::SQLITE_INTEGER => Argument::Integer(unsafe { ffi::sqlite3_value_int64(value) }),
        // SAFETY: as above.
        ffi::SQLITE_FLOAT => Argument::Real(unsafe { ffi::sqlite3_value_double(value) }),
        ffi::SQLITE_TEXT => {
            // SAFETY: as above; asking for the text first fixes the encoding that the length is for.
            let text = unsafe { ffi::sqlite3_value_text(value) };
            // SAFETY: `sqlite3_value_bytes` bytes are there.
            Argument::Text(unsafe { lend(text, ffi::sqlite3_value_bytes(value)) })
        }
        ffi::SQLITE_BLOB => {
            // SAFETY: as above.
            let blob = unsafe { ffi::sqlite3_value_blob(value) };
            // SAFETY: `sqlite3_value_bytes` bytes are there.
            Argument::Blob(unsafe { lend(blob.cast(), ffi::sqlite3_value_bytes(value)) })
        }
        _ => Argument::Null,
    }
}

/// Borrows SQLite's bytes; null is no bytes.
///
/// # Safety
/// `start` must be null or point to `length` bytes that outlive `'a`.
unsafe fn lend<'a>(start: *const u8, length: c_int) -> &'a [u8] {
    match usize::try_from(length) {
        // SAFETY: the caller vouches for the range.
        Ok(length) if !start.is_null() => unsafe { slice::from_raw_parts(start, length) },
        _ => &[],
    }
}

/// Gives SQLite the result of a call; bytes are copied.
///
/// # Safety
/// `context` must be that of the callback under way.
unsafe fn answer(context: *mut ffi::sqlite3_context, reply: Reply) {
    match reply {
        // SAFETY: the caller vouches for the context, here and below.
        Reply::Null => unsafe { ffi::sqlite3_result_null(context) },
        // SAFETY: as above.
        Reply::Integer(number) => unsafe { ffi::sqlite3_result_int64(context, number) },
        // SAFETY: as above.
        Reply::Real(number) => unsafe { ffi::sqlite3_result_double(context, number) },
        // SAFETY: as above; the bytes are copied before the call returns.
        Reply::Text(utf8) => unsafe {
            ffi::sqlite3_result_text64(context, utf8.as_ptr().cast(), utf8.len() as u64, ffi::SQLITE_TRANSIENT(), UTF8);
        },
        // SAFETY: as above.
        Reply::Blob(bytes) if bytes.is_empty() => unsafe { ffi::sqlite3_result_zeroblob(context, 0) },
        // SAFETY: as above; the bytes are copied before the call returns.
        Reply::Blob(bytes) => unsafe {
            ffi::sqlite3_result_blob64(context, bytes.as_ptr().cast(), bytes.len() as u64, ffi::SQLITE_TRANSIENT());
        },
        // SAFETY: as above.
        Reply::Failed => unsafe { ffi::sqlite3_result_error(context, c"JavaScript exception".as_ptr(), -1) },
    }
}

//! Stops a statement from inside while it runs: the thread that runs it is to end and waits for nothing else.
#![expect(unsafe_code, reason = "calls SQLite's C API")]

use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use rusqlite::ffi;

/// Whether what runs has to stop; asked on the connection's own thread, in the middle of a step.
pub type StopCheck = Box<dyn Fn() -> bool>;

/// The check as SQLite gets it.
pub(crate) struct Stop(pub(crate) StopCheck);

impl std::fmt::Debug for Stop {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Stop").finish_non_exhaustive()
    }
}

/// Instructions of SQLite's virtual machine between two questions: about a millisecond.
const INSTRUCTIONS: c_int = 100_000;

/// Has SQLite ask `check` from time to time; where it says yes, the step ends with `SQLITE_INTERRUPT`.
///
/// # Safety
/// `database` must be open, and `check` must stay where it is until another one is set or the database is closed.
pub(crate) unsafe fn set(database: *mut ffi::sqlite3, check: &Stop) {
    let data = ptr::from_ref(check).cast_mut().cast();
    // SAFETY: the caller vouches for both.
    unsafe { ffi::sqlite3_progress_handler(database, INSTRUCTIONS, Some(ask), data) };
}

unsafe extern "C" fn ask(data: *mut c_void) -> c_int {
    // SAFETY: the check that `set` was given, which outlives its registration.
    let stop = unsafe { &*data.cast::<Stop>() };
    c_int::from(catch_unwind(AssertUnwindSafe(&stop.0)).unwrap_or(true))
}

//! Memory on loan to JavaScript: how much is out, and when to have garbage collected to get it back.
//!
//! V8 counts what an `ArrayBuffer` over foreign memory holds, but looks at the count only to start a full collection,
//! after 64 MB. What a read gave is mostly dropped at once; a collection of the young objects finds that in a fifth of
//! a millisecond, while every megabyte of fresh memory that a late one makes us touch costs half of one. So the face
//! collects (`lib/bun/young-collection.js`) each time so much is out that it pays.
//!
//! Large blobs of a database lie in memory of V8's own, which comes back without Node's help: in a loop that never lets
//! the event loop turn as well. V8 collects them late, and where it collects all objects for their sake, dearly. So they
//! count as well, from one collection to the next.
//!
//! Strings over foreign memory are never young to V8, and it does not count what they hold. We tell it, since uncounted
//! they would be collected far too late; but not of the first
//! hundred megabytes or so, since a full collection costs milliseconds.

use std::cell::Cell;

use dx_bun::memory;
use napi::sys;
use napi_derive::napi;

#[cfg(feature = "bun-sqlite")]
use crate::heap;

/// How many bytes of `ArrayBuffer`s more than after the last collection may be out, until the face says otherwise.
const STEP: usize = 16 * 1024 * 1024;
/// For memory of V8's own a collection pays earlier: what it frees is used again at once, and is then still in the
/// processor's cache.
const MADE_PART: usize = 2;
/// V8 is not told of strings that take up to this part of what may be kept for reads.
const UNTOLD_PART: usize = 8;
/// V8 is told in steps of this, each of which is reason enough for it to begin a full collection. Each further telling
/// makes it stop the program to go on with that collection, which its other threads do as well.
const TOLD_STEP: usize = 65 * 1024 * 1024;
/// Node gives memory back, and V8 goes on with a collection, when the event loop turns. A program that awaits one read
/// after the other, each answered at once, would never let it: after this many bytes a read takes the thread pool.
const TURN: usize = 16 * 1024 * 1024;

thread_local! {
    /// The loans of this thread's environment.
    static LOANS: Loans = const { Loans {
        buffers: Cell::new(0), made: Cell::new(0), step: Cell::new(STEP), due: Cell::new(STEP),
        strings: Cell::new(0), told: Cell::new(0), since_turn: Cell::new(0),
    } };
}

struct Loans {
    /// Bytes of `ArrayBuffer`s that are out.
    buffers: Cell<usize>,
    /// Bytes of `ArrayBuffer`s of V8's own that were made since the last collection.
    made: Cell<usize>,
    step: Cell<usize>,
    /// From how many bytes on a collection of young objects is due.
    due: Cell<usize>,
    /// Bytes of strings that are out.
    strings: Cell<usize>,
    /// How many of them V8 was told of.
    told: Cell<usize>,
    since_turn: Cell<usize>,
}

/// Counts the memory of an `ArrayBuffer` that JavaScript holds from now on.
pub(super) fn lend(bytes: usize) {
    let _ = LOANS.try_with(|loans| loans.buffers.set(loans.buffers.get() + bytes));
}

/// Counts an `ArrayBuffer` of V8's own. Whether a collection of young objects pays now.
#[cfg(feature = "bun-sqlite")]
pub(crate) fn made(bytes: usize) -> bool {
    heap::keep_freed();
    LOANS.with(|loans| {
        loans.made.set(loans.made.get() + bytes);
        loans.are_due()
    })
}

/// Counts memory that came back. An environment that ends gives it back when its thread's counts are gone.
pub(super) fn take_back(bytes: usize) {
    let _ = LOANS.try_with(|loans| {
        loans.buffers.set(loans.buffers.get().saturating_sub(bytes));
        loans.due.set(loans.due.get().min(loans.buffers.get() + loans.step.get()));
    });
}

/// Counts the memory of a string that JavaScript holds from now on.
pub(super) fn lend_string(env: sys::napi_env, bytes: usize) {
    let _ = LOANS.try_with(|loans| {
        loans.strings.set(loans.strings.get() + bytes);
        loans.since_turn.set(loans.since_turn.get() + bytes);
        loans.tell(env);
    });
}

/// Counts memory of a string that came back; `env` is null when the environment has ended.
pub(super) fn take_string_back(env: sys::napi_env, bytes: usize) {
    let _ = LOANS.try_with(|loans| {
        loans.strings.set(loans.strings.get().saturating_sub(bytes));
        if !env.is_null() {
            loans.tell(env);
        }
    });
}

/// Whether the next read is to let the event loop turn.
pub(super) fn turn_is_due() -> bool {
    LOANS.with(|loans| loans.are_due() || loans.since_turn.get() > TURN && loans.since_turn.replace(0) > 0)
}

impl Loans {
    fn are_due(&self) -> bool {
        self.buffers.get() >= self.due.get() || self.made.get() >= self.step.get() / MADE_PART
    }

    fn since_collection(&self) -> usize {
        (self.buffers.get() + self.step.get()).saturating_sub(self.due.get()) + self.made.get()
    }

    fn tell(&self, env: sys::napi_env) {
        let over = self.strings.get().saturating_sub(memory::limit() / UNTOLD_PART);
        let (before, now) = (self.told.get(), over / TOLD_STEP * TOLD_STEP);
        if before == now {
            return;
        }
        self.told.set(now);
        let signed = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
        let mut total = 0;
        // SAFETY: the environment is alive; Node-API allows this call in finalizers as well.
        unsafe { sys::napi_adjust_external_memory(env, signed(now) - signed(before), &raw mut total) };
    }
}

/// How many bytes a collection of young objects may get back; 0: not so many that one pays.
#[napi(namespace = "file")]
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "some megabytes")]
pub fn bytes_due() -> f64 {
    LOANS.with(|loans| if loans.are_due() { loans.since_collection() as f64 } else { 0.0 })
}

/// Says that young objects were collected, and how many bytes more may be out until the next collection is due.
#[napi(namespace = "file")]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the face passes some megabytes")]
pub fn next_collection(step: f64) {
    LOANS.with(|loans| {
        loans.step.set(step as usize);
        loans.due.set(loans.buffers.get() + loans.step.get());
        loans.made.set(0);
    });
}

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
//! Strings over foreign memory are never young to V8, and whether it counts what they hold depends on its version.
//!
//! So V8 is kept from counting our memory: its count is lowered by what it is about to add, out of a credit that it was
//! told of before. Each 64 MB would else cost a full collection, milliseconds for a few bytes of objects; for a single
//! buffer of that size they still do.
//! In its place we tell it how much is out, in steps and not of the first hundred megabytes or so: what has grown old, or
//! is a string, only a full collection finds.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

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
/// V8 is not told of strings, which only a full collection finds, that take up to this part of what may be kept for
/// reads, nor of `ArrayBuffer`s, of which few are ever old, that take up to this other part.
const UNTOLD_TEXT_PART: usize = 8;
const UNTOLD_BUFFER_PART: usize = 2;
/// V8 is told in steps of this, each of which is reason enough for it to begin a full collection. Each further telling
/// makes it stop the program to go on with that collection, which its other threads do as well.
const TOLD_STEP: usize = 65 * 1024 * 1024;
/// The credit grows by this, which is reason for a full collection as well, so it starts when this much was lent.
const CREDIT_STEP: usize = 256 * 1024 * 1024;
const CREDIT_AFTER: usize = 16 * 1024 * 1024;
/// V8 begins a full collection when its count is 64 MB above the lowest since the last one. Something this large has to
/// start from below the lowest, by so much that nothing else has grown by in the meantime.
const LARGE: usize = 32 * 1024 * 1024;
const BELOW: usize = 64 * 1024;
/// Node gives memory back, and V8 goes on with a collection, when the event loop turns. A program that awaits one read
/// after the other, each answered at once, would never let it: after this many bytes a read takes the thread pool.
const TURN: usize = 16 * 1024 * 1024;

thread_local! {
    /// The loans of this thread's environment.
    static LOANS: Loans = Loans::default();
}

#[derive(Default)]
struct Loans {
    /// Bytes of `ArrayBuffer`s that are out.
    buffers: Cell<usize>,
    /// Bytes of `ArrayBuffer`s of V8's own that were made since the last collection.
    made: Cell<usize>,
    /// What the face has set in place of `STEP`.
    step: Cell<Option<usize>>,
    /// From how many bytes on a collection of young objects is due.
    due: Cell<Option<usize>>,
    /// Bytes of strings and of `ArrayBuffer`s that are out and that V8 does not count, in the end.
    uncounted_texts: Cell<usize>,
    uncounted_buffers: Cell<usize>,
    /// How many of them V8 was told of.
    told: Cell<usize>,
    since_turn: Cell<usize>,
    /// How many bytes were lent, up to `CREDIT_AFTER`.
    lent: Cell<usize>,
    /// What V8 was told of in advance.
    credit: Cell<usize>,
    /// By how much of it V8's count was lowered.
    lowered: Cell<usize>,
    /// For how much of that V8 counts something that is out.
    hidden: Cell<usize>,
    returned: Arc<Returned>,
}

/// What came back since the environment has looked. Some versions of V8 let go of strings on threads of their own.
#[derive(Default)]
struct Returned {
    buffers: AtomicUsize,
    uncounted_texts: AtomicUsize,
    uncounted_buffers: AtomicUsize,
    hidden: AtomicUsize,
}

/// What is lent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// V8 counts it.
    Buffer,
    /// Some versions of V8 count it.
    Text,
}

/// Memory on loan.
pub(super) struct Loan {
    kind: Kind,
    bytes: usize,
    /// Whether V8 counts it and its count was lowered for that.
    hidden: bool,
    /// Whether V8 does not count it, in the end.
    uncounted: bool,
    returned: Arc<Returned>,
}

impl Loan {
    /// Counts memory that JavaScript is about to get.
    pub(super) fn new(env: sys::napi_env, kind: Kind, bytes: usize) -> Self {
        LOANS.with(|loans| {
            loans.reconcile();
            let counted = kind == Kind::Buffer || texts_are_counted();
            let hidden = counted && loans.hide(env, bytes);
            let uncounted = hidden || !counted;
            let uncounted_of = match kind {
                Kind::Buffer => {
                    loans.buffers.set(loans.buffers.get() + bytes);
                    &loans.uncounted_buffers
                }
                Kind::Text => {
                    loans.since_turn.set(loans.since_turn.get() + bytes);
                    &loans.uncounted_texts
                }
            };
            if uncounted {
                uncounted_of.set(uncounted_of.get() + bytes);
            }
            loans.tell(env);
            Self { kind, bytes, hidden, uncounted, returned: Arc::clone(&loans.returned) }
        })
    }

    /// Counts memory that came back, on any thread.
    pub(super) fn end(self) {
        let Self { kind, bytes, hidden, uncounted, returned } = self;
        for (counter, counts) in [
            (&returned.buffers, kind == Kind::Buffer),
            (&returned.uncounted_buffers, uncounted && kind == Kind::Buffer),
            (&returned.uncounted_texts, uncounted && kind == Kind::Text),
            (&returned.hidden, hidden),
        ] {
            if counts {
                counter.fetch_add(bytes, Ordering::Relaxed);
            }
        }
    }
}

/// Whether V8 counts what strings over foreign memory hold: learned from the first one.
static TEXTS_COUNTED: OnceLock<bool> = OnceLock::new();

fn texts_are_counted() -> bool {
    *TEXTS_COUNTED.get().unwrap_or(&false)
}

/// Makes a string, and learns from the first one whether V8 counts it.
pub(super) fn watch_count<R>(env: sys::napi_env, make: impl FnOnce() -> R) -> R {
    if TEXTS_COUNTED.get().is_some() {
        return make();
    }
    let before = adjust(env, 0);
    let value = make();
    let _ = TEXTS_COUNTED.set(adjust(env, 0) > before);
    value
}

/// Adds to what V8 counts; gives what it counts then.
fn adjust(env: sys::napi_env, by: i64) -> i64 {
    let mut total = 0;
    // SAFETY: the environment is alive; Node-API allows this call in finalizers as well.
    unsafe { sys::napi_adjust_external_memory(env, by, &raw mut total) };
    total
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Counts an `ArrayBuffer` of V8's own. Whether a collection of young objects pays now.
#[cfg(feature = "bun-sqlite")]
pub(crate) fn made(bytes: usize) -> bool {
    heap::keep_freed();
    LOANS.with(|loans| {
        loans.reconcile();
        loans.made.set(loans.made.get() + bytes);
        loans.are_due()
    })
}

/// How many bytes of `ArrayBuffer`s are out.
pub(super) fn buffers_out() -> usize {
    LOANS.with(|loans| {
        loans.reconcile();
        loans.buffers.get()
    })
}

/// Whether the next read is to let the event loop turn.
pub(super) fn turn_is_due() -> bool {
    LOANS.with(|loans| {
        loans.reconcile();
        loans.are_due() || loans.since_turn.get() > TURN && loans.since_turn.replace(0) > 0
    })
}

impl Loans {
    fn step(&self) -> usize {
        self.step.get().unwrap_or(STEP)
    }

    fn due(&self) -> usize {
        self.due.get().unwrap_or(STEP)
    }

    fn are_due(&self) -> bool {
        self.buffers.get() >= self.due() || self.made.get() >= self.step() / MADE_PART
    }

    fn since_collection(&self) -> usize {
        (self.buffers.get() + self.step()).saturating_sub(self.due()) + self.made.get()
    }

    /// Takes note of what came back.
    fn reconcile(&self) {
        let Returned { buffers, uncounted_texts, uncounted_buffers, hidden } = &*self.returned;
        for (counter, returned) in [
            (&self.buffers, buffers),
            (&self.uncounted_texts, uncounted_texts),
            (&self.uncounted_buffers, uncounted_buffers),
            (&self.hidden, hidden),
        ] {
            if returned.load(Ordering::Relaxed) > 0 {
                counter.set(counter.get().saturating_sub(returned.swap(0, Ordering::Relaxed)));
            }
        }
        self.due.set(Some(self.due().min(self.buffers.get() + self.step())));
    }

    /// Lowers V8's count by what it is about to add, as far as there is credit: it must not fall below zero, whatever V8
    /// takes off before we hear of it. What came back is used again.
    fn hide(&self, env: sys::napi_env, bytes: usize) -> bool {
        self.lent.set(self.lent.get().saturating_add(bytes).min(CREDIT_AFTER));
        if self.lent.get() < CREDIT_AFTER {
            return false;
        }
        let hidden = self.hidden.get() + bytes;
        let mut lowered = self.lowered.get().max(hidden);
        if bytes >= LARGE {
            lowered = lowered.max(self.lowered.get() + BELOW);
        }
        if lowered > memory::limit() {
            lowered = hidden;
        }
        if lowered > memory::limit() {
            return false;
        }
        let credit = self.credit.get().max(lowered.next_multiple_of(CREDIT_STEP).min(memory::limit()));
        let by = signed(credit) - signed(self.credit.replace(credit));
        if by > 0 {
            adjust(env, by);
        }
        let by = signed(self.lowered.replace(lowered)) - signed(lowered);
        if by != 0 {
            adjust(env, by);
        }
        self.hidden.set(hidden);
        true
    }

    fn tell(&self, env: sys::napi_env) {
        let over = self.uncounted_texts.get().saturating_sub(memory::limit() / UNTOLD_TEXT_PART)
            + self.uncounted_buffers.get().saturating_sub(memory::limit() / UNTOLD_BUFFER_PART);
        let (before, now) = (self.told.get(), over / TOLD_STEP * TOLD_STEP);
        if before != now {
            self.told.set(now);
            adjust(env, signed(now) - signed(before));
        }
    }
}

/// How many bytes a collection of young objects may get back; 0: not so many that one pays.
#[napi(namespace = "file")]
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "some megabytes")]
pub fn bytes_due() -> f64 {
    LOANS.with(|loans| {
        loans.reconcile();
        if loans.are_due() { loans.since_collection() as f64 } else { 0.0 }
    })
}

/// Says that young objects were collected, and how many bytes more may be out until the next collection is due.
#[napi(namespace = "file")]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the face passes some megabytes")]
pub fn next_collection(step: f64) {
    LOANS.with(|loans| {
        loans.reconcile();
        loans.step.set(Some(step as usize));
        loans.due.set(Some(loans.buffers.get() + loans.step()));
        loans.made.set(0);
    });
}

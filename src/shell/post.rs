//! What shells tell their environment: a batch of events a round of its loop.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bstr::BString;
use dx_shell::descriptor::Feed;
use dx_shell::run::Outcome;
use napi::bindgen_prelude::{Env, Function, Result};
use napi::{JsValue, check_status, sys};

/// Something that happened to a shell.
pub(super) enum Event {
    /// It has ended: its number, its exit code and what it wrote.
    Done(u32, u8, Vec<u8>, Vec<u8>, Vec<(u32, Vec<u8>)>),
    /// It waits for a piece of a stream: its number, and the value's.
    Hungry(u32, u32),
}

#[derive(Default)]
struct Letters {
    events: Vec<Event>,
    closed: bool,
}

/// Where threads leave events for an environment.
pub(super) struct Mailbox {
    letters: Mutex<Letters>,
    function: sys::napi_threadsafe_function,
}

// SAFETY: the thread-safe function is made to be called from any thread; the rest is behind a lock.
unsafe impl Send for Mailbox {}
// SAFETY: as above.
unsafe impl Sync for Mailbox {}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves an event; the first of a batch rings the bell.
    pub(super) fn post(&self, event: Event) {
        let mut letters = self.lock();
        if letters.closed {
            return;
        }
        letters.events.push(event);
        if letters.events.len() == 1 {
            // SAFETY: the function has one user, this one, which never releases it: Node keeps it until a call is told
            // that it is closing, and the mailbox is closed before that. The lock is held, so `close` comes after.
            unsafe {
                sys::napi_call_threadsafe_function(
                    self.function,
                    ptr::null_mut(),
                    sys::ThreadsafeFunctionCallMode::nonblocking,
                )
            };
        }
    }

    fn close(&self) {
        let mut letters = self.lock();
        letters.closed = true;
        letters.events.clear();
    }
}

/// A shell under way.
pub(super) struct Running {
    pub(super) outcome: Outcome,
    pub(super) feeds: Vec<(u32, Arc<Feed>)>,
}

/// What an environment knows of its shells.
#[derive(Default)]
pub(super) struct Post {
    pub(super) mailbox: Option<Arc<Mailbox>>,
    pub(super) shells: HashMap<u32, Running>,
    pub(super) last: u32,
    /// The words that stand for `bun`.
    pub(super) bun: Vec<BString>,
}

thread_local! {
    /// The environment of a thread.
    pub(super) static POST: RefCell<Post> = RefCell::new(Post::default());
}

/// Joins the environment to its shells.
pub(super) fn open(env: Env, listener: &Function<'_, (), ()>, bun: Vec<BString>) -> Result<()> {
    let raw = env.raw();
    let (mut name, mut function) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the text is static; the environment is alive: we are in one of its calls.
    check_status!(unsafe { sys::napi_create_string_utf8(raw, c"dx-shell".as_ptr(), 8, &raw mut name) })?;
    // SAFETY: `listener` and `name` are values of this environment; no context and no finalizer are given.
    check_status!(unsafe {
        sys::napi_create_threadsafe_function(
            raw,
            listener.raw(),
            ptr::null_mut(),
            name,
            0,
            1,
            ptr::null_mut(),
            None,
            ptr::null_mut(),
            None,
            &raw mut function,
        )
    })?;
    // SAFETY: made just now, in this environment. A shell keeps the program alive only while it runs.
    check_status!(unsafe { sys::napi_unref_threadsafe_function(raw, function) })?;
    let mailbox = Arc::new(Mailbox { letters: Mutex::default(), function });
    let hook: *mut c_void = Arc::into_raw(Arc::clone(&mailbox)).cast_mut().cast();
    // SAFETY: `close` takes back the reference that `hook` is, once, when the environment ends. The hook was added
    // after the function's own and so runs before it: the bell is silent before the function is closed.
    check_status!(unsafe { sys::napi_add_env_cleanup_hook(raw, Some(close), hook) })?;
    POST.with_borrow_mut(|post| {
        post.mailbox = Some(mailbox);
        post.bun = bun;
    });
    Ok(())
}

unsafe extern "C" fn close(mailbox: *mut c_void) {
    // SAFETY: made by `Arc::into_raw` in `open`; this runs once.
    let mailbox = unsafe { Arc::from_raw(mailbox.cast::<Mailbox>()) };
    mailbox.close();
    // This runs on the environment's thread. Its shells end with it: their programs are killed.
    let shells = POST.with_borrow_mut(std::mem::take).shells;
    for running in shells.into_values() {
        running.outcome.cancel();
    }
}

/// Says whether shells keep the program alive.
pub(super) fn hold(env: Env, on: bool) -> Result<()> {
    POST.with_borrow(|post| {
        let Some(mailbox) = &post.mailbox else { return Ok(()) };
        let status = if on {
            // SAFETY: the function lives as long as the environment, in whose call we are.
            unsafe { sys::napi_ref_threadsafe_function(env.raw(), mailbox.function) }
        } else {
            // SAFETY: as above.
            unsafe { sys::napi_unref_threadsafe_function(env.raw(), mailbox.function) }
        };
        check_status!(status)
    })
}

/// Takes what has happened.
pub(super) fn take() -> Vec<Event> {
    POST.with_borrow_mut(|post| {
        let Some(mailbox) = &post.mailbox else { return Vec::new() };
        let events = std::mem::take(&mut mailbox.lock().events);
        for event in &events {
            if let Event::Done(id, ..) = event {
                post.shells.remove(id);
            }
        }
        events
    })
}

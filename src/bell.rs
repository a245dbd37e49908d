//! A bell that other threads ring to have an environment look into its mailbox.

use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::Arc;

use napi::bindgen_prelude::{Env, Function, Result};
use napi::{JsValue, check_status, sys};

/// The bell of an environment: a thread-safe function. It keeps the program alive only while it is told to.
#[derive(Clone, Copy)]
pub(crate) struct Bell(sys::napi_threadsafe_function);

// SAFETY: a thread-safe function is made to be called from any thread.
unsafe impl Send for Bell {}
// SAFETY: as above.
unsafe impl Sync for Bell {}

impl Bell {
    /// Makes the bell of an environment that calls `listener`.
    ///
    /// # Errors
    /// Node-API's.
    pub(crate) fn new(env: Env, name: &CStr, listener: &Function<'_, (), ()>) -> Result<Self> {
        let raw = env.raw();
        let (mut text, mut function) = (ptr::null_mut(), ptr::null_mut());
        let length = name.count_bytes().cast_signed();
        // SAFETY: the text is alive; so is the environment: we are in one of its calls.
        check_status!(unsafe { sys::napi_create_string_utf8(raw, name.as_ptr(), length, &raw mut text) })?;
        // SAFETY: `listener` and `text` are values of this environment; no context and no finalizer are given.
        check_status!(unsafe {
            sys::napi_create_threadsafe_function(
                raw,
                listener.raw(),
                ptr::null_mut(),
                text,
                0,
                1,
                ptr::null_mut(),
                None,
                ptr::null_mut(),
                None,
                &raw mut function,
            )
        })?;
        // SAFETY: made just now, in this environment.
        check_status!(unsafe { sys::napi_unref_threadsafe_function(raw, function) })?;
        Ok(Self(function))
    }

    /// Rings it, from any thread. What [`at_end`] runs sees to it that nobody does so later.
    pub(crate) fn ring(self) {
        // SAFETY: the function was created with one user, this one, which never releases it: Node keeps it until a
        // call is told that it is closing, and whoever rings is stopped before that.
        unsafe {
            sys::napi_call_threadsafe_function(self.0, ptr::null_mut(), sys::ThreadsafeFunctionCallMode::nonblocking)
        };
    }

    /// Says whether it keeps the program alive.
    ///
    /// # Errors
    /// Node-API's.
    pub(crate) fn hold(self, env: Env, on: bool) -> Result<()> {
        let status = if on {
            // SAFETY: the function lives as long as the environment, in whose call we are.
            unsafe { sys::napi_ref_threadsafe_function(env.raw(), self.0) }
        } else {
            // SAFETY: as above.
            unsafe { sys::napi_unref_threadsafe_function(env.raw(), self.0) }
        };
        check_status!(status)
    }
}

/// Runs `close` on the environment's thread when it ends. To be called after [`Bell::new`]: then the hook comes after the
/// bell's own and so runs before it, and the bell can be silenced before it is gone.
///
/// # Errors
/// Node-API's.
pub(crate) fn at_end<T: 'static>(env: Env, mailbox: Arc<T>, close: fn(&T)) -> Result<()> {
    let hook: *mut c_void = Box::into_raw(Box::new(Hook { mailbox, close })).cast();
    // SAFETY: `run` takes back what `hook` is, once, when the environment ends.
    check_status!(unsafe { sys::napi_add_env_cleanup_hook(env.raw(), Some(run::<T>), hook) })
}

struct Hook<T> {
    mailbox: Arc<T>,
    close: fn(&T),
}

unsafe extern "C" fn run<T>(hook: *mut c_void) {
    // SAFETY: made by `Box::into_raw` in `at_end` for the same `T`; this runs once.
    let hook = unsafe { Box::from_raw(hook.cast::<Hook<T>>()) };
    (hook.close)(&hook.mailbox);
}

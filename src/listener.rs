//! A function of JavaScript's that the loop calls when an engine has something for it.

#![expect(unsafe_code, reason = "Node-API")]

use std::ptr;

use dx_fault::Fault;
use napi::bindgen_prelude::Env;
use napi::{Result, check_status, sys};

use crate::error;

/// The function, with the resource that `async_hooks` sees for its calls. It lives as long as its environment.
pub(crate) struct Listener {
    env: sys::napi_env,
    function: sys::napi_ref,
    context: sys::napi_async_context,
    resource: sys::napi_ref,
}

impl Listener {
    /// To be made in a call of the environment; `name` is the resource's, in ASCII.
    ///
    /// # Errors
    /// Node-API's.
    pub(crate) fn new(env: sys::napi_env, name: &str, function: sys::napi_value) -> Result<Self> {
        let mut resource = ptr::null_mut();
        // SAFETY: the environment is alive: we are in one of its calls.
        check_status!(unsafe { sys::napi_create_object(env, &raw mut resource) })?;
        let name = crate::raw::latin1(env, name.as_bytes());
        let mut context = ptr::null_mut();
        // SAFETY: both values were made just now.
        check_status!(unsafe { sys::napi_async_init(env, resource, name, &raw mut context) })?;
        Ok(Self { env, function: reference(env, function)?, context, resource: reference(env, resource)? })
    }

    /// Runs `work` from a callback of libuv's, where no scope is open, as a place for the values that it makes.
    pub(crate) fn scoped(&self, work: impl FnOnce()) {
        let mut scope = ptr::null_mut();
        // SAFETY: called from libuv's loop while the environment is alive.
        if unsafe { sys::napi_open_handle_scope(self.env, &raw mut scope) } != sys::Status::napi_ok {
            return;
        }
        work();
        // SAFETY: opened above.
        unsafe { sys::napi_close_handle_scope(self.env, scope) };
    }

    /// Calls the function in the scope of [`Self::scoped`]; microtasks run at the end.
    pub(crate) fn call(&self, arguments: &[sys::napi_value]) {
        let env = self.env;
        let (mut function, mut receiver) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the references were made in this environment and are deleted by nobody.
        unsafe { sys::napi_get_reference_value(env, self.function, &raw mut function) };
        // SAFETY: as above.
        unsafe { sys::napi_get_reference_value(env, self.resource, &raw mut receiver) };
        // SAFETY: all handles belong to the open scope; the callback drains microtasks at its end.
        let status = unsafe {
            sys::napi_make_callback(
                env,
                self.context,
                receiver,
                function,
                arguments.len(),
                arguments.as_ptr(),
                ptr::null_mut(),
            )
        };
        if status != sys::Status::napi_ok {
            report_pending(env);
        }
    }

    /// A fault that nobody waits for becomes an uncaught exception. From a callback of libuv's.
    pub(crate) fn raise(&self, fault: &Fault) {
        self.scoped(|| {
            if let Ok(error) = error::build(&Env::from_raw(self.env), fault) {
                // SAFETY: the error was made just now.
                unsafe { sys::napi_fatal_exception(self.env, error) };
            }
        });
    }
}

/// Keeps a value for as long as the environment lives.
pub(crate) fn reference(env: sys::napi_env, value: sys::napi_value) -> Result<sys::napi_ref> {
    let mut reference = ptr::null_mut();
    // SAFETY: the value belongs to the call under way; the reference lives as long as the environment.
    check_status!(unsafe { sys::napi_create_reference(env, value, 1, &raw mut reference) })?;
    Ok(reference)
}

/// What escaped from JavaScript becomes an uncaught exception, as from any callback of Node's.
fn report_pending(env: sys::napi_env) {
    let mut pending = false;
    // SAFETY: the environment is alive.
    unsafe { sys::napi_is_exception_pending(env, &raw mut pending) };
    if pending {
        let mut exception = ptr::null_mut();
        // SAFETY: an exception is pending.
        unsafe { sys::napi_get_and_clear_last_exception(env, &raw mut exception) };
        // SAFETY: the value was given just now.
        unsafe { sys::napi_fatal_exception(env, exception) };
    }
}

//! Backs `Bun.peek` (`lib/bun/peek.js`): looks into a promise without waiting.
//!
//! Node-API cannot read a promise. V8 can, and the Node binary exports its C++ methods under names
//! that the Itanium ABI fixes; they are looked up at run time, so a Node without them is told apart.

#![expect(unsafe_code, reason = "calls two methods of V8 through their exported symbols")]

#[cfg(unix)]
mod v8 {
    use std::ffi::CStr;
    use std::mem;
    use std::sync::OnceLock;

    use napi::sys;

    /// `v8::Promise::State()` and `v8::Promise::Result()`. A `napi_value` is a `v8::Local<v8::Value>`,
    /// that is the pointer which a method takes as `this` and which a returned `Local` consists of.
    #[derive(Clone, Copy)]
    pub(super) struct Promise {
        pub(super) state: unsafe extern "C" fn(sys::napi_value) -> i32,
        pub(super) result: unsafe extern "C" fn(sys::napi_value) -> sys::napi_value,
    }

    pub(super) fn promise() -> Option<Promise> {
        static METHODS: OnceLock<Option<Promise>> = OnceLock::new();
        *METHODS.get_or_init(|| {
            let state = symbol(c"_ZN2v87Promise5StateEv")?;
            let result = symbol(c"_ZN2v87Promise6ResultEv")?;
            Some(Promise {
                // SAFETY: the mangled name is that of `v8::Promise::PromiseState State()`, an enum of int size.
                state: unsafe {
                    mem::transmute::<*mut libc::c_void, unsafe extern "C" fn(sys::napi_value) -> i32>(state)
                },
                // SAFETY: the mangled name is that of `v8::Local<v8::Value> Result()`, a trivially copyable
                // class of one pointer, which both the System V and the AArch64 ABI return in a register.
                result: unsafe {
                    mem::transmute::<*mut libc::c_void, unsafe extern "C" fn(sys::napi_value) -> sys::napi_value>(
                        result,
                    )
                },
            })
        })
    }

    fn symbol(name: &CStr) -> Option<*mut libc::c_void> {
        // SAFETY: the name is NUL-terminated and outlives the call.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        (!found.is_null()).then_some(found)
    }
}

use napi::bindgen_prelude::{Env, Result, Unknown};
use napi::{JsValue, check_status, sys};
use napi_derive::napi;

/// Whether `promiseState` and `promiseResult` work in this Node.
#[napi(namespace = "bun")]
#[must_use]
pub fn promise_readable() -> bool {
    #[cfg(unix)]
    {
        v8::promise().is_some()
    }
    #[cfg(not(unix))]
    {
        false
    }
}

/// The state of a promise: 0 pending, 1 fulfilled, 2 rejected; -1 when the value is no promise.
///
/// # Errors
/// When the value cannot be examined.
#[napi(namespace = "bun", ts_args_type = "value: unknown")]
pub fn promise_state(env: Env, value: Unknown<'_>) -> Result<i32> {
    if !is_promise(&env, &value)? {
        return Ok(-1);
    }
    #[cfg(unix)]
    if let Some(promise) = v8::promise() {
        // SAFETY: the value is a promise (checked above) and alive: it is an argument of this call.
        return Ok(unsafe { (promise.state)(value.raw()) });
    }
    Ok(-1)
}

/// The value or reason of a settled promise; anything else comes back as it is.
///
/// # Errors
/// When the value cannot be examined.
#[napi(namespace = "bun", ts_args_type = "value: unknown", ts_return_type = "unknown")]
pub fn promise_result<'env>(env: Env, value: Unknown<'env>) -> Result<Unknown<'env>> {
    #[cfg(unix)]
    if promise_state(env, value)? > 0
        && let Some(promise) = v8::promise()
    {
        // SAFETY: the value is a settled promise: V8 aborts on a pending one only.
        let result = unsafe { (promise.result)(value.raw()) };
        // SAFETY: V8 made the handle in the scope of this call.
        return Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), result) });
    }
    Ok(value)
}

fn is_promise(env: &Env, value: &Unknown<'_>) -> Result<bool> {
    let mut found = false;
    // SAFETY: both handles belong to the current call.
    check_status!(unsafe { sys::napi_is_promise(env.raw(), value.raw(), &raw mut found) })?;
    Ok(found)
}

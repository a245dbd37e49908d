//! Functions with a Rust value behind their `data` pointer; JavaScript drops the value with the function.
#![expect(unsafe_code, reason = "calls Node-API directly")]

use std::ffi::c_void;
use std::ptr;

use napi::{check_status, sys};

use super::value::{Js, Raw};

/// The body of a hand-registered function: `None` means that an exception is pending.
pub(crate) type Body<T> = fn(&Call<'_, T>) -> Option<Js>;

/// A call under way.
pub(crate) struct Call<'a, T> {
    /// The environment of the call.
    pub(crate) env: Raw,
    /// What the function was made with.
    pub(crate) data: &'a T,
    info: sys::napi_callback_info,
}

impl<T> Call<'_, T> {
    /// The first arguments; `undefined` where the caller gave fewer. Asked for only when they are needed.
    pub(crate) fn arguments<const N: usize>(&self) -> [Js; N] {
        let mut arguments = [ptr::null_mut(); N];
        let mut count = N;
        // SAFETY: the call is under way; the places for results are valid; Node-API fills missing arguments.
        unsafe {
            sys::napi_get_cb_info(
                self.env.0,
                self.info,
                &raw mut count,
                arguments.as_mut_ptr(),
                ptr::null_mut(),
                ptr::null_mut(),
            );
        }
        arguments
    }
}

/// What a function carries: its value and its body.
struct Carried<T> {
    value: T,
    body: Body<T>,
}

/// Makes a function that carries a value.
///
/// # Errors
/// `napi::Error` when Node-API cannot make it.
pub(crate) fn function<T: 'static>(env: Raw, value: T, body: Body<T>) -> napi::Result<Js> {
    let data = Box::into_raw(Box::new(Carried { value, body })).cast::<c_void>();
    let mut function = ptr::null_mut();
    // SAFETY: the environment is that of the call under way; `enter` knows what `data` is.
    let made = unsafe { sys::napi_create_function(env.0, ptr::null(), 0, Some(enter::<T>), data, &raw mut function) };
    if let Err(error) = check_status!(made) {
        // SAFETY: nobody else got the pointer.
        drop(unsafe { Box::from_raw(data.cast::<Carried<T>>()) });
        return Err(error);
    }
    // SAFETY: the function was made just now; `leave` knows what `data` is and runs once.
    check_status!(unsafe {
        sys::napi_add_finalizer(env.0, function, data, Some(leave::<T>), ptr::null_mut(), ptr::null_mut())
    })?;
    Ok(function)
}

unsafe extern "C" fn enter<T>(env: sys::napi_env, info: sys::napi_callback_info) -> Js {
    let mut data = ptr::null_mut();
    // SAFETY: the call is under way; the place for the result is valid, and null asks for nothing.
    unsafe {
        sys::napi_get_cb_info(env, info, ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), &raw mut data);
    }
    // SAFETY: made in `function` for the same `T`; the function is alive, since it is being called.
    let carried = unsafe { &*data.cast::<Carried<T>>() };
    (carried.body)(&Call { env: Raw(env), data: &carried.value, info }).unwrap_or(ptr::null_mut())
}

unsafe extern "C" fn leave<T>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: made in `function` for the same `T`; Node-API runs a finalizer once.
    drop(unsafe { Box::from_raw(data.cast::<Carried<T>>()) });
}

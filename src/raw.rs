//! Hand-registered functions for hot paths: `napi_sys` callbacks with their state behind `data`.
//!
//! `#[napi]` costs 100-200 ns a call in argument conversion (docs/serve.md); these read their
//! arguments directly. An argument of the wrong type reads as zero, empty or null: the faces check.

use std::ffi::c_void;
use std::ptr;

use napi::{Result, check_status, sys};

/// The signature of a function that JavaScript calls.
pub(crate) type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

/// Puts a function on an object.
///
/// # Errors
/// `napi::Error` when Node-API refuses.
///
/// # Safety
/// `object` belongs to `env`; `data` outlives every call, or the function never looks at it.
pub(crate) unsafe fn define(
    env: sys::napi_env,
    object: sys::napi_value,
    name: &str,
    callback: Callback,
    data: *mut c_void,
) -> Result<()> {
    let mut function = ptr::null_mut();
    let length = name.len().cast_signed();
    // SAFETY: the name is valid for the call; the caller vouches for `env` and `data`.
    check_status!(unsafe {
        sys::napi_create_function(env, name.as_ptr().cast(), length, Some(callback), data, &raw mut function)
    })?;
    let mut key = ptr::null_mut();
    // SAFETY: as above.
    check_status!(unsafe { sys::napi_create_string_utf8(env, name.as_ptr().cast(), length, &raw mut key) })?;
    // SAFETY: all three values belong to `env`.
    check_status!(unsafe { sys::napi_set_property(env, object, key, function) })
}

/// The arguments of a call, at most `N`; missing ones are `undefined`.
pub(crate) struct Arguments<const N: usize> {
    env: sys::napi_env,
    values: [sys::napi_value; N],
    data: *mut c_void,
}

impl<const N: usize> Arguments<N> {
    /// Reads the arguments of the call that is under way.
    ///
    /// # Safety
    /// `env` and `info` are those that Node-API gave the callback, which has not returned.
    pub(crate) unsafe fn read(env: sys::napi_env, info: sys::napi_callback_info) -> Self {
        let mut values = [ptr::null_mut(); N];
        let mut count = N;
        let mut data = ptr::null_mut();
        // SAFETY: `values` has room for `count` handles; the caller vouches for the rest.
        unsafe {
            sys::napi_get_cb_info(env, info, &raw mut count, values.as_mut_ptr(), ptr::null_mut(), &raw mut data);
        }
        Self { env, values, data }
    }

    /// What the function was registered with.
    pub(crate) fn data(&self) -> *mut c_void {
        self.data
    }

    pub(crate) fn int(&self, index: usize) -> i32 {
        let mut value = 0;
        // SAFETY: the handle is an argument of the call under way.
        unsafe { sys::napi_get_value_int32(self.env, self.values[index], &raw mut value) };
        value
    }

    pub(crate) fn double(&self, index: usize) -> f64 {
        let mut value = 0.0;
        // SAFETY: the handle is an argument of the call under way.
        unsafe { sys::napi_get_value_double(self.env, self.values[index], &raw mut value) };
        value
    }

    pub(crate) fn boolean(&self, index: usize) -> bool {
        let mut value = false;
        // SAFETY: the handle is an argument of the call under way.
        unsafe { sys::napi_get_value_bool(self.env, self.values[index], &raw mut value) };
        value
    }

    /// The UTF-8 of a string; lone surrogates become U+FFFD, as in `TextEncoder`.
    pub(crate) fn utf8(&self, index: usize) -> Vec<u8> {
        let mut length = 0;
        // SAFETY: a null buffer asks for the length.
        unsafe {
            sys::napi_get_value_string_utf8(self.env, self.values[index], ptr::null_mut(), 0, &raw mut length);
        }
        let mut bytes = vec![0_u8; length + 1]; // Node-API appends a NUL
        let mut written = 0;
        // SAFETY: the buffer has `length + 1` bytes.
        unsafe {
            sys::napi_get_value_string_utf8(
                self.env,
                self.values[index],
                bytes.as_mut_ptr().cast(),
                bytes.len(),
                &raw mut written,
            );
        }
        bytes.truncate(written);
        bytes
    }

    /// Reads a string into a buffer: the length of its UTF-8, `Err` when it may not fit, `None` when it is no string.
    pub(crate) fn short_utf8(&self, index: usize, buffer: &mut [u8]) -> Option<std::result::Result<usize, ()>> {
        let mut written = 0;
        // SAFETY: the handle is an argument of the call under way; Node-API writes at most `len` bytes.
        let status = unsafe {
            sys::napi_get_value_string_utf8(
                self.env,
                self.values[index],
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &raw mut written,
            )
        };
        if status != sys::Status::napi_ok {
            return None;
        }
        // A character has up to four bytes, and Node-API leaves out one that would be cut.
        Some(if written + 4 < buffer.len() { Ok(written) } else { Err(()) })
    }

    /// The bytes of a `Uint8Array`.
    ///
    /// # Safety
    /// The slice must not be used after JavaScript could run again, nor beside another one of the same memory.
    #[expect(clippy::mut_from_ref, reason = "the memory is JavaScript's; the caller vouches that nobody else uses it")]
    pub(crate) unsafe fn bytes(&self, index: usize) -> &mut [u8] {
        let mut data = ptr::null_mut();
        let (mut kind, mut length) = (0, 0);
        // SAFETY: the handle is an argument of the call under way; what is not asked for may be null.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.env,
                self.values[index],
                &raw mut kind,
                &raw mut length,
                &raw mut data,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if status != sys::Status::napi_ok || kind != sys::TypedarrayType::uint8_array || length == 0 || data.is_null() {
            return &mut [];
        }
        // SAFETY: Node-API gave pointer and length of live memory; the caller keeps it alone and short.
        unsafe { std::slice::from_raw_parts_mut(data.cast(), length) }
    }
}

/// Makes a number. Null when Node-API refuses, which reads as `undefined`.
pub(crate) fn number(env: sys::napi_env, value: f64) -> sys::napi_value {
    let mut result = ptr::null_mut();
    // SAFETY: called in a callback of `env`.
    unsafe { sys::napi_create_double(env, value, &raw mut result) };
    result
}

/// Makes a bigint. Null when Node-API refuses, which reads as `undefined`.
pub(crate) fn bigint(env: sys::napi_env, value: u64) -> sys::napi_value {
    let mut result = ptr::null_mut();
    // SAFETY: called in a callback of `env`.
    unsafe { sys::napi_create_bigint_uint64(env, value, &raw mut result) };
    result
}

/// Makes a string of latin1 bytes. Null when Node-API refuses.
pub(crate) fn latin1(env: sys::napi_env, bytes: &[u8]) -> sys::napi_value {
    let mut result = ptr::null_mut();
    // SAFETY: called in a callback of `env`; the bytes are valid for the call.
    unsafe {
        sys::napi_create_string_latin1(env, bytes.as_ptr().cast(), bytes.len().cast_signed(), &raw mut result);
    }
    result
}

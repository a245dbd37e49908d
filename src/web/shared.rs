//! Memory of JavaScript's that the host keeps.

#![expect(unsafe_code, reason = "Node-API")]

use std::ptr;

use napi::bindgen_prelude::Unknown;
use napi::{Error, JsValue, Result, Status, check_status, sys};

use crate::listener::reference;

/// Memory that JavaScript allocated and shares with the engine for as long as the environment lives.
pub(super) struct Shared<T> {
    data: *mut T,
    pub(super) length: usize,
}

impl<T> Shared<T> {
    /// # Safety
    /// The memory is kept alive by a reference, is never detached, and no other slice of it is in use.
    #[expect(clippy::mut_from_ref, reason = "the memory is JavaScript's; the caller vouches that nobody else uses it")]
    pub(super) unsafe fn slice(&self) -> &mut [T] {
        // SAFETY: the caller vouches; pointer and length came from Node-API.
        unsafe { std::slice::from_raw_parts_mut(self.data, self.length) }
    }
}

/// Keeps a typed array alive for good and takes its memory.
pub(super) fn share<T>(env: sys::napi_env, array: &Unknown<'_>, expected: i32) -> Result<Shared<T>> {
    reference(env, array.raw())?;
    let mut data = ptr::null_mut();
    let (mut kind, mut length) = (0, 0);
    // SAFETY: the value belongs to the call under way; what is not asked for may be null.
    check_status!(unsafe {
        sys::napi_get_typedarray_info(
            env,
            array.raw(),
            &raw mut kind,
            &raw mut length,
            &raw mut data,
            ptr::null_mut(),
            ptr::null_mut(),
        )
    })?;
    if kind != expected || data.is_null() {
        return Err(Error::new(Status::InvalidArg, "a typed array of the wrong kind".to_owned()));
    }
    Ok(Shared { data: data.cast(), length })
}

//! Values that are kept across calls, strongly or weakly.
#![expect(unsafe_code, reason = "calls Node-API directly")]
#![cfg_attr(not(feature = "bun-sqlite"), allow(dead_code, reason = "what watches objects serves one area only"))]

use std::ffi::c_void;
use std::ptr;

use napi::{check_status, sys};

use super::value::{Js, Raw};

/// A value kept across calls; for the thread of its environment only.
#[derive(Debug)]
pub(crate) struct Kept {
    env: Raw,
    reference: sys::napi_ref,
}

impl Kept {
    /// Keeps an object or function.
    pub(crate) fn new(env: Raw, value: Js) -> napi::Result<Self> {
        let mut reference = ptr::null_mut();
        // SAFETY: the value belongs to the call under way.
        check_status!(unsafe { sys::napi_create_reference(env.0, value, 1, &raw mut reference) })?;
        Ok(Self { env, reference })
    }

    /// The value, in the call under way.
    pub(crate) fn get(&self) -> napi::Result<Js> {
        let mut value = ptr::null_mut();
        // SAFETY: the reference is deleted by `drop` only.
        check_status!(unsafe { sys::napi_get_reference_value(self.env.0, self.reference, &raw mut value) })?;
        Ok(value)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // SAFETY: made in `new`, deleted once; values that hold a `Kept` are dropped on the environment's thread.
        unsafe { sys::napi_delete_reference(self.env.0, self.reference) };
    }
}

/// Watches an object: a value's `Drop` runs after JavaScript has collected it, at the latest when the environment ends.
///
/// Node-API tells of a collected object when the event loop turns; `is_gone` knows it at once.
#[derive(Debug)]
pub(crate) struct Watch<T> {
    watched: *mut Watched<T>,
}

struct Watched<T> {
    env: Raw,
    reference: sys::napi_ref,
    _value: T,
}

impl<T: 'static> Watch<T> {
    /// Watches an object; `value` is dropped after it is gone.
    ///
    /// The watch must not be used after `value` was dropped.
    pub(crate) fn new(env: Raw, object: Js, value: T) -> napi::Result<Self> {
        let watched = Box::into_raw(Box::new(Watched { env, reference: ptr::null_mut(), _value: value }));
        let mut reference = ptr::null_mut();
        // SAFETY: the object belongs to the call under way; `gone` knows what `watched` is and runs once.
        let status = unsafe {
            sys::napi_add_finalizer(env.0, object, watched.cast(), Some(gone::<T>), ptr::null_mut(), &raw mut reference)
        };
        if let Err(error) = check_status!(status) {
            // SAFETY: nobody else got the pointer.
            drop(unsafe { Box::from_raw(watched) });
            return Err(error);
        }
        // SAFETY: the box is alive: finalizers run when the event loop turns.
        unsafe { (*watched).reference = reference };
        Ok(Self { watched })
    }

    /// Whether the object was collected.
    ///
    /// # Safety
    /// `value` must not have been dropped.
    pub(crate) unsafe fn is_gone(&self) -> bool {
        // SAFETY: the caller vouches for the value, which lives as long as the box.
        let (env, reference) = unsafe { ((*self.watched).env, (*self.watched).reference) };
        let mut value = ptr::null_mut();
        // SAFETY: the reference is deleted with the box only.
        let status = unsafe { sys::napi_get_reference_value(env.0, reference, &raw mut value) };
        status == sys::Status::napi_ok && value.is_null()
    }

    /// Drops `value` now and watches no more.
    ///
    /// # Safety
    /// As for `is_gone`.
    pub(crate) unsafe fn end(self) {
        // SAFETY: the caller vouches that the finalizer has not run; deleting the reference keeps it from running.
        let watched = unsafe { Box::from_raw(self.watched) };
        // SAFETY: deleted once, on the environment's thread.
        unsafe { sys::napi_delete_reference(watched.env.0, watched.reference) };
    }
}

/// Knows of an object whether it was collected; nothing is called when it is.
#[derive(Debug)]
pub(crate) struct Weak {
    env: Raw,
    reference: sys::napi_ref,
}

impl Weak {
    /// Looks at an object.
    pub(crate) fn new(env: Raw, object: Js) -> napi::Result<Self> {
        let mut reference = ptr::null_mut();
        // SAFETY: the object belongs to the call under way. With a count of 0 it is not kept alive.
        check_status!(unsafe { sys::napi_create_reference(env.0, object, 0, &raw mut reference) })?;
        Ok(Self { env, reference })
    }

    /// Whether the object was collected.
    pub(crate) fn is_gone(&self) -> bool {
        let mut value = ptr::null_mut();
        // SAFETY: the reference is deleted by `drop` only.
        let status = unsafe { sys::napi_get_reference_value(self.env.0, self.reference, &raw mut value) };
        status == sys::Status::napi_ok && value.is_null()
    }
}

impl Drop for Weak {
    fn drop(&mut self) {
        // SAFETY: made in `new`, deleted once; it is dropped on the environment's thread.
        unsafe { sys::napi_delete_reference(self.env.0, self.reference) };
    }
}

unsafe extern "C" fn gone<T>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: made in `Watch::new` for the same `T`; Node-API runs a finalizer once, and none whose reference is deleted.
    let watched = unsafe { Box::from_raw(data.cast::<Watched<T>>()) };
    // SAFETY: as in `Watch::end`.
    unsafe { sys::napi_delete_reference(watched.env.0, watched.reference) };
}

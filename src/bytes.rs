//! Bytes that native code made, on their way to JavaScript.
#![cfg_attr(not(feature = "node-core"), expect(dead_code, reason = "its users are not built"))]

use std::ffi::c_void;
use std::ptr;

use napi::{Result, check_status, sys};

/// Below this a copy into V8's own heap is cheaper than memory that V8 has to give back.
const EXTERNAL: usize = 32 * 1024;

/// Makes an `ArrayBuffer` of V8's own with a copy of `bytes`.
pub(crate) fn copy(env: sys::napi_env, bytes: &[u8]) -> Result<sys::napi_value> {
    let (mut data, mut value) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the environment is alive: we are in one of its calls.
    check_status!(unsafe { sys::napi_create_arraybuffer(env, bytes.len(), &raw mut data, &raw mut value) })?;
    if !bytes.is_empty() {
        // SAFETY: Node-API gave `bytes.len()` fresh bytes at `data`, which nothing else sees yet.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data.cast(), bytes.len()) };
    }
    Ok(value)
}

/// Makes an `ArrayBuffer` over `bytes`, or with a copy of them where that is cheaper or the host wants it.
pub(crate) fn give(env: sys::napi_env, bytes: Vec<u8>) -> Result<sys::napi_value> {
    if bytes.len() < EXTERNAL || bytes.len() < bytes.capacity() / 2 || !crate::host::may_lend() {
        return copy(env, &bytes);
    }
    let mut owner = Box::new(bytes);
    let (data, length) = (owner.as_mut_ptr(), owner.len());
    let owner = Box::into_raw(owner);
    let mut value = ptr::null_mut();
    // SAFETY: `data` points into the vector that `owner` keeps until `release` gets it back.
    let status = unsafe {
        sys::napi_create_external_arraybuffer(env, data.cast(), length, Some(release), owner.cast(), &raw mut value)
    };
    if status == sys::Status::napi_ok {
        return Ok(value);
    }
    // SAFETY: Node-API refused the memory (hosts with a memory cage do), so `owner` is still ours alone.
    let bytes = unsafe { Box::from_raw(owner) };
    copy(env, &bytes)
}

/// Takes a vector back when JavaScript has dropped it.
unsafe extern "C" fn release(_env: sys::napi_env, _data: *mut c_void, owner: *mut c_void) {
    // SAFETY: `owner` is the `Box<Vec<u8>>` that was handed over with the memory; this runs once.
    drop(unsafe { Box::from_raw(owner.cast::<Vec<u8>>()) });
}

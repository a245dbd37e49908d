//! Backs `Bun.mmap`.

use std::ffi::c_void;
use std::path::Path;
use std::ptr;

use dx_bun::mmap::{Mapping, Options};
use napi::bindgen_prelude::{Env, Result};
use napi::{check_status, sys};
use napi_derive::napi;

use super::file::Made;
use crate::raw::Raw;
use crate::{call, host};

/// Maps a part of a file.
///
/// # Errors
/// The system's.
#[napi(namespace = "file", ts_return_type = "ArrayBuffer")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the face passes whole numbers from 0 to 2^53"
)]
pub fn mmap(env: Env, path: String, offset: f64, size: Option<f64>, shared: bool, sync: bool) -> Result<Made> {
    let options = Options { offset: offset as usize, size: size.map(|size| size as usize), shared, sync };
    let mapping = call::sync(&env, || Mapping::open(Path::new(&path), options))?;
    let (data, length) = (mapping.address(), mapping.length());
    let owner = Box::into_raw(Box::new(mapping));
    let mut value = ptr::null_mut();
    // SAFETY: `data` points into the mapping that `owner` keeps until `release` gets it back.
    let status = unsafe {
        sys::napi_create_external_arraybuffer(
            env.raw(),
            data.cast(),
            length,
            Some(release),
            owner.cast(),
            &raw mut value,
        )
    };
    if status != sys::Status::napi_ok {
        // SAFETY: Node-API refused the memory, so `owner` is still ours alone.
        drop(unsafe { Box::from_raw(owner) });
    }
    check_status!(status)?;
    Ok(Made(value))
}

/// Takes a mapping back when JavaScript has dropped it.
unsafe extern "C" fn release(env: sys::napi_env, _data: *mut c_void, owner: *mut c_void) {
    // SAFETY: `owner` is the `Box<Mapping>` that was handed over with the memory; this runs once.
    let mapping = unsafe { Box::from_raw(owner.cast::<Mapping>()) };
    // A worker that ends has this called for what another thread may have by now (`host::may_lend`).
    if !host::may_lend() && Raw(env).is_ending() {
        Box::leak(mapping);
    }
}

//! Texts that the engine has, on their way to JavaScript.

use bytes::Bytes;
use napi::sys;

/// Makes a string of ISO 8859-1 bytes; a long one keeps them. Null when Node-API refuses.
#[cfg(feature = "bun-core")]
pub(super) fn one_byte(env: sys::napi_env, text: Bytes) -> sys::napi_value {
    crate::bun::content::keep_one_byte(env, text).unwrap_or(std::ptr::null_mut())
}

/// Makes a string of ISO 8859-1 bytes. Null when Node-API refuses.
#[cfg(not(feature = "bun-core"))]
pub(super) fn one_byte(env: sys::napi_env, text: Bytes) -> sys::napi_value {
    crate::raw::latin1(env, &text)
}

//! Texts that the engine has, on their way to JavaScript.

use napi::sys;

/// Makes a string of ISO 8859-1 bytes; a long one keeps them. Null when Node-API refuses.
pub(super) fn one_byte(env: sys::napi_env, text: Vec<u8>) -> sys::napi_value {
    #[cfg(feature = "bun-core")]
    return crate::bun::content::keep_one_byte(env, text).unwrap_or(std::ptr::null_mut());
    #[cfg(not(feature = "bun-core"))]
    crate::raw::latin1(env, &text)
}

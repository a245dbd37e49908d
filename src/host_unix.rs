//! What the host program exports, on Unix.

use std::ffi::{CStr, c_void};

/// The address of a function that the host exports.
pub(crate) fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: `name` ends in NUL and outlives the call; the default scope is that of the host program.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!address.is_null()).then_some(address)
}

//! What the host program exports, on Windows.

use std::ffi::{CStr, c_void};

/// Nothing is looked up here: methods of C++ return small classes through memory, unlike on Unix, and the rest has
/// another way.
pub(crate) fn symbol(_name: &CStr) -> Option<*mut c_void> {
    None
}

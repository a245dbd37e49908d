//! What the host program exports, on Windows.

#[cfg(feature = "bun-core")]
use std::ffi::{CStr, c_void};

/// Nothing is looked up here: methods of C++ return small classes through memory, unlike on Unix, and the rest has
/// another way.
#[cfg(feature = "bun-core")]
pub(crate) fn symbol(_name: &CStr) -> Option<*mut c_void> {
    None
}

/// Whether memory of ours can be lent to `ArrayBuffer`s of this thread. A worker can move one to another thread, and when it
/// ends, Node-API has it given back all the same; on the main thread nothing goes on after that.
/// Here it is not known which thread is the main one.
pub(crate) fn may_lend() -> bool {
    false
}

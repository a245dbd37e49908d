//! What the host program exports, on Unix.

#[cfg(feature = "bun-core")]
use std::ffi::{CStr, c_void};

/// The address of a function that the host exports.
#[cfg(feature = "bun-core")]
pub(crate) fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: `name` ends in NUL and outlives the call; the default scope is that of the host program.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!address.is_null()).then_some(address)
}

/// Whether memory of ours can be lent to `ArrayBuffer`s of this thread. A worker can move one to another thread, and when it
/// ends, Node-API has it given back all the same; on the main thread nothing goes on after that.
pub(crate) fn may_lend() -> bool {
    thread_local! {
        static IS_MAIN: bool = is_main_thread();
    }
    IS_MAIN.with(|&is_main| is_main)
}

#[cfg(target_os = "linux")]
fn is_main_thread() -> bool {
    // SAFETY: it takes nothing and always succeeds.
    u32::try_from(unsafe { libc::gettid() }) == Ok(std::process::id())
}

#[cfg(target_os = "macos")]
fn is_main_thread() -> bool {
    // SAFETY: as above.
    unsafe { libc::pthread_main_np() != 0 }
}

/// Elsewhere it is not known, so memory is copied.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn is_main_thread() -> bool {
    false
}

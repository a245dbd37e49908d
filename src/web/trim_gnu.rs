//! The memory that glibc keeps after it was freed.

#![expect(unsafe_code, reason = "glibc is C")]

/// Gives whole free pages back to the system.
pub(super) fn trim() {
    // SAFETY: it may be called at any time, from any thread.
    unsafe { libc::malloc_trim(0) };
}

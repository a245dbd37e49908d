//! The memory that glibc keeps after it was freed.

#![expect(unsafe_code, reason = "glibc is C")]

#[cfg(any(feature = "bun-sqlite", all(unix, feature = "web-core", feature = "bun-core")))]
use std::{hint::black_box, sync::Once};

/// Gives whole free pages back to the system.
#[cfg(feature = "web-core")]
pub(crate) fn trim() {
    // SAFETY: it may be called at any time, from any thread.
    unsafe { libc::malloc_trim(0) };
}

/// Lets glibc keep up to 64 MB that is freed, so that what a collection frees is not given back to the system and
/// faulted in anew, page by page.
///
/// By default it gives back what is above 128 KB, until the program frees a larger block: then it takes such blocks for
/// usual, and keeps twice as much. So it is shown one, which it never touches. Who has set `MALLOC_TRIM_THRESHOLD_`
/// or `MALLOC_MMAP_THRESHOLD_` keeps what was set.
#[cfg(any(feature = "bun-sqlite", all(unix, feature = "web-core", feature = "bun-core")))]
pub(crate) fn keep_freed() {
    /// Just below the largest block from which glibc learns.
    const LARGEST: usize = (32 << 20) - (64 << 10);
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: any size may be asked for.
        let block = unsafe { libc::malloc(LARGEST) };
        // SAFETY: allocated just now, or null, which `free` takes as well.
        unsafe { libc::free(black_box(block)) };
    });
}

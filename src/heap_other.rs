//! Other allocators give free pages back by themselves, and decide themselves what they keep.

/// Does nothing.
#[cfg(all(unix, feature = "web-core"))]
pub(crate) fn trim() {}

/// Does nothing.
#[cfg(any(feature = "bun-sqlite", all(unix, feature = "web-core", feature = "bun-core")))]
pub(crate) fn keep_freed() {}

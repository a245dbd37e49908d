//! What tells a directory from all others, on Unix.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// Its device and its number there.
pub(super) fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

//! What files need of Unix systems that are not Linux.

use std::fs::File;
use std::io;
use std::path::Path;

/// There is no way to read only what is in memory.
pub(in crate::file) fn read_cached_at(_file: &File, _bytes: &mut [u8], _offset: u64) -> Option<io::Result<usize>> {
    None
}

/// Files are copied whole by the kernel here, not in parts.
pub(in crate::file) fn copy_in_kernel(
    _from: &File,
    _from_at: &mut u64,
    _to: &File,
    _to_at: &mut u64,
    _length: u64,
) -> Option<io::Result<u64>> {
    None
}

/// `fclonefileat`, which shares the blocks, or `fcopyfile`; `None` when neither worked.
pub(in crate::file) fn copy_whole(from: &Path, to: &Path) -> Option<u64> {
    std::fs::copy(from, to).ok()
}

/// Everything counts as data.
pub(in crate::file) fn next_data(_file: &File, at: u64, end: u64) -> Option<(u64, u64)> {
    Some((at, end))
}

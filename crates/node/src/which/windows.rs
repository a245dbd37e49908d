//! What looking for a program needs of Windows, and of what is not Unix.

use std::path::Path;

/// Whether a path is a file.
pub(super) fn is_executable(path: &Path) -> bool {
    path.is_file()
}

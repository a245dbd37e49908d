//! What looking for a program needs of Unix.

use std::path::Path;

use rustix::fs::{Access, access};

/// Whether a path is a file that this process may run.
pub(super) fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file()) && access(path, Access::EXEC_OK).is_ok()
}

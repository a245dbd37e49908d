//! Reading directories through the standard library.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Kind;

/// A directory that others below it are opened from.
pub(in crate::glob) struct Root(PathBuf);

impl Root {
    /// Opens the directory.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::read_dir(path).map(|_| Self(path.to_path_buf()))
    }

    /// The same directory for another thread.
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it is opened anew")]
    pub(in crate::glob) fn again(&self) -> io::Result<Self> {
        Ok(Self(self.0.clone()))
    }

    /// Shows every entry of a directory at or below the root, or at an absolute path; names that are no Unicode are left out.
    pub(super) fn read(&mut self, path: &str, see: &mut dyn FnMut(&str, Kind)) -> io::Result<()> {
        for entry in fs::read_dir(self.0.join(path))? {
            let entry = entry?;
            let (raw, Ok(kind)) = (entry.file_name(), entry.file_type()) else { continue };
            let Some(name) = raw.to_str() else { continue };
            let kind = match kind {
                kind if kind.is_file() => Kind::File,
                kind if kind.is_dir() => Kind::Directory,
                kind if kind.is_symlink() => Kind::Link,
                _ => Kind::Other,
            };
            see(name, kind);
        }
        Ok(())
    }
}

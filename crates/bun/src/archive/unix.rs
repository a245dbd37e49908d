//! What unpacking needs of Unix.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{OpenOptionsExt, symlink};
use std::path::Path;

/// A new file gets the rights of the archive's, without those that would change who runs it.
pub(super) fn set_mode(options: &mut OpenOptions, mode: u32) {
    options.mode(mode & 0o777);
}

/// Makes a link; `true`.
pub(super) fn link(target: &str, path: &Path) -> io::Result<bool> {
    symlink(target, path).map(|()| true)
}

/// The error of a file where a directory was wanted.
pub(super) fn not_a_directory() -> io::Error {
    io::Error::from_raw_os_error(libc::ENOTDIR)
}

#[cfg(test)]
mod tests {
    use super::super::{Filter, extract};
    use super::*;
    use crate::archive::pack;

    #[test]
    fn nothing_is_written_through_a_link() {
        let root = std::env::temp_dir().join(format!("dx-extract-{}", std::process::id()));
        let outside = root.join("outside");
        std::fs::create_dir_all(&outside).unwrap();
        std::fs::create_dir_all(root.join("in")).unwrap();
        symlink(&outside, root.join("in/link")).unwrap();
        let archive = pack([("link/file", &b"x"[..])].into_iter());
        assert!(extract(&archive, &root.join("in"), &Filter::default()).is_err());
        assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
        let archive = pack([("link", &b"x"[..])].into_iter());
        assert_eq!(extract(&archive, &root.join("in"), &Filter::default()).unwrap(), 1);
        assert!(root.join("in/link").symlink_metadata().unwrap().is_file());
        std::fs::remove_dir_all(&root).unwrap();
    }
}

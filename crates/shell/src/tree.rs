//! Whole trees, for who has no use for a utility's messages: the first failure ends the work.

use std::{
    collections::VecDeque,
    ffi::OsStr,
    io,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use dx_fault::Fault;
use thiserror::Error;

use crate::file::{self, CopyOptions, Kind, Observer};

/// Why a tree was left before its end.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused something.
    #[error("{}: {error}", path.display())]
    System {
        /// What it said.
        error: io::Error,
        /// Which entry it was about.
        path: PathBuf,
        /// What was done to the tree, as Node names it.
        syscall: &'static str,
    },
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let Error::System { error, path, syscall } = error;
        Self::file(&error, syscall, Some(&path))
    }
}

/// What came in the way first.
#[derive(Default)]
struct First(Mutex<Option<(PathBuf, io::Error)>>);

impl First {
    fn lock(&self) -> MutexGuard<'_, Option<(PathBuf, io::Error)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn into_result(self, syscall: &'static str) -> Result<(), Error> {
        let first = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        first.map_or(Ok(()), |(path, error)| Err(Error::System { error, path, syscall }))
    }
}

impl Observer for First {
    fn done(&self, _: &dyn Fn() -> PathBuf, _: Option<&dyn Fn() -> PathBuf>) {}

    fn failed(&self, path: PathBuf, error: io::Error) {
        self.lock().get_or_insert((path, error));
    }

    fn is_cancelled(&self) -> bool {
        self.lock().is_some()
    }
}

/// Removes a directory and all in it. A path that leads to something else, a link to a directory among them, is left.
///
/// # Errors
/// `System`: the first thing that stayed.
pub fn remove(path: &Path) -> Result<(), Error> {
    let first = First::default();
    file::remove_tree(path, path, &first);
    first.into_result("rm")
}

/// Copies a directory and all in it to a path where nothing is: files and directories with their modes, whatever the
/// process's mask, links as such. Relative links point to the same places from the root, or are kept as they are
/// (`verbatim`); `source` is absolute for that.
///
/// # Errors
/// `System`: the first thing that was not copied, which may be a device, a pipe or a socket.
pub fn copy(source: &Path, target: &Path, verbatim: bool) -> Result<(), Error> {
    let first = First::default();
    let options = CopyOptions { exact: true, absolute: !verbatim, ..CopyOptions::default() };
    file::copy_tree((source, target), (source, target), options, &first);
    first.into_result("cp")
}

/// The paths of all below a directory, each with a NUL behind it: a directory's own entries by their bytes, then those
/// of the directories among them, level by level. `None` when there are links, or entries of which the file system does
/// not tell what they are.
///
/// # Errors
/// `System` with `scandir`.
pub fn list(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let mut paths = Vec::new();
    let mut waiting = VecDeque::from([Vec::new()]);
    while let Some(above) = waiting.pop_front() {
        let directory = path.join(OsStr::from_bytes(&above));
        let mut listing =
            file::list(&directory).map_err(|error| Error::System { error, path: directory, syscall: "scandir" })?;
        listing.sort();
        for (name, kind) in listing.iter() {
            let start = paths.len();
            paths.extend_from_slice(&above);
            paths.extend_from_slice(name);
            match kind {
                Kind::Link | Kind::Unknown => return Ok(None),
                Kind::Directory => waiting.push_back([&paths[start..], b"/"].concat()),
                Kind::File | Kind::Other => {}
            }
            paths.push(0);
        }
    }
    Ok(Some(paths))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs,
        os::unix::fs::{PermissionsExt as _, symlink},
    };

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("dx-tree-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("a/b")).unwrap();
        fs::write(path.join("a/b/file"), "content").unwrap();
        fs::write(path.join("c"), "").unwrap();
        path
    }

    #[test]
    fn a_tree_is_listed_level_by_level() {
        let tree = folder("list");
        assert_eq!(list(&tree).unwrap().unwrap(), b"a\0c\0a/b\0a/b/file\0");
        symlink("c", tree.join("d")).unwrap();
        assert!(list(&tree).unwrap().is_none());
        assert!(list(&tree.join("none")).is_err());
        remove(&tree).unwrap();
        assert!(!tree.exists());
    }

    #[test]
    fn a_copy_has_modes_and_links() {
        let tree = folder("copy");
        fs::set_permissions(tree.join("c"), fs::Permissions::from_mode(0o662)).unwrap();
        fs::set_permissions(tree.join("a"), fs::Permissions::from_mode(0o777)).unwrap();
        symlink("../c", tree.join("a/up")).unwrap();
        symlink("/dev/null", tree.join("a/null")).unwrap();
        for verbatim in [false, true] {
            let target = tree.with_extension(verbatim.to_string());
            copy(&tree, &target, verbatim).unwrap();
            let mode = |name| target.join(name).metadata().unwrap().permissions().mode() & 0o7777;
            assert_eq!((mode("c"), mode("a")), (0o662, 0o777));
            assert_eq!(fs::read(target.join("a/b/file")).unwrap(), b"content");
            let expected = if verbatim { PathBuf::from("../c") } else { tree.join("c") };
            assert_eq!(target.join("a/up").read_link().unwrap(), expected);
            assert_eq!(target.join("a/null").read_link().unwrap(), Path::new("/dev/null"));
            remove(&target).unwrap();
        }
        remove(&tree).unwrap();
    }

    #[test]
    fn what_is_no_directory_is_left() {
        let tree = folder("left");
        symlink("a", tree.join("link")).unwrap();
        assert!(remove(&tree.join("c")).is_err());
        assert!(remove(&tree.join("link")).is_err());
        assert!(tree.join("a/b/file").exists());
        let socket = std::os::unix::net::UnixListener::bind(tree.join("socket")).unwrap();
        assert!(copy(&tree, &tree.with_extension("copy"), true).is_err());
        drop(socket);
        remove(&tree.with_extension("copy")).unwrap();
        remove(&tree).unwrap();
    }
}

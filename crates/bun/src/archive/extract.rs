//! Unpacking an archive below a directory, and nowhere else.
//!
//! A path loses its root and its `..`; nothing is written through a link, whoever made it, and a
//! link is made only when what it names lies below the directory.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::read::{each, open};
use super::{Error, Filter};

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "windows.rs")]
mod platform;

/// Unpacks what is wanted; gives the number of files, directories and links that were made.
///
/// # Errors
/// `Format`, `Gzip`, `Truncated`; `System` with `mkdir`, `open`, `write` or `symlink`
pub fn extract(archive: &[u8], directory: &Path, filter: &Filter) -> Result<u64, Error> {
    let archive = open(archive)?;
    fs::create_dir_all(directory).map_err(|error| system(error, "mkdir", directory))?;
    let root = directory.canonicalize().map_err(|error| system(error, "open", directory))?;
    let mut count = 0;
    each(&archive, |entry, name| {
        if !filter.wants(name.trim_end_matches('/')) {
            return Ok(());
        }
        let path = inside(name);
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        let kind = entry.header().entry_type();
        let mode = entry.header().mode().unwrap_or(0o644);
        let done = if kind.is_dir() || (kind.is_file() && name.ends_with('/')) {
            make_directories(&root, &path)?;
            true
        } else if kind.is_file() || kind.is_gnu_sparse() {
            let size = entry.size();
            write_file(&root, &path, entry, size, mode)?;
            true
        } else if kind.is_symlink() {
            let target = entry.link_name_bytes().map(|name| String::from_utf8_lossy(&name).into_owned());
            make_link(&root, &path, &target.unwrap_or_default())?
        } else {
            false // devices, pipes, hard links
        };
        count += u64::from(done);
        Ok(())
    })?;
    Ok(count)
}

fn system(error: io::Error, syscall: &'static str, path: &Path) -> Error {
    Error::System { error, syscall, path: path.to_path_buf() }
}

/// The path below the directory: without root, `.` and `..`.
fn inside(name: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for component in Path::new(name).components() {
        match component {
            Component::Normal(part) => path.push(part),
            Component::ParentDir => {
                path.pop();
            }
            _ => {}
        }
    }
    path
}

/// Makes the directories of a path, none of which may be a link.
fn make_directories(root: &Path, path: &Path) -> Result<(), Error> {
    let mut at = root.to_path_buf();
    for part in path.components() {
        at.push(part);
        match fs::create_dir(&at) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let found = fs::symlink_metadata(&at).map_err(|error| system(error, "lstat", &at))?;
                if !found.is_dir() {
                    return Err(system(platform::not_a_directory(), "mkdir", &at));
                }
            }
            Err(error) => return Err(system(error, "mkdir", &at)),
        }
    }
    Ok(())
}

/// Makes room for a file or link: what is there goes, unless it is a directory.
fn make_room(root: &Path, path: &Path) -> Result<PathBuf, Error> {
    make_directories(root, path.parent().unwrap_or(Path::new("")))?;
    let full = root.join(path);
    match fs::remove_file(&full) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(system(error, "unlink", &full)),
        _ => Ok(full),
    }
}

fn write_file(root: &Path, path: &Path, from: &mut impl io::Read, size: u64, mode: u32) -> Result<(), Error> {
    let full = make_room(root, path)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    platform::set_mode(&mut options, mode);
    let mut file = options.open(&full).map_err(|error| system(error, "open", &full))?;
    let written = io::copy(from, &mut file).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::Other => Error::Truncated,
        _ => system(error, "write", &full),
    })?;
    if written == size { Ok(()) } else { Err(Error::Truncated) }
}

/// Makes a link, if it is a safe one.
fn make_link(root: &Path, path: &Path, target: &str) -> Result<bool, Error> {
    if !stays_inside(path, target) {
        return Ok(false);
    }
    let full = make_room(root, path)?;
    platform::link(target, &full).map_err(|error| system(error, "symlink", &full))
}

/// Whether a link at `path` names something below the directory, step by step.
fn stays_inside(path: &Path, target: &str) -> bool {
    let mut depth = path.components().count().saturating_sub(1);
    if target.is_empty() {
        return false;
    }
    for component in Path::new(target).components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for (name, path) in [("a/b", "a/b"), ("/abs", "abs"), ("../../x", "x"), ("a/../../b/./c", "b/c"), ("..", "")] {
            assert_eq!(inside(name), Path::new(path), "{name}");
        }
        assert!(stays_inside(Path::new("a/l"), "../b"));
        assert!(!stays_inside(Path::new("l"), "../b"));
        assert!(!stays_inside(Path::new("l"), "/etc/passwd"));
        assert!(!stays_inside(Path::new("a/l"), "../../b"));
    }
}

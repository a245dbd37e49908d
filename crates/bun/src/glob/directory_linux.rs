//! Reading directories with `getdents64`: one buffer for all of them, no call for a single entry.

use std::ffi::CStr;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, OFlags, RawDir, openat};

use super::Kind;

const FLAGS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const BUFFER: usize = 64 * 1024;

/// A directory that others below it are opened from.
pub(in crate::glob) struct Root {
    root: OwnedFd,
    buffer: Vec<u8>,
}

impl Root {
    /// Opens the directory.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { root: openat(CWD, path, FLAGS, Mode::empty())?, buffer: Vec::with_capacity(BUFFER) })
    }

    /// The same directory for another thread.
    pub(in crate::glob) fn again(&self) -> io::Result<Self> {
        Ok(Self { root: openat(&self.root, ".", FLAGS, Mode::empty())?, buffer: Vec::with_capacity(BUFFER) })
    }

    /// Shows every entry of a directory at or below the root, or at an absolute path; names that are no UTF-8 are left out.
    pub(super) fn read(&mut self, path: &str, see: &mut dyn FnMut(&str, Kind)) -> io::Result<()> {
        let directory = openat(&self.root, if path.is_empty() { "." } else { path }, FLAGS, Mode::empty())?;
        let mut entries = RawDir::new(&directory, self.buffer.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let Some(name) = name_of(entry.file_name()) else { continue };
            let kind = match entry.file_type() {
                FileType::RegularFile => Kind::File,
                FileType::Directory => Kind::Directory,
                FileType::Symlink => Kind::Link,
                FileType::Unknown => kind_of(&directory, entry.file_name()),
                _ => Kind::Other,
            };
            see(name, kind);
        }
        Ok(())
    }
}

fn name_of(name: &CStr) -> Option<&str> {
    name.to_str().ok().filter(|&name| name != "." && name != "..")
}

/// For file systems that do not say it with the name.
fn kind_of(directory: &OwnedFd, name: &CStr) -> Kind {
    let stat = rustix::fs::statat(directory, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW);
    match stat.map(|stat| FileType::from_raw_mode(stat.st_mode)) {
        Ok(FileType::RegularFile) => Kind::File,
        Ok(FileType::Directory) => Kind::Directory,
        Ok(FileType::Symlink) => Kind::Link,
        _ => Kind::Other,
    }
}

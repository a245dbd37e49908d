//! Files and trees of files, as the utilities work on them.

use std::{io, path::PathBuf};

#[cfg(unix)]
mod fifo;
#[cfg(target_os = "linux")]
mod linux;
mod listing;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_tree;
#[cfg(windows)]
mod windows;

pub(crate) use listing::Listing;

#[cfg(unix)]
pub(crate) use fifo::{is_fifo, open_fifo};
#[cfg(unix)]
pub(crate) use unix::{Timestamp, can, device_numbers, list, make_fifo, set_mode, set_times, symlink};
#[cfg(unix)]
pub(crate) use unix_tree::{copy_file, copy_tree, remove_tree};
#[cfg(windows)]
pub(crate) use windows::{
    Timestamp, can, copy_file, copy_tree, device_numbers, is_fifo, list, make_fifo, open_fifo, remove_tree, set_mode,
    set_times, symlink,
};

/// What `stat` tells, beyond what the standard library has on every platform. Windows has no owners and no inodes: these
/// are 0, and paths are compared instead.
pub(crate) trait Facts {
    /// Type and permission bits.
    fn bits(&self) -> u32;
    /// Number of hard links.
    fn links(&self) -> u64;
    /// Owner.
    fn owner(&self) -> u32;
    /// Group.
    fn group(&self) -> u32;
    /// Device and inode: the same for two paths of one file.
    fn identity(&self) -> (u64, u64);
    /// Blocks of 512 bytes.
    fn blocks_of_512(&self) -> u64;
    /// Time of the last change of the inode, in seconds and nanoseconds.
    fn changed(&self) -> (i64, i64);
    /// The type as `ls -l` shows it.
    fn letter(&self) -> char;
}

/// What a directory entry is, as far as the directory itself tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
    /// A device, a socket or a pipe.
    Other,
    /// The file system does not tell.
    Unknown,
}

/// What a user may do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read it.
    Read,
    /// Write to it.
    Write,
    /// Run it, or search it.
    Execute,
}

/// What happens as a tree is worked on; several threads may tell at once.
pub(crate) trait Observer: Sync {
    /// Something was removed (its path as it is to be shown), or copied (with its copy's path).
    fn done(&self, path: &dyn Fn() -> PathBuf, copy: Option<&dyn Fn() -> PathBuf>);
    /// Something failed; the work goes on with the rest.
    fn failed(&self, path: PathBuf, error: io::Error);
    /// Whether to end early.
    fn is_cancelled(&self) -> bool;
}

/// How a tree is copied.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CopyOptions {
    /// Keep mode, owner and times.
    pub(crate) preserve: bool,
    /// Copy what symbolic links inside the tree point to.
    pub(crate) follow: bool,
    /// Leave files that exist.
    pub(crate) keep_existing: bool,
    /// Replace only files that are older.
    pub(crate) update: bool,
    /// Remove a file that cannot be opened for writing, and try again.
    pub(crate) force: bool,
    /// Make hard links instead of copies of files.
    pub(crate) link: bool,
    /// Make symbolic links instead of copies of files.
    pub(crate) symbolic: bool,
    /// Give every copy the mode of its source, whatever the process's mask, and refuse devices, pipes and sockets.
    #[cfg_attr(windows, expect(dead_code, reason = "nobody asks for it there"))]
    pub(crate) exact: bool,
    /// Let relative links point from the root to what they point to in the source.
    #[cfg_attr(windows, expect(dead_code, reason = "nobody asks for it there"))]
    pub(crate) absolute: bool,
    /// Do not leave the file system.
    #[cfg_attr(windows, expect(dead_code, reason = "what its paths have in common is their drive"))]
    pub(crate) one_file_system: bool,
}

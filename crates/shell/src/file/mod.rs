//! Files and trees of files, as the utilities work on them.

use std::{io, path::PathBuf};

#[cfg(unix)]
mod fifo;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod pool;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_tree;
#[cfg(windows)]
mod windows;

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

/// The names in a directory, in its own order, without `.` and `..`.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    names: Vec<u8>,
    entries: Vec<(u32, u32, Option<Kind>)>,
}

impl Listing {
    /// Adds an entry.
    pub(crate) fn push(&mut self, name: &[u8], kind: Kind) {
        // A directory with 4 GiB of names does not fit in memory otherwise either.
        let (Ok(start), Ok(length)) = (u32::try_from(self.names.len()), u32::try_from(name.len())) else { return };
        self.names.extend_from_slice(name);
        self.entries.push((start, length, Some(kind)));
    }

    /// Sorts by name, byte by byte.
    pub(crate) fn sort(&mut self) {
        let Self { names, entries } = self;
        let Some(&(start, length, _)) = entries.first() else { return };
        // Names in a directory often start alike: what comes after that, as a number, decides without a look at them.
        let first = slice(names, start, length);
        let shared = entries.iter().fold(first.len(), |shared, &(start, length, _)| {
            let name = slice(names, start, length);
            first[..shared].iter().zip(name).take_while(|(a, b)| a == b).count()
        });
        let key = |start, length| {
            let rest = &slice(names, start, length)[shared..];
            let mut bytes = [0; 8];
            let count = rest.len().min(8);
            bytes[..count].copy_from_slice(&rest[..count]);
            u64::from_be_bytes(bytes)
        };
        // Key and place in one number, which sorts without a branch.
        let mut keyed: Vec<_> = (0_u32..)
            .zip(&*entries)
            .map(|(at, entry)| (u128::from(key(entry.0, entry.1)) << 32) | u128::from(at))
            .collect();
        keyed.sort_unstable();
        let mut sorted: Vec<_> = keyed.iter().filter_map(|&keyed| entries.get(place(keyed)).copied()).collect();
        // Names with one key are told apart by the rest of them.
        let mut start = 0;
        for run in keyed.chunk_by(|a, b| a >> 32 == b >> 32) {
            let end = start + run.len();
            if run.len() > 1 {
                sorted[start..end].sort_unstable_by_key(|&(start, length, _)| slice(names, start, length));
            }
            start = end;
        }
        *entries = sorted;
    }

    /// The names, each with a byte behind it.
    pub(crate) fn joined(&self, wanted: impl Fn(&[u8]) -> bool, terminator: u8) -> Vec<u8> {
        let mut joined = Vec::with_capacity(self.names.len() + self.entries.len());
        for (name, _) in self.iter().filter(|(name, _)| wanted(name)) {
            joined.extend_from_slice(name);
            joined.push(terminator);
        }
        joined
    }

    /// The entries.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], Kind)> {
        self.entries
            .iter()
            .map(|&(start, length, kind)| (slice(&self.names, start, length), kind.unwrap_or(Kind::Unknown)))
    }
}

/// The place in the lower half of a key.
fn place(keyed: u128) -> usize {
    (keyed & u128::from(u32::MAX)) as usize
}

fn slice(names: &[u8], start: u32, length: u32) -> &[u8] {
    &names[start as usize..start as usize + length as usize]
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
    /// Do not leave the file system.
    pub(crate) one_file_system: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_by_their_bytes() {
        let names =
            ["entry-10", "entry-9", "entry-", "entry-\u{e9}", "entry-123456789", "entry-123456788", "entry", "f"];
        for count in 0..=names.len() {
            let mut listing = Listing::default();
            names[..count].iter().for_each(|name| listing.push(name.as_bytes(), Kind::File));
            listing.sort();
            let sorted: Vec<&[u8]> = listing.iter().map(|(name, _)| name).collect();
            let mut expected: Vec<&[u8]> = names[..count].iter().map(|name| name.as_bytes()).collect();
            expected.sort_unstable();
            assert_eq!(sorted, expected);
        }
    }
}

//! Single files.

use std::{
    ffi::{CString, OsStr},
    fs::{Metadata, Permissions},
    io,
    os::{
        fd::{AsFd as _, BorrowedFd},
        unix::{
            ffi::OsStrExt as _,
            fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _},
        },
    },
    path::Path,
    time::SystemTime,
};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};

#[cfg(target_os = "linux")]
use super::linux as system;
#[cfg(target_os = "macos")]
use super::macos as system;
use super::{Access, Facts, Kind, Listing};

impl Facts for Metadata {
    fn bits(&self) -> u32 {
        self.mode()
    }

    fn links(&self) -> u64 {
        self.nlink()
    }

    fn owner(&self) -> u32 {
        self.uid()
    }

    fn group(&self) -> u32 {
        self.gid()
    }

    fn identity(&self) -> (u64, u64) {
        (self.dev(), self.ino())
    }

    fn blocks_of_512(&self) -> u64 {
        self.blocks()
    }

    fn changed(&self) -> (i64, i64) {
        (self.ctime(), self.ctime_nsec())
    }

    fn letter(&self) -> char {
        let kind = self.file_type();
        match () {
            () if kind.is_dir() => 'd',
            () if kind.is_symlink() => 'l',
            () if kind.is_char_device() => 'c',
            () if kind.is_block_device() => 'b',
            () if kind.is_fifo() => 'p',
            () if kind.is_socket() => 's',
            () => '-',
        }
    }
}

/// The major and minor number of a device file.
pub(crate) fn device_numbers(metadata: &Metadata) -> Option<(u32, u32)> {
    let kind = metadata.file_type();
    (kind.is_block_device() || kind.is_char_device()).then(|| system::numbers(metadata.rdev()))
}

/// Whether this process may.
pub(crate) fn can(path: &Path, access: Access) -> bool {
    let access = match access {
        Access::Read => rustix::fs::Access::READ_OK,
        Access::Write => rustix::fs::Access::WRITE_OK,
        Access::Execute => rustix::fs::Access::EXEC_OK,
    };
    rustix::fs::access(path, access).is_ok()
}

/// The entries of a directory.
///
/// # Errors
///
/// Those of opening and reading it.
pub(crate) fn list(path: &Path) -> io::Result<Listing> {
    let directory = rustix::fs::open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let mut listing = Listing::default();
    system::each(directory.as_fd(), |name, kind| listing.push(name.to_bytes(), kind))?;
    Ok(listing)
}

/// The names of an open directory that was not read yet.
pub(super) fn entries(directory: BorrowedFd<'_>) -> io::Result<Vec<(CString, Kind)>> {
    let mut entries = Vec::new();
    system::each(directory, |name, kind| entries.push((name.to_owned(), kind)))?;
    Ok(entries)
}

pub(super) fn kind(file_type: FileType) -> Kind {
    match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Directory,
        FileType::Symlink => Kind::Link,
        FileType::Unknown => Kind::Unknown,
        _ => Kind::Other,
    }
}

/// Sets the permission bits.
///
/// # Errors
///
/// Those of the system.
pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    std::fs::set_permissions(path, Permissions::from_mode(mode & 0o7777))
}

/// A time to be set.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Timestamp {
    /// The present.
    Now,
    /// None: it stays.
    Omit,
    /// That one.
    At(SystemTime),
}

/// Sets the times of access and modification.
///
/// # Errors
///
/// Those of the system.
pub(crate) fn set_times(path: &Path, access: Timestamp, modification: Timestamp, follow: bool) -> io::Result<()> {
    let times = Timestamps { last_access: timespec(access), last_modification: timespec(modification) };
    let flags = if follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
    Ok(rustix::fs::utimensat(CWD, path, &times, flags)?)
}

fn timespec(time: Timestamp) -> Timespec {
    match time {
        Timestamp::Now => Timespec { tv_sec: 0, tv_nsec: UTIME_NOW },
        Timestamp::Omit => Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        Timestamp::At(time) => {
            let (seconds, nanoseconds) = match time.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(after) => (after.as_secs().cast_signed(), after.subsec_nanos()),
                Err(before) => {
                    let before = before.duration();
                    let borrow = i64::from(before.subsec_nanos() > 0);
                    let seconds = -before.as_secs().cast_signed() - borrow;
                    (seconds, (1_000_000_000 - before.subsec_nanos()) % 1_000_000_000)
                }
            };
            Timespec { tv_sec: seconds, tv_nsec: nanoseconds.into() }
        }
    }
}

/// Makes a symbolic link.
///
/// # Errors
///
/// Those of the system.
pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Makes a named pipe.
///
/// # Errors
///
/// Those of the system.
pub(crate) fn make_fifo(path: &Path, mode: u32) -> io::Result<()> {
    system::make_fifo(
        &CString::new(path.as_os_str().as_bytes())?,
        Mode::from_raw_mode((mode & 0o7777) as rustix::fs::RawMode),
    )
}

/// The bytes of a name.
pub(super) fn os(name: &[u8]) -> &OsStr {
    OsStr::from_bytes(name)
}

//! Files and trees with what the standard library has.

use std::{
    fs::{self, File, Metadata},
    io,
    os::windows::fs::{FileTypeExt as _, MetadataExt as _},
    path::Path,
    time::SystemTime,
};

use bstr::ByteVec as _;

use super::{Access, CopyOptions, Facts, Kind, Listing, Observer};

impl Facts for Metadata {
    fn bits(&self) -> u32 {
        let write = if self.permissions().readonly() { 0 } else { 0o222 };
        0o444 | write | if self.is_dir() { 0o111 } else { 0 }
    }

    fn links(&self) -> u64 {
        1
    }

    fn owner(&self) -> u32 {
        0
    }

    fn group(&self) -> u32 {
        0
    }

    fn identity(&self) -> (u64, u64) {
        (0, 0)
    }

    fn blocks_of_512(&self) -> u64 {
        self.file_size().div_ceil(512)
    }

    fn changed(&self) -> (i64, i64) {
        let since = self.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.map_or((0, 0), |since| (since.as_secs().cast_signed(), since.subsec_nanos().into()))
    }

    fn letter(&self) -> char {
        let kind = self.file_type();
        match () {
            () if kind.is_dir() => 'd',
            () if kind.is_symlink() => 'l',
            () => '-',
        }
    }
}

/// Windows has no device files.
pub(crate) fn device_numbers(_: &Metadata) -> Option<(u32, u32)> {
    None
}

/// Whether this process may, as far as the attributes tell.
pub(crate) fn can(path: &Path, access: Access) -> bool {
    match (fs::metadata(path), access) {
        (Err(_), _) => false,
        (Ok(metadata), Access::Write) => !metadata.permissions().readonly(),
        (Ok(_), Access::Read | Access::Execute) => true,
    }
}

/// The entries of a directory.
///
/// # Errors
///
/// Those of opening and reading it.
pub(crate) fn list(path: &Path) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let kind = entry.file_type().map_or(Kind::Unknown, |kind| match () {
            () if kind.is_dir() => Kind::Directory,
            () if kind.is_symlink() => Kind::Link,
            () => Kind::File,
        });
        listing.push(&Vec::from_os_str_lossy(&entry.file_name()), kind);
    }
    Ok(listing)
}

/// Sets or clears the read-only attribute.
///
/// # Errors
///
/// Those of the system.
pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(mode & 0o200 == 0);
    fs::set_permissions(path, permissions)
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
pub(crate) fn set_times(path: &Path, access: Timestamp, modification: Timestamp, _: bool) -> io::Result<()> {
    let at = |time| match time {
        Timestamp::Now => Some(SystemTime::now()),
        Timestamp::Omit => None,
        Timestamp::At(time) => Some(time),
    };
    let mut times = fs::FileTimes::new();
    if let Some(time) = at(access) {
        times = times.set_accessed(time);
    }
    if let Some(time) = at(modification) {
        times = times.set_modified(time);
    }
    fs::OpenOptions::new().write(true).open(path)?.set_times(times)
}

/// Makes a symbolic link, to a directory if it is one.
///
/// # Errors
///
/// Those of the system.
pub(crate) fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    let seen = link.parent().map_or_else(|| target.to_owned(), |directory| directory.join(target));
    if seen.is_dir() {
        std::os::windows::fs::symlink_dir(target, link)
    } else {
        std::os::windows::fs::symlink_file(target, link)
    }
}

/// Windows has none.
///
/// # Errors
///
/// Always.
/// Whether a path is a named pipe: those of Windows are no files.
pub(crate) fn is_fifo(_path: &Path) -> bool {
    false
}

/// Opens a named pipe.
///
/// # Errors
///
/// Those of opening.
pub(crate) fn open_fifo(path: &Path, options: &fs::OpenOptions, _cancel: &crate::cancel::Cancel) -> io::Result<File> {
    options.open(path)
}

pub(crate) fn make_fifo(_: &Path, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Removes a directory and all in it; `shown` is its path for messages.
pub(crate) fn remove_tree(path: &Path, shown: &Path, observer: &dyn Observer) {
    remove_inside(path, shown, observer);
}

fn remove_inside(path: &Path, shown: &Path, observer: &dyn Observer) -> bool {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            observer.failed(shown.to_owned(), error);
            return false;
        }
    };
    let mut complete = true;
    for entry in entries {
        if observer.is_cancelled() {
            return false;
        }
        let Ok(entry) = entry else {
            complete = false;
            continue;
        };
        let (path, shown) = (entry.path(), shown.join(entry.file_name()));
        let kind = entry.file_type();
        if kind.as_ref().is_ok_and(fs::FileType::is_dir) {
            complete &= remove_inside(&path, &shown, observer);
            continue;
        }
        let result = match kind {
            Ok(kind) if kind.is_symlink_dir() => fs::remove_dir(&path),
            _ => fs::remove_file(&path),
        };
        match result {
            Ok(()) => observer.done(&|| shown.clone(), None),
            Err(error) => {
                observer.failed(shown, error);
                complete = false;
            }
        }
    }
    if !complete {
        return false;
    }
    match fs::remove_dir(path) {
        Ok(()) => {
            observer.done(&|| shown.to_owned(), None);
            true
        }
        Err(error) => {
            observer.failed(shown.to_owned(), error);
            false
        }
    }
}

/// Copies a directory and all in it to one that exists or is made; `shown` are the two paths for messages.
pub(crate) fn copy_tree(
    (path, target): (&Path, &Path),
    (shown, shown_target): (&Path, &Path),
    options: CopyOptions,
    observer: &dyn Observer,
) {
    let made = match fs::create_dir(target) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => fs::read_dir(path),
    };
    let entries = match made {
        Ok(entries) => entries,
        Err(error) => return observer.failed(shown.to_owned(), error),
    };
    observer.done(&|| shown.to_owned(), Some(&|| shown_target.to_owned()));
    for entry in entries.flatten() {
        if observer.is_cancelled() {
            return;
        }
        let name = entry.file_name();
        let (path, target) = (entry.path(), target.join(&name));
        let (shown, shown_target) = (shown.join(&name), shown_target.join(&name));
        let metadata = if options.follow { fs::metadata(&path) } else { fs::symlink_metadata(&path) };
        let result = match metadata {
            Err(error) => Err(error),
            Ok(metadata) if metadata.is_dir() => {
                copy_tree((&path, &target), (&shown, &shown_target), options, observer);
                continue;
            }
            Ok(metadata) if metadata.is_symlink() => {
                fs::read_link(&path).and_then(|to| symlink(&to, &target)).map(|()| true)
            }
            Ok(_) if options.link => fs::hard_link(&path, &target).map(|()| true),
            Ok(_) if options.symbolic => symlink(&path, &target).map(|()| true),
            Ok(_) => copy_file(&path, &target, options),
        };
        match result {
            Ok(true) => observer.done(&|| shown.clone(), Some(&|| shown_target.clone())),
            Ok(false) => {}
            Err(error) => observer.failed(shown, error),
        }
    }
}

/// Copies one file to a path; returns whether it did.
///
/// # Errors
///
/// Those of the system, and `are the same file`.
pub(crate) fn copy_file(source: &Path, target: &Path, options: CopyOptions) -> io::Result<bool> {
    let existing = fs::metadata(target);
    if let Ok(existing) = &existing {
        if options.keep_existing {
            return Ok(false);
        }
        if options.update && existing.modified()? >= fs::metadata(source)?.modified()? {
            return Ok(false);
        }
        if fs::canonicalize(source)? == fs::canonicalize(target)? {
            return Err(io::Error::other("are the same file"));
        }
    }
    match fs::copy(source, target) {
        Err(_) if options.force && existing.is_ok() => {
            fs::remove_file(target)?;
            fs::copy(source, target)?;
        }
        result => {
            result?;
        }
    }
    if options.preserve {
        let metadata = fs::metadata(source)?;
        set_times(target, Timestamp::At(metadata.accessed()?), Timestamp::At(metadata.modified()?), true)?;
    }
    Ok(true)
}

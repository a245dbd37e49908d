//! Trees, walked by descriptors: no path is built or resolved for an entry, and a link that takes the place of a
//! directory meanwhile is not followed.

#![allow(clippy::unnecessary_cast, clippy::cast_possible_wrap, reason = "the types in `Stat` differ by platform")]

use std::{
    ffi::{CStr, CString},
    fs::File,
    io::{self, Read as _, Write as _},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    path::{Component, Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustix::{
    fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, Timespec, Timestamps},
    io::Errno,
};

#[cfg(target_os = "linux")]
use super::linux as system;
#[cfg(target_os = "macos")]
use super::macos as system;
use super::{
    CopyOptions, Kind, Observer,
    unix::{entries, kind, os},
};
use crate::pile::{Pile, work_through};

const OPEN_DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC).union(OFlags::NOFOLLOW);

/// A directory that is being worked on; its children keep it open.
struct Node {
    parent: Option<Arc<Self>>,
    name: CString,
    source: OwnedFd,
    target: Option<OwnedFd>,
    /// Of the source, for what is set when the copy is whole.
    stat: Option<Stat>,
    fresh: bool,
    /// Directories below that are not done, and one for this itself.
    pending: AtomicUsize,
}

struct Task {
    parent: Option<Arc<Node>>,
    name: CString,
}

/// What stays the same for all of a tree.
struct Tree<'a> {
    source: &'a Path,
    target: &'a Path,
    shown: (&'a Path, &'a Path),
    observer: &'a dyn Observer,
    options: CopyOptions,
    device: u64,
}

/// Removes a directory and all in it; `shown` is its path for messages.
pub(crate) fn remove_tree(path: &Path, shown: &Path, observer: &dyn Observer) {
    let tree = Tree {
        source: path,
        target: path,
        shown: (shown, shown),
        observer,
        options: CopyOptions::default(),
        device: 0,
    };
    work_through(Task { parent: None, name: CString::default() }, |task, pile| tree.remove_directory(task, pile));
}

/// Copies a directory and all in it to one that exists or is made; `shown` are the two paths for messages.
pub(crate) fn copy_tree(
    (source, target): (&Path, &Path),
    shown: (&Path, &Path),
    options: CopyOptions,
    observer: &dyn Observer,
) {
    let device = rustix::fs::stat(source).map_or(0, |stat| stat.st_dev as u64);
    let tree = Tree { source, target, shown, observer, options, device };
    work_through(Task { parent: None, name: CString::default() }, |task, pile| tree.copy_directory(task, pile));
}

impl Tree<'_> {
    fn below(top: &Path, parent: Option<&Node>, name: &CStr) -> PathBuf {
        let mut parts = vec![name.to_owned()];
        let mut node = parent;
        while let Some(above) = node {
            parts.push(above.name.clone());
            node = above.parent.as_deref();
        }
        let mut path = top.to_owned();
        for part in parts.iter().rev().filter(|part| !part.is_empty()) {
            path.push(os(part.to_bytes()));
        }
        path
    }

    fn failed(&self, parent: Option<&Node>, name: &CStr, error: impl Into<io::Error>) {
        self.observer.failed(Self::below(self.shown.0, parent, name), error.into());
    }

    fn done(&self, parent: Option<&Node>, name: &CStr, copied: bool) {
        let copy = || Self::below(self.shown.1, parent, name);
        self.observer.done(&|| Self::below(self.shown.0, parent, name), copied.then_some(&copy));
    }

    /// Whether to end before this entry of a directory, which may be long.
    fn ends_at(&self, number: usize) -> bool {
        number % 256 == 255 && self.observer.is_cancelled()
    }

    // Removing.

    fn remove_directory(&self, task: Task, pile: &Pile<Task>) {
        let Task { parent, name } = task;
        let above = parent.as_deref();
        if self.observer.is_cancelled() {
            return;
        }
        let opened = match above {
            None => rustix::fs::openat(CWD, self.source, OPEN_DIRECTORY, Mode::empty()),
            Some(above) => rustix::fs::openat(&above.source, &*name, OPEN_DIRECTORY, Mode::empty()),
        };
        let source = match opened {
            Ok(source) => source,
            Err(error) => {
                // An unreadable directory may be empty.
                if self.remove_empty(above, &name).is_err() {
                    // What is above stays as well, and that is no news: its count never reaches nothing.
                    self.failed(above, &name, error);
                } else {
                    self.done(above, &name, false);
                    self.removed(parent);
                }
                return;
            }
        };
        let mut directories = Vec::new();
        let mut complete = true;
        let entries = entries(source.as_fd());
        let node = Arc::new(Node {
            parent,
            name,
            source,
            target: None,
            stat: None,
            fresh: false,
            pending: AtomicUsize::new(1),
        });
        match entries {
            Err(error) => {
                self.failed(node.parent.as_deref(), &node.name, error);
                complete = false;
            }
            Ok(entries) => {
                for (number, (name, kind)) in entries.into_iter().enumerate() {
                    if self.ends_at(number) {
                        return;
                    }
                    if kind == Kind::Directory {
                        directories.push(name);
                        continue;
                    }
                    match rustix::fs::unlinkat(&node.source, &*name, AtFlags::empty()) {
                        Ok(()) => self.done(Some(&node), &name, false),
                        Err(Errno::NOENT) => {}
                        Err(Errno::ISDIR | Errno::PERM) if kind == Kind::Unknown => directories.push(name),
                        Err(error) => {
                            self.failed(Some(&node), &name, error);
                            complete = false;
                        }
                    }
                }
            }
        }
        node.pending.fetch_add(directories.len() + usize::from(!complete), Ordering::Relaxed);
        pile.extend(directories.into_iter().map(|name| Task { parent: Some(Arc::clone(&node)), name }));
        self.removed(Some(node));
    }

    fn remove_empty(&self, above: Option<&Node>, name: &CStr) -> Result<(), Errno> {
        match above {
            None => rustix::fs::unlinkat(CWD, self.source, AtFlags::REMOVEDIR),
            Some(above) => rustix::fs::unlinkat(&above.source, name, AtFlags::REMOVEDIR),
        }
    }

    /// One thing less to be done in a directory; when it was the last, the directory goes, and so on up.
    fn removed(&self, mut node: Option<Arc<Node>>) {
        while let Some(directory) = node {
            if directory.pending.fetch_sub(1, Ordering::AcqRel) != 1 {
                return;
            }
            let above = directory.parent.clone();
            if let Err(error) = self.remove_empty(above.as_deref(), &directory.name) {
                if error != Errno::NOENT {
                    self.failed(above.as_deref(), &directory.name, error);
                    return;
                }
            } else {
                self.done(above.as_deref(), &directory.name, false);
            }
            node = above;
        }
    }

    // Copying.

    fn copy_directory(&self, task: Task, pile: &Pile<Task>) {
        let Task { parent, name } = task;
        if self.observer.is_cancelled() {
            return;
        }
        let node = match self.enter(parent.clone(), name.clone()) {
            Ok(Some(node)) => Arc::new(node),
            Ok(None) => return self.copied(parent),
            Err(error) => {
                self.failed(parent.as_deref(), &name, error);
                return self.copied(parent);
            }
        };
        self.done(parent.as_deref(), &node.name, true);
        drop(parent);
        let mut directories = Vec::new();
        let mut buffer = Vec::new();
        let entries = entries(node.source.as_fd());
        match entries {
            Err(error) => self.failed(node.parent.as_deref(), &node.name, error),
            Ok(entries) => {
                for (number, (name, kind)) in entries.into_iter().enumerate() {
                    if self.ends_at(number) {
                        return;
                    }
                    if kind == Kind::Directory {
                        directories.push(name);
                        continue;
                    }
                    match self.copy_entry(&node, &name, kind, &mut buffer) {
                        Ok(Copied::Directory) => directories.push(name),
                        Ok(Copied::Yes) => self.done(Some(&node), &name, true),
                        Ok(Copied::No) => {}
                        Err(error) => self.failed(Some(&node), &name, error),
                    }
                }
            }
        }
        node.pending.fetch_add(directories.len(), Ordering::Relaxed);
        pile.extend(directories.into_iter().map(|name| Task { parent: Some(Arc::clone(&node)), name }));
        self.copied(Some(node));
    }

    /// Opens a directory and makes its copy.
    fn enter(&self, parent: Option<Arc<Node>>, name: CString) -> io::Result<Option<Node>> {
        let follow = self.options.follow || parent.is_none();
        let flags = if follow { OPEN_DIRECTORY.difference(OFlags::NOFOLLOW) } else { OPEN_DIRECTORY };
        let source = match parent.as_deref() {
            None => rustix::fs::openat(CWD, self.source, flags, Mode::empty())?,
            Some(above) => rustix::fs::openat(&above.source, &*name, flags, Mode::empty())?,
        };
        let stat = rustix::fs::fstat(&source)?;
        if self.options.one_file_system && stat.st_dev as u64 != self.device {
            return Ok(None);
        }
        if self.options.follow && loops(parent.as_deref(), &stat) {
            return Err(Errno::LOOP.into());
        }
        // Open to us until it is whole.
        let mode = Mode::from_raw_mode(stat.st_mode & 0o777 | 0o700);
        let (created, target) = match parent.as_deref().and_then(|above| above.target.as_ref()) {
            None => {
                let created = rustix::fs::mkdirat(CWD, self.target, mode);
                (
                    created,
                    rustix::fs::openat(CWD, self.target, OPEN_DIRECTORY.difference(OFlags::NOFOLLOW), Mode::empty()),
                )
            }
            Some(above) => {
                let created = rustix::fs::mkdirat(above, &*name, mode);
                (created, rustix::fs::openat(above, &*name, OPEN_DIRECTORY, Mode::empty()))
            }
        };
        let fresh = created.is_ok();
        if let Err(error) = created
            && error != Errno::EXIST
        {
            return Err(error.into());
        }
        let target = Some(target?);
        Ok(Some(Node { parent, name, source, target, stat: Some(stat), fresh, pending: AtomicUsize::new(1) }))
    }

    fn copied(&self, mut node: Option<Arc<Node>>) {
        while let Some(directory) = node {
            if directory.pending.fetch_sub(1, Ordering::AcqRel) != 1 {
                return;
            }
            if let (Some(target), Some(stat)) = (&directory.target, &directory.stat)
                && let Err(error) = self.finish(target.as_fd(), stat, directory.fresh)
            {
                self.failed(directory.parent.as_deref(), &directory.name, error);
            }
            node = directory.parent.as_ref().map(Arc::clone);
        }
    }

    /// What can only be set once a directory is full.
    fn finish(&self, target: BorrowedFd<'_>, stat: &Stat, fresh: bool) -> io::Result<()> {
        if self.options.preserve {
            preserve(target, stat)?;
        } else if self.options.exact {
            rustix::fs::fchmod(target, Mode::from_raw_mode(stat.st_mode & 0o7777))?;
        } else if fresh && stat.st_mode & 0o700 != 0o700 {
            rustix::fs::fchmod(target, Mode::from_raw_mode(stat.st_mode & 0o777))?;
        }
        Ok(())
    }

    fn copy_entry(&self, node: &Node, name: &CStr, known: Kind, buffer: &mut Vec<u8>) -> io::Result<Copied> {
        let Some(target) = node.target.as_ref() else { return Ok(Copied::No) };
        let (mut known, mut stat) = (known, None);
        if known == Kind::Unknown || (known == Kind::Link && self.options.follow) || known == Kind::Other {
            let flags = if self.options.follow { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
            let found = rustix::fs::statat(&node.source, name, flags)?;
            known = kind(FileType::from_raw_mode(found.st_mode));
            stat = Some(found);
        }
        match known {
            Kind::Directory => Ok(Copied::Directory),
            Kind::Link => {
                let to = rustix::fs::readlinkat(&node.source, name, Vec::new())?;
                let to = if self.options.absolute { self.seen_from_root(node, &to)? } else { to };
                self.replacing(target, name, || rustix::fs::symlinkat(&*to, target, name))?;
                if self.options.preserve {
                    let stat = rustix::fs::statat(&node.source, name, AtFlags::SYMLINK_NOFOLLOW)?;
                    let _ = rustix::fs::utimensat(target, name, &times(&stat), AtFlags::SYMLINK_NOFOLLOW);
                }
                Ok(Copied::Yes)
            }
            Kind::File | Kind::Unknown if self.options.link => {
                self.replacing(target, name, || {
                    rustix::fs::linkat(&node.source, name, target, name, AtFlags::empty())
                })?;
                Ok(Copied::Yes)
            }
            Kind::File | Kind::Unknown if self.options.symbolic => {
                let to = Self::below(self.source, Some(node), name);
                self.replacing(target, name, || rustix::fs::symlinkat(&to, target, name))?;
                Ok(Copied::Yes)
            }
            Kind::File | Kind::Unknown => {
                let nofollow = if self.options.follow { OFlags::empty() } else { OFlags::NOFOLLOW };
                let source =
                    rustix::fs::openat(&node.source, name, OFlags::RDONLY | OFlags::CLOEXEC | nofollow, Mode::empty())?;
                let copied = copy_content(source, target.as_fd(), name, node.fresh, self.options, buffer)?;
                Ok(if copied { Copied::Yes } else { Copied::No })
            }
            Kind::Other if self.options.exact => Err(Errno::NOTSUP.into()),
            Kind::Other => {
                let Some(stat) = stat else { return Ok(Copied::No) };
                let mode = Mode::from_raw_mode(stat.st_mode & 0o777);
                self.replacing(target, name, || {
                    system::make_node(target.as_fd(), name, FileType::from_raw_mode(stat.st_mode), mode, stat.st_rdev)
                })?;
                Ok(Copied::Yes)
            }
        }
    }

    /// Where a link in a directory of the source leads, without looking at what is there.
    fn seen_from_root(&self, node: &Node, to: &CStr) -> io::Result<CString> {
        let to = Path::new(os(to.to_bytes()));
        let mut seen = PathBuf::new();
        for part in Self::below(self.source, Some(node), c"").join(to).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    seen.pop();
                }
                part => seen.push(part),
            }
        }
        Ok(CString::new(seen.into_os_string().into_encoded_bytes())?)
    }

    fn replacing<E: Into<io::Error>>(
        &self,
        target: &OwnedFd,
        name: &CStr,
        make: impl Fn() -> Result<(), E>,
    ) -> io::Result<()> {
        match make().map_err(E::into) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && self.options.keep_existing => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                rustix::fs::unlinkat(target, name, AtFlags::empty())?;
                make().map_err(E::into)
            }
            result => result,
        }
    }
}

enum Copied {
    Yes,
    No,
    Directory,
}

/// Whether a directory stands above itself, through symbolic links.
fn loops(mut node: Option<&Node>, stat: &Stat) -> bool {
    while let Some(above) = node {
        if above.stat.is_some_and(|above| above.st_dev == stat.st_dev && above.st_ino == stat.st_ino) {
            return true;
        }
        node = above.parent.as_deref();
    }
    false
}

/// Files up to this size are read and written whole; more gain from the kernel's own copying.
const SMALL: usize = 64 * 1024;

/// Copies an open file to a name in a directory; returns whether it did.
pub(super) fn copy_content(
    source: OwnedFd,
    target: BorrowedFd<'_>,
    name: &CStr,
    fresh: bool,
    options: CopyOptions,
    buffer: &mut Vec<u8>,
) -> io::Result<bool> {
    let stat = rustix::fs::fstat(&source)?;
    let mode = Mode::from_raw_mode(stat.st_mode & 0o777);
    let base = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC;
    let copy = if fresh {
        rustix::fs::openat(target, name, base | OFlags::EXCL, mode)?
    } else {
        if options.keep_existing || options.update {
            match rustix::fs::statat(target, name, AtFlags::empty()) {
                Ok(_) if options.keep_existing => return Ok(false),
                Ok(existing) if newer_or_same(&existing, &stat) => return Ok(false),
                _ => {}
            }
        }
        match rustix::fs::openat(target, name, base, mode) {
            Err(_) if options.force => {
                rustix::fs::unlinkat(target, name, AtFlags::empty())?;
                rustix::fs::openat(target, name, base, mode)?
            }
            opened => {
                let opened = opened?;
                // Not at opening: a file must not lose its content by being copied to itself.
                let existing = rustix::fs::fstat(&opened)?;
                if existing.st_dev == stat.st_dev && existing.st_ino == stat.st_ino {
                    return Err(io::Error::other("are the same file"));
                }
                if existing.st_size > 0 {
                    rustix::fs::ftruncate(&opened, 0)?;
                }
                opened
            }
        }
    };
    let (mut source, mut copy) = (File::from(source), File::from(copy));
    let size = usize::try_from(stat.st_size).unwrap_or(usize::MAX);
    if size > SMALL || !FileType::from_raw_mode(stat.st_mode).is_file() {
        io::copy(&mut source, &mut copy)?;
    } else {
        // One more than it should have tells that it has not grown, without a read that only finds the end.
        if buffer.len() < SMALL + 1 {
            buffer.resize(SMALL + 1, 0);
        }
        let read = source.read(&mut buffer[..=size])?;
        if read > 0 {
            copy.write_all(&buffer[..read])?;
        }
        if read != size || (size == 0 && read == 0 && stat.st_blocks > 0) {
            io::copy(&mut source, &mut copy)?;
        }
    }
    if options.preserve {
        preserve(copy.as_fd(), &stat)?;
    } else if options.exact {
        rustix::fs::fchmod(&copy, Mode::from_raw_mode(stat.st_mode & 0o7777))?;
    }
    Ok(true)
}

fn newer_or_same(existing: &Stat, stat: &Stat) -> bool {
    (existing.st_mtime as i64, existing.st_mtime_nsec as i64) >= (stat.st_mtime as i64, stat.st_mtime_nsec as i64)
}

fn times(stat: &Stat) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: stat.st_atime as _, tv_nsec: stat.st_atime_nsec as _ },
        last_modification: Timespec { tv_sec: stat.st_mtime as _, tv_nsec: stat.st_mtime_nsec as _ },
    }
}

/// Gives a copy the owner, mode and times of its source. Who may not give files away keeps them.
fn preserve(copy: BorrowedFd<'_>, stat: &Stat) -> io::Result<()> {
    let owner = rustix::fs::Uid::from_raw(stat.st_uid);
    let group = rustix::fs::Gid::from_raw(stat.st_gid);
    let mut mode = stat.st_mode & 0o7777;
    if rustix::fs::fchown(copy, Some(owner), Some(group)).is_err() {
        // The bits that give the owner's rights must not outlive the owner.
        mode &= 0o1777;
    }
    rustix::fs::fchmod(copy, Mode::from_raw_mode(mode))?;
    Ok(rustix::fs::futimens(copy, &times(stat))?)
}

/// Copies one file to a path; returns whether it did.
///
/// # Errors
///
/// Those of the system, and `are the same file`.
pub(crate) fn copy_file(source: &Path, target: &Path, options: CopyOptions) -> io::Result<bool> {
    let opened = rustix::fs::open(source, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let name = CString::new(std::os::unix::ffi::OsStrExt::as_bytes(target.as_os_str()))?;
    copy_content(opened, CWD, &name, false, options, &mut Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Is cancelled after a while.
    struct Impatient(AtomicUsize);

    impl Observer for Impatient {
        fn done(&self, _: &dyn Fn() -> PathBuf, _: Option<&dyn Fn() -> PathBuf>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn failed(&self, path: PathBuf, error: io::Error) {
            unreachable!("{}: {error}", path.display());
        }

        fn is_cancelled(&self) -> bool {
            self.0.load(Ordering::Relaxed) > 300
        }
    }

    #[test]
    fn a_long_directory_is_left_when_the_script_is_cancelled() {
        let folder = std::env::temp_dir().join(format!("dx-shell-tree-{}", std::process::id()));
        let (source, target) = (folder.join("source"), folder.join("target"));
        std::fs::create_dir_all(&source).unwrap();
        for number in 0..2_000 {
            std::fs::write(source.join(number.to_string()), "").unwrap();
        }
        let count = |path: &Path| std::fs::read_dir(path).unwrap().count();
        let observer = Impatient(AtomicUsize::new(0));
        copy_tree((&source, &target), (&source, &target), CopyOptions::default(), &observer);
        assert!((300..1_000).contains(&count(&target)));
        let observer = Impatient(AtomicUsize::new(0));
        remove_tree(&source, &source, &observer);
        assert!((1_000..1_800).contains(&count(&source)));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

//! Directory trees that are watched by one inotify instance: a watch for each directory and each symbolic link, and what
//! happened told by looking at what is there now, as Node's own recursive watcher does since 26.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs::{self, FileType, Metadata};
use std::io;
use std::mem::MaybeUninit;
use std::ops::Bound;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use dx_fault::Fault;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
use thiserror::Error;

/// As much as libuv reads at once.
const BUFFER: usize = 4096;

/// Why a tree cannot be watched, or not all of it any longer.
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
        /// What was done to it, as Node names it.
        syscall: &'static str,
    },
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let Error::System { error, path, syscall } = error;
        Self::file(&error, syscall, Some(&path))
    }
}

/// What happened in a tree.
#[derive(Debug)]
pub struct Event {
    /// The tree's number.
    pub tree: u32,
    /// To what and which way.
    pub news: News,
}

/// What happened to an entry, whose path is relative to the tree's root.
#[derive(Debug)]
pub enum News {
    /// It came or went, or something behind a link did.
    Renamed(Vec<u8>),
    /// Its content or its attributes changed.
    Changed(Vec<u8>),
    /// It cannot be looked at.
    Failed(Error),
}

/// The trees of an environment.
#[derive(Debug)]
pub struct Watcher {
    inotify: OwnedFd,
    trees: HashMap<u32, Tree>,
    /// By watch descriptor. One inode has one, however often it is in trees.
    roles: HashMap<i32, Vec<Role>>,
    last: u32,
    events: Vec<Event>,
}

#[derive(Debug)]
struct Tree {
    root: PathBuf,
    /// By path from the root, which has an entry of its own with no path while it is watched.
    entries: BTreeMap<Vec<u8>, Entry>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    watch: Option<i32>,
    is_link: bool,
}

/// What a watch descriptor stands for.
#[derive(Clone, Debug)]
struct Role {
    tree: u32,
    path: Vec<u8>,
    is_link: bool,
}

/// Why a scan ended early; what is not an error is said by events.
enum Stop {
    Gone,
    Failed(Error),
}

impl Watcher {
    /// Watches nothing yet.
    ///
    /// # Errors
    /// The system's, as when a user has too many instances.
    pub fn new() -> Result<Self, Error> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).map_err(|error| Error::System {
            error: error.into(),
            path: PathBuf::new(),
            syscall: "watch",
        })?;
        Ok(Self { inotify, trees: HashMap::new(), roles: HashMap::new(), last: 0, events: Vec::new() })
    }

    /// Watches the directory `root`, an absolute path, and all below. Gives the tree's number.
    ///
    /// # Errors
    /// `System`: what cannot be watched or read.
    pub fn add(&mut self, root: PathBuf) -> Result<u32, Error> {
        self.last = self.last.wrapping_add(1);
        let number = self.last;
        self.trees.insert(number, Tree { root, entries: BTreeMap::new() });
        let scanned = self.scan(number, Vec::new(), true);
        let failed = match scanned {
            Ok(()) => return Ok(number),
            Err(Stop::Failed(error)) => error,
            Err(Stop::Gone) => self.error(number, b"", "watch", io::Error::from(rustix::io::Errno::NOENT)),
        };
        self.remove(number);
        Err(failed)
    }

    /// Watches a tree no longer.
    pub fn remove(&mut self, number: u32) {
        self.forget(number, b"");
        self.trees.remove(&number);
    }

    /// What has happened since the last time.
    ///
    /// # Errors
    /// The system's, of reading.
    pub fn read(&mut self) -> Result<Vec<Event>, Error> {
        let mut buffer = [MaybeUninit::uninit(); BUFFER];
        let mut heard = Vec::new();
        {
            let mut reader = inotify::Reader::new(self.inotify.as_fd(), &mut buffer);
            loop {
                match reader.next() {
                    Ok(event) => {
                        let name = event.file_name().map(|name| name.to_bytes().to_owned());
                        heard.push((event.wd(), name, event.events().contains(ReadFlags::IGNORED)));
                    }
                    Err(rustix::io::Errno::INTR) => {}
                    Err(rustix::io::Errno::WOULDBLOCK) => break,
                    Err(error) => {
                        let error = io::Error::from(error);
                        return Err(Error::System { error, path: PathBuf::new(), syscall: "watch" });
                    }
                }
                // The rest comes with the next turn of the loop.
                if reader.is_buffer_empty() {
                    break;
                }
            }
        }
        for (watch, name, ended) in heard {
            for role in self.roles.get(&watch).cloned().unwrap_or_default() {
                self.hear(role, name.as_deref());
            }
            if ended {
                self.unwatch(watch);
            }
        }
        Ok(std::mem::take(&mut self.events))
    }

    fn hear(&mut self, role: Role, name: Option<&[u8]>) {
        let Role { tree, path, is_link } = role;
        if is_link {
            self.tell(tree, News::Renamed(path));
            return;
        }
        // What is about the directory itself has its own name, as with libuv.
        let Some(folder) = self.full(tree, &path) else { return };
        let own = || folder.file_name().map(|name| name.as_bytes().to_owned()).unwrap_or_default();
        let entry = below(&path, &name.map_or_else(own, <[u8]>::to_owned));
        if self.knows(tree, &entry) {
            self.look(tree, entry);
            return;
        }
        let Some(full) = self.full(tree, &entry) else { return };
        match there(fs::symlink_metadata(&full)) {
            Ok(Some(metadata)) => {
                if let Err(Stop::Failed(error)) = self.enter(tree, entry, metadata.file_type(), false) {
                    self.tell(tree, News::Failed(error));
                }
            }
            Ok(None) if path.is_empty() && matches!(there(fs::metadata(&folder)), Ok(None)) => {
                self.tell(tree, News::Renamed(Vec::new()));
                self.forget(tree, b"");
            }
            Ok(None) => {}
            Err(error) => self.fail(tree, &entry, "lstat", error),
        }
    }

    /// Something happened to an entry that is known: its state tells what.
    fn look(&mut self, tree: u32, entry: Vec<u8>) {
        let Some(full) = self.full(tree, &entry) else { return };
        match there(fs::metadata(&full)) {
            Ok(None) => {
                self.forget(tree, &entry);
                self.tell(tree, News::Renamed(entry));
            }
            Ok(Some(_)) if self.entry(tree, &entry).is_some_and(|entry| entry.is_link) => {
                self.tell(tree, News::Renamed(entry));
            }
            Ok(Some(metadata)) if metadata.is_dir() => {
                if let Err(Stop::Failed(error)) = self.scan(tree, entry, false) {
                    self.tell(tree, News::Failed(error));
                }
            }
            Ok(Some(_)) => self.tell(tree, News::Changed(entry)),
            Err(error) => self.fail(tree, &entry, "stat", error),
        }
    }

    /// Watches a directory, and enters what it has that is not known.
    fn scan(&mut self, tree: u32, folder: Vec<u8>, is_first: bool) -> Result<(), Stop> {
        let full = self.full(tree, &folder).ok_or(Stop::Gone)?;
        if let Err(stop) = self.watch(tree, &folder, false) {
            self.forget(tree, &folder);
            return if matches!(stop, Stop::Gone) && !folder.is_empty() { Ok(()) } else { Err(stop) };
        }
        let mut names = match list(&full) {
            Ok(names) => names,
            Err(error) if is_gone(&error) && !(is_first && folder.is_empty()) => {
                self.forget(tree, &folder);
                if !is_first {
                    self.tell(tree, News::Renamed(folder));
                }
                return Ok(());
            }
            Err(error) => return Err(Stop::Failed(self.error(tree, &folder, "scandir", error))),
        };
        names.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        for (name, kind) in names {
            let entry = below(&folder, &name);
            if !self.knows(tree, &entry) {
                self.enter(tree, entry, kind, is_first)?;
            }
        }
        Ok(())
    }

    fn enter(&mut self, tree: u32, entry: Vec<u8>, kind: FileType, is_first: bool) -> Result<(), Stop> {
        if let Some(tree) = self.trees.get_mut(&tree) {
            tree.entries.insert(entry.clone(), Entry { watch: None, is_link: kind.is_symlink() });
        }
        if !is_first {
            self.tell(tree, News::Renamed(entry.clone()));
        }
        if kind.is_dir() {
            return self.scan(tree, entry, is_first);
        }
        if kind.is_symlink() {
            match self.watch(tree, &entry, true) {
                Err(Stop::Gone) => self.forget(tree, &entry),
                watched => return watched,
            }
        }
        Ok(())
    }

    /// Has the system tell of an entry, unless it does so already.
    fn watch(&mut self, tree: u32, path: &[u8], is_link: bool) -> Result<(), Stop> {
        if self.entry(tree, path).is_some_and(|entry| entry.watch.is_some()) {
            return Ok(());
        }
        let full = self.full(tree, path).ok_or(Stop::Gone)?;
        let events = WatchFlags::ATTRIB
            | WatchFlags::CREATE
            | WatchFlags::MODIFY
            | WatchFlags::DELETE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO;
        let watch = inotify::add_watch(&self.inotify, &full, events).map_err(|error| match error {
            rustix::io::Errno::NOENT => Stop::Gone,
            error => Stop::Failed(self.error(tree, path, "watch", error.into())),
        })?;
        if let Some(tree) = self.trees.get_mut(&tree) {
            tree.entries.entry(path.to_owned()).or_insert(Entry { watch: None, is_link }).watch = Some(watch);
        }
        self.roles.entry(watch).or_default().push(Role { tree, path: path.to_owned(), is_link });
        Ok(())
    }

    /// Knows nothing more of an entry and of what was below it.
    fn forget(&mut self, number: u32, path: &[u8]) {
        let Some(tree) = self.trees.get(&number) else { return };
        let prefix = if path.is_empty() { Vec::new() } else { below(path, b"") };
        let inside = tree.entries.range::<[u8], _>((Bound::Included(&prefix[..]), Bound::Unbounded));
        let mut gone: Vec<_> =
            inside.map(|(path, _)| path).take_while(|path| path.starts_with(&prefix)).cloned().collect();
        gone.push(path.to_owned());
        for path in gone {
            let entry = self.trees.get_mut(&number).and_then(|tree| tree.entries.remove(&path));
            if let Some(watch) = entry.and_then(|entry| entry.watch) {
                self.release(watch, number, &path);
            }
        }
    }

    /// A watch stands for an entry no longer; when for none, it ends.
    fn release(&mut self, watch: i32, tree: u32, path: &[u8]) {
        let Some(roles) = self.roles.get_mut(&watch) else { return };
        roles.retain(|role| role.tree != tree || role.path != path);
        if roles.is_empty() {
            self.roles.remove(&watch);
            // It is gone already when what was watched is.
            let _ = inotify::remove_watch(&self.inotify, watch);
        }
    }

    /// The system has ended a watch.
    fn unwatch(&mut self, watch: i32) {
        for Role { tree, path, .. } in self.roles.remove(&watch).unwrap_or_default() {
            if let Some(entry) = self.trees.get_mut(&tree).and_then(|tree| tree.entries.get_mut(&path)) {
                entry.watch = entry.watch.filter(|&other| other != watch);
            }
        }
    }

    fn entry(&self, tree: u32, path: &[u8]) -> Option<Entry> {
        self.trees.get(&tree)?.entries.get(path).copied()
    }

    fn knows(&self, tree: u32, path: &[u8]) -> bool {
        self.entry(tree, path).is_some()
    }

    fn full(&self, tree: u32, path: &[u8]) -> Option<PathBuf> {
        let root = &self.trees.get(&tree)?.root;
        Some(if path.is_empty() { root.clone() } else { root.join(OsStr::from_bytes(path)) })
    }

    fn tell(&mut self, tree: u32, news: News) {
        self.events.push(Event { tree, news });
    }

    fn fail(&mut self, tree: u32, path: &[u8], syscall: &'static str, error: io::Error) {
        let error = self.error(tree, path, syscall, error);
        self.tell(tree, News::Failed(error));
    }

    fn error(&self, tree: u32, path: &[u8], syscall: &'static str, error: io::Error) -> Error {
        Error::System { error, path: self.full(tree, path).unwrap_or_default(), syscall }
    }
}

impl AsRawFd for Watcher {
    fn as_raw_fd(&self) -> RawFd {
        self.inotify.as_raw_fd()
    }
}

fn below(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_owned() } else { [folder, b"/", name].concat() }
}

/// None when nothing is there.
fn there(looked: io::Result<Metadata>) -> io::Result<Option<Metadata>> {
    match looked {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn list(folder: &Path) -> io::Result<Vec<(Vec<u8>, FileType)>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type() {
            Ok(kind) => names.push((entry.file_name().as_bytes().to_owned(), kind)),
            // It has gone since.
            Err(error) if is_gone(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("dx-watch-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("a/b")).unwrap();
        fs::write(path.join("a/b/file"), "content").unwrap();
        path
    }

    /// What has happened, each thing once, in its order.
    fn heard(watcher: &mut Watcher) -> Vec<(u32, String)> {
        let mut told = Vec::new();
        loop {
            let events = watcher.read().unwrap();
            if events.is_empty() {
                told.dedup();
                return told;
            }
            for Event { tree, news } in events {
                told.push((
                    tree,
                    match news {
                        News::Renamed(path) => format!("rename {}", String::from_utf8(path).unwrap()),
                        News::Changed(path) => format!("change {}", String::from_utf8(path).unwrap()),
                        News::Failed(error) => format!("{error}"),
                    },
                ));
            }
        }
    }

    fn of(tree: u32, told: &[&str]) -> Vec<(u32, String)> {
        told.iter().map(|text| (tree, (*text).to_owned())).collect()
    }

    #[test]
    fn what_comes_changes_and_goes_is_told() {
        let root = folder("changes");
        let mut watcher = Watcher::new().unwrap();
        let tree = watcher.add(root.clone()).unwrap();
        assert!(heard(&mut watcher).is_empty());
        fs::write(root.join("a/b/file"), "other").unwrap();
        assert_eq!(heard(&mut watcher), of(tree, &["change a/b/file"]));
        fs::create_dir(root.join("c")).unwrap();
        assert_eq!(heard(&mut watcher), of(tree, &["rename c"]));
        fs::write(root.join("c/new"), "").unwrap();
        assert_eq!(heard(&mut watcher), of(tree, &["rename c/new"]));
        fs::remove_file(root.join("a/b/file")).unwrap();
        assert_eq!(heard(&mut watcher), of(tree, &["rename a/b/file"]));
        fs::rename(root.join("c"), root.join("d")).unwrap();
        assert_eq!(heard(&mut watcher), of(tree, &["rename c", "rename d", "rename d/new"]));
        fs::write(root.join("d/new"), "x").unwrap();
        assert_eq!(heard(&mut watcher), of(tree, &["change d/new"]));
        fs::remove_dir_all(&root).unwrap();
        let told = heard(&mut watcher);
        assert!(told.contains(&(tree, "rename ".to_owned())), "{told:?}");
        assert!(watcher.roles.is_empty(), "{:?}", watcher.roles);
    }

    #[test]
    fn trees_share_directories_and_leave_alone() {
        let root = folder("shared");
        let mut watcher = Watcher::new().unwrap();
        let [whole, part] = [root.clone(), root.join("a")].map(|path| watcher.add(path).unwrap());
        fs::write(root.join("a/b/file"), "other").unwrap();
        let mut told = heard(&mut watcher);
        told.sort();
        told.dedup();
        assert_eq!(told, [of(whole, &["change a/b/file"]), of(part, &["change b/file"])].concat());
        watcher.remove(whole);
        fs::write(root.join("a/b/file"), "more").unwrap();
        assert_eq!(heard(&mut watcher), of(part, &["change b/file"]));
        watcher.remove(part);
        assert!(watcher.roles.is_empty() && watcher.trees.is_empty());
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_is_behind_a_link_is_told_of_the_link() {
        let [root, other] = [folder("link"), folder("target")];
        symlink(other.join("a/b/file"), root.join("link")).unwrap();
        symlink("nowhere", root.join("broken")).unwrap();
        let mut watcher = Watcher::new().unwrap();
        let tree = watcher.add(root.clone()).unwrap();
        fs::write(other.join("a/b/file"), "other").unwrap();
        assert_eq!(heard(&mut watcher), of(tree, &["rename link"]));
        for each in [root, other] {
            fs::remove_dir_all(each).unwrap();
        }
    }

    #[test]
    fn what_is_not_there_cannot_be_watched() {
        let mut watcher = Watcher::new().unwrap();
        let Error::System { error, syscall, .. } = watcher.add("/no/such/folder".into()).unwrap_err();
        assert_eq!((error.raw_os_error(), syscall), (Some(libc::ENOENT), "watch"));
        assert!(watcher.roles.is_empty() && watcher.trees.is_empty());
    }
}

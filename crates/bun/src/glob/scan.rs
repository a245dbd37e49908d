//! Finding the files that match a pattern.
//!
//! The pattern is split into components. Those in front that are plain names are one path, opened
//! as it is; from there each directory is read once with the components that may match in it.

#[cfg_attr(target_os = "linux", path = "directory_linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "directory_std.rs")]
pub(super) mod directory;
#[cfg_attr(unix, path = "identity_unix.rs")]
#[cfg_attr(not(unix), path = "identity_windows.rs")]
mod identity;

use std::fs::{self, Metadata};
use std::io;
use std::path::{self, Path, PathBuf};

use dx_fault::Fault;
use thiserror::Error;

use self::directory::Root;
use self::identity::identity;
use super::compile::escaped;
use super::names::Names;
use super::shared::{ENOUGH, share};

/// What a scan looks for.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the options of Bun's API")]
pub struct Options {
    /// Where to start; an absolute path.
    pub directory: PathBuf,
    /// Whether wildcards match names that start with a period.
    pub dot: bool,
    /// Whether the paths are absolute.
    pub absolute: bool,
    /// Whether links to directories are entered.
    pub follow: bool,
    /// Whether a link that leads nowhere is an error, when links are followed.
    pub broken: bool,
    /// Whether only files are found.
    pub only_files: bool,
}

/// Why a scan failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A directory could not be read.
    #[error("open: {0}")]
    Open(io::Error, PathBuf),
    /// A link leads nowhere.
    #[error("open: {0}")]
    Broken(io::Error, PathBuf),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Open(error, path) | Error::Broken(error, path) => Self::file(&error, "open", Some(&path)),
        }
    }
}

/// The paths that a scan found, one after the other in one text, each followed by NUL.
///
/// They cross to JavaScript as one string: a string for each costs more than finding the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found(pub String);

impl Found {
    /// Adds what another thread found.
    pub(super) fn add(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
        } else {
            self.0.push_str(&other.0);
        }
    }

    fn push(&mut self, path: &[&str]) {
        for part in path {
            self.0.push_str(part);
        }
        self.0.push('\0');
    }
}

/// What an entry of a directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// Finds what matches, in no particular order.
///
/// # Errors
/// `Open` when the directory to start from, or one below it, cannot be read, or for a broken link.
pub fn scan(pattern: &str, options: &Options) -> Result<Found, Error> {
    let root = Root::open(&options.directory).map_err(|error| Error::Open(error, options.directory.clone()))?;
    let walk = Walk { options, plan: Plan::new(pattern) };
    let mut found = Found::default();
    walk.start(root, &mut found)?;
    Ok(found)
}

/// One part of a pattern between separators.
#[derive(Debug)]
enum Component {
    /// `**`
    Any,
    /// Names that match; whether it speaks of a leading period itself.
    Names(Names, bool),
}

#[derive(Debug)]
struct Plan {
    /// The plain names in front, as they were written.
    base: String,
    /// Whether one of them is `.` or `..`.
    dots: bool,
    components: Vec<Component>,
    /// Whether only directories can match: the pattern ends with a separator.
    directories: bool,
    /// The last plain name, when there is nothing but plain names.
    plain: bool,
}

impl Plan {
    fn new(pattern: &str) -> Self {
        let absolute = pattern.starts_with('/');
        let directories = pattern.ends_with('/');
        let mut parts: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty()).collect();
        let wild = parts.iter().position(|part| is_wild(part)).unwrap_or(parts.len());
        let rest = parts.split_off(wild);
        let mut base = parts.iter().map(|part| unescape(part)).collect::<Vec<_>>().join("/");
        if absolute {
            base.insert(0, '/');
        }
        let mut components: Vec<Component> = Vec::new();
        for (index, part) in rest.iter().enumerate() {
            // With a separator at its end `**` stands for one component.
            if *part == "**" && !(directories && index + 1 == rest.len()) {
                if !matches!(components.last(), Some(Component::Any)) {
                    components.push(Component::Any);
                }
            } else {
                components.push(Component::Names(Names::new(part), part.starts_with('.')));
            }
        }
        let dots = base.split('/').any(|part| matches!(part, "." | ".."));
        Self { base, dots, plain: components.is_empty(), components, directories }
    }
}

fn is_wild(part: &str) -> bool {
    let mut escaped = false;
    let mut previous = ' ';
    for (index, letter) in part.char_indices() {
        if escaped {
            escaped = false;
        } else {
            match letter {
                '\\' => escaped = true,
                '*' | '?' | '[' | '{' => return true,
                '!' if index == 0 => return true,
                '(' if matches!(previous, '+' | '@' | '!') => return true,
                _ => {}
            }
        }
        previous = letter;
    }
    false
}

fn unescape(part: &str) -> String {
    let mut plain = String::with_capacity(part.len());
    let mut letters = part.chars().peekable();
    while let Some(letter) = letters.next() {
        plain.push(if letter == '\\' { letters.next().map_or('\\', escaped) } else { letter });
    }
    plain
}

pub(super) struct Walk<'scan> {
    options: &'scan Options,
    plan: Plan,
}

/// A directory on the way: how results name it, and which components may match in it.
pub(super) struct Visit {
    name: String,
    states: Vec<usize>,
    /// The directories that links on the way led to.
    links: Vec<(u64, u64)>,
}

impl Walk<'_> {
    fn start(&self, mut root: Root, found: &mut Found) -> Result<(), Error> {
        let base = &self.plan.base;
        if self.plan.plain {
            if let Ok(metadata) = fs::metadata(self.options.directory.join(base))
                && self.is_wanted(&metadata)
                && Path::new(base).file_name().is_some()
            {
                self.show(found, base, "");
            }
            return Ok(());
        }
        let mut states = vec![0];
        self.close(&mut states);
        let first = Visit { name: base.clone(), states, links: Vec::new() };
        let mut visits = Vec::new();
        if base.starts_with('/') {
            // As the directory to start from, what an absolute pattern names has to be there.
            self.read(&mut root, &first, &mut visits, found).map_err(|error| match error {
                Error::Open(error, path) if path == Path::new(base) => Error::Open(error, path.join("")),
                error => error,
            })?;
        } else {
            visits.push(first);
        }
        while let Some(visit) = visits.pop() {
            self.visit(&mut root, &visit, &mut visits, found)?;
            if visits.len() >= ENOUGH {
                return share(self, root, visits, found);
            }
        }
        Ok(())
    }

    fn is_wanted(&self, metadata: &Metadata) -> bool {
        if self.plan.directories && !metadata.is_dir() {
            return false;
        }
        !self.options.only_files || metadata.is_file()
    }

    /// `**` may stand for no component at all.
    fn close(&self, states: &mut Vec<usize>) {
        let mut index = 0;
        while index < states.len() {
            let state = states[index];
            if matches!(self.plan.components.get(state), Some(Component::Any)) && !states.contains(&(state + 1)) {
                states.push(state + 1);
            }
            index += 1;
        }
    }

    /// Reads a directory. What is not there (any more), or is no directory, holds nothing.
    pub(super) fn visit(
        &self,
        root: &mut Root,
        visit: &Visit,
        visits: &mut Vec<Visit>,
        found: &mut Found,
    ) -> Result<(), Error> {
        match self.read(root, visit, visits, found) {
            Err(Error::Open(error, _)) if is_absent(&error) => Ok(()),
            result => result,
        }
    }

    fn read(&self, root: &mut Root, visit: &Visit, visits: &mut Vec<Visit>, found: &mut Found) -> Result<(), Error> {
        let mut states = Vec::new();
        let mut failed = Ok(());
        let read = root.read(&visit.name, &mut |name, kind| {
            if failed.is_err() {
                return;
            }
            let matched = self.advance(&visit.states, name, &mut states);
            if !matched && (states.is_empty() || !matches!(kind, Kind::Directory | Kind::Link)) {
                return;
            }
            match self.target(&visit.name, name, kind) {
                Ok(target) => {
                    if matched && self.is_found(kind, target.as_ref()) {
                        self.show(found, &visit.name, name);
                    }
                    if !states.is_empty()
                        && let Some(links) = enter(visit, kind, target.as_ref())
                    {
                        visits.push(Visit { name: join(&visit.name, name), states: states.clone(), links });
                    }
                }
                Err(error) => failed = Err(error),
            }
        });
        // As Bun words it: the directory to start from by its whole path, those below as they were found.
        let path = if visit.name.is_empty() { &self.options.directory } else { Path::new(&visit.name) };
        read.map_err(|error| Error::Open(error, path.to_path_buf()))?;
        failed
    }

    /// Puts into `next` which components may match below `name`; gives whether the last one matches `name`.
    fn advance(&self, states: &[usize], name: &str, next: &mut Vec<usize>) -> bool {
        let hidden = name.starts_with('.') && !self.options.dot;
        let end = self.plan.components.len();
        next.clear();
        let mut matched = false;
        for &state in states {
            let to = match self.plan.components.get(state) {
                Some(Component::Any) if !hidden => {
                    matched |= state + 1 == end;
                    state
                }
                Some(Component::Names(names, dotted)) if (!hidden || *dotted) && names.matches(name) => state + 1,
                _ => continue,
            };
            matched |= to == end;
            if to < end && !next.contains(&to) {
                next.push(to);
            }
        }
        // A trailing `**` matches nothing more of what has matched already.
        self.close(next);
        next.retain(|&state| state < end);
        matched
    }

    /// What a link leads to, when links are followed.
    fn target(&self, directory: &str, name: &str, kind: Kind) -> Result<Option<Metadata>, Error> {
        if !self.options.follow || kind != Kind::Link {
            return Ok(None);
        }
        let path = join(directory, name);
        match fs::metadata(self.options.directory.join(&path)) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if self.options.broken => Err(Error::Broken(error, PathBuf::from(path))),
            Err(_) => Ok(None),
        }
    }

    fn is_found(&self, kind: Kind, target: Option<&Metadata>) -> bool {
        let directory = kind == Kind::Directory || target.is_some_and(Metadata::is_dir);
        let file = kind == Kind::File || target.is_some_and(Metadata::is_file);
        let listed = directory || file || kind == Kind::Link;
        (if self.options.only_files { file } else { listed }) && (directory || !self.plan.directories)
    }

    fn show(&self, found: &mut Found, directory: &str, name: &str) {
        let between = if directory.is_empty() || directory == "/" || name.is_empty() { "" } else { "/" };
        if !self.options.absolute {
            return found.push(&[directory, between, name]);
        }
        let path = format!("{directory}{between}{name}");
        let path = self.options.directory.join(path.strip_prefix("./").unwrap_or(&path));
        let path = if self.plan.dots { normal(&path) } else { path };
        found.push(&[&path.to_string_lossy()]);
    }
}

/// The same path without `.` and `..`, as text: what links lead to does not count.
fn normal(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            path::Component::CurDir => {}
            path::Component::ParentDir => {
                plain.pop();
            }
            _ => plain.push(component),
        }
    }
    plain
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn join(directory: &str, name: &str) -> String {
    match directory {
        "" => name.to_owned(),
        "/" => format!("/{name}"),
        _ => format!("{directory}/{name}"),
    }
}

/// The links on the way into an entry; `None` when it is not entered: no directory, or a link in a circle.
fn enter(visit: &Visit, kind: Kind, target: Option<&Metadata>) -> Option<Vec<(u64, u64)>> {
    if kind == Kind::Directory {
        return Some(visit.links.clone());
    }
    let target = target.filter(|target| target.is_dir())?;
    let place = identity(target);
    if visit.links.contains(&place) {
        return None;
    }
    let mut links = visit.links.clone();
    links.push(place);
    Some(links)
}

//! Finding the files that match a pattern.
//!
//! The pattern is split into components. Those in front that are plain names are one path, opened
//! as it is; from there each directory is read once with the components that may match in it.

use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use dx_fault::Fault;
use thiserror::Error;

use super::Pattern;

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

/// Finds what matches, in no particular order.
///
/// # Errors
/// `Open` when the directory to start from, or one below it, cannot be read, or for a broken link.
pub fn scan(pattern: &str, options: &Options) -> Result<Vec<String>, Error> {
    fs::read_dir(&options.directory).map_err(|error| Error::Open(error, options.directory.clone()))?;
    let walk = Walk { options, plan: Plan::new(pattern) };
    let mut found = Vec::new();
    walk.start(&mut found)?;
    Ok(found)
}

/// One part of a pattern between separators.
#[derive(Debug)]
enum Component {
    /// `**`
    Any,
    /// Names that match; whether it speaks of a leading period itself.
    Names(Pattern, bool),
}

#[derive(Debug)]
struct Plan {
    /// The plain names in front, as they were written.
    base: String,
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
                components.push(Component::Names(Pattern::new(part), part.starts_with('.')));
            }
        }
        Self { base, plain: components.is_empty(), components, directories }
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
        plain.push(if letter == '\\' { letters.next().unwrap_or('\\') } else { letter });
    }
    plain
}

struct Walk<'scan> {
    options: &'scan Options,
    plan: Plan,
}

/// A directory on the way: how results name it, and which components may match in it.
struct Visit {
    name: String,
    states: Vec<usize>,
    /// The directories that links on the way led to.
    links: Vec<(u64, u64)>,
}

impl Walk<'_> {
    fn start(&self, found: &mut Vec<String>) -> Result<(), Error> {
        let base = &self.plan.base;
        if self.plan.plain {
            if let Ok(metadata) = fs::metadata(self.options.directory.join(base))
                && self.is_wanted(&metadata)
                && Path::new(base).file_name().is_some()
            {
                found.push(self.shown(base));
            }
            return Ok(());
        }
        let mut visits = vec![Visit { name: base.clone(), states: self.closure(vec![0]), links: Vec::new() }];
        while let Some(visit) = visits.pop() {
            match self.visit(&visit, &mut visits, found) {
                // What is not there (any more), or is no directory, holds nothing.
                Err(Error::Open(error, _)) if is_absent(&error) => {}
                result => result?,
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
    fn closure(&self, mut states: Vec<usize>) -> Vec<usize> {
        let mut index = 0;
        while index < states.len() {
            let state = states[index];
            if matches!(self.plan.components.get(state), Some(Component::Any)) && !states.contains(&(state + 1)) {
                states.push(state + 1);
            }
            index += 1;
        }
        states
    }

    fn visit(&self, visit: &Visit, visits: &mut Vec<Visit>, found: &mut Vec<String>) -> Result<(), Error> {
        let directory = self.options.directory.join(&visit.name);
        let fail = |error| Error::Open(error, directory.clone());
        for entry in fs::read_dir(&directory).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let raw = entry.file_name();
            let Some(name) = raw.to_str() else { continue };
            let (states, matched) = self.advance(&visit.states, name);
            if states.is_empty() && !matched {
                continue;
            }
            let path = join(&visit.name, name);
            let Ok(kind) = entry.file_type() else { continue };
            let target = self.target(&path, kind)?;
            if matched && self.is_found(kind, target.as_ref()) {
                found.push(self.shown(&path));
            }
            let Some(links) = enter(visit, kind, target.as_ref()) else { continue };
            if !states.is_empty() {
                visits.push(Visit { name: path, states, links });
            }
        }
        Ok(())
    }

    /// Which components may match below `name`, and whether `name` is matched by the last one.
    fn advance(&self, states: &[usize], name: &str) -> (Vec<usize>, bool) {
        let hidden = name.starts_with('.') && !self.options.dot;
        let end = self.plan.components.len();
        let (mut next, mut matched) = (Vec::new(), false);
        for &state in states {
            let to = match self.plan.components.get(state) {
                Some(Component::Any) if !hidden => {
                    matched |= state + 1 == end;
                    state
                }
                Some(Component::Names(pattern, dotted)) if (!hidden || *dotted) && pattern.matches(name) => state + 1,
                _ => continue,
            };
            matched |= to == end;
            if to < end && !next.contains(&to) {
                next.push(to);
            }
        }
        // A trailing `**` matches nothing more of what has matched already.
        let next = self.closure(next);
        (next.into_iter().filter(|&state| state < end).collect(), matched)
    }

    /// What a link leads to, when links are followed.
    fn target(&self, path: &str, kind: FileType) -> Result<Option<Metadata>, Error> {
        if !self.options.follow || !kind.is_symlink() {
            return Ok(None);
        }
        match fs::metadata(self.options.directory.join(path)) {
            Ok(metadata) => Ok(Some(metadata)),
            Err(error) if self.options.broken => Err(Error::Broken(error, PathBuf::from(path))),
            Err(_) => Ok(None),
        }
    }

    fn is_found(&self, kind: FileType, target: Option<&Metadata>) -> bool {
        let directory = kind.is_dir() || target.is_some_and(Metadata::is_dir);
        let file = kind.is_file() || target.is_some_and(Metadata::is_file);
        let listed = directory || file || kind.is_symlink();
        (if self.options.only_files { file } else { listed }) && (directory || !self.plan.directories)
    }

    fn shown(&self, path: &str) -> String {
        if !self.options.absolute {
            return path.to_owned();
        }
        let path = path.strip_prefix("./").unwrap_or(path);
        self.options.directory.join(path).to_string_lossy().into_owned()
    }
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
fn enter(visit: &Visit, kind: FileType, target: Option<&Metadata>) -> Option<Vec<(u64, u64)>> {
    if kind.is_dir() {
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

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> (u64, u64) {
    let time = |time: io::Result<std::time::SystemTime>| {
        time.ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |time| time.as_secs())
    };
    (time(metadata.created()), time(metadata.modified()))
}

//! Pathname expansion: the files that a pattern names.

use std::fs::{self, FileType};
use std::path::{Path, PathBuf};

use bstr::{BString, ByteSlice as _, ByteVec as _};

use super::pattern::{has_glob, matches};
use crate::cancel::Cancel;

/// Directories may stand in one another this deep under `**`.
const DEPTH: u32 = 256;

/// The names that match, sorted; none when there are none.
pub(crate) fn names(pattern: &[u8], directory: &Path, cancel: &Cancel) -> Vec<BString> {
    let components: Vec<&[u8]> = pattern.split(|&byte| byte == b'/').collect();
    let (prefix, components) = match components.as_slice() {
        [first, rest @ ..] if first.is_empty() && !rest.is_empty() => (&b"/"[..], rest),
        all => (&b""[..], all),
    };
    let mut search = Search { directory, cancel, found: Vec::new() };
    search.walk(prefix.into(), components, 0);
    search.found.sort_unstable();
    search.found.dedup();
    search.found
}

struct Search<'a> {
    directory: &'a Path,
    cancel: &'a Cancel,
    found: Vec<BString>,
}

impl Search<'_> {
    fn path(&self, name: &[u8]) -> PathBuf {
        self.directory.join(name.to_path_lossy())
    }

    /// Matches the components below `prefix`, which is empty or ends in a slash.
    fn walk(&mut self, prefix: BString, components: &[&[u8]], depth: u32) {
        let [component, rest @ ..] = components else {
            self.found.push(prefix);
            return;
        };
        if self.cancel.is_cancelled() {
            return;
        }
        let last = rest.is_empty();
        if component.is_empty() {
            // A slash at the end, or two in a row.
            self.walk(prefix, rest, depth);
            return;
        }
        if *component == b"**" && depth < DEPTH {
            self.walk_below(&prefix, rest, depth);
            return;
        }
        if !has_glob(component) {
            let mut name = prefix;
            name.extend_from_slice(&unescaped(component));
            let path = self.path(&name);
            if last {
                if fs::symlink_metadata(&path).is_ok() {
                    self.found.push(name);
                }
            } else if fs::metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
                name.push(b'/');
                self.walk(name, rest, depth);
            }
            return;
        }
        let hidden = component.first() == Some(&b'.') || component.starts_with(b"\\.");
        for (entry, kind) in self.entries(&prefix) {
            if (entry.first() == Some(&b'.') && !hidden) || !matches(component, &entry) {
                continue;
            }
            let mut name = prefix.clone();
            name.extend_from_slice(&entry);
            if last {
                self.found.push(name);
            } else if self.is_directory(&name, kind) {
                name.push(b'/');
                self.walk(name, rest, depth);
            }
        }
    }

    /// `**`: this directory and all below it, but not through links and hidden ones.
    fn walk_below(&mut self, prefix: &BString, rest: &[&[u8]], depth: u32) {
        if !rest.is_empty() {
            self.walk(prefix.clone(), rest, depth + 1);
        }
        for (entry, kind) in self.entries(prefix) {
            if entry.first() == Some(&b'.') || self.cancel.is_cancelled() {
                continue;
            }
            let mut name = prefix.clone();
            name.extend_from_slice(&entry);
            if rest.is_empty() {
                self.found.push(name.clone());
            }
            if kind.is_dir() && depth < DEPTH {
                name.push(b'/');
                self.walk_below(&name, rest, depth + 1);
            }
        }
    }

    fn entries(&self, prefix: &[u8]) -> Vec<(BString, FileType)> {
        let path = if prefix.is_empty() { self.directory.to_path_buf() } else { self.path(prefix) };
        let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
        let entry = |entry: fs::DirEntry| {
            let kind = entry.file_type().ok()?;
            Some((BString::from(Vec::from_os_string(entry.file_name()).ok()?), kind))
        };
        entries.filter_map(|read| entry(read.ok()?)).collect()
    }

    fn is_directory(&self, name: &[u8], kind: FileType) -> bool {
        kind.is_dir() || (kind.is_symlink() && fs::metadata(self.path(name)).is_ok_and(|metadata| metadata.is_dir()))
    }
}

/// The pattern without its backslashes.
pub(crate) fn unescaped(pattern: &[u8]) -> BString {
    let mut text = BString::default();
    let mut bytes = pattern.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => text.extend(bytes.next()),
            byte => text.push(byte),
        }
    }
    text
}

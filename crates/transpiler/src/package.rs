//! Files of packages: published JavaScript runs as it is unless it needs something of Bun.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::ModuleKind;

/// Tells whether a file belongs to an installed package.
#[must_use]
pub(crate) fn is_in_package(path: &str) -> bool {
    path.contains("/node_modules/") || path.contains("\\node_modules\\")
}

/// Tells whether published JavaScript must pass the transpiler.
pub(crate) fn needs_transpiler(source: &str) -> bool {
    uses_bun_module(source) || uses_bun_meta(source)
}

fn uses_bun_module(source: &str) -> bool {
    ["\"bun\"", "'bun'", "\"bun:", "'bun:"].iter().any(|quoted| source.contains(quoted))
}

fn uses_bun_meta(source: &str) -> bool {
    const ADDED: [&str; 8] = ["dir", "dirname", "file", "filename", "path", "main", "require", "env"];
    source.match_indices("import.meta.").any(|(at, found)| {
        let rest = &source[at + found.len()..];
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_' && letter != '$');
        let name = &rest[..end.unwrap_or(rest.len())];
        name == "resolveSync" || ADDED.contains(&name)
    })
}

/// Tells whether published JavaScript may hold module syntax; cheap, errs on the side of yes.
pub(crate) fn may_be_module(source: &str) -> bool {
    ["import", "export"].iter().any(|word| {
        source.match_indices(word).any(|(at, found)| {
            let next = source.as_bytes().get(at + found.len());
            next.is_some_and(|next| matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'{' | b'*' | b'"' | b'\'' | b'/'))
        })
    })
}

/// Reads the `type` of package.json files, once per folder.
#[derive(Default)]
pub(crate) struct PackageTypes {
    folders: Mutex<HashMap<PathBuf, Option<ModuleKind>>>,
}

impl PackageTypes {
    /// Finds what the nearest package.json declares for a `.js` file.
    pub(crate) fn of(&self, file: &Path) -> Option<ModuleKind> {
        self.of_folder(file.parent()?)
    }

    fn of_folder(&self, folder: &Path) -> Option<ModuleKind> {
        if let Some(known) = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return *known;
        }
        let kind = match fs::read(folder.join("package.json")) {
            Ok(text) => declared(&text),
            Err(_) if folder.file_name().is_some_and(|name| name == "node_modules") => None,
            Err(_) => folder.parent().and_then(|parent| self.of_folder(parent)),
        };
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), kind);
        kind
    }
}

fn declared(text: &[u8]) -> Option<ModuleKind> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        r#type: Option<String>,
    }
    match serde_json::from_slice::<Manifest>(text).ok()?.r#type?.as_str() {
        "module" => Some(ModuleKind::Esm),
        "commonjs" => Some(ModuleKind::CommonJs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_javascript_stays_untouched() {
        assert!(!needs_transpiler("export const here = import.meta.url; import.meta.environment"));
        assert!(needs_transpiler("const d = import.meta.dir;"));
        assert!(needs_transpiler("import { serve } from \"bun\";"));
    }
}

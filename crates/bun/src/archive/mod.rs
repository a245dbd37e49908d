//! `Bun.Archive`: tar archives, built, read and unpacked.
//!
//! Source: <https://bun.com/docs/runtime/archive>, `tar(5)`.

mod extract;
mod pack;
mod read;

use std::io;

use dx_fault::Fault;
use thiserror::Error;

pub use extract::extract;
pub use pack::pack;
pub use read::{File, files};

use crate::glob::Pattern;

/// Why an archive could not be read or unpacked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no tar archive.
    #[error("Unrecognized archive format")]
    Format,
    /// The archive ends before it should, or is damaged.
    #[error("Truncated tar archive detected while reading data")]
    Truncated,
    /// What is compressed does not decompress.
    #[error("gzip decompression failed")]
    Gzip,
    /// A file of the archive could not be written.
    #[error("{syscall}: {error}")]
    System {
        /// What the system said.
        error: io::Error,
        /// The call.
        syscall: &'static str,
        /// The file.
        path: std::path::PathBuf,
    },
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::System { error, syscall, path } => Self::file(&error, syscall, Some(&path)),
            error => Self::new(dx_fault::Class::Error, "", error.to_string()),
        }
    }
}

/// Which entries are wanted: those that match one of the patterns, if there are any, and none of the excluded.
#[derive(Debug, Default)]
pub struct Filter {
    wanted: Vec<Pattern>,
    excluded: Vec<Pattern>,
}

impl Filter {
    /// Compiles the patterns; those that start with `!` exclude, empty ones say nothing.
    #[must_use]
    pub fn new(patterns: &[String]) -> Self {
        let mut filter = Self::default();
        for pattern in patterns.iter().filter(|pattern| !pattern.is_empty()) {
            match pattern.strip_prefix('!') {
                Some(excluded) => filter.excluded.push(Pattern::new(excluded)),
                None => filter.wanted.push(Pattern::new(pattern)),
            }
        }
        filter
    }

    fn wants(&self, path: &str) -> bool {
        (self.wanted.is_empty() || self.wanted.iter().any(|pattern| pattern.matches(path)))
            && !self.excluded.iter().any(|pattern| pattern.matches(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        let long = "q/".repeat(100) + "f";
        let names = ["a.txt", "dir/b.txt", long.as_str(), "empty"];
        let contents: Vec<&[u8]> = vec![b"one", b"two", b"long", b""];
        pack(names.iter().copied().zip(contents))
    }

    #[test]
    fn what_is_packed_is_read() {
        let found = files(&sample(), &Filter::default()).unwrap();
        let texts: Vec<_> = found.iter().map(|file| (file.path.len(), file.bytes.as_slice())).collect();
        assert_eq!(texts, [(5, &b"one"[..]), (9, b"two"), (201, b"long"), (5, b"")]);
        assert!(found[0].modified > 1_600_000_000_000.0);
    }

    #[test]
    fn a_filter_chooses() {
        let names = |patterns: &[&str]| {
            let patterns: Vec<_> = patterns.iter().map(ToString::to_string).collect();
            let found = files(&sample(), &Filter::new(&patterns)).unwrap();
            found.into_iter().map(|file| file.path).collect::<Vec<_>>()
        };
        assert_eq!(names(&["*.txt"]), ["a.txt"]);
        assert_eq!(names(&["**/*.txt", "!a*"]), ["dir/b.txt"]);
        assert_eq!(names(&["!**/*.txt", "!q/**"]), ["empty"]);
    }

    #[test]
    fn what_is_no_archive_says_so() {
        assert!(matches!(files(&[7; 2000], &Filter::default()), Err(Error::Format)));
        assert!(matches!(files(b"", &Filter::default()), Err(Error::Format)));
        assert!(matches!(files(&[0x1f, 0x8b, 8, 0, 1, 2], &Filter::default()), Err(Error::Gzip)));
        let archive = sample();
        assert!(matches!(files(&archive[..514], &Filter::default()), Err(Error::Truncated)));
    }
}

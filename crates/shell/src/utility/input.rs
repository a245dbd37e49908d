//! What text utilities read: files or standard input, by blocks or by lines.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
    sync::Arc,
};

use bstr::BStr;

use super::text::resolve;
use crate::{
    cancel::Cancel,
    descriptor::Descriptor,
    file,
    stream::{Handle, Input, Output},
};

/// Large enough that the system calls do not count, small enough to stay in the cache.
pub(crate) const BLOCK: usize = 128 * 1024;

/// One of the files of a command line, or standard input for `-`.
pub(crate) enum Source<'a> {
    /// Standard input.
    Stdin(&'a mut dyn Input),
    /// A file.
    File(File),
    /// A pipe, at which to wait can be ended.
    Pipe(Descriptor, &'a Cancel),
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let result = match self {
                Self::Stdin(stdin) => stdin.read(buffer),
                Self::File(file) => file.read(buffer),
                Self::Pipe(pipe, cancel) => pipe.stream(cancel).read(buffer),
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}

impl Source<'_> {
    /// How many bytes of it are not read yet, when they would be written to the file that they come from.
    pub(crate) fn left_of_output(&self, stdout: &dyn Output) -> Option<u64> {
        let input = match self {
            Self::Stdin(stdin) => stdin.handle()?,
            Self::File(file) => Handle::from(file),
            Self::Pipe(..) => return None,
        };
        input.left_of_output(stdout.handle()?)
    }

    /// Gives back the end of what was read, where that is possible: who reads on from the same file finds it.
    pub(crate) fn give_back(&mut self, unread: usize) {
        if let (Self::Stdin(stdin), 1..) = (self, unread) {
            stdin.give_back(unread);
        }
    }
}

/// Opens what a word of the command line names.
///
/// # Errors
///
/// Those of opening, and `Is a directory` for a directory, which the system would only say at the first read.
pub(crate) fn open<'a>(
    stdin: &'a mut dyn Input,
    cwd: &Path,
    name: &BStr,
    cancel: &'a Cancel,
) -> io::Result<Source<'a>> {
    if name == "-" {
        return Ok(Source::Stdin(stdin));
    }
    open_file(&resolve(cwd, name), cancel)
}

/// Opens a file.
///
/// # Errors
///
/// Those of opening.
pub(crate) fn open_file<'a>(path: &Path, cancel: &'a Cancel) -> io::Result<Source<'a>> {
    let mut options = File::options();
    options.read(true);
    if !file::is_fifo(path) {
        return Ok(Source::File(options.open(path)?));
    }
    let pipe = file::open_fifo(path, &options, cancel)?;
    Ok(Source::Pipe(Descriptor::File(Arc::new(pipe)), cancel))
}

/// Reads a source by whole lines, many at once.
pub(crate) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    terminator: u8,
}

impl<R: Read> Lines<R> {
    /// Reads lines that end with `\n`.
    pub(crate) fn new(source: R) -> Self {
        Self::terminated_by(source, b'\n')
    }

    /// Reads lines that end with `terminator`.
    pub(crate) fn terminated_by(source: R, terminator: u8) -> Self {
        Self { source, buffer: vec![0; BLOCK], start: 0, end: 0, ended: false, terminator }
    }

    /// As many whole lines as there are at hand, each with its terminator, but for the last one of the source that may
    /// have none; nothing at the end.
    ///
    /// # Errors
    ///
    /// That of the read.
    pub(crate) fn block(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            let held = &self.buffer[self.start..self.end];
            if let Some(last) = memchr::memrchr(self.terminator, held) {
                let block = self.start..self.start + last + 1;
                self.start = block.end;
                return Ok(Some(&self.buffer[block]));
            }
            if self.ended {
                let block = self.start..self.end;
                self.start = self.end;
                return Ok((!block.is_empty()).then(|| &self.buffer[block]));
            }
            self.fill()?;
        }
    }

    /// The next line with its terminator, if it has one; nothing at the end.
    ///
    /// # Errors
    ///
    /// That of the read.
    pub(crate) fn line(&mut self) -> io::Result<Option<&[u8]>> {
        let mut searched = self.start;
        loop {
            if let Some(at) = memchr::memchr(self.terminator, &self.buffer[searched..self.end]) {
                let line = self.start..searched + at + 1;
                self.start = line.end;
                return Ok(Some(&self.buffer[line]));
            }
            if self.ended {
                let line = self.start..self.end;
                self.start = self.end;
                return Ok((!line.is_empty()).then(|| &self.buffer[line]));
            }
            let held = self.end - self.start;
            self.fill()?;
            searched = self.start + held;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let read = self.source.read(&mut self.buffer[self.end..])?;
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }
}

/// A line without its terminator.
pub(crate) fn bare(line: &[u8], terminator: u8) -> &[u8] {
    line.strip_suffix(&[terminator]).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes a read.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            buffer[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    #[test]
    fn lines_whatever_the_reads() {
        let long = "x".repeat(3 * BLOCK);
        let text = format!("a\n\nbc\n{long}\nend");
        for size in [1000, 4096, usize::MAX] {
            let mut lines = Lines::new(Slow(text.as_bytes(), size));
            let mut all = Vec::new();
            while let Some(line) = lines.line().unwrap() {
                all.push(line.to_vec());
            }
            let expected: Vec<&[u8]> = text.as_bytes().split_inclusive(|byte| *byte == b'\n').collect();
            assert_eq!(all, expected);
            let mut lines = Lines::new(Slow(text.as_bytes(), size));
            let mut whole = Vec::new();
            while let Some(block) = lines.block().unwrap() {
                whole.extend_from_slice(block);
                assert!(block.ends_with(b"\n") || whole.len() == text.len());
            }
            assert_eq!(whole, text.as_bytes());
        }
    }
}

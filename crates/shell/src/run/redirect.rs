//! Redirections.

use std::fs::OpenOptions;
use std::sync::Arc;

use bstr::{BString, ByteSlice as _};

use crate::ast::{Part, Redirect, RedirectKind, Word};
use crate::descriptor::{Descriptor, Source};
use crate::file;
use crate::utility::reason;

use super::{Run, Shell, Stop, Value};

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
    Append,
    ReadWrite,
}

impl Shell {
    /// Runs with the redirections in place; they are gone afterwards.
    pub(crate) fn redirected(&mut self, redirects: &[Redirect], run: impl FnOnce(&mut Self) -> Run) -> Run {
        let leaving = std::mem::take(&mut self.leaving);
        if redirects.is_empty() {
            return run(self);
        }
        if leaving {
            return self.redirect_for_good(redirects).and_then(|()| run(self));
        }
        let before = self.descriptors.clone();
        let result = self.redirect_for_good(redirects).and_then(|()| run(self));
        self.descriptors = before;
        result
    }

    /// Puts the redirections in place.
    pub(super) fn redirect_for_good(&mut self, redirects: &[Redirect]) -> Run {
        redirects.iter().try_for_each(|redirect| self.redirect(redirect))
    }

    fn redirect(&mut self, redirect: &Redirect) -> Run {
        let number = |standard| redirect.descriptor.unwrap_or(standard);
        match &redirect.kind {
            RedirectKind::Read(word) => {
                let descriptor = self.open(word, Access::Read)?;
                self.descriptors.set(number(0), Some(descriptor));
            }
            RedirectKind::Write(word) => {
                let descriptor = self.open(word, Access::Write)?;
                self.descriptors.set(number(1), Some(descriptor));
            }
            RedirectKind::Append(word) => {
                let descriptor = self.open(word, Access::Append)?;
                self.descriptors.set(number(1), Some(descriptor));
            }
            RedirectKind::ReadWrite(word) => {
                let descriptor = self.open(word, Access::ReadWrite)?;
                self.descriptors.set(number(0), Some(descriptor));
            }
            RedirectKind::Both(word, append) => {
                let descriptor = self.open(word, if *append { Access::Append } else { Access::Write })?;
                self.descriptors.set(1, Some(descriptor.clone()));
                self.descriptors.set(2, Some(descriptor));
            }
            RedirectKind::Duplicate(word, input) => {
                let text = self.text(word)?;
                self.duplicate(number(u32::from(!input)), &text)?;
            }
            RedirectKind::HereString(word) => {
                let mut text = self.text(word)?;
                text.push(b'\n');
                self.descriptors.set(number(0), Some(from_memory(text.into())));
            }
            RedirectKind::HereDocument(word) => {
                let text = match word.get() {
                    Some(word) => self.document(word)?,
                    None => BString::default(),
                };
                self.descriptors.set(number(0), Some(from_memory(text.into())));
            }
        }
        Ok(())
    }

    fn duplicate(&mut self, number: u32, text: &[u8]) -> Run {
        if text == b"-" {
            self.descriptors.set(number, None);
            return Ok(());
        }
        let (digits, moves) = match text.strip_suffix(b"-") {
            Some(digits) => (digits, true),
            None => (text, false),
        };
        let source = digits.to_str().ok().and_then(|digits| digits.parse().ok());
        let Some((source, descriptor)) =
            source.and_then(|source: u32| Some((source, self.descriptors.get(source)?.clone())))
        else {
            self.complain(format_args!("Bad file descriptor: {}", text.as_bstr()));
            return Err(Stop::Failed(1));
        };
        self.descriptors.set(number, Some(descriptor));
        if moves && source != number {
            self.descriptors.set(source, None);
        }
        Ok(())
    }

    /// Opens what the word names: a file, or a value of JavaScript's.
    fn open(&mut self, word: &Word, access: Access) -> Result<Descriptor, Stop> {
        if let [Part::Value(number)] = word.parts.as_slice() {
            match self.session.values.get(*number) {
                Some(Value::Memory { content, sink }) => {
                    if access == Access::Read {
                        return Ok(Descriptor::Source(Source::bytes(Arc::clone(content))));
                    }
                    if let Some(sink) = sink {
                        if access != Access::Append {
                            sink.restart();
                        }
                        return Ok(Descriptor::Sink(sink.hold()));
                    }
                }
                Some(Value::Feed(feed)) if access == Access::Read => {
                    return Ok(Descriptor::Source(Source::feed(Arc::clone(feed))));
                }
                _ => {}
            }
        }
        let words = std::slice::from_ref(word);
        let mut paths = self.arguments(words)?;
        let path = match (paths.pop(), paths.is_empty()) {
            (Some(path), true) if !path.is_empty() => path,
            _ => {
                self.complain(format_args!("ambiguous redirect: at `{}`", self.command));
                return Err(Stop::Failed(1));
            }
        };
        self.open_path(&path, access)
    }

    fn open_path(&mut self, path: &BString, access: Access) -> Result<Descriptor, Stop> {
        if path.as_slice() == b"/dev/null" {
            return Ok(Descriptor::Null);
        }
        // These are the shell's, not the process's.
        let own = match path.as_slice() {
            b"/dev/stdin" => Some(0),
            b"/dev/stdout" => Some(1),
            b"/dev/stderr" => Some(2),
            _ => None,
        };
        if let Some(descriptor) = own.and_then(|number| self.descriptors.get(number)) {
            return Ok(descriptor.clone());
        }
        let full = self.directory.join(path.to_path_lossy());
        let mut options = OpenOptions::new();
        match access {
            Access::Read => options.read(true),
            Access::Write => options.write(true).create(true).truncate(true),
            Access::Append => options.append(true).create(true),
            Access::ReadWrite => options.read(true).write(true).create(true).truncate(false),
        };
        if access == Access::Write && self.options.noclobber && full.is_file() {
            self.complain(format_args!("cannot overwrite existing file: {path}"));
            return Err(Stop::Failed(1));
        }
        let opened =
            if file::is_fifo(&full) { file::open_fifo(&full, &options, &self.cancel) } else { options.open(full) };
        opened.map(|file| Descriptor::File(Arc::new(file))).map_err(|error| {
            let text = match error.kind() {
                std::io::ErrorKind::NotFound => "No such file or directory".to_owned(),
                std::io::ErrorKind::IsADirectory => "Is a directory".to_owned(),
                _ => reason(&error),
            };
            self.complain(format_args!("{text}: {path}"));
            Stop::Failed(1)
        })
    }
}

fn from_memory(text: Vec<u8>) -> Descriptor {
    Descriptor::Source(Source::bytes(text.into()))
}

//! What an engine reports when it fails: facts that the binding turns into a JavaScript error.
//!
//! Engines keep an error enum of their own and one `impl From<Error> for Fault`; nothing here
//! knows JavaScript or Node-API. Shapes follow Node's: system errors own `errno`, `code`,
//! `syscall`, `path`, `dest`, and read `ENOENT: no such file or directory, open 'x'`.

#![forbid(unsafe_code)]

mod errno;

use std::borrow::Cow;
use std::io;
use std::path::Path;

pub use errno::{Errno, describe};

/// The JavaScript class of the error to be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Class {
    /// `Error`
    Error,
    /// `TypeError`
    TypeError,
    /// `RangeError`
    RangeError,
    /// `SyntaxError`
    SyntaxError,
    /// `SQLiteError` of `bun:sqlite`
    SqliteError,
    /// `BuildMessage`: a source file that does not parse
    BuildMessage,
    /// `ResolveMessage`: a module that is not found
    ResolveMessage,
}

impl Class {
    /// Names the class as `lib/internal/errors.js` registers it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "Error",
            Self::TypeError => "TypeError",
            Self::RangeError => "RangeError",
            Self::SyntaxError => "SyntaxError",
            Self::SqliteError => "SQLiteError",
            Self::BuildMessage => "BuildMessage",
            Self::ResolveMessage => "ResolveMessage",
        }
    }
}

/// The facts of a failed system call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sys {
    /// The number as libuv gives it: negative `errno`.
    pub errno: i32,
    /// The name of the call as Node reports it, `open`, `listen`, …
    pub syscall: Cow<'static, str>,
    /// The file concerned.
    pub path: Option<String>,
    /// The second file of a rename, link or copy.
    pub dest: Option<String>,
    /// The network address concerned.
    pub address: Option<String>,
    /// The port concerned.
    pub port: Option<u16>,
}

/// A further own property of the error object.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Prop {
    /// A JavaScript string.
    Text(String),
    /// A JavaScript number.
    Number(f64),
    /// A JavaScript boolean.
    Bool(bool),
    /// `null`
    Null,
}

/// An engine's failure, ready to become a JavaScript error.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The class of the error.
    pub class: Class,
    /// `error.code`; empty when the error has none.
    pub code: Cow<'static, str>,
    /// `error.message`
    pub message: String,
    /// The system call behind it, if one failed.
    pub sys: Option<Box<Sys>>,
    /// Further own properties, in order.
    pub props: Vec<(&'static str, Prop)>,
}

impl Fault {
    /// Makes a fault of a class with a code and a message.
    #[must_use]
    pub fn new(class: Class, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { class, code: code.into(), message: message.into(), sys: None, props: Vec::new() }
    }

    /// Makes the fault of a failed system call on a file, with Node's message.
    ///
    /// An error that carries no OS number (`io::ErrorKind::UnexpectedEof`, …) becomes a plain
    /// `Error` with the standard library's wording.
    #[must_use]
    pub fn file(error: &io::Error, syscall: &'static str, path: Option<&Path>) -> Self {
        Self::copy(error, syscall, path, None)
    }

    /// Makes the fault of a failed system call on two files, with Node's message.
    #[must_use]
    pub fn copy(error: &io::Error, syscall: &'static str, path: Option<&Path>, dest: Option<&Path>) -> Self {
        Self::system(
            error,
            Sys {
                syscall: Cow::Borrowed(syscall),
                path: path.map(|path| path.to_string_lossy().into_owned()),
                dest: dest.map(|dest| dest.to_string_lossy().into_owned()),
                ..Sys::default()
            },
        )
    }

    /// Makes the fault of a call on a file that fails as no system call has: under a name that every platform's Node has,
    /// whatever number it stands for there.
    #[must_use]
    pub fn named(code: &'static str, syscall: &'static str, path: Option<&Path>) -> Self {
        let path = path.map(|path| path.to_string_lossy().into_owned());
        Self::described(errno::named(code), Sys { syscall: Cow::Borrowed(syscall), path, ..Sys::default() })
    }

    /// Makes the fault of a failed system call from its facts; `sys.errno` is filled in here.
    #[must_use]
    pub fn system(error: &io::Error, sys: Sys) -> Self {
        match error.raw_os_error() {
            Some(raw) => Self::described(describe(raw), sys),
            None => Self::new(Class::Error, "", error.to_string()),
        }
    }

    fn described(errno: Errno, mut sys: Sys) -> Self {
        sys.errno = errno.number;
        let mut message = format!("{}: {}, {}", errno.code, errno.message, sys.syscall);
        if let Some(path) = &sys.path {
            message += &format!(" '{path}'");
        }
        if let Some(dest) = &sys.dest {
            message += &format!(" -> '{dest}'");
        }
        if let Some(address) = &sys.address {
            let port = sys.port.map_or_else(String::new, |port| format!(":{port}"));
            message += &format!(" {address}{port}");
        }
        Self { class: Class::Error, code: errno.code, message, sys: Some(Box::new(sys)), props: Vec::new() }
    }

    /// Adds an own property.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Prop) -> Self {
        self.props.push((name, value));
        self
    }

    /// Makes the fault of a panic that was caught at the boundary.
    #[must_use]
    pub fn panic(payload: &(dyn std::any::Any + Send)) -> Self {
        let what = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "unknown panic".to_owned());
        Self::new(Class::Error, "ERR_INTERNAL_ASSERTION", format!("This is a bug in dx-compat: {what}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_reads_as_in_node() {
        let error = io::Error::from_raw_os_error(libc::ENOENT);
        let fault = Fault::file(&error, "open", Some(Path::new("/no/such")));
        assert_eq!(fault.message, "ENOENT: no such file or directory, open '/no/such'");
        assert_eq!(fault.code, "ENOENT");
        assert_eq!(fault.sys.map(|sys| sys.errno), Some(-libc::ENOENT));
    }

    #[test]
    fn two_files_are_joined_by_an_arrow() {
        let error = io::Error::from_raw_os_error(libc::EXDEV);
        let fault = Fault::copy(&error, "rename", Some(Path::new("a")), Some(Path::new("b")));
        assert_eq!(fault.message, "EXDEV: cross-device link not permitted, rename 'a' -> 'b'");
    }

    #[test]
    fn a_name_is_enough() {
        let fault = Fault::named("ENODEV", "read", Some(Path::new("/dev")));
        assert_eq!(fault.message, "ENODEV: no such device, read '/dev'");
        let numbers = ["EISDIR", "ENODEV"].map(|code| Fault::named(code, "read", None).sys.map(|sys| sys.errno));
        let expected = if cfg!(windows) { [-4068, -4059] } else { [-libc::EISDIR, -libc::ENODEV] };
        assert_eq!(numbers, expected.map(Some));
    }

    #[test]
    fn an_address_in_use_carries_its_port() {
        let error = io::Error::from_raw_os_error(libc::EADDRINUSE);
        let sys = Sys { syscall: "listen".into(), address: Some("::1".into()), port: Some(80), ..Sys::default() };
        assert_eq!(Fault::system(&error, sys).message, "EADDRINUSE: address already in use, listen ::1:80");
    }

    #[test]
    fn an_error_without_a_number_is_plain() {
        let fault = Fault::file(&io::Error::other("odd"), "read", None);
        assert_eq!((fault.code.as_ref(), fault.message.as_str()), ("", "odd"));
    }

    #[test]
    fn a_panic_names_itself() {
        let payload: Box<dyn std::any::Any + Send> = Box::new("index 3");
        assert!(Fault::panic(payload.as_ref()).message.ends_with("index 3"));
    }
}

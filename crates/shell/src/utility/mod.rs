//! The utilities: commands that need nothing of the shell's state and run inside the process.
//!
//! A utility reads and writes the streams of its [`Context`], resolves paths against its `cwd` and asks its
//! `environment`; it never touches what belongs to the host process.

use std::{borrow::Cow, io, path::Path};

use bstr::{BStr, BString, ByteSlice as _};

use crate::{
    cancel::Cancel,
    stream::{Input, Output},
};

mod text;
mod truth;

/// What a utility knows of the world.
pub struct Context<'a> {
    /// The words of the command; the first is its name.
    pub args: &'a [BString],
    /// Standard input.
    pub stdin: &'a mut dyn Input,
    /// Standard output, not buffered.
    pub stdout: &'a mut dyn Output,
    /// Standard error, not buffered.
    pub stderr: &'a mut dyn Output,
    /// The shell's working directory, absolute.
    pub cwd: &'a Path,
    /// The shell's exported variables.
    pub environment: &'a dyn Environment,
    /// To be asked in each long loop; a utility that finds it cancelled returns what it likes, soon.
    pub cancel: &'a Cancel,
    /// Runs other commands: for `xargs`, `env`, `find -exec`.
    pub runner: &'a dyn Runner,
}

/// The exported variables of a shell.
pub trait Environment: Sync {
    /// The value of an exported variable.
    fn get(&self, name: &BStr) -> Option<Cow<'_, BStr>>;
    /// Every exported variable.
    fn exported(&self) -> Vec<(BString, BString)>;
}

/// Runs commands with the standard output and error of the utility that asks; several threads may ask at once.
pub trait Runner: Sync {
    /// Runs a command, a utility or a program, to its end and returns its exit code: 127 (and the shell's message on
    /// standard error) when it is not found, 128 + n when signal n ended it.
    ///
    /// # Errors
    ///
    /// What the system says when the command cannot be started for want of resources.
    fn run(&self, command: Invocation<'_>) -> io::Result<u8>;
}

/// A command for a [`Runner`].
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// The words; the first is its name.
    pub args: &'a [BString],
    /// All variables that it gets, in place of the shell's exported ones.
    pub environment: Option<&'a [(BString, BString)]>,
    /// Its working directory, in place of the shell's.
    pub cwd: Option<&'a Path>,
    /// Whether it reads what the utility itself would read, or nothing.
    pub inherits_stdin: bool,
}

/// A utility: runs to its end and gives the exit code.
///
/// # Errors
///
/// A failed read or write of a standard stream. [`run`] turns it into a message and an exit code.
pub type Utility = fn(&mut Context<'_>) -> io::Result<u8>;

/// The utility of that name.
#[must_use]
pub fn find(name: &[u8]) -> Option<Utility> {
    Some(match name {
        b"true" => truth::succeed,
        b"false" => truth::fail,
        _ => return None,
    })
}

/// The exit code of a command that wrote to a pipe that nobody reads, as if SIGPIPE had ended it.
pub const BROKEN_PIPE: u8 = 128 + 13;

/// Runs a utility and settles what it left open: a broken pipe ends it quietly with [`BROKEN_PIPE`], any other failure
/// of a standard stream with a message and 1.
pub fn run(utility: Utility, context: &mut Context<'_>) -> u8 {
    match utility(context) {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => BROKEN_PIPE,
        Err(error) => {
            let name = context.args.first().map_or_else(BString::default, BString::clone);
            // Standard error may be what failed.
            let _ = context.stderr.write_all(format!("{}: {}\n", name.as_bstr(), text::reason(&error)).as_bytes());
            1
        }
    }
}

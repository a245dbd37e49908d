//! The state of a shell.

use std::collections::HashMap;
use std::fmt;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use bstr::{BStr, BString, ByteSlice as _};

use crate::ast::{Assignment, Command, List};
use crate::cancel::Cancel;
use crate::descriptor::{Descriptor, Table};
use crate::pool::Task;
use crate::utility::reason;

use super::{Run, Session, Stop, Variables};

/// What `set` sets.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are options, each on or off")]
pub(crate) struct Options {
    pub(crate) allexport: bool,
    pub(crate) errexit: bool,
    pub(crate) noglob: bool,
    pub(crate) noexec: bool,
    pub(crate) nounset: bool,
    pub(crate) xtrace: bool,
    pub(crate) verbose: bool,
    pub(crate) noclobber: bool,
    pub(crate) pipefail: bool,
    /// `shopt -s nullglob`: a pattern that matches nothing is nothing.
    pub(crate) nullglob: bool,
}

impl Options {
    /// Letter, name and place of each.
    pub(crate) fn each(&mut self) -> [(u8, &'static str, &mut bool); 9] {
        [
            (b'a', "allexport", &mut self.allexport),
            (b'e', "errexit", &mut self.errexit),
            (b'f', "noglob", &mut self.noglob),
            (b'n', "noexec", &mut self.noexec),
            (b'u', "nounset", &mut self.nounset),
            (b'v', "verbose", &mut self.verbose),
            (b'x', "xtrace", &mut self.xtrace),
            (b'C', "noclobber", &mut self.noclobber),
            (0, "pipefail", &mut self.pipefail),
        ]
    }

    /// `$-`
    pub(crate) fn letters(mut self) -> String {
        self.each()
            .iter()
            .filter(|(letter, _, on)| **on && *letter != 0)
            .map(|(letter, ..)| char::from(*letter))
            .collect()
    }
}

/// A background job.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    /// Its process, or a number of its own.
    pub(crate) id: u32,
    pub(crate) task: Task<u8>,
    pub(crate) cancel: Arc<Cancel>,
}

/// The state of a shell; a clone is a subshell.
#[derive(Clone)]
pub(crate) struct Shell {
    pub(crate) session: Arc<Session>,
    /// The wish that this shell ends: the script's, or the job's that it is part of.
    pub(crate) cancel: Arc<Cancel>,
    pub(crate) variables: Variables,
    pub(crate) functions: Arc<HashMap<BString, Arc<Command>>>,
    /// `$0`, `$1`, …
    pub(crate) arguments: Arc<Vec<BString>>,
    pub(crate) directory: Arc<PathBuf>,
    pub(crate) descriptors: Table,
    pub(crate) options: Options,
    /// `$?`
    pub(crate) status: u8,
    /// `$PIPESTATUS`
    pub(crate) statuses: Vec<u8>,
    /// The arrays among the arguments of the command that declares, by their place.
    pub(crate) declared_arrays: Vec<(usize, Arc<Assignment>)>,
    /// The exit code of the last command substitution of the command under way.
    pub(crate) substituted: Option<u8>,
    /// Commands of signals, by name.
    pub(crate) traps: HashMap<BString, BString>,
    pub(crate) jobs: Vec<Job>,
    /// `$!`
    pub(crate) last_job: Option<u32>,
    /// Above 0, a failure does not end the shell under `set -e`.
    pub(crate) unchecked: u32,
    /// How many loops are under way.
    pub(crate) loops: u32,
    /// How many functions and `eval`s are under way.
    pub(crate) depth: u32,
    pub(crate) started: Instant,
    /// Whether this is a copy for a subshell.
    pub(crate) is_subshell: bool,
    /// The name of the command whose redirections are under way.
    pub(crate) command: BString,
    /// The line of the command under way.
    pub(crate) line: u32,
    /// What `getopts` is at inside of a word.
    pub(crate) option_at: usize,
    /// Whether this runs one command and ends, so that what that redirects need not come back.
    pub(crate) leaving: bool,
    /// The process substitutions of the command under way.
    pub(crate) substitutions: Vec<(u32, Task<u8>)>,
}

impl Shell {
    /// A copy for a subshell; it waits for no jobs of the original's and has no traps of it.
    pub(crate) fn subshell(&self) -> Self {
        let mut shell = self.clone();
        shell.jobs.clear();
        shell.substitutions.clear();
        shell.traps.retain(|_, command| command.is_empty());
        shell.loops = 0;
        shell.is_subshell = true;
        shell.leaving = false;
        shell
    }

    /// Runs a list to its end as a subshell or script: its exit code.
    pub(crate) fn complete(&mut self, list: &List) -> u8 {
        let run = self.list(list);
        self.finish(run)
    }

    /// What happens at the end of a subshell or script.
    pub(crate) fn finish(&mut self, run: Run) -> u8 {
        if let Err(Stop::Failed(status)) = run {
            self.status = status;
        }
        // What came during the last command.
        if run.is_ok() && self.session.is_signalled() {
            let _ = self.signals(); // it is the end anyway
        }
        self.leave()
    }

    /// The trap of the end.
    fn leave(&mut self) -> u8 {
        if let Some(command) = self.traps.remove(BStr::new("EXIT")).filter(|command| !command.is_empty()) {
            let status = self.status;
            if self.trap(&command) == Err(Stop::Exit) {
                return self.status;
            }
            self.status = status;
        }
        self.status
    }

    /// Writes a message of the shell's to standard error, as Bun words it.
    pub(crate) fn complain(&self, message: fmt::Arguments<'_>) {
        self.say_error(format_args!("bun: {message}\n"));
    }

    /// Writes to standard error.
    pub(crate) fn say_error(&self, message: fmt::Arguments<'_>) {
        let descriptor = self.descriptors.or_null(2);
        descriptor.say(message.to_string().as_bytes(), &self.cancel);
    }

    /// Writes to standard output for a builtin.
    pub(crate) fn print(&self, text: &[u8]) -> Result<(), Stop> {
        let descriptor = self.descriptors.or_null(1);
        descriptor.stream(&self.cancel).write_all(text).map_err(|error| {
            if error.kind() == std::io::ErrorKind::BrokenPipe {
                return Stop::Failed(crate::utility::BROKEN_PIPE);
            }
            self.complain(format_args!("write error: {}", reason(&error)));
            Stop::Failed(1)
        })
    }

    /// A message after which the shell ends.
    pub(crate) fn fatal<T>(&mut self, message: fmt::Arguments<'_>) -> Result<T, Stop> {
        self.complain(message);
        self.status = 1;
        Err(Stop::Exit)
    }

    /// A variable, also those that are made when they are asked for.
    pub(crate) fn variable(&self, name: &BString) -> Option<BString> {
        if let Some(value) = self.variables.get(name.as_bstr()) {
            return Some(value.to_owned());
        }
        let number = match name.as_slice() {
            b"LINENO" => u64::from(self.line),
            b"SECONDS" => self.started.elapsed().as_secs(),
            b"RANDOM" => u64::from(random() & 0x7fff),
            b"PPID" | b"BASHPID" => u64::from(self.session.process),
            _ => return None,
        };
        Some(number.to_string().into())
    }

    /// Where descriptors lead while a redirected command runs.
    pub(crate) fn descriptor(&self, number: u32) -> Descriptor {
        self.descriptors.or_null(number)
    }
}

/// A number that nobody foresees; not for secrets.
fn random() -> u32 {
    use std::hash::{BuildHasher as _, RandomState};
    let hash = RandomState::new().hash_one(0_u8);
    u32::try_from(hash >> 32).unwrap_or_default()
}

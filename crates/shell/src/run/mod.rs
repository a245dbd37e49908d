//! The interpreter.
//!
//! A shell runs on one thread. Stages of pipelines, background jobs and process substitutions are subshells: copies of
//! the state on threads of their own, joined by pipes of the system, so that a fast writer waits for a slow reader.
//! Nothing of the host process changes: directory, variables and descriptors are the shell's own.

mod array;
mod assign;
mod background;
mod command;
mod condition;
mod external;
mod list;
mod redirect;
mod script;
mod session;
mod simple;
mod state;
mod variables;

pub(crate) use self::array::{Array, Key, in_quotes};
pub(crate) use self::external::{Launcher, find as find_program};
pub use self::script::{Options as ScriptOptions, Outcome, Script};
pub(crate) use self::session::Session;
pub use self::session::{Announce, Environment, Value};
pub(crate) use self::state::{Options, Shell};
pub(crate) use self::variables::{Content, Known, Variables};

/// Functions may call each other this deep.
pub(crate) const FUNCTIONS: u32 = 400;

/// Why commands that follow are not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// `break` of that many loops.
    Break(u32),
    /// `continue` of the loop that many out.
    Continue(u32),
    /// `return`
    Return,
    /// `exit`, `set -e`, or a fatal error; the exit code is in the shell.
    Exit,
    /// This command failed with the exit code; others follow. Its message was written.
    Failed(u8),
}

/// What running gives; the exit code is in the shell.
pub(crate) type Run = Result<(), Stop>;

//! The builtins that change or ask the state of the shell; all others are utilities.

#![allow(clippy::unnecessary_wraps, reason = "builtins have one signature")]

mod directory;
mod flow;
mod jobs;
mod names;
mod options;
mod read;
mod variables;

use bstr::{BString, ByteSlice as _};

use crate::ast::{Part, Word};
use crate::run::{Shell, Stop};

/// A builtin: gets the words of the command, gives the exit code.
pub(crate) type Builtin = fn(&mut Shell, &[BString]) -> Result<u8, Stop>;

/// The builtin of that name.
pub(crate) fn find(name: &[u8]) -> Option<Builtin> {
    Some(match name {
        b":" => |_, _| Ok(0),
        b"." | b"source" => flow::source,
        b"break" => flow::leave_loop,
        b"builtin" => names::builtin,
        b"cd" => directory::cd,
        b"command" => names::command,
        b"continue" => flow::continue_loop,
        b"declare" | b"typeset" => variables::declare,
        b"eval" => flow::eval,
        b"exec" => |_, _| Ok(0), // the interpreter does it: its redirections stay
        b"exit" => flow::exit,
        b"export" => variables::export,
        b"getopts" => options::getopts,
        b"hash" => |_, _| Ok(0), // nothing is remembered, so there is nothing to forget
        b"jobs" => jobs::jobs,
        b"kill" => jobs::kill,
        b"let" => variables::arithmetic,
        b"local" => variables::local,
        b"mapfile" | b"readarray" => read::mapfile,
        b"printf" => variables::printf,
        b"read" => read::read,
        b"readonly" => variables::readonly,
        b"return" => flow::leave_function,
        b"set" => options::set,
        b"shift" => variables::shift,
        b"shopt" => options::shopt,
        b"trap" => jobs::trap,
        b"type" => names::kind,
        b"umask" => directory::umask,
        b"unset" => variables::unset,
        b"wait" => jobs::wait,
        _ => return None,
    })
}

/// Whether it is a special builtin: assignments before it stay.
pub(crate) fn is_special(name: &[u8]) -> bool {
    matches!(
        name,
        b":" | b"."
            | b"break"
            | b"continue"
            | b"eval"
            | b"exec"
            | b"exit"
            | b"export"
            | b"readonly"
            | b"return"
            | b"set"
            | b"shift"
            | b"trap"
            | b"unset"
    )
}

/// Whether the command's arguments may be assignments.
pub(crate) fn declares(words: &[Word]) -> bool {
    let name = words.first().map(|word| word.parts.as_slice());
    matches!(name, Some([Part::Text(name)])
        if matches!(name.as_slice(), b"export" | b"readonly" | b"local" | b"declare" | b"typeset"))
}

/// Whether a word begins like an assignment.
pub(crate) fn is_assignment(word: &Word) -> bool {
    let Some(Part::Text(text)) = word.parts.first() else { return false };
    text.split_once_str("=").is_some_and(|(name, _)| is_name(name.strip_suffix(b"+").unwrap_or(name)))
}

/// Whether a variable can have that name.
pub(crate) fn is_name(name: &[u8]) -> bool {
    !name.is_empty()
        && !name[0].is_ascii_digit()
        && name.iter().all(|byte| *byte == b'_' || byte.is_ascii_alphanumeric())
}

/// The text as one word of a script.
pub(crate) fn quoted(text: &[u8]) -> BString {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(byte) || *byte >= 0x80;
    if !text.is_empty() && text.iter().all(plain) {
        return text.into();
    }
    let mut quoted = BString::from("'");
    quoted.extend_from_slice(&text.replace("'", "'\\''"));
    quoted.push(b'\'');
    quoted
}

/// A whole number, as an argument.
pub(crate) fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    text.to_str().ok()?.parse().ok()
}

impl Shell {
    /// Writes the message of a builtin.
    pub(crate) fn refuse(&self, name: &[u8], message: impl std::fmt::Display) {
        self.say_error(format_args!("{}: {message}\n", name.as_bstr()));
    }
}

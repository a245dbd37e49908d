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

mod cat;
mod cp;
mod cut;
mod date;
mod directories;
mod echo;
mod environment;
mod escape;
mod find;
mod grep;
mod head;
mod input;
mod ls;
mod mode;
mod mv;
mod names;
mod options;
mod output;
mod paths;
mod pattern;
mod printf;
mod rm;
mod sed;
mod seq;
mod sort;
mod test;
mod text;
mod touch;
mod tr;
mod truth;
mod uniq;
mod wc;
mod which;
mod xargs;
mod yes;

pub(crate) use text::reason;

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
        b"[" | b"test" => test::test,
        b"basename" => names::basename,
        b"cat" => cat::cat,
        b"chmod" => mode::chmod,
        b"cp" => cp::cp,
        b"cut" => cut::cut,
        b"date" => date::date,
        b"dirname" => names::dirname,
        b"echo" => echo::echo,
        b"env" => environment::env,
        b"false" => truth::fail,
        b"find" => find::find,
        b"grep" => grep::grep,
        b"head" => head::head,
        b"ln" => cp::ln,
        b"ls" => ls::ls,
        b"mkdir" => directories::mkdir,
        b"mktemp" => paths::mktemp,
        b"mv" => mv::mv,
        b"printenv" => environment::printenv,
        b"printf" => printf::printf,
        b"pwd" => names::pwd,
        b"readlink" => paths::readlink,
        b"realpath" => paths::realpath,
        b"rm" => rm::rm,
        b"rmdir" => directories::rmdir,
        b"sed" => sed::sed,
        b"seq" => seq::seq,
        b"sleep" => environment::sleep,
        b"sort" => sort::sort,
        b"tail" => head::tail,
        b"tee" => cat::tee,
        b"touch" => touch::touch,
        b"tr" => tr::tr,
        b"true" => truth::succeed,
        b"uniq" => uniq::uniq,
        b"wc" => wc::wc,
        b"which" => which::which,
        b"xargs" => xargs::xargs,
        b"yes" => yes::yes,
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
            let _ = context.stderr.write_all(format!("{}: {}\n", name.as_bstr(), reason(&error)).as_bytes());
            1
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A few variables.
    pub(crate) struct Variables(pub(crate) Vec<(BString, BString)>);

    impl Environment for Variables {
        fn get(&self, name: &BStr) -> Option<Cow<'_, BStr>> {
            self.0.iter().find(|(known, _)| known == name).map(|(_, value)| Cow::Borrowed(value.as_bstr()))
        }

        fn exported(&self) -> Vec<(BString, BString)> {
            self.0.clone()
        }
    }

    /// Runs utilities only, and keeps what they write.
    #[derive(Default)]
    struct Inside(std::sync::Mutex<Vec<u8>>);

    impl Runner for Inside {
        fn run(&self, command: Invocation<'_>) -> io::Result<u8> {
            let variables = Variables(command.environment.unwrap_or_default().to_vec());
            let mut out = Vec::new();
            let Some(utility) = find(&command.args[0]) else { return Ok(127) };
            let code = super::run(
                utility,
                &mut Context {
                    args: command.args,
                    stdin: &mut io::empty(),
                    stdout: &mut out,
                    stderr: &mut io::sink(),
                    cwd: command.cwd.unwrap_or(Path::new("/")),
                    environment: &variables,
                    cancel: &Cancel::new(),
                    runner: self,
                },
            );
            self.0.lock().unwrap().extend(out);
            Ok(code)
        }
    }

    /// Runs a command of words that are parted by spaces.
    pub(crate) fn run(words: &str, input: &str) -> (u8, String, String) {
        run_words(&words.split(' ').collect::<Vec<_>>(), input)
    }

    /// Runs a command; what the commands that it runs write comes after what it writes itself.
    pub(crate) fn run_words(words: &[&str], input: &str) -> (u8, String, String) {
        run_in(Path::new("/"), words, input)
    }

    /// Runs a command in a directory.
    pub(crate) fn run_in(cwd: &Path, words: &[&str], input: &str) -> (u8, String, String) {
        let args: Vec<BString> = words.iter().map(|word| BString::from(*word)).collect();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let runner = Inside::default();
        let variables = Variables(vec![("A".into(), "1".into()), ("TZ".into(), "UTC".into())]);
        let code = super::run(
            find(words[0].as_bytes()).unwrap(),
            &mut Context {
                args: &args,
                stdin: &mut input.as_bytes(),
                stdout: &mut out,
                stderr: &mut err,
                cwd,
                environment: &variables,
                cancel: &Cancel::new(),
                runner: &runner,
            },
        );
        out.extend(runner.0.into_inner().unwrap());
        (code, String::from_utf8_lossy(&out).into_owned(), String::from_utf8_lossy(&err).into_owned())
    }
}

//! A script: parsed once, run as often as one likes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use bstr::{BStr, BString, ByteSlice as _};
use memchr::{memchr, memchr3};

use crate::ast::{Assigned, Command, List, Name, Operation, Part, Word};
use crate::descriptor::{Sink, Table};
use crate::parse::{self, SyntaxError};
use crate::source::Source;

use super::{Announce, Environment, Session, Shell, Value, Variables};

/// A parsed script.
#[derive(Debug, Clone)]
pub struct Script {
    list: Arc<List>,
    uses: Arc<[parse::Use]>,
    instant: bool,
    closed: bool,
    sure: bool,
}

/// How a script is run.
pub struct Options {
    /// The values of the template.
    pub values: Vec<Value>,
    /// The variables, all exported.
    pub variables: Vec<(BString, BString)>,
    /// The working directory.
    pub directory: PathBuf,
    /// `$0`, `$1`, …
    pub arguments: Vec<BString>,
    /// Standard input, output and error.
    pub descriptors: Table,
    /// What is waited for at the end: memory that background jobs may still write to.
    pub sinks: Vec<Arc<Sink>>,
    /// Who brings signals to [`Outcome::signal`].
    pub announce: Option<Announce>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Options").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// A script under way.
pub struct Outcome {
    session: Arc<Session>,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Outcome")
    }
}

impl Outcome {
    /// Ends the script: its programs are killed, its threads end soon.
    pub fn cancel(&self) {
        self.session.cancel();
    }

    /// Tells the script of a signal (`SIGINT`): a trap runs after the command under way. `sleep` and `wait` end at once.
    pub fn signal(&self, name: &str) {
        self.session.signal(name.into());
    }
}

impl Script {
    /// Parses a script.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(source: &Source) -> Result<Self, SyntaxError> {
        let (list, uses) = parse::parse_with_uses(source)?;
        let instant = consists_of(&list, &INSTANT, is_quick);
        let closed = consists_of(&list, &CLOSED, is_closed);
        let sure = consists_of(&list, &SURE, is_closed);
        Ok(Self { list: Arc::new(list), uses: uses.into(), instant, closed, sure })
    }

    /// What its values are used for, by number.
    #[must_use]
    pub fn uses(&self) -> &[parse::Use] {
        &self.uses
    }

    /// Whether it ends at once: it starts nothing, waits for nothing and reads no file.
    #[must_use]
    pub fn is_instant(&self) -> bool {
        self.instant
    }

    /// Whether it asks for no variable and no parameter, neither its own nor those of what it runs.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether no command of it can fail, but for what is outside of it.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.sure
    }

    fn shell(&self, environment: Environment, options: Options) -> (Shell, Vec<Arc<Sink>>) {
        let session = Session::new(environment, options.values, options.announce);
        let mut variables = Variables::new(options.variables);
        if !self.closed {
            let directory = <[u8]>::from_path(&options.directory).unwrap_or_default().as_bstr();
            if variables.get(BStr::new("PWD")) != Some(directory) {
                variables.set(BStr::new("PWD"), directory.to_owned());
            }
        }
        let shell = Shell {
            cancel: Arc::clone(&session.cancel),
            session,
            variables,
            functions: Arc::new(HashMap::new()),
            arguments: Arc::new(options.arguments),
            directory: Arc::new(options.directory),
            descriptors: options.descriptors,
            options: super::Options::default(),
            status: 0,
            statuses: Vec::new(),
            declared_arrays: Vec::new(),
            substituted: None,
            traps: HashMap::new(),
            jobs: Vec::new(),
            last_job: None,
            unchecked: 0,
            loops: 0,
            depth: 0,
            started: Instant::now(),
            is_subshell: false,
            command: BString::default(),
            line: 1,
            option_at: 0,
            leaving: false,
            substitutions: Vec::new(),
        };
        (shell, options.sinks)
    }

    /// Runs it on this thread; for one that is instant.
    #[must_use]
    pub fn run(&self, environment: Environment, options: Options) -> u8 {
        let (mut shell, sinks) = self.shell(environment, options);
        let status = shell.complete(&self.list);
        let session = Arc::clone(&shell.session);
        drop(shell);
        for sink in sinks {
            sink.wait(&session.cancel);
        }
        status
    }

    /// Runs it on a thread of its own; `done` gets the exit code there.
    ///
    /// # Errors
    /// The system's, when it has no more threads.
    pub fn start(
        &self,
        environment: Environment,
        options: Options,
        done: impl FnOnce(u8) + Send + 'static,
    ) -> std::io::Result<Outcome> {
        let (mut shell, sinks) = self.shell(environment, options);
        let list = Arc::clone(&self.list);
        let session = Arc::clone(&shell.session);
        let outcome = Outcome { session: Arc::clone(&session) };
        crate::pool::run(move || {
            // A panic is a bug, but not one that may leave a promise pending.
            let status = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let status = shell.complete(&list);
                drop(shell);
                for sink in sinks {
                    sink.wait(&session.cancel);
                }
                status
            }));
            done(status.unwrap_or(255));
        })?;
        Ok(outcome)
    }
}

/// Commands that end at once, whatever their arguments.
const INSTANT: [&[u8]; 12] =
    [b"echo", b"pwd", b"true", b"false", b":", b"exit", b"export", b"unset", b"cd", b"basename", b"dirname", b"set"];

/// Those of them that ask for no variable.
const CLOSED: [&[u8]; 8] = [b"echo", b"pwd", b"true", b"false", b":", b"exit", b"basename", b"dirname"];

/// Those of them that cannot fail.
const SURE: [&[u8]; 4] = [b"echo", b"pwd", b"true", b":"];

/// Whether all commands are of these, with words that are good.
fn consists_of(list: &List, names: &[&[u8]], is_good: fn(&Word) -> bool) -> bool {
    list.items.iter().all(|(and_or, background)| {
        !background
            && std::iter::once(&and_or.first).chain(and_or.rest.iter().map(|(_, pipeline)| pipeline)).all(|pipeline| {
                match pipeline.commands.as_slice() {
                    [command] => match &**command {
                        Command::Simple(simple) => {
                            let name = simple.words.first().map(|word| word.parts.as_slice());
                            let known = match name {
                                None => true,
                                Some([Part::Text(name)]) => names.contains(&name.as_slice()),
                                Some(_) => false,
                            };
                            known
                                && simple.redirects.is_empty()
                                && simple.words.iter().all(is_good)
                                && simple.assignments.iter().all(|assignment| {
                                    let plain = assignment.subscript.is_none();
                                    plain && matches!(&assignment.value, Assigned::Word(word) if is_good(word))
                                })
                        }
                        _ => false,
                    },
                    _ => false,
                }
            })
    })
}

/// Whether a word is quick and asks for no variable.
fn is_closed(word: &Word) -> bool {
    let has_parameter = |part: &Part| match part {
        Part::Double(parts) => parts.iter().any(|part| matches!(part, Part::Parameter(_))),
        part => matches!(part, Part::Parameter(_)),
    };
    is_quick(word) && !word.parts.iter().any(has_parameter)
}

/// Whether a word asks nothing of the system and runs nothing.
fn is_quick(word: &Word) -> bool {
    word.parts.iter().all(|part| match part {
        Part::Text(text) => memchr3(b'*', b'?', b'[', text).or_else(|| memchr(b'~', text)).is_none(),
        Part::Quoted(_) | Part::Value(_) => true,
        Part::Double(parts) => parts.iter().all(|part| match part {
            Part::Parameter(parameter) => {
                matches!(parameter.operation, Operation::Get) && !matches!(parameter.name, Name::Element(..))
            }
            Part::Text(_) | Part::Quoted(_) | Part::Value(_) => true,
            _ => false,
        }),
        // A bare parameter may be split into names of files.
        Part::Parameter(_) | Part::Substitution(_) | Part::Arithmetic(_) | Part::Process(..) | Part::Array(_) => false,
    })
}

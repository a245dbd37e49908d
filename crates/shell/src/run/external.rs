//! Programs.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use crate::ast::{Part, Simple};
use crate::cancel::Cancel;
use crate::descriptor::{Descriptor, Held, NO_FORMAT, Source, Table, is_executable, pump};
use crate::spawn::Start;
use crate::utility::reason;
use crate::utility::{self, Invocation, Runner};

use super::session::Running;
use super::{Session, Shell, Variables};

/// The exit code of what was not found.
pub(crate) const NOT_FOUND: u8 = 127;
/// The exit code of what is there, but is no program.
const NOT_EXECUTABLE: u8 = 126;

/// What a program needs to be started.
pub(crate) struct Launcher<'a> {
    pub(crate) session: &'a Arc<Session>,
    pub(crate) cancel: &'a Arc<Cancel>,
    pub(crate) variables: &'a Variables,
    pub(crate) directory: &'a Path,
    pub(crate) descriptors: &'a Table,
}

/// A program that runs, and its pipes to memory.
pub(crate) struct Started {
    running: Running,
    outputs: Vec<(File, Arc<Held>)>,
    input: Option<(File, Arc<Source>)>,
}

impl Started {
    pub(crate) fn id(&self) -> u32 {
        self.running.id()
    }

    /// Carries what it writes, and waits for its end: its exit code.
    pub(crate) fn finish(self) -> u8 {
        if !self.outputs.is_empty() || self.input.is_some() {
            pump(self.outputs, self.input, self.running.cancel());
        }
        self.running.wait()
    }
}

/// Why a program could not be started.
pub(crate) enum Refusal {
    /// The message was written.
    Status(u8),
    /// A file without a format that the system knows: a script.
    Script(PathBuf),
}

impl Launcher<'_> {
    fn complain(&self, message: &str) {
        self.descriptors.or_null(2).say(format!("bun: {message}\n").as_bytes(), self.cancel);
    }

    /// Starts a program with an environment.
    pub(crate) fn start(&self, arguments: &[BString], environment: &[(BString, BString)]) -> Result<Started, Refusal> {
        let Some(name) = arguments.first() else { return Err(Refusal::Status(0)) };
        let bun = &*self.session.environment.bun;
        let longer: Vec<BString>;
        let (program, arguments) = if name.as_slice() == b"bun" && !bun.is_empty() {
            longer = bun.iter().chain(&arguments[1..]).cloned().collect();
            (bun[0].to_path_lossy().into_owned(), longer.as_slice())
        } else {
            let path = environment.iter().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_bstr());
            match find(name, path, self.directory) {
                Some(program) => (program, arguments),
                None => {
                    self.complain(&format!("command not found: {name}"));
                    let exists = name.contains(&b'/') && self.directory.join(name.to_path_lossy()).exists();
                    return Err(Refusal::Status(if exists { NOT_EXECUTABLE } else { NOT_FOUND }));
                }
            }
        };
        match self.launch(&program, arguments, environment) {
            Ok(started) => Ok(started),
            Err(error) if error.raw_os_error() == Some(NO_FORMAT) => Err(Refusal::Script(program)),
            Err(error) => {
                self.complain(&format!("{}: {name}", reason(&error)));
                Err(Refusal::Status(match error.kind() {
                    io::ErrorKind::NotFound => NOT_FOUND,
                    _ => NOT_EXECUTABLE,
                }))
            }
        }
    }

    fn launch(&self, program: &Path, arguments: &[BString], environment: &[(BString, BString)]) -> io::Result<Started> {
        let mut descriptors = Vec::new();
        let mut outputs: Vec<(File, Arc<Held>, Arc<File>)> = Vec::new();
        let mut input = None;
        for (number, descriptor) in self.descriptors.iter() {
            let file = match descriptor {
                Descriptor::File(file) => Arc::clone(file),
                Descriptor::Null => null()?,
                Descriptor::Sink(held) => {
                    // What goes to one memory goes through one pipe, so that it stays in order.
                    let known = outputs.iter().find(|(_, other, _)| Arc::ptr_eq(other.sink(), held.sink()));
                    match known {
                        Some((.., writer)) => Arc::clone(writer),
                        None => {
                            let (reader, writer) = pipe()?;
                            let writer = Arc::new(writer);
                            outputs.push((reader, Arc::clone(held), Arc::clone(&writer)));
                            writer
                        }
                    }
                }
                Descriptor::Source(source) => {
                    let (reader, writer) = pipe()?;
                    input = Some((writer, Arc::clone(source)));
                    Arc::new(reader)
                }
            };
            descriptors.push((number, file));
        }
        let pair = |(name, value): &(BString, BString)| -> BString {
            [name, value].map(|part| part.as_slice()).join(&b'=').into()
        };
        let running = self.session.start(
            &Start {
                program,
                arguments,
                environment: environment.iter().map(pair).collect(),
                directory: self.directory,
                descriptors: &descriptors,
            },
            self.cancel,
        )?;
        let outputs = outputs.into_iter().map(|(reader, held, _)| (reader, held)).collect();
        Ok(Started { running, outputs, input })
    }
}

fn pipe() -> io::Result<(File, File)> {
    let (Descriptor::File(reader), Descriptor::File(writer)) = Descriptor::pipe()? else {
        return Err(io::ErrorKind::Unsupported.into());
    };
    let own = |file| Arc::try_unwrap(file).map_err(|_| io::Error::from(io::ErrorKind::Other));
    Ok((own(reader)?, own(writer)?))
}

fn null() -> io::Result<Arc<File>> {
    let path = if cfg!(windows) { "NUL" } else { "/dev/null" };
    Ok(Arc::new(File::options().read(true).write(true).open(path)?))
}

/// The program of that name: itself when it has a slash, else the first along the path.
pub(crate) fn find(name: &[u8], path: Option<&BStr>, directory: &Path) -> Option<PathBuf> {
    let good = |path: PathBuf| (path.is_file() && is_executable(&path)).then_some(path);
    if name.is_empty() || name.contains(&0) {
        return None;
    }
    if name.contains(&b'/') || (cfg!(windows) && name.contains(&b'\\')) {
        return good(directory.join(name.to_path_lossy()));
    }
    let separator = if cfg!(windows) { b';' } else { b':' };
    path?.split(|&byte| byte == separator).filter(|entry| !entry.is_empty()).find_map(|entry| {
        let file = directory.join(entry.to_path_lossy()).join(name.to_path_lossy());
        if cfg!(windows) {
            ["", ".exe", ".cmd", ".bat"].iter().find_map(|ending| {
                let mut file = file.clone().into_os_string();
                file.push(ending);
                good(file.into())
            })
        } else {
            good(file)
        }
    })
}

impl Runner for Launcher<'_> {
    fn run(&self, command: Invocation<'_>) -> io::Result<u8> {
        let mut descriptors = self.descriptors.clone();
        if !command.inherits_stdin {
            descriptors.set(0, Some(Descriptor::Null));
        }
        let variables;
        let variables = match command.environment {
            Some(environment) => {
                variables = Variables::new(environment.iter().cloned());
                &variables
            }
            None => self.variables,
        };
        let directory = command.cwd.unwrap_or(self.directory);
        let launcher =
            Launcher { session: self.session, cancel: self.cancel, variables, directory, descriptors: &descriptors };
        if let Some(name) = command.args.first()
            && let Some(utility) = utility::find(name)
        {
            return Ok(launcher.utility(utility, command.args));
        }
        match launcher.start(command.args, &variables.environment()) {
            Ok(started) => Ok(started.finish()),
            Err(Refusal::Status(status)) => Ok(status),
            Err(Refusal::Script(path)) => {
                launcher.complain(&format!("Exec format error: {}", path.display()));
                Ok(NOT_EXECUTABLE)
            }
        }
    }
}

impl Launcher<'_> {
    /// Runs a utility on this thread.
    pub(crate) fn utility(&self, utility: utility::Utility, arguments: &[BString]) -> u8 {
        let cancel = self.cancel;
        let [stdin, stdout, stderr] = [0, 1, 2].map(|number| self.descriptors.or_null(number));
        let mut context = utility::Context {
            args: arguments,
            stdin: &mut stdin.stream(cancel),
            stdout: &mut stdout.stream(cancel),
            stderr: &mut stderr.stream(cancel),
            cwd: self.directory,
            environment: self.variables,
            cancel,
            runner: self,
        };
        utility::run(utility, &mut context)
    }
}

impl Shell {
    pub(crate) fn launcher(&self) -> Launcher<'_> {
        Launcher {
            session: &self.session,
            cancel: &self.cancel,
            variables: &self.variables,
            directory: &self.directory,
            descriptors: &self.descriptors,
        }
    }

    /// Runs a program to its end.
    pub(crate) fn external(&mut self, arguments: &[BString]) -> u8 {
        let environment = self.variables.environment();
        match self.launcher().start(arguments, &environment) {
            Ok(started) => {
                // While a job runs alone its descriptors are not held: see `program`.
                started.finish()
            }
            Err(Refusal::Status(status)) => status,
            Err(Refusal::Script(path)) => self.run_file(&path, arguments),
        }
    }

    /// Starts the program that a command is, when its name is plain text and means nothing else.
    pub(super) fn program(&mut self, simple: &Simple) -> Option<Result<Started, u8>> {
        let [Part::Text(name)] = simple.words.first()?.parts.as_slice() else { return None };
        if self.functions.contains_key(name) || crate::builtin::find(name).is_some() || utility::find(name).is_some() {
            return None;
        }
        Some(self.start_program(simple))
    }

    /// A script that names no interpreter: this shell is it.
    fn run_file(&mut self, path: &Path, arguments: &[BString]) -> u8 {
        let mut text = Vec::new();
        if let Err(error) = File::open(path).and_then(|mut file| file.read_to_end(&mut text)) {
            self.complain(format_args!("{}: {}", reason(&error), path.display()));
            return NOT_EXECUTABLE;
        }
        if text.iter().take(256).any(|&byte| byte == 0) {
            self.complain(format_args!("cannot execute binary file: {}", path.display()));
            return NOT_EXECUTABLE;
        }
        let mut shell = self.subshell();
        shell.arguments = Arc::new(arguments.to_vec());
        let run = shell.source(&text);
        shell.finish(run)
    }
}

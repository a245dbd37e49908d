//! `&`, `wait`, and process substitution.

use std::sync::Arc;

use bstr::BString;

use crate::ast::{AndOr, Command, List, Simple};
use crate::descriptor::Descriptor;
use crate::pool::Task;
use crate::utility::reason;

use super::state::Job;
use super::{Shell, Stop};

impl Shell {
    /// Starts a job.
    pub(super) fn background(&mut self, and_or: &Arc<AndOr>) {
        let mut shell = self.subshell();
        shell.unchecked = 0;
        let cancel = self.session.job();
        shell.cancel = Arc::clone(&cancel);
        shell.leaving = single(and_or).is_some();
        // A job does not read what the script reads.
        shell.descriptors.set(0, Some(Descriptor::Null));
        let mut id = None;
        let program = single(and_or).and_then(|simple| shell.program(simple));
        let task = match program {
            // One program: it is started here, so that `$!` is its process.
            Some(Ok(started)) => {
                id = Some(started.id());
                drop(shell);
                Task::start(move || started.finish())
            }
            Some(Err(status)) => Task::start(move || status),
            None => {
                let and_or = Arc::clone(and_or);
                Task::start(move || shell.job(&and_or))
            }
        };
        match task {
            Ok(task) => {
                let id = id.unwrap_or_else(|| self.session.number());
                self.jobs.retain(|job| !job.task.is_done() || Some(job.id) == self.last_job);
                self.jobs.push(Job { id, task, cancel });
                self.last_job = Some(id);
                self.status = 0;
            }
            Err(error) => {
                self.complain(format_args!("{}", reason(&error)));
                self.status = 1;
            }
        }
    }

    fn job(mut self, and_or: &AndOr) -> u8 {
        let run = self.and_or(and_or);
        let status = self.finish(run);
        // Ended by `kill`, as a process by SIGTERM.
        if self.cancel.is_cancelled() { 128 + 15 } else { status }
    }

    /// `<(…)`: the name of a pipe that commands fill or empty.
    pub(crate) fn process(&mut self, is_output: bool, list: &Arc<List>) -> Result<BString, Stop> {
        let failed = |shell: &Self, error: &std::io::Error| {
            shell.complain(format_args!("{}", reason(error)));
            Stop::Failed(1)
        };
        let (reader, writer) = Descriptor::pipe().map_err(|error| failed(self, &error))?;
        let (ours, theirs, standard) = if is_output { (writer, reader, 0) } else { (reader, writer, 1) };
        let mut shell = self.subshell();
        shell.unchecked = 0;
        shell.descriptors.set(standard, Some(theirs));
        let list = Arc::clone(list);
        let task = Task::start(move || shell.complete(&list)).map_err(|error| failed(self, &error))?;
        let Some((number, path)) = ours.path() else {
            self.complain(format_args!("process substitution is not possible on this platform"));
            return Err(Stop::Failed(1));
        };
        self.descriptors.set(number, Some(ours));
        self.substitutions.push((number, task));
        Ok(path.into())
    }

    /// Runs what may make process substitutions, and closes these.
    pub(super) fn with_substitutions<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.substitutions.len();
        let result = run(self);
        for (number, _) in self.substitutions.drain(before..) {
            self.descriptors.set(number, None);
        }
        result
    }
}

/// The command, when there is but one.
fn single(and_or: &AndOr) -> Option<&Simple> {
    let [command] = and_or.first.commands.as_slice() else { return None };
    match &**command {
        Command::Simple(simple) if and_or.rest.is_empty() && !and_or.first.negated => Some(simple),
        _ => None,
    }
}

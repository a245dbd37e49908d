//! Lists, `&&`, `||`, pipelines.

use std::sync::Arc;

use crate::ast::{AndOr, Command, List, Pipeline};
use crate::descriptor::Descriptor;
use crate::pool::Task;
use crate::utility::reason;

use super::{Run, Shell, Stop};

impl Shell {
    /// Runs commands in order.
    pub(crate) fn list(&mut self, list: &List) -> Run {
        for (and_or, background) in &list.items {
            if self.cancel.is_cancelled() {
                self.status = 130;
                return Err(Stop::Exit);
            }
            if self.session.is_signalled() {
                self.signals()?;
            }
            if self.options.noexec {
                continue;
            }
            if *background {
                self.background(and_or);
            } else {
                self.and_or(and_or)?;
            }
        }
        Ok(())
    }

    pub(crate) fn and_or(&mut self, and_or: &AndOr) -> Run {
        let mut pipeline = &and_or.first;
        let mut rest = and_or.rest.iter();
        loop {
            // What `&&` or `||` looks at does not end the shell under `set -e`.
            let last = rest.len() == 0;
            self.unchecked += u32::from(!last);
            let run = self.pipeline(pipeline);
            self.unchecked -= u32::from(!last);
            run?;
            pipeline = loop {
                match rest.next() {
                    None => return Ok(()),
                    Some((and, pipeline)) if *and == (self.status == 0) => break pipeline,
                    Some(_) => {}
                }
            };
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Run {
        self.unchecked += u32::from(pipeline.negated);
        let run = match pipeline.commands.as_slice() {
            [command] => self.command(command),
            commands => {
                // As in Bun, what only assigns is no stage: its neighbours are joined.
                let stages: Vec<_> = commands.iter().filter(|command| !command.only_assigns()).cloned().collect();
                if stages.is_empty() {
                    self.status = 0;
                    Ok(())
                } else {
                    self.stages(&stages)
                }
            }
        };
        self.unchecked -= u32::from(pipeline.negated);
        if pipeline.commands.len() == 1 {
            self.statuses.clear();
            self.statuses.push(if let Err(Stop::Failed(status)) = run { status } else { self.status });
        }
        if let Err(Stop::Failed(status)) = run {
            self.status = status;
        } else {
            run?;
        }
        if pipeline.negated {
            self.status = u8::from(self.status == 0);
            return Ok(());
        }
        let decides = match pipeline.commands.as_slice() {
            [command] => command.fails_by_itself(),
            _ => true,
        };
        if decides { self.check() } else { Ok(()) }
    }

    /// After a command that may have failed: `set -e` and the trap of ERR.
    fn check(&mut self) -> Run {
        if self.status == 0 || self.unchecked > 0 {
            return Ok(());
        }
        if let Some(command) = self.traps.get(bstr::BStr::new("ERR")).filter(|command| !command.is_empty()).cloned() {
            let status = self.status;
            self.unchecked += 1;
            let run = self.trap(&command);
            self.unchecked -= 1;
            run?;
            self.status = status;
        }
        if self.options.errexit { Err(Stop::Exit) } else { Ok(()) }
    }

    /// Each command but the last on a thread of its own, joined by pipes.
    fn stages(&mut self, commands: &[Arc<Command>]) -> Run {
        let mut tasks: Vec<Task<u8>> = Vec::with_capacity(commands.len() - 1);
        let mut input = None;
        let mut broken = None;
        for command in &commands[..commands.len() - 1] {
            let piped = Descriptor::pipe().and_then(|(reader, writer)| {
                let mut stage = self.subshell();
                stage.unchecked = 0;
                if let Some(input) = input.take() {
                    stage.descriptors.set(0, Some(input));
                }
                stage.descriptors.set(1, Some(writer));
                let command = Arc::clone(command);
                tasks.push(Task::start(move || stage.stage(&command))?);
                Ok(reader)
            });
            match piped {
                Ok(reader) => input = Some(reader),
                Err(error) => {
                    broken = Some(error);
                    break;
                }
            }
        }
        let last = match (broken, commands.last()) {
            (None, Some(command)) => {
                let mut stage = self.subshell();
                stage.unchecked = 0;
                if let Some(input) = input {
                    stage.descriptors.set(0, Some(input));
                }
                stage.stage(command)
            }
            (error, _) => {
                drop(input);
                let text = error.map(|error| reason(&error)).unwrap_or_default();
                self.complain(format_args!("{text}"));
                1
            }
        };
        let mut failed = 0;
        self.statuses.clear();
        for task in tasks {
            let status = task.join().unwrap_or(1);
            self.statuses.push(status);
            if status != 0 {
                failed = status;
            }
        }
        self.statuses.push(last);
        self.status = if self.options.pipefail && last == 0 { failed } else { last };
        if self.cancel.is_cancelled() {
            return Err(Stop::Exit);
        }
        Ok(())
    }

    /// Runs a command to its end as a subshell of its own.
    pub(super) fn stage(mut self, command: &Command) -> u8 {
        let run = self.command(command);
        self.finish(run)
    }
}

impl Command {
    fn only_assigns(&self) -> bool {
        matches!(self, Self::Simple(simple) if simple.words.is_empty() && simple.redirects.is_empty())
    }

    /// Whether its failure is its own, and not that of a command inside, which was looked at already.
    fn fails_by_itself(&self) -> bool {
        use crate::ast::Compound;
        match self {
            Self::Simple(_) => true,
            Self::Compound(compound, redirects) => {
                !redirects.is_empty()
                    || matches!(compound, Compound::Subshell(_) | Compound::Condition(_) | Compound::Arithmetic(_))
            }
            Self::Function(..) => false,
        }
    }
}

//! Compound commands.

use std::sync::Arc;

use bstr::{BString, ByteSlice as _};

use crate::ast::{Arm, ArmEnd, Command, Compound, List, Word};
use crate::expand::matches;

use super::{Run, Shell, Stop};

impl Shell {
    pub(super) fn command(&mut self, command: &Command) -> Run {
        let run = match command {
            Command::Simple(simple) => self.simple(simple),
            Command::Compound(compound, redirects) if redirects.is_empty() => self.compound(compound),
            Command::Compound(compound, redirects) => {
                self.with_substitutions(|shell| shell.redirected(redirects, |shell| shell.compound(compound)))
            }
            Command::Function(name, body) => {
                Arc::make_mut(&mut self.functions).insert(name.clone(), Arc::clone(body));
                self.status = 0;
                Ok(())
            }
        };
        match run {
            Err(Stop::Failed(status)) => {
                self.status = status;
                Ok(())
            }
            run => run,
        }
    }

    fn compound(&mut self, compound: &Compound) -> Run {
        match compound {
            Compound::Group(list) => self.list(list),
            Compound::Subshell(list) => {
                let mut inner = self.subshell();
                let status = inner.complete(list);
                self.status = status;
                if self.cancel.is_cancelled() { Err(Stop::Exit) } else { Ok(()) }
            }
            Compound::If(branches, otherwise) => {
                for (condition, body) in branches {
                    if self.holds(condition)? {
                        return self.list(body);
                    }
                }
                self.status = 0;
                otherwise.as_ref().map_or(Ok(()), |body| self.list(body))
            }
            Compound::While(until, condition, body) => self.repeat(*until, condition, body),
            Compound::For(name, words, body) => self.each(name, words.as_deref(), body),
            Compound::Count(parts, body) => self.count(parts, body),
            Compound::Case(word, arms) => self.case(word, arms),
            Compound::Condition(condition) => {
                let holds = self.condition(condition)?;
                self.status = u8::from(!holds);
                Ok(())
            }
            Compound::Arithmetic(word) => {
                let number = self.number(word)?;
                self.status = u8::from(number == 0);
                Ok(())
            }
        }
    }

    /// Runs a condition: whether its last command succeeded.
    fn holds(&mut self, condition: &List) -> Result<bool, Stop> {
        self.unchecked += 1;
        let run = self.list(condition);
        self.unchecked -= 1;
        run?;
        Ok(self.status == 0)
    }

    /// Runs a loop's body once; `false` when the loop is over.
    fn round(&mut self, body: &List) -> Result<bool, Stop> {
        self.loops += 1;
        let run = self.list(body);
        self.loops -= 1;
        go_on(run)
    }

    fn repeat(&mut self, until: bool, condition: &List, body: &List) -> Run {
        let mut status = 0;
        loop {
            self.loops += 1;
            let holds = self.holds(condition);
            self.loops -= 1;
            let holds = match holds {
                Ok(holds) => holds,
                Err(stop) => {
                    if go_on(Err(stop))? {
                        continue;
                    }
                    return Ok(());
                }
            };
            if holds == until {
                self.status = status;
                return Ok(());
            }
            if !self.round(body)? {
                return Ok(());
            }
            status = self.status;
        }
    }

    fn each(&mut self, name: &BString, words: Option<&[Word]>, body: &List) -> Run {
        let values = match words {
            Some(words) => self.arguments(words)?,
            None => self.arguments.iter().skip(1).cloned().collect(),
        };
        self.status = 0;
        for value in values {
            if !self.variables.set(name.as_bstr(), value) {
                return self.fatal(format_args!("{name}: readonly variable"));
            }
            if !self.round(body)? {
                break;
            }
        }
        Ok(())
    }

    fn count(&mut self, [start, condition, step]: &[Option<Word>; 3], body: &List) -> Run {
        if let Some(start) = start {
            self.number(start)?;
        }
        self.status = 0;
        loop {
            if let Some(condition) = condition
                && self.number(condition)? == 0
            {
                return Ok(());
            }
            if self.cancel.is_cancelled() {
                return Err(Stop::Exit);
            }
            if !self.round(body)? {
                return Ok(());
            }
            if let Some(step) = step {
                self.number(step)?;
            }
        }
    }

    fn case(&mut self, word: &Word, arms: &[Arm]) -> Run {
        let text = self.text(word)?;
        self.status = 0;
        let mut falls = false;
        for arm in arms {
            if !falls && !self.fits(arm, &text)? {
                continue;
            }
            self.list(&arm.body)?;
            match arm.end {
                ArmEnd::Break => return Ok(()),
                ArmEnd::FallThrough => falls = true,
                ArmEnd::TestNext => falls = false,
            }
        }
        Ok(())
    }

    fn fits(&mut self, arm: &Arm, text: &[u8]) -> Result<bool, Stop> {
        for pattern in &arm.patterns {
            let pattern = self.pattern(pattern)?;
            if matches(&pattern, text) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Runs the traps of the signals that have come. Those of a subshell are the script's own.
    pub(super) fn signals(&mut self) -> Run {
        if self.is_subshell {
            return Ok(());
        }
        self.session.take_signals().iter().try_for_each(|name| self.trapped(name))
    }

    /// Runs the trap of a signal, if there is one.
    pub(crate) fn trapped(&mut self, name: &BString) -> Run {
        let Some(command) = self.traps.get(name).filter(|command| !command.is_empty()).cloned() else { return Ok(()) };
        let status = self.status;
        self.trap(&command)?;
        self.status = status;
        Ok(())
    }

    /// Runs the command of a trap.
    pub(crate) fn trap(&mut self, command: &BString) -> Run {
        self.source(command)
    }

    /// Parses and runs a text.
    pub(crate) fn source(&mut self, text: &[u8]) -> Run {
        if self.depth >= super::FUNCTIONS {
            return self.fatal(format_args!("maximum nesting level exceeded ({})", super::FUNCTIONS));
        }
        match crate::parse::parse(&crate::source::Source::new(&[text])) {
            Ok(list) => {
                self.depth += 1;
                let run = self.list(&list);
                self.depth -= 1;
                run
            }
            Err(error) => {
                self.complain(format_args!("{error}"));
                self.status = 2;
                Err(Stop::Failed(2))
            }
        }
    }
}

/// What a loop does after a round: `break` and `continue` count the loops that they leave.
fn go_on(run: Run) -> Result<bool, Stop> {
    match run {
        Ok(()) | Err(Stop::Continue(1)) => Ok(true),
        Err(Stop::Break(1)) => Ok(false),
        Err(Stop::Break(loops)) => Err(Stop::Break(loops - 1)),
        Err(Stop::Continue(loops)) => Err(Stop::Continue(loops - 1)),
        Err(stop) => Err(stop),
    }
}

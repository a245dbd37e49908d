//! Simple commands.

use std::sync::Arc;

use bstr::{BString, ByteSlice as _};

use crate::ast::{Assignment, Simple, Word};
use crate::builtin;
use crate::utility;

use super::external::{Refusal, Started};
use super::{FUNCTIONS, Run, Shell, Stop};

impl Shell {
    pub(super) fn simple(&mut self, simple: &Simple) -> Run {
        self.with_substitutions(|shell| shell.simple_inside(simple))
    }

    fn simple_inside(&mut self, simple: &Simple) -> Run {
        self.line = simple.line;
        self.substituted = None;
        let arguments = if builtin::declares(&simple.words) {
            self.declared(&simple.words)?
        } else {
            self.arguments(&simple.words)?
        };
        let Some(name) = arguments.first() else { return self.assign_only(simple) };
        if !simple.redirects.is_empty() {
            self.command = name.clone();
        }
        if name.is_empty() && arguments.len() == 1 && simple.assignments.is_empty() && simple.redirects.is_empty() {
            // As in Bun, a command whose name is an empty value does nothing.
            self.status = 0;
            return Ok(());
        }
        if self.options.xtrace {
            self.trace(&arguments);
        }
        let builtin = builtin::find(name);
        let function = self.functions.get(name).cloned();
        // Assignments before a special builtin stay; before anything else they are gone with it.
        let before = if simple.assignments.is_empty() || (function.is_none() && builtin::is_special(name)) {
            self.assign(&simple.assignments, false)?;
            None
        } else {
            let before = self.variables.remember(simple.assignments.iter().map(|assignment| &assignment.name));
            self.assign(&simple.assignments, true)?;
            Some(before)
        };
        let run = if name.as_slice() == b"exec" && function.is_none() {
            self.exec(simple, &arguments)
        } else {
            self.redirected(&simple.redirects, |shell| match (function, builtin) {
                (Some(body), _) => shell.call(&body, &arguments),
                (None, Some(builtin)) => builtin(shell, &arguments).map(|status| shell.status = status),
                (None, None) => {
                    shell.status = match utility::find(&arguments[0]) {
                        Some(utility) => shell.launcher().utility(utility, &arguments),
                        None => shell.external(&arguments),
                    };
                    Ok(())
                }
            })
        };
        if let Some(before) = before {
            self.variables.put_back(before);
        }
        match run {
            Err(Stop::Failed(status)) => {
                self.status = status;
                Ok(())
            }
            run => run,
        }
    }

    /// The arguments of `export` and its like: what looks like an assignment is expanded like one.
    fn declared(&mut self, words: &[Word]) -> Result<Vec<BString>, Stop> {
        let mut arguments = Vec::new();
        for word in words {
            if builtin::is_assignment(word) {
                arguments.push(self.assigned_text(word)?);
            } else {
                arguments.extend(self.arguments(std::slice::from_ref(word))?);
            }
        }
        Ok(arguments)
    }

    /// A command of assignments and redirections.
    fn assign_only(&mut self, simple: &Simple) -> Run {
        self.assign(&simple.assignments, false)?;
        if self.options.xtrace && !simple.assignments.is_empty() {
            let texts: Vec<BString> = simple
                .assignments
                .iter()
                .map(|Assignment { name, .. }| {
                    let value = self.variables.get(name.as_bstr()).map(ToOwned::to_owned).unwrap_or_default();
                    [name.as_slice(), b"=", &value].concat().into()
                })
                .collect();
            self.trace(&texts);
        }
        let status = self.substituted.unwrap_or(0);
        self.status = status;
        self.redirected(&simple.redirects, |_| Ok(()))
    }

    /// Sets variables; as those of one command they are exported.
    fn assign(&mut self, assignments: &[Assignment], exported: bool) -> Run {
        for assignment in assignments {
            let mut value = self.assigned_text(&assignment.value)?;
            let name = assignment.name.as_bstr();
            if assignment.append {
                let mut longer = self.variables.get(name).map(ToOwned::to_owned).unwrap_or_default();
                longer.extend_from_slice(&value);
                value = longer;
            }
            if !self.variables.set(name, value) {
                return self.fatal(format_args!("{name}: readonly variable"));
            }
            if exported || self.options.allexport {
                self.variables.export(name, true);
            }
        }
        Ok(())
    }

    /// Calls a function.
    pub(crate) fn call(&mut self, body: &crate::ast::Command, arguments: &[BString]) -> Run {
        if self.depth >= FUNCTIONS {
            return self.fatal(format_args!("{}: maximum function nesting level exceeded ({FUNCTIONS})", arguments[0]));
        }
        let mut own = arguments.to_vec();
        // `$0` stays that of the script.
        own[0] = self.arguments.first().cloned().unwrap_or_default();
        let before = std::mem::replace(&mut self.arguments, Arc::new(own));
        let loops = std::mem::take(&mut self.loops);
        self.depth += 1;
        self.variables.enter();
        let run = self.command(body);
        self.variables.leave();
        self.depth -= 1;
        self.loops = loops;
        self.arguments = before;
        match run {
            Err(Stop::Return) => Ok(()),
            run => run,
        }
    }

    /// Starts the program that the command is.
    pub(super) fn start_program(&mut self, simple: &Simple) -> Result<Started, u8> {
        let prepared = self.arguments(&simple.words).and_then(|arguments| {
            self.assign(&simple.assignments, true)?;
            self.redirect_for_good(&simple.redirects)?;
            Ok(arguments)
        });
        let arguments = prepared.map_err(|stop| match stop {
            Stop::Failed(status) => status,
            _ => 1,
        })?;
        let environment = self.variables.environment();
        self.launcher().start(&arguments, &environment).map_err(|refusal| match refusal {
            Refusal::Status(status) => status,
            Refusal::Script(_) => 126,
        })
    }

    /// `exec`: redirections stay, or a program takes the shell's place.
    fn exec(&mut self, simple: &Simple, arguments: &[BString]) -> Run {
        self.redirect_for_good(&simple.redirects)?;
        let rest = &arguments[1..];
        if rest.is_empty() {
            self.status = 0;
            return Ok(());
        }
        self.status = match utility::find(&rest[0]) {
            Some(utility) => self.launcher().utility(utility, rest),
            None => self.external(rest),
        };
        Err(Stop::Exit)
    }

    /// `set -x`
    fn trace(&self, arguments: &[BString]) {
        let mut line = BString::from("+");
        for argument in arguments {
            line.push(b' ');
            line.extend_from_slice(&builtin::quoted(argument));
        }
        self.say_error(format_args!("{line}\n"));
    }
}

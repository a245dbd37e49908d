//! Simple commands.

use std::sync::Arc;

use bstr::BString;

use crate::ast::Simple;
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
    pub(super) fn trace(&self, arguments: &[BString]) {
        let mut line = BString::from("+");
        for argument in arguments {
            line.push(b' ');
            line.extend_from_slice(&builtin::quoted(argument));
        }
        self.say_error(format_args!("{line}\n"));
    }
}

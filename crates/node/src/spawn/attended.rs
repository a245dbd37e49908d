//! A child that one thread waits for, and that others may end meanwhile.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::child::{await_end, reap, signal};
use super::start::start;
use super::{Command, Error, Exit};

/// A child whose starter waits for it.
#[derive(Debug)]
pub struct Attended {
    pid: i32,
    /// Whether it has been reaped: its number may be another process's then.
    reaped: Mutex<bool>,
}

impl Attended {
    /// Starts a process.
    ///
    /// # Errors
    /// The system's.
    pub fn start(command: &Command) -> Result<Self, Error> {
        Ok(Self { pid: start(command)?, reaped: Mutex::new(false) })
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// `ECHILD` when another part of the host has reaped it.
    pub fn wait(&self) -> io::Result<Exit> {
        await_end(self.pid)?;
        let mut reaped = self.reaped.lock().unwrap_or_else(PoisonError::into_inner);
        *reaped = true;
        Ok(reap(self.pid, true)?.unwrap_or_default())
    }

    /// Sends it a signal; nothing happens when it has ended.
    pub fn kill(&self, number: i32) {
        let reaped = self.reaped.lock().unwrap_or_else(PoisonError::into_inner);
        if !*reaped {
            let _ = signal(self.pid, number); // it may just have ended, or belong to somebody else by now
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spawn::Stdio;

    fn sleeping() -> Command {
        Command {
            program: c"/bin/sh".to_owned(),
            arguments: vec![c"sh".to_owned(), c"-c".to_owned(), c"sleep 30".to_owned()],
            stdio: vec![Stdio::Null, Stdio::Null, Stdio::Null],
            ..Command::default()
        }
    }

    #[test]
    fn a_child_is_ended_while_it_is_waited_for() -> Result<(), Box<dyn std::error::Error>> {
        let child = Attended::start(&sleeping())?;
        let exit = std::thread::scope(|scope| {
            let waiter = scope.spawn(|| child.wait());
            child.kill(libc::SIGTERM);
            waiter.join()
        });
        assert_eq!(exit.map_err(|_| "the waiter panicked")??.signal, libc::SIGTERM);
        child.kill(libc::SIGTERM); // reaches nobody
        Ok(())
    }
}

//! What all subshells of a script share.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bstr::BString;

use crate::cancel::Cancel;
use crate::descriptor::{Feed, Sink};
use crate::spawn::{Child, Spawner, Start};

/// A value of the template.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text.
    Text(BString),
    /// An array: an argument for each.
    List(Vec<BString>),
    /// Memory of JavaScript's: what it holds, and what is written to it.
    Memory {
        /// For `<`.
        content: Arc<[u8]>,
        /// For `>`; `None` for what cannot be written.
        sink: Option<Arc<Sink>>,
    },
    /// A stream, for `<`.
    Feed(Arc<Feed>),
}

/// Where a script runs.
#[derive(Clone)]
pub struct Environment {
    /// How programs are started.
    pub spawner: Arc<dyn Spawner>,
    /// The words that stand for the command `bun`.
    pub bun: Vec<BString>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Environment").field("bun", &self.bun).finish_non_exhaustive()
    }
}

/// A signal that ends a program that cannot refuse.
const KILL: i32 = 9;

/// What all subshells of a script share.
pub(crate) struct Session {
    pub(crate) environment: Environment,
    pub(crate) cancel: Cancel,
    pub(crate) values: Vec<Value>,
    pub(crate) process: u32,
    children: Mutex<HashMap<u32, Arc<dyn Child>>>,
    numbers: AtomicU32,
}

/// Above every process number of the system: jobs without a process of their own.
const FIRST_JOB: u32 = 1 << 30;

impl Session {
    pub(crate) fn new(environment: Environment, values: Vec<Value>) -> Arc<Self> {
        Arc::new(Self {
            environment,
            cancel: Cancel::new(),
            values,
            process: std::process::id(),
            children: Mutex::default(),
            numbers: AtomicU32::new(FIRST_JOB),
        })
    }

    fn children(&self) -> MutexGuard<'_, HashMap<u32, Arc<dyn Child>>> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a job.
    pub(crate) fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts a program that ends with the script's cancelling.
    pub(crate) fn start(self: &Arc<Self>, start: &Start<'_>) -> io::Result<Running> {
        if self.cancel.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let child = self.environment.spawner.start(start)?;
        self.children().insert(child.id(), Arc::clone(&child));
        // Cancelling may have come between.
        if self.cancel.is_cancelled() {
            child.kill(KILL);
        }
        Ok(Running { session: Arc::clone(self), child })
    }

    /// The running program of that number.
    pub(crate) fn child(&self, id: u32) -> Option<Arc<dyn Child>> {
        self.children().get(&id).cloned()
    }

    /// Ends everything.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
        for child in self.children().values() {
            child.kill(KILL);
        }
    }

    fn forget(&self, id: u32) {
        self.children().remove(&id);
    }
}

/// A program that runs.
pub(crate) struct Running {
    session: Arc<Session>,
    child: Arc<dyn Child>,
}

impl Running {
    /// Its process number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Waits for its end: its exit code.
    pub(crate) fn wait(self) -> u8 {
        let exit = self.child.wait();
        exit.map_or(1, crate::spawn::Exit::status)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.session.forget(self.child.id());
    }
}

//! What all subshells of a script share.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

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

/// Is told the names of the signals that a script has traps for, whenever these change: `SIGINT`.
pub type Announce = Box<dyn Fn(Vec<BString>) + Send + Sync>;

/// Where a script runs.
#[derive(Clone)]
pub struct Environment {
    /// How programs are started.
    pub spawner: Arc<dyn Spawner>,
    /// The words that stand for the command `bun`.
    pub bun: Arc<[BString]>,
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Environment").field("bun", &self.bun).finish_non_exhaustive()
    }
}

/// The number of this process, asked for once.
fn process() -> u32 {
    static PROCESS: OnceLock<u32> = OnceLock::new();
    *PROCESS.get_or_init(std::process::id)
}

/// A signal that ends a program that cannot refuse.
const KILL: i32 = 9;

/// Programs that run, by process, each with the shell or job that it is part of.
type Children = HashMap<u32, (Arc<dyn Child>, Arc<Cancel>)>;

/// What all subshells of a script share.
pub(crate) struct Session {
    pub(crate) environment: Environment,
    /// The wish that the script ends.
    pub(crate) cancel: Arc<Cancel>,
    /// The same for its jobs.
    jobs: Mutex<Vec<Weak<Cancel>>>,
    pub(crate) values: Vec<Value>,
    pub(crate) process: u32,
    children: Mutex<Children>,
    numbers: AtomicU32,
    announce: Option<Announce>,
    /// Signals that have come, by name.
    signals: Mutex<Vec<BString>>,
    signalled: AtomicBool,
}

/// Above every process number of the system: jobs without a process of their own.
const FIRST_JOB: u32 = 1 << 30;

impl Session {
    pub(crate) fn new(environment: Environment, values: Vec<Value>, announce: Option<Announce>) -> Arc<Self> {
        Arc::new(Self {
            environment,
            cancel: Arc::default(),
            jobs: Mutex::default(),
            values,
            process: process(),
            children: Mutex::default(),
            numbers: AtomicU32::new(FIRST_JOB),
            announce,
            signals: Mutex::default(),
            signalled: AtomicBool::new(false),
        })
    }

    fn children(&self) -> MutexGuard<'_, Children> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says which signals there are traps for.
    pub(crate) fn announce(&self, names: Vec<BString>) {
        if let Some(announce) = &self.announce {
            announce(names);
        }
    }

    /// A signal has come; the script looks at it between two commands.
    pub(crate) fn signal(&self, name: BString) {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner).push(name);
        self.signalled.store(true, Ordering::Release);
        self.cancel.nudge();
    }

    pub(crate) fn is_signalled(&self) -> bool {
        self.signalled.load(Ordering::Acquire)
    }

    /// Takes the signals that have come.
    pub(crate) fn take_signals(&self) -> Vec<BString> {
        self.cancel.calm();
        self.signalled.store(false, Ordering::Release);
        std::mem::take(&mut *self.signals.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A number for a job.
    pub(crate) fn number(&self) -> u32 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Starts a program that ends with the script's cancelling.
    pub(crate) fn start(self: &Arc<Self>, start: &Start<'_>, cancel: &Arc<Cancel>) -> io::Result<Running> {
        if cancel.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let child = self.environment.spawner.start(start)?;
        self.children().insert(child.id(), (Arc::clone(&child), Arc::clone(cancel)));
        // Cancelling may have come between.
        if cancel.is_cancelled() {
            child.kill(KILL);
        }
        Ok(Running { session: Arc::clone(self), child, cancel: Arc::clone(cancel) })
    }

    /// The running program of that number.
    pub(crate) fn child(&self, id: u32) -> Option<Arc<dyn Child>> {
        self.children().get(&id).map(|(child, _)| Arc::clone(child))
    }

    /// The wish that a new job ends.
    pub(crate) fn job(&self) -> Arc<Cancel> {
        let cancel = Arc::<Cancel>::default();
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|job| job.strong_count() > 0);
        jobs.push(Arc::downgrade(&cancel));
        if self.cancel.is_cancelled() {
            cancel.cancel();
        }
        cancel
    }

    /// Ends a job: its programs get the signal.
    pub(crate) fn end_job(&self, job: &Arc<Cancel>, signal: i32) {
        job.cancel();
        for (child, owner) in self.children().values() {
            if Arc::ptr_eq(owner, job) {
                child.kill(signal);
            }
        }
    }

    /// Ends everything.
    pub(crate) fn cancel(&self) {
        self.cancel.cancel();
        for job in self.jobs.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade) {
            job.cancel();
        }
        for (child, _) in self.children().values() {
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
    cancel: Arc<Cancel>,
}

impl Running {
    /// Its process number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The wish that what it is part of ends.
    pub(crate) fn cancel(&self) -> &Cancel {
        &self.cancel
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

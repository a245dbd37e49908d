//! The threads on which scripts, stages of pipelines and background jobs run.
//!
//! A thread that has nothing to do waits a while for more, so that a script does not pay for starting one. Work that
//! finds no idle thread gets a new one: stages of a pipeline wait for each other and cannot take turns.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

type Job = Box<dyn FnOnce() + Send>;

/// Enough for functions that call each other [`crate::run::FUNCTIONS`] deep; only what is used takes memory.
const STACK: usize = 16 * 1024 * 1024;
/// How long an idle thread waits.
const IDLE: Duration = Duration::from_secs(3);

#[derive(Default)]
struct Pool {
    jobs: VecDeque<Job>,
    /// Threads that wait, less the jobs that wait for them.
    idle: usize,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { jobs: VecDeque::new(), idle: 0 });
static WORK: Condvar = Condvar::new();

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `job` on a thread of its own.
///
/// # Errors
/// The system's, when it has no more threads.
pub(crate) fn run(job: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let mut shared = pool();
    if shared.idle > 0 {
        shared.idle -= 1;
        shared.jobs.push_back(Box::new(job));
        WORK.notify_one();
        return Ok(());
    }
    drop(shared);
    let thread = std::thread::Builder::new().name("dx-shell".to_owned()).stack_size(STACK);
    thread.spawn(move || {
        job();
        serve();
    })?;
    Ok(())
}

fn serve() {
    let mut shared = pool();
    shared.idle += 1;
    loop {
        if let Some(job) = shared.jobs.pop_front() {
            drop(shared);
            job();
            shared = pool();
            shared.idle += 1;
            continue;
        }
        let (woken, timeout) = WORK.wait_timeout(shared, IDLE).unwrap_or_else(PoisonError::into_inner);
        shared = woken;
        if timeout.timed_out() && shared.jobs.is_empty() {
            shared.idle -= 1;
            return;
        }
    }
}

/// A wait was ended before the job.
#[derive(Debug)]
pub(crate) struct Stopped;

/// What a job will give.
#[derive(Debug)]
pub(crate) struct Task<T>(Arc<(Mutex<State<T>>, Condvar)>);

#[derive(Debug)]
enum State<T> {
    Running,
    Done(T),
    /// It panicked, or was taken.
    Gone,
}

impl<T> Clone for Task<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Says that a job is gone when it unwinds.
struct Promise<T>(Task<T>);

impl<T> Promise<T> {
    fn settle(&self, state: State<T>) {
        let (lock, changed) = &*self.0.0;
        let mut current = lock.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*current, State::Running) {
            *current = state;
        }
        changed.notify_all();
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        self.settle(State::Gone);
    }
}

impl<T: Send + Clone + 'static> Task<T> {
    /// Runs `job` on a thread of its own.
    ///
    /// # Errors
    /// The system's, when it has no more threads.
    pub(crate) fn start(job: impl FnOnce() -> T + Send + 'static) -> io::Result<Self> {
        let task = Self(Arc::new((Mutex::new(State::Running), Condvar::new())));
        let promise = Promise(task.clone());
        run(move || {
            let promise = promise;
            // A panic ends the job, not the thread's next ones; the panic's message is on standard error.
            if let Ok(value) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job)) {
                promise.settle(State::Done(value));
            }
        })?;
        Ok(task)
    }

    /// Waits for the job; `None` when it panicked.
    pub(crate) fn join(&self) -> Option<T> {
        let (lock, changed) = &*self.0;
        let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*state {
                State::Running => state = changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                State::Done(value) => return Some(value.clone()),
                State::Gone => return None,
            }
        }
    }

    /// The same, or until `stop` says so, which is asked now and then.
    pub(crate) fn join_until(&self, stop: impl Fn() -> bool) -> Result<Option<T>, Stopped> {
        const GLANCE: Duration = Duration::from_millis(20);
        let (lock, changed) = &*self.0;
        let mut state = lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*state {
                State::Running if stop() => return Err(Stopped),
                State::Running => {
                    state = changed.wait_timeout(state, GLANCE).unwrap_or_else(PoisonError::into_inner).0;
                }
                State::Done(value) => return Ok(Some(value.clone())),
                State::Gone => return Ok(None),
            }
        }
    }

    /// Whether the job has ended.
    pub(crate) fn is_done(&self) -> bool {
        !matches!(*self.0.0.lock().unwrap_or_else(PoisonError::into_inner), State::Running)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_wait_for_each_other_and_a_panic_is_contained() -> io::Result<()> {
        let inner = Task::start(|| 1)?;
        let outer = Task::start(move || inner.join().map(|one| one + 1))?;
        assert_eq!(outer.join(), Some(Some(2)));
        let many: Vec<_> = (0..100).map(|number| Task::start(move || number)).collect::<Result<_, _>>()?;
        assert_eq!(many.iter().filter_map(Task::join).sum::<i32>(), 4950);
        Ok(())
    }
}

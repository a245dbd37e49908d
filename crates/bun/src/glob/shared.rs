//! A large tree, read by several threads.
//!
//! Most of a scan is the kernel's work, directory by directory, which processors do side by side.

use std::num::NonZero;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::scan::directory::Root;
use super::scan::{Error, Found, Visit, Walk};

/// From how many directories in wait on they are shared: starting a thread costs as much as reading some.
pub(super) const ENOUGH: usize = 64;
/// More threads get in each other's way.
const THREADS: usize = 4;
/// How many directories a thread takes at a time.
const BATCH: usize = 8;

/// Visits everything that waits and what is found below it.
///
/// # Errors
/// The first one that a thread met; the others stop.
pub(super) fn share(walk: &Walk<'_>, root: Root, visits: Vec<Visit>, found: &mut Found) -> Result<(), Error> {
    let count = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS);
    // Where descriptors run out fewer threads have to do.
    let others: Vec<Root> = (1..count).map_while(|_| root.again().ok()).collect();
    let queue = Queue::new(visits);
    thread::scope(|scope| {
        let queue = &queue;
        let others: Vec<_> = others.into_iter().map(|root| scope.spawn(move || work(walk, root, queue))).collect();
        let mut result = work(walk, root, queue).map(|own| found.add(&own));
        for other in others {
            let theirs = other.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload));
            result = result.and_then(|()| theirs.map(|theirs| found.add(&theirs)));
        }
        result
    })
}

fn work(walk: &Walk<'_>, mut root: Root, queue: &Queue) -> Result<Found, Error> {
    let _stop = StopOnPanic(queue);
    let mut found = Found::default();
    let mut below = Vec::new();
    let mut mine = queue.first();
    while let Some(visits) = mine {
        for visit in visits {
            if let Err(error) = walk.visit(&mut root, &visit, &mut below, &mut found) {
                queue.stop();
                return Err(error);
            }
        }
        mine = queue.next(&mut below);
    }
    Ok(found)
}

/// Lets the other threads end when this one panics: they would wait for what it finds.
struct StopOnPanic<'queue>(&'queue Queue);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop();
        }
    }
}

/// Directories that wait, and how many threads may still find more.
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    visits: Vec<Visit>,
    busy: usize,
    stopped: bool,
}

impl Queue {
    fn new(visits: Vec<Visit>) -> Self {
        Self { state: Mutex::new(State { visits, busy: 0, stopped: false }), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn first(&self) -> Option<Vec<Visit>> {
        self.take(self.lock())
    }

    /// Puts in what was found below the last batch, and takes another.
    fn next(&self, below: &mut Vec<Visit>) -> Option<Vec<Visit>> {
        let mut state = self.lock();
        state.busy -= 1;
        state.visits.append(below);
        if !state.visits.is_empty() || state.busy == 0 {
            self.changed.notify_all();
        }
        self.take(state)
    }

    /// Waits while there is nothing but others may still find something; `None` when all is done.
    fn take(&self, mut state: MutexGuard<'_, State>) -> Option<Vec<Visit>> {
        loop {
            if state.stopped {
                return None;
            }
            if !state.visits.is_empty() {
                state.busy += 1;
                let rest = state.visits.len().saturating_sub(BATCH);
                return Some(state.visits.split_off(rest));
            }
            if state.busy == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets all threads end.
    fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Options, scan};
    use super::*;

    #[test]
    fn several_threads_find_each_file_once() {
        let root = std::env::temp_dir().join(format!("dx-shared-{}", std::process::id()));
        for directory in 0..ENOUGH * 3 {
            let below = root.join(format!("d{directory}/e"));
            fs::create_dir_all(&below).unwrap();
            fs::write(below.join("f.ts"), "").unwrap();
            fs::write(root.join(format!("d{directory}/g.ts")), "").unwrap();
        }
        let options = Options { directory: root.clone(), only_files: true, ..Options::default() };
        let Found(text) = scan("**/*.ts", &options).unwrap();
        let mut names: Vec<_> = text.split_terminator('\0').collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ENOUGH * 6);
        assert_eq!(text.matches('\0').count(), ENOUGH * 6);
        fs::remove_dir_all(&root).unwrap();
    }
}

//! A few threads that work on a growing pile of tasks.

use std::{
    num::NonZero,
    sync::{Condvar, Mutex, PoisonError},
    thread,
};

/// The tasks that wait. The newest is taken first, so that a tree is walked in depth and few directories are open.
pub(crate) struct Pile<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: Vec<T>,
    busy: usize,
    helpers: usize,
}

impl<T: Send> Pile<T> {
    fn lock(&self) -> std::sync::MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds tasks.
    pub(crate) fn extend(&self, tasks: impl IntoIterator<Item = T>) {
        let mut state = self.lock();
        let before = state.waiting.len();
        state.waiting.extend(tasks);
        if state.waiting.len() > before && state.helpers > 0 {
            self.changed.notify_all();
        }
    }

    fn take(&self, done: bool) -> Option<T> {
        let mut state = self.lock();
        state.busy -= usize::from(done);
        loop {
            if let Some(task) = state.waiting.pop() {
                state.busy += 1;
                return Some(task);
            }
            if state.busy == 0 {
                self.changed.notify_all();
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn work(&self, work: &impl Fn(T, &Self)) {
        let mut done = false;
        while let Some(task) = self.take(done) {
            work(task, self);
            done = true;
        }
    }

    fn is_long(&self) -> bool {
        self.lock().waiting.len() >= 4
    }
}

/// Works on a task and all that come of it; with a second thread once the pile is long, since starting one for a small
/// tree costs more than it gives.
pub(crate) fn work_through<T: Send>(first: T, work: impl Fn(T, &Pile<T>) + Sync) {
    let pile = Pile { state: Mutex::new(State { waiting: vec![first], busy: 0, helpers: 0 }), changed: Condvar::new() };
    let helpers = thread::available_parallelism().map_or(1, NonZero::get).min(4) - 1;
    thread::scope(|scope| {
        let mut done = false;
        let mut rounds = 0_u32;
        while let Some(task) = pile.take(done) {
            work(task, &pile);
            done = true;
            rounds += 1;
            if rounds <= 8 && helpers > 0 && pile.lock().helpers == 0 && pile.is_long() {
                pile.lock().helpers = helpers;
                for _ in 0..helpers {
                    // Without a thread the work is done by this one.
                    let _ = thread::Builder::new().spawn_scoped(scope, || pile.work(&work));
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn every_task_is_done_once() {
        let sum = AtomicU64::new(0);
        work_through(14_u64, |task, pile| {
            sum.fetch_add(1, Ordering::Relaxed);
            if task > 0 {
                pile.extend([task - 1, task - 1]);
            }
        });
        assert_eq!(sum.into_inner(), (1 << 15) - 1);
    }
}

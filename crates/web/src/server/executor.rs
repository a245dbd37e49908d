//! A local executor: tasks live in a slab and are polled on the thread that owns the loop.
//!
//! The hot path never goes through a waker: readiness of a socket and the arrival of a response
//! push the task's index on a plain list. Wakers exist for hyper's own channels and are sound on
//! any thread: they go through a locked list, and from another thread they also wake the loop.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use slab::Slab;

use super::watch::Alarm;

/// A unit of work of the loop: a connection, mostly.
pub(crate) trait Task {
    /// Goes on with the work; `Ready` drops the task.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()>;

    /// Whether somebody may keep its waker, as it is now.
    fn needs_waker(&self) -> bool {
        true
    }
}

/// A future as a task.
struct Spawned<F>(Pin<Box<F>>);

impl<F: Future<Output = ()>> Task for Spawned<F> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(context)
    }
}

struct Entry {
    /// `None` while the task is being polled.
    task: Option<Box<dyn Task>>,
    /// `None` meanwhile, too, and while nobody has one.
    waker: Option<Waker>,
    queued: bool,
    generation: u32,
}

thread_local! {
    static HERE: u8 = const { 0 };
}

/// What tells the running thread from the others: `thread::current` counts references.
fn here() -> usize {
    HERE.with(|here| std::ptr::from_ref(here).addr())
}

struct Injector {
    /// [`here`] of the loop's thread.
    owner: usize,
    woken: Mutex<Vec<(usize, u32)>>,
    alarm: Box<dyn Alarm>,
}

struct TaskWaker {
    index: usize,
    generation: u32,
    injector: Arc<Injector>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let injector = &self.injector;
        injector.woken.lock().unwrap_or_else(PoisonError::into_inner).push((self.index, self.generation));
        // The owner looks at the list before it sleeps.
        if here() != injector.owner {
            injector.alarm.ring();
        }
    }
}

/// The tasks of one loop.
pub(crate) struct Executor {
    tasks: RefCell<Slab<Entry>>,
    ready: RefCell<VecDeque<usize>>,
    /// Those that have an answer to write: they go first.
    urgent: RefCell<Vec<usize>>,
    running: RefCell<Vec<usize>>,
    current: Cell<usize>,
    generation: Cell<u32>,
    injector: Arc<Injector>,
}

impl Executor {
    pub(crate) fn new(alarm: Box<dyn Alarm>) -> Self {
        let injector = Injector { owner: here(), woken: Mutex::default(), alarm };
        Self {
            tasks: RefCell::default(),
            ready: RefCell::default(),
            urgent: RefCell::default(),
            running: RefCell::default(),
            current: Cell::new(usize::MAX),
            generation: Cell::new(0),
            injector: Arc::new(injector),
        }
    }

    /// Takes a task in and marks it ready.
    pub(crate) fn spawn(&self, task: Box<dyn Task>) -> usize {
        let generation = self.generation.get().wrapping_add(1);
        self.generation.set(generation);
        let mut tasks = self.tasks.borrow_mut();
        let index = tasks.vacant_key();
        tasks.insert(Entry { task: Some(task), waker: None, queued: true, generation });
        self.ready.borrow_mut().push_back(index);
        index
    }

    /// Takes a future in as a task.
    pub(crate) fn spawn_future(&self, future: impl Future<Output = ()> + 'static) -> usize {
        self.spawn(Box::new(Spawned(Box::pin(future))))
    }

    /// The task that is being polled now.
    pub(crate) fn current(&self) -> usize {
        self.current.get()
    }

    /// Marks a task ready. Unknown indexes are ignored: the task may have ended.
    pub(crate) fn wake(&self, index: usize) {
        if let Some(entry) = self.tasks.borrow_mut().get_mut(index)
            && !entry.queued
        {
            entry.queued = true;
            self.ready.borrow_mut().push_back(index);
        }
    }

    /// Marks a task ready before those that have something to read.
    pub(crate) fn wake_first(&self, index: usize) {
        if let Some(entry) = self.tasks.borrow_mut().get_mut(index)
            && !entry.queued
        {
            entry.queued = true;
            self.urgent.borrow_mut().push(index);
        }
    }

    /// Ends a task where it stands. A task that is being polled is left alone.
    pub(crate) fn cancel(&self, index: usize) {
        let removed = {
            let mut tasks = self.tasks.borrow_mut();
            match tasks.get(index) {
                Some(entry) if entry.task.is_some() => Some(tasks.remove(index)),
                _ => None,
            }
        };
        drop(removed); // outside the borrow: dropping a connection reports aborted requests
    }

    /// Ends every task.
    pub(crate) fn clear(&self) {
        let tasks = self.tasks.take();
        drop(tasks); // outside the borrow, as above
    }

    /// Polls the tasks that have an answer to write and some of those that are ready, once each, until there is enough.
    /// `true` when there are more.
    pub(crate) fn run(&self, some: usize, enough: impl Fn() -> bool) -> bool {
        self.run_urgent();
        let count = self.ready.borrow().len().min(some);
        for _ in 0..count {
            let Some(index) = self.ready.borrow_mut().pop_front() else { break };
            self.poll(index);
            if enough() {
                break;
            }
        }
        self.take_woken();
        self.is_busy()
    }

    /// Polls the tasks that have an answer to write.
    pub(crate) fn run_urgent(&self) {
        self.take_woken();
        let mut running = self.running.take();
        std::mem::swap(&mut running, &mut self.urgent.borrow_mut());
        for index in running.drain(..) {
            self.poll(index);
        }
        self.running.replace(running);
    }

    /// Whether a task waits to be polled.
    pub(crate) fn is_busy(&self) -> bool {
        !self.ready.borrow().is_empty() || !self.urgent.borrow().is_empty()
    }

    /// Makes the loop turn once more before it sleeps.
    pub(crate) fn wake_loop(&self) {
        self.injector.alarm.ring();
    }

    fn waker(&self, index: usize, generation: u32) -> Waker {
        Waker::from(Arc::new(TaskWaker { index, generation, injector: Arc::clone(&self.injector) }))
    }

    fn poll(&self, index: usize) {
        let (mut task, mut waker, generation) = {
            let mut tasks = self.tasks.borrow_mut();
            let Some(entry) = tasks.get_mut(index) else { return };
            entry.queued = false;
            let Some(task) = entry.task.take() else { return };
            (task, entry.waker.take(), entry.generation)
        };
        self.current.set(index);
        let done = loop {
            if waker.is_none() && task.needs_waker() {
                waker = Some(self.waker(index, generation));
            }
            let context = &mut Context::from_waker(waker.as_ref().unwrap_or(Waker::noop()));
            let done = task.poll(context).is_ready();
            // What has become something that needs one has to give it out.
            if done || waker.is_some() || !task.needs_waker() {
                break done;
            }
        };
        self.current.set(usize::MAX);
        let mut tasks = self.tasks.borrow_mut();
        if let Some(entry) = tasks.get_mut(index)
            && entry.generation == generation
        {
            if done {
                let entry = tasks.remove(index);
                drop(tasks);
                drop(entry);
            } else {
                entry.waker = waker.filter(|_| task.needs_waker());
                entry.task = Some(task);
                return;
            }
        }
        drop(task);
    }

    fn take_woken(&self) {
        let woken = std::mem::take(&mut *self.injector.woken.lock().unwrap_or_else(PoisonError::into_inner));
        for (index, generation) in woken {
            let current = self.tasks.borrow().get(index).is_some_and(|entry| entry.generation == generation);
            if current {
                self.wake(index);
            }
        }
    }
}

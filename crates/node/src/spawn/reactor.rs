//! The thread that waits for all children and moves the bytes of their pipes.
//!
//! One `mio` poll (epoll, kqueue) watches a pidfd a child and the host's pipe ends. What happens is
//! put into the mailbox of the environment that started the child; its bell is rung once a round.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token, Waker};

use super::child::{Exit, reap, signal};
use super::start::start;
use super::sync::read_some;
use super::{Command, Error, Pipes, Slot, platform};

/// What happened to a child or one of its pipes. The first field is the child's or the pipe's id.
#[derive(Debug)]
pub enum Event {
    /// An output pipe gave bytes.
    Data(usize, Vec<u8>),
    /// An output pipe has ended: with 0, or with the number of an error.
    End(usize, i32),
    /// An input pipe took everything that it was given (0), or an error's number.
    Written(usize, i32),
    /// The child has ended.
    Exit(usize, Exit),
}

/// Where an environment gets its events.
pub struct Mailbox {
    events: Mutex<Vec<Event>>,
    closed: AtomicBool,
    bell: Box<dyn Fn() + Send + Sync>,
}

impl Mailbox {
    /// Makes a mailbox; `bell` is rung from another thread when there is something in it.
    #[must_use]
    pub fn new(bell: Box<dyn Fn() + Send + Sync>) -> Arc<Self> {
        Arc::new(Self { events: Mutex::new(Vec::new()), closed: AtomicBool::new(false), bell })
    }

    /// Takes what has come.
    pub fn empty(&self) -> Vec<Event> {
        std::mem::take(&mut *lock(&self.events))
    }

    /// Says that nobody will empty the mailbox any more: its pipes are closed, its children reaped silently.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        lock(&self.events).clear();
        if let Some(reactor) = REACTOR.get() {
            reactor.send(Request::Sweep);
        }
    }

    fn put(&self, event: Event) {
        if !self.is_closed() {
            lock(&self.events).push(event);
        }
    }

    fn ring(&self) {
        if !self.is_closed() && !lock(&self.events).is_empty() {
            (self.bell)();
        }
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// A child that was started. Dropping it lets go of nothing: the reactor reaps the process.
#[derive(Debug)]
pub struct Child {
    /// Names the child in events.
    pub id: usize,
    /// The process's number.
    pub pid: i32,
    /// By slot: the id of an output or input pipe, the descriptor of a socket (the caller's to close), -1 for none.
    pub slots: Vec<i64>,
    life: Arc<Life>,
}

/// Whether a process number still is the child's; held while it is used.
#[derive(Debug)]
struct Life {
    pid: i32,
    reaped: Mutex<bool>,
}

impl Child {
    /// Sends a signal. `false` when the child has ended.
    ///
    /// # Errors
    /// The system's.
    pub fn kill(&self, number: i32) -> io::Result<bool> {
        let reaped = lock(&self.life.reaped);
        if *reaped {
            return Ok(false);
        }
        match signal(self.life.pid, number) {
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(false),
            result => result.map(|()| true),
        }
    }

    /// Lets an output pipe be read, or not for now.
    pub fn read(pipe: usize, on: bool) {
        send(if on { Request::Resume(pipe) } else { Request::Pause(pipe) });
    }

    /// Gives an input pipe bytes to write; `Event::Written` answers when they are gone.
    pub fn write(pipe: usize, bytes: Vec<u8>) {
        send(Request::Write(pipe, bytes));
    }

    /// Closes a pipe; an input pipe once everything is written.
    pub fn close(pipe: usize) {
        send(Request::Close(pipe));
    }
}

/// Starts a child. Output pipes are read from the start unless `lazy`.
///
/// # Errors
/// `System` with `posix_spawn`, `pipe`, `socketpair` or `open`.
pub fn spawn(mut command: Command, slots: &[Slot], lazy: bool, mailbox: &Arc<Mailbox>) -> Result<Child, Error> {
    let reactor = reactor().map_err(|error| Error::System { error, syscall: "epoll_create", path: None })?;
    let mut pipes = Pipes::open(slots)?;
    command.stdio = std::mem::take(&mut pipes.child);
    let pid = start(&command)?;
    drop(command); // closes the child's ends
    let life = Arc::new(Life { pid, reaped: Mutex::new(false) });
    let id = fresh_id();
    let mut named = Vec::with_capacity(slots.len());
    for (slot, host) in slots.iter().zip(pipes.host) {
        named.push(match (slot, host) {
            (Slot::Output, Some(host)) => adopted(reactor.adopt(Pipe::output(host, mailbox, lazy))),
            (Slot::Input, Some(host)) => adopted(reactor.adopt(Pipe::input(host, mailbox))),
            (Slot::Socket, Some(host)) => i64::from(std::os::fd::IntoRawFd::into_raw_fd(host)),
            _ => -1,
        });
    }
    reactor.watch(id, Running { life: Arc::clone(&life), mailbox: Arc::clone(mailbox), watch: platform::watch(pid) });
    Ok(Child { id, pid, slots: named, life })
}

/// Hands a descriptor over, to be read (`output`) or written like a child's pipe; gives the pipe's id.
///
/// # Errors
/// `System` with `epoll_create`
pub fn attach(end: OwnedFd, mailbox: &Arc<Mailbox>, output: bool) -> Result<usize, Error> {
    let reactor = reactor().map_err(|error| Error::System { error, syscall: "epoll_create", path: None })?;
    let pipe = if output { Pipe::output(end, mailbox, false) } else { Pipe::input(end, mailbox) };
    Ok(reactor.adopt(pipe))
}

/// An id among the descriptors of a child.
fn adopted(id: usize) -> i64 {
    i64::try_from(id).unwrap_or(-1)
}

static REACTOR: OnceLock<Reactor> = OnceLock::new();

/// Ids of children and pipes; they are mio's tokens as well.
fn fresh_id() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

struct Reactor {
    requests: Arc<Mutex<Requests>>,
    registry: Registry,
    waker: Waker,
}

/// What the thread is to do when it next looks.
#[derive(Default)]
struct Requests {
    list: Vec<Request>,
    /// Whether the thread was woken for them.
    woken: bool,
}

enum Request {
    Adopt(usize, Pipe),
    Watch(usize, Running),
    /// The poll does not tell of this child's end.
    Unwatched(usize),
    Resume(usize),
    Pause(usize),
    Write(usize, Vec<u8>),
    Close(usize),
    Sweep,
}

impl Reactor {
    /// Hands a pipe over. Its descriptor is put into the poll from here, which saves waking the thread: it gets the pipe
    /// with the first event that there is.
    fn adopt(&self, pipe: Pipe) -> usize {
        let id = fresh_id();
        let end = pipe.end.as_raw_fd();
        let interest = if pipe.output { Interest::READABLE } else { Interest::WRITABLE };
        // The request comes first: the thread may close the descriptor as soon as the poll knows it, not before.
        self.leave(Request::Adopt(id, pipe));
        if register(&self.registry, end, id, interest).is_err() {
            self.send(Request::Resume(id)); // a file: always ready
        }
        id
    }

    /// Hands a child over, in the same way. One without a descriptor is looked at now and then.
    fn watch(&self, id: usize, child: Running) {
        let watch = child.watch.as_ref().map(AsRawFd::as_raw_fd);
        self.leave(Request::Watch(id, child));
        if watch.is_none_or(|watch| register(&self.registry, watch, id, Interest::READABLE).is_err()) {
            self.send(Request::Unwatched(id));
        }
    }

    fn leave(&self, request: Request) {
        lock(&self.requests).list.push(request);
    }

    fn send(&self, request: Request) {
        let mut requests = lock(&self.requests);
        requests.list.push(request);
        if !std::mem::replace(&mut requests.woken, true) {
            // A full waker has woken the thread already.
            let _ = self.waker.wake();
        }
    }
}

fn send(request: Request) {
    if let Some(reactor) = REACTOR.get() {
        reactor.send(request);
    }
}

fn reactor() -> io::Result<&'static Reactor> {
    static STARTING: Mutex<()> = Mutex::new(());
    if let Some(reactor) = REACTOR.get() {
        return Ok(reactor);
    }
    let _starting = lock(&STARTING);
    if let Some(reactor) = REACTOR.get() {
        return Ok(reactor);
    }
    let poll = Poll::new()?;
    let waker = Waker::new(poll.registry(), WAKE)?;
    let registry = poll.registry().try_clone()?;
    let requests = Arc::new(Mutex::new(Requests::default()));
    let thread = Thread {
        poll,
        requests: Arc::clone(&requests),
        pipes: HashMap::new(),
        children: HashMap::new(),
        busy: Vec::new(),
    };
    std::thread::Builder::new().name("dx-spawn".to_owned()).spawn(move || thread.run())?;
    Ok(REACTOR.get_or_init(|| Reactor { requests, registry, waker }))
}

const WAKE: Token = Token(0);

struct Thread {
    poll: Poll,
    requests: Arc<Mutex<Requests>>,
    pipes: HashMap<usize, Pipe>,
    children: HashMap<usize, Running>,
    /// Pipes that had more than a round takes.
    busy: Vec<usize>,
}

struct Running {
    life: Arc<Life>,
    mailbox: Arc<Mailbox>,
    watch: Option<OwnedFd>,
}

impl Thread {
    fn run(mut self) {
        let mut events = Events::with_capacity(256);
        let mut rung: Vec<Arc<Mailbox>> = Vec::new();
        loop {
            let wait = self.patience();
            // Interruptions, of which there are many when children end, and whatever else goes wrong: look again.
            if self.poll.poll(&mut events, wait).is_err() {
                events.clear();
            }
            let Requests { list, .. } = std::mem::take(&mut *lock(&self.requests));
            for request in list {
                self.serve(request, &mut rung);
            }
            let busy = std::mem::take(&mut self.busy);
            let ready = events.iter().map(|event| event.token().0).filter(|&id| id != WAKE.0);
            for id in ready.chain(busy).collect::<Vec<_>>() {
                self.attend(id, &mut rung);
            }
            self.look_after_unwatched(&mut rung);
            for mailbox in rung.drain(..) {
                mailbox.ring();
            }
        }
    }

    fn patience(&self) -> Option<std::time::Duration> {
        if !self.busy.is_empty() {
            return Some(std::time::Duration::ZERO);
        }
        self.children.values().any(|child| child.watch.is_none()).then(|| std::time::Duration::from_millis(5))
    }

    fn serve(&mut self, request: Request, rung: &mut Vec<Arc<Mailbox>>) {
        match request {
            Request::Adopt(id, pipe) => {
                self.pipes.insert(id, pipe);
            }
            Request::Watch(id, child) => {
                self.children.insert(id, child);
            }
            Request::Unwatched(id) => {
                if let Some(child) = self.children.get_mut(&id) {
                    child.watch = None;
                }
                self.attend(id, rung);
            }
            Request::Resume(id) => {
                if let Some(pipe) = self.pipes.get_mut(&id) {
                    pipe.paused = false;
                    self.busy.push(id);
                }
            }
            Request::Pause(id) => {
                if let Some(pipe) = self.pipes.get_mut(&id) {
                    pipe.paused = true;
                }
            }
            Request::Write(id, bytes) => {
                if let Some(pipe) = self.pipes.get_mut(&id) {
                    pipe.give(bytes);
                    self.attend(id, rung);
                }
            }
            Request::Close(id) => {
                if let Some(pipe) = self.pipes.get_mut(&id) {
                    pipe.closing = true;
                    if pipe.output || pipe.waiting.is_empty() {
                        self.drop_pipe(id);
                    }
                }
            }
            Request::Sweep => {
                let gone: Vec<_> =
                    self.pipes.iter().filter(|(_, pipe)| pipe.mailbox.is_closed()).map(|(id, _)| *id).collect();
                for id in gone {
                    self.drop_pipe(id);
                }
            }
        }
    }

    fn attend(&mut self, id: usize, rung: &mut Vec<Arc<Mailbox>>) {
        if let Some(child) = self.children.get(&id) {
            if let Some(exit) = end(&child.life) {
                self.bury(id, exit, rung);
            }
            return;
        }
        let Some(pipe) = self.pipes.get_mut(&id) else { return };
        let outcome = if pipe.output { pipe.drain(id) } else { pipe.push(id) };
        if outcome != Outcome::Waiting && !rung.iter().any(|mailbox| Arc::ptr_eq(mailbox, &pipe.mailbox)) {
            rung.push(Arc::clone(&pipe.mailbox));
        }
        match outcome {
            Outcome::More => self.busy.push(id),
            Outcome::Done => self.drop_pipe(id),
            Outcome::Waiting | Outcome::Told => {}
        }
    }

    fn bury(&mut self, id: usize, exit: Exit, rung: &mut Vec<Arc<Mailbox>>) {
        let Some(child) = self.children.remove(&id) else { return };
        if let Some(watch) = &child.watch {
            // Out of the poll before it is closed: a copy of it in a child would keep it there.
            let _ = self.poll.registry().deregister(&mut SourceFd(&watch.as_raw_fd()));
        }
        child.mailbox.put(Event::Exit(id, exit));
        if !rung.iter().any(|mailbox| Arc::ptr_eq(mailbox, &child.mailbox)) {
            rung.push(child.mailbox);
        }
    }

    fn look_after_unwatched(&mut self, rung: &mut Vec<Arc<Mailbox>>) {
        let unwatched: Vec<_> =
            self.children.iter().filter(|(_, child)| child.watch.is_none()).map(|(id, _)| *id).collect();
        for id in unwatched {
            self.attend(id, rung);
        }
    }

    fn drop_pipe(&mut self, id: usize) {
        if let Some(pipe) = self.pipes.remove(&id) {
            let _ = self.poll.registry().deregister(&mut SourceFd(&pipe.end.as_raw_fd()));
        }
    }
}

fn register(registry: &Registry, descriptor: RawFd, id: usize, interest: Interest) -> io::Result<()> {
    registry.register(&mut SourceFd(&descriptor), Token(id), interest)
}

/// Reaps the child if it has ended. One that another part of the host reaped counts as ended.
fn end(life: &Life) -> Option<Exit> {
    let mut reaped = lock(&life.reaped);
    match reap(life.pid, false) {
        Ok(None) => None,
        Ok(Some(exit)) => {
            *reaped = true;
            Some(exit)
        }
        Err(_) => {
            *reaped = true;
            Some(Exit::default())
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Waiting,
    Told,
    More,
    Done,
}

/// The host's end of a pipe.
struct Pipe {
    end: OwnedFd,
    mailbox: Arc<Mailbox>,
    output: bool,
    paused: bool,
    waiting: Vec<u8>,
    written: usize,
    closing: bool,
}

impl Pipe {
    /// What one round takes from a pipe.
    const ROUND: usize = 1024 * 1024;

    fn output(end: OwnedFd, mailbox: &Arc<Mailbox>, paused: bool) -> Self {
        Self {
            end,
            mailbox: Arc::clone(mailbox),
            output: true,
            paused,
            waiting: Vec::new(),
            written: 0,
            closing: false,
        }
    }

    fn input(end: OwnedFd, mailbox: &Arc<Mailbox>) -> Self {
        Self { output: false, ..Self::output(end, mailbox, false) }
    }

    fn give(&mut self, bytes: Vec<u8>) {
        if self.waiting.is_empty() {
            self.waiting = bytes;
        } else {
            self.waiting.extend_from_slice(&bytes);
        }
    }

    fn drain(&mut self, id: usize) -> Outcome {
        if self.paused {
            return Outcome::Waiting;
        }
        let (mut bytes, mut failure) = (Vec::new(), 0);
        let outcome = loop {
            match read_some(self.end.as_fd(), &mut bytes) {
                Ok(0) => break Outcome::Done,
                Ok(_) if bytes.len() >= Self::ROUND => break Outcome::More,
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) if bytes.is_empty() => return Outcome::Waiting,
                Err(rustix::io::Errno::AGAIN) => break Outcome::Told,
                Err(error) => {
                    failure = error.raw_os_error();
                    break Outcome::Done;
                }
            }
        };
        if !bytes.is_empty() {
            self.mailbox.put(Event::Data(id, bytes));
        }
        if outcome == Outcome::Done {
            self.mailbox.put(Event::End(id, failure));
        }
        outcome
    }

    fn push(&mut self, id: usize) -> Outcome {
        if self.waiting.is_empty() {
            return Outcome::Waiting;
        }
        while self.written < self.waiting.len() {
            match rustix::io::write(&self.end, &self.waiting[self.written..]) {
                Ok(count) => self.written += count,
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => return Outcome::Waiting,
                Err(error) => {
                    self.mailbox.put(Event::Written(id, error.raw_os_error()));
                    return Outcome::Done;
                }
            }
        }
        self.waiting = Vec::new();
        self.written = 0;
        self.mailbox.put(Event::Written(id, 0));
        if self.closing { Outcome::Done } else { Outcome::Told }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

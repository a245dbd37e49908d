//! What waits for an environment's children and moves the bytes of their pipes.
//!
//! One `mio` poll (epoll, kqueue) watches a pidfd a child and the host's pipe ends. The host's own loop watches the
//! poll's descriptor in turn and calls [`Reactor::turn`] when it is readable: no thread stands between a child and who
//! started it.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Poll, Token, Waker};

use super::child::{Exit, reap, signal};
use super::start::start;
use super::transfer::{Outcome, Pipe};
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

/// A child that was started.
#[derive(Debug)]
pub struct Child {
    /// Names the child in events and calls.
    pub id: usize,
    /// The process's number.
    pub pid: i32,
    /// By slot: the id of an output or input pipe, the descriptor of a socket (the caller's to close), -1 for none.
    pub slots: Vec<i64>,
}

/// The children of one environment. It is used on the environment's thread alone.
#[derive(Debug)]
pub struct Reactor {
    poll: Poll,
    ready: mio::Events,
    waker: Waker,
    pipes: HashMap<usize, Pipe>,
    children: HashMap<usize, Running>,
    /// Children and pipes of which the poll does not tell, as descriptors or watches have run out, but for pipes that have
    /// nothing to do.
    unwatched: BTreeSet<usize>,
    /// When those were looked at, and how often.
    glanced: Option<Instant>,
    glances: u32,
    /// Pipes to be looked at in the next turn, ready or not.
    busy: Vec<usize>,
    events: Vec<Event>,
}

#[derive(Debug)]
struct Running {
    pid: i32,
    watch: Option<OwnedFd>,
}

const WAKE: Token = Token(0);

/// Ids of children and pipes; they are mio's tokens as well. No two of a process are equal: a number that one
/// environment got means nothing to another.
fn fresh_id() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl AsRawFd for Reactor {
    /// Readable when there is a turn to take.
    fn as_raw_fd(&self) -> RawFd {
        self.poll.as_raw_fd()
    }
}

impl Reactor {
    /// How often what is not watched is looked at.
    const GLANCE: Duration = Duration::from_millis(5);
    /// After so many looks the poll is asked again to watch: others may have given descriptors or watches back.
    const GLANCES: u32 = 100;

    /// A reactor without children.
    ///
    /// # Errors
    /// `System` with `epoll_create`, `EMFILE` when descriptors have run out.
    pub fn new() -> Result<Self, Error> {
        let fail = |error| Error::System { error, syscall: "epoll_create", path: None };
        let poll = Poll::new().map_err(fail)?;
        let waker = Waker::new(poll.registry(), WAKE).map_err(fail)?;
        Ok(Self {
            poll,
            ready: mio::Events::with_capacity(256),
            waker,
            pipes: HashMap::new(),
            children: HashMap::new(),
            unwatched: BTreeSet::new(),
            glanced: None,
            glances: 0,
            busy: Vec::new(),
            events: Vec::new(),
        })
    }

    /// Starts a child. Output pipes are read from the start unless `lazy`.
    ///
    /// # Errors
    /// `System` with `posix_spawn`, `pipe`, `socketpair` or `open`.
    pub fn spawn(&mut self, mut command: Command, slots: &[Slot], lazy: bool) -> Result<Child, Error> {
        let mut pipes = Pipes::open(slots)?;
        command.stdio = std::mem::take(&mut pipes.child);
        let pid = start(&command)?;
        drop(command); // closes the child's ends
        let mut named = Vec::with_capacity(slots.len());
        for (slot, host) in slots.iter().zip(pipes.host) {
            named.push(match (slot, host) {
                (Slot::Output, Some(host)) => named_pipe(self.adopt(Pipe::output(host, lazy))),
                (Slot::Input, Some(host)) => named_pipe(self.adopt(Pipe::input(host))),
                (Slot::Socket, Some(host)) => i64::from(std::os::fd::IntoRawFd::into_raw_fd(host)),
                _ => -1,
            });
        }
        Ok(Child { id: self.watch(pid), pid, slots: named })
    }

    /// Takes a descriptor, to be read (`output`) or written like a child's pipe; gives the pipe's id.
    pub fn attach(&mut self, end: OwnedFd, output: bool) -> usize {
        self.adopt(if output { Pipe::output(end, false) } else { Pipe::input(end) })
    }

    fn adopt(&mut self, mut pipe: Pipe) -> usize {
        let id = fresh_id();
        pipe.told = match self.register(pipe.end(), id, interest(&pipe)) {
            Ok(()) => true,
            // A file: always ready.
            Err(error) if error.raw_os_error() == Some(libc::EPERM) => {
                self.look_at(id);
                true
            }
            Err(_) => false,
        };
        self.pipes.insert(id, pipe);
        self.glance_at(id);
        id
    }

    fn watch(&mut self, pid: i32) -> usize {
        let id = fresh_id();
        let watch = platform::watch(pid);
        let told = watch.as_ref().is_some_and(|watch| self.register(watch.as_raw_fd(), id, Interest::READABLE).is_ok());
        if !told {
            self.unwatched.insert(id);
        }
        self.children.insert(id, Running { pid, watch });
        id
    }

    fn register(&self, descriptor: RawFd, id: usize, interest: Interest) -> io::Result<()> {
        self.poll.registry().register(&mut SourceFd(&descriptor), Token(id), interest)
    }

    /// Sends a child a signal. `false` when it has ended: its number may be another process's by now.
    ///
    /// # Errors
    /// The system's.
    pub fn kill(&self, child: usize, number: i32) -> io::Result<bool> {
        let Some(child) = self.children.get(&child) else { return Ok(false) };
        match signal(child.pid, number) {
            Err(error) if error.raw_os_error() == Some(libc::ESRCH) => Ok(false),
            result => result.map(|()| true),
        }
    }

    /// Lets an output pipe be read, or not for now.
    pub fn read(&mut self, pipe: usize, on: bool) {
        if let Some(found) = self.pipes.get_mut(&pipe) {
            found.paused = !on;
            if on {
                self.look_at(pipe);
                self.glance_at(pipe);
            }
        }
    }

    /// Gives an input pipe bytes to write; `Event::Written` answers when they are gone, unless they are at once: then
    /// the answer is 0, or the number of an error.
    pub fn write(&mut self, pipe: usize, bytes: &[u8]) -> Option<i32> {
        let Some(found) = self.pipes.get_mut(&pipe) else { return Some(libc::EPIPE) };
        let answer = found.write(bytes);
        match answer {
            Some(0) => {}
            Some(_) => self.drop_pipe(pipe),
            None => self.glance_at(pipe),
        }
        answer
    }

    /// Closes a pipe; an input pipe once everything is written.
    pub fn close(&mut self, pipe: usize) {
        let Some(found) = self.pipes.get_mut(&pipe) else { return };
        found.closing = true;
        if found.output || !found.is_waiting() {
            self.drop_pipe(pipe);
        }
    }

    fn look_at(&mut self, id: usize) {
        self.busy.push(id);
        // A full waker has woken the poll already.
        let _ = self.waker.wake();
    }

    /// Does what there is to do; waits for it up to `wait`, without end for `None`.
    pub fn turn(&mut self, wait: Option<Duration>) {
        let mut ready = std::mem::replace(&mut self.ready, mio::Events::with_capacity(0));
        // Interruptions, of which there are many when children end, and whatever else goes wrong: look again.
        if self.poll.poll(&mut ready, wait).is_err() {
            ready.clear();
        }
        let busy = std::mem::take(&mut self.busy);
        let due = ready.iter().map(|event| event.token().0).filter(|&id| id != WAKE.0).chain(busy);
        let due = due.collect::<Vec<_>>();
        self.ready = ready; // before anything that may panic: a poll into no room fails for ever
        for id in due {
            self.attend(id);
        }
        // The host's clock may be a little early.
        if !self.unwatched.is_empty() && self.glanced.is_none_or(|last| last.elapsed() >= Self::GLANCE / 2) {
            self.glance();
        }
    }

    /// Looks at what the poll does not watch, and asks it again now and then.
    fn glance(&mut self) {
        self.glances = self.glances.wrapping_add(1);
        let again = self.glances.is_multiple_of(Self::GLANCES);
        for id in std::mem::take(&mut self.unwatched) {
            self.attend(id);
            if !(again && self.watch_again(id)) {
                self.glance_at(id);
            }
        }
        self.glanced = Some(Instant::now());
    }

    /// Has a pipe or a child looked at from time to time, if nobody tells of it and there is something to hear.
    fn glance_at(&mut self, id: usize) {
        let needed = match self.pipes.get(&id) {
            Some(pipe) => !pipe.told && pipe.is_under_way(),
            None => self.children.contains_key(&id),
        };
        if needed {
            self.unwatched.insert(id);
        }
    }

    /// Tries to have the poll watch what it did not.
    fn watch_again(&mut self, id: usize) -> bool {
        if let Some(pipe) = self.pipes.get(&id) {
            let told = self.register(pipe.end(), id, interest(pipe)).is_ok();
            if told && let Some(pipe) = self.pipes.get_mut(&id) {
                pipe.told = true;
            }
            return told;
        }
        let Some(child) = self.children.get(&id) else { return false };
        let watch = if child.watch.is_none() { platform::watch(child.pid) } else { None };
        let descriptor = watch.as_ref().or(child.watch.as_ref()).map(AsRawFd::as_raw_fd);
        let told = descriptor.is_some_and(|end| self.register(end, id, Interest::READABLE).is_ok());
        if told && let (Some(child), Some(watch)) = (self.children.get_mut(&id), watch) {
            child.watch = Some(watch);
        }
        told
    }

    /// After which time a turn is due though the poll says nothing.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        (!self.unwatched.is_empty()).then_some(Self::GLANCE)
    }

    /// Takes what has happened.
    pub fn take(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Whether something has happened that nobody took.
    #[must_use]
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Closes all pipes; nobody is there any more who reads or writes.
    pub fn hang_up(&mut self) {
        for id in self.pipes.keys().copied().collect::<Vec<_>>() {
            self.drop_pipe(id);
        }
        self.events.clear();
    }

    /// Lets go of the children: a thread reaps those that still run, so that the host keeps no zombies of an environment
    /// that has ended.
    pub fn leave(mut self) {
        self.hang_up();
        self.turn(Some(Duration::ZERO));
        if self.children.is_empty() {
            return;
        }
        // Without a thread they are reaped when the host ends.
        let _ = std::thread::Builder::new().name("dx-spawn".to_owned()).spawn(move || {
            while !self.children.is_empty() {
                self.turn(self.patience());
                self.events.clear();
            }
        });
    }

    fn attend(&mut self, id: usize) {
        let Some(pipe) = self.pipes.get_mut(&id) else {
            self.attend_child(id);
            return;
        };
        match if pipe.output { pipe.drain(id, &mut self.events) } else { pipe.resume(id, &mut self.events) } {
            Outcome::More => self.look_at(id),
            Outcome::Done => self.drop_pipe(id),
            Outcome::Waiting => {}
        }
    }

    /// Reaps a child if it has ended, and says so. One that another part of the host reaped counts as ended.
    fn attend_child(&mut self, id: usize) {
        let Some(child) = self.children.get(&id) else { return };
        let exit = match reap(child.pid, false) {
            Ok(None) => return,
            Ok(Some(exit)) => exit,
            Err(_) => Exit::default(),
        };
        if let Some(Running { watch: Some(watch), .. }) = self.children.remove(&id) {
            // Out of the poll before it is closed: a copy of it in a child would keep it there.
            let _ = self.poll.registry().deregister(&mut SourceFd(&watch.as_raw_fd()));
        }
        self.events.push(Event::Exit(id, exit));
    }

    fn drop_pipe(&mut self, id: usize) {
        if let Some(pipe) = self.pipes.remove(&id) {
            let _ = self.poll.registry().deregister(&mut SourceFd(&pipe.end()));
        }
    }
}

/// What a pipe is watched for.
fn interest(pipe: &Pipe) -> Interest {
    if pipe.output { Interest::READABLE } else { Interest::WRITABLE }
}

/// An id among the descriptors of a child.
fn named_pipe(id: usize) -> i64 {
    i64::try_from(id).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    fn shell(script: &str) -> Command {
        Command {
            program: c"/bin/sh".to_owned(),
            arguments: ["sh", "-c", script].into_iter().filter_map(|word| std::ffi::CString::new(word).ok()).collect(),
            ..Command::default()
        }
    }

    /// Turns until something is there, and takes it.
    fn events(reactor: &mut Reactor) -> Vec<Event> {
        let until = Instant::now() + Duration::from_secs(20);
        while !reactor.has_events() && Instant::now() < until {
            reactor.turn(Some(reactor.patience().unwrap_or(Duration::from_millis(100))));
        }
        reactor.take()
    }

    fn pipe(child: &Child, slot: usize) -> usize {
        usize::try_from(child.slots[slot]).unwrap()
    }

    /// What a child says until its output and it have ended, and its exit code.
    fn end(reactor: &mut Reactor, child: &Child, output: usize) -> (Vec<u8>, i32) {
        let (mut said, mut ended, mut code) = (Vec::new(), false, None);
        while !ended || code.is_none() {
            let events = events(reactor);
            assert!(!events.is_empty(), "nothing happens");
            for event in events {
                match event {
                    Event::Data(id, bytes) if id == output => said.extend(bytes),
                    Event::End(id, errno) if id == output => ended = errno == 0,
                    Event::Exit(id, exit) if id == child.id => code = Some(exit.code),
                    _ => {}
                }
            }
        }
        (said, code.unwrap_or(-1))
    }

    #[test]
    fn what_a_child_says_and_how_it_ends() {
        let mut reactor = Reactor::new().unwrap();
        let slots = [Slot::Null, Slot::Output, Slot::Null];
        let child = reactor.spawn(shell("head -c 3000000 /dev/zero; exit 3"), &slots, false).unwrap();
        let (said, code) = end(&mut reactor, &child, pipe(&child, 1));
        assert_eq!((said.len(), code), (3_000_000, 3));
        assert!(!reactor.kill(child.id, libc::SIGTERM).unwrap());
    }

    #[test]
    fn what_is_written_goes_at_once_while_there_is_room() {
        let mut reactor = Reactor::new().unwrap();
        let slots = [Slot::Input, Slot::Output, Slot::Null];
        let child = reactor.spawn(shell("read line; cat"), &slots, false).unwrap();
        let (input, output) = (pipe(&child, 0), pipe(&child, 1));
        // The child reads a line, so that the pipe fills up until it has come.
        assert_eq!(reactor.write(input, b"x"), Some(0));
        assert_eq!(reactor.write(input, &vec![b'y'; 200_000]), None);
        assert_eq!(reactor.write(input, b"\nz"), None);
        let gone = events(&mut reactor);
        assert!(gone.iter().any(|event| matches!(event, Event::Written(id, 0) if *id == input)), "{gone:?}");
        reactor.close(input);
        assert_eq!(end(&mut reactor, &child, output), (b"z".to_vec(), 0));
        assert_eq!(reactor.write(input, b"x"), Some(libc::EPIPE));
    }

    #[test]
    fn a_lazy_output_waits_until_it_is_read() {
        let mut reactor = Reactor::new().unwrap();
        let slots = [Slot::Null, Slot::Output, Slot::Null];
        let child = reactor.spawn(shell("echo said"), &slots, true).unwrap();
        let ended = events(&mut reactor);
        assert!(matches!(ended[..], [Event::Exit(..)]), "{ended:?}");
        reactor.read(pipe(&child, 1), true);
        let said = events(&mut reactor);
        assert!(matches!(&said[0], Event::Data(_, bytes) if bytes == b"said\n"), "{said:?}");
    }

    #[test]
    fn a_pipe_that_no_poll_watches_is_read_all_the_same() {
        let mut reactor = Reactor::new().unwrap();
        let slots = [Slot::Null, Slot::Output, Slot::Null];
        let child = reactor.spawn(shell("sleep 0.05; echo said; exit 2"), &slots, false).unwrap();
        let output = pipe(&child, 1);
        refuse_watches(&mut reactor, &child, output);
        assert!(reactor.patience().is_some());
        assert_eq!(end(&mut reactor, &child, output), (b"said\n".to_vec(), 2));
        reactor.turn(Some(Duration::ZERO));
        assert!(reactor.patience().is_none());
    }

    /// As if the system had refused the watches.
    fn refuse_watches(reactor: &mut Reactor, child: &Child, pipe: usize) {
        for (id, end) in [
            (pipe, reactor.pipes[&pipe].end()),
            (child.id, reactor.children[&child.id].watch.as_ref().map_or(-1, AsRawFd::as_raw_fd)),
        ] {
            let _ = reactor.poll.registry().deregister(&mut SourceFd(&end));
            if let Some(pipe) = reactor.pipes.get_mut(&id) {
                pipe.told = false;
            }
            reactor.glance_at(id);
        }
    }

    #[test]
    fn what_has_nothing_to_do_is_not_looked_at() {
        let mut reactor = Reactor::new().unwrap();
        let slots = [Slot::Input, Slot::Output, Slot::Null];
        let child = reactor.spawn(shell("head -c 4000000 >/dev/null; cat; exit 4"), &slots, true).unwrap();
        let (input, output) = (pipe(&child, 0), pipe(&child, 1));
        refuse_watches(&mut reactor, &child, output);
        refuse_watches(&mut reactor, &child, input);
        assert_eq!(reactor.unwatched.iter().copied().collect::<Vec<_>>(), [child.id]);
        reactor.read(output, true);
        assert!(reactor.unwatched.contains(&output));
        reactor.read(output, false);
        reactor.glanced = None;
        reactor.turn(Some(Duration::ZERO));
        assert!(!reactor.unwatched.contains(&output));
        // More than any pipe holds, so that something waits.
        assert_eq!(reactor.write(input, &vec![b'x'; 4_000_000]), None);
        assert!(reactor.unwatched.contains(&input));
        assert_eq!(reactor.write(input, b"z"), None);
        reactor.close(input);
        reactor.read(output, true);
        assert_eq!(end(&mut reactor, &child, output), (b"z".to_vec(), 4));
        assert!(reactor.patience().is_none());
    }

    #[test]
    fn what_was_not_watched_is_watched_when_that_is_possible() {
        let mut reactor = Reactor::new().unwrap();
        let slots = [Slot::Null, Slot::Output, Slot::Null];
        let child = reactor.spawn(shell("sleep 0.2; echo said; exit 5"), &slots, false).unwrap();
        let output = pipe(&child, 1);
        refuse_watches(&mut reactor, &child, output);
        (reactor.glanced, reactor.glances) = (None, Reactor::GLANCES - 1);
        reactor.turn(Some(Duration::ZERO));
        assert!(!reactor.unwatched.contains(&output));
        assert_eq!(reactor.unwatched.contains(&child.id), reactor.children[&child.id].watch.is_none());
        assert_eq!(end(&mut reactor, &child, output), (b"said\n".to_vec(), 5));
    }

    #[test]
    fn children_that_are_left_are_reaped() {
        let mut reactor = Reactor::new().unwrap();
        let child = reactor.spawn(shell("exec sleep 0.1"), &[Slot::Null, Slot::Null, Slot::Null], false).unwrap();
        reactor.leave();
        let until = Instant::now() + Duration::from_secs(20);
        // As long as nobody has reaped it, it can be sent the signal that does nothing.
        while signal(child.pid, 0).is_ok() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(signal(child.pid, 0).is_err());
    }
}

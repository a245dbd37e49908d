//! A connection: its state machine, the task that sends for it, and who waits for what.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use bytes::Bytes;
use quinn_proto::{ConnectionError, ConnectionEvent, ConnectionHandle, Dir, Event, StreamEvent, StreamId, Transmit};

use super::code;
use super::endpoint::Endpoint;
use crate::server::Task;

/// Sends in one turn of a connection, so that others get theirs.
const SENDS: usize = 32;

/// One connection, shared by its task, its streams and the loop.
pub(crate) struct Connection {
    pub(super) endpoint: Rc<Endpoint>,
    handle: ConnectionHandle,
    task: Cell<usize>,
    /// The tick of the last datagram from the peer.
    active: Cell<u32>,
    pub(super) state: RefCell<State>,
}

pub(super) struct State {
    pub(super) proto: quinn_proto::Connection,
    pub(super) error: Option<ConnectionError>,
    connected: bool,
    /// Woken by the end of the handshake.
    connecting: Vec<Waker>,
    pub(super) readers: HashMap<StreamId, Waker>,
    pub(super) writers: HashMap<StreamId, Waker>,
    /// Woken when the peer wants no more of a stream.
    stopped: HashMap<StreamId, Waker>,
    /// Woken by new streams of the peer, by direction.
    pub(super) accepting: [Option<Waker>; 2],
    /// Woken when more streams may be opened, by direction.
    pub(super) opening: [Vec<Waker>; 2],
    /// Woken when all that was sent on a stream has arrived.
    finished: Option<Waker>,
    buffer: Vec<u8>,
    /// What the socket had no room for; its bytes are in `buffer`.
    unsent: Option<Transmit>,
    deadline: Option<Instant>,
}

/// Sends what the state machine wants to send, and keeps its timers.
struct Driver(Rc<Connection>);

impl Connection {
    pub(super) fn spawn(endpoint: Rc<Endpoint>, handle: ConnectionHandle, proto: quinn_proto::Connection) -> Rc<Self> {
        let core = Rc::clone(&endpoint.core);
        let state = State {
            proto,
            error: None,
            connected: false,
            connecting: Vec::new(),
            readers: HashMap::new(),
            writers: HashMap::new(),
            stopped: HashMap::new(),
            accepting: [None, None],
            opening: [Vec::new(), Vec::new()],
            finished: None,
            buffer: Vec::new(),
            unsent: None,
            deadline: None,
        };
        let active = Cell::new(core.tick.get());
        let connection =
            Rc::new(Self { endpoint, handle, task: Cell::new(usize::MAX), active, state: RefCell::new(state) });
        connection.task.set(core.executor.spawn(Box::new(Driver(Rc::clone(&connection)))));
        connection
    }

    pub(super) fn task(&self) -> usize {
        self.task.get()
    }

    /// Takes in a datagram of the peer's.
    pub(super) fn receive(&self, event: ConnectionEvent) {
        self.active.set(self.endpoint.core.tick.get());
        self.state.borrow_mut().proto.handle_event(event);
        self.wake();
    }

    /// Lets the task look for what there is to send.
    pub(super) fn wake(&self) {
        self.endpoint.core.executor.wake(self.task.get());
    }

    /// Ticks since the peer was heard of.
    pub(crate) fn idle(&self, tick: u32) -> u32 {
        tick.wrapping_sub(self.active.get())
    }

    pub(crate) fn remote_address(&self) -> SocketAddr {
        self.state.borrow().proto.remote_address()
    }

    pub(crate) fn is_handshaking(&self) -> bool {
        self.state.borrow().proto.is_handshaking()
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state.borrow().proto.is_closed()
    }

    pub(super) fn is_client(&self) -> bool {
        self.state.borrow().proto.side().is_client()
    }

    /// Waits for the end of the handshake.
    pub(crate) async fn connected(&self) -> Result<(), ConnectionError> {
        poll_fn(|context| {
            let mut state = self.state.borrow_mut();
            if let Some(error) = &state.error {
                return Poll::Ready(Err(error.clone()));
            }
            if state.connected {
                return Poll::Ready(Ok(()));
            }
            state.connecting.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Whether the peer has said that it wants no more of a stream, or is gone.
    pub(crate) fn poll_stopped(&self, id: u64, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.borrow_mut();
        let id = StreamId::from(code(id));
        if state.error.is_some() {
            return Poll::Ready(());
        }
        match state.proto.send_stream(id).stopped() {
            Ok(None) => {
                state.stopped.insert(id, context.waker().clone());
                Poll::Pending
            }
            Ok(Some(_)) | Err(_) => Poll::Ready(()),
        }
    }

    /// Whether all that was sent has arrived, `open` streams of our own aside, which stay open.
    pub(crate) fn poll_sent(&self, open: usize, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.borrow_mut();
        if state.error.is_some() || state.proto.streams().send_streams() <= open {
            return Poll::Ready(());
        }
        state.finished = Some(context.waker().clone());
        Poll::Pending
    }

    /// Ends the connection now; whoever waits for something of it is told.
    pub(crate) fn close(&self, error_code: u64, reason: &'static str) {
        let mut state = self.state.borrow_mut();
        if state.error.is_some() {
            return;
        }
        state.proto.close(Instant::now(), code(error_code), Bytes::from_static(reason.as_bytes()));
        state.fail(ConnectionError::LocallyClosed);
        drop(state);
        self.wake();
    }

    /// Sends what there is without waiting for a turn: the environment ends.
    pub(crate) fn flush(&self) {
        let mut state = self.state.borrow_mut();
        let _ = state.send(&self.endpoint, Instant::now());
    }
}

impl State {
    fn fail(&mut self, error: ConnectionError) {
        self.error = Some(error);
        let streams = self.readers.drain().chain(self.writers.drain()).chain(self.stopped.drain());
        streams.for_each(|(_, waker)| waker.wake());
        self.connecting.drain(..).chain(self.opening.iter_mut().flat_map(|list| list.drain(..))).for_each(Waker::wake);
        self.accepting.iter_mut().chain(std::iter::once(&mut self.finished)).for_each(wake);
    }

    /// Sends what the state machine has; `false` when there is more.
    fn send(&mut self, endpoint: &Endpoint, now: Instant) -> bool {
        let segments = endpoint.segments();
        for _ in 0..SENDS {
            let transmit = match self.unsent.take() {
                Some(transmit) => transmit,
                None => {
                    self.buffer.clear();
                    match self.proto.poll_transmit(now, segments, &mut self.buffer) {
                        Some(transmit) => transmit,
                        None => return true,
                    }
                }
            };
            if !endpoint.send(&transmit, &self.buffer[..transmit.size]) {
                self.unsent = Some(transmit);
                return true; // the socket will wake us
            }
        }
        false
    }

    fn take_events(&mut self) {
        while let Some(event) = self.proto.poll() {
            match event {
                Event::Connected => {
                    self.connected = true;
                    self.connecting.drain(..).for_each(Waker::wake);
                }
                Event::ConnectionLost { reason } => self.fail(reason),
                Event::Stream(StreamEvent::Opened { dir }) => wake(&mut self.accepting[dir as usize]),
                Event::Stream(StreamEvent::Available { dir }) => {
                    self.opening[dir as usize].drain(..).for_each(Waker::wake);
                }
                Event::Stream(StreamEvent::Readable { id }) => wake(&mut self.readers.remove(&id)),
                Event::Stream(StreamEvent::Writable { id }) => wake(&mut self.writers.remove(&id)),
                Event::Stream(StreamEvent::Stopped { id, .. }) => {
                    wake(&mut self.writers.remove(&id));
                    wake(&mut self.stopped.remove(&id));
                }
                Event::Stream(StreamEvent::Finished { id }) => {
                    self.stopped.remove(&id);
                    wake(&mut self.finished);
                }
                Event::HandshakeDataReady | Event::DatagramReceived | Event::DatagramsUnblocked => {}
            }
        }
    }

    /// Nobody waits for a stream any more.
    pub(super) fn forget_sender(&mut self, id: StreamId) {
        self.writers.remove(&id);
        self.stopped.remove(&id);
    }

    pub(super) fn direction(dir: Dir) -> usize {
        dir as usize
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

impl Task for Driver {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let connection = &self.0;
        let endpoint = &connection.endpoint;
        let mut state = connection.state.borrow_mut();
        let now = Instant::now();
        let all = loop {
            let all = state.send(endpoint, now);
            while let Some(event) = state.proto.poll_endpoint_events() {
                if let Some(event) = endpoint.tell(connection.handle, event) {
                    state.proto.handle_event(event);
                }
            }
            match state.proto.poll_timeout() {
                Some(deadline) if deadline <= now => state.proto.handle_timeout(now),
                _ => break all,
            }
        };
        state.take_events();
        let drained = state.proto.is_drained();
        let deadline = if drained { None } else { state.proto.poll_timeout() };
        if deadline != state.deadline {
            endpoint.core.set_timer(connection.task.get(), state.deadline, deadline);
            state.deadline = deadline;
        }
        let closed = state.proto.is_closed();
        drop(state);
        if drained {
            endpoint.forget(connection.handle);
            return Poll::Ready(());
        }
        if !all {
            context.waker().wake_by_ref();
        } else if closed && endpoint.close_if_done() {
            return Poll::Ready(()); // the others were cancelled
        }
        Poll::Pending
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let connection = &self.0;
        let deadline = connection.state.borrow_mut().deadline.take();
        connection.endpoint.core.set_timer(connection.task.get(), deadline, None);
    }
}

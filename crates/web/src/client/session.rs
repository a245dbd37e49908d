//! A connection with a server, on which calls are made.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use bytes::Bytes;
use h3::ConnectionState as _;
use h3::client::SendRequest;
use h3::error::Code;

use super::call::Failure;
use crate::quic::{Connection, Streams};
use crate::server::{Core, event};

/// Seconds in which a handshake has to end, as in Bun.
const HANDSHAKE_TICKS: u32 = 20;
/// Seconds without a call after which a session ends.
const IDLE_TICKS: u32 = 30;
/// The largest head of an answer.
const MAX_HEAD: u64 = 1024 * 1024;

/// A session.
pub(super) struct Session {
    core: Rc<Core>,
    id: i32,
    connection: Rc<Connection>,
    state: RefCell<State>,
    task: Cell<usize>,
    pub(super) calls: Cell<usize>,
    /// The tick at which the last call ended.
    pub(super) used: Cell<u32>,
    /// JavaScript was told that no call can begin here.
    told: Cell<bool>,
}

enum State {
    Opening(Vec<Waker>),
    Ready(SendRequest<Streams, Bytes>),
    Over(Failure),
}

impl Session {
    pub(super) fn spawn(core: &Rc<Core>, id: i32, connection: Rc<Connection>) -> Rc<Self> {
        let used = Cell::new(core.tick.get());
        let session = Rc::new(Self {
            core: Rc::clone(core),
            id,
            connection,
            state: RefCell::new(State::Opening(Vec::new())),
            task: Cell::new(usize::MAX),
            calls: Cell::new(0),
            used,
            told: Cell::new(false),
        });
        let this = Rc::clone(&session);
        session.task.set(core.executor.spawn_future(async move {
            let failure = this.run().await;
            this.over(failure);
        }));
        session
    }

    async fn run(&self) -> Failure {
        if self.connection.connected().await.is_err() {
            return Failure::Handshake;
        }
        let mut builder = h3::client::builder();
        builder.max_field_section_size(MAX_HEAD).send_grease(false);
        let Ok((mut http, sender)) = builder.build::<_, _, Bytes>(Streams(Rc::clone(&self.connection))).await else {
            return Failure::Lost;
        };
        if let State::Opening(waiting) = self.state.replace(State::Ready(sender)) {
            waiting.into_iter().for_each(Waker::wake);
        }
        poll_fn(|context| {
            if http.poll_close(context).is_ready() {
                return Poll::Ready(());
            }
            if http.is_closing() {
                // The server takes no further call, and finishes what it has.
                self.tell();
                if self.calls.get() == 0 {
                    return Poll::Ready(());
                }
            }
            Poll::Pending
        })
        .await;
        Failure::Lost
    }

    /// What calls are made with.
    pub(super) async fn ready(&self) -> Result<SendRequest<Streams, Bytes>, Failure> {
        poll_fn(|context| match &mut *self.state.borrow_mut() {
            State::Opening(waiting) => {
                waiting.push(context.waker().clone());
                Poll::Pending
            }
            State::Ready(sender) => Poll::Ready(Ok(sender.clone())),
            State::Over(failure) => Poll::Ready(Err(*failure)),
        })
        .await
    }

    /// A call has ended.
    pub(super) fn call_ended(&self) {
        self.calls.set(self.calls.get().saturating_sub(1));
        self.used.set(self.core.tick.get());
        if self.told.get() {
            self.core.executor.wake(self.task.get());
        }
    }

    pub(super) fn tick(&self, tick: u32) {
        let opening = matches!(*self.state.borrow(), State::Opening(_));
        let unused = self.calls.get() == 0 && tick.wrapping_sub(self.used.get()) > IDLE_TICKS;
        if unused || (opening && self.connection.idle(tick) > HANDSHAKE_TICKS) {
            self.connection.close(Code::H3_NO_ERROR.value(), "");
        }
    }

    pub(super) fn abandon(&self) {
        self.connection.close(Code::H3_NO_ERROR.value(), "");
        self.connection.flush();
        self.core.executor.cancel(self.task.get());
    }

    fn over(&self, failure: Failure) {
        self.tell();
        self.core.client.sessions.borrow_mut().remove(&self.id);
        let state = self.state.replace(State::Over(failure));
        self.connection.close(Code::H3_NO_ERROR.value(), "");
        if let State::Opening(waiting) = state {
            waiting.into_iter().for_each(Waker::wake);
        }
    }

    /// Tells JavaScript, once, that the session is not to be used any more.
    fn tell(&self) {
        if !self.told.replace(true) {
            self.core.inbound.borrow_mut().event(self.id, 0, event::SESSION_OVER, 0, 0, 0);
        }
    }
}

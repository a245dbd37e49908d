//! What HTTP knows of a connection, whatever carries it.

use std::cell::Cell;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::rc::Rc;

use http::HeaderMap;
use http::header::ALT_SVC;

use super::engine::Core;
use super::instance::Server;
use super::peer::Peer;

/// One connection, shared by its task, its exchanges and the loop.
pub(crate) struct Channel {
    pub(crate) core: Rc<Core>,
    pub(crate) server: Rc<Server>,
    pub(crate) token: usize,
    pub(crate) task: Cell<usize>,
    peer: Peer,
    /// Speaks HTTP/2 or HTTP/3.
    multiplexed: Cell<bool>,
    /// Speaks HTTP/3.
    quic: Cell<bool>,
    /// The tick of the last byte in either direction.
    active: Cell<u32>,
    /// Seconds without a byte after which the connection is closed; 0 is never.
    timeout: Cell<u32>,
    pub(super) exchanges: Cell<u32>,
    pub(super) closing: Cell<bool>,
    /// The number of the request whose body broke the rules of HTTP; requests are counted from 1.
    malformed: Cell<Option<NonZeroU32>>,
    /// The client was told.
    pub(super) refused: Cell<bool>,
    /// Requests so far.
    pub(super) requests: Cell<u32>,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Channel").field("token", &self.token).field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl Channel {
    pub(crate) fn new(core: Rc<Core>, server: Rc<Server>, token: usize, peer: Option<SocketAddr>) -> Self {
        let (active, timeout) = (Cell::new(core.tick.get()), Cell::new(server.idle_timeout()));
        Self {
            core,
            server,
            token,
            task: Cell::new(usize::MAX),
            peer: Peer::new(peer),
            multiplexed: Cell::new(false),
            quic: Cell::new(false),
            active,
            timeout,
            exchanges: Cell::new(0),
            closing: Cell::new(false),
            malformed: Cell::new(None),
            refused: Cell::new(false),
            requests: Cell::new(0),
        }
    }

    pub(crate) fn set_timeout(&self, seconds: u32) {
        self.timeout.set(seconds);
        self.note_activity();
    }

    /// Something came or went.
    pub(crate) fn note_activity(&self) {
        self.active.set(self.core.tick.get());
    }

    /// Ticks since something came or went.
    pub(crate) fn idle(&self, tick: u32) -> u32 {
        tick.wrapping_sub(self.active.get())
    }

    /// Whether so long a silence ends the connection.
    pub(crate) fn is_late(&self, idle: u32) -> bool {
        self.timeout.get() > 0 && idle > self.timeout.get()
    }

    /// Where the request came from; nothing over a unix socket.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.peer.address()
    }

    /// Notes the number of the request whose body broke the rules of HTTP, if there is one.
    pub(super) fn note_malformed(&self, request: Option<u32>) {
        self.malformed.set(request.and_then(NonZeroU32::new));
    }

    /// Whether the body of some request broke the rules of HTTP.
    pub(super) fn has_malformed(&self) -> bool {
        self.malformed.get().is_some()
    }

    /// Whether the body of a request broke the rules of HTTP.
    pub(crate) fn is_malformed(&self, request: u32) -> bool {
        self.malformed.get().is_some_and(|malformed| malformed.get() == request)
    }

    pub(crate) fn owes_answer(&self) -> bool {
        self.exchanges.get() > 0
    }

    /// Lets the connection end with the response that is under way.
    pub(crate) fn close_gracefully(&self) {
        self.closing.set(true);
        self.core.executor.wake(self.task.get());
    }

    pub(crate) fn exchange_ended(&self) {
        self.exchanges.set(self.exchanges.get().saturating_sub(1));
        self.server.exchange_ended();
    }

    /// The connection speaks HTTP/3.
    pub(super) fn set_quic(&self) {
        self.quic.set(true);
        self.set_multiplexed();
    }

    /// Tells a client of HTTP/3, unless it speaks it; what a handler says itself stays, as in Bun.
    pub(crate) fn advertise(&self, headers: &mut HeaderMap) {
        if let Some(value) = self.server.advertised().filter(|_| !self.quic.get()) {
            headers.append(ALT_SVC, value.clone());
        }
    }

    /// From now on the connection speaks HTTP/2 or HTTP/3.
    pub(super) fn set_multiplexed(&self) {
        self.multiplexed.set(true);
    }

    /// Whether requests have streams of their own.
    pub(crate) fn is_multiplexed(&self) -> bool {
        self.multiplexed.get()
    }
}

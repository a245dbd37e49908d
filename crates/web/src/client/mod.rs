//! The client of HTTP/3 behind `fetch`: sessions with servers, and calls on them.
//!
//! JavaScript keeps the pool and decides what goes where; here is what a session and a call do. A call is known by slot
//! and sequence number, a session by a number that is not used twice.

mod call;
mod session;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;

use bytes::Bytes;
use quinn_proto::ClientConfig;
use slab::Slab;

use crate::quic::{self, Connection, Endpoint};
use crate::server::{Chunk, Core, Engine};
use crate::tls::client_config;
use crate::{Error, server::int};
use call::Call;
pub use call::Upload;
use session::Session;

/// What a program's requests share.
#[derive(Default)]
pub(crate) struct Client {
    endpoint: RefCell<Option<Rc<Endpoint>>>,
    /// For servers whose certificates are verified, and for others.
    verifying: RefCell<Option<ClientConfig>>,
    trusting: RefCell<Option<ClientConfig>>,
    sessions: RefCell<BTreeMap<i32, Rc<Session>>>,
    last: Cell<i32>,
    calls: RefCell<Slab<Rc<Call>>>,
}

impl Client {
    /// Whether a request is under way.
    pub(crate) fn is_busy(&self) -> bool {
        !self.calls.borrow().is_empty()
    }

    pub(crate) fn endpoint(&self) -> Option<Rc<Endpoint>> {
        self.endpoint.borrow().clone()
    }

    /// Once a second: gives up what takes too long.
    pub(crate) fn tick(&self, tick: u32) {
        for session in self.all() {
            session.tick(tick);
        }
    }

    /// Ends every session at once: nobody will run tasks any more.
    pub(crate) fn abandon(&self) {
        for session in self.all() {
            session.abandon();
        }
        self.sessions.take();
        self.calls.take();
        if let Some(endpoint) = self.endpoint.take() {
            endpoint.close();
        }
    }

    fn all(&self) -> Vec<Rc<Session>> {
        self.sessions.borrow().values().cloned().collect()
    }

    fn call(&self, slot: i32, seq: i32) -> Option<Rc<Call>> {
        let slot = usize::try_from(slot).ok()?;
        self.calls.borrow().get(slot).filter(|call| call.seq == seq).cloned()
    }

    fn config(&self, verify: bool, roots: &[u8]) -> Result<ClientConfig, Error> {
        let kept = if verify { &self.verifying } else { &self.trusting };
        if let Some(config) = &*kept.borrow() {
            return Ok(config.clone());
        }
        let config = client_config(verify.then_some(roots))?;
        kept.replace(Some(config.clone()));
        Ok(config)
    }
}

/// Opens the socket of the client, which all sessions share: of IPv6 with IPv4 mapped in, where there is IPv6.
fn open(core: &Rc<Core>) -> Result<Rc<Endpoint>, Error> {
    if let Some(endpoint) = core.client.endpoint() {
        return Ok(endpoint);
    }
    let any = |ip: IpAddr| quic::bind(SocketAddr::new(ip, 0), false, false);
    let socket = any(Ipv6Addr::UNSPECIFIED.into()).or_else(|_| any(Ipv4Addr::UNSPECIFIED.into()));
    let failed = |source| Error::Listen { source };
    let endpoint = core.add_client(|token| {
        socket.and_then(|socket| Endpoint::new(Rc::clone(core), token, socket, None)).map_err(failed)
    })?;
    core.client.endpoint.replace(Some(Rc::clone(&endpoint)));
    Ok(endpoint)
}

impl Engine {
    /// Opens a session with a server; gives its number. `roots`, PEM, are looked at the first time that `verify` is set.
    ///
    /// # Errors
    /// [`Error::Tls`] for roots that cannot be read; [`Error::Listen`] when there is no socket.
    pub fn fetch_connect(&self, address: Address, name: &str, verify: bool, roots: &[u8]) -> Result<i32, Error> {
        let core = &self.core;
        let client = &core.client;
        let config = client.config(verify, roots)?;
        let connection = open(core)?.connect(config, address, name);
        let connection: Rc<Connection> = connection.map_err(|error| Error::Tls { reason: error.to_string() })?;
        let id = client.last.get() + 1;
        client.last.set(id);
        let session = Session::spawn(core, id, connection);
        client.sessions.borrow_mut().insert(id, session);
        Ok(id)
    }

    /// Sends a request on a session: `METHOD\nURL\nname:value\n…`, latin1. Gives slot and sequence number; nothing when
    /// the session is over or the head makes no sense.
    #[must_use]
    pub fn fetch_send(&self, session: i32, head: &[u8], upload: Upload) -> Option<(i32, i32)> {
        let core = &self.core;
        let session = core.client.sessions.borrow().get(&session).cloned()?;
        let request = call::request(head)?;
        let seq = core.next_seq();
        let mut calls = core.client.calls.borrow_mut();
        let slot = calls.vacant_key();
        let call = Call::new(Rc::clone(core), slot, seq, upload);
        calls.insert(Rc::clone(&call));
        drop(calls);
        call.spawn(session, request);
        Some((int(slot), seq))
    }

    /// Adds to the body of a request.
    #[must_use]
    pub fn fetch_write(&self, slot: i32, seq: i32, bytes: Bytes) -> Chunk {
        self.core.client.call(slot, seq).map_or(Chunk::Gone, |call| call.write(bytes))
    }

    /// Ends the body of a request.
    pub fn fetch_end(&self, slot: i32, seq: i32) {
        if let Some(call) = self.core.client.call(slot, seq) {
            call.end();
        }
    }

    /// Asks to be told of bytes of the answer's body.
    pub fn fetch_demand(&self, slot: i32, seq: i32) {
        if let Some(call) = self.core.client.call(slot, seq) {
            call.demand();
        }
    }

    /// Moves bytes of the answer's body into a buffer; gives their number.
    #[must_use]
    pub fn fetch_take(&self, slot: i32, seq: i32, into: &mut [u8]) -> usize {
        self.core.client.call(slot, seq).map_or(0, |call| call.take(into))
    }

    /// Breaks a call off.
    pub fn fetch_cancel(&self, slot: i32, seq: i32) {
        if let Some(call) = self.core.client.call(slot, seq) {
            call.cancel();
        }
    }
}

type Address = SocketAddr;

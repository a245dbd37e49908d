//! What is known of one server.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;

use http::header::HeaderValue;

use super::connection::Versions;
use super::memo::Memo;
use super::routes::{Route, Routes};
use crate::tls::TlsServer;

/// What a server is told at its start and by `reload`.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Seconds without a byte after which a connection is closed; 0 is never.
    pub idle_timeout: u32,
    /// The largest body of a request, in bytes.
    pub max_body: u64,
    /// Which versions of HTTP are spoken.
    pub versions: Versions,
    /// With it, connections start with a TLS handshake.
    pub tls: Option<TlsServer>,
}

/// A server that listens, or has stopped and waits for its connections to end.
pub(crate) struct Server {
    id: i32,
    options: ServerOptions,
    connections: Cell<usize>,
    exchanges: Cell<usize>,
    sockets: Cell<usize>,
    /// Connections over QUIC, which keeps what is sent until it has arrived.
    sessions: Cell<usize>,
    listening: Cell<bool>,
    referenced: Cell<bool>,
    routes: RefCell<Routes>,
    /// What the routes have answered.
    memo: RefCell<Memo>,
    /// What answers over TCP say of HTTP/3.
    advertised: Option<HeaderValue>,
}

impl Server {
    /// A server that listens on UDP, too, has the address there.
    pub(crate) fn new(id: i32, options: ServerOptions, alternative: Option<SocketAddr>) -> Self {
        Self {
            id,
            options,
            connections: Cell::new(0),
            exchanges: Cell::new(0),
            sockets: Cell::new(0),
            sessions: Cell::new(0),
            listening: Cell::new(true),
            referenced: Cell::new(true),
            routes: RefCell::default(),
            memo: RefCell::default(),
            advertised: alternative.and_then(|address| advertisement(address.port())),
        }
    }

    pub(crate) fn tls(&self) -> Option<&TlsServer> {
        self.options.tls.as_ref()
    }

    /// Gives whether it did until now.
    pub(crate) fn stop_listening(&self) -> bool {
        self.listening.replace(false)
    }

    /// Whether it has stopped, and the last connection has ended.
    pub(crate) fn is_over(&self) -> bool {
        !self.listening.get() && self.connections.get() == 0
    }

    pub(crate) fn reference(&self, referenced: bool) {
        self.referenced.set(referenced);
    }

    pub(crate) fn add_route(&self, path: &[u8], route: Route) {
        self.memo.take();
        self.routes.borrow_mut().add(path, route);
    }

    pub(crate) fn clear_routes(&self) {
        self.memo.take();
        self.routes.take();
    }

    /// The number of requests under way.
    pub(crate) fn exchanges(&self) -> usize {
        self.exchanges.get()
    }

    pub(crate) fn connection_ended(&self) {
        self.connections.set(self.connections.get().saturating_sub(1));
    }

    pub(crate) fn id(&self) -> i32 {
        self.id
    }

    pub(crate) fn idle_timeout(&self) -> u32 {
        self.options.idle_timeout
    }

    pub(crate) fn max_body(&self) -> u64 {
        self.options.max_body
    }

    pub(crate) fn routes(&self) -> std::cell::Ref<'_, Routes> {
        self.routes.borrow()
    }

    pub(crate) fn memo(&self) -> std::cell::RefMut<'_, Memo> {
        self.memo.borrow_mut()
    }

    pub(crate) fn versions(&self) -> Versions {
        self.options.versions
    }

    /// The value of `Alt-Svc` (RFC 7838), if there is another version to be told of.
    pub(crate) fn advertised(&self) -> Option<&HeaderValue> {
        self.advertised.as_ref()
    }

    pub(crate) fn connection_began(&self) {
        self.connections.set(self.connections.get() + 1);
    }

    pub(crate) fn session_began(&self) {
        self.connection_began();
        self.sessions.set(self.sessions.get() + 1);
    }

    pub(crate) fn session_ended(&self) {
        self.sessions.set(self.sessions.get().saturating_sub(1));
    }

    /// Whether the process has to live on for it.
    pub(crate) fn is_alive(&self) -> bool {
        let listens = self.listening.get();
        self.exchanges.get() > 0 || if listens { self.referenced.get() } else { self.sessions.get() > 0 }
    }

    pub(crate) fn exchange_began(&self) {
        self.exchanges.set(self.exchanges.get() + 1);
    }

    pub(crate) fn exchange_ended(&self) {
        self.exchanges.set(self.exchanges.get().saturating_sub(1));
    }

    pub(crate) fn socket_began(&self) {
        self.sockets.set(self.sockets.get() + 1);
    }

    /// The number of open web sockets.
    pub(crate) fn sockets(&self) -> usize {
        self.sockets.get()
    }

    pub(crate) fn socket_ended(&self) {
        self.sockets.set(self.sockets.get().saturating_sub(1));
    }
}

/// As Bun: for a day.
fn advertisement(port: u16) -> Option<HeaderValue> {
    HeaderValue::try_from(format!("h3=\":{port}\"; ma=86400")).ok()
}

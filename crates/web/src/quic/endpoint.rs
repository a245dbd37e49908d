//! A UDP socket and the connections that share it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use bytes::BytesMut;
use quinn_proto::{ClientConfig, ConnectionEvent, ConnectionHandle, DatagramEvent, EndpointConfig, EndpointEvent};
use quinn_proto::{ServerConfig, Transmit};

use super::connection::Connection;
use super::socket::{Socket, canonical};
use crate::server::{Core, Interest, Ready};

/// Batches of datagrams that are taken in before tasks get their turn.
const BATCHES: usize = 8;
/// Connections that have not ended their handshake, above which addresses have to be proved.
const UNPROVED: usize = 256;

/// One end of QUIC.
pub(crate) struct Endpoint {
    pub(crate) core: Rc<Core>,
    pub(crate) token: usize,
    socket: RefCell<Option<Socket>>,
    proto: RefCell<quinn_proto::Endpoint>,
    connections: RefCell<HashMap<ConnectionHandle, Rc<Connection>>>,
    /// Tasks that wait for room in the socket.
    blocked: RefCell<Vec<usize>>,
    /// No connection is taken any more, and with the last the socket is closed.
    closing: Cell<bool>,
    local: SocketAddr,
}

impl Endpoint {
    /// # Errors
    /// What the system says of the socket.
    pub(crate) fn new(
        core: Rc<Core>,
        token: usize,
        udp: UdpSocket,
        server: Option<Arc<ServerConfig>>,
    ) -> io::Result<Rc<Self>> {
        let socket = Socket::new(udp)?;
        core.watcher.add(token, socket.raw(), Interest::READ)?;
        let local = socket.local_address()?;
        let config = Arc::new(EndpointConfig::default());
        let proto = quinn_proto::Endpoint::new(config, server, socket.keeps_whole(), None);
        Ok(Rc::new(Self {
            core,
            token,
            socket: RefCell::new(Some(socket)),
            proto: RefCell::new(proto),
            connections: RefCell::default(),
            blocked: RefCell::default(),
            closing: Cell::new(false),
            local,
        }))
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// What quinn says of the address or the name.
    pub(crate) fn connect(
        self: &Rc<Self>,
        config: ClientConfig,
        address: SocketAddr,
        name: &str,
    ) -> Result<Rc<Connection>, quinn_proto::ConnectError> {
        let address = match (self.local, address) {
            (SocketAddr::V6(_), SocketAddr::V4(v4)) => SocketAddr::new(v4.ip().to_ipv6_mapped().into(), address.port()),
            _ => address,
        };
        let (handle, proto) = self.proto.borrow_mut().connect(Instant::now(), config, address, name)?;
        Ok(self.adopt(handle, proto))
    }

    fn adopt(self: &Rc<Self>, handle: ConnectionHandle, proto: quinn_proto::Connection) -> Rc<Connection> {
        let connection = Connection::spawn(Rc::clone(self), handle, proto);
        self.connections.borrow_mut().insert(handle, Rc::clone(&connection));
        connection
    }

    /// Takes in what the loop said, and what has arrived; new connections go to `accepted`.
    pub(crate) fn on_event(self: &Rc<Self>, ready: Ready, accepted: impl FnMut(Rc<Connection>)) {
        if ready.write {
            if let Some(socket) = &*self.socket.borrow() {
                socket.set_writable();
            }
            self.core.watcher.change(self.token, Interest::READ);
            for task in self.blocked.take() {
                self.core.executor.wake(task);
            }
        }
        if ready.read || ready.broken {
            self.receive(accepted);
        }
        if ready.broken {
            // An error of a datagram, which reading has taken: the socket is as good as before.
            self.core.watcher.change(self.token, Interest::READ);
        }
    }

    fn receive(self: &Rc<Self>, mut accepted: impl FnMut(Rc<Connection>)) {
        let now = Instant::now();
        let socket = self.socket.borrow();
        let Some(socket) = &*socket else { return };
        let mut answer = Vec::new();
        socket.receive(BATCHES, |meta, bytes| {
            for datagram in bytes.chunks(meta.stride.max(1)) {
                answer.clear();
                let ecn = meta.ecn.and_then(|ecn| quinn_proto::EcnCodepoint::from_bits(ecn as u8));
                let data = BytesMut::from(datagram);
                let event = self.proto.borrow_mut().handle(now, meta.addr, meta.dst_ip, ecn, data, &mut answer);
                match event {
                    None => {}
                    Some(DatagramEvent::Response(transmit)) => self.answer(socket, &transmit, &answer),
                    Some(DatagramEvent::ConnectionEvent(handle, event)) => self.forward(handle, event),
                    Some(DatagramEvent::NewConnection(incoming)) => {
                        let mut proto = self.proto.borrow_mut();
                        if self.closing.get() {
                            let transmit = proto.refuse(incoming, &mut answer);
                            self.answer(socket, &transmit, &answer);
                        } else if proto.open_connections() > UNPROVED && incoming.may_retry() && self.unproved() {
                            if let Ok(transmit) = proto.retry(incoming, &mut answer) {
                                self.answer(socket, &transmit, &answer);
                            }
                        } else {
                            match proto.accept(incoming, now, &mut answer, None) {
                                Ok((handle, connection)) => {
                                    drop(proto);
                                    accepted(self.adopt(handle, connection));
                                }
                                Err(error) => {
                                    if let Some(transmit) = error.response {
                                        self.answer(socket, &transmit, &answer);
                                    }
                                }
                            }
                        }
                    }
                }
            }
        });
    }

    /// Whether many handshakes are under way, as in a flood from forged addresses.
    fn unproved(&self) -> bool {
        self.connections.borrow().values().filter(|connection| connection.is_handshaking()).count() > UNPROVED
    }

    /// An answer that belongs to no connection; lost when the socket is full.
    #[expect(clippy::unused_self, reason = "reads as what it is")]
    fn answer(&self, socket: &Socket, transmit: &Transmit, bytes: &[u8]) {
        socket.send(transmit, &bytes[..transmit.size.min(bytes.len())]);
    }

    fn forward(&self, handle: ConnectionHandle, event: ConnectionEvent) {
        let connection = self.connections.borrow().get(&handle).cloned();
        if let Some(connection) = connection {
            connection.receive(event);
        }
    }

    /// What a connection has to say to its endpoint.
    pub(super) fn tell(&self, handle: ConnectionHandle, event: EndpointEvent) -> Option<ConnectionEvent> {
        self.proto.borrow_mut().handle_event(handle, event)
    }

    /// The most datagrams that one send may hold.
    pub(super) fn segments(&self) -> usize {
        self.socket.borrow().as_ref().map_or(1, Socket::segments)
    }

    /// Sends for the task that runs now; `false`: it will be woken when there is room.
    pub(super) fn send(&self, transmit: &Transmit, bytes: &[u8]) -> bool {
        let sent = self.socket.borrow().as_ref().is_none_or(|socket| socket.send(transmit, bytes));
        if !sent {
            self.core.watcher.change(self.token, Interest { write: true, ..Interest::READ });
            self.blocked.borrow_mut().push(self.core.executor.current());
        }
        sent
    }

    /// Forgets a connection whose last packets have had their time.
    pub(super) fn forget(&self, handle: ConnectionHandle) {
        let gone = self.connections.borrow_mut().remove(&handle);
        drop(gone);
        self.close_if_done();
    }

    /// Takes no further connection; with the end of the last one the socket is closed.
    pub(crate) fn close(&self) {
        self.closing.set(true);
        self.close_if_done();
    }

    /// Gives the port back once every connection has ended. What the peers send afterwards does not matter.
    pub(super) fn close_if_done(&self) -> bool {
        let done = self.closing.get() && self.connections.borrow().values().all(|connection| connection.is_closed());
        if !done {
            return false;
        }
        let left: Vec<_> = self.connections.borrow_mut().drain().collect();
        for (_, connection) in &left {
            connection.flush();
        }
        if let Some(socket) = self.socket.take() {
            self.core.forget_endpoint(self.token);
            drop(socket); // watched no longer
        }
        for (_, connection) in left {
            self.core.executor.cancel(connection.task());
        }
        true
    }
}

/// The peer of a connection as programs know it.
pub(crate) fn peer(connection: &Connection) -> SocketAddr {
    canonical(connection.remote_address())
}

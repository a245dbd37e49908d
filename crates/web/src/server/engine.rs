//! The engine: hears of sockets, runs tasks, and holds what is known of servers and exchanges.

use std::cell::{Cell, OnceCell, RefCell, RefMut};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::Poll;

use bytes::Bytes;
use slab::Slab;

use super::connection::{Connection, Versions};
use super::exchange::{Chunk, Demand, Exchange};
use super::executor::Executor;
use super::file::{Opened, Part, part};
use super::inbound::{Inbound, RECORD, event};
use super::link::Link;
use super::outbound;
use super::piece::Nowhere;
use super::routes::{Route, Routes};
use super::socket::{Listener, Plain, Stream, TcpOptions, listen_tcp};
use super::watch::{Alarm, Interest, Ready, Watcher};
use super::websocket::Socket;
use crate::Error;
use crate::tls::TlsServer;
use crate::websocket::{Deflater, Inflater};

/// The close code of an endpoint that goes away (RFC 6455 section 7.4.1).
const GOING_AWAY: u16 = 1001;
/// The window of deflate, in bits.
const LARGEST_WINDOW: u8 = 15;
const SCRATCH: usize = 64 * 1024;
/// Rounds of the executor in one turn, so that one busy connection does not starve the loop.
const ROUNDS: usize = 8;
/// Connections that are read before JavaScript gets what has come and its answers leave: the clients go on while the
/// next ones are read.
const SLICE: usize = 16;
/// Batches up to this size are shared by the responses that they hold; larger ones are copied
/// apart, so that one slow client does not keep a whole batch in memory.
const SHARED_BATCH: usize = 16 * 1024;

/// Places for bytes that many responses have; `PLACES` in lib/bun/serve/long-text.js.
const KEPT: usize = 4;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// A TCP port; an empty host name means all interfaces, port 0 any free one.
    Tcp {
        /// Host name or address.
        hostname: String,
        /// The port.
        port: u16,
        /// Sets `SO_REUSEPORT`.
        reuse_port: bool,
        /// Sets `IPV6_V6ONLY`.
        ipv6_only: bool,
    },
    /// The path of a unix socket.
    Unix {
        /// The path.
        path: String,
    },
}

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

/// The bytes of a file that a response is made of; without an end, all from the start on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slice {
    /// The first byte.
    pub start: u64,
    /// The byte after the last.
    pub end: Option<u64>,
}

/// What is sent of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// 200, or 206 or 416 for a range.
    pub status: u16,
    /// The first byte.
    pub start: u64,
    /// How many bytes.
    pub length: u64,
    /// The size of the file.
    pub size: u64,
}

/// The address of a listening socket or of a peer.
pub type Address = SocketAddr;

/// A server that listens, or has stopped and waits for its connections to end.
pub(crate) struct Server {
    id: i32,
    options: ServerOptions,
    connections: Cell<usize>,
    exchanges: Cell<usize>,
    pub(super) sockets: Cell<usize>,
    listening: Cell<bool>,
    referenced: Cell<bool>,
    routes: RefCell<Routes>,
}

impl Server {
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

    pub(crate) fn versions(&self) -> Versions {
        self.options.versions
    }

    pub(crate) fn exchange_began(&self) {
        self.exchanges.set(self.exchanges.get() + 1);
    }

    pub(crate) fn exchange_ended(&self) {
        self.exchanges.set(self.exchanges.get().saturating_sub(1));
    }

    pub(crate) fn socket_ended(&self) {
        self.sockets.set(self.sockets.get().saturating_sub(1));
    }
}

enum Source {
    Listener(Listener, Rc<Server>),
    Connection(Rc<Link>),
}

/// What the engine has done so far, so that a test can hold what a request costs.
#[derive(Debug, Default)]
pub struct Counts {
    /// Calls of [`Engine::turn`].
    pub turns: Cell<u64>,
    /// Requests, those that the engine answers by itself included.
    pub requests: Cell<u64>,
    /// Batches that were brought to JavaScript.
    pub batches: Cell<u64>,
    /// Reads of sockets.
    pub reads: Cell<u64>,
    /// Writes to sockets.
    pub writes: Cell<u64>,
    /// Stretches of files that went to a socket without passing through memory of ours.
    pub files: Cell<u64>,
    /// Changes of what a socket is watched for.
    pub watches: Cell<u64>,
    /// Connections that have given their memory back.
    pub rested: Cell<u64>,
}

impl Counts {
    /// One more.
    pub fn add(counter: &Cell<u64>) {
        counter.set(counter.get().wrapping_add(1));
    }
}

/// What tasks and exchanges share.
pub(crate) struct Core {
    pub(crate) executor: Executor,
    pub(crate) watcher: Box<dyn Watcher>,
    pub(crate) counts: Counts,
    pub(crate) exchanges: RefCell<Slab<Rc<Exchange>>>,
    pub(crate) inbound: RefCell<Inbound>,
    pub(crate) sockets: RefCell<Slab<Rc<Socket>>>,
    /// WebSockets that end when JavaScript has seen what came before: ids and sequence numbers.
    pub(crate) ending: RefCell<Vec<(i32, i32)>>,
    /// Requests that were kept back this turn for their bodies.
    pub(crate) held: RefCell<Vec<Rc<Exchange>>>,
    pub(crate) scratch: RefCell<Box<[u8]>>,
    pub(crate) tick: Cell<u32>,
    /// For connections that keep no state between messages; made with the first of them.
    deflater: RefCell<Option<Rc<RefCell<Deflater>>>>,
    inflater: RefCell<Option<Rc<RefCell<Inflater>>>>,
    /// Connections with gathered bytes.
    pub(crate) unsent: RefCell<Vec<Rc<Link>>>,
    /// Connections whose peer has sent its end in this turn.
    pub(crate) hanging: RefCell<Vec<Rc<Link>>>,
    /// Connections whose peer had sent its end before this turn.
    hung: RefCell<Vec<Rc<Link>>>,
    /// Made with the first file.
    nowhere: OnceCell<Nowhere>,
    sources: RefCell<Slab<Source>>,
    /// By id; ids are not used twice, so that late news cannot reach the wrong server.
    servers: RefCell<BTreeMap<i32, Rc<Server>>>,
    last_server: Cell<i32>,
    seq: Cell<i32>,
}

impl Core {
    pub(crate) fn next_seq(&self) -> i32 {
        let seq = self.seq.get().wrapping_add(1) & i32::MAX;
        self.seq.set(seq);
        seq
    }

    pub(crate) fn nowhere(&self) -> Nowhere {
        self.nowhere.get_or_init(Nowhere::new).clone()
    }

    pub(crate) fn shared_deflater(&self) -> Rc<RefCell<Deflater>> {
        let make = || Rc::new(RefCell::new(Deflater::new(false, LARGEST_WINDOW)));
        Rc::clone(self.deflater.borrow_mut().get_or_insert_with(make))
    }

    pub(crate) fn shared_inflater(&self) -> Rc<RefCell<Inflater>> {
        let make = || Rc::new(RefCell::new(Inflater::new(false)));
        Rc::clone(self.inflater.borrow_mut().get_or_insert_with(make))
    }

    pub(crate) fn connection_ended(&self, link: &Link) {
        link.unwatch();
        if self.sources.borrow_mut().try_remove(link.token).is_some() {
            self.watcher.remove(link.token);
        }
        let server = &link.server;
        server.connections.set(server.connections.get().saturating_sub(1));
        self.tell_stopped(server);
    }

    fn tell_stopped(&self, server: &Server) {
        if !server.listening.get() && server.connections.get() == 0 {
            if self.servers.borrow_mut().remove(&server.id).is_none() {
                return;
            }
            self.inbound.borrow_mut().event(0, 0, event::STOPPED, 0, 0, server.id());
        }
    }

    /// Sends what connections have gathered; before the end of a turn not of those that have more to answer, so that
    /// answers to pipelined requests leave together.
    fn send(&self, at_end: bool) {
        let mut unsent = self.unsent.take();
        let leaves = |link: &mut Rc<Link>| at_end || !link.owes_answer();
        for link in unsent.extract_if(.., leaves) {
            if let Poll::Ready(Err(_)) = link.send() {
                self.executor.wake(link.task.get());
            }
        }
        // Keep the list's memory, and what sending has put on another.
        unsent.append(&mut self.unsent.borrow_mut());
        self.unsent.replace(unsent);
    }

    /// Ends connections whose peer has sent its end and that still owe an answer a turn later: the
    /// client has gone away, as far as one can tell, and the handler is to know.
    fn hang_up(&self) {
        for link in self.hung.take() {
            if link.owes_answer() {
                self.executor.cancel(link.task.get());
            }
        }
        if !self.hanging.borrow().is_empty() {
            self.hung.swap(&self.hanging);
            self.executor.wake_loop();
        }
    }

    pub(super) fn exchange(&self, slot: i32, seq: i32) -> Option<Rc<Exchange>> {
        let slot = usize::try_from(slot).ok()?;
        self.exchanges.borrow().get(slot).filter(|exchange| exchange.seq == seq).cloned()
    }
}

/// The HTTP servers of one JavaScript environment.
pub struct Engine {
    pub(super) core: Rc<Core>,
    kept: RefCell<[Bytes; KEPT]>,
    /// Listeners that could not accept for want of descriptors; tried again at the next tick.
    starved: RefCell<Vec<usize>>,
}

impl Engine {
    /// An engine on a host's loop, which calls [`Self::on_event`] and [`Self::turn`].
    #[must_use]
    pub fn new(watcher: Box<dyn Watcher>, alarm: Box<dyn Alarm>) -> Self {
        let core = Core {
            executor: Executor::new(alarm),
            watcher,
            counts: Counts::default(),
            exchanges: RefCell::default(),
            inbound: RefCell::default(),
            sockets: RefCell::default(),
            ending: RefCell::default(),
            held: RefCell::default(),
            scratch: RefCell::new(vec![0; SCRATCH].into_boxed_slice()),
            tick: Cell::new(0),
            deflater: RefCell::default(),
            inflater: RefCell::default(),
            unsent: RefCell::default(),
            hanging: RefCell::default(),
            hung: RefCell::default(),
            nowhere: OnceCell::new(),
            sources: RefCell::default(),
            servers: RefCell::default(),
            last_server: Cell::new(0),
            seq: Cell::new(0),
        };
        Self { core: Rc::new(core), kept: RefCell::default(), starved: RefCell::default() }
    }

    /// Starts a server; gives its id and address (none for a unix socket).
    ///
    /// # Errors
    /// [`Error::PortInUse`], [`Error::Listen`], [`Error::ListenUnix`], [`Error::NoUnixSockets`].
    pub fn listen(&self, listen: &Listen, options: ServerOptions) -> Result<(i32, Option<Address>), Error> {
        let listener = open(listen)?;
        let address = listener.local_address();
        let core = &self.core;
        let mut sources = core.sources.borrow_mut();
        let token = sources.vacant_key();
        core.watcher.add(token, listener.raw(), Interest::READ).map_err(|source| Error::Listen { source })?;
        let server = Rc::new(Server {
            id: core.last_server.get() + 1,
            options,
            connections: Cell::new(0),
            exchanges: Cell::new(0),
            sockets: Cell::new(0),
            listening: Cell::new(true),
            referenced: Cell::new(true),
            routes: RefCell::default(),
        });
        core.last_server.set(server.id);
        core.servers.borrow_mut().insert(server.id, Rc::clone(&server));
        sources.insert(Source::Listener(listener, Rc::clone(&server)));
        Ok((server.id(), address))
    }

    /// Stops listening. Idle connections end now; busy ones with their response, or now if `force`.
    /// [`event::STOPPED`] tells when the last one has ended.
    pub fn stop(&self, server: i32, force: bool) {
        let Some(server) = self.server(server) else { return };
        let was_listening = server.listening.replace(false);
        let mut tasks = Vec::new();
        self.core.sources.borrow_mut().retain(|token, source| match source {
            Source::Listener(_, owner) if owner.id == server.id => {
                self.core.watcher.remove(token);
                false
            }
            Source::Listener(..) => true,
            Source::Connection(link) => {
                if link.server.id == server.id {
                    tasks.push(Rc::clone(link));
                }
                true
            }
        });
        for link in tasks {
            if let Some(socket) = link.websocket().filter(|_| !link.owes_answer()) {
                if force {
                    socket.close_and_tell(GOING_AWAY, "Server closed", GOING_AWAY);
                }
            } else if force || (link.is_idle() && !link.is_multiplexed()) {
                self.core.executor.cancel(link.task.get());
            } else {
                link.close_gracefully();
            }
        }
        if was_listening && server.connections.get() == 0 {
            self.core.tell_stopped(&server);
        }
        self.core.executor.wake_loop();
    }

    /// Adds a route that is answered without JavaScript.
    pub fn add_route(&self, server: i32, path: &[u8], route: Route) {
        if let Some(server) = self.server(server) {
            server.routes.borrow_mut().add(path, route);
        }
    }

    /// Forgets the routes of a server.
    pub fn clear_routes(&self, server: i32) {
        if let Some(server) = self.server(server) {
            server.routes.take();
        }
    }

    /// Opens the file that a response is made of, or the part of it that a range asks for. `None`: it is no regular
    /// file, or the exchange is over.
    ///
    /// # Errors
    /// [`Error::File`] when it cannot be opened.
    pub fn open_file(&self, slot: i32, seq: i32, path: &str, slice: Slice, range: &str) -> Result<Option<Sent>, Error> {
        let Some(exchange) = self.core.exchange(slot, seq) else { return Ok(None) };
        let failed = |source| Error::File { path: path.to_owned(), source };
        let file = match Opened::open(std::path::Path::new(path)) {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        let (start, size) = (slice.start.min(file.size), file.size);
        let available = slice.end.unwrap_or(size).min(size).saturating_sub(start);
        let part = if range.is_empty() { Part::Whole } else { part(range, size) };
        let sent = match part {
            Part::Whole => Sent { status: 200, start, length: available, size },
            Part::Of(start, length) => Sent { status: 206, start, length, size },
            Part::Outside => Sent { status: 416, start: 0, length: 0, size },
        };
        exchange.attach_file(file.body(sent.start, sent.length).map_err(failed)?);
        Ok(Some(sent))
    }

    /// Closes the connections of a server that wait for a request; gives their number.
    pub fn close_idle(&self, server: i32) -> usize {
        let idle: Vec<usize> = self
            .core
            .sources
            .borrow()
            .iter()
            .filter_map(|(_, source)| match source {
                Source::Connection(link) if link.server.id() == server && link.is_idle() => Some(link.task.get()),
                _ => None,
            })
            .collect();
        for task in &idle {
            self.core.executor.cancel(*task);
        }
        idle.len()
    }

    /// Whether a server is to keep the process alive while it listens.
    pub fn reference(&self, server: i32, referenced: bool) {
        if let Some(server) = self.server(server) {
            server.referenced.set(referenced);
        }
    }

    /// Whether the loop has to go on: a referenced server listens, or a request is under way.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let servers = self.core.servers.borrow();
        !self.core.inbound.borrow().is_empty()
            || servers
                .iter()
                .any(|(_, server)| (server.listening.get() && server.referenced.get()) || server.exchanges.get() > 0)
    }

    /// The number of requests under way on a server.
    #[must_use]
    pub fn pending(&self, server: i32) -> usize {
        self.server(server).map_or(0, |server| server.exchanges.get())
    }

    /// Takes in what a socket is ready for; [`Self::turn`] acts on it.
    pub fn on_event(&self, token: usize, ready: Ready) {
        let link = match self.core.sources.borrow().get(token) {
            Some(Source::Connection(link)) => Some(Rc::clone(link)),
            Some(Source::Listener(..)) => None,
            None => return,
        };
        match link {
            Some(link) => link.on_event(ready),
            None => self.accept(token),
        }
    }

    /// Whether [`Self::turn`] has something to do.
    #[must_use]
    pub fn needs_turn(&self) -> bool {
        let core = &self.core;
        core.executor.is_busy() || !core.hanging.borrow().is_empty() || !core.hung.borrow().is_empty()
    }

    /// Begins to act on what happened since the last turn; [`Self::work`] goes on. Does not wait.
    pub fn turn(&self) {
        Counts::add(&self.core.counts.turns);
        self.core.hang_up();
    }

    /// What was done so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.core.counts
    }

    /// Runs tasks that are ready: sends responses, reads further requests, until there are enough for a batch. `true` when
    /// there is more to do.
    pub fn work(&self) -> bool {
        let core = &self.core;
        let mut more = true;
        for _ in 0..ROUNDS {
            more = core.executor.run(SLICE);
            let enough = core.inbound.borrow().records.len() >= SLICE * RECORD && core.held.borrow().is_empty();
            if !more || enough {
                break;
            }
        }
        for exchange in core.held.borrow_mut().drain(..) {
            exchange.release();
        }
        more
    }

    /// Sends what the turn has gathered so far, or all of it at its end.
    pub fn send(&self, at_end: bool) {
        self.core.send(at_end);
    }

    /// Makes the loop turn once more before it sleeps.
    pub fn wake(&self) {
        self.core.executor.wake_loop();
    }

    /// The batch to be delivered. The caller clears it.
    #[must_use]
    pub fn inbound(&self) -> RefMut<'_, Inbound> {
        self.core.inbound.borrow_mut()
    }

    /// Takes a batch of answers in; answers to exchanges that are over are dropped.
    ///
    /// # Errors
    /// [`Error::BadRecord`] when a record points outside `bytes`; what came before it is taken in.
    pub fn respond(&self, records: &[i32], bytes: &[u8]) -> Result<(), Error> {
        let shared = if bytes.len() <= SHARED_BATCH { Some(Bytes::copy_from_slice(bytes)) } else { None };
        for record in outbound::records(records) {
            let record = record?;
            let found = self.core.exchanges.borrow().get(record.slot).filter(|it| it.seq == record.seq).cloned();
            let Some(exchange) = found else { continue };
            let response = match &shared {
                Some(shared) => outbound::response(&record, shared, &exchange)?,
                None => outbound::response(&record.at_start(), &record.copy(bytes)?, &exchange)?,
            };
            exchange.respond(response);
        }
        Ok(())
    }

    /// Adds a chunk to the body of a response, whose head may come later.
    #[must_use]
    pub fn write(&self, slot: i32, seq: i32, bytes: &[u8]) -> Chunk {
        self.core.exchange(slot, seq).map_or(Chunk::Gone, |exchange| exchange.write(bytes))
    }

    /// As [`Self::write`], of bytes that need no copy.
    #[must_use]
    pub fn write_shared(&self, slot: i32, seq: i32, bytes: Bytes) -> Chunk {
        self.core.exchange(slot, seq).map_or(Chunk::Gone, |exchange| exchange.write_shared(bytes))
    }

    /// Keeps bytes that many responses will have, at one of [`KEPT`] places.
    pub fn keep(&self, place: usize, bytes: Bytes) {
        if let Some(kept) = self.kept.borrow_mut().get_mut(place) {
            *kept = bytes;
        }
    }

    /// As [`Self::write`], of bytes that are kept.
    #[must_use]
    pub fn write_kept(&self, slot: i32, seq: i32, place: usize) -> Chunk {
        let bytes = self.kept.borrow().get(place).cloned().unwrap_or_default();
        self.write_shared(slot, seq, bytes)
    }

    /// Ends the stream of a response; a failed one breaks the connection off.
    pub fn end(&self, slot: i32, seq: i32, failed: bool) {
        if let Some(exchange) = self.core.exchange(slot, seq) {
            exchange.end(failed);
        }
    }

    /// Asks for the body of a request: all of it at once, or what there is. `false`: it is gone.
    #[must_use]
    pub fn demand(&self, slot: i32, seq: i32, all: bool) -> bool {
        let exchange = self.core.exchange(slot, seq);
        if let Some(exchange) = &exchange {
            exchange.demand(if all { Demand::All } else { Demand::Some });
        }
        exchange.is_some()
    }

    /// Moves gathered bytes of a request's body into a buffer; gives their number.
    #[must_use]
    pub fn take(&self, slot: i32, seq: i32, into: &mut [u8]) -> usize {
        self.core.exchange(slot, seq).map_or(0, |exchange| exchange.take_gathered(into))
    }

    /// Whether a request still waits for its answer to be sent.
    #[must_use]
    pub fn is_pending(&self, slot: i32, seq: i32) -> bool {
        self.core.exchange(slot, seq).is_some()
    }

    /// The peer of a request: `None` when it is over, or came over a unix socket.
    #[must_use]
    pub fn peer(&self, slot: i32, seq: i32) -> Option<Address> {
        self.core.exchange(slot, seq).and_then(|exchange| exchange.link.peer)
    }

    /// Sets the idle timeout of a request's connection, in seconds.
    pub fn set_timeout(&self, slot: i32, seq: i32, seconds: u32) {
        if let Some(exchange) = self.core.exchange(slot, seq) {
            exchange.link.set_timeout(seconds);
        }
    }

    /// To be called once a second, before [`Self::work`]: closes connections that were idle too long.
    pub fn tick(&self) {
        let tick = self.core.tick.get().wrapping_add(1);
        self.core.tick.set(tick);
        let late: Vec<usize> = self
            .core
            .sources
            .borrow()
            .iter()
            .filter_map(|(_, source)| match source {
                Source::Connection(link) if link.timed_out(tick) => Some(link.task.get()),
                _ => None,
            })
            .collect();
        for task in late {
            self.core.executor.cancel(task);
        }
        for (_, source) in &*self.core.sources.borrow() {
            if let Source::Connection(link) = source {
                link.rest(tick);
            }
        }
        for token in self.starved.take() {
            self.core.watcher.change(token, Interest::READ);
        }
    }

    /// Ends everything: listeners, connections, exchanges.
    pub fn close(&self) {
        let tokens: Vec<usize> = self.core.sources.borrow().iter().map(|(token, _)| token).collect();
        for token in tokens {
            self.core.watcher.remove(token);
            let source = self.core.sources.borrow_mut().try_remove(token);
            if let Some(Source::Connection(link)) = source {
                self.core.executor.cancel(link.task.get());
            }
        }
    }

    pub(super) fn server(&self, id: i32) -> Option<Rc<Server>> {
        self.core.servers.borrow().get(&id).cloned()
    }

    fn accept(&self, token: usize) {
        loop {
            let (accepted, server) = match self.core.sources.borrow().get(token) {
                Some(Source::Listener(listener, server)) => (listener.accept(), Rc::clone(server)),
                _ => return,
            };
            match accepted {
                Ok((stream, peer)) => self.connect(stream, peer, server),
                Err(error) => match error.kind() {
                    io::ErrorKind::WouldBlock => return,
                    io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted => {}
                    _ => {
                        // No descriptors, no memory: tried again at the next tick rather than over and over.
                        self.core.watcher.change(token, Interest::NONE);
                        self.starved.borrow_mut().push(token);
                        return;
                    }
                },
            }
        }
    }

    fn connect(&self, socket: Plain, peer: Option<Address>, server: Rc<Server>) {
        let core = &self.core;
        let mut sources = core.sources.borrow_mut();
        let token = sources.vacant_key();
        let session = server.options.tls.as_ref().map(TlsServer::accept).transpose();
        let Ok(session) = session else { return }; // the connection is dropped; there is no one to tell
        let stream = Stream::new(socket, session);
        if core.watcher.add(token, stream.raw(), Interest::PEER).is_err() {
            return; // as above
        }
        server.connections.set(server.connections.get() + 1);
        let link = Rc::new(Link::new(Rc::clone(core), server, stream, token, peer));
        sources.insert(Source::Connection(Rc::clone(&link)));
        drop(sources);
        let task = core.executor.spawn(Box::new(Connection::new(Rc::clone(&link))));
        link.task.set(task);
    }
}

fn open(listen: &Listen) -> Result<Listener, Error> {
    match listen {
        Listen::Tcp { hostname, port, reuse_port, ipv6_only } => {
            let options = TcpOptions { reuse_port: *reuse_port, ipv6_only: *ipv6_only };
            listen_tcp(hostname, *port, &options).map(Listener::Tcp).map_err(|source| {
                if source.kind() == io::ErrorKind::AddrInUse {
                    Error::PortInUse { port: *port }
                } else {
                    Error::Listen { source }
                }
            })
        }
        Listen::Unix { path } => Listener::unix(path).map_err(|source| match source.kind() {
            io::ErrorKind::Unsupported => Error::NoUnixSockets,
            _ => Error::ListenUnix { path: path.clone(), source },
        }),
    }
}

//! The engine: hears of sockets, runs tasks, and holds what is known of servers and exchanges.

use std::cell::{Cell, OnceCell, RefCell, RefMut};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::Poll;
use std::time::Instant;

use bytes::Bytes;
use slab::Slab;

use super::buffers::Buffers;
use super::connection::Connection;
pub use super::counts::Counts;
use super::date::Date;
use super::direct::Writer;
use super::exchange::{Chunk, Demand, Exchange};
use super::executor::Executor;
use super::file::{Opened, Part, part};
use super::http2;
use super::http3::Http3;
use super::inbound::{Inbound, RECORD, event};
use super::instance::{Server, ServerOptions};
use super::link::{Asked, Link};
use super::listen::Listen;
use super::outbound;
use super::piece::Nowhere;
use super::received::Memory;
use super::routes::Route;
use super::socket::{Listener, Plain, Stream};
use super::watch::{Alarm, Interest, Ready, Watcher};
use super::websocket::{Socket, SocketOptions};
use crate::Error;
use crate::client::Client;
use crate::quic;
use crate::tls::TlsServer;
use crate::websocket::{Decoder, Deflater, Inflater};

/// The close code of an endpoint that goes away (RFC 6455 section 7.4.1).
const GOING_AWAY: u16 = 1001;
/// How long a peer may take to read that the server was stopped by force, in ticks.
const FORCED_TICKS: u32 = 2;
/// A message of 64 KB is whole in it.
const SCRATCH: usize = 128 * 1024;
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

enum Source {
    /// Boxed: of connections there are many.
    Listener(Box<(Listener, Rc<Server>)>),
    Connection(Rc<Link>),
    /// A server's UDP socket, with all its connections.
    Http3(Rc<Http3>),
    /// The UDP socket that `fetch` uses.
    Client(Rc<quic::Endpoint>),
}

/// What tasks and exchanges share.
pub(crate) struct Core {
    pub(crate) executor: Executor,
    pub(crate) client: Client,
    pub(crate) watcher: Box<dyn Watcher>,
    pub(crate) memory: Box<dyn Memory>,
    pub(crate) counts: Counts,
    pub(crate) exchanges: RefCell<Slab<Rc<Exchange>>>,
    pub(crate) inbound: RefCell<Inbound>,
    pub(crate) sockets: RefCell<Slab<Rc<Socket>>>,
    /// WebSockets that end when JavaScript has seen what came before: ids and sequence numbers.
    pub(crate) ending: RefCell<Vec<(i32, i32)>>,
    /// Requests of HTTP/2 that have come this turn and have no task.
    pub(crate) awaited: RefCell<Vec<Rc<Exchange>>>,
    pub(crate) date: Date,
    /// Requests that were kept back this turn for their bodies.
    pub(crate) held: RefCell<Vec<Rc<Exchange>>>,
    pub(crate) scratch: RefCell<Box<[u8]>>,
    /// What was read last, if it is a head alone.
    pub(super) asked: Cell<Option<Asked>>,
    pub(crate) tick: Cell<u32>,
    /// For connections that keep no state between messages; made with the first of them.
    pub(super) deflater: RefCell<Option<Rc<RefCell<Deflater>>>>,
    pub(super) inflater: RefCell<Option<Rc<RefCell<Inflater>>>>,
    /// For connections that have nothing of a message.
    pub(crate) decoder: Cell<Option<Box<Decoder>>>,
    /// Those of the last WebSocket, which the next one most likely has, too.
    pub(super) socket_options: RefCell<Option<Rc<SocketOptions>>>,
    /// The message that was inflated last, on any connection.
    pub(crate) inflated: RefCell<Vec<u8>>,
    /// What connections borrow for bytes on their way out.
    pub(super) buffers: RefCell<Buffers>,
    /// Connections with gathered bytes.
    pub(crate) unsent: RefCell<Vec<Rc<Link>>>,
    /// Connections that want something else of the host than it watches for, by their tokens.
    pub(super) differing: RefCell<Vec<usize>>,
    /// Connections whose peer has sent its end in this turn.
    pub(crate) hanging: RefCell<Vec<Rc<Link>>>,
    /// Connections whose peer had sent its end before this turn.
    hung: RefCell<Vec<Rc<Link>>>,
    /// Made with the first file.
    nowhere: OnceCell<Nowhere>,
    /// When tasks of QUIC want to be woken.
    timers: RefCell<BTreeSet<(Instant, usize)>>,
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

    /// Wakes a task at a time instead of another.
    pub(crate) fn set_timer(&self, task: usize, old: Option<Instant>, new: Option<Instant>) {
        let mut timers = self.timers.borrow_mut();
        if let Some(old) = old {
            timers.remove(&(old, task));
        }
        if let Some(new) = new {
            timers.insert((new, task));
        }
    }

    /// Takes in the UDP socket that `fetch` uses.
    pub(crate) fn add_client(
        &self,
        make: impl FnOnce(usize) -> Result<Rc<quic::Endpoint>, Error>,
    ) -> Result<Rc<quic::Endpoint>, Error> {
        let mut sources = self.sources.borrow_mut();
        let endpoint = make(sources.vacant_key())?;
        sources.insert(Source::Client(Rc::clone(&endpoint)));
        Ok(endpoint)
    }

    /// A UDP socket is about to be closed.
    pub(crate) fn forget_endpoint(&self, token: usize) {
        self.watcher.remove(token);
        let gone = self.sources.borrow_mut().try_remove(token);
        drop(gone);
    }

    pub(crate) fn link_ended(&self, link: &Link) {
        link.unwatch();
        if self.sources.borrow_mut().try_remove(link.token).is_some() {
            self.watcher.remove(link.token);
        }
        self.connection_ended(&link.server);
    }

    pub(crate) fn connection_ended(&self, server: &Server) {
        server.connection_ended();
        self.tell_stopped(server);
    }

    fn tell_stopped(&self, server: &Server) {
        if server.is_over() {
            if self.servers.borrow_mut().remove(&server.id()).is_none() {
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
    pub(crate) core: Rc<Core>,
    kept: RefCell<[Bytes; KEPT]>,
    /// Texts that JavaScript has taken since [`Self::forget_taken`], by the number of their request.
    taken: RefCell<Vec<(i32, Bytes)>>,
    /// Listeners that could not accept for want of descriptors; tried again at the next tick.
    starved: RefCell<Vec<usize>>,
}

impl Engine {
    /// An engine on a host's loop, which calls [`Self::on_event`] and [`Self::turn`].
    #[must_use]
    pub fn new(watcher: Box<dyn Watcher>, alarm: Box<dyn Alarm>, memory: Box<dyn Memory>) -> Self {
        let core = Core {
            executor: Executor::new(alarm),
            client: Client::default(),
            watcher,
            memory,
            counts: Counts::default(),
            exchanges: RefCell::default(),
            inbound: RefCell::default(),
            sockets: RefCell::default(),
            ending: RefCell::default(),
            awaited: RefCell::default(),
            date: Date::default(),
            held: RefCell::default(),
            scratch: RefCell::new(vec![0; SCRATCH].into_boxed_slice()),
            asked: Cell::default(),
            tick: Cell::new(0),
            deflater: RefCell::default(),
            inflater: RefCell::default(),
            decoder: Cell::default(),
            socket_options: RefCell::default(),
            inflated: RefCell::default(),
            buffers: RefCell::default(),
            unsent: RefCell::default(),
            differing: RefCell::default(),
            hanging: RefCell::default(),
            hung: RefCell::default(),
            nowhere: OnceCell::new(),
            timers: RefCell::default(),
            sources: RefCell::default(),
            servers: RefCell::default(),
            last_server: Cell::new(0),
            seq: Cell::new(0),
        };
        Self { core: Rc::new(core), kept: RefCell::default(), taken: RefCell::default(), starved: RefCell::default() }
    }

    /// Starts a server; gives its id and address (none for a unix socket).
    ///
    /// # Errors
    /// [`Error::PortInUse`], [`Error::Listen`], [`Error::ListenUnix`], [`Error::NoUnixSockets`].
    pub fn listen(&self, listen: &Listen, options: ServerOptions) -> Result<(i32, Option<Address>), Error> {
        let core = &self.core;
        let (listener, udp) = if options.versions.http3 {
            let (listener, udp) = listen.open_both(options.versions.over_tcp())?;
            (listener, Some(udp))
        } else {
            (Some(listen.open()?), None)
        };
        let udp_address = udp.as_ref().and_then(|socket| socket.local_addr().ok());
        let address = listener.as_ref().map_or(udp_address, Listener::local_address);
        let quic = options.tls.as_ref().filter(|_| udp.is_some()).map(TlsServer::for_quic).transpose()?;
        let alternative = udp_address.filter(|_| listener.is_some());
        let server = Rc::new(Server::new(core.last_server.get() + 1, options, alternative));
        let failed = |source| Error::Listen { source };
        let mut sources = core.sources.borrow_mut();
        if let Some(listener) = listener {
            let token = sources.vacant_key();
            core.watcher.add(token, listener.raw(), Interest::READ).map_err(failed)?;
            sources.insert(Source::Listener(Box::new((listener, Rc::clone(&server)))));
        }
        if let Some(udp) = udp {
            let token = sources.vacant_key();
            let endpoint = quic::Endpoint::new(Rc::clone(core), token, udp, quic).map_err(failed)?;
            sources.insert(Source::Http3(Http3::new(endpoint, Rc::clone(&server))));
        }
        core.last_server.set(server.id());
        core.servers.borrow_mut().insert(server.id(), Rc::clone(&server));
        Ok((server.id(), address))
    }

    /// Stops listening. Idle connections end now; busy ones with their response, or now if `force`.
    /// [`event::STOPPED`] tells when the last one has ended.
    pub fn stop(&self, server: i32, force: bool) {
        let Some(server) = self.server(server) else { return };
        let was_listening = server.stop_listening();
        let mut tasks = Vec::new();
        let mut over_quic = Vec::new();
        self.core.sources.borrow_mut().retain(|token, source| match source {
            Source::Listener(listening) if listening.1.id() == server.id() => {
                self.core.watcher.remove(token);
                false
            }
            Source::Listener(_) | Source::Client(_) => true,
            Source::Http3(http3) => {
                if http3.server.id() == server.id() {
                    over_quic.push(Rc::clone(http3));
                }
                true
            }
            Source::Connection(link) => {
                if link.server.id() == server.id() {
                    tasks.push(Rc::clone(link));
                }
                true
            }
        });
        for link in tasks {
            if let Some(socket) = link.websocket().filter(|_| !link.owes_answer()) {
                if force {
                    socket.close_and_tell(GOING_AWAY, "Server closed", GOING_AWAY);
                    link.end_within(FORCED_TICKS); // for a peer that does not read, or does not end
                }
            } else if force || (link.is_idle() && !link.is_multiplexed()) {
                self.core.executor.cancel(link.task.get());
            } else {
                link.close_gracefully();
            }
        }
        for http3 in over_quic {
            http3.stop(force);
        }
        if was_listening && server.is_over() {
            self.core.tell_stopped(&server);
        }
        self.core.executor.wake_loop();
    }

    /// Adds a route that is answered without JavaScript.
    pub fn add_route(&self, server: i32, path: &[u8], route: Route) {
        if let Some(server) = self.server(server) {
            server.add_route(path, route);
        }
    }

    /// Forgets the routes of a server.
    pub fn clear_routes(&self, server: i32) {
        if let Some(server) = self.server(server) {
            server.clear_routes();
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
        let over_quic = self.http3().into_iter().filter(|http3| http3.server.id() == server);
        idle.len() + over_quic.map(|http3| http3.close_idle()).sum::<usize>()
    }

    fn http3(&self) -> Vec<Rc<Http3>> {
        let sources = self.core.sources.borrow();
        let found = sources.iter().filter_map(|(_, source)| match source {
            Source::Http3(http3) => Some(Rc::clone(http3)),
            _ => None,
        });
        found.collect()
    }

    /// Whether a server is to keep the process alive while it listens.
    pub fn reference(&self, server: i32, referenced: bool) {
        if let Some(server) = self.server(server) {
            server.reference(referenced);
        }
    }

    /// Whether the loop has to go on: a referenced server listens, or a request is under way.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let core = &self.core;
        !core.inbound.borrow().is_empty()
            || core.client.is_busy()
            || core.servers.borrow().values().any(|server| server.is_alive())
    }

    /// The number of requests under way on a server.
    #[must_use]
    pub fn pending(&self, server: i32) -> usize {
        self.server(server).map_or(0, |server| server.exchanges())
    }

    /// Takes in what a socket is ready for; [`Self::turn`] acts on it.
    pub fn on_event(&self, token: usize, ready: Ready) {
        match self.source(token) {
            Some(Source::Connection(link)) => link.on_event(ready),
            Some(Source::Http3(http3)) => http3.on_event(ready),
            Some(Source::Client(endpoint)) => endpoint.on_event(ready, drop),
            _ => self.accept(token),
        }
    }

    /// What has a token; a listener stays where it is.
    fn source(&self, token: usize) -> Option<Source> {
        match self.core.sources.borrow().get(token) {
            Some(Source::Connection(link)) => Some(Source::Connection(Rc::clone(link))),
            Some(Source::Http3(http3)) => Some(Source::Http3(Rc::clone(http3))),
            Some(Source::Client(endpoint)) => Some(Source::Client(Rc::clone(endpoint))),
            Some(Source::Listener(_)) | None => None,
        }
    }

    /// When [`Self::on_time`] has to be called next.
    #[must_use]
    pub fn next_time(&self) -> Option<Instant> {
        self.core.timers.borrow().first().map(|(time, _)| *time)
    }

    /// Wakes the tasks whose time has come; [`Self::work`] runs them.
    pub fn on_time(&self) {
        let now = Instant::now();
        let mut timers = self.core.timers.borrow_mut();
        while let Some((time, task)) = timers.first().copied()
            && time <= now
        {
            timers.pop_first();
            self.core.executor.wake(task);
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
            more = core.executor.run(SLICE, || core.inbound.borrow().is_full());
            let enough = core.inbound.borrow().records.len() >= SLICE * RECORD && core.held.borrow().is_empty();
            if !more || enough || core.inbound.borrow().is_full() {
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
        if at_end {
            self.core.awaited.borrow_mut().drain(..).for_each(|exchange| http2::wait_for(&exchange));
        }
        self.core.send(at_end);
        if at_end {
            self.watch();
        }
    }

    /// Tells the host what connections want to be watched for, as has to happen before its loop sleeps.
    pub fn watch(&self) {
        for token in self.core.differing.take() {
            if let Some(Source::Connection(link)) = self.core.sources.borrow().get(token) {
                link.watch();
            }
        }
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

    /// Takes a batch of answers in; answers to exchanges that are over are dropped. The last one's body may be `lent`.
    ///
    /// # Errors
    /// [`Error::BadRecord`] when a record points outside `bytes`; what came before it is taken in.
    pub fn respond(&self, records: &[i32], bytes: &[u8], lent: &[u8]) -> Result<(), Error> {
        let mut shared = None;
        let writer = Writer { bytes, lent, date: self.core.date.now() };
        for record in outbound::records(records) {
            let record = record?;
            let found = self.core.exchanges.borrow().get(record.slot).filter(|it| it.seq == record.seq).cloned();
            let Some(exchange) = found else { continue };
            if exchange.is_direct() && writer.answer(&exchange, &record)? {
                continue;
            }
            let response = if bytes.len() <= SHARED_BATCH {
                let shared = shared.get_or_insert_with(|| Bytes::copy_from_slice(bytes));
                outbound::response(&record, shared, lent, &exchange)?
            } else {
                outbound::response(&record.at_start(), &record.copy(bytes)?, lent, &exchange)?
            };
            exchange.respond(response);
        }
        Ok(())
    }

    /// Sends the answers that were taken in, from within a batch: large ones are still in the caches, and their clients
    /// go on while the next ones are made.
    pub fn answer(&self) {
        self.core.executor.run_urgent();
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

    /// The gathered bytes of a request's body, if they are ASCII; the rest stays for [`Self::take`].
    #[must_use]
    pub fn take_ascii(&self, slot: i32, seq: i32) -> Option<Bytes> {
        let text = self.core.exchange(slot, seq)?.take_ascii()?;
        self.taken.borrow_mut().push((seq, text.clone()));
        Some(text)
    }

    /// As [`Self::write`], of the text that JavaScript took from the request `from`. `false`: it is forgotten, and nothing
    /// was written.
    #[must_use]
    pub fn write_taken(&self, slot: i32, seq: i32, from: i32) -> bool {
        let text = self.taken.borrow().iter().find(|(number, _)| *number == from).map(|(_, text)| text.clone());
        if let Some(text) = &text {
            let _ = self.write_shared(slot, seq, text.clone());
        }
        text.is_some()
    }

    /// To be called after each batch: JavaScript has had its chance to send a text on.
    pub fn forget_taken(&self) {
        self.taken.borrow_mut().clear();
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
        self.core.exchange(slot, seq).and_then(|exchange| exchange.channel.peer())
    }

    /// Sets the idle timeout of a request's connection, in seconds.
    pub fn set_timeout(&self, slot: i32, seq: i32, seconds: u32) {
        if let Some(exchange) = self.core.exchange(slot, seq) {
            exchange.channel.set_timeout(seconds);
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
        let silent: Vec<Rc<Socket>> = self
            .core
            .sources
            .borrow()
            .iter()
            .filter_map(|(_, source)| match source {
                Source::Connection(link) => link.silent(tick),
                _ => None,
            })
            .collect();
        for socket in silent {
            socket.ping();
        }
        for (_, source) in &*self.core.sources.borrow() {
            if let Source::Connection(link) = source {
                link.rest(tick);
            }
        }
        for http3 in self.http3() {
            http3.tick(tick);
        }
        self.core.client.tick(tick);
        self.core.buffers.borrow_mut().tick();
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
            match source {
                Some(Source::Connection(link)) => self.core.executor.cancel(link.task.get()),
                Some(Source::Http3(http3)) => http3.abandon(),
                Some(Source::Client(_)) => self.core.client.abandon(),
                Some(Source::Listener(_)) | None => {}
            }
        }
        self.core.executor.clear();
    }

    pub(super) fn server(&self, id: i32) -> Option<Rc<Server>> {
        self.core.servers.borrow().get(&id).cloned()
    }

    fn accept(&self, token: usize) {
        loop {
            let (accepted, server) = match self.core.sources.borrow().get(token) {
                Some(Source::Listener(listening)) => (listening.0.accept(), Rc::clone(&listening.1)),
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
        let session = server.tls().map(TlsServer::accept).transpose();
        let Ok(session) = session else { return }; // the connection is dropped; there is no one to tell
        let stream = Stream::new(socket, session);
        if core.watcher.add(token, stream.raw(), Interest::PEER).is_err() {
            return; // as above
        }
        server.connection_began();
        let link = Rc::new(Link::new(Rc::clone(core), server, stream, token, peer));
        sources.insert(Source::Connection(Rc::clone(&link)));
        drop(sources);
        let task = core.executor.spawn(Box::new(Connection::new(Rc::clone(&link))));
        link.task.set(task);
    }
}

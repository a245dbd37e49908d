//! One connection: its socket as hyper reads and writes it, and the task that drives hyper.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use http::header::{CONNECTION, HOST, HeaderValue};
use http::{Request, Response, StatusCode, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::Service;

use super::body::Body;
use super::engine::{Core, Server};
use super::exchange::{Answer, Exchange, INLINE_BODY};
use super::executor::Task;
use super::inbound::int;
use super::scanner::Scanner;
use super::socket::Stream;
use super::websocket::Socket;

/// What the loop knows of a connection while hyper owns its socket.
pub(crate) struct Link {
    pub(crate) core: Rc<Core>,
    pub(crate) server: Rc<Server>,
    pub(crate) token: usize,
    pub(crate) task: Cell<usize>,
    pub(crate) peer: Option<SocketAddr>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    /// The peer has sent its last byte, so that a short read does not mean "drained".
    read_closed: Cell<bool>,
    /// The tick of the last byte in either direction.
    active: Cell<u32>,
    /// Seconds without a byte after which the connection is closed; 0 is never.
    timeout: Cell<u32>,
    exchanges: Cell<u32>,
    closing: Cell<bool>,
    stream: RefCell<Stream>,
    /// Bytes on their way out that wait for the end of the turn or for the socket.
    gathered: RefCell<Vec<u8>>,
    /// The socket refused a write for good.
    broken: Cell<bool>,
    /// The peer's end was read.
    ended: Cell<bool>,
    /// What the connection was upgraded to.
    websocket: RefCell<Option<Rc<Socket>>>,
    /// JavaScript wants no messages for now.
    paused: Cell<bool>,
    /// The tick at which a head began that has not ended.
    head_since: Cell<Option<u32>>,
    /// What the peer sent is not HTTP.
    refused: Cell<bool>,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Link").field("token", &self.token).field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl Link {
    pub(crate) fn new(
        core: Rc<Core>,
        server: Rc<Server>,
        stream: Stream,
        token: usize,
        peer: Option<SocketAddr>,
    ) -> Self {
        let (active, timeout) = (Cell::new(core.tick.get()), Cell::new(server.idle_timeout()));
        Self {
            core,
            server,
            token,
            task: Cell::new(usize::MAX),
            peer,
            readable: Cell::new(true),
            writable: Cell::new(true),
            read_closed: Cell::new(false),
            active,
            timeout,
            exchanges: Cell::new(0),
            closing: Cell::new(false),
            stream: RefCell::new(stream),
            gathered: RefCell::default(),
            broken: Cell::new(false),
            ended: Cell::new(false),
            websocket: RefCell::default(),
            paused: Cell::new(false),
            head_since: Cell::new(None),
            refused: Cell::new(false),
        }
    }

    /// Takes in what the poll said of the socket.
    pub(crate) fn on_event(self: &Rc<Self>, event: &mio::event::Event) {
        if event.is_read_closed() || event.is_error() {
            if !self.read_closed.replace(true) {
                self.core.hanging.borrow_mut().push(Rc::clone(self));
                self.core.executor.wake_poll();
            }
            self.readable.set(true);
        }
        if event.is_readable() {
            self.readable.set(true);
        }
        if event.is_writable() || event.is_write_closed() || event.is_error() {
            self.writable.set(true);
        }
        self.core.executor.wake(self.task.get());
    }

    pub(crate) fn set_timeout(&self, seconds: u32) {
        self.timeout.set(seconds);
        self.active.set(self.core.tick.get());
    }

    pub(crate) fn timed_out(&self, tick: u32) -> bool {
        let timeout = self.timeout.get();
        let idle = tick.wrapping_sub(self.active.get());
        if let Some(socket) = &*self.websocket.borrow() {
            socket.tick(idle);
        }
        let slow = self.head_since.get().is_some_and(|since| tick.wrapping_sub(since) > HEAD_TICKS);
        slow || (timeout > 0 && idle > timeout && !self.paused.get())
    }

    /// Notes whether a head is under way: it has a time of its own, which single bytes do not prolong.
    fn note_head(&self, under_way: bool) {
        let since = under_way.then(|| self.head_since.get().unwrap_or(self.core.tick.get()));
        self.head_since.set(since);
    }

    /// Whether the peer broke the syntax of HTTP.
    pub(crate) fn has_refused(&self) -> bool {
        self.refused.get()
    }

    /// Whether nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        !self.owes_answer() && self.websocket.borrow().is_none()
    }

    pub(crate) fn owes_answer(&self) -> bool {
        self.exchanges.get() > 0
    }

    /// Makes the connection a WebSocket once the answer of its exchange is written.
    pub(crate) fn upgrade(&self, socket: Rc<Socket>) {
        self.websocket.replace(Some(socket));
    }

    pub(crate) fn websocket(&self) -> Option<Rc<Socket>> {
        self.websocket.borrow().clone()
    }

    /// Stops or goes on reading.
    pub(crate) fn pause(&self, paused: bool) {
        self.paused.set(paused);
        self.active.set(self.core.tick.get());
        self.core.executor.wake(self.task.get());
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
}

/// Seconds in which a head has to arrive.
const HEAD_TICKS: u32 = 60;
/// Bun's limit of a head.
pub(crate) const MAX_HEAD: usize = 16 * 1024;
/// Bun's limit of the lines of a head.
const MAX_FIELDS: usize = 200;
/// hyper's read buffer; a head that does not end within it is refused.
const MAX_BUFFER: usize = 64 * 1024;
/// Written bytes are gathered up to this size; what is larger goes to the socket at once.
const GATHER: usize = 16 * 1024;
/// What a closed connection's peer may still send before it is cut off, so that it can read the
/// last answer (closing a socket with unread bytes resets it).
const LINGER_BYTES: usize = 4 * 1024 * 1024;
/// How long that may take, in ticks.
const LINGER_TICKS: u32 = 2;

impl Link {
    /// Reads what there is, edge-triggered: no system call is made before the poll has said that
    /// there is something, and a read that does not fill its buffer has drained the socket.
    fn read(&self, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        if !self.readable.get() {
            return Poll::Pending;
        }
        loop {
            match self.stream.borrow_mut().read(buffer) {
                Ok(length) => {
                    if length < buffer.len() && !self.read_closed.get() {
                        self.readable.set(false);
                    }
                    self.active.set(self.core.tick.get());
                    return Poll::Ready(Ok(length));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.readable.set(false);
                    return Poll::Pending;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn write(&self, mut write: impl FnMut(&mut Stream) -> io::Result<usize>) -> Poll<io::Result<usize>> {
        if !self.writable.get() {
            return Poll::Pending;
        }
        loop {
            match write(&mut self.stream.borrow_mut()) {
                Ok(length) => {
                    // A WebSocket's peer has to show that it is alive; sending to it shows nothing.
                    if self.websocket.borrow().is_none() {
                        self.active.set(self.core.tick.get());
                    }
                    return Poll::Ready(Ok(length));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.writable.set(false);
                    return Poll::Pending;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Sends what was gathered.
    pub(crate) fn send(&self) -> Poll<io::Result<()>> {
        let mut gathered = self.gathered.borrow_mut();
        let mut sent = 0;
        let result = loop {
            if sent == gathered.len() {
                break Poll::Ready(Ok(()));
            }
            match self.write(|stream| stream.write(&gathered[sent..])) {
                Poll::Ready(Ok(length)) => sent += length,
                Poll::Ready(Err(error)) => {
                    // hyper hears of it at its next write; nothing more can be sent.
                    sent = gathered.len();
                    self.broken.set(true);
                    break Poll::Ready(Err(error));
                }
                Poll::Pending => break Poll::Pending,
            }
        };
        gathered.drain(..sent);
        result
    }

    pub(crate) fn read_unless_paused(&self, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.paused.get() { Poll::Pending } else { self.read(buffer) }
    }

    /// Bytes that wait for the end of the turn or for the socket.
    pub(crate) fn gathered(&self) -> usize {
        self.gathered.borrow().len()
    }

    pub(crate) fn queue(self: &Rc<Self>, bytes: &[u8]) {
        self.queue_with(|gathered| gathered.extend_from_slice(bytes));
    }

    /// Adds bytes to what leaves at the end of the turn.
    pub(crate) fn queue_with(self: &Rc<Self>, write: impl FnOnce(&mut Vec<u8>)) {
        let mut gathered = self.gathered.borrow_mut();
        if gathered.is_empty() {
            self.core.unsent.borrow_mut().push(Rc::clone(self));
        }
        write(&mut gathered);
    }

    /// Keeps small writes for the end of the turn, so that the answers to pipelined requests leave in one send.
    fn gather(self: &Rc<Self>, slices: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if self.broken.get() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let length: usize = slices.iter().map(|slice| slice.len()).sum();
        let mut gathered = self.gathered.borrow_mut();
        if gathered.len() + length <= GATHER {
            if gathered.is_empty() {
                self.core.unsent.borrow_mut().push(Rc::clone(self));
            }
            for slice in slices {
                gathered.extend_from_slice(slice);
            }
            return Poll::Ready(Ok(length));
        }
        drop(gathered);
        match self.send() {
            Poll::Ready(Ok(())) => self.write(|stream| stream.write_vectored(slices)),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// The socket as hyper sees it.
struct Io {
    link: Rc<Link>,
    scanner: Scanner,
}

impl Read for Io {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, mut buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let Self { link, scanner } = self.get_mut();
        scanner.resume();
        if scanner.fetch(buffer.remaining(), |bytes| buffer.put_slice(bytes)) > 0 {
            return Poll::Ready(Ok(()));
        }
        let mut scratch = link.core.scratch.borrow_mut();
        loop {
            let room = buffer.remaining().min(scratch.len());
            let length = ready!(link.read(&mut scratch[..room]))?;
            if length == 0 {
                link.ended.set(room > 0);
                return Poll::Ready(Ok(()));
            }
            let direct = scanner.scan(&scratch[..length]);
            buffer.put_slice(&scratch[..direct]);
            let fetched = scanner.fetch(buffer.remaining(), |bytes| buffer.put_slice(bytes));
            link.note_head(scanner.is_in_head());
            link.refused.set(scanner.has_refused());
            if direct + fetched > 0 {
                return Poll::Ready(Ok(()));
            }
            if scanner.has_refused() {
                return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
            }
        }
    }
}

impl Write for Io {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.link.gather(&[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.link.gather(slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// Gathered bytes leave at the end of the turn: [`Core::send`].
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.link.send())?;
        match self.link.stream.borrow_mut().shutdown_write() {
            Err(error) if error.kind() != io::ErrorKind::NotConnected => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(())),
        }
    }
}

/// Turns a request of hyper's into an exchange.
struct Exchanges {
    link: Rc<Link>,
}

impl Service<Request<Incoming>> for Exchanges {
    type Response = Response<Body>;
    type Error = std::convert::Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let (parts, incoming) = request.into_parts();
        let link = &self.link;
        // RFC 9112 section 3.2: exactly one Host, which HTTP/1.0 may leave out.
        let hosts = parts.headers.get_all(HOST).iter().count();
        if hosts > 1 || (hosts == 0 && parts.version >= Version::HTTP_11) {
            return refuse(StatusCode::BAD_REQUEST);
        }
        let hint = incoming.size_hint();
        if hint.lower() > link.server.max_body() {
            return refuse(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let has_body = !incoming.is_end_stream();
        let core = &link.core;
        let seq = core.next_seq();
        let mut exchanges = core.exchanges.borrow_mut();
        let slot = exchanges.vacant_key();
        let exchange = Rc::new(Exchange::new(slot, seq, Rc::clone(link), has_body.then_some(incoming)));
        exchanges.insert(Rc::clone(&exchange));
        drop(exchanges);
        link.exchanges.set(link.exchanges.get() + 1);
        link.server.exchange_began();
        let expects = has_body && parts.headers.contains_key(http::header::EXPECT);
        let waits_for_body = has_body && !expects && hint.exact().is_some_and(|length| length <= INLINE_BODY);
        exchange.set_expects(expects);
        if waits_for_body {
            exchange.hold(Box::new(parts));
            core.held.borrow_mut().push(Rc::clone(&exchange));
        } else {
            core.inbound.borrow_mut().request(int(slot), seq, link.server.id(), &parts, None, has_body);
        }
        Answer::Awaited(exchange)
    }
}

fn refuse(status: StatusCode) -> Answer {
    Answer::Ready(Some(refusal(status)))
}

/// An answer of the engine's own, after which the connection is closed.
pub(crate) fn refusal(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// The task of a connection that speaks HTTP/1.
pub(crate) struct Http1 {
    /// `None` when HTTP is over and the peer is given time to read the last answer.
    connection: Option<http1::Connection<Io, Exchanges>>,
    link: Rc<Link>,
    /// What came after HTTP.
    socket: Option<Rc<Socket>>,
    /// Our side is shut down.
    shut: bool,
    discarded: usize,
}

impl Http1 {
    pub(crate) fn new(link: Rc<Link>) -> Self {
        let connection = http1::Builder::new()
            // A client that has sent its request may close its side: `Core::hang_up` decides.
            .half_close(true)
            .max_header_size(MAX_HEAD)
            .max_headers(MAX_FIELDS)
            .max_buf_size(MAX_BUFFER)
            // Timeouts are the loop's: one sweep a second over all connections.
            .header_read_timeout(None)
            .serve_connection(
                Io { link: Rc::clone(&link), scanner: Scanner::new() },
                Exchanges { link: Rc::clone(&link) },
            );
        Self { connection: Some(connection), link, socket: None, shut: false, discarded: 0 }
    }

    /// Drives hyper until HTTP is over, one way or the other.
    fn poll_http(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(connection) = &mut self.connection else { return Poll::Ready(()) };
        // What was gathered goes first. If it cannot, the socket's next event brings us back.
        let _ = self.link.send();
        if self.link.closing.get() {
            Pin::new(&mut *connection).graceful_shutdown();
        }
        // Whatever ended it, HTTP is over: hyper has answered what could be answered.
        let ended = ready!(connection.poll_without_shutdown(context));
        let parts = self.connection.take().map(http1::Connection::into_parts);
        if ended.is_ok()
            && let Some(parts) = parts
            && let mut io = parts.io
            && let Some(socket) = self.link.websocket()
        {
            self.socket = Some(Rc::clone(&socket));
            let mut rest = parts.read_buf.to_vec();
            rest.append(&mut io.scanner.take_held());
            socket.open(&rest);
        }
        Poll::Ready(())
    }

    /// Reads the peer to its end, within limits.
    fn linger(&mut self) -> Poll<()> {
        let mut scratch = self.link.core.scratch.borrow_mut();
        loop {
            match ready!(self.link.read(&mut scratch)) {
                Ok(length) if length > 0 && self.discarded < LINGER_BYTES => self.discarded += length,
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl Task for Http1 {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.connection.is_some() {
            ready!(self.poll_http(context));
        }
        if let Some(socket) = &self.socket {
            ready!(socket.poll());
            socket.lost();
            self.socket = None;
        }
        if !self.shut {
            if self.link.broken.get() || ready!(self.link.send()).is_err() || self.link.ended.get() {
                return Poll::Ready(());
            }
            self.shut = true;
            self.link.set_timeout(LINGER_TICKS);
            if self.link.stream.borrow_mut().shutdown_write().is_err() {
                return Poll::Ready(());
            }
        }
        self.linger()
    }
}

impl Drop for Http1 {
    fn drop(&mut self) {
        self.connection = None;
        if let Some(socket) = self.link.websocket.take() {
            socket.lost();
        }
        self.link.core.connection_ended(&self.link);
    }
}

//! One connection: its socket as hyper reads and writes it, and the task that drives hyper.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

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
use super::socket::Stream;

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
}

impl std::fmt::Debug for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Link").field("token", &self.token).field("peer", &self.peer).finish_non_exhaustive()
    }
}

impl Link {
    pub(crate) fn new(core: Rc<Core>, server: Rc<Server>, token: usize, peer: Option<SocketAddr>) -> Self {
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
        }
    }

    /// Takes in what the poll said of the socket.
    pub(crate) fn on_event(&self, event: &mio::event::Event) {
        if event.is_read_closed() || event.is_error() {
            self.read_closed.set(true);
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
        timeout > 0 && tick.wrapping_sub(self.active.get()) > timeout
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.exchanges.get() == 0
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

/// The socket as hyper sees it. Edge-triggered: no system call is made before the poll has said
/// that there is something to do, and a read that does not fill its buffer has drained the socket.
struct Io {
    stream: Stream,
    link: Rc<Link>,
}

impl Read for Io {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, mut buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let Self { stream, link } = &mut *self;
        if !link.readable.get() {
            return Poll::Pending;
        }
        let mut scratch = link.core.scratch.borrow_mut();
        let room = buffer.remaining().min(scratch.len());
        loop {
            match stream.read(&mut scratch[..room]) {
                Ok(length) => {
                    if length < room && !link.read_closed.get() {
                        link.readable.set(false);
                    }
                    link.active.set(link.core.tick.get());
                    buffer.put_slice(&scratch[..length]);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    link.readable.set(false);
                    return Poll::Pending;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl Io {
    fn try_write(&mut self, mut write: impl FnMut(&mut Stream) -> io::Result<usize>) -> Poll<io::Result<usize>> {
        let Self { stream, link } = self;
        if !link.writable.get() {
            return Poll::Pending;
        }
        loop {
            match write(stream) {
                Ok(length) => {
                    link.active.set(link.core.tick.get());
                    return Poll::Ready(Ok(length));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    link.writable.set(false);
                    return Poll::Pending;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl Write for Io {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.try_write(|stream| stream.write(bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.try_write(|stream| stream.write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.stream.shutdown_write() {
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
        let waits_for_body = has_body && hint.exact().is_some_and(|length| length <= INLINE_BODY);
        if waits_for_body && !parts.headers.contains_key(http::header::EXPECT) {
            exchange.hold(Box::new(parts));
            core.held.borrow_mut().push(Rc::clone(&exchange));
        } else {
            core.inbound.borrow_mut().request(int(slot), seq, link.server.id(), &parts, None, has_body);
        }
        Answer::Awaited(exchange)
    }
}

fn refuse(status: StatusCode) -> Answer {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Answer::Ready(Some(response))
}

/// The task of a connection that speaks HTTP/1.
pub(crate) struct Http1 {
    connection: http1::Connection<Io, Exchanges>,
    link: Rc<Link>,
}

impl Http1 {
    pub(crate) fn new(stream: Stream, link: Rc<Link>) -> Self {
        let io = Io { stream, link: Rc::clone(&link) };
        let connection = http1::Builder::new()
            .pipeline_flush(true)
            // Timeouts are the loop's: one sweep a second over all connections.
            .header_read_timeout(None)
            .serve_connection(io, Exchanges { link: Rc::clone(&link) });
        Self { connection, link }
    }
}

impl Task for Http1 {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.link.closing.get() {
            Pin::new(&mut self.connection).graceful_shutdown();
        }
        // Whatever ended it, the connection is over: hyper has answered what could be answered.
        Pin::new(&mut self.connection).poll(context).map(drop)
    }
}

impl Drop for Http1 {
    fn drop(&mut self) {
        self.link.core.connection_ended(&self.link);
    }
}

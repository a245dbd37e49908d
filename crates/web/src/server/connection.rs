//! The task of a connection: finds out the protocol, drives hyper, goes on with what follows.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use hyper::server::conn::http1;

use super::engine::Counts;
use super::executor::Task;
use super::http2::Http2;
use super::io::Io;
use super::link::Link;
use super::service::Exchanges;
use super::websocket::Socket;

/// Bun's limit of a head.
pub(crate) const MAX_HEAD: usize = 16 * 1024;
/// Bun's limit of the lines of a head.
pub(super) const MAX_FIELDS: usize = 200;
/// hyper's read buffer; a head that does not end within it is refused.
pub(crate) const MAX_BUFFER: usize = 64 * 1024;
/// RFC 9113 section 3.4.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// To a client that speaks a version which the server has been told not to.
const VERSION_REFUSED: &[u8] =
    b"HTTP/1.1 505 HTTP Version Not Supported\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/// To a client whose request is answered and whose body then breaks the rules.
const MALFORMED: &[u8] = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/// What a closed connection's peer may still send before it is cut off, so that it can read the
/// last answer (closing a socket with unread bytes resets it).
const LINGER_BYTES: u32 = 4 * 1024 * 1024;
/// How long it may be silent, in ticks.
const LINGER_TICKS: u32 = 2;
/// How long that may take at all.
const MOST_LINGER_TICKS: u32 = 10;

/// Which versions of HTTP a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// HTTP/1.0 and 1.1.
    pub http1: bool,
    /// HTTP/2, by ALPN or prior knowledge.
    pub http2: bool,
    /// HTTP/3, over UDP; TLS is a must.
    pub http3: bool,
}

impl Versions {
    /// Whether one of them is spoken over TCP.
    pub(crate) fn over_tcp(self) -> bool {
        self.http1 || self.http2
    }
}

/// What is spoken on a connection.
enum Protocol {
    /// The handshake, or the first bytes, will tell.
    Unknown(Box<Early>),
    /// HTTP/1 before a request: hyper and its buffers are made when there is something to read.
    Waiting,
    Http1(Box<http1::Connection<Io, Exchanges>>),
    Http2(Box<Http2>),
    WebSocket(Rc<Socket>),
    /// Nothing more: the peer is given time to read the last answer.
    Over,
}

/// What was read before the protocol is known.
#[derive(Default)]
struct Early {
    bytes: Vec<u8>,
}

/// The task of a connection. What is not needed to tell what it does is its link's: of idle connections there are many.
pub(crate) struct Connection {
    protocol: Protocol,
    link: Rc<Link>,
}

impl Connection {
    pub(crate) fn new(link: Rc<Link>) -> Self {
        let Versions { http1, http2, .. } = link.server.versions();
        let protocol = if http1 && !http2 { Protocol::Waiting } else { Protocol::Unknown(Box::default()) };
        Self { protocol, link }
    }

    /// Finds out what the client speaks.
    fn poll_unknown(&mut self) -> Poll<()> {
        let Protocol::Unknown(early) = &mut self.protocol else { return Poll::Ready(()) };
        let early = &mut early.bytes;
        let link = &self.link;
        let Versions { http1, .. } = link.server.versions();
        if ready!(link.handshake()).is_err() {
            self.protocol = Protocol::Over;
            return Poll::Ready(());
        }
        if link.is_encrypted() {
            link.note_head(false);
            let second = link.agreed_on(b"h2");
            self.protocol = if second { speak_http2(link, Vec::new()) } else { first_or_none(link, http1, Vec::new()) };
            return Poll::Ready(());
        }
        let mut scratch = link.core.scratch.borrow_mut();
        loop {
            match ready!(link.read(&mut scratch)) {
                Ok(length) if length > 0 => early.extend_from_slice(&scratch[..length]),
                _ => {
                    self.protocol = Protocol::Over;
                    return Poll::Ready(());
                }
            }
            let length = early.len().min(PREFACE.len());
            if early[..length] != PREFACE[..length] {
                self.protocol = first_or_none(link, http1, std::mem::take(early));
                return Poll::Ready(());
            }
            link.note_head(length < PREFACE.len());
            if length == PREFACE.len() {
                self.protocol = speak_http2(link, std::mem::take(early));
                return Poll::Ready(());
            }
        }
    }

    /// Waits for the first byte of a request.
    fn poll_waiting(&mut self) -> Poll<()> {
        if !matches!(self.protocol, Protocol::Waiting) {
            return Poll::Ready(());
        }
        let link = &self.link;
        if let Some(request) = link.replay() {
            self.protocol = speak_http1(link, request);
            return Poll::Ready(());
        }
        link.send_what_is_stuck();
        let closing = link.closing.get();
        if link.has_direct() || (closing && link.is_stuck()) {
            return Poll::Pending;
        }
        if closing || link.broken.get() {
            self.protocol = Protocol::Over;
            return Poll::Ready(());
        }
        let mut scratch = link.core.scratch.borrow_mut();
        let read = ready!(link.read(&mut scratch));
        self.protocol = match read {
            Ok(length) if length > 0 && link.take_directly(&scratch[..length]) => return Poll::Pending,
            Ok(length) if length > 0 => speak_http1(link, scratch[..length].to_vec()),
            _ => {
                link.ended.set(true);
                Protocol::Over
            }
        };
        Poll::Ready(())
    }

    /// Goes on with a hyper that has room for as many lines of a head as are allowed. The one that is left waits for the
    /// rest of that head, so that it knows of nothing else.
    fn widen(&mut self) {
        self.protocol = match std::mem::replace(&mut self.protocol, Protocol::Over) {
            Protocol::Http1(connection) => {
                let mut parts = connection.into_parts();
                parts.io.widen(&parts.read_buf);
                Protocol::Http1(Box::new(
                    http1_builder().max_headers(MAX_FIELDS).serve_connection(parts.io, parts.service),
                ))
            }
            other => other,
        };
    }

    /// Gives hyper and its buffers back.
    fn rest(&mut self) {
        match std::mem::replace(&mut self.protocol, Protocol::Waiting) {
            Protocol::Http1(connection) => {
                Counts::add(&self.link.core.counts.rested);
                self.link.between.set(false);
                let mut parts = connection.into_parts();
                let mut rest = parts.read_buf.to_vec();
                rest.append(&mut parts.io.take_held());
                if !rest.is_empty() {
                    self.protocol = speak_http1(&self.link, rest);
                }
            }
            other => self.protocol = other,
        }
    }

    /// Drives hyper until HTTP/1 is over, one way or the other.
    fn poll_http1(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Protocol::Http1(connection) = &mut self.protocol else { return Poll::Ready(()) };
        self.link.send_what_is_stuck();
        // hyper takes an answer that it has encoded for sent, and would let go of what the socket has not taken.
        let leaves = self.link.closing.get() && self.link.is_flushed() && !self.link.has_direct();
        if leaves {
            Pin::new(&mut **connection).graceful_shutdown();
        }
        let mut polled = connection.poll_without_shutdown(context);
        if polled.is_pending()
            && !leaves
            && self.link.closing.get()
            && self.link.is_flushed()
            && !self.link.has_direct()
        {
            Pin::new(&mut **connection).graceful_shutdown();
            polled = connection.poll_without_shutdown(context);
        }
        if polled.is_pending() && self.link.cramped.replace(false) {
            self.widen();
            let Protocol::Http1(connection) = &mut self.protocol else { return Poll::Ready(()) };
            polled = connection.poll_without_shutdown(context);
        }
        // Many connections ask once and stay: one more allocation at the second request is cheaper than their buffers.
        if polled.is_pending()
            && !self.link.rested.get()
            && self.link.requests.get() == 1
            && self.link.is_between_requests()
            && !self.link.closing.get()
        {
            self.link.rested.set(true);
            self.rest();
            ready!(self.poll_waiting());
            return self.poll_http1(context);
        }
        // Whatever ended it, HTTP is over: hyper has answered what could be answered.
        let ended = ready!(polled);
        let Protocol::Http1(connection) = std::mem::replace(&mut self.protocol, Protocol::Over) else {
            return Poll::Ready(());
        };
        let mut parts = connection.into_parts();
        if self.link.has_malformed() && !self.link.refused.get() {
            // The request was answered before its body went wrong. As Bun: the client is told, too.
            self.link.queue(MALFORMED);
        }
        if ended.is_ok()
            && let Some(socket) = self.link.websocket()
        {
            let mut rest = parts.read_buf.to_vec();
            rest.append(&mut parts.io.take_held());
            self.protocol = Protocol::WebSocket(Rc::clone(&socket));
            socket.open(&mut rest);
        }
        Poll::Ready(())
    }

    fn poll_http2(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Protocol::Http2(connection) = &mut self.protocol else { return Poll::Ready(()) };
        self.link.send_what_is_stuck();
        ready!(connection.poll(context));
        self.protocol = Protocol::Over;
        Poll::Ready(())
    }

    /// Reads the peer to its end, within limits.
    fn linger(&mut self) -> Poll<()> {
        let mut scratch = self.link.core.scratch.borrow_mut();
        loop {
            match ready!(self.link.read(&mut scratch)) {
                Ok(length) if length > 0 && self.link.discarded.get() < LINGER_BYTES => {
                    let length = u32::try_from(length).unwrap_or(u32::MAX);
                    self.link.discarded.set(self.link.discarded.get().saturating_add(length));
                }
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl Task for Connection {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if matches!(self.protocol, Protocol::Unknown(_)) {
            ready!(self.poll_unknown());
        }
        if self.link.resting.replace(false) && self.link.is_between_requests() {
            self.rest();
        }
        ready!(self.poll_waiting());
        match &self.protocol {
            Protocol::Http1(_) => ready!(self.poll_http1(context)),
            Protocol::Http2(_) => ready!(self.poll_http2(context)),
            _ => {}
        }
        if let Protocol::WebSocket(socket) = &self.protocol {
            ready!(socket.poll());
            socket.lost();
            self.protocol = Protocol::Over;
        }
        if !self.link.shut.get() {
            if self.link.broken.get() || ready!(self.link.send()).is_err() || self.link.ended.get() {
                return Poll::Ready(());
            }
            self.link.shut.set(true);
            self.link.set_timeout(LINGER_TICKS);
            self.link.end_within(MOST_LINGER_TICKS);
            if self.link.stream.borrow_mut().shutdown_write().is_err() {
                return Poll::Ready(());
            }
        }
        self.linger()
    }

    /// What hears of its socket alone is woken by the loop.
    fn needs_waker(&self) -> bool {
        matches!(self.protocol, Protocol::Http1(_) | Protocol::Http2(_))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.protocol = Protocol::Over;
        if let Some(exchange) = self.link.direct.take() {
            exchange.abandon();
        }
        if let Some(socket) = self.link.take_websocket() {
            socket.lost();
        }
        self.link.core.link_ended(&self.link);
    }
}

fn first_or_none(link: &Rc<Link>, http1: bool, early: Vec<u8>) -> Protocol {
    if http1 {
        return speak_http1(link, early);
    }
    link.queue(VERSION_REFUSED);
    Protocol::Over
}

fn speak_http1(link: &Rc<Link>, early: Vec<u8>) -> Protocol {
    let service = Exchanges { link: Rc::clone(link) };
    Protocol::Http1(Box::new(http1_builder().serve_connection(Io::new(link, early), service)))
}

/// Without a limit of the lines: hyper's own needs no memory, and [`Connection::widen`] follows when they are more.
fn http1_builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        // A client that has sent its request may close its side: `Core::hang_up` decides.
        .half_close(true)
        .max_header_size(MAX_HEAD)
        .max_buf_size(MAX_BUFFER)
        // Timeouts are the loop's: one sweep a second over all connections.
        .header_read_timeout(None);
    builder
}

fn speak_http2(link: &Rc<Link>, early: Vec<u8>) -> Protocol {
    link.set_multiplexed();
    Protocol::Http2(Box::new(Http2::new(link, early)))
}

//! HTTP/2: h2, the engine of hyper's, request by request as the other versions.
//!
//! hyper runs a task a request. Most requests are answered in the batch that brings them to JavaScript; such an answer
//! goes to its stream at once, and only what waits at the end of a turn, or comes in pieces, gets a task.

use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use h2::server::{Builder, Connection, Handshake, SendResponse};
use h2::{Reason, RecvStream, SendStream};
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::Body as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::body::Body;
use super::connection::MAX_HEAD;
use super::engine::Core;
use super::exchange::{Answer, Exchange};
use super::executor::Task;
use super::incoming::Incoming;
use super::link::Link;
use super::piece::Piece;
use super::service::take_in;

/// Requests that a client may have under way.
const MAX_STREAMS: u32 = 256;
/// What a client may send of a body before it is read, and of all bodies.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// A body up to this size is handed over whole; of a larger one a frame at a time, as the client takes them.
const AT_ONCE: usize = 16 * 1024;
/// Fields that mean something between two hops of HTTP/1 and nothing here (RFC 9113 section 8.2.2).
const OF_CONNECTIONS: [HeaderName; 6] = [
    CONNECTION,
    TRANSFER_ENCODING,
    UPGRADE,
    TE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The way of an answer to the client.
pub(super) type Reply = SendResponse<Piece>;

/// One connection.
pub(super) struct Http2 {
    link: Rc<Link>,
    state: State,
}

enum State {
    Beginning(Handshake<Transport, Piece>),
    Serving(Connection<Transport, Piece>),
}

impl Http2 {
    /// `early` is what was read already. h2 has limits of its own against floods of resets and continuations.
    pub(super) fn new(link: &Rc<Link>, early: Vec<u8>) -> Self {
        let handshake = Builder::new()
            .max_concurrent_streams(MAX_STREAMS)
            .initial_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_header_list_size(u32::try_from(MAX_HEAD).unwrap_or(u32::MAX))
            .handshake(Transport { link: Rc::clone(link), early });
        Self { link: Rc::clone(link), state: State::Beginning(handshake) }
    }

    /// Takes requests in and writes what was answered, until the connection is over, one way or the other.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if let State::Beginning(handshake) = &mut self.state {
            match ready!(Pin::new(handshake).poll(context)) {
                Ok(connection) => self.state = State::Serving(connection),
                Err(_) => return Poll::Ready(()),
            }
        }
        let State::Serving(connection) = &mut self.state else { return Poll::Ready(()) };
        if self.link.closing.get() {
            connection.graceful_shutdown();
        }
        while let Some(Ok((request, reply))) = ready!(connection.poll_accept(context)) {
            begin(&self.link, request, reply);
        }
        Poll::Ready(())
    }
}

/// Makes a request an exchange, or answers it.
fn begin(link: &Rc<Link>, request: Request<RecvStream>, mut reply: Reply) {
    let (parts, body) = request.into_parts();
    let incoming = (!body.is_end_stream()).then(|| {
        if parts.headers.contains_key(EXPECT) {
            let mut go_on = Response::new(());
            *go_on.status_mut() = StatusCode::CONTINUE;
            // A client that has gone on meanwhile needs no leave.
            let _ = reply.send_informational(go_on);
        }
        Incoming::Http2(body, content_length(&parts.headers))
    });
    let uploads = incoming.is_some();
    let mut answer = take_in(&link.channel, Some(link), parts, incoming);
    if let Answer::Ready(response) = &mut answer {
        if let Some(response) = response.take()
            && let Some(download) = send(&link.core, &mut reply, response)
        {
            link.core.executor.spawn(Box::new(Stream { reply, state: Progress::Answered(download) }));
        }
        return;
    }
    match answer.exchange().filter(|_| !uploads) {
        Some(exchange) => {
            exchange.set_reply(reply);
            link.core.awaited.borrow_mut().push(exchange);
        }
        None => {
            link.core.executor.spawn(Box::new(Stream { reply, state: Progress::Awaited(answer) }));
        }
    }
}

/// Sends the answer of a request that has no task.
pub(super) fn answer(exchange: &Exchange, mut reply: Reply) {
    let core = &exchange.channel.core;
    if let Some(response) = exchange.take_answer()
        && let Some(download) = send(core, &mut reply, response)
    {
        core.executor.spawn(Box::new(Stream { reply, state: Progress::Answered(download) }));
    }
}

/// Gives a request that is not answered yet a task, which hears of a client that resets it.
pub(super) fn wait_for(exchange: &Rc<Exchange>) {
    if let Some(reply) = exchange.take_reply() {
        let state = Progress::Awaited(Answer::Awaited(Rc::clone(exchange)));
        exchange.channel.core.executor.spawn(Box::new(Stream { reply, state }));
    }
}

/// Sends a head, and a short body with it; gives what is left to be sent.
fn send(core: &Core, reply: &mut Reply, response: Response<Body>) -> Option<Download> {
    let (mut head, mut body) = response.into_parts();
    let empty = body.is_end_stream();
    complete(&mut head.headers, if empty { None } else { body.size_hint().exact() }, core);
    let Ok(mut stream) = reply.send_response(Response::from_parts(head, ()), empty) else {
        reply.send_reset(Reason::INTERNAL_ERROR);
        return None;
    };
    if empty {
        return None;
    }
    let Some(bytes) = body.take_whole(AT_ONCE) else { return Some(Download { stream, body, next: None }) };
    // What cannot be sent any more was reset by the client, which does not want it.
    let _ = stream.send_data(bytes.into(), true);
    None
}

/// A request with a task of its own.
struct Stream {
    reply: Reply,
    state: Progress,
}

enum Progress {
    Awaited(Answer),
    Answered(Download),
}

impl Task for Stream {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Self { reply, state } = self;
        if let Progress::Awaited(answer) = state {
            let Poll::Ready(Ok(response)) = Pin::new(&mut *answer).poll(context) else {
                return reply.poll_reset(context).map(drop);
            };
            let Some(core) = answer.exchange().map(|exchange| Rc::clone(&exchange.channel.core)) else {
                return Poll::Ready(());
            };
            let Some(download) = send(&core, reply, response) else { return Poll::Ready(()) };
            *state = Progress::Answered(download);
        }
        match state {
            Progress::Answered(download) => download.poll(context),
            Progress::Awaited(_) => Poll::Ready(()),
        }
    }
}

/// A body on its way.
struct Download {
    stream: SendStream<Piece>,
    body: Body,
    /// What the client has no room for yet, and whether it is the last.
    next: Option<(Piece, bool)>,
}

impl Download {
    /// `Ready` when all is sent, or nobody wants it any more.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if self.stream.poll_reset(context).is_ready() {
                return Poll::Ready(());
            }
            if let Some((piece, last)) = ready!(self.next_with_room(context)) {
                if self.stream.send_data(piece, last).is_err() || last {
                    return Poll::Ready(());
                }
                continue;
            }
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    let Ok(piece) = frame.into_data() else { continue };
                    if piece.has_remaining() {
                        // One byte's claim is enough to be told of room; more would keep others from theirs.
                        self.stream.reserve_capacity(1);
                    }
                    self.next = Some((piece, self.body.is_end_stream()));
                }
                Some(Err(_)) => {
                    self.stream.send_reset(Reason::INTERNAL_ERROR);
                    return Poll::Ready(());
                }
                None => {
                    let _ = self.stream.send_data(Bytes::new().into(), true);
                    return Poll::Ready(());
                }
            }
        }
    }

    /// What is to be sent next, when the client has room for it.
    fn next_with_room(&mut self, context: &mut Context<'_>) -> Poll<Option<(Piece, bool)>> {
        if self.next.as_ref().is_some_and(|(piece, _)| piece.has_remaining()) {
            // A client may send the rest of its body before it reads on.
            self.body.take_part(context);
            while self.stream.capacity() == 0 {
                if !matches!(ready!(self.stream.poll_capacity(context)), Some(Ok(_))) {
                    break; // sending it fails
                }
            }
        }
        Poll::Ready(self.next.take())
    }
}

/// The length that a head promises; h2 holds the client to it.
fn content_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// What hyper does for HTTP/1: the date and the length, and nothing of connections.
fn complete(headers: &mut HeaderMap, length: Option<u64>, core: &Core) {
    if headers.keys().any(|name| OF_CONNECTIONS.contains(name)) {
        // Fields that `Connection` names are of the connection, too (RFC 9110 section 7.6.1).
        let named = headers.remove(CONNECTION);
        for name in named.iter().filter_map(|value| value.to_str().ok()).flat_map(|names| names.split(',')) {
            headers.remove(name.trim());
        }
        for name in &OF_CONNECTIONS {
            headers.remove(name);
        }
    }
    if let Some(length) = length {
        headers.entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    }
    headers.entry(DATE).or_insert_with(|| core.date.now());
}

/// The socket of a connection as h2 sees it.
struct Transport {
    link: Rc<Link>,
    /// What was read and not taken yet, before the protocol was known, too.
    early: Vec<u8>,
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { link, early } = self.get_mut();
        if !early.is_empty() {
            let length = early.len().min(buffer.remaining());
            buffer.put_slice(&early[..length]);
            early.drain(..length);
            return Poll::Ready(Ok(()));
        }
        // h2's buffer has little room at times: a read that fills it would have to be followed by one that finds nothing.
        let mut scratch = link.core.scratch.borrow_mut();
        link.read(&mut scratch).map_ok(|length| {
            link.ended.set(link.ended.get() || length == 0);
            let taken = length.min(buffer.remaining());
            buffer.put_slice(&scratch[..taken]);
            early.extend_from_slice(&scratch[taken..length]);
        })
    }
}

impl AsyncWrite for Transport {
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

    /// Gathered bytes leave at the end of the turn: [`super::engine::Core::send`].
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.link.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.link.shutdown()
    }
}

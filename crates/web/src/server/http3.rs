//! HTTP/3: h3 over QUIC, request by request as the other versions.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use h3::error::Code;
use h3::frame::FrameStream;
use h3::server::{Connection as Http, RequestResolver, RequestStream};
use h3::stream::BufRecvStream;
use http::header::{CONNECTION, CONTENT_LENGTH, DATE, EXPECT, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, Method, Response, StatusCode};
use http_body::Body as _;
use slab::Slab;

use super::body::{Body, BrokenOff};
use super::channel::Channel;
use super::connection::MAX_HEAD;
use super::date::Date;
use super::exchange::Exchange;
use super::incoming::{Incoming, QuicBody};
use super::instance::Server;
use super::service::{refusal, take_in};
use super::watch::Ready;
use crate::quic::{Bidirectional, Connection, Endpoint, Sender, Streams, peer};

/// Streams of our own that stay open: control, and QPACK's two.
const OPEN: usize = 3;
/// Seconds in which a handshake has to end.
const HANDSHAKE_TICKS: u32 = 30;
/// Fields that mean something between two hops of HTTP/1 and nothing here (RFC 9114 section 4.2).
const OF_CONNECTIONS: [HeaderName; 5] = [
    CONNECTION,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// The part of a server that listens on UDP.
pub(crate) struct Http3 {
    endpoint: Rc<Endpoint>,
    pub(super) server: Rc<Server>,
    sessions: RefCell<Slab<Rc<Session>>>,
}

/// One connection.
struct Session {
    connection: Rc<Connection>,
    channel: Rc<Channel>,
    /// Requests whose tasks have not ended.
    requests: Cell<usize>,
}

impl Http3 {
    pub(super) fn new(endpoint: Rc<Endpoint>, server: Rc<Server>) -> Rc<Self> {
        Rc::new(Self { endpoint, server, sessions: RefCell::default() })
    }

    pub(super) fn on_event(self: &Rc<Self>, ready: Ready) {
        self.endpoint.on_event(ready, |connection| self.accept(connection));
    }

    fn accept(self: &Rc<Self>, connection: Rc<Connection>) {
        let core = Rc::clone(&self.endpoint.core);
        self.server.session_began();
        let peer = Some(peer(&connection));
        let channel = Rc::new(Channel::new(Rc::clone(&core), Rc::clone(&self.server), self.endpoint.token, peer));
        channel.set_quic();
        let session = Rc::new(Session { connection, channel: Rc::clone(&channel), requests: Cell::new(0) });
        let key = self.sessions.borrow_mut().insert(Rc::clone(&session));
        let ending = Ending { http3: Rc::clone(self), key };
        let task = core.executor.spawn_future(async move {
            let _ending = ending;
            serve(session).await;
        });
        channel.task.set(task);
    }

    /// Takes no further connection. Those that are there end with their requests, or now if `force`.
    pub(super) fn stop(&self, force: bool) {
        for session in self.all() {
            if force {
                session.connection.close(Code::H3_NO_ERROR.value(), "stopped");
            } else {
                session.channel.close_gracefully();
            }
        }
        self.endpoint.close();
    }

    /// Ends everything at once: nobody will run tasks any more.
    pub(super) fn abandon(&self) {
        for session in self.all() {
            session.connection.close(Code::H3_NO_ERROR.value(), "stopped");
            session.connection.flush();
            session.channel.core.executor.cancel(session.channel.task.get());
        }
        self.endpoint.close();
    }

    /// Ends connections that wait for a request; gives their number.
    pub(super) fn close_idle(&self) -> usize {
        let idle: Vec<_> = self.all().into_iter().filter(|session| session.requests.get() == 0).collect();
        for session in &idle {
            session.connection.close(Code::H3_NO_ERROR.value(), "idle");
        }
        idle.len()
    }

    /// Once a second: ends connections whose peer was silent too long.
    pub(super) fn tick(&self, tick: u32) {
        for session in self.all() {
            let Session { connection, channel, .. } = &*session;
            // As QUIC counts: whatever the peer sends shows that it is there.
            let silent = connection.idle(tick).min(channel.idle(tick));
            if channel.is_late(silent) || (connection.is_handshaking() && silent > HANDSHAKE_TICKS) {
                connection.close(Code::H3_NO_ERROR.value(), "idle");
            }
        }
    }

    fn all(&self) -> Vec<Rc<Session>> {
        self.sessions.borrow().iter().map(|(_, session)| Rc::clone(session)).collect()
    }
}

/// Tells the server of the end of a connection, however it comes.
struct Ending {
    http3: Rc<Http3>,
    key: usize,
}

impl Drop for Ending {
    fn drop(&mut self) {
        let session = self.http3.sessions.borrow_mut().try_remove(self.key);
        if let Some(session) = session {
            session.connection.close(Code::H3_NO_ERROR.value(), "");
        }
        self.http3.server.session_ended();
        self.http3.endpoint.core.connection_ended(&self.http3.server);
    }
}

/// What a connection has to do next.
enum Next {
    Request(Box<Bidirectional>),
    /// The server stops.
    Close,
    Over,
}

async fn serve(session: Rc<Session>) {
    let Session { connection, channel, requests } = &*session;
    if connection.connected().await.is_err() {
        return;
    }
    let mut builder = h3::server::builder();
    builder.max_field_section_size(MAX_HEAD as u64).send_grease(false);
    let Ok(mut http) = builder.build::<_, Bytes>(Streams(Rc::clone(connection))).await else { return };
    let mut told = false;
    loop {
        let next = poll_fn(|context| {
            if channel.closing.get() && !told {
                return Poll::Ready(Next::Close);
            }
            match http.poll_accept_request_stream(context) {
                Poll::Ready(Ok(Some(stream))) => return Poll::Ready(Next::Request(Box::new(stream))),
                Poll::Ready(_) => return Poll::Ready(Next::Over),
                Poll::Pending => {}
            }
            if told && requests.get() == 0 && connection.poll_sent(OPEN, context).is_ready() {
                return Poll::Ready(Next::Over);
            }
            Poll::Pending
        })
        .await;
        match next {
            Next::Request(stream) => begin(&session, &http, *stream),
            Next::Close => {
                told = true;
                // One more than the last: RFC 9114 section 5.2 names the first that is not answered.
                if http.shutdown(1).await.is_err() {
                    return;
                }
            }
            Next::Over => return,
        }
    }
}

fn begin(session: &Rc<Session>, http: &Http<Streams, Bytes>, stream: Bidirectional) {
    let resolver = http.create_resolver(FrameStream::new(BufRecvStream::new(stream)));
    session.requests.set(session.requests.get() + 1);
    let counted = Counted(Rc::clone(session));
    session.channel.core.executor.spawn_future(async move {
        // What a client does not take is its own affair: the stream breaks off.
        let _ = answer(&counted.0, resolver).await;
    });
}

struct Counted(Rc<Session>);

impl Drop for Counted {
    fn drop(&mut self) {
        let session = &self.0;
        session.requests.set(session.requests.get().saturating_sub(1));
        session.channel.core.executor.wake(session.channel.task.get());
    }
}

/// The client, or the body, is gone.
struct Gone;

impl<E: std::error::Error> From<E> for Gone {
    fn from(_: E) -> Self {
        Self
    }
}

/// Reads a request and answers it.
async fn answer(session: &Session, resolver: RequestResolver<Streams, Bytes>) -> Result<(), Gone> {
    let (request, stream) = resolver.resolve_request().await?;
    session.channel.note_activity();
    let mut download =
        Download { id: stream.id().into_inner(), connection: &session.connection, date: &session.channel.core.date };
    let (mut sender, receiver) = stream.split();
    let (parts, ()) = request.into_parts();
    let is_head = parts.method == Method::HEAD;
    if !is_allowed(&parts.headers) {
        return download.send(&mut sender, refusal(StatusCode::BAD_REQUEST), is_head, None).await;
    }
    let Ok(length) = content_length(&parts.headers) else {
        return download.send(&mut sender, refusal(StatusCode::BAD_REQUEST), is_head, None).await;
    };
    let mut receiver = Some(receiver);
    let begun = poll_fn(|context| {
        Poll::Ready(receiver.take().map_or(Ok(None), |receiver| QuicBody::begin(receiver, length, context)))
    });
    let Ok(body) = begun.await else {
        sender.stop_stream(Code::H3_MESSAGE_ERROR);
        return Err(Gone);
    };
    if body.is_some() && parts.headers.contains_key(EXPECT) {
        let mut go_on = Response::new(());
        *go_on.status_mut() = StatusCode::CONTINUE;
        sender.send_response(go_on).await?;
    }
    let mut answer = take_in(&session.channel, None, parts, body.map(|body| Incoming::Quic(Box::new(body))));
    let exchange = answer.exchange();
    let response = poll_fn(|context| {
        if download.is_stopped(context) {
            return Poll::Ready(None);
        }
        Pin::new(&mut answer).poll(context).map(Result::ok)
    });
    let Some(response) = response.await else {
        sender.stop_stream(Code::H3_REQUEST_CANCELLED);
        return Err(Gone);
    };
    drop(answer);
    download.send(&mut sender, response, is_head, exchange).await
}

/// The way of an answer to the client.
struct Download<'session> {
    id: u64,
    connection: &'session Connection,
    date: &'session Date,
}

impl Download<'_> {
    fn is_stopped(&self, context: &mut Context<'_>) -> bool {
        self.connection.poll_stopped(self.id, context).is_ready()
    }

    async fn send(
        &mut self,
        sender: &mut RequestStream<Sender, Bytes>,
        response: Response<Body>,
        is_head: bool,
        exchange: Option<Rc<Exchange>>,
    ) -> Result<(), Gone> {
        let (mut head, mut body) = response.into_parts();
        complete(&mut head.headers, head.status, body.size_hint().exact(), is_head);
        head.headers.entry(DATE).or_insert_with(|| self.date.now());
        sender.send_response(Response::from_parts(head, ())).await?;
        loop {
            let frame = poll_fn(|context| {
                if self.is_stopped(context) {
                    return Poll::Ready(Some(Err(BrokenOff)));
                }
                Pin::new(&mut body).poll_frame(context)
            });
            let Some(frame) = frame.await else { break };
            let Ok(mut piece) = frame?.into_data() else { continue };
            let data = piece.copy_to_bytes(piece.remaining());
            let mut sent = pin!(sender.send_data(data));
            poll_fn(|context| {
                // A client may send the rest of its body before it reads on.
                if let Some(exchange) = &exchange {
                    exchange.take_part(context);
                }
                sent.as_mut().poll(context)
            })
            .await?;
        }
        drop(body); // the exchange is over before its stream is
        Ok(sender.finish().await?)
    }
}

/// Whether no field belongs to HTTP/1 (RFC 9114 section 4.2).
fn is_allowed(headers: &HeaderMap) -> bool {
    let te = headers.get(TE).is_none_or(|value| value == "trailers");
    te && OF_CONNECTIONS.iter().all(|name| !headers.contains_key(name))
}

/// The length that a head promises. An error: it makes no sense.
fn content_length(headers: &HeaderMap) -> Result<Option<u64>, ()> {
    let mut values = headers.get_all(CONTENT_LENGTH).iter();
    let Some(first) = values.next() else { return Ok(None) };
    let digits = first.to_str().map_err(|_| ())?;
    if values.any(|other| other != first) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(());
    }
    digits.parse().map(Some).map_err(|_| ())
}

/// What hyper does for HTTP/1: the length, and nothing of connections.
fn complete(headers: &mut HeaderMap, status: StatusCode, length: Option<u64>, is_head: bool) {
    for name in OF_CONNECTIONS {
        headers.remove(name);
    }
    let bodiless = status.is_informational() || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    // As in Bun: an empty answer has none.
    if let Some(length) = length.filter(|length| *length > 0 && !is_head && !bodiless) {
        headers.entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    }
}

//! One request and its answer, known to JavaScript by slot and sequence number.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Response, StatusCode};
use http_body::{Body as _, Frame};

use super::body::{Body, BrokenOff};
use super::channel::Channel;
use super::engine::Core;
use super::executor::Task;
use super::file::FileBody;
use super::http2::{self, Reply};
use super::inbound::{event, int};
use super::incoming::Incoming;
use super::link::Link;
use super::piece::Piece;
use super::received::{Memory, Received};

/// Bodies up to this size are waited for a turn and cross with their request.
pub(crate) const INLINE_BODY: u64 = 64 * 1024;
/// Above this many queued bytes a stream asks its producer to wait.
const HIGH_WATER: usize = 256 * 1024;
/// Chunks of a response below this share one; above it they are not copied again.
const LONG: usize = 16 * 1024;
/// Room for so many like the first.
const MORE_TO_COME: usize = 16;
/// So many bytes share one.
const TOGETHER: usize = 64 * 1024;
/// Chunks of an upload are gathered up to this size before JavaScript is told.
const GATHER: usize = 256 * 1024;

/// What a call on an exchange found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// The exchange is over: the client went away or the answer was sent.
    Gone,
    /// Taken in; there is room for more.
    Room,
    /// Taken in; wait for [`event::DRAIN`].
    Full,
}

/// How much of the request's body JavaScript has asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    Nothing,
    Some,
    All,
}

#[derive(Debug)]
struct Upload {
    incoming: Option<Incoming>,
    gathered: Received,
    /// The length that the head promised.
    promised: Option<u64>,
    total: u64,
    demand: Demand,
    end: UploadEnd,
}

impl Upload {
    /// Adds a chunk.
    fn gather(&mut self, chunk: &[u8], memory: &dyn Memory) {
        let promised = self.promised.filter(|_| self.demand == Demand::All);
        self.gathered.add(chunk, promised.map(|length| usize::try_from(length).unwrap_or(usize::MAX)), memory);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UploadEnd {
    Open = 0,
    Whole = 1,
    Broken = 2,
    TooLarge = 3,
    /// The body's chunks break the rules.
    Malformed = 4,
}

#[derive(Debug, Default)]
struct Download {
    queue: VecDeque<Piece>,
    /// Short chunks, together, behind the queue.
    tail: Vec<u8>,
    /// Bytes in both.
    queued: usize,
    length: Option<u64>,
    ended: bool,
    failed: bool,
    full: bool,
}

impl Download {
    fn queue_tail(&mut self, core: &Rc<Core>) {
        if !self.tail.is_empty() {
            self.queue.push_back(Piece::lent(std::mem::take(&mut self.tail), core));
        }
    }

    /// Adds a short chunk; memory for some more is borrowed with the first.
    fn add_short(&mut self, chunk: &[u8], core: &Core) {
        let wanted = (chunk.len() * MORE_TO_COME).min(TOGETHER);
        if self.tail.capacity() == 0 {
            self.tail = core.buffers.borrow_mut().lend(wanted);
        }
        if self.tail.capacity() - self.tail.len() < chunk.len() {
            self.tail.reserve(wanted);
        }
        self.tail.extend_from_slice(chunk);
    }
}

/// One request and its answer.
#[derive(Debug)]
pub(crate) struct Exchange {
    slot: usize,
    pub(crate) seq: i32,
    /// Which request of its connection this is.
    number: u32,
    pub(crate) channel: Rc<Channel>,
    /// What carries HTTP/1 and HTTP/2.
    pub(crate) link: Option<Rc<Link>>,
    task: Cell<usize>,
    /// Where the answer goes over HTTP/2, while no task waits for it.
    reply: RefCell<Option<Reply>>,
    /// The head as it came, which hyper may have to get, and the length of the body that came with it.
    bytes: RefCell<Vec<u8>>,
    body: Cell<usize>,
    /// hyper knows nothing of it.
    direct: Cell<bool>,
    /// The head of a request whose body is still awaited before JavaScript is told.
    head: RefCell<Option<Box<Parts>>>,
    upload: RefCell<Upload>,
    response: RefCell<Option<Response<Body>>>,
    /// Those of the request, empty, whose memory the response's will have.
    headers: RefCell<HeaderMap>,
    file: RefCell<Option<FileBody>>,
    download: RefCell<Download>,
    /// The client sends its body only when it is asked to.
    expects: Cell<bool>,
    /// A HEAD over HTTP/2 or HTTP/3, where the body is not left out by itself.
    bodiless: Cell<bool>,
    /// A HEAD over HTTP/1.1, which is told that the body would come in chunks.
    told_of_chunks: Cell<bool>,
    answered: Cell<bool>,
    finished: Cell<bool>,
}

impl Exchange {
    pub(crate) fn new(
        slot: usize,
        seq: i32,
        channel: Rc<Channel>,
        link: Option<Rc<Link>>,
        incoming: Option<Incoming>,
    ) -> Self {
        let end = if incoming.is_some() { UploadEnd::Open } else { UploadEnd::Whole };
        let promised = incoming.as_ref().and_then(|incoming| incoming.size_hint().exact());
        let gathered = Received::default();
        let upload = Upload { incoming, gathered, promised, total: 0, demand: Demand::Nothing, end };
        let task = Cell::new(channel.task.get());
        Self {
            slot,
            seq,
            number: channel.requests.get(),
            channel,
            link,
            task,
            reply: RefCell::default(),
            bytes: RefCell::default(),
            body: Cell::new(0),
            direct: Cell::new(false),
            head: RefCell::default(),
            upload: RefCell::new(upload),
            response: RefCell::default(),
            headers: RefCell::default(),
            file: RefCell::default(),
            download: RefCell::default(),
            expects: Cell::new(false),
            bodiless: Cell::new(false),
            told_of_chunks: Cell::new(false),
            answered: Cell::new(false),
            finished: Cell::new(false),
        }
    }

    /// Begins one that hyper knows nothing of, for a request with this head and so long a body; gives its slot and
    /// sequence number.
    pub(crate) fn begin(link: &Rc<Link>, head: Vec<u8>, body: usize) -> (i32, i32) {
        let exchange = Self::add_new(&link.channel, Some(link), None);
        exchange.bytes.replace(head);
        exchange.body.set(body);
        exchange.direct.set(true);
        let known = (int(exchange.slot), exchange.seq);
        link.direct.replace(Some(exchange));
        known
    }

    /// Begins one on a connection.
    pub(crate) fn add_new(channel: &Rc<Channel>, link: Option<&Rc<Link>>, incoming: Option<Incoming>) -> Rc<Self> {
        let seq = channel.core.next_seq();
        let mut exchanges = channel.core.exchanges.borrow_mut();
        let slot = exchanges.vacant_key();
        let exchange = Rc::new(Self::new(slot, seq, Rc::clone(channel), link.map(Rc::clone), incoming));
        exchanges.insert(Rc::clone(&exchange));
        channel.exchanges.set(channel.exchanges.get() + 1);
        channel.server.exchange_began();
        exchange
    }

    /// Whether hyper knows nothing of it.
    pub(crate) fn is_direct(&self) -> bool {
        self.direct.get()
    }

    /// The request for hyper, once. JavaScript has the body: what hyper gets in its place is read over.
    pub(crate) fn take_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = self.bytes.take();
        (!bytes.is_empty()).then(|| {
            bytes.resize(bytes.len() + self.body.get(), 0);
            bytes
        })
    }

    /// The answer is written, without hyper: the connection goes on.
    pub(crate) fn end_directly(&self, link: &Link) {
        self.answered.set(true);
        self.finish(true);
        link.direct.take();
        let mut bytes = self.bytes.take();
        bytes.clear();
        let core = &self.channel.core;
        core.buffers.borrow_mut().take_back(bytes);
        if link.has_more() {
            core.executor.wake(self.channel.task.get());
        }
    }

    /// Keeps the head back until the body is there or the turn ends.
    pub(crate) fn hold(&self, head: Box<Parts>) {
        self.upload.borrow_mut().demand = Demand::All;
        self.head.replace(Some(head));
    }

    /// Tells JavaScript of a request that was held back and whose body is not there yet.
    pub(crate) fn release(&self) {
        if let Some(head) = self.head.take() {
            self.upload.borrow_mut().demand = Demand::Nothing;
            self.tell(*head, None, true);
        }
    }

    /// Tells JavaScript of the request.
    pub(crate) fn tell(&self, head: Parts, body: Option<&[u8]>, more: bool) {
        let Self { slot, seq, channel, .. } = self;
        channel.core.inbound.borrow_mut().request(int(*slot), *seq, channel.server.id(), &head, body, more);
        let mut headers = head.headers;
        headers.clear();
        self.headers.replace(headers);
    }

    /// Headers for the response.
    pub(crate) fn take_headers(&self) -> HeaderMap {
        self.headers.take()
    }

    /// Asks for the body; JavaScript is told with [`event::BODY`].
    pub(crate) fn demand(&self, demand: Demand) {
        let told = {
            let mut upload = self.upload.borrow_mut();
            upload.demand = demand;
            upload.end != UploadEnd::Open || (demand == Demand::Some && !upload.gathered.is_empty())
        };
        if told {
            self.tell_upload();
        } else {
            self.wake();
        }
    }

    /// What was gathered of the body, if it is ASCII: a text without a copy.
    pub(crate) fn take_ascii(&self) -> Option<Bytes> {
        self.upload.borrow_mut().gathered.take_ascii()
    }

    /// Reads of the body under way, of which so many bytes have not come, to where it stays: hyper gets them to count them.
    /// `None`: nothing is read, as there is no place for it, or not all that came before is there.
    pub(crate) fn read_ahead(
        &self,
        left: u64,
        most: usize,
        read: impl FnOnce(&mut [u8]) -> Poll<io::Result<usize>>,
        seen: impl FnOnce(&[u8]),
    ) -> Option<Poll<io::Result<usize>>> {
        let mut upload = self.upload.borrow_mut();
        let Upload { incoming: Some(_), promised: Some(promised), demand: Demand::All, end: UploadEnd::Open, .. } =
            *upload
        else {
            return None;
        };
        if promised.checked_sub(left) != Some(upload.gathered.len() as u64) {
            return None;
        }
        upload.gathered.read_ahead(most, read, seen)
    }

    /// Moves what was gathered of the body to the start of `into`; gives its length.
    pub(crate) fn take_gathered(&self, into: &mut [u8]) -> usize {
        self.upload.borrow_mut().gathered.take(into)
    }

    pub(crate) fn respond(&self, mut response: Response<Body>) {
        if self.direct.replace(false) && self.channel.closing.get() {
            // hyper would hear of it before it gets the request, and close.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        self.response.replace(Some(response));
        match self.take_reply() {
            Some(reply) => http2::answer(self, reply),
            None => self.wake(),
        }
    }

    /// The answer goes here as soon as it is given.
    pub(crate) fn set_reply(&self, reply: Reply) {
        self.reply.replace(Some(reply));
    }

    pub(crate) fn take_reply(&self) -> Option<Reply> {
        self.reply.take()
    }

    /// The answer, ready to be sent, once it is given.
    pub(crate) fn take_answer(&self) -> Option<Response<Body>> {
        let mut response = self.response.take()?;
        if self.bodiless.get() {
            withhold_body(&mut response);
        } else if self.told_of_chunks.get()
            && let Some(link) = &self.link
            && comes_in_chunks(&response)
        {
            link.announce_chunks();
        }
        self.channel.advertise(response.headers_mut());
        self.answered.set(true);
        if matches!(self.upload.borrow().end, UploadEnd::TooLarge | UploadEnd::Malformed) {
            self.finish(true); // the answer is the engine's own
        }
        Some(response)
    }

    /// Whether an answer was given, on its way or already sent.
    pub(crate) fn is_answered(&self) -> bool {
        self.answered.get() || self.response.borrow().is_some()
    }

    /// How much was written before the head.
    pub(crate) fn written(&self) -> usize {
        self.download.borrow().queued
    }

    /// All that was written before the head, as one body.
    pub(crate) fn take_written(&self) -> Piece {
        let core = &self.channel.core;
        let mut download = std::mem::take(&mut *self.download.borrow_mut());
        download.queue_tail(core);
        if download.queue.len() == 1
            && let Some(piece) = download.queue.pop_front()
        {
            return piece;
        }
        let mut whole = core.buffers.borrow_mut().lend(download.queued);
        whole.reserve_exact(download.queued);
        download.queue.iter().for_each(|piece| whole.extend_from_slice(piece.chunk()));
        Piece::lent(whole, core)
    }

    pub(crate) fn attach_file(&self, file: FileBody) {
        self.file.replace(Some(file));
    }

    pub(crate) fn take_file(&self) -> Option<FileBody> {
        self.file.take()
    }

    pub(crate) fn open_stream(&self, length: Option<u64>) {
        self.download.borrow_mut().length = length;
    }

    /// Adds a chunk to the body; short ones are put together until they are sent.
    pub(crate) fn write(&self, bytes: &[u8]) -> Chunk {
        let core = &self.channel.core;
        self.add(bytes.len(), |download| {
            if bytes.len() < LONG {
                download.add_short(bytes, core);
            } else {
                download.queue_tail(core);
                download.queue.push_back(Bytes::copy_from_slice(bytes).into());
            }
        })
    }

    /// As [`Self::write`], of bytes that need no copy.
    pub(crate) fn write_shared(&self, bytes: Bytes) -> Chunk {
        if bytes.len() < LONG {
            return self.write(&bytes);
        }
        self.add(bytes.len(), |download| {
            download.queue_tail(&self.channel.core);
            download.queue.push_back(bytes.into());
        })
    }

    fn add(&self, length: usize, put: impl FnOnce(&mut Download)) -> Chunk {
        if self.finished.get() {
            return Chunk::Gone;
        }
        let mut download = self.download.borrow_mut();
        put(&mut download);
        download.queued += length;
        if download.tail.len() >= TOGETHER {
            download.queue_tail(&self.channel.core);
        }
        download.full = download.queued >= HIGH_WATER;
        self.wake();
        if download.full { Chunk::Full } else { Chunk::Room }
    }

    pub(crate) fn end(&self, failed: bool) {
        let mut download = self.download.borrow_mut();
        download.ended = true;
        download.failed = failed;
        drop(download);
        self.wake();
    }

    pub(crate) fn stream_is_done(&self) -> bool {
        let download = self.download.borrow();
        download.ended && !download.failed && download.queued == 0
    }

    pub(crate) fn stream_length(&self) -> Option<u64> {
        self.download.borrow().length
    }

    pub(crate) fn poll_stream(&self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Piece>, BrokenOff>>> {
        self.task.set(self.channel.core.executor.current());
        self.drive_upload(context);
        let mut download = self.download.borrow_mut();
        if download.failed {
            return Poll::Ready(Some(Err(BrokenOff)));
        }
        if download.queue.is_empty() {
            download.queue_tail(&self.channel.core);
        }
        match download.queue.pop_front() {
            Some(piece) => {
                download.queued -= piece.remaining();
                if download.full && download.queued < HIGH_WATER / 2 {
                    download.full = false;
                    self.event(event::DRAIN, 0, 0);
                }
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            None if download.ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    /// Ends it without its answer. One that was given holds its exchange, and with that the connection: it goes as well.
    pub(super) fn abandon(&self) {
        let response = self.response.take();
        self.finish(false);
        drop(response);
    }

    /// Ends the exchange, once; an answer that was not sent whole is reported.
    pub(crate) fn finish(&self, whole: bool) {
        if self.finished.replace(true) {
            return;
        }
        let core = &self.channel.core;
        core.exchanges.borrow_mut().try_remove(self.slot);
        self.channel.exchange_ended();
        self.drain_upload();
        if !whole && self.head.borrow().is_none() {
            self.event(event::ABORT, 0, 0);
        }
    }

    /// Reads on what the handler did not want of the body, so that the connection can be used again.
    fn drain_upload(&self) {
        // A client that waits for "100 Continue" must not be told to send now.
        if self.expects.get() {
            return;
        }
        if let Some(incoming) = self.upload.borrow_mut().incoming.take() {
            drain(&self.channel, incoming);
        }
    }

    pub(crate) fn set_expects(&self, expects: bool) {
        self.expects.set(expects);
    }

    pub(crate) fn set_bodiless(&self) {
        self.bodiless.set(true);
    }

    pub(crate) fn tell_of_chunks(&self) {
        self.told_of_chunks.set(true);
    }

    fn wake(&self) {
        self.channel.core.executor.wake_first(self.task.get());
    }

    fn event(&self, code: i32, first: i32, second: i32) {
        let mut inbound = self.channel.core.inbound.borrow_mut();
        inbound.event(int(self.slot), self.seq, code, first, second, self.channel.server.id());
    }

    /// Goes on with the request's body while its answer waits for the client.
    pub(crate) fn take_part(&self, context: &mut Context<'_>) {
        self.task.set(self.channel.core.executor.current());
        self.drive_upload(context);
    }

    /// Reads as much of the request's body as was asked for.
    fn drive_upload(&self, context: &mut Context<'_>) {
        let mut upload = self.upload.borrow_mut();
        if upload.demand == Demand::Nothing || upload.end != UploadEnd::Open {
            return;
        }
        let limit = self.channel.server.max_body();
        loop {
            if upload.demand == Demand::Some && upload.gathered.len() >= GATHER {
                break;
            }
            let Some(incoming) = &mut upload.incoming else { break };
            match incoming.poll_data(context) {
                Poll::Pending if upload.demand == Demand::All || upload.gathered.is_empty() => return,
                Poll::Pending => break,
                Poll::Ready(Some(Ok(data))) => {
                    upload.total += data.len() as u64;
                    if upload.total > limit {
                        upload.end = UploadEnd::TooLarge;
                        if !self.answered.get() {
                            self.response.replace(Some(super::service::refusal(StatusCode::PAYLOAD_TOO_LARGE)));
                        }
                        break;
                    }
                    upload.gather(&data, &*self.channel.core.memory);
                }
                Poll::Ready(Some(Err(_))) => {
                    upload.end =
                        if self.channel.is_malformed(self.number) { UploadEnd::Malformed } else { UploadEnd::Broken };
                    if upload.end == UploadEnd::Malformed && !self.answered.get() {
                        self.channel.refused.set(true);
                        self.response.replace(Some(super::service::refusal(StatusCode::BAD_REQUEST)));
                    }
                    break;
                }
                Poll::Ready(None) => {
                    upload.end = UploadEnd::Whole;
                    break;
                }
            }
        }
        if upload.end != UploadEnd::Open {
            upload.incoming = None;
        }
        drop(upload);
        self.tell_upload();
    }

    fn tell_upload(&self) {
        if let Some(head) = self.head.take() {
            let mut upload = self.upload.borrow_mut();
            upload.demand = Demand::Nothing;
            if upload.end == UploadEnd::Malformed {
                return; // nobody knows of this request, and it is answered
            }
            let body = (upload.end == UploadEnd::Whole).then(|| upload.gathered.take_all());
            drop(upload);
            self.tell(*head, body.as_deref(), true);
            return;
        }
        let mut upload = self.upload.borrow_mut();
        if upload.demand == Demand::Nothing {
            return;
        }
        upload.demand = Demand::Nothing;
        let (length, end) = (int(upload.gathered.len()), upload.end as i32);
        drop(upload);
        self.event(event::BODY, length, end);
        self.channel.core.inbound.borrow_mut().leave(length);
    }
}

/// Bodies that nobody reads are read on up to this size; hyper then closes the connection.
const DRAIN: usize = 1024 * 1024;

/// Reads a body that nobody wants.
struct Drain {
    incoming: Incoming,
    drained: usize,
}

/// Reads on what nobody wants of a body, so that its connection can be used again.
pub(crate) fn drain(channel: &Channel, incoming: Incoming) {
    if !channel.is_multiplexed() {
        channel.core.executor.spawn(Box::new(Drain { incoming, drained: 0 }));
    } // else the stream is reset, the others go on
}

impl Task for Drain {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.drained < DRAIN {
            match ready!(self.incoming.poll_data(context)) {
                Some(Ok(data)) => self.drained += data.len(),
                _ => break,
            }
        }
        Poll::Ready(())
    }
}

/// What a version of HTTP waits for: the response of an exchange.
pub(crate) enum Answer {
    /// The engine's own answer.
    Ready(Option<Response<Body>>),
    /// JavaScript's.
    Awaited(Rc<Exchange>),
}

impl Answer {
    /// The exchange that answers, if the engine does not.
    pub(crate) fn exchange(&self) -> Option<Rc<Exchange>> {
        match self {
            Self::Ready(_) => None,
            Self::Awaited(exchange) => Some(Rc::clone(exchange)),
        }
    }
}

impl Future for Answer {
    type Output = Result<Response<Body>, std::convert::Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Ready(response) => response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
            Self::Awaited(exchange) => {
                exchange.task.set(exchange.channel.core.executor.current());
                if exchange.response.borrow().is_none() {
                    exchange.drive_upload(context);
                }
                exchange.take_answer().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
            }
        }
    }
}

/// Leaves the body out and says how long it would be.
pub(crate) fn withhold_body(response: &mut Response<Body>) {
    let length = response.body().size_hint().exact();
    if let Some(length) = length.filter(|length| *length > 0) {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert_with(|| HeaderValue::from(length));
    }
    response.body_mut().withhold();
}

/// Whether a GET would get a body of unknown length.
fn comes_in_chunks(response: &Response<Body>) -> bool {
    response.body().size_hint().exact().is_none()
        && !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Self::Awaited(exchange) = self {
            // An answer that was taken ends the exchange with its body, one that has its way when it is sent.
            if !exchange.answered.get() && exchange.reply.borrow().is_none() {
                exchange.abandon();
            }
        }
    }
}

//! A request and its answer on a session.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use bytes::{Buf as _, Bytes};
use h3::client::RequestStream;
use h3::error::StreamError;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};

use super::session::Session;
use crate::quic::{Receiver, Sender};
use crate::server::{Chunk, Core, event, int};

/// Above this many queued bytes the producer of a request's body is asked to wait.
const HIGH_WATER: usize = 256 * 1024;
/// So much of an answer is read ahead of its reader.
const GATHER: usize = 256 * 1024;

/// What is known of a request's body when it begins.
#[derive(Debug, Clone)]
pub enum Upload {
    /// There is none.
    None,
    /// All of it.
    Whole(Bytes),
    /// It comes piece by piece.
    Stream,
}

/// Why a call fails before its answer; numbers as JavaScript knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// No connection came about.
    Handshake = 1,
    /// The connection is gone; the request may be tried on another.
    Lost = 2,
    /// The server broke the stream off.
    Reset = 3,
    /// The head is larger than the server takes, or than we do.
    TooLarge = 4,
}

impl From<StreamError> for Failure {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::ConnectionError(_) | StreamError::RemoteClosing => Self::Lost,
            StreamError::HeaderTooBig { .. } => Self::TooLarge,
            // What a stopping server has not begun with.
            StreamError::RemoteTerminate { code } if code == h3::error::Code::H3_REQUEST_REJECTED => Self::Lost,
            _ => Self::Reset,
        }
    }
}

#[derive(Debug, Default)]
struct Outgoing {
    queue: VecDeque<Bytes>,
    queued: usize,
    ended: bool,
    full: bool,
    /// Nobody wants more.
    stopped: bool,
}

impl Outgoing {
    /// Takes nothing more; gives whether the producer waits for room.
    fn stop(&mut self) -> bool {
        self.stopped = true;
        self.queue.clear();
        std::mem::take(&mut self.full)
    }
}

#[derive(Debug, Default)]
struct Answer {
    gathered: Vec<u8>,
    demanded: bool,
    /// JavaScript was told of bytes that it has not taken yet.
    offered: bool,
    end: End,
    /// JavaScript knows of the end.
    told: bool,
}

/// How far the body of an answer is; numbers as JavaScript knows them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum End {
    #[default]
    Open = 0,
    Whole = 1,
    Broken = 2,
}

/// One request and its answer.
pub(super) struct Call {
    core: Rc<Core>,
    slot: usize,
    pub(super) seq: i32,
    task: Cell<usize>,
    outgoing: RefCell<Outgoing>,
    answer: RefCell<Answer>,
}

impl Call {
    pub(super) fn new(core: Rc<Core>, slot: usize, seq: i32, upload: Upload) -> Rc<Self> {
        let mut outgoing = Outgoing { ended: true, ..Outgoing::default() };
        match upload {
            Upload::None => {}
            Upload::Whole(bytes) => outgoing.queue.push_back(bytes),
            Upload::Stream => outgoing.ended = false,
        }
        outgoing.queued = outgoing.queue.iter().map(Bytes::len).sum();
        Rc::new(Self {
            core,
            slot,
            seq,
            task: Cell::new(usize::MAX),
            outgoing: RefCell::new(outgoing),
            // What comes with the head is told with it.
            answer: RefCell::new(Answer { demanded: true, ..Answer::default() }),
        })
    }

    pub(super) fn spawn(self: &Rc<Self>, session: Rc<Session>, request: Request<()>) {
        session.calls.set(session.calls.get() + 1);
        let counted = Counted(session);
        let call = Rc::clone(self);
        self.task.set(self.core.executor.spawn_future(async move {
            let ended = call.run(&counted.0, request).await;
            drop(counted);
            if let Err(failure) = ended {
                call.event(event::FETCH_FAILED, failure as i32, 0);
                call.forget();
            }
        }));
    }

    pub(super) fn write(&self, bytes: Bytes) -> Chunk {
        let mut outgoing = self.outgoing.borrow_mut();
        if outgoing.stopped {
            return Chunk::Gone;
        }
        if !bytes.is_empty() {
            outgoing.queued += bytes.len();
            outgoing.queue.push_back(bytes);
        }
        outgoing.full = outgoing.queued >= HIGH_WATER;
        self.wake();
        if outgoing.full { Chunk::Full } else { Chunk::Room }
    }

    pub(super) fn end(&self) {
        self.outgoing.borrow_mut().ended = true;
        self.wake();
    }

    pub(super) fn demand(&self) {
        self.answer.borrow_mut().demanded = true;
        self.tell();
    }

    /// Moves what was gathered to the start of `into`; gives its length. The end of the answer ends the call.
    pub(super) fn take(&self, into: &mut [u8]) -> usize {
        let mut answer = self.answer.borrow_mut();
        let length = answer.gathered.len().min(into.len());
        into[..length].copy_from_slice(&answer.gathered[..length]);
        answer.gathered.drain(..length);
        answer.offered = false;
        let over = answer.told && answer.gathered.is_empty();
        drop(answer);
        if over {
            self.forget();
        } else {
            self.tell();
            self.wake(); // there is room again
        }
        length
    }

    pub(super) fn cancel(&self) {
        self.forget();
        self.core.executor.cancel(self.task.get());
    }

    fn forget(&self) {
        let mut calls = self.core.client.calls.borrow_mut();
        if calls.get(self.slot).is_some_and(|call| call.seq == self.seq) {
            let gone = calls.remove(self.slot);
            drop(calls);
            drop(gone);
        }
    }

    fn wake(&self) {
        self.core.executor.wake(self.task.get());
    }

    fn event(&self, code: i32, first: i32, second: i32) {
        self.core.inbound.borrow_mut().event(int(self.slot), self.seq, code, first, second, 0);
    }

    /// Tells of bytes, or of the end, if somebody waits for them.
    fn tell(&self) {
        let mut answer = self.answer.borrow_mut();
        if !answer.demanded || answer.offered || (answer.gathered.is_empty() && answer.end == End::Open) {
            return;
        }
        answer.demanded = false;
        answer.offered = true;
        answer.told = answer.end != End::Open;
        let (length, end) = (int(answer.gathered.len()), answer.end as i32);
        drop(answer);
        self.event(event::FETCH_BODY, length, end);
    }

    async fn run(&self, session: &Session, request: Request<()>) -> Result<(), Failure> {
        let mut requests = session.ready().await?;
        let stream = requests.send_request(request).await?;
        let (sender, receiver) = stream.split();
        let mut upload = pin!(self.upload(sender));
        let mut download = pin!(self.download(receiver));
        let mut sent = false;
        poll_fn(|context| {
            if !sent && upload.as_mut().poll(context).is_ready() {
                sent = true;
            }
            download.as_mut().poll(context)
        })
        .await
    }

    /// Sends the body as it comes. A server that wants no more of it may answer all the same.
    async fn upload(&self, mut sender: RequestStream<Sender, Bytes>) {
        loop {
            let chunk = poll_fn(|_| {
                let mut outgoing = self.outgoing.borrow_mut();
                match outgoing.queue.pop_front() {
                    Some(chunk) => {
                        outgoing.queued -= chunk.len();
                        if outgoing.full && outgoing.queued < HIGH_WATER / 2 {
                            outgoing.full = false;
                            self.event(event::FETCH_DRAIN, 0, 0);
                        }
                        Poll::Ready(Some(chunk))
                    }
                    None if outgoing.ended => Poll::Ready(None),
                    None => Poll::Pending,
                }
            });
            let sent = match chunk.await {
                Some(chunk) => sender.send_data(chunk).await,
                None => break,
            };
            if sent.is_err() {
                break;
            }
        }
        if self.outgoing.borrow_mut().stop() {
            self.event(event::FETCH_DRAIN, 0, 0);
        }
        // A stream that the server has stopped cannot be finished; letting go of it says so.
        let _ = sender.finish().await;
    }

    async fn download(&self, mut receiver: RequestStream<Receiver, Bytes>) -> Result<(), Failure> {
        let response = loop {
            let response = receiver.recv_response().await?;
            if !response.status().is_informational() {
                break response;
            }
        };
        self.tell_head(&response);
        loop {
            let data = poll_fn(|context| {
                if self.answer.borrow().gathered.len() >= GATHER {
                    return Poll::Pending; // its reader sets the pace
                }
                receiver
                    .poll_recv_data(context)
                    .map_ok(|data| data.map(|mut data| data.copy_to_bytes(data.remaining())))
            });
            let end = match data.await {
                Ok(Some(data)) => {
                    self.answer.borrow_mut().gathered.extend_from_slice(&data);
                    self.tell();
                    continue;
                }
                Ok(None) => End::Whole,
                Err(_) => End::Broken,
            };
            self.answer.borrow_mut().end = end;
            self.tell();
            return Ok(());
        }
    }

    fn tell_head(&self, response: &Response<()>) {
        let mut inbound = self.core.inbound.borrow_mut();
        let start = int(inbound.text.len());
        for (name, value) in response.headers() {
            inbound.text.extend_from_slice(name.as_str().as_bytes());
            inbound.text.push(b':');
            inbound.text.extend_from_slice(value.as_bytes());
            inbound.text.push(b'\n');
        }
        let end = int(inbound.text.len());
        let status = i32::from(response.status().as_u16());
        inbound.records.extend_from_slice(&[int(self.slot), self.seq, event::FETCH_HEAD, start, end, status, 0, 0]);
    }
}

struct Counted(Rc<Session>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.call_ended();
    }
}

/// Reads `METHOD\nURL\nname:value\n…`. The face has checked names and values.
pub(super) fn request(head: &[u8]) -> Option<Request<()>> {
    let mut lines = head.split(|byte| *byte == b'\n');
    let method = Method::from_bytes(lines.next()?).ok()?;
    let uri = Uri::try_from(lines.next()?).ok()?;
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.version_mut() = http::Version::HTTP_3;
    for line in lines.filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = HeaderValue::from_bytes(&line[colon + 1..]).ok()?;
        request.headers_mut().append(name, value);
    }
    Some(request)
}

//! What the engine knows of a connection: its socket, what it is ready for, and what is gathered for it.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::rc::{Rc, Weak};
use std::task::{Poll, ready};

use super::channel::Channel;
use super::engine::{Core, Counts};
use super::exchange::Exchange;
use super::file::Outgoing;
use super::instance::Server;
use super::memo;
use super::scanner::Scanner;
use super::sendfile;
use super::socket::Stream;
use super::watch::{Interest, Ready};
use super::websocket::Socket;

/// Seconds in which a head, or a TLS handshake, has to arrive.
const HEAD_TICKS: u32 = 60;
/// Seconds without a byte after which a connection between requests gives its memory back.
const REST_TICKS: u32 = 2;
/// Written bytes are gathered up to this size; what is larger goes to the socket at once.
const GATHER: usize = 16 * 1024;
/// A connection that has sent so much in a turn lets the others have theirs.
const SHARE: u32 = 4 * 1024 * 1024;

/// The end of a head.
const HEAD_END: &[u8] = b"\r\n\r\n";
/// What hyper leaves out of the answer to a HEAD (RFC 9112 section 6.1 allows it), and the end of the head.
const CHUNKED: &[u8] = b"\r\ntransfer-encoding: chunked\r\n\r\n";

/// One connection over TCP or a unix socket, shared by its task, its exchanges and the loop.
pub(crate) struct Link {
    pub(crate) channel: Rc<Channel>,
    /// What the socket is to be watched for.
    interest: Cell<Interest>,
    /// What the host watches it for.
    watched: Cell<Interest>,
    /// It is to be told of the difference at the end of the turn.
    differs: Cell<bool>,
    /// The host does not watch the socket any more; its token may be another's.
    unwatched: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    /// The peer has sent its last byte, so that a short read does not mean "drained".
    read_closed: Cell<bool>,
    pub(super) stream: RefCell<Stream>,
    /// Bytes on their way out that wait for the end of the turn or for the socket.
    gathered: RefCell<Vec<u8>>,
    /// The socket has not taken all that was to be sent.
    stuck: Cell<bool>,
    /// The file whose bytes hyper's stand-ins are for.
    file: Cell<Option<Rc<Outgoing>>>,
    /// Bytes that went to the socket in a turn, by the turn's number.
    sent: Cell<(u32, u32)>,
    /// The socket refused a write for good.
    pub(super) broken: Cell<bool>,
    /// The peer's end was read.
    pub(super) ended: Cell<bool>,
    /// The request whose body comes, if its length is known.
    uploading: Cell<Weak<Exchange>>,
    /// The request under way that hyper knows nothing of, or does not know yet.
    pub(super) direct: RefCell<Option<Rc<Exchange>>>,
    /// What the connection was upgraded to.
    websocket: Cell<Option<Rc<Socket>>>,
    /// There is one.
    upgraded: Cell<bool>,
    /// JavaScript wants no messages for now.
    paused: Cell<bool>,
    /// The last tick of a connection that is over, whatever still comes.
    last_tick: Cell<Option<u32>>,
    /// The tick at which a head began that has not ended.
    head_since: Cell<Option<u32>>,
    /// HTTP/1 has read whole requests only.
    pub(super) between: Cell<bool>,
    /// The last request had no body, so that hyper has nothing of one that nobody has read.
    pub(super) bodiless: Cell<bool>,
    /// hyper has written all that it had.
    flushed: Cell<bool>,
    /// The connection is to give its memory back.
    pub(super) resting: Cell<bool>,
    /// hyper has no room for the lines of the head that it reads.
    pub(super) cramped: Cell<bool>,
    /// The head that hyper writes next is to say that the body comes in chunks.
    chunked: Cell<bool>,
    /// hyper's memory was given back after the first request.
    pub(super) rested: Cell<bool>,
    /// Our side is shut down.
    pub(super) shut: Cell<bool>,
    /// What was read and thrown away since.
    pub(super) discarded: Cell<u32>,
}

/// A head that was read alone, which the scratch has until the next read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// The connection's.
    token: usize,
    length: usize,
    /// The number of its read.
    read: u64,
    /// What hyper writes next on the connection is always the answer to the head, with so many bytes of a body.
    always: Option<usize>,
}

/// What HTTP knows of the connection.
impl Deref for Link {
    type Target = Channel;

    fn deref(&self) -> &Channel {
        &self.channel
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.channel.fmt(formatter)
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
        Self {
            channel: Rc::new(Channel::new(core, server, token, peer)),
            interest: Cell::new(Interest::PEER),
            watched: Cell::new(Interest::PEER),
            differs: Cell::new(false),
            unwatched: Cell::new(false),
            readable: Cell::new(true),
            writable: Cell::new(true),
            read_closed: Cell::new(false),
            stream: RefCell::new(stream),
            gathered: RefCell::default(),
            stuck: Cell::new(false),
            file: Cell::default(),
            sent: Cell::new((0, 0)),
            broken: Cell::new(false),
            ended: Cell::new(false),
            uploading: Cell::default(),
            direct: RefCell::default(),
            websocket: Cell::default(),
            upgraded: Cell::new(false),
            paused: Cell::new(false),
            last_tick: Cell::new(None),
            head_since: Cell::new(None),
            between: Cell::new(false),
            bodiless: Cell::new(false),
            flushed: Cell::new(true),
            resting: Cell::new(false),
            cramped: Cell::new(false),
            chunked: Cell::new(false),
            rested: Cell::new(false),
            shut: Cell::new(false),
            discarded: Cell::new(0),
        }
    }

    /// Takes in what the socket is ready for. The host tells again as long as it holds, so what is told twice is not
    /// wanted now: it is watched for again when a read or a write has found nothing.
    pub(crate) fn on_event(self: &Rc<Self>, ready: Ready) {
        let mut interest = if ready.broken { Interest::NONE } else { self.interest.get() };
        let ended = ready.hangup || ready.broken;
        if ended {
            interest.hangup = false;
            if !self.read_closed.replace(true) {
                self.core.hanging.borrow_mut().push(Rc::clone(self));
            }
        }
        if (ready.read || ended) && self.readable.replace(true) {
            interest.read = false;
        }
        if (ready.write || ready.broken) && self.writable.replace(true) {
            interest.write = false;
        }
        if ready.broken {
            self.interest.set(interest);
            self.watched.set(interest);
        } else {
            self.watch_for(interest);
        }
        self.core.executor.wake(self.task.get());
    }

    /// The connection has ended; an exchange may still know the link.
    pub(super) fn unwatch(&self) {
        self.unwatched.set(true);
    }

    /// The host hears of it at the end of the turn: most connections that end in a turn have news just before.
    fn watch_for(&self, interest: Interest) {
        self.interest.set(interest);
        if !self.unwatched.get() && self.watched.get() != interest && !self.differs.replace(true) {
            self.core.differing.borrow_mut().push(self.token);
        }
    }

    /// Tells the host what the socket is to be watched for.
    pub(super) fn watch(&self) {
        self.differs.set(false);
        let interest = self.interest.get();
        if !self.unwatched.get() && self.watched.replace(interest) != interest {
            Counts::add(&self.core.counts.watches);
            self.core.watcher.change(self.token, interest);
        }
    }

    /// There is nothing to read: to be told when there is.
    fn await_input(&self) {
        self.readable.set(false);
        self.watch_for(Interest { read: true, ..self.interest.get() });
    }

    /// The socket takes no more: to be told when it does.
    fn await_room(&self) {
        self.writable.set(false);
        self.watch_for(Interest { write: true, ..self.interest.get() });
    }

    pub(crate) fn timed_out(&self, tick: u32) -> bool {
        let idle = self.idle(tick);
        let slow = self.head_since.get().is_some_and(|since| tick.wrapping_sub(since) > HEAD_TICKS);
        let over = self.last_tick.get().is_some_and(|last| tick.wrapping_sub(last).cast_signed() > 0);
        slow || over || (self.is_late(idle) && !self.paused.get())
    }

    /// Gives a connection that is over so many ticks at most, which single bytes do not prolong.
    pub(super) fn end_within(&self, ticks: u32) {
        let tick = self.core.tick.get();
        let left = self.last_tick.get().map_or(ticks, |last| last.wrapping_sub(tick).min(ticks));
        self.last_tick.set(Some(tick.wrapping_add(left)));
    }

    /// The WebSocket whose peer is to be asked whether it is still there. Asking can end the connection.
    pub(crate) fn silent(&self, tick: u32) -> Option<Rc<Socket>> {
        self.websocket().filter(|socket| socket.is_silent(self.idle(tick)))
    }

    /// Notes whether a head is under way: it has a time of its own, which single bytes do not prolong.
    pub(super) fn note_head(&self, under_way: bool) {
        let since = under_way.then(|| self.head_since.get().unwrap_or(self.core.tick.get()));
        self.head_since.set(since);
    }

    /// Notes where in a request the bytes of the peer stand.
    pub(super) fn note_scan(&self, scanner: &Scanner) {
        self.note_head(scanner.is_in_head());
        self.note_malformed(scanner.malformed());
        self.between.set(scanner.is_between_requests());
    }

    /// Asks for the memory of a connection that waits for its next request, once. It gets it back with the request.
    pub(crate) fn rest(&self, tick: u32) {
        if self.is_between_requests() && self.idle(tick) >= REST_TICKS {
            self.resting.set(true);
            self.core.executor.wake(self.task.get());
        }
    }

    /// Whether nothing is under way, nor on its way out.
    pub(crate) fn is_idle(&self) -> bool {
        !self.owes_answer() && !self.upgraded.get() && self.writable.get() && self.gathered() == 0 && !self.has_file()
    }

    /// Whether a request is under way that hyper knows nothing of, or does not know yet.
    pub(super) fn has_direct(&self) -> bool {
        self.direct.borrow().is_some()
    }

    /// Whether hyper, if there is one, has nothing under way, and what was answered has gone out or will.
    pub(super) fn can_take_directly(&self) -> bool {
        !self.owes_answer() && !self.broken.get() && !self.stuck.get() && self.gathered() < GATHER
    }

    /// Whether the peer has sent more than was read.
    pub(super) fn has_more(&self) -> bool {
        self.readable.get() || self.broken.get()
    }

    /// Whether nothing can be written for now.
    pub(super) fn is_stuck(&self) -> bool {
        self.stuck.get()
    }

    /// Makes the connection a WebSocket once the answer of its exchange is written.
    pub(crate) fn upgrade(&self, socket: Rc<Socket>) {
        self.websocket.set(Some(socket));
        self.upgraded.set(true);
    }

    pub(crate) fn websocket(&self) -> Option<Rc<Socket>> {
        look(&self.websocket)
    }

    /// The connection has ended.
    pub(super) fn take_websocket(&self) -> Option<Rc<Socket>> {
        self.upgraded.set(false);
        self.websocket.take()
    }

    /// Stops or goes on reading.
    pub(crate) fn pause(&self, paused: bool) {
        self.paused.set(paused);
        self.note_activity();
        self.core.executor.wake(self.task.get());
    }
}

impl Link {
    /// Reads what there is: no system call is made before the loop has said that there is something, and a read that
    /// does not fill its buffer has drained the socket.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        if !self.readable.get() {
            return Poll::Pending;
        }
        loop {
            let mut stream = self.stream.borrow_mut();
            Counts::add(&self.core.counts.reads);
            match stream.read(buffer) {
                Ok(length) => {
                    if length < buffer.len() && !self.read_closed.get() && stream.is_drained() {
                        self.await_input();
                    }
                    self.note_activity();
                    return Poll::Ready(Ok(length));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.await_input();
                    return Poll::Pending;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// What is read next is of this request's body, after what has been read of it.
    pub(super) fn uploads(&self, exchange: &Rc<Exchange>) {
        self.uploading.set(Rc::downgrade(exchange));
    }

    /// Reads some of a body, of which so many bytes have not come, to where it stays; `seen` gets them. `None`: nothing is
    /// read, as that place is not known.
    pub(super) fn read_body(
        &self,
        left: u64,
        room: usize,
        seen: impl FnOnce(&[u8]),
    ) -> Option<Poll<io::Result<usize>>> {
        let uploading = self.uploading.take();
        let exchange = uploading.upgrade();
        self.uploading.set(uploading);
        let exchange = exchange?;
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(room);
        exchange.read_ahead(left, most, |place| self.read(place), seen)
    }

    fn write(&self, mut write: impl FnMut(&mut Stream) -> io::Result<usize>) -> Poll<io::Result<usize>> {
        if !self.writable.get() {
            return Poll::Pending;
        }
        loop {
            Counts::add(&self.core.counts.writes);
            match write(&mut self.stream.borrow_mut()) {
                Ok(length) => {
                    // A WebSocket's peer has to show that it is alive; sending to it shows nothing.
                    if !self.upgraded.get() {
                        self.note_activity();
                    }
                    return Poll::Ready(Ok(length));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.await_room();
                    return Poll::Pending;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// As [`Self::write`], of so many bytes: what is taken in part has filled the socket, which need not be asked again.
    fn write_some(
        &self,
        wanted: usize,
        write: impl FnMut(&mut Stream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let written = self.write(write);
        if let Poll::Ready(Ok(length)) = written
            && length < wanted
            && !self.is_encrypted()
        {
            self.await_room();
        }
        written
    }

    /// Whether files can go to the socket without passing through memory of ours.
    pub(super) fn sends_files(&self) -> bool {
        sendfile::AVAILABLE && !self.is_multiplexed() && !self.is_encrypted()
    }

    /// Whether a file is on its way.
    pub(super) fn has_file(&self) -> bool {
        look(&self.file).is_some()
    }

    /// Whether this file is the one that is being sent.
    pub(super) fn is_sending(&self, file: &Rc<Outgoing>) -> bool {
        look(&self.file).is_some_and(|sent| Rc::ptr_eq(&sent, file))
    }

    /// From now on hyper's stand-ins are for bytes of this file. It writes one answer after the other, so that there is
    /// one file at a time.
    pub(super) fn send_file(&self, file: &Rc<Outgoing>) {
        if !self.is_sending(file) {
            self.file.set(Some(Rc::clone(file)));
        }
    }

    /// hyper has nothing left to write.
    pub(super) fn flushed(&self) {
        self.file.take();
        self.flushed.set(true);
    }

    /// Whether hyper has written all that it had.
    pub(super) fn is_flushed(&self) -> bool {
        self.flushed.get()
    }

    /// Whether hyper has neither a request nor an answer under way.
    pub(super) fn is_between_requests(&self) -> bool {
        self.between.get() && self.bodiless.get() && self.flushed.get() && !self.owes_answer() && !self.upgraded.get()
    }

    /// What the connection has sent in this turn, and the turn's number.
    fn sent(&self) -> (u32, u32) {
        #[expect(clippy::cast_possible_truncation, reason = "the next turns are told apart by their last bits, too")]
        let turn = self.core.counts.turns.get() as u32;
        let (last, sent) = self.sent.get();
        (turn, if last == turn { sent } else { 0 })
    }

    fn count_sent(&self, length: usize) {
        let (turn, sent) = self.sent();
        self.sent.set((turn, sent.saturating_add(u32::try_from(length).unwrap_or(u32::MAX))));
    }

    /// Whether the connection has to wait: for room, or as it has had its share of the turn; it is woken for the next one
    /// then.
    fn has_to_wait(&self) -> bool {
        if !self.writable.get() {
            return true;
        }
        let (_, sent) = self.sent();
        if sent > SHARE {
            self.core.executor.wake(self.task.get());
            return true;
        }
        false
    }

    /// Sends what the socket did not take before; what was gathered since waits for the end of the turn with it. If it
    /// is not taken now, the socket's next event brings us back.
    pub(super) fn send_what_is_stuck(&self) {
        if self.stuck.get() {
            let _ = self.send();
        }
    }

    /// Sends what was gathered.
    pub(crate) fn send(&self) -> Poll<io::Result<()>> {
        let mut gathered = self.gathered.borrow_mut();
        let mut sent = 0;
        let result = loop {
            if sent == gathered.len() {
                break self.flush();
            }
            let written = self.write_some(gathered.len() - sent, |stream| stream.write(&gathered[sent..]));
            // What takes nothing and does not say why would be asked for ever.
            let written = written.map(|written| match written {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                other => other,
            });
            match written {
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
        if sent == gathered.len() {
            gathered.clear();
            self.core.buffers.borrow_mut().take_back(std::mem::take(&mut *gathered));
        } else {
            gathered.drain(..sent);
        }
        self.stuck.set(result.is_pending());
        result
    }

    /// Sends what was gathered, and that nothing follows.
    pub(super) fn shutdown(&self) -> Poll<io::Result<()>> {
        ready!(self.send())?;
        match self.stream.borrow_mut().shutdown_write() {
            Err(error) if error.kind() != io::ErrorKind::NotConnected => Poll::Ready(Err(error)),
            _ => Poll::Ready(Ok(())),
        }
    }

    /// Sends what TLS has made of earlier bytes and the socket has not taken.
    fn flush(&self) -> Poll<io::Result<()>> {
        if !self.is_encrypted() {
            return Poll::Ready(Ok(()));
        }
        self.write(|stream| stream.flush().map(|()| 0)).map_ok(|_| ())
    }

    /// Goes on with the TLS handshake, if there is one.
    pub(super) fn handshake(&self) -> Poll<io::Result<()>> {
        while self.stream.borrow().is_handshaking() {
            self.note_head(true);
            if ready!(self.read(&mut []))? == 0 && self.stream.borrow().is_handshaking() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.stream.borrow().is_encrypted()
    }

    /// The protocol that TLS has agreed on.
    pub(super) fn agreed_on(&self, protocol: &[u8]) -> bool {
        self.stream.borrow().protocol() == Some(protocol)
    }

    pub(crate) fn read_unless_paused(&self, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        if self.paused.get() { Poll::Pending } else { self.read(buffer) }
    }

    /// Bytes that wait for the end of the turn or for the socket.
    pub(crate) fn gathered(&self) -> usize {
        self.gathered.borrow().len()
    }

    pub(crate) fn queue(self: &Rc<Self>, bytes: &[u8]) {
        self.queue_with(bytes.len(), |gathered| gathered.extend_from_slice(bytes));
    }

    /// Adds bytes, about so many, to what leaves at the end of the turn.
    pub(crate) fn queue_with<R>(self: &Rc<Self>, expected: usize, write: impl FnOnce(&mut Vec<u8>) -> R) -> R {
        let mut gathered = self.gathered.borrow_mut();
        if gathered.is_empty() {
            self.core.unsent.borrow_mut().push(Rc::clone(self));
            *gathered = self.core.buffers.borrow_mut().lend(expected);
        }
        write(&mut gathered)
    }

    /// Adds a head of about so many bytes and its body; together they go to the socket at once if they are large.
    pub(super) fn queue_with_body(self: &Rc<Self>, expected: usize, body: &[u8], head: impl FnOnce(&mut Vec<u8>)) {
        if self.gathered() + expected + body.len() <= GATHER || self.is_encrypted() || self.stuck.get() {
            return self.queue_with(expected + body.len(), |gathered| {
                head(gathered);
                gathered.extend_from_slice(body);
            });
        }
        let mut gathered = self.gathered.borrow_mut();
        if gathered.is_empty() {
            *gathered = self.core.buffers.borrow_mut().lend(expected);
        }
        head(&mut gathered);
        let parts = [io::IoSlice::new(&gathered), io::IoSlice::new(body)];
        let total = gathered.len() + body.len();
        let written = self.write_some(total, |stream| stream.write_vectored(&parts));
        match written {
            Poll::Ready(Ok(length)) if length == total => {
                gathered.clear();
                self.core.buffers.borrow_mut().take_back(std::mem::take(&mut *gathered));
            }
            Poll::Ready(Err(_)) => {
                gathered.clear();
                self.broken.set(true);
            }
            written => {
                let length = if let Poll::Ready(Ok(length)) = written { length } else { 0 };
                let of_body = length.saturating_sub(gathered.len());
                gathered.drain(..length.min(total - body.len()));
                gathered.extend_from_slice(&body[of_body..]);
                self.stuck.set(true); // the socket's next event brings us back
            }
        }
    }

    /// Sends bytes of the file after `head`, and says how much of both is on its way.
    fn gather_file(&self, head: &[io::IoSlice<'_>], length: usize) -> Poll<io::Result<usize>> {
        let mut taken = 0;
        {
            let mut gathered = self.gathered.borrow_mut();
            if gathered.is_empty() {
                *gathered = self.core.buffers.borrow_mut().lend(head.iter().map(|slice| slice.len()).sum());
            }
            for slice in head {
                gathered.extend_from_slice(slice);
                taken += slice.len();
            }
        }
        // The head goes ahead: its reader is awake when the bytes come.
        let sent = match self.send() {
            Poll::Ready(Ok(())) => match look(&self.file) {
                Some(file) => {
                    Counts::add(&self.core.counts.files);
                    let sent = self.write_some(length, |stream| stream.send_file(&file.file, length));
                    sent.map_ok(|sent| {
                        file.sent(sent);
                        self.count_sent(sent);
                        sent
                    })
                }
                None => Poll::Ready(Err(io::ErrorKind::NotFound.into())),
            },
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        };
        match sent {
            // The file was cut meanwhile: its length was promised.
            Poll::Ready(Ok(0)) => Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
            Poll::Ready(Ok(sent)) => Poll::Ready(Ok(taken + sent)),
            Poll::Pending if taken > 0 => Poll::Ready(Ok(taken)),
            other => other,
        }
    }

    /// Lets the answer to a HEAD, which hyper writes next, say that a GET would get chunks. hyper asks for an answer when
    /// it can write its head, when nothing of a body waits: what it still has of earlier ones are heads, before this one.
    pub(super) fn announce_chunks(&self) {
        self.chunked.set(true);
    }

    /// Writes a head that nothing follows, and what it is to say of chunks.
    fn gather_chunked(self: &Rc<Self>, slices: &[io::IoSlice<'_>]) -> usize {
        let length = slices.iter().map(|slice| slice.len()).sum();
        self.queue_with(length, |gathered| {
            for slice in slices {
                gathered.extend_from_slice(slice);
            }
            if gathered.ends_with(HEAD_END) {
                gathered.truncate(gathered.len() - HEAD_END.len());
                gathered.extend_from_slice(CHUNKED);
            }
        });
        length
    }

    /// Answers the requests at the start of an input that are known by their bytes; gives how long they are, and how many.
    pub(super) fn answer_known(self: &Rc<Self>, input: &[u8]) -> (usize, u32) {
        let (mut length, mut count) = (0, 0);
        if !self.is_between_requests() || self.closing.get() || self.broken.get() {
            return (length, count);
        }
        let mut memo = self.server.memo();
        while self.gathered() < GATHER
            && let Some(head) = memo::head_length(&input[length..])
            && let Some(answer) = memo.answer(&input[length..length + head])
        {
            self.queue(answer);
            Counts::add(&self.core.counts.requests);
            length += head;
            count += 1;
        }
        self.requests.set(self.requests.get().wrapping_add(count));
        (length, count)
    }

    /// Notes that the scratch has one head and no more, or not.
    pub(super) fn note_asked(&self, input: Option<&[u8]>) {
        let head = input.filter(|input| memo::head_length(input) == Some(input.len()));
        let (token, read) = (self.token, self.core.counts.reads.get());
        self.core.asked.set(head.map(|head| Asked { token, length: head.len(), read, always: None }));
    }

    /// What was asked here last, unless another connection was read since.
    fn asked(&self) -> Option<Asked> {
        self.core.asked.get().filter(|asked| asked.token == self.token)
    }

    /// The request under way gets this answer whenever it comes.
    pub(super) fn answers_always(&self, body: Option<usize>) {
        if let Some(asked) = self.asked() {
            self.core.asked.set(Some(Asked { always: body, ..asked }));
        }
    }

    fn learn(&self, answer: &[io::IoSlice<'_>]) {
        if let Some(Asked { length, read, always: Some(body), .. }) = self.asked() {
            self.core.asked.set(None);
            if read == self.core.counts.reads.get() {
                self.server.memo().learn(&self.core.scratch.borrow()[..length], answer, body);
            }
        }
    }

    /// Keeps small writes for the end of the turn, so that the answers to pipelined requests leave in one send.
    pub(super) fn gather(self: &Rc<Self>, slices: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if self.broken.get() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        self.flushed.set(false);
        if self.chunked.replace(false) {
            return Poll::Ready(Ok(self.gather_chunked(slices)));
        }
        self.learn(slices);
        let file = look(&self.file);
        let stand_in = file.and_then(|_| {
            let nowhere = self.core.nowhere();
            slices.iter().position(|slice| nowhere.holds(slice))
        });
        if let Some(at) = stand_in {
            if self.has_to_wait() {
                return Poll::Pending;
            }
            return self.gather_file(&slices[..at], slices[at].len());
        }
        let length: usize = slices.iter().map(|slice| slice.len()).sum();
        if self.gathered() + length <= GATHER {
            self.queue_with(length, |gathered| slices.iter().for_each(|slice| gathered.extend_from_slice(slice)));
            return Poll::Ready(Ok(length));
        }
        if self.has_to_wait() {
            return Poll::Pending;
        }
        match self.send() {
            Poll::Ready(Ok(())) => self.write_some(length, |stream| stream.write_vectored(slices)).map_ok(|sent| {
                self.count_sent(sent);
                sent
            }),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// What is in a cell, which keeps it.
fn look<T: Clone>(cell: &Cell<Option<T>>) -> Option<T> {
    let found = cell.take();
    cell.set(found.clone());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::connection::Connection;

    /// 10,000 idle connections are to take no more than Bun's: what only few need has no place in these.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn an_idle_connection_is_small() {
        assert!(size_of::<Link>() <= 160, "{}", size_of::<Link>());
        assert!(size_of::<Channel>() <= 72, "{}", size_of::<Channel>());
        assert!(size_of::<Connection>() <= 24, "{}", size_of::<Connection>());
    }
}

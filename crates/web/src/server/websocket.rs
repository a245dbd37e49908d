//! A connection after its upgrade: frames to and from the socket, messages to and from JavaScript.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Poll;

use super::inbound::{event, int};
use super::link::Link;
use crate::websocket::{
    Decoder, DeflateOptions, Deflater, Inflater, Message, Opcode, write_close, write_compressed, write_frame,
    write_frame_with,
};

/// Gathered bytes above this are handed to the socket at once.
const SEND_AT_ONCE: usize = 64 * 1024;
/// Bytes of UTF-8 that a unit of UTF-16 takes at most.
const LARGEST_UNIT: usize = 3;
/// Reads of one connection before the others have their turn: not all that comes makes a message.
const READS: usize = 3;
/// What [`Socket::send_with`] is to give for a ping, whose message is empty.
const PING_SENT: usize = 1;
/// Seconds before the idle timeout at which a ping asks whether the peer is still there.
const PING_MARGIN: u32 = 8;

/// How a server treats its web sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketOptions {
    /// The largest message, in bytes; a larger one ends the connection with 1009.
    pub max_payload: usize,
    /// The most bytes that wait to be sent; what goes over it is dropped. 0 is no limit.
    pub backpressure_limit: usize,
    /// Whether the connection ends instead.
    pub close_on_limit: bool,
    /// Seconds without a byte of the peer after which the connection ends; 0 is never.
    pub idle_timeout: u32,
    /// Whether pings keep idle peers alive.
    pub send_pings: bool,
    /// How messages are compressed.
    pub deflate: Option<DeflateOptions>,
}

/// A WebSocket that JavaScript knows by id and sequence number.
pub(crate) struct Socket {
    id: usize,
    pub(crate) seq: i32,
    link: Rc<Link>,
    options: Rc<SocketOptions>,
    /// What has come of a message that is not whole.
    decoder: Cell<Option<Box<Decoder>>>,
    inflater: Option<Rc<RefCell<Inflater>>>,
    deflater: Option<Rc<RefCell<Deflater>>>,
    /// What most have not: most of them are idle most of the time.
    rare: RefCell<Option<Box<Rare>>>,
    open: Cell<bool>,
    closed: Cell<bool>,
    /// A sender was told that it is too fast.
    full: Cell<bool>,
    pinged: Cell<bool>,
}

#[derive(Default)]
struct Rare {
    /// Frames that were sent before the answer to the upgrade.
    early: Vec<u8>,
    ending: Option<Ending>,
}

/// Why the peer, or what it did, ends the connection: the close frame for it and what JavaScript is told.
struct Ending {
    code: u16,
    reason: String,
    told: u16,
}

impl Socket {
    pub(crate) fn new(id: usize, seq: i32, link: Rc<Link>, options: SocketOptions) -> Self {
        let core = &link.core;
        let inflater = options.deflate.map(|deflate| {
            if deflate.keeps_received { Rc::new(RefCell::new(Inflater::new(true))) } else { core.shared_inflater() }
        });
        let deflater = options.deflate.filter(|deflate| deflate.compresses).map(|deflate| {
            if deflate.keeps_sent {
                Rc::new(RefCell::new(Deflater::new(true, deflate.window_bits)))
            } else {
                core.shared_deflater()
            }
        });
        Self {
            id,
            seq,
            options: core.shared_options(options),
            decoder: Cell::default(),
            inflater,
            deflater,
            link,
            rare: RefCell::default(),
            open: Cell::new(false),
            closed: Cell::new(false),
            full: Cell::new(false),
            pinged: Cell::new(false),
        }
    }

    /// The answer to the upgrade is written; `rest` is what the client has sent after its request.
    pub(crate) fn open(&self, rest: &mut [u8]) {
        self.open.set(true);
        self.link.set_timeout(self.options.idle_timeout);
        if let Some(rare) = self.rare.take() {
            self.link.queue(&rare.early);
        }
        self.deliver(rest);
    }

    /// Sends a message, compressed if that was agreed on: as [`Self::send`].
    pub(crate) fn send_compressed(&self, opcode: Opcode, payload: &[u8]) -> i32 {
        match &self.deflater {
            Some(deflater) if !payload.is_empty() && matches!(opcode, Opcode::Text | Opcode::Binary) => {
                let mut compressed = Vec::new();
                deflater.borrow_mut().compress(payload, &mut compressed);
                self.send_with(compressed.len(), |into| {
                    write_compressed(into, opcode, &compressed);
                    payload.len()
                })
            }
            _ => self.send(opcode, payload),
        }
    }

    /// Sends a message: its length; -1 when it has to wait; 0 when it was dropped.
    pub(crate) fn send(&self, opcode: Opcode, payload: &[u8]) -> i32 {
        self.send_with(payload.len(), |into| {
            write_frame(into, opcode, payload);
            payload.len()
        })
    }

    /// As [`Self::send_compressed`] with a flag for that, of a message of about so many bytes that `fill` appends.
    pub(crate) fn send_filled(
        &self,
        opcode: Opcode,
        compress: bool,
        expected: usize,
        fill: impl FnOnce(&mut Vec<u8>),
    ) -> i32 {
        let (limit, buffered) = (self.options.backpressure_limit, self.buffered());
        // What may have to be dropped has to be measured.
        let may_be_dropped = limit > 0 && buffered > 0 && buffered + expected * LARGEST_UNIT > limit;
        if may_be_dropped || (compress && self.compresses()) {
            let mut payload = Vec::new();
            fill(&mut payload);
            return if compress { self.send_compressed(opcode, &payload) } else { self.send(opcode, &payload) };
        }
        self.send_with(expected, |into| write_frame_with(into, opcode, expected, fill))
    }

    /// As [`Self::send`], of a message of this length that is a frame already.
    pub(crate) fn send_frame(&self, frame: &[u8], length: usize) -> i32 {
        self.send_with(frame.len(), |into| {
            into.extend_from_slice(frame);
            length
        })
    }

    /// Whether messages can be compressed for this peer.
    pub(crate) fn compresses(&self) -> bool {
        self.deflater.is_some()
    }

    /// Sends what `write` appends, about so many bytes; it gives the length of the message.
    fn send_with(&self, size: usize, write: impl FnOnce(&mut Vec<u8>) -> usize) -> i32 {
        if self.closed.get() {
            return 0;
        }
        let limit = self.options.backpressure_limit;
        if limit > 0 && self.buffered() > 0 && self.buffered() + size > limit {
            if self.options.close_on_limit {
                self.lost();
                self.link.core.executor.cancel(self.link.task.get());
            }
            return 0;
        }
        if !self.open.get() {
            return int(write(&mut self.rare.borrow_mut().get_or_insert_default().early));
        }
        let length = self.link.queue_with(size, write);
        if self.buffered() > SEND_AT_ONCE {
            let _ = self.link.send();
            if self.buffered() > 0 {
                self.full.set(true);
                return -1;
            }
        }
        int(length)
    }

    /// Bytes that the socket did not take.
    pub(crate) fn backlog(&self) -> usize {
        if self.full.get() { self.buffered() } else { 0 }
    }

    fn buffered(&self) -> usize {
        self.rare.borrow().as_ref().map_or(0, |rare| rare.early.len()) + self.link.gathered()
    }

    /// Starts the closing handshake and ends the connection when the frame is sent. JavaScript,
    /// which asked for it, is not told.
    pub(crate) fn close(&self, code: u16, reason: &str) {
        if self.end() {
            if self.open.get() {
                self.link.queue_with(reason.len(), |gathered| write_close(gathered, code, reason));
            } else {
                write_close(&mut self.rare.borrow_mut().get_or_insert_default().early, code, reason);
            }
            self.link.core.executor.wake(self.link.task.get());
        }
    }

    /// Closes and tells JavaScript.
    pub(crate) fn close_and_tell(&self, code: u16, reason: &str, told: u16) {
        if !self.closed.get() {
            self.close(code, reason);
            self.tell_close(told, reason);
        }
    }

    /// Cuts the connection off; what was queued is sent if the socket takes it.
    pub(crate) fn terminate(&self) {
        if self.end() {
            let _ = self.link.send();
            self.link.core.executor.cancel(self.link.task.get());
        }
    }

    /// The connection is gone, for whatever reason.
    pub(crate) fn lost(&self) {
        if self.end() {
            self.tell_close(1006, "");
        }
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// Goes on: sends what waits, delivers what has come. `Ready` when the connection is to end.
    pub(crate) fn poll(&self) -> Poll<()> {
        if let Poll::Ready(sent) = self.link.send() {
            if sent.is_err() {
                return Poll::Ready(());
            }
            if self.full.replace(false) {
                self.event(event::SOCKET_DRAIN, 0, 0, 0);
            }
        }
        if self.closed.get() {
            return Poll::Ready(());
        }
        if self.is_ending() {
            return Poll::Pending; // `end_now` wakes the connection
        }
        let core = Rc::clone(&self.link.core);
        let mut scratch = core.scratch.borrow_mut();
        for _ in 0..READS {
            let Poll::Ready(read) = self.link.read_unless_paused(&mut scratch) else { return Poll::Pending };
            match read {
                Ok(length) if length > 0 => {
                    self.pinged.set(false);
                    self.deliver(&mut scratch[..length]);
                    if self.is_ending() {
                        return Poll::Pending;
                    }
                    if self.closed.get() {
                        return Poll::Ready(());
                    }
                    if core.inbound.borrow().is_full() {
                        break;
                    }
                }
                _ => {
                    self.link.ended.set(true);
                    return Poll::Ready(());
                }
            }
        }
        // A peer that sends faster than it is answered gets its turn like the others.
        core.executor.wake(self.link.task.get());
        Poll::Pending
    }

    /// Whether the peer has been silent for so long that it has to be asked, for the first time.
    pub(crate) fn is_silent(&self, idle: u32) -> bool {
        let timeout = self.options.idle_timeout;
        self.options.send_pings
            && timeout > 0
            && idle >= timeout.saturating_sub(PING_MARGIN.min(timeout / 2))
            && !self.pinged.get()
    }

    /// Asks the peer whether it is still there; later again if the ping had to be dropped.
    pub(crate) fn ping(&self) {
        // The length of an empty message that was sent is 0 as well.
        let sent = self.send_with(0, |into| {
            write_frame(into, Opcode::Ping, &[]);
            PING_SENT
        });
        self.pinged.set(sent != 0);
    }

    fn deliver(&self, mut input: &mut [u8]) {
        let shared = &self.link.core;
        let mut decoder = self.decoder.take().or_else(|| shared.decoder.take()).unwrap_or_default();
        decoder.read_for(self.options.max_payload, self.inflater.as_ref());
        let mut inflated = shared.inflated.borrow_mut();
        loop {
            match decoder.next(&mut input, &mut inflated) {
                Ok(None) => break,
                Ok(Some(message)) => match message {
                    Message::Text(text, ascii) => self.tell(event::SOCKET_TEXT, text, i32::from(!ascii)),
                    Message::Binary(bytes) => self.tell(event::SOCKET_BINARY, bytes, 0),
                    Message::Ping(payload) => {
                        self.send(Opcode::Pong, payload);
                        self.tell(event::SOCKET_PING, payload, 0);
                    }
                    Message::Pong(payload) => self.tell(event::SOCKET_PONG, payload, 0),
                    Message::Close(code, reason) => {
                        self.end_later(code, String::from_utf8_lossy(reason).into_owned(), code);
                        break;
                    }
                },
                Err(violation) => {
                    self.end_later(violation.code, violation.reason.to_owned(), 1006);
                    break;
                }
            }
        }
        decoder.settle(&mut inflated);
        // A connection that waits for its next message needs no memory for it.
        if decoder.is_at_rest() { &shared.decoder } else { &self.decoder }.set(Some(decoder));
    }

    /// What came before the end is answered first: the peer may have sent all at once.
    fn end_later(&self, code: u16, reason: String, told: u16) {
        self.rare.borrow_mut().get_or_insert_default().ending = Some(Ending { code, reason, told });
        self.link.core.ending.borrow_mut().push((int(self.id), self.seq));
    }

    fn is_ending(&self) -> bool {
        self.rare.borrow().as_ref().is_some_and(|rare| rare.ending.is_some())
    }

    /// JavaScript has seen what came before the end.
    pub(crate) fn end_now(&self) {
        let ending = self.rare.borrow_mut().as_mut().and_then(|rare| rare.ending.take());
        if let Some(Ending { code, reason, told }) = ending {
            self.close_and_tell(code, &reason, told);
        }
    }

    /// `true` the first time.
    fn end(&self) -> bool {
        if self.closed.replace(true) {
            return false;
        }
        self.link.pause(false); // what is paused has no time limit, and nobody could go on
        self.link.core.sockets.borrow_mut().try_remove(self.id);
        self.link.server.socket_ended();
        true
    }

    fn tell(&self, code: i32, payload: &[u8], detail: i32) {
        let (start, end) = self.text(payload);
        self.event(code, start, end, detail);
    }

    fn tell_close(&self, code: u16, reason: &str) {
        let (start, end) = self.text(reason.as_bytes());
        self.event(event::SOCKET_CLOSE, start, end, i32::from(code));
    }

    fn text(&self, bytes: &[u8]) -> (i32, i32) {
        let mut inbound = self.link.core.inbound.borrow_mut();
        inbound.make_room(bytes.len());
        let start = int(inbound.text.len());
        inbound.text.extend_from_slice(bytes);
        (start, int(inbound.text.len()))
    }

    fn event(&self, code: i32, start: i32, end: i32, detail: i32) {
        let mut inbound = self.link.core.inbound.borrow_mut();
        inbound.records.extend_from_slice(&[
            int(self.id),
            self.seq,
            code,
            start,
            end,
            detail,
            0,
            self.link.server.id(),
        ]);
    }
}

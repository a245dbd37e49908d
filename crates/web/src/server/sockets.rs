//! The WebSockets of an engine, as JavaScript calls them.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;

use super::engine::{Core, Engine};
use super::inbound::int;
use super::outbound;
use super::websocket::{Socket, SocketOptions};
use crate::websocket::{Deflater, Inflater, Opcode, accept, write_frame};

/// Added to an opcode: the message is to be compressed if the peer can read it.
const COMPRESS: u8 = 0x40;
/// The window of deflate, in bits.
const LARGEST_WINDOW: u8 = 15;

impl Core {
    pub(crate) fn shared_deflater(&self) -> Rc<RefCell<Deflater>> {
        let make = || Rc::new(RefCell::new(Deflater::new(false, LARGEST_WINDOW)));
        Rc::clone(self.deflater.borrow_mut().get_or_insert_with(make))
    }

    pub(crate) fn shared_inflater(&self) -> Rc<RefCell<Inflater>> {
        let make = || Rc::new(RefCell::new(Inflater::new(false)));
        Rc::clone(self.inflater.borrow_mut().get_or_insert_with(make))
    }

    /// The same options for all that have them.
    pub(crate) fn shared_options(&self, options: SocketOptions) -> Rc<SocketOptions> {
        let mut last = self.socket_options.borrow_mut();
        if let Some(last) = last.as_ref().filter(|last| ***last == options) {
            return Rc::clone(last);
        }
        Rc::clone(last.insert(Rc::new(options)))
    }
}

impl Engine {
    /// Answers a request with "101 Switching Protocols" and makes its connection a WebSocket; gives
    /// its id and sequence number, or nothing when the request is over or answered. `key` is the client's,
    /// `lines` are further headers of the answer.
    #[must_use]
    pub fn upgrade(
        &self,
        (slot, seq): (i32, i32),
        key: &[u8],
        lines: &[u8],
        options: SocketOptions,
    ) -> Option<(i32, i32)> {
        let core = &self.core;
        let exchange = core.exchange(slot, seq).filter(|exchange| !exchange.is_answered())?;
        if exchange.channel.is_multiplexed() {
            return None; // RFC 8441 is not spoken
        }
        let link = exchange.link.clone()?;
        let mut sockets = core.sockets.borrow_mut();
        let (id, number) = (sockets.vacant_key(), core.next_seq());
        let socket = Rc::new(Socket::new(id, number, Rc::clone(&link), options));
        sockets.insert(Rc::clone(&socket));
        link.server.socket_began();
        link.upgrade(socket);
        exchange.respond(outbound::switching_protocols(&accept(key), &Bytes::copy_from_slice(lines), &exchange));
        Some((int(id), number))
    }

    /// The number of open web sockets of a server.
    #[must_use]
    pub fn web_sockets(&self, server: i32) -> usize {
        self.server(server).map_or(0, |server| server.sockets())
    }

    /// Sends a message, ping (opcode 9) or pong (10): its length; -1 when it has to wait; 0 when it was dropped.
    #[must_use]
    pub fn socket_send(&self, id: i32, seq: i32, opcode: u8, payload: &[u8]) -> i32 {
        match (self.socket(id, seq), Opcode::from_bits(opcode & !COMPRESS)) {
            (Some(socket), Some(code)) if opcode & COMPRESS != 0 => socket.send_compressed(code, payload),
            (Some(socket), Some(code)) => socket.send(code, payload),
            _ => 0,
        }
    }

    /// As [`Self::socket_send`], of a message of about so many bytes that `fill` appends.
    #[must_use]
    pub fn socket_fill(&self, id: i32, seq: i32, opcode: u8, expected: usize, fill: impl FnOnce(&mut Vec<u8>)) -> i32 {
        match (self.socket(id, seq), Opcode::from_bits(opcode & !COMPRESS)) {
            (Some(socket), Some(code)) => socket.send_filled(code, opcode & COMPRESS != 0, expected, fill),
            _ => 0,
        }
    }

    /// Sends a message to many: `subscribers` are pairs of id and sequence number, `except` the number of one that is
    /// left out. 0 when one did not get it, -1 when one has to wait, else the length.
    #[must_use]
    pub fn socket_publish(&self, subscribers: &[u8], except: i32, opcode: u8, payload: &[u8]) -> i32 {
        let Some(code) = Opcode::from_bits(opcode & !COMPRESS) else { return 0 };
        let mut frame = Vec::new();
        write_frame(&mut frame, code, payload);
        let (mut length, mut dropped, mut waiting) = (0, false, false);
        for pair in subscribers.chunks_exact(2 * size_of::<i32>()) {
            let (id, seq) = pair.split_at(size_of::<i32>());
            let int = |bytes: &[u8]| bytes.try_into().map_or(-1, i32::from_ne_bytes);
            if int(seq) == except {
                continue;
            }
            let sent = self.socket(int(id), int(seq)).map_or(0, |socket| {
                if opcode & COMPRESS != 0 && socket.compresses() {
                    socket.send_compressed(code, payload)
                } else {
                    socket.send_frame(&frame, payload.len())
                }
            });
            match sent {
                0 => dropped = true,
                ..0 => waiting = true,
                _ => length = sent,
            }
        }
        match (dropped, waiting) {
            (true, _) => 0,
            (_, true) => -1,
            _ => length,
        }
    }

    /// To be called when a batch was delivered: ends the connections whose last messages were in it. Whether there were
    /// any.
    pub fn end_sockets(&self) -> bool {
        let ending = self.core.ending.take();
        for (id, seq) in &ending {
            if let Some(socket) = self.socket(*id, *seq) {
                socket.end_now();
            }
        }
        !ending.is_empty()
    }

    /// Starts the closing handshake of a WebSocket.
    pub fn socket_close(&self, id: i32, seq: i32, code: u16, reason: &str) {
        if let Some(socket) = self.socket(id, seq) {
            socket.close(code, reason);
        }
    }

    /// Cuts a WebSocket off.
    pub fn socket_terminate(&self, id: i32, seq: i32) {
        if let Some(socket) = self.socket(id, seq) {
            socket.terminate();
        }
    }

    /// Bytes that a WebSocket has queued.
    #[must_use]
    pub fn socket_buffered(&self, id: i32, seq: i32) -> usize {
        self.socket(id, seq).map_or(0, |socket| socket.backlog())
    }

    /// Stops or goes on reading from a WebSocket.
    pub fn socket_pause(&self, id: i32, seq: i32, paused: bool) {
        if let Some(socket) = self.socket(id, seq) {
            socket.link().pause(paused);
        }
    }

    fn socket(&self, id: i32, seq: i32) -> Option<Rc<Socket>> {
        let id = usize::try_from(id).ok()?;
        self.core.sockets.borrow().get(id).filter(|socket| socket.seq == seq).cloned()
    }
}

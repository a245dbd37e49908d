//! A connection's socket, with or without TLS.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};

use rustls::ServerConnection;

use super::super::sendfile::send_file;
use super::{Plain, RawSocket};

/// What is read at once: rustls itself reads a fourth of a record.
const READ: usize = 64 * 1024;

thread_local! {
    /// What came of a socket, while it is decrypted.
    static CIPHERTEXT: RefCell<Box<[u8]>> = RefCell::new(vec![0; READ].into_boxed_slice());
}

/// A connection's socket.
pub(crate) enum Stream {
    Plain(Plain),
    Tls(Box<Tls>),
}

/// TLS over a socket.
pub(crate) struct Tls {
    socket: Plain,
    session: ServerConnection,
    /// The last read has left nothing in the socket.
    drained: bool,
    /// What was read of the socket and not taken in, from `taken` on; empty when there is none.
    unread: Vec<u8>,
    taken: usize,
}

impl Stream {
    /// A socket, with a session over it if there is one.
    pub(crate) fn new(socket: Plain, session: Option<ServerConnection>) -> Self {
        match session {
            None => Self::Plain(socket),
            Some(session) => Self::Tls(Box::new(Tls { socket, session, drained: false, unread: Vec::new(), taken: 0 })),
        }
    }

    pub(crate) fn raw(&self) -> RawSocket {
        match self {
            Self::Plain(socket) => socket.raw(),
            Self::Tls(tls) => tls.socket.raw(),
        }
    }

    /// Reads what there is; during a handshake goes on with it, into an empty buffer to its end.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }

    /// Whether a read that did not fill its buffer has left nothing.
    pub(crate) fn is_drained(&self) -> bool {
        match self {
            Self::Plain(_) => true,
            Self::Tls(tls) => tls.drained && tls.unread.is_empty(),
        }
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.transmit(bytes),
            Self::Tls(tls) => tls.write(&[io::IoSlice::new(bytes)]),
        }
    }

    pub(crate) fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write_vectored(slices),
            Self::Tls(tls) => tls.write(slices),
        }
    }

    /// Sends bytes of a file from where it stands.
    pub(crate) fn send_file(&mut self, file: &File, length: usize) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => send_file(socket, file, length),
            Self::Tls(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    /// Sends what TLS holds; nothing is held of plain bytes.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Tls(tls) => tls.flush(),
        }
    }

    pub(crate) fn shutdown_write(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.shutdown_write(),
            Self::Tls(tls) => {
                tls.session.send_close_notify();
                // A peer that does not read gets no farewell.
                let _ = tls.flush();
                tls.socket.shutdown_write()
            }
        }
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    pub(crate) fn is_handshaking(&self) -> bool {
        matches!(self, Self::Tls(tls) if tls.session.is_handshaking())
    }

    /// What ALPN has agreed on.
    pub(crate) fn protocol(&self) -> Option<&[u8]> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(tls) => tls.session.alpn_protocol(),
        }
    }
}

impl Read for Plain {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.receive(buffer)
    }
}

impl Write for Plain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.transmit(bytes)
    }

    fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.send(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let handshaking = self.session.is_handshaking();
        loop {
            if !buffer.is_empty() {
                let mut length = 0;
                if self.take_plain(buffer, &mut length)? || length > 0 {
                    return Ok(length);
                }
            } else if handshaking && !self.session.is_handshaking() {
                return Ok(0);
            }
            let mut length = 0;
            let came = if self.unread.is_empty() {
                CIPHERTEXT.with_borrow_mut(|ciphertext| {
                    let came = self.socket.receive(ciphertext)?;
                    self.drained = came < ciphertext.len();
                    let left = self.take_in(&ciphertext[..came], buffer, &mut length)?;
                    self.taken = 0;
                    self.unread = ciphertext[came - left..came].to_vec();
                    Ok(came > 0)
                })
            } else {
                let unread = std::mem::take(&mut self.unread);
                self.take_in(&unread[self.taken..], buffer, &mut length).map(|left| {
                    if left > 0 {
                        self.taken = unread.len() - left;
                        self.unread = unread;
                    }
                    true
                })
            };
            // Answers of the handshake, and alerts. What the socket does not take waits for its next event.
            match self.flush() {
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
                _ => {}
            }
            let came = came?;
            if length > 0 || (!came && buffer.is_empty()) {
                return Ok(length);
            }
        }
    }

    /// Takes in what has come, and gives out what it says as long as there is room; returns how much is left for the next
    /// read.
    fn take_in(&mut self, mut input: &[u8], buffer: &mut [u8], length: &mut usize) -> io::Result<usize> {
        if input.is_empty() {
            self.session.read_tls(&mut io::empty())?; // the end
        }
        while !input.is_empty() {
            if self.session.read_tls(&mut input)? == 0 {
                return Ok(0); // after the peer's farewell nothing is read
            }
            let state = self.session.process_new_packets();
            let waiting = state.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            let over = self.take_plain(&mut buffer[*length..], length)?;
            if over || (*length == buffer.len() && waiting.plaintext_bytes_to_read() > 0) {
                return Ok(input.len());
            }
        }
        Ok(0)
    }

    /// Takes what is decrypted, all that there is room for; whether that was the last.
    fn take_plain(&mut self, mut room: &mut [u8], length: &mut usize) -> io::Result<bool> {
        while !room.is_empty() {
            match self.session.reader().read(room) {
                Ok(0) => return Ok(true),
                Ok(read) => {
                    *length += read;
                    room = &mut room[read..];
                }
                // The end without a farewell is an end, too.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(true),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    fn write(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.flush()?;
        let length = self.session.writer().write_vectored(slices)?;
        match self.flush() {
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(error),
            _ => Ok(length),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.session.wants_write() {
            self.session.write_tls(&mut self.socket)?;
        }
        Ok(())
    }
}

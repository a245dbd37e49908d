//! Sockets on Windows: TCP only, the standard library has no unix sockets there.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::windows::io::AsRawSocket;

use super::TcpOptions;

/// How the system knows a socket.
pub type RawSocket = std::os::windows::io::RawSocket;

/// A listening socket.
pub(crate) enum Listener {
    Tcp(TcpListener),
}

/// A connection's socket.
pub(crate) struct Plain(TcpStream);

/// `SO_REUSEADDR` means something else on Windows (two listeners on one port), so nothing is set.
#[expect(clippy::unnecessary_wraps, reason = "the unix twin can fail")]
pub(super) fn platform_options(_socket: &socket2::Socket, _options: &TcpOptions) -> io::Result<()> {
    Ok(())
}

impl Listener {
    pub(crate) fn unix(_path: &str) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn accept(&self) -> io::Result<(Plain, Option<SocketAddr>)> {
        let Self::Tcp(listener) = self;
        let (stream, peer) = listener.accept()?;
        stream.set_nodelay(true)?;
        Ok((Plain(stream), Some(peer)))
    }

    pub(crate) fn raw(&self) -> RawSocket {
        let Self::Tcp(listener) = self;
        listener.as_raw_socket()
    }

    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        let Self::Tcp(listener) = self;
        listener.local_addr().ok()
    }
}

impl Plain {
    pub(crate) fn raw(&self) -> RawSocket {
        self.0.as_raw_socket()
    }

    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    pub(crate) fn transmit(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    pub(crate) fn send(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(slices)
    }

    pub(crate) fn shutdown_write(&mut self) -> io::Result<()> {
        self.0.shutdown(Shutdown::Write)
    }
}

//! Sockets on Windows: TCP only, mio has no unix sockets there.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};

use mio::event::Source;
use mio::{Interest, Registry, Token};

use super::TcpOptions;

/// A listening socket.
pub(crate) enum Listener {
    Tcp(mio::net::TcpListener),
}

/// A connection's socket.
pub(crate) struct Stream(mio::net::TcpStream);

/// `SO_REUSEADDR` means something else on Windows (two listeners on one port), so nothing is set.
#[expect(clippy::unnecessary_wraps, reason = "the unix twin can fail")]
pub(super) fn platform_options(_socket: &socket2::Socket, _options: &TcpOptions) -> io::Result<()> {
    Ok(())
}

impl Listener {
    pub(crate) fn unix(_path: &str) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn accept(&self) -> io::Result<(Stream, Option<SocketAddr>)> {
        let Self::Tcp(listener) = self;
        let (stream, peer) = listener.accept()?;
        stream.set_nodelay(true)?;
        Ok((Stream(stream), Some(peer)))
    }

    pub(crate) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        let Self::Tcp(listener) = self;
        listener.register(registry, token, Interest::READABLE)
    }

    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        let Self::Tcp(listener) = self;
        listener.local_addr().ok()
    }
}

impl Stream {
    pub(crate) fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        self.0.register(registry, token, Interest::READABLE | Interest::WRITABLE)
    }

    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    pub(crate) fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(slices)
    }

    pub(crate) fn shutdown_write(&mut self) -> io::Result<()> {
        self.0.shutdown(Shutdown::Write)
    }
}

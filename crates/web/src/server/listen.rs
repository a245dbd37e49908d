//! Where a server listens.

use std::io;
use std::net::UdpSocket;

use super::engine::Address;
use super::socket::{Listener, TcpOptions, candidates, listen_tcp};
use crate::Error;
use crate::quic;

/// So often another free port is looked for when UDP has none of TCP's number.
const ATTEMPTS: usize = 16;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listen {
    /// A port; an empty host name means all interfaces, port 0 any free one.
    Tcp {
        /// Host name or address.
        hostname: String,
        /// The port.
        port: u16,
        /// Sets `SO_REUSEPORT`.
        reuse_port: bool,
        /// Sets `IPV6_V6ONLY`.
        ipv6_only: bool,
    },
    /// The path of a unix socket.
    Unix {
        /// The path.
        path: String,
    },
}

impl Listen {
    pub(super) fn open(&self) -> Result<Listener, Error> {
        match self {
            Self::Tcp { hostname, port, reuse_port, ipv6_only } => {
                let options = TcpOptions { reuse_port: *reuse_port, ipv6_only: *ipv6_only };
                listen_tcp(hostname, *port, &options).map(Listener::Tcp).map_err(|source| self.failed(source))
            }
            Self::Unix { path } => Listener::unix(path).map_err(|source| match source.kind() {
                io::ErrorKind::Unsupported => Error::NoUnixSockets,
                _ => Error::ListenUnix { path: path.clone(), source },
            }),
        }
    }

    fn failed(&self, source: io::Error) -> Error {
        match self {
            Self::Tcp { port, .. } if source.kind() == io::ErrorKind::AddrInUse => Error::PortInUse { port: *port },
            _ => Error::Listen { source },
        }
    }

    /// The UDP socket of HTTP/3, and TCP's on the same port if the other versions are spoken, too.
    pub(super) fn open_both(&self, over_tcp: bool) -> Result<(Option<Listener>, UdpSocket), Error> {
        let mut attempts = 1..=ATTEMPTS;
        loop {
            let listener = if over_tcp { Some(self.open()?) } else { None };
            match self.open_udp(listener.as_ref().and_then(Listener::local_address)) {
                Ok(socket) => return Ok((listener, socket)),
                Err(error) => {
                    // Of a port that was not asked for, TCP's number may be taken on UDP.
                    let any = matches!(self, Self::Tcp { port: 0, .. }) && error.kind() == io::ErrorKind::AddrInUse;
                    if !any || attempts.next().is_none() {
                        return Err(self.failed(error));
                    }
                }
            }
        }
    }

    fn open_udp(&self, bound: Option<Address>) -> io::Result<UdpSocket> {
        let Self::Tcp { hostname, port, reuse_port, ipv6_only } = self else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let addresses = match bound {
            Some(address) => vec![address],
            None => candidates(hostname, *port)?,
        };
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            match quic::bind(address, *reuse_port, *ipv6_only) {
                Ok(socket) => return Ok(socket),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
                Err(error) => last = error,
            }
        }
        Err(last)
    }
}

//! Listening and connected sockets: TCP everywhere, unix sockets where the platform has them.

mod encrypted;
pub(crate) use encrypted::Stream;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::RawSocket;
#[cfg(unix)]
pub(crate) use unix::{Listener, Plain};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::RawSocket;
#[cfg(windows)]
pub(crate) use windows::{Listener, Plain};

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};

use socket2::{Domain, Protocol, Socket, Type};

/// How a TCP socket is to be bound.
#[derive(Debug, Clone, Default)]
pub(crate) struct TcpOptions {
    pub(crate) reuse_port: bool,
    pub(crate) ipv6_only: bool,
}

const BACKLOG: i32 = 512;

/// Listens on a host name, address, or (empty) on all interfaces.
///
/// All interfaces means `::` with IPv4 mapped in, and `0.0.0.0` on a host without IPv6. A name is
/// tried address by address; the last failure is reported.
pub(crate) fn listen_tcp(hostname: &str, port: u16, options: &TcpOptions) -> io::Result<TcpListener> {
    let mut last = io::Error::from_raw_os_error(libc::EADDRNOTAVAIL);
    let all_interfaces = hostname.is_empty();
    for address in candidates(hostname, port)? {
        match bind(address, options) {
            Ok(listener) => return Ok(listener),
            Err(error) if all_interfaces && error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The addresses that a host name stands for, in the order in which they are tried.
pub(crate) fn candidates(hostname: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    let host = hostname.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(hostname);
    if host.is_empty() {
        let all = [IpAddr::V6(Ipv6Addr::UNSPECIFIED), IpAddr::V4(Ipv4Addr::UNSPECIFIED)];
        return Ok(all.map(|address| SocketAddr::new(address, port)).to_vec());
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let unknown = |_| io::Error::from_raw_os_error(libc::EADDRNOTAVAIL);
    Ok((host, port).to_socket_addrs().map_err(unknown)?.collect())
}

fn bind(address: SocketAddr, options: &TcpOptions) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(options.ipv6_only)?;
    }
    platform_options(&socket, options)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(unix)]
use unix::platform_options;
#[cfg(windows)]
use windows::platform_options;

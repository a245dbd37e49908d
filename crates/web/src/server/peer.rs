//! The address of a peer, in little memory: of idle connections there are many.

use std::net::{Ipv4Addr, SocketAddr};

/// The other end of a connection.
#[derive(Debug)]
pub(crate) enum Peer {
    /// It came over a unix socket.
    Nameless,
    /// As every IPv6 socket that takes IPv4, too, has it if `mapped`.
    V4 { ip: Ipv4Addr, port: u16, mapped: bool },
    /// Any other.
    Other(Box<SocketAddr>),
}

impl Peer {
    pub(crate) fn new(address: Option<SocketAddr>) -> Self {
        let Some(address) = address else { return Self::Nameless };
        let short = match address {
            SocketAddr::V4(address) => Self::V4 { ip: *address.ip(), port: address.port(), mapped: false },
            SocketAddr::V6(address) => match address.ip().to_ipv4_mapped() {
                Some(ip) => Self::V4 { ip, port: address.port(), mapped: true },
                None => return Self::Other(Box::new(address.into())),
            },
        };
        // A mapped address may have a scope of its own.
        if short.address() == Some(address) { short } else { Self::Other(Box::new(address)) }
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Nameless => None,
            Self::V4 { ip, port, mapped: false } => Some((*ip, *port).into()),
            Self::V4 { ip, port, mapped: true } => Some((ip.to_ipv6_mapped(), *port).into()),
            Self::Other(address) => Some(**address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back() {
        for text in ["127.0.0.1:80", "[::ffff:127.0.0.1]:65535", "[::1]:1", "[fe80::1%7]:80", "[::ffff:1.2.3.4%7]:80"] {
            let address: Option<SocketAddr> = text.parse().ok();
            assert!(address.is_some(), "{text}");
            assert_eq!(Peer::new(address).address(), address);
        }
        assert_eq!(Peer::new(None).address(), None);
    }
}

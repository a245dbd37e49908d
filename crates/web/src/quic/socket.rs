//! A UDP socket of the loop, with the kernel's ways to send and receive many datagrams at once.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};

use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSocketState};
use socket2::{Domain, Protocol, Type};

use crate::server::RawSocket;

/// The largest datagram.
const DATAGRAM: usize = 64 * 1024;
/// What the kernel may hold for us, so that a burst is not lost while JavaScript runs.
const KERNEL_BUFFER: usize = 2 * 1024 * 1024;
/// Datagrams in one send, as in quinn.
const MAX_SEGMENTS: usize = 10;

/// Binds a UDP socket.
pub(crate) fn bind(address: SocketAddr, reuse_port: bool, ipv6_only: bool) -> io::Result<UdpSocket> {
    let socket = socket2::Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(ipv6_only)?;
    }
    if reuse_port {
        reuse(&socket)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

#[cfg(unix)]
fn reuse(socket: &socket2::Socket) -> io::Result<()> {
    socket.set_reuse_port(true)
}

#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "the unix twin can fail")]
fn reuse(_socket: &socket2::Socket) -> io::Result<()> {
    Ok(())
}

/// A socket and what the loop has said of it.
pub(crate) struct Socket {
    udp: UdpSocket,
    state: UdpSocketState,
    buffer: RefCell<Box<[u8]>>,
    writable: Cell<bool>,
}

impl Socket {
    pub(crate) fn new(udp: UdpSocket) -> io::Result<Self> {
        let state = UdpSocketState::new((&udp).into())?;
        // The system may allow less, which is its business.
        let _ = state.set_recv_buffer_size((&udp).into(), KERNEL_BUFFER);
        let _ = state.set_send_buffer_size((&udp).into(), KERNEL_BUFFER);
        let buffer = vec![0; DATAGRAM * BATCH_SIZE].into_boxed_slice();
        Ok(Self { udp, state, buffer: RefCell::new(buffer), writable: Cell::new(true) })
    }

    #[cfg(unix)]
    pub(crate) fn raw(&self) -> RawSocket {
        use std::os::fd::AsRawFd as _;
        self.udp.as_raw_fd()
    }

    #[cfg(windows)]
    pub(crate) fn raw(&self) -> RawSocket {
        use std::os::windows::io::AsRawSocket as _;
        self.udp.as_raw_socket()
    }

    pub(crate) fn local_address(&self) -> io::Result<SocketAddr> {
        self.udp.local_addr()
    }

    /// Datagrams never leave in fragments, so that the path's largest can be looked for.
    pub(crate) fn keeps_whole(&self) -> bool {
        !self.state.may_fragment()
    }

    /// The most datagrams that one send may hold.
    pub(crate) fn segments(&self) -> usize {
        self.state.max_gso_segments().min(MAX_SEGMENTS)
    }

    pub(crate) fn set_writable(&self) {
        self.writable.set(true);
    }

    /// Hands out what has arrived, a batch at a time, until there is no more or `most` batches were read: the loop tells
    /// again of what is left.
    pub(crate) fn receive(&self, most: usize, mut each: impl FnMut(&RecvMeta, &[u8])) {
        let mut buffer = self.buffer.borrow_mut();
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        for _ in 0..most {
            let mut chunks = buffer.chunks_mut(DATAGRAM).map(IoSliceMut::new);
            let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
                std::array::from_fn(|_| chunks.next().unwrap_or_else(|| IoSliceMut::new(&mut [])));
            match self.state.recv((&self.udp).into(), &mut slices, &mut metas) {
                Ok(count) => {
                    for (meta, bytes) in metas.iter().zip(slices.iter()).take(count) {
                        each(meta, &bytes[..meta.len]);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // What ICMP says of an earlier datagram can be forged: QUIC finds out by itself.
                Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::ConnectionReset) => {}
                Err(_) => return,
            }
        }
    }

    /// Sends datagrams; `false`: the socket takes no more for now. What the system refuses counts as lost on the way.
    pub(crate) fn send(&self, transmit: &quinn_proto::Transmit, bytes: &[u8]) -> bool {
        if !self.writable.get() {
            return false;
        }
        let transmit = quinn_udp::Transmit {
            destination: transmit.destination,
            ecn: transmit.ecn.and_then(|ecn| quinn_udp::EcnCodepoint::from_bits(ecn as u8)),
            contents: bytes,
            segment_size: transmit.segment_size,
            src_ip: transmit.src_ip,
        };
        match self.state.try_send((&self.udp).into(), &transmit) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.writable.set(false);
                false
            }
            _ => true,
        }
    }
}

/// An address as programs know it: IPv4 that came through a socket of IPv6 is IPv4.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => SocketAddr::new(IpAddr::V4(ip), address.port()),
        IpAddr::V6(_) => address,
    }
}

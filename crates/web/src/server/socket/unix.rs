//! Sockets on unix: TCP and unix sockets.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

use super::TcpOptions;

/// A peer that is gone is an error, not a signal.
#[cfg(any(target_os = "linux", target_os = "android"))]
const QUIET: libc::c_int = libc::MSG_NOSIGNAL;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const QUIET: libc::c_int = 0;

/// A connection has the listener's `TCP_NODELAY`.
const INHERITED: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// How the system knows a socket.
pub type RawSocket = std::os::fd::RawFd;

/// A listening socket.
pub(crate) enum Listener {
    Tcp(TcpListener),
    /// With the path to be removed when listening ends.
    Unix(UnixListener, Option<PathBuf>),
}

/// A connection's socket.
pub(crate) enum Plain {
    Tcp(TcpStream),
    Unix(UnixStream),
}

pub(super) fn platform_options(socket: &socket2::Socket, options: &TcpOptions) -> io::Result<()> {
    // As every server on unix does: a port in TIME_WAIT may be taken again.
    socket.set_reuse_address(true)?;
    if options.reuse_port {
        socket.set_reuse_port(true)?;
    }
    if INHERITED {
        socket.set_tcp_nodelay(true)?;
    }
    Ok(())
}

impl Listener {
    /// Listens on the path of a unix socket; a leading NUL names Linux's abstract namespace.
    pub(crate) fn unix(path: &str) -> io::Result<Self> {
        Ok(match path.strip_prefix('\0') {
            None => Self::Unix(UnixListener::bind(path)?, Some(PathBuf::from(path))),
            Some(name) => Self::Unix(abstract_listener(name)?, None),
        })
    }

    pub(crate) fn accept(&self) -> io::Result<(Plain, Option<SocketAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept()?;
                // Small answers must not wait for the client's acknowledgement.
                if !INHERITED {
                    stream.set_nodelay(true)?;
                }
                Ok((Plain::Tcp(stream), Some(peer)))
            }
            Self::Unix(listener, _) => Ok((Plain::Unix(listener.accept()?.0), None)),
        }
    }

    pub(crate) fn raw(&self) -> RawSocket {
        match self {
            Self::Tcp(listener) => listener.as_raw_fd(),
            Self::Unix(listener, _) => listener.as_raw_fd(),
        }
    }

    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Unix(..) => None,
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Unix(_, Some(path)) = self {
            // Someone may have removed it already.
            let _ = std::fs::remove_file(path);
        }
    }
}

#[cfg(target_os = "linux")]
fn abstract_listener(name: &str) -> io::Result<UnixListener> {
    use std::os::linux::net::SocketAddrExt;
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
    UnixListener::bind_addr(&address)
}

#[cfg(not(target_os = "linux"))]
fn abstract_listener(_name: &str) -> io::Result<UnixListener> {
    Err(io::Error::from_raw_os_error(libc::EINVAL))
}

impl AsFd for Plain {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Unix(stream) => stream.as_fd(),
        }
    }
}

impl Plain {
    pub(crate) fn raw(&self) -> RawSocket {
        match self {
            Self::Tcp(stream) => stream.as_raw_fd(),
            Self::Unix(stream) => stream.as_raw_fd(),
        }
    }

    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Unix(stream) => stream.read(buffer),
        }
    }

    pub(crate) fn transmit(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Unix(stream) => stream.write(bytes),
        }
    }

    pub(crate) fn send(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        match slices {
            [single] => self.transmit(single),
            // Less on the way to the socket than with `writev`, which is for files, too.
            _ => socket2::SockRef::from(&*self).send_vectored_with_flags(slices, QUIET),
        }
    }

    pub(crate) fn shutdown_write(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
            Self::Unix(stream) => stream.shutdown(Shutdown::Write),
        }
    }
}

//! Files are read and written: `sendfile` of the BSDs wants no part of it in portable form, Windows has none for sockets
//! that are polled.

use std::fs::File;
use std::io;

use super::socket::Plain;

/// Whether the platform can.
pub(super) const AVAILABLE: bool = false;

/// Never called.
pub(super) fn send_file(_socket: &Plain, _file: &File, _length: usize) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

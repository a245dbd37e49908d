//! A file to a socket without passing through memory of ours: `sendfile(2)`.

use std::fs::File;
use std::io;

use super::socket::Plain;

/// Whether the platform can.
pub(super) const AVAILABLE: bool = true;

/// Sends up to so many bytes from where the file stands, and moves it on; 0 at its end.
pub(super) fn send_file(socket: &Plain, file: &File, length: usize) -> io::Result<usize> {
    Ok(rustix::fs::sendfile(socket, file, None, length)?)
}

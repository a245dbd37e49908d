//! What the engine needs of its host's event loop: to be told what sockets are ready for.

use std::io;

use super::socket::RawSocket;

/// What a socket is watched for. Level-triggered: the host tells again as long as it holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Interest {
    /// There is something to read, or the peer's end.
    pub read: bool,
    /// There is room for writing.
    pub write: bool,
    /// The peer has sent its last byte.
    pub hangup: bool,
}

impl Interest {
    /// Nothing: the socket is not watched.
    pub const NONE: Self = Self { read: false, write: false, hangup: false };
    /// Input alone, of a listener.
    pub const READ: Self = Self { read: true, write: false, hangup: false };
    /// Of a connection that waits for its peer.
    pub const PEER: Self = Self { read: true, write: false, hangup: true };

    /// Whether there is nothing to watch for.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

/// What a socket is ready for.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the host's, in any combination")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ready {
    /// There is something to read, or the peer's end.
    pub read: bool,
    /// There is room for writing.
    pub write: bool,
    /// The peer has sent its last byte.
    pub hangup: bool,
    /// The socket is broken; the host watches it no longer.
    pub broken: bool,
}

/// The host's loop, as the engine uses it: on the loop's thread only.
pub trait Watcher {
    /// Begins to watch a socket, which is made non-blocking. Events come with the token.
    ///
    /// # Errors
    /// What the system says.
    fn add(&self, token: usize, socket: RawSocket, interest: Interest) -> io::Result<()>;

    /// Watches for something else from now on.
    fn change(&self, token: usize, interest: Interest);

    /// Forgets a socket; it may be closed right after.
    fn remove(&self, token: usize);
}

/// Wakes the host's loop, so that it turns once more instead of sleeping. From any thread.
pub trait Alarm: Send + Sync {
    /// Makes the loop turn.
    fn ring(&self);
}

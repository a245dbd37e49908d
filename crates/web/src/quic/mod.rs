//! QUIC on the loop: quinn-proto holds the state machines, everything that waits is here.
//!
//! One UDP socket is an [`Endpoint`]; each of its connections has a task that sends what its state machine wants
//! to send. Streams reach the state machine directly and wake that task, so that what the streams of a turn have
//! written leaves in as few packets as it fits in.

mod connection;
mod endpoint;
mod socket;
mod stream;

pub(crate) use connection::Connection;
pub(crate) use endpoint::{Endpoint, peer};
pub(crate) use socket::bind;
pub(crate) use stream::{Bidirectional, Receiver, Sender, Streams};

use std::sync::Arc;
use std::time::Duration;

use quinn_proto::{IdleTimeout, TransportConfig, VarInt};

/// Streams of requests that a peer may have open.
const MAX_REQUESTS: u32 = 256;
/// Streams of one direction: control and QPACK's two, and a few that a peer may open for nothing.
const MAX_ONE_WAY: u32 = 16;
/// What a peer may send of a body before it is read, and of all bodies.
const STREAM_WINDOW: u32 = 512 * 1024;
const CONNECTION_WINDOW: u32 = 4 * 1024 * 1024;
/// What is kept until the peer has acknowledged it.
const SEND_WINDOW: u64 = 4 * 1024 * 1024;
/// How often a client asks whether the server is there, and when it gives up.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
const GONE: Duration = Duration::from_secs(30);

/// Both sides use the same limits. Idle connections are the loop's to close: one sweep a second.
pub(crate) fn transport() -> Arc<TransportConfig> {
    Arc::new(settings())
}

fn settings() -> TransportConfig {
    let mut config = TransportConfig::default();
    config
        .max_concurrent_bidi_streams(MAX_REQUESTS.into())
        .max_concurrent_uni_streams(MAX_ONE_WAY.into())
        .stream_receive_window(STREAM_WINDOW.into())
        .receive_window(CONNECTION_WINDOW.into())
        .send_window(SEND_WINDOW)
        .datagram_receive_buffer_size(None)
        .max_idle_timeout(None);
    config
}

/// What a client has beside that: a server that is gone is found out while an answer is awaited.
pub(crate) fn client_transport() -> Arc<TransportConfig> {
    let mut config = settings();
    config.keep_alive_interval(Some(KEEP_ALIVE)).max_idle_timeout(IdleTimeout::try_from(GONE).ok());
    Arc::new(config)
}

/// A code of HTTP/3 as QUIC carries it.
pub(crate) fn code(code: u64) -> VarInt {
    VarInt::from_u64(code).unwrap_or(VarInt::MAX)
}

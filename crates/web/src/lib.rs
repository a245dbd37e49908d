//! Engine for the web APIs: an HTTP server that runs on the caller's own event loop.
//!
//! hyper speaks HTTP; it runs on a small local executor on the thread of the host's loop, which tells the engine what
//! sockets are ready for ([`Watcher`]). Requests leave as one batch a turn ([`Inbound`]), responses
//! come back as one batch ([`Engine::respond`]). `docs/http.md` has the measurements behind this.

#![forbid(unsafe_code)]

mod client;
mod error;
mod quic;
mod server;
mod tls;
mod websocket;

pub use client::Upload;
pub use error::Error;
pub use server::{
    Address, Alarm, Allocator, Chunk, Counts, Engine, Inbound, Interest, Listen, Memory, RECORD, RawSocket, Ready,
    Room, Route, RouteBody, Sent, ServerOptions, Slice, SocketOptions, Versions, Watcher, event, method_code, payload,
};
pub use tls::{Identity, TlsOptions, TlsServer, Without};
pub use websocket::DeflateOptions;

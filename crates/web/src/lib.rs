//! Engine for the web APIs: an HTTP server that runs on the caller's own event loop.
//!
//! hyper speaks HTTP/1.1; it runs on a small local executor over one mio poll, whose descriptor
//! the binding nests in libuv's loop. Requests leave as one batch a turn ([`Inbound`]), responses
//! come back as one batch ([`Engine::respond`]). `docs/serve.md` has the measurements behind this.

#![forbid(unsafe_code)]

mod error;
mod server;
mod tls;
mod websocket;

pub use error::Error;
pub use server::{
    Address, Chunk, Engine, Inbound, Listen, RECORD, Route, RouteBody, Sent, ServerOptions, Slice, SocketOptions,
    Versions, event, method_code, payload,
};
pub use tls::{Identity, TlsOptions, TlsServer};
pub use websocket::DeflateOptions;

//! The HTTP server: sockets, tasks, exchanges, batches.

mod body;
mod connection;
mod engine;
mod exchange;
mod executor;
mod file;
mod inbound;
mod io;
mod link;
mod outbound;
mod routes;
mod scanner;
mod service;
mod socket;
mod websocket;

pub use connection::Versions;
pub use engine::{Address, Engine, Listen, Sent, ServerOptions, Slice};
pub use exchange::Chunk;
pub use inbound::{Inbound, RECORD, event, method_code};
pub use outbound::payload;
pub use routes::{Route, RouteBody};
pub use websocket::SocketOptions;

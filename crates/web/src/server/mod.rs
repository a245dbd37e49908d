//! The HTTP server: sockets, tasks, exchanges, batches.

mod body;
mod connection;
mod engine;
mod exchange;
mod executor;
mod inbound;
mod outbound;
mod scanner;
mod socket;
mod websocket;

pub use engine::{Address, Engine, Listen, ServerOptions};
pub use exchange::Chunk;
pub use inbound::{Inbound, RECORD, event, method_code};
pub use outbound::payload;
pub use websocket::SocketOptions;

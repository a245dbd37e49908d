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
mod piece;
mod routes;
mod scanner;
#[cfg(target_os = "linux")]
#[path = "sendfile_linux.rs"]
mod sendfile;
#[cfg(not(target_os = "linux"))]
#[path = "sendfile_other.rs"]
mod sendfile;
mod service;
mod socket;
mod sockets;
mod watch;
mod websocket;

pub use connection::Versions;
pub use engine::{Address, Counts, Engine, Listen, Sent, ServerOptions, Slice};
pub use exchange::Chunk;
pub use inbound::{Inbound, RECORD, event, method_code};
pub use outbound::payload;
pub use routes::{Route, RouteBody};
pub use socket::RawSocket;
pub use watch::{Alarm, Interest, Ready, Watcher};
pub use websocket::SocketOptions;

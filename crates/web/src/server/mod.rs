//! The HTTP server: sockets, tasks, exchanges, batches.

mod body;
mod buffers;
mod channel;
mod connection;
mod counts;
mod date;
mod direct;
mod engine;
mod exchange;
mod executor;
mod file;
mod http2;
mod http3;
mod inbound;
mod incoming;
mod instance;
mod io;
mod link;
mod listen;
mod memo;
mod outbound;
mod peer;
mod piece;
mod received;
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
pub(crate) use engine::Core;
pub use engine::{Address, Counts, Engine, Sent, Slice};
pub use exchange::Chunk;
pub(crate) use executor::Task;
pub(crate) use inbound::int;
pub use inbound::{Inbound, RECORD, event, method_code};
pub use instance::ServerOptions;
pub use listen::Listen;
pub use outbound::payload;
pub use received::{Allocator, Memory, Room};
pub use routes::{Route, RouteBody};
pub use socket::RawSocket;
pub use watch::{Alarm, Interest, Ready, Watcher};
pub use websocket::SocketOptions;

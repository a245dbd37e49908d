//! Backs `Bun.serve` and `fetch` over HTTP/3: the engine on libuv's loop, and the calls of `lib/bun/serve/`.

#[cfg(unix)]
mod calls;
#[cfg(unix)]
mod fetch;
#[cfg(unix)]
mod host;
#[cfg(unix)]
mod memory;
#[cfg(unix)]
mod shared;
#[cfg(unix)]
mod sockets;
#[cfg(unix)]
mod text;
#[cfg(unix)]
mod watcher;
#[cfg(unix)]
pub use host::open;

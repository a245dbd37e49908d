//! Backs `Bun.serve`: the engine's loop nested in libuv's, and the calls of `lib/bun/serve/`.

#[cfg(unix)]
mod calls;
#[cfg(unix)]
mod host;
#[cfg(unix)]
mod sockets;
#[cfg(unix)]
mod uv;
#[cfg(unix)]
pub use host::open;

//! Bindings of the fast paths under node:* modules and of what Bun builds on them.

#[cfg(unix)]
mod children;
pub mod ed25519;
pub mod p256;
#[cfg(unix)]
pub mod spawn;
#[cfg(unix)]
pub mod stat;
#[cfg(unix)]
pub mod terminal;
#[cfg(all(unix, feature = "bun-shell"))]
pub mod tree;
#[cfg(target_os = "linux")]
pub mod watch;
pub mod which;
pub mod x25519;

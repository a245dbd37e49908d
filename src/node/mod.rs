//! Bindings of the fast paths under node:* modules and of what Bun builds on them.

#[cfg(unix)]
mod children;
#[cfg(unix)]
pub mod spawn;
#[cfg(unix)]
pub mod stat;
#[cfg(unix)]
pub mod terminal;
#[cfg(all(unix, feature = "bun-shell"))]
pub mod tree;
pub mod which;

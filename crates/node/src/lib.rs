//! Engine for the fast paths under node:* modules.

#![deny(unsafe_code)]

#[cfg(unix)]
pub mod spawn;
#[cfg(unix)]
pub mod stat;
#[cfg(unix)]
pub mod terminal;
pub mod which;

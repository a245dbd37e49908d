//! Engine for the fast paths under node:* modules.

#![deny(unsafe_code)]

#[cfg(unix)]
pub mod spawn;
pub mod which;

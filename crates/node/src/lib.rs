//! Engine for the fast paths under node:* modules.

#![deny(unsafe_code)]

pub mod ecdsa_der;
pub mod ed25519;
pub mod p256;
#[cfg(unix)]
pub mod spawn;
#[cfg(unix)]
pub mod stat;
#[cfg(unix)]
pub mod terminal;
#[cfg(target_os = "linux")]
pub mod watch;
pub mod which;
pub mod x25519;

//! The Node-API face of dx-compat's engines: feature -> module map, nothing else.
//!
//! Every module converts JavaScript values to Rust values and back. What an API means is decided
//! in `lib/` (JavaScript); the work is done in `crates/`.

#![allow(
    clippy::must_use_candidate,
    clippy::needless_pass_by_value,
    clippy::struct_excessive_bools,
    clippy::unnecessary_wraps,
    reason = "napi-rs hands arguments and option objects over by value, takes results, and calls from JavaScript"
)]

#[cfg(feature = "bun-shell")]
mod bell;
#[cfg(feature = "bun-core")]
pub mod bun;
mod bytes;
pub mod call;
pub mod error;
#[cfg(any(feature = "web-core", feature = "bun-sqlite"))]
#[cfg_attr(all(unix, target_env = "gnu"), path = "heap_gnu.rs")]
#[cfg_attr(not(all(unix, target_env = "gnu")), path = "heap_other.rs")]
mod heap;
#[cfg_attr(unix, path = "host_unix.rs")]
#[cfg_attr(not(unix), path = "host_windows.rs")]
mod host;
#[cfg(all(unix, any(feature = "node-core", feature = "web-core")))]
mod listener;
#[cfg(feature = "bun-core")]
pub mod macros;
#[cfg(feature = "node-core")]
pub mod node;
mod raw;
#[cfg(feature = "bun-shell")]
pub mod shell;
#[cfg(feature = "bun-sqlite")]
pub mod sqlite;
#[cfg(feature = "bun-core")]
pub mod transpiler;
#[cfg(all(unix, any(feature = "node-core", feature = "web-core")))]
mod uv;
#[cfg(feature = "web-core")]
pub mod web;

use napi_derive::napi;

/// Lists the feature flags that this binary was built with (`binding.features`).
#[napi]
#[must_use]
pub fn features() -> Vec<&'static str> {
    [
        (cfg!(feature = "node-core"), "node-core"),
        (cfg!(feature = "web-core"), "web-core"),
        (cfg!(feature = "bun-core"), "bun-core"),
        (cfg!(feature = "bun-shell"), "bun-shell"),
        (cfg!(feature = "bun-sqlite"), "bun-sqlite"),
    ]
    .into_iter()
    .filter_map(|(built, name)| built.then_some(name))
    .collect()
}

//! The engine as its host sees it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod direct;
mod http1;
mod http3;
mod websocket;
mod world;

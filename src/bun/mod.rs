//! Backs `lib/bun/*.js`: Bun's own functions (`#[napi(namespace = "bun")]`).

pub mod password;
pub mod promise;

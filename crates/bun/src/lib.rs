//! Engine for Bun's own functions.

#![forbid(unsafe_code)]

pub mod password;

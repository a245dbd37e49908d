//! Engine for Bun's own functions.

#![deny(unsafe_code)]

pub mod file;
pub mod memory;
pub mod hash;
pub mod password;

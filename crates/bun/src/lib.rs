//! Engine for Bun's own functions.

#![deny(unsafe_code)]

pub mod archive;
pub mod compression;
pub mod digests;
pub mod file;
pub mod glob;
pub mod hash;
pub mod image;
pub mod memory;
pub mod mmap;
pub mod password;
pub mod secrets;

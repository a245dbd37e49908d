//! Backs `lib/bun/*.js`: Bun's own functions.

pub mod archive;
pub mod compression;
pub mod content;
pub mod digests;
pub mod file;
pub mod glob;
pub mod hash;
pub mod image;
pub mod introspect;
pub mod loan;
pub mod mmap;
pub mod password;
pub mod secrets;
mod short;

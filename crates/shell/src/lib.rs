//! Engine of `Bun.$`: a shell without a shell.
//!
//! The utilities (`ls`, `cp`, `sort`, …) run inside the process, each on its own thread, and know of the world only
//! what their [`utility::Context`] gives them: no working directory, environment or standard stream of the host.

#![deny(unsafe_code)]
#![allow(clippy::struct_excessive_bools, reason = "options of command lines")]

pub mod ast;
mod builtin;
pub mod cancel;
pub mod descriptor;
mod expand;
mod file;
mod order;
pub mod parse;
mod pile;
mod pool;
pub mod run;
pub mod source;
pub mod spawn;
pub mod stream;
#[cfg(unix)]
pub mod tree;
pub mod utility;

//! Globs: matching paths, and finding files.
//!
//! Source: <https://bun.com/docs/runtime/glob>.

mod compile;
mod groups;
mod matcher;
mod names;
mod scan;
mod shared;

pub use compile::Pattern;
pub use scan::{Error, Found, Options, scan};

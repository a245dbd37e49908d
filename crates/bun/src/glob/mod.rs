//! Globs: matching paths, and finding files.
//!
//! Source: <https://bun.com/docs/runtime/glob>.

mod compile;
mod groups;
mod matcher;
mod scan;

pub use compile::Pattern;
pub use scan::{Error, Options, scan};

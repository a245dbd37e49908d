//! Backs `Bun.$`.

mod post;
pub mod request;
pub mod script;
mod spawner;

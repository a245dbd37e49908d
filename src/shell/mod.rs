//! Backs `Bun.$`.

mod post;
mod quick;
pub mod request;
pub mod script;
mod spawner;

//! Backs `Bun.$`.

mod post;
mod request;
mod script;
mod spawner;

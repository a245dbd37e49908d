//! Programs cannot be started yet: `Bun.spawn` cannot either.

use std::io;
use std::sync::Arc;

use dx_shell::spawn::{Child, Start};

pub(super) fn start(_start: &Start<'_>) -> io::Result<Arc<dyn Child>> {
    Err(io::ErrorKind::Unsupported.into())
}

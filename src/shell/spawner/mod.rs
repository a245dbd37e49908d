//! How a shell starts programs: the way of `Bun.spawn`.

use std::io;
use std::sync::Arc;

use dx_shell::spawn::{Child, Spawner, Start};

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

/// The spawn of `crates/node`.
pub(super) struct NodeSpawner;

impl Spawner for NodeSpawner {
    fn start(&self, start: &Start<'_>) -> io::Result<Arc<dyn Child>> {
        platform::start(start)
    }
}

//! What the engine counts of its own work.

use std::cell::Cell;

/// What the engine has done so far, so that a test can hold what a request costs.
#[derive(Debug, Default)]
pub struct Counts {
    /// Calls of [`super::Engine::turn`].
    pub turns: Cell<u64>,
    /// Requests, those that the engine answers by itself included.
    pub requests: Cell<u64>,
    /// Batches that were brought to JavaScript.
    pub batches: Cell<u64>,
    /// Reads of sockets.
    pub reads: Cell<u64>,
    /// Writes to sockets.
    pub writes: Cell<u64>,
    /// Stretches of files that went to a socket without passing through memory of ours.
    pub files: Cell<u64>,
    /// Changes of what a socket is watched for.
    pub watches: Cell<u64>,
    /// Connections that have given their memory back.
    pub rested: Cell<u64>,
}

impl Counts {
    /// One more.
    pub fn add(counter: &Cell<u64>) {
        counter.set(counter.get().wrapping_add(1));
    }
}

//! Values that are too large for the page: elements of an array that JavaScript reads.

use dx_sqlite::{Run, Sink};

use super::exchange::{Exchange, Word};
use crate::bun::{content, loan};
use crate::raw::Js;

/// From here on blobs count as memory that is to be collected in time.
const LARGE_BLOB: usize = 16 * 1024;

/// A blob as a `Uint8Array`.
pub(super) fn blob(exchange: &Exchange, bytes: &[u8]) -> napi::Result<Js> {
    if bytes.len() >= LARGE_BLOB && loan::made(bytes.len()) {
        exchange.set(Word::CollectionDue, 1);
    }
    exchange.env().bytes(bytes)
}

/// Hands large values over as elements of the array.
pub(super) struct HandOver<'a> {
    exchange: &'a Exchange,
    failed: bool,
}

impl<'a> HandOver<'a> {
    pub(super) fn new(exchange: &'a Exchange) -> Self {
        exchange.taken.set(0);
        Self { exchange, failed: false }
    }

    /// Whether JavaScript could not make a value: too long for a string, or out of memory.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    fn put(&mut self, value: napi::Result<Js>) {
        let Exchange { handed_over, taken, .. } = self.exchange;
        let env = self.exchange.env();
        let set = |value| handed_over.get().and_then(|array| env.set_element(array, taken.get(), value));
        if value.and_then(set).is_err() {
            self.failed = true;
        }
        taken.set(taken.get() + 1);
    }
}

impl Sink for HandOver<'_> {
    fn keep(&mut self, place: usize, text: Run<'_>) -> bool {
        let env = self.exchange.env();
        let string = match text {
            Run::Latin1(text) => env.latin1(text),
            Run::Utf16(text) => env.utf16(text),
        };
        let place = u32::try_from(place + 1).unwrap_or(u32::MAX);
        string.and_then(|string| env.set_element(self.exchange.known.get()?, place, string)).is_ok()
    }

    fn text(&mut self, utf8: &[u8]) {
        let env = self.exchange.env();
        self.put(content::large_ascii(env.0, utf8).unwrap_or_else(|| env.utf8(utf8)));
    }

    fn blob(&mut self, bytes: &[u8]) {
        self.put(blob(self.exchange, bytes));
    }

    fn taken(&self) -> usize {
        self.exchange.taken.get() as usize
    }

    fn truncate(&mut self, count: usize) {
        self.exchange.taken.set(u32::try_from(count).unwrap_or(u32::MAX));
    }
}

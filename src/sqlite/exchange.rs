//! The memory that a database shares with JavaScript: numbers of a call, parameters, the page.
//!
//! `lib/sqlite/exchange.js` is the other side of this layout.
#![expect(unsafe_code, reason = "writes memory that V8 owns")]

use std::cell::Cell;

use dx_sqlite::{PAGE_CELLS, Sink};

use super::js::{Js, Kept, Raw};

/// Parameters that fit into the exchange buffer; a statement with more gets an array.
pub(super) const SLOTS: usize = 64;
/// Where the types of the parameters start, in 32-bit words.
const TYPES: usize = 16;
/// Where their values start, in 64-bit words.
const VALUES: usize = 40;
/// Where their text starts and ends, in bytes.
const TEXT: usize = 1024;
const TEXT_END: usize = 8192;
/// The length of the whole in bytes.
const LENGTH: usize = TEXT_END + PAGE_CELLS * 8;

/// The 32-bit words of the head.
#[derive(Debug, Clone, Copy)]
#[repr(usize)]
pub(super) enum Word {
    Operation = 0,
    /// Parameters to bind, -1: keep those bound.
    Count = 1,
    Rows = 2,
    Done = 3,
    Version = 4,
    HandedOver = 5,
    /// A double, words 6 and 7.
    Changes = 6,
    /// A double or a 64-bit integer, words 8 and 9.
    LastRowid = 8,
    Run = 10,
    /// A callback threw: the value is `thrown` of the array of handed-over values.
    Thrown = 12,
    /// The values of the parameters are in an array, the call's argument.
    Array = 13,
}

/// The exchange buffer of a database and the array for values that are too large for it.
pub(crate) struct Exchange {
    memory: *mut u64,
    env: Raw,
    page_is_lent: Cell<bool>,
    handed_over: Kept,
    _buffer: Kept,
}

impl Exchange {
    /// Takes the buffer and the array that JavaScript made. `None`: not what was agreed.
    pub(super) fn new(env: Raw, buffer: Js, handed_over: Js) -> Option<Self> {
        let (memory, length) = env.place_of_bytes(buffer)?;
        if length != LENGTH || memory.addr() % 8 != 0 {
            return None;
        }
        Some(Self {
            memory: memory.cast(),
            env,
            page_is_lent: Cell::new(false),
            handed_over: Kept::new(env, handed_over).ok()?,
            _buffer: Kept::new(env, buffer).ok()?,
        })
    }

    pub(super) fn env(&self) -> Raw {
        self.env
    }

    fn word_at(&self, index: usize) -> i32 {
        // SAFETY: all indices are below LENGTH / 4; the buffer is kept alive, never detached, and aligned by V8.
        unsafe { self.memory.cast::<i32>().add(index).read() }
    }

    #[inline]
    pub(super) fn get(&self, word: Word) -> i32 {
        self.word_at(word as usize)
    }

    /// Whether this call's parameters come in an array.
    #[inline]
    pub(super) fn take_array_flag(&self) -> bool {
        let flag = self.get(Word::Array) != 0;
        if flag {
            self.set(Word::Array, 0);
        }
        flag
    }

    #[inline]
    pub(super) fn set(&self, word: Word, value: i32) {
        // SAFETY: as in `word_at`.
        unsafe { self.memory.cast::<i32>().add(word as usize).write(value) };
    }

    #[inline]
    pub(super) fn set_number(&self, word: Word, value: f64) {
        // SAFETY: as in `word_at`; the words of numbers are even, so the double is aligned.
        unsafe { self.memory.cast::<f64>().add(word as usize / 2).write(value) };
    }

    #[inline]
    pub(super) fn set_integer(&self, word: Word, value: i64) {
        // SAFETY: as in `set_number`.
        unsafe { self.memory.cast::<i64>().add(word as usize / 2).write(value) };
    }

    /// The type and the value of a parameter below [`SLOTS`].
    #[inline]
    pub(super) fn parameter(&self, index: usize) -> (i32, u64) {
        let index = index.min(SLOTS - 1);
        // SAFETY: as in `word_at`; index is below SLOTS.
        (self.word_at(TYPES + index), unsafe { self.memory.add(VALUES + index).read() })
    }

    /// The text of a parameter: start and length in the text area.
    #[inline]
    pub(super) fn text(&self, start: usize, length: usize) -> &[u8] {
        let start = start.clamp(TEXT, TEXT_END);
        let length = length.min(TEXT_END - start);
        // SAFETY: clamped into the buffer. JavaScript does not run while the slice is in use: it is copied by the bind.
        unsafe { std::slice::from_raw_parts(self.memory.cast::<u8>().add(start), length) }
    }

    /// Lends the page. `None`: it is lent already.
    pub(super) fn with_page<R>(&self, write: impl FnOnce(&mut [u64]) -> R) -> Option<R> {
        if self.page_is_lent.replace(true) {
            return None;
        }
        // SAFETY: the page lies in the buffer and is aligned; the flag sees to it that it is lent once, and JavaScript
        // that runs during a step writes to the head, the parameters and the text only.
        let cells = unsafe { std::slice::from_raw_parts_mut(self.memory.add(TEXT_END / 8), PAGE_CELLS) };
        let result = write(cells);
        self.page_is_lent.set(false);
        Some(result)
    }

    /// Throws what a callback threw during the step, if one did.
    pub(super) fn rethrow(&self) -> bool {
        if self.get(Word::Thrown) == 0 {
            return false;
        }
        self.set(Word::Thrown, 0);
        let thrown = self.handed_over.get().and_then(|array| self.env.property(array, c"thrown"));
        match thrown {
            Ok(value) => {
                self.env.throw(value);
                true
            }
            Err(_) => false,
        }
    }
}

/// Hands large values over as elements of the array.
pub(super) struct HandOver<'a> {
    exchange: &'a Exchange,
    taken: usize,
    failed: bool,
}

impl<'a> HandOver<'a> {
    pub(super) fn new(exchange: &'a Exchange) -> Self {
        Self { exchange, taken: 0, failed: false }
    }

    /// Whether JavaScript could not make a value: too long for a string, or out of memory.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    fn put(&mut self, value: napi::Result<Js>) {
        let index = u32::try_from(self.taken).unwrap_or(u32::MAX);
        let set = |value| {
            self.exchange.handed_over.get().and_then(|array| self.exchange.env.set_element(array, index, value))
        };
        if value.and_then(set).is_err() {
            self.failed = true;
        }
        self.taken += 1;
    }
}

impl Sink for HandOver<'_> {
    fn text(&mut self, utf8: &[u8]) {
        self.put(self.exchange.env.utf8(utf8));
    }

    fn blob(&mut self, bytes: &[u8]) {
        self.put(self.exchange.env.bytes(bytes));
    }

    fn taken(&self) -> usize {
        self.taken
    }

    fn truncate(&mut self, count: usize) {
        self.taken = count;
    }
}

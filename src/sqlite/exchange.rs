//! The memory that the addon shares with JavaScript, one for each environment: what to do and for which statement,
//! parameters, numbers that come back, the page of rows.
//!
//! `lib/sqlite/exchange.js` is the other side of this layout.
#![expect(unsafe_code, reason = "reads and writes memory that V8 owns")]

use std::cell::{Cell, RefCell};
use std::rc::{self, Rc};
use std::slice;

use dx_sqlite::{PAGE_CELLS, Page, Text};
use slab::Slab;

use super::statement::Entry;
use crate::raw::{Js, Kept, Raw, Watch, Weak};

/// Parameters that fit into the exchange buffer; a statement with more gets an array.
const SLOTS: usize = 64;
/// Where the types of the parameters start, in 32-bit words.
const TYPES: usize = 20;
/// Where their values start, in 64-bit words.
const VALUES: usize = 42;
/// Where their text starts and ends, in bytes.
const TEXT: usize = 1024;
const TEXT_END: usize = 8192;
/// The kind of a parameter whose text is an argument of the call: where there is room for it, in the low half.
const TEXT_ARGUMENT: i32 = 7;
/// The kind of a text in the buffer (`dx_sqlite::Binder::bind_packed`).
const TEXT_KIND: i32 = 3;
/// The length of the whole in bytes.
const LENGTH: usize = TEXT_END + PAGE_CELLS * 8;
/// Statements that are prepared before it is asked whether JavaScript has collected some: a part of those that live,
/// and at least so many.
const FEW_STATEMENTS: usize = 64;
const PART: usize = 8;

/// The 32-bit words of the head.
#[derive(Debug, Clone, Copy)]
#[repr(usize)]
pub(super) enum Word {
    Operation = 0,
    /// The statement's key.
    Statement = 1,
    /// Parameters to bind, -1: keep those bound.
    Count = 2,
    /// Where the text of the parameters ends.
    TextEnd = 3,
    Rows = 4,
    Done = 5,
    Version = 6,
    HandedOver = 7,
    /// Rows changed and the last rowid; words 14 to 17 have them when they are no int32.
    Changes = 8,
    LastRowid = 9,
    IsWide = 10,
    Run = 11,
    /// A callback threw: the value is `thrown` of the array of handed-over values.
    Thrown = 12,
    /// 1: the values of the parameters are in an array, the call's argument; 2: some of their texts are arguments.
    Given = 13,
    /// Doubles, or a 64-bit integer.
    WideChanges = 14,
    WideLastRowid = 16,
    /// Statements that live, as far as is known.
    Statements = 18,
    /// So much memory of blobs was made that collecting garbage pays.
    CollectionDue = 19,
}

/// The exchange buffer, the array for values that are too large for it, and the statements of an environment.
pub(crate) struct Exchange {
    memory: *mut u64,
    env: Raw,
    pub(super) handed_over: Kept,
    /// Texts that come again and again (`dx_sqlite::KNOWN_TEXTS`), behind an element that stands for `NULL`.
    pub(super) known: Kept,
    /// Elements of `handed_over` in use.
    pub(super) taken: Cell<u32>,
    /// What the page held when a user function used it for another database.
    set_aside: RefCell<Option<Vec<u64>>>,
    /// For the text of a page; none while one is being filled, so that a nested page knows no texts.
    text: Cell<Option<Box<Text>>>,
    /// Callbacks into JavaScript under way.
    depth: Cell<u32>,
    statements: RefCell<Slab<Rc<Entry>>>,
    /// Statements prepared since it was asked for collected ones.
    prepared: Cell<usize>,
    /// Is collected with the next garbage; then there may be statements to drop.
    canary: RefCell<Option<Watch<Token>>>,
    _buffer: Kept,
}

impl Exchange {
    /// Takes the buffer and the arrays that JavaScript made. `None`: not what was agreed.
    pub(super) fn new(env: Raw, buffer: Js, handed_over: Js, known: Js) -> Option<Self> {
        let (memory, length) = env.place_of_bytes(buffer)?;
        if length != LENGTH || memory.addr() % 8 != 0 {
            return None;
        }
        Some(Self {
            memory: memory.cast(),
            env,
            handed_over: Kept::new(env, handed_over).ok()?,
            known: Kept::new(env, known).ok()?,
            taken: Cell::new(0),
            set_aside: RefCell::new(None),
            text: Cell::new(Some(Box::new(Text::with_known()))),
            depth: Cell::new(0),
            statements: RefCell::new(Slab::new()),
            prepared: Cell::new(0),
            canary: RefCell::new(None),
            _buffer: Kept::new(env, buffer).ok()?,
        })
    }

    pub(super) fn env(&self) -> Raw {
        self.env
    }

    #[inline]
    fn word_at(&self, index: usize) -> i32 {
        // SAFETY: all indices are below LENGTH / 4; the buffer is kept alive, never detached, and aligned by V8.
        unsafe { self.memory.cast::<i32>().add(index).read() }
    }

    #[inline]
    pub(super) fn get(&self, word: Word) -> i32 {
        self.word_at(word as usize)
    }

    /// A word that is never negative where it is asked for; 0 if it is.
    #[inline]
    pub(super) fn get_size(&self, word: Word) -> usize {
        usize::try_from(self.get(word)).unwrap_or_default()
    }

    /// How this call's parameters come: 0, they are in the buffer, or as `Word::Given` says.
    #[inline]
    pub(super) fn take_given(&self) -> i32 {
        let given = self.get(Word::Given);
        if given != 0 {
            self.set(Word::Given, 0);
        }
        given
    }

    /// Has the texts that are arguments of the call written where JavaScript has left room for them: `write` gets the index
    /// of the parameter and the room, and gives the length.
    #[inline]
    pub(super) fn place_texts(&self, count: usize, write: impl Fn(usize, &mut [u8]) -> usize) {
        let end = self.get_size(Word::TextEnd).clamp(TEXT, TEXT_END);
        for index in 0..count.min(SLOTS) {
            if self.word_at(TYPES + index) != TEXT_ARGUMENT {
                continue;
            }
            let start = TEXT + usize::try_from(self.word_at(2 * (VALUES + index))).unwrap_or(TEXT_END);
            // SAFETY: below the end of the text in the buffer; nobody else uses that memory meanwhile.
            let room = unsafe { self.memory.cast::<u8>().add(start.min(end)) };
            // SAFETY: as above.
            let room = unsafe { slice::from_raw_parts_mut(room, end - start.min(end)) };
            let length = i32::try_from(write(index, room)).unwrap_or_default();
            self.set_at(2 * (VALUES + index) + 1, length);
            self.set_at(TYPES + index, TEXT_KIND);
        }
    }

    #[inline]
    pub(super) fn set(&self, word: Word, value: i32) {
        self.set_at(word as usize, value);
    }

    #[inline]
    fn set_at(&self, index: usize, value: i32) {
        // SAFETY: as in `word_at`.
        unsafe { self.memory.cast::<i32>().add(index).write(value) };
    }

    /// Tells what a run changed; `big`: a rowid beyond int32 as a 64-bit integer, not as a double.
    #[inline]
    pub(super) fn set_changes(&self, rows: i64, last_rowid: i64, big: bool) {
        if let (Ok(rows), Ok(last_rowid), false) = (i32::try_from(rows), i32::try_from(last_rowid), big) {
            self.set(Word::Changes, rows);
            self.set(Word::LastRowid, last_rowid);
            self.set(Word::IsWide, 0);
            return;
        }
        self.set(Word::IsWide, 1);
        self.set_wide(Word::WideChanges, super::database::number(rows).to_bits());
        let rowid = if big { last_rowid.cast_unsigned() } else { super::database::number(last_rowid).to_bits() };
        self.set_wide(Word::WideLastRowid, rowid);
    }

    fn set_wide(&self, word: Word, bits: u64) {
        // SAFETY: as in `word_at`; the words of wide numbers are even, so they are aligned.
        unsafe { self.memory.add(word as usize / 2).write(bits) };
    }

    /// The kinds and the values of the first parameters of the call under way (`dx_sqlite::Binder::bind_packed`).
    ///
    /// As for `texts`, the slices must not be used after JavaScript could run again.
    #[inline]
    pub(super) fn parameters(&self, count: usize) -> (&[i32], &[u64]) {
        let count = count.min(SLOTS);
        // SAFETY: the kinds lie in the buffer, which is aligned, and nobody writes to them meanwhile.
        let kinds = unsafe { slice::from_raw_parts(self.memory.cast::<i32>().add(TYPES), count) };
        // SAFETY: as above, the values.
        (kinds, unsafe { slice::from_raw_parts(self.memory.add(VALUES), count) })
    }

    /// The text of all parameters of the call under way; positions count from its start.
    ///
    /// The slice must not be used after JavaScript could run again: the engine copies it at once.
    #[inline]
    pub(super) fn texts(&self) -> &[u8] {
        let end = self.get_size(Word::TextEnd).clamp(TEXT, TEXT_END);
        // SAFETY: clamped into the buffer.
        unsafe { slice::from_raw_parts(self.memory.cast::<u8>().add(TEXT), end - TEXT) }
    }

    /// Lends the page. JavaScript, or a step for another database that a user function runs, may write to it meanwhile:
    /// `aside` puts it back.
    #[inline]
    pub(super) fn with_page<R>(&self, write: impl FnOnce(&mut Page<'_>) -> R) -> (R, Box<Text>) {
        // SAFETY: the page lies in the buffer and is aligned; cells may be shared.
        let cells = unsafe { slice::from_raw_parts(self.memory.add(TEXT_END / 8).cast::<Cell<u64>>(), PAGE_CELLS) };
        if self.depth.get() > 0 {
            let mut aside = self.set_aside.borrow_mut();
            aside.get_or_insert_with(|| cells.iter().map(Cell::get).collect());
        }
        let mut text = self.text.take().unwrap_or_default();
        let result = write(&mut Page::new(cells, &mut text));
        (result, text)
    }

    /// Takes the text of a page back, for the memory.
    #[inline]
    pub(super) fn give_back(&self, text: Box<Text>) {
        self.text.set(Some(text));
    }

    /// Calls JavaScript from inside a step: what the step has placed so far is there again afterwards.
    pub(super) fn aside<R>(&self, call: impl FnOnce() -> R) -> R {
        let outer = self.set_aside.take();
        let taken = self.taken.get();
        let kept: Vec<Js> = self.handed_over.get().map_or_else(
            |_| Vec::new(),
            |array| (0..taken).filter_map(|index| self.env.element(array, index).ok()).collect(),
        );
        self.depth.set(self.depth.get() + 1);
        let result = call();
        self.depth.set(self.depth.get() - 1);
        if let Some(copy) = self.set_aside.replace(outer) {
            for (index, word) in copy.into_iter().enumerate().take(PAGE_CELLS) {
                // SAFETY: the page has this many words.
                unsafe { self.memory.add(TEXT_END / 8 + index).write(word) };
            }
        }
        for (index, value) in (0..).zip(kept) {
            let _ = self.handed_over.get().and_then(|array| self.env.set_element(array, index, value));
        }
        self.taken.set(taken);
        result
    }

    /// Forgets what a callback threw while SQLite cleaned up after an earlier call: nobody was there to be told.
    #[inline]
    pub(super) fn forget_thrown(&self) {
        if self.get(Word::Thrown) != 0 && self.depth.get() == 0 {
            self.set(Word::Thrown, 0);
        }
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

    /// The statement of the call under way.
    #[inline]
    pub(super) fn entry(&self) -> Option<Rc<Entry>> {
        self.statements.borrow().get(self.get_size(Word::Statement)).cloned()
    }

    /// Takes a statement that lives as long as its JavaScript object; gives its key.
    pub(super) fn keep(self: &Rc<Self>, object: Js, make: impl FnOnce(Weak) -> Entry) -> napi::Result<usize> {
        self.look();
        let object = Weak::new(self.env, object)?;
        let mut statements = self.statements.borrow_mut();
        let key = statements.insert(Rc::new(make(object)));
        self.set(Word::Statements, i32::try_from(statements.len()).unwrap_or(i32::MAX));
        Ok(key)
    }

    /// Asks now and then whether the canary was collected. Node-API tells when the event loop turns; a loop that prepares
    /// statements and never waits must not pile them up.
    fn look(self: &Rc<Self>) {
        let prepared = self.prepared.get() + 1;
        self.prepared.set(prepared);
        if prepared < FEW_STATEMENTS || prepared < self.statements.borrow().len() / PART || self.depth.get() > 0 {
            return;
        }
        self.prepared.set(0);
        let mut canary = self.canary.borrow_mut();
        let Some(watch) = canary.take() else {
            drop(canary);
            return self.watch();
        };
        // SAFETY: a canary that was told to be gone is no more in its cell.
        if self.env.scoped(|| unsafe { watch.is_gone() }) {
            drop(canary);
            // SAFETY: as above. Its token drops the statements.
            unsafe { watch.end() };
        } else {
            *canary = Some(watch);
        }
    }

    fn watch(self: &Rc<Self>) {
        let token = Token(Rc::downgrade(self));
        let canary = self.env.scoped(|| Watch::new(self.env, self.env.array()?, token));
        self.canary.replace(canary.ok());
    }

    /// Drops the statements whose objects were collected.
    fn sweep(&self) {
        let gone = self.env.scoped(|| {
            let statements = self.statements.borrow();
            let gone = statements.iter().filter(|(_, entry)| Rc::strong_count(entry) == 1 && entry.object.is_gone());
            gone.map(|(key, _)| key).collect::<Vec<_>>()
        });
        for key in gone {
            // The entry is dropped after the borrow.
            let entry = self.statements.borrow_mut().try_remove(key);
            drop(entry);
        }
    }
}

/// The canary's: JavaScript has collected garbage.
pub(super) struct Token(rc::Weak<Exchange>);

impl Drop for Token {
    fn drop(&mut self) {
        let Some(exchange) = self.0.upgrade() else { return };
        exchange.canary.take();
        // When the environment ends, its `Root` drops all.
        if !exchange.env.is_ending() {
            exchange.sweep();
            exchange.watch();
        }
    }
}

/// What the function of an environment carries: with it, all statements go.
pub(super) struct Root(pub(super) Rc<Exchange>);

impl Drop for Root {
    fn drop(&mut self) {
        let statements = self.0.statements.take();
        drop(statements);
    }
}

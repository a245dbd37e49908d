//! The format in which rows cross to JavaScript.
//!
//! A page is memory that JavaScript reads as `Int32Array`, `Float64Array`, `BigInt64Array` and
//! bytes. Rows lie in it back to back, each column one or two 8-byte cells, by the class of the
//! column. Text is collected in one string beside the page, small blobs at the page's end, large
//! values are handed over one by one.

use std::cell::Cell as Slot;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::known::{Answer, KNOWN_TEXTS, Known, Luck};
use crate::row::{Cell, Cells};
use crate::text::{Run, Text};

/// Cells of a page: 64 KiB, which holds the widest row (2,000 columns of two cells).
pub const PAGE_CELLS: usize = 8192;
/// Longer texts become strings of their own, so that a short one never keeps them alive.
const LONG_TEXT: usize = 1024;
/// A batch ends when its string has grown to this: what a single kept cell can pin.
const TEXT_BATCH: usize = 4096;
/// Longer blobs are handed over one by one.
const LONG_BLOB: usize = 4096;

/// How the cells of a column are written. Classes only widen while a statement lives, so
/// JavaScript soon reads every row with one generated function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnClass {
    /// Nothing but `NULL` so far: no cell.
    Null,
    /// `int32` in the low half; a high half that is not 0 means `NULL`.
    Int,
    /// A double; NaN means `NULL`.
    Number,
    /// Start and end in the batch's string; start -1 means `NULL`, `-2 - n` the n-th known text, and those below
    /// what was handed over.
    Text,
    /// Byte offset in the page and length; offset as for text.
    Blob,
    /// Two cells: not 0 means `NULL`; the 64-bit integer.
    BigInt,
    /// Two cells: [`Tag`]; what the tag says.
    Any,
}

/// The first cell of a column of class `Any`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Tag {
    /// `NULL`
    Null = 0,
    /// As `ColumnClass::Number`
    Number = 1,
    /// As `ColumnClass::Text`
    Text = 2,
    /// As `ColumnClass::Blob`
    Blob = 3,
    /// A 64-bit integer
    BigInt = 4,
}

impl ColumnClass {
    /// Names the class in the signature that JavaScript generates a reader from.
    #[must_use]
    pub fn letter(self) -> u8 {
        match self {
            Self::Null => b'n',
            Self::Int => b'i',
            Self::Number => b'f',
            Self::Text => b't',
            Self::Blob => b'b',
            Self::BigInt => b'g',
            Self::Any => b'x',
        }
    }

    /// Cells that the class takes in a row.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Null => 0,
            Self::Int | Self::Number | Self::Text | Self::Blob => 1,
            Self::BigInt | Self::Any => 2,
        }
    }

    /// The narrowest class that holds what this one holds and the cell.
    fn widened(self, cell: Cell<'_>, big: bool) -> Self {
        let own = match cell {
            Cell::Null => return self,
            Cell::Integer(_) if big => Self::BigInt,
            Cell::Integer(value) if i32::try_from(value).is_ok() => Self::Int,
            Cell::Integer(_) | Cell::Real(_) => Self::Number,
            Cell::Text(_) => Self::Text,
            Cell::Blob(_) => Self::Blob,
        };
        match (self, own) {
            (Self::Null, own) => own,
            (Self::Int, Self::Number) | (Self::Number, Self::Int) => Self::Number,
            (class, own) if class == own => class,
            _ => Self::Any,
        }
    }
}

/// A column of a statement's rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) class: ColumnClass,
    luck: Luck,
}

impl Default for Column {
    fn default() -> Self {
        Self { class: ColumnClass::Null, luck: Luck::default() }
    }
}

/// The columns of a statement's rows, and how they are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) columns: Vec<Column>,
    /// Names these columns with these classes, in the process; 0: nothing is known yet.
    pub(crate) version: u32,
    /// How often SQLite had compiled the statement anew by then.
    pub(crate) compiled: i32,
    /// Whether integers are written as 64-bit integers.
    pub(crate) big: bool,
}

impl Shape {
    /// Notes that the columns or their classes are others.
    pub(crate) fn change(&mut self) {
        static LAST: AtomicU32 = AtomicU32::new(0);
        self.version = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1).max(1);
    }
}

/// Takes the values that do not lie in the page. `n` in `-2 - KNOWN_TEXTS - n` counts the large ones.
pub trait Sink {
    /// Takes a text to be kept as one of the [`KNOWN_TEXTS`]; false: it could not be.
    fn keep(&mut self, place: usize, text: Run<'_>) -> bool;
    /// Takes a long text (UTF-8, possibly ill-formed).
    fn text(&mut self, utf8: &[u8]);
    /// Takes a long blob.
    fn blob(&mut self, bytes: &[u8]);
    /// Counts the values taken.
    fn taken(&self) -> usize;
    /// Forgets the values after the first `count`.
    fn truncate(&mut self, count: usize);
}

/// For rows that nobody reads: large values are dropped, and no text is kept.
impl Sink for () {
    fn keep(&mut self, _: usize, _: Run<'_>) -> bool {
        false
    }
    fn text(&mut self, _: &[u8]) {}
    fn blob(&mut self, _: &[u8]) {}
    fn taken(&self) -> usize {
        0
    }
    fn truncate(&mut self, _: usize) {}
}

/// What a call of [`crate::Statement::fill`] achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// Rows in the page.
    pub rows: usize,
    /// Whether the statement has ended; otherwise there may be more rows.
    pub done: bool,
}

/// Whether a row went into the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placed {
    /// It did.
    Row,
    /// A column's class was widened: rows written so far must be read before this one is written.
    Widened,
    /// No room: rows written so far must be read before this one is written.
    Full,
}

/// How far a page was written before a row.
struct Mark {
    next: usize,
    blobs: usize,
    units: usize,
    taken: usize,
}

/// A page under construction.
#[derive(Debug)]
pub struct Page<'a> {
    cells: &'a [Slot<u64>],
    text: &'a mut Text,
    next: usize,
    /// Cells from here on hold blobs.
    blobs: usize,
    /// Rows placed. Rows of nothing but `NULL` take no cells, so `next` does not tell.
    rows: usize,
}

impl<'a> Page<'a> {
    /// Starts an empty page over memory of at least [`PAGE_CELLS`] cells; the texts of its rows go to `text`.
    #[must_use]
    #[inline]
    pub fn new(cells: &'a [Slot<u64>], text: &'a mut Text) -> Self {
        text.clear();
        let blobs = cells.len();
        Self { cells, text, next: 0, blobs, rows: 0 }
    }

    /// Writes a row, or says why not; then nothing of it is left.
    ///
    /// The classes of `columns` are widened in place while the page is empty.
    #[inline]
    pub(crate) fn place<'row, S: Sink>(
        &mut self,
        columns: &mut [Column],
        big: bool,
        sink: &mut S,
        row: &impl Cells<'row>,
    ) -> Placed {
        let mark = Mark { next: self.next, blobs: self.blobs, units: self.text.units(), taken: sink.taken() };
        if self.rows > 0 && (mark.units >= TEXT_BATCH || self.next + columns.len() * 2 > self.blobs) {
            return Placed::Full;
        }
        for (index, column) in columns.iter_mut().enumerate() {
            let placed = self.put(column, row, index, big, sink);
            if placed != Placed::Row {
                sink.truncate(mark.taken);
                return self.refuse(columns, big, row, placed, &mark);
            }
        }
        self.rows += 1;
        Placed::Row
    }

    /// Takes back what was written of a row; widens the classes if that was the reason.
    #[cold]
    fn refuse<'row>(
        &mut self,
        columns: &mut [Column],
        big: bool,
        row: &impl Cells<'row>,
        why: Placed,
        mark: &Mark,
    ) -> Placed {
        (self.next, self.blobs) = (mark.next, mark.blobs);
        self.text.truncate(mark.units);
        // Rows that are in the page were written, and will be read, with the classes as they are.
        if why == Placed::Widened && self.rows == 0 {
            for (index, column) in columns.iter_mut().enumerate() {
                column.class = column.class.widened(row.cell(index), big);
            }
        }
        why
    }

    /// Writes a value: first as what the column's class says that it probably is.
    #[inline]
    fn put<'row, S: Sink>(
        &mut self,
        column: &mut Column,
        row: &impl Cells<'row>,
        index: usize,
        big: bool,
        sink: &mut S,
    ) -> Placed {
        match column.class {
            ColumnClass::Int if !big => {
                if let Some(Ok(value)) = row.integer(index).map(i32::try_from) {
                    self.push(pair(value, 0));
                    return Placed::Row;
                }
            }
            ColumnClass::Text => {
                if let Some(utf8) = row.text(index) {
                    let position = text_position(utf8, &mut column.luck, self.text, sink);
                    self.push(position);
                    return Placed::Row;
                }
            }
            ColumnClass::Number => {
                if let Some(value) = row.real(index) {
                    self.push(value.to_bits());
                    return Placed::Row;
                }
            }
            _ => {}
        }
        self.put_cell(column, row.cell(index), big, sink)
    }

    /// Writes a value of any kind; not inlined, so that the usual ones keep the processor's registers.
    #[inline(never)]
    fn put_cell<S: Sink>(&mut self, column: &mut Column, cell: Cell<'_>, big: bool, sink: &mut S) -> Placed {
        match (column.class, cell) {
            (ColumnClass::Null, Cell::Null) => {}
            (ColumnClass::Int, Cell::Integer(value)) if !big => match i32::try_from(value) {
                Ok(value) => self.push(pair(value, 0)),
                Err(_) => return Placed::Widened,
            },
            (ColumnClass::Int, Cell::Null) => self.push(pair(0, 1)),
            (ColumnClass::Text, Cell::Text(utf8)) => {
                let position = text_position(utf8, &mut column.luck, self.text, sink);
                self.push(position);
            }
            (ColumnClass::Text | ColumnClass::Blob, Cell::Null) => self.push(pair(-1, 0)),
            (ColumnClass::Number, Cell::Real(value)) => self.push(value.to_bits()),
            (ColumnClass::Number, Cell::Integer(value)) if !big => self.push(rounded(value).to_bits()),
            (ColumnClass::Number, Cell::Null) => self.push(f64::NAN.to_bits()),
            (ColumnClass::Blob, Cell::Blob(bytes)) => match self.blob_position(bytes, sink) {
                Some(position) => self.push(position),
                None => return Placed::Full,
            },
            (ColumnClass::BigInt, Cell::Integer(value)) => self.push_two(0, value.cast_unsigned()),
            (ColumnClass::BigInt, Cell::Null) => self.push_two(1, 0),
            (ColumnClass::Any, cell) => return self.put_any(&mut column.luck, cell, big, sink),
            _ => return Placed::Widened,
        }
        Placed::Row
    }

    fn put_any<S: Sink>(&mut self, luck: &mut Luck, cell: Cell<'_>, big: bool, sink: &mut S) -> Placed {
        let (tag, payload) = match cell {
            Cell::Null => (Tag::Null, 0),
            Cell::Integer(value) if big => (Tag::BigInt, value.cast_unsigned()),
            Cell::Integer(value) => (Tag::Number, rounded(value).to_bits()),
            Cell::Real(value) => (Tag::Number, value.to_bits()),
            Cell::Text(utf8) => (Tag::Text, text_position(utf8, luck, self.text, sink)),
            Cell::Blob(bytes) => match self.blob_position(bytes, sink) {
                Some(position) => (Tag::Blob, position),
                None => return Placed::Full,
            },
        };
        self.push_two(tag as u64, payload);
        Placed::Row
    }

    #[inline]
    fn push(&mut self, cell: u64) {
        // `place` has made sure of room; a slice that is too short would show as missing values, not as a crash.
        if let Some(place) = self.cells.get(self.next) {
            place.set(cell);
        }
        self.next += 1;
    }

    fn push_two(&mut self, first: u64, second: u64) {
        self.push(first);
        self.push(second);
    }

    /// Copies a small blob to the end of the page, hands a large one over. `None`: no room now.
    fn blob_position<S: Sink>(&mut self, bytes: &[u8], sink: &mut S) -> Option<u64> {
        let cells = bytes.len().div_ceil(8);
        // Two cells a column are kept free for the rest of the row: 2,000 columns at most.
        let room = self.blobs.checked_sub(cells).filter(|&start| start > self.next + 4000);
        let start = match room {
            Some(start) if bytes.len() <= LONG_BLOB => start,
            None if bytes.len() <= LONG_BLOB && self.rows > 0 => return None,
            _ => {
                sink.blob(bytes);
                return Some(pair(handed_over(sink.taken()), 0));
            }
        };
        for (place, chunk) in self.cells[start..].iter().zip(bytes.chunks(8)) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            place.set(u64::from_le_bytes(word));
        }
        self.blobs = start;
        Some(pair(small(start * 8), small(bytes.len())))
    }
}

#[inline]
fn text_position<S: Sink>(utf8: &[u8], luck: &mut Luck, text: &mut Text, sink: &mut S) -> u64 {
    if Known::fits(utf8.len()) && luck.tries() {
        known_position(utf8, luck, text, sink)
    } else if utf8.len() > LONG_TEXT {
        sink.text(utf8);
        pair(handed_over(sink.taken()), 0)
    } else {
        text_end(utf8, text)
    }
}

/// Appends a text. Not inlined, as what follows: together they would keep little in the processor's registers.
#[inline(never)]
fn text_end(utf8: &[u8], text: &mut Text) -> u64 {
    let start = text.units();
    text.push(utf8);
    pair(small(start), small(text.units()))
}

/// Where JavaScript has a text; appends it if it has not.
#[inline(never)]
fn known_position<S: Sink>(utf8: &[u8], luck: &mut Luck, text: &mut Text, sink: &mut S) -> u64 {
    match known_place(utf8, luck, text, sink) {
        Some(place) => pair(-2 - small(place), 0),
        None => text_end(utf8, text),
    }
}

/// Where JavaScript has a text, from before or from now on.
#[inline]
fn known_place<S: Sink>(utf8: &[u8], luck: &mut Luck, text: &mut Text, sink: &mut S) -> Option<usize> {
    match text.known()?.find(utf8) {
        Answer::Known(place) => {
            luck.hit();
            Some(place)
        }
        Answer::Unknown => {
            luck.miss();
            None
        }
        Answer::Take(place) => {
            luck.miss();
            keep(place, utf8, text, sink)
        }
    }
}

#[cold]
fn keep<S: Sink>(place: usize, utf8: &[u8], text: &mut Text, sink: &mut S) -> Option<usize> {
    let mut alone = Text::default();
    alone.push(utf8);
    if sink.keep(place, alone.run()) {
        return Some(place);
    }
    text.known()?.forget(place);
    None
}

/// `-2 - KNOWN_TEXTS - n` for the value that was just taken, n counted from 0.
fn handed_over(taken: usize) -> i32 {
    -1 - small(KNOWN_TEXTS + taken)
}

#[inline]
fn pair(low: i32, high: i32) -> u64 {
    u64::from(low.cast_unsigned()) | (u64::from(high.cast_unsigned()) << 32)
}

/// Positions in a page and in a batch's text are far below 2^31.
#[inline]
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "bounded by the page and by TEXT_BATCH")]
fn small(position: usize) -> i32 {
    position as i32
}

/// The `number` nearest to a 64-bit integer, as `bun:sqlite` returns it without `safeIntegers`.
#[inline]
#[allow(clippy::cast_precision_loss, reason = "rounding is the documented result")]
fn rounded(value: i64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    impl<'row> Cells<'row> for &[Cell<'row>] {
        fn cell(&self, column: usize) -> Cell<'row> {
            self[column]
        }
    }

    struct Kept(Vec<Vec<u8>>);
    impl Sink for Kept {
        fn keep(&mut self, _: usize, _: Run<'_>) -> bool {
            true
        }
        fn text(&mut self, utf8: &[u8]) {
            self.0.push(utf8.to_vec());
        }
        fn blob(&mut self, bytes: &[u8]) {
            self.0.push(bytes.to_vec());
        }
        fn taken(&self) -> usize {
            self.0.len()
        }
        fn truncate(&mut self, count: usize) {
            self.0.truncate(count);
        }
    }

    fn of(class: ColumnClass) -> Column {
        Column { class, ..Column::default() }
    }

    fn place(page: &mut Page<'_>, columns: &mut [Column], kept: &mut Kept, row: &[Cell<'_>]) -> Placed {
        page.place(columns, false, kept, &row)
    }

    #[test]
    fn a_class_widens_and_the_row_is_taken_back() {
        let (memory, mut text) = (vec![Slot::new(0); PAGE_CELLS], Text::default());
        let mut page = Page::new(&memory, &mut text);
        let mut kept = Kept(Vec::new());
        let mut classes = [Column::default()];
        assert_eq!(place(&mut page, &mut classes, &mut kept, &[Cell::Integer(5)]), Placed::Widened);
        assert_eq!(classes[0].class, ColumnClass::Int);
        assert_eq!(place(&mut page, &mut classes, &mut kept, &[Cell::Integer(-5)]), Placed::Row);
        assert_eq!(place(&mut page, &mut classes, &mut kept, &[Cell::Integer(1 << 40)]), Placed::Widened);
        assert_eq!(classes[0].class, ColumnClass::Int, "the row in the page is still to be read");
        assert_eq!(page.next, 1);
        assert_eq!(page.cells[0].get(), 0xffff_fffb);
        let mut page = Page::new(&memory, &mut text);
        assert_eq!(place(&mut page, &mut classes, &mut kept, &[Cell::Integer(1 << 40)]), Placed::Widened);
        assert_eq!(classes[0].class, ColumnClass::Number);
        assert_eq!(place(&mut page, &mut classes, &mut kept, &[Cell::Text(b"x")]), Placed::Widened);
        assert_eq!(classes[0].class, ColumnClass::Any);
        assert_eq!(page.next, 0);
    }

    #[test]
    fn large_values_are_handed_over_and_taken_back_with_their_row() {
        let (memory, mut text) = (vec![Slot::new(0); PAGE_CELLS], Text::default());
        let mut page = Page::new(&memory, &mut text);
        let mut kept = Kept(Vec::new());
        let mut classes = [of(ColumnClass::Blob), of(ColumnClass::Int)];
        let large = vec![1; LONG_BLOB + 1];
        let row = [Cell::Blob(&large), Cell::Text(b"widens")];
        assert_eq!(place(&mut page, &mut classes, &mut kept, &row), Placed::Widened);
        assert_eq!(kept.taken(), 0);
        assert_eq!(place(&mut page, &mut classes, &mut kept, &row), Placed::Row);
        assert_eq!(kept.taken(), 1);
        let handed_over = -2 - i32::try_from(KNOWN_TEXTS).unwrap();
        assert_eq!(memory[0].get() & 0xffff_ffff, u64::from(handed_over.cast_unsigned()));
    }

    #[test]
    fn a_full_page_refuses_and_an_empty_one_does_not() {
        let (memory, mut text) = (vec![Slot::new(0); PAGE_CELLS], Text::default());
        let mut page = Page::new(&memory, &mut text);
        let mut kept = Kept(Vec::new());
        let mut classes = [of(ColumnClass::Blob); 3];
        let bytes = vec![7; LONG_BLOB];
        let row = [Cell::Blob(&bytes); 3];
        let mut rows = 0;
        while place(&mut page, &mut classes, &mut kept, &row) == Placed::Row {
            rows += 1;
        }
        assert!(rows >= 1);
        assert_eq!(page.next, rows * 3);
    }
    #[test]
    fn a_text_that_comes_again_is_an_index() {
        let (memory, mut text) = (vec![Slot::new(0); PAGE_CELLS], Text::with_known());
        let mut kept = Kept(Vec::new());
        let mut columns = [of(ColumnClass::Text)];
        let mut starts = Vec::new();
        for _ in 0..4 {
            let mut page = Page::new(&memory, &mut text);
            assert_eq!(place(&mut page, &mut columns, &mut kept, &[Cell::Text(b"Oslo")]), Placed::Row);
            starts.push(u32::try_from(memory[0].get() & 0xffff_ffff).unwrap().cast_signed());
        }
        assert_eq!(starts[0], 0, "seen once: a part of the page's string");
        assert!((-1 - i32::try_from(KNOWN_TEXTS).unwrap()..=-2).contains(&starts[1]));
        assert_eq!(starts[2..], [starts[1]; 2]);
        assert_eq!(text.run(), Run::Latin1(b""));
    }
}

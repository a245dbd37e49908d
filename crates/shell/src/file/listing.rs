//! The names in a directory.

use std::cell::Cell;

use super::Kind;
use crate::order::key;

/// Copies go in pieces of this size, which the names and the text have to spare at their ends: a fixed size needs no call.
const PIECE: usize = 32;
/// From here on counting beats comparing.
const MANY: usize = 256;
/// What a thread keeps for its next listing, in entries.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// Memory of the thread's last listing: fresh memory costs more than to fill it.
    static MEMORY: Cell<Memory> = const { Cell::new(Memory::EMPTY) };
}

/// The names in a directory, in its own order, without `.` and `..`.
#[derive(Debug)]
pub(crate) struct Listing(Memory);

#[derive(Debug)]
struct Memory {
    names: Vec<u8>,
    entries: Vec<Entry>,
    /// For sorting.
    spare: Vec<Entry>,
    /// The joined names.
    text: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// What decides about the order, as far as a number can hold it.
    key: u64,
    start: u32,
    length: u16,
    kind: Kind,
}

impl Memory {
    const EMPTY: Self = Self { names: Vec::new(), entries: Vec::new(), spare: Vec::new(), text: Vec::new() };
}

impl Default for Listing {
    fn default() -> Self {
        Self(MEMORY.replace(Memory::EMPTY))
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        let mut memory = std::mem::replace(&mut self.0, Memory::EMPTY);
        if memory.entries.capacity() > KEPT || memory.names.capacity() > KEPT * PIECE {
            return;
        }
        memory.names.clear();
        memory.entries.clear();
        // A thread that ends has none any more.
        let _ = MEMORY.try_with(|kept| kept.set(memory));
    }
}

impl Listing {
    /// Adds an entry.
    pub(crate) fn push(&mut self, name: &[u8], kind: Kind) {
        let Memory { names, entries, .. } = &mut self.0;
        // A directory with 4 GiB of names does not fit in memory otherwise either, and no system has names of 64 KiB.
        let (Ok(start), Ok(length)) = (u32::try_from(names.len()), u16::try_from(name.len())) else { return };
        names.extend_from_slice(name);
        entries.push(Entry { key: 0, start, length, kind });
    }

    /// Sorts by name, byte by byte.
    pub(crate) fn sort(&mut self) {
        let Memory { names, entries, spare, .. } = &mut self.0;
        // Names in a directory often start alike: what comes after that, as a number, decides without a look at them.
        let longest = entries.iter().map(|entry| usize::from(entry.length)).max().unwrap_or(0);
        let mut at = 0;
        let mut varying = set_keys(names, entries, at);
        while varying == 0 && at < longest {
            at += 8;
            varying = set_keys(names, entries, at);
        }
        let alike = varying.leading_zeros() as usize / 8;
        if (1..8).contains(&alike) {
            varying = set_keys(names, entries, at + alike);
        }
        sort_by_key(entries, spare, varying);
        // Names with one key are told apart by the rest of them.
        for run in entries.chunk_by_mut(|a, b| a.key == b.key) {
            if run.len() > 1 {
                run.sort_unstable_by_key(|entry| entry.name(names));
            }
        }
    }

    /// The names that do not start with `hidden`, each with a byte behind it.
    pub(crate) fn joined(&mut self, hidden: Option<u8>, terminator: u8) -> &[u8] {
        let Memory { names, entries, text, .. } = &mut self.0;
        let length = names.len();
        names.resize(length + PIECE, 0);
        text.resize(length + entries.len() + PIECE, 0);
        let mut end = 0;
        for entry in &*entries {
            let (start, length) = (entry.start as usize, usize::from(entry.length));
            if hidden.is_some_and(|hidden| names[start] == hidden) {
                continue;
            }
            for at in (0..length).step_by(PIECE) {
                text[end + at..][..PIECE].copy_from_slice(&names[start + at..][..PIECE]);
            }
            end += length;
            text[end] = terminator;
            end += 1;
        }
        names.truncate(length);
        &text[..end]
    }

    /// The entries.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], Kind)> {
        let Memory { names, entries, .. } = &self.0;
        entries.iter().map(|entry| (entry.name(names), entry.kind))
    }
}

impl Entry {
    fn name<'a>(&self, names: &'a [u8]) -> &'a [u8] {
        &names[self.start as usize..][..usize::from(self.length)]
    }
}

/// Gives each entry its key; returns the bits in which these differ.
fn set_keys(names: &[u8], entries: &mut [Entry], at: usize) -> u64 {
    let first = entries.first().map_or(0, |entry| key(entry.name(names), at));
    entries.iter_mut().fold(0, |varying, entry| {
        entry.key = key(entry.name(names), at);
        varying | (entry.key ^ first)
    })
}

/// Sorts by the keys, which differ in these bits only.
fn sort_by_key(entries: &mut Vec<Entry>, spare: &mut Vec<Entry>, varying: u64) {
    if entries.len() < MANY {
        return entries.sort_unstable_by_key(|entry| entry.key);
    }
    spare.clone_from(entries);
    for byte in (0..8).filter(|&byte| varying.to_le_bytes()[byte] != 0) {
        let digit = |entry: &Entry| usize::from(entry.key.to_le_bytes()[byte]);
        let mut places = [0; 256];
        for entry in &*entries {
            places[digit(entry)] += 1;
        }
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for entry in &*entries {
            let place = &mut places[digit(entry)];
            spare[*place] = *entry;
            *place += 1;
        }
        std::mem::swap(entries, spare);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<'a>(names: impl IntoIterator<Item = &'a [u8]>) {
        let mut expected: Vec<&[u8]> = names.into_iter().collect();
        let mut listing = Listing::default();
        for name in &expected {
            listing.push(name, Kind::File);
        }
        listing.sort();
        expected.sort_unstable();
        let sorted: Vec<&[u8]> = listing.iter().map(|(name, _)| name).collect();
        assert_eq!(sorted, expected);
        let shown: Vec<u8> = expected.iter().flat_map(|name| [name, &b"\n"[..]]).flatten().copied().collect();
        assert_eq!(listing.joined(None, b'\n'), shown);
    }

    #[test]
    fn names_are_sorted_by_their_bytes() {
        let names =
            ["entry-10", "entry-9", "entry-", "entry-\u{e9}", "entry-123456789", "entry-123456788", "entry", "f"];
        for count in 0..=names.len() {
            check(names[..count].iter().map(|name| name.as_bytes()));
        }
        check([&b"same"[..], b"same"]);
    }

    #[test]
    fn many_names_are_sorted_by_their_bytes() {
        // Of all lengths around a key and a piece, with and without what they have in common.
        for shared in [0, 1, 7, 8, 9, 40] {
            let names: Vec<Vec<u8>> = (0..3_000_u32)
                .map(|number| {
                    let mixed = number.wrapping_mul(2_654_435_761);
                    let mut name = vec![b'x'; shared];
                    name.extend((0..mixed % 45).map(|at| mixed.rotate_left(at * 5).to_le_bytes()[0] | 1));
                    name.extend(number.to_string().bytes());
                    name
                })
                .collect();
            check(names.iter().map(Vec::as_slice));
        }
    }

    #[test]
    fn hidden_names_are_left_out() {
        let mut listing = Listing::default();
        for name in [&b".a"[..], b"b", b".", b"c.d"] {
            listing.push(name, Kind::File);
        }
        assert_eq!(listing.joined(Some(b'.'), 0), b"b\0c.d\0");
    }
}

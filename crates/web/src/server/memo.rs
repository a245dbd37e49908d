//! Requests whose bytes hyper has parsed before and the engine has answered by itself: the same bytes get the same answer.
//!
//! This is no parser. A head is known by all of its bytes, between two requests of a connection; what it means was found
//! out by hyper, and what is sent is what hyper wrote then, with the date of now.

use std::io::IoSlice;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use memchr::memmem;

/// So many heads are remembered.
const PLACES: usize = 64;
/// Longer heads and answers are not.
const LONGEST_HEAD: usize = 2048;
const LONGEST_ANSWER: usize = 8192;
const START: &[u8] = b"HTTP/1.1 ";
const HEAD_END: &[u8] = b"\r\n\r\n";
const DATE: &[u8] = b"\r\ndate: ";
/// `Sun, 06 Nov 1994 08:49:37 GMT`
const DATE_LENGTH: usize = 29;

#[derive(Debug)]
struct Entry {
    head: Box<[u8]>,
    answer: Vec<u8>,
    /// Where the date is in it.
    date: usize,
}

/// The known heads of a server. One takes the place of another at its second time only, so that clients whose heads are
/// never the same do not cost memory.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// What was seen last at a place, by its hash.
    seen: Vec<u64>,
    entries: Vec<Option<Entry>>,
    /// The second that the dates of the answers were written in.
    second: Option<Duration>,
}

/// The length of the head that an input starts with, unless it is long.
pub(crate) fn head_length(input: &[u8]) -> Option<usize> {
    let input = &input[..input.len().min(LONGEST_HEAD)];
    memmem::find(input, HEAD_END).map(|at| at + HEAD_END.len())
}

impl Memo {
    /// The answer to a head.
    pub(crate) fn answer(&mut self, head: &[u8]) -> Option<&[u8]> {
        if self.entries.is_empty() {
            return None;
        }
        let place = place(hash(head));
        self.entries[place].as_ref().filter(|entry| *entry.head == *head)?;
        self.refresh();
        self.entries[place].as_ref().map(|entry| entry.answer.as_slice())
    }

    /// Remembers what a head was answered with, if that is whole: a head of its own and so many bytes of a body.
    pub(crate) fn learn(&mut self, head: &[u8], answer: &[IoSlice<'_>], body: usize) {
        let hash = hash(head);
        let place = place(hash);
        if self.seen.is_empty() {
            self.seen.resize(PLACES, 0);
        }
        if std::mem::replace(&mut self.seen[place], hash) != hash {
            return;
        }
        let answer = answer.iter().flat_map(|slice| slice.iter().copied()).collect::<Vec<u8>>();
        if !answer.starts_with(START) {
            return;
        }
        let Some(end) = memmem::find(&answer, HEAD_END) else { return };
        let Some(date) = memmem::find(&answer[..end], DATE).map(|at| at + DATE.len()) else { return };
        if answer.len() != end + HEAD_END.len() + body || answer.len() > LONGEST_ANSWER || date + DATE_LENGTH != end {
            return; // not whole, or not the date that hyper writes, last
        }
        if self.entries.is_empty() {
            self.entries.resize_with(PLACES, || None);
        }
        self.entries[place] = Some(Entry { head: head.into(), answer, date });
        self.second = None;
    }

    /// Writes the date of now into all answers, once a second.
    fn refresh(&mut self) {
        let now = SystemTime::now();
        let second = Duration::from_secs(now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()));
        if self.second.replace(second) == Some(second) {
            return;
        }
        let date = httpdate::fmt_http_date(now);
        for entry in self.entries.iter_mut().flatten() {
            entry.answer[entry.date..][..DATE_LENGTH].copy_from_slice(date.as_bytes());
        }
    }
}

fn place(hash: u64) -> usize {
    usize::try_from(hash % PLACES as u64).unwrap_or(0)
}

/// Not against somebody who looks for collisions: they would share a place, and are told apart by their bytes.
fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let mut chunks = bytes.chunks_exact(8);
    let mut hash = bytes.len() as u64;
    for chunk in &mut chunks {
        hash = mix(hash, u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
    }
    for byte in chunks.remainder() {
        hash = mix(hash, u64::from(*byte));
    }
    (hash >> 32) ^ hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(memo: &mut Memo, answer: &[&[u8]], body: usize) {
        let slices: Vec<_> = answer.iter().map(|part| IoSlice::new(part)).collect();
        memo.learn(HEAD, &slices, body);
    }

    const HEAD: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
    const FIRST: &[u8] = b"HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n";

    #[test]
    fn the_second_time_is_remembered_with_the_date_of_now() {
        let mut memo = Memo::default();
        assert_eq!(memo.answer(HEAD), None);
        learn(&mut memo, &[FIRST, b"hi"], 2);
        assert_eq!(memo.answer(HEAD), None);
        learn(&mut memo, &[FIRST, b"hi"], 2);
        let answer = memo.answer(HEAD).unwrap().to_vec();
        assert_eq!(answer.len(), FIRST.len() + 2);
        let date = httpdate::parse_http_date(std::str::from_utf8(&answer[23..52]).unwrap()).unwrap();
        assert!(SystemTime::now().duration_since(date).unwrap() < Duration::from_mins(1));
        assert_eq!(memo.answer(b"GET / HTTP/1.1\r\nhost: y\r\n\r\n"), None);
    }

    #[test]
    fn what_is_not_whole_is_not_remembered() {
        let mut memo = Memo::default();
        let large = vec![0; LONGEST_ANSWER];
        let no_date: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";
        let own_date: &[u8] = b"HTTP/1.1 200 OK\r\ndate: 0\r\netag: abcdefghijklmnopqrstuvwxyz\r\n\r\n";
        let answers: [(&[&[u8]], usize); 6] = [
            (&[FIRST, b"h"], 2),
            (&[b"HTTP/1.1"], 0),
            (&[FIRST, &large], large.len()),
            (&[no_date, b"hi"], 2),
            (&[own_date, b"hi"], 2),
            (&[b"rest of another", FIRST, b"hi"], 2),
        ];
        for (answer, body) in answers {
            learn(&mut memo, answer, body);
            learn(&mut memo, answer, body);
            assert_eq!(memo.answer(HEAD), None);
        }
    }

    #[test]
    fn heads() {
        assert_eq!(head_length(HEAD), Some(HEAD.len()));
        assert_eq!(head_length(&[HEAD, b"more"].concat()), Some(HEAD.len()));
        assert_eq!(head_length(&HEAD[1..HEAD.len() - 1]), None);
        assert_eq!(head_length(&[&[b'x'; LONGEST_HEAD], HEAD].concat()), None);
    }
}

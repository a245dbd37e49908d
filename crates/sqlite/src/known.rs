//! Short texts that JavaScript already has as strings.
//!
//! Columns repeat themselves: cities, states, names that a join brings along, the rows that a program asks for again and
//! again. A text that was seen twice becomes a string that JavaScript keeps in an array; from then on a cell is an index
//! into it, and neither a character is copied nor a string made. The table has a fixed size, two places for each hash;
//! the one that was used last stays. A text that is seen once only leaves nothing but a part of its hash.

/// Places for texts.
pub const KNOWN_TEXTS: usize = 2 * SETS;
const SETS: usize = 4096;
/// Longer texts are not looked for.
const LONGEST: usize = 27;

/// What the table says to a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// JavaScript has it here.
    Known(usize),
    /// JavaScript has to take it, and to keep it here.
    Take(usize),
    /// It is not worth it yet.
    Unknown,
}

/// A text in its place.
#[derive(Debug, Clone, Copy)]
struct Place {
    /// 0: the place is free.
    length: u8,
    text: [u8; LONGEST],
}

impl Place {
    #[inline]
    fn holds(&self, utf8: &[u8]) -> bool {
        usize::from(self.length) == utf8.len() && self.text.get(..utf8.len()).is_some_and(|text| equal(text, utf8))
    }
}

/// A line of the processor's cache: two places, and what is known of the next to come.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Set {
    /// A part of the hash of the text that was looked for here last and was not found.
    candidate: u32,
    /// The place that was used last.
    last: u8,
    /// The page that used a place last: what it refers to must stay until it is read.
    pages: [u8; 2],
    places: [Place; 2],
}

/// The table.
#[derive(Debug)]
pub(crate) struct Known {
    sets: Box<[Set]>,
    /// Counts pages, over and over: a page of long ago that has the same number only keeps a place from being used anew.
    page: u8,
}

impl Default for Known {
    fn default() -> Self {
        let free = Place { length: 0, text: [0; LONGEST] };
        let set = Set { candidate: 0, last: 0, pages: [0; 2], places: [free; 2] };
        Self { sets: vec![set; SETS].into_boxed_slice(), page: 1 }
    }
}

impl Known {
    /// Whether a text of this length is ever kept.
    #[inline]
    pub(crate) fn fits(length: usize) -> bool {
        (1..=LONGEST).contains(&length)
    }

    /// Begins a page: what the last one referred to was read.
    #[inline]
    pub(crate) fn begin_page(&mut self) {
        self.page = self.page.wrapping_add(1);
    }

    /// Looks for a text that [`Known::fits`].
    #[inline]
    pub(crate) fn find(&mut self, utf8: &[u8]) -> Answer {
        let hash = hash(utf8);
        let index = low(hash) as usize % SETS;
        let set = &mut self.sets[index];
        if set.places[0].holds(utf8) {
            (set.last, set.pages[0]) = (0, self.page);
            return Answer::Known(2 * index);
        }
        if set.places[1].holds(utf8) {
            (set.last, set.pages[1]) = (1, self.page);
            return Answer::Known(2 * index + 1);
        }
        let candidate = low(hash >> 32);
        if set.candidate != candidate {
            set.candidate = candidate;
            return Answer::Unknown;
        }
        set.take(utf8, self.page).map_or(Answer::Unknown, |place| Answer::Take(2 * index + place))
    }

    /// Frees a place: JavaScript could not take its text.
    pub(crate) fn forget(&mut self, place: usize) {
        self.sets[place / 2].places[place % 2].length = 0;
    }
}

impl Set {
    /// Writes a text to the place that was not used last; gives which it is, or `None`: the page refers to it.
    #[cold]
    fn take(&mut self, utf8: &[u8], page: u8) -> Option<usize> {
        let other = usize::from(self.last == 0);
        if self.pages[other] == page && self.places[other].length > 0 {
            return None;
        }
        (self.last, self.pages[other]) = (1 - self.last.min(1), page);
        let place = &mut self.places[other];
        place.length = u8::try_from(utf8.len()).unwrap_or_default();
        for (byte, &from) in place.text.iter_mut().zip(utf8) {
            *byte = from;
        }
        Some(other)
    }
}

/// Whether two short texts of the same length are equal: a few loads, where a comparison of slices is a call.
#[inline]
fn equal(one: &[u8], other: &[u8]) -> bool {
    let word = |text: &[u8], at: usize| text.get(at..)?.first_chunk::<8>().map(|bytes| u64::from_le_bytes(*bytes));
    let same = |at: usize| word(one, at) == word(other, at);
    let ends = |text: &[u8]| Some((*text.first_chunk::<4>()?, *text.last_chunk::<4>()?));
    if one.len() >= 8 {
        same(0) && same(one.len() - 8) && (one.len() <= 16 || same(8)) && (one.len() <= 24 || same(16))
    } else if one.len() >= 4 {
        ends(one) == ends(other)
    } else {
        one.iter().zip(other).all(|(a, b)| a == b)
    }
}

/// Mixes a short text; whoever makes texts collide only makes them unknown.
///
/// Words are multiplied with each other, two at a time, so that no product waits for another one.
#[inline]
fn hash(utf8: &[u8]) -> u64 {
    // Odd, and as irregular as the digits of pi.
    const A: u64 = 0x243f_6a88_85a3_08d3;
    const B: u64 = 0x1319_8a2e_0370_7345;
    let word = |at: usize| utf8.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |chunk| u64::from_le_bytes(*chunk));
    // Both halves of the product: in the low one alone the last characters would only reach the bits that choose no place.
    let mix = |one: u64, other: u64| {
        let product = u128::from(one ^ A) * u128::from(other ^ B);
        half(product) ^ half(product >> 64)
    };
    let length = utf8.len() as u64;
    // The last bytes of a text are read again rather than one by one.
    let hash = if let Some(last) = utf8.last_chunk::<8>() {
        let ends = mix(word(0) ^ (length << 56), u64::from_le_bytes(*last));
        if utf8.len() > 16 { ends ^ mix(word(8), word(16)).rotate_left(32) } else { ends }
    } else if let (Some(first), Some(last)) = (utf8.first_chunk::<4>(), utf8.last_chunk::<4>()) {
        mix(u64::from(u32::from_le_bytes(*first)) ^ (length << 56), u64::from(u32::from_le_bytes(*last)))
    } else {
        mix(length, utf8.iter().fold(0, |word, &byte| (word << 8) | u64::from(byte)))
    };
    hash ^ (hash >> 32)
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn low(bits: u64) -> u32 {
    bits as u32
}

#[inline]
#[allow(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn half(bits: u128) -> u64 {
    bits as u64
}

/// Whether looking for a column's texts is worth it: a look at a place that is not in the processor's cache costs as much as
/// half of the string that JavaScript need not make.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Luck {
    /// Rises with each text that was known, falls with each that was not.
    score: i8,
    /// Texts that are not looked for.
    pause: u16,
    /// The last pause; each is twice as long as the one before, until there is luck.
    last: u16,
}

impl Luck {
    /// Misses in a row before a pause.
    const PATIENCE: i8 = -32;
    /// After a pause there are half as many.
    const AGAIN: i8 = -16;
    const SHORTEST_PAUSE: u16 = 256;
    const LONGEST_PAUSE: u16 = 4096;

    /// Whether to look for the next text.
    #[inline]
    pub(crate) fn tries(&mut self) -> bool {
        if self.pause == 0 {
            return true;
        }
        self.pause -= 1;
        false
    }

    #[inline]
    pub(crate) fn hit(&mut self) {
        self.score = self.score.saturating_add(1).min(64);
        if self.score == 0 {
            self.last = 0;
        }
    }

    #[inline]
    pub(crate) fn miss(&mut self) {
        self.score -= 1;
        if self.score < Self::PATIENCE {
            self.score = Self::AGAIN;
            self.last = (self.last * 2).clamp(Self::SHORTEST_PAUSE, Self::LONGEST_PAUSE);
            self.pause = self.last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_when_it_is_seen_again_and_known_from_then_on() {
        let mut known = Known::default();
        assert_eq!(known.find(b"Lima"), Answer::Unknown);
        let Answer::Take(place) = known.find(b"Lima") else { panic!("not taken") };
        assert_eq!(known.find(b"Lima"), Answer::Known(place));
        assert_eq!(known.find(b"Limb"), Answer::Unknown);
        known.forget(place);
        known.begin_page();
        assert_ne!(known.find(b"Lima"), Answer::Known(place));
    }

    #[test]
    fn every_place_holds_what_was_taken_last() {
        let mut known = Known::default();
        let mut mirror = vec![Vec::new(); KNOWN_TEXTS];
        let mut found = 0;
        for round in 0..6 {
            for number in 0..5000_u32 {
                let text = format!("text {}", number % (1000 + round * 800)).into_bytes();
                known.begin_page();
                match known.find(&text) {
                    Answer::Known(place) => {
                        assert_eq!(mirror[place], text);
                        found += 1;
                    }
                    Answer::Take(place) => mirror[place] = text,
                    Answer::Unknown => {}
                }
            }
        }
        assert!(found > 5000, "{found} of 30,000 were known");
    }

    #[test]
    fn texts_that_are_alike_spread_over_the_table() {
        let texts: [fn(u32) -> String; 4] = [
            |number| format!("Person {number}"),
            |number| format!("person{number}@example.com"),
            |number| format!("2026-01-01 00:{:02}:{:02}", number / 60, number % 60),
            |number| number.to_string(),
        ];
        for text in texts {
            let mut used = vec![0_u8; SETS];
            for number in 0..1000 {
                used[low(hash(text(number).as_bytes())) as usize % SETS] += 1;
            }
            let crowded: u32 = used.iter().filter(|&&count| count > 2).map(|&count| u32::from(count)).sum();
            assert!(crowded < 60, "{crowded} of texts such as {}", text(7));
        }
    }

    #[test]
    fn what_a_page_refers_to_stays_until_the_next() {
        let mut known = Known::default();
        let mut mirror = vec![Vec::new(); KNOWN_TEXTS];
        for _ in 0..20 {
            known.begin_page();
            let mut referred = Vec::new();
            for number in 0..20_000_u32 {
                let text = format!("{}", number % 9000).into_bytes();
                match known.find(&text) {
                    Answer::Known(place) => referred.push((place, text)),
                    Answer::Take(place) => {
                        mirror[place].clone_from(&text);
                        referred.push((place, text));
                    }
                    Answer::Unknown => {}
                }
            }
            assert!(referred.iter().all(|(place, text)| mirror[*place] == *text));
        }
    }

    #[test]
    fn texts_that_differ_in_a_zero_byte_are_not_mixed_up() {
        let mut known = Known::default();
        for text in [&b"a"[..], b"a\0", b"a\0\0", &[0; 27]] {
            known.find(text);
            assert!(matches!(known.find(text), Answer::Take(_)));
            assert!(matches!(known.find(text), Answer::Known(_)));
        }
    }

    #[test]
    fn a_column_without_luck_is_looked_at_now_and_then() {
        let mut luck = Luck::default();
        let mut looked = 0;
        for _ in 0..10_000 {
            if luck.tries() {
                luck.miss();
                looked += 1;
            }
        }
        assert!((100..1500).contains(&looked), "{looked}");
        for _ in 0..Luck::LONGEST_PAUSE {
            luck.tries();
        }
        for _ in 0..100 {
            if luck.tries() {
                luck.hit();
            }
        }
        assert!((0..50).all(|_| luck.tries()));
    }
}

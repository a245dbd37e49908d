//! Brace expansion: `a{b,c}` is `ab ac`, `{1..3}` is `1 2 3`.
//!
//! It is text on text, before any other expansion, so it is done once, when the script is parsed. Values and
//! expansions are opaque to it.

use std::collections::HashMap;

use bstr::BString;

use crate::ast::{Part, Word};

/// More characters than this, in all words that come from one, is a mistake, or an attack.
const MOST: usize = 1 << 22;
/// Braces may stand in one another this deep.
const DEPTH: u32 = 256;

/// A byte of bare text, or a part that is opaque.
#[derive(Clone)]
enum Atom {
    Byte(u8),
    Part(Part),
}

/// Appends what the word expands to.
pub(super) fn expand(word: Word, words: &mut Vec<Word>) -> Result<(), &'static str> {
    let has_brace = |part: &Part| matches!(part, Part::Text(text) if text.contains(&b'{'));
    if !word.parts.iter().any(has_brace) {
        words.push(word);
        return Ok(());
    }
    let mut atoms = Vec::new();
    for part in word.parts {
        match part {
            Part::Text(text) => atoms.extend(text.iter().map(|&byte| Atom::Byte(byte))),
            part => atoms.push(Atom::Part(part)),
        }
    }
    for atoms in alternatives(&atoms, true, 0)? {
        words.push(gather(atoms));
    }
    Ok(())
}

/// `$.braces`: what a pattern of text expands to, as Bun does it: lists only, no ranges; quotes are text and
/// backslashes stay.
///
/// # Errors
/// When there are too many.
pub fn braces(pattern: &[u8]) -> Result<Vec<BString>, &'static str> {
    let mut atoms = Vec::new();
    let mut bytes = pattern.iter();
    while let Some(&byte) = bytes.next() {
        match (byte, bytes.as_slice().first()) {
            (b'\\', Some(&next)) => {
                bytes.next();
                atoms.push(Atom::Part(Part::Quoted(vec![b'\\', next].into())));
            }
            _ => atoms.push(Atom::Byte(byte)),
        }
    }
    let text = |atoms: Vec<Atom>| {
        let mut text = BString::default();
        for atom in atoms {
            match atom {
                Atom::Byte(byte) => text.push(byte),
                Atom::Part(Part::Quoted(quoted)) => text.extend_from_slice(&quoted),
                Atom::Part(_) => {}
            }
        }
        text
    };
    Ok(alternatives(&atoms, false, 0)?.into_iter().map(text).collect())
}

fn gather(atoms: Vec<Atom>) -> Word {
    let mut parts = Vec::new();
    for atom in atoms {
        match atom {
            Atom::Byte(byte) => super::word::push_text(&mut parts, byte),
            Atom::Part(part) => parts.push(part),
        }
    }
    Word { parts }
}

fn byte(atoms: &[Atom], at: usize) -> Option<u8> {
    match atoms.get(at) {
        Some(Atom::Byte(byte)) => Some(*byte),
        _ => None,
    }
}

/// What the atoms expand to. Without a brace: themselves.
fn alternatives(atoms: &[Atom], ranges: bool, depth: u32) -> Result<Vec<Vec<Atom>>, &'static str> {
    if depth > DEPTH {
        return Err("Too many braces inside one another");
    }
    let mut results: Vec<Vec<Atom>> = vec![Vec::new()];
    let groups = groups(atoms);
    let mut at = 0;
    while at < atoms.len() {
        if let Some(Group { commas, close }) = groups.get(&at)
            && let Some((choices, end)) = choices(atoms, at, commas, *close, ranges, depth)?
        {
            let size = |words: &[Vec<Atom>]| words.iter().map(|word| word.len() + 1).sum::<usize>();
            let (before, more) = (size(&results), size(&choices));
            let after = before.saturating_mul(choices.len()).saturating_add(more.saturating_mul(results.len()));
            if after > MOST {
                return Err("Too many brace expansions");
            }
            results = results
                .iter()
                .flat_map(|result| choices.iter().map(|choice| [result.as_slice(), choice.as_slice()].concat()))
                .collect();
            at = end;
            continue;
        }
        for result in &mut results {
            result.push(atoms[at].clone());
        }
        at += 1;
    }
    Ok(results)
}

/// A brace that is closed: where its own commas are, and its end.
#[derive(Default)]
struct Group {
    commas: Vec<usize>,
    close: usize,
}

/// The braces that are closed, by where they open, found in one pass.
fn groups(atoms: &[Atom]) -> HashMap<usize, Group> {
    let mut closed = HashMap::new();
    let mut open: Vec<(usize, Group)> = Vec::new();
    for at in 0..atoms.len() {
        match byte(atoms, at) {
            Some(b'{') => open.push((at, Group::default())),
            Some(b'}') => {
                if let Some((start, group)) = open.pop() {
                    closed.insert(start, Group { close: at, ..group });
                }
            }
            Some(b',') => {
                if let Some((_, group)) = open.last_mut() {
                    group.commas.push(at);
                }
            }
            _ => {}
        }
    }
    closed
}

type Choices = Option<(Vec<Vec<Atom>>, usize)>;

/// What a group may be, and where what follows it begins; `None` when it is plain text.
fn choices(
    atoms: &[Atom],
    open: usize,
    commas: &[usize],
    close: usize,
    ranges: bool,
    depth: u32,
) -> Result<Choices, &'static str> {
    if commas.is_empty() {
        let range = if ranges { range(&atoms[open + 1..close])? } else { None };
        return Ok(range.map(|choices| (choices, close + 1)));
    }
    let mut choices = Vec::new();
    let mut start = open + 1;
    for end in commas.iter().copied().chain([close]) {
        choices.extend(alternatives(&atoms[start..end], ranges, depth + 1)?);
        if choices.len() > MOST {
            return Err("Too many brace expansions");
        }
        start = end + 1;
    }
    Ok(Some((choices, close + 1)))
}

/// `1..5`, `a..e`, `1..9..2`
fn range(atoms: &[Atom]) -> Result<Option<Vec<Vec<Atom>>>, &'static str> {
    /// Three numbers are not longer.
    const LONGEST: usize = 128;
    if atoms.len() > LONGEST {
        return Ok(None);
    }
    let mut text = String::new();
    for at in 0..atoms.len() {
        match byte(atoms, at) {
            Some(byte) if byte.is_ascii() => text.push(char::from(byte)),
            _ => return Ok(None),
        }
    }
    let pieces: Vec<_> = text.split("..").collect();
    let (first, last, step) = match pieces.as_slice() {
        [first, last] => (*first, *last, None),
        [first, last, step] => match step.parse::<i64>() {
            Ok(step) => (*first, *last, Some(step)),
            Err(_) => return Ok(None),
        },
        _ => return Ok(None),
    };
    let spell: Box<dyn Fn(i64) -> String>;
    let (from, to) = if let (Ok(from), Ok(to)) = (first.parse::<i64>(), last.parse::<i64>()) {
        let padded = |text: &str| {
            let digits = text.trim_start_matches('-');
            digits.len() > 1 && digits.starts_with('0')
        };
        let width = if padded(first) || padded(last) { first.len().max(last.len()) } else { 0 };
        spell = Box::new(move |number| format!("{number:0width$}"));
        (from, to)
    } else if let (&[from], &[to]) = (first.as_bytes(), last.as_bytes())
        && from.is_ascii_alphabetic()
        && to.is_ascii_alphabetic()
    {
        spell =
            Box::new(|number| u8::try_from(number).map_or_else(|_| String::new(), |byte| char::from(byte).to_string()));
        (i64::from(from), i64::from(to))
    } else {
        return Ok(None);
    };
    let step = step.unwrap_or(1).unsigned_abs().max(1);
    let count = from.abs_diff(to) / step;
    if count >= MOST as u64 {
        return Err("Too many brace expansions");
    }
    let mut choices = Vec::new();
    let mut number = i128::from(from);
    let signed = if from <= to { i128::from(step) } else { -i128::from(step) };
    for _ in 0..=count {
        let text = spell(i64::try_from(number).unwrap_or_default());
        choices.push(text.bytes().map(Atom::Byte).collect());
        number += signed;
    }
    Ok(Some(choices))
}

//! Patterns: `*`, `?`, `[…]`, and `?(…)`, `*(…)`, `+(…)`, `@(…)`, `!(…)`.
//!
//! In a pattern a backslash takes the meaning from what follows it; that is how quoted text gets in.

use bstr::ByteSlice as _;

/// Whether a byte means something in a pattern.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'*' | b'?' | b'[' | b']' | b'\\' | b'(' | b')' | b'|' | b'!' | b'+' | b'@' | b'-' | b'^')
}

/// Whether the text, taken as a pattern, may match other text than itself.
pub(crate) fn has_glob(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(at, &byte)| match byte {
        b'*' | b'?' => true,
        b'[' => text[at + 1..].contains(&b']'),
        _ => false,
    })
}

/// Appends text that is to match itself.
pub(crate) fn push_escaped(pattern: &mut Vec<u8>, text: &[u8]) {
    for &byte in text {
        if is_special(byte) {
            pattern.push(b'\\');
        }
        pattern.push(byte);
    }
}

/// Whether the pattern matches all of the text.
pub(crate) fn matches(pattern: &[u8], text: &[u8]) -> bool {
    // The last `*` met, and how much of the text it has taken so far: all that ever needs to be tried again.
    let (mut at, mut place) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        if at < pattern.len() {
            if let Some(group) = group(pattern, at) {
                if matches_group(pattern, &group, &text[place..]) {
                    return true;
                }
            } else if pattern[at] == b'*' {
                star = Some((at + 1, place));
                at += 1;
                continue;
            } else if let Some((after, length)) = one(pattern, at, &text[place..]) {
                at = after;
                place += length;
                continue;
            }
        } else if place == text.len() {
            return true;
        }
        let Some((after, taken)) = star else { return false };
        if taken >= text.len() {
            return false;
        }
        let taken = taken + character(&text[taken..]);
        star = Some((after, taken));
        at = after;
        place = taken;
    }
}

/// The length of the first character; a byte that is none counts as one.
fn character(text: &[u8]) -> usize {
    let (_, size) = bstr::decode_utf8(text);
    size.max(1)
}

/// Matches what stands at `at`, not a star or group, with the start of the text: where the pattern goes on, and the
/// length of what matched.
fn one(pattern: &[u8], at: usize, text: &[u8]) -> Option<(usize, usize)> {
    let &first = text.first()?;
    match pattern[at] {
        b'?' => Some((at + 1, character(text))),
        b'[' => match bracket(pattern, at) {
            Some(end) => {
                let length = character(text);
                in_bracket(&pattern[at + 1..end], &text[..length]).then_some((end + 1, length))
            }
            None => (first == b'[').then_some((at + 1, 1)),
        },
        b'\\' if at + 1 < pattern.len() => (pattern[at + 1] == first).then_some((at + 2, 1)),
        byte => (byte == first).then_some((at + 1, 1)),
    }
}

/// Where the bracket expression that opens at `open` closes.
fn bracket(pattern: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    if matches!(pattern.get(at), Some(b'!' | b'^')) {
        at += 1;
    }
    let first = at;
    while at < pattern.len() {
        match pattern[at] {
            b']' if at > first => return Some(at),
            b'\\' => at += 1,
            b'[' if matches!(pattern.get(at + 1), Some(b':' | b'.' | b'=')) => {
                let end = [pattern[at + 1], b']'];
                if let Some(length) = pattern[at + 2..].find(end) {
                    at += length + 3;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

fn in_bracket(set: &[u8], character: &[u8]) -> bool {
    let negated = matches!(set.first(), Some(b'!' | b'^'));
    let mut rest = if negated { &set[1..] } else { set };
    let wanted = bstr::decode_utf8(character).0.map_or_else(|| u32::from(character[0]), u32::from);
    let mut found = false;
    while !rest.is_empty() {
        if let Some((class, after)) = rest.strip_prefix(b"[:").and_then(|rest| rest.split_once_str(":]")) {
            found |= in_class(class, wanted);
            rest = after;
            continue;
        }
        let (from, after) = member(rest);
        rest = after;
        let mut to = from;
        if rest.len() > 1 && rest[0] == b'-' {
            (to, rest) = member(&rest[1..]);
        }
        found |= (from..=to).contains(&wanted);
    }
    found != negated
}

/// The first character of a bracket expression, and what follows it.
fn member(set: &[u8]) -> (u32, &[u8]) {
    let set = if set.len() > 1 && set[0] == b'\\' { &set[1..] } else { set };
    let (decoded, size) = bstr::decode_utf8(set);
    (decoded.map_or_else(|| u32::from(set[0]), u32::from), &set[size.max(1)..])
}

fn in_class(class: &[u8], wanted: u32) -> bool {
    let Some(wanted) = char::from_u32(wanted) else { return false };
    match class {
        b"alpha" => wanted.is_alphabetic(),
        b"digit" => wanted.is_ascii_digit(),
        b"alnum" => wanted.is_alphanumeric(),
        b"upper" => wanted.is_uppercase(),
        b"lower" => wanted.is_lowercase(),
        b"space" => wanted.is_whitespace(),
        b"blank" => matches!(wanted, ' ' | '\t'),
        b"punct" => wanted.is_ascii_punctuation(),
        b"xdigit" => wanted.is_ascii_hexdigit(),
        b"cntrl" => wanted.is_control(),
        b"print" => !wanted.is_control(),
        b"graph" => !wanted.is_control() && !wanted.is_whitespace(),
        b"word" => wanted == '_' || wanted.is_alphanumeric(),
        _ => false,
    }
}

/// `@(a|b)`: its kind, its alternatives, where it ends.
struct Group {
    kind: u8,
    alternatives: Vec<(usize, usize)>,
    end: usize,
}

fn group(pattern: &[u8], at: usize) -> Option<Group> {
    let kind = pattern[at];
    if !matches!(kind, b'?' | b'*' | b'+' | b'@' | b'!') || pattern.get(at + 1) != Some(&b'(') {
        return None;
    }
    let mut alternatives = Vec::new();
    let (mut level, mut start, mut place) = (0_u32, at + 2, at + 2);
    while place < pattern.len() {
        match pattern[place] {
            b'\\' => place += 1,
            b'[' => place = bracket(pattern, place).unwrap_or(place),
            b'(' => level += 1,
            b'|' if level == 0 => {
                alternatives.push((start, place));
                start = place + 1;
            }
            b')' if level == 0 => {
                alternatives.push((start, place));
                return Some(Group { kind, alternatives, end: place + 1 });
            }
            b')' => level -= 1,
            _ => {}
        }
        place += 1;
    }
    None
}

/// Whether the group and what follows it in the pattern match all of the text.
fn matches_group(pattern: &[u8], group: &Group, text: &[u8]) -> bool {
    let rest = &pattern[group.end..];
    let any = |text: &[u8]| group.alternatives.iter().any(|&(from, to)| matches(&pattern[from..to], text));
    let mut ends = (0..=text.len()).filter(|&end| is_boundary(text, end));
    match group.kind {
        b'!' => ends.any(|end| !any(&text[..end]) && matches(rest, &text[end..])),
        b'@' => ends.any(|end| any(&text[..end]) && matches(rest, &text[end..])),
        b'?' => matches(rest, text) || ends.any(|end| any(&text[..end]) && matches(rest, &text[end..])),
        kind => {
            if kind == b'*' && matches(rest, text) {
                return true;
            }
            // Which ends can be reached by repeating the alternatives: each is looked at once.
            let mut reached = vec![false; text.len() + 1];
            let mut open = vec![0];
            while let Some(from) = open.pop() {
                for end in from + 1..=text.len() {
                    if !reached[end] && any(&text[from..end]) {
                        reached[end] = true;
                        open.push(end);
                    }
                }
            }
            reached[0] |= any(b"");
            (0..=text.len()).any(|end| reached[end] && matches(rest, &text[end..]))
        }
    }
}

/// Whether a character begins or the text ends there.
fn is_boundary(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| !(0x80..0xc0).contains(byte))
}

/// The length of the shortest or longest start of the text that matches.
pub(crate) fn match_start(pattern: &[u8], text: &[u8], longest: bool) -> Option<usize> {
    let ends = (0..=text.len()).filter(|&end| is_boundary(text, end));
    let mut fits = ends.filter(|&end| matches(pattern, &text[..end]));
    if longest { fits.next_back() } else { fits.next() }
}

/// Where the shortest or longest end of the text that matches begins.
pub(crate) fn match_end(pattern: &[u8], text: &[u8], longest: bool) -> Option<usize> {
    let starts = (0..=text.len()).filter(|&start| is_boundary(text, start));
    let mut fits = starts.filter(|&start| matches(pattern, &text[start..]));
    if longest { fits.next() } else { fits.next_back() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("*.c", "x.c.c", true),
            ("?", "é", true),
            ("??", "é", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[[:digit:]]*", "7up", true),
            ("[a", "[a", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("-+([0-9])", "-77", true),
            ("-+([0-9])", "-", false),
            ("*?(a)bc", "123abc", true),
            ("@(foo|bar)", "bar", true),
            ("!(foo)", "bar", true),
            ("!(foo)", "foo", false),
            ("*(ab)c", "ababc", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn ends_are_found() {
        assert_eq!(match_start(b"*/", b"a/b/c", false), Some(2));
        assert_eq!(match_start(b"*/", b"a/b/c", true), Some(4));
        assert_eq!(match_end(b"/*", b"a/b/c", false), Some(3));
        assert_eq!(match_end(b"/*", b"a/b/c", true), Some(1));
        assert_eq!(match_end(b"x", b"abc", true), None);
    }

    #[test]
    fn many_stars_are_quick() {
        assert!(!matches(&b"*a".repeat(50), &b"b".repeat(2000)));
    }
}

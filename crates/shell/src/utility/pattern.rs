//! Patterns of POSIX (basic, extended, globs) in the words of the `regex` crate.

use regex::bytes::{Regex, RegexBuilder};

/// How a pattern is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `\(…\)`, `\{…\}`, `\|`; `+` is a letter.
    Basic,
    /// `(…)`, `{…}`, `|`, `+`, `?`.
    Extended,
    /// As it stands.
    Fixed,
    /// That of the crate, close to Perl's.
    Perl,
}

/// How it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Matching {
    /// Without regard to case.
    pub(crate) ignore_case: bool,
    /// `^` and `$` at each line end, too.
    pub(crate) lines: bool,
    /// Only whole words.
    pub(crate) word: bool,
    /// Only whole lines.
    pub(crate) line: bool,
}

/// Makes an expression of several patterns, of which one must match.
///
/// # Errors
///
/// What is wrong with a pattern, as a sentence.
pub(crate) fn compile<'a>(
    patterns: impl IntoIterator<Item = &'a [u8]>,
    syntax: Syntax,
    matching: Matching,
) -> Result<Regex, String> {
    let mut alternatives = Vec::new();
    for pattern in patterns {
        let translated = translate(pattern, syntax)?;
        let translated = match matching {
            Matching { line: true, .. } => format!("^(?:{translated})$"),
            Matching { word: true, .. } => format!(r"(?-u:\b{{start-half}})(?:{translated})(?-u:\b{{end-half}})"),
            _ => translated,
        };
        alternatives.push(translated);
    }
    let whole = match &alternatives[..] {
        // Nothing never matches.
        [] => "[^\\s\\S]".to_owned(),
        [one] => one.clone(),
        several => several.iter().map(|one| format!("(?:{one})")).collect::<Vec<_>>().join("|"),
    };
    RegexBuilder::new(&whole)
        .case_insensitive(matching.ignore_case)
        .multi_line(matching.lines)
        .build()
        .map_err(|error| explain(&error))
}

fn explain(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "Regular expression too big".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            let why = last.strip_prefix("error: ").unwrap_or(last);
            format!("Invalid regular expression: {why}")
        }
    }
}

/// The pattern in the crate's words. What is no UTF-8 stands for the same bytes.
fn translate(pattern: &[u8], syntax: Syntax) -> Result<String, String> {
    match syntax {
        Syntax::Fixed => Ok(literal(pattern)),
        Syntax::Perl => String::from_utf8(pattern.to_vec()).map_err(|_| "Invalid UTF-8 in the pattern".to_owned()),
        Syntax::Basic | Syntax::Extended => {
            Translation { pattern, at: 0, out: String::new(), extended: syntax == Syntax::Extended, depth: 0 }.whole()
        }
    }
}

fn literal(text: &[u8]) -> String {
    let mut out = String::new();
    for chunk in text.utf8_chunks() {
        out.push_str(&regex::escape(chunk.valid()));
        for byte in chunk.invalid() {
            out.push_str(&format!("(?-u:\\x{byte:02x})"));
        }
    }
    out
}

struct Translation<'a> {
    pattern: &'a [u8],
    at: usize,
    out: String,
    extended: bool,
    depth: usize,
}

impl Translation<'_> {
    fn whole(mut self) -> Result<String, String> {
        // Whether something stands before that can be repeated.
        let mut atom = false;
        while let Some(&byte) = self.pattern.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => atom = self.escape(atom)?,
                b'[' => {
                    self.bracket()?;
                    atom = true;
                }
                b'*' if atom => self.repeat("*"),
                b'*' if !self.extended => {
                    self.out.push_str("\\*");
                    atom = true;
                }
                b'*' => {}
                b'.' => {
                    self.out.push('.');
                    atom = true;
                }
                b'^' if self.extended || self.starts() => {
                    self.out.push('^');
                    atom = false;
                }
                b'$' if self.extended || self.ends() => {
                    self.out.push('$');
                    atom = false;
                }
                b'(' if self.extended => self.open(&mut atom),
                b')' if self.extended && self.depth > 0 => self.close(&mut atom),
                b'|' if self.extended => self.alternative(&mut atom),
                b'+' | b'?' if self.extended && atom => self.repeat(if byte == b'+' { "+" } else { "?" }),
                b'+' | b'?' if self.extended => {}
                b'{' if self.extended && atom => self.interval(b"}")?,
                _ => {
                    self.letter();
                    atom = true;
                }
            }
        }
        if self.depth > 0 {
            return Err("Unmatched ( or \\(".to_owned());
        }
        Ok(self.out)
    }

    /// Puts the byte that was just read, or the whole character that it starts.
    fn letter(&mut self) {
        let start = self.at - 1;
        let rest = &self.pattern[start..];
        let length = match rest[0] {
            0xc0..0xe0 => 2,
            0xe0..0xf0 => 3,
            0xf0.. => 4,
            _ => 1,
        };
        let text = rest.get(..length).filter(|text| std::str::from_utf8(text).is_ok()).unwrap_or(&rest[..1]);
        self.out.push_str(&literal(text));
        self.at = start + text.len();
    }

    /// Whether `^` at this place starts the expression or a part of it.
    fn starts(&self) -> bool {
        let before = &self.pattern[..self.at - 1];
        before.is_empty() || before.ends_with(b"\\(") || before.ends_with(b"\\|") || before.ends_with(b"\n")
    }

    fn ends(&self) -> bool {
        let after = &self.pattern[self.at..];
        after.is_empty() || after.starts_with(b"\\)") || after.starts_with(b"\\|") || after.starts_with(b"\n")
    }

    fn repeat(&mut self, operator: &str) {
        // Twice repeated is repeated; the crate would take `*?` as lazy.
        if self.out.ends_with(['*', '+', '?', '}']) && !self.out.ends_with("\\*") {
            let simple = self.out.ends_with("**");
            if !simple && let Some(grouped) = regroup(&self.out) {
                self.out = grouped;
            }
        }
        self.out.push_str(operator);
    }

    fn open(&mut self, atom: &mut bool) {
        self.out.push('(');
        self.depth += 1;
        *atom = false;
    }

    fn close(&mut self, atom: &mut bool) {
        self.out.push(')');
        self.depth -= 1;
        *atom = true;
    }

    fn alternative(&mut self, atom: &mut bool) {
        self.out.push('|');
        *atom = false;
    }

    fn escape(&mut self, atom: bool) -> Result<bool, String> {
        let Some(&byte) = self.pattern.get(self.at) else {
            return Err("Trailing backslash".to_owned());
        };
        self.at += 1;
        let mut after = true;
        match byte {
            b'(' if !self.extended => self.open(&mut after),
            b')' if !self.extended => {
                if self.depth == 0 {
                    return Err("Unmatched ) or \\)".to_owned());
                }
                self.close(&mut after);
            }
            b'{' if !self.extended && atom => self.interval(b"\\}")?,
            b'|' if !self.extended => self.alternative(&mut after),
            b'+' | b'?' if !self.extended && atom => self.repeat(if byte == b'+' { "+" } else { "?" }),
            b'1'..=b'9' => return Err("back-references are not supported".to_owned()),
            b'w' | b'W' | b's' | b'S' => {
                self.out.push('\\');
                self.out.push(char::from(byte));
            }
            b'b' | b'B' => self.out.push_str(if byte == b'b' { r"(?-u:\b)" } else { r"(?-u:\B)" }),
            b'<' => self.out.push_str(r"(?-u:\b{start})"),
            b'>' => self.out.push_str(r"(?-u:\b{end})"),
            b'`' => self.out.push_str(r"\A"),
            b'\'' => self.out.push_str(r"\z"),
            b'n' => self.out.push_str(r"\n"),
            b't' => self.out.push_str(r"\t"),
            _ => self.letter(),
        }
        Ok(after)
    }

    /// `{2}`, `{2,}`, `{,3}`, `{2,3}`.
    fn interval(&mut self, end: &[u8]) -> Result<(), String> {
        let rest = &self.pattern[self.at..];
        let Some(length) = memchr::memmem::find(rest, end) else {
            if self.extended {
                self.out.push_str("\\{");
                return Ok(());
            }
            return Err("Unmatched \\{".to_owned());
        };
        let inner = std::str::from_utf8(&rest[..length]).unwrap_or("x");
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (least, most) = match inner.split_once(',') {
            Some((least, most)) => (if least.is_empty() { "0" } else { least }, Some(most)),
            None => (inner, None),
        };
        if least.is_empty() || !is_number(least) || !most.is_none_or(is_number) {
            if self.extended {
                self.out.push_str("\\{");
                return Ok(());
            }
            return Err("Invalid content of \\{\\}".to_owned());
        }
        self.at += length + end.len();
        let text = most.map_or_else(|| format!("{{{least}}}"), |most| format!("{{{least},{most}}}"));
        self.repeat(&text);
        Ok(())
    }

    /// `[…]`, in which a backslash is a letter.
    fn bracket(&mut self) -> Result<(), String> {
        let unmatched = || "Unmatched [, [^, [:, [., or [=".to_owned();
        self.out.push('[');
        if self.pattern.get(self.at) == Some(&b'^') {
            self.out.push('^');
            self.at += 1;
        }
        let start = self.at;
        loop {
            let rest = &self.pattern[self.at..];
            let byte = *rest.first().ok_or_else(unmatched)?;
            match byte {
                b']' if self.at > start => {
                    self.at += 1;
                    break;
                }
                b'[' if matches!(rest.get(1), Some(b':' | b'.' | b'=')) => {
                    let kind = rest[1];
                    let inner = &rest[2..];
                    let end = memchr::memmem::find(inner, &[kind, b']']).ok_or_else(unmatched)?;
                    let name = &inner[..end];
                    self.at += end + 4;
                    if kind == b':' {
                        let name = std::str::from_utf8(name).unwrap_or_default();
                        let known = [
                            "alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
                            "upper", "xdigit",
                        ];
                        if !known.contains(&name) {
                            return Err("Invalid character class name".to_owned());
                        }
                        match name {
                            // Letters beyond ASCII are letters.
                            "alpha" => self.out.push_str(r"\p{Alphabetic}"),
                            "alnum" => self.out.push_str(r"\p{Alphabetic}\p{Nd}"),
                            "lower" => self.out.push_str(r"\p{Lowercase}"),
                            "upper" => self.out.push_str(r"\p{Uppercase}"),
                            name => self.out.push_str(&format!("[:{name}:]")),
                        }
                    } else {
                        self.class_letter(name);
                    }
                }
                b'-' if self.at > start && rest.get(1).is_some_and(|next| *next != b']') => {
                    self.out.push('-');
                    self.at += 1;
                }
                _ => {
                    let length = std::str::from_utf8(rest).ok().and_then(|text| text.chars().next()).map_or_else(
                        || {
                            rest.utf8_chunks()
                                .next()
                                .and_then(|chunk| chunk.valid().chars().next())
                                .map_or(1, char::len_utf8)
                        },
                        char::len_utf8,
                    );
                    let letter = rest[..length].to_vec();
                    self.class_letter(&letter);
                    self.at += length;
                }
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn class_letter(&mut self, letter: &[u8]) {
        match std::str::from_utf8(letter) {
            Ok(text) => {
                for letter in text.chars() {
                    if letter.is_ascii_punctuation() {
                        self.out.push('\\');
                    }
                    self.out.push(letter);
                }
            }
            // No character of a set can be half of one.
            Err(_) => self.out.push(char::REPLACEMENT_CHARACTER),
        }
    }
}

/// Puts the last repeated atom into a group, so that it can be repeated again.
fn regroup(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    // The atom ends before its operator.
    let operator = match bytes.last()? {
        b'}' => text.rfind('{')?,
        _ => text.len() - 1,
    };
    let mut at = operator;
    match bytes.get(at.checked_sub(1)?)? {
        b')' | b']' => {
            let (open, close) = if bytes[at - 1] == b')' { (b'(', b')') } else { (b'[', b']') };
            let mut depth = 0;
            loop {
                at = at.checked_sub(1)?;
                let escaped = text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
                if !escaped && bytes[at] == close {
                    depth += 1;
                } else if !escaped && bytes[at] == open {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
        }
        _ => {
            at = text[..at].char_indices().next_back()?.0;
            if text[..at].ends_with('\\') {
                at -= 1;
            }
        }
    }
    Some(format!("{}(?:{})", &text[..at], &text[at..]))
}

/// An expression for a glob of `find -name`: `*`, `?`, `[…]`; a slash is a letter like others.
///
/// # Errors
///
/// What is wrong with it, as a sentence.
pub(crate) fn glob(pattern: &[u8], ignore_case: bool) -> Result<Regex, String> {
    let mut out = String::from(r"(?s-u)\A");
    let mut rest = pattern;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'*' => out.push_str(".*"),
            b'?' => out.push_str(r"(?:[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*|[\x80-\xbf])"),
            b'\\' if !after.is_empty() => {
                push_byte(&mut out, after[0]);
                rest = &after[1..];
            }
            b'[' => match class_end(after) {
                None => out.push_str("\\["),
                Some(end) => {
                    let mut inner = &after[..end];
                    rest = &after[end + 1..];
                    out.push('[');
                    if let [b'!' | b'^', more @ ..] = inner {
                        out.push('^');
                        inner = more;
                    }
                    let mut index = 0;
                    while index < inner.len() {
                        if inner[index..].starts_with(b"[:")
                            && let Some(length) = memchr::memmem::find(&inner[index..], b":]")
                        {
                            out.push_str(&String::from_utf8_lossy(&inner[index..index + length + 2]));
                            index += length + 2;
                            continue;
                        }
                        if inner[index] == b'-' && index > 0 && index + 1 < inner.len() {
                            out.push('-');
                        } else {
                            if inner[index] == b'\\' && index + 1 < inner.len() {
                                index += 1;
                            }
                            push_byte(&mut out, inner[index]);
                        }
                        index += 1;
                    }
                    out.push(']');
                }
            },
            byte => push_byte(&mut out, byte),
        }
    }
    out.push_str(r"\z");
    RegexBuilder::new(&out).case_insensitive(ignore_case).build().map_err(|error| explain(&error))
}

fn push_byte(out: &mut String, byte: u8) {
    if byte.is_ascii_alphanumeric() {
        out.push(char::from(byte));
    } else {
        out.push_str(&format!("\\x{byte:02x}"));
    }
}

/// Where the `]` of a set is.
fn class_end(text: &[u8]) -> Option<usize> {
    let mut at = usize::from(matches!(text.first(), Some(b'!' | b'^')));
    let first = at;
    loop {
        match text.get(at)? {
            b']' if at > first => return Some(at),
            b'[' if text.get(at + 1) == Some(&b':') => {
                at += memchr::memmem::find(&text[at..], b":]")? + 2;
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, syntax: Syntax, text: &str) -> Option<String> {
        let regex =
            compile([pattern.as_bytes()], syntax, Matching::default()).unwrap_or_else(|why| panic!("{pattern}: {why}"));
        regex.find(text.as_bytes()).map(|found| String::from_utf8_lossy(found.as_bytes()).into_owned())
    }

    #[test]
    fn expressions() {
        use Syntax::{Basic, Extended};
        for (pattern, syntax, text, expected) in [
            ("a+", Basic, "aa a+", Some("a+")),
            ("a\\+", Basic, "baa", Some("aa")),
            ("a+", Extended, "baa", Some("aa")),
            ("a\\+", Extended, "aa a+", Some("a+")),
            ("\\(ab\\)*c", Basic, "ababc", Some("ababc")),
            ("(ab)*c", Basic, "(ab)c (ab)))c", Some("(ab)c")),
            ("(ab|cd)+", Extended, "xcdabx", Some("cdab")),
            ("a\\|b", Basic, "b", Some("b")),
            ("a{2}", Basic, "aa a{2}", Some("a{2}")),
            ("a\\{2\\}", Basic, "aaa", Some("aa")),
            ("a{2,}", Extended, "aaa", Some("aaa")),
            ("a{,2}", Extended, "aaa", Some("aa")),
            ("a{x", Extended, "a{x", Some("a{x")),
            ("*a", Basic, "*a", Some("*a")),
            ("^*a", Basic, "*a", Some("*a")),
            ("a^b$c", Basic, "a^b$c", Some("a^b$c")),
            ("^a$", Basic, "a", Some("a")),
            ("[]a]*", Basic, "]a]b", Some("]a]")),
            ("[^]a]", Basic, "]ab", Some("b")),
            ("[\\n]*", Basic, "\\n", Some("\\n")),
            ("[a-c.]*", Basic, "ab.d", Some("ab.")),
            ("[[:digit:]]\\+", Basic, "a12", Some("12")),
            ("[[:alpha:]_]*", Basic, "aé_1", Some("aé_")),
            ("[a-]*", Basic, "a-b", Some("a-")),
            ("[&&~~]*", Basic, "&~-", Some("&~")),
            ("\\<b\\w*", Basic, "ab bcd", Some("bcd")),
            ("a.c", Extended, "aéc", Some("aéc")),
            ("a**", Basic, "baa", Some("")),
            ("(a+)?b", Extended, "aab", Some("aab")),
            ("a+?b", Extended, "aab", Some("aab")),
            ("x{1}{2}", Extended, "xx", Some("xx")),
            ("\\.", Extended, "a.b", Some(".")),
            ("a\\{2", Extended, "a{2", Some("a{2")),
            ("()", Extended, "x", Some("")),
        ] {
            assert_eq!(found(pattern, syntax, text).as_deref(), expected, "{pattern} {syntax:?} in {text}");
        }
    }

    #[test]
    fn what_is_wrong() {
        for (pattern, syntax, message) in [
            ("[a", Syntax::Basic, "Unmatched [, [^, [:, [., or [="),
            ("\\(a", Syntax::Basic, "Unmatched ( or \\("),
            ("a\\)", Syntax::Basic, "Unmatched ) or \\)"),
            ("(a", Syntax::Extended, "Unmatched ( or \\("),
            ("a\\", Syntax::Basic, "Trailing backslash"),
            ("\\(a\\)\\1", Syntax::Basic, "back-references are not supported"),
            ("[[:x:]]", Syntax::Basic, "Invalid character class name"),
        ] {
            assert_eq!(
                compile([pattern.as_bytes()], syntax, Matching::default()).map(|_| ()),
                Err(message.to_owned()),
                "{pattern}"
            );
        }
    }

    #[test]
    fn globs() {
        for (pattern, text, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "a.txt.b", false),
            ("a?c", "aéc", true),
            ("[a-c]*", "bx", true),
            ("[!a]", "b", true),
            ("[!a]", "a", false),
            ("[]]", "]", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("[", "[", true),
            ("a[[:digit:]]", "a1", true),
            ("*", "a/b\n", true),
            (".*", "a", false),
            ("a.c", "abc", false),
        ] {
            assert_eq!(
                glob(pattern.as_bytes(), false).unwrap().is_match(text.as_bytes()),
                expected,
                "{pattern} {text}"
            );
        }
        assert!(glob(b"A*", true).unwrap().is_match(b"ab"));
    }
}

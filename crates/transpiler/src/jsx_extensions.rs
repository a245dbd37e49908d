//! JSX that Bun takes and the grammar does not have: props that are named after their value, `<a {b} />`, and `>` and `}` in text.
//!
//! The parser stops at them. The source is then edited there and parsed again, which costs only the files that have them; lines
//! stay where they are.

use oxc::diagnostics::{Diagnostics, OxcDiagnostic};

const SHORTHAND: &str = "Expected `...` but found `";
const TEXT: &str = "Unexpected token. Did you mean `{'";

/// The source with one extension, the one that the parser stopped at, spelled in the grammar's way.
pub(crate) fn spell_out(source: &str, found: &Diagnostics) -> Option<String> {
    found.errors().find_map(|error| {
        if error.message.starts_with(TEXT) {
            escape_text(source, start_of(error)?)
        } else if error.message.starts_with(SHORTHAND) {
            name_prop(source, start_of(error)?)
        } else {
            None
        }
    })
}

fn start_of(error: &OxcDiagnostic) -> Option<usize> {
    error.labels.first().and_then(|label| usize::try_from(label.offset()).ok())
}

/// Escapes the rest of a text, up to the next element or expression.
fn escape_text(source: &str, start: usize) -> Option<String> {
    let (before, rest) = source.split_at_checked(start)?;
    if !rest.starts_with(['>', '}']) {
        return None;
    }
    let (text, after) = rest.split_at(rest.find(['<', '{']).unwrap_or(rest.len()));
    Some([before, &text.replace('>', "&#62;").replace('}', "&#125;"), after].concat())
}

/// `{value}` becomes `name={value}`.
fn name_prop(source: &str, start: usize) -> Option<String> {
    let (before, rest) = source.split_at_checked(start)?;
    let name = last_name(rest)?;
    let brace = before.rfind('{')?;
    if !skip_blank(&before[brace + 1..]).is_empty() {
        return None;
    }
    Some([&source[..brace], name, "=", &source[brace..]].concat())
}

/// The last name of `a`, `a.b`, `a?.b`, `a["b"]` and `"b"`, when the brace closes behind it.
fn last_name(text: &str) -> Option<&str> {
    if let Some((name, rest)) = quoted(text) {
        return closes(rest).then_some(name);
    }
    let (mut name, mut rest) = identifier(text)?;
    loop {
        rest = skip_blank(rest.strip_prefix('!').unwrap_or(rest));
        (name, rest) = if let Some(member) = rest.strip_prefix("?.").or_else(|| rest.strip_prefix('.')) {
            identifier(skip_blank(member))?
        } else if let Some(computed) = rest.strip_prefix('[') {
            let (name, rest) = quoted(skip_blank(computed))?;
            (name, skip_blank(rest).strip_prefix(']')?)
        } else {
            return closes(rest).then_some(name);
        };
    }
}

fn closes(rest: &str) -> bool {
    skip_blank(rest).starts_with('}')
}

fn identifier(text: &str) -> Option<(&str, &str)> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let end = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    (!name.is_empty() && !name.starts_with(|first: char| first.is_ascii_digit())).then_some((name, rest))
}

/// A string whose content can stand as the name of a prop.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    let (name, rest) = text[1..].split_once(quote)?;
    identifier(name).is_some_and(|(_, rest)| rest.is_empty()).then_some((name, rest))
}

/// Skips whitespace and comments.
fn skip_blank(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        let after = if let Some(comment) = text.strip_prefix("/*") {
            comment.split_once("*/")
        } else if let Some(comment) = text.strip_prefix("//") {
            comment.split_once('\n')
        } else {
            None
        };
        match after {
            Some((_, rest)) => text = rest,
            None => return text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(source: &str) -> Option<String> {
        name_prop(source, source.find('a')?)
    }

    #[test]
    fn a_prop_is_named_after_its_value() {
        for (source, expected) in [
            ("<B {a} />", "<B a={a} />"),
            ("<B { /* x */ a /* y */ } />", "<B a={ /* x */ a /* y */ } />"),
            ("<B {a.b?.c} />", "<B c={a.b?.c} />"),
            ("<B {a!.b['d']} />", "<B d={a!.b['d']} />"),
        ] {
            assert_eq!(named(source).as_deref(), Some(expected));
        }
        assert_eq!(name_prop("<B {\"x\"} />", 4).as_deref(), Some("<B x={\"x\"} />"));
    }

    #[test]
    fn what_is_no_name_stays_an_error() {
        for source in ["<B {a()} />", "<B {a[0]} />", "<B {a - b} />", "<B {a[\"x-y\"]} />", "<B {a"] {
            assert_eq!(named(source), None, "{source}");
        }
    }

    #[test]
    fn text_is_escaped_up_to_what_is_no_text() {
        assert_eq!(escape_text("<a>x > y } z<b>", 5).as_deref(), Some("<a>x &#62; y &#125; z<b>"));
        assert_eq!(escape_text("<a>x", 3), None);
    }
}

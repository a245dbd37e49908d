//! Arithmetic: C's operators on 64-bit integers.
//!
//! Source: POSIX.1-2024, Arithmetic Expansion; the GNU Bash manual, Shell Arithmetic (`**`, `,`, `++`, `base#n`).

use bstr::{BStr, BString, ByteSlice as _};

use crate::run::Key;

/// Where variables are.
pub(crate) trait Numbers {
    /// The text of a variable, or of an element of it.
    fn text(&self, name: &BStr, key: Option<&Key>) -> Option<BString>;
    /// Sets a variable, or an element of it; `false` when it is read-only.
    fn assign(&mut self, name: &BStr, key: Option<Key>, value: i64) -> bool;
    /// Whether a variable is an array by name.
    fn is_named(&self, name: &BStr) -> bool;
}

/// A variable, or an element of one.
struct Place {
    name: BString,
    key: Option<Key>,
}

/// The same before its subscript was evaluated, which happens once.
struct Written<'a> {
    name: &'a [u8],
    subscript: Option<&'a [u8]>,
}

/// Expressions may stand in one another this deep.
const DEPTH: u32 = 128;

/// Evaluates an expression; an empty one is 0.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn evaluate(expression: &[u8], numbers: &mut dyn Numbers) -> Result<i64, String> {
    Evaluator { text: expression, at: 0, numbers, depth: 0, idle: 0 }.run()
}

struct Evaluator<'a> {
    text: &'a [u8],
    at: usize,
    numbers: &'a mut dyn Numbers,
    depth: u32,
    /// Above 0 nothing is assigned: in what `&&`, `||` or `?:` leaves out.
    idle: u32,
}

type Value = Result<i64, String>;

/// Binary operators, weakest first, longer ones of a level first.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl<'a> Evaluator<'a> {
    fn run(&mut self) -> Value {
        self.blanks();
        if self.at == self.text.len() {
            return Ok(0);
        }
        let value = self.sequence()?;
        self.blanks();
        if self.at < self.text.len() { self.wrong("syntax error in expression") } else { Ok(value) }
    }

    fn wrong<T>(&self, message: &str) -> Result<T, String> {
        Err(format!("{}: {message} (error token is \"{}\")", self.text.as_bstr(), self.text[self.at..].as_bstr()))
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, operator: &str) -> bool {
        self.blanks();
        let there = self.text[self.at..].starts_with(operator.as_bytes());
        if there {
            self.at += operator.len();
        }
        there
    }

    fn sequence(&mut self) -> Value {
        let mut value = self.assignment()?;
        while self.take(",") {
            value = self.assignment()?;
        }
        Ok(value)
    }

    fn nested(&mut self, rule: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.depth >= DEPTH {
            return self.wrong("expression recursion level exceeded");
        }
        self.depth += 1;
        let value = rule(self);
        self.depth -= 1;
        value
    }

    fn assignment(&mut self) -> Value {
        self.nested(|this| {
            let start = this.at;
            if let Some(written) = this.name()? {
                this.blanks();
                for operator in ["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="] {
                    if operator == "=" && this.text[this.at..].starts_with(b"==") {
                        continue;
                    }
                    if this.take(operator) {
                        let place = this.place(&written)?;
                        let value = this.assignment()?;
                        let value = match operator.strip_suffix('=') {
                            Some("") | None => value,
                            Some(operator) => {
                                let before = this.variable(&place)?;
                                this.binary(operator, before, value)?
                            }
                        };
                        return this.set(place, value);
                    }
                }
                this.at = start;
            }
            this.choice()
        })
    }

    fn set(&mut self, Place { name, key }: Place, value: i64) -> Value {
        if self.idle == 0 && !self.numbers.assign(name.as_bstr(), key, value) {
            return Err(format!("{name}: readonly variable, or a bad subscript"));
        }
        Ok(value)
    }

    fn choice(&mut self) -> Value {
        let condition = self.level(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let skip = u32::from(condition == 0);
        self.idle += skip;
        let first = self.sequence();
        self.idle -= skip;
        let first = first?;
        if !self.take(":") {
            return self.wrong("`:' expected for conditional expression");
        }
        self.idle += 1 - skip;
        let second = self.assignment();
        self.idle -= 1 - skip;
        let second = second?;
        Ok(if condition == 0 { second } else { first })
    }

    fn operator(&mut self, level: usize) -> Option<&'static str> {
        self.blanks();
        let rest = &self.text[self.at..];
        let found = LEVELS[level].iter().find(|operator| rest.starts_with(operator.as_bytes()))?;
        let after = rest.get(found.len()).copied();
        // `a = b`, `a |= b` and `**` are other operators.
        let other = match *found {
            "|" => matches!(after, Some(b'|' | b'=')),
            "&" => matches!(after, Some(b'&' | b'=')),
            "<" | ">" => after == Some(rest[0]),
            "*" => matches!(after, Some(b'*' | b'=')),
            "^" | "+" | "-" | "/" | "%" | "<<" | ">>" => after == Some(b'='),
            _ => false,
        };
        if other {
            return None;
        }
        self.at += found.len();
        Some(found)
    }

    fn level(&mut self, level: usize) -> Value {
        if level == LEVELS.len() {
            return self.power();
        }
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(level) {
            let skip = u32::from(match operator {
                "||" => left != 0,
                "&&" => left == 0,
                _ => false,
            });
            self.idle += skip;
            let right = self.level(level + 1);
            self.idle -= skip;
            left = self.binary(operator, left, right?)?;
        }
        Ok(left)
    }

    fn binary(&self, operator: &str, left: i64, right: i64) -> Value {
        // Shifts take the lower bits of their distance, as the processor does.
        #[expect(clippy::cast_sign_loss, reason = "the lower six bits count")]
        let distance = (right & 63) as u32;
        Ok(match operator {
            "||" => i64::from(left != 0 || right != 0),
            "&&" => i64::from(left != 0 && right != 0),
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            "<<" => left.wrapping_shl(distance),
            ">>" => left.wrapping_shr(distance),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            "/" | "%" if right == 0 && self.idle > 0 => 0,
            "/" | "%" if right == 0 => return self.wrong("division by 0"),
            "/" => left.wrapping_div(right),
            _ => left.wrapping_rem(right),
        })
    }

    fn power(&mut self) -> Value {
        let base = self.unary()?;
        if !self.take("**") {
            return Ok(base);
        }
        let exponent = self.nested(Self::power)?;
        match u32::try_from(exponent) {
            Ok(exponent) => Ok(base.wrapping_pow(exponent)),
            Err(_) => self.wrong("exponent less than 0"),
        }
    }

    fn unary(&mut self) -> Value {
        self.nested(|this| {
            this.blanks();
            for (operator, change) in [("++", 1), ("--", -1)] {
                let start = this.at;
                if this.take(operator) {
                    if let Some(written) = this.name()? {
                        let place = this.place(&written)?;
                        let value = this.variable(&place)?.wrapping_add(change);
                        return this.set(place, value);
                    }
                    this.at = start;
                }
            }
            let Some(&operator) = this.text.get(this.at) else { return this.operand() };
            if !matches!(operator, b'!' | b'~' | b'-' | b'+' | b'(') {
                return this.operand();
            }
            this.at += 1;
            Ok(match operator {
                b'!' => i64::from(this.unary()? == 0),
                b'~' => !this.unary()?,
                b'-' => this.unary()?.wrapping_neg(),
                b'+' => this.unary()?,
                _ => {
                    let value = this.sequence()?;
                    if !this.take(")") {
                        return this.wrong("missing `)'");
                    }
                    value
                }
            })
        })
    }

    /// The name at the cursor, with its subscript.
    fn name(&mut self) -> Result<Option<Written<'a>>, String> {
        self.blanks();
        let text = self.text;
        let rest = &text[self.at..];
        let is_name = |&(at, byte): &(usize, &u8)| {
            *byte == b'_' || byte.is_ascii_alphabetic() || (at > 0 && byte.is_ascii_digit())
        };
        let length = rest.iter().enumerate().take_while(is_name).count();
        if length == 0 {
            return Ok(None);
        }
        let (name, rest) = rest.split_at(length);
        self.at += length;
        if rest.first() != Some(&b'[') {
            return Ok(Some(Written { name, subscript: None }));
        }
        let mut open = 0_u32;
        for (at, byte) in rest.iter().enumerate() {
            match byte {
                b'[' => open += 1,
                b']' if open == 1 => {
                    self.at += at + 1;
                    return Ok(Some(Written { name, subscript: Some(&rest[1..at]) }));
                }
                b']' => open -= 1,
                _ => {}
            }
        }
        self.wrong("bad array subscript")
    }

    fn place(&mut self, written: &Written<'a>) -> Result<Place, String> {
        let name: BString = written.name.into();
        let key = match written.subscript {
            None => None,
            Some(subscript) if self.numbers.is_named(name.as_bstr()) => Some(Key::Name(subscript.into())),
            Some(subscript) => Some(Key::Index(self.inner(subscript)?)),
        };
        Ok(Place { name, key })
    }

    fn operand(&mut self) -> Value {
        if let Some(written) = self.name()? {
            let place = self.place(&written)?;
            let value = self.variable(&place)?;
            for (operator, change) in [("++", 1), ("--", -1)] {
                if self.take(operator) {
                    self.set(place, value.wrapping_add(change))?;
                    return Ok(value);
                }
            }
            return Ok(value);
        }
        let start = self.at;
        let is_number = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b'@' | b'_');
        while self.text.get(self.at).is_some_and(is_number) {
            self.at += 1;
        }
        if start == self.at {
            return self.wrong("syntax error: operand expected");
        }
        match number(&self.text[start..self.at]) {
            Some(value) => Ok(value),
            None => {
                self.at = start;
                self.wrong("value too great for base")
            }
        }
    }

    /// A variable's text is an expression of its own.
    fn variable(&mut self, place: &Place) -> Value {
        let Some(text) = self.numbers.text(place.name.as_bstr(), place.key.as_ref()) else { return Ok(0) };
        match number(text.trim()) {
            Some(value) => Ok(value),
            None => self.inner(&text),
        }
    }

    /// An expression in this one. The depth goes on counting, so that `a=b b=a` ends.
    fn inner(&mut self, text: &[u8]) -> Value {
        if self.depth >= DEPTH {
            return self.wrong("expression recursion level exceeded");
        }
        let (depth, idle) = (self.depth + 1, self.idle);
        Evaluator { text, at: 0, numbers: &mut *self.numbers, depth, idle }.run()
    }
}

/// `10`, `0x1f`, `017`, `2#101`
fn number(text: &[u8]) -> Option<i64> {
    let (base, digits) = if let Some((base, digits)) = text.split_once_str("#") {
        (base.to_str().ok()?.parse().ok().filter(|base| (2..=64).contains(base))?, digits)
    } else if let Some(digits) = text.strip_prefix(b"0x").or_else(|| text.strip_prefix(b"0X")) {
        (16, digits)
    } else if text.len() > 1 && text.starts_with(b"0") {
        (8, &text[1..])
    } else {
        (10, text)
    };
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_i64, |number, &byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            b'A'..=b'Z' if base <= 36 => byte - b'A' + 10,
            b'A'..=b'Z' => byte - b'A' + 36,
            b'@' => 62,
            b'_' => 63,
            _ => return None,
        };
        let digit = i64::from(digit);
        (digit < base).then(|| number.wrapping_mul(base).wrapping_add(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[derive(Default)]
    struct Map(HashMap<BString, BString>);

    impl Numbers for Map {
        fn text(&self, name: &BStr, key: Option<&Key>) -> Option<BString> {
            self.0.get(&spelled(name, key)).cloned()
        }

        fn assign(&mut self, name: &BStr, key: Option<Key>, value: i64) -> bool {
            self.0.insert(spelled(name, key.as_ref()), value.to_string().into());
            true
        }

        fn is_named(&self, name: &BStr) -> bool {
            name == "named"
        }
    }

    fn spelled(name: &BStr, key: Option<&Key>) -> BString {
        match key {
            None => name.to_owned(),
            Some(Key::Index(index)) => format!("{name}[{index}]").into(),
            Some(Key::Name(key)) => format!("{name}[{key}]").into(),
        }
    }

    #[test]
    fn expressions_have_their_value() {
        let mut map = Map::default();
        for (expression, value) in [
            ("", 0),
            ("1+2*3", 7),
            ("(1+2)*3", 9),
            ("7/2", 3),
            ("-7%3", -1),
            ("2**10", 1024),
            ("2**3**2", 512),
            ("1<<4|1", 17),
            ("5>3&&2<1", 0),
            ("1?2:3", 2),
            ("0?2:0?3:4", 4),
            ("x=5,x+=2,x", 7),
            ("x++ + x", 15),
            ("--x", 7),
            ("!0", 1),
            ("~0", -1),
            ("0x1f", 31),
            ("017", 15),
            ("2#101", 5),
            ("unset_thing", 0),
            ("1 == 1 != 0", 1),
            ("0 && (y=9), y", 0),
            ("- - 1", 1),
            ("9223372036854775807+1", i64::MIN),
            ("i=1, a[i++]+=3, a[1]*10+i", 32),
            ("a[a[1]-2]=5, ++a[1], a[1]+a[2]", 6),
            ("named[x y]=4, named[x y]--, named[x y]", 3),
        ] {
            assert_eq!(evaluate(expression.as_bytes(), &mut map), Ok(value), "{expression}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_nothing_hangs() {
        let mut map = Map::default();
        map.0.insert("a".into(), "b".into());
        map.0.insert("b".into(), "a".into());
        for expression in ["1+", "1/0", "a", "08", "1 2", "(1", "2**-1", "1?2", "4#9", "a[1", "a[1 2]"] {
            assert!(evaluate(expression.as_bytes(), &mut map).is_err(), "{expression}");
        }
        assert!(evaluate("(".repeat(10_000).as_bytes(), &mut map).is_err());
    }
}

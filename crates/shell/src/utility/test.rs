//! `test` and `[`.

use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
};

use bstr::{BStr, BString, ByteSlice as _};

use super::{
    Context,
    text::{complain, number, resolve},
};
use crate::file::{Access, Facts as _, can};

/// Says whether an expression holds: 0 if it does, 1 if not, 2 if it is none.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/test.html>, with `-nt`, `-ot`, `-ef`, `<`, `>`.
pub(super) fn test(context: &mut Context<'_>) -> io::Result<u8> {
    let mut words = context.args.get(1..).unwrap_or_default();
    if context.args.first().is_some_and(|name| name == "[") {
        match words.split_last() {
            Some((last, rest)) if last == "]" => words = rest,
            _ => {
                complain(context.stderr, context.args, "missing `]'")?;
                return Ok(2);
            }
        }
    }
    let mut expression = Expression { words, at: 0, cwd: context.cwd };
    match expression.whole() {
        Ok(holds) => Ok(u8::from(!holds)),
        Err(message) => {
            complain(context.stderr, context.args, message)?;
            Ok(2)
        }
    }
}

struct Expression<'a> {
    words: &'a [BString],
    at: usize,
    cwd: &'a Path,
}

impl<'a> Expression<'a> {
    /// What the number of words decides, as POSIX has it, comes before the grammar.
    fn whole(&mut self) -> Result<bool, String> {
        let is = |index: usize, text: &str| self.words.get(index).is_some_and(|word| word == text);
        match self.words.len() {
            0 => return Ok(false),
            1 => return Ok(!self.words[0].is_empty()),
            2 if is(0, "!") => return Ok(self.words[1].is_empty()),
            2 if !is_unary(self.words[0].as_bstr()) => {
                return Err(format!("{}: unary operator expected", self.words[0]));
            }
            3 if is_binary(&self.words[1]) => return self.binary(),
            3 if is(1, "-a") => return Ok(!self.words[0].is_empty() && !self.words[2].is_empty()),
            3 if is(1, "-o") => return Ok(!self.words[0].is_empty() || !self.words[2].is_empty()),
            3 if !(is(0, "!") || is(0, "(") && is(2, ")")) => {
                return Err(format!("{}: binary operator expected", self.words[1]));
            }
            _ => {}
        }
        let holds = self.any()?;
        match self.words.get(self.at) {
            None => Ok(holds),
            Some(_) => Err("too many arguments".to_owned()),
        }
    }

    fn peek(&self) -> Option<&'a BStr> {
        self.words.get(self.at).map(|word| word.as_bstr())
    }

    fn next(&mut self) -> Result<&'a BStr, String> {
        let word = self.peek().ok_or_else(|| "argument expected".to_owned())?;
        self.at += 1;
        Ok(word)
    }

    fn any(&mut self) -> Result<bool, String> {
        let mut holds = self.all()?;
        while self.peek().is_some_and(|word| word == "-o") {
            self.at += 1;
            holds |= self.all()?;
        }
        Ok(holds)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut holds = self.one()?;
        while self.peek().is_some_and(|word| word == "-a") {
            self.at += 1;
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, String> {
        let left = self.words.len() - self.at;
        if left >= 3 && is_binary(&self.words[self.at + 1]) {
            return self.binary();
        }
        let word = self.next()?;
        if word == "!" && left > 1 {
            return Ok(!self.one()?);
        }
        if word == "(" && left > 1 {
            let holds = self.any()?;
            if self.next()? != ")" {
                return Err("`)' expected".to_owned());
            }
            return Ok(holds);
        }
        if is_unary(word) && left > 1 {
            let operand = self.next()?;
            return self.unary(word[1], operand);
        }
        Ok(!word.is_empty())
    }

    fn binary(&mut self) -> Result<bool, String> {
        let (left, operator, right) = (self.next()?, self.next()?, self.next()?);
        let paths = || (resolve(self.cwd, left), resolve(self.cwd, right));
        Ok(match &**operator {
            b"=" | b"==" => left == right,
            b"!=" => left != right,
            b"<" => left < right,
            b">" => left > right,
            b"-ef" => same(paths()),
            b"-nt" => newer(paths()),
            b"-ot" => {
                let (left, right) = paths();
                newer((right, left))
            }
            _ => {
                let value = |text: &BStr| {
                    number::<i64>(text.trim()).ok_or_else(|| format!("{text}: integer expression expected"))
                };
                let order = value(left)?.cmp(&value(right)?);
                match &operator.as_bytes()[1..] {
                    b"eq" => order.is_eq(),
                    b"ne" => order.is_ne(),
                    b"lt" => order.is_lt(),
                    b"le" => order.is_le(),
                    b"gt" => order.is_gt(),
                    _ => order.is_ge(),
                }
            }
        })
    }

    fn unary(&self, letter: u8, operand: &BStr) -> Result<bool, String> {
        let path = resolve(self.cwd, operand);
        let is = |holds: &dyn Fn(&Metadata) -> bool| path.metadata().is_ok_and(|metadata| holds(&metadata));
        Ok(match letter {
            b'n' => !operand.is_empty(),
            b'z' => operand.is_empty(),
            b'e' | b'a' => path.exists(),
            b'f' => is(&Metadata::is_file),
            b'd' => is(&Metadata::is_dir),
            b'h' | b'L' => path.is_symlink(),
            b's' => is(&|metadata| metadata.len() > 0),
            b'r' => can(&path, Access::Read),
            b'w' => can(&path, Access::Write),
            b'x' => can(&path, Access::Execute),
            b'b' | b'c' | b'p' => is(&|metadata| metadata.letter() == char::from(letter)),
            b'S' => is(&|metadata| metadata.letter() == 's'),
            b'u' => is(&|metadata| metadata.bits() & 0o4000 != 0),
            b'g' => is(&|metadata| metadata.bits() & 0o2000 != 0),
            b'k' => is(&|metadata| metadata.bits() & 0o1000 != 0),
            b'N' => is(&|metadata| metadata.modified().ok() > metadata.accessed().ok()),
            // What a shell that is no program has open is no terminal.
            b't' => {
                number::<i32>(operand).ok_or_else(|| format!("{operand}: integer expression expected"))?;
                false
            }
            _ => return Err(format!("-{}: unary operator expected", char::from(letter))),
        })
    }
}

fn is_unary(word: &BStr) -> bool {
    word.len() == 2 && word[0] == b'-' && b"nzeafdhLsrwxbcpSugkNt".contains(&word[1])
}

fn is_binary(word: &BString) -> bool {
    matches!(
        &***word,
        b"=" | b"=="
            | b"!="
            | b"<"
            | b">"
            | b"-ef"
            | b"-nt"
            | b"-ot"
            | b"-eq"
            | b"-ne"
            | b"-lt"
            | b"-le"
            | b"-gt"
            | b"-ge"
    )
}

fn same((left, right): (PathBuf, PathBuf)) -> bool {
    match (left.metadata(), right.metadata()) {
        (Ok(a), Ok(b)) if a.identity() == (0, 0) => {
            let _ = b;
            left.canonicalize().ok() == right.canonicalize().ok()
        }
        (Ok(a), Ok(b)) => a.identity() == b.identity(),
        _ => false,
    }
}

/// Whether the first was modified after the second, or is there and the second is not.
fn newer((left, right): (PathBuf, PathBuf)) -> bool {
    let time = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    match (time(&left), time(&right)) {
        (Some(left), Some(right)) => left > right,
        (left, right) => left.is_some() && right.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::run_words;

    #[test]
    fn expressions() {
        for (words, code) in [
            ("[ ]", 1),
            ("[ a ]", 0),
            ("[ -n a ]", 0),
            ("[ -z a ]", 1),
            ("[ -n ]", 0),
            ("[ a = a ]", 0),
            ("[ a != a ]", 1),
            ("[ ! a = b ]", 0),
            ("[ ! ]", 0),
            ("[ ! a ]", 1),
            ("[ 1 -lt 2 -a 2 -lt 3 ]", 0),
            ("[ 1 -gt 2 -o 2 -lt 3 ]", 0),
            ("[ ( 1 -gt 2 ) -o a ]", 0),
            ("[ -f = -f ]", 0),
            ("[ -d / ]", 0),
            ("[ -e /nosuch ]", 1),
            ("[ 1 -eq x ]", 2),
            ("[ a b ]", 2),
            ("[ a b c ]", 2),
            ("[ a", 2),
            ("test -d / -a ! -f /", 0),
            ("test 10 -ge 10", 0),
            ("test -5 -lt 3", 0),
            ("test a < b", 0),
        ] {
            let list: Vec<&str> = words.split(' ').collect();
            assert_eq!(run_words(&list, "").0, code, "{words}");
        }
    }
}

//! The options of a command line, as `getopt_long` reads them.

use std::{fmt, io};

use bstr::{BStr, BString, ByteSlice as _};

use super::text::complain;
use crate::stream::Output;

/// What a utility takes.
pub(crate) struct Options {
    /// Letters; one that takes a value is followed by `:`.
    pub(crate) short: &'static str,
    /// Long names and what letter each stands for (which need not be in `short`, but then says with `:` in its name
    /// whether it takes a value: `("max-depth:", '\u{1}')`).
    pub(crate) long: &'static [(&'static str, char)],
    /// Whether the first operand ends the options, since the rest is a command.
    pub(crate) stops: bool,
}

/// What was given.
#[derive(Debug, Default)]
pub(crate) struct Parsed<'a> {
    /// Options in order, with their values.
    pub(crate) options: Vec<(char, &'a BStr)>,
    /// Everything else.
    pub(crate) operands: Vec<&'a BStr>,
}

impl<'a> Parsed<'a> {
    /// Whether the option was given.
    pub(crate) fn has(&self, letter: char) -> bool {
        self.options.iter().any(|&(given, _)| given == letter)
    }

    /// The value that was given last.
    pub(crate) fn value(&self, letter: char) -> Option<&'a BStr> {
        self.options.iter().rev().find(|&&(given, _)| given == letter).map(|&(_, value)| value)
    }

    /// Which of some letters was given last.
    pub(crate) fn last_of(&self, letters: &[char]) -> Option<char> {
        self.options.iter().rev().map(|&(given, _)| given).find(|given| letters.contains(given))
    }
}

/// A command line that is not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// A letter that is not known, and the whole cluster that it stands in.
    Letter(char, String),
    /// A long name that is not known or not whole, without its dashes.
    Name(String),
    /// An option without its value.
    Value(String),
    /// A long option with a value that it does not take.
    Needless(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Letter(letter, _) => write!(f, "invalid option -- '{letter}'"),
            Self::Name(name) => write!(f, "unrecognized option '--{name}'"),
            Self::Value(name) if name.chars().count() == 1 => write!(f, "option requires an argument -- '{name}'"),
            Self::Value(name) => write!(f, "option '--{name}' requires an argument"),
            Self::Needless(name) => write!(f, "option '--{name}' doesn't allow an argument"),
        }
    }
}

impl Options {
    /// The same, and says on standard error what is wrong.
    ///
    /// # Errors
    ///
    /// That of writing there.
    pub(crate) fn read<'a>(&self, args: &'a [BString], stderr: &mut dyn Output) -> io::Result<Option<Parsed<'a>>> {
        match self.parse(args) {
            Ok(parsed) => Ok(Some(parsed)),
            Err(wrong) => complain(stderr, args, wrong).map(|()| None),
        }
    }

    /// As [`Self::read`], of a utility that wants an operand.
    ///
    /// # Errors
    ///
    /// That of writing there.
    pub(crate) fn read_some<'a>(&self, args: &'a [BString], stderr: &mut dyn Output) -> io::Result<Option<Parsed<'a>>> {
        match self.read(args, stderr)? {
            Some(parsed) if parsed.operands.is_empty() => complain(stderr, args, "missing operand").map(|()| None),
            parsed => Ok(parsed),
        }
    }

    /// Reads the words after the name.
    pub(crate) fn parse<'a>(&self, args: &'a [BString]) -> Result<Parsed<'a>, Wrong> {
        let mut parsed = Parsed::default();
        let mut words = args.iter().skip(1).map(|word| word.as_bstr());
        while let Some(word) = words.next() {
            if word == "--" {
                break;
            } else if let Some(long) = word.strip_prefix(b"--") {
                self.long(long.as_bstr(), &mut words, &mut parsed)?;
            } else if word.len() > 1 && word[0] == b'-' {
                self.cluster(word[1..].as_bstr(), &mut words, &mut parsed)?;
            } else {
                parsed.operands.push(word);
                if self.stops {
                    break;
                }
            }
        }
        parsed.operands.extend(words);
        Ok(parsed)
    }

    fn takes_value(&self, letter: char) -> Option<bool> {
        let at = self.short.find(letter).filter(|_| letter != ':')?;
        Some(self.short[at + letter.len_utf8()..].starts_with(':'))
    }

    fn cluster<'a>(
        &self,
        cluster: &'a BStr,
        words: &mut impl Iterator<Item = &'a BStr>,
        parsed: &mut Parsed<'a>,
    ) -> Result<(), Wrong> {
        for (start, end, letter) in cluster.char_indices() {
            match self.takes_value(letter) {
                None => return Err(Wrong::Letter(letter, cluster.to_string())),
                Some(false) => parsed.options.push((letter, b"".as_bstr())),
                Some(true) => {
                    let value = if end < cluster.len() {
                        cluster[end..].as_bstr()
                    } else {
                        words.next().ok_or_else(|| Wrong::Value(cluster[start..end].to_str_lossy().into_owned()))?
                    };
                    parsed.options.push((letter, value));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn long<'a>(
        &self,
        word: &'a BStr,
        words: &mut impl Iterator<Item = &'a BStr>,
        parsed: &mut Parsed<'a>,
    ) -> Result<(), Wrong> {
        let (name, value) = match word.find_byte(b'=') {
            Some(at) => (&word[..at], Some(word[at + 1..].as_bstr())),
            None => (word, None),
        };
        let bare = |long: &'static str| long.trim_end_matches(':');
        let mut matching = self.long.iter().filter(|(long, _)| bare(long).as_bytes().starts_with(name));
        let exact = self.long.iter().find(|(long, _)| bare(long).as_bytes() == name);
        let found = exact.or_else(|| matching.next().filter(|_| matching.next().is_none()));
        let Some(&(long, letter)) = found else {
            return Err(Wrong::Name(name.to_str_lossy().into_owned()));
        };
        if long.ends_with(':') || self.takes_value(letter) == Some(true) {
            let value = value.or_else(|| words.next()).ok_or_else(|| Wrong::Value(bare(long).to_owned()))?;
            parsed.options.push((letter, value));
        } else if value.is_some() {
            return Err(Wrong::Needless(bare(long).to_owned()));
        } else {
            parsed.options.push((letter, b"".as_bstr()));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: Options = Options {
        short: "an:z",
        long: &[("all", 'a'), ("number", 'n'), ("nothing", 'z'), ("depth:", 'D')],
        stops: false,
    };

    fn parse(words: &str) -> Result<String, Wrong> {
        let args: Vec<BString> = words.split(' ').map(BString::from).collect();
        let parsed = OPTIONS.parse(&args)?;
        let mut text = String::new();
        for (letter, value) in parsed.options {
            text += &format!("{letter}[{value}] ");
        }
        for operand in parsed.operands {
            text += &format!("{operand} ");
        }
        Ok(text.trim_end().to_owned())
    }

    #[test]
    fn clusters_values_and_operands() {
        for (words, expected) in [
            ("x", ""),
            ("x -a b -z c", "a[] z[] b c"),
            ("x -an5 -n 6 -n7", "a[] n[5] n[6] n[7]"),
            ("x --all --num=5 --number 6 --depth 3", "a[] n[5] n[6] D[3]"),
            ("x a -- -a", "a -a"),
            ("x -", "-"),
        ] {
            assert_eq!(parse(words).as_deref(), Ok(expected), "{words}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (words, expected) in [
            ("x -aq", "invalid option -- 'q'"),
            ("x --quick", "unrecognized option '--quick'"),
            ("x --n", "unrecognized option '--n'"),
            ("x -n", "option requires an argument -- 'n'"),
            ("x --number", "option '--number' requires an argument"),
            ("x --all=1", "option '--all' doesn't allow an argument"),
        ] {
            assert_eq!(parse(words).map_err(|wrong| wrong.to_string()), Err(expected.to_owned()), "{words}");
        }
    }
}

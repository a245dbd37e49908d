//! The expression of `find`, read once and evaluated for each file.

use std::{fs::Metadata, io, path::Path, time::SystemTime};

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};
use jiff::Timestamp;
use regex::bytes::Regex;

use super::{
    super::{
        Environment, date,
        escape::{Dialect, unescape},
        ls::permissions,
        mode,
        pattern::{Matching, Syntax, compile, glob},
        text::{number, reason, resolve},
    },
    Entry, Kind,
};
use crate::file::{Access, Facts as _};

/// What is to be done.
pub(super) struct Plan {
    pub(super) starts: Vec<BString>,
    pub(super) expression: Expression,
    pub(super) follow: bool,
    pub(super) follow_starts: bool,
    pub(super) depth_first: bool,
    pub(super) one_file_system: bool,
    pub(super) least: usize,
    pub(super) most: usize,
    /// How many `-exec … +` there are.
    pub(super) batches: usize,
    /// Files that `-fprint` and its kin write to.
    pub(super) outputs: Vec<BString>,
}

pub(super) enum Expression {
    And(Vec<Self>),
    Or(Vec<Self>),
    List(Vec<Self>),
    Not(Box<Self>),
    Test(Test),
    Action(Action),
}

impl Expression {
    /// The words of an `-exec … +`.
    pub(super) fn batch(&self, wanted: usize) -> Option<&[BString]> {
        match self {
            Self::And(all) | Self::Or(all) | Self::List(all) => all.iter().find_map(|one| one.batch(wanted)),
            Self::Not(one) => one.batch(wanted),
            Self::Action(Action::Batch { words, index, .. }) if *index == wanted => Some(words),
            _ => None,
        }
    }

    fn acts(&self) -> bool {
        match self {
            Self::And(all) | Self::Or(all) | Self::List(all) => all.iter().any(Self::acts),
            Self::Not(one) => one.acts(),
            Self::Action(Action::Prune) | Self::Test(_) => false,
            Self::Action(_) => true,
        }
    }
}

/// A number to compare with: `+n`, `-n` or `n`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison(std::cmp::Ordering, i64);

impl Comparison {
    fn parse(text: &[u8]) -> Option<Self> {
        match text.split_first()? {
            (b'+', digits) => Some(Self(std::cmp::Ordering::Greater, number(digits)?)),
            (b'-', digits) => Some(Self(std::cmp::Ordering::Less, number(digits)?)),
            _ => Some(Self(std::cmp::Ordering::Equal, number(text)?)),
        }
    }

    pub(super) fn holds(self, value: i64) -> bool {
        value.cmp(&self.1) == self.0
    }
}

pub(super) enum Test {
    True,
    False,
    Name(Regex),
    Path(Regex),
    Regex(Regex),
    LinkName(Regex),
    Type(String),
    Size(Comparison, u64),
    Empty,
    Modified(Comparison, i64),
    Accessed(Comparison, i64),
    Changed(Comparison, i64),
    Newer(SystemTime),
    Permissions(char, u32),
    Links(Comparison),
    Inode(Comparison),
    Owner(u32),
    Group(u32),
    SameFile((u64, u64)),
    Access(Access),
}

pub(super) enum Action {
    Print { end: u8, output: Option<usize> },
    Format { format: BString, output: Option<usize> },
    List,
    Prune,
    Quit,
    Delete,
    Run { words: Vec<BString>, inside: bool },
    Batch { words: Vec<BString>, index: usize, inside: bool },
}

/// Reads the command line.
pub(super) fn parse(args: &[BString], cwd: &Path, environment: &dyn Environment) -> Result<Plan, String> {
    let mut words = &args[1.min(args.len())..];
    let mut plan = Plan {
        starts: Vec::new(),
        expression: Expression::Test(Test::True),
        follow: false,
        follow_starts: false,
        depth_first: false,
        one_file_system: false,
        least: 0,
        most: usize::MAX,
        batches: 0,
        outputs: Vec::new(),
    };
    while let Some((word, rest)) = words.split_first() {
        match &***word {
            b"-H" => (plan.follow, plan.follow_starts) = (false, true),
            b"-L" => (plan.follow, plan.follow_starts) = (true, true),
            b"-P" => (plan.follow, plan.follow_starts) = (false, false),
            _ => break,
        }
        words = rest;
    }
    while let Some((word, rest)) = words.split_first()
        && !(word.len() > 1 && word.starts_with(b"-") || word == "(" || word == "!" || word == ")" || word == ",")
    {
        plan.starts.push(word.clone());
        words = rest;
    }
    let mut parser = Parser { words, at: 0, cwd, environment, plan, syntax: Syntax::Basic };
    let mut expression = if words.is_empty() { Expression::Test(Test::True) } else { parser.list()? };
    if let Some(word) = parser.peek() {
        return Err(match &**word {
            b")" => "you have too many ')'".to_owned(),
            _ => format!("unexpected '{word}'"),
        });
    }
    if !expression.acts() {
        let print = Expression::Action(Action::Print { end: b'\n', output: None });
        expression = Expression::And(vec![expression, print]);
    }
    parser.plan.expression = expression;
    Ok(parser.plan)
}

struct Parser<'a> {
    words: &'a [BString],
    at: usize,
    cwd: &'a Path,
    environment: &'a dyn Environment,
    plan: Plan,
    syntax: Syntax,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a BStr> {
        self.words.get(self.at).map(|word| word.as_bstr())
    }

    fn list(&mut self) -> Result<Expression, String> {
        let mut each = vec![self.any()?];
        while self.peek().is_some_and(|word| word == ",") {
            self.at += 1;
            each.push(self.any()?);
        }
        Ok(if each.len() == 1 { each.swap_remove(0) } else { Expression::List(each) })
    }

    fn any(&mut self) -> Result<Expression, String> {
        let mut any = vec![self.all()?];
        while self.peek().is_some_and(|word| word == "-o" || word == "-or") {
            self.at += 1;
            any.push(self.all()?);
        }
        Ok(if any.len() == 1 { any.swap_remove(0) } else { Expression::Or(any) })
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut all = vec![self.one()?];
        while let Some(word) = self.peek() {
            match &**word {
                b"-o" | b"-or" | b")" | b"," => break,
                b"-a" | b"-and" => self.at += 1,
                _ => {}
            }
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.swap_remove(0) } else { Expression::And(all) })
    }

    fn one(&mut self) -> Result<Expression, String> {
        let word = self.peek().ok_or("expected an expression")?;
        self.at += 1;
        match &**word {
            b"!" | b"-not" => Ok(Expression::Not(Box::new(self.one()?))),
            b"(" => {
                let inner = self.list()?;
                if self.peek().is_none_or(|word| word != ")") {
                    return Err("invalid expression; expected to find a ')' but didn't see one".to_owned());
                }
                self.at += 1;
                Ok(inner)
            }
            b")" | b"-o" | b"-or" | b"-a" | b"-and" => {
                Err(format!("invalid expression; you have used a binary operator '{word}' with nothing before it."))
            }
            _ => self.primary(word),
        }
    }

    fn value(&mut self, of: &BStr) -> Result<&'a BStr, String> {
        let value = self.peek().ok_or_else(|| format!("missing argument to '{of}'"))?;
        self.at += 1;
        Ok(value)
    }

    fn comparison(&mut self, of: &BStr) -> Result<Comparison, String> {
        let text = self.value(of)?;
        Comparison::parse(text).ok_or_else(|| format!("invalid argument '{text}' to '{of}'"))
    }

    fn primary(&mut self, word: &'a BStr) -> Result<Expression, String> {
        let fold = word.starts_with(b"-i");
        let invalid = |text: &BStr| format!("invalid argument '{text}' to '{word}'");
        let test = match &**word {
            b"-true" => Test::True,
            b"-false" => Test::False,
            b"-name" | b"-iname" => Test::Name(glob(self.value(word)?, fold)?),
            b"-path" | b"-ipath" | b"-wholename" | b"-iwholename" => Test::Path(glob(self.value(word)?, fold)?),
            b"-lname" | b"-ilname" => Test::LinkName(glob(self.value(word)?, fold)?),
            b"-regex" | b"-iregex" => {
                let text = self.value(word)?;
                let matching = Matching { ignore_case: fold, line: true, ..Matching::default() };
                Test::Regex(compile([&**text], self.syntax, matching)?)
            }
            b"-regextype" => {
                let name = self.value(word)?;
                self.syntax = match &**name {
                    b"posix-extended" | b"egrep" | b"posix-egrep" | b"awk" | b"posix-awk" | b"gnu-awk" => {
                        Syntax::Extended
                    }
                    b"posix-basic"
                    | b"grep"
                    | b"sed"
                    | b"ed"
                    | b"posix-minimal-basic"
                    | b"emacs"
                    | b"findutils-default" => Syntax::Basic,
                    _ => return Err(format!("unknown regular expression type '{name}'")),
                };
                Test::True
            }
            b"-type" => {
                let text = self.value(word)?.to_str_lossy().into_owned();
                if text.is_empty() || !text.split(',').all(|one| one.len() == 1 && "bcdpfls".contains(one)) {
                    return Err(format!("Unknown argument to -type: {text}"));
                }
                Test::Type(text)
            }
            b"-size" => {
                let text = self.value(word)?;
                let (digits, unit) = match text.split_last() {
                    Some((b'c', digits)) => (digits, 1),
                    Some((b'w', digits)) => (digits, 2),
                    Some((b'b', digits)) => (digits, 512),
                    Some((b'k', digits)) => (digits, 1 << 10),
                    Some((b'M', digits)) => (digits, 1 << 20),
                    Some((b'G', digits)) => (digits, 1 << 30),
                    _ => (&**text, 512),
                };
                Test::Size(Comparison::parse(digits).ok_or_else(|| invalid(text))?, unit)
            }
            b"-empty" => Test::Empty,
            b"-mtime" => Test::Modified(self.comparison(word)?, 86_400),
            b"-mmin" => Test::Modified(self.comparison(word)?, 60),
            b"-atime" => Test::Accessed(self.comparison(word)?, 86_400),
            b"-amin" => Test::Accessed(self.comparison(word)?, 60),
            b"-ctime" => Test::Changed(self.comparison(word)?, 86_400),
            b"-cmin" => Test::Changed(self.comparison(word)?, 60),
            b"-newer" => Test::Newer(self.metadata(word)?.modified().unwrap_or(SystemTime::UNIX_EPOCH)),
            b"-newermt" => {
                let text = self.value(word)?;
                let zone = self.environment.get(b"TZ".as_bstr()).map(|name| name.to_string());
                let now = Timestamp::now().to_zoned_datetime(date::zone(zone.as_deref()));
                let time = date::parse(&text.to_str_lossy(), &now).ok_or_else(|| invalid(text))?;
                Test::Newer(SystemTime::try_from(time.timestamp()).unwrap_or(SystemTime::UNIX_EPOCH))
            }
            b"-samefile" => Test::SameFile(self.metadata(word)?.identity()),
            b"-perm" => {
                let text = self.value(word)?;
                let (kind, digits) = match text.split_first() {
                    Some((b'-', rest)) => ('-', rest),
                    Some((b'/', rest)) => ('/', rest),
                    _ => ('=', &**text),
                };
                Test::Permissions(kind, mode::parse(digits, 0, false).ok_or_else(|| format!("invalid mode '{text}'"))?)
            }
            b"-links" => Test::Links(self.comparison(word)?),
            b"-inum" => Test::Inode(self.comparison(word)?),
            b"-uid" | b"-user" | b"-gid" | b"-group" => {
                let text = self.value(word)?;
                let id = number(text).or_else(|| by_name(text, word.contains_str("g")));
                let id = id.ok_or_else(|| format!("'{text}' is not the name of a known user or group"))?;
                if word.contains_str("-g") { Test::Group(id) } else { Test::Owner(id) }
            }
            b"-readable" => Test::Access(Access::Read),
            b"-writable" => Test::Access(Access::Write),
            b"-executable" => Test::Access(Access::Execute),
            _ => return self.option_or_action(word),
        };
        Ok(Expression::Test(test))
    }

    fn metadata(&mut self, word: &BStr) -> Result<Metadata, String> {
        let name = self.value(word)?;
        resolve(self.cwd, name).metadata().map_err(|error: io::Error| format!("'{name}': {}", reason(&error)))
    }

    fn output(&mut self, word: &BStr) -> Result<Option<usize>, String> {
        let name = self.value(word)?.to_owned();
        let known = self.plan.outputs.iter().position(|known| *known == name);
        Ok(Some(known.unwrap_or_else(|| {
            self.plan.outputs.push(name);
            self.plan.outputs.len() - 1
        })))
    }

    fn option_or_action(&mut self, word: &'a BStr) -> Result<Expression, String> {
        let action = match &**word {
            b"-maxdepth" | b"-mindepth" => {
                let text = self.value(word)?;
                let depth = number(text).ok_or_else(|| {
                    format!("Expected a positive decimal integer argument to {word}, but got '{text}'")
                })?;
                if word == "-maxdepth" {
                    self.plan.most = depth
                } else {
                    self.plan.least = depth
                }
                return Ok(Expression::Test(Test::True));
            }
            b"-depth" | b"-d" => {
                self.plan.depth_first = true;
                return Ok(Expression::Test(Test::True));
            }
            b"-xdev" | b"-mount" => {
                self.plan.one_file_system = true;
                return Ok(Expression::Test(Test::True));
            }
            b"-follow" => {
                (self.plan.follow, self.plan.follow_starts) = (true, true);
                return Ok(Expression::Test(Test::True));
            }
            b"-daystart" => return Err("-daystart is not supported".to_owned()),
            b"-noleaf" | b"-nowarn" | b"-warn" | b"-ignore_readdir_race" => return Ok(Expression::Test(Test::True)),
            b"-print" => Action::Print { end: b'\n', output: None },
            b"-print0" => Action::Print { end: 0, output: None },
            b"-fprint" => Action::Print { end: b'\n', output: self.output(word)? },
            b"-fprint0" => Action::Print { end: 0, output: self.output(word)? },
            b"-printf" => Action::Format { format: self.value(word)?.to_owned(), output: None },
            b"-fprintf" => {
                let output = self.output(word)?;
                Action::Format { format: self.value(word)?.to_owned(), output }
            }
            b"-ls" => Action::List,
            b"-prune" => Action::Prune,
            b"-quit" => Action::Quit,
            b"-delete" => {
                self.plan.depth_first = true;
                Action::Delete
            }
            b"-exec" | b"-execdir" => self.command(word)?,
            b"-ok" | b"-okdir" => return Err(format!("{word} is not supported: there is no terminal to ask")),
            _ if word.starts_with(b"-") => return Err(format!("unknown predicate '{word}'")),
            _ => return Err(format!("paths must precede expression: '{word}'")),
        };
        Ok(Expression::Action(action))
    }

    fn command(&mut self, word: &BStr) -> Result<Action, String> {
        let inside = word == "-execdir";
        let mut words = Vec::new();
        loop {
            let part = self.value(word)?;
            if part == ";" {
                if words.is_empty() {
                    return Err(format!("invalid argument ';' to '{word}'"));
                }
                return Ok(Action::Run { words, inside });
            }
            if part == "+" && words.last().is_some_and(|last| last == "{}") {
                words.pop();
                self.plan.batches += 1;
                return Ok(Action::Batch { words, index: self.plan.batches - 1, inside });
            }
            words.push(part.to_owned());
        }
    }
}

/// The number of a user or group, from the system's tables.
fn by_name(name: &BStr, group: bool) -> Option<u32> {
    let table = std::fs::read(if group { "/etc/group" } else { "/etc/passwd" }).ok()?;
    table.lines().find_map(|line| {
        let mut fields = line.split(|byte| *byte == b':');
        (fields.next()? == &**name).then(|| number(fields.nth(1)?)).flatten()
    })
}

/// What `-printf` makes of an entry.
pub(super) fn format(format: &BStr, entry: &mut Entry, follow: bool, out: &mut Vec<u8>) {
    let mut rest: &[u8] = format;
    while let Some(at) = rest.find_byte(b'%') {
        unescape(&rest[..at], Dialect::Format, out);
        rest = &rest[at + 1..];
        let width = rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'-').count();
        let (wide, after) = rest.split_at(width);
        let Some((&letter, after)) = after.split_first() else {
            out.push(b'%');
            return;
        };
        rest = after;
        let start = out.len();
        match letter {
            b'%' => out.push(b'%'),
            b'p' => out.extend_from_slice(&entry.shown),
            b'f' => out.extend_from_slice(entry.name()),
            b'h' => {
                let name = entry.name().len();
                let above = entry.shown[..entry.shown.len() - name].trim_end_with(|letter| letter == '/');
                out.extend_from_slice(if above.is_empty() { b"." } else { above });
            }
            b'P' => {
                let mut tail: &[u8] = &entry.shown;
                let parts = tail.rsplit(|byte| *byte == b'/').take(entry.depth).map(<[u8]>::len).sum::<usize>();
                let length = parts + entry.depth.saturating_sub(1);
                tail = &tail[tail.len() - length.min(tail.len())..];
                out.extend_from_slice(if entry.depth == 0 { b"" } else { tail });
            }
            b'd' => out.push_str(entry.depth.to_string()),
            b'y' => out.push(match entry.kind {
                Kind::File => b'f',
                Kind::Directory => b'd',
                Kind::Link => b'l',
                _ => entry.metadata(follow).map_or(b'U', |metadata| metadata.letter() as u8),
            }),
            b'l' => {
                if let Ok(target) = entry.path.read_link() {
                    out.extend_from_slice(&Vec::from_path_lossy(&target));
                }
            }
            b'T' | b'A' | b'C' => {
                let (kind, after) = rest.split_first().map_or((b'@', rest), |(kind, after)| (*kind, after));
                rest = after;
                if let Ok(metadata) = entry.metadata(follow) {
                    let time = if letter == b'A' { metadata.accessed() } else { metadata.modified() };
                    let time = Timestamp::try_from(time.unwrap_or(SystemTime::UNIX_EPOCH)).unwrap_or_default();
                    let time = time.to_zoned_datetime(date::zone(None));
                    let format = match kind {
                        b'@' => "%s.%N0".to_owned(),
                        b'+' => "%Y-%m-%d+%H:%M:%S.%N0".to_owned(),
                        b'S' => "%S.%N0".to_owned(),
                        kind => format!("%{}", char::from(kind)),
                    };
                    out.push_str(date::show(&format, &time));
                }
            }
            letter => {
                let text = entry.metadata(follow).ok().and_then(|metadata| number_of(metadata, letter));
                match text {
                    Some(text) => out.push_str(text),
                    None => out.extend_from_slice(&[b'%', letter]),
                }
            }
        }
        if let Some(wide) = number::<i32>(wide) {
            let fill = (wide.unsigned_abs() as usize).min(4096).saturating_sub(out.len() - start);
            let at = if wide < 0 { out.len() } else { start };
            out.splice(at..at, std::iter::repeat_n(b' ', fill));
        }
    }
    unescape(rest, Dialect::Format, out);
}

fn number_of(metadata: &Metadata, letter: u8) -> Option<String> {
    Some(match letter {
        b's' => metadata.len().to_string(),
        b'b' => metadata.blocks_of_512().to_string(),
        b'k' => metadata.blocks_of_512().div_ceil(2).to_string(),
        b'm' => format!("{:o}", metadata.bits() & 0o7777),
        b'M' => format!("{}{}", metadata.letter(), permissions(metadata.bits())),
        b'n' => metadata.links().to_string(),
        b'i' => metadata.identity().1.to_string(),
        b'D' => metadata.identity().0.to_string(),
        b'U' | b'u' => metadata.owner().to_string(),
        b'G' | b'g' => metadata.group().to_string(),
        b't' => {
            let time = Timestamp::try_from(metadata.modified().ok()?).ok()?.to_zoned_datetime(date::zone(None));
            date::show("%a %b %e %H:%M:%S.%N0 %Y", &time)
        }
        _ => return None,
    })
}

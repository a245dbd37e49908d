//! `read`, `mapfile`

use std::io::{Read as _, Seek as _, SeekFrom};
use std::time::{Duration, Instant};

use bstr::{BStr, BString, ByteSlice as _};

use super::{is_name, number};
use crate::descriptor::Descriptor;
use crate::run::{Array, Key, Shell, Stop};

struct Wish {
    raw: bool,
    delimiter: u8,
    most: Option<usize>,
    exactly: bool,
    until: Option<Instant>,
    descriptor: u32,
    /// The array that gets all fields.
    array: Option<BString>,
}

pub(super) fn read(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut wish =
        Wish { raw: false, delimiter: b'\n', most: None, exactly: false, until: None, descriptor: 0, array: None };
    let mut rest = arguments[1..].iter();
    let mut names: Vec<&BString> = Vec::new();
    while let Some(argument) = rest.next() {
        if !names.is_empty() || argument.len() < 2 || !argument.starts_with(b"-") {
            names.push(argument);
            continue;
        }
        if argument == "--" {
            names.extend(rest.by_ref());
            break;
        }
        for (at, &letter) in argument[1..].iter().enumerate() {
            match letter {
                b'r' => wish.raw = true,
                b's' | b'e' => {}
                b'a' | b'd' | b'n' | b'N' | b'p' | b't' | b'u' => {
                    let attached = &argument[at + 2..];
                    let value =
                        if attached.is_empty() { rest.next().map(|value| value.as_slice()) } else { Some(attached) };
                    if !take_option(shell, &mut wish, letter, value.unwrap_or_default()) {
                        shell.refuse(&arguments[0], format_args!("-{}: invalid argument", char::from(letter)));
                        return Ok(2);
                    }
                    break;
                }
                _ => {
                    shell.refuse(&arguments[0], format_args!("-{}: invalid option", char::from(letter)));
                    return Ok(2);
                }
            }
        }
    }
    if let Some(name) = names.iter().find(|name| !is_name(name)) {
        shell.refuse(&arguments[0], format_args!("`{name}': not a valid identifier"));
        return Ok(2);
    }
    let (line, complete) = line(shell, &wish)?;
    match &wish.array {
        Some(name) => {
            let fields = fields(shell, &line);
            if !set_array(shell, &arguments[0], name, Array::list(fields)) {
                return Ok(1);
            }
        }
        None => assign(shell, &names, &line),
    }
    Ok(u8::from(!complete))
}

fn take_option(shell: &Shell, wish: &mut Wish, letter: u8, value: &[u8]) -> bool {
    match letter {
        b'a' => {
            wish.array = Some(value.into());
            return is_name(value);
        }
        b'd' => wish.delimiter = value.first().copied().unwrap_or(0),
        b'p' => shell.say_error(format_args!("{}", value.as_bstr())),
        b'n' | b'N' => {
            wish.most = number(value);
            wish.exactly = letter == b'N';
            return wish.most.is_some();
        }
        b't' => {
            let time = number::<f64>(value).and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            wish.until = time.and_then(|time| Instant::now().checked_add(time));
            return wish.until.is_some();
        }
        _ => match number(value) {
            Some(descriptor) => wish.descriptor = descriptor,
            None => return false,
        },
    }
    true
}

/// A byte, and whether a backslash keeps it from being split.
type Kept = (u8, bool);

/// Reads a line: its bytes, and whether it was ended.
fn line(shell: &Shell, wish: &Wish) -> Result<(Vec<Kept>, bool), Stop> {
    let descriptor = shell.descriptor(wish.descriptor);
    let mut bytes = Bytes::new(&descriptor, shell);
    let mut line = Vec::new();
    loop {
        if wish.most.is_some_and(|most| line.len() >= most) {
            return Ok((line, true));
        }
        if wish.until.is_some_and(|until| Instant::now() >= until) {
            return Ok((line, false));
        }
        let Some(byte) = bytes.next() else { return Ok((line, false)) };
        if byte == wish.delimiter && !wish.exactly {
            return Ok((line, true));
        }
        if byte == b'\\' && !wish.raw {
            match bytes.next() {
                None => return Ok((line, false)),
                Some(b'\n') => {}
                Some(next) => line.push((next, true)),
            }
        } else if byte != 0 {
            line.push((byte, false));
        }
    }
}

/// Takes no more than it gives: what follows the line is for the next command.
struct Bytes<'a> {
    descriptor: &'a Descriptor,
    shell: &'a Shell,
    /// What was read ahead of a file that can be wound back.
    ahead: Vec<u8>,
    at: usize,
    /// Whether it may read ahead.
    takes_all: bool,
}

impl<'a> Bytes<'a> {
    fn new(descriptor: &'a Descriptor, shell: &'a Shell) -> Self {
        let winds = match descriptor {
            Descriptor::File(file) => {
                file.as_ref().stream_position().is_ok() && file.metadata().is_ok_and(|it| it.is_file())
            }
            _ => false,
        };
        Self { descriptor, shell, ahead: Vec::new(), at: 0, takes_all: winds }
    }

    fn next(&mut self) -> Option<u8> {
        if self.at == self.ahead.len() {
            self.ahead.resize(if self.takes_all { 4096 } else { 1 }, 0);
            let count = self.descriptor.stream(&self.shell.cancel).read(&mut self.ahead).unwrap_or(0);
            self.ahead.truncate(count);
            self.at = 0;
        }
        let byte = self.ahead.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        byte
    }
}

impl Drop for Bytes<'_> {
    fn drop(&mut self) {
        let left = i64::try_from(self.ahead.len() - self.at).unwrap_or(0);
        if let Descriptor::File(file) = self.descriptor
            && left > 0
        {
            let _ = file.as_ref().seek(SeekFrom::Current(-left)); // it could seek before
        }
    }
}

/// What separates fields, and which of it is blank.
struct Separators(BString);

impl Separators {
    fn new(shell: &Shell) -> Self {
        Self(shell.variables.get(BStr::new("IFS")).map_or_else(|| " \t\n".into(), ToOwned::to_owned))
    }

    fn separates(&self, &(byte, kept): &Kept) -> bool {
        !kept && self.0.contains(&byte)
    }

    fn is_blank(&self, kept: &Kept) -> bool {
        self.separates(kept) && matches!(kept.0, b' ' | b'\t' | b'\n')
    }

    fn skip_blanks<'a>(&self, line: &'a [Kept]) -> &'a [Kept] {
        let blanks = line.iter().take_while(|kept| self.is_blank(kept)).count();
        &line[blanks..]
    }

    /// The next field, and what follows it.
    fn field<'a>(&self, line: &'a [Kept]) -> (&'a [Kept], &'a [Kept]) {
        let end = line.iter().position(|kept| self.separates(kept)).unwrap_or(line.len());
        let (field, rest) = line.split_at(end);
        let rest = self.skip_blanks(rest);
        match rest.split_first() {
            Some((first, after)) if self.separates(first) => (field, self.skip_blanks(after)),
            _ => (field, rest),
        }
    }
}

fn text(part: &[Kept]) -> BString {
    part.iter().map(|&(byte, _)| byte).collect::<Vec<_>>().into()
}

/// All fields of a line.
fn fields(shell: &Shell, line: &[Kept]) -> Vec<BString> {
    let separators = Separators::new(shell);
    let mut rest = separators.skip_blanks(line);
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let (field, after) = separators.field(rest);
        fields.push(text(field));
        rest = after;
    }
    fields
}

/// Splits the line among the variables; the last one gets the rest.
fn assign(shell: &mut Shell, names: &[&BString], line: &[Kept]) {
    let separators = Separators::new(shell);
    let set = |shell: &mut Shell, name: &BStr, value: BString| {
        if !shell.variables.set(name, value) {
            shell.refuse(b"read", format_args!("{name}: readonly variable"));
        }
    };
    let Some((last, first)) = names.split_last() else {
        set(shell, BStr::new("REPLY"), text(line));
        return;
    };
    let mut rest = separators.skip_blanks(line);
    for name in first {
        let (field, after) = separators.field(rest);
        set(shell, name.as_bstr(), text(field));
        rest = after;
    }
    while rest.last().is_some_and(|kept| separators.is_blank(kept)) {
        rest = &rest[..rest.len() - 1];
    }
    // A single separator at the end belongs to the field before it.
    if let Some((end, before)) = rest.split_last()
        && separators.separates(end)
        && !before.iter().any(|kept| separators.separates(kept))
    {
        rest = before;
    }
    set(shell, last.as_bstr(), text(rest));
}

fn set_array(shell: &mut Shell, command: &BString, name: &BString, array: Array) -> bool {
    let readonly = shell.variables.is_readonly(name.as_bstr());
    if readonly {
        shell.refuse(command, format_args!("{name}: readonly variable"));
    } else {
        shell.variables.set_array(name.as_bstr(), array);
    }
    !readonly
}

/// `mapfile`, `readarray`: an array of the lines.
pub(super) fn mapfile(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let (mut trims, mut delimiter, mut most, mut skips, mut origin) = (false, b'\n', 0, 0, None);
    let mut descriptor = 0;
    let mut name: BString = "MAPFILE".into();
    let mut rest = arguments[1..].iter();
    while let Some(argument) = rest.next() {
        let Some(letters) = argument.strip_prefix(b"-").filter(|letters| !letters.is_empty()) else {
            name.clone_from(argument);
            continue;
        };
        for (at, &letter) in letters.iter().enumerate() {
            if letter == b't' {
                trims = true;
                continue;
            }
            let attached = &letters[at + 1..];
            let value = if attached.is_empty() { rest.next().map(|value| value.as_slice()) } else { Some(attached) };
            let value = value.unwrap_or_default();
            let count = number::<usize>(value);
            match (letter, count) {
                (b'd', _) => delimiter = value.first().copied().unwrap_or(0),
                (b'n', Some(count)) => most = count,
                (b's', Some(count)) => skips = count,
                (b'O', Some(_)) => origin = number::<i64>(value),
                (b'u', Some(_)) => descriptor = number(value).unwrap_or_default(),
                _ => {
                    shell.refuse(&arguments[0], format_args!("-{}: invalid option or argument", char::from(letter)));
                    return Ok(2);
                }
            }
            break;
        }
    }
    if !is_name(&name) {
        shell.refuse(&arguments[0], format_args!("`{name}': not a valid identifier"));
        return Ok(1);
    }
    let descriptor = shell.descriptor(descriptor);
    let mut lines = Vec::new();
    let mut bytes = Bytes::new(&descriptor, shell);
    // What follows the last line that is wanted is for the next command.
    bytes.takes_all |= most == 0;
    loop {
        let mut line = BString::default();
        let mut ended = false;
        while let Some(byte) = bytes.next() {
            ended = byte == delimiter;
            if !(ended && trims) {
                line.push(byte);
            }
            if ended {
                break;
            }
        }
        if line.is_empty() && !ended {
            break;
        }
        if skips > 0 {
            skips -= 1;
        } else {
            lines.push(line);
        }
        if most > 0 && lines.len() == most {
            break;
        }
    }
    drop(bytes);
    let array = match origin {
        None => Array::list(lines),
        Some(origin) => {
            let mut array = shell.variables.array(name.as_bstr()).cloned().unwrap_or_default();
            for (at, line) in (origin..).zip(lines) {
                array.set(Key::Index(at), line);
            }
            array
        }
    };
    Ok(u8::from(!set_array(shell, &arguments[0], &name, array)))
}

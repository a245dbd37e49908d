//! `read`

use std::io::{Read as _, Seek as _, SeekFrom};
use std::time::{Duration, Instant};

use bstr::{BStr, BString, ByteSlice as _};

use super::{is_name, number};
use crate::descriptor::Descriptor;
use crate::run::{Shell, Stop};

struct Wish {
    raw: bool,
    delimiter: u8,
    most: Option<usize>,
    exactly: bool,
    until: Option<Instant>,
    descriptor: u32,
}

pub(super) fn read(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut wish = Wish { raw: false, delimiter: b'\n', most: None, exactly: false, until: None, descriptor: 0 };
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
                b'd' | b'n' | b'N' | b'p' | b't' | b'u' => {
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
    assign(shell, &names, &line);
    Ok(u8::from(!complete))
}

fn take_option(shell: &Shell, wish: &mut Wish, letter: u8, value: &[u8]) -> bool {
    match letter {
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
    winds: bool,
}

impl<'a> Bytes<'a> {
    fn new(descriptor: &'a Descriptor, shell: &'a Shell) -> Self {
        let winds = match descriptor {
            Descriptor::File(file) => {
                file.as_ref().stream_position().is_ok() && file.metadata().is_ok_and(|it| it.is_file())
            }
            _ => false,
        };
        Self { descriptor, shell, ahead: Vec::new(), at: 0, winds }
    }

    fn next(&mut self) -> Option<u8> {
        if self.at == self.ahead.len() {
            self.ahead.resize(if self.winds { 4096 } else { 1 }, 0);
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

/// Splits the line among the variables; the last one gets the rest.
fn assign(shell: &mut Shell, names: &[&BString], line: &[Kept]) {
    let ifs = shell.variables.get(BStr::new("IFS")).map_or_else(|| BString::from(" \t\n"), ToOwned::to_owned);
    let separates = |&(byte, kept): &Kept| !kept && ifs.contains(&byte);
    let blank = |kept: &Kept| separates(kept) && matches!(kept.0, b' ' | b'\t' | b'\n');
    let text = |part: &[Kept]| -> BString { part.iter().map(|&(byte, _)| byte).collect::<Vec<_>>().into() };
    let set = |shell: &mut Shell, name: &BStr, value: BString| {
        if !shell.variables.set(name, value) {
            shell.refuse(b"read", format_args!("{name}: readonly variable"));
        }
    };
    let Some((last, first)) = names.split_last() else {
        set(shell, BStr::new("REPLY"), text(line));
        return;
    };
    let skip = |part: &mut &[Kept]| {
        while part.first().is_some_and(blank) {
            *part = &part[1..];
        }
    };
    let mut rest = line;
    skip(&mut rest);
    for name in first {
        let end = rest.iter().position(separates).unwrap_or(rest.len());
        set(shell, name.as_bstr(), text(&rest[..end]));
        rest = &rest[end..];
        skip(&mut rest);
        if rest.first().is_some_and(|kept| separates(kept) && !blank(kept)) {
            rest = &rest[1..];
            skip(&mut rest);
        }
    }
    while rest.last().is_some_and(blank) {
        rest = &rest[..rest.len() - 1];
    }
    // A single separator at the end belongs to the field before it.
    if let Some((end, before)) = rest.split_last()
        && separates(end)
        && !before.iter().any(separates)
    {
        rest = before;
    }
    set(shell, last.as_bstr(), text(rest));
}

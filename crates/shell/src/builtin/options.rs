//! `set`, `shopt`, `getopts`

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use super::{number, quoted};
use crate::run::{Content, Known, Shell, Stop};

pub(super) fn set(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    if arguments.len() == 1 {
        let mut text = Vec::new();
        for Known { name, value, .. } in shell.variables.all() {
            let value = match value {
                Some(Content::Text(value)) => quoted(&value),
                Some(Content::Array(array)) => array.shown(),
                None => continue,
            };
            text.extend_from_slice(&[name.as_slice(), b"=", &value, b"\n"].concat());
        }
        shell.print(&text)?;
        return Ok(0);
    }
    let mut rest = arguments[1..].iter().peekable();
    while let Some(argument) = rest.next_if(|argument| argument.starts_with(b"-") || argument.starts_with(b"+")) {
        let on = argument[0] == b'-';
        if argument == "--" {
            replace(shell, rest);
            return Ok(0);
        }
        if argument == "-" {
            break;
        }
        for &letter in &argument[1..] {
            if letter == b'o' {
                let Some(name) = rest.next() else {
                    return print_options(shell);
                };
                if !switch(shell, |_, other| other.as_bytes() == name.as_slice(), on) {
                    shell.refuse(&arguments[0], format_args!("{name}: invalid option name"));
                    return Ok(2);
                }
            } else if !switch(shell, |other, _| other == letter, on) {
                // What is about jobs, history and hashing means nothing here.
                if !matches!(letter, b'h' | b'm' | b'b' | b'B' | b'E' | b'T' | b'H' | b'P' | b'k' | b'p' | b't') {
                    shell.refuse(&arguments[0], format_args!("-{}: invalid option", char::from(letter)));
                    return Ok(2);
                }
            }
        }
    }
    if rest.peek().is_some() {
        replace(shell, rest);
    }
    Ok(0)
}

fn replace<'a>(shell: &mut Shell, parameters: impl Iterator<Item = &'a BString>) {
    let first = shell.arguments.first().cloned().unwrap_or_default();
    shell.arguments = Arc::new(std::iter::once(first).chain(parameters.cloned()).collect());
}

fn switch(shell: &mut Shell, is_meant: impl Fn(u8, &str) -> bool, on: bool) -> bool {
    let mut found = false;
    for (letter, name, option) in shell.options.each() {
        if is_meant(letter, name) {
            *option = on;
            found = true;
        }
    }
    found
}

fn print_options(shell: &mut Shell) -> Result<u8, Stop> {
    let mut text = String::new();
    for (_, name, on) in shell.options.each() {
        text += &format!("{name:<15}\t{}\n", if *on { "on" } else { "off" });
    }
    shell.print(text.as_bytes())?;
    Ok(0)
}

/// The names that scripts switch on are always on here.
pub(super) fn shopt(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut status = 0;
    let mut on = true;
    for argument in &arguments[1..] {
        match argument.as_slice() {
            b"-s" => on = true,
            b"-u" => on = false,
            b"-q" => {}
            b"extglob" | b"globstar" if on => {}
            b"nullglob" => shell.options.nullglob = on,
            _ => {
                shell.refuse(&arguments[0], format_args!("{argument}: cannot be changed"));
                status = 1;
            }
        }
    }
    Ok(status)
}

pub(super) fn getopts(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let [_, letters, name, rest @ ..] = arguments else {
        shell.refuse(&arguments[0], "usage: getopts optstring name [arg ...]");
        return Ok(2);
    };
    let words: Vec<BString> =
        if rest.is_empty() { shell.arguments.iter().skip(1).cloned().collect() } else { rest.to_vec() };
    let index = shell.variables.get(BStr::new("OPTIND")).and_then(|text| number::<usize>(text)).unwrap_or(1).max(1);
    let (silent, letters) = match letters.strip_prefix(b":") {
        Some(letters) => (true, letters),
        None => (false, letters.as_slice()),
    };
    let set = |shell: &mut Shell, name: &str, value: BString| shell.variables.set(BStr::new(name), value);
    let at = if shell.option_at == 0 { 1 } else { shell.option_at };
    let word = words.get(index - 1).filter(|word| word.len() > 1 && word.starts_with(b"-") && *word != "--");
    let Some(&letter) = word.and_then(|word| word.get(at)) else {
        let ends = words.get(index - 1).is_some_and(|word| word == "--");
        shell.option_at = 0;
        set(shell, "OPTIND", (index + usize::from(ends)).to_string().into());
        shell.variables.set(name.as_bstr(), "?".into());
        return Ok(1);
    };
    let word = word.cloned().unwrap_or_default();
    let place = letters.iter().position(|&other| other == letter && letter != b':');
    let takes = place.is_some_and(|place| letters.get(place + 1) == Some(&b':'));
    let (mut next, mut next_at) = if at + 1 < word.len() { (index, at + 1) } else { (index + 1, 0) };
    let mut found: BString = char::from(letter).to_string().into();
    shell.variables.unset(BStr::new("OPTARG"));
    if place.is_none() {
        if silent {
            set(shell, "OPTARG", found.clone());
        } else {
            shell.refuse(&arguments[0], format_args!("illegal option -- {found}"));
        }
        found = "?".into();
    } else if takes {
        let value = if at + 1 < word.len() {
            next = index + 1;
            Some(word[at + 1..].into())
        } else {
            next = index + 2;
            words.get(index).cloned()
        };
        next_at = 0;
        match value {
            Some(value) => {
                set(shell, "OPTARG", value);
            }
            None => {
                next = index + 1;
                if silent {
                    set(shell, "OPTARG", found);
                    found = ":".into();
                } else {
                    shell.refuse(&arguments[0], format_args!("option requires an argument -- {found}"));
                    found = "?".into();
                }
            }
        }
    }
    shell.option_at = next_at;
    set(shell, "OPTIND", next.to_string().into());
    shell.variables.set(name.as_bstr(), found);
    Ok(0)
}

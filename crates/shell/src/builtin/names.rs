//! `command`, `builtin`, `type`: what a name means.

use bstr::{BStr, BString, ByteSlice as _};

use crate::run::{Shell, Stop, find_program};
use crate::utility;

const KEYWORDS: [&[u8]; 18] = [
    b"!", b"{", b"}", b"[[", b"]]", b"if", b"then", b"elif", b"else", b"fi", b"for", b"in", b"do", b"done", b"while",
    b"until", b"case", b"esac",
];

/// What a name means.
enum Meaning {
    Keyword,
    Function,
    Builtin,
    File(BString),
}

fn meaning(shell: &Shell, name: &BString) -> Option<Meaning> {
    if KEYWORDS.contains(&name.as_slice()) {
        return Some(Meaning::Keyword);
    }
    if shell.functions.contains_key(name) {
        return Some(Meaning::Function);
    }
    if super::find(name).is_some() || utility::find(name).is_some() {
        return Some(Meaning::Builtin);
    }
    let path = find_program(name, shell.variables.get(BStr::new("PATH")), &shell.directory)?;
    Some(Meaning::File(<[u8]>::from_path(&path)?.into()))
}

/// Runs a name that is no function.
fn run(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let Some(name) = arguments.first() else { return Ok(0) };
    if let Some(builtin) = super::find(name) {
        return builtin(shell, arguments);
    }
    Ok(match utility::find(name) {
        Some(utility) => shell.launcher().utility(utility, arguments),
        None => shell.external(arguments),
    })
}

pub(super) fn command(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut rest = &arguments[1..];
    let mut tells = None;
    while let Some((option, after)) = rest.split_first() {
        match option.as_slice() {
            b"-v" => tells = Some(false),
            b"-V" => tells = Some(true),
            b"-p" => {}
            b"--" => {
                rest = after;
                break;
            }
            _ => break,
        }
        rest = after;
    }
    match tells {
        None => run(shell, rest),
        Some(at_length) => tell(shell, &arguments[0], rest, at_length),
    }
}

pub(super) fn builtin(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let rest = &arguments[1..];
    match rest.first() {
        Some(name) if super::find(name).is_none() && utility::find(name).is_none() => {
            shell.refuse(&arguments[0], format_args!("{name}: not a shell builtin"));
            Ok(1)
        }
        _ => run(shell, rest),
    }
}

pub(super) fn kind(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    if arguments.get(1).is_some_and(|option| option == "-t") {
        let mut status = 0;
        for name in &arguments[2..] {
            let word = match meaning(shell, name) {
                Some(Meaning::Keyword) => "keyword\n",
                Some(Meaning::Function) => "function\n",
                Some(Meaning::Builtin) => "builtin\n",
                Some(Meaning::File(_)) => "file\n",
                None => {
                    status = 1;
                    continue;
                }
            };
            shell.print(word.as_bytes())?;
        }
        return Ok(status);
    }
    tell(shell, &arguments[0], &arguments[1..], true)
}

fn tell(shell: &mut Shell, command: &[u8], names: &[BString], at_length: bool) -> Result<u8, Stop> {
    let mut status = 0;
    for name in names {
        let line = match (meaning(shell, name), at_length) {
            (Some(Meaning::File(path)), false) => format!("{path}\n"),
            (Some(_), false) => format!("{name}\n"),
            (Some(Meaning::Keyword), true) => format!("{name} is a shell keyword\n"),
            (Some(Meaning::Function), true) => format!("{name} is a function\n"),
            (Some(Meaning::Builtin), true) => format!("{name} is a shell builtin\n"),
            (Some(Meaning::File(path)), true) => format!("{name} is {path}\n"),
            (None, at_length) => {
                if at_length {
                    shell.refuse(command, format_args!("{name}: not found"));
                }
                status = 1;
                continue;
            }
        };
        shell.print(line.as_bytes())?;
    }
    Ok(status)
}

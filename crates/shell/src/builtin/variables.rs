//! `export readonly local declare unset shift let`

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use super::{is_name, number, quoted};
use crate::run::{Shell, Stop};

/// `name=value`, `name+=value` or `name`.
struct Declaration<'a> {
    name: &'a BStr,
    value: Option<BString>,
}

fn declaration<'a>(shell: &Shell, command: &[u8], argument: &'a BString) -> Option<Declaration<'a>> {
    let (name, value) = match argument.split_once_str("=") {
        Some((name, value)) => (name, Some(value)),
        None => (argument.as_slice(), None),
    };
    let (name, appends) = match name.strip_suffix(b"+") {
        Some(name) if value.is_some() => (name, true),
        _ => (name, false),
    };
    if !is_name(name) {
        shell.refuse(command, format_args!("`{argument}': not a valid identifier"));
        return None;
    }
    let name = name.as_bstr();
    let value = value.map(|value| {
        let before = if appends { shell.variables.get(name).map(ToOwned::to_owned) } else { None };
        let mut whole = before.unwrap_or_default();
        whole.extend_from_slice(value);
        whole
    });
    Some(Declaration { name, value })
}

fn set(shell: &mut Shell, command: &[u8], name: &BStr, value: Option<BString>) -> bool {
    let Some(value) = value else { return true };
    let done = shell.variables.set(name, value);
    if !done {
        shell.refuse(command, format_args!("{name}: readonly variable"));
    }
    done
}

pub(super) fn export(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut names = arguments[1..].iter().peekable();
    let mut exports = true;
    while let Some(option) = names.next_if(|name| name.len() > 1 && name.starts_with(b"-")) {
        match option.as_slice() {
            b"-n" => exports = false,
            b"-p" | b"--" => {}
            _ => {
                shell.refuse(&arguments[0], format_args!("{option}: invalid option"));
                return Ok(2);
            }
        }
    }
    if names.peek().is_none() {
        let mut text = Vec::new();
        for (name, value, exported, _) in shell.variables.all() {
            if let (true, Some(value)) = (exported, value) {
                text.extend_from_slice(&[name.as_slice(), b"=", &value, b"\n"].concat());
            }
        }
        shell.print(&text)?;
        return Ok(0);
    }
    let mut status = 0;
    for argument in names {
        let Some(Declaration { name, value }) = declaration(shell, &arguments[0], argument) else {
            status = 1;
            continue;
        };
        if set(shell, &arguments[0], name, value) {
            shell.variables.export(name, exports);
        } else {
            status = 1;
        }
    }
    Ok(status)
}

pub(super) fn readonly(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let names = arguments[1..].iter().filter(|name| !name.starts_with(b"-"));
    if names.clone().next().is_none() {
        let mut text = Vec::new();
        for (name, value, _, readonly) in shell.variables.all() {
            if readonly {
                text.extend_from_slice(b"readonly ");
                text.extend_from_slice(&name);
                if let Some(value) = value {
                    text.push(b'=');
                    text.extend_from_slice(&quoted(&value));
                }
                text.push(b'\n');
            }
        }
        shell.print(&text)?;
        return Ok(0);
    }
    let mut status = 0;
    for argument in names {
        let Some(Declaration { name, value }) = declaration(shell, &arguments[0], argument) else {
            status = 1;
            continue;
        };
        if set(shell, &arguments[0], name, value) { shell.variables.make_readonly(name) } else { status = 1 }
    }
    Ok(status)
}

pub(super) fn local(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    if !shell.variables.in_function() {
        shell.refuse(&arguments[0], "can only be used in a function");
        return Ok(1);
    }
    declare(shell, arguments)
}

pub(super) fn declare(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let (mut exports, mut readonly, mut global, mut status) = (false, false, false, 0);
    let mut names = arguments[1..].iter().peekable();
    while let Some(option) = names.next_if(|name| name.len() > 1 && name.starts_with(b"-")) {
        for &letter in &option[1..] {
            match letter {
                b'x' => exports = true,
                b'r' => readonly = true,
                b'g' => global = true,
                b'-' | b'p' => {}
                _ => {
                    shell.refuse(&arguments[0], format_args!("{option}: not supported"));
                    return Ok(2);
                }
            }
        }
    }
    for argument in names {
        let Some(Declaration { name, value }) = declaration(shell, &arguments[0], argument) else {
            status = 1;
            continue;
        };
        if shell.variables.is_readonly(name) {
            shell.refuse(&arguments[0], format_args!("{name}: readonly variable"));
            status = 1;
            continue;
        }
        if !global {
            shell.variables.make_local(name);
        }
        set(shell, &arguments[0], name, value);
        if exports {
            shell.variables.export(name, true);
        }
        if readonly {
            shell.variables.make_readonly(name);
        }
    }
    Ok(status)
}

pub(super) fn unset(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut status = 0;
    let (mut variables, mut functions) = (true, true);
    for name in &arguments[1..] {
        match name.as_slice() {
            b"-v" => functions = false,
            b"-f" => variables = false,
            _ => {
                let is_variable = shell.variables.get(name.as_bstr()).is_some();
                if variables && !shell.variables.unset(name.as_bstr()) {
                    shell.refuse(&arguments[0], format_args!("{name}: cannot unset: readonly variable"));
                    status = 1;
                } else if functions && !(variables && is_variable) && shell.functions.contains_key(name) {
                    Arc::make_mut(&mut shell.functions).remove(name);
                }
            }
        }
    }
    Ok(status)
}

pub(super) fn shift(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let count = match arguments.get(1) {
        None => 1,
        Some(text) => match number::<usize>(text) {
            Some(count) => count,
            None => {
                shell.refuse(&arguments[0], format_args!("{text}: numeric argument required"));
                return Ok(1);
            }
        },
    };
    let have = shell.arguments.len().saturating_sub(1);
    if count > have {
        return Ok(1);
    }
    let parameters = Arc::make_mut(&mut shell.arguments);
    if count > 0 {
        parameters.drain(1..=count);
    }
    Ok(0)
}

pub(super) fn arithmetic(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut last = 0;
    for expression in &arguments[1..] {
        last = shell.evaluate(expression)?;
    }
    Ok(u8::from(last == 0))
}

//! `export readonly local declare unset shift let`

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use super::{is_name, number, quoted};
use crate::ast::{Assigned, Assignment};
use crate::descriptor::{Descriptor, Sink};
use crate::run::{Content, Known, Launcher, Shell, Stop, in_quotes};
use crate::utility;

/// `name=value`, `name+=value`, `name=(values)` or `name`.
struct Declaration<'a> {
    name: &'a BStr,
    value: Declared,
}

enum Declared {
    Nothing,
    /// And whether it is appended.
    Text(BString, bool),
    Array(Arc<Assignment>),
}

/// The arguments from the first name on, each with its place among all arguments.
fn declarations<'a>(
    shell: &mut Shell,
    arguments: &'a [BString],
    first: usize,
) -> impl Iterator<Item = (&'a BString, Option<Arc<Assignment>>)> + use<'a> {
    let mut arrays = std::mem::take(&mut shell.declared_arrays);
    arguments.iter().enumerate().skip(first).map(move |(at, argument)| {
        let array = arrays.iter().position(|(place, _)| *place == at).map(|place| arrays.swap_remove(place).1);
        (argument, array)
    })
}

fn declaration<'a>(
    shell: &Shell,
    command: &[u8],
    (argument, array): (&'a BString, Option<Arc<Assignment>>),
) -> Option<Declaration<'a>> {
    if let Some(array) = array {
        return Some(Declaration { name: argument.as_bstr(), value: Declared::Array(array) });
    }
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
    let value = value.map_or(Declared::Nothing, |value| Declared::Text(value.into(), appends));
    Some(Declaration { name, value })
}

fn set(shell: &mut Shell, command: &[u8], name: &BStr, value: Declared) -> Result<bool, Stop> {
    let done = match value {
        Declared::Nothing => true,
        Declared::Text(value, appends) => {
            let value = shell.counted(name, value, appends)?;
            shell.variables.set(name, value)
        }
        Declared::Array(_) if shell.variables.is_readonly(name) => false,
        Declared::Array(assignment) => {
            let Assigned::Array(elements) = &assignment.value else { return Ok(true) };
            shell.assign_array(name, elements, assignment.append)?;
            true
        }
    };
    if !done {
        shell.refuse(command, format_args!("{name}: readonly variable"));
    }
    Ok(done)
}

pub(super) fn export(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut exports = true;
    let first = arguments.iter().skip(1).take_while(|name| is_option(name)).count() + 1;
    for option in &arguments[1..first] {
        match option.as_slice() {
            b"-n" => exports = false,
            b"-p" | b"--" => {}
            _ => {
                shell.refuse(&arguments[0], format_args!("{option}: invalid option"));
                return Ok(2);
            }
        }
    }
    if first == arguments.len() {
        let mut text = Vec::new();
        for Known { name, value, exported, .. } in shell.variables.all() {
            if let (true, Some(Content::Text(value))) = (exported, value) {
                text.extend_from_slice(&[name.as_slice(), b"=", &value, b"\n"].concat());
            }
        }
        shell.print(&text)?;
        return Ok(0);
    }
    let mut status = 0;
    for argument in declarations(shell, arguments, first) {
        let Some(Declaration { name, value }) = declaration(shell, &arguments[0], argument) else {
            status = 1;
            continue;
        };
        if set(shell, &arguments[0], name, value)? {
            shell.variables.export(name, exports);
        } else {
            status = 1;
        }
    }
    Ok(status)
}

pub(super) fn readonly(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let first = arguments.iter().skip(1).take_while(|name| is_option(name)).count() + 1;
    if first == arguments.len() {
        let mut text = Vec::new();
        for Known { name, value, readonly, .. } in shell.variables.all() {
            if readonly {
                text.extend_from_slice(b"readonly ");
                text.extend_from_slice(&name);
                let value = match value {
                    Some(Content::Text(value)) => Some(quoted(&value)),
                    Some(Content::Array(array)) => Some(array.shown()),
                    None => None,
                };
                if let Some(value) = value {
                    text.push(b'=');
                    text.extend_from_slice(&value);
                }
                text.push(b'\n');
            }
        }
        shell.print(&text)?;
        return Ok(0);
    }
    let mut status = 0;
    let named = arguments[1..first].iter().any(|option| option.contains(&b'A'));
    for argument in declarations(shell, arguments, first) {
        let Some(Declaration { name, value }) = declaration(shell, &arguments[0], argument) else {
            status = 1;
            continue;
        };
        if named && !shell.variables.is_readonly(name) {
            shell.variables.make_array(name, true);
        }
        if set(shell, &arguments[0], name, value)? { shell.variables.make_readonly(name) } else { status = 1 }
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

/// What `declare` is asked to do with its variables.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are options, each on or off")]
struct Attributes {
    exported: bool,
    readonly: bool,
    global: bool,
    /// An array by number.
    array: bool,
    /// An array by name.
    named: bool,
    integer: bool,
    shown: bool,
}

pub(super) fn declare(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut wish = Attributes::default();
    let first = arguments.iter().skip(1).take_while(|name| is_option(name)).count() + 1;
    for option in &arguments[1..first] {
        for &letter in &option[1..] {
            match letter {
                b'x' => wish.exported = true,
                b'r' => wish.readonly = true,
                b'g' => wish.global = true,
                b'a' => wish.array = true,
                b'A' => wish.named = true,
                b'i' => wish.integer = true,
                b'p' => wish.shown = true,
                b'-' => {}
                _ => {
                    shell.refuse(&arguments[0], format_args!("{option}: not supported"));
                    return Ok(2);
                }
            }
        }
    }
    if wish.shown {
        return show(shell, arguments, first);
    }
    let mut status = 0;
    for argument in declarations(shell, arguments, first) {
        let Some(Declaration { name, value }) = declaration(shell, &arguments[0], argument) else {
            status = 1;
            continue;
        };
        if shell.variables.is_readonly(name) {
            shell.refuse(&arguments[0], format_args!("{name}: readonly variable"));
            status = 1;
            continue;
        }
        if !wish.global {
            shell.variables.make_local(name);
        }
        if wish.named || wish.array {
            shell.variables.make_array(name, wish.named);
        }
        if wish.integer {
            shell.variables.make_integer(name);
        }
        set(shell, &arguments[0], name, value)?;
        if wish.exported {
            shell.variables.export(name, true);
        }
        if wish.readonly {
            shell.variables.make_readonly(name);
        }
    }
    Ok(status)
}

/// `declare -p`
fn show(shell: &mut Shell, arguments: &[BString], first: usize) -> Result<u8, Stop> {
    let mut status = 0;
    let mut text = Vec::new();
    let names = &arguments[first..];
    let mut known = if names.is_empty() { shell.variables.all() } else { Vec::new() };
    for name in names {
        match shell.variables.known(name) {
            Some(variable) => known.push(variable),
            None => {
                shell.refuse(&arguments[0], format_args!("{name}: not found"));
                status = 1;
            }
        }
    }
    for Known { name, value, exported, readonly, integer } in known {
        let mut letters = String::new();
        match &value {
            Some(Content::Array(array)) if array.is_named() => letters.push('A'),
            Some(Content::Array(_)) => letters.push('a'),
            _ => {}
        }
        if integer {
            letters.push('i');
        }
        if readonly {
            letters.push('r');
        }
        if exported {
            letters.push('x');
        }
        let letters = if letters.is_empty() { "-" } else { &letters };
        text.extend_from_slice(format!("declare -{letters} {name}").as_bytes());
        match value {
            Some(Content::Text(value)) => text.extend_from_slice(&[b"=", in_quotes(&value).as_slice()].concat()),
            Some(Content::Array(array)) => text.extend_from_slice(&[b"=", array.shown().as_slice()].concat()),
            None => {}
        }
        text.push(b'\n');
    }
    shell.print(&text)?;
    Ok(status)
}

fn is_option(argument: &BString) -> bool {
    argument.len() > 1 && argument.starts_with(b"-")
}

pub(super) fn unset(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut status = 0;
    let (mut variables, mut functions) = (true, true);
    for name in &arguments[1..] {
        match name.as_slice() {
            b"-v" => functions = false,
            b"-f" => variables = false,
            _ => {
                let is_variable = shell.variables.is_set(name.as_bstr());
                let removed = match shell.reference(name.as_bstr())? {
                    _ if !variables => true,
                    Some((variable, key)) => shell.variables.unset_element(variable, &key),
                    None => shell.variables.unset(name.as_bstr()),
                };
                if !removed {
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

/// The utility, but with `-v name` what it writes becomes a variable.
pub(super) fn printf(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let Some(printf) = utility::find(b"printf") else { return Ok(127) };
    let [name, option, variable, rest @ ..] = arguments else {
        return Ok(shell.launcher().utility(printf, arguments));
    };
    if option != "-v" {
        return Ok(shell.launcher().utility(printf, arguments));
    }
    let reference = shell.reference(variable.as_bstr())?;
    if reference.is_none() && !is_name(variable) {
        shell.refuse(name, format_args!("`{variable}': not a valid identifier"));
        return Ok(2);
    }
    let sink = Sink::new();
    let mut descriptors = shell.descriptors.clone();
    descriptors.set(1, Some(Descriptor::Sink(sink.hold())));
    let words: Vec<BString> = std::iter::once(name).chain(rest).cloned().collect();
    let status = Launcher { descriptors: &descriptors, ..shell.launcher() }.utility(printf, &words);
    let text = BString::from(sink.take());
    match reference {
        Some((variable, key)) => shell.assign_element(variable, key, text, false)?,
        None if shell.variables.set(variable.as_bstr(), text) => {}
        None => {
            shell.refuse(name, format_args!("{variable}: readonly variable"));
            return Ok(1);
        }
    }
    Ok(status)
}

//! `break continue return exit eval .`

use std::io::Read as _;
use std::sync::Arc;

use bstr::{BString, ByteSlice as _};

use super::number;
use crate::run::{Shell, Stop};

pub(super) fn leave_loop(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    jump(shell, arguments, Stop::Break)
}

pub(super) fn continue_loop(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    jump(shell, arguments, Stop::Continue)
}

fn jump(shell: &mut Shell, arguments: &[BString], stop: fn(u32) -> Stop) -> Result<u8, Stop> {
    let loops = match arguments.get(1) {
        None => 1,
        Some(text) => match number::<u32>(text).filter(|&loops| loops > 0) {
            Some(loops) => loops,
            None => {
                shell.refuse(&arguments[0], format_args!("{text}: loop count out of range"));
                return Ok(1);
            }
        },
    };
    if shell.loops == 0 {
        return Ok(0);
    }
    shell.status = 0;
    Err(stop(loops.min(shell.loops)))
}

/// The exit code in the arguments, or the last one.
fn code(shell: &Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let Some(text) = arguments.get(1) else { return Ok(shell.status) };
    let Some(code) = number::<i64>(text) else {
        shell.refuse(&arguments[0], "numeric argument required");
        return Err(Stop::Failed(1));
    };
    if arguments.len() > 2 {
        shell.refuse(&arguments[0], "too many arguments");
        return Err(Stop::Failed(1));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the lower eight bits are the code")]
    Ok(code as u8)
}

pub(super) fn leave_function(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    shell.status = code(shell, arguments)?;
    Err(Stop::Return)
}

pub(super) fn exit(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    shell.status = code(shell, arguments)?;
    Err(Stop::Exit)
}

pub(super) fn eval(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let text = bstr::join(" ", &arguments[1..]);
    shell.status = 0;
    shell.source(&text)?;
    Ok(shell.status)
}

pub(super) fn source(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let Some(name) = arguments.get(1) else {
        shell.refuse(&arguments[0], "filename argument required");
        return Ok(2);
    };
    let mut text = Vec::new();
    let path = shell.directory.join(name.to_path_lossy());
    if let Err(error) = std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut text)) {
        let reason = error.to_string();
        let reason = reason.split(" (os error").next().unwrap_or_default();
        shell.refuse(&arguments[0], format_args!("{name}: {reason}"));
        return Ok(1);
    }
    let before = (arguments.len() > 2).then(|| {
        let mut own = arguments[1..].to_vec();
        own[0] = shell.arguments.first().cloned().unwrap_or_default();
        std::mem::replace(&mut shell.arguments, Arc::new(own))
    });
    shell.status = 0;
    let run = shell.source(&text);
    if let Some(before) = before {
        shell.arguments = before;
    }
    match run {
        Ok(()) | Err(Stop::Return) => Ok(shell.status),
        Err(stop) => Err(stop),
    }
}

//! `cd` and `umask`

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice as _};

use crate::descriptor::is_executable;
use crate::run::{Shell, Stop};

pub(super) fn cd(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut operands = &arguments[1..];
    let mut physical = false;
    while let Some((option, rest)) = operands.split_first() {
        match option.as_slice() {
            b"-P" => physical = true,
            b"-L" => physical = false,
            b"--" => {
                operands = rest;
                break;
            }
            _ => break,
        }
        operands = rest;
    }
    if operands.len() > 1 {
        shell.refuse(&arguments[0], "too many arguments");
        return Ok(1);
    }
    let named = |name: &str| shell.variables.get(BStr::new(name)).map(ToOwned::to_owned);
    let target = match operands.first() {
        None => named("HOME").unwrap_or_else(|| "/".into()),
        Some(operand) if operand == "-" => match named("OLDPWD") {
            Some(before) => before,
            None => {
                shell.refuse(&arguments[0], "OLDPWD not set");
                return Ok(1);
            }
        },
        Some(operand) => operand.clone(),
    };
    if target.is_empty() {
        return Ok(0);
    }
    let joined = shell.directory.join(target.to_path_lossy());
    let path = if physical { std::fs::canonicalize(&joined).unwrap_or(joined) } else { normal(&joined) };
    let refusal = match path.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            if is_executable(&path) {
                return Ok(change(shell, path));
            }
            format!("Permission denied: {target}")
        }
        Ok(_) => format!("not a directory: {target}"),
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => format!("not a directory: {target}"),
            ErrorKind::InvalidFilename => "file name too long".to_owned(),
            ErrorKind::PermissionDenied => format!("Permission denied: {target}"),
            _ => format!("{}: {target}", error.to_string().split(" (os error").next().unwrap_or_default()),
        },
    };
    shell.refuse(&arguments[0], refusal);
    Ok(1)
}

fn change(shell: &mut Shell, path: PathBuf) -> u8 {
    let text: BString = <[u8]>::from_path(&path).unwrap_or_default().into();
    let before: BString = <[u8]>::from_path(&shell.directory).unwrap_or_default().into();
    for (name, value) in [("OLDPWD", before), ("PWD", text)] {
        shell.variables.set(BStr::new(name), value);
    }
    shell.directory = Arc::new(path);
    0
}

/// The path without `.` and `..`, as it reads: `a/link/..` is `a`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            component => normal.push(component),
        }
    }
    normal
}

/// The mask of new files is the process's, which is JavaScript's; it is told, not changed.
pub(super) fn umask(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    shell.refuse(&arguments[0], "is the host's: use process.umask");
    Ok(1)
}

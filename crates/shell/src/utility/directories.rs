//! `mkdir` and `rmdir`.

use std::{
    io,
    path::{Path, PathBuf},
};

use bstr::{BStr, ByteVec as _};

use super::{
    Context, mode,
    options::{Options, Wrong},
    output::Out,
    text::{complain, reason, resolve},
};
use crate::file;

/// Makes directories; `-p` with those above, `-v` shows them, `-m` gives a mode.
///
/// Source: <https://bun.com/docs/runtime/shell#builtin-commands>.
pub(super) fn mkdir(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options { short: "pvm:", long: &[("parents", 'p'), ("verbose", 'v'), ("mode", 'm')], stops: false };
    let parsed = match options.parse(context.args) {
        Ok(parsed) => parsed,
        Err(wrong) => {
            let what = match &wrong {
                Wrong::Letter(..) => "",
                Wrong::Name(name) | Wrong::Value(name) | Wrong::Needless(name) => name,
            };
            context.stderr.write_all(format!("mkdir: illegal option -- {what}\n").as_bytes())?;
            return Ok(1);
        }
    };
    if parsed.operands.is_empty() {
        context.stderr.write_all(b"usage: mkdir [-pv] [-m mode] directory_name ...\n")?;
        return Ok(1);
    }
    let mode = match parsed.value('m') {
        None => None,
        Some(text) => match mode::parse(text, 0o777, true) {
            Some(mode) => Some(mode),
            None => {
                complain(context.stderr, context.args, format_args!("invalid mode '{text}'"))?;
                return Ok(1);
            }
        },
    };
    let (mut code, mut out) = (0, Out::new(context.stdout));
    for operand in &parsed.operands {
        // Bun shows whole paths.
        let path = context.cwd.join(bstr::ByteSlice::to_path_lossy(&***operand));
        let path: PathBuf = path.components().collect();
        let mut created = Vec::new();
        let result = if parsed.has('p') {
            make_all(&path, &mut created)
        } else {
            std::fs::create_dir(&path).map(|()| created.push(path.clone()))
        };
        let result = result.and_then(|()| match mode {
            Some(mode) if !created.is_empty() => file::set_mode(&path, mode),
            _ => Ok(()),
        });
        if parsed.has('v') {
            for path in created {
                out.line(&Vec::from_path_lossy(&path))?;
            }
        }
        if let Err(error) = result {
            code = 1;
            out.flush()?;
            complain(context.stderr, context.args, format_args!("{}: {}", path.display(), reason(&error)))?;
        }
    }
    out.flush()?;
    Ok(code)
}

fn make_all(path: &Path, created: &mut Vec<PathBuf>) -> io::Result<()> {
    match std::fs::create_dir(path) {
        Ok(()) => created.push(path.to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let above = path.parent().ok_or(error)?;
            make_all(above, created)?;
            return make_all(path, created);
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Removes empty directories; `-p` with those above that are empty then.
pub(super) fn rmdir(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "pv",
        long: &[("parents", 'p'), ("verbose", 'v'), ("ignore-fail-on-non-empty", 'i')],
        stops: false,
    };
    let Some(parsed) = options.read_some(context.args, context.stderr)? else { return Ok(1) };
    let mut code = 0;
    for operand in &parsed.operands {
        let mut name: &BStr = operand;
        loop {
            if parsed.has('v') {
                context.stdout.write_all(format!("rmdir: removing directory, '{name}'\n").as_bytes())?;
            }
            if let Err(error) = std::fs::remove_dir(resolve(context.cwd, name)) {
                if !(parsed.has('i') && error.kind() == io::ErrorKind::DirectoryNotEmpty) {
                    let message = format!("failed to remove '{name}': {}", reason(&error));
                    complain(context.stderr, context.args, message)?;
                    code = 1;
                }
                break;
            }
            match bstr::ByteSlice::rfind_byte(&**name, b'/').filter(|at| parsed.has('p') && *at > 0) {
                Some(at) => name = BStr::new(&name[..at]),
                None => break,
            }
        }
    }
    Ok(code)
}

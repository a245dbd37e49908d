//! `mv`.

use std::{
    io,
    path::{Path, PathBuf},
};

use bstr::{BStr, BString, ByteSlice as _};

use super::{
    Context,
    cp::Report,
    names::last_part,
    options::Options,
    rm,
    text::{reason, resolve},
};
use crate::{
    file::{self, Access, CopyOptions, Facts as _},
    stream::Output,
};

const USAGE: &[u8] = b"usage: mv [-f | -i | -n] [-hv] source target
       mv [-f | -i | -n] [-v] source ... directory
";

/// Moves files and directories, over file systems by copying. The exit code is the number of the error, as Bun has it.
///
/// Source: <https://bun.com/docs/runtime/shell#builtin-commands>.
pub(super) fn mv(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "fhinTt:uv",
        long: &[
            ("force", 'f'),
            ("interactive", 'i'),
            ("no-clobber", 'n'),
            ("verbose", 'v'),
            ("update", 'u'),
            ("no-target-directory", 'T'),
            ("target-directory", 't'),
        ],
        stops: false,
    };
    let Ok(parsed) = options.parse(context.args) else {
        context.stderr.write_all(b"mv: illegal option -- -\n")?;
        return Ok(1);
    };
    let mut sources = parsed.operands.clone();
    let target = parsed.value('t').or_else(|| if sources.len() > 1 { sources.pop() } else { None });
    let (Some(target), false) = (target, sources.is_empty()) else {
        context.stderr.write_all(USAGE)?;
        return Ok(1);
    };
    let target_path = resolve(context.cwd, target);
    let link = target_path.is_symlink() && parsed.has('h');
    let target_metadata = target_path.metadata();
    let into = target_metadata.as_ref().is_ok_and(std::fs::Metadata::is_dir) && !link && !parsed.has('T');
    if (sources.len() > 1 || parsed.has('t')) && !into {
        let message = match target_metadata {
            Ok(_) => format!("mv: {target} is not a directory\n"),
            Err(error) => format!("mv: {target}: {}\n", reason(&error)),
        };
        context.stderr.write_all(message.as_bytes())?;
        return Ok(1);
    }
    let mut code = 0;
    for source in sources {
        let source_path = resolve(context.cwd, source);
        let (destination, shown) = if into {
            let name = last_part(source).as_bstr();
            let mut shown = BString::from(target.trim_end_with(|letter| letter == '/'));
            shown.extend_from_slice(b"/");
            shown.extend_from_slice(name);
            (target_path.join(name.to_path_lossy()), shown)
        } else {
            (target_path.clone(), target.to_owned())
        };
        if destination.symlink_metadata().is_ok() && !is_same(&source_path, &destination) {
            match parsed.last_of(&['f', 'i', 'n', 'u']) {
                Some('n') => continue,
                Some('u') if !is_newer(&source_path, &destination) => continue,
                Some('i') => {
                    let question = format!("overwrite '{shown}'? ");
                    if !rm::agrees(context.stdin, context.stderr, &question)? {
                        continue;
                    }
                }
                _ => {}
            }
        }
        let result = match std::fs::rename(&source_path, &destination) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                across(&source_path, &destination, source, context.stderr, context.cancel)
            }
            result => result.map(|()| 0),
        };
        match result {
            Ok(0) if parsed.has('v') => {
                context.stdout.write_all(format!("renamed '{source}' -> '{shown}'\n").as_bytes())?;
            }
            Ok(0) => {}
            Ok(failed) => code = failed,
            Err(error) => {
                code = error.raw_os_error().and_then(|number| u8::try_from(number).ok()).unwrap_or(1).max(1);
                let at = blamed(&source_path, &destination, into, source, shown.as_bstr(), &error);
                let message = if at.is_empty() {
                    format!("mv: {}\n", reason(&error))
                } else {
                    format!("mv: {at}: {}\n", reason(&error))
                };
                context.stderr.write_all(message.as_bytes())?;
            }
        }
    }
    Ok(code)
}

/// Which of the two an error is told of, as Bun tells it: the source that is not there, else the target.
fn blamed<'a>(
    source_path: &Path,
    destination: &Path,
    into: bool,
    source: &'a BStr,
    shown: &'a BStr,
    error: &io::Error,
) -> &'a BStr {
    if error.kind() == io::ErrorKind::NotFound {
        let above = destination.parent().unwrap_or(destination);
        return if into && above.exists() && source_path.symlink_metadata().is_err() { shown } else { source };
    }
    shown
}

fn is_same(a: &Path, b: &Path) -> bool {
    match (a.symlink_metadata(), b.symlink_metadata()) {
        (Ok(a), Ok(b)) => a.identity() == b.identity() && a.identity() != (0, 0),
        _ => false,
    }
}

fn is_newer(source: &Path, target: &Path) -> bool {
    let time = |path: &Path| path.symlink_metadata().and_then(|metadata| metadata.modified()).ok();
    time(source) > time(target)
}

/// Moves by copying and removing.
fn across(
    source: &Path,
    destination: &Path,
    shown: &BStr,
    stderr: &mut dyn Output,
    cancel: &crate::cancel::Cancel,
) -> io::Result<u8> {
    let metadata = source.symlink_metadata()?;
    if !file::can(source.parent().unwrap_or(source), Access::Write) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let options = CopyOptions { preserve: true, force: true, ..CopyOptions::default() };
    if metadata.is_dir() {
        if destination.symlink_metadata().is_ok() {
            std::fs::remove_dir(destination)?;
        }
        let shown = PathBuf::from(shown.to_path_lossy());
        let report = Report::new("mv", stderr, cancel, false);
        file::copy_tree((source, destination), (&shown, destination), options, &report);
        if !report.failed_any() {
            file::remove_tree(source, &shown, &report);
        }
        return report.finish();
    }
    if metadata.is_symlink() {
        let to = source.read_link()?;
        let _ = std::fs::remove_file(destination);
        file::symlink(&to, destination)?;
    } else if metadata.letter() == 'p' {
        let _ = std::fs::remove_file(destination);
        file::make_fifo(destination, metadata.bits())?;
    } else {
        file::copy_file(source, destination, options)?;
    }
    std::fs::remove_file(source)?;
    Ok(0)
}

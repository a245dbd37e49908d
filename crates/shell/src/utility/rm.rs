//! `rm`.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};

use super::{
    Context,
    options::{Options, Wrong},
    text::{reason, resolve},
};
use crate::{
    cancel::Cancel,
    file::{self, Observer},
    stream::{Input, Output},
};

const USAGE: &[u8] = b"usage: rm [-f | -i] [-dIPRrvWx] file ...\n       unlink [--] file\n";

/// Removes files, and directories with `-d` or `-r`. The root, the working directory and what stands above it are never
/// removed.
///
/// Source: <https://bun.com/docs/runtime/shell#builtin-commands>.
pub(super) fn rm(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "dfiIPRrvx",
        long: &[
            ("recursive", 'r'),
            ("force", 'f'),
            ("dir", 'd'),
            ("verbose", 'v'),
            ("preserve-root", 'p'),
            ("no-preserve-root", 'p'),
            ("interactive:", 'w'),
            ("one-file-system", 'x'),
        ],
        stops: false,
    };
    let parsed = match options.parse(context.args) {
        Ok(parsed) => parsed,
        Err(Wrong::Letter(_, cluster)) => {
            context.stderr.write_all(format!("rm: illegal option -- {cluster}\n").as_bytes())?;
            return Ok(1);
        }
        Err(_) => {
            context.stderr.write_all(b"rm: illegal option -- -\n")?;
            return Ok(1);
        }
    };
    if parsed.operands.is_empty() {
        context.stderr.write_all(USAGE)?;
        return Ok(1);
    }
    let mut ask = match parsed.last_of(&['f', 'i', 'I', 'w']) {
        Some('i') => Ask::Always,
        Some('I') => Ask::Once,
        Some('w') => match parsed.value('w').map(|when| &**when) {
            Some(b"never" | b"no" | b"none") => Ask::Never,
            Some(b"once") => Ask::Once,
            _ => Ask::Always,
        },
        _ => Ask::Never,
    };
    let recursive = parsed.has('r') || parsed.has('R');
    for operand in &parsed.operands {
        if let Some(refusal) = protected(context.cwd, operand) {
            context.stderr.write_all(format!("rm: {refusal}\n").as_bytes())?;
            return Ok(1);
        }
    }
    if ask == Ask::Once {
        ask = Ask::Never;
        if recursive || parsed.operands.len() > 3 {
            let question = format!("rm: remove {} arguments? ", parsed.operands.len());
            if !agrees(context.stdin, context.stderr, &question)? {
                return Ok(0);
            }
        }
    }
    let report = Report {
        cancel: context.cancel,
        verbose: parsed.has('v'),
        force: parsed.has('f'),
        written: Mutex::new(Written {
            out: context.stdout,
            err: context.stderr,
            lines: Vec::new(),
            code: 0,
            error: None,
        }),
    };
    for operand in &parsed.operands {
        if context.cancel.is_cancelled() {
            break;
        }
        let path = resolve(context.cwd, operand);
        let shown = PathBuf::from(operand.to_path_lossy());
        if ask == Ask::Always {
            let mut written = report.lock();
            if !agrees(context.stdin, written.err, &format!("rm: remove '{operand}'? "))? {
                continue;
            }
        }
        remove(&path, &shown, recursive, parsed.has('d'), &report);
    }
    report.finish()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Never,
    Once,
    Always,
}

fn remove(path: &Path, shown: &Path, recursive: bool, directories: bool, report: &Report<'_>) {
    // Most operands are files; that one is not is found out by the attempt.
    let error = match std::fs::remove_file(path) {
        Ok(()) => return report.done(&|| shown.to_owned(), None),
        Err(error) => error,
    };
    if error.kind() == io::ErrorKind::NotFound {
        return report.failed(shown.to_owned(), error);
    }
    // A slash at the end would make the system follow a link; `components` forgets it.
    let is_link = || path.components().collect::<PathBuf>().is_symlink();
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => {
            if is_link() {
                report.failed(shown.to_owned(), io::ErrorKind::NotADirectory.into());
            } else if recursive {
                file::remove_tree(path, shown, report);
            } else if directories {
                match std::fs::remove_dir(path) {
                    Ok(()) => report.done(&|| shown.to_owned(), None),
                    Err(error) => report.failed(shown.to_owned(), error),
                }
            } else {
                report.failed(shown.to_owned(), io::ErrorKind::IsADirectory.into());
            }
        }
        Ok(_) => report.failed(shown.to_owned(), error),
        Err(error) => report.failed(shown.to_owned(), error),
    }
}

/// Why a path must not be removed.
fn protected(cwd: &Path, operand: &BStr) -> Option<String> {
    if operand.is_empty() {
        return None;
    }
    let last = super::names::last_part(operand);
    if last == b"/" {
        return Some(format!("\"{operand}\" may not be removed"));
    }
    let path = resolve(cwd, operand);
    if last == b"." || last == b".." {
        let Ok(real) = path.canonicalize() else { return None };
        if real.parent().is_none() {
            return Some(format!("\"{operand}\" may not be removed"));
        }
        if last == b"." {
            return Some(format!("{operand}: Invalid argument"));
        }
        return Some(format!("\"{}\" may not be removed", real.display()));
    }
    if path.is_symlink() && !operand.ends_with(b"/") {
        return None;
    }
    let real = path.canonicalize().ok()?;
    let here = cwd.canonicalize().ok()?;
    (real.parent().is_none() || here.starts_with(&real)).then(|| format!("\"{}\" may not be removed", real.display()))
}

/// Asks and reads a line for the answer.
pub(super) fn agrees(stdin: &mut dyn Input, stderr: &mut dyn Output, question: &str) -> io::Result<bool> {
    stderr.write_all(question.as_bytes())?;
    let mut answer = Vec::new();
    let mut byte = [0];
    while stdin.read(&mut byte)? == 1 && byte[0] != b'\n' {
        answer.push(byte[0]);
    }
    Ok(matches!(answer.first(), Some(b'y' | b'Y')))
}

struct Written<'a> {
    out: &'a mut dyn Output,
    err: &'a mut dyn Output,
    lines: Vec<u8>,
    code: u8,
    error: Option<io::Error>,
}

struct Report<'a> {
    cancel: &'a Cancel,
    verbose: bool,
    force: bool,
    written: Mutex<Written<'a>>,
}

impl<'a> Report<'a> {
    fn lock(&self) -> std::sync::MutexGuard<'_, Written<'a>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn finish(self) -> io::Result<u8> {
        let mut written = self.written.into_inner().unwrap_or_else(PoisonError::into_inner);
        let lines = std::mem::take(&mut written.lines);
        if !lines.is_empty() {
            written.out.write_all(&lines)?;
        }
        match written.error {
            Some(error) => Err(error),
            None => Ok(written.code),
        }
    }
}

impl Observer for Report<'_> {
    fn done(&self, path: &dyn Fn() -> PathBuf, _: Option<&dyn Fn() -> PathBuf>) {
        if !self.verbose {
            return;
        }
        let mut written = self.lock();
        written.lines.push_str(Vec::from_path_lossy(&path()));
        written.lines.push(b'\n');
        if written.lines.len() > 32 * 1024 {
            let lines = std::mem::take(&mut written.lines);
            if let Err(error) = written.out.write_all(&lines) {
                written.error.get_or_insert(error);
            }
        }
    }

    fn failed(&self, path: PathBuf, error: io::Error) {
        if self.force && error.kind() == io::ErrorKind::NotFound {
            return;
        }
        let mut written = self.lock();
        written.code = 1;
        let mut line = BString::from("rm: ");
        if !path.as_os_str().is_empty() {
            line.push_str(Vec::from_path_lossy(&path));
            line.push_str(": ");
        }
        line.push_str(reason(&error));
        line.push(b'\n');
        if let Err(error) = written.err.write_all(&line) {
            written.error.get_or_insert(error);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled() || self.lock().error.is_some()
    }
}

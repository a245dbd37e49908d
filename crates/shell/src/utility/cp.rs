//! `cp` and `ln`.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};

use super::{
    Context,
    names::last_part,
    options::{Options, Parsed},
    output::Out,
    rm,
    text::{complain, reason, resolve},
};
use crate::{
    cancel::Cancel,
    file::{self, CopyOptions, Facts as _, Observer},
    stream::Output,
};

/// Copies files, and directories with `-r`. Flags and messages are those of GNU, since Bun runs the system's `cp`.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cp.html>.
pub(super) fn cp(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "adfHiLlnPprRsTt:uvx",
        long: &[
            ("archive", 'a'),
            ("force", 'f'),
            ("interactive", 'i'),
            ("dereference", 'L'),
            ("link", 'l'),
            ("no-clobber", 'n'),
            ("no-dereference", 'P'),
            ("recursive", 'r'),
            ("symbolic-link", 's'),
            ("no-target-directory", 'T'),
            ("target-directory", 't'),
            ("update", 'u'),
            ("verbose", 'v'),
            ("one-file-system", 'x'),
            ("preserve", 'p'),
            ("no-preserve:", '\u{1}'),
            ("reflink", '\u{1}'),
        ],
        stops: false,
    };
    // What is preserved is all that can be, whatever is named.
    let args: Vec<BString> = context
        .args
        .iter()
        .map(|word| match &***word {
            text if text.starts_with(b"--preserve=") => "-p".into(),
            text if text.starts_with(b"--reflink=") => "--reflink".into(),
            _ => word.clone(),
        })
        .collect();
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(1) };
    let Some((sources, target, into)) = operands(context, &parsed)? else { return Ok(1) };
    let target_path = resolve(context.cwd, target);
    let recursive = ['r', 'R', 'a'].iter().any(|letter| parsed.has(*letter));
    let links = parsed.last_of(&['H', 'L', 'P', 'd', 'a']);
    let copying = CopyOptions {
        preserve: parsed.has('p') || parsed.has('a'),
        follow: links == Some('L'),
        keep_existing: parsed.last_of(&['n', 'i', 'f']) == Some('n'),
        update: parsed.has('u'),
        force: parsed.has('f'),
        link: parsed.has('l'),
        symbolic: parsed.has('s'),
        one_file_system: parsed.has('x'),
        ..CopyOptions::default()
    };
    // A link of the command line is followed unless trees are copied.
    let follow_top = match links {
        Some('L' | 'H') => true,
        Some(_) => false,
        None => !recursive,
    };
    let mut code = 0;
    let mut out = Out::new(context.stdout);
    for source in sources {
        if context.cancel.is_cancelled() {
            break;
        }
        let source_path = resolve(context.cwd, source);
        let (destination, shown) = if into {
            let name = last_part(source).as_bstr();
            let mut shown = BString::from(target.trim_end_with(|letter| letter == '/' && target.len() > 1));
            if !shown.ends_with(b"/") {
                shown.push(b'/');
            }
            shown.push_str(name);
            (target_path.join(name.to_path_lossy()), shown)
        } else {
            (target_path.clone(), target.to_owned())
        };
        let metadata = if follow_top { source_path.metadata() } else { source_path.symlink_metadata() };
        let metadata = match metadata {
            Ok(metadata) => metadata,
            Err(error) => {
                code = 1;
                out.flush()?;
                let message = format!("cannot stat '{source}': {}", reason(&error));
                complain(context.stderr, context.args, message)?;
                continue;
            }
        };
        if parsed.last_of(&['n', 'i', 'f']) == Some('i') && destination.symlink_metadata().is_ok() {
            out.flush()?;
            let question = format!("cp: overwrite '{shown}'? ");
            if !rm::agrees(context.stdin, context.stderr, &question)? {
                code = 1;
                continue;
            }
        }
        let report = Report::new("cp", context.stderr, context.cancel, parsed.has('v'));
        if metadata.is_dir() {
            if !recursive {
                report.complain(&format!("-r not specified; omitting directory '{source}'"));
            } else if let Some(message) = unfit(&source_path, &destination, source, shown.as_bstr()) {
                report.complain(&message);
            } else {
                let named = (Path::new(&*source.to_path_lossy()).to_owned(), PathBuf::from(shown.to_path_lossy()));
                file::copy_tree((&source_path, &destination), (&named.0, &named.1), copying, &report);
            }
        } else {
            let one = One { source, source_path: &source_path, shown: shown.as_bstr(), destination: &destination };
            one.copy(&metadata, recursive, copying, &report);
        }
        report.write_lines(&mut out)?;
        code |= report.finish()?;
    }
    out.flush()?;
    Ok(code)
}

/// The sources, the target, and whether it is a directory to copy into.
fn operands<'a>(context: &mut Context<'_>, parsed: &Parsed<'a>) -> io::Result<Option<(Vec<&'a BStr>, &'a BStr, bool)>> {
    let mut sources = parsed.operands.clone();
    let given = parsed.value('t');
    let Some(first) = sources.first().copied() else {
        complain(context.stderr, context.args, "missing file operand")?;
        return Ok(None);
    };
    let target = given.or_else(|| if sources.len() > 1 { sources.pop() } else { None });
    let Some(target) = target else {
        complain(context.stderr, context.args, format_args!("missing destination file operand after '{first}'"))?;
        return Ok(None);
    };
    let metadata = resolve(context.cwd, target).metadata();
    let is_directory = metadata.as_ref().is_ok_and(std::fs::Metadata::is_dir);
    if (sources.len() > 1 || given.is_some()) && !is_directory {
        let (what, why) = match metadata {
            Ok(_) => ("target", "Not a directory".to_owned()),
            Err(error) => ("target", reason(&error)),
        };
        let what = if given.is_some() { "target directory" } else { what };
        complain(context.stderr, context.args, format_args!("{what} '{target}': {why}"))?;
        return Ok(None);
    }
    let into = is_directory && !parsed.has('T');
    Ok(Some((sources, target, into)))
}

/// Why a directory cannot be copied there.
fn unfit(source_path: &Path, destination: &Path, source: &BStr, shown: &BStr) -> Option<String> {
    if let Ok(existing) = destination.metadata()
        && !existing.is_dir()
    {
        return Some(format!("cannot overwrite non-directory '{shown}' with directory '{source}'"));
    }
    let real = source_path.canonicalize().ok()?;
    let mut above = destination;
    loop {
        if let Ok(found) = above.canonicalize() {
            if found == real && above == destination {
                return Some(format!("'{source}' and '{shown}' are the same file"));
            }
            return found
                .starts_with(&real)
                .then(|| format!("cannot copy a directory, '{source}', into itself, '{shown}'"));
        }
        above = above.parent()?;
    }
}

struct One<'a> {
    source: &'a BStr,
    source_path: &'a Path,
    shown: &'a BStr,
    destination: &'a Path,
}

impl One<'_> {
    fn copy(&self, metadata: &std::fs::Metadata, recursive: bool, options: CopyOptions, report: &Report<'_>) {
        let Self { source, source_path, shown, destination } = self;
        if destination.is_dir() {
            return report.complain(&format!("cannot overwrite directory '{shown}' with non-directory '{source}'"));
        }
        if shown.ends_with(b"/") && !destination.exists() {
            return report.complain(&format!("cannot create regular file '{shown}': Not a directory"));
        }
        let exists = destination.symlink_metadata().is_ok();
        let make = |make: &dyn Fn() -> io::Result<()>| {
            if exists {
                if options.keep_existing {
                    return Ok(false);
                }
                if destination.canonicalize().ok() == source_path.canonicalize().ok() && !metadata.is_symlink() {
                    return Err(io::Error::other(SAME));
                }
                std::fs::remove_file(destination)?;
            }
            make().map(|()| true)
        };
        let result = if metadata.is_symlink() {
            make(&|| file::symlink(&source_path.read_link()?, destination))
        } else if options.link {
            make(&|| std::fs::hard_link(source_path, destination))
        } else if options.symbolic {
            make(&|| file::symlink(&source.to_path_lossy(), destination))
        } else if metadata.letter() == 'p' && recursive {
            make(&|| file::make_fifo(destination, metadata.bits()))
        } else {
            file::copy_file(source_path, destination, options)
        };
        match result {
            Ok(true) => {
                report.done(&|| PathBuf::from(source.to_path_lossy()), Some(&|| PathBuf::from(shown.to_path_lossy())))
            }
            Ok(false) => {}
            Err(error) if error.to_string() == SAME => {
                report.complain(&format!("'{source}' and '{shown}' {SAME}"));
            }
            Err(error) => {
                let unreadable = std::fs::File::open(source_path).err();
                let message = match unreadable {
                    Some(error) => format!("cannot open '{source}' for reading: {}", reason(&error)),
                    None => format!("cannot create regular file '{shown}': {}", reason(&error)),
                };
                report.complain(&message);
            }
        }
    }
}

const SAME: &str = "are the same file";

/// Collects what is to be told, from several threads.
pub(super) struct Report<'a> {
    name: &'static str,
    cancel: &'a Cancel,
    shows: bool,
    state: Mutex<State<'a>>,
}

struct State<'a> {
    stderr: &'a mut dyn Output,
    lines: Vec<u8>,
    code: u8,
    error: Option<io::Error>,
}

impl<'a> Report<'a> {
    pub(super) fn new(name: &'static str, stderr: &'a mut dyn Output, cancel: &'a Cancel, shows: bool) -> Self {
        let state = Mutex::new(State { stderr, lines: Vec::new(), code: 0, error: None });
        Self { name, cancel, shows, state }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complain(&self, message: &str) {
        let mut state = self.lock();
        state.code = 1;
        let line = format!("{}: {message}\n", self.name);
        if let Err(error) = state.stderr.write_all(line.as_bytes()) {
            state.error.get_or_insert(error);
        }
    }

    pub(super) fn failed_any(&self) -> bool {
        self.lock().code != 0
    }

    fn write_lines(&self, out: &mut Out<'_>) -> io::Result<()> {
        out.put(&std::mem::take(&mut self.lock().lines))
    }

    pub(super) fn finish(self) -> io::Result<u8> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.error.map_or(Ok(state.code), Err)
    }
}

impl Observer for Report<'_> {
    fn done(&self, path: &dyn Fn() -> PathBuf, copy: Option<&dyn Fn() -> PathBuf>) {
        let (true, Some(copy)) = (self.shows, copy) else { return };
        let (path, copy) = (path(), copy());
        let mut state = self.lock();
        state.lines.push(b'\'');
        state.lines.push_str(Vec::from_path_lossy(&path));
        state.lines.push_str("' -> '");
        state.lines.push_str(Vec::from_path_lossy(&copy));
        state.lines.push_str("'\n");
    }

    fn failed(&self, path: PathBuf, error: io::Error) {
        let message = match self.name {
            "cp" => format!("cannot copy '{}': {}", path.display(), reason(&error)),
            _ => format!("{}: {}", path.display(), reason(&error)),
        };
        self.complain(&message);
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

/// Makes links; `-s` symbolic ones.
pub(super) fn ln(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "fnsTt:v",
        long: &[
            ("force", 'f'),
            ("symbolic", 's'),
            ("no-dereference", 'n'),
            ("no-target-directory", 'T'),
            ("target-directory", 't'),
            ("verbose", 'v'),
        ],
        stops: false,
    };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    let mut sources = parsed.operands.clone();
    let target = match (parsed.value('t'), sources.len()) {
        (_, 0) => {
            complain(context.stderr, context.args, "missing file operand")?;
            return Ok(1);
        }
        (Some(target), _) => target,
        (None, 1) => b".".as_bstr(),
        (None, _) => sources.pop().unwrap_or_default(),
    };
    let target_path = resolve(context.cwd, target);
    let itself = parsed.has('T') || (parsed.has('n') && target_path.is_symlink());
    let into = target_path.is_dir() && !itself;
    if (sources.len() > 1 || parsed.has('t')) && !into {
        complain(context.stderr, context.args, format_args!("target '{target}': Not a directory"))?;
        return Ok(1);
    }
    let mut code = 0;
    for source in sources {
        let link =
            if into { target_path.join(last_part(source).as_bstr().to_path_lossy()) } else { target_path.clone() };
        if parsed.has('f') && link.symlink_metadata().is_ok() {
            let _ = std::fs::remove_file(&link);
        }
        let result = if parsed.has('s') {
            file::symlink(&source.to_path_lossy(), &link)
        } else {
            std::fs::hard_link(resolve(context.cwd, source), &link)
        };
        let shown = link.strip_prefix(context.cwd).unwrap_or(&link).display().to_string();
        match result {
            Ok(()) if parsed.has('v') => {
                let arrow = if parsed.has('s') { "->" } else { "=>" };
                context.stdout.write_all(format!("'{shown}' {arrow} '{source}'\n").as_bytes())?;
            }
            Ok(()) => {}
            Err(error) => {
                code = 1;
                let kind = if parsed.has('s') { "symbolic" } else { "hard" };
                let message = format!("failed to create {kind} link '{shown}': {}", reason(&error));
                complain(context.stderr, context.args, message)?;
            }
        }
    }
    Ok(code)
}

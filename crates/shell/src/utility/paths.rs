//! `realpath`, `readlink`, `mktemp`.

use std::{
    fs::{self, OpenOptions},
    io,
    path::{Component, Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::SystemTime,
};

use bstr::{BStr, ByteSlice as _, ByteVec as _};

use super::{
    Context,
    options::Options,
    output::Out,
    text::{complain, reason, resolve},
};
use crate::file;

/// How much of a path must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// All (`-e`).
    All,
    /// All but the last part (GNU's default).
    Above,
    /// Nothing (`-m`).
    Nothing,
}

/// Writes paths without links, `.` and `..`.
pub(super) fn realpath(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "eLmPqsz",
        long: &[
            ("canonicalize-existing", 'e'),
            ("canonicalize-missing", 'm'),
            ("logical", 'L'),
            ("physical", 'P'),
            ("quiet", 'q'),
            ("strip", 's'),
            ("no-symlinks", 's'),
            ("zero", 'z'),
            ("relative-to:", '\u{1}'),
            ("relative-base:", '\u{2}'),
        ],
        stops: false,
    };
    let Some(parsed) = options.read_some(context.args, context.stderr)? else { return Ok(1) };
    let needs = match parsed.last_of(&['e', 'm']) {
        Some('e') => Needs::All,
        Some(_) => Needs::Nothing,
        None => Needs::Above,
    };
    let real = |name: &BStr| {
        let path = resolve(context.cwd, name);
        if parsed.has('s') { Ok(clean(&path)) } else { canonical(&path, needs) }
    };
    let mut relative_to = None;
    for letter in ['\u{1}', '\u{2}'] {
        if let Some(name) = parsed.value(letter) {
            match real(name) {
                Ok(path) => relative_to = Some((path, letter == '\u{2}')),
                Err(error) => {
                    complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
                    return Ok(1);
                }
            }
        }
    }
    let (mut code, mut out) = (0, Out::new(context.stdout));
    for name in &parsed.operands {
        match real(name) {
            Ok(path) => {
                let path = match &relative_to {
                    Some((base, false)) => relative(&path, base),
                    Some((base, true)) if path.starts_with(base) => relative(&path, base),
                    _ => path,
                };
                out.put(&Vec::from_path_lossy(&path))?;
                out.put(if parsed.has('z') { b"\0" } else { b"\n" })?;
            }
            Err(error) => {
                code = 1;
                if !parsed.has('q') {
                    out.flush()?;
                    complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
                }
            }
        }
    }
    out.flush()?;
    Ok(code)
}

/// Writes what links point to, or with `-f`, `-e`, `-m` whole paths.
pub(super) fn readlink(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "efmnqsvz",
        long: &[
            ("canonicalize", 'f'),
            ("canonicalize-existing", 'e'),
            ("canonicalize-missing", 'm'),
            ("no-newline", 'n'),
            ("quiet", 'q'),
            ("silent", 's'),
            ("verbose", 'v'),
            ("zero", 'z'),
        ],
        stops: false,
    };
    let Some(parsed) = options.read_some(context.args, context.stderr)? else { return Ok(1) };
    let (mut code, mut out) = (0, Out::new(context.stdout));
    for name in &parsed.operands {
        let path = resolve(context.cwd, name);
        let result = match parsed.last_of(&['e', 'f', 'm']) {
            None => fs::read_link(&path),
            Some('e') => canonical(&path, Needs::All),
            Some('f') => canonical(&path, Needs::Above),
            Some(_) => canonical(&path, Needs::Nothing),
        };
        match result {
            Ok(target) => {
                out.put(&Vec::from_path_lossy(&target))?;
                let last = parsed.operands.len() == 1 && parsed.has('n');
                out.put(if last {
                    b""
                } else if parsed.has('z') {
                    b"\0"
                } else {
                    b"\n"
                })?;
            }
            Err(error) => {
                code = 1;
                if parsed.has('v') {
                    complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
                }
            }
        }
    }
    out.flush()?;
    Ok(code)
}

/// Without `.` and `..`, by the text alone.
fn clean(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    whole
}

fn canonical(path: &Path, needs: Needs) -> io::Result<PathBuf> {
    let error = match path.canonicalize() {
        Ok(real) => return Ok(real),
        Err(error) => error,
    };
    if needs == Needs::All || error.kind() != io::ErrorKind::NotFound && needs != Needs::Nothing {
        return Err(error);
    }
    // A link to nothing stands for what it points to.
    if let Ok(target) = fs::read_link(path)
        && let Some(above) = path.parent()
    {
        return canonical(&above.join(target), needs);
    }
    let path: PathBuf = path.components().collect();
    match (path.parent(), path.file_name()) {
        (Some(above), Some(name)) => {
            let above = match needs {
                Needs::Nothing => canonical(above, needs)?,
                _ => above.canonicalize()?,
            };
            Ok(above.join(name))
        }
        _ if needs == Needs::Nothing => Ok(clean(&path)),
        _ => Err(error),
    }
}

fn relative(path: &Path, base: &Path) -> PathBuf {
    let shared = path.components().zip(base.components()).take_while(|(a, b)| a == b).count();
    let up = base.components().skip(shared).map(|_| Component::ParentDir);
    let whole: PathBuf = up.chain(path.components().skip(shared)).collect();
    if whole.as_os_str().is_empty() { PathBuf::from(".") } else { whole }
}

/// Makes a file, or a directory with `-d`, that no other has, and writes its path.
pub(super) fn mktemp(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "dp:qtu",
        long: &[("directory", 'd'), ("dry-run", 'u'), ("quiet", 'q'), ("suffix:", '\u{1}')],
        stops: false,
    };
    let mut args = context.args.to_vec();
    // Its value is only ever attached.
    let mut in_tmpdir = None;
    args.retain(|word| {
        let Some(value) = word.strip_prefix(b"--tmpdir") else { return true };
        in_tmpdir = Some(value.strip_prefix(b"=").unwrap_or(value).to_vec());
        false
    });
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(1) };
    let template = parsed.operands.first().copied().unwrap_or(BStr::new("tmp.XXXXXXXXXX"));
    if parsed.operands.len() > 1 {
        complain(context.stderr, context.args, "too many templates")?;
        return Ok(1);
    }
    let suffix_given = parsed.value('\u{1}').unwrap_or_default();
    let end = if suffix_given.is_empty() { template.rfind_byte(b'X').map_or(0, |at| at + 1) } else { template.len() };
    let count = template[..end].iter().rev().take_while(|byte| **byte == b'X').count();
    if count < 3 {
        if !parsed.has('q') {
            complain(context.stderr, context.args, format_args!("too few X's in template '{template}'"))?;
        }
        return Ok(1);
    }
    let directory = parsed
        .value('p')
        .map(|name| name.to_vec())
        .or(in_tmpdir)
        .or_else(|| (parsed.operands.is_empty() || parsed.has('t')).then(Vec::new));
    let directory = directory.map(|given| {
        if !given.is_empty() {
            return given;
        }
        match context.environment.get(b"TMPDIR".as_bstr()) {
            Some(value) if !value.is_empty() => value.to_vec(),
            _ => Vec::from_path_lossy(&std::env::temp_dir()).into_owned(),
        }
    });
    for _ in 0..100 {
        let mut name = directory.clone().unwrap_or_default();
        if !name.is_empty() && !name.ends_with(b"/") {
            name.push(b'/');
        }
        name.extend_from_slice(&template[..end - count]);
        name.extend_from_slice(&letters(count));
        name.extend_from_slice(&template[end..]);
        name.extend_from_slice(suffix_given);
        let path = resolve(context.cwd, name.as_bstr());
        let made = match () {
            () if parsed.has('u') => Ok(()),
            () if parsed.has('d') => fs::create_dir(&path).and_then(|()| file::set_mode(&path, 0o700)),
            () => {
                OpenOptions::new().write(true).create_new(true).open(&path).and_then(|_| file::set_mode(&path, 0o600))
            }
        };
        match made {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                if !parsed.has('q') {
                    let kind = if parsed.has('d') { "directory" } else { "file" };
                    let message = format!("failed to create {kind} via template '{}': {}", template, reason(&error));
                    complain(context.stderr, context.args, message)?;
                }
                return Ok(1);
            }
            Ok(()) => {
                name.push(b'\n');
                context.stdout.write_all(&name)?;
                return Ok(0);
            }
        }
    }
    complain(context.stderr, context.args, format_args!("no free name for '{template}'"))?;
    Ok(1)
}

/// Letters that nobody guesses: that the name is new is what `create_new` sees to.
fn letters(count: usize) -> Vec<u8> {
    use std::hash::{BuildHasher as _, RandomState};
    static CALLS: AtomicU64 = AtomicU64::new(0);
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let state = RandomState::new();
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    (0..count)
        .map(|index| {
            let value = state.hash_one((call, index, SystemTime::now()));
            LETTERS[usize::try_from(value % 62).unwrap_or(0)]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::run_in;

    #[test]
    fn paths() {
        let directory = std::env::temp_dir().join(format!("dx-shell-paths-{}", std::process::id()));
        std::fs::create_dir_all(directory.join("a/b")).unwrap();
        let directory = directory.canonicalize().unwrap();
        let run = |words: &str| run_in(&directory, &words.split(' ').collect::<Vec<_>>(), "");
        let here = directory.display();
        for (words, expected) in [
            ("realpath a/../a/b", format!("{here}/a/b\n")),
            ("realpath nosuch", format!("{here}/nosuch\n")),
            ("realpath -m no/such", format!("{here}/no/such\n")),
            ("realpath -s a/../x", format!("{here}/x\n")),
            ("realpath --relative-to=a a/b", "b\n".to_owned()),
            ("realpath --relative-to=a/b .", "../..\n".to_owned()),
        ] {
            assert_eq!(run(words), (0, expected, String::new()), "{words}");
        }
        assert_eq!(run("realpath -e nosuch").2, "realpath: nosuch: No such file or directory\n");
        assert_eq!(run("realpath no/such").0, 1);
        let made = run("mktemp -p a x.XXXX").1;
        assert!(made.starts_with("a/x.") && made.len() == 9, "{made}");
        assert!(directory.join(made.trim_end()).is_file());
        let made = run("mktemp -d t-XXXXXX.d").1;
        assert!(directory.join(made.trim_end()).is_dir() && made.ends_with(".d\n"), "{made}");
        assert_eq!(run("mktemp xX").2, "mktemp: too few X's in template 'xX'\n");
        std::fs::remove_dir_all(&directory).unwrap();
    }
}

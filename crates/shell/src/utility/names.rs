//! `basename`, `dirname`, `pwd`.

use std::io;

use bstr::{BStr, ByteSlice as _, ByteVec as _};

use super::{Context, options::Options, output::Out, text::complain};

/// Writes the last part of each path, without the suffix that `-s` names.
///
/// POSIX takes a second operand as a suffix, Bun as another path: here it is a suffix unless it has a slash.
pub(super) fn basename(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options { short: "as:z", long: &[("multiple", 'a'), ("suffix", 's'), ("zero", 'z')], stops: true };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    let mut suffix = parsed.value('s').unwrap_or_default();
    let mut operands = &parsed.operands[..];
    if let &[path, second] = operands
        && !parsed.has('a')
        && !parsed.has('s')
        && !second.contains(&b'/')
    {
        (operands, suffix) = (&parsed.operands[..1], second);
        let _ = path;
    }
    if operands.is_empty() {
        context.stderr.write_all(b"usage: basename string\n")?;
        return Ok(1);
    }
    let mut out = Out::new(context.stdout);
    for path in operands {
        let base = last_part(path);
        out.put(base.strip_suffix(&**suffix).filter(|stem| !stem.is_empty()).unwrap_or(base))?;
        out.put(if parsed.has('z') { b"\0" } else { b"\n" })?;
    }
    out.flush()?;
    Ok(0)
}

/// Writes the path of the directory of each path.
pub(super) fn dirname(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options { short: "z", long: &[("zero", 'z')], stops: true };
    let Some(parsed) = options.read(context.args, context.stderr)? else { return Ok(1) };
    if parsed.operands.is_empty() {
        context.stderr.write_all(b"usage: dirname string\n")?;
        return Ok(1);
    }
    let mut out = Out::new(context.stdout);
    for path in &parsed.operands {
        out.put(directory_part(path))?;
        out.put(if parsed.has('z') { b"\0" } else { b"\n" })?;
    }
    out.flush()?;
    Ok(0)
}

/// Writes the working directory; `-P` without symbolic links.
pub(super) fn pwd(context: &mut Context<'_>) -> io::Result<u8> {
    let parsed = match (Options { short: "LP", long: &[], stops: false }).parse(context.args) {
        Ok(parsed) if parsed.operands.is_empty() => parsed,
        _ => {
            complain(context.stderr, context.args, "too many arguments")?;
            return Ok(1);
        }
    };
    let path = match parsed.last_of(&['L', 'P']) {
        Some('P') => context.cwd.canonicalize()?,
        _ => context.cwd.to_owned(),
    };
    let mut line = Vec::from_path_lossy(&path).into_owned();
    line.push(b'\n');
    context.stdout.write_all(&line)?;
    Ok(0)
}

/// The last part of a path; `/` for what is only slashes.
pub(crate) fn last_part(path: &BStr) -> &[u8] {
    let end = path.trim_end_with(|letter| letter == '/');
    if end.is_empty() {
        return if path.is_empty() { b"" } else { b"/" };
    }
    end.rfind_byte(b'/').map_or(end, |at| &end[at + 1..])
}

/// All but the last part of a path.
fn directory_part(path: &BStr) -> &[u8] {
    let slash = |letter| letter == '/';
    let end = path.trim_end_with(slash);
    match end.rfind_byte(b'/') {
        None if end.is_empty() && !path.is_empty() => b"/",
        None => b".",
        Some(at) => match end[..at].trim_end_with(slash) {
            b"" => b"/",
            directory => directory,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        for (path, base, directory) in [
            ("", "", "."),
            ("/", "/", "/"),
            ("//", "/", "/"),
            ("a", "a", "."),
            ("a/", "a", "."),
            ("/a", "a", "/"),
            ("//a//", "a", "/"),
            ("a//b", "b", "a"),
            ("a/b/", "b", "a"),
        ] {
            assert_eq!(last_part(path.into()).as_bstr(), base, "{path}");
            assert_eq!(directory_part(path.into()).as_bstr(), directory, "{path}");
        }
    }
}

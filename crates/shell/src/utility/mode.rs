//! File modes: `755`, `u+x,go-w`; and `chmod`.

use std::{io, path::Path};

use bstr::{BStr, ByteSlice as _};

use super::{
    Context,
    options::{Options, Parsed},
    text::{complain, reason, resolve},
};
use crate::file::{self, Facts as _};

/// The mode that a text makes of a mode.
pub(crate) fn parse(text: &[u8], mode: u32, directory: bool) -> Option<u32> {
    if !text.is_empty() && text.iter().all(|byte| (b'0'..=b'7').contains(byte)) {
        return u32::from_str_radix(text.to_str().ok()?, 8).ok().filter(|mode| *mode <= 0o7777);
    }
    let mut mode = mode & 0o7777;
    for clause in text.split_str(",") {
        let who_length = clause.iter().take_while(|byte| b"ugoa".contains(byte)).count();
        let (who, mut rest) = clause.split_at(who_length);
        let mut mask = 0;
        for letter in who {
            mask |= match letter {
                b'u' => 0o4700,
                b'g' => 0o2070,
                b'o' => 0o1007,
                _ => 0o7777,
            };
        }
        if who.is_empty() {
            mask = 0o7777;
        }
        if rest.is_empty() {
            return None;
        }
        while let Some((&operator, after)) = rest.split_first() {
            if !b"+-=".contains(&operator) {
                return None;
            }
            let length = after.iter().take_while(|byte| !b"+-=".contains(byte)).count();
            let (letters, after) = after.split_at(length);
            let mut bits = 0;
            for letter in letters {
                bits |= match letter {
                    b'r' => 0o444,
                    b'w' => 0o222,
                    b'x' => 0o111,
                    b'X' if directory || mode & 0o111 != 0 => 0o111,
                    b'X' => 0,
                    b's' => 0o6000,
                    b't' => 0o1000,
                    b'u' => (mode >> 6 & 7) * 0o111,
                    b'g' => (mode >> 3 & 7) * 0o111,
                    b'o' => (mode & 7) * 0o111,
                    _ => return None,
                };
            }
            bits &= mask;
            match operator {
                b'+' => mode |= bits,
                b'-' => mode &= !bits,
                _ => mode = mode & !(mask & 0o777) | bits,
            }
            rest = after;
        }
    }
    Some(mode)
}

/// Changes modes; `-R` of all in a directory.
pub(super) fn chmod(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "Rfv",
        long: &[("recursive", 'R'), ("silent", 'f'), ("quiet", 'f'), ("verbose", 'v')],
        stops: false,
    };
    // A mode such as `-x` looks like an option.
    let is_mode = |word: &BStr| {
        word.len() > 1 && word.starts_with(b"-") && word[1..].iter().all(|byte| b"rwxXst,+-=ugo".contains(byte))
    };
    let at = context.args.iter().skip(1).position(|word| is_mode(word.as_bstr())).map(|at| at + 1);
    let mut args = context.args.to_vec();
    let taken = at.map(|at| args.remove(at));
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(1) };
    let (text, operands) = match (&taken, parsed.operands.split_first()) {
        (Some(mode), _) => (mode.as_bstr(), &parsed.operands[..]),
        (None, Some((mode, rest))) => (*mode, rest),
        (None, None) => (b"".as_bstr(), &[][..]),
    };
    if operands.is_empty() {
        complain(context.stderr, context.args, "missing operand")?;
        return Ok(1);
    }
    if parse(text, 0o644, false).is_none() {
        complain(context.stderr, context.args, format_args!("invalid mode: '{text}'"))?;
        return Ok(1);
    }
    let mut code = 0;
    for operand in operands {
        let mut failures = Vec::new();
        change(
            &resolve(context.cwd, operand),
            Path::new(&*operand.to_path_lossy()),
            text,
            &parsed,
            &mut failures,
            true,
        );
        for (path, error) in failures {
            code = 1;
            if !parsed.has('f') {
                complain(context.stderr, context.args, format_args!("cannot access '{path}': {}", reason(&error)))?;
            }
        }
    }
    Ok(code)
}

fn change(
    path: &Path,
    shown: &Path,
    text: &[u8],
    parsed: &Parsed<'_>,
    failures: &mut Vec<(String, io::Error)>,
    top: bool,
) {
    let result = path.symlink_metadata().and_then(|metadata| {
        if metadata.is_symlink() && !top {
            return Ok(false);
        }
        let metadata = path.metadata()?;
        if let Some(mode) = parse(text, metadata.bits(), metadata.is_dir()) {
            file::set_mode(path, mode)?;
        }
        Ok(metadata.is_dir())
    });
    match result {
        Err(error) => failures.push((shown.display().to_string(), error)),
        Ok(true) if parsed.has('R') => match file::list(path) {
            Err(error) => failures.push((shown.display().to_string(), error)),
            Ok(listing) => {
                for (name, _) in listing.iter() {
                    let name = BStr::new(name).to_path_lossy();
                    change(&path.join(&name), &shown.join(&name), text, parsed, failures, false);
                }
            }
        },
        Ok(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes() {
        for (text, mode, expected) in [
            ("755", 0, Some(0o755)),
            ("u+x", 0o644, Some(0o744)),
            ("+x", 0o644, Some(0o755)),
            ("go-rw,u=rwx", 0o666, Some(0o700)),
            ("a=r", 0o777, Some(0o444)),
            ("o=u", 0o740, Some(0o747)),
            ("u+s", 0o755, Some(0o4755)),
            ("+t", 0o755, Some(0o1755)),
            ("a+X", 0o644, Some(0o644)),
            ("u+rw-x", 0o100, Some(0o600)),
            ("9", 0, None),
            ("u", 0, None),
            ("u+q", 0, None),
            ("", 0, None),
        ] {
            assert_eq!(parse(text.as_bytes(), mode, false), expected, "{text}");
        }
    }
}

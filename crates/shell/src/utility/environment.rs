//! `env`, `printenv`, `sleep`.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use bstr::{BString, ByteSlice as _, ByteVec as _};

use super::{
    Context, Invocation,
    options::Options,
    output::Out,
    text::{complain, resolve, seconds},
};

/// Writes the exported variables, or runs a command with others: `-i` with none, `-u` without one, `-C` elsewhere.
pub(super) fn env(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "0C:iS:u:v",
        long: &[("null", '0'), ("chdir", 'C'), ("ignore-environment", 'i'), ("split-string", 'S'), ("unset", 'u')],
        stops: true,
    };
    let mut args = context.args.to_vec();
    // An old way to write `-i`.
    if args.get(1).is_some_and(|word| word == "-") {
        args[1] = "-i".into();
    }
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(125) };
    let mut variables = if parsed.has('i') { Vec::new() } else { context.environment.exported() };
    for (_, name) in parsed.options.iter().filter(|(letter, _)| *letter == 'u') {
        variables.retain(|(known, _)| known != name);
    }
    let mut operands: Vec<BString> = parsed.operands.iter().map(|word| BString::from(*word)).collect();
    if let Some(text) = parsed.value('S') {
        operands.splice(0..0, text.fields().map(BString::from));
    }
    let mut words = &operands[..];
    while let Some((word, rest)) = words.split_first()
        && let Some(at) = word.find_byte(b'=')
    {
        let (name, value) = (word[..at].as_bstr(), word[at + 1..].as_bstr());
        if name.is_empty() {
            complain(context.stderr, context.args, format_args!("cannot set '{name}': Invalid argument"))?;
            return Ok(125);
        }
        match variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => variables.push((name.to_owned(), value.to_owned())),
        }
        words = rest;
    }
    if words.is_empty() {
        let mut out = Out::new(context.stdout);
        for (name, value) in &variables {
            out.put(name)?;
            out.put(b"=")?;
            out.put(value)?;
            out.put(if parsed.has('0') { b"\0" } else { b"\n" })?;
        }
        out.flush()?;
        return Ok(0);
    }
    let cwd: Option<PathBuf> = parsed.value('C').map(|name| resolve(context.cwd, name));
    if let Some(cwd) = cwd.as_deref().filter(|cwd| !cwd.is_dir()) {
        let why = cwd.read_dir().err().map_or_else(String::new, |error| super::text::reason(&error));
        let name = parsed.value('C').unwrap_or_default();
        complain(context.stderr, context.args, format_args!("cannot change directory to '{name}': {why}"))?;
        return Ok(125);
    }
    // Without a PATH the system has one of its own.
    let mut args = words.to_vec();
    if !variables.iter().any(|(name, _)| name == "PATH")
        && !words[0].contains(&b'/')
        && super::find(&words[0]).is_none()
    {
        let place = ["/bin", "/usr/bin"].iter().map(|place| Path::new(place).join(words[0].to_path_lossy()));
        if let Some(found) = place.into_iter().find(|path| path.is_file()) {
            args[0] = Vec::from_path_lossy(&found).into_owned().into();
        }
    }
    context.runner.run(Invocation {
        args: &args,
        environment: Some(&variables),
        cwd: cwd.as_deref(),
        inherits_stdin: true,
    })
}

/// Writes the values of variables, or all of them.
pub(super) fn printenv(context: &mut Context<'_>) -> io::Result<u8> {
    let parsed = match (Options { short: "0", long: &[("null", '0')], stops: true }).parse(context.args) {
        Ok(parsed) => parsed,
        Err(wrong) => {
            complain(context.stderr, context.args, wrong)?;
            return Ok(2);
        }
    };
    let end: &[u8] = if parsed.has('0') { b"\0" } else { b"\n" };
    let (mut out, mut code) = (Out::new(context.stdout), 0);
    if parsed.operands.is_empty() {
        for (name, value) in context.environment.exported() {
            for part in [&name[..], b"=", &value, end] {
                out.put(part)?;
            }
        }
    }
    for name in &parsed.operands {
        match context.environment.get(name) {
            Some(value) => {
                out.put(&value)?;
                out.put(end)?;
            }
            None => code = 1,
        }
    }
    out.flush()?;
    Ok(code)
}

/// As if SIGINT had ended it.
const INTERRUPTED: u8 = 128 + 2;

/// Waits for the sum of its arguments, or until a signal comes that the script has a trap for.
pub(super) fn sleep(context: &mut Context<'_>) -> io::Result<u8> {
    let words = context.args.get(1..).unwrap_or_default();
    if words.is_empty() {
        complain(context.stderr, context.args, "missing operand")?;
        return Ok(1);
    }
    let mut total = 0.0;
    let mut fine = true;
    for word in words {
        let infinite = matches!(&word.to_ascii_lowercase()[..], b"inf" | b"infinity");
        match seconds(word).or(infinite.then_some(f64::INFINITY)) {
            Some(time) => total += time,
            None => {
                fine = false;
                complain(context.stderr, context.args, format_args!("invalid time interval '{word}'"))?;
            }
        }
    }
    if !fine {
        return Ok(1);
    }
    let ended = context.cancel.sleep(Duration::try_from_secs_f64(total).unwrap_or(Duration::MAX));
    Ok(if ended { INTERRUPTED } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::super::tests::run;

    #[test]
    fn variables() {
        for (words, code, expected) in [
            ("env", 0, "A=1\nTZ=UTC\n"),
            ("env -i", 0, ""),
            ("env -u A", 0, "TZ=UTC\n"),
            ("env A=2 B=3", 0, "A=2\nTZ=UTC\nB=3\n"),
            ("env -i A=2 printenv A", 0, "2\n"),
            ("env - printenv", 0, ""),
            ("env -C /tmp pwd", 0, "/tmp\n"),
            ("env -C /nosuch pwd", 125, ""),
            ("env nosuch", 127, ""),
            ("printenv A", 0, "1\n"),
            ("printenv A B", 1, "1\n"),
        ] {
            let (got, out, _) = run(words, "");
            assert_eq!((got, &*out), (code, expected), "{words}");
        }
    }

    #[test]
    fn sleeping() {
        assert_eq!(run("sleep 0 0.01s", "").0, 0);
        assert_eq!(run("sleep x", "").2, "sleep: invalid time interval 'x'\n");
        assert_eq!(run("sleep", "").2, "sleep: missing operand\n");
    }
}

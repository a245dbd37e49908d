//! `touch`.

use std::{fs::OpenOptions, io, time::SystemTime};

use bstr::{ByteSlice as _, ByteVec as _};
use jiff::Timestamp as Instant;

use super::{
    Context, date,
    options::{Options, Wrong},
    text::{complain, reason, resolve},
};
use crate::file::{Timestamp, set_times};

const USAGE: &[u8] = b"usage: touch [-A [-][[hh]mm]SS] [-achm] [-r file] [-t [[CC]YY]MMDDhhmm[.SS]]
       [-d YYYY-MM-DDThh:mm:SS[.frac][tz]] file ...
";

/// Sets the times of files and makes those that are not there.
///
/// Bun knows no option: the messages are its, the options those of POSIX.
pub(super) fn touch(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "achmfd:r:t:",
        long: &[("no-create", 'c'), ("no-dereference", 'h'), ("date", 'd'), ("reference", 'r'), ("time:", '\u{1}')],
        stops: false,
    };
    let parsed = match options.parse(context.args) {
        Ok(parsed) => parsed,
        Err(wrong) => {
            let what = match &wrong {
                Wrong::Letter(letter, cluster) => cluster.split_once(*letter).map_or("", |(_, rest)| rest),
                Wrong::Name(name) | Wrong::Value(name) | Wrong::Needless(name) => name,
            };
            context.stderr.write_all(format!("touch: illegal option -- {what}\n").as_bytes())?;
            return Ok(1);
        }
    };
    if parsed.operands.is_empty() {
        context.stderr.write_all(USAGE)?;
        return Ok(1);
    }
    let zone = date::zone(context.environment.get(b"TZ".as_bstr()).map(|name| name.to_string()).as_deref());
    let now = Instant::now().to_zoned_datetime(zone);
    let (mut access, mut modification) = (Timestamp::Now, Timestamp::Now);
    if let Some(text) = parsed.value('t').or(parsed.value('d')) {
        let read = if parsed.has('t') { date::parse_stamp } else { date::parse };
        let Some(time) = read(&text.to_str_lossy(), &now) else {
            complain(context.stderr, context.args, format_args!("invalid date format '{text}'"))?;
            return Ok(1);
        };
        let time = SystemTime::try_from(time.timestamp()).map_or(Timestamp::Now, Timestamp::At);
        (access, modification) = (time, time);
    } else if let Some(name) = parsed.value('r') {
        match resolve(context.cwd, name).metadata() {
            Ok(metadata) => {
                access = metadata.accessed().map_or(Timestamp::Now, Timestamp::At);
                modification = metadata.modified().map_or(Timestamp::Now, Timestamp::At);
            }
            Err(error) => {
                complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
                return Ok(1);
            }
        }
    }
    let named = parsed.value('\u{1}').map(|value| &**value);
    let only_access = parsed.has('a') || matches!(named, Some(b"access" | b"atime" | b"use"));
    let only_modification = parsed.has('m') || matches!(named, Some(b"modify" | b"mtime"));
    if only_access && !only_modification {
        modification = Timestamp::Omit;
    }
    if only_modification && !only_access {
        access = Timestamp::Omit;
    }
    let mut code = 0;
    for operand in &parsed.operands {
        let path = resolve(context.cwd, operand);
        // Bun touches the working directory for an empty name.
        let path = if operand.is_empty() { context.cwd.to_owned() } else { path };
        let follow = !parsed.has('h');
        let mut result = set_times(&path, access, modification, follow);
        if let Err(error) = &result
            && error.kind() == io::ErrorKind::NotFound
            && follow
        {
            if parsed.has('c') {
                continue;
            }
            result = OpenOptions::new().create(true).append(true).open(&path).map(drop);
            let is_now = matches!((access, modification), (Timestamp::Now, Timestamp::Now));
            if result.is_ok() && !is_now {
                result = set_times(&path, access, modification, follow);
            }
        }
        if let Err(error) = result {
            code = 1;
            let mut line = b"touch: ".to_vec();
            line.push_str(Vec::from_path_lossy(&path));
            line.push_str(format!(": {}\n", reason(&error)));
            context.stderr.write_all(&line)?;
        }
    }
    Ok(code)
}

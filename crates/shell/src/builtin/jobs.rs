//! `wait`, `jobs`, `kill`, `trap`

use bstr::{BString, ByteSlice as _};

use super::{number, quoted};
use crate::descriptor::send_signal;
use crate::pool::Stopped;
use crate::run::{Shell, Stop};

/// Names of the signals that scripts speak of, with their numbers on Linux and macOS where these agree.
const SIGNALS: [(&str, i32); 13] = [
    ("HUP", 1),
    ("INT", 2),
    ("QUIT", 3),
    ("ABRT", 6),
    ("KILL", 9),
    ("PIPE", 13),
    ("ALRM", 14),
    ("TERM", 15),
    ("USR1", if cfg!(target_os = "macos") { 30 } else { 10 }),
    ("USR2", if cfg!(target_os = "macos") { 31 } else { 12 }),
    ("CHLD", if cfg!(target_os = "macos") { 20 } else { 17 }),
    ("CONT", if cfg!(target_os = "macos") { 19 } else { 18 }),
    ("STOP", if cfg!(target_os = "macos") { 17 } else { 19 }),
];

fn signal(text: &[u8]) -> Option<i32> {
    if let Some(number) = number::<i32>(text).filter(|number| (0..=64).contains(number)) {
        return Some(number);
    }
    let name = text.to_str().ok()?.to_ascii_uppercase();
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    SIGNALS.iter().find(|(other, _)| *other == name).map(|(_, number)| *number)
}

/// The place of the job that `%1`, `%%` or a number names.
fn place(shell: &Shell, text: &[u8]) -> Option<usize> {
    match text.strip_prefix(b"%") {
        Some(b"" | b"%" | b"+") => shell.jobs.len().checked_sub(1),
        Some(digits) => number::<usize>(digits)?.checked_sub(1).filter(|&place| place < shell.jobs.len()),
        None => {
            let id = number::<u32>(text)?;
            shell.jobs.iter().position(|job| job.id == id)
        }
    }
}

pub(super) fn wait(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let names: Vec<&BString> = arguments[1..].iter().filter(|name| !name.starts_with(b"-")).collect();
    if arguments.get(1).is_some_and(|option| option == "-n") {
        loop {
            if shell.jobs.is_empty() {
                return Ok(127);
            }
            if let Some(done) = shell.jobs.iter().position(|job| job.task.is_done()) {
                return Ok(shell.jobs.remove(done).task.join().unwrap_or(1));
            }
            if shell.cancel.sleep(std::time::Duration::from_millis(5)) {
                return interrupted(shell);
            }
        }
    }
    if names.is_empty() {
        while let Some(job) = shell.jobs.first() {
            if job.task.join_until(|| shell.cancel.is_nudged()).is_err() {
                return interrupted(shell);
            }
            shell.jobs.remove(0);
        }
        return Ok(0);
    }
    let mut status = 0;
    for name in names {
        status = match place(shell, name) {
            Some(place) => {
                let job = shell.jobs[place].clone();
                match job.task.join_until(|| shell.cancel.is_nudged()) {
                    Ok(status) => status.unwrap_or(1),
                    Err(Stopped) => return interrupted(shell),
                }
            }
            None => {
                shell.refuse(&arguments[0], format_args!("pid {name} is not a child of this shell"));
                127
            }
        };
    }
    Ok(status)
}

/// A signal has come, or the script is to end.
fn interrupted(shell: &Shell) -> Result<u8, Stop> {
    if shell.cancel.is_cancelled() { Err(Stop::Exit) } else { Ok(128 + 2) }
}

pub(super) fn jobs(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let ids = arguments.iter().any(|option| option == "-p");
    let mut text = String::new();
    for (number, job) in shell.jobs.iter().enumerate() {
        let state = if job.task.is_done() { "Done" } else { "Running" };
        text += &if ids { format!("{}\n", job.id) } else { format!("[{}]  {state}\t{}\n", number + 1, job.id) };
    }
    shell.print(text.as_bytes())?;
    Ok(0)
}

pub(super) fn kill(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut rest = &arguments[1..];
    let mut sent = 15;
    if let Some((option, after)) = rest.split_first()
        && let Some(name) = option.strip_prefix(b"-")
    {
        if name == b"l" && !after.is_empty() {
            let mut text = String::new();
            for name in after {
                // An exit code names the signal that it tells of.
                let told = number::<i32>(name).map(|number| if number > 128 { number - 128 } else { number });
                match (told, signal(name)) {
                    (Some(number), _) => {
                        text += &format!("{}\n", trapped(number).strip_prefix(b"SIG").unwrap_or_default().as_bstr())
                    }
                    (None, Some(number)) => text += &format!("{number}\n"),
                    (None, None) => shell.refuse(&arguments[0], format_args!("{name}: invalid signal specification")),
                }
            }
            shell.print(text.as_bytes())?;
            return Ok(0);
        }
        if name == b"l" {
            let names: Vec<String> = SIGNALS.iter().map(|(name, number)| format!("{number}) SIG{name}\n")).collect();
            shell.print(names.concat().as_bytes())?;
            return Ok(0);
        }
        let (name, after) = match (name, after.split_first()) {
            (b"s" | b"n", Some((name, after))) => (name.as_slice(), after),
            _ => (name, after),
        };
        let Some(number) = signal(name) else {
            shell.refuse(&arguments[0], format_args!("{}: invalid signal specification", name.as_bstr()));
            return Ok(1);
        };
        sent = number;
        rest = after;
    }
    if rest.is_empty() {
        shell.refuse(&arguments[0], "usage: kill [-s sigspec | -signum] pid ...");
        return Ok(2);
    }
    let mut status = 0;
    for name in rest {
        let job = place(shell, name).map(|place| shell.jobs[place].clone());
        let id = job.as_ref().map_or_else(|| number(name), |job| Some(job.id));
        let child = id.and_then(|id| shell.session.child(id));
        let result = match (child, job, id) {
            (Some(child), ..) => {
                child.kill(sent);
                Ok(())
            }
            // A job of builtins has no process: any signal that ends one ends it.
            (None, Some(job), _) if !job.task.is_done() => {
                if sent != 0 {
                    shell.session.end_job(&job.cancel, sent);
                }
                Ok(())
            }
            (None, Some(_), _) => Err("No such process".to_owned()),
            // This process: what the script has a trap for is its own affair.
            (None, None, Some(id)) if id == shell.session.process && shell.traps.contains_key(&trapped(sent)) => {
                shell.trapped(&trapped(sent))?;
                Ok(())
            }
            (None, None, Some(id)) => send_signal(id, sent),
            (None, None, None) => Err("arguments must be process or job IDs".to_owned()),
        };
        if let Err(reason) = result {
            shell.refuse(&arguments[0], format_args!("({name}) - {reason}"));
            status = 1;
        }
    }
    Ok(status)
}

/// The name of a signal among the traps.
fn trapped(number: i32) -> BString {
    SIGNALS.iter().find(|(_, other)| *other == number).map(|(name, _)| format!("SIG{name}").into()).unwrap_or_default()
}

/// Signals are the process's: its owner is asked to bring those here that the script has a trap for.
fn announce(shell: &Shell) {
    let mut names: Vec<BString> = shell.traps.keys().filter(|name| name.starts_with(b"SIG")).cloned().collect();
    names.retain(|name| name != "SIGKILL" && name != "SIGSTOP"); // nobody can be told of these
    names.sort_unstable();
    shell.session.announce(names);
}

/// `trap`: traps of EXIT, of ERR, and of signals run.
pub(super) fn trap(shell: &mut Shell, arguments: &[BString]) -> Result<u8, Stop> {
    let mut rest = &arguments[1..];
    if rest.first().is_some_and(|option| option == "--") {
        rest = &rest[1..];
    }
    if rest.is_empty() || rest[0] == "-p" {
        let mut lines: Vec<String> =
            shell.traps.iter().map(|(name, command)| format!("trap -- {} {name}\n", quoted(command))).collect();
        lines.sort_unstable();
        shell.print(lines.concat().as_bytes())?;
        return Ok(0);
    }
    let resets = rest.len() == 1 || rest[0] == "-" || number::<u32>(&rest[0]).is_some();
    let (command, names) =
        if resets && (rest.len() == 1 || rest[0] != "-") { (None, rest) } else { (rest.first(), &rest[1..]) };
    let command = command.filter(|command| *command != "-");
    let mut status = 0;
    for name in names {
        let upper = name.to_ascii_uppercase();
        let plain = upper.strip_prefix(b"SIG").unwrap_or(&upper);
        let key: BString = match plain {
            b"0" | b"EXIT" => "EXIT".into(),
            b"ERR" | b"DEBUG" | b"RETURN" => plain.into(),
            _ => match signal(plain).and_then(|number| SIGNALS.iter().find(|(_, other)| *other == number)) {
                Some((_, number)) => trapped(*number),
                None => {
                    shell.refuse(&arguments[0], format_args!("{name}: invalid signal specification"));
                    status = 1;
                    continue;
                }
            },
        };
        match command {
            Some(command) => shell.traps.insert(key, command.clone()),
            None => shell.traps.remove(&key),
        };
    }
    if !shell.is_subshell {
        announce(shell);
    }
    Ok(status)
}

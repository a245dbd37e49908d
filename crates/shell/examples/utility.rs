//! Runs a utility, or several of them in a row, from the command line: for measuring and for comparing with others.
//!
//! `utility seq 10 --pipe wc -l`

use std::{
    borrow::Cow,
    env,
    fs::File,
    io::{self, Read, Write},
    process::{Command, ExitCode, Stdio},
    thread,
};

use bstr::{BStr, BString, ByteSlice as _, ByteVec as _};
use dx_shell::{
    cancel::Cancel,
    stream::{Input, Output},
    utility::{Context, Environment, Invocation, Runner, find, run},
};

struct Variables;

impl Environment for Variables {
    fn get(&self, name: &BStr) -> Option<Cow<'_, BStr>> {
        env::var_os(name.to_os_str_lossy())
            .map(|value| Cow::Owned(Vec::from_os_string(value).unwrap_or_default().into()))
    }

    fn exported(&self) -> Vec<(BString, BString)> {
        let text = |value: std::ffi::OsString| BString::from(Vec::from_os_string(value).unwrap_or_default());
        env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
    }
}

struct Programs;

impl Runner for Programs {
    fn run(&self, command: Invocation<'_>) -> io::Result<u8> {
        let words: Vec<_> = command.args.iter().map(|word| word.to_os_str_lossy().into_owned()).collect();
        let mut program = Command::new(&words[0]);
        program.args(&words[1..]);
        if !command.inherits_stdin {
            program.stdin(Stdio::null());
        }
        if let Some(cwd) = command.cwd {
            program.current_dir(cwd);
        }
        match program.status() {
            Ok(status) => Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(128)),
            Err(_) => Ok(127),
        }
    }
}

struct In<R>(R);

impl<R: Read> Read for In<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read + Send> Input for In<R> {}

struct Out<W>(W);

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl<W: Write + Send> Output for Out<W> {}

fn stage(args: &[BString], mut stdin: Box<dyn Input>, mut stdout: Box<dyn Output>) -> u8 {
    let Some(utility) = args.first().and_then(|name| find(name)) else { return 127 };
    let cwd = env::current_dir().unwrap_or_default();
    run(
        utility,
        &mut Context {
            args,
            stdin: &mut *stdin,
            stdout: &mut *stdout,
            stderr: &mut Out(io::stderr()),
            cwd: &cwd,
            environment: &Variables,
            cancel: &Cancel::new(),
            runner: &Programs,
        },
    )
}

fn main() -> ExitCode {
    let words: Vec<BString> =
        env::args_os().skip(1).map(|word| Vec::from_os_string(word).unwrap_or_default().into()).collect();
    let stages: Vec<Vec<BString>> = words.split(|word| word == "--pipe").map(<[BString]>::to_vec).collect();
    let last = stages.len() - 1;
    let mut stdin: Box<dyn Input> = match File::open("/dev/stdin") {
        Ok(file) => Box::new(file),
        Err(_) => Box::new(In(io::stdin())),
    };
    let mut threads = Vec::new();
    for (index, args) in stages.into_iter().enumerate() {
        let (stdout, next): (Box<dyn Output>, Box<dyn Input>) = if index == last {
            match File::options().append(true).open("/dev/stdout") {
                Ok(file) => (Box::new(file), Box::new(io::empty())),
                Err(_) => (Box::new(Out(io::stdout())), Box::new(io::empty())),
            }
        } else {
            match io::pipe() {
                Ok((reader, writer)) => (Box::new(Out(writer)), Box::new(In(reader))),
                Err(_) => return ExitCode::from(2),
            }
        };
        let input = std::mem::replace(&mut stdin, next);
        threads.push(thread::spawn(move || stage(&args, input, stdout)));
    }
    let codes: Vec<u8> = threads.into_iter().map(|thread| thread.join().unwrap_or(134)).collect();
    ExitCode::from(codes.last().copied().unwrap_or(0))
}

//! `posix_spawn`, with a thread that waits for the child.

use std::ffi::{CString, OsStr};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStrExt as _;
use std::sync::Arc;

use dx_node::spawn::{Attended, Command, Error, Stdio};
use dx_shell::spawn::{Child, Exit, Start};

fn text(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::ErrorKind::InvalidInput.into())
}

fn os(text_: &OsStr) -> io::Result<CString> {
    text(text_.as_bytes())
}

pub(super) fn start(start: &Start<'_>) -> io::Result<Arc<dyn Child>> {
    let highest = start.descriptors.iter().map(|(number, _)| *number as usize + 1).max().unwrap_or(0);
    let mut stdio: Vec<Stdio> = std::iter::repeat_with(|| Stdio::Closed).take(highest).collect();
    for (number, file) in start.descriptors {
        stdio[*number as usize] = Stdio::Descriptor(file.as_raw_fd());
    }
    let command = Command {
        program: os(start.program.as_os_str())?,
        arguments: start.arguments.iter().map(|argument| text(argument)).collect::<Result<_, _>>()?,
        environment: Some(start.environment.iter().map(|pair| text(pair)).collect::<Result<_, _>>()?),
        directory: Some(os(start.directory.as_os_str())?),
        stdio,
        ..Command::default()
    };
    let child = Attended::start(&command).map_err(|error| match error {
        Error::System { error, .. } => error,
        _ => io::ErrorKind::Other.into(),
    })?;
    Ok(Arc::new(AttendedChild(child)))
}

struct AttendedChild(Attended);

impl Child for AttendedChild {
    fn id(&self) -> u32 {
        self.0.pid().unsigned_abs()
    }

    fn wait(&self) -> io::Result<Exit> {
        let exit = self.0.wait()?;
        Ok(if exit.signal > 0 {
            Exit::Signal(u8::try_from(exit.signal).unwrap_or(u8::MAX))
        } else {
            // An exit code is a byte.
            Exit::Code(u8::try_from(exit.code & 0xff).unwrap_or(u8::MAX))
        })
    }

    fn kill(&self, signal: i32) {
        self.0.kill(signal);
    }
}

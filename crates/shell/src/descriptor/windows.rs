//! Descriptors of Windows.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::windows::io::{AsHandle, OwnedHandle};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::{Held, Source};
use crate::cancel::Cancel;

/// `ERROR_INVALID_HANDLE`
pub(crate) const BAD_DESCRIPTOR: i32 = 6;
/// `ERROR_BAD_EXE_FORMAT`
pub(crate) const NO_FORMAT: i32 = 193;
const SIZE: usize = 64 * 1024;

pub(crate) fn pipe() -> io::Result<(File, File)> {
    let (reader, writer) = io::pipe()?;
    Ok((OwnedHandle::from(reader).into(), OwnedHandle::from(writer).into()))
}

/// Standard input, output or error of the host.
///
/// # Errors
/// When the host has closed it.
pub fn host(number: usize) -> io::Result<Arc<File>> {
    static HOST: [OnceLock<Arc<File>>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];
    if let Some(file) = HOST[number].get() {
        return Ok(Arc::clone(file));
    }
    let own = match number {
        0 => io::stdin().as_handle().try_clone_to_owned(),
        1 => io::stdout().as_handle().try_clone_to_owned(),
        _ => io::stderr().as_handle().try_clone_to_owned(),
    };
    let file = Arc::new(File::from(own?));
    Ok(Arc::clone(HOST[number].get_or_init(|| file)))
}

/// Reads of anonymous pipes block; a cancelled script closes their other ends.
#[expect(clippy::unnecessary_wraps, reason = "the interface of all platforms")]
pub(crate) fn readable(_file: &File) -> io::Result<bool> {
    Ok(true)
}

#[expect(clippy::unnecessary_wraps, reason = "the interface of all platforms")]
pub(crate) fn writable(_file: &File) -> io::Result<bool> {
    Ok(true)
}

/// Pipes have no names here.
pub(crate) fn path(_file: &File) -> Option<(u32, String)> {
    None
}

pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// Windows does not tell where other users are at home.
pub(crate) fn user_home(_name: &[u8]) -> Option<PathBuf> {
    None
}

/// Only children of the script can be ended here.
pub(crate) fn send_signal(_id: u32, _signal: i32) -> Result<(), String> {
    Err("No such process".to_owned())
}

/// Carries bytes between memory and the pipes of a child until the child's outputs are closed.
pub(crate) fn pump(outputs: Vec<(File, Arc<Held>)>, input: Option<(File, Arc<Source>)>, cancel: &Cancel) {
    std::thread::scope(|scope| {
        if let Some((mut file, source)) = input {
            scope.spawn(move || {
                let mut buffer = vec![0; SIZE];
                while let Ok(count @ 1..) = source.read(&mut buffer, cancel) {
                    if file.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                }
            });
        }
        for (mut file, sink) in outputs {
            scope.spawn(move || {
                let mut buffer = vec![0; SIZE];
                while let Ok(count @ 1..) = file.read(&mut buffer) {
                    if sink.write(&buffer[..count]).is_err() {
                        break;
                    }
                }
            });
        }
    });
}

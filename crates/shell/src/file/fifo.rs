//! Named pipes: opening one waits for who opens the other end, which nobody may ever do.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::FileTypeExt as _,
    path::Path,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use rustix::fs::{Mode, OFlags};

use crate::cancel::Cancel;

/// How long a wait goes on before it looks whether the script was cancelled.
const GLANCE: Duration = Duration::from_millis(100);

/// Whether a path is a named pipe.
pub(crate) fn is_fifo(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.file_type().is_fifo())
}

/// Opens a named pipe; cancelling ends the wait.
///
/// # Errors
///
/// Those of opening, and `Interrupted` when cancelled.
pub(crate) fn open_fifo(path: &Path, options: &OpenOptions, cancel: &Cancel) -> io::Result<File> {
    let (sender, receiver) = mpsc::channel();
    let (own, options) = (path.to_owned(), options.clone());
    // The system offers no wait for this that could be ended, so that a thread of its own waits.
    thread::Builder::new().name("dx-shell fifo".to_owned()).spawn(move || {
        let _ = sender.send(options.open(own)); // nobody listens once the script was cancelled
    })?;
    loop {
        match receiver.recv_timeout(GLANCE) {
            Ok(opened) => return opened,
            Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::Other.into()),
            Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    // Who opens both ends lets the thread go.
    let both = rustix::fs::open(path, OFlags::RDWR | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty());
    let _ = receiver.recv_timeout(GLANCE);
    drop(both);
    Err(io::ErrorKind::Interrupted.into())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn waiting_for_the_other_end_can_be_ended() -> io::Result<()> {
        let folder = std::env::temp_dir().join(format!("dx-shell-fifo-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join("pipe");
        crate::file::make_fifo(&path, 0o600)?;
        assert!(is_fifo(&path) && !is_fifo(&folder));
        for write in [false, true] {
            let mut options = OpenOptions::new();
            options.read(!write).write(write);
            let cancel = Arc::new(Cancel::new());
            let (own, place) = (Arc::clone(&cancel), path.clone());
            let waiter = thread::spawn(move || open_fifo(&place, &options, &own));
            thread::sleep(Duration::from_millis(20));
            assert!(!waiter.is_finished());
            cancel.cancel();
            let opened = waiter.join().map_err(|_| io::ErrorKind::Other)?;
            assert_eq!(opened.map(drop).map_err(|error| error.kind()), Err(io::ErrorKind::Interrupted));
        }
        std::fs::remove_dir_all(&folder)
    }
}

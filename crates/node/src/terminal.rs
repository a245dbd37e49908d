//! Pseudo-terminals (`Bun.Terminal`): the host holds one side, children have the other as their terminal.
//!
//! Source: <https://bun.com/docs/runtime/child-process#terminal-pty-support>, `pty(7)`, `termios(3)`.

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl, open};
use rustix::io::{Errno, fcntl_dupfd_cloexec};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    ControlModes, InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, Termios, Winsize, tcgetattr,
    tcsetattr, tcsetwinsize,
};

use crate::spawn::{Error, Reactor};

/// One of the four words of modes of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modes {
    /// `c_iflag`
    Input,
    /// `c_oflag`
    Output,
    /// `c_lflag`
    Local,
    /// `c_cflag`
    Control,
}

/// A pseudo-terminal, seen from the host.
#[derive(Debug)]
pub struct Terminal {
    /// The id of the pipe that gives what is written on the terminal.
    pub output: usize,
    /// The id of the pipe that takes what is typed.
    pub input: usize,
    /// Where children open it.
    pub path: CString,
    host: OwnedFd,
    /// Held open so that the terminal outlives the children that have it.
    child: Option<OwnedFd>,
    /// The modes before raw mode.
    cooked: Option<Termios>,
}

impl Terminal {
    /// Opens a terminal of a size, in the usual modes of a login terminal. The reactor reads what it says.
    ///
    /// # Errors
    /// `System` with `openpty`
    pub fn open(columns: u16, rows: u16, reactor: &mut Reactor) -> Result<Self, Error> {
        let fail = |error: Errno| Error::System { error: error.into(), syscall: "openpty", path: None };
        let host = open_host().map_err(fail)?;
        grantpt(&host).map_err(fail)?;
        unlockpt(&host).map_err(fail)?;
        let path = ptsname(&host, Vec::new()).map_err(fail)?;
        let child = open(&path, OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty()).map_err(fail)?;
        prepare(&child).map_err(fail)?;
        tcsetwinsize(&child, size(columns, rows)).map_err(fail)?;
        fcntl_setfl(&host, fcntl_getfl(&host).map_err(fail)? | OFlags::NONBLOCK).map_err(fail)?;
        let (typed, shown) =
            (fcntl_dupfd_cloexec(&host, 3).map_err(fail)?, fcntl_dupfd_cloexec(&host, 3).map_err(fail)?);
        let (input, output) = (reactor.attach(typed, false), reactor.attach(shown, true));
        Ok(Self { output, input, path, host, child: Some(child), cooked: None })
    }

    /// Lets go of the children's side: the terminal ends with the last child that has it.
    pub fn release(&mut self) {
        self.child = None;
    }

    /// Writes what the terminal takes at once; gives the number of bytes.
    ///
    /// # Errors
    /// The system's.
    pub fn type_in(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < bytes.len() {
            match rustix::io::write(&self.host, &bytes[done..]) {
                Ok(count) => done += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(done)
    }

    /// Sets the size; the children's foreground group gets SIGWINCH.
    ///
    /// # Errors
    /// The system's.
    pub fn resize(&self, columns: u16, rows: u16) -> io::Result<()> {
        tcsetwinsize(&self.host, size(columns, rows)).map_err(Into::into)
    }

    /// One word of modes.
    ///
    /// # Errors
    /// The system's.
    pub fn modes(&self, which: Modes) -> io::Result<u64> {
        let state = tcgetattr(&self.host)?;
        Ok(match which {
            Modes::Input => state.input_modes.bits().into(),
            Modes::Output => state.output_modes.bits().into(),
            Modes::Local => state.local_modes.bits().into(),
            Modes::Control => state.control_modes.bits().into(),
        })
    }

    /// Sets one word of modes.
    ///
    /// # Errors
    /// The system's.
    pub fn set_modes(&self, which: Modes, bits: u32) -> io::Result<()> {
        let mut state = tcgetattr(&self.host)?;
        #[allow(clippy::useless_conversion, reason = "the word is 64 bits wide on macOS")]
        match which {
            Modes::Input => state.input_modes = InputModes::from_bits_retain(bits.into()),
            Modes::Output => state.output_modes = OutputModes::from_bits_retain(bits.into()),
            Modes::Local => state.local_modes = LocalModes::from_bits_retain(bits.into()),
            Modes::Control => state.control_modes = ControlModes::from_bits_retain(bits.into()),
        }
        tcsetattr(&self.host, OptionalActions::Now, &state).map_err(Into::into)
    }

    /// Turns raw mode on, or back to the modes before it.
    ///
    /// # Errors
    /// The system's.
    pub fn set_raw(&mut self, on: bool) -> io::Result<()> {
        if !on {
            let Some(cooked) = self.cooked.take() else { return Ok(()) };
            return tcsetattr(&self.host, OptionalActions::Now, &cooked).map_err(Into::into);
        }
        let cooked = tcgetattr(&self.host)?;
        let mut raw = cooked.clone();
        raw.input_modes &=
            !(InputModes::BRKINT | InputModes::ICRNL | InputModes::INPCK | InputModes::ISTRIP | InputModes::IXON);
        raw.output_modes |= OutputModes::ONLCR;
        raw.control_modes |= ControlModes::CS8;
        raw.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::IEXTEN | LocalModes::ISIG);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&self.host, OptionalActions::Now, &raw)?;
        self.cooked.get_or_insert(cooked);
        Ok(())
    }
}

fn open_host() -> rustix::io::Result<OwnedFd> {
    let host = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    rustix::io::fcntl_setfd(&host, rustix::io::FdFlags::CLOEXEC)?; // not all systems take it as a flag of `openpt`
    Ok(host)
}

fn size(columns: u16, rows: u16) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

/// The modes of a login terminal, with UTF-8.
fn prepare(child: &OwnedFd) -> rustix::io::Result<()> {
    let mut state = tcgetattr(child)?;
    state.input_modes = InputModes::BRKINT
        | InputModes::ICRNL
        | InputModes::IXON
        | InputModes::IXANY
        | InputModes::IMAXBEL
        | InputModes::IUTF8;
    state.control_modes |= ControlModes::CREAD | ControlModes::CS8 | ControlModes::HUPCL;
    state.output_modes = OutputModes::OPOST | OutputModes::ONLCR;
    state.local_modes = LocalModes::ICANON
        | LocalModes::ISIG
        | LocalModes::IEXTEN
        | LocalModes::ECHO
        | LocalModes::ECHOE
        | LocalModes::ECHOK
        | LocalModes::ECHOKE
        | LocalModes::ECHOCTL;
    tcsetattr(child, OptionalActions::Now, &state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spawn::Event;
    use std::time::{Duration, Instant};

    fn wait_for(reactor: &mut Reactor, wanted: &str) {
        let until = Instant::now() + Duration::from_secs(5);
        let mut said = Vec::new();
        while Instant::now() < until {
            reactor.turn(Some(Duration::from_millis(5)));
            for event in reactor.take() {
                if let Event::Data(_, bytes) = event {
                    said.extend(bytes);
                }
            }
            if String::from_utf8_lossy(&said) == wanted {
                return;
            }
        }
        assert_eq!(String::from_utf8_lossy(&said), wanted);
    }

    #[test]
    fn echoes_until_it_is_raw() {
        let mut reactor = Reactor::new().unwrap();
        let mut terminal = Terminal::open(80, 24, &mut reactor).unwrap();
        assert_eq!(terminal.type_in(b"hi\n").unwrap(), 3);
        wait_for(&mut reactor, "hi\r\n");
        let before = terminal.modes(Modes::Local).unwrap();
        terminal.set_raw(true).unwrap();
        assert_ne!(terminal.modes(Modes::Local).unwrap(), before);
        terminal.set_raw(false).unwrap();
        assert_eq!(terminal.modes(Modes::Local).unwrap(), before);
        terminal.set_modes(Modes::Output, 0).unwrap();
        assert_eq!(terminal.modes(Modes::Output).unwrap(), 0);
        terminal.resize(100, 50).unwrap();
    }
}

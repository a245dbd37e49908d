//! What a utility reads from and writes to.

use std::fs::File;
use std::io::{self, Read, Write};

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use linux as pipes;
#[cfg(not(target_os = "linux"))]
use other as pipes;
#[cfg(unix)]
use unix as platform;
#[cfg(windows)]
use windows as platform;

/// An open descriptor or handle.
#[derive(Debug, Clone, Copy)]
pub struct Handle<'a>(platform::Borrowed<'a>);

/// How much a pipe holds through which much goes: enough that its ends seldom wait for each other.
const WIDE: usize = 256 * 1024;

impl Handle<'_> {
    /// Moves up to `most` bytes of a file into the pipe that this is, without a copy of them; 0 at the end of the file.
    ///
    /// # Errors
    /// The system's, also when this is no pipe or the system cannot do it: bytes that were not moved can still be read.
    pub(crate) fn move_into(self, file: &File, most: usize) -> io::Result<usize> {
        pipes::move_into(self.0, file, most)
    }

    /// How many bytes of this input are not read yet, when the output is the same regular file: it would never end.
    pub(crate) fn left_of_output(self, output: Handle<'_>) -> Option<u64> {
        platform::left_of_output(self.0, output.0)
    }

    /// Gives a pipe more room, when this is one and the system allows it.
    pub(crate) fn widen(self) {
        pipes::widen(self.0, WIDE);
    }
}

/// One, where there is one.
pub type MaybeHandle<'a> = Option<Handle<'a>>;

impl<'a> From<platform::Borrowed<'a>> for Handle<'a> {
    fn from(borrowed: platform::Borrowed<'a>) -> Self {
        Self(borrowed)
    }
}

impl<'a> From<&'a File> for Handle<'a> {
    fn from(file: &'a File) -> Self {
        Self(platform::borrow(file))
    }
}

/// Where a utility's input comes from.
///
/// Reads are not buffered: a read takes what is there, up to the size of the buffer, and never more than was asked for,
/// so that what one utility leaves is there for the next.
pub trait Input: Read + Send {
    /// The descriptor under it, when reading from that gives the same bytes: for `copy_file_range` and `splice`.
    fn handle(&self) -> MaybeHandle<'_> {
        None
    }

    /// Puts the end of what was read back, for whoever reads next; what cannot do so does nothing.
    fn give_back(&mut self, _bytes: usize) {}
}

/// Where a utility's output goes.
///
/// Writes are not buffered, and a write that nobody will read fails with [`io::ErrorKind::BrokenPipe`].
pub trait Output: Write + Send {
    /// The descriptor under it, when writing to that is the same.
    fn handle(&self) -> MaybeHandle<'_> {
        None
    }
}

impl Input for io::Empty {}
impl Input for &[u8] {}
impl Input for io::Cursor<Vec<u8>> {}
impl Input for File {
    fn handle(&self) -> MaybeHandle<'_> {
        Some(Handle::from(self))
    }

    fn give_back(&mut self, bytes: usize) {
        if let Ok(bytes) = i64::try_from(bytes) {
            // A pipe keeps nothing.
            let _ = io::Seek::seek_relative(self, -bytes);
        }
    }
}
impl Output for io::Sink {}
impl Output for Vec<u8> {}
impl Output for File {
    fn handle(&self) -> MaybeHandle<'_> {
        Some(Handle::from(self))
    }
}

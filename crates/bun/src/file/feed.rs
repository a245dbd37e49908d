//! Writing a file to a socket piece by piece, as far as the socket takes it.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use super::{Error, Target, platform};
use crate::memory::Block;

/// It stays in the processor's cache from the file to the socket.
const STEP: usize = 256 * 1024;

/// An open regular file and a socket that does not block.
///
/// The content is copied, so that who changes the file afterwards changes nothing of what was sent, as `sendfile` would.
/// Both are held by descriptors of its own, so that their owner may close them meanwhile.
#[derive(Debug)]
pub struct Feed {
    source: File,
    sink: File,
}

impl Feed {
    /// Takes hold of both. `None` when the one is no regular file, or writing to the other would block.
    ///
    /// # Errors
    /// `System` with `fstat` or `dup`.
    pub fn new(source: i32, sink: i32) -> Result<Option<Self>, Error> {
        let fail = |error, syscall, descriptor| Error::system(error, syscall, &Target::Descriptor(descriptor));
        let borrow = |descriptor| platform::borrow(descriptor).map_err(|error| fail(error, "fstat", descriptor));
        let (from, to) = (borrow(source)?, borrow(sink)?);
        let regular = from.metadata().map_err(|error| fail(error, "fstat", source))?.is_file();
        if !regular || !platform::is_nonblocking(&to).map_err(|error| fail(error, "fcntl", sink))? {
            return Ok(None);
        }
        let own = |file: &File, descriptor| file.try_clone().map_err(|error| fail(error, "dup", descriptor));
        Ok(Some(Self { source: own(&from, source)?, sink: own(&to, sink)? }))
    }

    /// Writes up to `length` bytes from a place of the file; `None` stands for where the descriptor is, which then moves
    /// on by what was written. Gives how many the socket took before it was full, 0 at the end of the file.
    ///
    /// # Errors
    /// `System` with `read` or `write` when nothing was written.
    pub fn send(&self, from: Option<u64>, length: u64) -> Result<u64, Error> {
        let fail = |error, syscall| Error::System { error, syscall, path: None };
        let mut source = &self.source;
        let start = from.map_or_else(|| source.stream_position(), Ok).map_err(|error| fail(error, "read"))?;
        let sent = self.send_from(start, length).map_err(|error| fail(error, "write"))?;
        if from.is_none() {
            source.seek(SeekFrom::Start(start + sent)).map_err(|error| fail(error, "read"))?;
        }
        Ok(sent)
    }

    fn send_from(&self, start: u64, length: u64) -> io::Result<u64> {
        let mut block = Block::take(STEP)?;
        let mut sink = &self.sink;
        let mut sent = 0;
        while sent < length {
            let step = usize::try_from(length - sent).unwrap_or(STEP).min(STEP);
            let count = match platform::read_at(&self.source, &mut block[..step], start + sent) {
                Err(error) if sent == 0 => return Err(error),
                Ok(0) | Err(_) => break,
                Ok(count) => count,
            };
            let mut written = 0;
            while written < count {
                match sink.write(&block[written..count]) {
                    Ok(0) => return Ok(sent + written as u64),
                    Ok(more) => written += more,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if sent + written as u64 == 0 && error.kind() != io::ErrorKind::WouldBlock => {
                        return Err(error);
                    }
                    // What failed fails again, or the socket is full.
                    Err(_) => return Ok(sent + written as u64),
                }
            }
            sent += count as u64;
        }
        Ok(sent)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::fd::AsRawFd;
    use std::os::unix::net::UnixStream;

    #[test]
    fn a_socket_takes_what_it_can_hold() {
        let path = std::env::temp_dir().join(format!("dx-feed-{}", std::process::id()));
        let content: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(&path, &content).unwrap();
        let source = File::open(&path).unwrap();
        let (mut here, there) = UnixStream::pair().unwrap();
        assert!(Feed::new(source.as_raw_fd(), there.as_raw_fd()).unwrap().is_none(), "it would block");
        there.set_nonblocking(true).unwrap();
        let feed = Feed::new(source.as_raw_fd(), there.as_raw_fd()).unwrap().unwrap();
        assert_eq!(feed.send(Some(4), 8).unwrap(), 8);
        let mut some = [0; 8];
        here.read_exact(&mut some).unwrap();
        assert_eq!(some, content[4..12]);
        let mut all = Vec::new();
        while all.len() < content.len() {
            let count = feed.send(None, u64::MAX / 2).unwrap();
            let mut taken = vec![0; usize::try_from(count).unwrap()];
            here.read_exact(&mut taken).unwrap();
            all.extend_from_slice(&taken);
        }
        assert!(all == content);
        assert_eq!(feed.send(None, 1).unwrap(), 0);
        drop(here);
        assert!(feed.send(Some(0), 1).is_err());
        std::fs::remove_file(path).unwrap();
    }
}

//! Standard output, buffered.

use std::io::{self, Write};

use crate::stream::Output;

const SIZE: usize = 64 * 1024;
/// After so many full buffers it is worth while to widen a pipe.
pub(crate) const LONG: u32 = 16;

/// Collects small writes; whoever makes one ends with `flush`.
pub(crate) struct Out<'a> {
    sink: &'a mut dyn Output,
    buffer: Vec<u8>,
    filled: u32,
}

impl<'a> Out<'a> {
    /// Buffers what goes to `sink`.
    pub(crate) fn new(sink: &'a mut dyn Output) -> Self {
        Self { sink, buffer: Vec::new(), filled: 0 }
    }

    /// Writes the bytes and a line end.
    ///
    /// # Errors
    ///
    /// That of the sink.
    pub(crate) fn line(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put(bytes)?;
        self.put(b"\n")
    }

    /// Writes the bytes.
    ///
    /// # Errors
    ///
    /// That of the sink.
    #[inline]
    pub(crate) fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.buffer.len() + bytes.len() > SIZE {
            self.full(bytes)
        } else {
            self.buffer.extend_from_slice(bytes);
            Ok(())
        }
    }

    /// Writes what was collected.
    ///
    /// # Errors
    ///
    /// That of the sink.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let result = self.sink.write_all(&self.buffer);
        self.buffer.clear();
        result
    }

    #[cold]
    fn full(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.filled = self.filled.saturating_add(1);
        if self.filled == LONG
            && let Some(handle) = self.sink.handle()
        {
            handle.widen();
        }
        if bytes.len() >= SIZE / 2 {
            self.flush()?;
            return self.sink.write_all(bytes);
        }
        let room = (SIZE - self.buffer.len()).min(bytes.len());
        self.buffer.extend_from_slice(&bytes[..room]);
        self.flush()?;
        self.buffer.extend_from_slice(&bytes[room..]);
        Ok(())
    }
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.put(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flush()
    }
}

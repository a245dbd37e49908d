//! Files as memory, on Windows, where a mapped file cannot be cut off.
#![expect(unsafe_code, reason = "a mapping of a file that others may change")]

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use memmap2::{MmapMut, MmapOptions};

use super::{Error, Options};

/// A mapped range, unmapped when dropped.
#[derive(Debug)]
pub struct Mapping(MmapMut);

impl Mapping {
    /// Maps a part of a file for reading and writing.
    ///
    /// # Errors
    /// `Open`; `Map` with `InvalidInput` for an empty range, `Unsupported` for `sync`.
    pub fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let opened = OpenOptions::new().read(true).write(true).open(path);
        let file = opened.map_err(|error| Error::Open(error, path.to_path_buf()))?;
        if options.sync {
            return Err(Error::Map(io::ErrorKind::Unsupported.into()));
        }
        let whole = file.metadata().map_err(Error::Map)?.len();
        let rest = usize::try_from(whole).unwrap_or(usize::MAX).saturating_sub(options.offset);
        let size = options.size.map_or(rest, |size| size.min(rest));
        if size == 0 {
            return Err(Error::Map(io::ErrorKind::InvalidInput.into()));
        }
        let mut range = MmapOptions::new();
        range.offset(options.offset as u64).len(size);
        let map = if options.shared {
            // SAFETY: what others write into the file shows in the mapping, which is what `Bun.mmap` promises: JavaScript
            // reads and writes it as plain bytes, of which every value is valid.
            unsafe { range.map_mut(&file) }
        } else {
            // SAFETY: as above.
            unsafe { range.map_copy(&file) }
        };
        map.map(Self).map_err(Error::Map)
    }

    /// Where the range starts.
    #[must_use]
    pub fn address(&self) -> *mut u8 {
        self.0.as_ptr().cast_mut()
    }

    /// Bytes of the range.
    #[must_use]
    pub fn length(&self) -> usize {
        self.0.len()
    }
}

//! Reading an archive: the files in it.

use std::io::Read;
use std::ops::Deref;

use super::{Error, Filter};
use crate::compression::{self, Made, Wrapping};

const BLOCK: usize = 512;
const GZIP: &[u8] = &[0x1f, 0x8b];

/// A file of an archive.
#[derive(Debug)]
pub struct File {
    /// Its path, with `/`.
    pub path: String,
    /// When it was changed, in milliseconds since 1970.
    pub modified: f64,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The regular files of an archive, which may be compressed with gzip. One that comes twice is given twice.
///
/// # Errors
/// `Format`, `Gzip`, `Truncated`
#[expect(clippy::cast_precision_loss, reason = "seconds stay far below 2^53")]
pub fn files(archive: &[u8], filter: &Filter) -> Result<Vec<File>, Error> {
    let archive = open(archive)?;
    let mut found = Vec::new();
    each(&archive, |entry, path| {
        if !matches!(entry.header().entry_type(), kind if kind.is_file() || kind.is_gnu_sparse()) || !filter.wants(path)
        {
            return Ok(());
        }
        let modified = entry.header().mtime().unwrap_or(0) as f64 * 1e3;
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|_| Error::Truncated)?;
        if bytes.len() as u64 != entry.size() && !entry.header().entry_type().is_gnu_sparse() {
            return Err(Error::Truncated);
        }
        found.push(File { path: path.to_owned(), modified, bytes });
        Ok(())
    })?;
    Ok(found)
}

/// An archive that can be read.
pub(super) enum Opened<'a> {
    /// It was not compressed.
    Plain(&'a [u8]),
    /// What was in it.
    Unpacked(Made),
}

impl Deref for Opened<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Plain(bytes) => bytes,
            Self::Unpacked(bytes) => bytes,
        }
    }
}

/// The archive, decompressed, if it looks like one.
pub(super) fn open(archive: &[u8]) -> Result<Opened<'_>, Error> {
    let archive = if archive.starts_with(GZIP) {
        Opened::Unpacked(
            compression::made(|lent| compression::inflate(archive, Wrapping::Gzip, usize::MAX, lent))
                .map_err(|_| Error::Gzip)?,
        )
    } else {
        Opened::Plain(archive)
    };
    let Some(first) = archive.get(..BLOCK) else { return Err(Error::Format) };
    if first.iter().all(|&byte| byte == 0) {
        return Ok(archive); // the end comes first: an empty archive
    }
    let sum: u32 = (0..BLOCK).map(|at| if (148..156).contains(&at) { 32 } else { u32::from(first[at]) }).sum();
    let named = tar::Header::from_byte_slice(first).cksum().map_err(|_| Error::Format)?;
    if sum == named { Ok(archive) } else { Err(Error::Format) }
}

/// Shows every entry with its path, `/` between its parts.
pub(super) fn each<'archive>(
    archive: &'archive [u8],
    mut see: impl FnMut(&mut tar::Entry<'_, &'archive [u8]>, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = tar::Archive::new(archive);
    for entry in reader.entries().map_err(|_| Error::Truncated)? {
        let mut entry = entry.map_err(|_| Error::Truncated)?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).replace('\\', "/");
        see(&mut entry, &path)?;
    }
    Ok(())
}

//! `Bun.gzipSync`, `Bun.zstdCompress` and so on: one-shot compression.
//!
//! Source: RFC 1951 (deflate), RFC 1952 (gzip), RFC 8878 (zstd). gzip and deflate run on libdeflate,
//! which knows no streams but is faster than zlib on a whole buffer; zstd is the reference library.

use std::io::Read;

use dx_fault::{Class, Fault};
use libdeflater::{CompressionLvl, Compressor, DecompressionError, Decompressor};
use zstd::zstd_safe;

/// deflate never expands more than this.
const MOST_EXPANSION: usize = 1032;
/// A frame of zstd that names a larger content is decoded piece by piece.
const MOST_TRUSTED: u64 = 1 << 30;

/// Why data could not be compressed or decompressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The compression level does not exist.
    #[error("Compression level must be between 0 and 12 for libdeflate")]
    Level,
    /// libdeflate refused the data.
    #[error("libdeflate returned an error: bad data")]
    Deflate,
    /// zstd refused the data.
    #[error("Decompression failed: InvalidZstdData")]
    Zstd,
    /// There is not enough memory for the result.
    #[error("Out of memory")]
    Memory,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Level => Self::new(Class::TypeError, "ERR_INVALID_ARG_TYPE", message),
            Error::Deflate => Self::new(Class::Error, "", message),
            Error::Zstd => Self::new(Class::Error, "ERR_ZSTD", message),
            Error::Memory => Self::new(Class::RangeError, "ERR_MEMORY_ALLOCATION_FAILED", message),
        }
    }
}

/// What stands around deflate's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// gzip's header and checksum.
    Gzip,
    /// Nothing.
    Raw,
}

/// Compresses with deflate, level 0 to 12.
///
/// # Errors
/// [`Error::Level`], [`Error::Memory`].
pub fn deflate(bytes: &[u8], level: i32, wrapping: Wrapping) -> Result<Vec<u8>, Error> {
    let mut compressor = Compressor::new(CompressionLvl::new(level).map_err(|_| Error::Level)?);
    let bound = match wrapping {
        Wrapping::Gzip => compressor.gzip_compress_bound(bytes.len()),
        Wrapping::Raw => compressor.deflate_compress_bound(bytes.len()),
    };
    let mut out = room(bound)?;
    let written = match wrapping {
        Wrapping::Gzip => compressor.gzip_compress(bytes, &mut out),
        Wrapping::Raw => compressor.deflate_compress(bytes, &mut out),
    };
    out.truncate(written.map_err(|_| Error::Memory)?);
    out.shrink_to_fit();
    Ok(out)
}

/// Decompresses deflate's data; what follows it is ignored.
///
/// # Errors
/// [`Error::Deflate`], [`Error::Memory`].
pub fn inflate(bytes: &[u8], wrapping: Wrapping) -> Result<Vec<u8>, Error> {
    let most = bytes.len().saturating_mul(MOST_EXPANSION).saturating_add(64);
    let hint = match (wrapping, bytes.last_chunk::<4>()) {
        // The last four bytes of gzip are the length, unless something follows it.
        (Wrapping::Gzip, Some(length)) => u32::from_le_bytes(*length) as usize + 1,
        _ => bytes.len().saturating_mul(4),
    };
    let mut capacity = hint.clamp(64, most);
    let mut decompressor = Decompressor::new();
    loop {
        let mut out = room(capacity)?;
        let written = match wrapping {
            Wrapping::Gzip => decompressor.gzip_decompress(bytes, &mut out),
            Wrapping::Raw => decompressor.deflate_decompress(bytes, &mut out),
        };
        match written {
            Ok(length) => {
                out.truncate(length);
                out.shrink_to_fit();
                return Ok(out);
            }
            Err(DecompressionError::InsufficientSpace) if capacity < most => {
                capacity = capacity.saturating_mul(4).min(most);
            }
            Err(_) => return Err(Error::Deflate),
        }
    }
}

/// Compresses with zstd, level 1 to 22, into one frame that names its length.
///
/// # Errors
/// [`Error::Memory`].
pub fn zstd_compress(bytes: &[u8], level: i32) -> Result<Vec<u8>, Error> {
    zstd::bulk::compress(bytes, level).map_err(|_| Error::Memory)
}

/// Decompresses all frames of zstd.
///
/// # Errors
/// [`Error::Zstd`], [`Error::Memory`].
pub fn zstd_decompress(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    if let Ok(Some(length)) = zstd_safe::get_frame_content_size(bytes)
        && length <= MOST_TRUSTED.min((bytes.len() as u64).saturating_mul(1 << 17))
        && let Ok(capacity) = usize::try_from(length)
        && let Ok(out) = zstd::bulk::decompress(bytes, capacity)
    {
        return Ok(out);
    }
    let mut decoder = zstd::stream::Decoder::with_buffer(bytes).map_err(|_| Error::Memory)?;
    let mut out = Vec::new();
    decoder.read_to_end(&mut out).map_err(|_| Error::Zstd)?;
    Ok(out)
}

/// A zeroed buffer, if there is the memory for it.
fn room(length: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    out.try_reserve_exact(length).map_err(|_| Error::Memory)?;
    out.resize(length, 0);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(length: usize) -> Vec<u8> {
        (0..length).map(|at| u8::try_from((at * at / 7 + at / 300) % 251).unwrap_or(0)).collect()
    }

    #[test]
    fn what_was_compressed_decompresses() {
        for length in [0, 1, 5, 64, 1000, 100_000] {
            let bytes = sample(length);
            for wrapping in [Wrapping::Gzip, Wrapping::Raw] {
                let packed = deflate(&bytes, 6, wrapping).expect("compresses");
                assert_eq!(inflate(&packed, wrapping).as_deref(), Ok(&bytes[..]));
            }
            let packed = zstd_compress(&bytes, 3).expect("compresses");
            assert_eq!(zstd_decompress(&packed).as_deref(), Ok(&bytes[..]));
        }
    }

    #[test]
    fn high_ratios_grow_the_buffer() {
        let packed = deflate(&vec![0; 1 << 20], 9, Wrapping::Raw).expect("compresses");
        assert_eq!(inflate(&packed, Wrapping::Raw).map(|out| out.len()), Ok(1 << 20));
    }

    #[test]
    fn several_frames_are_one_stream() {
        let mut packed = zstd_compress(b"hello", 3).expect("compresses");
        packed.extend(packed.clone());
        assert_eq!(zstd_decompress(&packed).as_deref(), Ok(&b"hellohello"[..]));
    }

    #[test]
    fn corrupt_data_is_refused() {
        let packed = zstd_compress(&sample(1000), 3).expect("compresses");
        for length in 1..packed.len() {
            assert_eq!(zstd_decompress(&packed[..length]), Err(Error::Zstd), "{length}");
        }
        assert_eq!(inflate(b"hello", Wrapping::Gzip), Err(Error::Deflate));
        assert_eq!(deflate(b"", 13, Wrapping::Raw), Err(Error::Level));
    }
}

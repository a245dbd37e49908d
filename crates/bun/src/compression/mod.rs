//! `Bun.gzipSync`, `Bun.zstdCompress` and so on: one-shot compression.
//!
//! Source: RFC 1951 (deflate), RFC 1952 (gzip), RFC 8878 (zstd). gzip and deflate run on libdeflate, which knows no
//! streams but is faster than zlib on a whole buffer, large input in pieces on all processors; short input and level 1
//! have encoders of their own. zstd is the reference library.

mod deflate;
mod last_block;
mod pieces;
mod quick;
mod room;
mod short;
mod symbols;
mod zstd;
mod zstd_stream;

use dx_fault::{Class, Fault};

pub use deflate::{Encoder, Wrapping, deflate, inflate};
pub use room::{Large, Made, Output, made};
pub use zstd::{zstd_compress, zstd_decompress};
pub use zstd_stream::ZstdStream;

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
    /// The result would be larger than the caller allows.
    #[error("Cannot create a Buffer larger than {0} bytes")]
    TooLarge(usize),
    /// A stream of zstd is none, or was changed.
    #[error("zstd decode failed")]
    StreamCorrupt,
    /// A stream of zstd ends too early.
    #[error("unexpected end of file")]
    StreamTruncated,
    /// Something follows a stream of zstd.
    #[error("Trailing junk found after the end of the compressed stream")]
    StreamTrailing,
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
            Error::StreamCorrupt | Error::StreamTruncated => Self::new(Class::TypeError, "", message),
            Error::StreamTrailing => Self::new(Class::TypeError, "ERR_TRAILING_JUNK_AFTER_STREAM_END", message),
            Error::TooLarge(_) => Self::new(Class::RangeError, "ERR_BUFFER_TOO_LARGE", message),
            Error::Memory => Self::new(Class::RangeError, "ERR_MEMORY_ALLOCATION_FAILED", message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::deflate::with_compressor;
    use super::*;

    const UNLIMITED: usize = usize::MAX;

    /// Bytes that compress somewhat: words of a small dictionary in an order that does not repeat.
    fn sample(length: usize) -> Vec<u8> {
        let mut state = 7_u32;
        let mut bytes = Vec::with_capacity(length + 16);
        while bytes.len() < length {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes.extend_from_slice(format!("{} ", state >> 20).as_bytes());
            if state & 0xF000 == 0 {
                bytes.extend_from_slice(&state.to_le_bytes());
            }
        }
        bytes.truncate(length);
        bytes
    }

    fn deflate(bytes: &[u8], level: i32, wrapping: Wrapping) -> Result<Vec<u8>, Error> {
        made(|lent| super::deflate(bytes, level, Encoder::Any, wrapping, lent)).map(|out| out.to_vec())
    }

    fn inflate(packed: &[u8], wrapping: Wrapping, limit: usize) -> Result<Vec<u8>, Error> {
        made(|lent| super::inflate(packed, wrapping, limit, lent)).map(|out| out.to_vec())
    }

    fn zstd_compress(bytes: &[u8], level: i32) -> Result<Vec<u8>, Error> {
        made(|lent| super::zstd_compress(bytes, level, lent)).map(|out| out.to_vec())
    }

    fn zstd_decompress(packed: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
        made(|lent| super::zstd_decompress(packed, limit, lent)).map(|out| out.to_vec())
    }

    fn inflated(packed: &[u8], wrapping: Wrapping) -> Result<Vec<u8>, Error> {
        inflate(packed, wrapping, UNLIMITED)
    }

    fn unpacked(packed: &[u8]) -> Result<Vec<u8>, Error> {
        zstd_decompress(packed, UNLIMITED)
    }

    #[test]
    fn what_was_compressed_decompresses() {
        for length in [0, 1, 5, 64, 1000, 100_000, 1_048_575, 1_048_576, 1_700_001, 5_000_000] {
            let bytes = sample(length);
            for wrapping in [Wrapping::Gzip, Wrapping::Raw] {
                for level in [0, 1, 6, 9] {
                    let packed = deflate(&bytes, level, wrapping).expect("compresses");
                    assert!(inflated(&packed, wrapping) == Ok(bytes.clone()), "{length} {wrapping:?} {level}");
                }
            }
            let packed = zstd_compress(&bytes, 3).expect("compresses");
            assert!(unpacked(&packed) == Ok(bytes), "{length}");
        }
    }

    #[test]
    fn pieces_of_every_kind_make_one_stream() {
        let mut noise = 1_u64;
        let mut bytes = vec![0; 600_000];
        bytes.extend(sample(900_000));
        bytes.extend((0..1_000_000).map(|_| {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (noise >> 56) as u8
        }));
        bytes.extend_from_slice(b"the end");
        for level in [0, 1, 6, 12] {
            let packed = deflate(&bytes, level, Wrapping::Gzip).expect("compresses");
            assert!(inflated(&packed, Wrapping::Gzip).as_ref() == Ok(&bytes), "{level}");
        }
    }

    #[test]
    fn libdeflate_is_itself_at_its_fastest_level() {
        for length in [100_000, 3_000_000] {
            let bytes = sample(length);
            let packed = made(|lent| super::deflate(&bytes, 1, Encoder::Libdeflate, Wrapping::Raw, lent));
            let packed = packed.expect("compresses").to_vec();
            assert!(inflated(&packed, Wrapping::Raw).as_ref() == Ok(&bytes));
            let mut own = vec![0; length + 1000];
            let written = with_compressor(1, |compressor| compressor.deflate_compress(&bytes, &mut own).expect("fits"));
            own.truncate(written.expect("is a level"));
            if length == 100_000 {
                assert!(packed == own);
            }
            assert!(packed.len() < own.len() + own.len() / 50, "{length}");
        }
    }

    #[test]
    fn high_ratios_grow_the_buffer() {
        let packed = deflate(&vec![0; 1 << 20], 9, Wrapping::Raw).expect("compresses");
        assert_eq!(inflated(&packed, Wrapping::Raw).map(|out| out.len()), Ok(1 << 20));
    }

    #[test]
    fn a_limit_is_kept() {
        let bytes = vec![0; 1 << 20];
        for wrapping in [Wrapping::Gzip, Wrapping::Raw] {
            let packed = deflate(&bytes, 9, wrapping).expect("compresses");
            assert_eq!(inflate(&packed, wrapping, 1 << 20).map(|out| out.len()), Ok(1 << 20));
            assert_eq!(inflate(&packed, wrapping, (1 << 20) - 1).err(), Some(Error::TooLarge((1 << 20) - 1)));
        }
        let packed = zstd_compress(&bytes, 3).expect("compresses");
        assert_eq!(zstd_decompress(&packed, 1 << 20).map(|out| out.len()), Ok(1 << 20));
        assert_eq!(zstd_decompress(&packed, 1000).err(), Some(Error::TooLarge(1000)));
        let twice = [&packed[..], &packed].concat();
        assert_eq!(zstd_decompress(&twice, 2 << 20).map(|out| out.len()), Ok(2 << 20));
        assert_eq!(zstd_decompress(&twice, (2 << 20) - 1).err(), Some(Error::TooLarge((2 << 20) - 1)));
        assert_eq!(zstd_decompress(&zstd_compress(b"", 3).expect("compresses"), 0).map(|out| out.len()), Ok(0));
    }

    #[test]
    fn several_frames_are_one_stream() {
        let packed = zstd_compress(b"hello", 3).expect("compresses");
        let twice = [&packed[..], &packed].concat();
        assert_eq!(unpacked(&twice).as_deref(), Ok(&b"hellohello"[..]));
    }

    #[test]
    fn contexts_forget_what_they_did() {
        let bytes = sample(300_000);
        let first = zstd_compress(&bytes, 19).expect("compresses");
        for level in [1, 3, 19, 22, 1] {
            let packed = zstd_compress(&bytes, level).expect("compresses");
            assert!(level != 19 || packed == first);
            assert!(unpacked(&packed) == Ok(bytes.clone()), "{level}");
            let short = deflate(&bytes[..2000], level.min(12), Wrapping::Raw).expect("compresses");
            assert!(inflated(&short, Wrapping::Raw).as_deref() == Ok(&bytes[..2000]), "{level}");
        }
    }

    #[test]
    fn corrupt_data_is_refused() {
        let packed = zstd_compress(&sample(1000), 3).expect("compresses");
        for length in 1..packed.len() {
            assert_eq!(unpacked(&packed[..length]), Err(Error::Zstd), "{length}");
        }
        assert_eq!(unpacked(b""), Ok(Vec::new()));
        assert_eq!(inflated(b"hello", Wrapping::Gzip), Err(Error::Deflate));
        assert_eq!(deflate(b"", 13, Wrapping::Raw).err(), Some(Error::Level));
    }
}

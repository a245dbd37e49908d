//! gzip and deflate: libdeflate, and encoders of ours for short input and for level 1.

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor, DecompressionError, Decompressor};

use super::room::{self, Output};
use super::{Error, pieces, quick, short};

/// deflate never expands more than this.
const MOST_EXPANSION: usize = 1032;
/// The extra flags of gzip's header (RFC 1952): slowest, fastest.
const SLOWEST: u8 = 2;
const FASTEST: u8 = 4;
const UNKNOWN_SYSTEM: u8 = 255;
pub(super) const TRAILER: usize = 8;
/// The level at which another encoder of ours takes libdeflate's place.
pub(super) const FASTEST_LEVEL: i32 = 1;
/// From the fastest level to this one what is short is compressed all the same.
const SLOWEST_OF_ZLIB: i32 = 9;
pub(super) const MOST_LEVEL: i32 = 12;

/// What stands around deflate's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    /// gzip's header and checksum.
    Gzip,
    /// Nothing.
    Raw,
}

/// What compresses with deflate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoder {
    /// Whatever is fastest at a level.
    Any,
    /// libdeflate, but for short input.
    Libdeflate,
}

impl Encoder {
    /// Whether it is the one of ours for speed.
    pub(super) fn is_quick(self, level: i32) -> bool {
        self == Self::Any && level == FASTEST_LEVEL
    }
}

/// A compressor has up to a megabyte of tables: each thread keeps that of the level it used last.
struct Kept {
    level: i32,
    compressor: Compressor,
}

thread_local! {
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor>> = const { RefCell::new(None) };
}

/// Runs with this thread's compressor of a level.
pub(super) fn with_compressor<R>(level: i32, run: impl FnOnce(&mut Compressor) -> R) -> Result<R, Error> {
    let chosen = CompressionLvl::new(level).map_err(|_| Error::Level)?;
    KEPT.with_borrow_mut(|kept| {
        if kept.as_ref().is_none_or(|kept| kept.level != level) {
            *kept = Some(Kept { level, compressor: Compressor::new(chosen) });
        }
        // Set just now.
        kept.as_mut().map(|kept| run(&mut kept.compressor)).ok_or(Error::Level)
    })
}

/// Compresses with deflate, level 0 to 12; large input on all processors. What fits is written to `lent`.
///
/// # Errors
/// [`Error::Level`], [`Error::Memory`].
pub fn deflate(
    bytes: &[u8],
    level: i32,
    encoder: Encoder,
    wrapping: Wrapping,
    lent: &mut [u8],
) -> Result<Output, Error> {
    if !(0..=MOST_LEVEL).contains(&level) {
        return Err(Error::Level);
    }
    let is_short = bytes.len() <= short::MOST && (FASTEST_LEVEL..=SLOWEST_OF_ZLIB).contains(&level);
    if is_short && !encoder.is_quick(level) {
        return deflate_with(short::deflate, short::bound(bytes.len()), bytes, level, wrapping, lent);
    }
    let header = header(level);
    let before = if wrapping == Wrapping::Gzip { &header[..] } else { &[] };
    if let Some(mut packed) = pieces::deflate(bytes, level, encoder, before)? {
        if wrapping == Wrapping::Gzip {
            packed.end_with(&trailer(packed.checksum(), bytes.len()));
        }
        return room::pieced(packed.into_large(), lent);
    }
    if encoder.is_quick(level) {
        let whole = |bytes: &[u8], out: &mut [u8]| quick::deflate(bytes, out, true);
        return deflate_with(whole, quick::bound(bytes.len()), bytes, level, wrapping, lent);
    }
    with_compressor(level, |compressor| {
        let bound = match wrapping {
            Wrapping::Gzip => compressor.gzip_compress_bound(bytes.len()),
            Wrapping::Raw => compressor.deflate_compress_bound(bytes.len()),
        };
        room::filled(bound, lent, |out| {
            let written = match wrapping {
                Wrapping::Gzip => compressor.gzip_compress(bytes, out),
                Wrapping::Raw => compressor.deflate_compress(bytes, out),
            };
            written.map_err(|_| Error::Memory)
        })
    })?
}

/// Compresses with an encoder of ours, which makes at most so many bytes.
fn deflate_with(
    encode: impl FnOnce(&[u8], &mut [u8]) -> usize,
    bound: usize,
    bytes: &[u8],
    level: i32,
    wrapping: Wrapping,
    lent: &mut [u8],
) -> Result<Output, Error> {
    let header = header(level);
    let around = if wrapping == Wrapping::Gzip { header.len() + TRAILER } else { 0 };
    room::filled(bound + around, lent, |out| {
        if wrapping == Wrapping::Raw {
            return Ok(encode(bytes, out));
        }
        let (start, rest) = out.split_at_mut(header.len());
        start.copy_from_slice(&header);
        let length = encode(bytes, rest);
        rest[length..length + TRAILER].copy_from_slice(&trailer(crc32fast::hash(bytes), bytes.len()));
        Ok(header.len() + length + TRAILER)
    })
}

/// The header as libdeflate writes it.
fn header(level: i32) -> [u8; 10] {
    let flags = match level {
        ..2 => FASTEST,
        8.. => SLOWEST,
        _ => 0,
    };
    [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, flags, UNKNOWN_SYSTEM]
}

/// The checksum and the length, of which gzip keeps 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "RFC 1952: modulo 2^32")]
fn trailer(checksum: u32, length: usize) -> [u8; TRAILER] {
    let mut bytes = [0; TRAILER];
    bytes[..4].copy_from_slice(&checksum.to_le_bytes());
    bytes[4..].copy_from_slice(&(length as u32).to_le_bytes());
    bytes
}

/// Decompresses deflate's data; what follows it is ignored. What fits is written to `lent`.
///
/// # Errors
/// [`Error::Deflate`], [`Error::TooLarge`] when more than `limit` bytes would come out, [`Error::Memory`].
pub fn inflate(bytes: &[u8], wrapping: Wrapping, limit: usize, lent: &mut [u8]) -> Result<Output, Error> {
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = kept.get_or_insert_with(Decompressor::new);
        inflate_with(decompressor, bytes, wrapping, limit, lent)
    })
}

fn inflate_with(
    decompressor: &mut Decompressor,
    bytes: &[u8],
    wrapping: Wrapping,
    limit: usize,
    lent: &mut [u8],
) -> Result<Output, Error> {
    let most = bytes.len().saturating_mul(MOST_EXPANSION).saturating_add(64).min(limit);
    let hint = match (wrapping, bytes.last_chunk::<4>()) {
        // The last four bytes of gzip are the length, unless something follows it.
        (Wrapping::Gzip, Some(length)) => u32::from_le_bytes(*length) as usize,
        _ => bytes.len().saturating_mul(4),
    };
    // Lent memory costs nothing, whatever the length says.
    let mut capacity = hint.max(lent.len()).max(64).min(most);
    loop {
        let mut full = false;
        let out = room::filled(capacity, lent, |out| {
            let written = match wrapping {
                Wrapping::Gzip => decompressor.gzip_decompress(bytes, out),
                Wrapping::Raw => decompressor.deflate_decompress(bytes, out),
            };
            full = written == Err(DecompressionError::InsufficientSpace);
            written.map_err(|_| Error::Deflate)
        });
        match out {
            Err(Error::Deflate) if full && capacity < most => capacity = capacity.saturating_mul(4).min(most),
            Err(Error::Deflate) if full && most == limit => return Err(Error::TooLarge(limit)),
            other => return other,
        }
    }
}

//! zstd: the reference library, large input on several of its threads.

use std::cell::RefCell;
use std::io::Read;

use zstd::stream::Decoder;
use zstd::zstd_safe::{self, CCtx, CParameter, DCtx};

use super::room::{self, Output};
use super::{Error, pieces};

/// A frame that names a larger content is decoded piece by piece.
const MOST_TRUSTED: u64 = 1 << 30;
/// So much larger than the input a frame's content can be: a block of 128 KB takes four bytes.
const MOST_EXPANSION: u64 = 1 << 17;
/// A context larger than this does not stay with the thread.
const MOST_KEPT: usize = 8 * 1024 * 1024;
/// From here on a second thread pays.
const LARGE: usize = 2 * 1024 * 1024;
/// Above this level the window is as large as a piece would have to be.
const MOST_SHARED_LEVEL: i32 = 9;
const LEAST_JOB: usize = 1024 * 1024;
const MOST_JOB: usize = 8 * 1024 * 1024;

thread_local! {
    static COMPRESSOR: RefCell<Option<CCtx<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<DCtx<'static>>> = const { RefCell::new(None) };
}

/// Compresses with zstd, level 1 to 22, into one frame that names its length. What fits is written to `lent`.
///
/// # Errors
/// [`Error::Memory`].
pub fn zstd_compress(bytes: &[u8], level: i32, lent: &mut [u8]) -> Result<Output, Error> {
    let bound = zstd_safe::compress_bound(bytes.len());
    let threads = pieces::threads();
    if bytes.len() >= LARGE && threads > 1 && level <= MOST_SHARED_LEVEL {
        // With workers it waits for them: not kept.
        let mut context = CCtx::try_create().ok_or(Error::Memory)?;
        let job = (bytes.len() / threads / 2).clamp(LEAST_JOB, MOST_JOB);
        set(&mut context, CParameter::CompressionLevel(level))?;
        set(&mut context, CParameter::NbWorkers(u32::try_from(threads).unwrap_or(1)))?;
        set(&mut context, CParameter::JobSize(u32::try_from(job).unwrap_or(0)))?;
        return room::filled(bound, lent, |out| context.compress2(out, bytes).map_err(|_| Error::Memory));
    }
    COMPRESSOR.with_borrow_mut(|kept| {
        let mut context = kept.take().or_else(CCtx::try_create).ok_or(Error::Memory)?;
        // The simple call looks at no parameters and makes no stream: half a microsecond less.
        let out = room::filled(bound, lent, |out| context.compress(out, bytes, level).map_err(|_| Error::Memory))?;
        if context.sizeof() <= MOST_KEPT {
            *kept = Some(context);
        }
        Ok(out)
    })
}

fn set(context: &mut CCtx, parameter: CParameter) -> Result<(), Error> {
    context.set_parameter(parameter).map(|_| ()).map_err(|_| Error::Memory)
}

/// Decompresses all frames of zstd. What fits is written to `lent`.
///
/// # Errors
/// [`Error::Zstd`], [`Error::TooLarge`] when more than `limit` bytes would come out, [`Error::Memory`].
pub fn zstd_decompress(bytes: &[u8], limit: usize, lent: &mut [u8]) -> Result<Output, Error> {
    if bytes.is_empty() {
        return Ok(Output::Lent(0));
    }
    if let Ok(Some(length)) = zstd_safe::get_frame_content_size(bytes) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > limit {
            return Err(Error::TooLarge(limit));
        }
        if length as u64 <= MOST_TRUSTED.min((bytes.len() as u64).saturating_mul(MOST_EXPANSION))
            && let Ok(out) = at_once(bytes, length, lent)
        {
            return Ok(out);
        }
    }
    let mut decoder = Decoder::with_buffer(bytes).map_err(|_| Error::Memory)?;
    let mut out = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.by_ref().take(most).read_to_end(&mut out).map_err(|_| Error::Zstd)?;
    if out.len() > limit { Err(Error::TooLarge(limit)) } else { room::exact(&out, lent) }
}

/// All frames, when they hold no more than `length` bytes together.
fn at_once(bytes: &[u8], length: usize, lent: &mut [u8]) -> Result<Output, Error> {
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let mut context = kept.take().or_else(DCtx::try_create).ok_or(Error::Memory)?;
        let out = room::filled(length, lent, |out| context.decompress(out, bytes).map_err(|_| Error::Zstd))?;
        *kept = Some(context);
        Ok(out)
    })
}

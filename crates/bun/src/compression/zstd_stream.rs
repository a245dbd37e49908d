//! zstd in pieces: what `CompressionStream` and `DecompressionStream` run on.

use zstd::zstd_safe::zstd_sys::ZSTD_EndDirective;
use zstd::zstd_safe::{CCtx, CParameter, DCtx, InBuffer, OutBuffer};

use super::Error;

/// The most bytes that one call gives.
const PART: usize = 128 * 1024;
/// The level of zstd's own tools.
const LEVEL: i32 = 3;

/// A stream under way.
pub struct ZstdStream {
    coder: Coder,
    /// What came in and is not read yet.
    input: Vec<u8>,
    at: usize,
    ended: bool,
}

enum Coder {
    Encoder { context: CCtx<'static>, done: bool },
    Decoder { context: DCtx<'static>, place: Place },
}

/// Where in its frames a decoder is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing came yet.
    Start,
    Within,
    /// Behind a whole frame: the input may end, or another frame follow.
    Between,
}

impl ZstdStream {
    /// Starts one that compresses.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub fn compress() -> Result<Self, Error> {
        let mut context = CCtx::try_create().ok_or(Error::Memory)?;
        context.set_parameter(CParameter::CompressionLevel(LEVEL)).map_err(|_| Error::Memory)?;
        Ok(Self::new(Coder::Encoder { context, done: false }))
    }

    /// Starts one that decompresses.
    ///
    /// # Errors
    /// [`Error::Memory`].
    pub fn decompress() -> Result<Self, Error> {
        let context = DCtx::try_create().ok_or(Error::Memory)?;
        Ok(Self::new(Coder::Decoder { context, place: Place::Start }))
    }

    fn new(coder: Coder) -> Self {
        Self { coder, input: Vec::new(), at: 0, ended: false }
    }

    /// Takes more input; [`pull`](Self::pull) reads it.
    pub fn push(&mut self, bytes: &[u8]) {
        self.input.drain(..self.at);
        self.at = 0;
        self.input.extend_from_slice(bytes);
    }

    /// Says that no more input comes.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Gives the next part of the output; `None` when there is none before more input.
    ///
    /// # Errors
    /// [`Error::StreamCorrupt`], [`Error::StreamTruncated`], [`Error::StreamTrailing`].
    pub fn pull(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let mut part = Vec::with_capacity(PART);
        let mut input = InBuffer { src: &self.input, pos: self.at };
        let mut out = OutBuffer::around(&mut part);
        match &mut self.coder {
            Coder::Encoder { done: true, .. } => {}
            Coder::Encoder { context, done } => {
                let end = if self.ended { ZSTD_EndDirective::ZSTD_e_end } else { ZSTD_EndDirective::ZSTD_e_continue };
                while out.pos() < PART && !*done && (self.ended || input.pos < input.src.len()) {
                    let left = context.compress_stream2(&mut out, &mut input, end).map_err(|_| Error::Memory)?;
                    *done = self.ended && left == 0;
                }
            }
            Coder::Decoder { context, place } => decode(context, place, &mut input, &mut out, self.ended)?,
        }
        self.at = input.pos;
        Ok((!part.is_empty()).then_some(part))
    }
}

fn decode(
    context: &mut DCtx,
    place: &mut Place,
    input: &mut InBuffer,
    out: &mut OutBuffer<Vec<u8>>,
    ended: bool,
) -> Result<(), Error> {
    loop {
        // Output may wait in the decoder though all input is read.
        let before = (input.pos, out.pos());
        if input.pos == input.src.len() && *place != Place::Within {
            break;
        }
        let hint = context.decompress_stream(out, input).map_err(|_| match place {
            Place::Between => Error::StreamTrailing,
            _ => Error::StreamCorrupt,
        })?;
        if hint == 0 {
            *place = Place::Between;
        } else if (input.pos, out.pos()) == before {
            break;
        } else {
            *place = Place::Within;
        }
        if out.pos() == PART {
            return Ok(());
        }
    }
    if ended && *place != Place::Between { Err(Error::StreamTruncated) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(mut stream: ZstdStream, input: &[u8], step: usize) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        for piece in input.chunks(step) {
            stream.push(piece);
            while let Some(part) = stream.pull()? {
                all.extend(part);
            }
        }
        stream.end();
        while let Some(part) = stream.pull()? {
            all.extend(part);
        }
        Ok(all)
    }

    #[test]
    fn pieces_of_any_size_round_trip() {
        let bytes: Vec<u8> = (0..700_000_u32).flat_map(|at| ((at / 3).wrapping_mul(at) % 1009).to_le_bytes()).collect();
        for length in [0, 1, 1000, 2_800_000] {
            for step in [7, 1000, 4_000_000] {
                let packed = run(ZstdStream::compress().unwrap(), &bytes[..length], step.max(length / 999)).unwrap();
                let back = run(ZstdStream::decompress().unwrap(), &packed, step).unwrap();
                assert!(back == bytes[..length], "{length} {step}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        let packed = run(ZstdStream::compress().unwrap(), &[b'a'; 5000], 100).unwrap();
        let decoded = |bytes: &[u8], step| run(ZstdStream::decompress().unwrap(), bytes, step).map(|out| out.len());
        for step in [1, 3, 1000] {
            for length in 0..packed.len() {
                assert_eq!(decoded(&packed[..length], step), Err(Error::StreamTruncated), "{length}");
            }
            assert_eq!(decoded(&[&packed[..], &packed].concat(), step), Ok(10_000));
            assert_eq!(decoded(&[&packed[..], b"junk"].concat(), step), Err(Error::StreamTrailing), "{step}");
            assert_eq!(decoded(b"this is not compressed", step), Err(Error::StreamCorrupt), "{step}");
        }
    }
}

//! PNG, by the crate `png`.

use std::borrow::Cow;
use std::io::Cursor;

use png::{BitDepth, ColorType, DecodeOptions, Decoder, DeflateCompression, Encoder, Info, Transformations};

use super::palette::Indexed;
use super::{Error, Limits, Picture};

/// What is compressed with where nothing is said.
pub(super) const USUAL_LEVEL: u8 = 6;

/// Reads the size from the first chunk.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    let header = bytes.get(8..29).ok_or(Error::Decode)?;
    let number = |at: usize| header[at..].first_chunk().map_or(0, |&four| u32::from_be_bytes(four));
    if &header[4..8] == b"IHDR" { Ok((number(8), number(12))) } else { Err(Error::Decode) }
}

/// Decodes; sixteen bits a channel become eight, palettes and grey become colours.
pub(super) fn decode(bytes: &[u8], limits: Limits) -> Result<Picture, Error> {
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_adler32(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    // What a compressed profile may grow to, besides a row of pixels.
    let room = usize::try_from(limits.max_pixels.saturating_mul(4)).unwrap_or(usize::MAX);
    decoder.set_limits(png::Limits { bytes: room.max(64 << 10) });
    decoder.set_transformations(Transformations::EXPAND | Transformations::ALPHA | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|_| Error::Decode)?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or(Error::TooLarge)?];
    let frame = reader.next_frame(&mut pixels).map_err(|_| Error::Decode)?;
    pixels.truncate(frame.buffer_size());
    let rgba = match frame.color_type {
        ColorType::Rgba => pixels,
        ColorType::GrayscaleAlpha => {
            pixels.as_chunks::<2>().0.iter().flat_map(|&[grey, alpha]| [grey, grey, grey, alpha]).collect()
        }
        _ => return Err(Error::Decode),
    };
    let icc = reader.info().icc_profile.as_ref().map(|profile| profile.to_vec());
    Ok(Picture { width: frame.width, height: frame.height, rgba, icc })
}

/// Encodes with eight bits a channel and alpha.
pub(super) fn encode(picture: &Picture, level: u8) -> Result<Vec<u8>, Error> {
    write(info(picture, ColorType::Rgba), &picture.rgba, level)
}

/// Encodes with a palette, eight bits a pixel.
pub(super) fn encode_indexed(picture: &Picture, indexed: &Indexed, level: u8) -> Result<Vec<u8>, Error> {
    let mut info = info(picture, ColorType::Indexed);
    info.palette = Some(indexed.colors.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect::<Vec<_>>().into());
    let opaque_end = indexed.colors.iter().rposition(|color| color[3] < 255).map_or(0, |at| at + 1);
    if opaque_end > 0 {
        info.trns = Some(indexed.colors[..opaque_end].iter().map(|color| color[3]).collect::<Vec<_>>().into());
    }
    write(info, &indexed.places, level)
}

fn info(picture: &Picture, color: ColorType) -> Info<'_> {
    let mut info = Info::with_size(picture.width, picture.height);
    info.color_type = color;
    info.bit_depth = BitDepth::Eight;
    info.icc_profile = picture.icc.as_deref().map(Cow::Borrowed);
    info
}

fn write(info: Info<'_>, data: &[u8], level: u8) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let indexed = info.color_type == ColorType::Indexed;
    let mut encoder = Encoder::with_info(&mut bytes, info).map_err(|_| Error::Encode)?;
    encoder.set_deflate_compression(match level {
        0 => DeflateCompression::NoCompression,
        level => DeflateCompression::Level(level.min(9)),
    });
    // Neighbours in a palette have nothing to do with each other.
    encoder.set_filter(if indexed || level == 0 { png::Filter::NoFilter } else { png::Filter::Adaptive });
    let mut writer = encoder.write_header().map_err(|_| Error::Encode)?;
    writer.write_image_data(data).map_err(|_| Error::Encode)?;
    writer.finish().map_err(|_| Error::Encode)?;
    Ok(bytes)
}

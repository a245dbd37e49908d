//! JPEG: read by `zune-jpeg`, written by `jpeg-encoder`.

use jpeg_encoder::{ColorType, Encoder, PixelDensity, SamplingFactor};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::{Error, Picture};

/// What the format's sixteen bits hold.
const LONGEST: usize = u16::MAX as usize;

fn decoder(bytes: &[u8]) -> JpegDecoder<ZCursor<&[u8]>> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(LONGEST)
        .set_max_height(LONGEST)
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
}

/// Reads the size from the frame's header.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    let mut decoder = decoder(bytes);
    decoder.decode_headers().map_err(|_| Error::Decode)?;
    let info = decoder.info().ok_or(Error::Decode)?;
    Ok((info.width.into(), info.height.into()))
}

/// Decodes; damage that leaves a picture is passed over.
pub(super) fn decode(bytes: &[u8]) -> Result<Picture, Error> {
    let mut decoder = decoder(bytes);
    let rgba = decoder.decode().map_err(|_| Error::Decode)?;
    let info = decoder.info().ok_or(Error::Decode)?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    if rgba.len() != width as usize * height as usize * 4 {
        return Err(Error::Decode);
    }
    Ok(Picture { width, height, rgba, icc: decoder.icc_profile().filter(|profile| !profile.is_empty()) })
}

/// Encodes with chroma at half the resolution; alpha is left out.
pub(super) fn encode(picture: &Picture, quality: u8, progressive: bool) -> Result<Vec<u8>, Error> {
    let side = |length: u32| u16::try_from(length).map_err(|_| Error::Encode);
    let (width, height) = (side(picture.width)?, side(picture.height)?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_density(PixelDensity { density: (1, 1), unit: jpeg_encoder::PixelDensityUnit::PixelAspectRatio });
    encoder.set_progressive(progressive);
    if let Some(profile) = &picture.icc {
        encoder.add_icc_profile(profile).map_err(|_| Error::Encode)?;
    }
    encoder.encode(&picture.rgba, width, height, ColorType::Rgba).map_err(|_| Error::Encode)?;
    Ok(bytes)
}

//! WebP: read by `image-webp`, which has no unsafe code; written by libwebp, the only encoder for what loses something.
#![expect(unsafe_code, reason = "libwebp is C")]

use std::io::Cursor;
use std::{ptr, slice};

use image_webp::WebPDecoder;

use super::{Error, Picture};

/// What the format allows a side to have.
const LONGEST: u32 = 16_383;

/// Reads the size from the first chunks.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    Ok(WebPDecoder::new(Cursor::new(bytes)).map_err(|_| Error::Decode)?.dimensions())
}

/// Decodes; of an animation the first frame.
pub(super) fn decode(bytes: &[u8]) -> Result<Picture, Error> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|_| Error::Decode)?;
    let (width, height) = decoder.dimensions();
    let mut pixels = vec![0; decoder.output_buffer_size().ok_or(Error::Decode)?];
    decoder.read_image(&mut pixels).map_err(|_| Error::Decode)?;
    let rgba = if decoder.has_alpha() {
        pixels
    } else {
        pixels.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect()
    };
    let icc = decoder.icc_profile().map_err(|_| Error::Decode)?;
    Ok(Picture { width, height, rgba, icc })
}

/// Encodes; without a quality nothing is lost but the colour of what cannot be seen.
pub(super) fn encode(picture: &Picture, quality: Option<u8>) -> Result<Vec<u8>, Error> {
    if picture.width > LONGEST || picture.height > LONGEST {
        return Err(Error::Encode);
    }
    let bare = compress(picture, quality)?;
    match &picture.icc {
        Some(profile) => with_profile(&bare, profile, picture),
        None => Ok(bare),
    }
}

#[allow(clippy::cast_possible_wrap, clippy::cast_possible_truncation, reason = "both sides are below 16384")]
fn compress(picture: &Picture, quality: Option<u8>) -> Result<Vec<u8>, Error> {
    debug_assert_eq!(picture.rgba.len(), picture.row_bytes() * picture.height as usize);
    let (width, height, stride) = (picture.width as i32, picture.height as i32, picture.row_bytes() as i32);
    let mut output: *mut u8 = ptr::null_mut();
    let pixels = picture.rgba.as_ptr();
    let size = match quality {
        // SAFETY: `rgba` holds `height` rows of `stride` bytes (every maker of a `Picture` sizes it so); `output` is ours to
        // be written.
        Some(quality) => unsafe {
            libwebp_sys::WebPEncodeRGBA(pixels, width, height, stride, f32::from(quality), &raw mut output)
        },
        // SAFETY: as above.
        None => unsafe { libwebp_sys::WebPEncodeLosslessRGBA(pixels, width, height, stride, &raw mut output) },
    };
    let bytes = if size == 0 || output.is_null() {
        Err(Error::Encode)
    } else {
        // SAFETY: libwebp answers with the number of bytes that it wrote at `output`; nobody else has the block.
        Ok(unsafe { slice::from_raw_parts(output, size) }.to_vec())
    };
    // SAFETY: null or libwebp's own block, which is not used below.
    unsafe { libwebp_sys::WebPFree(output.cast()) };
    bytes
}

/// Puts a colour profile into a file, which takes the extended header.
///
/// Source: <https://developers.google.com/speed/webp/docs/riff_container#extended_file_format>
fn with_profile(bare: &[u8], profile: &[u8], picture: &Picture) -> Result<Vec<u8>, Error> {
    const PROFILE: u8 = 0x20;
    const ALPHA: u8 = 0x10;
    let mut flags = PROFILE;
    let mut images = Vec::new();
    let mut rest = bare.get(12..).ok_or(Error::Encode)?;
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let [name @ .., a, b, c, d] = head;
        let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        let padded = (length + length % 2).min(body.len());
        match name {
            b"VP8X" => flags |= body.first().map_or(0, |flags| flags & ALPHA),
            name => {
                if name == b"VP8L" {
                    // The bit of the lossless header that says whether alpha is used.
                    flags |= body.get(4).map_or(0, |byte| byte & ALPHA);
                }
                images.extend_from_slice(head);
                images.extend_from_slice(&body[..padded]);
            }
        }
        rest = &body[padded..];
    }
    let three = |number: u32| number.to_le_bytes().into_iter().take(3);
    let mut chunks = b"WEBPVP8X\x0a\0\0\0".to_vec();
    chunks.extend([flags, 0, 0, 0].into_iter().chain(three(picture.width - 1)).chain(three(picture.height - 1)));
    chunks.extend_from_slice(b"ICCP");
    chunks.extend_from_slice(&length32(profile)?);
    chunks.extend_from_slice(profile);
    chunks.resize(chunks.len().next_multiple_of(2), 0);
    chunks.extend(images);
    Ok([b"RIFF", &length32(&chunks)?[..], &chunks].concat())
}

fn length32(bytes: &[u8]) -> Result<[u8; 4], Error> {
    u32::try_from(bytes.len()).map(u32::to_le_bytes).map_err(|_| Error::Encode)
}

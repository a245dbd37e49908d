//! BMP, as much of it as is in use: 24 and 32 bits a pixel, uncompressed.
//!
//! Source: `BITMAPINFOHEADER`, `BITMAPV4HEADER` of the Windows API.

use super::{Error, Picture};

const INFO_HEADER: u32 = 40;
/// From this header on there is a mask for alpha.
const ALPHA_HEADER: u32 = 56;
const RGB: u32 = 0;
const BITFIELDS: u32 = 3;

struct Header {
    width: u32,
    height: u32,
    top_down: bool,
    bits: u16,
    masks: Option<[u32; 4]>,
    pixels: usize,
}

/// Reads the size from the header.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    header(bytes).map(|header| (header.width, header.height))
}

/// Decodes; the fourth byte of what has no masks means nothing.
pub(super) fn decode(bytes: &[u8]) -> Result<Picture, Error> {
    let header = header(bytes)?;
    let (width, height) = (header.width as usize, header.height as usize);
    let pixel_bytes = usize::from(header.bits / 8);
    let stride = (width * pixel_bytes).next_multiple_of(4);
    let length = stride.checked_mul(height).ok_or(Error::Decode)?;
    let end = header.pixels.checked_add(length).ok_or(Error::Decode)?;
    let rows = bytes.get(header.pixels..end).ok_or(Error::Decode)?;
    let channels = header.masks.map(|masks| masks.map(Channel::new)).map(all).transpose()?;
    let mut picture = Picture::blank(header.width, header.height, None);
    let row_bytes = picture.row_bytes();
    for (at, target) in picture.rgba.chunks_exact_mut(row_bytes).enumerate() {
        let line = if header.top_down { at } else { height - 1 - at };
        let source = rows[line * stride..].chunks_exact(pixel_bytes);
        for (place, pixel) in target.as_chunks_mut::<4>().0.iter_mut().zip(source) {
            *place = match (&channels, pixel) {
                (Some(channels), &[a, b, c, d]) => {
                    let word = u32::from_le_bytes([a, b, c, d]);
                    channels.each_ref().map(|channel| channel.of(word))
                }
                (_, &[blue, green, red, ..]) => [red, green, blue, 255],
                _ => return Err(Error::Decode),
            };
        }
    }
    Ok(picture)
}

fn header(bytes: &[u8]) -> Result<Header, Error> {
    let four = |at: usize| bytes.get(at..)?.first_chunk().map(|&four| u32::from_le_bytes(four));
    let number = |at: usize| four(at).ok_or(Error::Decode);
    let (pixels, header) = (number(10)?, number(14)?);
    let (width, height) = (number(18)?.cast_signed(), number(22)?.cast_signed());
    let bits = u16::try_from(number(26)? >> 16).map_err(|_| Error::Decode)?;
    let compression = number(30)?;
    let masked = compression == BITFIELDS && bits == 32;
    let plain = compression == RGB && matches!(bits, 24 | 32);
    let fits = usize::try_from(header).is_ok_and(|header| header <= bytes.len() - 14);
    if header < INFO_HEADER || !fits || width <= 0 || height == 0 || !(masked || plain) {
        return Err(Error::Decode);
    }
    // Behind the short header they follow it, in the longer ones they are a part of it: the place is the same.
    let alpha = if header >= ALPHA_HEADER { number(66)? } else { 0 };
    let masks = if masked { Some([number(54)?, number(58)?, number(62)?, alpha]) } else { None };
    Ok(Header {
        width: width.unsigned_abs(),
        height: height.unsigned_abs(),
        top_down: height < 0,
        bits,
        masks,
        pixels: pixels as usize,
    })
}

/// Where in a pixel a channel lies.
struct Channel {
    shift: u32,
    most: u32,
}

impl Channel {
    /// `None` for a mask with holes or of more than eight bits.
    fn new(mask: u32) -> Option<Self> {
        let shift = if mask == 0 { 0 } else { mask.trailing_zeros() };
        let most = mask >> shift;
        (most & most.wrapping_add(1) == 0 && most <= 255).then_some(Self { shift, most })
    }

    #[allow(clippy::cast_possible_truncation, reason = "255 at most")]
    fn of(&self, word: u32) -> u8 {
        // A channel without bits is full: only alpha may lack.
        ((word >> self.shift & self.most) * 255).checked_div(self.most).unwrap_or(255) as u8
    }
}

fn all([red, green, blue, alpha]: [Option<Channel>; 4]) -> Result<[Channel; 4], Error> {
    Ok([
        red.ok_or(Error::Decode)?,
        green.ok_or(Error::Decode)?,
        blue.ok_or(Error::Decode)?,
        alpha.ok_or(Error::Decode)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(header_size: u32, bits: u16, compression: u32, masks: &[u32], data: &[u8]) -> Vec<u8> {
        let mut bytes = b"BM".to_vec();
        bytes.extend([0; 8]);
        let masks_inside = if header_size > 40 { 0 } else { u32::try_from(masks.len()).unwrap() * 4 };
        bytes.extend((14 + header_size + masks_inside).to_le_bytes());
        bytes.extend(header_size.to_le_bytes());
        bytes.extend(1_i32.to_le_bytes());
        bytes.extend(2_i32.to_le_bytes());
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend(bits.to_le_bytes());
        bytes.extend(compression.to_le_bytes());
        bytes.extend([0; 20]);
        bytes.extend(masks.iter().flat_map(|mask| mask.to_le_bytes()));
        bytes.resize(bytes.len().max(14 + header_size as usize), 0);
        bytes.extend(data);
        bytes
    }

    #[test]
    fn rows_stand_from_bottom_to_top() {
        let rgba = decode(&file(40, 24, RGB, &[], &[1, 2, 3, 0, 4, 5, 6, 0])).unwrap().rgba;
        assert_eq!(rgba, [6, 5, 4, 255, 3, 2, 1, 255]);
        let rgba = decode(&file(40, 32, RGB, &[], &[1, 2, 3, 9, 4, 5, 6, 7])).unwrap().rgba;
        assert_eq!(rgba, [6, 5, 4, 255, 3, 2, 1, 255]);
    }

    #[test]
    fn masks_say_where_channels_lie() {
        let masks = [0xff_0000, 0xff00, 0xff, 0xff00_0000];
        let rgba = decode(&file(108, 32, BITFIELDS, &masks, &[1, 2, 3, 9, 4, 5, 6, 7])).unwrap().rgba;
        assert_eq!(rgba, [6, 5, 4, 7, 3, 2, 1, 9]);
        let rgba = decode(&file(40, 32, BITFIELDS, &masks[..3], &[1, 2, 3, 9, 4, 5, 6, 7])).unwrap().rgba;
        assert_eq!(rgba, [6, 5, 4, 255, 3, 2, 1, 255]);
        for mask in [0xffff_ffff, 0x01ff_ffff, 0x00ff_00ff] {
            assert!(decode(&file(108, 32, BITFIELDS, &[mask, 0xff00, 0xff, 0], &[0; 8])).is_err());
        }
    }

    #[test]
    fn what_is_cut_or_lies_is_refused() {
        let whole = file(40, 24, RGB, &[], &[1, 2, 3, 0, 4, 5, 6, 0]);
        assert!(decode(&whole[..whole.len() - 1]).is_err());
        assert!(size(&whole[..whole.len() - 1]).is_ok());
        let mut lying = whole;
        lying[14..18].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
        assert!(size(&lying).is_err());
    }
}

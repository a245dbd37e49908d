//! The first frame of a GIF.
//!
//! Source: the specification `GIF89a`, appendix F for the compression.

use super::{Error, Picture};

/// Codes have at most twelve bits.
const MOST_CODES: usize = 1 << 12;
/// First row and step of the four passes of an interlaced image.
const PASSES: [(usize, usize); 4] = [(0, 8), (4, 8), (2, 4), (1, 2)];

struct Frame<'a> {
    width: u16,
    height: u16,
    interlaced: bool,
    /// Three bytes each; none at all in a damaged file.
    colors: &'a [u8],
    transparent: Option<u8>,
    /// From the minimum code size on.
    data: &'a [u8],
}

/// Reads the size of the first frame; without one that of the screen.
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32), Error> {
    let (width, height) = match frame(bytes) {
        Some(frame) => (frame.width, frame.height),
        None => (short(bytes, 6).ok_or(Error::Decode)?, short(bytes, 8).ok_or(Error::Decode)?),
    };
    Ok((width.into(), height.into()))
}

/// Decodes the first frame; pixels that the data does not reach have the first colour, or none.
pub(super) fn decode(bytes: &[u8]) -> Result<Picture, Error> {
    let frame = frame(bytes).ok_or(Error::Decode)?;
    let colors = frame.colors.as_chunks::<3>().0;
    if colors.is_empty() {
        return Err(Error::Decode);
    }
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    let mut places = unpack(frame.data, width * height)?;
    places.resize(width * height, frame.transparent.unwrap_or(0));
    let mut picture = Picture::blank(frame.width.into(), frame.height.into(), None);
    let stride = picture.row_bytes();
    let rows: Vec<usize> = if frame.interlaced {
        PASSES.into_iter().flat_map(|(first, step)| (first..height).step_by(step)).collect()
    } else {
        (0..height).collect()
    };
    for (row, places) in rows.into_iter().zip(places.chunks_exact(width.max(1))) {
        let pixels = picture.rgba[row * stride..].as_chunks_mut::<4>().0;
        for (pixel, &place) in pixels.iter_mut().zip(places) {
            let [red, green, blue] = colors.get(usize::from(place)).copied().unwrap_or_default();
            *pixel = if frame.transparent == Some(place) { [0; 4] } else { [red, green, blue, 255] };
        }
    }
    Ok(picture)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|&two| u16::from_le_bytes(two))
}

/// Finds the first image and what was said about it before.
fn frame(bytes: &[u8]) -> Option<Frame<'_>> {
    let flags = *bytes.get(10)?;
    let mut at = 13;
    let global = table(bytes, flags, &mut at)?;
    let mut transparent = None;
    loop {
        match *bytes.get(at)? {
            0x21 => {
                if let Some(&[0x21, 0xf9, 4, flags, _, _, place]) = bytes.get(at..at + 7) {
                    transparent = (flags & 1 == 1).then_some(place);
                }
                at += 2;
                while *bytes.get(at)? != 0 {
                    at += 1 + usize::from(bytes[at]);
                }
                at += 1;
            }
            0x2c => {
                let (width, height, flags) = (short(bytes, at + 5)?, short(bytes, at + 7)?, *bytes.get(at + 9)?);
                at += 10;
                let local = table(bytes, flags, &mut at)?;
                let colors = if local.is_empty() { global } else { local };
                let data = bytes.get(at..)?;
                return Some(Frame { width, height, interlaced: flags & 0x40 != 0, colors, transparent, data });
            }
            _ => return None,
        }
    }
}

/// The colours that follow, when the flags say so; `None` for a file that ends within them.
fn table<'a>(bytes: &'a [u8], flags: u8, at: &mut usize) -> Option<&'a [u8]> {
    if flags & 0x80 == 0 {
        return Some(&[]);
    }
    let length = 3 << ((flags & 7) + 1);
    let colors = bytes.get(*at..*at + length)?;
    *at += length;
    Some(colors)
}

/// Undoes the compression of at most `limit` pixels; data that ends early ends the picture.
fn unpack(data: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let (&least, blocks) = data.split_first().ok_or(Error::Decode)?;
    if !(1..=11).contains(&least) {
        return Err(Error::Decode);
    }
    let (clear, end) = (1_usize << least, (1_usize << least) + 1);
    let mut codes = Codes { blocks, left: 0, bits: 0, count: 0 };
    // Each code is the one before it and one more pixel.
    let mut prefixes = vec![0_u16; MOST_CODES];
    let mut pixels: Vec<u8> = (0..MOST_CODES).map(|code| u8::try_from(code % 256).unwrap_or(0)).collect();
    let (mut width, mut next) = (u32::from(least) + 1, end + 1);
    let mut before: Option<usize> = None;
    let mut places = Vec::with_capacity(limit.min(1 << 24));
    let mut reversed = Vec::with_capacity(MOST_CODES);
    while places.len() < limit {
        let Some(code) = codes.next(width) else { break };
        if code == clear {
            (width, next, before) = (u32::from(least) + 1, end + 1, None);
            continue;
        }
        if code == end {
            break;
        }
        if code > next || (code >= clear && before.is_none()) || (code == next && before.is_none()) {
            return Err(Error::Decode);
        }
        // A code that is only now made is the one before it with its own first pixel behind.
        let made_now = code == next;
        let mut at = if made_now { before.unwrap_or(0) } else { code };
        reversed.clear();
        while at > end {
            reversed.push(pixels[at]);
            at = usize::from(prefixes[at]);
        }
        let first = pixels[at];
        places.push(first);
        places.extend(reversed.iter().rev());
        if made_now {
            places.push(first);
        }
        if let Some(before) = before
            && next < MOST_CODES
        {
            prefixes[next] = u16::try_from(before).unwrap_or(0);
            pixels[next] = first;
            next += 1;
            if next == 1 << width && width < 12 {
                width += 1;
            }
        }
        before = Some(code);
    }
    places.truncate(limit);
    Ok(places)
}

/// Reads codes of some bits out of blocks of bytes.
struct Codes<'a> {
    blocks: &'a [u8],
    /// Bytes of the block that are left.
    left: usize,
    bits: u32,
    count: u32,
}

impl Codes<'_> {
    fn next(&mut self, width: u32) -> Option<usize> {
        while self.count < width {
            match self.byte() {
                Some(byte) => {
                    self.bits |= u32::from(byte) << self.count;
                    self.count += 8;
                }
                // The bits that are left when the data ends are a code as well.
                None if self.count == 0 => return None,
                None => self.count = width,
            }
        }
        let code = self.bits & ((1 << width) - 1);
        self.bits >>= width;
        self.count -= width;
        Some(code as usize)
    }

    fn byte(&mut self) -> Option<u8> {
        if self.left == 0 {
            let (&length, rest) = self.blocks.split_first()?;
            if length == 0 {
                return None;
            }
            (self.left, self.blocks) = (length.into(), rest);
        }
        let (&byte, rest) = self.blocks.split_first()?;
        (self.left, self.blocks) = (self.left - 1, rest);
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 4x4 image of 256 greys whose data is given.
    fn grey(min: u8, data: &[u8]) -> Vec<u8> {
        let mut bytes = b"GIF89a\x04\0\x04\0\xf7\0\0".to_vec();
        bytes.extend((0..=255).flat_map(|value: u8| [value; 3]));
        bytes.extend([0x2c, 0, 0, 0, 0, 4, 0, 4, 0, 0, min, u8::try_from(data.len()).unwrap()]);
        bytes.extend(data);
        bytes.extend([0, 0x3b]);
        bytes
    }

    #[test]
    fn data_that_ends_early_leaves_the_first_colour() {
        let picture = decode(&grey(8, &[0x00, 0x03])).unwrap();
        assert_eq!(picture.rgba[..8], [1, 1, 1, 255, 0, 0, 0, 255]);
        assert!(picture.rgba.as_chunks::<4>().0[1..].iter().all(|pixel| pixel == &[0, 0, 0, 255]));
    }

    #[test]
    fn codes_that_were_never_made_are_refused() {
        assert!(decode(&grey(2, &[0x3c, 0x05])).is_err());
        assert!(decode(&grey(8, &[0x00, 0xff, 0x03])).is_err());
        assert!(decode(&grey(12, &[0])).is_err());
    }

    #[test]
    fn a_file_without_a_frame_has_the_size_of_its_screen() {
        assert_eq!(size(b"GIF89a\x02\0\x03\0\0\0\0").unwrap(), (2, 3));
        assert!(decode(b"GIF89a\x02\0\x03\0\0\0\0").is_err());
        assert!(size(b"GIF89a").is_err());
    }

    #[test]
    fn runs_are_repeated() {
        // 1 pixel alone, then codes made of it: 4 (clear), 1, 6, 7, 8, 5 (end) with the widths 3, 3, 3, 3, 4, 4.
        let codes = [(4_u32, 3), (1, 3), (6, 3), (7, 3), (8, 4), (5, 4)];
        let (mut word, mut at) = (0_u32, 0);
        for (code, width) in codes {
            word |= code << at;
            at += width;
        }
        let picture = decode(&grey(2, &word.to_le_bytes()[..3])).unwrap();
        assert_eq!(picture.rgba.iter().step_by(4).filter(|&&value| value == 1).count(), 10);
    }
}

//! `Bun.Image`: pictures are decoded, turned, resized and encoded again.
//!
//! Every codec works on one form, [`Picture`]: eight bits a channel, red, green, blue and alpha, not premultiplied.
//!
//! Source: <https://bun.com/docs/runtime/image>.

mod bmp;
mod geometry;
mod gif;
mod jpeg;
mod orientation;
mod palette;
mod png;
mod resize;
mod thumbhash;
mod tone;
mod webp;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dx_fault::{Class, Fault};
use thiserror::Error;

pub use resize::Filter;

/// More than this is not read from a path.
const LARGEST_FILE: u64 = 256 << 20;
/// What PNG allows a side to have, and what fits the other formats' headers.
const LONGEST_SIDE: u32 = i32::MAX as u32;

/// Why an image could not be read or made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes start like no format that is known.
    #[error("Image: unrecognised format (expected JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF)")]
    Unknown,
    /// A format that only some systems have a codec for.
    #[error(
        "Image: format not supported on this machine (HEIC/AVIF/TIFF require the OS codec; AVIF encode needs an AV1 encoder)"
    )]
    Unsupported,
    /// More pixels than allowed, or a file too large to be read.
    #[error("Image: input exceeds maxPixels limit")]
    TooLarge,
    /// The bytes are damaged.
    #[error("Image: decode failed")]
    Decode,
    /// The picture cannot be stored in that format.
    #[error("Image: encode failed")]
    Encode,
    /// A path that names no regular file.
    #[error("ENODEV: no such device, read")]
    NoFile {
        /// What it names.
        path: PathBuf,
    },
    /// A file could not be read.
    #[error("{syscall}: {error}")]
    System {
        /// What the system said.
        error: io::Error,
        /// The call.
        syscall: &'static str,
        /// The file.
        path: PathBuf,
    },
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::System { error, syscall, path } => return Self::file(error, syscall, named(path)),
            Error::NoFile { path } => return Self::named("ENODEV", "read", named(path)),
            Error::Unknown => "ERR_IMAGE_UNKNOWN_FORMAT",
            Error::Unsupported => "ERR_IMAGE_FORMAT_UNSUPPORTED",
            Error::TooLarge => "ERR_IMAGE_TOO_MANY_PIXELS",
            Error::Decode => "ERR_IMAGE_DECODE_FAILED",
            Error::Encode => "ERR_IMAGE_ENCODE_FAILED",
        };
        Self::new(Class::Error, code, error.to_string())
    }
}

/// A path to be shown in an error; an empty one is left out.
fn named(path: &Path) -> Option<&Path> {
    Some(path).filter(|path| !path.as_os_str().is_empty())
}

/// A container of pictures, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// JPEG
    Jpeg,
    /// PNG
    Png,
    /// WebP
    Webp,
    /// GIF; read only
    Gif,
    /// BMP; read only
    Bmp,
    /// TIFF; known, not read
    Tiff,
    /// HEIC; known, not read
    Heic,
    /// AVIF; known, not read
    Avif,
}

impl Format {
    /// Names the format as `metadata().format` does.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
            Self::Heic => "heic",
            Self::Avif => "avif",
        }
    }

    /// Tells a format from the first bytes of a file.
    fn of(bytes: &[u8]) -> Result<Self, Error> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::Webp),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            [b'B', b'M', ..] => Ok(Self::Bmp),
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Ok(Self::Tiff),
            [size @ .., b'f', b't', b'y', b'p'] if size.len() == 4 => Err(Error::Unknown),
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Self::of_brands(bytes),
            _ => Err(Error::Unknown),
        }
    }

    /// Looks through the brands of an ISO media file: the major one may be a general one.
    fn of_brands(bytes: &[u8]) -> Result<Self, Error> {
        let Some(&[a, b, c, d]) = bytes.first_chunk() else { return Err(Error::Unknown) };
        let size = (u32::from_be_bytes([a, b, c, d]) as usize).min(bytes.len());
        if bytes.len() < 16 {
            return Err(Error::Unknown);
        }
        let brands = || bytes[8..size.max(12)].chunks_exact(4);
        if brands().any(|brand| matches!(brand, b"avif" | b"avis")) {
            return Ok(Self::Avif);
        }
        let heic = |brand: &[u8]| matches!(brand, b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1");
        if brands().any(heic) { Ok(Self::Heic) } else { Err(Error::Unknown) }
    }
}

/// Pixels and how their colours are meant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Four bytes a pixel, row by row.
    pub(crate) rgba: Vec<u8>,
    /// The colour profile, which stays with the pixels.
    pub(crate) icc: Option<Vec<u8>>,
}

impl Picture {
    /// Makes a picture that is transparent black.
    fn blank(width: u32, height: u32, icc: Option<Vec<u8>>) -> Self {
        Self { width, height, rgba: vec![0; width as usize * height as usize * 4], icc }
    }

    fn row_bytes(&self) -> usize {
        self.width as usize * 4
    }
}

/// What guards against images that are made to hurt.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Pixels of an image and of a result.
    pub max_pixels: u64,
}

impl Limits {
    fn check(self, width: u32, height: u32) -> Result<(), Error> {
        if width == 0 || height == 0 || width > LONGEST_SIDE || height > LONGEST_SIDE {
            return Err(Error::Decode);
        }
        if u64::from(width) * u64::from(height) > self.max_pixels { Err(Error::TooLarge) } else { Ok(()) }
    }
}

/// What a result is stored as.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Encoding {
    /// JPEG of a quality of 1 to 100.
    Jpeg {
        /// 1 to 100
        quality: u8,
        /// In several scans.
        progressive: bool,
    },
    /// PNG
    Png {
        /// 0 to 9
        level: u8,
        /// The number of colours, 2 to 256, for one with a palette.
        colors: Option<u16>,
        /// Whether what the palette lacks is spread over the neighbours.
        dither: bool,
    },
    /// WebP; without a quality it loses nothing.
    Webp {
        /// 1 to 100
        quality: Option<u8>,
    },
    /// HEIC or AVIF, which need the system's codec.
    Unsupported,
}

/// The size that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// At least 1.
    pub width: u32,
    /// 0 for one that keeps the proportions.
    pub height: u32,
    /// The kernel.
    pub filter: Filter,
    /// Whether the proportions are kept within the two.
    pub inside: bool,
    /// Whether what is smaller stays as it is.
    pub without_enlargement: bool,
}

/// Everything that is done between decoding and the result, in this order.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The guard.
    pub limits: Limits,
    /// Whether the orientation that a camera noted is applied.
    pub auto_orient: bool,
    /// Quarter turns clockwise, 0 to 3.
    pub turns: u8,
    /// Top to bottom.
    pub flip: bool,
    /// Left to right.
    pub flop: bool,
    /// The size, where it changes.
    pub size: Option<Size>,
    /// 1 changes nothing.
    pub brightness: f32,
    /// 1 changes nothing, 0 leaves no colour.
    pub saturation: f32,
    /// `None`: that of the source, PNG where that is not written.
    pub encoding: Option<Encoding>,
}

/// What a header tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// The container.
    pub format: Format,
}

/// A result.
#[derive(Debug)]
pub struct Encoded {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// What they are; the size is that of the result.
    pub facts: Facts,
}

/// Reads the file of an image: a regular one that is not too large.
///
/// # Errors
/// The system's; [`Error::NoFile`]; [`Error::TooLarge`].
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |syscall| move |error| Error::System { error, syscall, path: path.to_owned() };
    // Looked at before it is opened: opening a FIFO would wait for its writer.
    if let Ok(facts) = std::fs::metadata(path)
        && !facts.is_file()
    {
        return Err(Error::NoFile { path: path.to_owned() });
    }
    let file = File::open(path).map_err(failed("open"))?;
    if file.metadata().map_err(failed("fstat"))?.len() > LARGEST_FILE {
        return Err(Error::TooLarge);
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE).read_to_end(&mut bytes).map_err(failed("read"))?;
    Ok(bytes)
}

/// Reads width, height and format from the header.
///
/// # Errors
/// [`enum@Error`], all but `Encode`.
pub fn facts(bytes: &[u8], limits: Limits, auto_orient: bool) -> Result<Facts, Error> {
    let format = Format::of(bytes)?;
    let (width, height) = match format {
        Format::Jpeg => jpeg::size(bytes)?,
        Format::Png => png::size(bytes)?,
        Format::Webp => webp::size(bytes)?,
        Format::Gif => gif::size(bytes)?,
        Format::Bmp => bmp::size(bytes)?,
        Format::Tiff | Format::Heic | Format::Avif => return Err(Error::Unsupported),
    };
    limits.check(width, height)?;
    let turned = auto_orient && format == Format::Jpeg && orientation::of_jpeg(bytes).swaps_sides();
    let (width, height) = if turned { (height, width) } else { (width, height) };
    Ok(Facts { width, height, format })
}

/// Decodes, changes and encodes.
///
/// # Errors
/// [`enum@Error`].
pub fn run(bytes: &[u8], plan: &Plan) -> Result<Encoded, Error> {
    let (format, picture) = decode(bytes, plan)?;
    let picture = geometry::turned(picture, plan.turns);
    let picture = if plan.flip { geometry::flipped(picture) } else { picture };
    let picture = if plan.flop { geometry::flopped(picture) } else { picture };
    let mut picture = match plan.size {
        Some(size) => resized(picture, size, plan.limits)?,
        None => picture,
    };
    tone::modulate(&mut picture.rgba, plan.brightness, plan.saturation);
    encode(&picture, plan.encoding.unwrap_or_else(|| default_encoding(format)))
}

/// Makes the small blur that stands for an image until it is there, as PNG.
///
/// # Errors
/// [`enum@Error`].
pub fn placeholder(bytes: &[u8], plan: &Plan) -> Result<Encoded, Error> {
    let (_, picture) = decode(bytes, plan)?;
    encode(&thumbhash::blur(picture)?, default_encoding(Format::Png))
}

fn decode(bytes: &[u8], plan: &Plan) -> Result<(Format, Picture), Error> {
    let Facts { format, .. } = facts(bytes, plan.limits, false)?;
    let picture = match format {
        Format::Jpeg => jpeg::decode(bytes)?,
        Format::Png => png::decode(bytes, plan.limits)?,
        Format::Webp => webp::decode(bytes)?,
        Format::Gif => gif::decode(bytes)?,
        Format::Bmp => bmp::decode(bytes)?,
        Format::Tiff | Format::Heic | Format::Avif => return Err(Error::Unsupported),
    };
    if plan.auto_orient && format == Format::Jpeg {
        return Ok((format, orientation::of_jpeg(bytes).apply(picture)));
    }
    Ok((format, picture))
}

fn resized(picture: Picture, size: Size, limits: Limits) -> Result<Picture, Error> {
    let (width, height) = resize::target(picture.width, picture.height, size);
    // What lies between the two passes counts as well.
    for rows in [height, picture.height] {
        limits.check(width, rows).map_err(|_| Error::TooLarge)?;
    }
    resize::resize(picture, width, height, size.filter)
}

/// What is written where no format was asked for.
fn default_encoding(format: Format) -> Encoding {
    match format {
        Format::Jpeg => Encoding::Jpeg { quality: 80, progressive: false },
        Format::Webp => Encoding::Webp { quality: Some(80) },
        _ => Encoding::Png { level: png::USUAL_LEVEL, colors: None, dither: false },
    }
}

fn encode(picture: &Picture, encoding: Encoding) -> Result<Encoded, Error> {
    let (format, bytes) = match encoding {
        Encoding::Jpeg { quality, progressive } => (Format::Jpeg, jpeg::encode(picture, quality, progressive)?),
        Encoding::Png { level, colors: None, .. } => (Format::Png, png::encode(picture, level)?),
        Encoding::Png { level, colors: Some(colors), dither } => {
            (Format::Png, png::encode_indexed(picture, &palette::quantize(picture, colors, dither), level)?)
        }
        Encoding::Webp { quality } => (Format::Webp, webp::encode(picture, quality)?),
        Encoding::Unsupported => return Err(Error::Unsupported),
    };
    Ok(Encoded { bytes, facts: Facts { width: picture.width, height: picture.height, format } })
}

/// The level that PNGs are compressed with where none is asked for.
pub const USUAL_PNG_LEVEL: u8 = png::USUAL_LEVEL;

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const PLAN: Plan = Plan {
        limits: Limits { max_pixels: 1 << 24 },
        auto_orient: true,
        turns: 0,
        flip: false,
        flop: false,
        size: None,
        brightness: 1.0,
        saturation: 1.0,
        encoding: None,
    };

    fn sample(width: u32, height: u32) -> Picture {
        let mut picture = Picture::blank(width, height, Some(vec![7; 300]));
        for (at, pixel) in picture.rgba.chunks_exact_mut(4).enumerate() {
            let at = u8::try_from(at % 200).unwrap();
            pixel.copy_from_slice(&[at, 200 - at, 77, 255]);
        }
        picture
    }

    fn encoded(encoding: Encoding) -> Vec<u8> {
        encode(&sample(20, 10), encoding).unwrap().bytes
    }

    const PNG: Encoding = Encoding::Png { level: 6, colors: None, dither: false };

    #[test]
    fn what_loses_nothing_gives_back_every_pixel_and_the_profile() {
        for encoding in [PNG, Encoding::Webp { quality: None }] {
            let (_, back) = decode(&encoded(encoding), &PLAN).unwrap();
            assert_eq!(back, sample(20, 10));
        }
    }

    #[test]
    fn what_loses_something_keeps_size_and_profile() {
        for encoding in [
            Encoding::Jpeg { quality: 90, progressive: false },
            Encoding::Jpeg { quality: 90, progressive: true },
            Encoding::Webp { quality: Some(90) },
        ] {
            let (_, back) = decode(&encoded(encoding), &PLAN).unwrap();
            assert_eq!((back.width, back.height, back.icc.as_deref()), (20, 10, Some(&[7; 300][..])));
            let far = back.rgba.iter().zip(&sample(20, 10).rgba).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
            assert!(far / 800 < 8, "{far}");
        }
    }

    #[test]
    fn a_header_tells_size_and_format() {
        for (encoding, format) in [
            (PNG, Format::Png),
            (Encoding::Webp { quality: None }, Format::Webp),
            (Encoding::Jpeg { quality: 80, progressive: false }, Format::Jpeg),
        ] {
            let found = facts(&encoded(encoding), PLAN.limits, true).unwrap();
            assert_eq!(found, Facts { width: 20, height: 10, format });
        }
    }

    #[test]
    fn too_many_pixels_are_refused_before_they_are_read() {
        let limits = Limits { max_pixels: 199 };
        assert!(matches!(facts(&encoded(PNG), limits, true), Err(Error::TooLarge)));
        let plan = Plan { limits: Limits { max_pixels: 200 }, ..PLAN };
        let wide = Size { width: 21, height: 10, filter: Filter::Box, inside: false, without_enlargement: false };
        assert!(matches!(run(&encoded(PNG), &Plan { size: Some(wide), ..plan }), Err(Error::TooLarge)));
        let flat = Size { width: 100, height: 1, ..wide };
        assert!(matches!(run(&encoded(PNG), &Plan { size: Some(flat), ..plan }), Err(Error::TooLarge)));
        assert!(run(&encoded(PNG), &plan).is_ok());
    }

    #[test]
    fn brands_tell_heic_from_avif() {
        let file = |brands: &str| [&[0, 0, 0, 24][..], b"ftyp", brands.as_bytes()].concat();
        assert_eq!(Format::of(&file("mif1\0\0\0\0avifmif1")).unwrap(), Format::Avif);
        assert_eq!(Format::of(&file("heic\0\0\0\0mif1heic")).unwrap(), Format::Heic);
        assert!(Format::of(&file("isom\0\0\0\0isommp42")).is_err());
        assert!(Format::of(b"\0\0\0\x18ftyp").is_err());
    }

    #[test]
    fn no_prefix_and_no_flipped_byte_breaks_a_decoder() {
        for encoding in [
            PNG,
            Encoding::Webp { quality: None },
            Encoding::Webp { quality: Some(50) },
            Encoding::Jpeg { quality: 50, progressive: true },
        ] {
            let whole = encoded(encoding);
            for end in 0..whole.len() {
                let _ = run(&whole[..end], &PLAN);
                let mut other = whole.clone();
                other[end] ^= 0xff;
                let _ = run(&other, &PLAN);
            }
        }
    }
}

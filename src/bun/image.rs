//! Backs `Bun.Image` (`lib/bun/image.js`), which has checked every argument.

use std::path::Path;

use dx_bun::image::{self, Encoding, Error, Filter, Limits, Plan, Size};
use napi::bindgen_prelude::{AsyncTask, Buffer, Either, Env, Result, Uint8Array};
use napi_derive::napi;

use crate::call::{self, Blocking};

/// What is done to an image; `lib/bun/image.js` says what each is.
#[napi(object, namespace = "bun")]
pub struct ImagePlan {
    /// Pixels that are allowed.
    pub max_pixels: f64,
    /// Whether what a camera noted is applied.
    pub auto_orient: bool,
    /// Quarters of a turn.
    pub turns: u8,
    /// Top to bottom.
    pub flip: bool,
    /// Left to right.
    pub flop: bool,
    /// A new width; none for the image's own size.
    pub width: Option<u32>,
    /// A new height; 0 for one in proportion.
    pub height: u32,
    /// The kernel's name.
    pub filter: String,
    /// Whether the proportions stay.
    pub inside: bool,
    /// Whether small images stay as they are.
    pub without_enlargement: bool,
    /// A factor.
    pub brightness: f64,
    /// A factor.
    pub saturation: f64,
    /// The name of the format; none for the source's.
    pub format: Option<String>,
    /// 1 to 100.
    pub quality: u8,
    /// JPEG in several scans.
    pub progressive: bool,
    /// WebP that loses nothing.
    pub lossless: bool,
    /// PNG's level, 0 to 9; none for the usual one.
    pub level: Option<u8>,
    /// PNG's palette; none for all colours.
    pub colors: Option<u16>,
    /// Whether errors of a palette are spread.
    pub dither: bool,
}

/// What a header tells.
#[napi(object, namespace = "bun")]
pub struct ImageFacts {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// The format's name.
    pub format: String,
}

/// A finished image.
#[napi(object, namespace = "bun")]
pub struct EncodedImage {
    /// The file.
    pub bytes: Buffer,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// The format's name.
    pub format: String,
}

impl ImagePlan {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from a float saturates, and factors need no more digits"
    )]
    fn plan(&self) -> Plan {
        Plan {
            limits: Limits { max_pixels: self.max_pixels as u64 },
            auto_orient: self.auto_orient,
            turns: self.turns,
            flip: self.flip,
            flop: self.flop,
            size: self.width.map(|width| Size {
                width,
                height: self.height,
                filter: filter_of(&self.filter),
                inside: self.inside,
                without_enlargement: self.without_enlargement,
            }),
            brightness: self.brightness as f32,
            saturation: self.saturation as f32,
            encoding: self.format.as_deref().map(|format| self.encoding(format)),
        }
    }

    fn encoding(&self, format: &str) -> Encoding {
        match format {
            "jpeg" => Encoding::Jpeg { quality: self.quality, progressive: self.progressive },
            "webp" => Encoding::Webp { quality: (!self.lossless).then_some(self.quality) },
            "png" => Encoding::Png {
                level: self.level.unwrap_or(image::USUAL_PNG_LEVEL),
                colors: self.colors,
                dither: self.dither,
            },
            _ => Encoding::Unsupported,
        }
    }
}

fn filter_of(name: &str) -> Filter {
    match name {
        "nearest" => Filter::Nearest,
        "box" => Filter::Box,
        "bilinear" => Filter::Bilinear,
        "cubic" => Filter::Cubic,
        "mitchell" => Filter::Mitchell,
        "lanczos2" => Filter::Lanczos2,
        "mks2013" => Filter::Mks2013,
        "mks2021" => Filter::Mks2021,
        _ => Filter::Lanczos3,
    }
}

/// Runs with the bytes of a path, or those that were given.
fn with_source<T>(
    source: &Either<String, Vec<u8>>,
    work: impl FnOnce(&[u8]) -> std::result::Result<T, Error>,
) -> std::result::Result<T, Error> {
    match source {
        Either::A(path) => work(&image::read(Path::new(path))?),
        Either::B(bytes) => work(bytes),
    }
}

/// A copy: a program can detach or change what it gave while another thread reads.
fn own(source: Either<String, Uint8Array>) -> Either<String, Vec<u8>> {
    match source {
        Either::A(path) => Either::A(path),
        Either::B(bytes) => Either::B(bytes.to_vec()),
    }
}

fn encoded(image: image::Encoded) -> EncodedImage {
    let ImageFacts { width, height, format } = facts_of(image.facts);
    EncodedImage { bytes: image.bytes.into(), width, height, format }
}

fn facts_of(facts: image::Facts) -> ImageFacts {
    ImageFacts { width: facts.width, height: facts.height, format: facts.format.name().to_owned() }
}

/// Decodes, changes and encodes on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<EncodedImage>")]
#[must_use]
pub fn encode_image(source: Either<String, Uint8Array>, plan: ImagePlan) -> AsyncTask<Blocking<EncodedImage>> {
    let (source, plan) = (own(source), plan.plan());
    call::blocking(move || with_source(&source, |bytes| image::run(bytes, &plan).map(encoded)))
}

/// `encode_image` here and now.
///
/// # Errors
/// As `encode_image` rejects.
#[napi(namespace = "bun")]
pub fn encode_image_now(env: Env, source: Either<String, Uint8Array>, plan: ImagePlan) -> Result<EncodedImage> {
    let plan = plan.plan();
    call::sync(&env, || with_source(&own(source), |bytes| image::run(bytes, &plan).map(encoded)))
}

/// Reads the header of a file on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<ImageFacts>")]
#[must_use]
pub fn image_facts(path: String, plan: ImagePlan) -> AsyncTask<Blocking<ImageFacts>> {
    let plan = plan.plan();
    call::blocking(move || {
        let bytes = image::read(Path::new(&path))?;
        image::facts(&bytes, plan.limits, plan.auto_orient).map(facts_of)
    })
}

/// Reads the header of what is in memory: that takes less than to hand it over.
///
/// # Errors
/// As `imageFacts` rejects.
#[napi(namespace = "bun")]
pub fn image_facts_now(env: Env, bytes: &[u8], plan: ImagePlan) -> Result<ImageFacts> {
    let plan = plan.plan();
    call::sync(&env, || image::facts(bytes, plan.limits, plan.auto_orient).map(facts_of))
}

/// Makes the blur that stands for an image, on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<EncodedImage>")]
#[must_use]
pub fn image_placeholder(source: Either<String, Uint8Array>, plan: ImagePlan) -> AsyncTask<Blocking<EncodedImage>> {
    let (source, plan) = (own(source), plan.plan());
    call::blocking(move || with_source(&source, |bytes| image::placeholder(bytes, &plan).map(encoded)))
}

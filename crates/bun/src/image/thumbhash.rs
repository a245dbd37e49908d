//! `ThumbHash`: an image in some twenty numbers, and the blur that they give.
//!
//! Source: <https://evanw.github.io/thumbhash/>.

use std::f32::consts::PI;

use super::{Error, Filter, Picture, resize};

/// The hash is made of at most this many pixels a side.
const LONGEST: u32 = 100;
/// The longer side of the blur.
const BLUR: f32 = 32.0;
/// Colours are made stronger, since few of their waves are kept.
const CHROMA: f32 = 1.25;

/// Waves of one channel: how many there may be either way, the mean, and the strength of each, from `-1` to `1`.
struct Channel {
    across: usize,
    down: usize,
    mean: f32,
    scale: f32,
    waves: Vec<f32>,
}

/// Makes the blur of a picture.
pub(super) fn blur(picture: Picture) -> Result<Picture, Error> {
    let longest = picture.width.max(picture.height);
    if longest <= LONGEST {
        return Ok(render(&picture));
    }
    let side = |length: u32| {
        let scaled = u64::from(length) * u64::from(LONGEST) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(LONGEST).max(1)
    };
    let (width, height) = (side(picture.width), side(picture.height));
    Ok(render(&resize::resize(picture, width, height, Filter::Box)?))
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::many_single_char_names,
    reason = "few and small numbers, with the names of the format's description"
)]
fn render(picture: &Picture) -> Picture {
    let (width, height) = (picture.width as f32, picture.height as f32);
    let pixels = picture.rgba.as_chunks::<4>().0;
    let unit = |value: u8| f32::from(value) / 255.0;

    let mut sum = [0.0_f32; 4];
    for &[r, g, b, a] in pixels {
        let alpha = unit(a);
        sum = [sum[0] + alpha * unit(r), sum[1] + alpha * unit(g), sum[2] + alpha * unit(b), sum[3] + alpha];
    }
    let opacity = sum[3];
    let mean = if opacity > 0.0 { [sum[0] / opacity, sum[1] / opacity, sum[2] / opacity] } else { [0.0; 3] };
    let has_alpha = opacity < width * height;

    // Luminance, yellow to blue, red to green, alpha; what is transparent has the mean colour.
    let mut planes: [Vec<f32>; 4] = Default::default();
    for &[r, g, b, a] in pixels {
        let alpha = unit(a);
        let [r, g, b] =
            [(r, mean[0]), (g, mean[1]), (b, mean[2])].map(|(own, mean)| mean * (1.0 - alpha) + alpha * unit(own));
        for (plane, value) in planes.iter_mut().zip([(r + g + b) / 3.0, f32::midpoint(r, g) - b, r - g, alpha]) {
            plane.push(value);
        }
    }
    let limit = if has_alpha { 5.0_f32 } else { 7.0 };
    let waves = |side: f32| ((limit * side / width.max(height)).round() as usize).max(1);
    let (across, down) = (waves(width), waves(height));
    let size = (picture.width as usize, picture.height as usize);
    let [l, p, q, a] = &planes;
    let luminance = stored(Channel::measure(l, size, across.max(3), down.max(3)), 63.0, 0.0, 31.0);
    let yellow = stored(Channel::measure(p, size, 3, 3), 31.5, 31.5, 63.0);
    let red = stored(Channel::measure(q, size, 3, 3), 31.5, 31.5, 63.0);
    let alpha = if has_alpha { Some(stored(Channel::measure(a, size, 5, 5), 15.0, 0.0, 15.0)) } else { None };

    let ratio = across as f32 / down as f32;
    let (wide, tall) = if ratio > 1.0 { (BLUR, BLUR / ratio) } else { (BLUR * ratio, BLUR) };
    let mut blur = Picture::blank(wide.round() as u32, tall.round() as u32, None);
    let (wide, tall) = (blur.width as f32, blur.height as f32);
    let columns = blur.width as usize;
    for (at, pixel) in blur.rgba.as_chunks_mut::<4>().0.iter_mut().enumerate() {
        let x = PI / wide * ((at % columns) as f32 + 0.5);
        let y = PI / tall * ((at / columns) as f32 + 0.5);
        let (l, p, q) = (luminance.at(x, y, 1.0), yellow.at(x, y, CHROMA), red.at(x, y, CHROMA));
        let a = alpha.as_ref().map_or(1.0, |alpha| alpha.at(x, y, 1.0));
        let b = l - 2.0 / 3.0 * p;
        let r = f32::midpoint(3.0 * l - b, q);
        *pixel = [r, r - q, b, a].map(|value| (255.0 * value.min(1.0)).max(0.0) as u8);
    }
    blur
}

impl Channel {
    /// The pairs of waves either way that are kept, those of the lower numbers.
    fn pairs(across: usize, down: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..down).flat_map(move |y| {
            (0..across).map(move |x| (x, y)).take_while(move |&(x, _)| x * down < across * (down - y))
        })
    }

    #[allow(clippy::cast_precision_loss, reason = "a hundred pixels at most")]
    fn measure(plane: &[f32], (width, height): (usize, usize), across: usize, down: usize) -> Self {
        let (mut mean, mut scale, mut waves) = (0.0, 0.0_f32, Vec::new());
        for (cx, cy) in Self::pairs(across, down) {
            let cosine =
                |count: usize, side: usize, at: usize| (PI / side as f32 * count as f32 * (at as f32 + 0.5)).cos();
            let horizontal: Vec<f32> = (0..width).map(|x| cosine(cx, width, x)).collect();
            let mut strength = 0.0;
            for (y, row) in plane.chunks_exact(width).enumerate() {
                let vertical = cosine(cy, height, y);
                strength += row.iter().zip(&horizontal).map(|(value, wave)| value * wave * vertical).sum::<f32>();
            }
            strength /= plane.len() as f32;
            if (cx, cy) == (0, 0) {
                mean = strength;
            } else {
                waves.push(strength);
                scale = scale.max(strength.abs());
            }
        }
        if scale > 0.0 {
            for wave in &mut waves {
                *wave /= scale;
            }
        }
        Self { across, down, mean, scale, waves }
    }

    #[allow(clippy::cast_precision_loss, reason = "few waves")]
    fn at(&self, x: f32, y: f32, strength: f32) -> f32 {
        let pairs = Self::pairs(self.across, self.down).skip(1);
        let sum =
            pairs.zip(&self.waves).map(|((cx, cy), wave)| wave * (x * cx as f32).cos() * (y * cy as f32).cos() * 2.0);
        self.mean + sum.sum::<f32>() * self.scale * strength
    }
}

/// Rounds to what the bits of the hash can hold.
fn stored(mut channel: Channel, mean: f32, zero: f32, scale: f32) -> Channel {
    channel.mean = ((channel.mean * mean + zero).round() - zero) / mean;
    channel.scale = (channel.scale * scale).round() / scale;
    for wave in &mut channel.waves {
        let nibble = (15.0 * (0.5 + 0.5 * *wave)).round();
        *wave = nibble / 7.5 - 1.0;
    }
    channel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_colour_gives_about_that_colour_in_the_proportions() {
        let picture = Picture { width: 200, height: 100, rgba: [200, 100, 50, 255].repeat(20_000), icc: None };
        let blur = blur(picture).unwrap();
        assert_eq!((blur.width, blur.height), (32, 18));
        for pixel in blur.rgba.as_chunks::<4>().0 {
            let near = pixel.iter().zip([200, 100, 50, 255]).all(|(a, b): (&u8, u8)| a.abs_diff(b) < 12);
            assert!(near, "{pixel:?}");
        }
    }
}

//! Resampling with a separable kernel: along the rows, then along the columns.
//!
//! Where an image becomes smaller the kernel is stretched over what a pixel of the result covers. At the edges the
//! weights that fall outside are left out and the others fill their place.
//!
//! Source: Mitchell and Netravali, "Reconstruction Filters in Computer Graphics" (1988); Costella, "The Magic Kernel" (2013, 2021).

use std::ops::Range;

use super::{Error, Picture, Size};

/// Weights that are held at a time.
const WEIGHTS: usize = 1 << 18;

/// A kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Filter {
    /// The nearest pixel, never a mean.
    Nearest,
    /// The mean of what is covered.
    Box,
    /// Triangle.
    Bilinear,
    /// Catmull-Rom.
    Cubic,
    /// Mitchell-Netravali with B = C = 1/3.
    Mitchell,
    /// Sinc with two lobes.
    Lanczos2,
    /// Sinc with three lobes.
    Lanczos3,
    /// Magic Kernel Sharp of 2013.
    Mks2013,
    /// Magic Kernel Sharp of 2021.
    Mks2021,
}

impl Filter {
    /// Half the width of the kernel.
    fn support(self) -> f64 {
        match self {
            Self::Nearest | Self::Box => 0.5,
            Self::Bilinear => 1.0,
            Self::Cubic | Self::Mitchell | Self::Lanczos2 => 2.0,
            Self::Mks2013 => 2.5,
            Self::Lanczos3 => 3.0,
            Self::Mks2021 => 4.5,
        }
    }

    /// The kernel's value; zero outside its support, but for a box, of which the window is all.
    fn weight(self, x: f64) -> f64 {
        let x = x.abs();
        match self {
            Self::Nearest | Self::Box => 1.0,
            _ if x > self.support() => 0.0,
            Self::Bilinear => 1.0 - x,
            Self::Cubic => cubic(x, 0.0, 0.5),
            Self::Mitchell => cubic(x, 1.0 / 3.0, 1.0 / 3.0),
            Self::Lanczos2 => sinc(x) * sinc(x / 2.0),
            Self::Lanczos3 => sinc(x) * sinc(x / 3.0),
            Self::Mks2013 => match x {
                0.0..0.5 => 17.0 / 16.0 - 7.0 / 4.0 * x * x,
                0.5..1.5 => x * x - 11.0 / 4.0 * x + 7.0 / 4.0,
                _ => -0.125 * x * x + 0.625 * x - 25.0 / 32.0,
            },
            Self::Mks2021 => match x {
                0.0..0.5 => 577.0 / 576.0 - 239.0 / 144.0 * x * x,
                0.5..1.5 => 35.0 / 36.0 * (x - 1.0) * (x - 239.0 / 140.0),
                1.5..2.5 => (x - 2.0) * (65.0 / 24.0 - x) / 6.0,
                2.5..3.5 => (x - 3.0) * (x - 15.0 / 4.0) / 36.0,
                _ => -(x - 4.5) * (x - 4.5) / 288.0,
            },
        }
    }
}

fn sinc(x: f64) -> f64 {
    let x = x * std::f64::consts::PI;
    if x == 0.0 { 1.0 } else { x.sin() / x }
}

/// The family of cubics of Mitchell and Netravali.
fn cubic(x: f64, b: f64, c: f64) -> f64 {
    if x < 1.0 {
        ((12.0 - 9.0 * b - 6.0 * c) * x * x * x + (-18.0 + 12.0 * b + 6.0 * c) * x * x + (6.0 - 2.0 * b)) / 6.0
    } else {
        ((-b - 6.0 * c) * x * x * x + (6.0 * b + 30.0 * c) * x * x + (-12.0 * b - 48.0 * c) * x + (8.0 * b + 24.0 * c))
            / 6.0
    }
}

/// Says how large a picture of a size becomes.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sides are positive; a cast saturates")]
pub(super) fn target(width: u32, height: u32, size: Size) -> (u32, u32) {
    let (from, to) = (f64::from(width), f64::from(height));
    let wide = size.width.max(1);
    let tall = match size.height {
        0 => ((u64::from(wide) * u64::from(height) / u64::from(width)).min(u64::from(u32::MAX)) as u32).max(1),
        tall => tall,
    };
    let (wide, tall) = if size.inside {
        let scale = (f64::from(wide) / from).min(f64::from(tall) / to);
        (((from * scale).round() as u32).max(1), ((to * scale).round() as u32).max(1))
    } else {
        (wide, tall)
    };
    let larger = wide > width || tall > height;
    if size.without_enlargement && larger { (width, height) } else { (wide, tall) }
}

/// Resamples to exactly that size.
///
/// # Errors
/// [`Error::TooLarge`] when there is no memory for the weights of a pixel.
pub(super) fn resize(picture: Picture, width: u32, height: u32, filter: Filter) -> Result<Picture, Error> {
    let narrow = along_rows(picture, width, filter)?;
    along_columns(narrow, height, filter)
}

/// Which pixels of a line become which of another.
struct Line {
    from: usize,
    to: u32,
    filter: Filter,
    /// Pixels of the source for one of the result.
    scale: f64,
    /// How many sources a pixel has at most.
    count: usize,
}

/// Of some pixels of the result: where their sources start and how much each weighs.
struct Taps {
    starts: Vec<usize>,
    /// `count` for each pixel; those that fall outside weigh nothing.
    weights: Vec<f32>,
    count: usize,
}

impl Line {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of pixels")]
    fn new(from: u32, to: u32, filter: Filter) -> Self {
        let scale = f64::from(from) / f64::from(to);
        let from = from as usize;
        let reach = filter.support() * scale.max(1.0);
        let count = if filter == Filter::Nearest { 1 } else { (reach.ceil() as usize * 2 + 1).min(from) };
        Self { from, to, filter, scale, count }
    }

    /// The weights of all pixels, some at a time: those of a whole long line would take more memory than the picture.
    fn blocks(&self) -> impl Iterator<Item = Result<(usize, Taps), Error>> {
        let size = u32::try_from(WEIGHTS / self.count).unwrap_or(u32::MAX).max(1);
        let starts = (0..self.to).step_by(size as usize);
        starts.map(move |start| Ok((start as usize, self.taps(start..start.saturating_add(size).min(self.to))?)))
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "places in an image, and weights near one"
    )]
    fn taps(&self, pixels: Range<u32>) -> Result<Taps, Error> {
        let Self { from, scale, filter, count, .. } = *self;
        let mut starts = room(pixels.len())?;
        let mut weights = room(pixels.len() * count)?;
        if filter == Filter::Nearest {
            starts.extend(pixels.map(|i| (((f64::from(i) + 0.5) * scale) as usize).min(from - 1)));
            weights.resize(starts.len(), 1.0);
            return Ok(Taps { starts, weights, count });
        }
        let stretch = scale.max(1.0);
        let reach = filter.support() * stretch;
        let mut exact = room(count)?;
        exact.resize(count, 0.0);
        for i in pixels {
            let centre = (f64::from(i) + 0.5) * scale;
            // A pixel whose middle lies on an edge of the kernel belongs to one side only.
            let (first, end) = ((centre - reach + 0.5).max(0.0) as usize, (centre + reach + 0.5) as usize);
            let start = first.min(from - count);
            for (place, weight) in (start..).zip(exact.iter_mut()) {
                let covered = first <= place && place < end;
                *weight = if covered { filter.weight((place as f64 + 0.5 - centre) / stretch) } else { 0.0 };
            }
            let sum: f64 = exact.iter().sum();
            starts.push(start);
            weights.extend(exact.iter().map(|weight| (weight / sum) as f32));
        }
        Ok(Taps { starts, weights, count })
    }
}

impl Taps {
    fn iter(&self) -> impl Iterator<Item = (usize, &[f32])> {
        self.starts.iter().copied().zip(self.weights.chunks_exact(self.count))
    }
}

/// Memory for so many.
fn room<T>(count: usize) -> Result<Vec<T>, Error> {
    let mut room = Vec::new();
    room.try_reserve_exact(count).map_err(|_| Error::TooLarge)?;
    Ok(room)
}

fn along_rows(from: Picture, width: u32, filter: Filter) -> Result<Picture, Error> {
    if from.width == width {
        return Ok(from);
    }
    let mut to = Picture::blank(width, from.height, from.icc.clone());
    let (source_row, target_row) = (from.row_bytes(), to.row_bytes());
    for block in Line::new(from.width, width, filter).blocks() {
        let (first, taps) = block?;
        for (source, target) in from.rgba.chunks_exact(source_row).zip(to.rgba.chunks_exact_mut(target_row)) {
            let pixels = source.as_chunks::<4>().0;
            for (place, (start, weights)) in target.as_chunks_mut::<4>().0[first..].iter_mut().zip(taps.iter()) {
                let mut sum = [0.0_f32; 4];
                for (pixel, weight) in pixels[start..].iter().zip(weights) {
                    for channel in 0..4 {
                        sum[channel] += f32::from(pixel[channel]) * weight;
                    }
                }
                *place = sum.map(byte);
            }
        }
    }
    Ok(to)
}

fn along_columns(from: Picture, height: u32, filter: Filter) -> Result<Picture, Error> {
    if from.height == height {
        return Ok(from);
    }
    let mut to = Picture::blank(from.width, height, from.icc.clone());
    let row = from.row_bytes();
    let mut sums = room(row)?;
    sums.resize(row, 0.0_f32);
    for block in Line::new(from.height, height, filter).blocks() {
        let (first, taps) = block?;
        for (target, (start, weights)) in to.rgba[first * row..].chunks_exact_mut(row).zip(taps.iter()) {
            sums.fill(0.0);
            for (source, &weight) in from.rgba[start * row..].chunks_exact(row).zip(weights) {
                for (sum, &channel) in sums.iter_mut().zip(source) {
                    *sum += f32::from(channel) * weight;
                }
            }
            for (place, &sum) in target.iter_mut().zip(&sums) {
                *place = byte(sum);
            }
        }
    }
    Ok(to)
}

/// The nearest byte.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from a float saturates")]
fn byte(value: f32) -> u8 {
    (value + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reds(values: &[u8], to: u32, filter: Filter) -> Vec<u8> {
        let rgba = values.iter().flat_map(|&value| [value, 0, 0, 255]).collect();
        let picture = Picture { width: u32::try_from(values.len()).unwrap(), height: 1, rgba, icc: None };
        resize(picture, to, 1, filter).unwrap().rgba.iter().step_by(4).copied().collect()
    }

    #[test]
    fn values_are_those_of_bun() {
        let row = [0, 255, 40, 90, 200, 10, 255, 128];
        for (filter, to, expected) in [
            (Filter::Nearest, 5, &[0, 40, 200, 10, 128][..]),
            (Filter::Box, 3, &[98, 145, 131]),
            (Filter::Bilinear, 3, &[117, 110, 156]),
            (Filter::Cubic, 5, &[107, 106, 132, 109, 183]),
            (Filter::Mitchell, 5, &[107, 109, 127, 115, 178]),
            (Filter::Lanczos2, 13, &[0, 107, 255, 113, 31, 79, 160, 189, 36, 77, 251, 187, 116]),
            (Filter::Lanczos3, 13, &[0, 113, 255, 129, 12, 69, 183, 183, 31, 72, 251, 199, 107]),
            (Filter::Mks2013, 5, &[110, 109, 124, 112, 185]),
            (Filter::Mks2021, 5, &[110, 108, 125, 112, 184]),
        ] {
            let found = reds(&row, to, filter);
            let near = found.iter().zip(expected).all(|(a, b): (&u8, &u8)| a.abs_diff(*b) <= 1);
            assert!(near && found.len() == expected.len(), "{filter:?} {found:?} {expected:?}");
        }
    }

    #[test]
    fn a_flat_field_stays_flat() {
        for filter in [Filter::Box, Filter::Bilinear, Filter::Lanczos3, Filter::Mks2021] {
            for to in [1, 2, 3, 9, 18] {
                assert!(reds(&[173; 9], to, filter).iter().all(|&value| value == 173));
            }
        }
    }

    #[test]
    fn a_long_line_goes_block_by_block() {
        let to = 3 * u32::try_from(WEIGHTS).unwrap();
        for filter in [Filter::Nearest, Filter::Bilinear, Filter::Lanczos3] {
            let (across, down) = (Line::new(7, to, filter), Line::new(to, 7, filter));
            for line in [&across, &down] {
                let mut next = 0;
                for block in line.blocks() {
                    let (first, taps) = block.unwrap();
                    assert_eq!(first, next);
                    assert!(taps.weights.len() <= WEIGHTS.max(line.count), "{filter:?} {}", taps.weights.len());
                    assert_eq!(taps.weights.len(), taps.starts.len() * line.count);
                    next += taps.starts.len();
                }
                assert_eq!(next, line.to as usize);
            }
        }
        // Where one block ends and the next begins nothing shows: a slope stays one.
        let slope = reds(&[0, 255], to, Filter::Bilinear);
        assert!(slope.is_sorted() && slope.first() == Some(&0) && slope.last() == Some(&255));
    }

    #[test]
    fn a_side_that_stays_is_not_copied() {
        let picture = Picture { width: 2, height: 3, rgba: vec![9; 24], icc: None };
        let pixels = picture.rgba.as_ptr();
        let same = resize(picture, 2, 3, Filter::Lanczos3).unwrap();
        assert_eq!(same.rgba.as_ptr(), pixels);
        let same = along_columns(along_rows(same, 2, Filter::Box).unwrap(), 3, Filter::Box).unwrap();
        assert_eq!(same.rgba.as_ptr(), pixels);
    }

    #[test]
    fn proportions_are_kept_where_asked() {
        let size = |width, height, inside, without_enlargement| {
            target(4, 3, Size { width, height, filter: Filter::Box, inside, without_enlargement })
        };
        assert_eq!(size(5, 0, false, false), (5, 3));
        assert_eq!(size(2, 6, true, false), (2, 2));
        assert_eq!(size(8, 1, false, true), (4, 3));
        assert_eq!(size(2, 0, true, false), (1, 1));
        assert_eq!(size(0, 5, false, false), (1, 5));
    }
}

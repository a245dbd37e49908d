//! Few colours for many: median cut, with Floyd-Steinberg's error diffusion.
//!
//! Source: Heckbert, "Color Image Quantization for Frame Buffer Display" (1982); Floyd and Steinberg (1976).

use super::Picture;

/// A picture of places in a palette.
pub(super) struct Indexed {
    /// At most 256.
    pub(super) colors: Vec<[u8; 4]>,
    /// One for each pixel.
    pub(super) places: Vec<u8>,
}

/// Reduces to at most `most` colours.
pub(super) fn quantize(picture: &Picture, most: u16, dither: bool) -> Indexed {
    let colors = median_cut(&picture.rgba, usize::from(most));
    let palette = Palette::new(colors);
    let places = if dither { diffused(picture, &palette) } else { nearest(&picture.rgba, &palette) };
    Indexed { colors: palette.colors, places }
}

/// A colour and the number of pixels that have it.
type Counted = ([u8; 4], u32);

fn counted(rgba: &[u8]) -> Vec<Counted> {
    let mut sorted = rgba.as_chunks::<4>().0.to_vec();
    sorted.sort_unstable();
    let same = sorted.chunk_by(|a, b| a == b);
    same.map(|run| (run[0], u32::try_from(run.len()).unwrap_or(u32::MAX))).collect()
}

/// Cuts the box whose longest side is the longest in two, again and again; the mean of each is a colour.
fn median_cut(rgba: &[u8], most: usize) -> Vec<[u8; 4]> {
    let mut all = counted(rgba);
    let mut boxes = vec![&mut all[..]];
    while boxes.len() < most {
        let sides = boxes.iter().map(|one| longest_side(one)).enumerate();
        let Some((at, (length, channel))) = sides.max_by_key(|(_, (length, _))| *length) else { break };
        if length == 0 {
            break;
        }
        let whole = boxes.swap_remove(at);
        whole.sort_unstable_by_key(|(color, _)| color[channel]);
        let (lower, upper) = whole.split_at_mut(median(whole));
        boxes.extend([lower, upper]);
    }
    boxes.iter().map(|one| mean(one)).collect()
}

fn longest_side(one: &[Counted]) -> (u8, usize) {
    let side = |channel: usize| {
        let values = || one.iter().map(|(color, _)| color[channel]);
        values().max().unwrap_or(0) - values().min().unwrap_or(0)
    };
    (0..4).map(|channel| (side(channel), channel)).max_by_key(|(length, _)| *length).unwrap_or((0, 0))
}

/// Where half of the pixels lie before; neither half is empty.
fn median(whole: &[Counted]) -> usize {
    let total: u64 = whole.iter().map(|&(_, count)| u64::from(count)).sum();
    let mut before = 0;
    let half = whole.iter().position(|&(_, count)| {
        before += u64::from(count);
        before * 2 >= total
    });
    half.map_or(1, |at| at + 1).clamp(1, whole.len() - 1)
}

#[allow(clippy::cast_possible_truncation, reason = "the mean of bytes is one")]
fn mean(one: &[Counted]) -> [u8; 4] {
    let total: u64 = one.iter().map(|&(_, count)| u64::from(count)).sum();
    [0, 1, 2, 3].map(|channel| {
        let sum: u64 = one.iter().map(|(color, count)| u64::from(color[channel]) * u64::from(*count)).sum();
        ((sum + total / 2) / total.max(1)) as u8
    })
}

/// Colours to be searched, each channel on its own so that many are compared at once.
struct Palette {
    colors: Vec<[u8; 4]>,
    channels: [Vec<i32>; 4],
}

impl Palette {
    fn new(colors: Vec<[u8; 4]>) -> Self {
        let channels = [0, 1, 2, 3].map(|channel| colors.iter().map(|color| i32::from(color[channel])).collect());
        Self { colors, channels }
    }

    #[allow(clippy::cast_possible_truncation, reason = "at most 256 colours")]
    fn nearest(&self, wanted: [i32; 4]) -> u8 {
        let [reds, greens, blues, alphas] = &self.channels;
        let distances = reds.iter().zip(greens).zip(blues.iter().zip(alphas)).map(|((red, green), (blue, alpha))| {
            [red, green, blue, alpha].into_iter().zip(wanted).map(|(a, b)| (a - b) * (a - b)).sum::<i32>()
        });
        distances.enumerate().min_by_key(|&(_, distance)| distance).map_or(0, |(at, _)| at as u8)
    }
}

/// Neighbours often are alike: what was found last is found again.
fn nearest(rgba: &[u8], palette: &Palette) -> Vec<u8> {
    let mut last = None;
    let place = |pixel: &[u8; 4]| match last {
        Some((known, place)) if known == *pixel => place,
        _ => {
            let place = palette.nearest(pixel.map(i32::from));
            last = Some((*pixel, place));
            place
        }
    };
    rgba.as_chunks::<4>().0.iter().map(place).collect()
}

/// Spreads what the palette lacks over the pixels to the right and below: 7, 3, 5 and 1 sixteenths.
fn diffused(picture: &Picture, palette: &Palette) -> Vec<u8> {
    let width = picture.width as usize;
    let mut places = Vec::with_capacity(width * picture.height as usize);
    // One more at either side spares asking for the edges.
    let mut here = vec![[0_i32; 4]; width + 2];
    let mut below = here.clone();
    for row in picture.rgba.as_chunks::<4>().0.chunks_exact(width) {
        for (x, pixel) in row.iter().enumerate() {
            let wanted = [0, 1, 2, 3].map(|c| (i32::from(pixel[c]) + here[x + 1][c] / 16).clamp(0, 255));
            let place = palette.nearest(wanted);
            let color = palette.colors[usize::from(place)];
            for c in 0..4 {
                let lack = wanted[c] - i32::from(color[c]);
                here[x + 2][c] += lack * 7;
                below[x][c] += lack * 3;
                below[x + 1][c] += lack * 5;
                below[x + 2][c] += lack;
            }
            places.push(place);
        }
        std::mem::swap(&mut here, &mut below);
        below.fill([0; 4]);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: impl Iterator<Item = u8>) -> Picture {
        let rgba: Vec<u8> = values.flat_map(|value| [value, value, value, 255]).collect();
        Picture { width: u32::try_from(rgba.len() / 4).unwrap(), height: 1, rgba, icc: None }
    }

    #[test]
    fn few_colours_are_kept_exactly() {
        let picture = row([10, 200, 10, 90, 90, 10].into_iter());
        let indexed = quantize(&picture, 4, false);
        let back: Vec<u8> = indexed.places.iter().map(|&place| indexed.colors[usize::from(place)][0]).collect();
        assert_eq!(back, [10, 200, 10, 90, 90, 10]);
        assert_eq!(indexed.colors.len(), 3);
    }

    #[test]
    fn a_ramp_of_two_colours_has_one_step() {
        let indexed = quantize(&row(0..=255), 2, false);
        let mut greys: Vec<u8> = indexed.colors.iter().map(|color| color[0]).collect();
        greys.sort_unstable();
        assert_eq!(greys, [64, 192]);
        assert_eq!(indexed.places.windows(2).filter(|pair| pair[0] != pair[1]).count(), 1);
    }

    #[test]
    fn diffusion_keeps_the_mean() {
        let indexed = quantize(
            &Picture { width: 64, height: 64, rgba: [128, 128, 128, 255].repeat(64 * 64), icc: None },
            2,
            true,
        );
        assert_eq!(indexed.colors, [[128, 128, 128, 255]]);
        let ramp = Picture { height: 8, rgba: row(0..=255).rgba.repeat(8), ..row(0..=255) };
        let indexed = quantize(&ramp, 2, true);
        // Within what the two colours span, the mean over some pixels is that of the source.
        for x in (90..170).step_by(16) {
            let greys = (0..8).flat_map(|y| (x - 8..x + 8).map(move |x| y * 256 + x));
            let sum: usize = greys.map(|at| usize::from(indexed.colors[usize::from(indexed.places[at])][0])).sum();
            assert!((sum / 128).abs_diff(x) < 12, "{x} {sum}");
        }
    }
}

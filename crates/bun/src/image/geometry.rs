//! Turning and mirroring: pixels move, none changes.

use super::Picture;

/// Turns by quarters of a circle, clockwise.
pub(super) fn turned(picture: Picture, quarters: u8) -> Picture {
    match quarters % 4 {
        1 => placed(&picture, |x, y, _, height| (height - 1 - y, x)),
        2 => flopped(flipped(picture)),
        3 => placed(&picture, |x, y, width, _| (y, width - 1 - x)),
        _ => picture,
    }
}

/// Mirrors about the horizontal axis: the top row becomes the bottom row.
pub(super) fn flipped(mut picture: Picture) -> Picture {
    let (row, rows) = (picture.row_bytes(), picture.height as usize);
    for y in 0..rows / 2 {
        let (upper, lower) = picture.rgba.split_at_mut((rows - 1 - y) * row);
        upper[y * row..][..row].swap_with_slice(&mut lower[..row]);
    }
    picture
}

/// Mirrors about the vertical axis: the left column becomes the right column.
pub(super) fn flopped(mut picture: Picture) -> Picture {
    let row = picture.row_bytes();
    for line in picture.rgba.chunks_exact_mut(row) {
        line.as_chunks_mut::<4>().0.reverse();
    }
    picture
}

/// Moves each pixel to where `place(x, y, width, height)` says, in a picture with the sides swapped.
fn placed(from: &Picture, place: impl Fn(usize, usize, usize, usize) -> (usize, usize)) -> Picture {
    let mut to = Picture::blank(from.height, from.width, from.icc.clone());
    let (width, height, stride) = (from.width as usize, from.height as usize, to.width as usize);
    let (pixels, places) = (from.rgba.as_chunks::<4>().0, to.rgba.as_chunks_mut::<4>().0);
    for (y, line) in pixels.chunks_exact(width).enumerate() {
        for (x, pixel) in line.iter().enumerate() {
            let (column, row) = place(x, y, width, height);
            places[row * stride + column] = *pixel;
        }
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: u32, rows: &[&[u8]]) -> Picture {
        let rgba = rows.concat().iter().flat_map(|&n| [n, 0, 0, 255]).collect();
        Picture { width, height: u32::try_from(rows.len()).unwrap(), rgba, icc: None }
    }

    #[test]
    fn pixels_go_where_they_should() {
        let picture = || numbered(3, &[&[1, 2, 3], &[4, 5, 6]]);
        assert_eq!(turned(picture(), 1), numbered(2, &[&[4, 1], &[5, 2], &[6, 3]]));
        assert_eq!(turned(picture(), 2), numbered(3, &[&[6, 5, 4], &[3, 2, 1]]));
        assert_eq!(turned(picture(), 3), numbered(2, &[&[3, 6], &[2, 5], &[1, 4]]));
        assert_eq!(flipped(picture()), numbered(3, &[&[4, 5, 6], &[1, 2, 3]]));
        assert_eq!(flopped(picture()), numbered(3, &[&[3, 2, 1], &[6, 5, 4]]));
    }
}

//! Brightness and saturation.

/// Scales brightness and the distance of each channel from the pixel's luma (ITU-R BT.601); alpha stays.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast from a float saturates")]
pub(super) fn modulate(rgba: &mut [u8], brightness: f32, saturation: f32) {
    if (brightness - 1.0).abs() < f32::EPSILON && (saturation - 1.0).abs() < f32::EPSILON {
        return;
    }
    for [red, green, blue, _] in rgba.as_chunks_mut::<4>().0 {
        let [r, g, b] = [*red, *green, *blue].map(|channel| f32::from(channel) * brightness);
        let luma = 0.299 * r + 0.587 * g + 0.114 * b;
        let moved = |channel: f32| (luma + saturation * (channel - luma)).round() as u8;
        (*red, *green, *blue) = (moved(r), moved(g), moved(b));
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_are_those_of_bun() {
        let mut rgba = [255, 0, 0, 255, 100, 150, 200, 77, 10, 20, 30, 255];
        super::modulate(&mut rgba, 1.5, 0.5);
        assert_eq!(rgba, [248, 57, 57, 255, 181, 218, 255, 77, 21, 29, 36, 255]);
        let mut rgba = [100, 150, 200, 77];
        super::modulate(&mut rgba, 1.0, 2.0);
        assert_eq!(rgba, [59, 159, 255, 77]);
    }
}

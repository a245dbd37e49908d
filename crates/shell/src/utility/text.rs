//! Messages and numbers.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use bstr::{BStr, BString, ByteSlice as _};

use crate::stream::Output;

/// What the C library says of an error: `No such file or directory`, on every platform.
pub(crate) fn reason(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => "No such file or directory",
        io::ErrorKind::PermissionDenied if error.raw_os_error() != Some(1) => "Permission denied",
        io::ErrorKind::NotADirectory => "Not a directory",
        io::ErrorKind::IsADirectory => "Is a directory",
        io::ErrorKind::AlreadyExists => "File exists",
        io::ErrorKind::DirectoryNotEmpty => "Directory not empty",
        io::ErrorKind::InvalidInput => "Invalid argument",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Writes `name: message` to standard error.
///
/// # Errors
///
/// That of the write.
pub(crate) fn complain(stderr: &mut dyn Output, args: &[BString], message: impl fmt::Display) -> io::Result<()> {
    let name = args.first().map_or(b"".as_bstr(), |name| name.as_bstr());
    stderr.write_all(format!("{name}: {message}\n").as_bytes())
}

/// A path of a command line, against the shell's working directory.
///
/// An empty one stays empty, so that the system refuses it.
pub(crate) fn resolve(cwd: &Path, name: &BStr) -> PathBuf {
    if name.is_empty() { PathBuf::new() } else { cwd.join(name.to_path_lossy()) }
}

/// A whole number.
pub(crate) fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A count of bytes or lines with GNU's suffixes: `10k`, `1MiB`, `2GB`, `3b`.
pub(crate) fn count(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let value: u64 = number(&text[..digits])?;
    let suffix = &text[digits..];
    if suffix.is_empty() {
        return Some(value);
    }
    if suffix == b"b" {
        return value.checked_mul(512);
    }
    let power = b"KMGTPE".iter().position(|unit| *unit == suffix[0].to_ascii_uppercase())? + 1;
    let base: u64 = match &suffix[1..] {
        b"" | b"iB" => 1024,
        b"B" => 1000,
        _ => return None,
    };
    value.checked_mul(base.checked_pow(u32::try_from(power).ok()?)?)
}

/// A time in seconds with GNU's suffixes: `1.5`, `2m`, `3h`, `1d`.
pub(crate) fn seconds(text: &[u8]) -> Option<f64> {
    let (digits, factor) = match text.split_last()? {
        (b's', rest) => (rest, 1.0),
        (b'm', rest) => (rest, 60.0),
        (b'h', rest) => (rest, 3600.0),
        (b'd', rest) => (rest, 86400.0),
        _ => (text, 1.0),
    };
    let value: f64 = number(digits)?;
    (!value.is_nan() && value >= 0.0 && !digits.contains(&b'n')).then_some(value * factor)
}

/// The order of names with numbers in them: `a2` before `a10`.
pub(crate) fn version(mut a: &[u8], mut b: &[u8]) -> std::cmp::Ordering {
    loop {
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (in_a, in_b) = (digits(a), digits(b));
        if in_a > 0 && in_b > 0 {
            let plain = |text: &[u8]| text.iter().take_while(|byte| **byte == b'0').count();
            let (left, right) = (&a[plain(&a[..in_a])..in_a], &b[plain(&b[..in_b])..in_b]);
            let order = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
            if order.is_ne() {
                return order;
            }
            (a, b) = (&a[in_a..], &b[in_b..]);
            continue;
        }
        match (a.split_first(), b.split_first()) {
            (Some((x, _)), Some((y, _))) if x != y => return x.cmp(y),
            (Some((_, rest_a)), Some((_, rest_b))) => (a, b) = (rest_a, rest_b),
            (left, right) => return left.is_some().cmp(&right.is_some()),
        }
    }
}

/// A size as people read it: `4.0K`, `12M`, rounded up.
pub(crate) fn human(size: u64) -> String {
    if size < 1024 {
        return size.to_string();
    }
    let mut unit = 0;
    let mut divisor: u128 = 1024;
    while u128::from(size) >= divisor * 1024 && unit < 5 {
        divisor *= 1024;
        unit += 1;
    }
    let tenths = (u128::from(size) * 10).div_ceil(divisor);
    let letter = ['K', 'M', 'G', 'T', 'P', 'E'][unit];
    if tenths < 100 {
        format!("{}.{}{letter}", tenths / 10, tenths % 10)
    } else if tenths.div_ceil(10) == 1024 && unit < 5 {
        format!("1.0{}", ['K', 'M', 'G', 'T', 'P', 'E'][unit + 1])
    } else {
        format!("{}{letter}", tenths.div_ceil(10))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_sizes() {
        for (text, expected) in [
            ("10", Some(10)),
            ("1k", Some(1024)),
            ("1kB", Some(1000)),
            ("2M", Some(2 << 20)),
            ("2MiB", Some(2 << 20)),
            ("3b", Some(1536)),
            ("", None),
            ("k", None),
            ("1x", None),
            ("99999999999999999999", None),
            ("20000000000E", None),
        ] {
            assert_eq!(count(text.as_bytes()), expected, "{text}");
        }
        for (size, expected) in [
            (0, "0"),
            (1023, "1023"),
            (1024, "1.0K"),
            (1025, "1.1K"),
            (10 * 1024, "10K"),
            (1024 * 1024 - 1, "1.0M"),
            (5 << 30, "5.0G"),
            (u64::MAX, "16E"),
        ] {
            assert_eq!(human(size), expected, "{size}");
        }
        assert_eq!(seconds(b"0.5"), Some(0.5));
        assert_eq!(seconds(b"2m"), Some(120.0));
        assert_eq!(seconds(b"-1"), None);
        assert_eq!(seconds(b"nan"), None);
        assert_eq!(seconds(b""), None);
    }

    #[test]
    fn errors_read_as_in_c() {
        assert_eq!(reason(&io::Error::from_raw_os_error(2)), "No such file or directory");
    }
}

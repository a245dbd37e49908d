//! The order of texts by their bytes, eight of them at a time: a number is compared without a look at the text, which
//! lies somewhere else in memory.

/// Up to eight bytes from `at`, as a number in their order. What is not there counts as zeros: texts with one key have to
/// be told apart by their ends, too.
pub(crate) fn key(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    if let Some(bytes) = rest.first_chunk() {
        return u64::from_be_bytes(*bytes);
    }
    let missing = 64 - 8 * u32::try_from(rest.len()).unwrap_or(0);
    let end = match text.last_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => rest.iter().fold(0, |key, &byte| (key << 8) | u64::from(byte)),
    };
    end.checked_shl(missing).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn keys_are_what_is_there() {
        assert_eq!(key(b"abcdefghij", 0), u64::from_be_bytes(*b"abcdefgh"));
        assert_eq!(key(b"abcdefghij", 2), u64::from_be_bytes(*b"cdefghij"));
        assert_eq!(key(b"abcdefghij", 7), u64::from_be_bytes(*b"hij\0\0\0\0\0"));
        assert_eq!(key(b"abc", 1), u64::from_be_bytes(*b"bc\0\0\0\0\0\0"));
        for at in [10, 11, usize::MAX] {
            assert_eq!(key(b"abcdefghij", at), 0);
        }
        assert_eq!(key(b"", 0), 0);
    }
}

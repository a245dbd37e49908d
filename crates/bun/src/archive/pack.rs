//! Building an archive: ustar, with GNU's entries for long names.

use std::time::{SystemTime, UNIX_EPOCH};

const BLOCK: usize = 512;
/// Archives are padded to whole records of 20 blocks.
const RECORD: usize = 20 * BLOCK;
const NAME: usize = 100;
const LONG_NAME: u8 = b'L';
const REGULAR: u8 = b'0';

/// Packs names and contents, in their order. A name ends at its first NUL; an entry without one is left out.
#[must_use]
pub fn pack<'entry>(entries: impl Iterator<Item = (&'entry str, &'entry [u8])>) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let mut archive = Vec::new();
    for (name, content) in entries {
        let name = name.split('\0').next().unwrap_or_default().as_bytes();
        if name.is_empty() {
            continue;
        }
        if name.len() > NAME {
            let with_end: Vec<u8> = name.iter().copied().chain([0]).collect();
            append(&mut archive, b"././@LongLink", LONG_NAME, now, &with_end);
        }
        append(&mut archive, &name[..name.len().min(NAME)], REGULAR, now, content);
    }
    archive.resize((archive.len() + 2 * BLOCK).next_multiple_of(RECORD), 0);
    archive
}

fn append(archive: &mut Vec<u8>, name: &[u8], kind: u8, time: u64, content: &[u8]) {
    let mut header = [0; BLOCK];
    header[..name.len()].copy_from_slice(name);
    octal(&mut header[100..108], 0o644);
    octal(&mut header[108..116], 0);
    octal(&mut header[116..124], 0);
    octal(&mut header[124..136], content.len() as u64);
    octal(&mut header[136..148], time);
    header[148..156].fill(b' ');
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    let sum: u64 = header.iter().map(|&byte| u64::from(byte)).sum();
    octal(&mut header[148..155], sum);
    archive.extend_from_slice(&header);
    archive.extend_from_slice(content);
    archive.resize(archive.len().next_multiple_of(BLOCK), 0);
}

/// Digits and a NUL; a number that does not fit is written in binary, as GNU does.
fn octal(field: &mut [u8], number: u64) {
    let digits = field.len() - 1;
    let text = format!("{number:0digits$o}");
    if text.len() == digits {
        field[..digits].copy_from_slice(text.as_bytes());
    } else {
        let bytes = number.to_be_bytes();
        field.fill(0);
        field[0] = 0x80;
        let start = field.len() - bytes.len().min(field.len() - 1);
        let taken = field.len() - start;
        field[start..].copy_from_slice(&bytes[bytes.len() - taken..]);
    }
}

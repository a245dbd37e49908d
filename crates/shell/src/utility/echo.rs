//! `echo`.

use std::io;

use super::{
    Context,
    escape::{Dialect, unescape},
};

/// Writes its arguments: `-n` without a line end, `-e` with escapes, `-E` without. What is not made of these letters is
/// text.
pub(super) fn echo(context: &mut Context<'_>) -> io::Result<u8> {
    let mut words = context.args.get(1..).unwrap_or_default();
    let (mut end, mut escapes) = (true, false);
    while let Some((word, rest)) = words.split_first()
        && let Some(letters) = word.strip_prefix(b"-").filter(|letters| !letters.is_empty())
        && letters.iter().all(|letter| b"neE".contains(letter))
    {
        for letter in letters {
            match letter {
                b'n' => end = false,
                letter => escapes = *letter == b'e',
            }
        }
        words = rest;
    }
    let mut text = Vec::with_capacity(words.iter().map(|word| word.len() + 1).sum::<usize>() + 1);
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        if !escapes {
            text.extend_from_slice(word);
        } else if unescape(word, Dialect::Echo, &mut text) {
            end = false;
            break;
        }
    }
    if end {
        text.push(b'\n');
    }
    context.stdout.write_all(&text)?;
    Ok(0)
}

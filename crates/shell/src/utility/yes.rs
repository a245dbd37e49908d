//! `yes`.

use std::io;

use super::Context;

/// Writes its arguments, or `y`, a line, until nobody reads.
pub(super) fn yes(context: &mut Context<'_>) -> io::Result<u8> {
    let mut line = bstr::join(b" ", context.args.get(1..).unwrap_or_default());
    if context.args.len() < 2 {
        line.push(b'y');
    }
    line.push(b'\n');
    let block = line.repeat((32 * 1024 / line.len()).max(1));
    while !context.cancel.is_cancelled() {
        context.stdout.write_all(&block)?;
    }
    Ok(0)
}

//! `true` and `false`.

use std::io;

use super::Context;

/// Does nothing, successfully.
#[expect(clippy::unnecessary_wraps, reason = "the type of every utility")]
pub(super) fn succeed(_: &mut Context<'_>) -> io::Result<u8> {
    Ok(0)
}

/// Does nothing, unsuccessfully.
#[expect(clippy::unnecessary_wraps, reason = "the type of every utility")]
pub(super) fn fail(_: &mut Context<'_>) -> io::Result<u8> {
    Ok(1)
}

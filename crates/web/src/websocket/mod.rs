//! The WebSocket protocol without any input or output: frames in, messages out.

mod accept;
mod deflate;
mod frame;

pub(crate) use accept::accept;
pub use deflate::DeflateOptions;
pub(crate) use deflate::{Deflater, Inflater};
pub(crate) use frame::{Decoder, Message, Opcode, write_close, write_compressed, write_frame, write_frame_with};

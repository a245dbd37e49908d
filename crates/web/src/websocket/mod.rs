//! The WebSocket protocol without any input or output: frames in, messages out.

mod frame;

pub(crate) use frame::{Decoder, Message, Opcode, write_close, write_frame};

//! Short input on its way to an engine (`lib/bun/short-input.js`): the face writes it to memory that both know, so that the
//! call needs no arguments. Reading a text through Node-API takes as long as the empty call itself, and a small array
//! would get memory of its own first.

#![expect(unsafe_code, reason = "reads and writes memory that is JavaScript's")]

use dx_fault::{Class, Fault};
use napi::bindgen_prelude::Env;

use crate::call;
use crate::raw::{Js, Kept, Raw};

/// The longest short input in bytes.
const MOST: usize = 32;
/// The longest result of bytes.
const LONGEST: usize = 64;

/// What the memory holds.
#[repr(C)]
struct Content {
    /// A result of 64 bits.
    wide: u64,
    /// A result of 32 bits.
    narrow: u32,
    /// Of the input.
    length: u32,
    /// The input, then the result.
    bytes: [u8; LONGEST],
}

/// The memory, for the thread of its environment only.
pub(super) struct Page {
    memory: *mut Content,
    _kept: Kept,
}

impl Page {
    /// Takes the memory that JavaScript made.
    ///
    /// # Errors
    /// When it is not what was agreed.
    pub(super) fn new(env: &Env, bytes: Js) -> napi::Result<Self> {
        let raw = Raw(env.raw());
        let memory = raw.place_of_bytes(bytes).filter(|&(place, length)| {
            length == size_of::<Content>() && place.addr().is_multiple_of(align_of::<Content>())
        });
        let (memory, _) = call::sync(env, || {
            memory.ok_or_else(|| Fault::new(Class::TypeError, "ERR_INVALID_ARG_TYPE", "no page for short input"))
        })?;
        Ok(Self { memory: memory.cast(), _kept: Kept::new(raw, bytes)? })
    }

    /// The input.
    pub(super) fn input(&self) -> &[u8] {
        // SAFETY: the memory is kept alive, is never detached, has this layout (any bytes are valid), and JavaScript, which
        // alone writes to it, waits for the call under way.
        let content = unsafe { &*self.memory };
        &content.bytes[..(content.length as usize).min(MOST)]
    }

    /// Gives a result of 32 bits.
    pub(super) fn give_narrow(&self, value: u32) {
        // SAFETY: as in `input`, whose slice nobody holds any more.
        unsafe { (&raw mut (*self.memory).narrow).write(value) };
    }

    /// Gives a result of bytes, in place of the input.
    pub(super) fn give_bytes(&self, bytes: &[u8; LONGEST]) {
        // SAFETY: as above.
        unsafe { (&raw mut (*self.memory).bytes).write(*bytes) };
    }

    /// Gives a result of 64 bits.
    pub(super) fn give_wide(&self, value: u64) {
        // SAFETY: as above.
        unsafe { (&raw mut (*self.memory).wide).write(value) };
    }
}

//! Hand-registered functions for hot paths: `napi_sys` callbacks with their state behind `data`.
//!
//! `#[napi]` costs 100-200 ns a call in argument conversion and more for objects (docs/http.md), a raw callback
//! 21-60; these read their arguments directly. An argument of the wrong type reads as zero, empty or null: the faces
//! check.

#[cfg(any(feature = "bun-core", feature = "bun-shell", feature = "node-core"))]
mod function;
#[cfg(feature = "bun-core")]
mod kept;
#[cfg(feature = "bun-sqlite")]
mod text;
mod value;

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

use napi::{Result, check_status, sys};

#[cfg(any(feature = "bun-core", feature = "bun-shell", feature = "node-core"))]
pub(crate) use function::{Call, function};
#[cfg(feature = "bun-core")]
pub(crate) use kept::Kept;
#[cfg(feature = "bun-sqlite")]
pub(crate) use kept::{Watch, Weak};
#[cfg(any(feature = "bun-core", feature = "bun-shell", feature = "node-core"))]
pub(crate) use value::Js;
pub(crate) use value::Raw;
#[cfg(feature = "bun-sqlite")]
pub(crate) use value::{copy_in, copy_out};

/// Strings of fewer bytes are read onto the stack.
const STACK: usize = 1024;

/// The signature of a function that JavaScript calls.
pub(crate) type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

/// Puts a function on an object.
///
/// # Errors
/// `napi::Error` when Node-API refuses.
///
/// # Safety
/// `object` belongs to `env`; `data` outlives every call, or the function never looks at it.
pub(crate) unsafe fn define(
    env: sys::napi_env,
    object: sys::napi_value,
    name: &str,
    callback: Callback,
    data: *mut c_void,
) -> Result<()> {
    let mut function = ptr::null_mut();
    let length = name.len().cast_signed();
    // SAFETY: the name is valid for the call; the caller vouches for `env` and `data`.
    check_status!(unsafe {
        sys::napi_create_function(env, name.as_ptr().cast(), length, Some(callback), data, &raw mut function)
    })?;
    let mut key = ptr::null_mut();
    // SAFETY: as above.
    check_status!(unsafe { sys::napi_create_string_utf8(env, name.as_ptr().cast(), length, &raw mut key) })?;
    // SAFETY: all three values belong to `env`.
    check_status!(unsafe { sys::napi_set_property(env, object, key, function) })
}

/// The arguments of a call, at most `N`; missing ones are `undefined`.
pub(crate) struct Arguments<const N: usize> {
    env: sys::napi_env,
    values: [sys::napi_value; N],
    data: *mut c_void,
}

impl<const N: usize> Arguments<N> {
    /// Reads the arguments of the call that is under way.
    ///
    /// # Safety
    /// `env` and `info` are those that Node-API gave the callback, which has not returned.
    pub(crate) unsafe fn read(env: sys::napi_env, info: sys::napi_callback_info) -> Self {
        let mut values = [ptr::null_mut(); N];
        let mut count = N;
        let mut data = ptr::null_mut();
        // SAFETY: `values` has room for `count` handles; the caller vouches for the rest.
        unsafe {
            sys::napi_get_cb_info(env, info, &raw mut count, values.as_mut_ptr(), ptr::null_mut(), &raw mut data);
        }
        Self { env, values, data }
    }

    /// What the function was registered with.
    pub(crate) fn data(&self) -> *mut c_void {
        self.data
    }

    pub(crate) fn int(&self, index: usize) -> i32 {
        Raw(self.env).as_int(self.values[index])
    }

    pub(crate) fn double(&self, index: usize) -> f64 {
        Raw(self.env).as_number(self.values[index]).unwrap_or_default()
    }

    pub(crate) fn boolean(&self, index: usize) -> bool {
        Raw(self.env).as_bool(self.values[index])
    }

    /// The UTF-8 of a string; lone surrogates become U+FFFD, as in `TextEncoder`.
    pub(crate) fn utf8(&self, index: usize) -> Vec<u8> {
        Raw(self.env).as_utf8(self.values[index]).unwrap_or_default()
    }

    /// A string; `None` for anything else.
    pub(crate) fn text(&self, index: usize) -> Option<String> {
        let mut stack = [MaybeUninit::uninit(); STACK];
        let utf8 = match Raw(self.env).write_utf8(self.values[index], &mut stack).ok()? {
            // SAFETY: Node-API has written this much.
            length if is_whole(length, STACK) => unsafe { stack[..length].assume_init_ref() }.to_vec(),
            _ => self.utf8(index),
        };
        // Node-API writes no other.
        String::from_utf8(utf8).ok()
    }

    /// Reads a string into a buffer: the length of its UTF-8, `Err` when it may not fit, `None` when it is no string.
    pub(crate) fn short_utf8(&self, index: usize, buffer: &mut [u8]) -> Option<std::result::Result<usize, ()>> {
        let mut written = 0;
        // SAFETY: the handle is an argument of the call under way; Node-API writes at most `len` bytes.
        let status = unsafe {
            sys::napi_get_value_string_utf8(
                self.env,
                self.values[index],
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &raw mut written,
            )
        };
        if status != sys::Status::napi_ok {
            return None;
        }
        Some(if is_whole(written, buffer.len()) { Ok(written) } else { Err(()) })
    }

    /// Lends the UTF-8 of a string or the bytes of a `Uint8Array` to code that runs no JavaScript; nothing of what is
    /// neither. What is short is read onto the stack.
    pub(crate) fn with_text_or_bytes<R>(&self, index: usize, read: impl FnOnce(&[u8]) -> R) -> R {
        let mut stack = [MaybeUninit::uninit(); STACK];
        match Raw(self.env).write_utf8(self.values[index], &mut stack) {
            Ok(length) if is_whole(length, STACK) => {
                // SAFETY: Node-API has written this much.
                read(unsafe { stack[..length].assume_init_ref() })
            }
            Ok(_) => read(&self.utf8(index)),
            // SAFETY: no JavaScript runs before the slice is dropped; whoever reads does not write.
            Err(_) => read(unsafe { self.bytes(index) }),
        }
    }

    /// Appends the UTF-8 of a string, nothing of what is none.
    pub(crate) fn append_utf8(&self, index: usize, into: &mut Vec<u8>) {
        // What fails has appended nothing.
        let _ = Raw(self.env).append_utf8(self.values[index], into);
    }

    /// The UTF-16 units of a string; 0 for what is none.
    pub(crate) fn string_length(&self, index: usize) -> usize {
        Raw(self.env).string_length(self.values[index]).unwrap_or(0)
    }

    /// The bytes of a `Uint8Array`.
    ///
    /// # Safety
    /// The slice must not be used after JavaScript could run again, nor beside another one of the same memory.
    #[expect(clippy::mut_from_ref, reason = "the memory is JavaScript's; the caller vouches that nobody else uses it")]
    pub(crate) unsafe fn bytes(&self, index: usize) -> &mut [u8] {
        match self.place(index) {
            // SAFETY: Node-API gave pointer and length of live memory; the caller keeps it alone and short.
            Some((data, length)) => unsafe { std::slice::from_raw_parts_mut(data, length) },
            None => &mut [],
        }
    }

    /// The bytes of a `Uint8Array`, to be read, and those of another, to be written: none if they share memory.
    ///
    /// # Safety
    /// The slices must not be used after JavaScript could run again, nor beside another one of the same memory.
    #[expect(clippy::mut_from_ref, reason = "as above")]
    pub(crate) unsafe fn two_bytes(&self, read: usize, write: usize) -> (&[u8], &mut [u8]) {
        let (from, to) = (self.place(read), self.place(write));
        let apart = |one: (*mut u8, usize), other: (*mut u8, usize)| {
            one.0.addr() + one.1 <= other.0.addr() || other.0.addr() + other.1 <= one.0.addr()
        };
        let to = to.filter(|to| from.is_none_or(|from| apart(from, *to)));
        // SAFETY: Node-API gave pointer and length of live memory; the caller keeps it short. Nobody writes to it.
        let from = from.map_or(&[][..], |(data, length)| unsafe { std::slice::from_raw_parts(data, length) });
        let to = match to {
            // SAFETY: as above; nothing of it is in the other slice.
            Some((data, length)) => unsafe { std::slice::from_raw_parts_mut(data, length) },
            None => &mut [],
        };
        (from, to)
    }

    /// Where the bytes of a `Uint8Array` are; nothing of what has none.
    fn place(&self, index: usize) -> Option<(*mut u8, usize)> {
        let mut data = ptr::null_mut();
        let (mut kind, mut length) = (0, 0);
        // SAFETY: the handle is an argument of the call under way; what is not asked for may be null.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.env,
                self.values[index],
                &raw mut kind,
                &raw mut length,
                &raw mut data,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        let is_lent = status == sys::Status::napi_ok && kind == sys::TypedarrayType::uint8_array;
        (is_lent && length > 0 && !data.is_null()).then_some((data.cast(), length))
    }
}

/// Whether the UTF-8 of a text cannot have been cut for so much room: a character has up to four bytes, and Node-API leaves
/// out one that does not fit, and writes a NUL.
fn is_whole(length: usize, room: usize) -> bool {
    length + 4 < room
}

/// Makes a number. Null when Node-API refuses, which reads as `undefined`.
pub(crate) fn number(env: sys::napi_env, value: f64) -> sys::napi_value {
    Raw(env).number(value).unwrap_or(ptr::null_mut())
}

/// Makes a bigint. Null when Node-API refuses, which reads as `undefined`.
pub(crate) fn bigint(env: sys::napi_env, value: u64) -> sys::napi_value {
    Raw(env).unsigned_bigint(value).unwrap_or(ptr::null_mut())
}

/// Makes a string of latin1 bytes. Null when Node-API refuses.
pub(crate) fn latin1(env: sys::napi_env, bytes: &[u8]) -> sys::napi_value {
    Raw(env).latin1(bytes).unwrap_or(ptr::null_mut())
}

//! Direct conversions between values of JavaScript and of Rust.
#![expect(unsafe_code, reason = "calls Node-API directly")]
#![cfg_attr(not(feature = "bun-sqlite"), allow(dead_code, reason = "some conversions serve one area only"))]

use std::mem::MaybeUninit;
use std::ptr;

use napi::bindgen_prelude::Unknown;
use napi::{check_status, sys};

/// From this size on, filling memory with zeros costs more than an object in between.
const LARGE: usize = 16 * 1024;

/// A value of JavaScript in the call under way.
pub(crate) type Js = sys::napi_value;

/// An environment, used on its own thread only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Raw(pub(crate) sys::napi_env);

/// A place for the result of a call.
trait Empty {
    fn empty() -> Self;
}

impl Empty for Js {
    fn empty() -> Self {
        ptr::null_mut()
    }
}

impl Empty for usize {
    fn empty() -> Self {
        0
    }
}

/// From this length on, asking whether a string is ASCII pays.
const LONG: usize = 256;

fn empty<T: Empty>() -> T {
    T::empty()
}

/// Makes a value with a `napi_create_*`-like call.
macro_rules! made {
    ($call:ident($($argument:expr),*)) => {{
        let mut value = empty();
        // SAFETY: the environment is alive: one of its calls is under way; pointers and lengths are those of slices.
        check_status!(unsafe { sys::$call($($argument,)* &raw mut value) })?;
        Ok(value)
    }};
}

impl Raw {
    /// Whether the thread of this environment is being ended: JavaScript can no longer be called.
    pub(crate) fn is_ending(self) -> bool {
        let mut result = ptr::null_mut();
        // SAFETY: the environment is that of this thread. The missing value is the error of a call that is allowed.
        let status = unsafe { sys::napi_coerce_to_bool(self.0, ptr::null_mut(), &raw mut result) };
        status != sys::Status::napi_invalid_arg
    }

    /// `undefined`
    pub(crate) fn undefined(self) -> napi::Result<Js> {
        made!(napi_get_undefined(self.0))
    }

    /// `null`
    pub(crate) fn null(self) -> napi::Result<Js> {
        made!(napi_get_null(self.0))
    }

    /// A boolean.
    pub(crate) fn boolean(self, value: bool) -> napi::Result<Js> {
        made!(napi_get_boolean(self.0, value))
    }

    /// A number.
    pub(crate) fn number(self, value: f64) -> napi::Result<Js> {
        made!(napi_create_double(self.0, value))
    }

    /// A bigint.
    pub(crate) fn bigint(self, value: i64) -> napi::Result<Js> {
        made!(napi_create_bigint_int64(self.0, value))
    }

    /// A bigint of 64 bits without sign.
    pub(crate) fn unsigned_bigint(self, value: u64) -> napi::Result<Js> {
        made!(napi_create_bigint_uint64(self.0, value))
    }

    /// A string of one-byte characters.
    pub(crate) fn latin1(self, text: &[u8]) -> napi::Result<Js> {
        made!(napi_create_string_latin1(self.0, text.as_ptr().cast(), text.len().cast_signed()))
    }

    /// A string of one-byte characters that is too short to fail; for the hottest paths, where moving a result costs.
    #[inline]
    pub(crate) fn short_latin1(self, text: &[u8]) -> Js {
        let mut value = ptr::null_mut();
        // SAFETY: as in `made`; the null that stays after a failure reads as `undefined`.
        unsafe {
            sys::napi_create_string_latin1(self.0, text.as_ptr().cast(), text.len().cast_signed(), &raw mut value)
        };
        value
    }

    /// A string of UTF-16 units.
    pub(crate) fn utf16(self, text: &[u16]) -> napi::Result<Js> {
        made!(napi_create_string_utf16(self.0, text.as_ptr(), text.len().cast_signed()))
    }

    /// A string of UTF-8; ill-formed parts become U+FFFD.
    pub(crate) fn utf8(self, text: &[u8]) -> napi::Result<Js> {
        if text.is_ascii() {
            return self.latin1(text);
        }
        made!(napi_create_string_utf8(self.0, text.as_ptr().cast(), text.len().cast_signed()))
    }

    /// An array of values.
    pub(crate) fn list(self, values: &[Js]) -> napi::Result<Js> {
        let array: napi::Result<Js> = made!(napi_create_array_with_length(self.0, values.len()));
        let array = array?;
        for (at, &value) in (0..).zip(values) {
            self.set_element(array, at, value)?;
        }
        Ok(array)
    }

    /// An empty array.
    pub(crate) fn array(self) -> napi::Result<Js> {
        made!(napi_create_array(self.0))
    }

    /// A `Uint8Array` with memory of its own.
    pub(crate) fn bytes(self, bytes: &[u8]) -> napi::Result<Js> {
        if bytes.len() >= LARGE {
            return self.large_bytes(bytes);
        }
        let (mut memory, mut buffer) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the environment is alive; the places for results are valid.
        check_status!(unsafe { sys::napi_create_arraybuffer(self.0, bytes.len(), &raw mut memory, &raw mut buffer) })?;
        if !bytes.is_empty() {
            // SAFETY: V8 has just made `memory` of this length, and nobody else knows it yet.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), memory.cast::<u8>(), bytes.len()) };
        }
        made!(napi_create_typedarray(self.0, sys::TypedarrayType::uint8_array, bytes.len(), buffer, 0))
    }

    fn large_bytes(self, bytes: &[u8]) -> napi::Result<Js> {
        self.filled_bytes(bytes.len(), &mut |memory| {
            memory.write_copy_of_slice(bytes);
        })
    }

    /// The same of bytes that a function writes, all of them; by way of a `Buffer`, whose memory is not filled with zeros
    /// before.
    pub(crate) fn filled_bytes(self, length: usize, fill: &mut dyn FnMut(&mut [MaybeUninit<u8>])) -> napi::Result<Js> {
        let whole = self.filled_buffer(length, fill)?;
        let (mut memory, mut offset) = (ptr::null_mut(), 0);
        let (mut kind, mut length, mut data) = (0, 0, ptr::null_mut());
        // SAFETY: the value was made just now; the places for results are valid.
        check_status!(unsafe {
            sys::napi_get_typedarray_info(
                self.0,
                whole,
                &raw mut kind,
                &raw mut length,
                &raw mut data,
                &raw mut memory,
                &raw mut offset,
            )
        })?;
        made!(napi_create_typedarray(self.0, sys::TypedarrayType::uint8_array, length, memory, offset))
    }

    /// A `Buffer` with memory of its own.
    pub(crate) fn buffer(self, bytes: &[u8]) -> napi::Result<Js> {
        made!(napi_create_buffer_copy(self.0, bytes.len(), bytes.as_ptr().cast(), ptr::null_mut()))
    }

    /// A `Buffer` with memory of its own, all of which a function writes.
    pub(crate) fn filled_buffer(self, length: usize, fill: &mut dyn FnMut(&mut [MaybeUninit<u8>])) -> napi::Result<Js> {
        let (mut memory, mut value) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: the environment is alive; the places for results are valid.
        check_status!(unsafe { sys::napi_create_buffer(self.0, length, &raw mut memory, &raw mut value) })?;
        if length > 0 && !memory.is_null() {
            // SAFETY: V8 has just made `memory` of this length, and nobody else knows it yet.
            fill(unsafe { std::slice::from_raw_parts_mut(memory.cast(), length) });
        }
        Ok(value)
    }

    /// The `typeof` of a value.
    pub(crate) fn kind(self, value: Js) -> sys::napi_valuetype {
        let mut kind = sys::ValueType::napi_undefined;
        // SAFETY: the value belongs to the call under way; on failure `undefined` stays.
        unsafe { sys::napi_typeof(self.0, value, &raw mut kind) };
        kind
    }

    /// The number of a number.
    pub(crate) fn as_number(self, value: Js) -> napi::Result<f64> {
        let mut number = 0.0;
        // SAFETY: the value belongs to the call under way.
        check_status!(unsafe { sys::napi_get_value_double(self.0, value, &raw mut number) })?;
        Ok(number)
    }

    /// The number of a number as JavaScript's `ToInt32`; 0 for anything else.
    pub(crate) fn as_int(self, value: Js) -> i32 {
        let mut number = 0;
        // SAFETY: the value belongs to the call under way; on failure the 0 stays.
        unsafe { sys::napi_get_value_int32(self.0, value, &raw mut number) };
        number
    }

    /// Whether a value is `true`.
    pub(crate) fn as_bool(self, value: Js) -> bool {
        let mut truth = false;
        // SAFETY: the value belongs to the call under way; on failure the false stays.
        unsafe { sys::napi_get_value_bool(self.0, value, &raw mut truth) };
        truth
    }

    /// The low 64 bits of a bigint.
    pub(crate) fn as_bigint(self, value: Js) -> napi::Result<i64> {
        let (mut number, mut lossless) = (0, false);
        // SAFETY: the value belongs to the call under way.
        check_status!(unsafe { sys::napi_get_value_bigint_int64(self.0, value, &raw mut number, &raw mut lossless) })?;
        Ok(number)
    }

    /// The UTF-8 of a string; lone surrogates become U+FFFD.
    pub(crate) fn as_utf8(self, value: Js) -> napi::Result<Vec<u8>> {
        // Node-API writes a NUL behind the text.
        let length = self.utf8_length(value)?;
        let mut text = Vec::with_capacity(length + 1);
        // As many bytes as units: ASCII, which old versions of V8 copy much faster as latin1.
        let written = if length >= LONG && length == self.string_length(value)? {
            self.write_latin1(value, text.spare_capacity_mut())?
        } else {
            self.write_utf8(value, text.spare_capacity_mut())?
        };
        // SAFETY: Node-API has written this much.
        unsafe { text.set_len(written) };
        Ok(text)
    }

    /// Appends the UTF-8 of a string; lone surrogates become U+FFFD.
    pub(crate) fn append_utf8(self, value: Js, into: &mut Vec<u8>) -> napi::Result<()> {
        let length = self.string_length(value)?;
        let written = if length < LONG {
            // With room for the longest, V8 need not measure the text before it writes.
            into.reserve(length * 3 + 1);
            self.write_utf8(value, into.spare_capacity_mut())?
        } else {
            let bytes = self.utf8_length(value)?;
            into.reserve(bytes + 1);
            // As in `as_utf8`.
            if bytes == length {
                self.write_latin1(value, into.spare_capacity_mut())?
            } else {
                self.write_utf8(value, into.spare_capacity_mut())?
            }
        };
        let end = into.len() + written;
        // SAFETY: Node-API has written this much behind what was there.
        unsafe { into.set_len(end) };
        Ok(())
    }

    /// Counts the bytes of a string in UTF-8.
    pub(crate) fn utf8_length(self, value: Js) -> napi::Result<usize> {
        made!(napi_get_value_string_utf8(self.0, value, ptr::null_mut(), 0))
    }

    /// Counts the UTF-16 units of a string.
    pub(crate) fn string_length(self, value: Js) -> napi::Result<usize> {
        made!(napi_get_value_string_utf16(self.0, value, ptr::null_mut(), 0))
    }

    /// Writes the UTF-8 of a string and a NUL into a place; gives the length without the NUL.
    pub(crate) fn write_utf8(self, value: Js, place: &mut [MaybeUninit<u8>]) -> napi::Result<usize> {
        made!(napi_get_value_string_utf8(self.0, value, place.as_mut_ptr().cast(), place.len()))
    }

    /// As [`Self::write_utf8`], of a string that is known to be ASCII.
    fn write_latin1(self, value: Js, place: &mut [MaybeUninit<u8>]) -> napi::Result<usize> {
        made!(napi_get_value_string_latin1(self.0, value, place.as_mut_ptr().cast(), place.len()))
    }

    /// The memory of an `ArrayBuffer`, a typed array or a `DataView`; `None`: the value is none of these.
    fn memory(self, value: Js) -> Option<(*mut u8, usize)> {
        let (mut memory, mut length) = (ptr::null_mut(), 0);
        let (mut is_typed_array, mut is_data_view) = (false, false);
        // SAFETY: the value belongs to the call under way, here and below.
        unsafe { sys::napi_is_typedarray(self.0, value, &raw mut is_typed_array) };
        // SAFETY: as above.
        unsafe { sys::napi_is_dataview(self.0, value, &raw mut is_data_view) };
        let status = if is_typed_array || is_data_view {
            // SAFETY: as above. This call measures any view in bytes, whatever its elements.
            unsafe { sys::napi_get_buffer_info(self.0, value, &raw mut memory, &raw mut length) }
        } else {
            // SAFETY: as above; fails for anything that is not an ArrayBuffer.
            unsafe { sys::napi_get_arraybuffer_info(self.0, value, &raw mut memory, &raw mut length) }
        };
        (status == sys::Status::napi_ok).then_some((memory.cast(), length))
    }

    /// Lends bytes to code that runs no JavaScript; `None`: the value has no bytes.
    pub(crate) fn with_bytes<R>(self, value: Js, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
        let (memory, length) = self.memory(value)?;
        if memory.is_null() || length == 0 {
            return Some(read(&[]));
        }
        // SAFETY: Node-API gave the range; without JavaScript nothing can write to it or detach it meanwhile, other
        // than a thread that shares a SharedArrayBuffer, which the faces copy first.
        Some(read(unsafe { std::slice::from_raw_parts(memory, length) }))
    }

    /// The place of bytes, for memory that is shared with JavaScript for longer; `None`: the value has no bytes.
    pub(crate) fn place_of_bytes(self, value: Js) -> Option<(*mut u8, usize)> {
        self.memory(value)
    }

    /// A property of an object.
    pub(crate) fn property(self, object: Js, name: &std::ffi::CStr) -> napi::Result<Js> {
        made!(napi_get_named_property(self.0, object, name.as_ptr()))
    }

    /// An element of an array.
    pub(crate) fn element(self, array: Js, index: u32) -> napi::Result<Js> {
        made!(napi_get_element(self.0, array, index))
    }

    /// Sets an element of an array.
    pub(crate) fn set_element(self, array: Js, index: u32, value: Js) -> napi::Result<()> {
        // SAFETY: both values belong to the call under way.
        check_status!(unsafe { sys::napi_set_element(self.0, array, index, value) })
    }

    /// Calls a function without `this`; `None` when it threw: the exception is pending.
    pub(crate) fn call(self, function: Js, arguments: &[Js]) -> Option<Js> {
        let mut result = ptr::null_mut();
        let this = self.undefined().ok()?;
        // SAFETY: the values belong to the call under way.
        let status = unsafe {
            sys::napi_call_function(self.0, this, function, arguments.len(), arguments.as_ptr(), &raw mut result)
        };
        (status == sys::Status::napi_ok).then_some(result)
    }

    /// The napi-rs view of a value.
    pub(crate) fn unknown<'env>(self, value: Js) -> Unknown<'env> {
        // SAFETY: the value belongs to the environment and the call under way.
        unsafe { Unknown::from_raw_unchecked(self.0, value) }
    }

    /// Throws a value.
    pub(crate) fn throw(self, value: Js) {
        // SAFETY: the value belongs to the call under way.
        unsafe { sys::napi_throw(self.0, value) };
    }

    /// Runs `body` with a handle scope of its own: what it makes is released at its end.
    pub(crate) fn scoped<R>(self, body: impl FnOnce() -> R) -> R {
        let mut scope = ptr::null_mut();
        // SAFETY: a call of the environment is under way.
        unsafe { sys::napi_open_handle_scope(self.0, &raw mut scope) };
        let result = body();
        // SAFETY: opened above, and scopes opened since are closed.
        unsafe { sys::napi_close_handle_scope(self.0, scope) };
        result
    }
}

/// Copies the bytes that JavaScript gave into a place, as many as fit.
pub(crate) fn copy_in(from: Option<(*mut u8, usize)>, place: &mut [u64; 8]) {
    if let Some((memory, length)) = from {
        // SAFETY: Node-API gave the range in this call, and no JavaScript ran since; the length is the smaller one's.
        unsafe { ptr::copy_nonoverlapping(memory, place.as_mut_ptr().cast::<u8>(), length.min(64)) };
    }
}

/// Copies a place back to where its bytes came from.
pub(crate) fn copy_out(place: &[u64; 8], to: Option<(*mut u8, usize)>) {
    if let Some((memory, length)) = to {
        // SAFETY: as in `copy_in`.
        unsafe { ptr::copy_nonoverlapping(place.as_ptr().cast::<u8>(), memory, length.min(64)) };
    }
}

//! Texts of JavaScript, unit by unit.
#![expect(unsafe_code, reason = "calls Node-API directly")]

use std::mem::MaybeUninit;

use napi::sys;

use super::value::{Js, Raw};

impl Raw {
    /// Lends the UTF-16 units of a string, those that fit into a place together with a NUL; none of what is no string.
    #[inline]
    pub(crate) fn read_utf16(self, value: Js, place: &mut [MaybeUninit<u16>]) -> &[u16] {
        let mut written = 0;
        // SAFETY: the value belongs to the call under way; Node-API writes at most `len` units.
        unsafe {
            sys::napi_get_value_string_utf16(self.0, value, place.as_mut_ptr().cast(), place.len(), &raw mut written)
        };
        // SAFETY: Node-API has written this many; nothing of what is no string.
        unsafe { place[..written].assume_init_ref() }
    }
}

//! Backs `Bun.hash` (`lib/bun/hash.js`).
//!
//! Hand-registered: hashing 16 bytes takes 5 ns, and `#[napi]` would add 200.

#![expect(unsafe_code, reason = "hand-registered callbacks read their arguments through napi_sys")]

use std::ptr;

use dx_bun::hash::{self, ALGORITHMS, Algorithm, Hash};
use dx_fault::Fault;
use napi::bindgen_prelude::{Env, Object, Result, Unknown};
use napi::{JsValue, sys};
use napi_derive::napi;

use super::short::Page;
use crate::call;
use crate::raw::{self, Arguments, Call, Js, Raw};

/// Makes `bun.hashFunctions()`: one function for each algorithm, under its number,
/// `(data: string | Uint8Array, seedLow?: number, seedHigh?: number) => number | bigint`.
///
/// # Errors
/// When the object cannot be made.
#[napi(
    namespace = "bun",
    ts_return_type = "Record<number, (data: string | Uint8Array, seedLow?: number, seedHigh?: number) => number | bigint>"
)]
pub fn hash_functions(env: &Env) -> Result<Object<'_>> {
    let functions = Object::new(env)?;
    for algorithm in &ALGORITHMS {
        let name = (*algorithm as u8).to_string();
        let data = ptr::from_ref(algorithm).cast_mut().cast();
        // SAFETY: the object is of this environment; the data is a constant with static life.
        unsafe { raw::define(env.raw(), functions.raw(), &name, compute, data)? };
    }
    Ok(functions)
}

/// Makes `bun.shortHashFunctions()`: one function without arguments for each algorithm, in their order, for the input and
/// the result that lie in `page`.
///
/// # Errors
/// When they cannot be made.
#[napi(namespace = "bun", ts_args_type = "page: Uint8Array", ts_return_type = "(() => void)[]")]
pub fn short_hash_functions<'env>(env: &Env, page: Unknown<'env>) -> Result<Unknown<'env>> {
    let (raw, page) = (Raw(env.raw()), page.raw());
    let mut functions = Vec::new();
    for algorithm in ALGORITHMS {
        functions.push(raw::function(raw, Short { algorithm, page: Page::new(env, page)? }, compute_short)?);
    }
    raw.list(&functions).map(|list| raw.unknown(list))
}

/// What a function for short input has behind it.
struct Short {
    algorithm: Algorithm,
    page: Page,
}

fn compute_short(call: &Call<'_, Short>) -> Option<Js> {
    let Short { algorithm, page } = call.data;
    match call::sync_raw(call.env.0, || Ok::<_, Fault>(hash::hash(*algorithm, page.input(), 0)))? {
        Hash::Bits32(value) => page.give_narrow(value),
        Hash::Bits64(value) => page.give_wide(value),
    }
    None
}

unsafe extern "C" fn compute(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: both come from Node-API for this very call.
    let arguments = unsafe { Arguments::<3>::read(env, info) };
    // SAFETY: `hash_functions` registered a pointer to an element of `ALGORITHMS`.
    let algorithm = unsafe { *arguments.data().cast::<Algorithm>() };
    let seed = u64::from(arguments.int(1).cast_unsigned()) | (u64::from(arguments.int(2).cast_unsigned()) << 32);
    let hash = call::sync_raw(env, || {
        Ok::<_, Fault>(arguments.with_text_or_bytes(0, |bytes| hash::hash(algorithm, bytes, seed)))
    });
    match hash {
        Some(Hash::Bits32(value)) => raw::number(env, f64::from(value)),
        Some(Hash::Bits64(value)) => raw::bigint(env, value),
        None => ptr::null_mut(),
    }
}

//! Backs `Bun.CryptoHasher` and `Bun.SHA256`, … (`lib/bun/crypto-hasher.js`, `lib/bun/static-hasher.js`).
//!
//! What is digested at once goes through hand-registered functions; a class keeps the state of what is not.

#![expect(unsafe_code, reason = "hand-registered callbacks read their arguments through napi_sys")]

use std::ptr;

use dx_bun::digests::{self, ALGORITHMS, Algorithm, Hasher, Hmac, LONGEST};
use dx_fault::{Class, Fault};
use napi::bindgen_prelude::{Env, Object, Result, Uint8Array};
use napi::{JsValue, sys};
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::call;
use crate::raw::{self, Arguments};

/// Strings up to this many bytes are read onto the stack.
const STACK: usize = 1024;
/// Keys up to this many bytes are copied onto the stack.
const SHORT_KEY: usize = 128;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Makes `bun.digestFunctions()`: one function for each algorithm, under its number,
/// `(data: string | Uint8Array, out?: Uint8Array) => string | undefined`: hexadecimal without `out`.
///
/// # Errors
/// When the object cannot be made.
#[napi(
    namespace = "bun",
    ts_return_type = "Record<number, (data: string | Uint8Array, out?: Uint8Array) => string | undefined>"
)]
pub fn digest_functions(env: &Env) -> Result<Object<'_>> {
    functions(env, compute)
}

/// Makes `bun.hmacFunctions()`: as `digestFunctions`, with a key:
/// `(data: string | Uint8Array, out: Uint8Array | undefined, key: Uint8Array) => string | undefined`.
///
/// # Errors
/// When the object cannot be made.
#[napi(
    namespace = "bun",
    ts_return_type = "Record<number, (data: string | Uint8Array, out: Uint8Array | undefined, key: Uint8Array) => string | undefined>"
)]
pub fn hmac_functions(env: &Env) -> Result<Object<'_>> {
    functions(env, compute_hmac)
}

fn functions(env: &Env, callback: raw::Callback) -> Result<Object<'_>> {
    let functions = Object::new(env)?;
    for algorithm in &ALGORITHMS {
        let name = (*algorithm as u8).to_string();
        let data = ptr::from_ref(algorithm).cast_mut().cast();
        // SAFETY: the object is of this environment; the data is a constant with static life.
        unsafe { raw::define(env.raw(), functions.raw(), &name, callback, data)? };
    }
    Ok(functions)
}

unsafe extern "C" fn compute(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: both come from Node-API for this very call.
    let arguments = unsafe { Arguments::<2>::read(env, info) };
    respond(env, &arguments, digests::one_shot)
}

unsafe extern "C" fn compute_hmac(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: both come from Node-API for this very call.
    let arguments = unsafe { Arguments::<3>::read(env, info) };
    // Copied, since reading the text can move memory of V8's heap.
    let mut short = Zeroizing::new([0; SHORT_KEY]);
    // SAFETY: no JavaScript runs before the copy is made, and there is no other slice.
    let key = unsafe { arguments.bytes(2) };
    let long;
    let key = if let Some(room) = short.get_mut(..key.len()) {
        room.copy_from_slice(key);
        &*room
    } else {
        long = Zeroizing::new(key.to_vec());
        &long[..]
    };
    respond(env, &arguments, |algorithm, bytes, digest| digests::hmac(algorithm, key, bytes, digest))
}

/// Digests the first argument into the second, or into a text.
fn respond<const N: usize>(
    env: sys::napi_env,
    arguments: &Arguments<N>,
    compute: impl Fn(Algorithm, &[u8], &mut [u8; LONGEST]) -> usize,
) -> sys::napi_value {
    // SAFETY: `functions` registered a pointer to an element of `ALGORITHMS`.
    let algorithm = unsafe { *arguments.data().cast::<Algorithm>() };
    let mut digest = [0; LONGEST];
    let done = call::sync_raw(env, || {
        let mut stack = [0; STACK];
        Ok::<_, Fault>(match arguments.short_utf8(0, &mut stack) {
            Some(Ok(length)) => compute(algorithm, &stack[..length], &mut digest),
            Some(Err(())) => compute(algorithm, &arguments.utf8(0), &mut digest),
            // SAFETY: no JavaScript runs before the slice is dropped, and there is no other.
            None => compute(algorithm, unsafe { arguments.bytes(0) }, &mut digest),
        })
    });
    let Some(length) = done else { return ptr::null_mut() };
    // SAFETY: the slice of the input is gone, and no JavaScript runs before this one is.
    let out = unsafe { arguments.bytes(1) };
    if out.len() >= length {
        out[..length].copy_from_slice(&digest[..length]);
        return ptr::null_mut();
    }
    let mut text = [0; LONGEST * 2];
    for (pair, byte) in text.chunks_exact_mut(2).zip(&digest[..length]) {
        pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    raw::latin1(env, &text[..length * 2])
}

/// A digest or HMAC under way.
#[napi(namespace = "bun")]
pub struct DigestState(State);

#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "nearly all are the large one")]
enum State {
    Hash(Algorithm, Hasher),
    Hmac(Box<Hmac>),
}

#[napi(namespace = "bun")]
impl DigestState {
    /// Starts a digest, or with a key an HMAC.
    ///
    /// # Errors
    /// When the algorithm has no such number.
    #[napi(constructor)]
    pub fn new(env: Env, algorithm: u32, key: Option<Uint8Array>) -> Result<Self> {
        call::sync(&env, || {
            let algorithm = ALGORITHMS.get(algorithm as usize).copied();
            let algorithm = algorithm.ok_or_else(|| Fault::new(Class::RangeError, "", "no such algorithm"))?;
            Ok::<_, Fault>(Self(match &key {
                Some(key) => State::Hmac(Box::new(Hmac::new(algorithm, key))),
                None => State::Hash(algorithm, Hasher::new(algorithm)),
            }))
        })
    }

    /// Takes more bytes.
    ///
    /// # Errors
    /// When the engine panics.
    #[napi]
    pub fn update(&mut self, env: Env, bytes: Uint8Array) -> Result<()> {
        call::sync(&env, || {
            match &mut self.0 {
                State::Hash(_, hasher) => hasher.update(&bytes),
                State::Hmac(hmac) => hmac.update(&bytes),
            }
            Ok::<_, Fault>(())
        })
    }

    /// Copies the state.
    #[napi]
    #[must_use]
    pub fn copy(&self) -> Self {
        Self(self.0.clone())
    }

    /// Writes the digest into a buffer of at least its length; a plain digest starts anew.
    ///
    /// # Errors
    /// When the engine panics.
    #[napi]
    pub fn finish(&mut self, env: Env, mut out: Uint8Array) -> Result<()> {
        call::sync(&env, || {
            let mut digest = [0; LONGEST];
            let length = match &mut self.0 {
                State::Hash(algorithm, hasher) => {
                    std::mem::replace(hasher, Hasher::new(*algorithm)).finish(&mut digest)
                }
                State::Hmac(hmac) => hmac.as_ref().clone().finish(&mut digest),
            };
            // SAFETY: the array was made by the face for this call, and no JavaScript runs meanwhile.
            let target = unsafe { out.as_mut() };
            let length = length.min(target.len());
            target[..length].copy_from_slice(&digest[..length]);
            Ok::<_, Fault>(())
        })
    }
}

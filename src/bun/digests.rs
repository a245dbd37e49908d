//! Backs `Bun.CryptoHasher` and `Bun.SHA256`, … (`lib/bun/crypto-hasher.js`, `lib/bun/static-hasher.js`).
//!
//! What is digested at once goes through hand-registered functions; a class keeps the state of what is not.

#![expect(unsafe_code, reason = "hand-registered callbacks read their arguments through napi_sys")]

use std::ptr;

use dx_bun::digests::{self, ALGORITHMS, Algorithm, Hasher, Hmac, LONGEST};
use dx_fault::{Class, Fault};
use napi::bindgen_prelude::{Env, Object, Result, Uint8Array, Unknown};
use napi::{JsValue, sys};
use napi_derive::napi;
use zeroize::Zeroizing;

use super::short::Page;
use crate::call;
use crate::raw::{self, Arguments, Call, Js, Raw};

/// Keys up to this many bytes are copied onto the stack.
const SHORT_KEY: usize = 128;
const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// In place of a buffer to write to: base64.
const AS_BASE64: i32 = 1;
/// The text of the longest digest.
const LONGEST_TEXT: usize = LONGEST * 2;

/// Makes `bun.digestFunctions()`: one function for each algorithm, under its number,
/// `(data: string | Uint8Array, out?: Uint8Array | 1) => string | undefined`: hexadecimal without `out`, base64 with 1.
///
/// # Errors
/// When the object cannot be made.
#[napi(
    namespace = "bun",
    ts_return_type = "Record<number, (data: string | Uint8Array, out?: Uint8Array | 1) => string | undefined>"
)]
pub fn digest_functions(env: &Env) -> Result<Object<'_>> {
    functions(env, compute)
}

/// Makes `bun.hmacFunctions()`: as `digestFunctions`, with a key:
/// `(data: string | Uint8Array, out: Uint8Array | 1 | undefined, key: string | Uint8Array) => string | undefined`.
///
/// # Errors
/// When the object cannot be made.
#[napi(
    namespace = "bun",
    ts_return_type = "Record<number, (data: string | Uint8Array, out: Uint8Array | 1 | undefined, key: string | Uint8Array) => string | undefined>"
)]
pub fn hmac_functions(env: &Env) -> Result<Object<'_>> {
    functions(env, compute_hmac)
}

/// Makes `bun.shortDigestFunctions()`: one function without arguments for each algorithm, in their order, that gives the
/// digest of what lies in `page` in hexadecimal, then the same in base64, then the same for the bytes, in `page` again.
///
/// # Errors
/// When they cannot be made.
#[napi(namespace = "bun", ts_args_type = "page: Uint8Array", ts_return_type = "(() => string | undefined)[]")]
pub fn short_digest_functions<'env>(env: &Env, page: Unknown<'env>) -> Result<Unknown<'env>> {
    let (raw, page) = (Raw(env.raw()), page.raw());
    let mut functions = Vec::new();
    for write in [Some(hex as Write), Some(base64), None] {
        for algorithm in ALGORITHMS {
            functions.push(raw::function(raw, Short { algorithm, write, page: Page::new(env, page)? }, compute_short)?);
        }
    }
    raw.list(&functions).map(|list| raw.unknown(list))
}

/// Writes a digest as text; gives its length.
type Write = fn(&[u8], &mut [u8; LONGEST_TEXT]) -> usize;

/// What a function for short input has behind it.
struct Short {
    algorithm: Algorithm,
    write: Option<Write>,
    page: Page,
}

fn compute_short(call: &Call<'_, Short>) -> Option<Js> {
    let Short { algorithm, write, page } = call.data;
    let mut digest = [0; LONGEST];
    let length =
        call::sync_raw(call.env.0, || Ok::<_, Fault>(digests::one_shot(*algorithm, page.input(), &mut digest)))?;
    let Some(write) = write else {
        page.give_bytes(&digest);
        return None;
    };
    let mut text = [0; LONGEST_TEXT];
    let length = write(&digest[..length], &mut text);
    Some(call.env.short_latin1(&text[..length]))
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
    let long = match arguments.short_utf8(2, &mut *short) {
        Some(Ok(length)) => Err(length),
        Some(Err(())) => Ok(Zeroizing::new(arguments.utf8(2))),
        None => {
            // SAFETY: no JavaScript runs before the copy is made, and there is no other slice.
            let key = unsafe { arguments.bytes(2) };
            match short.get_mut(..key.len()) {
                Some(room) => {
                    room.copy_from_slice(key);
                    Err(key.len())
                }
                None => Ok(Zeroizing::new(key.to_vec())),
            }
        }
    };
    let key = match &long {
        Ok(key) => key.as_slice(),
        Err(length) => &short[..*length],
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
        Ok::<_, Fault>(arguments.with_text_or_bytes(0, |bytes| compute(algorithm, bytes, &mut digest)))
    });
    let Some(length) = done else { return ptr::null_mut() };
    // SAFETY: the slice of the input is gone, and no JavaScript runs before this one is.
    let out = unsafe { arguments.bytes(1) };
    if out.len() >= length {
        out[..length].copy_from_slice(&digest[..length]);
        return ptr::null_mut();
    }
    let mut text = [0; LONGEST_TEXT];
    let write = if arguments.int(1) == AS_BASE64 { base64 } else { hex };
    let length = write(&digest[..length], &mut text);
    raw::latin1(env, &text[..length])
}

fn hex(bytes: &[u8], text: &mut [u8; LONGEST_TEXT]) -> usize {
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    bytes.len() * 2
}

fn base64(bytes: &[u8], text: &mut [u8; LONGEST_TEXT]) -> usize {
    let digits = |first: u8, second: u8, third: u8| {
        let group = u32::from_be_bytes([0, first, second, third]);
        [18, 12, 6, 0].map(|shift| BASE64[(group >> shift & 63) as usize])
    };
    let mut fours = text.chunks_exact_mut(4);
    let threes = bytes.chunks_exact(3);
    let rest = threes.remainder();
    for (three, four) in threes.zip(&mut fours) {
        four.copy_from_slice(&digits(three[0], three[1], three[2]));
    }
    if let (&[first, ..], Some(four)) = (rest, fours.next()) {
        four.copy_from_slice(&digits(first, rest.get(1).copied().unwrap_or(0), 0));
        four[rest.len() + 1..].fill(b'=');
    }
    bytes.len().div_ceil(3) * 4
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

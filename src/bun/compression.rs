//! Backs `Bun.gzipSync`, `Bun.zstdCompress` and so on (`lib/bun/compression.js`), which has checked every argument.
//!
//! What is made at once goes through hand-registered functions: they write what fits to memory that the face lends, which
//! makes the array of it (a tenth of what that costs through Node-API), and give more as an array in memory of V8's own,
//! since a program that makes one after the other without letting the event loop turn would never give back memory of
//! ours. Promises turn it, so their results are blocks of the pool. Limits are numbers of bytes, Infinity for none.

#![expect(unsafe_code, reason = "hand-registered callbacks read their arguments through napi_sys")]

use std::mem::MaybeUninit;
use std::ptr;

use dx_bun::compression::{self, Encoder, Made, Output, Wrapping, ZstdStream};
use napi::bindgen_prelude::{AsyncTask, Env, Object, Result, ToNapiValue, TypeName, Uint8Array};
use napi::{JsValue, ValueType, sys};
use napi_derive::napi;

use super::content;
use crate::call::{self, Blocking};
use crate::raw::{self, Arguments, Callback, Raw};

/// Makes an array of so many bytes, which the function writes.
type Give = fn(Raw, usize, &mut dyn FnMut(&mut [MaybeUninit<u8>])) -> Result<sys::napi_value>;
type Engine = fn(&Arguments<5>, &[u8], &mut [u8]) -> std::result::Result<Output, compression::Error>;

/// Makes `bun.compressionFunctions()`. Each takes the input, two arguments of its own, the memory that it may write
/// to and at most one more, and gives the length of what it wrote there, or what did not fit.
///
/// # Errors
/// When the object cannot be made.
#[napi(
    namespace = "bun",
    ts_return_type = "{ deflate(input: Uint8Array, level: number, gzip: boolean, into: Uint8Array, libdeflate: boolean): number | Uint8Array, inflate(input: Uint8Array, limit: number, gzip: boolean, into: Uint8Array): number | Uint8Array, zstdCompress(input: Uint8Array, level: number, unused: undefined, into: Uint8Array): number | Buffer, zstdDecompress(input: Uint8Array, limit: number, unused: undefined, into: Uint8Array): number | Buffer }"
)]
pub fn compression_functions(env: &Env) -> Result<Object<'_>> {
    let functions = Object::new(env)?;
    let all: [(&str, Callback); 4] = [
        ("deflate", deflate),
        ("inflate", inflate),
        ("zstdCompress", zstd_compress_sync),
        ("zstdDecompress", zstd_decompress_sync),
    ];
    for (name, callback) in all {
        // SAFETY: the object is of this environment; the functions do not look at their data.
        unsafe { raw::define(env.raw(), functions.raw(), name, callback, ptr::null_mut())? };
    }
    Ok(functions)
}

unsafe extern "C" fn deflate(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: both come from Node-API for this very call.
    unsafe {
        run(env, info, Raw::filled_bytes, |arguments, bytes, lent| {
            let encoder = if arguments.boolean(4) { Encoder::Libdeflate } else { Encoder::Any };
            compression::deflate(bytes, arguments.int(1), encoder, wrapping(arguments.boolean(2)), lent)
        })
    }
}

unsafe extern "C" fn inflate(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as above.
    unsafe {
        run(env, info, Raw::filled_bytes, |arguments, bytes, lent| {
            compression::inflate(bytes, wrapping(arguments.boolean(2)), size(arguments.double(1)), lent)
        })
    }
}

unsafe extern "C" fn zstd_compress_sync(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as above.
    unsafe {
        run(env, info, Raw::filled_buffer, |arguments, bytes, lent| {
            compression::zstd_compress(bytes, arguments.int(1), lent)
        })
    }
}

unsafe extern "C" fn zstd_decompress_sync(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: as above.
    unsafe {
        run(env, info, Raw::filled_buffer, |arguments, bytes, lent| {
            compression::zstd_decompress(bytes, size(arguments.double(1)), lent)
        })
    }
}

/// Runs the engine over the first argument; `give` makes the array of what does not fit in the last one.
///
/// # Safety
/// `env` and `info` are those of the callback that calls this.
unsafe fn run(env: sys::napi_env, info: sys::napi_callback_info, give: Give, engine: Engine) -> sys::napi_value {
    // SAFETY: the caller vouches.
    let arguments = unsafe { Arguments::<5>::read(env, info) };
    let output = call::sync_raw(env, || {
        // SAFETY: no JavaScript runs before the slices are dropped, and there are no others.
        let (bytes, lent) = unsafe { arguments.two_bytes(0, 3) };
        engine(&arguments, bytes, lent)
    });
    match output {
        #[expect(clippy::cast_precision_loss, reason = "no longer than the memory that was lent")]
        Some(Output::Lent(length)) => raw::number(env, length as f64),
        Some(Output::Large(large)) => {
            let mut copy = |memory: &mut [MaybeUninit<u8>]| {
                call::sync_raw(env, || {
                    large.copy_to(memory);
                    Ok::<_, compression::Error>(())
                });
            };
            give(Raw(env), large.length(), &mut copy).unwrap_or(ptr::null_mut())
        }
        None => ptr::null_mut(),
    }
}

/// What was made, on its way to JavaScript.
pub struct Given(Made);

impl TypeName for Given {
    fn type_name() -> &'static str {
        "ArrayBuffer"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ToNapiValue for Given {
    unsafe fn to_napi_value(env: sys::napi_env, given: Self) -> Result<sys::napi_value> {
        match given.0 {
            Made::Large(block) => content::external_bytes(env, block),
            small @ Made::Small(_) => content::copy_bytes(env, &small),
        }
    }
}

/// Compresses with zstd on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<ArrayBuffer>")]
#[must_use]
pub fn zstd_compress(bytes: Uint8Array, level: i32) -> AsyncTask<Blocking<Given>> {
    let bytes = bytes.to_vec();
    call::blocking(move || compression::made(|lent| compression::zstd_compress(&bytes, level, lent)).map(Given))
}

/// Decompresses zstd on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<ArrayBuffer>")]
#[must_use]
pub fn zstd_decompress(bytes: Uint8Array, limit: f64) -> AsyncTask<Blocking<Given>> {
    let bytes = bytes.to_vec();
    call::blocking(move || compression::made(|lent| compression::zstd_decompress(&bytes, size(limit), lent)).map(Given))
}

/// A stream of zstd under way.
#[napi(namespace = "bun")]
pub struct ZstdState(ZstdStream);

#[napi(namespace = "bun")]
impl ZstdState {
    /// Starts one that compresses or decompresses.
    ///
    /// # Errors
    /// When there is not enough memory.
    #[napi(constructor)]
    pub fn new(env: Env, compress: bool) -> Result<Self> {
        call::sync(&env, || {
            let stream = if compress { ZstdStream::compress() } else { ZstdStream::decompress() };
            stream.map(Self)
        })
    }

    /// Takes more input.
    ///
    /// # Errors
    /// When the engine panics.
    #[napi]
    pub fn push(&mut self, env: Env, bytes: Uint8Array) -> Result<()> {
        call::sync(&env, || {
            self.0.push(&bytes);
            Ok::<_, compression::Error>(())
        })
    }

    /// Says that no more input comes.
    #[napi]
    pub fn end(&mut self) {
        self.0.end();
    }

    /// Gives the next part of the output; null when there is none before more input.
    ///
    /// # Errors
    /// When the data are corrupt.
    #[napi(ts_return_type = "ArrayBuffer | null")]
    pub fn pull(&mut self, env: Env) -> Result<Option<Given>> {
        call::sync(&env, || self.0.pull().map(|part| part.map(|part| Given(Made::Small(part)))))
    }
}

fn wrapping(gzip: bool) -> Wrapping {
    if gzip { Wrapping::Gzip } else { Wrapping::Raw }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates: what is meant")]
fn size(limit: f64) -> usize {
    limit as usize
}

//! Backs `Bun.gzipSync`, `Bun.zstdCompress` and so on (`lib/bun/compression.js`), which has checked every argument.
//!
//! What is made at once is copied into memory of V8's own: a program that makes one after the other without letting the
//! event loop turn would never give back memory of ours. Promises turn it, so their results are blocks of the pool.
//! Limits are numbers of bytes, Infinity for none.

use dx_bun::compression::{self, Output, Wrapping, ZstdStream};
use napi::bindgen_prelude::{AsyncTask, Env, Result, ToNapiValue, TypeName, Uint8Array};
use napi::{ValueType, sys};
use napi_derive::napi;

use super::content;
use crate::call::{self, Blocking};
use crate::raw::Raw;

/// What was made, on its way to JavaScript.
pub struct Made(Output);

impl TypeName for Made {
    fn type_name() -> &'static str {
        "ArrayBuffer"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ToNapiValue for Made {
    unsafe fn to_napi_value(env: sys::napi_env, made: Self) -> Result<sys::napi_value> {
        match made.0 {
            Output::Large(block) => content::external_bytes(env, block),
            small @ Output::Small(_) => content::copy_bytes(env, &small),
        }
    }
}

/// A `Uint8Array` of V8's own.
pub struct Bytes(Output);

impl TypeName for Bytes {
    fn type_name() -> &'static str {
        "Uint8Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ToNapiValue for Bytes {
    unsafe fn to_napi_value(env: sys::napi_env, bytes: Self) -> Result<sys::napi_value> {
        Raw(env).bytes(&bytes.0)
    }
}

/// A `Buffer` of V8's own.
pub struct OwnBuffer(Output);

impl TypeName for OwnBuffer {
    fn type_name() -> &'static str {
        "Buffer"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ToNapiValue for OwnBuffer {
    unsafe fn to_napi_value(env: sys::napi_env, buffer: Self) -> Result<sys::napi_value> {
        Raw(env).buffer(&buffer.0)
    }
}

/// Compresses with deflate.
///
/// # Errors
/// When the level does not exist.
#[napi(namespace = "bun", ts_return_type = "Uint8Array")]
pub fn deflate(env: Env, bytes: Uint8Array, level: i32, gzip: bool) -> Result<Bytes> {
    call::sync(&env, || compression::deflate(&bytes, level, wrapping(gzip)).map(Bytes))
}

/// Decompresses deflate's data.
///
/// # Errors
/// When the data are corrupt, or more than the limit.
#[napi(namespace = "bun", ts_return_type = "Uint8Array")]
pub fn inflate(env: Env, bytes: Uint8Array, gzip: bool, limit: f64) -> Result<Bytes> {
    call::sync(&env, || compression::inflate(&bytes, wrapping(gzip), size(limit)).map(Bytes))
}

/// Compresses with zstd.
///
/// # Errors
/// When there is not enough memory.
#[napi(namespace = "bun", ts_return_type = "Buffer")]
pub fn zstd_compress_sync(env: Env, bytes: Uint8Array, level: i32) -> Result<OwnBuffer> {
    call::sync(&env, || compression::zstd_compress(&bytes, level).map(OwnBuffer))
}

/// Decompresses zstd.
///
/// # Errors
/// When the data are corrupt, or more than the limit.
#[napi(namespace = "bun", ts_return_type = "Buffer")]
pub fn zstd_decompress_sync(env: Env, bytes: Uint8Array, limit: f64) -> Result<OwnBuffer> {
    call::sync(&env, || compression::zstd_decompress(&bytes, size(limit)).map(OwnBuffer))
}

/// Compresses with zstd on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<ArrayBuffer>")]
#[must_use]
pub fn zstd_compress(bytes: Uint8Array, level: i32) -> AsyncTask<Blocking<Made>> {
    let bytes = bytes.to_vec();
    call::blocking(move || compression::zstd_compress(&bytes, level).map(Made))
}

/// Decompresses zstd on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<ArrayBuffer>")]
#[must_use]
pub fn zstd_decompress(bytes: Uint8Array, limit: f64) -> AsyncTask<Blocking<Made>> {
    let bytes = bytes.to_vec();
    call::blocking(move || compression::zstd_decompress(&bytes, size(limit)).map(Made))
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
    pub fn pull(&mut self, env: Env) -> Result<Option<Made>> {
        call::sync(&env, || self.0.pull().map(|part| part.map(|part| Made(Output::Small(part)))))
    }
}

fn wrapping(gzip: bool) -> Wrapping {
    if gzip { Wrapping::Gzip } else { Wrapping::Raw }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates: what is meant")]
fn size(limit: f64) -> usize {
    limit as usize
}

//! Backs `Bun.gzipSync`, `Bun.zstdCompress` and so on (`lib/bun/compression.js`), which has checked every argument.

use dx_bun::compression::{self, Wrapping};
use napi::bindgen_prelude::{AsyncTask, Buffer, Env, Result, Uint8Array};
use napi_derive::napi;

use crate::call::{self, Blocking};

/// Compresses with deflate.
///
/// # Errors
/// When the level does not exist.
#[napi(namespace = "bun")]
pub fn deflate(env: Env, bytes: Uint8Array, level: i32, gzip: bool) -> Result<Buffer> {
    call::sync(&env, || compression::deflate(&bytes, level, wrapping(gzip)).map(Buffer::from))
}

/// Decompresses deflate's data.
///
/// # Errors
/// When the data are corrupt.
#[napi(namespace = "bun")]
pub fn inflate(env: Env, bytes: Uint8Array, gzip: bool) -> Result<Buffer> {
    call::sync(&env, || compression::inflate(&bytes, wrapping(gzip)).map(Buffer::from))
}

/// Compresses with zstd.
///
/// # Errors
/// When there is not enough memory.
#[napi(namespace = "bun")]
pub fn zstd_compress_sync(env: Env, bytes: Uint8Array, level: i32) -> Result<Buffer> {
    call::sync(&env, || compression::zstd_compress(&bytes, level).map(Buffer::from))
}

/// Decompresses zstd.
///
/// # Errors
/// When the data are corrupt.
#[napi(namespace = "bun")]
pub fn zstd_decompress_sync(env: Env, bytes: Uint8Array) -> Result<Buffer> {
    call::sync(&env, || compression::zstd_decompress(&bytes).map(Buffer::from))
}

/// Compresses with zstd on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<Buffer>")]
#[must_use]
pub fn zstd_compress(bytes: Uint8Array, level: i32) -> AsyncTask<Blocking<Buffer>> {
    let bytes = bytes.to_vec();
    call::blocking(move || compression::zstd_compress(&bytes, level).map(Buffer::from))
}

/// Decompresses zstd on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<Buffer>")]
#[must_use]
pub fn zstd_decompress(bytes: Uint8Array) -> AsyncTask<Blocking<Buffer>> {
    let bytes = bytes.to_vec();
    call::blocking(move || compression::zstd_decompress(&bytes).map(Buffer::from))
}

fn wrapping(gzip: bool) -> Wrapping {
    if gzip { Wrapping::Gzip } else { Wrapping::Raw }
}

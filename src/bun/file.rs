//! Backs `Bun.file(…).text()` and its like, and `Bun.write`.

use std::cell::RefCell;
use std::path::PathBuf;

use dx_bun::file::{self, Cached, Error, Pour, Range, Target};
use napi::bindgen_prelude::{AsyncTask, Either, Env, Result, ToNapiValue, TypeName};
use napi::{ValueType, sys};
use napi_derive::napi;

use super::content::{self, Content};
use super::loan;
use crate::call::{self, Blocking};

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn target(of: Either<String, i32>) -> Target {
    match of {
        Either::A(path) => Target::Path(PathBuf::from(path)),
        Either::B(descriptor) => Target::Descriptor(descriptor),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the face passes whole numbers from 0 to 2^53"
)]
fn range(offset: f64, length: f64) -> Range {
    Range { offset: offset as u64, length: (length >= 0.0).then_some(length as u64) }
}

/// A value that was made while native memory was lent.
pub struct Made(pub(super) sys::napi_value);

impl TypeName for Made {
    fn type_name() -> &'static str {
        "ArrayBuffer | string | null"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ToNapiValue for Made {
    unsafe fn to_napi_value(_env: sys::napi_env, made: Self) -> Result<sys::napi_value> {
        Ok(made.0)
    }
}

/// Reads a small file that is in the page cache, here and now; `null` when `read` must be used.
///
/// That is so as well when the event loop has to turn, so that memory comes back.
///
/// # Errors
/// The file's.
#[napi(namespace = "file", ts_return_type = "ArrayBuffer | string | null")]
pub fn read_now(env: Env, of: Either<String, i32>, offset: f64, length: f64, text: bool) -> Result<Made> {
    SCRATCH.with_borrow_mut(|scratch| {
        let target = target(of);
        let raw = env.raw();
        if loan::turn_is_due() {
            return null(raw);
        }
        let read = call::sync(&env, || file::read_cached(&target, range(offset, length), text, scratch))?;
        let made = match read {
            None => return null(raw),
            Some(Cached::Scratch(size)) if text => small_text(raw, &scratch[..size])?,
            Some(Cached::Scratch(size)) => content::copy_bytes(raw, &scratch[..size])?,
            // SAFETY: the environment is alive: we are in one of its calls.
            Some(Cached::Block(block)) => unsafe { ToNapiValue::to_napi_value(raw, Content::Bytes(block))? },
            // SAFETY: as above.
            Some(Cached::Text(text)) => unsafe { ToNapiValue::to_napi_value(raw, Content::Text(text))? },
        };
        Ok(Made(made))
    })
}

/// Reads the next chunk of an open regular file that is in the page cache, here and now; an empty one at its end,
/// `null` when `read` must be used (see `read_now`).
///
/// # Errors
/// The file's.
#[napi(namespace = "file", ts_return_type = "ArrayBuffer | null")]
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the face passes whole numbers from 0 to 2^53"
)]
pub fn read_chunk_now(env: Env, descriptor: i32, offset: f64, size: f64) -> Result<Made> {
    if loan::turn_is_due() {
        return null(env.raw());
    }
    match call::sync(&env, || file::read_chunk_cached(descriptor, offset as u64, size as usize))? {
        None => null(env.raw()),
        // SAFETY: the environment is alive: we are in one of its calls.
        Some(block) => Ok(Made(unsafe { ToNapiValue::to_napi_value(env.raw(), Content::Bytes(block))? })),
    }
}

fn null(env: sys::napi_env) -> Result<Made> {
    // SAFETY: the environment is alive: we are in one of its calls.
    Ok(Made(unsafe { ToNapiValue::to_napi_value(env, napi::bindgen_prelude::Null)? }))
}

fn content_at(target: &Target, range: Range, text: bool) -> std::result::Result<Content, Error> {
    Ok(if text { Content::Text(file::read_text(target, range)?) } else { Content::Bytes(file::read(target, range)?) })
}

fn small_text(env: sys::napi_env, bytes: &[u8]) -> Result<sys::napi_value> {
    if bytes.is_ascii() {
        return content::one_byte(env, bytes);
    }
    if let Some(wide) = bytes.strip_prefix(&[0xFF, 0xFE]) {
        let units: Vec<u16> = wide.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return content::two_byte(env, &units);
    }
    content::utf8(env, bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes))
}

/// Reads a file, or a part of it, on the thread pool.
#[napi(namespace = "file", ts_return_type = "Promise<ArrayBuffer | string>")]
pub fn read(of: Either<String, i32>, offset: f64, length: f64, text: bool) -> AsyncTask<Blocking<Content>> {
    let target = target(of);
    let range = range(offset, length);
    call::blocking(move || content_at(&target, range, text))
}

/// Reads a file, or a part of it, here and now, waiting for it.
///
/// # Errors
/// The file's.
#[napi(namespace = "file", ts_return_type = "ArrayBuffer | string")]
pub fn read_sync(env: Env, of: Either<String, i32>, offset: f64, length: f64, text: bool) -> Result<Content> {
    let target = target(of);
    call::sync(&env, || content_at(&target, range(offset, length), text))
}

/// Writes a whole file here and now; gives the number of bytes, `null` when that might wait for another program.
///
/// # Errors
/// The file's.
#[napi(namespace = "file")]
pub fn write_now(
    env: Env,
    to: Either<String, i32>,
    data: Either<String, &[u8]>,
    mode: u32,
    create_path: bool,
) -> Result<Option<i64>> {
    let target = target(to);
    let bytes = match &data {
        Either::A(text) => text.as_bytes(),
        Either::B(bytes) => bytes,
    };
    call::sync(&env, || file::write_now(&target, bytes, mode, create_path)).map(|written| written.map(size))
}

/// Writes a text to a file on the thread pool; gives the number of bytes.
#[napi(namespace = "file", ts_return_type = "Promise<number>")]
pub fn write_text(to: Either<String, i32>, text: String, mode: u32, create_path: bool) -> AsyncTask<Blocking<i64>> {
    let target = target(to);
    call::blocking(move || file::write(&target, text.as_bytes(), mode, create_path).map(size))
}

/// Copies a file, or a part of it, to another on the thread pool; gives the number of bytes.
#[napi(namespace = "file", ts_return_type = "Promise<number>")]
pub fn copy(
    from: Either<String, i32>,
    offset: f64,
    length: f64,
    to: Either<String, i32>,
    mode: u32,
    create_path: bool,
) -> AsyncTask<Blocking<i64>> {
    let (from, range, to) = (target(from), range(offset, length), target(to));
    call::blocking(move || file::copy(&from, range, &to, mode, create_path).map(size))
}

/// Reads a file as UTF-8 in which a byte order mark is a character like any other, on the thread pool.
#[napi(namespace = "file", ts_return_type = "Promise<string>")]
pub fn read_utf8(path: String) -> AsyncTask<Blocking<Content>> {
    call::blocking(move || file::read_utf8(&Target::Path(PathBuf::from(path))).map(Content::Text))
}

/// `readUtf8` here and now, waiting for the file.
///
/// # Errors
/// The file's.
#[napi(namespace = "file", ts_return_type = "string")]
pub fn read_utf8_sync(env: Env, path: String) -> Result<Content> {
    call::sync(&env, || file::read_utf8(&Target::Path(PathBuf::from(path))).map(Content::Text))
}

/// Copies a piece of one open regular file to another on the thread pool; a place below 0 stands for where the
/// descriptor is. Gives how many bytes were copied, `null` when one of them is no regular file.
///
/// # Errors
/// When one is not open.
#[napi(namespace = "file", ts_return_type = "Promise<number> | null")]
pub fn pour(
    env: Env,
    from: i32,
    from_at: f64,
    to: i32,
    to_at: f64,
    length: f64,
) -> Result<Option<AsyncTask<Blocking<i64>>>> {
    let (from_at, to_at, length) = (place(from_at), place(to_at), range(length, 0.0).offset);
    let pour = call::sync(&env, || Pour::new(from, to))?;
    Ok(pour.map(|pour| call::blocking(move || pour.copy(from_at, to_at, length).map(size))))
}

fn place(at: f64) -> Option<u64> {
    (at >= 0.0).then(|| range(at, 0.0).offset)
}

fn size(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

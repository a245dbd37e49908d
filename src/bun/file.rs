//! Backs `Bun.file(…).text()` and its like, and `Bun.write`.

use std::cell::RefCell;
use std::path::PathBuf;
use std::ptr;

use dx_bun::file::{self, Cached, Error, Pour, Range, Target, Written};
use napi::bindgen_prelude::{AsyncTask, Either, Env, Object, Result, ToNapiValue, TypeName};
use napi::{JsValue, ValueType, sys};
use napi_derive::napi;

use super::content::{self, Content};
use super::loan;
use crate::call::{self, Blocking};
use crate::raw::{self, Arguments, Raw};

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

/// Makes `file.directFunctions()`: what small files are read and written with, hand-registered, since `#[napi]` would add a
/// tenth to them.
///
/// `readNow` reads a small file that is in the page cache, here and now: `null` when `read` must be used. That is so as well
/// when the event loop has to turn, so that memory comes back.
///
/// `writeNow` writes a whole file: the number of bytes, a promise of it where a pipe has no room for all of them, `null` when
/// opening the file means waiting for another program.
///
/// # Errors
/// When the object cannot be made.
#[napi(
    namespace = "file",
    ts_return_type = "{ readNow(of: string | number, offset: number, length: number, text: boolean): ArrayBuffer | string | null, writeNow(to: string | number, data: string | Uint8Array, mode: number, createPath: boolean): number | Promise<number> | null }"
)]
pub fn direct_functions(env: &Env) -> Result<Object<'_>> {
    let functions = Object::new(env)?;
    let all: [(&str, raw::Callback); 2] = [("readNow", read_now), ("writeNow", write_now)];
    for (name, callback) in all {
        // SAFETY: the object is of this environment; the functions do not look at their data.
        unsafe { raw::define(env.raw(), functions.raw(), name, callback, ptr::null_mut())? };
    }
    Ok(functions)
}

unsafe extern "C" fn read_now(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: both come from Node-API for this very call.
    let arguments = unsafe { Arguments::<4>::read(env, info) };
    if loan::turn_is_due() {
        return null(env);
    }
    let target = direct_target(&arguments);
    let (range, text) = (range(arguments.double(1), arguments.double(2)), arguments.boolean(3));
    SCRATCH.with_borrow_mut(|scratch| {
        let Some(read) = call::sync_raw(env, || file::read_cached(&target, range, text, scratch)) else {
            return ptr::null_mut();
        };
        let made = match read {
            None => return null(env),
            Some(Cached::Scratch(size)) if text => small_text(env, &scratch[..size]),
            Some(Cached::Scratch(size)) => content::copy_bytes(env, &scratch[..size]),
            // SAFETY: the environment is alive: we are in one of its calls.
            Some(Cached::Block(block)) => unsafe { ToNapiValue::to_napi_value(env, Content::Bytes(block)) },
            // SAFETY: as above.
            Some(Cached::Text(text)) => unsafe { ToNapiValue::to_napi_value(env, Content::Text(text)) },
        };
        given(env, made)
    })
}

unsafe extern "C" fn write_now(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    // SAFETY: both come from Node-API for this very call.
    let arguments = unsafe { Arguments::<4>::read(env, info) };
    let target = direct_target(&arguments);
    let (mode, create_path) = (arguments.int(2).cast_unsigned(), arguments.boolean(3));
    arguments.with_text_or_bytes(1, |bytes| {
        match call::sync_raw(env, || file::write_now(&target, bytes, mode, create_path)) {
            None => ptr::null_mut(),
            Some(Written::Nothing) => null(env),
            #[expect(clippy::cast_precision_loss, reason = "no longer than what was given")]
            Some(Written::Whole(size)) => raw::number(env, size as f64),
            Some(Written::Part(unfinished)) => {
                let bytes = bytes.to_vec();
                let task = call::blocking(move || unfinished.finish(&target, &bytes).map(size));
                // SAFETY: the environment is alive: we are in one of its calls.
                given(env, unsafe { ToNapiValue::to_napi_value(env, task) })
            }
        }
    })
}

fn direct_target(arguments: &Arguments<4>) -> Target {
    match arguments.text(0) {
        Some(path) => Target::Path(PathBuf::from(path)),
        None => Target::Descriptor(arguments.int(0)),
    }
}

/// The value, or null with its error thrown.
fn given(env: sys::napi_env, made: Result<sys::napi_value>) -> sys::napi_value {
    made.unwrap_or_else(|error| {
        // SAFETY: the environment is alive: we are in one of its calls.
        unsafe { napi::JsError::from(error).throw_into(env) };
        ptr::null_mut()
    })
}

/// `null`; a null pointer when Node-API refuses, which reads as `undefined`.
fn null(env: sys::napi_env) -> sys::napi_value {
    Raw(env).null().unwrap_or(ptr::null_mut())
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
        return Ok(Made(null(env.raw())));
    }
    match call::sync(&env, || file::read_chunk_cached(descriptor, offset as u64, size as usize))? {
        None => Ok(Made(null(env.raw()))),
        // SAFETY: the environment is alive: we are in one of its calls.
        Some(block) => Ok(Made(unsafe { ToNapiValue::to_napi_value(env.raw(), Content::Bytes(block))? })),
    }
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

/// A single buffer of this size is reason for a full collection to V8, which makes it and everything else that is alive
/// then old; only another full collection finds that it is dead.
const LONE: usize = 64 * 1024 * 1024;

/// How many bytes of fresh memory a full collection may spare a large read; 0: none.
#[napi(namespace = "file")]
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "no larger than memory")]
pub fn bytes_spared(of: Either<String, i32>, offset: f64, length: f64) -> f64 {
    let out = loan::buffers_out();
    if out < LONE {
        return 0.0;
    }
    let fresh = file::fresh_bytes(&target(of), range(offset, length));
    if fresh < LONE { 0.0 } else { fresh.min(out) as f64 }
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

//! What a read gives to JavaScript: an `ArrayBuffer` or a string over memory that native code read into.

use std::ffi::{CStr, c_char, c_void};
use std::ops::Deref;
use std::ptr;
use std::sync::OnceLock;

use dx_bun::file::{self, Text};
use dx_bun::memory::Block;
use napi::bindgen_prelude::{Env, ToNapiValue, TypeName};
use napi::{Result, ValueType, check_status, sys};

use super::loan::{self, Kind, Loan};
use crate::{error, host};

/// Below this a copy into V8's own heap is cheaper than memory that V8 has to give back.
const EXTERNAL: usize = 32 * 1024;
/// The same for strings: up to here V8 puts them where it puts small objects, in memory that it recycles.
const EXTERNAL_TEXT: usize = 96 * 1024;

/// `v8::String::kMaxLength` of 64-bit builds: how many units a string can have.
const LONGEST_TEXT: usize = (1 << 29) - 24;

/// The content of a file on its way to JavaScript.
pub enum Content {
    /// An `ArrayBuffer`.
    Bytes(Block),
    /// A string.
    Text(Text),
}

impl TypeName for Content {
    fn type_name() -> &'static str {
        "ArrayBuffer | string"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ToNapiValue for Content {
    unsafe fn to_napi_value(env: sys::napi_env, content: Self) -> Result<sys::napi_value> {
        match content {
            Self::Bytes(block) if block.len() >= EXTERNAL => external_bytes(env, block),
            Self::Bytes(block) => copy_bytes(env, &block),
            Self::Text(Text::OneByte(block, start)) if block.len() >= EXTERNAL_TEXT => {
                external_one_byte(env, block, start)
            }
            Self::Text(Text::OneByte(block, start)) => one_byte(env, &block[start..]),
            Self::Text(Text::TwoByte(units)) => two_byte(env, &units),
        }
    }
}

/// Makes an `ArrayBuffer` of V8's own.
pub(crate) fn copy_bytes(env: sys::napi_env, bytes: &[u8]) -> Result<sys::napi_value> {
    let (mut data, mut value) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the environment is alive: we are in one of its calls.
    check_status!(unsafe { sys::napi_create_arraybuffer(env, bytes.len(), &raw mut data, &raw mut value) })?;
    if !bytes.is_empty() {
        // SAFETY: Node-API gave `bytes.len()` fresh bytes at `data`, which nothing else sees yet.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data.cast(), bytes.len()) };
    }
    Ok(value)
}

/// Memory that JavaScript has.
struct Lent<T> {
    memory: T,
    loan: Loan,
}

/// Makes an `ArrayBuffer` over a block, which returns to its pool when JavaScript drops it.
pub(crate) fn external_bytes(env: sys::napi_env, mut block: Block) -> Result<sys::napi_value> {
    if !host::may_lend() {
        return copy_bytes(env, &block);
    }
    let (data, length) = (block.as_mut_ptr(), block.len());
    let loan = Loan::new(env, Kind::Buffer, length);
    let owner = Box::into_raw(Box::new(Lent { memory: block, loan }));
    let mut value = ptr::null_mut();
    // SAFETY: `data` points into the block that `owner` keeps mapped until `release` gets it back.
    let status = unsafe {
        sys::napi_create_external_arraybuffer(
            env,
            data.cast(),
            length,
            Some(release::<Block>),
            owner.cast(),
            &raw mut value,
        )
    };
    if status == sys::Status::napi_ok {
        return Ok(value);
    }
    // SAFETY: Node-API refused the memory (hosts with a memory cage do), so `owner` is still ours alone.
    let Lent { memory: block, loan } = *unsafe { Box::from_raw(owner) };
    loan.end();
    copy_bytes(env, &block)
}

/// Makes a string of ISO 8859-1 bytes.
pub(crate) fn one_byte(env: sys::napi_env, bytes: &[u8]) -> Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    let length = length(bytes.len())?;
    // SAFETY: `bytes` outlives the call, which copies it.
    let status = unsafe { sys::napi_create_string_latin1(env, bytes.as_ptr().cast(), length, &raw mut value) };
    made(env, status, value)
}

/// Makes a string of UTF-8 if it is ASCII; a large one lies in memory that is recycled.
#[cfg(feature = "bun-sqlite")]
pub(crate) fn large_ascii(env: sys::napi_env, utf8: &[u8]) -> Option<Result<sys::napi_value>> {
    if utf8.len() >= EXTERNAL_TEXT
        && let Ok(mut block) = Block::take(utf8.len())
    {
        return copy_ascii(utf8, &mut block).then(|| external_one_byte(env, block, 0));
    }
    utf8.is_ascii().then(|| one_byte(env, utf8))
}

/// Copies bytes to a place of the same length, in parts that are in the processor's cache when they are copied after they
/// were looked at. Whether all are ASCII.
#[cfg(feature = "bun-sqlite")]
fn copy_ascii(from: &[u8], to: &mut [u8]) -> bool {
    const PART: usize = 8 * 1024;
    from.chunks(PART).zip(to.chunks_mut(PART)).all(|(from, to)| {
        to.copy_from_slice(from);
        to.is_ascii()
    })
}

/// Makes a string of UTF-8 bytes; malformed sequences become U+FFFD.
pub(crate) fn utf8(env: sys::napi_env, bytes: &[u8]) -> Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    let length = length(bytes.len())?;
    // SAFETY: `bytes` outlives the call, which copies it.
    let status = unsafe { sys::napi_create_string_utf8(env, bytes.as_ptr().cast(), length, &raw mut value) };
    made(env, status, value)
}

/// Makes a string of UTF-16 units.
pub(crate) fn two_byte(env: sys::napi_env, units: &[u16]) -> Result<sys::napi_value> {
    let mut value = ptr::null_mut();
    let length = length(units.len())?;
    // SAFETY: `units` outlives the call, which copies it.
    let status = unsafe { sys::napi_create_string_utf16(env, units.as_ptr(), length, &raw mut value) };
    made(env, status, value)
}

fn length(length: usize) -> Result<isize> {
    isize::try_from(length).map_err(|_| napi::Error::new(napi::Status::InvalidArg, "the text is too long".to_owned()))
}

type CreateExternalString = unsafe extern "C" fn(
    sys::napi_env,
    *const c_char,
    isize,
    sys::napi_finalize,
    *mut c_void,
    *mut sys::napi_value,
    *mut bool,
) -> sys::napi_status;

/// `node_api_create_external_string_latin1` of Node-API 10; Node 20 has it before its time.
fn external_string() -> Option<CreateExternalString> {
    static FOUND: OnceLock<Option<CreateExternalString>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        const NAME: &CStr = c"node_api_create_external_string_latin1";
        host::symbol(NAME).map(|address| {
            // SAFETY: the symbol has had this signature in every Node that exports it.
            unsafe { std::mem::transmute::<*mut c_void, CreateExternalString>(address) }
        })
    })
}

/// Makes a string of ISO 8859-1 bytes; a large one keeps them.
#[cfg(all(unix, feature = "web-core"))]
pub(crate) fn keep_one_byte<T: Deref<Target = [u8]> + Send>(env: sys::napi_env, text: T) -> Result<sys::napi_value> {
    if text.len() < EXTERNAL_TEXT {
        return one_byte(env, &text);
    }
    crate::heap::keep_freed();
    external_one_byte(env, text, 0)
}

/// `memory` stays where it is. Some versions of V8 let go of strings on threads of their own.
fn external_one_byte<T: Deref<Target = [u8]> + Send>(
    env: sys::napi_env,
    memory: T,
    start: usize,
) -> Result<sys::napi_value> {
    let Some(create) = external_string() else { return one_byte(env, &memory[start..]) };
    let loan = Loan::new(env, Kind::Text, memory.len());
    let lent = Box::new(Lent { memory, loan });
    let text = &lent.memory[start..];
    let (data, length) = (text.as_ptr(), length(text.len())?);
    let owner = Box::into_raw(lent);
    let (mut value, mut copied) = (ptr::null_mut(), false);
    let release = Some(release::<T> as unsafe extern "C" fn(_, _, _));
    let status = loan::watch_count(env, || {
        // SAFETY: `data` points into memory that `owner` keeps, unchanged, until `release` gets it back; when the host
        // copies instead, it calls `release` at once.
        unsafe { create(env, data.cast(), length, release, owner.cast(), &raw mut value, &raw mut copied) }
    });
    if status == sys::Status::napi_ok {
        return Ok(value);
    }
    // SAFETY: the host refused the memory, so `owner` is still ours alone.
    unsafe { Box::from_raw(owner) }.loan.end();
    made(env, status, value)
}

/// V8 refuses a string that is too long without a word.
fn made(env: sys::napi_env, status: sys::napi_status, value: sys::napi_value) -> Result<sys::napi_value> {
    if status == sys::Status::napi_generic_failure {
        return Err(error::rejection(&Env::from_raw(env), &file::Error::TooLong { most: LONGEST_TEXT }.into()));
    }
    check_status!(status)?;
    Ok(value)
}

/// Takes memory back when JavaScript has dropped it.
unsafe extern "C" fn release<T>(_env: sys::napi_env, _data: *mut c_void, owner: *mut c_void) {
    // SAFETY: `owner` is the `Box<Lent<T>>` that was handed over with the memory; this runs once.
    let lent = unsafe { Box::from_raw(owner.cast::<Lent<T>>()) };
    lent.loan.end();
}

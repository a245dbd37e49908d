//! Backs `Bun.secrets` (`lib/bun/secrets.js`), which has checked every argument.
//!
//! The store may ask the user, who may not answer: each call has a thread of its own.

use std::ffi::{CStr, CString};

use dx_bun::secrets::{self, Error};
use napi::bindgen_prelude::{Env, Object, Result, ToNapiValue, Undefined};
use napi::sys;
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::call;
use crate::raw::Raw;

/// UTF-8 that is erased when JavaScript has its text.
pub struct Secret(Zeroizing<Vec<u8>>);

impl ToNapiValue for Secret {
    unsafe fn to_napi_value(env: sys::napi_env, secret: Self) -> Result<sys::napi_value> {
        Raw(env).utf8(&secret.0)
    }
}

/// Gives what is stored; null when there is nothing.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "bun", ts_return_type = "Promise<string | null>")]
pub fn secret_get(env: &Env, service: String, name: String) -> Result<Object<'_>> {
    call::detached(env, move || {
        let found = secrets::get(&text(service)?, &text(name)?)?;
        Ok::<_, Error>(found.map(Secret))
    })
}

/// Stores a value.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "bun", ts_return_type = "Promise<void>")]
pub fn secret_set(env: &Env, service: String, name: String, value: String) -> Result<Object<'_>> {
    let value = Zeroizing::new(value);
    // With room for the NUL: what grows leaves a copy behind.
    let mut copy = Zeroizing::new(Vec::with_capacity(value.len() + 1));
    copy.extend_from_slice(value.as_bytes());
    copy.push(0);
    drop(value);
    call::detached::<Undefined, Error, _>(env, move || {
        let value = CStr::from_bytes_with_nul(&copy).map_err(|_| Error::Nul)?;
        secrets::set(&text(service)?, &text(name)?, value)
    })
}

/// Deletes what is stored; false when there is nothing.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "bun", ts_return_type = "Promise<boolean>")]
pub fn secret_delete(env: &Env, service: String, name: String) -> Result<Object<'_>> {
    call::detached(env, move || secrets::delete(&text(service)?, &text(name)?))
}

fn text(text: String) -> std::result::Result<CString, Error> {
    CString::new(text).map_err(|_| Error::Nul)
}

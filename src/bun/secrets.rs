//! Backs `Bun.secrets` (`lib/bun/secrets.js`), which has checked every argument.

use std::ffi::{CStr, CString};

use dx_bun::secrets;
use dx_fault::{Class, Fault};
use napi::bindgen_prelude::{AsyncTask, Undefined};
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::call::{self, Blocking};

/// Gives what is stored, on the thread pool; null when there is nothing.
#[napi(namespace = "bun", ts_return_type = "Promise<string | null>")]
#[must_use]
pub fn secret_get(service: String, name: String) -> AsyncTask<Blocking<Option<String>>> {
    call::blocking(move || {
        let found = secrets::get(&text(service)?, &text(name)?)?;
        Ok::<_, Fault>(found.map(|value| String::from_utf8_lossy(&value).into_owned()))
    })
}

/// Stores a value, on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<void>")]
#[must_use]
pub fn secret_set(service: String, name: String, value: String) -> AsyncTask<Blocking<Undefined>> {
    let mut value = Zeroizing::new(value.into_bytes());
    value.push(0);
    call::blocking(move || {
        let value = CStr::from_bytes_with_nul(&value).map_err(|_| has_nul())?;
        Ok::<_, Fault>(secrets::set(&text(service)?, &text(name)?, value)?)
    })
}

/// Deletes what is stored, on the thread pool; false when there is nothing.
#[napi(namespace = "bun", ts_return_type = "Promise<boolean>")]
#[must_use]
pub fn secret_delete(service: String, name: String) -> AsyncTask<Blocking<bool>> {
    call::blocking(move || Ok::<_, Fault>(secrets::delete(&text(service)?, &text(name)?)?))
}

/// The face has refused texts with NUL.
fn text(text: String) -> Result<CString, Fault> {
    CString::new(text).map_err(|_| has_nul())
}

fn has_nul() -> Fault {
    Fault::new(Class::TypeError, "ERR_INVALID_ARG_TYPE", "a text has a NUL")
}

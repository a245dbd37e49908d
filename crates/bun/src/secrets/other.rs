//! Stores that are not known yet: Keychain, Credential Manager.

use std::ffi::CStr;

use zeroize::Zeroizing;

use super::Error;

pub(super) fn get(_: &CStr, _: &CStr) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    Err(Error::Platform)
}

pub(super) fn set(_: &CStr, _: &CStr, _: &CStr) -> Result<(), Error> {
    Err(Error::Platform)
}

pub(super) fn delete(_: &CStr, _: &CStr) -> Result<bool, Error> {
    Err(Error::Platform)
}

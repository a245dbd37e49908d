//! `Bun.secrets`: credentials in the system's store.
//!
//! On Linux that is libsecret, which is loaded when it is first asked for; entries are those of Bun, so that each reads
//! what the other has stored.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "other.rs")]
mod platform;

use std::ffi::CStr;

use dx_fault::{Class, Fault};
use zeroize::Zeroizing;

/// Why the store did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no libsecret.
    #[error("libsecret not available")]
    Unavailable,
    /// What the store says.
    #[error("{0}")]
    Store(String),
    /// A text cannot be given to the store.
    #[error("Expected service, name, and value to be strings without null bytes")]
    Nul,
    /// This platform's store is not known.
    #[error("Bun.secrets is not available on this platform")]
    Platform,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let (class, code) = match error {
            Error::Nul => (Class::TypeError, "ERR_INVALID_ARG_VALUE"),
            Error::Platform => (Class::Error, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"),
            Error::Unavailable | Error::Store(_) => (Class::Error, "ERR_SECRETS_PLATFORM_ERROR"),
        };
        Self::new(class, code, error.to_string())
    }
}

/// Gives what is stored under a name of a service; `None` when there is nothing.
///
/// # Errors
/// [`Error`], all of it.
pub fn get(service: &CStr, name: &CStr) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    platform::get(service, name)
}

/// Stores a value in place of what there was.
///
/// # Errors
/// [`Error`], all of it.
pub fn set(service: &CStr, name: &CStr, value: &CStr) -> Result<(), Error> {
    platform::set(service, name, value)
}

/// Deletes what is stored; `false` when there is nothing.
///
/// # Errors
/// [`Error`], all of it.
pub fn delete(service: &CStr, name: &CStr) -> Result<bool, Error> {
    platform::delete(service, name)
}

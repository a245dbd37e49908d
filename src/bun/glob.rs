//! Backs `Bun.Glob`.

use std::path::PathBuf;

use dx_bun::glob::{Found, Options, Pattern, scan};
use napi::bindgen_prelude::{AsyncTask, Env, Result, ToNapiValue, TypeName};
use napi::{ValueType, sys};
use napi_derive::napi;

use super::content;
use crate::call::{self, Blocking};

/// A compiled pattern.
#[napi(namespace = "file")]
pub struct GlobPattern(Pattern);

#[napi(namespace = "file")]
impl GlobPattern {
    /// Compiles a pattern; every text is one.
    #[napi(constructor)]
    #[must_use]
    pub fn new(pattern: String) -> Self {
        Self(Pattern::new(&pattern))
    }

    /// Whether the whole path matches.
    ///
    /// # Errors
    /// None of its own.
    #[napi]
    pub fn matches(&self, env: Env, path: String) -> Result<bool> {
        call::sync(&env, || Ok::<_, dx_bun::glob::Error>(self.0.matches(&path)))
    }
}

/// What a scan looks for, as `lib/bun/glob.js` has checked it.
#[napi(object, namespace = "file")]
#[expect(clippy::struct_excessive_bools, reason = "the options of Bun's API")]
pub struct GlobOptions {
    /// Where to start; an absolute path.
    pub directory: String,
    /// Whether wildcards match names that start with a period.
    pub dot: bool,
    /// Whether the paths are absolute.
    pub absolute: bool,
    /// Whether links to directories are entered.
    pub follow: bool,
    /// Whether a link that leads nowhere is an error.
    pub broken: bool,
    /// Whether only files are found.
    pub only_files: bool,
}

impl From<GlobOptions> for Options {
    fn from(options: GlobOptions) -> Self {
        let GlobOptions { directory, dot, absolute, follow, broken, only_files } = options;
        Self { directory: PathBuf::from(directory), dot, absolute, follow, broken, only_files }
    }
}

/// Finds files, here and now.
///
/// # Errors
/// The system's, with `open`.
#[napi(namespace = "file", ts_return_type = "string")]
pub fn glob_scan_sync(env: Env, pattern: String, options: GlobOptions) -> Result<Paths> {
    let options = options.into();
    call::sync(&env, || scan(&pattern, &options)).map(Paths)
}

/// Finds files on the thread pool.
#[napi(namespace = "file", ts_return_type = "Promise<string>")]
pub fn glob_scan(pattern: String, options: GlobOptions) -> AsyncTask<Blocking<Paths>> {
    let options = options.into();
    call::blocking(move || scan(&pattern, &options).map(Paths))
}

/// Paths in one string, each followed by NUL.
pub struct Paths(Found);

impl TypeName for Paths {
    fn type_name() -> &'static str {
        "string"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ToNapiValue for Paths {
    unsafe fn to_napi_value(env: sys::napi_env, Self(Found(text)): Self) -> Result<sys::napi_value> {
        if text.is_ascii() { content::one_byte(env, text.as_bytes()) } else { content::utf8(env, text.as_bytes()) }
    }
}

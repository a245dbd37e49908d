//! Backs `fs.rm`, `fs.cp` and `fs.readdir` of whole trees (`lib/node/fast-tree.js`).

use std::path::Path;

use dx_shell::tree;
use napi::bindgen_prelude::{AsyncTask, Env, Result};
use napi_derive::napi;

use crate::call::{self, Blocking};

/// Removes a directory and all in it.
///
/// # Errors
/// When something stayed.
#[napi(namespace = "tree")]
pub fn remove_tree_sync(env: Env, path: String) -> Result<()> {
    call::sync(&env, || tree::remove(Path::new(&path)))
}

/// `removeTreeSync` on the thread pool.
#[napi(namespace = "tree", ts_return_type = "Promise<void>")]
pub fn remove_tree(path: String) -> AsyncTask<Blocking<()>> {
    call::blocking(move || tree::remove(Path::new(&path)))
}

/// Copies a directory and all in it to a path where nothing is.
///
/// # Errors
/// When something was not copied.
#[napi(namespace = "tree")]
pub fn copy_tree_sync(env: Env, source: String, target: String, verbatim: bool) -> Result<()> {
    call::sync(&env, || tree::copy(Path::new(&source), Path::new(&target), verbatim))
}

/// `copyTreeSync` on the thread pool.
#[napi(namespace = "tree", ts_return_type = "Promise<void>")]
pub fn copy_tree(source: String, target: String, verbatim: bool) -> AsyncTask<Blocking<()>> {
    call::blocking(move || tree::copy(Path::new(&source), Path::new(&target), verbatim))
}

/// The paths below a directory, each with a NUL behind it; `null` for a tree that has links, or names that are no text.
///
/// # Errors
/// When a directory cannot be read.
#[napi(namespace = "tree")]
pub fn list_tree_sync(env: Env, path: String) -> Result<Option<String>> {
    call::sync(&env, || list(&path))
}

/// `listTreeSync` on the thread pool.
#[napi(namespace = "tree", ts_return_type = "Promise<string | null>")]
pub fn list_tree(path: String) -> AsyncTask<Blocking<Option<String>>> {
    call::blocking(move || list(&path))
}

fn list(path: &str) -> std::result::Result<Option<String>, tree::Error> {
    Ok(tree::list(Path::new(path))?.and_then(|paths| String::from_utf8(paths).ok()))
}

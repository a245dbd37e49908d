//! Backs `Bun.which`.

use napi_derive::napi;

/// Finds an executable along a search path; `null` when there is none.
#[napi(namespace = "process")]
#[must_use]
pub fn which(command: String, path: String, directory: String) -> Option<String> {
    dx_node::which::which(&command, &path, &directory)
}

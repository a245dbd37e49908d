//! Backs `fs.stat` and `fs.lstat` of many files (`lib/node/fast-stat.js`).

use dx_node::stat;
use napi::bindgen_prelude::{AsyncTask, Float64Array};
use napi_derive::napi;

use crate::call::{self, Blocking};

/// What `stat` tells of files, on the thread pool: for each whether it was found, and what `fs.Stats` is made of. `paths`
/// are joined by NUL.
#[napi(namespace = "stat", ts_return_type = "Promise<Float64Array>")]
pub fn stat_all(paths: String, follow: bool) -> AsyncTask<Blocking<Float64Array>> {
    call::blocking(move || Ok::<_, dx_fault::Fault>(Float64Array::new(stat::facts(paths.split('\0'), follow))))
}

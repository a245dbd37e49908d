//! The only ways into an engine: `sync` on the JavaScript thread, `blocking` on libuv's thread pool, `detached` on a thread
//! of its own.
//!
//! Each takes any `Result<T, E: Into<Fault>>`, contains panics (napi-rs would abort the process),
//! and builds the JavaScript error on the JavaScript thread.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use dx_fault::{Class, Fault};
use napi::bindgen_prelude::{AsyncTask, Env, Object, Result, ToNapiValue, TypeName};
use napi::{Task, sys};

/// Runs an engine call here and now; a fault is thrown as its JavaScript error.
///
/// # Errors
/// `PendingException` when the engine failed or panicked.
pub(crate) fn sync<T, E: Into<Fault>>(env: &Env, work: impl FnOnce() -> std::result::Result<T, E>) -> Result<T> {
    contain(work).map_err(|fault| crate::error::throw(env, &fault))
}

/// `sync` for hand-registered callbacks (`napi_sys`): `None` means that an exception is pending.
pub(crate) fn sync_raw<T, E: Into<Fault>>(
    env: sys::napi_env,
    work: impl FnOnce() -> std::result::Result<T, E>,
) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Some(value),
        failed => fail(env, failed),
    }
}

/// Throws what `sync_raw` met; apart, so that a call that succeeds moves no fault around.
#[cold]
#[inline(never)]
fn fail<T, E: Into<Fault>>(env: sys::napi_env, failed: thread::Result<std::result::Result<T, E>>) -> Option<T> {
    contain(|| failed.unwrap_or_else(|payload| resume_unwind(payload)))
        .map_err(|fault| crate::error::throw(&Env::from_raw(env), &fault))
        .ok()
}

/// Runs an engine call on libuv's thread pool; JavaScript gets a promise.
pub(crate) fn blocking<T, E, W>(work: W) -> AsyncTask<Blocking<T>>
where
    T: ToNapiValue + TypeName + Send + 'static,
    E: Into<Fault>,
    W: FnOnce() -> std::result::Result<T, E> + Send + 'static,
{
    AsyncTask::new(Blocking { work: Some(Box::new(move || work().map_err(Into::into))) })
}

/// Runs an engine call that may wait for somebody on a thread of its own; JavaScript gets a promise. What else is under
/// way goes on meanwhile, and the program may end without an answer.
///
/// # Errors
/// Node-API's.
pub(crate) fn detached<T, E, W>(env: &Env, work: W) -> Result<Object<'_>>
where
    T: ToNapiValue + Send + 'static,
    E: Into<Fault>,
    W: FnOnce() -> std::result::Result<T, E> + Send + 'static,
{
    let (deferred, promise) = env.create_deferred()?;
    let refused = deferred.clone();
    let settle = |outcome: std::result::Result<T, Fault>| {
        move |env: Env| outcome.map_err(|fault| crate::error::rejection(&env, &fault))
    };
    let wait = move || deferred.resolve(settle(contain(work)));
    if let Err(error) = thread::Builder::new().name("dx-wait".to_owned()).spawn(wait) {
        refused.resolve(settle(Err(Fault::new(Class::Error, "ERR_SYSTEM_ERROR", error.to_string()))));
    }
    Ok(promise)
}

fn contain<T, E: Into<Fault>>(work: impl FnOnce() -> std::result::Result<T, E>) -> std::result::Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(Into::into),
        Err(payload) => Err(Fault::panic(payload.as_ref())),
    }
}

type Work<T> = Box<dyn FnOnce() -> std::result::Result<T, Fault> + Send>;

/// An engine call under way on the thread pool.
pub struct Blocking<T> {
    work: Option<Work<T>>,
}

impl<T: ToNapiValue + TypeName + Send + 'static> Task for Blocking<T> {
    type Output = std::result::Result<T, Fault>;
    type JsValue = T;

    fn compute(&mut self) -> Result<Self::Output> {
        // napi-rs computes a task once; a second call would find the work gone and say so.
        let Some(work) = self.work.take() else {
            return Err(napi::Error::new(napi::Status::GenericFailure, "the task has already run".to_owned()));
        };
        Ok(contain(work))
    }

    fn resolve(&mut self, env: Env, output: Self::Output) -> Result<T> {
        output.map_err(|fault| crate::error::rejection(&env, &fault))
    }
}

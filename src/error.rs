//! `Fault` -> JavaScript error.
//!
//! The error object is built by `makeError` of `lib/internal/errors.js`, which every environment
//! (main thread or worker) registers when it loads the binding, so classes are the right realm's
//! and the stack is the caller's.

use std::ptr;

use dx_fault::{Fault, Prop, Sys};
use napi::bindgen_prelude::{Env, Object, ToNapiValue, Unknown};
use napi::{Error, JsValue, Result, Status, check_status, sys};
use napi_derive::napi;

/// What an environment keeps for this addon (`napi_set_instance_data`).
struct Instance {
    make_error: sys::napi_ref,
}

/// Backs `binding.registerErrorFactory(makeError)`, called once per environment by `lib/binding.js`.
///
/// # Errors
/// `napi::Error` when the value cannot be referenced.
#[napi(ts_args_type = "makeError: (...args: any[]) => Error")]
pub fn register_error_factory(env: Env, make_error: Unknown<'_>) -> Result<()> {
    let mut reference = ptr::null_mut();
    // SAFETY: both handles come from Node-API in this very call; the reference lives as long as the environment.
    check_status!(unsafe { sys::napi_create_reference(env.raw(), make_error.raw(), 1, &raw mut reference) })?;
    env.set_instance_data(Instance { make_error: reference }, (), |_| {})
}

/// Builds the JavaScript error of a fault. Falls back to a plain `Error` when no factory is registered.
pub(crate) fn build(env: &Env, fault: &Fault) -> Result<sys::napi_value> {
    let Some(instance) = env.get_instance_data::<Instance>()? else {
        return Err(Error::new(Status::GenericFailure, fault.message.clone()));
    };
    let raw = env.raw();
    let mut factory = ptr::null_mut();
    // SAFETY: the reference was made in this environment and is deleted by nobody.
    check_status!(unsafe { sys::napi_get_reference_value(raw, instance.make_error, &raw mut factory) })?;
    let arguments = [
        value(env, fault.class.name())?,
        value(env, fault.code.as_ref())?,
        value(env, fault.message.as_str())?,
        match &fault.sys {
            Some(sys) => system(env, sys)?.raw(),
            None => value(env, ())?,
        },
        properties(env, &fault.props)?,
    ];
    let mut result = ptr::null_mut();
    let this = value(env, ())?;
    // SAFETY: `factory` is a function of this environment and `arguments` outlives the call.
    check_status!(unsafe {
        sys::napi_call_function(raw, this, factory, arguments.len(), arguments.as_ptr(), &raw mut result)
    })?;
    Ok(result)
}

/// Throws the JavaScript error of a fault; the returned error tells napi-rs that it is pending.
pub(crate) fn throw(env: &Env, fault: &Fault) -> Error {
    match build(env, fault) {
        Ok(error) => {
            // SAFETY: `error` was made in this environment just now.
            unsafe { sys::napi_throw(env.raw(), error) };
            Error::new(Status::PendingException, String::new())
        }
        Err(error) => error,
    }
}

/// Wraps the JavaScript error of a fault for a promise's rejection.
pub(crate) fn rejection(env: &Env, fault: &Fault) -> Error {
    match build(env, fault) {
        // SAFETY: `error` was made in this environment just now.
        Ok(error) => Error::from_unknown_without_coercion(unsafe { Unknown::from_raw_unchecked(env.raw(), error) }),
        Err(error) => error,
    }
}

fn value(env: &Env, what: impl ToNapiValue) -> Result<sys::napi_value> {
    // SAFETY: the environment is alive: we are in one of its calls.
    unsafe { ToNapiValue::to_napi_value(env.raw(), what) }
}

fn system<'env>(env: &'env Env, sys: &Sys) -> Result<Object<'env>> {
    let mut facts = Object::new(env)?;
    facts.set("errno", sys.errno)?;
    facts.set("syscall", sys.syscall.as_ref())?;
    for (name, text) in [("path", &sys.path), ("dest", &sys.dest), ("address", &sys.address)] {
        if let Some(text) = text {
            facts.set(name, text.as_str())?;
        }
    }
    if let Some(port) = sys.port {
        facts.set("port", port)?;
    }
    Ok(facts)
}

fn properties(env: &Env, props: &[(&'static str, Prop)]) -> Result<sys::napi_value> {
    if props.is_empty() {
        return value(env, ());
    }
    let mut object = Object::new(env)?;
    for (name, prop) in props {
        match prop {
            Prop::Text(text) => object.set(name, text.as_str())?,
            Prop::Number(number) => object.set(name, *number)?,
            Prop::Bool(truth) => object.set(name, *truth)?,
            _ => object.set(name, napi::bindgen_prelude::Null)?,
        }
    }
    Ok(object.raw())
}

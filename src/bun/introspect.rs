//! Backs `Bun.peek` and `Bun.inspect`: looks into promises, proxies and iterators.
//!
//! Node-API cannot read them. V8 can, and the Node binary exports its C++ methods under names
//! that the Itanium ABI fixes; they are looked up at run time, so a Node without them is told apart.

#![expect(unsafe_code, reason = "calls methods of V8 through their exported symbols")]

use napi::bindgen_prelude::{Env, Result, Unknown};
use napi::{JsValue, ValueType, check_status, sys};
use napi_derive::napi;

/// Whether the functions of this module work in this Node.
#[napi(namespace = "bun")]
#[must_use]
pub fn introspection() -> bool {
    v8::methods().is_some()
}

/// The state of a promise: 0 pending, 1 fulfilled, 2 rejected; -1 when the value is no promise.
///
/// # Errors
/// When the value cannot be examined.
#[napi(namespace = "bun", ts_args_type = "value: unknown")]
pub fn promise_state(env: Env, value: Unknown<'_>) -> Result<i32> {
    if !is_promise(&env, &value)? {
        return Ok(-1);
    }
    let Some(methods) = v8::methods() else { return Ok(-1) };
    // SAFETY: the value is a promise (checked above) and alive: it is an argument of this call.
    Ok(unsafe { (methods.promise_state)(value.raw()) })
}

/// The value or reason of a settled promise; anything else comes back as it is.
///
/// # Errors
/// When the value cannot be examined.
#[napi(namespace = "bun", ts_args_type = "value: unknown", ts_return_type = "unknown")]
pub fn promise_result(env: Env, value: Unknown<'_>) -> Result<Unknown<'_>> {
    if promise_state(env, value)? <= 0 {
        return Ok(value);
    }
    let Some(methods) = v8::methods() else { return Ok(value) };
    // SAFETY: the value is a settled promise: V8 aborts on a pending one only.
    let result = unsafe { (methods.promise_result)(value.raw()) };
    // SAFETY: V8 made the handle in the scope of this call.
    Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), result) })
}

/// The target of a proxy, `null` when it was revoked. `value` must be a proxy (`util.types.isProxy`).
///
/// # Errors
/// When the value is no object.
#[napi(namespace = "bun", ts_args_type = "value: object", ts_return_type = "object | null")]
pub fn proxy_target(env: Env, value: Unknown<'_>) -> Result<Unknown<'_>> {
    let Some(methods) = v8::methods() else { return Ok(value) };
    // SAFETY: the value is alive; `IsProxy` takes any value.
    let proxy = unsafe { (methods.is_proxy)(value.raw()) };
    if !proxy {
        return Ok(value);
    }
    // SAFETY: the value is a proxy (checked above).
    let target = unsafe { (methods.proxy_target)(value.raw()) };
    // SAFETY: V8 made the handle in the scope of this call.
    Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), target) })
}

/// What an iterator of a Map or Set would still give, without moving it; `undefined` for anything else.
///
/// # Errors
/// When the value cannot be examined.
#[napi(namespace = "bun", ts_args_type = "value: object", ts_return_type = "unknown[] | undefined")]
pub fn preview_entries(env: Env, value: Unknown<'_>) -> Result<Option<Unknown<'_>>> {
    let (Some(methods), ValueType::Object) = (v8::methods(), value.get_type()?) else { return Ok(None) };
    let mut keyed = false;
    // SAFETY: the value is an object (checked above), for which V8 gives an empty handle when it has no entries.
    let entries = unsafe { (methods.preview_entries)(value.raw(), &raw mut keyed) };
    if entries.is_null() {
        return Ok(None);
    }
    // SAFETY: V8 made the handle in the scope of this call.
    Ok(Some(unsafe { Unknown::from_raw_unchecked(env.raw(), entries) }))
}

fn is_promise(env: &Env, value: &Unknown<'_>) -> Result<bool> {
    let mut found = false;
    // SAFETY: both handles belong to the current call.
    check_status!(unsafe { sys::napi_is_promise(env.raw(), value.raw(), &raw mut found) })?;
    Ok(found)
}

/// Methods of V8. A `napi_value` is a `v8::Local<v8::Value>`, that is the pointer which a method
/// takes as `this` and which a returned `Local` or `MaybeLocal` consists of.
#[derive(Clone, Copy)]
struct Methods {
    promise_state: unsafe extern "C" fn(sys::napi_value) -> i32,
    promise_result: unsafe extern "C" fn(sys::napi_value) -> sys::napi_value,
    is_proxy: unsafe extern "C" fn(sys::napi_value) -> bool,
    proxy_target: unsafe extern "C" fn(sys::napi_value) -> sys::napi_value,
    preview_entries: unsafe extern "C" fn(sys::napi_value, *mut bool) -> sys::napi_value,
}

mod v8 {
    use std::ffi::c_void;
    use std::mem::transmute;
    use std::sync::OnceLock;

    use super::Methods;
    use crate::host::symbol;

    pub(super) fn methods() -> Option<Methods> {
        static METHODS: OnceLock<Option<Methods>> = OnceLock::new();
        *METHODS.get_or_init(find)
    }

    fn find() -> Option<Methods> {
        let promise_state = symbol(c"_ZN2v87Promise5StateEv")?;
        let promise_result = symbol(c"_ZN2v87Promise6ResultEv")?;
        let is_proxy = symbol(c"_ZNK2v85Value7IsProxyEv")?;
        let proxy_target = symbol(c"_ZN2v85Proxy9GetTargetEv")?;
        let preview_entries = symbol(c"_ZN2v86Object14PreviewEntriesEPb")?;
        Some(Methods {
            // SAFETY: the mangled name is that of `PromiseState v8::Promise::State()`, an enum of int size.
            promise_state: unsafe { transmute::<*mut c_void, unsafe extern "C" fn(_) -> i32>(promise_state) },
            // SAFETY: the mangled name is that of `Local<Value> v8::Promise::Result()`; a `Local` is a trivially
            // copyable class of one pointer, which the System V and the AArch64 ABI return in a register.
            promise_result: unsafe { transmute::<*mut c_void, unsafe extern "C" fn(_) -> _>(promise_result) },
            // SAFETY: the mangled name is that of `bool v8::Value::IsProxy() const`.
            is_proxy: unsafe { transmute::<*mut c_void, unsafe extern "C" fn(_) -> bool>(is_proxy) },
            // SAFETY: the mangled name is that of `Local<Value> v8::Proxy::GetTarget()`; as `Result`.
            proxy_target: unsafe { transmute::<*mut c_void, unsafe extern "C" fn(_) -> _>(proxy_target) },
            // SAFETY: the mangled name is that of `MaybeLocal<Array> v8::Object::PreviewEntries(bool*)`, where a
            // `MaybeLocal` is a class of one `Local`; as `Result`.
            preview_entries: unsafe { transmute::<*mut c_void, unsafe extern "C" fn(_, _) -> _>(preview_entries) },
        })
    }
}

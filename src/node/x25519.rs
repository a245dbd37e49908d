//! Backs `crypto.diffieHellman` and `crypto.generateKeyPairSync` with keys of X25519 (`lib/node/native-keys.js`).

use dx_fault::Fault;
use dx_node::x25519::{KEY, PrivateKey};
use napi::bindgen_prelude::{Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::call;
use crate::raw::{self, Call, Js, Raw};

/// A function that agrees with the private key of these 32 bytes on a secret with a public one; `null` when they are
/// not as many. What it gives is `undefined` when the public key is a point of small order.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "x25519", ts_return_type = "((key: Uint8Array) => Buffer | undefined) | null")]
pub fn x25519_agreement(env: Env, key: Uint8Array) -> Result<Option<Unknown<'static>>> {
    let key = <&[u8; KEY]>::try_from(key.as_ref()).ok().and_then(PrivateKey::new);
    let Some(key) = key else { return Ok(None) };
    let raw = Raw(env.raw());
    raw::function(raw, key, agree).map(|function| Some(raw.unknown(function)))
}

/// The public key of these 32 bytes; `null` when they are not as many.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "x25519", ts_return_type = "Buffer | null")]
pub fn x25519_public(env: Env, key: Uint8Array) -> Result<Option<Unknown<'static>>> {
    let Ok(key) = <&[u8; KEY]>::try_from(key.as_ref()) else { return Ok(None) };
    let public = call::sync(&env, || Ok::<_, Fault>(PrivateKey::new(key).map(|key| key.public())))?;
    let raw = Raw(env.raw());
    public.map(|public| raw.buffer(&public).map(|buffer| raw.unknown(buffer))).transpose()
}

fn agree(call: &Call<'_, PrivateKey>) -> Option<Js> {
    let [key] = call.arguments();
    let env = call.env;
    let secret = call::sync_raw(env.0, || {
        let key = env.with_bytes(key, |bytes| <[u8; KEY]>::try_from(bytes).ok()).flatten();
        Ok::<_, Fault>(key.and_then(|key| call.data.agree(&key)))
    })?;
    secret.map_or_else(|| env.undefined(), |secret| env.buffer(&*secret)).ok()
}

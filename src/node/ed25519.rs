//! Backs `crypto.sign`, `crypto.verify` and `crypto.generateKeyPairSync` with keys of Ed25519 (`lib/node/native-keys.js`).

use dx_fault::Fault;
use dx_node::ed25519::{KEY, PrivateKey, PublicKey, SIGNATURE};
use napi::bindgen_prelude::{Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::call;
use crate::raw::{self, Call, Js, Raw};

/// A function that signs with the private key of these 32 bytes; `null` when they are not as many.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "ed25519", ts_return_type = "((data: Uint8Array) => Buffer) | null")]
pub fn ed25519_signer(env: Env, seed: Uint8Array) -> Result<Option<Unknown<'static>>> {
    let Ok(seed) = <&[u8; KEY]>::try_from(seed.as_ref()) else { return Ok(None) };
    let raw = Raw(env.raw());
    raw::function(raw, PrivateKey::new(seed), sign).map(|function| Some(raw.unknown(function)))
}

fn sign(call: &Call<'_, PrivateKey>) -> Option<Js> {
    let [data] = call.arguments();
    let signature =
        call::sync_raw(call.env.0, || Ok::<_, Fault>(call.env.with_bytes(data, |data| call.data.sign(data))))??;
    call.env.buffer(&signature).ok()
}

/// The public key of these 32 bytes; `null` when they are not as many.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "ed25519", ts_return_type = "Buffer | null")]
pub fn ed25519_public(env: Env, seed: Uint8Array) -> Result<Option<Unknown<'static>>> {
    let Ok(seed) = <&[u8; KEY]>::try_from(seed.as_ref()) else { return Ok(None) };
    let public = call::sync(&env, || Ok::<_, Fault>(PrivateKey::new(seed).public()))?;
    let raw = Raw(env.raw());
    raw.buffer(&public).map(|buffer| Some(raw.unknown(buffer)))
}

/// A function that verifies signatures of 64 bytes with the public key of these 32 bytes; `null` when they are none.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "ed25519", ts_return_type = "((data: Uint8Array, signature: Uint8Array) => boolean) | null")]
pub fn ed25519_verifier(env: Env, key: Uint8Array) -> Result<Option<Unknown<'static>>> {
    let key = <&[u8; KEY]>::try_from(key.as_ref()).ok().and_then(PublicKey::new);
    let Some(key) = key else { return Ok(None) };
    let raw = Raw(env.raw());
    raw::function(raw, key, verify).map(|function| Some(raw.unknown(function)))
}

fn verify(call: &Call<'_, PublicKey>) -> Option<Js> {
    let [data, signature] = call.arguments();
    let env = call.env;
    let whole = |bytes: &[u8]| <[u8; SIGNATURE]>::try_from(bytes).ok();
    let valid = call::sync_raw(env.0, || {
        let signature = env.with_bytes(signature, whole).flatten();
        let verified = signature.map(|signature| env.with_bytes(data, |data| call.data.verify(data, &signature)));
        Ok::<_, Fault>(verified.flatten().unwrap_or(false))
    })?;
    env.boolean(valid).ok()
}

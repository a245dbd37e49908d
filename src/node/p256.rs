//! Backs `crypto.sign`, `crypto.verify`, `crypto.diffieHellman` and `crypto.generateKeyPairSync` with keys of P-256
//! (`lib/node/native-keys.js`).

use dx_fault::Fault;
use dx_node::ecdsa_der::{self, Encoded};
use dx_node::p256::{POINT, PrivateKey, PublicKey, SCALAR, SIGNATURE};
use napi::bindgen_prelude::{Env, Result, Uint8Array, Unknown};
use napi_derive::napi;

use crate::call;
use crate::raw::{self, Call, Js, Raw};

/// A function that signs with the private key of this number, in DER or as two numbers; `null` when it is none. What
/// it gives is `undefined` when the system has no random bytes.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "p256", ts_return_type = "((data: Uint8Array, asNumbers: boolean) => Buffer | undefined) | null")]
pub fn p256_signer(env: Env, scalar: Uint8Array) -> Result<Option<Unknown<'static>>> {
    with(env, private_key(&scalar), sign)
}

fn sign(call: &Call<'_, PrivateKey>) -> Option<Js> {
    let [data, as_numbers] = call.arguments();
    let env = call.env;
    let signature =
        call::sync_raw(env.0, || Ok::<_, Fault>(env.with_bytes(data, |data| call.data.sign(data)).flatten()))?;
    match signature {
        Some(numbers) if env.as_bool(as_numbers) => env.buffer(&numbers),
        Some(numbers) => env.buffer(Encoded::new(&numbers).bytes()),
        None => env.undefined(),
    }
    .ok()
}

/// A function that verifies signatures with the public key of this point, in DER or as two numbers; `null` when it
/// is none. What it gives is `undefined` when the signature has another form.
///
/// # Errors
/// Node-API's.
#[napi(
    namespace = "p256",
    ts_return_type = "((data: Uint8Array, signature: Uint8Array, asNumbers: boolean) => boolean | undefined) | null"
)]
pub fn p256_verifier(env: Env, point: Uint8Array) -> Result<Option<Unknown<'static>>> {
    with(env, <&[u8; POINT]>::try_from(point.as_ref()).ok().and_then(PublicKey::new), verify)
}

fn verify(call: &Call<'_, PublicKey>) -> Option<Js> {
    let [data, signature, as_numbers] = call.arguments();
    let env = call.env;
    let as_numbers = env.as_bool(as_numbers);
    let numbers =
        |bytes: &[u8]| if as_numbers { <[u8; SIGNATURE]>::try_from(bytes).ok() } else { ecdsa_der::decode(bytes) };
    let valid = call::sync_raw(env.0, || {
        let signature = env.with_bytes(signature, numbers).flatten();
        let verify = |signature| env.with_bytes(data, |data| call.data.verify(data, &signature));
        Ok::<_, Fault>(signature.and_then(verify))
    })?;
    valid.map_or_else(|| env.undefined(), |valid| env.boolean(valid)).ok()
}

/// A function that agrees with the private key of this number on a secret with the public key of a point; `null`
/// when it is none. What it gives is `undefined` when the point is none of the curve.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "p256", ts_return_type = "((point: Uint8Array) => Buffer | undefined) | null")]
pub fn p256_agreement(env: Env, scalar: Uint8Array) -> Result<Option<Unknown<'static>>> {
    with(env, private_key(&scalar), agree)
}

fn agree(call: &Call<'_, PrivateKey>) -> Option<Js> {
    let [point] = call.arguments();
    let env = call.env;
    let secret = call::sync_raw(env.0, || {
        let point = env.with_bytes(point, |bytes| <[u8; POINT]>::try_from(bytes).ok()).flatten();
        Ok::<_, Fault>(point.and_then(|point| call.data.agree(&point)))
    })?;
    secret.map_or_else(|| env.undefined(), |secret| env.buffer(&*secret)).ok()
}

/// The public key of this number; `null` when it is none of the curve's.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "p256", ts_return_type = "Buffer | null")]
pub fn p256_public(env: Env, scalar: Uint8Array) -> Result<Option<Unknown<'static>>> {
    let public = call::sync(&env, || Ok::<_, Fault>(private_key(&scalar).map(|key| key.public())))?;
    let raw = Raw(env.raw());
    public.map(|public| raw.buffer(&public).map(|buffer| raw.unknown(buffer))).transpose()
}

fn private_key(scalar: &Uint8Array) -> Option<PrivateKey> {
    <&[u8; SCALAR]>::try_from(scalar.as_ref()).ok().and_then(PrivateKey::new)
}

fn with<T: 'static>(
    env: Env,
    key: Option<T>,
    body: fn(&Call<'_, T>) -> Option<Js>,
) -> Result<Option<Unknown<'static>>> {
    let Some(key) = key else { return Ok(None) };
    let raw = Raw(env.raw());
    raw::function(raw, key, body).map(|function| Some(raw.unknown(function)))
}

//! Backs `Bun.password` (`lib/bun/password.js`), which has checked every argument.

use dx_bun::password::{self, Algorithm, Family, Operation, Variant};
use dx_fault::{Class, Fault};
use napi::bindgen_prelude::{AsyncTask, Env, Result, Uint8Array};
use napi_derive::napi;
use zeroize::Zeroizing;

use crate::call::{self, Blocking};

/// Hashes a password: `bun.passwordHashSync(password, algorithm, cost, memory)`.
///
/// `cost` is bcrypt's rounds or Argon2's passes, `memory` Argon2's KiB.
///
/// # Errors
/// A `PASSWORD_*` fault.
#[napi(namespace = "bun")]
pub fn password_hash_sync(env: Env, password: Uint8Array, algorithm: String, cost: u32, memory: u32) -> Result<String> {
    call::sync(&env, || hash(&password, &algorithm, cost, memory))
}

/// Hashes a password on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<string>")]
#[must_use]
pub fn password_hash(password: Uint8Array, algorithm: String, cost: u32, memory: u32) -> AsyncTask<Blocking<String>> {
    let password = Zeroizing::new(password.to_vec());
    call::blocking(move || hash(&password, &algorithm, cost, memory))
}

/// Verifies a password: `bun.passwordVerifySync(password, stored, algorithm or "")`.
///
/// # Errors
/// A `PASSWORD_*` fault.
#[napi(namespace = "bun")]
pub fn password_verify_sync(env: Env, password: Uint8Array, stored: Uint8Array, algorithm: String) -> Result<bool> {
    call::sync(&env, || verify(&password, &stored, &algorithm))
}

/// Verifies a password on the thread pool.
#[napi(namespace = "bun", ts_return_type = "Promise<boolean>")]
#[must_use]
pub fn password_verify(password: Uint8Array, stored: Uint8Array, algorithm: String) -> AsyncTask<Blocking<bool>> {
    let password = Zeroizing::new(password.to_vec());
    let stored = stored.to_vec();
    call::blocking(move || verify(&password, &stored, &algorithm))
}

fn hash(secret: &[u8], algorithm: &str, cost: u32, memory: u32) -> std::result::Result<String, Fault> {
    let argon2 = |variant| Algorithm::Argon2 { variant, memory, time: cost };
    let algorithm = match algorithm {
        "bcrypt" => Algorithm::Bcrypt { cost },
        "argon2id" => argon2(Variant::Id),
        "argon2i" => argon2(Variant::I),
        "argon2d" => argon2(Variant::D),
        other => return Err(unknown(other)),
    };
    password::hash(secret, algorithm).map_err(|error| error.during(Operation::Hashing))
}

fn verify(secret: &[u8], stored: &[u8], algorithm: &str) -> std::result::Result<bool, Fault> {
    let family = match algorithm {
        "" => None,
        "bcrypt" => Some(Family::Bcrypt),
        "argon2id" | "argon2i" | "argon2d" => Some(Family::Argon2),
        other => return Err(unknown(other)),
    };
    password::verify(secret, stored, family).map_err(|error| error.during(Operation::Verification))
}

fn unknown(algorithm: &str) -> Fault {
    Fault::new(Class::TypeError, "ERR_INVALID_ARG_VALUE", format!("unknown algorithm {algorithm}"))
}

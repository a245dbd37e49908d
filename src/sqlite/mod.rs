//! The binding of `bun:sqlite`: `lib/sqlite/*` calls it, `crates/sqlite` does the work.
//!
//! A database and a statement are functions of [`js`]; numbers go in and out through an
//! exchange buffer that JavaScript allocates ([`exchange`]), rows through its page.

mod callback;
pub mod database;
mod exchange;
mod js;
mod parameters;
mod statement;

use dx_sqlite::{Error, Statement};
use napi::sys;

use js::{Js, Raw};

/// An object argument; `None` for anything else.
fn as_array(env: Raw, value: Js) -> Option<Js> {
    (!value.is_null() && env.kind(value) == sys::ValueType::napi_object).then_some(value)
}

/// The names of a statement's parameters as an array, `null` for `?`.
fn names(env: Raw, statement: &Statement) -> Result<Js, Error> {
    list(env, statement.parameter_names()?.iter().map(Option::as_deref)).map_err(|_| Error::OutOfMemory)
}

/// An array of strings, `null` where there is none.
fn list<'a>(env: Raw, items: impl Iterator<Item = Option<&'a str>>) -> napi::Result<Js> {
    let array = env.array()?;
    for (index, item) in items.enumerate() {
        let value = item.map_or_else(|| env.null(), |item| env.utf8(item.as_bytes()))?;
        env.set_element(array, u32::try_from(index).unwrap_or(u32::MAX), value)?;
    }
    Ok(array)
}

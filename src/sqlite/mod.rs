//! The binding of `bun:sqlite`: `lib/sqlite/*` calls it, `crates/sqlite` does the work.
//!
//! An environment has one function for statements and one buffer that JavaScript allocates ([`exchange`]): which
//! statement, what to do with it and its parameters go in through the buffer, rows come back in its page. A database
//! is a function of its own.

mod callback;
mod database;
mod exchange;
mod hand_over;
mod parameters;
mod statement;

use std::rc::Rc;

use dx_sqlite::{Error, Statement};
use napi::bindgen_prelude::{Env, Unknown};
use napi::{JsValue, sys};
use napi_derive::napi;

use crate::call;
use crate::raw::{self, Call, Js, Raw};
use exchange::{Exchange, Root, Word};

/// Operations that open a database, the others are those of statements; `lib/sqlite/exchange.js` has the same.
const OPEN: i32 = 30;
const DESERIALIZE: i32 = 31;

/// Takes the memory that is shared with JavaScript; gives the function that does what the buffer's first word says.
///
/// # Errors
/// `ERR_INTERNAL_ASSERTION` when the memory is not what was agreed.
#[napi(namespace = "sqlite", ts_return_type = "(...values: any[]) => any")]
pub fn connect<'env>(
    env: &'env Env,
    buffer: Unknown<'env>,
    handed_over: Unknown<'env>,
    known: Unknown<'env>,
) -> napi::Result<Unknown<'env>> {
    let raw = Raw(env.raw());
    let exchange = || Exchange::new(raw, buffer.raw(), handed_over.raw(), known.raw()).ok_or(Error::OutOfMemory);
    let exchange = call::sync(env, exchange)?;
    Ok(raw.unknown(raw::function::<Root>(raw, Root(Rc::new(exchange)), operate)?))
}

fn operate(call: &Call<'_, Root>) -> Option<Js> {
    call::sync_raw(call.env.0, || match call.data.0.get(Word::Operation) {
        OPEN => database::open(call).map(Some),
        DESERIALIZE => database::deserialize(call).map(Some),
        operation => statement::operate(call, operation),
    })?
}

/// An object argument; `None` for anything else.
fn as_array(env: Raw, value: Js) -> Option<Js> {
    (!value.is_null() && env.kind(value) == sys::ValueType::napi_object).then_some(value)
}

/// The names of a statement's parameters as an array, `null` for `?`.
fn names(env: Raw, statement: &Statement) -> dx_sqlite::Result<Js> {
    list(env, statement.parameter_names()?.iter().map(Option::as_deref)).map_err(|_| Error::OutOfMemory.into())
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

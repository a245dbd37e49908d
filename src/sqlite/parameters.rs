//! Binds the parameters that JavaScript left in the exchange buffer.

use std::mem::MaybeUninit;

use dx_sqlite::{Binder, Error, Result, Statement, Value, write_utf8};
use napi::sys::ValueType;

use super::exchange::{Exchange, Root, Word};
use crate::raw::{Call, Js, Raw};

/// Strings of fewer units are written in one pass, into memory for the most that they can take.
const SHORT: usize = 1 << 14;

/// Arguments that may be texts, behind the one that may be a list; `lib/sqlite/arguments.js` has the same.
const TEXTS: usize = 8;
/// Units of the longest text that JavaScript passes as one, and a NUL.
const UNITS: usize = 2400;

/// Takes the values of a call for the run that is about to begin; `given` is what [`Exchange::take_given`] said of them.
#[inline]
pub(super) fn take(statement: &mut Statement, exchange: &Exchange, call: &Call<'_, Root>, given: i32) -> Result<()> {
    match given {
        0 => {}
        1 => return bind_list(statement, exchange, call.arguments::<1>()[0]),
        _ => take_texts(exchange, call),
    }
    bind_packed(statement, exchange)
}

/// Not inlined: its place for a text would be on the stack of every call.
#[inline(never)]
fn take_texts(exchange: &Exchange, call: &Call<'_, Root>) {
    let arguments = call.arguments::<{ TEXTS + 1 }>();
    exchange.place_texts(TEXTS, |index, room| {
        let mut units = [MaybeUninit::uninit(); UNITS];
        arguments.get(index + 1).map_or(0, |&text| write_utf8(call.env.read_utf16(text, &mut units), room))
    });
}

/// Binds for the run that is about to begin, which ends the one before; a count of -1 keeps what is bound.
///
/// With an array, its elements are the values; otherwise they are in the exchange buffer.
pub(super) fn bind(statement: &mut Statement, exchange: &Exchange, array: Option<Js>) -> Result<()> {
    match array {
        None => bind_packed(statement, exchange),
        Some(array) => bind_list(statement, exchange, array),
    }
}

#[inline]
fn bind_packed(statement: &mut Statement, exchange: &Exchange) -> Result<()> {
    let Some(count) = count(statement, exchange) else { return Ok(()) };
    let (kinds, values) = exchange.parameters(count);
    statement.rebind(count, exchange.texts())?.bind_packed(kinds, values)
}

#[inline(never)]
fn bind_list(statement: &mut Statement, exchange: &Exchange, array: Js) -> Result<()> {
    let Some(count) = count(statement, exchange) else { return Ok(()) };
    let array = super::as_array(exchange.env(), array).ok_or(Error::NoValues)?;
    let binder = statement.rebind(count, &[])?;
    (0..count).try_for_each(|index| bind_element(&binder, exchange.env(), array, index))
}

/// How many values there are; `None`: what is bound stays.
#[inline]
fn count(statement: &Statement, exchange: &Exchange) -> Option<usize> {
    let count = usize::try_from(exchange.get(Word::Count)).ok()?;
    Some(count.min(statement.parameters()))
}

/// Binds an element that the face has checked: primitive or bytes. One that cannot be had ends the call: an exception may
/// be pending, with which no statement must run.
fn bind_element(binder: &Binder<'_>, env: Raw, array: Js, index: usize) -> Result<()> {
    let position = u32::try_from(index).unwrap_or(u32::MAX);
    let value = env.element(array, position).map_err(|_| Error::NoValues)?;
    match env.kind(value) {
        ValueType::napi_number => binder.bind(index, of_number(env.as_number(value).unwrap_or_default())),
        ValueType::napi_string => bind_string(binder, env, value, index),
        ValueType::napi_bigint => binder.bind(index, Value::Integer(env.as_bigint(value).unwrap_or_default())),
        ValueType::napi_boolean => binder.bind(index, Value::Integer(i64::from(env.as_bool(value)))),
        ValueType::napi_object => {
            env.with_bytes(value, |bytes| binder.bind(index, Value::Blob(bytes))).unwrap_or(Ok(()))
        }
        _ => binder.bind(index, Value::Null),
    }
}

fn bind_string(binder: &Binder<'_>, env: Raw, value: Js, index: usize) -> Result<()> {
    let units = env.string_length(value).unwrap_or_default();
    let most = if units < SHORT { units * 3 } else { env.utf8_length(value).unwrap_or_default() };
    let write = |place: &mut [MaybeUninit<u8>]| env.write_utf8(value, place).unwrap_or_default();
    binder.bind_written_text(index, most + 1, write)
}

/// A safe integer other than -0 is an INTEGER, any other number a REAL.
#[expect(clippy::float_cmp, reason = "a number is whole exactly when it equals its whole part")]
pub(super) fn of_number(number: f64) -> Value<'static> {
    const LIMIT: f64 = 9_007_199_254_740_991.0;
    let is_integer = number.trunc() == number && number.abs() <= LIMIT && (number != 0.0 || number.is_sign_positive());
    if is_integer { Value::Integer(whole(number)) } else { Value::Real(number) }
}

#[allow(clippy::cast_possible_truncation, reason = "the number was found to be a safe integer")]
fn whole(number: f64) -> i64 {
    number as i64
}

//! Binds the parameters that JavaScript left in the exchange buffer.

use std::mem::MaybeUninit;

use dx_sqlite::{Binder, Result, Statement, Value};
use napi::sys::ValueType;

use super::exchange::{Exchange, SLOTS, Word};
use crate::raw::{Js, Raw};

// Types of parameters; `lib/sqlite/encode.js` has the same.
const INT32: i32 = 1;
const REAL: i32 = 2;
const TEXT: i32 = 3;
const BIGINT: i32 = 4;
const SAFE_INTEGER: i32 = 5;
const BLOB: i32 = 6;

/// Strings of fewer units are written in one pass, into memory for the most that they can take.
const SHORT: usize = 1 << 14;

/// Ends the statement's run and binds; a count of -1 keeps what is bound.
///
/// With an array, its elements are the values; otherwise they are in the exchange buffer.
#[inline]
pub(super) fn bind(statement: &mut Statement, exchange: &Exchange, array: Option<Js>) -> Result<()> {
    let Ok(count) = usize::try_from(exchange.get(Word::Count)) else { return statement.reset() };
    let count = count.min(statement.parameters());
    match array {
        None => {
            let binder = statement.rebind(count, exchange.texts())?;
            (0..count.min(SLOTS)).try_for_each(|index| bind_slot(&binder, exchange, index))
        }
        Some(array) => {
            let binder = statement.rebind(count, &[])?;
            (0..count).try_for_each(|index| bind_element(&binder, exchange.env(), array, index))
        }
    }
}

#[inline]
fn bind_slot(binder: &Binder<'_>, exchange: &Exchange, index: usize) -> Result<()> {
    let (kind, bits) = exchange.parameter(index);
    match kind {
        INT32 => binder.bind(index, Value::Integer(i64::from(low(bits).cast_signed()))),
        TEXT => binder.bind_kept_text(index, low(bits) as usize, (bits >> 32) as usize),
        REAL => binder.bind(index, Value::Real(f64::from_bits(bits))),
        BLOB => binder.bind_kept_blob(index, low(bits) as usize, (bits >> 32) as usize),
        BIGINT => binder.bind(index, Value::Integer(bits.cast_signed())),
        SAFE_INTEGER => binder.bind(index, Value::Integer(whole(f64::from_bits(bits)))),
        _ => binder.bind(index, Value::Null),
    }
}

/// Binds an element that the face has checked: primitive or bytes.
fn bind_element(binder: &Binder<'_>, env: Raw, array: Js, index: usize) -> Result<()> {
    let position = u32::try_from(index).unwrap_or(u32::MAX);
    let Ok(value) = env.element(array, position) else { return binder.bind(index, Value::Null) };
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

#[allow(clippy::cast_possible_truncation, reason = "the low half is meant")]
fn low(bits: u64) -> u32 {
    bits as u32
}

//! Binds the parameters that JavaScript left in the exchange buffer.

use dx_sqlite::{Result, Statement, Value};

use super::exchange::{Exchange, SLOTS, Word};
use super::js::{Js, Raw};

// Types of parameters; `lib/sqlite/parameters.js` has the same.
const INT32: i32 = 1;
const REAL: i32 = 2;
const TEXT: i32 = 3;
const BIGINT: i32 = 4;
const SAFE_INTEGER: i32 = 5;
const BLOB: i32 = 6;

/// Resets the statement and binds; a count of -1 keeps what is bound.
///
/// With an array, its elements are the values; otherwise they are in the exchange buffer.
#[inline]
pub(super) fn bind(statement: &mut Statement, exchange: &Exchange, array: Option<Js>) -> Result<()> {
    let Ok(count) = usize::try_from(exchange.get(Word::Count)) else { return statement.reset() };
    statement.reset()?;
    if count < statement.parameters() {
        statement.clear_bindings()?;
    }
    let count = count.min(statement.parameters());
    match array {
        None => (0..count.min(SLOTS)).try_for_each(|index| bind_slot(statement, exchange, index)),
        Some(array) => (0..count).try_for_each(|index| bind_element(statement, exchange.env(), array, index)),
    }
}

#[inline]
fn bind_slot(statement: &mut Statement, exchange: &Exchange, index: usize) -> Result<()> {
    let (kind, bits) = exchange.parameter(index);
    let value = match kind {
        INT32 => Value::Integer(i64::from(low(bits).cast_signed())),
        REAL => Value::Real(f64::from_bits(bits)),
        TEXT => Value::Text(exchange.text(low(bits) as usize, (bits >> 32) as usize)),
        BLOB => Value::Blob(exchange.text(low(bits) as usize, (bits >> 32) as usize)),
        BIGINT => Value::Integer(bits.cast_signed()),
        SAFE_INTEGER => Value::Integer(whole(f64::from_bits(bits))),
        _ => Value::Null,
    };
    statement.bind(index, value)
}

/// Binds an element that the face has checked: primitive or bytes.
fn bind_element(statement: &mut Statement, env: Raw, array: Js, index: usize) -> Result<()> {
    let position = u32::try_from(index).unwrap_or(u32::MAX);
    let Ok(value) = env.element(array, position) else { return statement.bind(index, Value::Null) };
    match env.kind(value) {
        napi::sys::ValueType::napi_number => {
            let number = env.as_number(value).unwrap_or_default();
            statement.bind(index, of_number(number))
        }
        napi::sys::ValueType::napi_string => {
            statement.bind(index, Value::Text(&env.as_utf8(value).unwrap_or_default()))
        }
        napi::sys::ValueType::napi_bigint => {
            statement.bind(index, Value::Integer(env.as_bigint(value).unwrap_or_default()))
        }
        napi::sys::ValueType::napi_boolean => statement.bind(index, Value::Integer(i64::from(env.as_bool(value)))),
        napi::sys::ValueType::napi_object => {
            env.with_bytes(value, |bytes| statement.bind(index, Value::Blob(bytes))).unwrap_or(Ok(()))
        }
        _ => statement.bind(index, Value::Null),
    }
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

//! Calls user functions, aggregates and hooks from inside a step.
//!
//! The face wraps each of them (`lib/sqlite/function.js`): the wrapper catches what is thrown,
//! keeps it, and checks the result, so only values that SQLite can store come back.

use std::cell::Cell;
use std::rc::Rc;

use dx_sqlite::{Aggregate, Argument, Error, Reply, Scalar, UpdateCallback, Value};
use napi::sys;

use super::exchange::{Exchange, Word};
use super::parameters;
use crate::raw::{Js, Kept, Raw};

/// The JavaScript function behind a callback.
struct Wrapper {
    exchange: Rc<Exchange>,
    function: Kept,
    big_integers: bool,
}

impl Wrapper {
    fn new(exchange: &Rc<Exchange>, function: Js, big_integers: bool) -> dx_sqlite::Result<Self> {
        let function = Kept::new(exchange.env(), function).map_err(|_| Error::OutOfMemory)?;
        Ok(Self { exchange: Rc::clone(exchange), function, big_integers })
    }

    /// Calls the wrapper and reads its answer; `None`: something was thrown.
    fn call<R>(&self, leading: &[f64], arguments: &[Argument<'_>], read: impl FnOnce(Raw, Js) -> R) -> Option<R> {
        let env = self.exchange.env();
        env.scoped(|| {
            let mut values = Vec::with_capacity(leading.len() + arguments.len());
            for &number in leading {
                values.push(env.number(number).ok()?);
            }
            for argument in arguments {
                values.push(self.value(env, argument).ok()?);
            }
            let function = self.function.get().ok()?;
            let result = self.exchange.aside(|| env.call(function, &values))?;
            (self.exchange.get(Word::Thrown) == 0).then(|| read(env, result))
        })
    }

    fn value(&self, env: Raw, argument: &Argument<'_>) -> napi::Result<Js> {
        match *argument {
            Argument::Null => env.null(),
            Argument::Integer(number) if self.big_integers => env.bigint(number),
            Argument::Integer(number) => env.number(super::database::number(number)),
            Argument::Real(number) => env.number(number),
            Argument::Text(utf8) => env.utf8(utf8),
            Argument::Blob(bytes) => env.bytes(bytes),
        }
    }
}

/// Reads what a wrapper returned.
fn reply(env: Raw, value: Js) -> Reply {
    match env.kind(value) {
        sys::ValueType::napi_number => match parameters::of_number(env.as_number(value).unwrap_or_default()) {
            Value::Integer(number) => Reply::Integer(number),
            Value::Real(number) => Reply::Real(number),
            _ => Reply::Null,
        },
        sys::ValueType::napi_bigint => env.as_bigint(value).map_or(Reply::Failed, Reply::Integer),
        sys::ValueType::napi_boolean => Reply::Integer(i64::from(env.as_bool(value))),
        sys::ValueType::napi_string => env.as_utf8(value).map_or(Reply::Failed, Reply::Text),
        sys::ValueType::napi_object => env.with_bytes(value, <[u8]>::to_vec).map_or(Reply::Failed, Reply::Blob),
        _ => Reply::Null,
    }
}

/// A scalar function: `wrapper(...arguments)`.
pub(super) struct ScalarCallback(Wrapper);

impl ScalarCallback {
    pub(super) fn new(exchange: &Rc<Exchange>, function: Js, big_integers: bool) -> dx_sqlite::Result<Self> {
        Wrapper::new(exchange, function, big_integers).map(Self)
    }
}

impl Scalar for ScalarCallback {
    fn call(&self, arguments: &[Argument<'_>]) -> Reply {
        self.0.call(&[], arguments, reply).unwrap_or(Reply::Failed)
    }
}

/// An aggregate: `wrapper(phase, group, ...arguments)`; accumulators stay in JavaScript.
pub(super) struct AggregateCallbacks {
    wrapper: Wrapper,
    groups: Cell<u32>,
}

// Phases; `lib/sqlite/function.js` has the same.
const START: f64 = 0.0;
const STEP: f64 = 1.0;
const INVERSE: f64 = 2.0;
const RESULT: f64 = 3.0;
const END: f64 = 4.0;

impl AggregateCallbacks {
    pub(super) fn new(exchange: &Rc<Exchange>, function: Js, big_integers: bool) -> dx_sqlite::Result<Self> {
        Ok(Self { wrapper: Wrapper::new(exchange, function, big_integers)?, groups: Cell::new(0) })
    }

    fn phase<R>(
        &self,
        phase: f64,
        group: u64,
        arguments: &[Argument<'_>],
        read: impl FnOnce(Raw, Js) -> R,
    ) -> Option<R> {
        let group = f64::from(u32::try_from(group).unwrap_or_default());
        self.wrapper.call(&[phase, group], arguments, read)
    }
}

impl Aggregate for AggregateCallbacks {
    fn start(&self) -> Option<u64> {
        let group = self.groups.get().wrapping_add(1).max(1);
        self.groups.set(group);
        self.phase(START, u64::from(group), &[], |_, _| u64::from(group))
    }

    fn step(&self, group: u64, arguments: &[Argument<'_>], inverse: bool) -> bool {
        self.phase(if inverse { INVERSE } else { STEP }, group, arguments, |_, _| ()).is_some()
    }

    fn value(&self, group: u64) -> Reply {
        if self.wrapper.exchange.get(Word::Thrown) != 0 {
            // SQLite ends a group also after a failure; nothing is computed then.
            return Reply::Failed;
        }
        self.phase(RESULT, group, &[], reply).unwrap_or(Reply::Failed)
    }

    fn end(&self, group: u64) {
        self.phase(END, group, &[], |_, _| ());
    }
}

/// The update hook: `wrapper(operation, table, rowid, schema)`.
pub(super) fn update_hook(exchange: &Rc<Exchange>, function: Js) -> dx_sqlite::Result<UpdateCallback> {
    let wrapper = Wrapper::new(exchange, function, true)?;
    Ok(Box::new(move |change| {
        let arguments = [Argument::Text(change.table), Argument::Integer(change.rowid), Argument::Text(change.schema)];
        wrapper.call(&[f64::from(change.operation)], &arguments, |_, _| ());
    }))
}

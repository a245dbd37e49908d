//! Backs `Database`: one function a database, called with an operation and its arguments.

use std::cell::RefCell;
use std::ffi::CString;
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicI32, Ordering};

use dx_sqlite::{Connection, Error, FunctionFlags, Open, Prepare, Result, Statement, c_string};
use napi::sys;

use super::callback::{AggregateCallbacks, ScalarCallback, update_hook};
use super::exchange::{Exchange, Root, Word};
use super::{parameters, statement};
use crate::call;
use crate::raw::{self, Call, Js, Raw, copy_in, copy_out};

/// Counts the databases that the process has opened: `Database.prototype.handle`.
static OPENED: AtomicI32 = AtomicI32::new(0);

/// What a database's function carries.
struct Carried {
    /// `None` after `close()`.
    connection: RefCell<Option<Rc<Connection>>>,
    /// Still there while statements live: `close(true)` after `close(false)` finalizes them.
    last: Weak<Connection>,
    exchange: Rc<Exchange>,
}

// Operations; `lib/sqlite/exchange.js` has the same.
const PREPARE: i32 = 0;
const RUN: i32 = 1;
const IN_TRANSACTION: i32 = 2;
const CLOSE: i32 = 3;
const SERIALIZE: i32 = 4;
const LOAD_EXTENSION: i32 = 5;
const FILE_CONTROL: i32 = 6;
const FUNCTION: i32 = 7;
const AGGREGATE: i32 = 8;
const HOOK: i32 = 9;
const CHECK: i32 = 10;
const STOP_WITH_THREAD: i32 = 11;

/// Backs `new Database(filename, options)`: `(path, flags, wal)` gives the database's function.
pub(super) fn open(call: &Call<'_, Root>) -> Result<Js> {
    let [path, flags, wal] = call.arguments::<3>();
    let path = c_string(&call.env.as_utf8(path).unwrap_or_default());
    let how = Open { path: &path, flags: call.env.as_int(flags), wal: call.env.as_bool(wal) };
    carry(call, Connection::open(&how)?)
}

/// Backs `Database.deserialize(serialized, options)`: `(bytes, flags, readOnly)` gives the database's function.
pub(super) fn deserialize(call: &Call<'_, Root>) -> Result<Js> {
    let env = call.env;
    let [serialized, flags, read_only] = call.arguments::<3>();
    let (flags, read_only) = (env.as_int(flags), env.as_bool(read_only));
    let connection = env
        .with_bytes(serialized, |bytes| Connection::deserialize(bytes, flags, read_only))
        .unwrap_or_else(|| Err(Error::OutOfMemory.into()))?;
    carry(call, connection)
}

fn carry(call: &Call<'_, Root>, connection: Rc<Connection>) -> Result<Js> {
    let exchange = Rc::clone(&call.data.0);
    exchange.set(Word::Run, OPENED.fetch_add(1, Ordering::Relaxed));
    let carried = Carried { last: Rc::downgrade(&connection), connection: RefCell::new(Some(connection)), exchange };
    raw::function::<Carried>(call.env, carried, operate).map_err(|_| Error::OutOfMemory.into())
}

/// `database(operation, ...arguments)`
fn operate(call: &Call<'_, Carried>) -> Option<Js> {
    let env = call.env;
    let arguments = call.arguments::<8>();
    let operation = env.as_int(arguments[0]);
    call.data.exchange.forget_thrown();
    call::sync_raw(env.0, || {
        let done = dispatch(env, call.data, operation, &arguments[1..]);
        done.or_else(|error| if call.data.exchange.rethrow() { Ok(None) } else { Err(error) })
    })?
}

fn dispatch(env: Raw, database: &Carried, operation: i32, arguments: &[Js]) -> Result<Option<Js>> {
    if operation == CLOSE {
        return close(database, env.as_bool(arguments[0])).map(|()| None);
    }
    let connection = database.connection.borrow().clone();
    let Some(connection) = connection else {
        return Err(match operation {
            PREPARE => Error::PrepareClosed,
            SERIALIZE | LOAD_EXTENSION | FILE_CONTROL | FUNCTION | AGGREGATE => Error::CallClosed,
            _ => Error::Closed,
        }
        .into());
    };
    let exchange = &database.exchange;
    match operation {
        PREPARE => {
            let sql = env.as_utf8(arguments[0]).unwrap_or_default();
            let how = Prepare {
                flags: env.as_int(arguments[1]).cast_unsigned(),
                big_integers: env.as_bool(arguments[2]),
                owned: env.as_bool(arguments[3]),
            };
            let prepared = connection.prepare(&sql, how)?;
            statement::keep(exchange, prepared, arguments[4]).map(|()| None).map_err(|_| Error::OutOfMemory.into())
        }
        RUN => run(env, &connection, exchange, arguments).map(|()| None),
        IN_TRANSACTION => connection.in_transaction().map(|truth| env.boolean(truth).ok()),
        SERIALIZE => {
            let schema = text(env, arguments[0]).unwrap_or_else(|| c_string(b"main"));
            connection.serialize(&schema, |bytes| env.buffer(bytes))?.map(Some).map_err(|_| Error::OutOfMemory.into())
        }
        LOAD_EXTENSION => {
            let path = text(env, arguments[0]).unwrap_or_default();
            connection.load_extension(&path, text(env, arguments[1]).as_deref()).map(|()| None)
        }
        FILE_CONTROL => file_control(env, &connection, arguments).map(|status| env.number(f64::from(status)).ok()),
        FUNCTION => {
            let (name, arity, flags) = signature(env, arguments);
            let body = ScalarCallback::new(exchange, arguments[3], env.as_bool(arguments[4]))?;
            connection.define_scalar(&name, arity, flags, Box::new(body)).map(|()| None)
        }
        AGGREGATE => {
            let (name, arity, flags) = signature(env, arguments);
            let body = AggregateCallbacks::new(exchange, arguments[3], env.as_bool(arguments[4]))?;
            let is_window = env.as_bool(arguments[5]);
            connection.define_aggregate(&name, arity, flags, is_window, Box::new(body)).map(|()| None)
        }
        HOOK => {
            let is_function = env.kind(arguments[0]) == sys::ValueType::napi_function;
            let hook = if is_function { Some(update_hook(exchange, arguments[0])?) } else { None };
            connection.set_update_hook(hook).map(|()| None)
        }
        CHECK => connection.check().map(|()| None),
        STOP_WITH_THREAD => connection.set_stop_check(Box::new(move || env.is_ending())).map(|()| None),
        _ => Ok(None),
    }
}

fn close(database: &Carried, at_once: bool) -> Result<()> {
    let Some(connection) = database.last.upgrade() else { return Ok(()) };
    if at_once {
        connection.close()?;
    } else {
        connection.shut()?;
    }
    *database.connection.borrow_mut() = None;
    Ok(())
}

/// `db.run(sql, values)`: prepares, runs and finalizes every statement of the text.
fn run(env: Raw, connection: &Rc<Connection>, exchange: &Rc<Exchange>, arguments: &[Js]) -> Result<()> {
    let sql = env.as_utf8(arguments[0]).unwrap_or_default();
    let big = env.as_bool(arguments[1]);
    let bind = arguments[2];
    let changes = connection.run_all(&sql, |first| {
        match env.kind(bind) {
            sys::ValueType::napi_function => {}
            sys::ValueType::napi_boolean => return bind_list(first, exchange),
            _ => return Ok(()),
        }
        // The face encodes the values when it knows how many and which are wanted.
        let names = super::names(env, first)?;
        match env.call(bind, &[names]) {
            Some(array) => parameters::bind(first, exchange, super::as_array(env, array)),
            None => Err(Error::Busy.into()),
        }
    })?;
    exchange.set_changes(changes.rows, changes.last_rowid, big);
    Ok(())
}

/// Binds a list of scalars that the face has encoded without knowing how many are wanted.
fn bind_list(first: &mut Statement, exchange: &Exchange) -> Result<()> {
    let received = u32::try_from(exchange.get(Word::Count)).unwrap_or_default();
    let expected = u32::try_from(first.parameters()).unwrap_or(u32::MAX);
    if received != expected {
        return Err(Error::ParameterCount { expected, received }.into());
    }
    parameters::bind(first, exchange, None)
}

fn file_control(env: Raw, connection: &Connection, arguments: &[Js]) -> Result<i32> {
    let schema = text(env, arguments[0]);
    let operation = env.as_int(arguments[1]);
    // SQLite gets a place of its own, larger than anything that an operation reads or writes.
    let mut place = [0_u64; 8];
    place[0] = u64::from(env.as_int(arguments[2]).cast_unsigned());
    let memory = env.place_of_bytes(arguments[2]);
    copy_in(memory, &mut place);
    let status = connection.file_control(schema.as_deref(), operation, &mut place);
    copy_out(&place, memory);
    status
}

fn signature(env: Raw, arguments: &[Js]) -> (CString, i32, FunctionFlags) {
    let bits = env.as_int(arguments[2]);
    let flags = FunctionFlags { deterministic: bits & 1 != 0, direct_only: bits & 2 != 0 };
    (text(env, arguments[0]).unwrap_or_default(), env.as_int(arguments[1]), flags)
}

/// A string argument; `None` for anything else.
fn text(env: Raw, value: Js) -> Option<CString> {
    let is_string = env.kind(value) == sys::ValueType::napi_string;
    is_string.then(|| c_string(&env.as_utf8(value).unwrap_or_default()))
}

/// The `number` nearest to a 64-bit integer.
#[allow(clippy::cast_precision_loss, reason = "rounding is the documented result")]
pub(super) fn number(value: i64) -> f64 {
    value as f64
}

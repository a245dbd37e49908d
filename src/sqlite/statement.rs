//! Backs `Statement`: what the operations on the exchange buffer's statement do.

use std::cell::RefCell;
use std::rc::Rc;

use dx_sqlite::{ColumnClass, Error, Filled, Page, Result, Run, Statement, StorageClass, View};

use super::exchange::{Exchange, Root, Word};
use super::hand_over::{self, HandOver};
use super::parameters;
use crate::raw::{Call, Js, Raw, Weak};

/// A statement; it is dropped when its JavaScript object is collected.
pub(super) struct Entry {
    pub(super) statement: RefCell<Statement>,
    /// For a user function that the statement itself runs.
    view: View,
    pub(super) object: Weak,
}

// Operations; `lib/sqlite/exchange.js` has the same.
const GET: i32 = 0;
const ALL: i32 = 1;
const MORE: i32 = 2;
const RUN: i32 = 3;
const ITERATE: i32 = 4;
const NEXT: i32 = 5;
const END: i32 = 6;
const RAW: i32 = 7;
const BIND: i32 = 8;
const FINALIZE: i32 = 9;
const IS_FINALIZED: i32 = 11;
const CHECK: i32 = 12;
const COLUMNS: i32 = 13;
const CLASSES: i32 = 14;
const PARAMETERS: i32 = 15;
const COLUMN_TYPES: i32 = 16;
const DECLARED_TYPES: i32 = 17;
const READER: i32 = 18;
const READONLY: i32 = 19;
const TO_STRING: i32 = 20;
const SET_BIG: i32 = 21;
const RUNS: i32 = 22;

/// Takes a prepared statement, whose object is `object`; leaves its key and the number of its parameters.
pub(super) fn keep(exchange: &Rc<Exchange>, statement: Statement, object: Js) -> napi::Result<()> {
    let parameters = i32::try_from(statement.parameters()).unwrap_or(i32::MAX);
    let view = statement.view();
    let key = exchange.keep(object, |object| Entry { statement: RefCell::new(statement), view, object })?;
    exchange.set(Word::Statement, i32::try_from(key).unwrap_or(i32::MAX));
    exchange.set(Word::Count, parameters);
    Ok(())
}

/// Does an operation on the exchange buffer's statement. What a user function threw is thrown in place of SQLite's
/// word for it.
#[inline]
pub(super) fn operate(call: &Call<'_, Root>, operation: i32) -> Result<Option<Js>> {
    let exchange = &call.data.0;
    exchange.forget_thrown();
    // Before anything can refuse the call: the word must not stay for the next one.
    let given = exchange.take_given();
    let Some(entry) = exchange.entry() else { return Err(Error::Finalized.into()) };
    let done = match operation {
        // What programs call most has a function of its own: one for all operations keeps little in registers.
        GET => get(exchange, &entry.statement, call, given),
        RUN => run(exchange, &entry.statement, call, given),
        _ => dispatch(&entry, exchange, operation, call, given),
    };
    done.or_else(|error| if exchange.rethrow() { Ok(None) } else { Err(error) })
}

#[inline(never)]
fn get(exchange: &Exchange, statement: &RefCell<Statement>, call: &Call<'_, Root>, given: i32) -> Result<Option<Js>> {
    let mut statement = statement.try_borrow_mut().map_err(|_| Error::Busy)?;
    parameters::take(&mut statement, exchange, call, given)?;
    place(call.env, &mut statement, exchange, Statement::first)
}

#[inline(never)]
fn run(exchange: &Exchange, statement: &RefCell<Statement>, call: &Call<'_, Root>, given: i32) -> Result<Option<Js>> {
    let mut statement = statement.try_borrow_mut().map_err(|_| Error::Busy)?;
    parameters::take(&mut statement, exchange, call, given)?;
    let changes = statement.run()?;
    exchange.set_changes(changes.rows, changes.last_rowid, statement.big_integers());
    Ok(None)
}

#[inline(never)]
fn dispatch(
    entry: &Entry,
    exchange: &Exchange,
    operation: i32,
    call: &Call<'_, Root>,
    given: i32,
) -> Result<Option<Js>> {
    let env = call.env;
    // Bun allows these while a user function runs.
    match operation {
        TO_STRING => return Ok(env.utf8(entry.view.expanded_sql().as_bytes()).ok()),
        IS_FINALIZED => return Ok(env.boolean(entry.view.is_finalized()).ok()),
        _ => {}
    }
    let mut statement = entry.statement.try_borrow_mut().map_err(|_| Error::Busy)?;
    match operation {
        ALL | ITERATE | RAW | BIND => {
            parameters::take(&mut statement, exchange, call, given)?;
            start(env, &mut statement, exchange, operation)
        }
        MORE => batch(env, &mut statement, exchange, usize::MAX),
        NEXT => next(env, &mut statement, exchange),
        END => end(&mut statement, exchange),
        _ => describe(env, &mut statement, operation, || call.arguments::<1>()[0]),
    }
}

fn start(env: Raw, statement: &mut Statement, exchange: &Exchange, operation: i32) -> Result<Option<Js>> {
    match operation {
        ALL => {
            statement.begin()?;
            batch(env, statement, exchange, usize::MAX)
        }
        ITERATE => {
            statement.begin()?;
            exchange.set(Word::Run, statement.runs().cast_signed());
            Ok(None)
        }
        RAW => {
            statement.begin()?;
            raw_rows(env, statement, exchange).map(Some)
        }
        // BIND: also a call that could not bind its values takes the cursor from an iterator.
        _ => statement.begin().map(|()| None),
    }
}

/// Goes on filling the page.
fn batch(env: Raw, statement: &mut Statement, exchange: &Exchange, limit: usize) -> Result<Option<Js>> {
    place(env, statement, exchange, |statement, page, sink| statement.fill(page, limit, sink))
}

/// Has rows placed in the page; gives the text of the batch as one string.
#[inline]
fn place<'a>(
    env: Raw,
    statement: &mut Statement,
    exchange: &'a Exchange,
    rows: impl FnOnce(&mut Statement, &mut Page<'_>, &mut HandOver<'a>) -> Result<Filled>,
) -> Result<Option<Js>> {
    let mut sink = HandOver::new(exchange);
    let (filled, text) = exchange.with_page(|page| rows(statement, page, &mut sink));
    let filled = match filled {
        Ok(filled) if !sink.failed() => filled,
        failed => {
            exchange.give_back(text);
            return failed.and_then(|_| not_placed(statement));
        }
    };
    exchange.set(Word::Rows, i32::try_from(filled.rows).unwrap_or(i32::MAX));
    exchange.set(Word::Done, i32::from(filled.done));
    exchange.set(Word::Version, statement.version().cast_signed());
    exchange.set(Word::HandedOver, i32::try_from(dx_sqlite::Sink::taken(&sink)).unwrap_or(i32::MAX));
    let string = match text.run() {
        Run::Latin1([]) => None,
        Run::Latin1(text) => Some(env.short_latin1(text)),
        Run::Utf16(text) => env.utf16(text).ok(),
    };
    exchange.give_back(text);
    Ok(string)
}

/// Ends a run of which JavaScript could not make a value.
#[cold]
fn not_placed(statement: &mut Statement) -> Result<Option<Js>> {
    statement.reset()?;
    Err(Error::OutOfMemory.into())
}

fn next(env: Raw, statement: &mut Statement, exchange: &Exchange) -> Result<Option<Js>> {
    statement.check()?;
    if statement.runs() != exchange.get(Word::Run).cast_unsigned() {
        return Err(Error::CursorLost.into());
    }
    let text = batch(env, statement, exchange, 1)?;
    if exchange.get(Word::Done) != 0 {
        statement.reset()?;
    }
    Ok(text)
}

/// Ends an iterator's run if it still owns the cursor.
fn end(statement: &mut Statement, exchange: &Exchange) -> Result<Option<Js>> {
    if !statement.is_finalized() && statement.runs() == exchange.get(Word::Run).cast_unsigned() {
        statement.reset()?;
    }
    Ok(None)
}

fn raw_rows(env: Raw, statement: &mut Statement, exchange: &Exchange) -> Result<Js> {
    let rows = env.array().map_err(|_| Error::OutOfMemory)?;
    for index in 0.. {
        let row = env.array().map_err(|_| Error::OutOfMemory)?;
        let mut made = Ok(());
        let more = statement.next_bytes(|column, bytes| {
            let value = bytes.map_or_else(|| env.null(), |bytes| hand_over::blob(exchange, bytes));
            let column = u32::try_from(column).unwrap_or(u32::MAX);
            let put = value.and_then(|value| env.set_element(row, column, value));
            if made.is_ok() {
                made = put;
            }
        })?;
        if !more {
            break;
        }
        if made.and_then(|()| env.set_element(rows, index, row)).is_err() {
            statement.reset()?;
            return Err(Error::OutOfMemory.into());
        }
    }
    Ok(rows)
}

/// Everything that does not run the statement.
fn describe(env: Raw, statement: &mut Statement, operation: i32, argument: impl FnOnce() -> Js) -> Result<Option<Js>> {
    let value = match operation {
        FINALIZE => {
            statement.finalize()?;
            return Ok(None);
        }
        CHECK => {
            statement.check()?;
            return Ok(None);
        }
        COLUMNS => super::list(env, statement.column_names()?.iter().map(|name| Some(name.as_str()))),
        CLASSES => {
            env.latin1(&statement.classes().iter().map(|class: &ColumnClass| class.letter()).collect::<Vec<_>>())
        }
        PARAMETERS => {
            super::names(env, statement).map_err(|_| napi::Error::new(napi::Status::GenericFailure, String::new()))
        }
        COLUMN_TYPES => super::list(env, statement.storage_classes()?.into_iter().map(|class| Some(name(class)))),
        DECLARED_TYPES => super::list(env, statement.declared_types()?.iter().map(Option::as_deref)),
        RUNS => env.number(f64::from(statement.runs())),
        READER => env.boolean(statement.is_reader()?),
        READONLY => env.boolean(statement.is_readonly()?),
        SET_BIG => {
            statement.check()?;
            statement.set_big_integers(env.as_bool(argument()));
            return Ok(None);
        }
        _ => env.undefined(),
    };
    Ok(value.ok())
}

fn name(class: StorageClass) -> &'static str {
    match class {
        StorageClass::Integer => "INTEGER",
        StorageClass::Float => "FLOAT",
        StorageClass::Text => "TEXT",
        StorageClass::Blob => "BLOB",
        StorageClass::Null => "NULL",
    }
}

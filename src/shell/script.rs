//! Scripts: parsed once, run as often as one likes.

use std::ptr;

use bstr::BString;
use dx_fault::{Class, Fault, Prop};
use dx_shell::parse::{SyntaxError, Use, braces};
use dx_shell::run::Script;
use dx_shell::source::Source;
use napi::bindgen_prelude::{Env, Function, Result, ToNapiValue, TypeName, Uint8Array};
use napi::{ValueType, check_status, sys};
use napi_derive::napi;

use super::post::{self, Event, POST, Running};
use super::request::{Prepared, ShellRequest, prepare};
use crate::{bytes, call};

/// A parsed script.
#[napi(namespace = "shell")]
pub struct ShellScript {
    script: Script,
}

/// Longer outputs are handed over as memory of their own.
const SCRATCH: usize = 0xffff;

fn located(message: &str, line: u32, column: u32) -> Fault {
    Fault::new(Class::Error, "", format!("{message} (line {line}, column {column})"))
        .with("line", Prop::Number(f64::from(line)))
        .with("column", Prop::Number(f64::from(column)))
}

fn fault(error: SyntaxError) -> Fault {
    located(&error.message, error.line, error.column)
}

#[napi(namespace = "shell")]
impl ShellScript {
    /// Parses a template: value `n` stands between part `n` and part `n + 1`.
    ///
    /// # Errors
    /// What is wrong with it.
    #[napi(constructor)]
    pub fn new(env: Env, parts: Vec<String>) -> Result<Self> {
        let script = call::sync(&env, || Script::parse(&Source::new(&parts)).map_err(fault))?;
        Ok(Self { script })
    }

    /// Whether a value is read (1), written (2), or text (0).
    #[napi]
    pub fn use_of(&self, value: u32) -> u8 {
        match self.script.uses().get(value as usize) {
            Some(Use::Read) => 1,
            Some(Use::Write) => 2,
            Some(Use::Text { .. }) | None => 0,
        }
    }

    /// Whether it asks for no variable and no parameter.
    #[napi]
    pub fn is_closed(&self) -> bool {
        self.script.is_closed()
    }

    /// Throws Bun's error for an object where only text can stand.
    ///
    /// # Errors
    /// Always.
    #[napi]
    pub fn refuse(&self, env: Env, value: u32) -> Result<()> {
        let (line, column) = match self.script.uses().get(value as usize) {
            Some(Use::Text { line, column }) => (*line, *column),
            _ => (1, 1),
        };
        let message = "expected a command or assignment but got: \"JSObjRef\"";
        call::sync(&env, || Err::<(), _>(located(message, line, column)))
    }

    /// Runs the script. Gives its number (an event tells its end), or, when it has ended at once,
    /// `[exit code, stdout, stderr]`. When `scratch` holds both outputs, one after the other, these are numbers in one:
    /// `-1 - (exit code + 2⁸ · length of stdout + 2²⁴ · length of stderr)`.
    ///
    /// # Errors
    /// The system's, when it has no more threads or descriptors.
    #[napi(ts_return_type = "number | any[]")]
    pub fn run(&self, env: Env, request: ShellRequest, mut scratch: Uint8Array) -> Result<Ran> {
        POST.with_borrow_mut(|post| {
            post.last = post.last.wrapping_add(1);
            let id = post.last;
            let mailbox = post.mailbox.clone();
            let prepared = call::sync(&env, || prepare(request, id, mailbox.as_ref(), &post.bun).map_err(system))?;
            let Prepared { environment, options, stdout, stderr, sinks, feeds } = prepared;
            if self.script.is_instant() {
                let code = call::sync(&env, || Ok::<_, Fault>(self.script.run(environment, options)))?;
                let (stdout, stderr) = (stdout.take(), stderr.take());
                let both = stdout.len() + stderr.len();
                // SAFETY: JavaScript waits for this call, and nobody else knows the memory.
                let scratch = unsafe { scratch.as_mut() };
                if both <= scratch.len().min(SCRATCH) {
                    scratch[..stdout.len()].copy_from_slice(&stdout);
                    scratch[stdout.len()..both].copy_from_slice(&stderr);
                    return Ok(Ran(Progress::Short(code, stdout.len(), stderr.len())));
                }
                return Ok(Ran(Progress::Done(code, stdout, stderr)));
            }
            let Some(mailbox) = mailbox else {
                return Err(napi::Error::new(napi::Status::GenericFailure, "openMailbox comes first".to_owned()));
            };
            let outcome = call::sync(&env, || {
                let done = move |code| {
                    let sinks = sinks.into_iter().map(|(number, sink)| (number, sink.take())).collect();
                    mailbox.post(Event::Done(id, code, stdout.take(), stderr.take(), sinks));
                };
                self.script.start(environment, options, done).map_err(system)
            })?;
            post.shells.insert(id, Running { outcome, feeds });
            Ok(Ran(Progress::Started(id)))
        })
    }
}

fn system(error: std::io::Error) -> Fault {
    Fault::file(&error, "shell", None)
}

/// A script that runs, or has ended at once.
pub struct Ran(Progress);

enum Progress {
    /// Its number.
    Started(u32),
    /// Its exit code, and what it wrote.
    Done(u8, Vec<u8>, Vec<u8>),
    /// Its exit code, and how much it wrote.
    Short(u8, usize, usize),
}

impl TypeName for Ran {
    fn type_name() -> &'static str {
        "number | any[]"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ToNapiValue for Ran {
    unsafe fn to_napi_value(env: sys::napi_env, ran: Self) -> Result<sys::napi_value> {
        match ran.0 {
            Progress::Started(id) => number(env, id),
            #[expect(clippy::cast_precision_loss, reason = "lengths below 2¹⁶")]
            Progress::Short(code, stdout, stderr) => {
                let packed = -1.0 - (f64::from(code) + stdout as f64 * 256.0 + stderr as f64 * 16_777_216.0);
                // SAFETY: the environment is alive: we are in one of its calls.
                unsafe { ToNapiValue::to_napi_value(env, packed) }
            }
            Progress::Done(code, stdout, stderr) => done(env, code, stdout, stderr, Vec::new()),
        }
    }
}

fn number(env: sys::napi_env, number: u32) -> Result<sys::napi_value> {
    // SAFETY: the environment is alive: we are in one of its calls.
    unsafe { ToNapiValue::to_napi_value(env, number) }
}

fn array(env: sys::napi_env, values: &[sys::napi_value]) -> Result<sys::napi_value> {
    let mut array = ptr::null_mut();
    // SAFETY: the environment is alive: we are in one of its calls.
    check_status!(unsafe { sys::napi_create_array_with_length(env, values.len(), &raw mut array) })?;
    for (at, &value) in (0..).zip(values) {
        // SAFETY: `array` and `value` were made in this environment just now.
        check_status!(unsafe { sys::napi_set_element(env, array, at, value) })?;
    }
    Ok(array)
}

/// `[exit code, stdout, stderr, [value, bytes]…]`
fn done(
    env: sys::napi_env,
    code: u8,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    sinks: Vec<(u32, Vec<u8>)>,
) -> Result<sys::napi_value> {
    let mut values = vec![number(env, u32::from(code))?, bytes::give(env, stdout)?, bytes::give(env, stderr)?];
    for (value, written) in sinks {
        values.push(array(env, &[number(env, value)?, bytes::give(env, written)?])?);
    }
    array(env, &values)
}

/// Events, flat: the shell's number, then its end (an array) or the number of the value that it waits for.
pub struct Events(Vec<Event>);

impl TypeName for Events {
    fn type_name() -> &'static str {
        "any[]"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl ToNapiValue for Events {
    unsafe fn to_napi_value(env: sys::napi_env, events: Self) -> Result<sys::napi_value> {
        let mut values = Vec::with_capacity(events.0.len() * 2);
        for event in events.0 {
            match event {
                Event::Hungry(id, value) => values.extend([number(env, id)?, number(env, value)?]),
                Event::Done(id, code, stdout, stderr, sinks) => {
                    values.extend([number(env, id)?, done(env, code, stdout, stderr, sinks)?]);
                }
            }
        }
        array(env, &values)
    }
}

/// Joins the environment to its shells. `listener` is called when `takeEvents` has some; `bun` are the words that stand
/// for that command.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "shell")]
pub fn open_mailbox(env: Env, listener: Function<'_, (), ()>, bun: Vec<String>) -> Result<()> {
    post::open(env, &listener, bun.into_iter().map(BString::from).collect())
}

/// Says whether shells keep the program alive.
///
/// # Errors
/// Node-API's.
#[napi(namespace = "shell")]
pub fn keep_alive(env: Env, on: bool) -> Result<()> {
    post::hold(env, on)
}

/// Takes what has happened to the environment's shells.
#[napi(namespace = "shell", ts_return_type = "any[]")]
#[must_use]
pub fn take_events() -> Events {
    Events(post::take())
}

/// Gives a shell the piece of a stream that it waits for; without a piece the stream has ended.
#[napi(namespace = "shell")]
pub fn feed(id: u32, value: u32, piece: Option<Uint8Array>) {
    POST.with_borrow(|post| {
        let Some(running) = post.shells.get(&id) else { return };
        let Some((_, feed)) = running.feeds.iter().find(|(number, _)| *number == value) else { return };
        match piece {
            Some(piece) => feed.give(piece.to_vec()),
            None => feed.end(),
        }
    });
}

/// What the braces of a pattern expand to.
///
/// # Errors
/// When there are too many.
#[napi(namespace = "shell")]
pub fn expand_braces(env: Env, pattern: String) -> Result<Vec<String>> {
    call::sync(&env, || {
        let words = braces(pattern.as_bytes()).map_err(|message| Fault::new(Class::Error, "", message))?;
        Ok::<_, Fault>(words.iter().map(|word: &BString| word.to_string()).collect())
    })
}

/// Ends a script.
#[napi(namespace = "shell")]
pub fn cancel(id: u32) {
    POST.with_borrow(|post| {
        if let Some(running) = post.shells.get(&id) {
            running.outcome.cancel();
        }
    });
}

//! Scripts: parsed once, run as often as one likes.

use bstr::BString;
use dx_fault::{Class, Fault, Prop};
use dx_shell::parse::{SyntaxError, Use, braces};
use dx_shell::run::Script;
use dx_shell::source::Source;
use napi::bindgen_prelude::{Env, Function, ObjectFinalize, Result, ToNapiValue, TypeName, Uint8Array, Unknown};
use napi::{ValueType, sys};
use napi_derive::napi;

use super::post::{self, Event, POST, Running};
use super::quick;
use super::request::{Prepared, ShellRequest, prepare};
use crate::raw::Raw;
use crate::{bytes, call};

/// A parsed script.
#[napi(namespace = "shell", custom_finalize)]
pub struct ShellScript {
    /// Until it is released.
    script: Option<Script>,
    /// What V8 is told of its memory.
    size: i64,
}

impl ObjectFinalize for ShellScript {
    fn finalize(self, env: Env) -> Result<()> {
        env.adjust_external_memory(-self.size).map(drop)
    }
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
        // A long one would wait for a collection that V8 sees no need for.
        let size = i64::try_from(parts.iter().map(String::len).sum::<usize>()).unwrap_or(0);
        env.adjust_external_memory(size)?;
        Ok(Self { script: Some(script), size })
    }

    fn script(&self) -> Result<&Script> {
        let released = || napi::Error::new(napi::Status::GenericFailure, "the script was released".to_owned());
        self.script.as_ref().ok_or_else(released)
    }

    /// Lets go of it at once: V8 does so only when the program's loop turns.
    ///
    /// # Errors
    /// Node-API's.
    #[napi]
    pub fn release(&mut self, env: Env) -> Result<()> {
        self.script = None;
        env.adjust_external_memory(-std::mem::take(&mut self.size)).map(drop)
    }

    /// Whether a value is read (1), written (2), or text (0).
    ///
    /// # Errors
    /// When it was released.
    #[napi]
    pub fn use_of(&self, value: u32) -> Result<u8> {
        Ok(match self.script()?.uses().get(value as usize) {
            Some(Use::Read) => 1,
            Some(Use::Write) => 2,
            Some(Use::Text { .. }) | None => 0,
        })
    }

    /// Whether it asks for no variable and no parameter.
    ///
    /// # Errors
    /// When it was released.
    #[napi]
    pub fn is_closed(&self) -> Result<bool> {
        Ok(self.script()?.is_closed())
    }

    /// Throws Bun's error for an object where only text can stand.
    ///
    /// # Errors
    /// Always.
    #[napi]
    pub fn refuse(&self, env: Env, value: u32) -> Result<()> {
        let (line, column) = match self.script()?.uses().get(value as usize) {
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
        let script = self.script()?;
        POST.with_borrow_mut(|post| {
            let (Some(mailbox), Some(environment)) = (post.mailbox.clone(), post.environment.clone()) else {
                return Err(unopened());
            };
            post.last = post.last.wrapping_add(1);
            let id = post.last;
            let prepared = call::sync(&env, || prepare(request, id, &mailbox).map_err(system))?;
            let Prepared { options, stdout, stderr, sinks, feeds } = prepared;
            if script.is_instant() {
                let code = call::sync(&env, || Ok::<_, Fault>(script.run(environment, options)))?;
                // SAFETY: JavaScript waits for this call, and nobody else knows the memory.
                let scratch = unsafe { scratch.as_mut() };
                return ended(env.raw(), code, stdout.take(), stderr.take(), scratch).map(Ran);
            }
            let outcome = call::sync(&env, || {
                let done = move |code| {
                    let sinks = sinks.into_iter().map(|(number, sink)| (number, sink.take())).collect();
                    mailbox.post(Event::Done(id, code, stdout.take(), stderr.take(), sinks));
                };
                script.start(environment, options, done).map_err(system)
            })?;
            post.shells.insert(id, Running { outcome, feeds });
            number(env.raw(), id).map(Ran)
        })
    }

    /// The short way to run it, when there is one: see `quick.rs`.
    ///
    /// # Errors
    /// Node-API's.
    #[napi(
        ts_return_type = "((scratch: Uint8Array, directory: string, quiet: boolean, ...values: string[]) => number | any[]) | undefined"
    )]
    pub fn quick(&self, env: Env) -> Result<Option<Unknown<'static>>> {
        let raw = Raw(env.raw());
        let environment = post::environment().ok_or_else(unopened)?;
        Ok(quick::function(raw, self.script()?, environment)?.map(|function| raw.unknown(function)))
    }

    /// Whether no command of it can fail.
    ///
    /// # Errors
    /// When it was released.
    #[napi]
    pub fn is_sure(&self) -> Result<bool> {
        Ok(self.script()?.is_sure())
    }
}

fn unopened() -> napi::Error {
    napi::Error::new(napi::Status::GenericFailure, "openMailbox comes first".to_owned())
}

pub(super) fn system(error: std::io::Error) -> Fault {
    Fault::file(&error, "shell", None)
}

/// What a script left that has ended at once: see [`ShellScript::run`].
pub(super) fn ended(
    env: sys::napi_env,
    code: u8,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    scratch: &mut [u8],
) -> Result<sys::napi_value> {
    let both = stdout.len() + stderr.len();
    if both > scratch.len().min(SCRATCH) {
        // Memory of ours would be given back when the program's loop turns, which a program of such scripts may not do.
        let values = [number(env, u32::from(code))?, bytes::copy(env, &stdout)?, bytes::copy(env, &stderr)?];
        return Raw(env).list(&values);
    }
    scratch[..stdout.len()].copy_from_slice(&stdout);
    scratch[stdout.len()..both].copy_from_slice(&stderr);
    #[expect(clippy::cast_precision_loss, reason = "lengths below 2¹⁶")]
    let packed = -1.0 - (f64::from(code) + stdout.len() as f64 * 256.0 + stderr.len() as f64 * 16_777_216.0);
    Raw(env).number(packed)
}

/// The number of a script that runs, or what one left that has ended at once.
pub struct Ran(sys::napi_value);

impl TypeName for Ran {
    fn type_name() -> &'static str {
        "number | any[]"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ToNapiValue for Ran {
    unsafe fn to_napi_value(_: sys::napi_env, ran: Self) -> Result<sys::napi_value> {
        Ok(ran.0)
    }
}

fn number(env: sys::napi_env, number: u32) -> Result<sys::napi_value> {
    Raw(env).number(f64::from(number))
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
        values.push(Raw(env).list(&[number(env, value)?, bytes::give(env, written)?])?);
    }
    Raw(env).list(&values)
}

/// Events, flat: the shell's number, then its end (an array), the number of the value that it waits for, or the names of
/// the signals that it has traps for.
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
                Event::Traps(id, names) => values.extend([number(env, id)?, Raw(env).utf8(&bstr::join(" ", names))?]),
                Event::Done(id, code, stdout, stderr, sinks) => {
                    values.extend([number(env, id)?, done(env, code, stdout, stderr, sinks)?]);
                }
            }
        }
        Raw(env).list(&values)
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

/// Tells a script of a signal that it has a trap for.
#[napi(namespace = "shell")]
pub fn signal(id: u32, name: String) {
    POST.with_borrow(|post| {
        if let Some(running) = post.shells.get(&id) {
            running.outcome.signal(&name);
        }
    });
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

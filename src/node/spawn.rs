//! Backs `Bun.spawn` and `Bun.spawnSync`.

use std::ffi::CString;
use std::time::Duration;

use dx_node::spawn::{self, Command, ControlGroup, Error, Event, Exit, Output, Slot, SyncOptions};
use napi::bindgen_prelude::{Either, Env, Function, Int32Array, Object, Result, ToNapiValue, TypeName};
use napi::{ValueType, sys};
use napi_derive::napi;

use super::children;
use crate::{bytes, call, raw};

/// What to start, as `lib/bun/spawn-options.js` puts it together.
#[napi(object, namespace = "process")]
pub struct SpawnRequest {
    /// The executable's path.
    pub program: String,
    /// `argv`, joined by NUL.
    pub arguments: String,
    /// `NAME=value`, joined by NUL; absent for the host's.
    pub environment: Option<String>,
    /// The working directory; absent for the host's.
    pub directory: Option<String>,
    /// By descriptor: -1 nothing, -2 output, -3 input, -4 socket, else a descriptor of the host's.
    pub slots: Int32Array,
    /// Whether the child leads a session of its own.
    pub detached: bool,
    /// The user to become.
    pub uid: Option<u32>,
    /// The group to become.
    pub gid: Option<u32>,
    /// The control group to join: its directory or a descriptor of it.
    pub cgroup: Option<Either<String, i32>>,
    /// Where the terminal is that the child has instead of its first three descriptors.
    pub terminal: Option<String>,
    /// Whether outputs are read only when `readPipe` asks for it.
    pub lazy: bool,
    /// Whether a descriptor of the host's that becomes one of the first three is made one that blocks, as libuv does.
    pub blocking: Option<bool>,
}

/// A child that was started.
#[napi(object, namespace = "process")]
pub struct Spawned {
    /// Names the child in events.
    pub id: f64,
    /// The process's number.
    pub pid: i32,
    /// By descriptor: a pipe's id, a socket's descriptor, or -1.
    pub slots: Vec<f64>,
}

/// Joins the environment to its children. `listener` is called when `takeEvents` has some.
///
/// # Errors
/// The system's, with `epoll_create`; Node-API's.
#[napi(namespace = "process")]
pub fn watch_children(env: Env, listener: Function<'_, (), ()>) -> Result<()> {
    children::open(env, &listener)
}

/// Says whether children keep the program alive.
///
/// # Errors
/// When `watchChildren` was not called.
#[napi(namespace = "process")]
pub fn keep_alive(on: bool) -> Result<()> {
    children::hold(on)
}

fn slot(code: i32) -> Slot {
    match code {
        -2 => Slot::Output,
        -3 => Slot::Input,
        -4 => Slot::Socket,
        0.. => Slot::Descriptor(code),
        _ => Slot::Null,
    }
}

/// The face refuses NUL in arguments, so that it can join them.
fn strings(joined: &str) -> Vec<CString> {
    joined.split('\0').filter_map(|part| CString::new(part).ok()).collect()
}

fn command(request: &SpawnRequest) -> (Command, Vec<Slot>) {
    let c_string = |text: &String| CString::new(text.as_str()).unwrap_or_default();
    let command = Command {
        program: c_string(&request.program),
        arguments: strings(&request.arguments),
        environment: request
            .environment
            .as_ref()
            .map(|joined| if joined.is_empty() { Vec::new() } else { strings(joined) }),
        directory: request.directory.as_ref().map(c_string),
        stdio: Vec::new(),
        detached: request.detached,
        terminal: request.terminal.as_ref().map(c_string),
        user: request.uid,
        group: request.gid,
        control_group: request.cgroup.as_ref().map(|group| match group {
            Either::A(path) => ControlGroup::Path(path.clone()),
            Either::B(descriptor) => ControlGroup::Descriptor(*descriptor),
        }),
    };
    (command, request.slots.iter().map(|&code| slot(code)).collect())
}

/// Starts a child.
///
/// # Errors
/// The system's.
#[napi(namespace = "process")]
#[allow(clippy::cast_precision_loss, reason = "ids count up from 1")]
pub fn spawn(env: Env, request: SpawnRequest) -> Result<Spawned> {
    let (command, slots) = command(&request);
    let child = children::with(&env, |reactor| {
        if request.blocking == Some(true) {
            spawn::block(slots.get(..3).unwrap_or(&slots))?;
        }
        reactor.spawn(command, &slots, request.lazy)
    })?;
    Ok(Spawned { id: child.id as f64, pid: child.pid, slots: child.slots.iter().map(|&slot| slot as f64).collect() })
}

/// Sends a child a signal; `false` when it has ended.
///
/// # Errors
/// The system's, with `kill`.
#[napi(namespace = "process")]
pub fn kill(env: Env, id: f64, signal: i32) -> Result<bool> {
    let fail = |error| Error::System { error, syscall: "kill", path: None };
    children::with(&env, |reactor| reactor.kill(index(id), signal).map_err(fail))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ids count up from 1")]
fn index(id: f64) -> usize {
    id as usize
}

/// Lets an output pipe be read, or not for now.
///
/// # Errors
/// When `watchChildren` was not called.
#[napi(namespace = "process")]
pub fn read_pipe(env: Env, id: f64, on: bool) -> Result<()> {
    children::with(&env, |reactor| {
        reactor.read(index(id), on);
        Ok(())
    })
}

/// Gives an input pipe bytes to write: 0 when they are gone, the number of an error, or -1 when an event will say so.
///
/// # Errors
/// When `watchChildren` was not called.
#[napi(namespace = "process")]
pub fn write_pipe(env: Env, id: f64, bytes: &[u8]) -> Result<i32> {
    children::with(&env, |reactor| Ok(reactor.write(index(id), bytes).unwrap_or(-1)))
}

/// Closes a pipe; an input pipe once everything is written.
///
/// # Errors
/// When `watchChildren` was not called.
#[napi(namespace = "process")]
pub fn close_pipe(env: Env, id: f64) -> Result<()> {
    children::with(&env, |reactor| {
        reactor.close(index(id));
        Ok(())
    })
}

/// Events, flat: kind, id, value, for each. Kinds: 0 data (`ArrayBuffer`), 1 end (errno), 2 written (errno), 3 exit (`Float64Array`).
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
        let mut values = Vec::with_capacity(events.0.len() * 3);
        for event in events.0 {
            let (kind, id, value) = match event {
                Event::Data(id, data) => (0, id, bytes::give(env, data)?),
                Event::End(id, errno) => (1, id, raw::Raw(env).number(f64::from(errno))?),
                Event::Written(id, errno) => (2, id, raw::Raw(env).number(f64::from(errno))?),
                Event::Exit(id, exit) => (3, id, numbers(env, &facts(&exit))?),
            };
            #[expect(clippy::cast_precision_loss, reason = "ids count up from 1")]
            values.extend([raw::Raw(env).number(f64::from(kind))?, raw::Raw(env).number(id as f64)?, value]);
        }
        raw::Raw(env).list(&values)
    }
}

fn numbers(env: sys::napi_env, numbers: &[f64]) -> Result<sys::napi_value> {
    let plain: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
    bytes::copy(env, &plain)
}

/// Exit code, signal, then the usage.
fn facts(exit: &Exit) -> [f64; 14] {
    let mut facts = [0.0; 14];
    let head = [f64::from(exit.code), f64::from(exit.signal), exit.usage.user, exit.usage.system, exit.usage.resident];
    facts[..5].copy_from_slice(&head);
    facts[5..].copy_from_slice(&exit.usage.counts);
    facts
}

/// Takes what has happened to the environment's children.
///
/// # Errors
/// When `watchChildren` was not called.
#[napi(namespace = "process", ts_return_type = "any[]")]
pub fn take_events(env: Env) -> Result<Events> {
    children::with(&env, |reactor| Ok(Events(reactor.take())))
}

/// How a synchronous child is limited.
#[napi(object, namespace = "process")]
pub struct SyncLimits {
    /// Milliseconds until it is killed.
    pub timeout: Option<f64>,
    /// Bytes of one output after which it is killed.
    pub max_buffer: Option<f64>,
    /// The signal that kills it.
    pub kill_signal: i32,
}

/// Runs a child to its end. Gives `{ pid, exit, outputs, timedOut, overflowed }`.
///
/// # Errors
/// The system's.
#[napi(namespace = "process", ts_return_type = "any")]
pub fn spawn_sync<'env>(
    env: &'env Env,
    request: SpawnRequest,
    input: Option<&[u8]>,
    limits: SyncLimits,
) -> Result<Object<'env>> {
    let (command, slots) = command(&request);
    let options = SyncOptions {
        timeout: limits.timeout.and_then(|millis| Duration::try_from_secs_f64(millis / 1e3).ok()),
        limit: limits.max_buffer.map(index),
        kill: limits.kill_signal,
    };
    let Output { pid, exit, outputs, timed_out, overflowed } =
        call::sync(env, || spawn::run(command, &slots, input.unwrap_or_default(), options))?;
    let mut result = Object::new(env)?;
    result.set("pid", pid)?;
    result.set("exit", Raw(numbers(env.raw(), &facts(&exit))?))?;
    let mut taken = Vec::new();
    for output in outputs {
        taken.push(output.map(|output| bytes::give(env.raw(), output).map(Raw)).transpose()?);
    }
    result.set("outputs", taken)?;
    result.set("timedOut", timed_out)?;
    result.set("overflowed", overflowed)?;
    Ok(result)
}

/// A value that was made already.
struct Raw(sys::napi_value);

impl TypeName for Raw {
    fn type_name() -> &'static str {
        "unknown"
    }

    fn value_type() -> ValueType {
        ValueType::Unknown
    }
}

impl ToNapiValue for Raw {
    unsafe fn to_napi_value(_env: sys::napi_env, value: Self) -> Result<sys::napi_value> {
        Ok(value.0)
    }
}

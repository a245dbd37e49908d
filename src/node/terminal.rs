//! Backs `Bun.Terminal`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;

use dx_node::spawn::Error;
use dx_node::terminal::{Modes, Terminal};
use napi::bindgen_prelude::{Env, Result};
use napi_derive::napi;

use super::children;
use crate::call;

thread_local! {
    static TERMINALS: RefCell<HashMap<u32, Terminal>> = RefCell::new(HashMap::new());
    static NEXT: Cell<u32> = const { Cell::new(1) };
}

/// A terminal that was opened.
#[napi(object, namespace = "process")]
pub struct OpenedTerminal {
    /// Names it in calls.
    pub id: u32,
    /// The pipe that gives what is written on it.
    pub output: f64,
    /// The pipe that takes what is typed.
    pub input: f64,
    /// Where children open it.
    pub path: String,
}

/// Opens a pseudo-terminal.
///
/// # Errors
/// The system's, with `openpty`.
#[napi(namespace = "process")]
#[allow(clippy::cast_precision_loss, reason = "ids count up from 1")]
pub fn open_terminal(env: Env, columns: u16, rows: u16) -> Result<OpenedTerminal> {
    let terminal = children::with(&env, |reactor| Terminal::open(columns, rows, reactor))?;
    let id = NEXT.replace(NEXT.get().wrapping_add(1));
    let opened = OpenedTerminal {
        id,
        output: terminal.output as f64,
        input: terminal.input as f64,
        path: terminal.path.to_string_lossy().into_owned(),
    };
    TERMINALS.with_borrow_mut(|terminals| terminals.insert(id, terminal));
    Ok(opened)
}

/// Runs an operation on a terminal; one that is closed gives the default.
fn with<T: Default>(
    env: Env,
    id: u32,
    syscall: &'static str,
    work: impl FnOnce(&mut Terminal) -> io::Result<T>,
) -> Result<T> {
    TERMINALS.with_borrow_mut(|terminals| {
        let Some(terminal) = terminals.get_mut(&id) else { return Ok(T::default()) };
        call::sync(&env, || work(terminal).map_err(|error| Error::System { error, syscall, path: None }))
    })
}

fn modes(which: u32) -> Modes {
    match which {
        0 => Modes::Input,
        1 => Modes::Output,
        2 => Modes::Local,
        _ => Modes::Control,
    }
}

/// Types what the terminal takes at once; gives the number of bytes.
///
/// # Errors
/// The system's, with `write`.
#[napi(namespace = "process")]
#[allow(clippy::cast_possible_truncation, reason = "a terminal takes some kilobytes")]
pub fn type_terminal(env: Env, id: u32, bytes: &[u8]) -> Result<u32> {
    with(env, id, "write", |terminal| terminal.type_in(bytes).map(|count| count as u32))
}

/// Sets the size.
///
/// # Errors
/// The system's, with `ioctl`.
#[napi(namespace = "process")]
pub fn resize_terminal(env: Env, id: u32, columns: u16, rows: u16) -> Result<()> {
    with(env, id, "ioctl", |terminal| terminal.resize(columns, rows))
}

/// One word of modes: 0 input, 1 output, 2 local, 3 control.
///
/// # Errors
/// The system's, with `tcgetattr`.
#[napi(namespace = "process")]
#[allow(clippy::cast_precision_loss, reason = "the words have far fewer bits")]
pub fn terminal_modes(env: Env, id: u32, which: u32) -> Result<f64> {
    with(env, id, "tcgetattr", |terminal| terminal.modes(modes(which)).map(|bits| bits as f64))
}

/// Sets one word of modes.
///
/// # Errors
/// The system's, with `tcsetattr`.
#[napi(namespace = "process")]
pub fn set_terminal_modes(env: Env, id: u32, which: u32, bits: u32) -> Result<()> {
    with(env, id, "tcsetattr", |terminal| terminal.set_modes(modes(which), bits))
}

/// Turns raw mode on or off.
///
/// # Errors
/// The system's, with `tcsetattr`.
#[napi(namespace = "process")]
pub fn set_terminal_raw(env: Env, id: u32, on: bool) -> Result<()> {
    with(env, id, "tcsetattr", |terminal| terminal.set_raw(on))
}

/// Lets go of the children's side: the terminal ends with the last child that has it.
#[napi(namespace = "process")]
pub fn release_terminal(id: u32) {
    TERMINALS.with_borrow_mut(|terminals| {
        if let Some(terminal) = terminals.get_mut(&id) {
            terminal.release();
        }
    });
}

/// Closes the host's side, which hangs up on the children.
#[napi(namespace = "process")]
pub fn close_terminal(id: u32) {
    TERMINALS.with_borrow_mut(|terminals| terminals.remove(&id));
}

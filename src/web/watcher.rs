//! Sockets of the engine as handles of libuv's, and the bell that makes its loop turn.

#![expect(unsafe_code, reason = "libuv is C")]

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use dx_web::{Alarm, Interest, RawSocket, Ready, Watcher};
use napi::sys::uv_loop_s;

use super::host::Host;
use crate::uv::{self, Handle, UV_DISCONNECT, UV_READABLE, UV_WRITABLE};

/// The sockets that libuv watches, by the engine's token.
pub(super) struct Sockets {
    uv_loop: *mut uv_loop_s,
    /// Set once, before the first socket.
    host: Rc<Cell<*const Host>>,
    handles: RefCell<Vec<Option<Handle>>>,
    /// The engine's tokens by descriptor: a handle's data is its host, of idle sockets there are many.
    tokens: Rc<Tokens>,
}

/// Which token an open descriptor has.
#[derive(Default)]
pub(super) struct Tokens(RefCell<Vec<u32>>);

impl Tokens {
    fn set(&self, descriptor: RawSocket, token: usize) -> io::Result<()> {
        let number = |_| io::Error::from(io::ErrorKind::OutOfMemory);
        let (at, token) = (usize::try_from(descriptor).map_err(number)?, u32::try_from(token).map_err(number)?);
        let mut tokens = self.0.borrow_mut();
        if tokens.len() <= at {
            tokens.resize(at + 1, u32::MAX);
        }
        tokens[at] = token;
        Ok(())
    }

    pub(super) fn get(&self, descriptor: RawSocket) -> Option<usize> {
        let token = self.0.borrow().get(usize::try_from(descriptor).ok()?).copied()?;
        usize::try_from(token).ok()
    }
}

impl Sockets {
    /// `uv_loop` is a live loop of this thread.
    pub(super) fn new(uv_loop: *mut uv_loop_s, host: Rc<Cell<*const Host>>, tokens: Rc<Tokens>) -> Self {
        Self { uv_loop, host, handles: RefCell::default(), tokens }
    }

    fn handle(&self, token: usize) -> Option<Handle> {
        self.handles.borrow().get(token).copied().flatten()
    }
}

impl Watcher for Sockets {
    fn add(&self, token: usize, socket: RawSocket, interest: Interest) -> io::Result<()> {
        let host = self.host.get();
        self.tokens.set(socket, token)?;
        // SAFETY: the loop is this thread's; the host outlives its handles; the engine closes a socket after `remove`.
        let made = unsafe { Handle::poll(self.uv_loop, socket, host.cast_mut().cast()) };
        let handle = made.map_err(failure)?;
        // SAFETY: the host is set before the engine is used, and outlives its handles.
        unsafe { &*host }.handle_opened();
        // SAFETY: made above.
        let status = unsafe { handle.watch(events(interest), on_socket) };
        if status != 0 {
            // SAFETY: closed once, here.
            unsafe { handle.close(on_socket_closed) };
            return Err(failure(status));
        }
        let mut handles = self.handles.borrow_mut();
        if handles.len() <= token {
            handles.resize(token + 1, None);
        }
        handles[token] = Some(handle);
        Ok(())
    }

    fn change(&self, token: usize, interest: Interest) {
        if let Some(handle) = self.handle(token) {
            // SAFETY: a handle on the list is not closed. It cannot fail: the socket is ours alone.
            unsafe { handle.watch(events(interest), on_socket) };
        }
    }

    fn remove(&self, token: usize) {
        let handle = self.handles.borrow_mut().get_mut(token).and_then(Option::take);
        if let Some(handle) = handle {
            // SAFETY: taken off the list, so closed once.
            unsafe { handle.close(on_socket_closed) };
        }
    }
}

/// libuv's numbers are negative `errno`s on unix, and its own on Windows.
fn failure(status: c_int) -> io::Error {
    io::Error::from_raw_os_error(-status)
}

fn events(interest: Interest) -> c_int {
    let flag = |set: bool, flag: c_int| if set { flag } else { 0 };
    flag(interest.read, UV_READABLE) | flag(interest.write, UV_WRITABLE) | flag(interest.hangup, UV_DISCONNECT)
}

unsafe extern "C" fn on_socket(handle: *mut c_void, status: c_int, events: c_int) {
    // SAFETY: libuv gives the handle.
    let Some(descriptor) = (unsafe { uv::descriptor(handle) }) else { return };
    // SAFETY: the handle was made with its host, which outlives it.
    let host = unsafe { &*uv::data(handle).cast::<Host>() };
    let has = |flag: c_int| events & flag != 0;
    let ready =
        Ready { read: has(UV_READABLE), write: has(UV_WRITABLE), hangup: has(UV_DISCONNECT), broken: status != 0 };
    host.on_socket(descriptor, ready);
}

unsafe extern "C" fn on_socket_closed(handle: *mut c_void) {
    // SAFETY: the handle was made with its host.
    let host = unsafe { uv::data(handle) }.cast::<Host>();
    // SAFETY: libuv is done with the handle.
    unsafe { uv::free(handle) };
    // SAFETY: the host outlives its handles; this was the last use.
    unsafe { Host::handle_closed(host) };
}

/// Makes the loop of an environment turn, from any thread, until the environment ends.
#[derive(Clone)]
pub(super) struct Bell(Arc<Mutex<Option<Rung>>>);

struct Rung(Handle);

// SAFETY: `uv_async_send` is the one function of libuv's that any thread may call, and nothing else is called on it
// through a `Bell`; the lock keeps it from being closed meanwhile.
unsafe impl Send for Rung {}

impl Bell {
    /// A bell that does nothing until [`Self::hang`].
    pub(super) fn new() -> Self {
        Self(Arc::default())
    }

    /// Sets or takes away what is rung.
    pub(super) fn hang(&self, handle: Option<Handle>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = handle.map(Rung);
    }
}

impl Alarm for Bell {
    fn ring(&self) {
        if let Some(Rung(handle)) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            // SAFETY: it is taken away before it is closed.
            unsafe { handle.ring() };
        }
    }
}

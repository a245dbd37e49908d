//! The children of an environment on its own loop: libuv watches the descriptor of the engine's poll.

#![expect(unsafe_code, reason = "Node-API and libuv callbacks")]

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;
use std::time::Duration;

use dx_fault::Fault;
use dx_node::spawn::{Error, Reactor};
use napi::bindgen_prelude::{Env, Function, Result};
use napi::{JsValue, Status, check_status, sys};

use crate::call;
use crate::listener::Listener;
use crate::uv::{self, Handle, UV_READABLE};

/// What an environment has of its children.
struct Host {
    listener: Listener,
    /// Gone when the environment has ended.
    reactor: RefCell<Option<Reactor>>,
    /// That of the reactor's poll, which keeps the program alive while it is told to, and the timer for its patience.
    handles: Cell<[Option<Handle>; 2]>,
    /// Whether the timer runs.
    is_patient: Cell<bool>,
    /// Those that libuv has not closed yet.
    open: Cell<usize>,
    cleanup: Cell<sys::napi_async_cleanup_hook_handle>,
}

thread_local! {
    /// The host of a thread's environment; set by [`open`].
    static HOST: RefCell<Option<Rc<Host>>> = const { RefCell::new(None) };
}

fn host() -> Result<Rc<Host>> {
    HOST.with_borrow(Clone::clone)
        .ok_or_else(|| napi::Error::new(Status::GenericFailure, "watchChildren comes first".to_owned()))
}

/// Joins the reactor of this thread's environment to its loop. `listener` is called when there are events to take.
///
/// # Errors
/// The system's, with `epoll_create`; Node-API's.
pub(super) fn open(env: Env, listener: &Function<'_, (), ()>) -> Result<()> {
    let raw = env.raw();
    let reactor = call::sync(&env, Reactor::new)?;
    let descriptor = reactor.as_raw_fd();
    let mut uv_loop = ptr::null_mut();
    // SAFETY: the environment is alive: we are in one of its calls.
    check_status!(unsafe { sys::napi_get_uv_event_loop(raw, &raw mut uv_loop) })?;
    let host = Rc::new(Host {
        listener: Listener::new(raw, "dx-spawn", listener.raw())?,
        reactor: RefCell::new(Some(reactor)),
        handles: Cell::default(),
        is_patient: Cell::new(false),
        open: Cell::new(0),
        cleanup: Cell::new(ptr::null_mut()),
    });
    // The handles' and the hook's; the last handle that closes takes it back.
    let data = Rc::into_raw(Rc::clone(&host)).cast_mut().cast::<c_void>();
    // SAFETY: the loop is this thread's; the host, with the reactor's descriptor, outlives its handles.
    let poll = unsafe { Handle::poll(uv_loop, descriptor, data) };
    // SAFETY: as above.
    let timer = unsafe { Handle::timer(uv_loop, data) };
    let handles = [poll.ok(), timer];
    host.handles.set(handles);
    host.open.set(handles.iter().flatten().count());
    let [Some(poll), Some(_)] = handles else { return Err(refused()) };
    // SAFETY: made above.
    if unsafe { poll.watch(UV_READABLE, on_ready) } != 0 {
        return Err(refused());
    }
    let mut cleanup = ptr::null_mut();
    // SAFETY: the hook gets the host, which lives until the handles that the hook closes have closed.
    check_status!(unsafe { sys::napi_add_async_cleanup_hook(raw, Some(on_cleanup), data, &raw mut cleanup) })?;
    host.cleanup.set(cleanup);
    HOST.set(Some(host));
    Ok(())
}

fn refused() -> napi::Error {
    napi::Error::new(Status::GenericFailure, "libuv refused a handle".to_owned())
}

/// Works with the reactor of this thread's environment.
///
/// # Errors
/// When nobody has opened it; what `work` gives, as its JavaScript error.
pub(super) fn with<T>(env: &Env, work: impl FnOnce(&mut Reactor) -> std::result::Result<T, Error>) -> Result<T> {
    let host = host()?;
    let mut reactor = host.reactor.borrow_mut();
    let Some(reactor) = reactor.as_mut() else { return Err(refused()) };
    let result = call::sync(env, || work(reactor));
    host.be_patient(reactor.patience());
    result
}

/// Says whether children keep the program alive.
///
/// # Errors
/// When nobody has opened the reactor.
pub(super) fn hold(on: bool) -> Result<()> {
    if let [Some(poll), _] = host()?.handles.get() {
        poll.reference(on);
    }
    Ok(())
}

impl Host {
    /// Has the reactor turn after some time, though its poll may say nothing. Who asks again does not put it off.
    fn be_patient(&self, patience: Option<Duration>) {
        if let ([_, Some(timer)], Some(patience)) = (self.handles.get(), patience)
            && !self.is_patient.replace(true)
        {
            let ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
            // SAFETY: the timer closes with the environment, whose thread this is.
            unsafe { timer.after(Some(ms), on_time) };
        }
    }

    fn turn(&self) {
        // A panic must not leave a frame of C's. The reactor is free again before JavaScript runs.
        let turned = catch_unwind(AssertUnwindSafe(|| {
            let mut reactor = self.reactor.borrow_mut();
            reactor.as_mut().is_some_and(|reactor| {
                reactor.turn(Some(Duration::ZERO));
                self.be_patient(reactor.patience());
                reactor.has_events()
            })
        }));
        match turned {
            Ok(true) => self.listener.scoped(|| self.listener.call(&[])),
            Ok(false) => {}
            Err(payload) => self.listener.raise(&Fault::panic(payload.as_ref())),
        }
    }
}

unsafe extern "C" fn on_ready(handle: *mut c_void, _status: c_int, _events: c_int) {
    // SAFETY: the handle was made with its host, which outlives it.
    unsafe { &*uv::data(handle).cast::<Host>() }.turn();
}

unsafe extern "C" fn on_time(handle: *mut c_void) {
    // SAFETY: as in `on_ready`.
    let host = unsafe { &*uv::data(handle).cast::<Host>() };
    host.is_patient.set(false);
    host.turn();
}

unsafe extern "C" fn on_cleanup(_: sys::napi_async_cleanup_hook_handle, data: *mut c_void) {
    // SAFETY: the hook's data is the host; it is let go of after the last handle has closed.
    let host = unsafe { &*data.cast::<Host>() };
    HOST.take();
    let _ = catch_unwind(AssertUnwindSafe(|| {
        if let Some(reactor) = host.reactor.borrow_mut().as_mut() {
            reactor.hang_up();
        }
    }));
    for handle in host.handles.get().into_iter().flatten() {
        // SAFETY: the environment ends once, on its thread.
        unsafe { handle.close(on_closed) };
    }
}

unsafe extern "C" fn on_closed(handle: *mut c_void) {
    // SAFETY: as in `on_ready`.
    let data = unsafe { uv::data(handle) }.cast::<Host>();
    // SAFETY: as in `on_ready`.
    let host = unsafe { &*data };
    host.open.set(host.open.get() - 1);
    if host.open.get() > 0 {
        return;
    }
    for handle in host.handles.take().into_iter().flatten() {
        // SAFETY: this is the callback of the last one's close; the host has let go of all.
        unsafe { handle.free() };
    }
    if let Some(reactor) = host.reactor.take() {
        let _ = catch_unwind(AssertUnwindSafe(|| reactor.leave()));
    }
    let cleanup = host.cleanup.get();
    // SAFETY: made by `Rc::into_raw` in `open`; nothing knows it any more.
    drop(unsafe { Rc::from_raw(data) });
    // SAFETY: Node waits for exactly this call before it frees the environment.
    unsafe { sys::napi_remove_async_cleanup_hook(cleanup) };
}

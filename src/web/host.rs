//! The engine in its environment: libuv tells it to turn, batches go to JavaScript and come back.

#![expect(unsafe_code, reason = "Node-API and libuv callbacks")]

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::rc::Rc;
use std::time::Instant;

use dx_fault::Fault;
use dx_web::{Counts, Engine, Inbound, RECORD, RawSocket, Ready};
use napi::bindgen_prelude::{Env, Object, Unknown};
use napi::{Error, JsValue, Result, Status, check_status, sys};
use napi_derive::napi;

use super::calls;
use super::shared::{Shared, share};
use super::watcher::{Bell, Sockets, Tokens};
use crate::heap::trim;
use crate::listener::Listener;
use crate::uv::{self, Handle};

/// Batches delivered in one callback of libuv's before other handles get their turn.
const BATCHES: usize = 64;
/// Rounds that bring nothing: a peer can send without end what is no message.
const SILENT: usize = 4;
/// When so many connections have given their memory back, the allocator is to give it on.
const MANY_RESTED: u64 = 256;
/// The first ints of the outgoing array: the count of records, the bytes used. Records follow.
pub(super) const OUT_HEADER: usize = RECORD;

/// The servers of one environment.
pub(super) struct Host {
    pub(super) engine: Engine,
    env: sys::napi_env,
    dispatch: Listener,
    incoming: Shared<i32>,
    outgoing: Shared<i32>,
    bytes: Shared<u8>,
    /// The batch under delivery; kept for its memory.
    batch: RefCell<Inbound>,
    delivering: Cell<bool>,
    bell: Bell,
    tokens: Rc<Tokens>,
    /// The bell's, which keeps the loop alive while the engine wants it; then the others.
    handles: Cell<[Option<Handle>; 5]>,
    /// What the timer is set to.
    next: Cell<Option<Instant>>,
    /// Those that libuv has not closed yet, sockets included.
    open_handles: Cell<usize>,
    /// So many connections had given their memory back when the system got it.
    trimmed: Cell<u64>,
    /// The bell was rung.
    rung: Cell<bool>,
    referenced: Cell<bool>,
    cleanup: Cell<sys::napi_async_cleanup_hook_handle>,
}

/// Backs the start of the first server: sets up the loop of this environment and gives the calls
/// (`listen`, `stop`, `flush`, …) on an object.
///
/// # Errors
/// When the system gives no poll, or Node-API refuses.
#[napi(
    namespace = "web",
    ts_args_type = "dispatch: (count: number, text: string) => void, incoming: Int32Array, outgoing: Int32Array, bytes: Uint8Array"
)]
pub fn open(
    env: Env,
    dispatch: Unknown<'_>,
    incoming: Unknown<'_>,
    outgoing: Unknown<'_>,
    bytes: Unknown<'_>,
) -> Result<Object<'static>> {
    let raw = env.raw();
    let mut uv_loop = ptr::null_mut();
    // SAFETY: the environment is alive: we are in one of its calls.
    check_status!(unsafe { sys::napi_get_uv_event_loop(raw, &raw mut uv_loop) })?;
    let (bell, own) = (Bell::new(), Rc::new(Cell::new(ptr::null())));
    let tokens = Rc::<Tokens>::default();
    let sockets = Sockets::new(uv_loop, Rc::clone(&own), Rc::clone(&tokens));
    let host = Box::new(Host {
        engine: Engine::new(Box::new(sockets), Box::new(bell.clone()), super::memory::for_bodies()),
        env: raw,
        dispatch: Listener::new(raw, "BUNSERVE", dispatch.raw())?,
        incoming: share(raw, &incoming, sys::TypedarrayType::int32_array)?,
        outgoing: share(raw, &outgoing, sys::TypedarrayType::int32_array)?,
        bytes: share(raw, &bytes, sys::TypedarrayType::uint8_array)?,
        batch: RefCell::default(),
        delivering: Cell::new(false),
        bell,
        tokens,
        handles: Cell::new([None; 5]),
        next: Cell::new(None),
        open_handles: Cell::new(0),
        trimmed: Cell::new(0),
        rung: Cell::new(false),
        referenced: Cell::new(true),
        cleanup: Cell::new(ptr::null_mut()),
    });
    crate::call::sync(&env, || host.check())?;
    Host::start(host, uv_loop, &own)
}

impl Host {
    /// Whether JavaScript has given enough memory.
    fn check(&self) -> std::result::Result<(), dx_web::Error> {
        let enough = self.incoming.length >= RECORD && self.outgoing.length >= 2 * OUT_HEADER;
        if enough { Ok(()) } else { Err(dx_web::Error::BadRecord) }
    }

    fn start(host: Box<Self>, uv_loop: *mut sys::uv_loop_s, own: &Cell<*const Self>) -> Result<Object<'static>> {
        let env = host.env;
        let host = Box::into_raw(host);
        own.set(host);
        let data: *mut c_void = host.cast();
        // SAFETY: the loop is this thread's; the host is freed after its handles have closed.
        let bell = unsafe { Handle::bell(uv_loop, data, on_rung) };
        // SAFETY: as above.
        let check = unsafe { Handle::check(uv_loop, data, on_check) };
        // SAFETY: as above.
        let prepare = unsafe { Handle::prepare(uv_loop, data, on_prepare) };
        // SAFETY: as above.
        let tick = unsafe { Handle::interval(uv_loop, 1000, data, on_tick) };
        // SAFETY: as above.
        let timer = unsafe { Handle::timer(uv_loop, data) };
        // SAFETY: made above and freed by nobody yet.
        let this = unsafe { &*host };
        let handles = [bell, check, prepare, tick, timer];
        this.handles.set(handles);
        this.open_handles.set(handles.iter().flatten().count());
        if handles.iter().any(Option::is_none) {
            return Err(Error::new(Status::GenericFailure, "libuv refused a handle".to_owned()));
        }
        this.bell.hang(bell);
        let mut cleanup = ptr::null_mut();
        // SAFETY: the hook frees the host, once.
        check_status!(unsafe { sys::napi_add_async_cleanup_hook(env, Some(on_cleanup), data, &raw mut cleanup) })?;
        this.cleanup.set(cleanup);
        this.update_reference();
        let mut object = ptr::null_mut();
        // SAFETY: the environment is alive.
        check_status!(unsafe { sys::napi_create_object(env, &raw mut object) })?;
        // SAFETY: the object is new; the functions cannot be called after the environment has ended.
        unsafe { calls::define(env, object, data)? };
        Ok(Object::from_raw(env, object))
    }

    /// Takes in the answers that JavaScript has appended, and the bytes that one of them is to have.
    pub(super) fn flush(&self, lent: &[u8]) -> std::result::Result<(), dx_web::Error> {
        // SAFETY: held by a reference; JavaScript does not run meanwhile and no other slice is in use.
        let outgoing = unsafe { self.outgoing.slice() };
        let count = usize::try_from(outgoing[0]).unwrap_or(0);
        if count == 0 {
            return Ok(());
        }
        let used = usize::try_from(outgoing[1]).unwrap_or(0).min(self.bytes.length);
        (outgoing[0], outgoing[1]) = (0, 0);
        let end = (OUT_HEADER + count * RECORD).min(outgoing.len());
        // SAFETY: as above, of the other array.
        let bytes = unsafe { self.bytes.slice() };
        self.engine.respond(&outgoing[OUT_HEADER..end], &bytes[..used], lent)
    }

    /// Keeps the process alive exactly as long as the engine wants it.
    pub(super) fn update_reference(&self) {
        let alive = self.engine.is_alive();
        if alive != self.referenced.replace(alive)
            && let Some(bell) = self.handles.get()[0]
        {
            bell.reference(alive);
        }
    }

    /// libuv has heard of a socket; [`on_check`] acts on it.
    pub(super) fn on_socket(&self, socket: RawSocket, ready: Ready) {
        contain(self, || {
            if let Some(token) = self.tokens.get(socket) {
                self.engine.on_event(token, ready);
            }
            Ok(())
        });
    }

    /// One handle more.
    pub(super) fn handle_opened(&self) {
        self.open_handles.set(self.open_handles.get() + 1);
    }

    /// One handle less; the last one's end is the host's.
    ///
    /// # Safety
    /// The host of a handle that libuv has closed; it is not used afterwards.
    pub(super) unsafe fn handle_closed(host: *mut Self) {
        // SAFETY: freed below only, with the last handle.
        let this = unsafe { &*host };
        let left = this.open_handles.get() - 1;
        this.open_handles.set(left);
        if left == 0 {
            // SAFETY: made by `Box::into_raw` in `start`; no handle knows it any more.
            let host = unsafe { Box::from_raw(host) };
            for handle in host.handles.take().into_iter().flatten() {
                // SAFETY: none of the host's handles is open, this is the last one's callback; the host has let go of all.
                unsafe { handle.free() };
            }
            // SAFETY: Node waits for exactly this call before it frees the environment.
            unsafe { sys::napi_remove_async_cleanup_hook(host.cleanup.get()) };
        }
    }

    /// Brings batches to JavaScript and answers back, until both sides are quiet.
    fn exchange(&self) -> std::result::Result<(), Fault> {
        if self.delivering.replace(true) {
            self.engine.watch();
            return Ok(()); // JavaScript ran the loop from inside a handler
        }
        let result = self.exchange_batches();
        self.delivering.set(false);
        self.update_reference();
        self.set_timer();
        result
    }

    /// Lets libuv call when the engine wants the time.
    fn set_timer(&self) {
        let next = self.engine.next_time();
        if next == self.next.replace(next) {
            return;
        }
        let delay = next.map(|next| next.saturating_duration_since(Instant::now()));
        // Rounded up: a timer that is early would be set again for nothing.
        let ms = delay.map(|delay| u64::try_from(delay.as_micros().div_ceil(1000)).unwrap_or(u64::MAX));
        if let [.., Some(timer)] = self.handles.get() {
            // SAFETY: the timer closes with the environment, whose thread this is.
            unsafe { timer.after(ms, on_time) };
        }
    }

    fn exchange_batches(&self) -> std::result::Result<(), Fault> {
        let mut silent = 0;
        for _ in 0..BATCHES {
            self.flush(&[])?;
            let more = self.engine.work();
            let quiet = self.engine.inbound().is_empty();
            if more {
                self.engine.send(false);
            }
            if quiet {
                if more {
                    silent += 1;
                    if silent > SILENT {
                        break;
                    }
                    continue;
                }
                if self.engine.end_sockets() {
                    continue;
                }
                self.engine.send(true);
                return Ok(());
            }
            let mut batch = self.batch.take();
            std::mem::swap(&mut *self.engine.inbound(), &mut batch);
            Counts::add(&self.engine.counts().batches);
            self.deliver(&batch);
            self.engine.forget_taken();
            self.engine.end_sockets();
            batch.clear();
            self.batch.replace(batch);
        }
        self.flush(&[])?;
        self.engine.work();
        self.engine.send(true);
        self.engine.wake();
        Ok(())
    }

    fn deliver(&self, batch: &Inbound) {
        self.dispatch.scoped(|| {
            for (records, text) in batch.parts() {
                let text = crate::raw::latin1(self.env, text);
                for records in records.chunks(self.incoming.length / RECORD * RECORD) {
                    // SAFETY: held by a reference; JavaScript reads it in the call below only.
                    let incoming = unsafe { self.incoming.slice() };
                    incoming[..records.len()].copy_from_slice(records);
                    #[expect(clippy::cast_precision_loss, reason = "a count of records")]
                    let count = crate::raw::number(self.env, (records.len() / RECORD) as f64);
                    self.dispatch.call(&[count, text]);
                }
            }
        });
    }
}

/// Runs what a callback of libuv's is for; a panic or a fault becomes an uncaught exception.
fn contain(host: &Host, work: impl FnOnce() -> std::result::Result<(), Fault>) {
    let fault = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return,
        Ok(Err(fault)) => fault,
        Err(payload) => Fault::panic(payload.as_ref()),
    };
    host.delivering.set(false);
    host.dispatch.raise(&fault);
}

unsafe extern "C" fn on_rung(handle: *mut c_void) {
    // SAFETY: the handle was made with its host, which outlives it.
    let host = unsafe { &*uv::data(handle).cast::<Host>() };
    host.rung.set(true);
}

/// The loop has heard of all sockets that are ready.
unsafe extern "C" fn on_check(handle: *mut c_void) {
    // SAFETY: as in `on_rung`.
    let host = unsafe { &*uv::data(handle).cast::<Host>() };
    if host.rung.replace(false) || host.engine.needs_turn() {
        contain(host, || {
            host.engine.turn();
            host.exchange()
        });
    }
}

unsafe extern "C" fn on_prepare(handle: *mut c_void) {
    // SAFETY: as in `on_rung`.
    let host = unsafe { &*uv::data(handle).cast::<Host>() };
    contain(host, || host.exchange());
}

unsafe extern "C" fn on_tick(handle: *mut c_void) {
    // SAFETY: as in `on_rung`.
    let host = unsafe { &*uv::data(handle).cast::<Host>() };
    contain(host, || {
        host.engine.tick();
        let rested = host.engine.counts().rested.get();
        if rested - host.trimmed.get() >= MANY_RESTED {
            host.trimmed.set(rested);
            trim();
        }
        host.exchange()
    });
}

unsafe extern "C" fn on_time(handle: *mut c_void) {
    // SAFETY: as in `on_rung`.
    let host = unsafe { &*uv::data(handle).cast::<Host>() };
    host.next.set(None);
    contain(host, || {
        host.engine.on_time();
        host.exchange()
    });
}

unsafe extern "C" fn on_cleanup(_: sys::napi_async_cleanup_hook_handle, data: *mut c_void) {
    // SAFETY: the hook's data is the host; it is freed after the last handle has closed.
    let host = unsafe { &*data.cast::<Host>() };
    // A panic must not leave a frame of C's; the sockets then close with the engine.
    let _ = catch_unwind(AssertUnwindSafe(|| host.engine.close()));
    host.bell.hang(None);
    for handle in host.handles.get().into_iter().flatten() {
        // SAFETY: the environment ends once, on its thread.
        unsafe { handle.close(on_closed) };
    }
}

unsafe extern "C" fn on_closed(handle: *mut c_void) {
    // SAFETY: as in `on_rung`.
    let host: *mut Host = unsafe { uv::data(handle) }.cast();
    // SAFETY: libuv has closed the handle; this was the last use.
    unsafe { Host::handle_closed(host) };
}

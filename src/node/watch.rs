//! Backs `fs.watch` of whole trees (`lib/node/fast-watch.js`): libuv watches the descriptor of the engine's inotify.

#![expect(unsafe_code, reason = "Node-API and libuv callbacks")]

use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_void};
use std::os::fd::AsRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::ptr;
use std::rc::Rc;

use dx_fault::Fault;
use dx_node::watch::{Event, News, Watcher};
use napi::bindgen_prelude::{Env, Function, Result};
use napi::{JsValue, Status, check_status, sys};
use napi_derive::napi;

use crate::listener::Listener;
use crate::raw::Raw;
use crate::uv::{self, Handle, UV_READABLE};
use crate::{call, error};

/// What an environment has of its trees.
struct Host {
    env: sys::napi_env,
    listener: Listener,
    /// Gone when the environment has ended.
    watcher: RefCell<Option<Watcher>>,
    handle: Cell<Option<Handle>>,
    cleanup: Cell<sys::napi_async_cleanup_hook_handle>,
}

thread_local! {
    /// The host of a thread's environment; set by [`watch_trees`].
    static HOST: RefCell<Option<Rc<Host>>> = const { RefCell::new(None) };
}

/// Joins the environment to its trees. `listener` is called for each event, with a tree's number, whether it is one of
/// content, and the path from the tree's root; or with an error for the path.
///
/// # Errors
/// The system's, as when there are too many instances; Node-API's.
#[napi(namespace = "watch")]
pub fn watch_trees(env: Env, listener: Function<'_, (), ()>) -> Result<()> {
    let raw = env.raw();
    let watcher = call::sync(&env, Watcher::new)?;
    let descriptor = watcher.as_raw_fd();
    let mut uv_loop = ptr::null_mut();
    // SAFETY: the environment is alive: we are in one of its calls.
    check_status!(unsafe { sys::napi_get_uv_event_loop(raw, &raw mut uv_loop) })?;
    let host = Rc::new(Host {
        env: raw,
        listener: Listener::new(raw, "dx-watch", listener.raw())?,
        watcher: RefCell::new(Some(watcher)),
        handle: Cell::new(None),
        cleanup: Cell::new(ptr::null_mut()),
    });
    // The handle's and the hook's; taken back when the handle has closed.
    let data = Rc::into_raw(Rc::clone(&host)).cast_mut().cast::<c_void>();
    // SAFETY: the loop is this thread's; the host, with the watcher's descriptor, outlives its handle.
    let handle = unsafe { Handle::poll(uv_loop, descriptor, data) }.map_err(|_| refused())?;
    host.handle.set(Some(handle));
    let mut cleanup = ptr::null_mut();
    // SAFETY: the hook gets the host, which lives until the handle that the hook closes has closed.
    check_status!(unsafe { sys::napi_add_async_cleanup_hook(raw, Some(on_cleanup), data, &raw mut cleanup) })?;
    host.cleanup.set(cleanup);
    HOST.set(Some(host));
    // SAFETY: made above.
    if unsafe { handle.watch(UV_READABLE, on_ready) } == 0 { Ok(()) } else { Err(refused()) }
}

/// Watches the directory `path` and all below. Gives the tree's number.
///
/// # Errors
/// The system's, of what cannot be watched; when `watchTrees` was not called.
#[napi(namespace = "watch")]
pub fn add_tree(env: Env, path: String) -> Result<u32> {
    let host = host()?;
    let mut watcher = host.watcher.borrow_mut();
    let Some(watcher) = watcher.as_mut() else { return Err(refused()) };
    call::sync(&env, || watcher.add(PathBuf::from(path)))
}

/// Watches a tree no longer.
///
/// # Errors
/// When `watchTrees` was not called.
#[napi(namespace = "watch")]
pub fn remove_tree(number: u32) -> Result<()> {
    if let Some(watcher) = host()?.watcher.borrow_mut().as_mut() {
        watcher.remove(number);
    }
    Ok(())
}

/// Says whether trees keep the program alive.
///
/// # Errors
/// When `watchTrees` was not called.
#[napi(namespace = "watch")]
pub fn hold_trees(on: bool) -> Result<()> {
    if let Some(handle) = host()?.handle.get() {
        handle.reference(on);
    }
    Ok(())
}

fn host() -> Result<Rc<Host>> {
    HOST.with_borrow(Clone::clone)
        .ok_or_else(|| napi::Error::new(Status::GenericFailure, "watchTrees comes first".to_owned()))
}

fn refused() -> napi::Error {
    napi::Error::new(Status::GenericFailure, "libuv refused a handle".to_owned())
}

impl Host {
    fn turn(&self) {
        // A panic must not leave a frame of C's. The watcher is free again before JavaScript runs.
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut watcher = self.watcher.borrow_mut();
            watcher.as_mut().map_or_else(|| Ok(Vec::new()), Watcher::read)
        }));
        match read {
            // Each in a callback of its own, as those of Node: what waits for one runs before the next.
            Ok(Ok(events)) => events.into_iter().for_each(|event| self.tell(event)),
            Ok(Err(error)) => self.listener.raise(&error.into()),
            Err(payload) => self.listener.raise(&Fault::panic(payload.as_ref())),
        }
    }

    fn tell(&self, Event { tree, news }: Event) {
        let value = Raw(self.env);
        self.listener.scoped(|| {
            if value.is_ending() {
                return;
            }
            let told = match news {
                News::Renamed(path) => value.utf8(String::from_utf8_lossy(&path).as_bytes()).map(|path| (false, path)),
                News::Changed(path) => value.utf8(String::from_utf8_lossy(&path).as_bytes()).map(|path| (true, path)),
                News::Failed(failure) => {
                    error::build(&Env::from_raw(self.env), &failure.into()).map(|failure| (false, failure))
                }
            };
            let Ok((is_content, what)) = told else { return };
            if let (Ok(tree), Ok(is_content)) = (value.number(f64::from(tree)), value.boolean(is_content)) {
                self.listener.call(&[tree, is_content, what]);
            }
        });
    }
}

unsafe extern "C" fn on_ready(handle: *mut c_void, _status: c_int, _events: c_int) {
    // SAFETY: the handle was made with its host, which outlives it.
    unsafe { &*uv::data(handle).cast::<Host>() }.turn();
}

unsafe extern "C" fn on_cleanup(_: sys::napi_async_cleanup_hook_handle, data: *mut c_void) {
    // SAFETY: the hook's data is the host; it is let go of after the handle has closed.
    let host = unsafe { &*data.cast::<Host>() };
    HOST.take();
    if let Some(handle) = host.handle.get() {
        // SAFETY: the environment ends once, on its thread.
        unsafe { handle.close(on_closed) };
    }
}

unsafe extern "C" fn on_closed(handle: *mut c_void) {
    // SAFETY: as in `on_ready`.
    let data = unsafe { uv::data(handle) }.cast::<Host>();
    // SAFETY: made by `Rc::into_raw` in `watch_trees`; nothing else knows it any more.
    let host = unsafe { Rc::from_raw(data) };
    if let Some(handle) = host.handle.take() {
        // SAFETY: this is the callback of its close; the host has let go of the only copy.
        unsafe { handle.free() };
    }
    let _ = catch_unwind(AssertUnwindSafe(|| drop(host.watcher.take())));
    // SAFETY: Node waits for exactly this call before it frees the environment.
    unsafe { sys::napi_remove_async_cleanup_hook(host.cleanup.get()) };
}

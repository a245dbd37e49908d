//! The part of libuv that engines run on which have no thread of their own. The symbols come from the host: every Node
//! exports libuv's.

#![expect(unsafe_code, reason = "libuv is C")]
#![cfg_attr(not(feature = "web-core"), expect(dead_code, reason = "its other user is not built"))]

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ffi::{c_int, c_void};
use std::os::fd::RawFd;
use std::ptr::NonNull;

use napi::sys::uv_loop_s;

const UV_ASYNC: c_int = 1;
const UV_CHECK: c_int = 2;
const UV_POLL: c_int = 8;
const UV_PREPARE: c_int = 9;
const UV_TIMER: c_int = 13;
pub(crate) const UV_READABLE: c_int = 1;
pub(crate) const UV_WRITABLE: c_int = 2;
pub(crate) const UV_DISCONNECT: c_int = 4;
/// More than the alignment of anything in a handle.
const ALIGN: usize = 16;

pub(crate) type PollCallback = unsafe extern "C" fn(*mut c_void, c_int, c_int);
pub(crate) type Callback = unsafe extern "C" fn(*mut c_void);

unsafe extern "C" {
    fn uv_handle_size(kind: c_int) -> usize;
    fn uv_handle_get_type(handle: *const c_void) -> c_int;
    fn uv_handle_get_data(handle: *const c_void) -> *mut c_void;
    fn uv_handle_set_data(handle: *mut c_void, data: *mut c_void);
    fn uv_ref(handle: *mut c_void);
    fn uv_unref(handle: *mut c_void);
    fn uv_close(handle: *mut c_void, callback: Option<Callback>);
    fn uv_poll_init(uv_loop: *mut uv_loop_s, handle: *mut c_void, descriptor: RawFd) -> c_int;
    fn uv_poll_start(handle: *mut c_void, events: c_int, callback: PollCallback) -> c_int;
    fn uv_poll_stop(handle: *mut c_void) -> c_int;
    fn uv_fileno(handle: *const c_void, descriptor: *mut RawFd) -> c_int;
    fn uv_async_init(uv_loop: *mut uv_loop_s, handle: *mut c_void, callback: Callback) -> c_int;
    fn uv_async_send(handle: *mut c_void) -> c_int;
    fn uv_check_init(uv_loop: *mut uv_loop_s, handle: *mut c_void) -> c_int;
    fn uv_check_start(handle: *mut c_void, callback: Callback) -> c_int;
    fn uv_prepare_init(uv_loop: *mut uv_loop_s, handle: *mut c_void) -> c_int;
    fn uv_prepare_start(handle: *mut c_void, callback: Callback) -> c_int;
    fn uv_timer_init(uv_loop: *mut uv_loop_s, handle: *mut c_void) -> c_int;
    fn uv_timer_stop(handle: *mut c_void) -> c_int;
    fn uv_handle_get_loop(handle: *const c_void) -> *mut uv_loop_s;
    fn uv_update_time(uv_loop: *mut uv_loop_s);
    fn uv_timer_start(handle: *mut c_void, callback: Callback, timeout: u64, repeat: u64) -> c_int;
}

/// A handle of libuv's. It is not closed on drop: libuv wants a turn of its loop for that.
#[derive(Clone, Copy)]
pub(crate) struct Handle(NonNull<c_void>);

impl Handle {
    fn layout(kind: c_int) -> Option<Layout> {
        // SAFETY: a pure function.
        let size = unsafe { uv_handle_size(kind) };
        Layout::from_size_align(size, ALIGN).ok().filter(|layout| layout.size() > 0)
    }

    fn allocate(kind: c_int) -> Option<Self> {
        let layout = Self::layout(kind)?;
        // SAFETY: the layout is not empty.
        let raw = unsafe { alloc_zeroed(layout) };
        match NonNull::new(raw.cast()) {
            Some(raw) => Some(Self(raw)),
            None => handle_alloc_error(layout),
        }
    }

    fn raw(self) -> *mut c_void {
        self.0.as_ptr()
    }

    /// Gives the memory of a handle back that libuv has closed.
    ///
    /// # Safety
    /// The callback of [`Self::close`] has begun, and neither this handle nor a copy of it is used again.
    pub(crate) unsafe fn free(self) {
        // SAFETY: libuv has set the type; the memory is there until now, as the caller vouches.
        let kind = unsafe { uv_handle_get_type(self.raw()) };
        // SAFETY: libuv is done with the handle; the rest the caller vouches for.
        unsafe { self.release(kind) };
    }

    /// # Safety
    /// `kind` is what it was allocated for; libuv does not know the handle, or no longer, and nobody uses it again.
    unsafe fn release(self, kind: c_int) {
        if let Some(layout) = Self::layout(kind) {
            // SAFETY: allocated with this layout in `allocate`; nobody uses it any more, as the caller vouches.
            unsafe { dealloc(self.raw().cast(), layout) };
        }
    }

    /// What was allocated for `kind` if libuv has initialised it, which `status` says.
    fn keep(self, kind: c_int, status: c_int) -> Option<Self> {
        if status == 0 {
            return Some(self);
        }
        // SAFETY: libuv has refused it; each of the callers allocated it for this kind and has no copy.
        unsafe { self.release(kind) };
        None
    }

    /// Takes a socket, or another descriptor that can be polled, to be watched with [`Self::watch`]. Does not keep the
    /// loop alive.
    ///
    /// # Errors
    /// libuv's number of what the system says.
    ///
    /// # Safety
    /// `uv_loop` is a live loop of this thread; `data` outlives the handle; the descriptor is open until the
    /// handle is closed.
    pub(crate) unsafe fn poll(uv_loop: *mut uv_loop_s, descriptor: RawFd, data: *mut c_void) -> Result<Self, c_int> {
        let handle = Self::allocate(UV_POLL).ok_or(-libc::ENOMEM)?;
        // SAFETY: the memory has the handle's size; the caller vouches for the loop.
        let status = unsafe { uv_poll_init(uv_loop, handle.raw(), descriptor) };
        let handle = handle.keep(UV_POLL, status).ok_or(status)?;
        // SAFETY: the handle was initialised.
        unsafe { uv_handle_set_data(handle.raw(), data) };
        handle.reference(false);
        Ok(handle)
    }

    /// Watches it for events (`UV_READABLE` …); for none, stops. The result is that of libuv.
    ///
    /// # Safety
    /// The handle was made by [`Self::poll`] and is not closed.
    pub(crate) unsafe fn watch(self, events: c_int, call: PollCallback) -> c_int {
        if events == 0 {
            // SAFETY: the caller vouches.
            return unsafe { uv_poll_stop(self.raw()) };
        }
        // SAFETY: as above.
        unsafe { uv_poll_start(self.raw(), events, call) }
    }

    /// Calls back when it was rung, on the loop's thread.
    ///
    /// # Safety
    /// As for [`Self::poll`].
    pub(crate) unsafe fn bell(uv_loop: *mut uv_loop_s, data: *mut c_void, call: Callback) -> Option<Self> {
        let handle = Self::allocate(UV_ASYNC)?;
        // SAFETY: the memory has the handle's size; the caller vouches for the loop.
        let handle = handle.keep(UV_ASYNC, unsafe { uv_async_init(uv_loop, handle.raw(), call) })?;
        // SAFETY: the handle was initialised.
        unsafe { uv_handle_set_data(handle.raw(), data) };
        Some(handle)
    }

    /// Rings a bell; from any thread.
    ///
    /// # Safety
    /// The handle was made by [`Self::bell`] and is not closed.
    pub(crate) unsafe fn ring(self) {
        // SAFETY: the caller vouches. It fails for handles of another kind only.
        unsafe { uv_async_send(self.raw()) };
    }

    /// Calls back when the loop has heard of all sockets. Does not keep the loop alive.
    ///
    /// # Safety
    /// As for [`Self::poll`].
    pub(crate) unsafe fn check(uv_loop: *mut uv_loop_s, data: *mut c_void, call: Callback) -> Option<Self> {
        let handle = Self::allocate(UV_CHECK)?;
        // SAFETY: the memory has the handle's size; the caller vouches for the loop.
        let handle = handle.keep(UV_CHECK, unsafe { uv_check_init(uv_loop, handle.raw()) })?;
        // SAFETY: the handle was initialised.
        unsafe { uv_handle_set_data(handle.raw(), data) };
        // SAFETY: the handle was initialised.
        let status = unsafe { uv_check_start(handle.raw(), call) };
        handle.reference(false);
        (status == 0).then_some(handle)
    }

    /// Calls back before the loop sleeps. Does not keep the loop alive.
    ///
    /// # Safety
    /// As for [`Self::poll`].
    pub(crate) unsafe fn prepare(uv_loop: *mut uv_loop_s, data: *mut c_void, call: Callback) -> Option<Self> {
        let handle = Self::allocate(UV_PREPARE)?;
        // SAFETY: the memory has the handle's size; the caller vouches for the loop.
        let handle = handle.keep(UV_PREPARE, unsafe { uv_prepare_init(uv_loop, handle.raw()) })?;
        // SAFETY: the handle was initialised.
        unsafe { uv_handle_set_data(handle.raw(), data) };
        // SAFETY: the handle was initialised.
        let status = unsafe { uv_prepare_start(handle.raw(), call) };
        handle.reference(false);
        (status == 0).then_some(handle)
    }

    /// Calls back at an interval. Does not keep the loop alive.
    ///
    /// # Safety
    /// As for [`Self::poll`].
    pub(crate) unsafe fn interval(uv_loop: *mut uv_loop_s, ms: u64, data: *mut c_void, call: Callback) -> Option<Self> {
        // SAFETY: the caller vouches.
        let handle = unsafe { Self::timer(uv_loop, data) }?;
        // SAFETY: the handle was initialised.
        let status = unsafe { uv_timer_start(handle.raw(), call, ms, ms) };
        (status == 0).then_some(handle)
    }

    /// A timer that [`Self::after`] starts. Does not keep the loop alive.
    ///
    /// # Safety
    /// As for [`Self::poll`].
    pub(crate) unsafe fn timer(uv_loop: *mut uv_loop_s, data: *mut c_void) -> Option<Self> {
        let handle = Self::allocate(UV_TIMER)?;
        // SAFETY: the memory has the handle's size; the caller vouches for the loop.
        let handle = handle.keep(UV_TIMER, unsafe { uv_timer_init(uv_loop, handle.raw()) })?;
        // SAFETY: the handle was initialised.
        unsafe { uv_handle_set_data(handle.raw(), data) };
        handle.reference(false);
        Some(handle)
    }

    /// Lets a timer call back once, or not at all.
    ///
    /// # Safety
    /// The handle is a timer that is not closed, on the loop's thread.
    pub(crate) unsafe fn after(self, ms: Option<u64>, call: Callback) {
        match ms {
            // What the loop thinks the time is may be old: the delay counts from now.
            Some(ms) => {
                // SAFETY: the caller vouches.
                unsafe { uv_update_time(uv_handle_get_loop(self.raw())) };
                // SAFETY: the caller vouches. It cannot fail: there is a callback.
                unsafe { uv_timer_start(self.raw(), call, ms, 0) };
            }
            None => {
                // SAFETY: the caller vouches.
                unsafe { uv_timer_stop(self.raw()) };
            }
        }
    }

    /// Whether the handle keeps the loop alive.
    pub(crate) fn reference(self, referenced: bool) {
        if referenced {
            // SAFETY: the handle is initialised and not closed.
            unsafe { uv_ref(self.raw()) };
        } else {
            // SAFETY: as above.
            unsafe { uv_unref(self.raw()) };
        }
    }

    /// Closes the handle; `call` gets the handle and is the last to know of it.
    ///
    /// # Safety
    /// Called once, on the loop's thread.
    pub(crate) unsafe fn close(self, call: Callback) {
        // SAFETY: the caller vouches.
        unsafe { uv_close(self.raw(), Some(call)) };
    }
}

/// Gives the memory of a handle back.
///
/// # Safety
/// `handle` is what libuv gave the callback of [`Handle::close`].
pub(crate) unsafe fn free(handle: *mut c_void) {
    if let Some(raw) = NonNull::new(handle) {
        // SAFETY: libuv has closed it, as the caller vouches.
        unsafe { Handle(raw).free() };
    }
}

/// What a handle of [`Handle::poll`] watches.
///
/// # Safety
/// `handle` is what libuv gave its callback.
pub(crate) unsafe fn descriptor(handle: *const c_void) -> Option<RawFd> {
    let mut descriptor = -1;
    // SAFETY: the caller vouches.
    let status = unsafe { uv_fileno(handle, &raw mut descriptor) };
    (status == 0).then_some(descriptor)
}

/// The data that a handle was made with.
///
/// # Safety
/// `handle` is what libuv gave a callback.
pub(crate) unsafe fn data(handle: *const c_void) -> *mut c_void {
    // SAFETY: the caller vouches.
    unsafe { uv_handle_get_data(handle) }
}

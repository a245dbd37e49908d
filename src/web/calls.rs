//! The calls of `lib/bun/serve/native.js`, registered by hand: their state is the host behind `data`.

#![expect(unsafe_code, reason = "Node-API callbacks")]

use std::ffi::c_void;
use std::ptr;

use bytes::Bytes;
use dx_fault::Fault;
use dx_web::{
    Address, Chunk, Identity, Listen, Route, RouteBody, ServerOptions, Slice, TlsOptions, TlsServer, Versions, Without,
};
use napi::{Result, sys};

use super::host::Host;
use super::{fetch, sockets};
use crate::call;
use crate::raw::{self, Arguments, Callback};

/// Arguments of the longest call.
const MOST: usize = 9;
/// Flags of `listen`.
const UNIX: i32 = 1;
const REUSE_PORT: i32 = 2;
const IPV6_ONLY: i32 = 4;
const HTTP2: i32 = 8;
const NO_HTTP1: i32 = 16;
const REQUEST_CERTIFICATE: i32 = 32;
const REJECT_UNAUTHORIZED: i32 = 64;
const HTTP3: i32 = 128;
const WITHOUT_TLS12: i32 = 256;
const WITHOUT_TLS13: i32 = 512;
const WITHOUT_TICKETS: i32 = 1024;

/// The entry of a call: what Node-API calls.
macro_rules! entry {
    ($call:ident) => {{
        unsafe extern "C" fn entry(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
            // SAFETY: Node-API calls this with its own arguments.
            unsafe { $crate::web::calls::run(env, info, $call) }
        }
        entry
    }};
}
pub(super) use entry;

/// Puts the calls on an object.
///
/// # Errors
/// `napi::Error` when Node-API refuses.
///
/// # Safety
/// `data` is the environment's [`Host`], which outlives every call.
pub(super) unsafe fn define(env: sys::napi_env, object: sys::napi_value, data: *mut c_void) -> Result<()> {
    let calls: [(&str, Callback); 22] = [
        ("flush", entry!(flush)),
        ("listen", entry!(listen)),
        ("stop", entry!(stop)),
        ("closeIdle", entry!(close_idle)),
        ("reference", entry!(reference)),
        ("pending", entry!(pending)),
        ("writeText", entry!(write_text)),
        ("writeBytes", entry!(write_bytes)),
        ("keepText", entry!(keep_text)),
        ("writeKept", entry!(write_kept)),
        ("writeTaken", entry!(write_taken)),
        ("end", entry!(end)),
        ("demand", entry!(demand)),
        ("take", entry!(take)),
        ("takeText", entry!(take_text)),
        ("peer", entry!(peer)),
        ("timeout", entry!(timeout)),
        ("pendingCall", entry!(pending_call)),
        ("addRoute", entry!(add_route)),
        ("clearRoutes", entry!(clear_routes)),
        ("openFile", entry!(open_file)),
        ("counts", entry!(counts)),
    ];
    for (name, callback) in calls.into_iter().chain(sockets::calls()).chain(fetch::calls()) {
        // SAFETY: the caller vouches.
        unsafe { raw::define(env, object, name, callback, data)? };
    }
    Ok(())
}

pub(super) type Call = Arguments<MOST>;
pub(super) type Outcome = std::result::Result<sys::napi_value, Fault>;

/// Runs a call: reads the arguments, finds the host, contains what goes wrong.
///
/// # Safety
/// `env` and `info` are those of the callback that calls this.
pub(super) unsafe fn run(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    work: impl FnOnce(sys::napi_env, &Host, &Call) -> Outcome,
) -> sys::napi_value {
    // SAFETY: the caller vouches.
    let arguments = unsafe { Arguments::read(env, info) };
    // SAFETY: `define` registered the host, which lives as long as JavaScript can call.
    let host = unsafe { &*arguments.data().cast::<Host>() };
    call::sync_raw(env, || work(env, host, &arguments)).unwrap_or(ptr::null_mut())
}

pub(super) const NOTHING: Outcome = Ok(ptr::null_mut());

/// `flush(lent)`: bytes are the body of the last answer.
fn flush(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    // SAFETY: copied or sent at once.
    let lent = unsafe { arguments.bytes(0) };
    host.flush(lent)?;
    host.engine.answer();
    NOTHING
}

/// `listen(hostname | path, port, flags, idleTimeout, maxBody, tls)` gives `id\naddress\nport`.
fn listen(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let name = String::from_utf8_lossy(&arguments.utf8(0)).into_owned();
    let flags = arguments.int(2);
    let listen = if flags & UNIX != 0 {
        Listen::Unix { path: name }
    } else {
        let port = u16::try_from(arguments.int(1)).unwrap_or_default();
        let (reuse_port, ipv6_only) = (flags & REUSE_PORT != 0, flags & IPV6_ONLY != 0);
        Listen::Tcp { hostname: name, port, reuse_port, ipv6_only }
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, as it should")]
    let max_body = arguments.double(4) as u64;
    let idle_timeout = arguments.int(3).unsigned_abs();
    let (http1, http2, http3) = (flags & NO_HTTP1 == 0, flags & HTTP2 != 0, flags & HTTP3 != 0);
    let versions = Versions { http1, http2, http3 };
    // SAFETY: copied at once.
    let tls = tls_options(unsafe { arguments.bytes(5) }, flags, versions);
    let tls = tls.map(|options| TlsServer::new(&options)).transpose()?;
    let (id, address) = host.engine.listen(&listen, ServerOptions { idle_timeout, max_body, versions, tls })?;
    host.update_reference();
    let mut text = format!("{id}\n");
    if let Some(address) = address {
        write_address(&mut text, address);
    }
    Ok(raw::latin1(env, text.as_bytes()))
}

/// Reads the parts of `lib/bun/serve/tls.js`, each after its length: authorities, revoked, cipher suites, then name,
/// certificates and key of each identity. Nothing without TLS.
fn tls_options(mut bytes: &[u8], flags: i32, versions: Versions) -> Option<TlsOptions> {
    let mut part = || {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        bytes = rest;
        Some(part.to_vec())
    };
    let mut options = TlsOptions {
        authorities: part()?,
        revoked: part()?,
        suites: String::from_utf8_lossy(&part()?).into_owned(),
        without: Without {
            tls12: flags & WITHOUT_TLS12 != 0,
            tls13: flags & WITHOUT_TLS13 != 0,
            tickets: flags & WITHOUT_TICKETS != 0,
        },
        request_certificate: flags & REQUEST_CERTIFICATE != 0,
        reject_unauthorized: flags & REJECT_UNAUTHORIZED != 0,
        ..TlsOptions::default()
    };
    while let (Some(name), Some(certificates), Some(key)) = (part(), part(), part()) {
        let name = String::from_utf8_lossy(&name).into_owned();
        options.identities.push(Identity { name, certificates, key });
    }
    options.protocols = match versions {
        Versions { http2: false, .. } => Vec::new(), // as Bun: no ALPN
        Versions { http1: false, .. } => vec![b"h2".to_vec()],
        Versions { .. } => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
    };
    Some(options)
}

fn write_address(text: &mut String, address: Address) {
    use std::fmt::Write as _;
    // Writing to a String does not fail.
    let _ = write!(text, "{}\n{}", address.ip(), address.port());
}

fn stop(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.stop(arguments.int(0), arguments.boolean(1));
    host.update_reference();
    NOTHING
}

fn close_idle(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    Ok(count(env, host.engine.close_idle(arguments.int(0))))
}

fn reference(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.reference(arguments.int(0), arguments.boolean(1));
    host.update_reference();
    NOTHING
}

fn pending(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    Ok(count(env, host.engine.pending(arguments.int(0))))
}

#[expect(clippy::cast_precision_loss, reason = "counts and lengths are far below 2^53")]
pub(super) fn count(env: sys::napi_env, value: usize) -> sys::napi_value {
    raw::number(env, value as f64)
}

/// Gives -1 when the exchange is over, 0 when the writer has to wait, 1 when there is room.
pub(super) fn chunk(env: sys::napi_env, chunk: Chunk) -> sys::napi_value {
    raw::number(
        env,
        match chunk {
            Chunk::Gone => -1.0,
            Chunk::Full => 0.0,
            Chunk::Room => 1.0,
        },
    )
}

fn write_text(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    Ok(chunk(env, host.engine.write_shared(arguments.int(0), arguments.int(1), Bytes::from(arguments.utf8(2)))))
}

fn write_bytes(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    // SAFETY: copied at once.
    let bytes = unsafe { arguments.bytes(2) };
    Ok(chunk(env, host.engine.write(arguments.int(0), arguments.int(1), bytes)))
}

/// `keepText(place, text)`
fn keep_text(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.keep(place(arguments, 0), Bytes::from(arguments.utf8(1)));
    NOTHING
}

/// `writeKept(slot, seq, place)`
fn write_kept(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    Ok(chunk(env, host.engine.write_kept(arguments.int(0), arguments.int(1), place(arguments, 2))))
}

/// `writeTaken(slot, seq, from)` gives 0 when the text that was taken from the request `from` is forgotten.
fn write_taken(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let known = host.engine.write_taken(arguments.int(0), arguments.int(1), arguments.int(2));
    Ok(count(env, usize::from(known)))
}

fn place(arguments: &Call, index: usize) -> usize {
    usize::try_from(arguments.int(index)).unwrap_or(usize::MAX)
}

fn end(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.end(arguments.int(0), arguments.int(1), arguments.boolean(2));
    NOTHING
}

/// Gives 1 when the body will come, 0 when the exchange is over.
fn demand(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let there = host.engine.demand(arguments.int(0), arguments.int(1), arguments.boolean(2));
    Ok(count(env, usize::from(there)))
}

fn take(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    // SAFETY: filled at once.
    let into = unsafe { arguments.bytes(2) };
    Ok(count(env, host.engine.take(arguments.int(0), arguments.int(1), into)))
}

/// `takeText(slot, seq)` gives what `take` would as a string, without a copy where it is long; nothing where it is not
/// ASCII.
fn take_text(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let Some(text) = host.engine.take_ascii(arguments.int(0), arguments.int(1)) else { return NOTHING };
    Ok(super::text::one_byte(env, text))
}

/// `peer(slot, seq)` gives `address\nport`, or nothing.
fn peer(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let Some(address) = host.engine.peer(arguments.int(0), arguments.int(1)) else { return NOTHING };
    let mut text = String::new();
    write_address(&mut text, address);
    Ok(raw::latin1(env, text.as_bytes()))
}

fn timeout(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.set_timeout(arguments.int(0), arguments.int(1), arguments.int(2).unsigned_abs());
    NOTHING
}

/// Gives 1 while a request waits for its answer to be sent.
fn pending_call(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    Ok(count(env, usize::from(host.engine.is_pending(arguments.int(0), arguments.int(1)))))
}

/// `addRoute(server, path, methods, status, headerLines, bytes, file, start, end)`: a file name means a file.
fn add_route(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let file = arguments.utf8(6);
    let body = if file.is_empty() {
        // SAFETY: copied at once.
        RouteBody::Bytes(Bytes::copy_from_slice(unsafe { arguments.bytes(5) }))
    } else {
        let slice = slice(arguments.double(7), arguments.double(8));
        RouteBody::File(String::from_utf8_lossy(&file).into_owned().into(), slice)
    };
    let status = u16::try_from(arguments.int(3)).unwrap_or(0);
    // SAFETY: copied at once.
    let lines = Bytes::copy_from_slice(unsafe { arguments.bytes(4) });
    let route = Route { methods: arguments.int(2).cast_unsigned(), status, lines, body };
    host.engine.add_route(arguments.int(0), &arguments.utf8(1), route);
    NOTHING
}

fn clear_routes(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.clear_routes(arguments.int(0));
    NOTHING
}

/// `counts()` gives what the engine has done so far, as `name value` lines.
fn counts(env: sys::napi_env, host: &Host, _: &Call) -> Outcome {
    let counts = host.engine.counts();
    let text = [
        ("turns", &counts.turns),
        ("requests", &counts.requests),
        ("batches", &counts.batches),
        ("reads", &counts.reads),
        ("writes", &counts.writes),
        ("files", &counts.files),
        ("watches", &counts.watches),
    ]
    .map(|(name, count)| format!("{name} {}", count.get()));
    Ok(raw::latin1(env, text.join("\n").as_bytes()))
}

/// A negative end means all from the start on.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, as it should")]
fn slice(start: f64, end: f64) -> Slice {
    Slice { start: start as u64, end: (end >= 0.0).then_some(end as u64) }
}

/// `openFile(slot, seq, path, start, end, range)` gives `status\nstart\nlength\nsize`; nothing for what is no file.
fn open_file(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let path = String::from_utf8_lossy(&arguments.utf8(2)).into_owned();
    let range = String::from_utf8_lossy(&arguments.utf8(5)).into_owned();
    let slice = slice(arguments.double(3), arguments.double(4));
    let sent = host.engine.open_file(arguments.int(0), arguments.int(1), &path, slice, &range)?;
    let Some(sent) = sent else { return NOTHING };
    let text = format!("{}\n{}\n{}\n{}", sent.status, sent.start, sent.length, sent.size);
    Ok(raw::latin1(env, text.as_bytes()))
}

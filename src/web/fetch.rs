//! The calls of `lib/web/fetch/http3/native.js`: sessions of HTTP/3 and requests on them.

#![expect(unsafe_code, reason = "Node-API callbacks")]

use std::net::SocketAddr;

use bytes::Bytes;
use dx_web::{Error, Upload};
use napi::sys;

use super::calls::{Call, NOTHING, Outcome, chunk, count, entry};
use super::host::Host;
use crate::raw::{self, Callback};

/// How a request's body begins.
const WHOLE: i32 = 1;
const STREAM: i32 = 2;

pub(super) fn calls() -> [(&'static str, Callback); 7] {
    [
        ("fetchConnect", entry!(connect)),
        ("fetchSend", entry!(send)),
        ("fetchWrite", entry!(write)),
        ("fetchEnd", entry!(end)),
        ("fetchDemand", entry!(demand)),
        ("fetchTake", entry!(take)),
        ("fetchCancel", entry!(cancel)),
    ]
}

/// `fetchConnect(address, port, name, verify, roots)` gives a session's number.
fn connect(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let address = String::from_utf8_lossy(&arguments.utf8(0)).into_owned();
    let name = String::from_utf8_lossy(&arguments.utf8(2)).into_owned();
    let port = u16::try_from(arguments.int(1)).unwrap_or_default();
    let ip = address.parse().map_err(|_| Error::Tls { reason: format!("{address} is no address") })?;
    // SAFETY: read at once.
    let roots = unsafe { arguments.bytes(4) };
    let session = host.engine.fetch_connect(SocketAddr::new(ip, port), &name, arguments.boolean(3), roots)?;
    Ok(raw::number(env, f64::from(session)))
}

/// `fetchSend(session, head, kind, body)` gives `slot\nseq`, or nothing when the session is over.
fn send(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let upload = match arguments.int(2) {
        // SAFETY: copied at once.
        WHOLE => Upload::Whole(Bytes::copy_from_slice(unsafe { arguments.bytes(3) })),
        STREAM => Upload::Stream,
        _ => Upload::None,
    };
    // SAFETY: read at once.
    let head = unsafe { arguments.bytes(1) };
    let sent = host.engine.fetch_send(arguments.int(0), head, upload);
    host.update_reference();
    match sent {
        Some((slot, seq)) => Ok(raw::latin1(env, format!("{slot}\n{seq}").as_bytes())),
        None => NOTHING,
    }
}

/// `fetchWrite(slot, seq, bytes)`: -1 when nobody wants it, 0 when the writer has to wait, 1 when there is room.
fn write(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    // SAFETY: copied at once.
    let bytes = Bytes::copy_from_slice(unsafe { arguments.bytes(2) });
    Ok(chunk(env, host.engine.fetch_write(arguments.int(0), arguments.int(1), bytes)))
}

fn end(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.fetch_end(arguments.int(0), arguments.int(1));
    NOTHING
}

fn demand(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.fetch_demand(arguments.int(0), arguments.int(1));
    NOTHING
}

fn take(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    // SAFETY: filled at once.
    let into = unsafe { arguments.bytes(2) };
    let length = host.engine.fetch_take(arguments.int(0), arguments.int(1), into);
    Ok(count(env, length))
}

fn cancel(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.fetch_cancel(arguments.int(0), arguments.int(1));
    host.update_reference();
    NOTHING
}

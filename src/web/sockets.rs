//! The calls of `lib/bun/serve/websocket.js`.

#![expect(unsafe_code, reason = "Node-API callbacks")]

use dx_web::{DeflateOptions, SocketOptions};
use napi::sys;

use super::calls::{Call, NOTHING, Outcome, count, entry};
use super::host::Host;
use crate::raw::{self, Callback};

/// Flags of `upgrade`.
const CLOSE_ON_LIMIT: i32 = 1;
const SEND_PINGS: i32 = 2;
/// One more than the largest sequence number.
const SEQUENCE_NUMBERS: f64 = 2_147_483_648.0;

pub(super) fn calls() -> [(&'static str, Callback); 9] {
    [
        ("upgrade", entry!(upgrade)),
        ("webSockets", entry!(web_sockets)),
        ("socketText", entry!(socket_text)),
        ("socketBytes", entry!(socket_bytes)),
        ("socketPublish", entry!(socket_publish)),
        ("socketClose", entry!(socket_close)),
        ("socketTerminate", entry!(socket_terminate)),
        ("socketBuffered", entry!(socket_buffered)),
        ("socketPause", entry!(socket_pause)),
    ]
}

/// `upgrade(slot, seq, key, headerLines, maxPayload, backpressureLimit, idleTimeout, flags, deflate)` gives the sequence
/// number and, above its 31 bits, the id; or nothing.
fn upgrade(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, as it should")]
    let size = |index| arguments.double(index) as usize;
    let flags = arguments.int(7);
    let options = SocketOptions {
        max_payload: size(4),
        backpressure_limit: size(5),
        close_on_limit: flags & CLOSE_ON_LIMIT != 0,
        idle_timeout: arguments.int(6).unsigned_abs(),
        send_pings: flags & SEND_PINGS != 0,
        deflate: deflate_options(arguments.int(8)),
    };
    // SAFETY: copied at once.
    let lines = unsafe { arguments.bytes(3) };
    let call = (arguments.int(0), arguments.int(1));
    match host.engine.upgrade(call, &arguments.utf8(2), lines, options) {
        Some((id, seq)) => Ok(raw::number(env, f64::from(id) * SEQUENCE_NUMBERS + f64::from(seq))),
        None => NOTHING,
    }
}

/// Bits of `lib/bun/serve/websocket-deflate.js`, and the window above them.
fn deflate_options(bits: i32) -> Option<DeflateOptions> {
    (bits & 1 != 0).then(|| DeflateOptions {
        compresses: bits & 2 != 0,
        keeps_sent: bits & 4 != 0,
        keeps_received: bits & 8 != 0,
        window_bits: u8::try_from(bits >> 8).unwrap_or(0),
    })
}

fn web_sockets(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    Ok(count(env, host.engine.web_sockets(arguments.int(0))))
}

/// `socketText(id, seq, opcode, text)`
fn socket_text(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let fill = |into: &mut Vec<u8>| arguments.append_utf8(3, into);
    let sent = host.engine.socket_fill(
        arguments.int(0),
        arguments.int(1),
        opcode(arguments),
        arguments.string_length(3),
        fill,
    );
    Ok(raw::number(env, f64::from(sent)))
}

/// `socketBytes(id, seq, opcode, bytes)`
fn socket_bytes(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    // SAFETY: copied at once.
    let payload = unsafe { arguments.bytes(3) };
    Ok(raw::number(
        env,
        f64::from(host.engine.socket_send(arguments.int(0), arguments.int(1), opcode(arguments), payload)),
    ))
}

/// `socketPublish(subscribers, except, opcode, bytes)`
fn socket_publish(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    // SAFETY: read at once; nobody writes to either.
    let subscribers = unsafe { arguments.bytes(0) };
    // SAFETY: as above.
    let payload = unsafe { arguments.bytes(3) };
    let sent = host.engine.socket_publish(subscribers, arguments.int(1), opcode(arguments), payload);
    Ok(raw::number(env, f64::from(sent)))
}

fn opcode(arguments: &Call) -> u8 {
    u8::try_from(arguments.int(2)).unwrap_or(u8::MAX)
}

/// `socketClose(id, seq, code, reason)`
fn socket_close(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    let reason = String::from_utf8_lossy(&arguments.utf8(3)).into_owned();
    let code = u16::try_from(arguments.int(2) & 0xffff).unwrap_or(0);
    host.engine.socket_close(arguments.int(0), arguments.int(1), code, &reason);
    NOTHING
}

fn socket_terminate(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.socket_terminate(arguments.int(0), arguments.int(1));
    NOTHING
}

fn socket_buffered(env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    Ok(count(env, host.engine.socket_buffered(arguments.int(0), arguments.int(1))))
}

fn socket_pause(_env: sys::napi_env, host: &Host, arguments: &Call) -> Outcome {
    host.engine.socket_pause(arguments.int(0), arguments.int(1), arguments.boolean(2));
    NOTHING
}

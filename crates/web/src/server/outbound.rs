//! What JavaScript answers: records of eight ints over one buffer of bytes.
//!
//! `slot seq status payload headerLength offset length contentType`. Header lines are
//! `name:value\n`, latin1, at `offset`; the body follows them.

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, UPGRADE};
use http::{HeaderMap, Response, StatusCode};

use super::body::{Body, Kind};
use super::exchange::Exchange;
use super::inbound::RECORD;
use crate::Error;

/// Where the body of a response is.
pub mod payload {
    /// After the headers, in the batch's bytes.
    pub const INLINE: i32 = 0;
    /// All that was written before.
    pub const WRITTEN: i32 = 1;
    /// Written later, chunk by chunk; `length` is -1 when unknown.
    pub const STREAM: i32 = 2;
    /// The file that was opened before.
    pub const FILE: i32 = 3;
    /// Given beside the batch, as the body of its last record.
    pub const LENT: i32 = 4;
}

/// The content types that have a number, so that they need no text.
const CONTENT_TYPES: [&str; 5] = [
    "",
    "text/plain;charset=utf-8",
    "application/json;charset=utf-8",
    "application/octet-stream",
    "text/html;charset=utf-8",
];

/// One answer of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub(crate) slot: usize,
    pub(crate) seq: i32,
    pub(super) status: u16,
    pub(super) payload: i32,
    pub(super) header: usize,
    pub(super) offset: usize,
    pub(super) length: i32,
    pub(super) content_type: usize,
}

impl Record {
    /// The bytes of this record alone, for use with [`Self::at_start`].
    ///
    /// # Errors
    /// [`Error::BadRecord`] when it points outside `bytes`.
    pub(crate) fn copy(&self, bytes: &[u8]) -> Result<Bytes, Error> {
        let body = if self.payload == payload::INLINE { usize::try_from(self.length).unwrap_or(0) } else { 0 };
        let end = self.offset.checked_add(self.header).and_then(|end| end.checked_add(body)).ok_or(Error::BadRecord)?;
        bytes.get(self.offset..end).map(Bytes::copy_from_slice).ok_or(Error::BadRecord)
    }

    /// The same record over bytes that start where it pointed to.
    pub(crate) fn at_start(self) -> Self {
        Self { offset: 0, ..self }
    }
}

/// Reads the records of a batch.
///
/// # Errors
/// [`Error::BadRecord`] when a record has a negative field or ends early.
pub(crate) fn records(ints: &[i32]) -> impl Iterator<Item = Result<Record, Error>> {
    ints.chunks(RECORD).map(|ints| {
        let &[slot, seq, status, payload, header, offset, length, content_type] = ints else {
            return Err(Error::BadRecord);
        };
        let natural = |value: i32| usize::try_from(value).map_err(|_| Error::BadRecord);
        Ok(Record {
            slot: natural(slot)?,
            seq,
            status: u16::try_from(status).map_err(|_| Error::BadRecord)?,
            payload,
            header: natural(header)?,
            offset: natural(offset)?,
            length,
            content_type: natural(content_type)?,
        })
    })
}

/// The name of a content type that has a number.
pub(super) fn content_type(number: usize) -> Option<&'static str> {
    CONTENT_TYPES.get(number).copied().filter(|name| !name.is_empty())
}

/// Builds the response of a record.
///
/// # Errors
/// [`Error::BadRecord`] when it points outside `bytes`.
pub(crate) fn response(
    record: &Record,
    bytes: &Bytes,
    lent: &[u8],
    exchange: &std::rc::Rc<Exchange>,
) -> Result<Response<Body>, Error> {
    let header_end = record.offset.checked_add(record.header).ok_or(Error::BadRecord)?;
    let lines = if record.header == 0 { Bytes::new() } else { slice(bytes, record.offset, header_end)? };
    let kind = match record.payload {
        payload::INLINE => {
            let length = usize::try_from(record.length).map_err(|_| Error::BadRecord)?;
            let end = header_end.checked_add(length).ok_or(Error::BadRecord)?;
            if length == 0 { Kind::Empty } else { Kind::Full(slice(bytes, header_end, end)?) }
        }
        payload::WRITTEN => Kind::Written(exchange.take_written()),
        payload::LENT => Kind::Full(Bytes::copy_from_slice(lent)),
        payload::FILE => exchange.take_file().map_or(Kind::Empty, Kind::File),
        payload::STREAM => {
            exchange.open_stream(u64::try_from(record.length).ok());
            Kind::Stream
        }
        _ => return Err(Error::BadRecord),
    };
    let mut response = Response::new(Body::new(kind, std::rc::Rc::clone(exchange)));
    *response.headers_mut() = exchange.take_headers();
    *response.status_mut() = StatusCode::from_u16(record.status).map_err(|_| Error::BadRecord)?;
    if let Some(name) = content_type(record.content_type) {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(name));
    }
    if !lines.is_empty() {
        write_headers(response.headers_mut(), &lines);
    }
    Ok(response)
}

/// The answer to an upgrade.
pub(crate) fn switching_protocols(accept: &str, lines: &Bytes, exchange: &std::rc::Rc<Exchange>) -> Response<Body> {
    let mut response = Response::new(Body::new(Kind::Empty, std::rc::Rc::clone(exchange)));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::from_str(accept) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    write_headers(headers, lines);
    response
}

/// Reads `name:value\n` lines. The face has checked names and values; what still does not pass
/// (a control character) is left out rather than sent.
pub(super) fn write_headers(headers: &mut HeaderMap, lines: &Bytes) {
    let mut start = 0;
    while let Some(length) = lines[start..].iter().position(|byte| *byte == b'\n') {
        let end = start + length;
        if let Some(colon) = lines[start..end].iter().position(|byte| *byte == b':') {
            let name = HeaderName::from_bytes(&lines[start..start + colon]);
            let value = HeaderValue::from_maybe_shared(lines.slice(start + colon + 1..end));
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
        }
        start = end + 1;
    }
}

fn slice(bytes: &Bytes, start: usize, end: usize) -> Result<Bytes, Error> {
    if start <= end && end <= bytes.len() { Ok(bytes.slice(start..end)) } else { Err(Error::BadRecord) }
}

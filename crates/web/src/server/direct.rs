//! Requests that leave nothing to be found out, from the bytes to the batch and from the answer to the bytes.
//!
//! A head that is whole in what was read, with one reading only, and an answer that is at hand need nothing of what hyper
//! knows of connections, bodies and codings. Such a request is told to JavaScript as it stands, and its answer is written
//! at once. Whatever else JavaScript answers (streams, files, a connection that is to be closed) hyper sends: it gets the
//! same head then ([`Link::replay`]) and finds the exchange that has begun.
//!
//! Where a request ends the scanner decides for hyper, too, and by the same rules ([`field`], [`host`], [`decimal`]); what is
//! taken here is less than what it lets pass. A test holds that what JavaScript is told equals what hyper would have told it.

use std::rc::Rc;

use http::StatusCode;
use http::header::HeaderValue;

use super::connection::{MAX_FIELDS, MAX_HEAD};
use super::engine::Counts;
use super::exchange::{Exchange, INLINE_BODY};
use super::inbound::known_method;
use super::link::Link;
use super::outbound::{Record, content_type, payload};
use super::scanner::{any, decimal, field, host, is_control};
use crate::Error;

/// The code of HEAD, and of others whose answers are unlike those of GET, is not among these.
const METHODS: [&[u8]; 6] = [b"GET", b"POST", b"PUT", b"DELETE", b"PATCH", b"OPTIONS"];
const LONGEST_METHOD: usize = 7;
const VERSION: &[u8] = b" HTTP/1.1";
/// What the socket does not take of a body is copied, and moves as it goes: longer ones are hyper's.
const LONGEST_BODY: usize = 256 * 1024;
/// Room for a head that the engine writes, beside the lines of the answer.
const HEAD: usize = 192;

/// Where a request is in a batch's text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) code: i32,
    pub(super) target_end: usize,
    pub(super) head_end: usize,
    /// How much of what was read is its body, which ends with the text.
    pub(super) body: usize,
}

/// What a connection says of the requests that it takes.
#[derive(Clone, Copy)]
pub(super) struct Limits<'path> {
    pub(super) max_body: u64,
    /// Whether a path is answered by the engine.
    pub(super) is_route: &'path dyn Fn(&[u8]) -> bool,
}

/// Appends a request as [`super::inbound::Inbound`] has it. `None`: it is for hyper; what was appended is to be forgotten.
pub(super) fn read(input: &[u8], text: &mut Vec<u8>, limits: Limits<'_>) -> Option<Request> {
    let (line, mut rest) = next_line(input)?;
    let method_end = line.iter().take(LONGEST_METHOD + 1).position(|byte| *byte == b' ')?;
    let method = METHODS.iter().find(|method| **method == &line[..method_end])?;
    let target = line[method_end + 1..].strip_suffix(VERSION)?;
    if target.first() != Some(&b'/') || any(target, |byte| !IS_ORDINARY[usize::from(byte)]) {
        return None;
    }
    let path = target.split(|byte| *byte == b'?').next().unwrap_or(target);
    if (limits.is_route)(path) {
        return None;
    }
    text.extend_from_slice(target);
    let target_end = text.len();
    text.push(b'\n');
    let (mut names, mut fields, mut has_host, mut length) = (Names::default(), 0, false, 0);
    loop {
        let (line, after) = next_line(rest)?;
        rest = after;
        if line.is_empty() {
            break;
        }
        let (name, value) = field(line).ok()?;
        fields += 1;
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => {
                host(value).ok()?;
                has_host = true;
            }
            10 if name.eq_ignore_ascii_case(b"connection") && !value.eq_ignore_ascii_case(b"keep-alive") => {
                return None;
            }
            14 if name.eq_ignore_ascii_case(b"content-length") => length = decimal(value).ok()?,
            6 if name.eq_ignore_ascii_case(b"expect") => return None,
            7 if name.eq_ignore_ascii_case(b"upgrade") => return None,
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => return None,
            _ => {}
        }
        let start = text.len();
        text.extend(name.iter().map(u8::to_ascii_lowercase));
        let (before, name) = text[target_end + 1..].split_at(start - target_end - 1);
        if names.is_known(name, before)? {
            return None; // values of a name are joined
        }
        text.push(b':');
        text.extend_from_slice(value);
        text.push(b'\n');
    }
    let head = input.len() - rest.len();
    let fits = length <= INLINE_BODY.min(limits.max_body) && rest.len() as u64 == length;
    if !has_host || !fits || head > MAX_HEAD || fields > MAX_FIELDS {
        return None;
    }
    let head_end = text.len();
    text.extend_from_slice(rest);
    Some(Request { code: known_method(method)?, target_end, head_end, body: rest.len() })
}

/// A line without its end, and what follows.
fn next_line(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', input)?;
    Some((input[..end].strip_suffix(b"\r")?, &input[end + 1..]))
}

/// What a target has nearly always; the rest hyper judges, and cuts fragments off.
const IS_ORDINARY: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let is = matches!(byte as u8, b'!' | b'$'..=b';' | b'=' | b'?'..=b'Z' | b'_' | b'a'..=b'z' | b'~');
        table[byte] = is;
        byte += 1;
    }
    table
};

/// The names of a head, each as one bit of many.
#[derive(Default)]
struct Names {
    bits: [u64; Self::WORDS],
    shared: u32,
}

impl Names {
    const WORDS: usize = 16;
    /// So often a name may have the bit of another: more of that is no accident, and looking through the lines costs.
    const MOST_SHARED: u32 = 32;

    /// Adds a name; gives whether it is that of one of the lines before. `None`: that would take too long.
    fn is_known(&mut self, name: &[u8], lines: &[u8]) -> Option<bool> {
        let spread = spread(name);
        let word = &mut self.bits[spread / 64 % Self::WORDS];
        let bit = 1 << (spread % 64);
        if *word & bit == 0 {
            *word |= bit;
            return Some(false);
        }
        self.shared += 1;
        let same = |line: &[u8]| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(b":"));
        (self.shared <= Self::MOST_SHARED).then(|| lines.split(|byte| *byte == b'\n').any(same))
    }
}

/// A number that names mostly do not share.
fn spread(name: &[u8]) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    const WORD: usize = size_of::<u64>();
    let word = |bytes: &[u8]| {
        let mut word = [0; WORD];
        word[..bytes.len()].copy_from_slice(bytes);
        u64::from_le_bytes(word)
    };
    let part = name.len().min(WORD);
    let mixed = word(&name[..part]) ^ word(&name[name.len() - part..]).rotate_left(29) ^ name.len() as u64;
    usize::try_from(mixed.wrapping_mul(FACTOR) >> 54).unwrap_or(0)
}

impl Link {
    /// Takes a request in; nothing may be under way on the connection. `false`: it is for hyper.
    pub(super) fn take_directly(self: &Rc<Self>, input: &[u8]) -> bool {
        if self.closing.get() || !self.can_take_directly() {
            return false;
        }
        let (core, server) = (&self.core, &self.server);
        let mut inbound = core.inbound.borrow_mut();
        inbound.make_room(input.len());
        let start = inbound.text.len();
        let routes = server.routes();
        let limits = Limits { max_body: server.max_body(), is_route: &|path| routes.has(path) };
        let Some(request) = read(input, &mut inbound.text, limits) else {
            inbound.text.truncate(start);
            return false;
        };
        drop(routes);
        Counts::add(&core.counts.requests);
        self.requests.set(self.requests.get().wrapping_add(1));
        let (head, body) = input.split_at(input.len() - request.body);
        let mut kept = core.buffers.borrow_mut().lend_small();
        kept.extend_from_slice(head);
        let (slot, seq) = Exchange::begin(self, kept, body.len());
        inbound.direct(slot, seq, start, &request, server.id());
        true
    }

    /// The request that hyper is to get after all, because of its answer.
    pub(super) fn replay(&self) -> Option<Vec<u8>> {
        let exchange = self.direct.borrow();
        exchange.as_ref().filter(|exchange| exchange.is_answered()).and_then(|exchange| exchange.take_bytes())
    }
}

/// Writes answers of one batch.
pub(super) struct Writer<'batch> {
    pub(super) bytes: &'batch [u8],
    /// What the last answer of the batch has as its body, if that is lent.
    pub(super) lent: &'batch [u8],
    pub(super) date: HeaderValue,
}

impl Writer<'_> {
    /// Sends the answer of an exchange that hyper knows nothing of. `false`: it is for hyper.
    ///
    /// # Errors
    /// [`Error::BadRecord`] when the record points outside the bytes.
    pub(super) fn answer(&self, exchange: &Exchange, record: &Record) -> Result<bool, Error> {
        let Some(link) = exchange.link.as_ref().filter(|link| !link.closing.get()) else { return Ok(false) };
        let Some(reason) = reason(record.status) else { return Ok(false) };
        let header_end = record.offset.checked_add(record.header).ok_or(Error::BadRecord)?;
        let lines = self.bytes.get(record.offset..header_end).ok_or(Error::BadRecord)?;
        if !lines.split(|byte| *byte == b'\n').all(is_usual) {
            return Ok(false);
        }
        let piece;
        let body = match record.payload {
            payload::INLINE => {
                let length = usize::try_from(record.length).map_err(|_| Error::BadRecord)?;
                let end = header_end.checked_add(length).ok_or(Error::BadRecord)?;
                self.bytes.get(header_end..end).ok_or(Error::BadRecord)?
            }
            payload::WRITTEN if exchange.written() <= LONGEST_BODY => {
                piece = exchange.take_written();
                bytes::Buf::chunk(&piece)
            }
            payload::LENT if self.lent.len() <= LONGEST_BODY => self.lent,
            _ => return Ok(false),
        };
        link.queue_with_body(HEAD + lines.len(), body, |out| {
            if record.status == 200 {
                out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
            } else {
                out.extend_from_slice(b"HTTP/1.1 ");
                write_number(out, usize::from(record.status));
                out.push(b' ');
                out.extend_from_slice(reason.as_bytes());
                out.extend_from_slice(b"\r\n");
            }
            if let Some(name) = content_type(record.content_type) {
                write_field(out, b"content-type", name.as_bytes());
            }
            for line in lines.split(|byte| *byte == b'\n') {
                if let Some(colon) = line.iter().position(|byte| *byte == b':') {
                    write_field(out, &line[..colon], &line[colon + 1..]);
                }
            }
            if let Some(alternative) = link.server.advertised() {
                write_field(out, b"alt-svc", alternative.as_bytes());
            }
            out.extend_from_slice(b"content-length: ");
            write_number(out, body.len());
            out.extend_from_slice(b"\r\ndate: ");
            out.extend_from_slice(self.date.as_bytes());
            out.extend_from_slice(b"\r\n\r\n");
        });
        exchange.end_directly(link);
        Ok(true)
    }
}

/// The reason of a status whose answers have a length.
fn reason(status: u16) -> Option<&'static str> {
    let status = StatusCode::from_u16(status).ok()?;
    let has_length = !status.is_informational() && !matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    status.canonical_reason().filter(|_| has_length)
}

/// Whether a line of an answer is sent as it is. Those that say something of the connection or the body are hyper's; what
/// the face should not have let pass is left out there.
fn is_usual(line: &[u8]) -> bool {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else { return line.is_empty() };
    let (name, value) = (&line[..colon], &line[colon + 1..]);
    let special: &[&[u8]] = match name.len() {
        0 => return false,
        4 => &[b"date"],
        7 => &[b"upgrade", b"trailer"],
        10 => &[b"connection", b"keep-alive"],
        14 => &[b"content-length"],
        17 => &[b"transfer-encoding"],
        _ => &[],
    };
    !special.contains(&name) && !any(name, |byte| !IS_NAME[usize::from(byte)]) && !any(value, is_control)
}

/// What names have, in lower case.
const IS_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let is = matches!(byte as u8, b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z');
        table[byte] = is;
        byte += 1;
    }
    table
};

fn write_field(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

fn write_number(out: &mut Vec<u8>, number: usize) {
    const MOST: usize = 20;
    let (mut digits, mut at, mut left) = ([0; MOST], MOST, number);
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(left % 10).unwrap_or(0);
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::future::pending;
    use std::io;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use http::request::Parts;
    use hyper::body::Incoming;
    use hyper::rt::{Read, ReadBufCursor, Write};
    use hyper::server::conn::http1;
    use hyper::service::service_fn;

    use super::super::body::Body;
    use super::super::inbound::Inbound;
    use super::super::scanner::Scanner;
    use super::*;

    /// What was sent, without an end.
    struct Sent(Vec<u8>);

    impl Read for Sent {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            mut buffer: ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            let length = self.0.len().min(buffer.remaining());
            if length == 0 {
                return Poll::Pending;
            }
            buffer.put_slice(&self.0[..length]);
            self.0.drain(..length);
            Poll::Ready(Ok(()))
        }
    }

    impl Write for Sent {
        fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// The head as hyper reads it behind the scanner.
    fn parsed(input: &[u8]) -> Option<Parts> {
        let mut scanner = Scanner::new(input.to_vec(), 0);
        scanner.resume();
        if scanner.wants_width() {
            scanner.widen(&[]);
        }
        let mut passed = Vec::new();
        while scanner.fetch(1000, |bytes| passed.extend_from_slice(bytes)) > 0 {}
        let head = RefCell::new(None);
        let service = service_fn(|request: hyper::Request<Incoming>| {
            head.replace(Some(request.into_parts().0));
            pending::<Result<hyper::Response<Body>, std::convert::Infallible>>()
        });
        let mut connection = http1::Builder::new().max_headers(MAX_FIELDS).serve_connection(Sent(passed), service);
        let _ = connection.poll_without_shutdown(&mut Context::from_waker(Waker::noop()));
        drop(connection);
        head.into_inner()
    }

    /// What JavaScript is told of a request that is taken.
    fn direct(input: &[u8]) -> Option<Inbound> {
        let mut inbound = Inbound::default();
        inbound.text.extend_from_slice(b"before");
        let start = inbound.text.len();
        let limits = Limits { max_body: 1 << 20, is_route: &|path| path == b"/route" };
        let request = read(input, &mut inbound.text, limits)?;
        inbound.direct(1, 2, start, &request, 3);
        Some(inbound)
    }

    /// Takes a request, and holds that JavaScript is told what it would be told of what hyper reads.
    fn is_taken(input: &[u8]) -> bool {
        let Some(taken) = direct(input) else { return false };
        let shown = String::from_utf8_lossy(input);
        let parts = parsed(input).unwrap_or_else(|| unreachable!("hyper takes {shown:?}"));
        let end = memchr::memmem::find(input, b"\r\n\r\n").unwrap() + 4;
        let body = (end < input.len()).then(|| &input[end..]);
        let mut expected = Inbound::default();
        expected.text.extend_from_slice(b"before");
        expected.request(1, 2, 3, &parts, body, false);
        assert_eq!(String::from_utf8_lossy(&taken.text), String::from_utf8_lossy(&expected.text), "{shown:?}");
        assert_eq!(taken.records, expected.records, "{shown:?}");
        true
    }

    fn fields(numbers: std::ops::Range<u32>) -> String {
        numbers.map(|at| format!("f{at}: {at}\r\n")).collect::<Vec<_>>().concat()
    }

    fn get(fields: &str) -> String {
        format!("GET /a?b=%20c HTTP/1.1\r\nHost: x:1\r\n{fields}\r\n")
    }

    #[test]
    fn what_is_taken_is_what_hyper_reads() {
        let long = format!("X: {}\r\n", "y".repeat(10_000));
        let taken = [
            get(""),
            get("A:b\r\nC:\r\nD: \t e f\t\r\nX-\u{41}_1: \"<\u{e9}>\"\r\n"),
            get("Connection: Keep-Alive\r\n"),
            get("User-Agent: Mozilla/5.0 (X11)\r\nAccept: */*\r\nCookie: a=b; c=d\r\nReferer: http://x/\r\n"),
            get("Content-Length: 0\r\n"),
            get("Content-Length: 5\r\n") + "he\r\no",
            get("Accept: a\r\nAccept-Language: b\r\nAccept-Encoding: c\r\n"),
            get(&long),
            "POST // HTTP/1.1\r\nHost:\r\n\r\n".to_owned(),
            "OPTIONS /!$&'()*+,-./09:;=?@AZ_az~ HTTP/1.1\r\nhost: [::1]\r\n\r\n".to_owned(),
            "DELETE /?? HTTP/1.1\r\nhost: a\r\ncontent-length: 05\r\n\r\n\0\0\0\0\0".to_owned(),
            format!("PATCH / HTTP/1.1\r\nhost: a\r\n{}\r\n", fields(1..200)),
        ];
        for text in taken {
            assert!(is_taken(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn the_rest_is_for_hyper() {
        let left = [
            "GET /route HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET /route?x HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GETS / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET / HTTP/1.0\r\nHost: x\r\n\r\n".to_owned(),
            "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET /| HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET  / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET /\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n".to_owned(),
            "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(),
            get("Host: x:1\r\n"),
            get("A: b\r\na: c\r\n"),
            get("A: b\n"),
            get("A: b\r\n c\r\n"),
            get("A : b\r\n"),
            get("A: b\0\r\n"),
            get("A: b\rc\r\n"),
            get("A\r\n"),
            get("Connection: close\r\n"),
            get("Connection: keep-alive, Upgrade\r\n"),
            get("Upgrade: x\r\n"),
            get("Expect: 100-continue\r\n"),
            get("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
            get("Content-Length: 5\r\n"),
            get("Content-Length: 5\r\n") + "hell",
            get("Content-Length: 5\r\n") + "hello!",
            get("Content-Length: 5\r\nContent-Length: 5\r\n") + "hello",
            get("Content-Length: +5\r\n") + "hello",
            get("") + "G",
            get("") + &get(""),
            get(&fields(0..200)),
            get(&format!("X: {}\r\n", "y".repeat(MAX_HEAD))),
        ];
        for text in left {
            assert_eq!(direct(text.as_bytes()).map(|inbound| inbound.text), None, "{text:?}");
        }
        let whole = get("A: b\r\n");
        for end in 0..whole.len() {
            assert!(direct(&whole.as_bytes()[..end]).is_none());
        }
    }

    /// Every change of one byte: what is still taken, hyper reads in the same way.
    #[test]
    fn no_byte_is_read_in_two_ways() {
        let text = get("Content-Length: 2\r\nConnection: keep-alive\r\nAb: c d\r\n") + "xy";
        for at in 0..text.len() {
            for byte in 0..=u8::MAX {
                let mut bytes = text.clone().into_bytes();
                bytes[at] = byte;
                is_taken(&bytes);
                bytes.insert(at, text.as_bytes()[at]);
                is_taken(&bytes);
            }
        }
    }
}

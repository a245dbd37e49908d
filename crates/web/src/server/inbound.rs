//! What leaves the engine for JavaScript: one batch of fixed-size records and one latin1 text.
//!
//! A request is a record of [`RECORD`] ints and a stretch of the text:
//! `target\nname:value\nname:value\n`, then its body if that was small and already there. Names are
//! lower-case and appear once (repeated fields are joined), so that a face can look a header up
//! with one `indexOf`. Other things that happen to an exchange are records with an [`event`] code.

use http::header::{COOKIE, HOST};
use http::request::Parts;
use http::{HeaderMap, Method, Version};

use super::direct;

/// Ints in a record: `slot seq code textStart targetEnd headEnd bodyEnd server`.
pub const RECORD: usize = 8;

/// `bodyEnd` of a request without a body.
pub(crate) const NO_BODY: i32 = -1;
/// `bodyEnd` of a request whose body has not arrived yet.
pub(crate) const BODY_TO_COME: i32 = -2;

/// Codes above every method: what happened to an exchange, or to a server.
pub mod event {
    /// The client went away, or the response could not be sent to its end.
    pub const ABORT: i32 = 64;
    /// Bytes of the request's body are there to be taken: length, then 1 at the end of the body,
    /// 2 when the body broke off, 3 when it is over the limit.
    pub const BODY: i32 = 65;
    /// The stream of the response has room again.
    pub const DRAIN: i32 = 66;
    /// The last connection of a stopped server has ended.
    pub const STOPPED: i32 = 67;
    /// A WebSocket got a text: start and end in the batch's text, 1 when it is not ASCII.
    pub const SOCKET_TEXT: i32 = 70;
    /// A WebSocket got bytes.
    pub const SOCKET_BINARY: i32 = 71;
    /// A WebSocket got a ping; it was answered.
    pub const SOCKET_PING: i32 = 72;
    /// A WebSocket got a pong.
    pub const SOCKET_PONG: i32 = 73;
    /// A WebSocket has closed: start and end of the reason, the code.
    pub const SOCKET_CLOSE: i32 = 74;
    /// What a WebSocket had queued is sent.
    pub const SOCKET_DRAIN: i32 = 75;
    /// The head of an answer to a request of ours: start and end of its lines in the batch's text, status.
    pub const FETCH_HEAD: i32 = 80;
    /// Bytes of its body are there to be taken: length, then 1 at the end of the body, 2 when it broke off.
    pub const FETCH_BODY: i32 = 81;
    /// The body of a request of ours has room again.
    pub const FETCH_DRAIN: i32 = 82;
    /// There will be no answer: why.
    pub const FETCH_FAILED: i32 = 83;
    /// A session takes no further request; its number is in the slot's place.
    pub const SESSION_OVER: i32 = 84;
}

const METHODS: [(&str, Method); 9] = [
    ("GET", Method::GET),
    ("POST", Method::POST),
    ("PUT", Method::PUT),
    ("DELETE", Method::DELETE),
    ("PATCH", Method::PATCH),
    ("HEAD", Method::HEAD),
    ("OPTIONS", Method::OPTIONS),
    ("CONNECT", Method::CONNECT),
    ("TRACE", Method::TRACE),
];

/// The code of a method that is not in the list: its name precedes the target, as `NAME target`.
pub(crate) const OTHER_METHOD: i32 = 63;

/// The record code of a method's name, as the faces list them in the same order.
#[must_use]
pub fn method_code(method: &Method) -> i32 {
    (0_i32..)
        .zip(METHODS.iter())
        .find_map(|(code, (_, known))| (known == method).then_some(code))
        .unwrap_or(OTHER_METHOD)
}

/// As [`method_code`], of a name as it came.
pub(super) fn known_method(name: &[u8]) -> Option<i32> {
    (0_i32..).zip(METHODS.iter()).find_map(|(code, (known, _))| (known.as_bytes() == name).then_some(code))
}

/// One batch on its way to JavaScript.
#[derive(Debug, Default)]
pub struct Inbound {
    /// Records of [`RECORD`] ints.
    pub records: Vec<i32>,
    /// The text that the records point into, latin1.
    pub text: Vec<u8>,
    /// What came before and would have made the text too large.
    sealed: Vec<(Vec<i32>, Vec<u8>)>,
    /// Memory for the next ones.
    spare: Vec<(Vec<i32>, Vec<u8>)>,
    /// Bytes of bodies that the batch tells of and that JavaScript takes by itself.
    left: usize,
}

/// A longer text is large for V8, too: memory that is used once, so that each page of it costs a fault.
const TEXT: usize = 96 * 1024;
/// So many records are enough, though their text be short: empty messages have none.
const RECORDS: usize = 4096;
/// What a request has beside its body, about.
const HEAD: usize = 1024;

impl Inbound {
    /// Whether there is nothing to deliver.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.sealed.is_empty()
    }

    /// Whether more would make the batch slower: what is read long before it is looked at has left the caches.
    pub(crate) fn is_full(&self) -> bool {
        !self.sealed.is_empty() || self.text.len() + self.left >= TEXT / 2 || self.records.len() >= RECORDS * RECORD
    }

    /// Counts bytes that wait beside the batch.
    pub(crate) fn leave(&mut self, length: i32) {
        self.left += usize::try_from(length).unwrap_or(0);
    }

    /// Records with their text, in order; each is delivered by itself.
    pub fn parts(&self) -> impl Iterator<Item = (&[i32], &[u8])> {
        let sealed = self.sealed.iter().map(|(records, text)| (records.as_slice(), text.as_slice()));
        sealed.chain([(self.records.as_slice(), self.text.as_slice())])
    }

    /// To be called before a record whose text has about this length.
    pub(crate) fn make_room(&mut self, length: usize) {
        if !self.records.is_empty() && self.text.len() + length > TEXT {
            let (records, text) = self.spare.pop().unwrap_or_default();
            self.sealed.push((std::mem::replace(&mut self.records, records), std::mem::replace(&mut self.text, text)));
        }
    }

    /// Forgets what was delivered and keeps the memory, unless a burst made it large.
    pub fn clear(&mut self) {
        const KEEP: usize = 1 << 20;
        const SPARE: usize = 16;
        for (mut records, mut text) in self.sealed.drain(..) {
            if self.spare.len() < SPARE && text.capacity() <= 2 * TEXT {
                records.clear();
                text.clear();
                self.spare.push((records, text));
            }
        }
        self.records.clear();
        self.text.clear();
        self.left = 0;
        self.text.shrink_to(KEEP);
        self.records.shrink_to(KEEP / size_of::<i32>());
    }

    pub(crate) fn request(&mut self, slot: i32, seq: i32, server: i32, parts: &Parts, body: Option<&[u8]>, more: bool) {
        self.make_room(HEAD + body.map_or(0, <[u8]>::len));
        let start = self.text.len();
        let code = method_code(&parts.method);
        if code == OTHER_METHOD {
            self.text.extend_from_slice(parts.method.as_str().as_bytes());
            self.text.push(b' ');
        }
        let uri = &parts.uri;
        match uri.path_and_query() {
            Some(target) => self.text.extend_from_slice(target.as_str().as_bytes()),
            None => self.text.extend_from_slice(uri.authority().map_or("*", |authority| authority.as_str()).as_bytes()),
        }
        let target_end = self.text.len();
        self.text.push(b'\n');
        // HTTP/2 has the host in the target's place.
        if let Some(authority) = uri.authority()
            && parts.version >= Version::HTTP_2
            && !parts.headers.contains_key(HOST)
        {
            self.text.extend_from_slice(b"host:");
            self.text.extend_from_slice(authority.as_str().as_bytes());
            self.text.push(b'\n');
        }
        write_headers(&mut self.text, &parts.headers);
        let head_end = self.text.len();
        let body_end = match body {
            None if more => BODY_TO_COME,
            None => NO_BODY,
            Some(bytes) => {
                self.text.extend_from_slice(bytes);
                int(self.text.len())
            }
        };
        self.records.extend_from_slice(&[
            slot,
            seq,
            code,
            int(start),
            int(target_end),
            int(head_end),
            body_end,
            server,
        ]);
    }

    /// Tells of a request whose text is there from `start` on.
    pub(super) fn direct(&mut self, slot: i32, seq: i32, start: usize, request: &direct::Request, server: i32) {
        let (start, target_end, head_end) = (int(start), int(request.target_end), int(request.head_end));
        let body_end = if request.body > 0 { int(self.text.len()) } else { NO_BODY };
        let record = [slot, seq, request.code, start, target_end, head_end, body_end, server];
        self.records.extend_from_slice(&record);
    }

    pub(crate) fn event(&mut self, slot: i32, seq: i32, code: i32, first: i32, second: i32, server: i32) {
        self.records.extend_from_slice(&[slot, seq, code, first, second, 0, 0, server]);
    }
}

fn write_headers(text: &mut Vec<u8>, headers: &HeaderMap) {
    let mut last = None;
    // The values of a name come one after the other.
    for (name, value) in headers {
        if last == Some(name) {
            if name == HOST {
                continue; // more than one was refused
            }
            text.pop();
            // RFC 9110 section 5.3; RFC 6265 section 5.4 joins cookies otherwise.
            text.extend_from_slice(if name == COOKIE { b"; " } else { b", " });
        } else {
            text.extend_from_slice(name.as_str().as_bytes());
            text.push(b':');
            last = Some(name);
        }
        text.extend_from_slice(value.as_bytes());
        text.push(b'\n');
    }
}

/// Offsets and lengths of a batch: a batch is a few megabytes at most.
pub(crate) fn int(value: usize) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_one_record_and_one_stretch_of_text() {
        let request = http::Request::builder()
            .method("POST")
            .uri("/a?b=c")
            .header("Host", "x")
            .header("Cookie", "a=1")
            .header("Cookie", "b=2")
            .header("Accept", "t/1")
            .header("Accept", "t/2")
            .body(())
            .map(|request| request.into_parts().0);
        let mut inbound = Inbound::default();
        inbound.request(3, 7, 1, &request.unwrap(), Some(b"hello"), false);
        let text = "/a?b=c\nhost:x\ncookie:a=1; b=2\naccept:t/1, t/2\nhello";
        assert_eq!(String::from_utf8_lossy(&inbound.text), text);
        assert_eq!(inbound.records, [3, 7, 1, 0, 6, int(text.len()) - 5, int(text.len()), 1]);
    }

    #[test]
    fn large_texts_are_parts_of_their_own() {
        let request = || http::Request::builder().uri("/").body(()).map(|request| request.into_parts().0).unwrap();
        let large = vec![b'x'; TEXT];
        let mut inbound = Inbound::default();
        inbound.request(0, 0, 0, &request(), None, false);
        inbound.request(1, 1, 0, &request(), Some(&large), false);
        inbound.request(2, 2, 0, &request(), None, false);
        let slots: Vec<i32> = inbound.parts().map(|(records, _)| records[0]).collect();
        assert_eq!(slots, [0, 1, 2]);
        assert!(inbound.parts().all(|(records, text)| usize::try_from(records[5]).is_ok_and(|end| end <= text.len())));
        inbound.clear();
        assert!(inbound.is_empty());
    }

    #[test]
    fn an_unknown_method_precedes_the_target() {
        let request = http::Request::builder().method("FOO").uri("/").body(()).map(|request| request.into_parts().0);
        let mut inbound = Inbound::default();
        inbound.request(0, 0, 0, &request.unwrap(), None, true);
        assert_eq!(inbound.text, b"FOO /\n");
        assert_eq!(inbound.records[2], OTHER_METHOD);
        assert_eq!(inbound.records[6], BODY_TO_COME);
    }
}

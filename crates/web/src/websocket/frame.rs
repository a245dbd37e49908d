//! Frames of RFC 6455, as a server reads and writes them.

use std::cell::RefCell;
use std::rc::Rc;

use super::deflate::Inflater;

/// The largest payload of a control frame (section 5.5).
const CONTROL_MAX: usize = 125;
/// A buffer that had to grow beyond this is given back when it is empty.
const KEEP: usize = 256 * 1024;
const FIN: u8 = 0x80;
const RESERVED: u8 = 0x30;
/// The first reserved bit: a compressed message (RFC 7692 section 6).
const COMPRESSED: u8 = 0x40;
const MASKED: u8 = 0x80;
const LENGTH_16: u8 = 126;
const LENGTH_64: u8 = 127;

/// What a frame carries (section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

impl Opcode {
    pub(crate) fn from_bits(bits: u8) -> Option<Self> {
        Some(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            _ => return None,
        })
    }

    fn is_control(self) -> bool {
        self as u8 >= Self::Close as u8
    }
}

/// What a peer has done wrong: the close code that it gets, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
}

const fn protocol_error(reason: &'static str) -> Violation {
    Violation { code: 1002, reason }
}

const TOO_BIG: Violation = Violation { code: 1009, reason: "Received too big message" };
const INVALID_UTF8: Violation = Violation { code: 1007, reason: "Received invalid UTF-8" };

/// A whole message of the peer's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Message<'buffer> {
    /// Valid UTF-8, and whether it is ASCII.
    Text(&'buffer [u8], bool),
    Binary(&'buffer [u8]),
    Ping(&'buffer [u8]),
    Pong(&'buffer [u8]),
    /// The code (1005 when the peer gave none) and the reason.
    Close(u16, &'buffer [u8]),
}

struct Header {
    fin: bool,
    compressed: bool,
    opcode: Opcode,
    mask: [u8; 4],
    /// Where the payload is in the frame.
    start: usize,
    end: usize,
}

/// A frame, and its payload if that is in the input.
type Frame<'input> = (Header, Option<&'input mut [u8]>);

/// Takes bytes in and gives messages out. A connection has one of its own while a message of its is cut in two only.
#[derive(Default)]
pub(crate) struct Decoder {
    /// A frame that has not come whole yet; what has is given out from where it was read to.
    buffer: Vec<u8>,
    /// The frame in the buffer was given out.
    done: bool,
    fragments: Vec<u8>,
    /// The kind of the fragmented message under way.
    fragmented: Option<Opcode>,
    /// The fragments were given out by the last call.
    given: bool,
    max_payload: usize,
    /// With it, messages may be compressed.
    inflater: Option<Rc<RefCell<Inflater>>>,
    /// The fragmented message is.
    compressed: bool,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Decoder").field("buffered", &self.buffer.len()).finish_non_exhaustive()
    }
}

impl Decoder {
    /// Lets it read what comes on a connection.
    pub(crate) fn read_for(&mut self, max_payload: usize, inflater: Option<&Rc<RefCell<Inflater>>>) {
        self.max_payload = max_payload;
        self.inflater = inflater.map(Rc::clone);
    }

    /// Whether it has nothing of a message, so that it can read for another connection; to be asked after
    /// [`Self::settle`].
    pub(crate) fn is_at_rest(&self) -> bool {
        self.buffer.is_empty() && self.fragmented.is_none()
    }

    /// Gives the next message, or `None` when all of the input is taken in. A message that is whole in the input is
    /// not copied.
    ///
    /// # Errors
    /// The violation after which the connection has to be failed.
    #[expect(clippy::mut_mut, reason = "what is taken in is taken off the caller's slice")]
    pub(crate) fn next<'own, 'input: 'own>(
        &'own mut self,
        input: &mut &'input mut [u8],
        inflated: &'own mut Vec<u8>,
    ) -> Result<Option<Message<'own>>, Violation> {
        if std::mem::take(&mut self.given) {
            self.fragments.clear();
        }
        loop {
            let Some((header, direct)) = self.frame(input)? else { return Ok(None) };
            if header.opcode.is_control() {
                return control(header.opcode, payload(&self.buffer, &header, direct)).map(Some);
            }
            let kind = match (header.opcode, self.fragmented) {
                (Opcode::Continuation, Some(kind)) => kind,
                (Opcode::Continuation, None) => return Err(protocol_error("Received unexpected continuation frame")),
                (_, Some(_)) => return Err(protocol_error("Received unexpected data frame")),
                (kind, None) if header.fin && header.compressed => {
                    let payload = payload(&self.buffer, &header, direct);
                    inflate(self.inflater.as_ref(), payload, self.max_payload, inflated)?;
                    return whole(kind, inflated).map(Some);
                }
                (kind, None) if header.fin => return whole(kind, payload(&self.buffer, &header, direct)).map(Some),
                (kind, None) => {
                    self.compressed = header.compressed;
                    kind
                }
            };
            self.fragmented = Some(kind);
            self.fragments.extend_from_slice(payload(&self.buffer, &header, direct));
            if header.fin {
                self.fragmented = None;
                self.given = true;
                if self.compressed {
                    inflate(self.inflater.as_ref(), &self.fragments, self.max_payload, inflated)?;
                    return whole(kind, inflated).map(Some);
                }
                return whole(kind, &self.fragments).map(Some);
            }
        }
    }

    /// To be called when there is no message any more: gives back what a large one needed.
    pub(crate) fn settle(&mut self, inflated: &mut Vec<u8>) {
        inflated.clear();
        if std::mem::take(&mut self.given) {
            self.fragments.clear();
        }
        if std::mem::take(&mut self.done) {
            self.buffer.clear();
        }
        give_back(&mut self.buffer);
        for spent in [&mut self.fragments, inflated] {
            give_back(spent);
        }
    }

    /// The next frame, and its payload if the buffer was not needed for it.
    #[expect(clippy::mut_mut, reason = "as above")]
    fn frame<'input>(&mut self, input: &mut &'input mut [u8]) -> Result<Option<Frame<'input>>, Violation> {
        if std::mem::take(&mut self.done) {
            self.buffer.clear();
            give_back(&mut self.buffer);
        }
        if self.buffer.is_empty()
            && let Some(header) = self.header(input)?
            && header.end <= input.len()
        {
            let (frame, rest) = std::mem::take(input).split_at_mut(header.end);
            *input = rest;
            let payload = &mut frame[header.start..];
            unmask(payload, header.mask);
            return Ok(Some((header, Some(payload))));
        }
        loop {
            let header = self.header(&self.buffer)?;
            // A header is 14 bytes at most, and cut in two at times only.
            let missing = header.as_ref().map_or(1, |header| header.end - self.buffer.len());
            if let Some(header) = header
                && missing == 0
            {
                unmask(&mut self.buffer[header.start..], header.mask);
                self.done = true;
                return Ok(Some((header, None)));
            }
            if input.is_empty() {
                return Ok(None);
            }
            // What a peer only says that it will send gets no memory.
            self.buffer.reserve(missing.min(KEEP));
            let length = missing.min(input.len());
            let (part, rest) = std::mem::take(input).split_at_mut(length);
            self.buffer.extend_from_slice(part);
            *input = rest;
        }
    }

    fn header(&self, bytes: &[u8]) -> Result<Option<Header>, Violation> {
        let &[first, second, ..] = bytes else { return Ok(None) };
        if first & RESERVED != 0 {
            return Err(protocol_error("Received unexpected RSV2 or RSV3 bit"));
        }
        let opcode = Opcode::from_bits(first & 0x0f).ok_or(protocol_error("Received invalid opcode"))?;
        if second & MASKED == 0 {
            return Err(protocol_error("Received an incorrectly masked frame"));
        }
        let fin = first & FIN != 0;
        let compressed = first & COMPRESSED != 0;
        if compressed && (self.inflater.is_none() || !matches!(opcode, Opcode::Text | Opcode::Binary)) {
            return Err(protocol_error("Received unexpected RSV1 bit"));
        }
        let short = second & !MASKED;
        if opcode.is_control() && (!fin || usize::from(short) > CONTROL_MAX) {
            return Err(protocol_error("Received invalid control frame"));
        }
        let (length, at) = match short {
            LENGTH_16 => match bytes.get(2..4) {
                Some(&[high, low]) => (u64::from(u16::from_be_bytes([high, low])), 4),
                _ => return Ok(None),
            },
            LENGTH_64 => match bytes.get(2..10).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()) {
                Some(bytes) => (u64::from_be_bytes(bytes), 10),
                None => return Ok(None),
            },
            short => (u64::from(short), 2),
        };
        let length = usize::try_from(length).map_err(|_| TOO_BIG)?;
        if !opcode.is_control() && length.saturating_add(self.fragments.len()) > self.max_payload {
            return Err(TOO_BIG);
        }
        let Some(mask) = bytes.get(at..at + 4).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok()) else {
            return Ok(None);
        };
        Ok(Some(Header { fin, compressed, opcode, mask, start: at + 4, end: at + 4 + length }))
    }
}

/// Frees an empty buffer that is large.
fn give_back(buffer: &mut Vec<u8>) {
    if buffer.is_empty() && buffer.capacity() > KEEP {
        *buffer = Vec::new();
    }
}

/// The payload of a frame, wherever it is.
fn payload<'bytes>(buffer: &'bytes [u8], header: &Header, direct: Option<&'bytes mut [u8]>) -> &'bytes [u8] {
    match direct {
        Some(payload) => payload,
        None => &buffer[header.start..header.end],
    }
}

fn inflate(
    inflater: Option<&Rc<RefCell<Inflater>>>,
    payload: &[u8],
    limit: usize,
    into: &mut Vec<u8>,
) -> Result<(), Violation> {
    let Some(inflater) = inflater else { return Err(protocol_error("Received unexpected RSV1 bit")) };
    inflater.borrow_mut().inflate(payload, limit, into)
}

fn whole(kind: Opcode, payload: &[u8]) -> Result<Message<'_>, Violation> {
    match kind {
        Opcode::Text if payload.is_ascii() => Ok(Message::Text(payload, true)),
        Opcode::Text if std::str::from_utf8(payload).is_err() => Err(INVALID_UTF8),
        Opcode::Text => Ok(Message::Text(payload, false)),
        _ => Ok(Message::Binary(payload)),
    }
}

fn control(opcode: Opcode, payload: &[u8]) -> Result<Message<'_>, Violation> {
    match opcode {
        Opcode::Ping => Ok(Message::Ping(payload)),
        Opcode::Pong => Ok(Message::Pong(payload)),
        _ => match payload {
            [] => Ok(Message::Close(1005, &[])),
            [high, low, reason @ ..] => {
                let code = u16::from_be_bytes([*high, *low]);
                if !is_valid_close(code) || std::str::from_utf8(reason).is_err() {
                    return Err(protocol_error("Received invalid close code"));
                }
                Ok(Message::Close(code, reason))
            }
            [_] => Err(protocol_error("Received invalid close code")),
        },
    }
}

/// Section 7.4: what may stand in a close frame.
fn is_valid_close(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    if mask == [0; 4] {
        return;
    }
    let wide = u64::from(u32::from_ne_bytes(mask)) * 0x1_0000_0001;
    let mut chunks = payload.chunks_exact_mut(8);
    for chunk in &mut chunks {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(chunk);
        chunk.copy_from_slice(&(u64::from_ne_bytes(bytes) ^ wide).to_ne_bytes());
    }
    for (byte, key) in chunks.into_remainder().iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
}

/// Appends an unfragmented, unmasked frame.
pub(crate) fn write_frame(into: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
    write(into, FIN | opcode as u8, payload);
}

/// Appends a frame whose payload was compressed.
pub(crate) fn write_compressed(into: &mut Vec<u8>, opcode: Opcode, payload: &[u8]) {
    write(into, FIN | COMPRESSED | opcode as u8, payload);
}

/// Appends such a frame whose payload `fill` appends, about so many bytes; gives their number.
pub(crate) fn write_frame_with(
    into: &mut Vec<u8>,
    opcode: Opcode,
    expected: usize,
    fill: impl FnOnce(&mut Vec<u8>),
) -> usize {
    let (first, begin) = (FIN | opcode as u8, into.len());
    write_header(into, first, expected);
    let start = into.len();
    fill(into);
    let length = into.len() - start;
    if length != expected {
        let mut header = Vec::new();
        write_header(&mut header, first, length);
        into.splice(begin..start, header);
    }
    length
}

fn write(into: &mut Vec<u8>, first: u8, payload: &[u8]) {
    into.reserve(payload.len() + 10);
    write_header(into, first, payload.len());
    into.extend_from_slice(payload);
}

fn write_header(into: &mut Vec<u8>, first: u8, length: usize) {
    into.push(first);
    match length {
        0..=CONTROL_MAX => into.push(u8::try_from(length).unwrap_or(0)),
        _ => {
            if let Ok(length) = u16::try_from(length) {
                into.push(LENGTH_16);
                into.extend_from_slice(&length.to_be_bytes());
            } else {
                into.push(LENGTH_64);
                into.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
    }
}

/// Appends a close frame; a code that says "none" is left out. The reason is cut at a character.
pub(crate) fn write_close(into: &mut Vec<u8>, code: u16, reason: &str) {
    if matches!(code, 0 | 1005 | 1006) {
        write_frame(into, Opcode::Close, &[]);
        return;
    }
    let mut payload = code.to_be_bytes().to_vec();
    let mut end = reason.len().min(CONTROL_MAX - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    write_frame(into, Opcode::Close, &payload);
}

#[cfg(test)]
#[allow(clippy::mut_mut, reason = "inputs are given as they are taken in")]
mod tests {
    use super::super::deflate::Deflater;
    use super::*;

    fn decoder(max_payload: usize) -> Decoder {
        let mut decoder = Decoder::default();
        decoder.read_for(max_payload, None);
        decoder
    }

    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let key = [1, 2, 3, 4];
        let mut frame = vec![first];
        match payload.len() {
            length @ 0..=125 => frame.push(0x80 | u8::try_from(length).unwrap()),
            length => {
                frame.push(0xfe);
                frame.extend_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
            }
        }
        frame.extend_from_slice(&key);
        frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
        frame
    }

    #[test]
    fn a_message_in_one_byte_steps() {
        let mut decoder = decoder(1000);
        let frame = masked(0x81, "h\u{e9}llo, this is longer than eight".as_bytes());
        for byte in &frame[..frame.len() - 1] {
            assert_eq!(decoder.next(&mut &mut [*byte][..], &mut Vec::new()), Ok(None));
        }
        let last = &mut [frame[frame.len() - 1]][..];
        let text = "h\u{e9}llo, this is longer than eight".as_bytes();
        assert_eq!(decoder.next(&mut &mut *last, &mut Vec::new()), Ok(Some(Message::Text(text, false))));
        assert_eq!(decoder.next(&mut <&mut [u8]>::default(), &mut Vec::new()), Ok(None));
    }

    #[test]
    fn fragments_with_a_ping_between_them() {
        let mut decoder = decoder(1000);
        let mut bytes = [masked(0x02, b"ab"), masked(0x89, b"p"), masked(0x80, b"cd"), masked(0x82, b"e")].concat();
        let input = &mut &mut bytes[..];
        assert_eq!(decoder.next(input, &mut Vec::new()), Ok(Some(Message::Ping(b"p"))));
        assert_eq!(decoder.next(input, &mut Vec::new()), Ok(Some(Message::Binary(b"abcd"))));
        assert_eq!(decoder.next(input, &mut Vec::new()), Ok(Some(Message::Binary(b"e"))));
        assert_eq!(decoder.next(input, &mut Vec::new()), Ok(None));
    }

    #[test]
    fn frames_that_are_cut_anywhere() {
        let frames = [masked(0x81, &[b'a'; 200]), masked(0x82, b""), masked(0x01, b"bc"), masked(0x80, b"d")].concat();
        for cut in 0..frames.len() {
            let mut decoder = decoder(1000);
            let (mut bytes, mut messages) = (frames.clone(), Vec::new());
            let (first, second) = bytes.split_at_mut(cut);
            for mut input in [first, second] {
                while let Some(message) = decoder.next(&mut input, &mut Vec::new()).unwrap() {
                    messages.push(format!("{message:?}"));
                }
            }
            let expected = [Message::Text(&[b'a'; 200], true), Message::Binary(b""), Message::Text(b"bcd", true)];
            assert_eq!(messages, expected.map(|message| format!("{message:?}")), "cut at {cut}");
        }
    }

    #[test]
    fn violations() {
        let code = |bytes: &[u8]| {
            let mut decoder = decoder(10);
            let mut bytes = bytes.to_vec();
            decoder.next(&mut &mut bytes[..], &mut Vec::new()).map(|_| ()).map_err(|violation| violation.code)
        };
        assert_eq!(code(&masked(0x81, &[0xff])), Err(1007));
        assert_eq!(code(&masked(0x81, &[b'a'; 11])), Err(1009));
        assert_eq!(code(&masked(0xc1, b"a")), Err(1002));
        assert_eq!(code(&masked(0x83, b"a")), Err(1002));
        assert_eq!(code(&masked(0x80, b"a")), Err(1002));
        assert_eq!(code(&masked(0x09, b"a")), Err(1002));
        assert_eq!(code(&masked(0x88, &[3, 237])), Err(1002));
        assert_eq!(code(&masked(0x88, &[3])), Err(1002));
        assert_eq!(code(&[0x81, 1, b'a']), Err(1002));
        assert_eq!(code(&masked(0x88, &[3, 232])), Ok(()));
    }

    #[test]
    fn memory_of_large_messages_is_given_back() {
        let part = vec![b'a'; 60_000];
        let fragments = (0..20).map(|at| {
            masked(
                if at == 0 {
                    0x01
                } else if at == 19 {
                    0x80
                } else {
                    0
                },
                &part,
            )
        });
        let mut large = vec![0x82, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0];
        large.resize(large.len() + (1 << 20), 7);
        let mut deflater = Deflater::new(false, 15);
        let mut packed = Vec::new();
        deflater.compress(&vec![b'x'; 2_000_000], &mut packed);
        for (bytes, length) in
            [(fragments.collect::<Vec<_>>().concat(), 1_200_000), (large, 1 << 20), (masked(0xc1, &packed), 2_000_000)]
        {
            let mut decoder = Decoder::default();
            decoder.read_for(3_000_000, Some(&Rc::new(RefCell::new(Inflater::new(false)))));
            let (mut inflated, mut bytes, mut got) = (Vec::new(), bytes, 0);
            for mut input in bytes.chunks_mut(1000) {
                while let Some(message) = decoder.next(&mut input, &mut inflated).unwrap() {
                    if let Message::Text(bytes, _) | Message::Binary(bytes) = message {
                        got = bytes.len();
                    }
                }
                decoder.settle(&mut inflated);
            }
            assert_eq!(got, length);
            for left in [&decoder.buffer, &decoder.fragments, &inflated] {
                assert!(left.capacity() <= KEEP, "{} of {length}", left.capacity());
            }
        }
    }

    #[test]
    fn written_lengths() {
        for (length, header) in [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            let mut frame = Vec::new();
            write_frame(&mut frame, Opcode::Binary, &vec![0; length]);
            assert_eq!(frame.len(), length + header);
        }
        for (expected, length, header) in [(5, 5, 2), (125, 126, 4), (5, 70_000, 10), (70_000, 5, 2)] {
            let (mut given, mut written) = (b"before".to_vec(), b"before".to_vec());
            write_frame(&mut given, Opcode::Text, &vec![b'x'; length]);
            let fill = |into: &mut Vec<u8>| into.extend_from_slice(&vec![b'x'; length]);
            assert_eq!(write_frame_with(&mut written, Opcode::Text, expected, fill), length);
            assert_eq!(written, given);
            assert_eq!(written.len(), 6 + header + length);
        }
        let mut frame = Vec::new();
        write_close(&mut frame, 4000, &"\u{e9}".repeat(100));
        assert_eq!(frame.len(), 2 + 2 + 122);
    }
}

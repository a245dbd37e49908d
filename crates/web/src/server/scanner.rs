//! What stands between the socket and hyper: the syntax of RFC 9112, strictly.
//!
//! hyper is lenient in places (bare LF, spaces, lengths beside codings), and
//! what two parsers on a request's way read differently smuggles requests. So bytes reach hyper in
//! whole lines that have one reading only. The first line that has not is replaced by [`REFUSED`],
//! which hyper answers with 400 after the answers that it owes.

/// What no parser takes, in a head, a chunk's size or a trailer.
const REFUSED: &[u8] = b"\0\r\n\r\n";
/// Longer lines go to hyper unfinished: it answers 431.
const MAX_LINE: usize = super::connection::MAX_HEAD;
/// Hex digits of a chunk's size.
const MAX_SIZE_DIGITS: usize = 16;
/// hyper has room for so many lines without asking for memory at each request.
const USUAL_FIELDS: usize = 100;
/// No chunk is larger; sizes near the end of the integers are somebody's try.
const MAX_CHUNK: u64 = 1 << 52;

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The line of a request; one empty line may precede it (section 2.2).
    Start {
        skipped: bool,
    },
    Fields,
    /// So many bytes of a body, or of a chunk and its end of line.
    Body(u64),
    Chunk(u64),
    ChunkEnd,
    ChunkSize,
    Trailers,
    /// After a request that may end HTTP: what follows is looked at when hyper wants another head.
    Held,
    Refused,
}

/// For how many lines of a head hyper has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Width {
    /// [`USUAL_FIELDS`]
    Usual,
    /// More are coming: what follows waits until there is room.
    Wanted,
    /// As many as are allowed.
    Full,
}

/// What a head says of its body.
#[derive(Debug, Default)]
struct Head {
    length: Option<u64>,
    chunked: bool,
    /// HTTP/1.1.
    current: bool,
    /// `Upgrade` or CONNECT.
    leaves: bool,
}

/// Looks at the bytes of one connection.
#[derive(Debug)]
pub(crate) struct Scanner {
    state: State,
    head: Head,
    /// The start of a line whose end has not come.
    line: Vec<u8>,
    /// Heads that have ended.
    heads: u32,
    /// The lines of the head so far.
    fields: usize,
    width: Width,
    malformed: Option<u32>,
    /// What has passed and was not fetched yet.
    passed: Vec<u8>,
    held: Vec<u8>,
}

/// What of an input passes as it is; further bytes of it went to [`Scanner::passed`].
struct Pass<'input> {
    input: &'input [u8],
    direct: usize,
    rewriting: bool,
}

/// The line is refused.
pub(super) struct Refusal;

impl Scanner {
    /// `early` is what was read before, after so many requests.
    pub(crate) fn new(early: Vec<u8>, heads: u32) -> Self {
        Self {
            state: State::Held,
            head: Head::default(),
            line: Vec::new(),
            heads,
            fields: 0,
            width: Width::Usual,
            malformed: None,
            passed: Vec::new(),
            held: early,
        }
    }

    /// Whether nothing of a request is here.
    pub(crate) fn is_between_requests(&self) -> bool {
        self.state == (State::Start { skipped: false }) && self.line.is_empty() && self.passed.is_empty()
    }

    /// Whether there is nothing for hyper.
    pub(crate) fn is_empty(&self) -> bool {
        self.passed.is_empty() && self.held.is_empty()
    }

    /// Between two requests there were others that were known, and have not passed.
    pub(crate) fn pass_over(&mut self, requests: u32) {
        self.heads = self.heads.wrapping_add(requests);
    }

    /// How many bytes of a body follow, if they pass as they are. None of a body in chunks.
    pub(crate) fn body_left(&self) -> Option<u64> {
        match self.state {
            State::Body(left) if self.line.is_empty() && self.passed.is_empty() && !self.wants_width() => Some(left),
            _ => None,
        }
    }

    /// Whether a head has begun and not ended.
    pub(crate) fn is_in_head(&self) -> bool {
        self.state == State::Fields || (matches!(self.state, State::Start { .. }) && !self.line.is_empty())
    }

    /// Whether hyper needs room for more lines before it gets the rest of a head.
    pub(crate) fn wants_width(&self) -> bool {
        self.width == Width::Wanted
    }

    /// There is room now. `unread` is what hyper has been given of the head.
    pub(crate) fn widen(&mut self, unread: &[u8]) {
        self.width = Width::Full;
        self.passed.splice(..0, unread.iter().copied());
    }

    /// Whether a message broke the rules; nothing more passes.
    pub(crate) fn has_refused(&self) -> bool {
        self.state == State::Refused
    }

    /// The number of the request whose body broke the rules, counted from 1.
    pub(crate) fn malformed(&self) -> Option<u32> {
        self.malformed
    }

    /// hyper wants to read. After a request that might have ended HTTP this means that it has answered and stays.
    pub(crate) fn resume(&mut self) {
        if self.state == State::Held && self.passed.is_empty() {
            self.state = State::Start { skipped: false };
            let held = std::mem::take(&mut self.held);
            self.scan_into(Pass { input: &held, direct: 0, rewriting: true });
        }
    }

    /// hyper gets a request after all that was counted by [`Self::pass_over`]; nothing else is here.
    pub(crate) fn replay(&mut self, request: &[u8]) {
        self.heads = self.heads.wrapping_sub(1);
        self.scan_into(Pass { input: request, direct: 0, rewriting: true });
    }

    /// Moves what has passed into a buffer; gives its length.
    pub(crate) fn fetch(&mut self, room: usize, put: impl FnOnce(&[u8])) -> usize {
        if self.wants_width() {
            return 0;
        }
        let length = self.passed.len().min(room);
        if length > 0 {
            put(&self.passed[..length]);
            self.passed.drain(..length);
        }
        length
    }

    /// Takes bytes of the socket in; gives how many of them pass as they are. What else passes is to
    /// be fetched.
    pub(crate) fn scan(&mut self, input: &[u8]) -> usize {
        let rewriting = !self.line.is_empty() || !self.passed.is_empty() || self.wants_width();
        self.scan_into(Pass { input, direct: 0, rewriting })
    }

    /// What came after the request that ended HTTP.
    pub(crate) fn take_held(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.held)
    }

    fn scan_into(&mut self, mut pass: Pass<'_>) -> usize {
        let input = pass.input;
        let mut at = 0;
        while at < input.len() {
            let rest = &input[at..];
            let taken = match &mut self.state {
                State::Body(left) | State::Chunk(left) => {
                    let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left -= taken as u64;
                    let (ended, body) = (*left == 0, matches!(self.state, State::Body(_)));
                    pass.on(&mut self.passed, at, at + taken);
                    if ended {
                        self.state = if body { self.message_end() } else { State::ChunkEnd };
                    }
                    taken
                }
                State::Held => {
                    self.held.extend_from_slice(rest);
                    rest.len()
                }
                State::Refused => rest.len(),
                _ => self.take_line(&mut pass, at),
            };
            at += taken;
        }
        pass.direct
    }

    /// Takes a line, or what there is of it.
    fn take_line(&mut self, pass: &mut Pass<'_>, at: usize) -> usize {
        let rest = &pass.input[at..];
        let Some(end) = memchr::memchr(b'\n', rest) else {
            self.line.extend_from_slice(rest);
            pass.rewriting = true;
            if self.is_hopeless() {
                self.refuse(self.state);
            } else if self.line.len() > MAX_LINE {
                self.passed.append(&mut self.line);
                self.state = State::Refused;
            }
            return rest.len();
        };
        let taken = end + 1;
        let before = self.state;
        if before == State::Fields {
            self.fields += 1;
            if self.fields > USUAL_FIELDS && self.width == Width::Usual {
                self.width = Width::Wanted;
                pass.rewriting = true;
            }
        }
        let result = if self.line.is_empty() {
            let line = &rest[..taken];
            match self.judge(line) {
                Ok(Judgement::Pass) => {
                    pass.on(&mut self.passed, at, at + taken);
                    Ok(())
                }
                Ok(Judgement::Skip) => {
                    pass.rewriting = true;
                    Ok(())
                }
                Ok(Judgement::Rewrite) => {
                    pass.rewriting = true;
                    encode_target(line, &mut self.passed);
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            }
        } else {
            let mut line = std::mem::take(&mut self.line);
            line.extend_from_slice(&rest[..taken]);
            match self.judge(&line) {
                Ok(Judgement::Pass) => {
                    self.passed.append(&mut line);
                    Ok(())
                }
                Ok(Judgement::Skip) => Ok(()),
                Ok(Judgement::Rewrite) => {
                    encode_target(&line, &mut self.passed);
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            }
        };
        if result.is_err() {
            pass.rewriting = true;
            self.refuse(before);
        }
        taken
    }

    /// Lets nothing more pass; hyper refuses what comes in place of the line.
    fn refuse(&mut self, state: State) {
        let in_body = matches!(state, State::ChunkSize | State::ChunkEnd | State::Trailers);
        self.malformed = in_body.then_some(self.heads);
        self.passed.extend_from_slice(REFUSED);
        self.state = State::Refused;
    }

    /// Whether the start of a line cannot become a line.
    fn is_hopeless(&self) -> bool {
        let Some((last, before)) = self.line.split_last() else { return false };
        memchr::memchr(b'\r', before).is_some()
            || match self.state {
                State::ChunkEnd => self.line != b"\r",
                State::ChunkSize => before.is_empty() && !last.is_ascii_hexdigit(),
                _ => false,
            }
    }

    /// Judges a whole line, its end included, and goes on to the next state.
    fn judge(&mut self, line: &[u8]) -> Result<Judgement, Refusal> {
        let line = line.strip_suffix(b"\r\n").ok_or(Refusal)?;
        match self.state {
            State::Start { skipped } if line.is_empty() => {
                self.state = State::Start { skipped: true };
                return if skipped { Err(Refusal) } else { Ok(Judgement::Skip) };
            }
            State::Start { .. } => {
                self.head = Head::default();
                self.fields = 0;
                self.state = State::Fields;
                return self.request_line(line);
            }
            State::Fields if line.is_empty() => {
                self.heads += 1;
                self.state = self.head_end()?;
            }
            State::Fields => {
                let (name, value) = field(line)?;
                return self.take_field(name, value);
            }
            State::ChunkSize => {
                let size = chunk_size(line)?;
                self.state = if size == 0 { State::Trailers } else { State::Chunk(size) };
            }
            State::ChunkEnd if line.is_empty() => self.state = State::ChunkSize,
            State::Trailers if line.is_empty() => self.state = self.message_end(),
            State::Trailers => {
                let (name, _) = field(line)?;
                // RFC 9110 section 6.5.1: what frames or routes a message does not come after it.
                let frames: [&[u8]; 3] = [b"content-length", b"transfer-encoding", b"host"];
                if frames.iter().any(|frame| name.eq_ignore_ascii_case(frame)) {
                    return Err(Refusal);
                }
            }
            _ => return Err(Refusal),
        }
        Ok(Judgement::Pass)
    }

    /// Section 3: `method SP request-target SP HTTP-version`.
    fn request_line(&mut self, line: &[u8]) -> Result<Judgement, Refusal> {
        let method_end = line.iter().position(|byte| !is_token(*byte)).ok_or(Refusal)?;
        let target_end = line.len().checked_sub(b" HTTP/1.1".len()).ok_or(Refusal)?;
        let version = &line[target_end..];
        if method_end == 0 || line[method_end] != b' ' || target_end <= method_end + 1 {
            return Err(Refusal);
        }
        self.head.current = match version {
            b" HTTP/1.1" => true,
            b" HTTP/1.0" => false,
            _ => return Err(Refusal),
        };
        self.head.leaves = &line[..method_end] == b"CONNECT";
        let target = &line[method_end + 1..target_end];
        if any(target, |byte| byte <= b' ') || !(self.head.leaves || is_target(target, &line[..method_end])) {
            return Err(Refusal);
        }
        Ok(if any(target, |byte| !is_plain(byte)) { Judgement::Rewrite } else { Judgement::Pass })
    }

    fn take_field(&mut self, name: &[u8], value: &[u8]) -> Result<Judgement, Refusal> {
        match name.len() {
            4 if name.eq_ignore_ascii_case(b"host") => host(value)?,
            7 if name.eq_ignore_ascii_case(b"upgrade") => self.head.leaves = true,
            14 if name.eq_ignore_ascii_case(b"content-length") => {
                let length = decimal(value)?;
                // Section 6.3: the same length again is let through once, another one and a list are refused.
                if self.head.chunked || self.head.length.is_some_and(|before| before != length) {
                    return Err(Refusal);
                }
                if self.head.length.replace(length).is_some() {
                    return Ok(Judgement::Skip);
                }
            }
            17 if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                // Section 6.1: no other coding is implemented, a length beside it and HTTP/1.0 are suspicious.
                let single = !self.head.chunked && self.head.length.is_none() && self.head.current;
                if !single || !value.eq_ignore_ascii_case(b"chunked") {
                    return Err(Refusal);
                }
                self.head.chunked = true;
            }
            _ => {}
        }
        Ok(Judgement::Pass)
    }

    fn head_end(&mut self) -> Result<State, Refusal> {
        Ok(match self.head {
            Head { chunked: true, length: Some(_), .. } => return Err(Refusal),
            Head { chunked: true, .. } => State::ChunkSize,
            Head { length: Some(length @ 1..), .. } => State::Body(length),
            _ => self.message_end(),
        })
    }

    fn message_end(&self) -> State {
        if self.head.leaves { State::Held } else { State::Start { skipped: false } }
    }
}

impl Pass<'_> {
    fn on(&mut self, passed: &mut Vec<u8>, from: usize, to: usize) {
        if self.rewriting {
            passed.extend_from_slice(&self.input[from..to]);
        } else {
            self.direct = to;
        }
    }
}

enum Judgement {
    Pass,
    /// Not for hyper.
    Skip,
    /// A target with characters that browsers send and no URI has.
    Rewrite,
}

/// Whether a byte of a kind is there; without a branch a byte, so that it is done many at once.
pub(super) fn any(bytes: &[u8], kind: impl Fn(u8) -> bool) -> bool {
    bytes.iter().fold(0, |found, byte| found | u8::from(kind(*byte))) != 0
}

/// What no value of a field has.
pub(super) const fn is_control(byte: u8) -> bool {
    matches!(byte, 0..=8 | 0x0a..=0x1f | 0x7f)
}

/// RFC 9110 section 5.6.2.
const fn is_token(byte: u8) -> bool {
    matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'z' | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z')
}

/// Section 3.2: a path, an absolute `http` URI, or the asterisk of OPTIONS.
fn is_target(target: &[u8], method: &[u8]) -> bool {
    let starts = |scheme: &[u8]| {
        let (head, rest) = target.split_at(scheme.len().min(target.len()));
        head.eq_ignore_ascii_case(scheme) && !matches!(rest, [] | [b'/' | b'?' | b'#', ..])
    };
    match target {
        [b'/', ..] => true,
        b"*" => method == b"OPTIONS",
        _ => starts(b"http://") || starts(b"https://"),
    }
}

/// What hyper takes in a target. Bun takes more, and encodes it in `request.url`.
const fn is_plain(byte: u8) -> bool {
    !matches!(byte, b'"' | b'<' | b'>' | b'`' | 0x7f..)
}

/// Percent-encodes what is not plain; text that is no UTF-8 becomes U+FFFD, as in Bun.
fn encode_target(line: &[u8], into: &mut Vec<u8>) {
    for byte in String::from_utf8_lossy(line).bytes() {
        if is_plain(byte) || byte > 0x7f {
            into.push(byte);
        } else {
            into.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
}

/// Section 5: `name ":" OWS value OWS`. A line that continues another starts with a space, which is no name.
pub(super) fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Refusal> {
    let colon = line.iter().position(|byte| !is_token(*byte)).ok_or(Refusal)?;
    if colon == 0 || line[colon] != b':' {
        return Err(Refusal);
    }
    let value = &line[colon + 1..];
    if any(value, is_control) {
        return Err(Refusal);
    }
    Ok((&line[..colon], trim(value)))
}

fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Section 3.2: `uri-host [ ":" port ]`, or nothing.
pub(super) fn host(value: &[u8]) -> Result<(), Refusal> {
    let bad = value.iter().any(|byte| {
        matches!(
            byte,
            0..=b' ' | b'"' | b'#' | b'/' | b'<' | b'>' | b'?' | b'@' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
        )
    });
    if bad { Err(Refusal) } else { Ok(()) }
}

pub(super) fn decimal(value: &[u8]) -> Result<u64, Refusal> {
    if value.is_empty() {
        return Err(Refusal);
    }
    value.iter().try_fold(0_u64, |total, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0')).ok_or(Refusal)?;
        total.checked_mul(10).and_then(|total| total.checked_add(digit)).ok_or(Refusal)
    })
}

/// Section 7.1: `chunk-size [ chunk-ext ]`.
fn chunk_size(line: &[u8]) -> Result<u64, Refusal> {
    let digits = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
    if digits == 0 || digits > MAX_SIZE_DIGITS {
        return Err(Refusal);
    }
    let extension = trim(&line[digits..]);
    let ended_by_space = digits < line.len() && extension.is_empty();
    let starts = extension.is_empty() || extension[0] == b';';
    if ended_by_space || !starts || any(extension, is_control) {
        return Err(Refusal);
    }
    let size: u64 = line[..digits]
        .iter()
        .fold(0_u64, |size, digit| size << 4 | u64::from(char::from(*digit).to_digit(16).unwrap_or(0)));
    if size > MAX_CHUNK { Err(Refusal) } else { Ok(size) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh() -> Scanner {
        let mut scanner = Scanner::new(Vec::new(), 0);
        scanner.resume();
        scanner
    }

    /// What passes of an input that comes in pieces of a size.
    fn passes(input: &[u8], size: usize) -> Vec<u8> {
        let mut scanner = fresh();
        let mut out = Vec::new();
        for piece in input.chunks(size) {
            let direct = scanner.scan(piece);
            out.extend_from_slice(&piece[..direct]);
            while scanner.fetch(7, |bytes| out.extend_from_slice(bytes)) > 0 {}
        }
        out
    }

    fn request(fields: &str, body: &str) -> String {
        format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n{body}")
    }

    #[test]
    fn what_is_right_passes_as_it_is() {
        let good = [
            request("", ""),
            request("A:\t b \x09c \r\nContent-Length: 5\r\n", "he\0\n\rGET / HTTP/1.0\r\n\r\n"),
            request("Transfer-Encoding: chunked\r\n", "5;a=b\r\nhello\r\n0A\r\n0123456789\r\n0\r\nT: v\r\n\r\n"),
            request("Transfer-Encoding: Chunked\r\n", "0\r\n\r\nGET /x?y HTTP/1.1\r\nHost:\r\n\r\n"),
        ];
        for text in good {
            for size in [1, 2, 3, 7, 1000] {
                assert_eq!(String::from_utf8_lossy(&passes(text.as_bytes(), size)), text);
            }
        }
    }

    #[test]
    fn a_head_with_many_fields_waits_for_room() {
        let many = |fields: usize| request(&"A: b\r\n".repeat(fields), "");
        let text = format!("{}{}{}", many(3), many(150), many(3));
        for size in [1, 50, 10_000] {
            let mut scanner = fresh();
            let (mut out, mut widened) = (Vec::new(), 0);
            for piece in text.as_bytes().chunks(size) {
                let direct = scanner.scan(piece);
                out.extend_from_slice(&piece[..direct]);
                while scanner.fetch(7, |bytes| out.extend_from_slice(bytes)) > 0 {}
                if scanner.wants_width() {
                    // The last head's start was given out; it comes back with the rest.
                    let unread = out.split_off(many(3).len());
                    scanner.widen(&unread);
                    widened += 1;
                    while scanner.fetch(7, |bytes| out.extend_from_slice(bytes)) > 0 {}
                }
            }
            assert_eq!(String::from_utf8_lossy(&out), text);
            assert_eq!(widened, 1);
        }
    }

    #[test]
    fn what_is_wrong_is_replaced() {
        let bad = [
            request("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", ""),
            request("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", ""),
            request("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"),
            "GET x HTTP/1.1\r\n\r\n".to_owned(),
            "GET * HTTP/1.1\r\n\r\n".to_owned(),
            "GET httpz://x/ HTTP/1.1\r\n\r\n".to_owned(),
            "GET http:///x HTTP/1.1\r\n\r\n".to_owned(),
            request("Content-Length: 5, 5\r\n", "hello"),
            request("Content-Length: +5\r\n", "hello"),
            request("Content-Length:\r\n", ""),
            request("Content-Length: 18446744073709551616\r\n", ""),
            request("Transfer-Encoding: gzip, chunked\r\n", ""),
            request("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", ""),
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            request("A: b\n", ""),
            request("A: b\r\n c\r\n", ""),
            request("A : b\r\n", ""),
            request("A: b\0c\r\n", ""),
            request("A: b\rc\r\n", ""),
            request("A\r\n", ""),
            request(": b\r\n", ""),
            "GET  / HTTP/1.1\r\n\r\n".to_owned(),
            "GET /  HTTP/1.1\r\n\r\n".to_owned(),
            "GET /a b HTTP/1.1\r\n\r\n".to_owned(),
            "GET / HTTP/1.1 \r\n\r\n".to_owned(),
            "GET / HTTP/2.0\r\n\r\n".to_owned(),
            "GET /\r\n\r\n".to_owned(),
            " GET / HTTP/1.1\r\n\r\n".to_owned(),
            "\n\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n".to_owned(),
            request("Transfer-Encoding: chunked\r\n", "5\nhello\r\n"),
            request("Transfer-Encoding: chunked\r\n", "5 \r\nhello\r\n"),
            request("Transfer-Encoding: chunked\r\n", "0x5\r\nhello\r\n"),
            request("Transfer-Encoding: chunked\r\n", "-5\r\nhello\r\n"),
            request("Transfer-Encoding: chunked\r\n", "00000000000000005\r\nhello\r\n"),
            request("Transfer-Encoding: chunked\r\n", "5;a\rb\r\nhello\r\n"),
            request("Transfer-Encoding: chunked\r\n", "5\r\nhelloXX0\r\n\r\n"),
            request("Transfer-Encoding: chunked\r\n", "0\r\nA b\r\n\r\n"),
            request("Transfer-Encoding: chunked\r\n", "0\r\nX:a\r\nContent-Length: 5\r\n\r\n"),
            request("Transfer-Encoding: chunked\r\n", "0\r\n\rX"),
            request("Transfer-Encoding: chunked\r\n", "1\r\naX"),
            request("Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n"),
            "GET /\rX".to_owned(),
        ];
        for text in bad {
            for size in [1, 5, 1000] {
                let passed = passes(text.as_bytes(), size);
                let passed = passed.strip_suffix(REFUSED);
                assert!(passed.is_some_and(|start| text.as_bytes().starts_with(start)), "{text:?} by {size}");
            }
        }
    }

    #[test]
    fn an_empty_line_before_a_request_is_skipped_once() {
        assert_eq!(passes(b"\r\nGET / HTTP/1.1\r\n\r\n", 3), b"GET / HTTP/1.1\r\n\r\n");
        assert_eq!(passes(b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", 99), REFUSED);
    }

    #[test]
    fn a_repeated_length_passes_once() {
        let passed = passes(request("Content-Length: 5\r\ncontent-length:5\r\nA: b\r\n", "hello").as_bytes(), 3);
        assert_eq!(String::from_utf8_lossy(&passed), request("Content-Length: 5\r\nA: b\r\n", "hello"));
    }

    #[test]
    fn a_target_of_a_browser_is_encoded() {
        let passed = passes(b"GET /a\"b<c>d`\x7f\xe9|{} HTTP/1.1\r\nA: \"<>\r\n\r\n", 4);
        let text = "GET /a%22b%3Cc%3Ed%60%7F\u{fffd}|{} HTTP/1.1\r\nA: \"<>\r\n\r\n";
        assert_eq!(String::from_utf8_lossy(&passed), text);
    }

    #[test]
    fn what_follows_an_upgrade_waits() {
        let head = "GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n";
        let mut scanner = fresh();
        assert_eq!(scanner.scan(format!("{head}\0\x01").as_bytes()), head.len());
        assert_eq!(scanner.take_held(), b"\0\x01");
        let mut scanner = fresh();
        let both = format!("{head}{head}A");
        assert_eq!(scanner.scan(both.as_bytes()), head.len());
        scanner.resume();
        let mut out = Vec::new();
        scanner.fetch(1000, |bytes| out.extend_from_slice(bytes));
        assert_eq!(String::from_utf8_lossy(&out), head);
    }

    #[test]
    fn a_line_without_end_goes_on_unfinished() {
        let passed = passes(&vec![b'a'; MAX_LINE + 100], 1000);
        assert!(passed.len() > MAX_LINE && passed.iter().all(|byte| *byte == b'a'));
    }
}
